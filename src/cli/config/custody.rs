//! `[custody]`: who can open PINs, and what generated PINs look like.

use super::file::{Custodian, PinKind};
use super::{Config, Error};
use crate::custody::{self, Alphabet, Custodians, PinPolicy, Recipient};
use crate::secret::Pin;

impl From<PinKind> for Alphabet {
    fn from(kind: PinKind) -> Self {
        match kind {
            PinKind::Digits => Self::Digits,
            PinKind::Mixed => Self::Mixed,
        }
    }
}

impl Config {
    /// What generated PINs look like.
    pub(crate) fn pin_policy(&self) -> Result<PinPolicy, Error> {
        let default = PinPolicy::default();
        let length = self.file.custody.pin_length.unwrap_or(default.length);
        if !(PinPolicy::SHORTEST..=Pin::MAXIMUM_BYTES).contains(&length) {
            let why = format!(
                "{length} characters; {} to {} are possible",
                PinPolicy::SHORTEST,
                Pin::MAXIMUM_BYTES
            );
            return Err(self.value_error("custody.pin_length", why));
        }
        Ok(PinPolicy {
            alphabet: self
                .file
                .custody
                .pin
                .map_or(default.alphabet, Alphabet::from),
            length,
        })
    }

    /// To whom PINs are sealed; none if no custodian is configured.
    pub(crate) fn custodians(&self) -> Result<Option<Custodians>, Error> {
        let custody = &self.file.custody;
        if custody.custodian.is_empty() && custody.threshold.is_none() {
            return Ok(None);
        }
        let list = custody.custodian.iter().map(|one| self.custodian(one));
        let list = list.collect::<Result<Vec<_>, Error>>()?;
        Custodians::new(custody.threshold.unwrap_or(1), list)
            .map(Some)
            .map_err(|error| {
                let member = match error {
                    custody::Error::Threshold { .. } => "custody.threshold",
                    _ => "custody.custodian",
                };
                self.value_error(member, error)
            })
    }

    fn custodian(&self, typed: &Custodian) -> Result<custody::Custodian, Error> {
        let text = match (&typed.recipient, &typed.recipient_file) {
            (Some(recipient), None) => recipient.clone(),
            (None, Some(path)) => String::from_utf8(self.read_file(path)?)
                .map_err(|error| self.recipient_error(&typed.name, error))?,
            _ => {
                let why = "either `recipient` or `recipient_file` is needed, and not both";
                return Err(self.recipient_error(&typed.name, why));
            }
        };
        let lines = text.lines().map(str::trim);
        let recipients = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::parse)
            .collect::<Result<Vec<Recipient>, _>>()
            .map_err(|error| self.recipient_error(&typed.name, error))?;
        Ok(custody::Custodian {
            name: typed.name.clone(),
            recipients,
        })
    }

    fn recipient_error(&self, name: &str, why: impl std::fmt::Display) -> Error {
        self.value_error("custody.custodian", format!("{name:?}: {why}"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ALICE: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    const BOB: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";

    fn config(directory: &std::path::Path, text: &str) -> Config {
        let path = directory.join("halligan.toml");
        std::fs::write(&path, text).unwrap();
        Config::read(&path).unwrap()
    }

    fn refusal(text: &str) -> String {
        let directory = tempfile::tempdir().unwrap();
        let config = config(directory.path(), text);
        let refused = config.custodians().err().or(config.pin_policy().err());
        refused.unwrap().to_string()
    }

    #[test]
    fn custodians_come_from_the_file_and_from_files_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let keys = format!("# Bob's\n\n{BOB} bob@vault\n");
        std::fs::write(directory.path().join("bob.pub"), keys).unwrap();
        let text = format!(
            "[custody]\nthreshold = 2\npin = \"mixed\"\npin_length = 12\n\
             [[custody.custodian]]\nname = \"Alice\"\nrecipient = \"{ALICE}\"\n\
             [[custody.custodian]]\nname = \"Bob\"\nrecipient_file = \"bob.pub\"\n"
        );
        let config = config(directory.path(), &text);
        let custodians = config.custodians().unwrap().unwrap();
        assert_eq!(custodians.threshold(), 2);
        assert_eq!(custodians.names().collect::<Vec<_>>(), ["Alice", "Bob"]);
        assert_eq!(custodians.with_recipient(BOB).unwrap().name, "Bob");
        let policy = config.pin_policy().unwrap();
        assert_eq!((policy.alphabet, policy.length), (Alphabet::Mixed, 12));
    }

    #[test]
    fn without_custodians_nothing_is_sealed() {
        let directory = tempfile::tempdir().unwrap();
        let config = config(directory.path(), "");
        assert!(config.custodians().unwrap().is_none());
        assert_eq!(config.pin_policy().unwrap(), PinPolicy::default());
    }

    #[test]
    fn a_mistake_names_the_member_and_the_custodian() {
        let alice = format!("[[custody.custodian]]\nname = \"Alice\"\nrecipient = \"{ALICE}\"\n");
        for (text, expected) in [
            (
                "[custody]\nthreshold = 1\n".to_owned(),
                "custody.custodian: there is no",
            ),
            (
                format!("[custody]\nthreshold = 2\n{alice}"),
                "custody.threshold: 2 of 1",
            ),
            (
                "[custody]\npin_length = 4\n".to_owned(),
                "custody.pin_length: 4 ",
            ),
            (
                "[custody]\npin_length = 64\n".to_owned(),
                "custody.pin_length: 64 ",
            ),
            (
                "[[custody.custodian]]\nname = \"Bob\"\n".to_owned(),
                "\"Bob\": either",
            ),
            (
                "[[custody.custodian]]\nname = \"Bob\"\nrecipient = \"bob\"\n".to_owned(),
                "\"Bob\": no recipient",
            ),
            (
                format!("{alice}{}", alice.replace("Alice", "Bob")),
                "same recipient",
            ),
        ] {
            let found = refusal(&text);
            assert!(found.contains(expected), "{found}");
        }
    }
}
