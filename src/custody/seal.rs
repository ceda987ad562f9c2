//! Sealing and opening. The encryption is age's, with keys and nonces from age's own source of randomness, which is the operating
//! system's; it takes no other.

use std::io::{Read, Write};

use zeroize::Zeroizing;

use super::custodian::{Custodian, Custodians};
use super::error::Error;
use super::identity::{Identity, Key};
use super::recipient::Recipient;
use super::sealable::Sealable;
use super::share::{self, Share, padded, unpadded};
use crate::env::Env;
use crate::ledger::{SealedPart, SealedSecret};

/// Every sealed PIN has this length before it is encrypted, so that the ciphertext does not tell the PIN's. Longer secrets have a
/// multiple of it.
const SECRET_BLOCK: usize = 64;
/// The same for every share of a PIN.
const SHARE_BLOCK: usize = 192;
/// What a part holds is shorter.
const PLAINTEXT_LIMIT: u64 = 4096;

/// A secret that was opened.
pub struct Opened<S> {
    /// The secret.
    pub secret: S,
    /// The custodians whose identities opened it, in the order of the parts; nobody where the part does not name them.
    pub by: Vec<String>,
}

/// A share that was opened.
pub struct OpenedShare {
    /// The share.
    pub share: Share,
    /// The custodian whose identity opened it, if the part names one.
    pub by: Option<String>,
}

/// Seals a secret to its custodians.
///
/// # Errors
/// [`Error::LineBreak`] for one that could not be told from its padding; [`Error::Encrypt`] when age cannot encrypt.
pub fn seal(
    secret: &impl Sealable,
    custodians: &Custodians,
    env: &Env,
) -> Result<SealedSecret, Error> {
    if secret.to_seal().contains(&b'\n') {
        return Err(Error::LineBreak);
    }
    let list = custodians.list();
    let threshold = custodians.threshold();
    let parts = if threshold == 1 {
        let recipients = list.iter().flat_map(|custodian| {
            let recipients = custodian.recipients.iter();
            recipients.map(move |recipient| (custodian, recipient))
        });
        vec![part(
            &padded(secret.to_seal(), SECRET_BLOCK),
            &recipients.collect::<Vec<_>>(),
        )?]
    } else {
        let count = u8::try_from(list.len()).map_err(|_| Error::TooMany(list.len()))?;
        let shares = share::split(secret, threshold, count, env);
        let parts = list.iter().zip(&shares).map(|(custodian, share)| {
            let recipients = custodian.recipients.iter();
            let recipients: Vec<_> = recipients.map(|recipient| (custodian, recipient)).collect();
            part(
                &padded(share.to_text().as_bytes(), SHARE_BLOCK),
                &recipients,
            )
        });
        parts.collect::<Result<_, _>>()?
    };
    Ok(SealedSecret { threshold, parts })
}

fn part(plaintext: &[u8], to: &[(&Custodian, &Recipient)]) -> Result<SealedPart, Error> {
    let recipients = to.iter().map(|(_, recipient)| recipient.as_age());
    let encryptor = age::Encryptor::with_recipients(recipients)?;
    let mut ciphertext = Vec::new();
    let mut writer = encryptor
        .wrap_output(&mut ciphertext)
        .map_err(age::EncryptError::Io)?;
    writer
        .write_all(plaintext)
        .and_then(|()| writer.finish())
        .map_err(age::EncryptError::Io)?;
    Ok(SealedPart {
        recipients: to.iter().map(|(_, one)| one.to_string()).collect(),
        custodians: Some(to.iter().map(|(one, _)| one.name.clone()).collect()),
        ciphertext,
    })
}

/// Opens a secret with what custodians hold. Of a shared one as many shares must be among what the identities open as it takes.
///
/// # Errors
/// [`Error::NotForThese`] when none of the identities belongs to it, [`Error::Share`] when there are too few of them,
/// [`Error::Part`] and [`Error::Foreign`] when a part that is needed is damaged or holds something else.
pub fn open<S: Sealable>(
    sealed: &SealedSecret,
    identities: &[Identity],
) -> Result<Opened<S>, Error> {
    let (opened, damage) = open_parts(sealed, identities);
    if opened.is_empty() {
        return Err(damage.unwrap_or_else(|| not_for_these(sealed)));
    }
    if sealed.threshold > 1 {
        let (shares, by): (Vec<_>, Vec<_>) = shares(opened)?
            .into_iter()
            .map(|opened| (opened.share, opened.by))
            .unzip();
        // Too few because one is damaged: then that is what is wrong.
        let secret = share::combine(&shares).map_err(|error| damage.unwrap_or(error))?;
        let by = by.into_iter().flatten().collect();
        return Ok(Opened { secret, by });
    }
    let first = &opened[0];
    Ok(Opened {
        secret: unpadded(&first.plaintext).ok_or_else(|| foreign(first.part))?,
        by: first.by.iter().cloned().collect(),
    })
}

