//! The models that a query yields as a list of what is allowed: for the configuration, and for a tenant's passkey policy.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{heading, model};
use crate::attestation::mds::{Entry, Metadata};
use crate::webauthn::Aaguid;

/// Models to allow, and those that are left out because they are revoked or have a weakness that is not known to be mended.
#[derive(Debug, Clone)]
pub struct AllowList<'a> {
    allowed: Vec<(Aaguid, &'a Entry)>,
    left_out: Vec<(Aaguid, &'a Entry)>,
}

impl<'a> AllowList<'a> {
    /// The list of these models, for keys with this firmware. A model without an AAGUID cannot be in one.
    #[must_use]
    pub fn of(
        entries: &[&'a Entry],
        include_incidents: bool,
        firmware: Option<u64>,
        on: Date,
    ) -> Self {
        let concerned = |entry: &Entry| {
            entry
                .incidents(on)
                .any(|report| report.affects(firmware) != Some(false))
        };
        let (left_out, allowed) = entries
            .iter()
            .filter_map(|entry| Some((entry.aaguid?, *entry)))
            .partition(|(_, entry)| !include_incidents && concerned(entry));
        Self { allowed, left_out }
    }

    /// `[attestation] allowed_models`, to be pasted into the configuration.
    #[must_use]
    pub fn toml(&self, metadata: &Metadata, now: Timestamp) -> String {
        let mut text: String = heading(metadata, now)
            .lines()
            .map(|line| format!("# {line}\n"))
            .collect();
        for (aaguid, entry) in &self.left_out {
            let incidents = "left out, because of its status reports";
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "# {incidents}: {aaguid} {}", model::name(entry));
        }
        text.push_str("[attestation]\nallowed_models = [\n");
        for (aaguid, entry) in &self.allowed {
            // A name is printable, so it cannot end the comment.
            let _ = writeln!(text, "    \"{aaguid}\", # {}", model::name(entry));
        }
        text.push_str("]\n");
        text
    }

    /// `keyRestrictions` of Microsoft Graph.
    #[must_use]
    pub fn graph(&self) -> String {
        format!("{:#}\n", self.key_restrictions())
    }

    /// The list for programs.
    pub(super) fn document(&self) -> Value {
        json!({
            "aaguids": aaguids(&self.allowed),
            "left_out": aaguids(&self.left_out),
            "graph": self.key_restrictions(),
        })
    }

    fn key_restrictions(&self) -> Value {
        json!({
            "keyRestrictions": {
                "isEnforced": true,
                "enforcementType": "allow",
                "aaGuids": aaguids(&self.allowed),
            }
        })
    }
}

fn aaguids(models: &[(Aaguid, &Entry)]) -> Vec<Aaguid> {
    models.iter().map(|(aaguid, _)| *aaguid).collect()
}
