//! Whether a policy reaches an emergency account in any sign-in that counts.

use super::sign_ins::sign_ins;
use crate::graph::model::{ConditionalAccessPolicy, Fido2AuthenticationMethod};
use crate::tenant::conditional_access::{
    Demand, Match, Person, Via, apply, demand, exclusions, meant,
};
use crate::tenant::snapshot::{Account, Snapshot};
use crate::webauthn::Aaguid;

/// Whether, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reach {
    /// By these paths the policy excludes the account.
    Excluded(Vec<Via>),
    /// It is about something else.
    Elsewhere(String),
    /// It applies to some sign-in.
    Applies(Demand),
    /// Whether it applies is open.
    Open(Demand, String),
}

/// What is known of the account's keys.
pub(super) struct Models {
    known: Vec<Aaguid>,
    /// Whether that is all of them.
    complete: bool,
}

impl Models {
    pub(super) fn of(account: &Account) -> Self {
        let keys: &[Fido2AuthenticationMethod] = account.keys.as_deref().unwrap_or_default();
        let known: Vec<Aaguid> = keys
            .iter()
            .filter_map(Fido2AuthenticationMethod::aaguid)
            .collect();
        Self {
            complete: account.keys.is_ok() && known.len() == keys.len(),
            known,
        }
    }

    /// What the policy asks for, if no key may be refused: nobody chooses in an emergency which key is at hand.
    fn demand(&self, policy: &ConditionalAccessPolicy) -> Demand {
        let with = |models: &[Aaguid]| demand(policy, models);
        let each = self.known.iter().map(|one| with(std::slice::from_ref(one)));
        let of_others = match with(&[]) {
            // A key that is not known may be of a model that is taken, or of one that is not.
            Demand::Barrier(_) if !self.complete && names_a_strength(policy) => Demand::Open(
                "an authentication strength, and the models of the account's keys are not all known"
                    .to_owned(),
            ),
            other => other,
        };
        match each.max() {
            Some(of_known) if self.complete => of_known,
            Some(of_known) => of_known.max(of_others),
            None => of_others,
        }
    }
}

fn names_a_strength(policy: &ConditionalAccessPolicy) -> bool {
    let controls = policy.grant_controls.as_ref();
    controls.is_some_and(|controls| controls.authentication_strength.is_some())
}

/// Whether the policy reaches the account.
pub(super) fn reach(
    snapshot: &Snapshot,
    policy: &ConditionalAccessPolicy,
    person: &Person,
    models: &Models,
) -> Reach {
    // Whom it does not mean it means in no sign-in; that spares most policies of a large tenant hundreds of them.
    if let Match::No(why) = meant(&policy.conditions, person) {
        return not_reached(policy, person, why);
    }
    let mut open = None;
    let mut elsewhere = None;
    for scenario in sign_ins(policy, person, &snapshot.named_locations) {
        match apply(policy, &scenario).applies {
            Match::Yes(_) => return Reach::Applies(models.demand(policy)),
            Match::Open(why) => open = open.or(Some(why)),
            Match::No(why) => elsewhere = elsewhere.or(Some(why)),
        }
    }
    if let Some(why) = open {
        return Reach::Open(models.demand(policy), why);
    }
    not_reached(policy, person, elsewhere.unwrap_or_default())
}

fn not_reached(policy: &ConditionalAccessPolicy, person: &Person, elsewhere: String) -> Reach {
    let paths = policy.conditions.users.as_ref();
    let paths = paths.map_or_else(Vec::new, |users| exclusions(users, person));
    match paths.is_empty() {
        false => Reach::Excluded(paths),
        true => Reach::Elsewhere(elsewhere),
    }
}
