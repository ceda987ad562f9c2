//! What the tenant and the ledger refuse.

use super::{Advice, advice, plain};
use crate::cli::failure::Exit;
use crate::graph::credential;
use crate::{graph, ledger};

/// A sign-in fails in the network, in what answers there, at this machine, or because the authority says no; only the last is mended in
/// the configuration or the tenant.
pub(super) fn of_sign_in(error: &credential::Error) -> Advice {
    use credential::Error as E;
    let hint = match error {
        E::Http(_) | E::Unreachable { .. } => {
            "the authority cannot be reached: check the network, the proxy (HTTPS_PROXY), `ca_cert` and the cloud"
        }
        E::Malformed { .. } => {
            "something else than the authority answered, a proxy's own page for instance: check the network, the proxy (HTTPS_PROXY) and `authority_url`"
        }
        E::Refused(refusal) if refusal.is_passing() => {
            "the authority cannot tell for the moment: try again later"
        }
        E::Declined(refusal) | E::Refused(refusal) => {
            super::doctor::sign_in(refusal.codes.first().copied())
        }
        E::Certificate(_) => {
            "`client_certificate` names a PEM file with the certificate and its private key"
        }
        E::Loopback(_) => {
            "a browser's answer comes to this machine itself; `method = \"device-code\"` in [sign_in] needs no such address"
        }
        E::TimedOut { .. } => "run it again, and finish the sign-in within the time",
        E::Local { .. } | E::TokenNotAHeader => super::doctor::sign_in(None),
    };
    advice(Exit::Tenant, "sign_in", hint)
}

pub(super) fn of_discovery(error: &graph::discovery::Error) -> Advice {
    use graph::discovery::Error as E;
    match error {
        E::Http { .. } | E::Status { .. } => advice(
            Exit::Tenant,
            "tenant_unreachable",
            "check the network, the proxy and the certification authorities",
        ),
        E::Malformed { .. } => advice(
            Exit::Tenant,
            "tenant_misbehaves",
            "something else than the authority answered, a proxy's own page for instance: check the network, the proxy and the address",
        ),
        E::NoSuchTenant { .. } => advice(
            Exit::Tenant,
            "tenant_not_found",
            "check the tenant's id or domain, and its cloud",
        ),
    }
}

pub(super) fn of_tenant(error: &graph::Error) -> Advice {
    use graph::Error as E;
    match error {
        E::BadRequest(_) => advice(
            Exit::Tenant,
            "tenant_refused",
            "the service says the same for many reasons: the passkey policy, the account not being targeted, self-service setup off, an attestation or a model it does not accept, an expired challenge; `halligan tenant preflight` tells most of them apart",
        ),
        E::ChallengeTimeout(_) | E::Segment(_) => plain(Exit::Usage, "usage"),
        E::ClaimsChallenge { .. } | E::Unauthenticated(_) => {
            advice(Exit::Tenant, "sign_in", "sign in again")
        }
        E::Conflict(_) => plain(Exit::Tenant, "tenant_conflict"),
        E::CreationOptions { .. }
        | E::Malformed { .. }
        | E::ForeignNextLink { .. }
        | E::TooManyPages { .. } => plain(Exit::Tenant, "tenant_misbehaves"),
        E::Forbidden(_) => advice(
            Exit::Tenant,
            "tenant_forbidden",
            "needed are the permission UserAuthMethod-Passkey.ReadWrite.All with consent, User.Read.All and, for a Global Administrator's keys, the role Privileged Authentication Administrator",
        ),
        E::Http { .. } => advice(
            Exit::Tenant,
            "tenant_unreachable",
            "check the network, the proxy and `ca_cert`",
        ),
        E::Interrupted(_) => plain(Exit::Stopped, "cancelled"),
        E::MethodNotAllowed(_) => advice(
            Exit::Tenant,
            "tenant_self",
            "an account cannot enrol its own key through Graph; sign in as another administrator or as an application",
        ),
        E::NotFound(_) => advice(
            Exit::Tenant,
            "tenant_not_found",
            "check the account's name; a new account may take minutes to be known everywhere",
        ),
        E::OutcomeUnknown { .. } => plain(Exit::Tenant, "tenant_outcome_unknown"),
        E::Refused(_) => plain(Exit::Tenant, "tenant_refused"),
        E::SignIn(error) => of_sign_in(error),
        E::Throttled(_) | E::Unavailable(_) => {
            advice(Exit::Tenant, "tenant_busy", "try again later")
        }
    }
}

