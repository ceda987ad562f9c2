//! Shares of a PIN or a password (Shamir, over GF(2^8) with the polynomial of AES). `docs/ledger-format.md` section 10 has the format, byte for
//! byte; the sharing itself is a library's.

use std::str::FromStr;
use std::sync::LazyLock;

use data_encoding::{Encoding, Specification};
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};
use vsss_rs::Gf256;
use zeroize::Zeroizing;

use super::error::Error;
use super::sealable::Sealable;
use crate::env::Env;

/// What a share's text begins with.
const PREFIX: &str = "share1-";
/// Characters of a group in a share's text.
const GROUP: usize = 5;
/// A secret is padded to a multiple of this, so that a share does not tell its length.
const BLOCK: usize = 16;
/// Bytes of the check that is shared together with the secret.
const CHECK: usize = 8;
/// Bytes of the checksum that ends a share.
const CHECKSUM: usize = 4;
/// Threshold, number, and the set that the share belongs to.
const HEADER: usize = 6;

/// Base32 as Crockford wrote it: without I, L, O and U; what is typed for them all the same is understood.
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification
        .symbols
        .push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification
        .translate
        .from
        .push_str("abcdefghjkmnpqrstvwxyzOoIiLl");
    specification
        .translate
        .to
        .push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    specification.ignore.push_str("- \t");
    specification
        .encoding()
        .expect("32 different symbols and translations to them")
});

/// Why a share, or several together, cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// A character is wrong, missing or too many.
    #[error("the share has a typing mistake: its checksum does not fit")]
    Checksum,
    /// Two shares have the same number and are not the same.
    #[error("two shares have the number {0} and differ")]
    Conflict(u8),
    /// The shares are not of the same secret.
    #[error("the shares belong to different secrets")]
    DifferentSets,
    /// Each is whole, but together they give no secret: one was changed on purpose, or comes from elsewhere.
    #[error("the shares do not fit together: at least one of them is not what was dealt")]
    DoNotFit,
    /// Fewer than the threshold.
    #[error("{needed} shares are needed, and there are {}", match .found { 1 => "1".to_owned(), found => found.to_string() })]
    TooFew {
        /// How many are needed.
        needed: u8,
        /// How many there are.
        found: usize,
    },
    /// The text is no share.
    #[error("no share: a share is one line and begins with share1-")]
    Unknown,
}

/// One custodian's share of a secret. Alone it says nothing about it.
#[derive(Clone, PartialEq, Eq)]
pub struct Share {
    threshold: u8,
    number: u8,
    set: [u8; 4],
    values: Zeroizing<Vec<u8>>,
}

impl Share {
    /// How many shares are needed.
    #[must_use]
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// Its number among the shares of its secret, from 1.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.number
    }

    /// The text to hand over: one line, in groups, with a checksum. As secret as the share.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut bytes = self.without_checksum();
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum);
        let symbols = Zeroizing::new(BASE32.encode(&bytes));
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 2 * symbols.len()));
        text.push_str(PREFIX);
        for (at, symbol) in symbols.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(symbol);
        }
        text
    }

    fn without_checksum(&self) -> Zeroizing<Vec<u8>> {
        let length = HEADER + self.values.len() + CHECKSUM;
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        bytes.extend_from_slice(&[self.threshold, self.number]);
        bytes.extend_from_slice(&self.set);
        bytes.extend_from_slice(&self.values);
        bytes
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let text = text.trim();
        let begins = text.get(..PREFIX.len());
        if !begins.is_some_and(|begin| begin.eq_ignore_ascii_case(PREFIX)) || text.len() > 1024 {
            return Err(ShareError::Unknown);
        }
        let bytes = BASE32.decode(&text.as_bytes()[PREFIX.len()..]);
        let bytes = Zeroizing::new(bytes.map_err(|_| ShareError::Checksum)?);
        let (content, sum) = bytes
            .split_last_chunk::<CHECKSUM>()
            .ok_or(ShareError::Checksum)?;
        if checksum(content) != *sum {
            return Err(ShareError::Checksum);
        }
        match content {
            [threshold, number, a, b, c, d, values @ ..]
                if *threshold >= 2
                    && *number >= 1
                    && values.len() > CHECK
                    && (values.len() - CHECK).is_multiple_of(BLOCK) =>
            {
                Ok(Self {
                    threshold: *threshold,
                    number: *number,
                    set: [*a, *b, *c, *d],
                    values: Zeroizing::new(values.to_vec()),
                })
            }
            _ => Err(ShareError::Unknown),
        }
    }
}

