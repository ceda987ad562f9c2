//! Examples of commands, for `--help` and for the manual pages. Each is one that the tool understands; a test sees to that.

use clap::Command;

/// The command, and what may be typed.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "init",
        &[
            "halligan init",
            "halligan init --tenant contoso.onmicrosoft.com --look-up --account ea-1 --account ea-2 --yes",
            "halligan --config /etc/halligan/halligan.toml init --tenant contoso.onmicrosoft.com --sign-in client-secret \
             --client-id 6731de76-14a6-49ae-97bc-6eba6914391e --client-secret-file /etc/halligan/client-secret --yes",
        ],
    ),
    (
        "doctor",
        &[
            "halligan doctor",
            "halligan doctor --for check --for reconcile",
            "halligan doctor --no-sign-in --json",
        ],
    ),
    (
        "status",
        &[
            "halligan status",
            "halligan status --metrics /run/halligan/halligan.prom",
        ],
    ),
    (
        "due",
        &[
            "halligan due",
            "halligan due --all --within 14d",
            "halligan due --kind key_check",
            "halligan due --calendar due.ics",
        ],
    ),
    (
        "enroll",
        &[
            "halligan enroll --account ea-1 --label EA1-A --dry-run",
            "halligan enroll --account ea-1 --label EA1-A --pin-generate",
            "halligan enroll --plan keys.toml --results results.csv",
        ],
    ),
    (
        "check",
        &[
            "halligan check",
            "halligan check --key EA1-A --full",
            "halligan check --no-tenant",
        ],
    ),
    (
        "drill",
        &[
            "halligan drill --account ea-1 --dry-run",
            "halligan drill --account ea-1 --key EA1-A --by Ada --open",
            "halligan drill --account ea-1 --by Ada --by Bob --limit 10min --revoke-sessions",
        ],
    ),
    (
        "alerts generate",
        &[
            "halligan alerts generate --directory alerts --for azure-monitor --email soc@contoso.com",
            "halligan alerts generate --directory alerts --for sentinel --accounts-from ledger",
            "halligan alerts generate --print kql --for sentinel",
        ],
    ),
    (
        "alerts verify",
        &[
            "halligan alerts verify --now --channel mail --by Ada",
            "halligan alerts verify --drill ea-1@contoso.onmicrosoft.com --received 2026-03-01T10:04:00Z --channel pager --by Ada",
            "halligan alerts verify --never",
        ],
    ),
    (
        "monitor",
        &[
            "halligan monitor",
            "halligan monitor --since 7d --no-record --save rows.json",
            "halligan monitor --follow --every 5m --journald",
            "halligan monitor --webhook https://hooks.example/alarm --webhook-header-file header",
        ],
    ),
    (
        "review hold",
        &[
            "halligan review hold --by Ada --by Bob --answers answers.toml --directory reviews",
            "halligan review hold --by Ada --directory reviews --dry-run",
        ],
    ),
    (
        "review sign",
        &[
            "halligan review sign --reviewer Ada --from reviews",
            "halligan review sign --reviewer Ada --review 41 --report report.html --document document.json",
        ],
    ),
    ("review questions", &["halligan review questions"]),
    (
        "review reviewers add",
        &[
            "halligan review reviewers add Ada",
            "halligan review reviewers add Ada --device hid:/dev/hidraw3",
        ],
    ),
    (
        "review reviewers remove",
        &["halligan review reviewers remove Ada --reason left"],
    ),
    ("review reviewers list", &["halligan review reviewers list"]),
    (
        "reconcile",
        &[
            "halligan reconcile",
            "halligan reconcile --device usb --contents",
        ],
    ),
    (
        "resume",
        &[
            "halligan resume",
            "halligan resume EA1-A",
            "halligan resume EA1-A --undo",
        ],
    ),
    (
        "handover",
        &[
            "halligan handover --key EA1-A --location Berlin --container safe-2 --seal 0042 --custodian Alice --prove",
        ],
    ),
    (
        "retire",
        &[
            "halligan retire --key EA1-A --reason lost",
            "halligan retire --key EA1-A --reason rotated --delete-credential",
        ],
    ),
    (
        "key test",
        &[
            "halligan key test",
            "halligan key test --device udp:127.0.0.1:8111 --json",
        ],
    ),
    (
        "key pin change",
        &[
            "halligan key pin change --key EA1-A --pin-generate",
            "halligan key pin change --device hid:/dev/hidraw3",
        ],
    ),
    (
        "pin open",
        &[
            "halligan pin open --key EA1-A --identity alice.age --identity bob.age",
            "halligan pin open --key EA1-A --identity alice.age --share",
        ],
    ),
    (
        "sheet",
        &[
            "halligan sheet --key EA1-A --output EA1-A.html",
            "halligan sheet --all --output sheets.html",
        ],
    ),
    (
        "ledger show",
        &[
            "halligan ledger show --key EA1-A",
            "halligan ledger show --ledger jsonl:ledger.jsonl --json",
        ],
    ),
    (
        "ledger verify",
        &[
            "halligan ledger verify",
            "halligan ledger verify --ledger az://halligan/emergency",
        ],
    ),
    (
        "ledger export",
        &["halligan ledger export --output ledger.jsonl"],
    ),
    (
        "mds update",
        &["halligan mds update", "halligan mds update --from blob.jwt"],
    ),
    (
        "tenant audit",
        &[
            "halligan tenant audit",
            "halligan tenant audit --sign-ins --json",
        ],
    ),
    (
        "tenant apply",
        &[
            "halligan tenant apply --dry-run",
            "halligan tenant apply",
            "halligan tenant apply --enforce",
        ],
    ),
    (
        "tenant preflight",
        &["halligan tenant preflight --account ea-1 --aaguid 2fc0579f-8113-47ea-b116-555a8db9202a"],
    ),
    ("emulator serve", &["halligan emulator serve --state key"]),
    (
        "simulator serve",
        &["halligan simulator serve --state tenant"],
    ),
    (
        "simulator sign-in",
        &[
            "halligan simulator sign-in --device emulator:bg1-a https://localhost:8443/TENANT/oauth2/v2.0/authorize?QUERY",
        ],
    ),
    ("completions", &["halligan completions bash"]),
    ("man", &["halligan man --directory pages"]),
];

/// The examples of a command, by its name with those above it.
pub(super) fn of(name: &str) -> &'static [&'static str] {
    let mut found = EXAMPLES.iter().filter(|(command, _)| *command == name);
    found.next().map_or(&[], |(_, examples)| examples)
}

/// The command with the examples of those below it in their help.
pub(super) fn shown_by(command: Command) -> Command {
    EXAMPLES.iter().fold(command, |command, (name, examples)| {
        let text = format!("Examples:\n  {}", examples.join("\n  "));
        with_help(command, name, text)
    })
}

fn with_help(command: Command, name: &str, text: String) -> Command {
    let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
    command.mut_subcommand(first, |below| match rest {
        "" => below.after_help(text),
        rest => with_help(below, rest, text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments;

    #[test]
    fn every_example_is_understood() {
        for (name, examples) in EXAMPLES {
            for example in *examples {
                let parsed = arguments::parse(example.split(' '));
                assert!(parsed.is_ok(), "{example}: {:?}", parsed.err());
                let words: Vec<&str> = example.split(' ').collect();
                let named = words.iter().position(|word| name.starts_with(word));
                assert!(named.is_some(), "{example} is not of {name}");
            }
        }
    }
}
