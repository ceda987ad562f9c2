//! A sign-in that is thought of: who, to what, and how. What is `None` is left open.

/// A sign-in.
#[derive(Debug, Clone)]
pub struct Scenario<'a> {
    /// Who.
    pub person: &'a Person,
    /// To what.
    pub resource: Resource,
    /// By which kind of program.
    pub client: Option<ClientApp>,
    /// On which operating system.
    pub platform: Option<Platform>,
    /// From where.
    pub place: Option<Place>,
    /// What Identity Protection thinks of the sign-in.
    pub sign_in_risk: Option<RiskLevel>,
    /// What it thinks of the user.
    pub user_risk: Option<RiskLevel>,
    /// Whether the sign-in is carried over from another device (`deviceCodeFlow`, `authenticationTransfer`); an ordinary one is
    /// `none`.
    pub transfer_method: Option<String>,
}

impl<'a> Scenario<'a> {
    /// Somebody signs in to something, in whatever way.
    #[must_use]
    pub fn of(person: &'a Person, resource: Resource) -> Self {
        Self {
            person,
            resource,
            client: None,
            platform: None,
            place: None,
            sign_in_risk: None,
            user_risk: None,
            transfer_method: None,
        }
    }
}

/// Somebody who signs in, with what the directory says of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Object id.
    pub id: String,
    /// The groups that they are in, groups within groups included; none if that could not be read.
    pub groups: Option<Vec<String>>,
    /// The templates of the roles that they hold now, directly or by a group; none if that could not be read.
    pub roles: Option<Vec<String>>,
    /// Whether they are of this tenant; none if that is not known.
    pub kind: Option<PersonKind>,
}

/// In which sense somebody is of this tenant (`conditionalAccessGuestOrExternalUserTypes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonKind {
    /// An account of this tenant.
    Member,
    /// An account of this tenant whose `userType` is `Guest`.
    InternalGuest,
    /// Invited, as a guest.
    B2bCollaborationGuest,
    /// Invited, as a member.
    B2bCollaborationMember,
    /// In a shared channel.
    B2bDirectConnectUser,
    /// Of a partner who administers the tenant.
    ServiceProvider,
    /// Of elsewhere, in some other way.
    OtherExternalUser,
}

impl PersonKind {
    /// The word in policies; none for a member.
    pub(super) fn word(self) -> Option<&'static str> {
        match self {
            Self::Member => None,
            Self::InternalGuest => Some("internalGuest"),
            Self::B2bCollaborationGuest => Some("b2bCollaborationGuest"),
            Self::B2bCollaborationMember => Some("b2bCollaborationMember"),
            Self::B2bDirectConnectUser => Some("b2bDirectConnectUser"),
            Self::ServiceProvider => Some("serviceProvider"),
            Self::OtherExternalUser => Some("otherExternalUser"),
        }
    }
}

/// What somebody signs in to, or does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// An application, by its id.
    Application(String),
    /// `urn:user:registersecurityinfo` or `urn:user:registerdevice`.
    UserAction(String),
    /// An authentication context, `c1` to `c99`.
    AuthenticationContext(String),
}

/// By which kind of program somebody signs in (`conditionalAccessClientApp`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientApp {
    /// A browser.
    Browser,
    /// A program that knows modern authentication.
    MobileAppsAndDesktopClients,
    /// A mail program on Exchange ActiveSync.
    ExchangeActiveSync,
    /// One that knows only passwords.
    Other,
}

impl ClientApp {
    /// The word in policies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::MobileAppsAndDesktopClients => "mobileAppsAndDesktopClients",
            Self::ExchangeActiveSync => "exchangeActiveSync",
            Self::Other => "other",
        }
    }

    /// For people.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Browser => "a browser",
            Self::MobileAppsAndDesktopClients => "a program",
            Self::ExchangeActiveSync => "Exchange ActiveSync",
            Self::Other => "a program that knows only passwords",
        }
    }
}

/// An operating system (`conditionalAccessDevicePlatform`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Android
    Android,
    /// iOS and iPadOS
    Ios,
    /// Linux
    Linux,
    /// macOS
    MacOs,
    /// Windows
    Windows,
}

impl Platform {
    /// The word in policies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Ios => "iOS",
            Self::Linux => "linux",
            Self::MacOs => "macOS",
            Self::Windows => "windows",
        }
    }
}

/// From where somebody signs in, as the tenant's named locations see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The ids of the named locations that it is in.
    pub named_locations: Vec<String>,
    /// Whether one of them is trusted.
    pub trusted: bool,
}

/// `riskLevel`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskLevel {
    /// None was found.
    None,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

impl RiskLevel {
    /// The word in policies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}
