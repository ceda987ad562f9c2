//! What administrators break: one thing each, in a tenant that is as it should be. The audit finds exactly that and names it; the plan
//! mends it, or says who has to.

mod accounts;
mod policies;
mod settings;

use std::collections::BTreeSet;

use halligan::simulator::tenant::State;
use jiff::Timestamp;
use serde_json::Value;

use super::healthy::Healthy;
use super::{GROUP, apply, audit, plan, steps};

/// One thing that is broken.
pub(super) struct Case {
    name: &'static str,
    damages: Vec<Damage>,
    /// The checks that fail, the one first whose findings name what is wrong.
    fails: &'static [&'static str],
    /// What they name.
    names: &'static str,
    repair: Repair,
}

/// How something is broken. In texts `$GROUP` and `$DOMAIN` are those of the tenant.
pub(super) enum Damage {
    /// By a seed.
    Seed(&'static str),
    /// By a `PATCH` of the policy for everybody.
    Patch(&'static str),
    /// By hand.
    Change(fn(&mut State)),
}

/// What the plan says to it.
#[derive(Default)]
struct Repair {
    /// The steps, in all runs that it takes.
    steps: &'static [&'static str],
    /// Whether `--enforce` is needed.
    enforce: bool,
    /// What is named as left to people, or as blocked.
    by_hand: Option<&'static str>,
    /// The checks that fail still after the steps.
    still: &'static [&'static str],
}

/// A case to which the plan says nothing, as yet.
pub(super) fn case(
    name: &'static str,
    damages: impl Into<Vec<Damage>>,
    fails: &'static [&'static str],
    names: &'static str,
) -> Case {
    Case {
        name,
        damages: damages.into(),
        fails,
        names,
        repair: Repair::default(),
    }
}

impl Case {
    /// The plan takes these steps, after which everything is well.
    pub(super) fn steps(mut self, steps: &'static [&'static str]) -> Self {
        self.repair.steps = steps;
        self
    }

    /// The same with `--enforce`.
    pub(super) fn enforced(mut self, steps: &'static [&'static str]) -> Self {
        self.repair.enforce = true;
        self.steps(steps)
    }

    /// The plan names this as something for people.
    pub(super) fn by_hand(mut self, what: &'static str) -> Self {
        self.repair.by_hand = Some(what);
        self
    }

    /// After the steps these checks still fail.
    pub(super) fn still(mut self, checks: &'static [&'static str]) -> Self {
        self.repair.still = checks;
        self
    }
}

/// Tries all of them on one healthy tenant, each on a fresh copy; what is otherwise than it should be is told together.
fn try_out(cases: &[Case]) {
    let healthy = Healthy::new();
    let surprises = cases.iter().filter_map(|case| {
        healthy.restore();
        let trial = Trial {
            healthy: &healthy,
            case,
        };
        let surprise = trial.run().err()?;
        Some(format!("{}: {surprise}", case.name))
    });
    let surprises: Vec<String> = surprises.collect();
    assert!(surprises.is_empty(), "{}", surprises.join("\n\n"));
}

/// `Err` with the reason unless it holds.
fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

struct Trial<'a> {
    healthy: &'a Healthy,
    case: &'a Case,
}

