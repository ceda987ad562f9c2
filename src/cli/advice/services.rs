//! What the tenant and the ledger refuse.

use super::{Advice, advice, plain};
use crate::cli::failure::Exit;
use crate::{graph, ledger};

pub(super) fn of_sign_in() -> Advice {
    advice(
        Exit::Tenant,
        "sign_in",
        "check [tenant] and [sign_in] in the configuration, and that the application has consent",
    )
}

pub(super) fn of_discovery(error: &graph::discovery::Error) -> Advice {
    use graph::discovery::Error as E;
    match error {
        E::Http { .. } | E::Status { .. } => advice(
            Exit::Tenant,
            "tenant_unreachable",
            "check the network, the proxy and the certification authorities",
        ),
        E::Malformed { .. } => plain(Exit::Tenant, "tenant_misbehaves"),
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
        E::SignIn(_) => of_sign_in(),
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
