//! The enrolled keys in a ledger's directory, as docs/ledger-format.md describes it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::value::Value;
use serde::Deserialize;

/// More than any entry may have (section 2).
const ENTRY_LIMIT: u64 = 1_048_576;

/// What a `key.enrolled` entry says.
pub struct Enrolled {
    pub label: String,
    pub account: String,
    pub rp_id: String,
    pub credential_id: Vec<u8>,
    /// COSE_Key.
    pub public_key: Value,
    pub sign_count: u32,
}

#[derive(Deserialize)]
struct Entry {
    kind: String,
    body: serde_json::Value,
}

#[derive(Deserialize)]
struct Body {
    label: String,
    account: Account,
    rp_id: String,
    credential_id: String,
    public_key: String,
    sign_count: u32,
}

#[derive(Deserialize)]
struct Account {
    upn: String,
}

/// The key with this label, or the only one. Of several enrolments under one label it is the last.
pub fn find(ledger: &Path, label: Option<&str>) -> Result<Enrolled> {
    let mut keys = enrolled(ledger)?;
    if let Some(label) = label {
        keys.retain(|key| key.label == label);
        return keys
            .pop()
            .with_context(|| format!("no key is enrolled as {label}"));
    }
    match keys.len() {
        0 => bail!("no key is enrolled in {}", ledger.display()),
        1 => keys.pop().context("counted above"),
        _ => {
            let labels: Vec<&str> = keys.iter().map(|key| key.label.as_str()).collect();
            bail!(
                "several keys, choose one with --label: {}",
                labels.join(", ")
            )
        }
    }
}

/// All of them, in the order of their entries.
fn enrolled(ledger: &Path) -> Result<Vec<Enrolled>> {
    let entries = ledger.join("entries");
    let mut paths = std::fs::read_dir(&entries)
        .and_then(|found| {
            found
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<Vec<_>, _>>()
        })
        .with_context(|| format!("read {}", entries.display()))?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    let mut keys = Vec::new();
    for path in paths {
        keys.extend(read(&path).with_context(|| format!("read {}", path.display()))?);
    }
    Ok(keys)
}

fn read(path: &Path) -> Result<Option<Enrolled>> {
    if std::fs::metadata(path)?.len() > ENTRY_LIMIT {
        bail!("larger than an entry may be");
    }
    let entry: Entry = serde_json::from_slice(&std::fs::read(path)?)?;
    if entry.kind != "key.enrolled" {
        return Ok(None);
    }
    let body: Body = serde_json::from_value(entry.body)?;
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text);
    Ok(Some(Enrolled {
        credential_id: bytes(&body.credential_id).context("credential_id")?,
        public_key: ciborium::from_reader(
            bytes(&body.public_key).context("public_key")?.as_slice(),
        )
        .context("public_key")?,
        label: body.label,
        account: body.account.upn,
        rp_id: body.rp_id,
        sign_count: body.sign_count,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden() -> &'static Path {
        Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../vectors/ledger/golden"
        ))
    }

    #[test]
    fn the_enrolled_keys_of_the_published_ledger_are_found() {
        let keys = enrolled(golden()).expect("a ledger");
        assert!(!keys.is_empty());
        for key in keys {
            assert_eq!(key.rp_id, "login.microsoft.com");
            assert!(key.public_key.is_map());
            let found = find(golden(), Some(&key.label)).expect("by its label");
            assert_eq!(found.account, key.account);
        }
    }

    #[test]
    fn what_is_not_there_is_said() {
        let refusal =
            |ledger: &Path, label| find(ledger, label).err().expect("nothing").to_string();
        assert!(refusal(golden(), Some("BG9-Z")).contains("BG9-Z"));
        assert!(refusal(Path::new("/nonexistent"), None).contains("/nonexistent/entries"));
    }
}
