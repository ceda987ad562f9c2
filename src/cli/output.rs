//! Results on standard output, failures on standard error, and one JSON document instead of both with `--json`.

use std::io::{self, Write};

use console::Style;
use serde_json::json;

use crate::cli::Error;
use crate::cli::arguments::Global;
use crate::cli::failure::{Exit, Failure};
use crate::report::Report;

/// Prints a result and says how the process ends.
pub(crate) fn result(global: &Global, report: &Report) -> Result<Exit, Error> {
    let written = if global.json {
        line(&report.document().to_string())
    } else {
        write(&report.text)
    };
    written.map_err(Error::Output)?;
    Ok(if report.ok { Exit::Done } else { Exit::NotSafe })
}

/// Prints a failure and says how the process ends. `command` is the one that failed, as in the schema's name.
pub(crate) fn failure(json_wanted: bool, command: &str, failure: &Failure) -> Exit {
    if json_wanted {
        let document = json!({
            "schema": format!("halligan.{command}/1"),
            "ok": false,
            "error": {
                "code": failure.code,
                "exit_status": failure.exit.code(),
                "message": failure.message,
                "hint": failure.hint,
                "cause": failure.causes,
            },
        });
        // Nobody is left to tell when standard output cannot be written.
        let _ = line(&document.to_string());
    } else {
        let mut stderr = io::stderr();
        let error = Style::new().red().bold().for_stderr().apply_to("error:");
        // Nobody is left to tell when standard error cannot be written.
        let _ = writeln!(stderr, "{error} {}", failure.message);
        for cause in &failure.causes {
            let _ = writeln!(stderr, "  because {cause}");
        }
        if let Some(hint) = &failure.hint {
            let hint_word = Style::new().cyan().for_stderr().apply_to("hint:");
            let _ = writeln!(stderr, "{hint_word} {hint}");
        }
    }
    failure.exit
}

/// One line on standard output, at once: a program may be waiting for it.
fn line(text: &str) -> io::Result<()> {
    write(&format!("{text}\n"))
}

/// A reader that has gone away, as in `halligan … | head`, is no failure of ours.
fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
