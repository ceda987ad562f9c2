//! The sign-in, and what it is good for: permissions and roles by the needs of each command; and the emergency accounts.

use super::{Finding, NEEDS, Need, Remedy, Subject, said_no};
use crate::ceremony::error::in_full;
use crate::ceremony::preflight;
use crate::ceremony::snapshot;
use crate::ceremony::unread::read;
use crate::graph::credential;
use crate::graph::{self, Client};
use crate::tenant::preflight::{Operator, OperatorKind};
use crate::tenant::read::Read;

/// What a sign-in told.
#[derive(Debug)]
pub struct SignedIn {
    /// Its lines.
    pub findings: Vec<Finding>,
    /// Whether there is an access token, so that more can be asked.
    pub signed_in: bool,
}

/// Signs in, and says what may be done with it. What the commands of `wanted` need is needed; what others do is advice.
pub async fn signed_in(client: &Client, wanted: impl Fn(&Need) -> bool) -> SignedIn {
    match preflight::operator(client).await {
        Ok(operator) => {
            let mut findings = vec![Finding::pass(Subject::SignIn, who(&operator))];
            let is_application =
                matches!(&operator, Ok(one) if one.kind == OperatorKind::Application);
            if is_application {
                let why = "an application needs none";
                findings.push(Finding::not_applicable(Subject::Role, why));
            }
            for need in NEEDS {
                let roles = (!is_application).then(|| role(need, &operator));
                let lines = std::iter::once(permissions(need, &operator)).chain(roles);
                let lines = lines.map(|line| line.about(need.commands.join(", ")));
                let is_wanted = wanted(need);
                findings.extend(lines.map(|line| if is_wanted { line } else { line.advice() }));
            }
            SignedIn {
                findings,
                signed_in: true,
            }
        }
        Err(error) => SignedIn {
            findings: vec![refused(&error)],
            signed_in: false,
        },
    }
}

fn refused(error: &graph::Error) -> Finding {
    let why = in_full(error);
    match error {
        graph::Error::SignIn(sign_in) if said_no(sign_in) => {
            Finding::fail(Subject::SignIn, why, Remedy::SignIn(number(sign_in)))
        }
        _ => Finding::unknown(Subject::SignIn, why).mended_by(Remedy::Network),
    }
}

/// The authority's `AADSTS` number.
fn number(error: &credential::Error) -> Option<i64> {
    match error {
        credential::Error::Refused(refusal) | credential::Error::Declined(refusal) => {
            refusal.codes.first().copied()
        }
        _ => None,
    }
}

fn who(operator: &Read<Operator>) -> String {
    match operator {
        Ok(operator) => match operator.kind {
            OperatorKind::Application => "as an application".to_owned(),
            OperatorKind::Person => "as a person".to_owned(),
        },
        Err(unread) => format!("done; {}", unread.why),
    }
}

fn permissions(need: &Need, operator: &Read<Operator>) -> Finding {
    let subject = Subject::Permissions;
    let operator = match operator {
        Ok(operator) => operator,
        Err(unread) => return Finding::unknown(subject, unread.why.clone()),
    };
    let missing = need.missing(&operator.permissions);
    if missing.is_empty() {
        return Finding::pass(subject, "granted");
    }
    let remedy = Remedy::Consent {
        kind: operator.kind,
        permissions: missing.clone(),
    };
    Finding::fail(subject, format!("lacks {}", missing.join(", ")), remedy)
}

fn role(need: &Need, operator: &Read<Operator>) -> Finding {
    let subject = Subject::Role;
    let roles = match operator {
        Ok(operator) => &operator.roles,
        Err(unread) => return Finding::unknown(subject, unread.why.clone()),
    };
    match roles {
        Ok(held) if need.is_allowed(held) => Finding::pass(subject, "held"),
        Ok(_) => {
            let words = need.roles_in_words();
            Finding::fail(subject, format!("none of {words}"), Remedy::Role(words))
        }
        Err(unread) => Finding::unknown(subject, unread.why.clone()),
    }
}

/// Looks for each emergency account in the directory.
pub async fn accounts(client: &Client, names: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut domains = Ok(Vec::new());
    if !names.iter().all(|name| snapshot::is_whole(name)) {
        let answer = client.domains().await;
        match read(answer, "Domain.Read.All".into()) {
            Ok(read) => domains = read,
            Err(error) => return names.iter().map(|name| unseen(&error, name)).collect(),
        }
    }
    for name in names {
        findings.push(match snapshot::in_directory(name, &domains) {
            Ok(whole) => account(client, name, &whole).await,
            Err(unread) => Finding::unknown(Subject::Account, unread.why).about(name),
        });
    }
    findings
}

async fn account(client: &Client, name: &str, whole: &str) -> Finding {
    let subject = Subject::Account;
    let finding = match client.user(whole).await {
        Ok(user) if user.account_enabled == Some(false) => {
            Finding::fail(subject, "it is disabled", Remedy::Enable)
        }
        Ok(user) => Finding::pass(subject, format!("is there, with the id {}", user.id)),
        Err(graph::Error::NotFound(_)) => {
            let why = format!("the directory knows no {whole}");
            Finding::fail(subject, why, Remedy::Account)
        }
        Err(error) => return unseen(&error, name),
    };
    finding.about(name)
}

fn unseen(error: &graph::Error, name: &str) -> Finding {
    Finding::unknown(Subject::Account, in_full(error)).about(name)
}
