//! What mends what the doctor found.

use crate::ceremony::doctor::Remedy;
use crate::tenant::preflight::OperatorKind;

/// What to do.
pub(crate) fn remedy(remedy: &Remedy) -> String {
    use Remedy as R;
    match remedy {
        R::Account => "correct the name in [[emergency.account]], or let `halligan tenant apply` make the account".to_owned(),
        R::Directory(path) => format!("let this user write into {}, or name another place as `ledger`", path.display()),
        R::Consent { kind, permissions } => consent(*kind, permissions),
        R::Configuration => "correct it; docs/configuration.md describes halligan.toml".to_owned(),
        R::CoreDumps => "`ulimit -c 0` before, or `kernel.core_pattern` set to nothing on a station that types PINs".to_owned(),
        R::Custody => "`halligan pin custodians` shows them, docs/custody.md has the reasons".to_owned(),
        R::DrillApplication => "register a public client with the redirect URI http://localhost, and name it as `client_id` in [drill]; `halligan init` prints how".to_owned(),
        R::Enable => "enable the account in the tenant".to_owned(),
        R::FreeSpace => "free some space: an entry that cannot be written stops a ceremony".to_owned(),
        R::Inconsistent => "nothing is added to a ledger that does not verify; compare it with a copy, and find out who changed it".to_owned(),
        R::Init => "`halligan init` writes one; --config names another place".to_owned(),
        R::KeyRights => "udev/README.md has rules, and what to do over ssh; then plug the key in again".to_owned(),
        R::LedgerUnread => "`halligan ledger verify` says more".to_owned(),
        R::Metadata => "`halligan mds update` fetches it".to_owned(),
        R::Network => "check the network, the proxy (HTTPS_PROXY), `ca_cert` and the cloud".to_owned(),
        R::OnlyOwner(path) => format!("chmod 600 {}; if others could read it for long, make a new one", path.display()),
        R::Resume => "`halligan resume` lists them".to_owned(),
        R::Role(roles) => format!("who signs in needs {roles}"),
        R::SetClock => "let the machine take its time from the network (timedatectl set-ntp true)".to_owned(),
        R::SignIn(number) => sign_in(*number).to_owned(),
        R::Station => "give this station another `station` and `station_directory`, or bring its key back; `halligan ledger stations` lists them".to_owned(),
        R::Swap => "encrypt the swap, or switch it off on a station that types PINs".to_owned(),
        R::Tenant => "check `id` and `cloud` in [tenant]".to_owned(),
        R::Udev => "install udev/70-halligan.rules into /etc/udev/rules.d; udev/README.md says how".to_owned(),
    }
}

fn consent(kind: OperatorKind, permissions: &[&str]) -> String {
    let (kind, again) = match kind {
        OperatorKind::Application => ("application", ""),
        OperatorKind::Person => (
            "delegated",
            ", and name it in `permissions` of [sign_in] if that is set",
        ),
    };
    format!(
        "grant {} to the application as {kind} permission, with an administrator's consent{again}",
        permissions.join(", ")
    )
}

/// By the number that the authority gave.
pub(super) fn sign_in(number: Option<i64>) -> &'static str {
    match number {
        Some(7_000_215) => {
            "the client secret is not one of the application's: write the right one into `client_secret_file` (its value, not its id)"
        }
        Some(7_000_222) => {
            "the client secret has expired: make a new one for the application, and write it into `client_secret_file`"
        }
        Some(700_027) => {
            "the authority does not accept the certificate: it must be among the application's, and not have expired"
        }
        Some(700_016) => "the tenant has no application with this `client_id`",
        Some(65_001 | 65_004) => {
            "the application has no consent for what is asked: an administrator grants it once for everybody"
        }
        Some(53_003) => "a Conditional Access policy stands against this sign-in",
        Some(50_105) => "the application is for assigned users only, and this one is not assigned",
        Some(7_000_218) => {
            "allow public client flows in the application's registration, or give it a secret"
        }
        _ => {
            "check [tenant] and [sign_in] in the configuration, and that the application has consent"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_expired_is_told_from_a_wrong_one() {
        let said = |number| remedy(&Remedy::SignIn(Some(number)));
        assert!(said(7_000_222).contains("has expired"));
        assert!(said(7_000_215).contains("the right one"));
        assert_eq!(said(1), remedy(&Remedy::SignIn(None)));
    }
}
