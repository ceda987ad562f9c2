//! Where a tenant lives: the national clouds, and the two endpoints that belong together in each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// A national cloud of Microsoft. Accounts and access tokens of one are worth nothing in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cloud {
    /// China, operated by 21Vianet.
    China,
    /// The worldwide service, GCC included.
    #[default]
    Global,
    /// US government L4 (GCC High).
    #[serde(rename = "usgov")]
    UsGov,
    /// US government L5 (DoD).
    #[serde(rename = "usgov-dod")]
    UsGovDod,
}

/// A name that is none of the clouds'.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no cloud is named {0:?}; there are global, usgov, usgov-dod and china")]
pub struct UnknownCloud(pub String);

impl Cloud {
    /// Every cloud.
    pub const ALL: [Self; 4] = [Self::Global, Self::UsGov, Self::UsGovDod, Self::China];

    /// The name in configuration files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::China => "china",
            Self::Global => "global",
            Self::UsGov => "usgov",
            Self::UsGovDod => "usgov-dod",
        }
    }

    /// The cloud whose Graph has this host name.
    #[must_use]
    pub fn of_graph_host(host: &str) -> Option<Self> {
        let is_its = |cloud: &Self| cloud.graph().strip_prefix("https://") == Some(host);
        Self::ALL.into_iter().find(is_its)
    }

    fn authority(self) -> &'static str {
        match self {
            Self::China => "https://login.chinacloudapi.cn",
            Self::Global => "https://login.microsoftonline.com",
            Self::UsGov | Self::UsGovDod => "https://login.microsoftonline.us",
        }
    }

    fn graph(self) -> &'static str {
        match self {
            Self::China => "https://microsoftgraph.chinacloudapi.cn",
            Self::Global => "https://graph.microsoft.com",
            Self::UsGov => "https://graph.microsoft.us",
            Self::UsGovDod => "https://dod-graph.microsoft.us",
        }
    }
}

impl FromStr for Cloud {
    type Err = UnknownCloud;

