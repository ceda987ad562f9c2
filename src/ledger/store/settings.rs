//! What an object store needs to know besides its address: account, endpoint, region, credentials.

use std::fmt;

/// Settings by the names that the services' environment variables have, `AZURE_STORAGE_ACCOUNT_NAME` for instance. The crate's
/// user collects them, because nothing here reads the environment. Of two with the same meaning the later one counts.
#[derive(Clone, Default)]
pub struct Settings(Vec<(String, String)>);

impl Settings {
    /// Whether a variable of this name is a setting.
    #[must_use]
    pub fn is_one(name: &str) -> bool {
        ["AWS_", "AZURE_", "GOOGLE_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}

impl FromIterator<(String, String)> for Settings {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(settings: T) -> Self {
        Self(settings.into_iter().collect())
    }
}

impl Extend<(String, String)> for Settings {
    fn extend<T: IntoIterator<Item = (String, String)>>(&mut self, settings: T) {
        self.0.extend(settings);
    }
}

/// Names only: many values are secrets.
impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_set()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}
