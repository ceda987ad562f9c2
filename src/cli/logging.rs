//! Diagnostics on standard error. Only this crate's own events are shown: a library that logs headers or bodies at its finest
//! level must not put an access token on the operator's screen, so no environment variable widens the filter.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging: nothing, debug with `-v`, trace with `-vv`.
pub(crate) fn start(verbosity: u8) {
    let level = match verbosity {
        0 => return,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(console::colors_enabled_stderr())
        .with_filter(Targets::new().with_target("halligan", level));
    // A second subscriber could only come from a second call in the same process; the first stays.
    let _ = tracing_subscriber::registry().with(layer).try_init();
}
