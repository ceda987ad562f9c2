//! How each account stands, by what was read of the tenant.

use super::{Access, KeyStanding, Standing, WayStanding};
use crate::graph::model::{ConditionalAccessPolicy, Fido2AuthenticationMethod};
use crate::tenant::conditional_access::{Person, Way, judge, ways, with_strengths};
use crate::tenant::read::Read;
use crate::tenant::snapshot::{Account, Snapshot};
use crate::webauthn::Aaguid;

/// How each account stands. Policies that are in report-only are looked at as if they were enforced, if that is wanted.
#[must_use]
pub fn standings(snapshot: &Snapshot, enforce_report_only: bool) -> Vec<Standing> {
    let policies = snapshot.policies.as_ref().map(|policies| {
        let strengths = snapshot.strengths.as_deref().unwrap_or_default();
        let mut policies = with_strengths(policies, strengths);
        if enforce_report_only {
            policies.iter_mut().for_each(enforce);
        }
        policies
    });
    let emergency = snapshot.accounts.iter().map(|account| (account, true));
    let regular = snapshot.regular.iter().map(|account| (account, false));
    let all = emergency.chain(regular);
    all.map(|(account, is_emergency)| {
        standing(
            snapshot,
            account,
            is_emergency,
            policies.as_deref().map_err(|unread| unread.why.as_str()),
        )
    })
    .collect()
}

fn enforce(policy: &mut ConditionalAccessPolicy) {
    if policy.state.as_deref() == Some("enabledForReportingButNotEnforced") {
        policy.state = Some("enabled".to_owned());
    }
}

fn standing(
    snapshot: &Snapshot,
    account: &Account,
    is_emergency: bool,
    policies: Result<&[ConditionalAccessPolicy], &str>,
) -> Standing {
    let mut standing = Standing {
        account: account.name.clone(),
        is_emergency,
        closed: closed(account),
        keys: keys(snapshot, account),
        ways: Vec::new(),
    };
    let models = standing.models();
    let person = account.person();
    let taken = |way| match (&person, policies) {
        (Some(person), Ok(policies)) => judged(policies, person, way, &models),
        (Some(_), Err(why)) => unjudged(
            way,
            Access::Open(format!("the policies could not be read: {why}")),
        ),
        // Policies mean somebody; why there is nobody is said by what closes the account.
        (None, _) => unjudged(way, Access::Free),
    };
    standing.ways = ways().map(taken).collect();
    standing
}

fn judged(
    policies: &[ConditionalAccessPolicy],
    person: &Person,
    way: Way,
    models: &[Aaguid],
) -> WayStanding {
    let outcome = judge(policies, &way.taken_by(person), models);
    WayStanding {
        way,
        by: outcome.by.iter().map(|id| name_of(policies, id)).collect(),
        access: outcome.demand.into(),
    }
}

fn unjudged(way: Way, access: Access) -> WayStanding {
    let by = Vec::new();
    WayStanding { way, access, by }
}

/// What the account itself has against a sign-in.
fn closed(account: &Account) -> Option<Access> {
    match &account.user {
        Err(unread) => Some(Access::Open(format!(
            "the account could not be read: {}",
            unread.why
        ))),
        Ok(None) => Some(Access::Shut("there is no such account".to_owned())),
        Ok(Some(user)) => match user.account_enabled {
            Some(true) => None,
            Some(false) => Some(Access::Shut("the account is disabled".to_owned())),
            None => Some(Access::Open(
                "whether the account is enabled is not shown".to_owned(),
            )),
        },
    }
}

fn keys(snapshot: &Snapshot, account: &Account) -> Read<Vec<KeyStanding>> {
    let standing = |key: &Fido2AuthenticationMethod| KeyStanding {
        id: key.id.clone(),
        display_name: key.display_name.clone(),
        aaguid: key.aaguid(),
        ruling: snapshot.sign_in_with(key, account),
    };
    match &account.keys {
        Ok(keys) => Ok(keys.iter().map(standing).collect()),
        Err(unread) => Err(unread.clone()),
    }
}

pub(super) fn name_of(policies: &[ConditionalAccessPolicy], id: &str) -> String {
    let policy = policies.iter().find(|one| one.id.as_deref() == Some(id));
    policy
        .and_then(|one| one.display_name.clone())
        .unwrap_or_else(|| id.to_owned())
}
