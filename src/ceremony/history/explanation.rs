//! What the ledger itself says that changes a key.

use crate::ledger::{Event, KeySettings};
use crate::webauthn::Aaguid;

/// Entries about a key that explain why it is not as it was.
#[derive(Debug, Clone, Default)]
pub(super) struct Explanations(Vec<(u64, Explanation)>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Explanation {
    /// The key was about to get these settings, or has them.
    Settings {
        settings: KeySettings,
        applied: bool,
    },
    /// A credential was made on a key of this model.
    Credential,
    /// A ceremony stopped at the PIN, which may have cost a try.
    Pin,
    /// The key is as it left the factory.
    Reset,
}

/// What the ledger has to say about a change.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// This entry explains the value that was found.
    Explains(u64),
    /// An entry set another value.
    Contradicts,
    /// Nothing.
    Nothing,
}

impl Explanations {
    /// Takes in an entry, if it explains anything of the key with this label and model.
    pub(super) fn take_in(&mut self, index: u64, event: &Event, label: &str, aaguid: Aaguid) {
        let explanation = match event {
            Event::ConfigIntended(body) if body.label == label => Explanation::Settings {
                settings: body.settings.clone(),
                applied: false,
            },
            Event::ConfigApplied(body) if body.label == label => Explanation::Settings {
                settings: body.settings.clone(),
                applied: true,
            },
            Event::CeremonyFailed(body) if body.label == label && body.code == "pin" => {
                Explanation::Pin
            }
            Event::ResetPerformed(body) if body.label == label => Explanation::Reset,
            Event::EnrollCredentialCreated(body) if body.aaguid == aaguid => {
                Explanation::Credential
            }
            _ => return,
        };
        self.0.push((index, explanation));
    }

    /// Those later than an entry.
    pub(super) fn since(&self, index: u64) -> Self {
        let later = self.0.iter().filter(|(at, _)| *at > index);
        Self(later.cloned().collect())
    }

    /// Those no later than an entry.
    pub(super) fn until(self, index: u64) -> Self {
        let mut earlier = self.0;
        earlier.retain(|(at, _)| *at <= index);
        Self(earlier)
    }

    /// The entry that reset the key.
    pub(super) fn reset(&self) -> Option<u64> {
        self.last(|explanation| *explanation == Explanation::Reset)
    }

    /// The last of at least so many credentials that were made.
    pub(super) fn credentials(&self, at_least: u32) -> Option<u64> {
        self.several(at_least, &Explanation::Credential)
    }

    /// The last of at least so many ceremonies that stopped at the PIN.
    pub(super) fn pins(&self, at_least: u32) -> Option<u64> {
        self.several(at_least, &Explanation::Pin)
    }

    /// About a setting that is found to have this value. What a ceremony intended and did not record may be so or not.
    pub(super) fn of_setting<T: PartialEq>(
        &self,
        setting: impl Fn(&KeySettings) -> Option<T>,
        found: &T,
    ) -> Word {
        for (index, explanation) in self.0.iter().rev() {
            let Explanation::Settings { settings, applied } = explanation else {
                continue;
            };
            match setting(settings) {
                Some(value) if value == *found => return Word::Explains(*index),
                Some(_) if *applied => return Word::Contradicts,
                Some(_) | None => {}
            }
        }
        Word::Nothing
    }

    fn last(&self, wanted: impl Fn(&Explanation) -> bool) -> Option<u64> {
        let mut found = self.0.iter().rev();
        found
            .find(|(_, explanation)| wanted(explanation))
            .map(|(index, _)| *index)
    }

    fn several(&self, at_least: u32, wanted: &Explanation) -> Option<u64> {
        let found = self.0.iter().filter(|(_, one)| one == wanted);
        let enough = u32::try_from(found.count()).is_ok_and(|count| count >= at_least);
        enough.then(|| self.last(|one| one == wanted)).flatten()
    }
}
