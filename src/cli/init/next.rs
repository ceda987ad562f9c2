//! What comes after the configuration: the application, its permissions, the role, and `doctor`.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::doctor::{NEEDS, Need};
use crate::cli::config::{Config, SignInMethod};
use crate::encoding::printable;

/// Microsoft Graph as an application, in every tenant.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// What an emergency account is asked for in a drill: to show who it is, and that it is an administrator.
pub(super) const DRILLED: [&str; 2] = ["User.Read", "RoleManagement.Read.Directory"];

/// What is to be done, for people and for programs.
pub(super) struct Next {
    pub(super) text: String,
    pub(super) document: Value,
}

/// The method as it stands in the configuration.
pub(super) fn word(method: SignInMethod) -> &'static str {
    use SignInMethod as M;
    match method {
        M::Browser => "browser",
        M::DeviceCode => "device-code",
        M::ClientSecret => "client-secret",
        M::ClientCertificate => "client-certificate",
        M::WorkloadIdentity => "workload-identity",
        M::ManagedIdentity => "managed-identity",
        M::AzureCli => "azure-cli",
    }
}

/// Whether the method names an application.
pub(super) fn needs_application(method: SignInMethod) -> bool {
    !matches!(
        method,
        SignInMethod::ManagedIdentity | SignInMethod::AzureCli
    )
}

pub(super) fn is_person(method: SignInMethod) -> bool {
    matches!(method, SignInMethod::Browser | SignInMethod::DeviceCode)
}

/// What the keys need, what reading the tenant and its logs needs besides, and what changing it does.
struct Permissions {
    keys: BTreeSet<&'static str>,
    reading: BTreeSet<&'static str>,
    watching: BTreeSet<&'static str>,
    changing: BTreeSet<&'static str>,
}

impl Permissions {
    fn new(person: bool) -> Self {
        let of = |commands: &[&str]| -> BTreeSet<&'static str> {
            let named = |need: &&Need| {
                need.commands
                    .iter()
                    .any(|command| commands.contains(command))
            };
            let list = |need: &'static Need| if person { need.asked } else { need.permissions };
            NEEDS.iter().filter(named).flat_map(list).copied().collect()
        };
        let keys = of(&["enroll", "enroll --plan"]);
        let reading: BTreeSet<_> = &of(&["tenant audit"]) - &keys;
        let logs = of(&["monitor", "drill", "review hold"]);
        let watching = &(&logs - &keys) - &reading;
        let changing = &(&(&of(&["tenant apply"]) - &keys) - &reading) - &watching;
        Self {
            keys,
            reading,
            watching,
            changing,
        }
    }

    fn groups(&self) -> [(&'static str, &'static str, &BTreeSet<&'static str>); 4] {
        [
            (
                "keys",
                "for the keys: enroll, check, retire, reconcile",
                &self.keys,
            ),
            (
                "reading",
                "besides, to look at the tenant: tenant audit, plan, export, what-if",
                &self.reading,
            ),
            (
                "watching",
                "besides, for what is in the logs: monitor, drill, review, tenant audit --sign-ins",
                &self.watching,
            ),
            ("changing", "besides, only for tenant apply", &self.changing),
        ]
    }
}

fn indented(text: &mut String, lines: &str) {
    for line in lines.lines() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "     {line}");
    }
}

