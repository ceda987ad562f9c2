//! Whether an emergency account can be shut out by a change: the same sign-ins, judged before and after it.

use crate::graph::model::ConditionalAccessPolicy;
use crate::tenant::conditional_access::{
    ClientApp, Demand, Enforcement, Match, Person, Platform, Resource, Scenario, app, apply, judge,
    meant,
};
use crate::tenant::snapshot::{Account, Snapshot};
use crate::webauthn::Aaguid;

/// Where an administrator has to get in, and by what.
const RESOURCES: [(&str, &str); 4] = [
    ("Azure portal", app::AZURE_PORTAL),
    ("Microsoft Graph", app::MICROSOFT_GRAPH),
    ("Azure CLI", app::AZURE_CLI),
    ("Azure PowerShell", app::AZURE_POWERSHELL),
];
const CLIENTS: [(&str, ClientApp); 2] = [
    ("browser", ClientApp::Browser),
    ("desktop client", ClientApp::MobileAppsAndDesktopClients),
];
const PLATFORMS: [Platform; 5] = [
    Platform::Android,
    Platform::Ios,
    Platform::Linux,
    Platform::MacOs,
    Platform::Windows,
];

/// A sign-in by which an administrator gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// To what, for people.
    pub resource: &'static str,
    /// Its application id.
    pub app: &'static str,
    /// By which kind of program, for people.
    pub client_name: &'static str,
    /// By which kind of program.
    pub client: ClientApp,
    /// On which operating system.
    pub platform: Platform,
}

impl Question {
    /// The sign-in, with everything that is not in the question left open.
    #[must_use]
    pub fn scenario<'a>(&self, person: &'a Person) -> Scenario<'a> {
        Scenario {
            client: Some(self.client),
            platform: Some(self.platform),
            ..Scenario::of(person, Resource::Application(self.app.to_owned()))
        }
    }

    /// For people.
    #[must_use]
    pub fn describe(&self) -> String {
        let (resource, client) = (self.resource, self.client_name);
        format!("{resource}, {client}, {}", self.platform.as_str())
    }
}

/// All of them.
pub fn questions() -> impl Iterator<Item = Question> {
    RESOURCES.into_iter().flat_map(|(resource, app)| {
        CLIENTS.into_iter().flat_map(move |(client_name, client)| {
            PLATFORMS.into_iter().map(move |platform| Question {
                resource,
                app,
                client_name,
                client,
                platform,
            })
        })
    })
}

/// What stands most in the way of somebody who holds keys of these models, over all questions, and the policies that make it.
#[must_use]
pub fn worst(
    policies: &[ConditionalAccessPolicy],
    person: &Person,
    models: &[Aaguid],
) -> (Demand, Vec<String>) {
    // What does not depend on the question is asked once: of hundreds of policies few count and mean somebody who is excluded.
    let weighs = |policy: &&ConditionalAccessPolicy| {
        Enforcement::of(policy).may_count()
            && !matches!(meant(&policy.conditions, person), Match::No(_))
    };
    let policies: Vec<&ConditionalAccessPolicy> = policies.iter().filter(weighs).collect();
    let mut worst = (Demand::Nothing, Vec::new());
    for question in questions() {
        let outcome = judge(policies.iter().copied(), &question.scenario(person), models);
        if rank(&outcome.demand) > rank(&worst.0) {
            let by = outcome.by.into_iter().map(str::to_owned).collect();
            worst = (outcome.demand, by);
        }
    }
    worst
}

fn rank(demand: &Demand) -> u8 {
    match demand {
        Demand::Nothing => 0,
        Demand::Key(_) => 1,
        Demand::Open(_) => 2,
        Demand::Barrier(_) => 3,
    }
}

/// Whether a policy, whatever its state, certainly does not mean somebody in any of the questions.
#[must_use]
pub fn is_excluded(policy: &ConditionalAccessPolicy, person: &Person) -> bool {
    questions().all(|question| {
        let applied = apply(policy, &question.scenario(person));
        matches!(applied.applies, Match::No(_))
    })
}

/// Why an account that gets in before may not get in after; none if all that get in go on doing so.
#[must_use]
pub fn shut_out(before: &Snapshot, after: &Snapshot) -> Option<String> {
    std::iter::zip(&before.accounts, &after.accounts).find_map(|(before_it, after_it)| {
        let (_, was) = stands(before, before_it)?;
        let ((demand, by), is) = stands(after, after_it)?;
        let (Demand::Open(what) | Demand::Barrier(what)) = demand else {
            return None;
        };
        (is > was).then(|| {
            format!(
                "{} would have to satisfy more than its key can: {what} ({})",
                after_it.name,
                by.join(", ")
            )
        })
    })
}

/// What stands in an account's way; none if that could not be read, or there is no account.
fn stands(snapshot: &Snapshot, account: &Account) -> Option<((Demand, Vec<String>), u8)> {
    let person = account.person()?;
    let policies = snapshot.policies.as_ref().ok()?;
    let found = worst(policies, &person, &models(account));
    let rank = rank(&found.0);
    Some((found, rank))
}

/// The models of an account's keys.
#[must_use]
pub fn models(account: &Account) -> Vec<Aaguid> {
    let keys = account.keys.iter().flatten();
    keys.filter_map(|key| key.aa_guid.as_deref()?.parse().ok())
        .collect()
}
