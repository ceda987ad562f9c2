//! The authority, without a sign-in: it answers, it knows the tenant, and its clock agrees with this machine's.

use jiff::{SignedDuration, Timestamp};

use super::{Finding, Remedy, Subject};
use crate::ceremony::error::in_full;
use crate::env::Env;
use crate::graph::credential::TenantName;
use crate::graph::discovery::{self, Discovered, Error};
use crate::graph::{Http, HttpsUrl};

/// How far two clocks may be apart. A signed assertion is good for minutes, and the ledger's times are evidence.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// Asks the authority for the tenant: a line for it, and one for the clock.
pub async fn authority(
    http: &Http,
    authority: &HttpsUrl,
    tenant: &TenantName,
    env: &Env,
) -> [Finding; 2] {
    let before = env.now();
    let found = discovery::discover(http, authority, tenant).await;
    let after = env.now();
    match found {
        Ok(found) => [
            Finding::pass(
                Subject::Authority,
                format!("{authority} knows tenant {}", found.tenant_id),
            ),
            clock(&found, before, after),
        ],
        Err(error) => [
            unanswered(&error),
            Finding::unknown(Subject::Clock, "the authority did not say what time it is"),
        ],
    }
}

fn unanswered(error: &Error) -> Finding {
    let why = in_full(error);
    match error {
        Error::NoSuchTenant { .. } => Finding::fail(Subject::Authority, why, Remedy::Tenant),
        // Something else answered, a proxy's own page for instance.
        Error::Malformed { .. } | Error::Http { .. } | Error::Status { .. } => {
            Finding::unknown(Subject::Authority, why).mended_by(Remedy::Network)
        }
    }
}

/// The authority's time is somewhere between question and answer, and cut to the second.
fn clock(found: &Discovered, before: Timestamp, after: Timestamp) -> Finding {
    let Some(theirs) = found.time else {
        return Finding::unknown(Subject::Clock, "the authority did not say what time it is");
    };
    let ahead = before.duration_since(theirs) - SignedDuration::from_secs(1);
    let behind = theirs.duration_since(after);
    let off = [(ahead, "ahead of"), (behind, "behind")];
    match off.into_iter().find(|(off, _)| *off > CLOCK_TOLERANCE) {
        Some((off, word)) => Finding::fail(
            Subject::Clock,
            format!(
                "this machine's clock is {} s {word} the authority's",
                off.as_secs()
            ),
            Remedy::SetClock,
        ),
        None => Finding::pass(Subject::Clock, "agrees with the authority's"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::attestation::Verdict;

    fn judged(now: &str, theirs: Option<&str>) -> Verdict {
        let found = Discovered {
            tenant_id: uuid::Uuid::nil(),
            cloud: None,
            graph_host: None,
            time: theirs.map(|time| time.parse().unwrap()),
        };
        let now = now.parse().unwrap();
        clock(&found, now, now).verdict
    }

    #[test]
    fn a_clock_may_be_a_minute_off_and_no_more() {
        let theirs = Some("2026-11-23T12:00:00Z");
        for now in [
            "2026-11-23T12:00:00.9Z",
            "2026-11-23T11:59:00Z",
            "2026-11-23T12:01:01Z",
        ] {
            assert!(judged(now, theirs).is_pass(), "{now}");
        }
        let ahead = judged("2026-11-23T12:05:01Z", theirs);
        assert_eq!(
            ahead.why(),
            Some("this machine's clock is 300 s ahead of the authority's")
        );
        let behind = judged("2026-11-23T11:00:00Z", theirs);
        assert_eq!(
            behind.why(),
            Some("this machine's clock is 3600 s behind the authority's")
        );
        assert!(matches!(
            judged("2026-11-23T12:00:00Z", None),
            Verdict::Unknown { .. }
        ));
    }
}
