//! The same as numbers, in Prometheus' text format (version 0.0.4), for the textfile collector of node_exporter.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::Timestamp;

use crate::ceremony::duty::{Duty, DutyState, Overview};

/// Metrics of one name.
struct Family {
    name: &'static str,
    help: &'static str,
    samples: Vec<Sample>,
}

/// Labels and a value. Whole numbers, and none that a double could not hold.
type Sample = (Vec<(&'static str, String)>, i64);

impl Family {
    /// One without labels.
    fn one(name: &'static str, help: &'static str, value: i64) -> Self {
        let samples = vec![(Vec::new(), value)];
        Self {
            name,
            help,
            samples,
        }
    }

    fn write(&self, text: &mut String) {
        let Self {
            name,
            help,
            samples,
        } = self;
        if samples.is_empty() {
            return;
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        // A file with the same labels twice is refused as a whole. The first counts: duties come the most urgent first.
        let mut written = BTreeSet::new();
        let samples = samples.iter().filter(|(labels, _)| written.insert(labels));
        for (labels, value) in samples {
            let labels: Vec<String> = labels
                .iter()
                .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
                .collect();
            let labels = match labels.is_empty() {
                true => String::new(),
                false => format!("{{{}}}", labels.join(",")),
            };
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    }
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// How it stands with everything.
#[must_use]
pub fn metrics(overview: &Overview) -> String {
    let mut families = general(overview.now, overview.is_healthy(), true);
    families.extend(of_ledger(overview));
    families.extend(of_keys(overview));
    families.extend(of_duties(overview));
    written(&families)
}

/// What can be said if the ledger cannot be read, or is not valid, or nobody knows what is wanted: what was written before must not
/// look like today's.
#[must_use]
pub fn metrics_without_ledger(now: Timestamp) -> String {
    written(&general(now, false, false))
}

fn written(families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        family.write(&mut text);
    }
    text
}

fn general(now: Timestamp, healthy: bool, verified: bool) -> Vec<Family> {
    vec![
        Family {
            name: "halligan_build_info",
            help: "The version that wrote this.",
            samples: vec![(vec![("version", env!("CARGO_PKG_VERSION").to_owned())], 1)],
        },
        Family::one(
            "halligan_status_timestamp_seconds",
            "When this was written.",
            now.as_second(),
        ),
        Family::one(
            "halligan_status_healthy",
            "Whether nothing is overdue, never done, failed or unknown.",
            i64::from(healthy),
        ),
        Family::one(
            "halligan_ledger_verified",
            "Whether the ledger could be read and every entry of it is valid.",
            i64::from(verified),
        ),
    ]
}

fn of_ledger(overview: &Overview) -> Vec<Family> {
    let ledger = &overview.ledger;
    let mut families = vec![
        Family::one(
            "halligan_ledger_entries",
            "Entries of the ledger.",
            i64::try_from(ledger.entries).unwrap_or(i64::MAX),
        ),
        Family::one(
            "halligan_ledger_warnings",
            "What verifying the ledger remarked on.",
            count(ledger.warnings),
        ),
        Family::one(
            "halligan_open_ceremonies",
            "Ceremonies that stopped in the middle.",
            count(overview.open_ceremonies),
        ),
        Family::one(
            "halligan_monitor_unexplained",
            "Rows of the tenant's logs that nothing in the ledger explains.",
            i64::from(overview.unexplained),
        ),
    ];
    families.extend(ledger.written_at.map(|time| {
        Family::one(
            "halligan_ledger_newest_entry_timestamp_seconds",
            "When the newest entry of the ledger was written.",
            time.as_second(),
        )
    }));
    families
}

fn of_keys(overview: &Overview) -> Vec<Family> {
    let accounts = || overview.accounts.iter();
    let in_service = accounts().map(|account| {
        let labels = vec![("account", account.name.clone())];
        (labels, count(account.keys.len()))
    });
    let proofs = accounts().flat_map(|account| {
        account.keys.iter().filter_map(|key| {
            let labels = vec![
                ("label", key.label.clone()),
                ("account", account.name.clone()),
            ];
            Some((labels, key.last_proof?.as_second()))
        })
    });
    vec![
        Family {
            name: "halligan_keys_in_service",
            help: "Keys in service of an emergency account.",
            samples: in_service.collect(),
        },
        Family {
            name: "halligan_key_last_proof_timestamp_seconds",
            help: "When a key last proved by a signature that it works.",
            samples: proofs.collect(),
        },
    ]
}

fn of_duties(overview: &Overview) -> Vec<Family> {
    let samples = |value: fn(&Duty) -> Option<i64>| -> Vec<Sample> {
        let duties = overview.duties.iter();
        duties
            .filter_map(|duty| {
                let labels = vec![
                    ("kind", duty.kind.as_str().to_owned()),
                    ("subject", duty.subject.clone()),
                ];
                Some((labels, value(duty)?))
            })
            .collect()
    };
    let by_state = DutyState::ALL.map(|state| {
        let labels = vec![("state", state.as_str().to_owned())];
        (labels, count(overview.count(state)))
    });
    vec![
        Family {
            name: "halligan_duties",
            help: "What has to be done again and again, by how it stands with it.",
            samples: by_state.into(),
        },
        Family {
            name: "halligan_duty_satisfied",
            help: "Whether it is not overdue, never done, failed or unknown.",
            samples: samples(|duty| Some(i64::from(duty.state.is_satisfied()))),
        },
        Family {
            name: "halligan_duty_last_timestamp_seconds",
            help: "When it was last done.",
            samples: samples(|duty| Some(duty.last?.as_second())),
        },
        Family {
            name: "halligan_duty_due_timestamp_seconds",
            help: "When it is due.",
            samples: samples(|duty| Some(duty.due_at?.as_second())),
        },
    ]
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
