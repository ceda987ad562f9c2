//! The people who can open a PIN, and how many of them it takes.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::error::Error;
use super::recipient::Recipient;
use crate::ledger::SealedSecret;

/// Somebody who can open PINs, alone or with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custodian {
    /// The name, as it shall stand in the ledger and on sheets.
    pub name: String,
    /// The custodian's public keys; any one of them is enough to be this custodian.
    pub recipients: Vec<Recipient>,
}

/// The custodians of a PIN. Nobody is counted twice, and no more are needed than there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custodians {
    threshold: u8,
    list: Vec<Custodian>,
}

impl Custodians {
    /// Custodians of whom `threshold` are needed to open a PIN.
    ///
    /// # Errors
    /// When a name or a recipient is there twice or missing, and when the threshold is 0 or more than there are custodians.
    pub fn new(threshold: u8, list: Vec<Custodian>) -> Result<Self, Error> {
        match list.len() {
            0 => return Err(Error::NoCustodian),
            1..=255 => {}
            count => return Err(Error::TooMany(count)),
        }
        check_names(&list)?;
        check_recipients(&list)?;
        if threshold == 0 || usize::from(threshold) > list.len() {
            return Err(Error::Threshold {
                threshold,
                custodians: list.len(),
            });
        }
        Ok(Self { threshold, list })
    }

    /// Those to whom a PIN was sealed, to seal another to them. Recipients of one name are one custodian; one without a name is
    /// called by the recipient.
    ///
    /// # Errors
    /// [`Error::Recipient`] for a recipient that this version cannot seal to, and as [`Self::new`].
    pub fn of(sealed: &SealedSecret) -> Result<Self, Error> {
        let mut list: Vec<Custodian> = Vec::new();
        for part in &sealed.parts {
            let names = part.custodians.as_ref().unwrap_or(&part.recipients);
            for (name, recipient) in names.iter().zip(&part.recipients) {
                let recipient: Recipient = recipient.parse()?;
                match list.iter_mut().find(|known| known.name == *name) {
                    Some(known) => known.recipients.push(recipient),
                    None => list.push(Custodian {
                        name: name.clone(),
                        recipients: vec![recipient],
                    }),
                }
            }
        }
        Self::new(sealed.threshold, list)
    }

    /// How many are needed to open a PIN.
    #[must_use]
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// All of them, in the order of the configuration.
    #[must_use]
    pub fn list(&self) -> &[Custodian] {
        &self.list
    }

    /// Their names, in the same order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|custodian| custodian.name.as_str())
    }

    /// The custodian with this recipient, in canonical text.
    #[must_use]
    pub fn with_recipient(&self, recipient: &str) -> Option<&Custodian> {
        self.list.iter().find(|custodian| {
            let mut texts = custodian.recipients.iter().map(Recipient::as_str);
            texts.any(|text| text == recipient)
        })
    }

    /// What somebody should have thought of before he seals to these custodians.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        match (usize::from(self.threshold), self.list.len()) {
            (_, 1) => vec![Warning::OnlyOne(self.list[0].name.clone())],
            (1, count) => vec![Warning::EachAlone(count)],
            (threshold, count) if threshold == count => vec![Warning::AllNeeded(count)],
            _ => Vec::new(),
        }
    }
}

fn check_names(list: &[Custodian]) -> Result<(), Error> {
    let mut names = HashSet::new();
    for name in list.iter().map(|custodian| custodian.name.as_str()) {
        let is_name = !name.trim().is_empty()
            && name.chars().count() <= 100
            && !name.contains(char::is_control);
        if !is_name {
            return Err(Error::NotAName(name.to_owned()));
        }
        if !names.insert(name) {
            return Err(Error::TwiceNamed(name.to_owned()));
        }
    }
    Ok(())
}

fn check_recipients(list: &[Custodian]) -> Result<(), Error> {
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for custodian in list {
        let name = custodian.name.as_str();
        if custodian.recipients.is_empty() {
            return Err(Error::NoRecipient(name.to_owned()));
        }
        for recipient in &custodian.recipients {
            let first = *owners.entry(recipient.as_str()).or_insert(name);
            if first != name {
                return Err(Error::SameRecipient {
                    first: first.to_owned(),
                    second: name.to_owned(),
                });
            }
        }
    }
    Ok(())
}

/// What is possible with custodians, and may not be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// Every custodian is needed, of this many.
    AllNeeded(usize),
    /// Any one of this many is enough.
    EachAlone(usize),
    /// There is one custodian.
    OnlyOne(String),
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllNeeded(count) => write!(
                formatter,
                "all {count} custodians are needed to open a PIN: it is lost with the first of them"
            ),
            Self::EachAlone(count) => write!(
                formatter,
                "each of the {count} custodians can open a PIN alone; with `threshold = 2` it takes two"
            ),
            Self::OnlyOne(name) => write!(
                formatter,
                "only {name} can open a PIN: alone, and nobody else if {name} cannot be reached"
            ),
        }
    }
}