/// As many shares as custodians, any `threshold` of which give the secret. The threshold is at least 2 and at most `count`.
pub(super) fn split(secret: &impl Sealable, threshold: u8, count: u8, env: &Env) -> Vec<Share> {
    let set = env.random();
    let mut secret = padded(secret.to_seal(), BLOCK);
    let check = check(&set, &secret);
    secret.extend_from_slice(&check);
    let dealt = Gf256::split_bytes(
        usize::from(threshold),
        usize::from(count),
        &*secret,
        EnvRng(env),
    )
    .expect("2 to 255 shares of a few bytes can be dealt");
    let share = |dealt: Vec<u8>| {
        let dealt = Zeroizing::new(dealt);
        let (number, values) = dealt.split_first().expect("a share begins with its number");
        Share {
            threshold,
            number: *number,
            set,
            values: Zeroizing::new(values.to_vec()),
        }
    };
    dealt.into_iter().map(share).collect()
}

/// The secret that these shares are of. All of them are used, also those beyond the threshold; the same share twice counts once.
///
/// # Errors
/// When there are fewer than the threshold, and when one does not belong to the others or is not what was dealt: then there is no
/// secret, never a wrong one.
pub fn combine<S: Sealable>(shares: &[Share]) -> Result<S, Error> {
    let Some(first) = shares.first() else {
        return Err(ShareError::TooFew {
            needed: 2,
            found: 0,
        }
        .into());
    };
    let mut chosen: Vec<&Share> = Vec::new();
    for share in shares {
        let sort = |share: &Share| (share.set, share.threshold, share.values.len());
        if sort(share) != sort(first) {
            return Err(ShareError::DifferentSets.into());
        }
        match chosen.iter().find(|other| other.number == share.number) {
            None => chosen.push(share),
            Some(other) if *other == share => {}
            Some(_) => return Err(ShareError::Conflict(share.number).into()),
        }
    }
    if chosen.len() < usize::from(first.threshold) {
        return Err(ShareError::TooFew {
            needed: first.threshold,
            found: chosen.len(),
        }
        .into());
    }
    Ok(interpolate(first, &chosen)?)
}

fn interpolate<S: Sealable>(first: &Share, chosen: &[&Share]) -> Result<S, ShareError> {
    let points = chosen.iter().map(|share| {
        let mut point = vec![share.number];
        point.extend_from_slice(&share.values);
        point
    });
    let points = Zeroizing::new(points.collect::<Vec<_>>());
    let secret = Gf256::combine_bytes(&*points).map_err(|_| ShareError::DoNotFit)?;
    let secret = Zeroizing::new(secret);
    match secret.split_last_chunk::<CHECK>() {
        Some((block, found)) if check(&first.set, block) == *found => {
            unpadded(block).ok_or(ShareError::DoNotFit)
        }
        _ => Err(ShareError::DoNotFit),
    }
}

/// A text followed by line feeds, to a multiple of `block`; at least one line feed.
pub(super) fn padded(text: &[u8], block: usize) -> Zeroizing<Vec<u8>> {
    let length = (text.len() / block + 1) * block;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + CHECK));
    bytes.extend_from_slice(text);
    bytes.resize(length, b'\n');
    bytes
}

/// The secret before the first line feed.
pub(super) fn unpadded<S: Sealable>(bytes: &[u8]) -> Option<S> {
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    S::sealed_as(std::str::from_utf8(line).ok()?)
}

fn check(set: &[u8; 4], block: &[u8]) -> [u8; CHECK] {
    digest(&[b"halligan/pin/1", set, block])
}

fn checksum(content: &[u8]) -> [u8; CHECKSUM] {
    digest(&[b"halligan/share/1", content])
}

fn digest<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let digest = parts
        .iter()
        .fold(Sha256::new(), |digest, part| digest.chain_update(part))
        .finalize();
    *digest
        .first_chunk()
        .expect("a digest is longer than the checks made of it")
}

/// Our source of randomness, for the library that deals.
struct EnvRng<'a>(&'a Env);

impl TryRng for EnvRng<'_> {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(u32::from_le_bytes(self.0.random()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(u64::from_le_bytes(self.0.random()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for EnvRng<'_> {}

#[cfg(test)]
impl Share {
    pub(super) fn values(&self) -> &[u8] {
        &self.values
    }

    pub(super) fn change(&mut self, at: usize) {
        self.values[at] ^= 1;
    }
}
