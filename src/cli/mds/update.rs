//! `halligan mds update`

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::store::{self, Store};
use super::{Error, Trust};
use crate::attestation::mds::{Blob, Metadata, Origin, SIZE_LIMIT};
use crate::cli::config::Config;
use crate::cli::{self, Context, terminal};
use crate::graph::{Http, HttpOptions, HttpsUrl};
use crate::report::{self, Report};

/// Where FIDO publishes the metadata.
const FIDO: &str = "https://mds3.fidoalliance.org/";

/// For the whole download. About 12 MB; a slow line gets them in that time.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(600);

/// Arguments of `mds update`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// File or https address to take it from [default: `source` in [mds], then <https://mds3.fidoalliance.org/>]
    #[arg(long, value_name = "FILE|URL")]
    from: Option<String>,

    /// Take an edition that is older than the stored one
    #[arg(long)]
    allow_older: bool,

    #[command(flatten)]
    trust: Trust,
}

pub(super) async fn run(
    arguments: &Arguments,
    config: &Config,
    context: &Context,
) -> Result<Report, cli::Error> {
    let roots = arguments.trust.roots(config)?;
    let (from, bytes) = obtain(arguments, config, context).await?;
    // Whole seconds are enough for a day's edition, and read better.
    let now = context.env.now();
    let now = now.round(jiff::Unit::Second).unwrap_or(now);
    let blob = Blob::verify(&bytes, &roots, now).map_err(|source| Error::Refused {
        from: from.clone(),
        source,
    })?;
    let origin = Origin {
        source: from,
        stored_at: now,
        sha256: Blob::sha256(&bytes),
    };
    let metadata = Metadata::new(blob.payload, origin);
    let store = Store::of(config);
    let before = match store.stored() {
        Ok(before) => before.map(|stored| stored.no),
        // What is damaged is what an update repairs.
        Err(cli::Error::Metadata(_)) => None,
        Err(error) => return Err(error),
    };
    let (offered, stored) = (metadata.number(), before.unwrap_or(0));
    if offered < stored && !arguments.allow_older {
        return Err(Error::Older { offered, stored }.into());
    }
    store.save(&bytes, &metadata)?;
    Ok(report::mds_update(&metadata, before, now))
}

/// Where it is from, and what came.
async fn obtain(
    arguments: &Arguments,
    config: &Config,
    context: &Context,
) -> Result<(String, Vec<u8>), cli::Error> {
    let typed = arguments.from.as_deref();
    let configured = config.file.mds.source.as_deref();
    let from = typed.or(configured).unwrap_or(FIDO);
    if from.contains("://") {
        let bytes = download(from, config, context).await?;
        return Ok((from.to_owned(), bytes));
    }
    let path = match typed {
        Some(typed) => Path::new(typed).to_owned(),
        None => config.resolve(Path::new(from)),
    };
    let bytes = store::read(&path)?;
    Ok((path.display().to_string(), bytes))
}

async fn download(from: &str, config: &Config, context: &Context) -> Result<Vec<u8>, cli::Error> {
    let url: HttpsUrl = from
        .parse()
        .map_err(|error| cli::Error::Usage(format!("{from}: {error}")))?;
    let ca_cert = config.file.tenant.ca_cert.as_deref();
    let extra = ca_cert.map(|path| config.read_file(path)).transpose()?;
    let options = HttpOptions {
        extra_ca_pem: extra.into_iter().collect(),
        direct: url.is_loopback(),
        exchange_limit: DOWNLOAD_LIMIT,
        ..HttpOptions::default()
    };
    let global = &context.global;
    if global.events || !(global.quiet || global.json) {
        let event = json!({"event": "step", "step": "fetch_metadata", "url": from});
        terminal::say(global.events, &event, &format!("Fetching {from}"));
    }
    let failed = |source| Error::Fetch {
        url: from.to_owned(),
        source,
    };
    let http = Http::for_downloads(&options).map_err(failed)?;
    let bytes = tokio::select! {
        bytes = http.download(&url, SIZE_LIMIT) => bytes.map_err(failed)?,
        () = context.interrupt.clone().raised() => return Err(Error::Interrupted.into()),
    };
    Ok(bytes.into())
}
