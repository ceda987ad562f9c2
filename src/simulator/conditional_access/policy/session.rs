//! `conditionalAccessSessionControls`: what a policy does to the session.

use serde::{Deserialize, Serialize};

/// `conditionalAccessSessionControls`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionControls {
    /// Whether sign-in ends with the service that decides about it.
    #[serde(default)]
    pub disable_resilience_defaults: Option<bool>,
    /// Left to the application.
    #[serde(default)]
    pub application_enforced_restrictions: Option<SessionControl>,
    /// Left to Defender for Cloud Apps.
    #[serde(default)]
    pub cloud_app_security: Option<CloudAppSecurity>,
    /// Whether the browser keeps the session.
    #[serde(default)]
    pub persistent_browser: Option<PersistentBrowser>,
    /// How often to sign in again.
    #[serde(default)]
    pub sign_in_frequency: Option<SignInFrequency>,
    /// Token protection: tokens hold only on the registered device that asked for them.
    #[serde(default)]
    pub secure_sign_in_session: Option<SessionControl>,
}

/// `conditionalAccessSessionControl`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionControl {
    /// Whether it is.
    #[serde(default)]
    pub is_enabled: Option<bool>,
}

/// `cloudAppSecuritySessionControl`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CloudAppSecurity {
    #[serde(default)]
    is_enabled: Option<bool>,
    #[serde(default)]
    cloud_app_security_type: Option<CloudAppSecurityType>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum CloudAppSecurityType {
    BlockDownloads,
    McasConfigured,
    MonitorOnly,
}

/// `persistentBrowserSessionControl`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersistentBrowser {
    #[serde(default)]
    is_enabled: Option<bool>,
    #[serde(default)]
    mode: Option<PersistentBrowserMode>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum PersistentBrowserMode {
    Always,
    Never,
}

/// `signInFrequencySessionControl`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignInFrequency {
    #[serde(default)]
    is_enabled: Option<bool>,
    #[serde(default)]
    authentication_type: Option<AuthenticationType>,
    #[serde(default)]
    frequency_interval: Option<FrequencyInterval>,
    #[serde(rename = "type", default)]
    unit: Option<FrequencyUnit>,
    #[serde(default)]
    value: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum AuthenticationType {
    PrimaryAndSecondaryAuthentication,
    SecondaryAuthentication,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum FrequencyInterval {
    EveryTime,
    TimeBased,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum FrequencyUnit {
    Days,
    Hours,
}

impl SessionControls {
    /// Whether anything is asked of the session at all.
    pub(in crate::simulator) fn is_empty(&self) -> bool {
        *self
            == Self {
                disable_resilience_defaults: None,
                application_enforced_restrictions: None,
                cloud_app_security: None,
                persistent_browser: None,
                sign_in_frequency: None,
                secure_sign_in_session: None,
            }
    }

    /// Whether tokens are bound to a registered device.
    pub(in crate::simulator) fn binds_tokens(&self) -> bool {
        let control = self.secure_sign_in_session.as_ref();
        control.is_some_and(|control| control.is_enabled == Some(true))
    }
}
