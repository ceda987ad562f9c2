//! The ways in that matter in an emergency: what an administrator opens, by which program, on which system.

use super::resource::app;
use super::scenario::{ClientApp, Person, Platform, Resource, Scenario};

/// One way in. Place, risk and device are left open: in an emergency nobody chooses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The application's id.
    pub application: &'static str,
    /// Its name, for people.
    pub application_name: &'static str,
    /// By what.
    pub client: ClientApp,
    /// On what.
    pub platform: Platform,
}

/// What an administrator opens in an emergency, by id and name, and the kind of program that usually opens it.
pub const APPLICATIONS: [(&str, &str, ClientApp); 4] = [
    (app::AZURE_PORTAL, "Azure portal", ClientApp::Browser),
    (
        app::MICROSOFT_GRAPH,
        "Microsoft Graph",
        ClientApp::MobileAppsAndDesktopClients,
    ),
    (
        app::AZURE_CLI,
        "Azure CLI",
        ClientApp::MobileAppsAndDesktopClients,
    ),
    (
        app::AZURE_POWERSHELL,
        "Azure PowerShell",
        ClientApp::MobileAppsAndDesktopClients,
    ),
];

/// Programs that take a key. Those that know nothing but passwords do not.
pub const CLIENTS: [ClientApp; 2] = [ClientApp::Browser, ClientApp::MobileAppsAndDesktopClients];

/// Every system that policies tell apart.
pub const PLATFORMS: [Platform; 5] = [
    Platform::Windows,
    Platform::MacOs,
    Platform::Linux,
    Platform::Ios,
    Platform::Android,
];

/// All of them.
pub fn ways() -> impl Iterator<Item = Way> {
    APPLICATIONS
        .into_iter()
        .flat_map(|(application, application_name, _)| {
            CLIENTS.into_iter().flat_map(move |client| {
                PLATFORMS.into_iter().map(move |platform| Way {
                    application,
                    application_name,
                    client,
                    platform,
                })
            })
        })
}

/// Those that the service is asked about, which takes a question a second: each application by its usual program, on the systems of
/// workstations.
pub fn usual_ways() -> impl Iterator<Item = Way> {
    let usual = |way: &Way| {
        let is_usual = |(id, _, client): (&str, &str, ClientApp)| {
            id == way.application && client == way.client
        };
        APPLICATIONS.into_iter().any(is_usual)
    };
    let workstations = [Platform::Windows, Platform::MacOs, Platform::Linux];
    ways().filter(move |way| usual(way) && workstations.contains(&way.platform))
}

impl Way {
    /// Somebody takes it.
    #[must_use]
    pub fn taken_by(self, person: &Person) -> Scenario<'_> {
        let resource = Resource::Application(self.application.to_owned());
        Scenario {
            client: Some(self.client),
            platform: Some(self.platform),
            transfer_method: Some("none".to_owned()),
            ..Scenario::of(person, resource)
        }
    }

    /// For people.
    #[must_use]
    pub fn describe(self) -> String {
        let (client, platform) = (self.client.describe(), self.platform.as_str());
        format!("{} by {client} on {platform}", self.application_name)
    }
}