    fn from_str(name: &str) -> Result<Self, UnknownCloud> {
        Self::ALL
            .into_iter()
            .find(|cloud| cloud.name() == name)
            .ok_or_else(|| UnknownCloud(name.chars().take(40).collect()))
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Why a text cannot be an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpsUrlError {
    /// It carries a user name, a password, a query or a fragment.
    #[error("an endpoint has only a host, a port and a path: {0}")]
    Decorated(String),
    /// Another scheme than https. A token or a secret would travel in clear.
    #[error("only https is spoken, not {scheme}: {url}")]
    Insecure {
        /// The scheme found.
        scheme: String,
        /// The URL without credentials.
        url: String,
    },
    /// Not a URL.
    #[error("not a URL: {0}")]
    NotAUrl(#[from] url::ParseError),
}

/// The base URL of an endpoint: https, without credentials, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpsUrl(Url);

impl HttpsUrl {
    /// The URL.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The text without a slash at the end, as OAuth scopes and token audiences begin with it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether a URL has the same scheme, host and port.
    #[must_use]
    pub fn same_origin(&self, other: &Url) -> bool {
        self.0.origin() == other.origin()
    }

    /// Whether the host is this machine itself.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The URL with these path segments appended, each percent-encoded. The segments are the caller's constants; for
    /// texts from elsewhere see [`Segment`](super::path::Segment).
    #[must_use]
    pub(in crate::graph) fn join<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl FromStr for HttpsUrl {
    type Err = HttpsUrlError;

    fn from_str(text: &str) -> Result<Self, HttpsUrlError> {
        let mut url = Url::parse(text)?;
        let decorated = !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some();
        // What is shown must not carry the password that was wrongly put there.
        if url.set_username("").and(url.set_password(None)).is_ok() {
            url.set_query(None);
            url.set_fragment(None);
        }
        match url.scheme() {
            "https" if decorated => Err(HttpsUrlError::Decorated(url.into())),
            "https" => Ok(Self(url)),
            scheme => Err(HttpsUrlError::Insecure {
                scheme: scheme.to_owned(),
                url: url.host_str().unwrap_or_default().to_owned(),
            }),
        }
    }
}

impl TryFrom<String> for HttpsUrl {
    type Error = HttpsUrlError;

    fn try_from(text: String) -> Result<Self, HttpsUrlError> {
        text.parse()
    }
}

impl From<HttpsUrl> for String {
    fn from(url: HttpsUrl) -> Self {
        url.as_str().to_owned()
    }
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The two endpoints of a tenant: who issues access tokens, and who accepts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// The authority (Microsoft Entra ID), without the tenant.
    pub authority: HttpsUrl,
    /// Microsoft Graph, without the version.
    pub graph: HttpsUrl,
}

impl From<Cloud> for Endpoints {
    fn from(cloud: Cloud) -> Self {
        let endpoint = |text: &str| {
            text.parse()
                .expect("the built-in endpoints are https URLs; a test walks them all")
        };
        Self {
            authority: endpoint(cloud.authority()),
            graph: endpoint(cloud.graph()),
        }
    }
}

impl Default for Endpoints {
    fn default() -> Self {
        Cloud::default().into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graph::path::Segment;

    #[test]
    fn only_this_machine_is_loopback() {
        let is_loopback = |text: &str| {
            text.parse::<HttpsUrl>()
                .expect("an https URL")
                .is_loopback()
        };
        for text in [
            "https://localhost:1",
            "https://127.0.0.2/x",
            "https://[::1]:8443",
        ] {
            assert!(is_loopback(text), "{text}");
        }
        for text in [
            "https://graph.microsoft.com",
            "https://localhost.example",
            "https://10.0.0.1",
        ] {
            assert!(!is_loopback(text), "{text}");
        }
    }

    #[test]
    fn every_cloud_has_a_name_and_two_endpoints() {
        for cloud in Cloud::ALL {
            assert_eq!(cloud.name().parse(), Ok(cloud));
            assert_eq!(
                serde_json::to_value(cloud).expect("a name"),
                serde_json::json!(cloud.name())
            );
            let endpoints = Endpoints::from(cloud);
            assert_ne!(endpoints.authority, endpoints.graph);
        }
        assert!("azure".parse::<Cloud>().is_err());
        assert_eq!(
            Endpoints::from(Cloud::UsGovDod).graph.as_str(),
            "https://dod-graph.microsoft.us"
        );
    }

    #[test]
    fn plain_http_is_refused_with_its_own_error() {
        let error = "http://graph.microsoft.com".parse::<HttpsUrl>();
        assert!(matches!(error, Err(HttpsUrlError::Insecure { scheme, .. }) if scheme == "http"));
    }

    #[test]
    fn a_password_in_an_endpoint_is_refused_and_not_repeated() {
        for text in [
            "https://u:hunter2@h",
            "http://u:hunter2@h",
            "https://h/?p=hunter2",
        ] {
            let error = text.parse::<HttpsUrl>().expect_err("decorated");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn segments_are_encoded_below_a_base_path() {
        let base: HttpsUrl = "https://h:8443/base/".parse().expect("https");
        assert_eq!(
            base.join(["v1.0", "users", "bob_x.example#EXT#@c.example", "a/b?%"])
                .as_str(),
            "https://h:8443/base/v1.0/users/bob_x.example%23EXT%23@c.example/a%2Fb%3F%25"
        );
        assert_eq!(base.as_str(), "https://h:8443/base");
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_https_and_keeps_a_segment_in_its_place(text in "(https?://)?[ -~]{0,30}", segment in "[!-~]{1,20}") {
            if let Ok(url) = text.parse::<HttpsUrl>() {
                prop_assert_eq!(url.as_url().scheme(), "https");
                if Segment::new("a segment", &segment).is_ok() {
                    let joined = url.join(["a", &segment, "b"]);
                    let segments: Vec<&str> = joined.path_segments().into_iter().flatten().collect();
                    prop_assert_eq!(segments[segments.len() - 3], "a");
                    prop_assert!(joined.query().is_none() && joined.fragment().is_none());
                }
            }
        }
    }
}
