//! The plan: which keys for which accounts, as somebody wrote it down. Strict, so that a slip of the pen is found before the
//! first key is touched.

use serde::Deserialize;

use crate::ctap::hid::Address;
use crate::graph::display_name::{self, DisplayName};
use crate::ledger::Custody;
use crate::webauthn::Aaguid;

/// One key of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedKey {
    /// User principal name or object id.
    pub account: String,
    /// The key's name in the ledger and in the directory.
    pub label: String,
    /// Where the key is, if the plan says so.
    pub device: Option<Address>,
    /// The models that it may be of; any if there are none.
    pub models: Vec<Aaguid>,
    /// Where it will lie, if the plan says so.
    pub custody: Option<Custody>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// No `[[key]]`.
    #[error("the plan has no [[key]]")]
    Empty,
    /// One key is not as it should be.
    #[error("key {number} of the plan{}: {why}", label.as_ref().map(|label| format!(" ({label:?})")).unwrap_or_default())]
    Key {
        /// Which one, from 1 on.
        number: usize,
        /// Its label, if it has one.
        label: Option<String>,
        /// What is wrong.
        why: KeyError,
    },
    /// Not TOML, a member that does not exist, or a value of the wrong type.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
}

/// What is wrong with a key of the plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// `usb` is whichever key is plugged in, so it names none.
    #[error("device: usb names no key; name hid:PATH, or leave it out")]
    AnyUsb,
    /// Custodians of what lies nowhere.
    #[error("custodians without a location")]
    CustodiansWithoutLocation,
    /// Not an address.
    #[error("device: {0}")]
    Device(String),
    /// Another key of the plan is at the same address.
    #[error("device: the same as of key {first}")]
    DeviceTwice {
        /// That key's number.
        first: usize,
    },
    /// The label cannot be a name in the directory.
    #[error(transparent)]
    Label(#[from] display_name::Error),
    /// Another key of the plan has the same label.
    #[error("the label is that of key {first} too")]
    LabelTwice {
        /// That key's number.
        first: usize,
    },
    /// Not an AAGUID.
    #[error("model: {0:?} is no AAGUID")]
    Model(String),
    /// Neither the key nor the defaults have it.
    #[error("there is no {0}")]
    Missing(&'static str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    defaults: Members,
    #[serde(default)]
    key: Vec<Members>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    account: Option<String>,
    label: Option<String>,
    device: Option<String>,
    model: Option<OneOrMore>,
    custodians: Option<Vec<String>>,
    location: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// Reads a plan. What all keys share can stand in `[defaults]`; labels and devices cannot.
///
/// # Errors
/// The first thing that is wrong, with the number of the key.
pub fn parse(text: &str) -> Result<Vec<PlannedKey>, PlanError> {
    let file: File = toml::from_str(text)?;
    if file.key.is_empty() {
        return Err(PlanError::Empty);
    }
    let mut plan: Vec<PlannedKey> = Vec::new();
    for (members, number) in file.key.into_iter().zip(1..) {
        let label = members.label.clone();
        let key = one(members, &file.defaults).and_then(|key| unlike_others(key, &plan));
        plan.push(key.map_err(|why| PlanError::Key { number, label, why })?);
    }
    Ok(plan)
}

fn one(key: Members, defaults: &Members) -> Result<PlannedKey, KeyError> {
    for (member, name) in [(&defaults.label, "label"), (&defaults.device, "device")] {
        if member.is_some() {
            return Err(KeyError::Missing(match name {
                "label" => "label of its own: two keys cannot share one, so [defaults] has none",
                _ => "device of its own: two keys cannot share one, so [defaults] has none",
            }));
        }
    }
    let account = key.account.or_else(|| defaults.account.clone());
    let label = key.label.ok_or(KeyError::Missing("label"))?;
    let models = key.model.or_else(|| defaults.model.clone());
    let custodians = key.custodians.or_else(|| defaults.custodians.clone());
    let location = key.location.or_else(|| defaults.location.clone());
    Ok(PlannedKey {
        account: account.ok_or(KeyError::Missing("account"))?,
        label: DisplayName::new(&label)?.into(),
        device: key.device.map(device).transpose()?,
        models: models.map_or_else(|| Ok(Vec::new()), aaguids)?,
        custody: custody(location, custodians)?,
    })
}

fn device(text: String) -> Result<Address, KeyError> {
    match text.parse() {
        Ok(Address::Usb) => Err(KeyError::AnyUsb),
        Ok(address) => Ok(address),
        Err(error) => Err(KeyError::Device(error.to_string())),
    }
}

fn aaguids(models: OneOrMore) -> Result<Vec<Aaguid>, KeyError> {
    let texts = match models {
        OneOrMore::One(text) => vec![text],
        OneOrMore::More(texts) => texts,
    };
    let parse = |text: String| text.parse().map_err(|_| KeyError::Model(text));
    texts.into_iter().map(parse).collect()
}

fn custody(
    location: Option<String>,
    custodians: Option<Vec<String>>,
) -> Result<Option<Custody>, KeyError> {
    match (location, custodians) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(KeyError::CustodiansWithoutLocation),
        (Some(location), custodians) => Ok(Some(Custody {
            location,
            custodians: custodians.unwrap_or_default(),
            ..Custody::default()
        })),
    }
}

/// Two keys with one label, or in one place, are one key.
fn unlike_others(key: PlannedKey, before: &[PlannedKey]) -> Result<PlannedKey, KeyError> {
    for (other, first) in before.iter().zip(1..) {
        if other.label == key.label {
            return Err(KeyError::LabelTwice { first });
        }
        if key.device.is_some() && other.device == key.device {
            return Err(KeyError::DeviceTwice { first });
        }
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn refusal(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_plan_is_read_with_its_defaults() {
        let plan = parse(
            "[defaults]\naccount = 'bg1@contoso.example'\nmodel = '2fc0579f-8113-47ea-b116-555a8db9202a'\nlocation = 'safe 1'\n\
             [[key]]\nlabel = 'BG1-A'\ndevice = 'udp:localhost:8111'\ncustodians = ['Ann', 'Ben']\n\
             [[key]]\nlabel = ' BG2-A '\naccount = 'bg2@contoso.example'\nmodel = []\nlocation = 'safe 2'\n",
        )
        .unwrap();
        assert_eq!(plan[0].account, "bg1@contoso.example");
        assert_eq!(plan[0].models.len(), 1);
        let custody = plan[0].custody.clone().unwrap();
        assert_eq!(
            (custody.location.as_str(), custody.custodians.len()),
            ("safe 1", 2)
        );
        assert_eq!(
            (plan[1].label.as_str(), plan[1].account.as_str()),
            ("BG2-A", "bg2@contoso.example")
        );
        assert!(plan[1].models.is_empty() && plan[1].device.is_none());
    }

    #[test]
    fn what_is_wrong_is_said_with_the_number_of_the_key() {
        let good = "[[key]]\naccount = 'a'\nlabel = 'A'\ndevice = 'unix:/a'\n";
        for (second, words) in [
            (
                "label = 'B'",
                "key 2 of the plan (\"B\"): there is no account",
            ),
            ("account = 'a'", "key 2 of the plan: there is no label"),
            (
                "account = 'a'\nlabel = 'A'",
                "the label is that of key 1 too",
            ),
            (
                "account = 'a'\nlabel = 'B'\ndevice = 'unix:/a'",
                "the same as of key 1",
            ),
            (
                "account = 'a'\nlabel = 'B'\ndevice = 'usb'",
                "usb names no key",
            ),
            (
                "account = 'a'\nlabel = 'B'\ndevice = 'somewhere'",
                "not a device address",
            ),
            (
                "account = 'a'\nlabel = 'B'\nmodel = ['x']",
                "\"x\" is no AAGUID",
            ),
            (
                "account = 'a'\nlabel = 'B'\ncustodians = ['Ann']",
                "custodians without a location",
            ),
            (
                "account = 'a'\nlabel = '0123456789012345678901234567890'",
                "31 characters",
            ),
            (
                "account = 'a'\nlabel = 'B'\npin = '1234'",
                "unknown field `pin`",
            ),
        ] {
            let said = refusal(&format!("{good}[[key]]\n{second}\n"));
            assert!(said.contains(words), "{said:?} does not say {words:?}");
        }
        assert!(refusal("").contains("no [[key]]"));
        assert!(
            refusal("[defaults]\nlabel = 'A'\n[[key]]\naccount = 'a'\nlabel = 'B'")
                .contains("of its own")
        );
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in ".{0,200}", label in ".{0,40}") {
            let _ = parse(&text);
            let label = toml::Value::String(label).to_string();
            let _ = parse(&format!("[[key]]\naccount = 'a'\nlabel = {label}\n"));
        }
    }
}
