//! Object stores of the three large clouds, and whatever speaks their protocols. `object_store` signs the requests and retries
//! them; here is only what makes a client for one place from the settings of the caller.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, Result, RetryConfig};
use url::{Host, Url};

use super::address::{RemoteAddress, Service};
use super::settings::Settings;

/// A service that is silent for this long has lost the request, or we its answer: it is asked again. What we send counts too,
/// and is an entry at most.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// One request with its whole answer, of which a long listing is the longest.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// A person waits: after this long a request is not tried again, and the service is reported.
const RETRY_TIMEOUT: Duration = Duration::from_secs(30);
pub(super) const RETRIES: usize = 5;

pub(super) fn open(address: &RemoteAddress, settings: &Settings) -> Result<Arc<dyn ObjectStore>> {
    let objects: Arc<dyn ObjectStore> = match address.service {
        Service::Azure => azure(&address.bucket, settings)?,
        Service::Google => google(&address.bucket, settings)?,
        Service::S3 => s3(&address.bucket, settings)?,
    };
    Ok(if address.prefix.is_empty() {
        objects
    } else {
        Arc::new(PrefixStore::new(objects, address.prefix.as_str()))
    })
}

fn client() -> ClientOptions {
    ClientOptions::new()
        .with_connect_timeout(ANSWER_TIMEOUT)
        .with_read_timeout(ANSWER_TIMEOUT)
        .with_timeout(REQUEST_TIMEOUT)
}

fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: RETRIES,
        retry_timeout: RETRY_TIMEOUT,
    }
}

/// The settings with this prefix that the service has a key for. What the environment holds besides is not for us.
fn known<'a, K: FromStr>(
    settings: &'a Settings,
    prefix: &'static str,
) -> impl Iterator<Item = (K, &'a str)> {
    settings.iter().filter_map(move |(name, value)| {
        let name = name.to_ascii_lowercase();
        let key = name.starts_with(prefix).then(|| name.parse().ok())?;
        Some((key?, value))
    })
}

// The bucket is set last in each: it is what the operator named, whatever the environment says.

fn azure(container: &str, settings: &Settings) -> Result<Arc<dyn ObjectStore>> {
    let mut builder = MicrosoftAzureBuilder::new()
        .with_retry(retry())
        .with_client_options(client());
    for (key, value) in known(settings, "azure_") {
        builder = builder.with_config(key, value);
    }
    if is_loopback(builder.get_config_value(&AzureConfigKey::Endpoint)) {
        builder = builder.with_allow_http(true);
    }
    Ok(Arc::new(builder.with_container_name(container).build()?))
}

fn google(bucket: &str, settings: &Settings) -> Result<Arc<dyn ObjectStore>> {
    // The metadata service of a virtual machine there, which gives it its token, speaks http only.
    let mut builder = GoogleCloudStorageBuilder::new()
        .with_retry(retry())
        .with_client_options(client().with_allow_http(true));
    for (key, value) in known::<GoogleConfigKey>(settings, "google_") {
        builder = builder.with_config(key, value);
    }
    Ok(Arc::new(builder.with_bucket_name(bucket).build()?))
}

fn s3(bucket: &str, settings: &Settings) -> Result<Arc<dyn ObjectStore>> {
    let mut builder = AmazonS3Builder::new()
        .with_retry(retry())
        .with_client_options(client());
    for (key, value) in known(settings, "aws_") {
        builder = builder.with_config(key, value);
    }
    if is_loopback(builder.get_config_value(&AmazonS3ConfigKey::Endpoint)) {
        builder = builder.with_allow_http(true);
    }
    Ok(Arc::new(builder.with_bucket_name(bucket).build()?))
}

/// Nobody can listen between us and this very machine, so a stand-in there needs no TLS.
fn is_loopback(endpoint: Option<String>) -> bool {
    let url = endpoint.and_then(|endpoint| Url::parse(&endpoint).ok());
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
