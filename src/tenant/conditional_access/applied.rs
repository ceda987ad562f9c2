//! Whether one policy applies to one sign-in.

use super::matching::Match;
use super::scenario::Scenario;
use super::{circumstances, resource, users};
use crate::graph::model::ConditionalAccessPolicy;
use crate::graph::model::conditional_access_policy::ConditionalAccessConditionSet;

/// What a policy looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Who signs in.
    Users,
    /// To what.
    Resource,
    /// By which kind of program.
    ClientApp,
    /// On which operating system.
    Platform,
    /// From where.
    Location,
    /// The risk of the sign-in.
    SignInRisk,
    /// The risk of the user.
    UserRisk,
    /// The risk that comes from within.
    InsiderRisk,
    /// On which device.
    Device,
    /// Whether it is carried over.
    AuthenticationFlow,
    /// Something that is not known here.
    Other,
}

impl Condition {
    /// A stable identifier for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Resource => "resource",
            Self::ClientApp => "client_app",
            Self::Platform => "platform",
            Self::Location => "location",
            Self::SignInRisk => "sign_in_risk",
            Self::UserRisk => "user_risk",
            Self::InsiderRisk => "insider_risk",
            Self::Device => "device",
            Self::AuthenticationFlow => "authentication_flow",
            Self::Other => "other",
        }
    }
}

/// Whether a policy applies, and the condition that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Whether it does.
    pub applies: Match,
    /// The condition that is not met, or else the first that is open; none if all are met.
    pub by: Option<Condition>,
}

type Question = fn(&ConditionalAccessConditionSet, &Scenario<'_>) -> Match;

/// All conditions. Whom it means comes first: it is what an administrator sets, and what an exclusion changes.
const CONDITIONS: [(Condition, Question); 11] = [
    (Condition::Users, |conditions, scenario| {
        users::meant(conditions, scenario.person)
    }),
    (Condition::Resource, |conditions, scenario| {
        resource::covers(conditions.applications.as_ref(), &scenario.resource)
    }),
    (Condition::ClientApp, circumstances::client_app),
    (Condition::Platform, circumstances::platform),
    (Condition::Location, circumstances::location),
    (Condition::SignInRisk, circumstances::sign_in_risk),
    (Condition::UserRisk, circumstances::user_risk),
    (Condition::InsiderRisk, circumstances::insider_risk),
    (Condition::Device, circumstances::device),
    (
        Condition::AuthenticationFlow,
        circumstances::authentication_flow,
    ),
    (Condition::Other, circumstances::others),
];

/// Whether a policy's conditions are met, whatever its state.
#[must_use]
pub fn apply(policy: &ConditionalAccessPolicy, scenario: &Scenario<'_>) -> Applied {
    let mut applied = Applied {
        applies: Match::Yes("all conditions are met".to_owned()),
        by: None,
    };
    for (condition, question) in CONDITIONS {
        let answer = question(&policy.conditions, scenario);
        let decides = match &answer {
            Match::No(_) => true,
            Match::Open(_) => applied.by.is_none(),
            Match::Yes(_) => false,
        };
        if decides {
            applied.by = Some(condition);
        }
        applied.applies = match decides {
            true => answer,
            false => applied.applies,
        };
        if let Match::No(_) = applied.applies {
            break;
        }
    }
    applied
}
