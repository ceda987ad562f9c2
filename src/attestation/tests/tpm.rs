//! `tpm` statements: one that verifies, and each that differs from it in one thing does not. A certificate as §8.3.1 demands it
//! is made by `tests/interop/attestation`.

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::authority::{By, CHALLENGE, MODULUS, Made, root, rp_id, signing_key};
use crate::attestation::{ClientDataOrHash, Registration, Roots, Subject, Trust, Verdict, judge};
use crate::encoding::cbor::{self, Value};
use crate::webauthn::client_data;

/// What goes into the statement, and who signs it.
struct Statement {
    version: &'static str,
    algorithm: i64,
    /// TPMT_PUBLIC up to the point.
    public_head: Vec<u8>,
    magic: u32,
    /// What certInfo says that was certified, instead of this registration.
    extra: Option<Vec<u8>>,
    /// What certInfo calls the key, instead of its name.
    name: Option<Vec<u8>>,
    trailing: Vec<u8>,
    signer: SigningKey,
    /// Whether the credential is of RS256; its exponent then, as pubArea has it.
    rsa: Option<u32>,
}

impl Default for Statement {
    fn default() -> Self {
        let words: [u16; 9] = [0x23, 0x0b, 0x0006, 0x0472, 0, 0x10, 0x10, 3, 0x10];
        Self {
            version: "2.0",
            algorithm: -7,
            public_head: words.iter().flat_map(|word| word.to_be_bytes()).collect(),
            magic: 0xff54_4347,
            extra: None,
            name: None,
            trailing: Vec::new(),
            signer: signing_key(2),
            rsa: None,
        }
    }
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes()[..], bytes].concat()
}

impl Statement {
    fn public_area(&self) -> Vec<u8> {
        if let Some(exponent) = self.rsa {
            let words: [u16; 8] = [1, 0x0b, 0x0006, 0x0472, 0, 0x10, 0x10, 2048];
            let head: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            return [&head[..], &exponent.to_be_bytes(), &sized(&MODULUS)].concat();
        }
        let point = signing_key(3).verifying_key().to_sec1_point(false);
        let (x, y) = (sized(point.x().unwrap()), sized(point.y().unwrap()));
        [&self.public_head[..], &x, &y].concat()
    }

    fn info(&self, public_area: &[u8], signed: &[u8]) -> Vec<u8> {
        let name = [&[0, 0x0b][..], &Sha256::digest(public_area)].concat();
        let extra = self.extra.clone();
        [
            &self.magic.to_be_bytes()[..],
            &[0x80, 0x17],
            &sized(&[]),
            &sized(&extra.unwrap_or_else(|| Sha256::digest(signed).to_vec())),
            &[0; 25],
            &sized(self.name.as_ref().unwrap_or(&name)),
            &sized(&[]),
            &self.trailing,
        ]
        .concat()
    }

    fn verdict(&self) -> Verdict {
        let made = Made {
            rsa: self.rsa.is_some(),
            ..Made::default()
        };
        let (object, client_data_json) = made.make();
        let signed = [
            object.auth_data.clone(),
            client_data::hash(&client_data_json).to_vec(),
        ]
        .concat();
        let public_area = self.public_area();
        let info = self.info(&public_area, &signed);
        let signature: DerSignature = self.signer.sign(&info);
        self.judged(&made, public_area, info, signature.as_bytes().to_vec())
    }

    /// The verdict on the statement. The certificate is a packed one, which §8.3.1 does not allow.
    fn judged(&self, made: &Made, public_area: Vec<u8>, info: Vec<u8>, sig: Vec<u8>) -> Verdict {
        let (mut object, client_data_json) = made.make();
        let By::Certificates(certificates) = &made.by else {
            panic!("the default attests by certificate");
        };
        let x5c = certificates.iter().cloned().map(Value::Bytes).collect();
        object.fmt = "tpm".to_owned();
        object.att_stmt = cbor::map([
            ("ver", Value::from(self.version)),
            ("alg", self.algorithm.into()),
            ("x5c", Value::Array(x5c)),
            ("sig", Value::Bytes(sig)),
            ("certInfo", Value::Bytes(info)),
            ("pubArea", Value::Bytes(public_area)),
        ]);
        let registration = Registration {
            attestation_object: &object.to_bytes(),
            client_data: ClientDataOrHash::Json(&client_data_json),
            rp_id: &rp_id(),
            challenge: CHALLENGE,
            algorithms: &[-7],
            get_info: None,
        };
        let trust = Trust::from(Roots::from_der([root()]).unwrap());
        let now = "2026-03-01T09:00:00Z".parse().unwrap();
        let findings = judge(&registration, &trust, now, now).unwrap().findings;
        let of = |subject| {
            let mut findings = findings.iter();
            let finding = findings.find(|finding| finding.subject == subject);
            finding.unwrap().verdict.clone()
        };
        assert!(of(Subject::Certificate).is_fail());
        assert!(of(Subject::Chain).is_pass());
        of(Subject::Statement)
    }
}

#[test]
fn a_statement_about_this_credential_verifies() {
    assert_eq!(Statement::default().verdict(), Verdict::Pass);
}

#[test]
fn a_statement_about_a_credential_of_rs256_verifies_and_names_its_exponent() {
    for (exponent, verdict) in [(0, "pass"), (65537, "pass"), (3, "fail")] {
        let statement = Statement {
            rsa: Some(exponent),
            ..Statement::default()
        };
        assert_eq!(statement.verdict().as_str(), verdict, "{exponent}");
    }
}

#[test]
fn a_statement_with_one_thing_changed_fails() {
    let with = |change: fn(&mut Statement)| {
        let mut statement = Statement::default();
        change(&mut statement);
        statement.verdict()
    };
    let changes: [fn(&mut Statement); 9] = [
        |statement| statement.version = "1.2",
        |statement| statement.magic ^= 1,
        |statement| statement.extra = Some(vec![0; 32]),
        |statement| statement.name = Some(vec![0; 34]),
        |statement| statement.trailing = vec![0],
        |statement| statement.signer = signing_key(4),
        // Another curve, another hash for the name, an RSA key.
        |statement| statement.public_head[15] = 4,
        |statement| statement.public_head[3] = 4,
        |statement| statement.public_head[1] = 1,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let found = with(change);
        assert!(found.is_fail(), "change {number}: {found:?}");
    }
}

#[test]
fn what_is_signed_with_sha_1_or_in_an_unknown_way_is_unknown() {
    for algorithm in [-65535, -39] {
        let statement = Statement {
            algorithm,
            ..Statement::default()
        };
        assert_eq!(statement.verdict().as_str(), "unknown");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn arbitrary_structures_never_panic_and_never_pass(
        public_area: Vec<u8>,
        info: Vec<u8>,
        sig: Vec<u8>,
        cut in any::<prop::sample::Index>(),
        own: bool,
    ) {
        let statement = Statement::default();
        let area = if own { statement.public_area() } else { public_area };
        let whole = statement.info(&area, &info);
        let cut = whole[..cut.index(whole.len())].to_vec();
        for info in [info, cut] {
            let found = statement.judged(&Made::default(), area.clone(), info, sig.clone());
            prop_assert!(found.is_fail());
        }
    }
}