impl Trial<'_> {
    fn run(&self) -> Result<(), String> {
        self.case
            .damages
            .iter()
            .for_each(|damage| self.inflict(damage));
        let found = self.audit();
        self.fails(&found, self.case.fails)?;
        let named = self.text(self.case.names);
        let said = findings(&found).filter(|one| one["check"] == self.case.fails[0]);
        let said: Vec<String> = said.map(Value::to_string).collect();
        let is_named = said.iter().any(|one| one.contains(&named));
        expect(is_named, || format!("{named:?} is not in {said:?}"))?;
        self.repair()
    }

    fn inflict(&self, damage: &Damage) {
        let bench = &self.healthy.bench;
        match damage {
            Damage::Seed(seed) => bench.seed(&self.text(seed)),
            Damage::Patch(body) => {
                let body: Value = serde_json::from_str(&self.text(body)).unwrap();
                bench.change_tenant(|state| {
                    let id = state.conditional_access.policies[0].id;
                    assert!(state.update_policy(id, body, Timestamp::now()).unwrap());
                });
            }
            Damage::Change(change) => bench.change_tenant(change),
        }
    }

    /// A text with the names of this tenant.
    fn text(&self, text: &str) -> String {
        let (domain, group) = (&self.healthy.state().domain, group(self.healthy.state()));
        text.replace("$DOMAIN", domain).replace("$GROUP", &group)
    }

    fn repair(&self) -> Result<(), String> {
        let (bench, wanted) = (&self.healthy.bench, &self.case.repair);
        let mut planned = self.plan();
        if let Some(what) = wanted.by_hand {
            let (what, left) = (self.text(what), left_to_people(&planned));
            expect(left.contains(&what), || {
                format!("{what:?} is not in {left}")
            })?;
        }
        let breaches = bench.breaches().len();
        let mut taken: Vec<String> = Vec::new();
        while !steps(&planned).is_empty() && taken.len() < wanted.steps.len() {
            taken.extend(steps(&planned).iter().map(|step| (*step).to_owned()));
            // A policy that is made now is enforced by the next run, and the status says so.
            let applied = apply(bench, self.options()).document();
            expect(applied["error"].is_null(), || format!("{applied:#}"))?;
            planned = self.plan();
        }
        let is_over = planned["empty"] == wanted.by_hand.is_none();
        expect(taken == wanted.steps && is_over, || {
            format!("{taken:?} were taken, and left is {planned:#}")
        })?;
        expect(bench.breaches().len() == breaches, || {
            format!("{:?}", bench.breaches())
        })?;
        match wanted.steps {
            [] => Ok(()),
            _ => self.fails(&self.audit(), wanted.still),
        }
    }

    fn options(&self) -> &'static [&'static str] {
        match self.case.repair.enforce {
            true => &["--enforce"],
            false => &[],
        }
    }

    fn plan(&self) -> Value {
        let planned = plan(&self.healthy.bench, self.options());
        let document = planned.document();
        assert!(document["steps"].is_array(), "{document:#}");
        document
    }

    fn audit(&self) -> Value {
        audit(&self.healthy.bench, &["--sign-ins"]).document()
    }

    fn fails(&self, found: &Value, checks: &'static [&'static str]) -> Result<(), String> {
        let wanted: BTreeSet<&str> = checks.iter().copied().collect();
        expect(failing(found) == wanted, || {
            format!("{checks:?} are to fail, and there is\n{}", wrong(found))
        })
    }
}

/// The id of the accounts' group.
fn group(state: &State) -> String {
    let mut groups = state.groups.iter();
    let found = groups.find(|one| one.display_name == GROUP);
    found.unwrap().id.clone()
}

fn findings(document: &Value) -> impl Iterator<Item = &Value> {
    document["findings"].as_array().unwrap().iter()
}

/// The checks of which a line fails or is open.
fn failing(document: &Value) -> BTreeSet<&str> {
    let wrong = findings(document).filter(|one| is_wrong(one));
    wrong.map(|one| one["check"].as_str().unwrap()).collect()
}

fn is_wrong(finding: &Value) -> bool {
    finding["verdict"] == "fail" || finding["verdict"] == "unknown"
}

/// The lines that are not as they should be, for people.
fn wrong(document: &Value) -> String {
    let lines = findings(document).filter(|one| is_wrong(one));
    let lines = lines.map(|one| format!("{} {}: {}", one["check"], one["verdict"], one["why"]));
    lines.collect::<Vec<_>>().join("\n")
}

fn left_to_people(planned: &Value) -> String {
    let lists = ["by_hand", "blocked"].iter();
    let all = lists.flat_map(|list| planned[list].as_array().unwrap());
    all.map(|one| one["what"].as_str().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn accounts_roles_and_groups_are_mended_or_named() {
    try_out(&accounts::cases());
}

#[test]
fn policies_are_mended_or_named() {
    try_out(&policies::cases());
}

#[test]
fn keys_and_settings_are_named() {
    try_out(&settings::cases());
}

#[test]
fn there_are_enough_of_them() {
    let number = accounts::cases().len() + policies::cases().len() + settings::cases().len();
    assert!(number >= 40, "{number}");
}
