//! A forger's workshop: the golden ledger's objects, changed with or without the stations' keys.

use std::collections::BTreeMap;

use serde_json::Value;

use super::golden::Golden;
use super::key::Key;
use crate::encoding::base64url;
use crate::ledger::{Draft, EntryHash, EntryMerged, EntryRef, Event, Proof, ProofRequest, Station};

/// Objects by index; what a store would hold.
pub(super) struct Forge<'a> {
    golden: &'a mut Golden,
    pub(super) objects: BTreeMap<u64, Vec<u8>>,
}

impl<'a> Forge<'a> {
    pub(super) fn new(golden: &'a mut Golden) -> Self {
        let objects = golden
            .entries
            .iter()
            .map(|entry| (entry.index, entry.as_bytes().to_vec()))
            .collect();
        Self { golden, objects }
    }

    pub(super) fn golden(&mut self) -> &mut Golden {
        self.golden
    }

    pub(super) fn text(&self, index: u64) -> String {
        String::from_utf8(self.objects[&index].clone()).unwrap()
    }

    pub(super) fn value(&self, index: u64) -> Value {
        serde_json::from_slice(&self.objects[&index]).unwrap()
    }

    /// Changes an entry without a key: the signature stays.
    pub(super) fn edit(&mut self, index: u64, change: impl FnOnce(&mut Value)) {
        let mut value = self.value(index);
        change(&mut value);
        self.objects.insert(index, canonical(&value));
    }

    /// Changes an entry's text without a key.
    pub(super) fn edit_text(&mut self, index: u64, from: &str, to: &str) {
        let text = self.text(index);
        assert!(text.contains(from), "{from} in {text}");
        self.objects
            .insert(index, text.replacen(from, to, 1).into_bytes());
    }

    /// Changes an entry as its station could: signs it, and chains and signs all that follow.
    pub(super) fn rewrite(&mut self, index: u64, change: impl FnOnce(&mut Value)) {
        let mut value = self.value(index);
        change(&mut value);
        self.objects.insert(index, canonical(&value));
        self.chain_from(index);
    }

    /// Takes an entry out as the stations could: renumbers, chains and signs all that follow.
    pub(super) fn take_out(&mut self, index: u64) {
        let last = self.end() - 1;
        for index in index..last {
            let mut value = self.value(index + 1);
            value["index"] = index.into();
            self.objects.insert(index, canonical(&value));
        }
        self.objects.remove(&last);
        self.chain_from(index);
    }

    /// Appends as the first station could.
    pub(super) fn append(&mut self, draft: Draft) {
        let index = self.end();
        let mut value = serde_json::json!({
            "v": 1, "index": index, "time": "2026-03-01T10:00:00Z", "station": "vault-1",
            "kind": draft.kind, "body": draft.body,
        });
        if let Some(ceremony) = draft.ceremony {
            value["ceremony"] = ceremony.to_string().into();
        }
        if let Some(proof) = draft.proof {
            value["proof"] = serde_json::to_value(proof).unwrap();
        }
        self.objects.insert(index, canonical(&value));
        self.chain_from(index);
    }

    /// What the second station appends to a copy of the ledger, one entry after the other.
    pub(super) fn branch(&mut self, drafts: impl IntoIterator<Item = Draft>) -> Vec<Value> {
        let mut previous = self.reference(self.end() - 1).hash;
        let mut entries = Vec::new();
        for (index, draft) in (self.end()..).zip(drafts) {
            let value = serde_json::json!({
                "v": 1, "index": index, "time": "2026-03-01T10:30:00Z", "station": "vault-2",
                "kind": draft.kind, "ceremony": draft.ceremony.unwrap().to_string(), "body": draft.body,
                "previous": previous,
            });
            let bytes = self.sign_in_branch(value, draft.proof);
            previous = EntryHash::of(&bytes);
            entries.push(serde_json::from_slice(&bytes).unwrap());
        }
        entries
    }

    fn sign_in_branch(&self, mut value: Value, proof: Option<Proof>) -> Vec<u8> {
        if let Some(proof) = proof {
            value["proof"] = serde_json::to_value(proof).unwrap();
        }
        sign(value, &self.golden.stations[1])
    }

    /// Brings an entry of a branch in.
    pub(super) fn merge(&mut self, entry: &Value) {
        let merged = EntryMerged {
            entry: entry.as_object().unwrap().clone(),
        };
        self.append(Draft::new(&Event::EntryMerged(merged), None));
    }

    /// Appends with a proof that the golden ledger's key makes in the state it is in.
    pub(super) fn append_proven(&mut self, draft: Draft) {
        let proof: Proof = self.golden.key.prove(self.request(&draft));
        self.append(draft.with_proof(proof));
    }

    /// The same, by another key.
    pub(super) fn append_proven_by(&mut self, key: &mut Key, draft: Draft) {
        let proof: Proof = key.prove(self.request(&draft));
        self.append(draft.with_proof(proof));
    }

    fn request(&self, draft: &Draft) -> ProofRequest {
        let anchor = self.reference(self.end() - 1);
        ProofRequest::new(anchor, &draft.body).unwrap()
    }

    /// Asks the key, in the state it is in, for another proof of an entry that has one.
    pub(super) fn prove_again(&mut self, index: u64) {
        let value = self.value(index);
        let anchor = serde_json::from_value(value["proof"]["anchor"].clone()).unwrap();
        let request = ProofRequest::new(anchor, value["body"].as_object().unwrap()).unwrap();
        let proof: Proof = self.golden.key.prove(request);
        self.rewrite(index, |entry| {
            entry["proof"] = serde_json::to_value(proof).unwrap();
        });
    }

    pub(super) fn end(&self) -> u64 {
        self.objects.keys().last().unwrap() + 1
    }

    pub(super) fn reference(&self, index: u64) -> EntryRef {
        EntryRef {
            index,
            hash: EntryHash::of(&self.objects[&index]),
        }
    }

    fn chain_from(&mut self, index: u64) {
        for index in index..self.end() {
            let mut value = self.value(index);
            let previous = match index.checked_sub(1) {
                Some(before) => self.reference(before).hash,
                None => EntryHash::NONE,
            };
            value["previous"] = previous.to_string().into();
            let station = value["station"].as_str().unwrap_or_default();
            let station = if station == "vault-2" { 1 } else { 0 };
            let station = self.golden.stations[station].clone();
            self.objects.insert(index, sign(value, &station));
        }
    }
}

/// Signs a forged entry.
pub(super) fn sign(mut value: Value, station: &Station) -> Vec<u8> {
    value.as_object_mut().unwrap().remove("signature");
    let signature = station.sign(&canonical(&value));
    value["signature"] = base64url::encode(&signature).into();
    canonical(&value)
}

/// RFC 8785 without the ledger's own limits.
pub(super) fn canonical(value: &Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).unwrap()
}