/// Reading needs other permissions than registering.
pub(super) fn of_unanswered(error: &graph::Error) -> Advice {
    match error {
        graph::Error::Forbidden(_) => advice(
            Exit::Tenant,
            "tenant_forbidden",
            "needed are the permissions Policy.Read.AuthenticationMethod, UserAuthMethod-Passkey.Read.All and User.Read.All with consent, and for an operator who signs in a role that may read them",
        ),
        error => of_tenant(error),
    }
}

pub(super) fn of_ledger(error: &ledger::Error) -> Advice {
    use ledger::Error as E;
    match error {
        E::Absent(_) | E::Empty(_) => advice(
            Exit::Ledger,
            "ledger_absent",
            "--ledger names another one; `halligan enroll` begins a new one",
        ),
        E::BucketAbsent { .. } => advice(
            Exit::Ledger,
            "ledger_bucket_absent",
            "the container or bucket must exist before the ledger does; make it with the service's own tools, and check the account and the region",
        ),
        E::Body { .. } | E::Refused { .. } => plain(Exit::Ledger, "ledger_refused"),
        E::Contended { .. } => advice(
            Exit::Ledger,
            "ledger_contended",
            "other stations were writing; try again",
        ),
        E::Full(_) => plain(Exit::Ledger, "ledger_full"),
        E::Inconsistent { .. } => advice(
            Exit::Ledger,
            "ledger_inconsistent",
            "nothing is added to a ledger that does not verify; compare it with a copy, and find out who changed it",
        ),
        E::Location(_) => plain(Exit::Usage, "ledger_location"),
        E::NotACopy { .. } => advice(
            Exit::Ledger,
            "ledger_not_a_copy",
            "name an empty directory with --ledger, or the one in which this ceremony began",
        ),
        E::NotSignedIn { .. } => advice(
            Exit::Ledger,
            "ledger_sign_in",
            "credentials for the object store come from the environment, AZURE_STORAGE_ACCOUNT_KEY or AWS_ACCESS_KEY_ID for instance; docs/configuration.md lists them",
        ),
        E::NotKept { .. } => advice(
            Exit::Ledger,
            "ledger_not_kept",
            "the storage does not keep what it accepts; use another",
        ),
        E::PermissionDenied { .. } => advice(
            Exit::Ledger,
            "ledger_permission",
            "a station must be allowed to list, to read and to create objects, and needs no right to overwrite or to delete any",
        ),
        E::ReadOnly { .. } => advice(
            Exit::Ledger,
            "ledger_read_only",
            "mount it for writing, or name the ledger itself and not an export of it",
        ),
        E::Settings { .. } => advice(
            Exit::Usage,
            "ledger_settings",
            "[object_store] in the configuration and the variables AZURE_…, AWS_…, GOOGLE_… say where the object store is; docs/configuration.md lists them",
        ),
        E::StationNameTaken { .. } => advice(
            Exit::Ledger,
            "station_name_taken",
            "give this station another name with `station` in the configuration, or bring back its key into `station_directory`",
        ),
        E::StationRevoked { .. } => advice(
            Exit::Ledger,
            "station_revoked",
            "`halligan ledger stations` tells who revoked it; a machine that is to go on needs a new name and a new key: set `station` and `station_directory` in the configuration",
        ),
        E::Storage { .. } => plain(Exit::Ledger, "ledger_storage"),
        E::StorageFull { .. } => advice(
            Exit::Ledger,
            "ledger_full_disk",
            "free some space; the entries that are there are whole",
        ),
        E::Unreachable { .. } => advice(
            Exit::Ledger,
            "ledger_unreachable",
            "check the network, the proxy and `endpoint` in [object_store]",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::credential::AuthorityRefusal;

    fn hint(error: &credential::Error) -> String {
        of_sign_in(error).2.unwrap_or_default()
    }

    fn refused(error: &str, number: i64) -> credential::Error {
        credential::Error::Refused(Box::new(AuthorityRefusal {
            error: error.to_owned(),
            codes: vec![number],
            ..AuthorityRefusal::default()
        }))
    }

    #[test]
    fn a_sign_in_that_fails_on_the_way_is_not_blamed_on_the_configuration() {
        let unreachable = credential::Error::Unreachable {
            flow: "client secret",
            reason: "connection refused".to_owned(),
        };
        assert!(hint(&unreachable).contains("network"));
        let junk = credential::Error::Malformed {
            reason: "not the expected JSON".to_owned(),
        };
        assert!(hint(&junk).contains("proxy"));
        assert!(hint(&refused("temporarily_unavailable", 90_033)).contains("later"));
    }

    #[test]
    fn a_refusal_is_told_by_its_number() {
        assert!(hint(&refused("invalid_client", 7_000_222)).contains("has expired"));
        assert!(hint(&refused("invalid_client", 1)).contains("[sign_in]"));
    }
}
