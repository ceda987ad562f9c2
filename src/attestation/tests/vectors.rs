//! Every file in `tests/vectors/attestation`: bytes of real keys and of the specification, with the verdicts they deserve.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;

use crate::attestation::certificate::Certificates;
use crate::attestation::{
    ClientDataOrHash, Judgement, Registration, Reported, Roots, Subject, Trust, judge,
};
use crate::encoding::base64url;
use crate::webauthn::{Aaguid, AttestationObject, RpId, client_data};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vector {
    #[serde(rename = "source")]
    _source: String,
    rp_id: RpId,
    challenge: String,
    algorithms: Vec<i64>,
    at: Timestamp,
    get_info_aaguid: Option<Aaguid>,
    roots: Option<String>,
    pub(super) attestation_object: String,
    pub(super) client_data_json: String,
    /// Verdict by subject, or `{"error": …}` with the start of the error's text.
    expect: BTreeMap<String, String>,
}

pub(super) fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/attestation")
}

pub(super) fn all() -> BTreeMap<String, Vector> {
    std::fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let vector = serde_json::from_slice(&std::fs::read(path).unwrap());
            (
                name.clone(),
                vector.unwrap_or_else(|error| panic!("{name}: {error}")),
            )
        })
        .collect()
}

impl Vector {
    fn with_registration<T>(&self, ask: impl FnOnce(&Registration<'_>) -> T) -> T {
        let json = base64url::decode(&self.client_data_json).unwrap();
        self.with(ClientDataOrHash::Json(&json), ask)
    }

    fn with<T>(
        &self,
        client_data: ClientDataOrHash<'_>,
        ask: impl FnOnce(&Registration<'_>) -> T,
    ) -> T {
        let reported = self.get_info_aaguid.map(|aaguid| Reported {
            aaguid,
            firmware: None,
            members: Default::default(),
        });
        ask(&Registration {
            attestation_object: &base64url::decode(&self.attestation_object).unwrap(),
            client_data,
            rp_id: &self.rp_id,
            challenge: &self.challenge,
            algorithms: &self.algorithms,
            get_info: reported.as_ref(),
        })
    }

    /// Judged at a time when other metadata than the vector's counts.
    pub(super) fn judge(&self, trust: &Trust) -> Judgement {
        let now = "2026-03-01T09:00:00Z".parse().unwrap();
        self.with_registration(|registration| judge(registration, trust, self.at, now))
            .unwrap()
    }

    /// The identifier of the attestation key.
    pub(super) fn key_identifier(&self) -> Vec<u8> {
        let object = base64url::decode(&self.attestation_object).unwrap();
        let object = AttestationObject::parse(&object).unwrap();
        let certificates = Certificates::read(&object).unwrap();
        certificates.unwrap().key_identifier()
    }

    fn judged(&self) -> BTreeMap<String, String> {
        let roots = match &self.roots {
            Some(file) => Roots::from_pem(&std::fs::read(directory().join(file)).unwrap()).unwrap(),
            None => Roots::none(),
        };
        let trust = Trust::from(roots);
        match self.with_registration(|registration| judge(registration, &trust, self.at, self.at)) {
            Err(error) => BTreeMap::from([("error".to_owned(), error.to_string())]),
            Ok(judgement) => judgement
                .findings
                .into_iter()
                .filter(|finding| !finding.subject.is_of_metadata())
                .map(|finding| {
                    let why = finding.verdict.why().map(|why| format!(": {why}"));
                    let text = finding.verdict.as_str().to_owned() + &why.unwrap_or_default();
                    (finding.subject.to_string(), text)
                })
                .collect(),
        }
    }
}

/// `pass`, `fail` or another verdict on the statement; none of what is no registration.
fn statement(registration: &Registration<'_>) -> Option<&'static str> {
    let now = "2026-03-01T09:00:00Z".parse().unwrap();
    let judgement = judge(registration, &Trust::default(), now, now).ok()?;
    let mut findings = judgement.findings.iter();
    let finding = findings.find(|finding| finding.subject == Subject::Statement)?;
    Some(finding.verdict.as_str())
}

#[test]
fn the_hash_of_the_client_data_is_enough_for_the_statement() {
    let mut passed = 0;
    for (name, vector) in all() {
        let hash = client_data::hash(&base64url::decode(&vector.client_data_json).unwrap());
        let by_json = vector.with_registration(statement);
        let by_hash = |hash| vector.with(ClientDataOrHash::Hash(hash), statement);
        assert_eq!(by_hash(hash), by_json, "{name}");
        if by_json == Some("pass") {
            assert_eq!(by_hash([7; 32]), Some("fail"), "{name}");
            passed += 1;
        }
    }
    assert!(passed >= 8, "{passed}");
}

#[test]
fn every_registration_gets_the_verdicts_it_deserves() {
    let vectors = all();
    assert!(vectors.len() >= 13, "{}", vectors.len());
    let wrong: Vec<String> = vectors
        .iter()
        .filter(|(_, vector)| vector.judged() != vector.expect)
        .map(|(name, vector)| {
            format!(
                "{name}: {}",
                serde_json::to_string_pretty(&vector.judged()).unwrap()
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