pub(super) fn steps(config: &Config, program: &str) -> Next {
    let method = config.file.sign_in.method.unwrap_or(SignInMethod::Browser);
    let person = is_person(method);
    let permissions = Permissions::new(person);
    let registration = registration(method, &permissions);
    let for_drills = registration_for_drills();
    let mut text = String::from("What comes next:\n\n");
    let kind = if person { "delegated" } else { "application" };
    // Writing to a `String` cannot fail, here and below.
    let _ = writeln!(
        text,
        "1. In the tenant, an application with these {kind} permissions of Microsoft Graph, and an administrator's consent:"
    );
    for (_, why, names) in permissions.groups() {
        let _ = writeln!(text, "   {why}");
        for name in names {
            let _ = writeln!(text, "     {name}");
        }
    }
    let _ = writeln!(
        text,
        "   With the Azure CLI, as an administrator (written from its documentation, not tried on a live tenant):\n"
    );
    indented(&mut text, &registration);
    if person {
        text.push_str(
            "\n   Who signs in needs the role Privileged Authentication Administrator, and must not be an emergency account.\n   \
             A drill uses the same application: the emergency account signs in there, and is asked for User.Read.\n",
        );
    } else {
        text.push_str(
            "\n   For `drill`, an application without a secret, as which the emergency account signs in; its id goes into [drill]:\n\n",
        );
        indented(&mut text, &for_drills);
    }
    if needs_application(method) && config.file.sign_in.client_id.is_none() {
        text.push_str("   Then write the application's id into the configuration, as client_id of [sign_in].\n");
    }
    let command = match config.path.to_str() {
        Some("halligan.toml") => format!("{program} doctor"),
        _ => format!("{program} --config {} doctor", config.path.display()),
    };
    let _ = writeln!(
        text,
        "\n2. {}   (an account that is not there yet is red until `tenant apply` has made it)",
        printable(&command)
    );
    let groups = permissions.groups();
    let groups = groups.map(|(id, _, names)| (id.to_owned(), json!(names)));
    Next {
        text,
        document: json!({
            "permissions": serde_json::Map::from_iter(groups),
            "permission_kind": kind,
            "registration": registration,
            "drill_registration": (!person).then_some(for_drills),
            "command": command,
        }),
    }
}

/// Shell lines that register an application without a secret for drills: an emergency account signs in there, and has nothing to grant.
fn registration_for_drills() -> String {
    format!(
        "GRAPH={GRAPH}\n\
         DRILL=$(az ad app create --display-name halligan-drill --sign-in-audience AzureADMyOrg \\\n  \
           --public-client-redirect-uris http://localhost --is-fallback-public-client true \\\n  \
           --query appId --output tsv)\n\
         az ad sp create --id \"$DRILL\"\n\
         for NAME in {names}; do\n  \
           ID=$(az ad sp show --id $GRAPH --query \"oauth2PermissionScopes[?value=='$NAME'].id\" --output tsv)\n  \
           az ad app permission add --id \"$DRILL\" --api $GRAPH --api-permissions \"$ID=Scope\"\n\
         done\n\
         az ad app permission admin-consent --id \"$DRILL\"\n\
         echo \"[drill] client_id = $DRILL\"",
        names = DRILLED.join(" "),
    )
}

/// Shell lines that register the application. Ids of permissions are looked up, because nobody can check them by eye.
fn registration(method: SignInMethod, permissions: &Permissions) -> String {
    let person = is_person(method);
    let names = &(&permissions.keys | &permissions.reading) | &permissions.watching;
    // As which an emergency account signs in for a drill, too.
    let own = if person {
        vec!["User.Read"]
    } else {
        Vec::new()
    };
    let names: Vec<&str> = own.into_iter().chain(names).collect();
    let (list, kind) = match person {
        true => ("oauth2PermissionScopes", "Scope"),
        false => ("appRoles", "Role"),
    };
    let public = match person {
        true => {
            " \\\n  --public-client-redirect-uris http://localhost --is-fallback-public-client true"
        }
        false => "",
    };
    format!(
        "GRAPH={GRAPH}\n\
         APP=$(az ad app create --display-name halligan --sign-in-audience AzureADMyOrg{public} \\\n  \
           --query appId --output tsv)\n\
         az ad sp create --id \"$APP\"\n\
         for NAME in {names}; do\n  \
           ID=$(az ad sp show --id $GRAPH --query \"{list}[?value=='$NAME'].id\" --output tsv)\n  \
           az ad app permission add --id \"$APP\" --api $GRAPH --api-permissions \"$ID={kind}\"\n\
         done\n\
         az ad app permission admin-consent --id \"$APP\"\n\
         echo \"client_id = $APP\"",
        names = names.join(" \\\n  "),
    )
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_method_is_the_word_that_the_options_take() {
        for method in SignInMethod::value_variants() {
            let value = method.to_possible_value();
            assert_eq!(
                value.as_ref().map(|value| value.get_name()),
                Some(word(*method))
            );
        }
    }
}
