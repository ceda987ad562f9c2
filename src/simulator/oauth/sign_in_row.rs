//! A row of the log of sign-ins: `signIn` with the members of beta.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::simulator::conditional_access::decision::Decision;
use crate::simulator::conditional_access::key::Given;
use crate::simulator::logs::LogRow;
use crate::simulator::oauth::OAuthError;
use crate::simulator::oauth::attempt::{Attempt, GRAPH_ID, Way};
use crate::simulator::oauth::proof::Proof;
use crate::simulator::tenant::{User, UserType};

/// Whom a row is about.
pub(super) enum Subject<'a> {
    Application,
    User(Box<User>),
    /// Somebody whom the directory does not know, by the name that was given.
    Unknown(&'a str),
}

/// What a row is made of.
pub(super) struct SignInRow<'a> {
    pub(super) attempt: &'a Attempt<'a>,
    pub(super) subject: &'a Subject<'a>,
    pub(super) failed_method: Option<&'static str>,
    pub(super) proof: Option<&'a Proof>,
    pub(super) decision: &'a Decision,
    /// The identifier of the tokens, or why there are none.
    pub(super) result: Result<&'a str, &'a OAuthError>,
}

impl SignInRow<'_> {
    pub(super) fn wire(&self, tenant_id: &Uuid) -> LogRow {
        let Attempt {
            service,
            application,
            visitor,
            ..
        } = self.attempt;
        let mut row = LogRow::new();
        let id = service.env.uuid();
        for part in [
            json!({
                "id": id,
                "createdDateTime": service.env.now(),
                "appId": application.client_id,
                "appDisplayName": application.display_name,
                "resourceId": GRAPH_ID,
                "resourceDisplayName": "Microsoft Graph",
                "resourceTenantId": tenant_id,
                "homeTenantId": tenant_id,
                "ipAddress": visitor.ip,
                "userAgent": visitor.user_agent,
                "correlationId": visitor.correlation_id,
                "originalRequestId": id,
                "uniqueTokenIdentifier": self.result.ok().map_or_else(|| id.to_string(), str::to_owned),
                "status": self.status(),
                "conditionalAccessStatus": self.decision.status,
                "appliedConditionalAccessPolicies": self.decision.policies,
            }),
            self.device(),
            self.subject(),
            self.way(),
            self.authentication(),
            risk(),
        ] {
            if let Value::Object(members) = part {
                row.extend(members);
            }
        }
        row
    }

    fn status(&self) -> Value {
        let earlier = matches!(self.proof, Some(Proof::Earlier(_)));
        json!({
            "errorCode": self.result.err().map_or(0, OAuthError::number),
            "failureReason": self.result.err().map_or("Other.", OAuthError::text),
            "additionalDetails": earlier.then_some(SATISFIED_BY_TOKEN),
        })
    }

    fn device(&self) -> Value {
        let visitor = self.attempt.visitor;
        json!({
            "deviceDetail": {
                "deviceId": "",
                "displayName": "",
                "operatingSystem": visitor.system().map_or("", |(_, name)| name),
                "browser": visitor.browser().unwrap_or_default(),
                "isCompliant": false,
                "isManaged": false,
                "trustType": "",
            },
            "location": {"city": null, "state": null, "countryOrRegion": null, "geoCoordinates": {}},
        })
    }

    fn subject(&self) -> Value {
        let application = self.attempt.application;
        match self.subject {
            Subject::Application => json!({
                "userId": "",
                "userPrincipalName": "",
                "userDisplayName": "",
                "servicePrincipalId": application.object_id,
                "servicePrincipalName": application.display_name,
            }),
            Subject::User(user) => json!({
                "userId": user.id,
                "userPrincipalName": user.user_principal_name,
                "userDisplayName": user.display_name,
                "userType": if user.user_type == UserType::Guest { "guest" } else { "member" },
                "servicePrincipalId": "",
            }),
            Subject::Unknown(name) => json!({
                "userId": Uuid::nil(),
                "userPrincipalName": name,
                "userDisplayName": "",
                "servicePrincipalId": "",
            }),
        }
    }

    fn way(&self) -> Value {
        let Attempt {
            application, way, ..
        } = self.attempt;
        let client = match (way, application.is_public_client) {
            (Way::ClientCredentials, _) => "",
            (_, true) => "Mobile Apps and Desktop clients",
            (_, false) => "Browser",
        };
        let (event, protocol, transfer) = match way {
            Way::Page => ("interactiveUser", "none", "none"),
            Way::DeviceCode => ("interactiveUser", "deviceCode", "deviceCodeFlow"),
            Way::Refresh => ("nonInteractiveUser", "none", "none"),
            Way::ClientCredentials => ("servicePrincipal", "none", "none"),
        };
        json!({
            "clientAppUsed": client,
            "isInteractive": matches!(way, Way::Page | Way::DeviceCode),
            "signInEventTypes": [event],
            "authenticationProtocol": protocol,
            "originalTransferMethod": transfer,
            "incomingTokenType": if *way == Way::Refresh { "refreshToken" } else { "none" },
            "tokenIssuerType": "AzureAD",
        })
    }

    fn authentication(&self) -> Value {
        let (requirement, policies) = if self.decision.asked_for_mfa {
            let policy = json!({"requirementProvider": "multiConditionalAccess", "detail": "Conditional Access"});
            ("multiFactorAuthentication", vec![policy])
        } else {
            ("singleFactorAuthentication", Vec::new())
        };
        json!({
            "authenticationDetails": self.steps(),
            "authenticationMethodsUsed": self.methods(),
            "authenticationProcessingDetails": [],
            "authenticationRequirement": requirement,
            "authenticationRequirementPolicies": policies,
        })
    }

    fn methods(&self) -> Vec<&'static str> {
        match (self.proof, self.failed_method) {
            (Some(Proof::Key(_)), _) | (None, Some(_)) => vec!["FIDO"],
            (Some(Proof::Password { .. }), _) => vec!["Password"],
            _ => Vec::new(),
        }
    }

    fn steps(&self) -> Vec<Value> {
        let step = |method: &str,
                    detail: Option<&str>,
                    succeeded: bool,
                    result: Option<&str>,
                    part: &str| {
            json!({
                "authenticationStepDateTime": self.attempt.service.env.now(),
                "authenticationMethod": method,
                "authenticationMethodDetail": detail,
                "succeeded": succeeded,
                "authenticationStepResultDetail": result,
                "authenticationStepRequirement": part,
            })
        };
        let previous = || step(PREVIOUSLY, None, true, Some(SATISFIED_BY_TOKEN), MULTIPLE);
        match (self.proof, self.failed_method) {
            (Some(Proof::Key(method)), _) => {
                let name = Some(method.display_name.as_str());
                vec![step("Passkey (device-bound)", name, true, None, PRIMARY)]
            }
            (Some(Proof::Password { second_factor }), _) => {
                let detail = Some("Password in the cloud");
                let password = step("Password", detail, true, Some("Correct password"), PRIMARY);
                let second = second_factor.then(previous);
                [password].into_iter().chain(second).collect()
            }
            (Some(Proof::Earlier(_)), _) => vec![previous()],
            (None, Some(method)) => {
                let reason = self.result.err().map(OAuthError::text);
                vec![step(method, None, false, reason, PRIMARY)]
            }
            (None, None) => Vec::new(),
        }
    }
}

const PRIMARY: &str = "Primary authentication";
const MULTIPLE: &str = "Multifactor authentication";
const PREVIOUSLY: &str = "Previously satisfied";
const SATISFIED_BY_TOKEN: &str = "MFA requirement satisfied by claim in the token";

fn risk() -> Value {
    json!({
        "riskDetail": "none",
        "riskLevelAggregated": "none",
        "riskLevelDuringSignIn": "none",
        "riskState": "none",
        "riskEventTypes_v2": [],
    })
}

impl Proof {
    /// What policies go by.
    pub(super) fn given(&self) -> Given {
        match self {
            Self::Earlier(given) => *given,
            Self::Key(method) => Given::Key(method.aaguid),
            Self::Password {
                second_factor: true,
            } => Given::PasswordAndSecondFactor,
            Self::Password {
                second_factor: false,
            } => Given::Password,
        }
    }
}
