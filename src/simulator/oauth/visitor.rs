//! From where a sign-in comes, as far as its request shows it.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;

use crate::env::Env;
use crate::simulator::conditional_access::policy::DevicePlatform;
use crate::simulator::oauth::Parameters;

/// Characters that are kept of what a client says of itself.
const LONGEST: usize = 256;

/// Who sends a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visitor {
    pub(super) ip: IpAddr,
    pub(super) user_agent: Option<String>,
    /// The `client-request-id` of the request, or one of our own.
    pub(super) correlation_id: String,
}

impl Visitor {
    /// Everybody comes over loopback, so the first address of `X-Forwarded-For` is taken for true: that is how a test comes from
    /// elsewhere.
    pub(super) fn read(headers: &HeaderMap, parameters: &Parameters, env: &Env) -> Self {
        let header = |name: &str| {
            let text = headers.get(name)?.to_str().ok()?;
            Some(text.chars().take(LONGEST).collect::<String>())
        };
        let forwarded = header("x-forwarded-for");
        let first = forwarded.and_then(|list| list.split(',').next()?.trim().parse().ok());
        let told = parameters.get("client-request-id").map(str::to_owned);
        let told = told.or_else(|| header("client-request-id"));
        let told = told.filter(|id| !id.is_empty() && id.len() <= 128);
        Self {
            ip: first.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            user_agent: header(USER_AGENT.as_str()),
            correlation_id: told.unwrap_or_else(|| env.uuid().to_string()),
        }
    }

    /// The platform, and what the log calls the system; neither if the client does not say.
    pub(super) fn system(&self) -> Option<(DevicePlatform, &'static str)> {
        let agent = self.user_agent.as_deref()?;
        let known = [
            (
                "Windows Phone",
                DevicePlatform::WindowsPhone,
                "Windows Phone",
            ),
            ("Windows", DevicePlatform::Windows, "Windows10"),
            ("Android", DevicePlatform::Android, "Android"),
            ("iPhone", DevicePlatform::Ios, "Ios"),
            ("iPad", DevicePlatform::Ios, "Ios"),
            ("Mac OS X", DevicePlatform::MacOs, "MacOs"),
            ("Linux", DevicePlatform::Linux, "Linux"),
        ];
        let mut known = known.into_iter();
        known
            .find(|(word, ..)| agent.contains(word))
            .map(|(_, platform, name)| (platform, name))
    }

    /// The browser and its version, as in `Chrome 126.0`.
    pub(super) fn browser(&self) -> Option<String> {
        let agent = self.user_agent.as_deref()?;
        // Those that call themselves something else too come first.
        let known = [
            ("Edg/", "Edge"),
            ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"),
        ];
        known.into_iter().find_map(|(word, name)| {
            let (_, rest) = agent.split_once(word)?;
            let version = rest.split([' ', ';']).next().unwrap_or_default();
            Some(format!("{name} {version}"))
        })
    }
}
