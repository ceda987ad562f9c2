//! What FIDO's metadata says of a key's model: is it known, what is reported of it, how far is it certified, and does the key
//! behave as its vendor says. Metadata that is absent or stale leaves every answer unknown.

use jiff::civil::Date;
use serde_json::Value;

use super::mds::{AuthenticatorStatus, CertificationLevel, Entry, StatusReport};
use super::registration::Reported;
use super::trust::Known;
use super::verdict::{Finding, Subject, Verdict};
use crate::encoding::base64url;

/// A model as today's metadata has it, and what the key in hand says of itself.
pub(super) struct Model<'a> {
    pub(super) known: Known<'a>,
    /// The day of judging.
    pub(super) on: Date,
    pub(super) reported: Option<&'a Reported>,
    /// The attestation's certificates in DER; none before the key has attested.
    pub(super) certificates: &'a [Vec<u8>],
}

impl Model<'_> {
    /// The findings that need no registration.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let finding = |subject, verdict| Finding { subject, verdict };
        vec![
            finding(Subject::Model, self.model()),
            finding(Subject::Status, self.status()),
            finding(Subject::Certification, self.certification()),
        ]
    }

    /// What the vendor calls it.
    pub(super) fn description(&self) -> Option<String> {
        let names = self.known.entries().iter();
        let names: Vec<&str> = names
            .map(|entry| entry.metadata_statement.description.as_str())
            .filter(|name| !name.is_empty())
            .collect();
        (!names.is_empty()).then(|| names.join(" or "))
    }

    /// The certification that holds, the lowest if the key may be one of several models.
    pub(super) fn level(&self) -> Result<Option<CertificationLevel>, String> {
        match &self.known {
            Known::Undetermined(why) => Err(why.clone()),
            Known::Absent => Ok(None),
            Known::Entries(entries) => {
                let levels = entries.iter().map(|entry| {
                    let held = entry.certification(self.on, self.firmware());
                    held.map(|(level, _)| level)
                });
                Ok(levels.min().flatten())
            }
        }
    }

    /// Whether the vendor says that credentials may leave keys of this model.
    pub(super) fn multi_device(&self) -> bool {
        let supports = |entry: &&Entry| {
            let said = entry
                .metadata_statement
                .multi_device_credential_support
                .as_deref();
            said.is_some_and(|support| support != "unsupported")
        };
        self.known.entries().iter().any(supports)
    }

    /// What deserves to be said and is nobody's fault.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for entry in self.known.entries() {
            warnings.extend(self.update(entry));
            let retired = |report: &&StatusReport| report.status == AuthenticatorStatus::Retired;
            warnings.extend(entry.reports(self.on).rfind(retired).map(|report| {
                format!(
                    "FIDO reports {}: the vendor has given the model up",
                    dated(report)
                )
            }));
            warnings.extend(entry.unusable_roots().iter().map(ToString::to_string));
        }
        warnings
    }

    fn update(&self, entry: &Entry) -> Option<String> {
        let report = entry.update_available(self.on)?;
        let newer = report.authenticator_version;
        match (newer, self.firmware()) {
            (Some(newer), Some(firmware)) if firmware >= newer => None,
            (Some(newer), Some(firmware)) => Some(format!(
                "FIDO reports {}: there is firmware {newer}, the key has {firmware}",
                dated(report)
            )),
            (Some(newer), None) => Some(format!(
                "FIDO reports {}: there is firmware {newer}",
                dated(report)
            )),
            (None, _) => Some(format!(
                "FIDO reports {}: there is newer firmware",
                dated(report)
            )),
        }
    }

    fn firmware(&self) -> Option<u64> {
        self.reported?.firmware
    }

    fn model(&self) -> Verdict {
        match &self.known {
            Known::Entries(_) => Verdict::Pass,
            Known::Absent => Verdict::unknown("FIDO's metadata does not know it"),
            Known::Undetermined(why) => Verdict::unknown(why),
        }
    }

    /// Reports of weaknesses and revocation, with their days and the firmware that they are about.
    fn status(&self) -> Verdict {
        let entries = match &self.known {
            Known::Entries(entries) => entries,
            Known::Absent => return Verdict::unknown("FIDO's metadata does not know the model"),
            Known::Undetermined(why) => return Verdict::unknown(why),
        };
        let (mut against, mut open) = (Vec::new(), Vec::new());
        for report in entries.iter().flat_map(|entry| entry.incidents(self.on)) {
            match self.affects(report) {
                Some(true) => against.push(self.incident(report)),
                None => open.push(self.incident(report)),
                Some(false) => {}
            }
        }
        if !against.is_empty() {
            Verdict::fail(against.join("; "))
        } else if !open.is_empty() {
            Verdict::unknown(open.join("; "))
        } else {
            Verdict::Pass
        }
    }

    /// Whether a report concerns this key; `None` if that cannot be told.
    fn affects(&self, report: &StatusReport) -> Option<bool> {
        let by_firmware = report.affects(self.firmware());
        match (self.of_batch(report), by_firmware) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), by_firmware) => by_firmware,
            (None, _) => None,
        }
    }

    /// A compromised attestation key may be that of one batch, whose certificate the report then holds.
    fn of_batch(&self, report: &StatusReport) -> Option<bool> {
        let Some(batch) = &report.batch_certificate else {
            return Some(true);
        };
        if self.certificates.is_empty() {
            return None;
        }
        let batch = base64url::decode_lenient(batch).ok()?;
        Some(self.certificates.contains(&batch))
    }

    fn incident(&self, report: &StatusReport) -> String {
        let mut text = format!("FIDO reports {}", dated(report));
        if report.status != AuthenticatorStatus::Revoked
            && let Some(weak) = report.authenticator_version
        {
            text.push_str(&format!(" for firmware {weak} and older; "));
            text.push_str(&match self.firmware() {
                Some(firmware) => format!("the key has {firmware}"),
                None => "the key's is not known".to_owned(),
            });
        }
        if let Some(url) = &report.url {
            text.push_str(&format!(" ({url})"));
        }
        text
    }

    fn certification(&self) -> Verdict {
        match (&self.known, self.level()) {
            (Known::Absent, _) => Verdict::unknown("FIDO's metadata does not know the model"),
            (_, Err(why)) => Verdict::unknown(why),
            (_, Ok(Some(_))) => Verdict::Pass,
            (_, Ok(None)) => Verdict::not_applicable("FIDO has not certified the model"),
        }
    }

    /// Whether keys of this model attest like that. `found` are the words of the metadata that would fit, in order of
    /// likelihood; none where the key attested nothing.
    pub(super) fn attestation_type(&self, found: &[&str]) -> Verdict {
        let entries = match &self.known {
            Known::Entries(entries) => entries,
            Known::Absent => return Verdict::unknown("FIDO's metadata does not know the model"),
            Known::Undetermined(why) => return Verdict::unknown(why),
        };
        let listed = || {
            let statements = entries.iter().map(|entry| &entry.metadata_statement);
            statements.flat_map(|statement| statement.attestation_types.iter())
        };
        let fits = |word: &String| found.contains(&word.as_str());
        if found.is_empty() {
            Verdict::not_applicable("the key attested nothing")
        } else if listed().any(fits) {
            Verdict::Pass
        } else {
            let listed: Vec<&str> = listed().map(String::as_str).collect();
            Verdict::fail(format!(
                "the key attested as {}, keys of its model do as {}",
                found.join(" or "),
                listed.join(" or ")
            ))
        }
    }

    /// Whether getInfo answers as the vendor says.
    pub(super) fn get_info(&self) -> Verdict {
        let entry = match &self.known {
            Known::Entries(entries) => entries[0],
            Known::Absent => return Verdict::unknown("FIDO's metadata does not know the model"),
            Known::Undetermined(why) => return Verdict::unknown(why),
        };
        let statement = &entry.metadata_statement;
        let Some(reported) = self
            .reported
            .filter(|reported| !reported.members.is_empty())
        else {
            return Verdict::not_applicable("getInfo was not asked");
        };
        if statement.authenticator_get_info.is_empty() {
            return Verdict::not_applicable("the metadata does not say what getInfo answers");
        }
        let differences: Vec<String> = FIXED_MEMBERS
            .iter()
            .filter_map(|member| {
                let said = comparable(member, statement.authenticator_get_info.get(*member)?);
                let found = comparable(member, reported.members.get(*member)?);
                (said != found).then(|| format!("{member}: {found:?}, the metadata says {said:?}"))
            })
            .collect();
        if differences.is_empty() {
            return Verdict::Pass;
        }
        let differences = differences.join("; ");
        match (statement.firmware_version(), reported.firmware) {
            (Some(said), Some(found)) if said == found => Verdict::fail(differences),
            _ => Verdict::unknown(format!(
                "{differences}; the metadata is about firmware {}, the key has {}",
                or_unsaid(statement.firmware_version()),
                or_unsaid(reported.firmware)
            )),
        }
    }
}

