//! Which models are as somebody wants them. Every demand must be met; a model of which the metadata does not say it does not
//! meet it.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Metadata;
use super::entry::{Entry, MetadataStatement};
use super::status::{AuthenticatorStatus, CertificationLevel};

/// What somebody wants of a model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Part of the description, in either case.
    pub description: Option<String>,
    /// `fido2`, `u2f`, `uaf`
    pub protocol: Option<String>,
    /// Certified to this level at least.
    pub level: Option<CertificationLevel>,
    /// The firmware that certification and incidents are asked for.
    pub firmware: Option<u64>,
    /// Has a report with one of these words in force.
    pub status: Vec<String>,
    /// The keys are protected by all of these.
    pub key_protection: Vec<String>,
    /// Has all of these methods of user verification.
    pub user_verification: Vec<String>,
    /// Speaks over all of these transports.
    pub transport: Vec<String>,
    /// Says nothing against its credentials being bound to it.
    pub device_bound: bool,
}

/// A word of a query that no entry has, most likely a typing mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no model has the {what} {word:?}; there are {}", .known.join(", "))]
pub struct UnknownWord {
    /// The kind of word.
    pub what: &'static str,
    /// The word.
    pub word: String,
    /// The words that there are.
    pub known: Vec<String>,
}

impl Query {
    /// Whether a model is as wanted, on a day.
    #[must_use]
    pub fn matches(&self, entry: &Entry, on: Date) -> bool {
        let statement = &entry.metadata_statement;
        self.matches_identity(statement)
            && self.matches_status(entry, on)
            && has_all(&self.key_protection, &statement.key_protection)
            && has_all(
                &self.user_verification,
                &statement.user_verification_methods(),
            )
            && has_all(&self.transport, &transports(statement))
            && (!self.device_bound || is_device_bound(statement))
    }

    fn matches_identity(&self, statement: &MetadataStatement) -> bool {
        let described = |part: &String| contains(&statement.description, part);
        let speaks = |family: &String| statement.protocol_family.eq_ignore_ascii_case(family);
        self.description.as_ref().is_none_or(described) && self.protocol.as_ref().is_none_or(speaks)
    }

    fn matches_status(&self, entry: &Entry, on: Date) -> bool {
        let certified = |wanted: CertificationLevel| {
            let found = entry.certification(on, self.firmware);
            found.is_some_and(|(level, _)| level >= wanted)
        };
        let reported = || {
            entry
                .reports(on)
                .any(|report| has(&self.status, &report.status.to_string()))
        };
        self.level.is_none_or(certified) && (self.status.is_empty() || reported())
    }

    /// The models that are as wanted, by description.
    #[must_use]
    pub fn select<'a>(&self, metadata: &'a Metadata, on: Date) -> Vec<&'a Entry> {
        let mut found: Vec<&Entry> = metadata
            .entries()
            .iter()
            .filter(|entry| self.matches(entry, on))
            .collect();
        found.sort_by_key(|entry| {
            let description = entry.metadata_statement.description.trim().to_lowercase();
            (description, entry.aaguid)
        });
        found
    }

    /// Looks for words that no entry has.
    ///
    /// # Errors
    /// When there is one.
    pub fn known_words(&self, metadata: &Metadata) -> Result<(), UnknownWord> {
        let protocol: Vec<String> = self.protocol.iter().cloned().collect();
        known("protocol", &protocol, metadata, |entry| {
            vec![entry.metadata_statement.protocol_family.clone()]
        })?;
        // That no model has one of these today is an answer, and a good one.
        let of_specification: Vec<&str> = AuthenticatorStatus::words().collect();
        let others = self.status.iter();
        let others = others.filter(|word| !has(&of_specification, word));
        known(
            "status",
            &others.cloned().collect::<Vec<_>>(),
            metadata,
            |entry| {
                let reports = entry.status_reports.iter();
                reports.map(|report| report.status.to_string()).collect()
            },
        )?;
        known("key protection", &self.key_protection, metadata, |entry| {
            entry.metadata_statement.key_protection.clone()
        })?;
        let methods = &self.user_verification;
        known("user verification", methods, metadata, |entry| {
            let methods = entry.metadata_statement.user_verification_methods();
            methods.into_iter().map(str::to_owned).collect()
        })?;
        known("transport", &self.transport, metadata, |entry| {
            let transports = transports(&entry.metadata_statement);
            transports.into_iter().map(str::to_owned).collect()
        })
    }
}

/// Whether a text has a part, in either case.
fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

fn has<T: AsRef<str>>(words: &[T], word: &str) -> bool {
    words
        .iter()
        .any(|one| one.as_ref().eq_ignore_ascii_case(word))
}

fn has_all<T: AsRef<str>>(wanted: &[String], found: &[T]) -> bool {
    wanted.iter().all(|word| has(found, word))
}

fn known(
    what: &'static str,
    words: &[String],
    metadata: &Metadata,
    of_entry: impl Fn(&Entry) -> Vec<String>,
) -> Result<(), UnknownWord> {
    if words.is_empty() {
        return Ok(());
    }
    let known: BTreeSet<String> = metadata.entries().iter().flat_map(of_entry).collect();
    let known: Vec<String> = known.into_iter().collect();
    match words.iter().find(|word| !has(&known, word)) {
        None => Ok(()),
        Some(word) => Err(UnknownWord {
            what,
            word: word.clone(),
            known,
        }),
    }
}

/// The transports that getInfo names; of a model that names none, those that its attachment tells.
#[must_use]
pub fn transports(statement: &MetadataStatement) -> Vec<&str> {
    let named: Vec<&str> = statement.transports().collect();
    if !named.is_empty() {
        return named;
    }
    let hints = statement.attachment_hint.iter().map(String::as_str);
    let told = |hint| match hint {
        "wired" => Some("usb"),
        "nfc" => Some("nfc"),
        "bluetooth" => Some("ble"),
        "internal" => Some("internal"),
        _ => None,
    };
    hints.filter_map(told).collect()
}

/// Whether nothing says that credentials may leave: keys in hardware and not in software, and no synchronization announced.
fn is_device_bound(statement: &MetadataStatement) -> bool {
    let protection = &statement.key_protection;
    let stays = statement
        .multi_device_credential_support
        .as_ref()
        .is_none_or(|support| support == "unsupported");
    let in_hardware = ["hardware", "secure_element", "tee"]
        .iter()
        .any(|word| has(protection, word));
    in_hardware && !has(protection, "software") && stays
}
