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

/// What an administrator opens in an emergency, and by what.
const APPLICATIONS: [(&str, &str, ClientApp); 4] = [
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

/// Systems on which a security key is put into a port.
const PLATFORMS: [Platform; 3] = [Platform::Windows, Platform::MacOs, Platform::Linux];

/// All of them.
pub fn ways() -> impl Iterator<Item = Way> {
    APPLICATIONS
        .into_iter()
        .flat_map(|(application, application_name, client)| {
            PLATFORMS.into_iter().map(move |platform| Way {
                application,
                application_name,
                client,
                platform,
            })
        })
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
        let (client, platform) = (self.client.as_str(), self.platform.as_str());
        format!("{} by {client} on {platform}", self.application_name)
    }
}