/// Members of getInfo that no setting changes.
const FIXED_MEMBERS: [&str; 4] = ["algorithms", "extensions", "options", "versions"];
/// Options that no setting changes.
const FIXED_OPTIONS: [&str; 2] = ["plat", "rk"];

/// What of a member must agree, in an order that depends on nothing: the sets of lists, and of the options the fixed ones. U2F can
/// be switched off, and always-UV does.
fn comparable(member: &str, value: &Value) -> Vec<String> {
    let mut words: Vec<String> = match value {
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                Value::String(text) => text.clone(),
                // `{"type": "public-key", "alg": -7}`
                other => other.get("alg").unwrap_or(other).to_string(),
            })
            .filter(|word| member != "versions" || word != "U2F_V2")
            .collect(),
        Value::Object(options) => FIXED_OPTIONS
            .iter()
            .map(|option| {
                let on = options.get(*option).and_then(Value::as_bool);
                // Absent means false for both.
                format!("{option} {}", on.unwrap_or(false))
            })
            .collect(),
        other => vec![other.to_string()],
    };
    words.sort();
    words.dedup();
    words
}

fn or_unsaid(firmware: Option<u64>) -> String {
    firmware.map_or_else(|| "unsaid".to_owned(), |firmware| firmware.to_string())
}

fn dated(report: &StatusReport) -> String {
    match report.effective_date {
        Some(since) => format!("{} since {since}", report.status),
        None => report.status.to_string(),
    }
}
