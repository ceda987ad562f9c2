//! The profiles that come along: the default key, two of its relatives, and families of real keys.

use super::file::{Defect, ProfileFile};
use super::{Profile, file};

/// The profile that others begin with unless they name another base.
const DEFAULT: &str = "default";

/// A profile that comes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// What it is called.
    pub name: &'static str,
    /// Its file; comments in it name the sources.
    pub text: &'static str,
}

/// A name that is no profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no profile is called {0:?}; there are {names}", names = names())]
pub struct UnknownProfile(pub String);

macro_rules! families {
    ($($name:literal),* $(,)?) => {
        &[$(Family { name: $name, text: include_str!(concat!("families/", $name, ".toml")) }),*]
    };
}

impl Family {
    /// All of them: first the emulator's own, then those that imitate real keys.
    pub const ALL: &[Self] = families![
        "default",
        "strict",
        "preview",
        "yubikey-5",
        "yubikey-5.8",
        "yubikey-5.2",
        "security-key",
        "token2",
        "feitian",
        "nitrokey-3",
        "bio",
        "u2f",
    ];

    /// The one of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Result<Self, UnknownProfile> {
        let found = Self::ALL.iter().find(|family| family.name == name);
        found
            .copied()
            .ok_or_else(|| UnknownProfile(name.to_owned()))
    }

    /// What it says, read and checked.
    #[must_use]
    pub fn read(self) -> ProfileFile {
        self.parse()
            .expect("a test reads every family that comes along")
    }

    fn parse(self) -> Result<ProfileFile, Defect> {
        // The root of all bases is written in Rust: a file cannot leave out what nothing else gives.
        if self.name == DEFAULT {
            return file::complete(self.text, Profile::default());
        }
        ProfileFile::parse(self.text)
    }
}

impl Profile {
    /// The default key with the specification's reset window of 10 s after power-up.
    #[must_use]
    pub fn strict() -> Self {
        family("strict")
    }

    /// A key of the FIDO_2_1_PRE generation: protocol one, getPinToken, prototype credential management, no
    /// authenticatorConfig.
    #[must_use]
    pub fn preview() -> Self {
        family("preview")
    }
}

fn family(name: &str) -> Profile {
    Family::named(name)
        .expect("a family that comes along")
        .read()
        .profile
}

fn names() -> String {
    let names: Vec<&str> = Family::ALL.iter().map(|family| family.name).collect();
    names.join(", ")
}
