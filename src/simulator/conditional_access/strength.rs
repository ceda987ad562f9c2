//! `authenticationStrengthPolicy`: which methods will do. Three are built in, the tenant may have more.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::webauthn::Aaguid;

/// When the built-in strengths were made, as documented.
const BUILT_IN_SINCE: &str = "2021-12-01T00:00:00Z";

/// A strength of the tenant's own, in Graph's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthenticationStrength {
    /// Object id.
    pub id: Uuid,
    /// For people.
    pub display_name: String,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
    /// `fido2`, `password,sms`, …; one of them is enough.
    pub allowed_combinations: Vec<String>,
    /// Narrower demands on some of them.
    #[serde(default)]
    pub combination_configurations: Vec<CombinationConfiguration>,
}

/// `authenticationCombinationConfiguration`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@odata.type")]
pub enum CombinationConfiguration {
    /// Which models of keys.
    #[serde(
        rename = "#microsoft.graph.fido2CombinationConfiguration",
        rename_all = "camelCase"
    )]
    Fido2 {
        /// Object id.
        id: Uuid,
        /// The combinations that it narrows.
        applies_to_combinations: Vec<String>,
        /// The models.
        #[serde(rename = "allowedAAGUIDs")]
        allowed_aaguids: Vec<Aaguid>,
    },
    /// Which issuers of certificates.
    #[serde(
        rename = "#microsoft.graph.x509CertificateCombinationConfiguration",
        rename_all = "camelCase"
    )]
    X509Certificate {
        /// Object id.
        id: Uuid,
        /// The combinations that it narrows.
        applies_to_combinations: Vec<String>,
        /// Subject key identifiers of issuers.
        #[serde(default)]
        allowed_issuer_skis: Vec<String>,
        /// Object identifiers of policies.
        #[serde(default, rename = "allowedPolicyOIDs")]
        allowed_policy_oids: Vec<String>,
    },
}

impl AuthenticationStrength {
    /// Whether signing in with a key of this model is strong enough.
    #[must_use]
    pub fn is_satisfied_by_key(&self, model: Aaguid) -> bool {
        let fido2 = |combinations: &[String]| combinations.iter().any(|one| one == "fido2");
        fido2(&self.allowed_combinations)
            && self
                .combination_configurations
                .iter()
                .all(|configuration| match configuration {
                    CombinationConfiguration::Fido2 {
                        applies_to_combinations,
                        allowed_aaguids,
                        ..
                    } => !fido2(applies_to_combinations) || allowed_aaguids.contains(&model),
                    CombinationConfiguration::X509Certificate { .. } => true,
                })
    }

    /// Whether this combination of methods is strong enough.
    #[must_use]
    pub fn allows(&self, combination: &str) -> bool {
        let mut allowed = self.allowed_combinations.iter();
        allowed.any(|one| one == combination)
    }

    /// As an answer has it.
    pub(in crate::simulator) fn wire(&self, with_configurations: bool) -> Value {
        let built_in = built_in().iter().any(|known| known.id == self.id);
        let mut wire = json!({
            "id": self.id,
            "createdDateTime": BUILT_IN_SINCE,
            "modifiedDateTime": BUILT_IN_SINCE,
            "displayName": self.display_name,
            "description": self.description,
            "policyType": if built_in { "builtIn" } else { "custom" },
            "requirementsSatisfied": if self.satisfies_mfa() { "mfa" } else { "none" },
            "allowedCombinations": self.allowed_combinations,
        });
        if with_configurations {
            wire["combinationConfigurations"] = json!(self.combination_configurations);
        }
        wire
    }

    /// Whether every combination is multifactor authentication.
    fn satisfies_mfa(&self) -> bool {
        let single = [
            "password",
            "sms",
            "federatedSingleFactor",
            "x509CertificateSingleFactor",
        ];
        let mut combinations = self.allowed_combinations.iter();
        !combinations.any(|combination| single.contains(&combination.as_str()))
    }
}

/// The strengths that every tenant has.
#[must_use]
pub fn built_in() -> [AuthenticationStrength; 3] {
    let strength =
        |id: u128, name: &str, description: &str, combinations: &[&str]| AuthenticationStrength {
            id: Uuid::from_u128(id),
            display_name: name.to_owned(),
            description: Some(description.to_owned()),
            allowed_combinations: combinations.iter().map(|&one| one.to_owned()).collect(),
            combination_configurations: Vec::new(),
        };
    [
        strength(
            2,
            "Multifactor authentication",
            "Any two factors",
            &MULTIFACTOR,
        ),
        strength(
            3,
            "Passwordless MFA",
            "Two factors without a password",
            &MULTIFACTOR[..4],
        ),
        strength(
            4,
            "Phishing resistant MFA",
            "Two factors bound to the site",
            &MULTIFACTOR[..3],
        ),
    ]
}

/// The combinations of multifactor authentication; the first four are passwordless, the first three phishing resistant.
const MULTIFACTOR: [&str; 19] = [
    "windowsHelloForBusiness",
    "fido2",
    "x509CertificateMultiFactor",
    "deviceBasedPush",
    "temporaryAccessPassOneTime",
    "temporaryAccessPassMultiUse",
    "password,microsoftAuthenticatorPush",
    "password,softwareOath",
    "password,hardwareOath",
    "password,x509CertificateSingleFactor",
    "password,x509CertificateMultiFactor",
    "password,sms",
    "password,voice",
    "federatedMultiFactor",
    "microsoftAuthenticatorPush,federatedSingleFactor",
    "softwareOath,federatedSingleFactor",
    "hardwareOath,federatedSingleFactor",
    "sms,federatedSingleFactor",
    "voice,federatedSingleFactor",
];