/// Opens the shares that these identities hold, be they enough or not.
///
/// # Errors
/// As [`open()`], but for too few; [`Error::Foreign`] also when each part holds the whole secret.
pub fn open_shares(
    sealed: &SealedSecret,
    identities: &[Identity],
) -> Result<Vec<OpenedShare>, Error> {
    let (opened, damage) = open_parts(sealed, identities);
    if opened.is_empty() {
        return Err(damage.unwrap_or_else(|| not_for_these(sealed)));
    }
    shares(opened)
}

fn shares(opened: Vec<Plain<'_>>) -> Result<Vec<OpenedShare>, Error> {
    let share = |plain: Plain<'_>| {
        let text = std::str::from_utf8(&plain.plaintext).map_err(|_| foreign(plain.part))?;
        let share: Result<Share, _> = text.trim_end().parse();
        Ok(OpenedShare {
            share: share.map_err(|_| foreign(plain.part))?,
            by: plain.by,
        })
    };
    opened.into_iter().map(share).collect()
}

/// A part after age.
struct Plain<'a> {
    part: &'a SealedPart,
    plaintext: Zeroizing<Vec<u8>>,
    by: Option<String>,
}

/// The parts that these identities open, and what was wrong with the first that they should have opened and did not: a damaged
/// part is no obstacle while others are enough.
fn open_parts<'a>(
    sealed: &'a SealedSecret,
    identities: &[Identity],
) -> (Vec<Plain<'a>>, Option<Error>) {
    let mut opened = Vec::new();
    let mut damage = None;
    for part in &sealed.parts {
        for key in identities.iter().flat_map(Identity::keys) {
            match open_part(part, key) {
                Ok(Some(plain)) => {
                    opened.push(plain);
                    break;
                }
                Ok(None) => {}
                Err(error) => {
                    damage.get_or_insert(error);
                }
            }
        }
    }
    (opened, damage)
}

/// None if the key belongs to none of the part's recipients.
fn open_part<'a>(part: &'a SealedPart, key: &Key) -> Result<Option<Plain<'a>>, Error> {
    let failed = |source| Error::Part {
        recipients: named(part),
        source,
    };
    let file = age::Decryptor::new_buffered(&*part.ciphertext).map_err(failed)?;
    let reader = match file.decrypt(std::iter::once(&*key.private)) {
        Ok(reader) => reader,
        Err(age::DecryptError::NoMatchingKeys) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut plaintext = Zeroizing::new(Vec::new());
    reader
        .take(PLAINTEXT_LIMIT)
        .read_to_end(&mut plaintext)
        .map_err(|error| failed(error.into()))?;
    let position = part
        .recipients
        .iter()
        .position(|recipient| key.recipient.as_ref() == Some(recipient));
    let by = position.and_then(|at| part.custodians.as_ref()?.get(at).cloned());
    Ok(Some(Plain {
        part,
        plaintext,
        by,
    }))
}

fn foreign(part: &SealedPart) -> Error {
    Error::Foreign(named(part))
}

fn not_for_these(sealed: &SealedSecret) -> Error {
    Error::NotForThese(sealed.parts.iter().map(named).collect())
}

/// The custodians of a sealed secret, each once: by name, or by recipient where nobody named them.
#[must_use]
pub fn names(sealed: &SealedSecret) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in sealed.parts.iter().flat_map(owners) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn owners(part: &SealedPart) -> &[String] {
    part.custodians.as_ref().unwrap_or(&part.recipients)
}

/// Whom a part is sealed to, as people know them.
fn named(part: &SealedPart) -> String {
    let mut names = owners(part).to_vec();
    names.dedup();
    names.join(", ")
}
