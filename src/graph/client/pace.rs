//! How often the service may be asked, where it has a limit that it does not tell in its answers.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use url::Url;

use crate::env::Env;

/// Conditional Access, named locations and Identity Protection: one request per second and tenant, of all applications together.
/// The refusal of another one has no `Retry-After`.
const CONDITIONAL_ACCESS: Limit = Limit {
    requests: 1,
    period: Duration::from_secs(1),
};

/// The sign-in log: five requests in ten seconds, per application and tenant.
const REPORTS: Limit = Limit {
    requests: 5,
    period: Duration::from_secs(10),
};

#[derive(Clone, Copy)]
struct Limit {
    requests: usize,
    period: Duration,
}

/// Lets requests through at the pace that their resource allows. One for each client and all its clones.
#[derive(Default)]
pub(super) struct Pacer {
    conditional_access: Mutex<VecDeque<Duration>>,
    reports: Mutex<VecDeque<Duration>>,
}

/// A request's turn, which ends with this value. The period counts from the answer: a request that waits for its connection or
/// for a sign-in comes to the service long after it was let through, and the next would be there too early.
#[must_use]
pub(super) struct Turn<'a> {
    answered: MutexGuard<'a, VecDeque<Duration>>,
    env: &'a Env,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.answered.push_back(self.env.monotonic());
    }
}

impl Pacer {
    /// Whether requests to this address have to wait their turn.
    pub(super) fn is_paced(&self, url: &Url) -> bool {
        self.queue(url).is_some()
    }

    /// Comes back when it is this request's turn, with what is to be kept until its answer is there; nothing for one that need
    /// not wait. Those who wait are let through in the order in which they came.
    pub(super) async fn turn<'a>(&'a self, url: &Url, env: &'a Env) -> Option<Turn<'a>> {
        let (limit, queue) = self.queue(url)?;
        let mut answered = queue.lock().await;
        if answered.len() == limit.requests
            && let Some(oldest) = answered.pop_front()
        {
            let passed = env.monotonic().saturating_sub(oldest);
            tokio::time::sleep(limit.period.saturating_sub(passed)).await;
        }
        Some(Turn { answered, env })
    }

    /// By the first segments behind the version.
    fn queue(&self, url: &Url) -> Option<(Limit, &Mutex<VecDeque<Duration>>)> {
        let mut segments = url.path_segments()?;
        segments.find(|one| matches!(*one, "v1.0" | "beta"))?;
        match (segments.next()?, segments.next()) {
            ("identity", Some("conditionalAccess")) | ("identityProtection", _) => {
                Some((CONDITIONAL_ACCESS, &self.conditional_access))
            }
            ("auditLogs" | "reports", _) => Some((REPORTS, &self.reports)),
            _ => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn url(path: &str) -> Url {
        format!("https://graph.example/{path}").parse().unwrap()
    }

    #[test]
    fn the_resources_with_a_limit_are_known_by_their_path() {
        let pacer = Pacer::default();
        for path in [
            "v1.0/identity/conditionalAccess/policies?$skiptoken=x",
            "v1.0/identity/conditionalAccess/evaluate",
            "beta/identity/conditionalAccess/namedLocations/1",
            "v1.0/identityProtection/riskyUsers",
            "gateway/beta/auditLogs/signIns",
        ] {
            assert!(pacer.is_paced(&url(path)), "{path}");
        }
        for path in [
            "v1.0/policies/authenticationStrengthPolicies",
            "v1.0/users/auditLogs",
            "v1.0/$batch",
            "identity/conditionalAccess/policies",
        ] {
            assert!(!pacer.is_paced(&url(path)), "{path}");
        }
    }

    #[tokio::test]
    async fn a_second_request_waits_until_a_second_has_passed() {
        let env = Env::system();
        let pacer = Pacer::default();
        let started = env.monotonic();
        let policies = url("v1.0/identity/conditionalAccess/policies");
        let (log, other) = (url("beta/auditLogs/signIns"), url("v1.0/users"));
        drop(pacer.turn(&policies, &env).await.unwrap());
        for url in [&log, &log, &log, &log, &log, &other, &other] {
            drop(pacer.turn(url, &env).await);
        }
        assert!(env.monotonic() - started < Duration::from_millis(500));
        drop(pacer.turn(&policies, &env).await.unwrap());
        assert!(env.monotonic() - started >= Duration::from_secs(1));
        let sixth = tokio::time::timeout(Duration::from_millis(100), pacer.turn(&log, &env));
        assert!(sixth.await.is_err());
    }

    #[tokio::test]
    async fn the_second_counts_from_the_answer() {
        let env = Env::system();
        let pacer = Pacer::default();
        let policies = url("v1.0/identity/conditionalAccess/policies");
        let slow = pacer.turn(&policies, &env).await.unwrap();
        let early = tokio::time::timeout(Duration::from_millis(1200), pacer.turn(&policies, &env));
        assert!(early.await.is_err());
        let answered = env.monotonic();
        drop(slow);
        drop(pacer.turn(&policies, &env).await.unwrap());
        assert!(env.monotonic() - answered >= Duration::from_secs(1));
    }
}
