//! How the place of a ledger is written.

use std::path::PathBuf;

use crate::ledger::error::Error;

/// A place, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// `file:DIRECTORY`, or a plain directory.
    Directory(PathBuf),
    /// `jsonl:FILE`: an export, to be read only.
    Export(PathBuf),
    /// `memory:`
    Memory,
    /// `az://`, `s3://` or `gs://`
    Remote(RemoteAddress),
}

/// A place in an object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RemoteAddress {
    pub(super) service: Service,
    /// Azure calls it a container.
    pub(super) bucket: String,
    /// Without slashes at its ends; empty where the ledger has the bucket for itself.
    pub(super) prefix: String,
}

/// Whose protocol the object store speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Azure,
    Google,
    S3,
}

impl Address {
    pub(super) fn parse(location: &str) -> Result<Self, Error> {
        let unsupported = || Error::Location(location.to_owned());
        match location.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("file", path)) => Ok(Self::Directory(local(path).ok_or_else(unsupported)?)),
            Some(("jsonl", path)) => Ok(Self::Export(local(path).ok_or_else(unsupported)?)),
            Some(("az", rest)) => remote(Service::Azure, rest).ok_or_else(unsupported),
            Some(("gs", rest)) => remote(Service::Google, rest).ok_or_else(unsupported),
            Some(("s3", rest)) => remote(Service::S3, rest).ok_or_else(unsupported),
            // A scheme we do not support must not become a directory of that name.
            Some((scheme, _)) if !scheme.contains('/') => Err(unsupported()),
            _ if location.is_empty() => Err(unsupported()),
            _ => Ok(Self::Directory(PathBuf::from(location))),
        }
    }
}

fn local(path: &str) -> Option<PathBuf> {
    let path = path.strip_prefix("//").unwrap_or(path);
    (!path.is_empty()).then(|| PathBuf::from(path))
}

fn remote(service: Service, rest: &str) -> Option<Address> {
    let rest = rest.strip_prefix("//")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_matches('/');
    // The form of a host name is what all three services agree on; anything else could change the URL that it becomes part of.
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_$".contains(&byte);
    let plain = |segment: &str| !matches!(segment, "" | "." | "..");
    let sound = !bucket.is_empty()
        && bucket.bytes().all(fits)
        && (prefix.is_empty() || prefix.split('/').all(plain));
    sound.then(|| {
        Address::Remote(RemoteAddress {
            service,
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(location: &str) -> Option<(Service, String, String)> {
        match Address::parse(location) {
            Ok(Address::Remote(address)) => Some((address.service, address.bucket, address.prefix)),
            _ => None,
        }
    }

    #[test]
    fn buckets_may_have_a_prefix() {
        let expected =
            |service, prefix: &str| Some((service, "keys".to_owned(), prefix.to_owned()));
        assert_eq!(parsed("az://keys"), expected(Service::Azure, ""));
        assert_eq!(parsed("s3://keys/a/b/"), expected(Service::S3, "a/b"));
        assert_eq!(parsed("gs://keys/"), expected(Service::Google, ""));
    }

    #[test]
    fn what_is_no_place_is_refused_and_becomes_no_directory() {
        for location in [
            "",
            "file:",
            "jsonl:",
            "memory:x",
            "az:keys",
            "az://",
            "s3:///x",
            "s3://a b",
            "s3://a?b/c",
            "gs://keys/a//b",
            "gs://keys/../b",
            "ftp://x/y",
            "https://example.org/",
        ] {
            let refused = Address::parse(location);
            assert!(matches!(refused, Err(Error::Location(_))), "{location}");
        }
    }

    #[test]
    fn a_path_is_a_directory_also_with_a_colon_in_it() {
        for (location, path) in [
            ("a", "a"),
            ("./a:b", "./a:b"),
            ("file:///a", "/a"),
            ("file:a", "a"),
        ] {
            let directory = Address::Directory(PathBuf::from(path));
            assert_eq!(Address::parse(location).ok(), Some(directory));
        }
    }
}
