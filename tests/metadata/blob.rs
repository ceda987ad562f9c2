//! Which blobs are believed.

use halligan::attestation::Roots;
use halligan::attestation::mds::{Blob, Error, SIGNER, SIZE_LIMIT, fido_roots};
use halligan::encoding::{base64url, hex};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::payload;
use super::signer::{Authority, VALID};

fn authority() -> Authority {
    Authority::new("CN=Root", 1)
}

fn now() -> Timestamp {
    "2026-10-15T00:00:00Z".parse().unwrap()
}

fn verify(blob: &str) -> Result<Blob, Error> {
    Blob::verify(blob.as_bytes(), &authority().roots(), now())
}

fn refused(blob: &str) -> Error {
    verify(blob).unwrap_err()
}

fn signed_with(change: impl FnOnce(&mut Value)) -> String {
    let signer = authority().signer();
    let mut header = signer.header();
    change(&mut header);
    signer.sign_with(header, payload(7).to_string().as_bytes())
}

#[test]
fn the_roots_of_fido_are_the_ones_that_globalsign_publishes() {
    let fingerprints: Vec<String> = fido_roots()
        .certificates()
        .map(|der| hex::encode(&Sha256::digest(der)))
        .collect();
    assert_eq!(
        fingerprints,
        [
            "cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b",
            "4fa3126d8d3a11d1c4855a4f807cbad6cf919d3a5a88b03bea2c6372d93c40c9",
        ]
    );
}

#[test]
fn a_blob_that_is_as_it_must_be_is_read() {
    let blob = authority().signer().sign(&payload(7));
    let read = verify(&blob).unwrap();
    assert_eq!(read.payload.number, 7);
    assert_eq!(read.payload.entries.len(), 3);
    verify(&format!("{blob}\n")).unwrap();
}

#[test]
fn a_blob_of_another_root_is_refused_by_the_roots_of_fido_too() {
    let blob = Authority::new("CN=Root", 2).signer().sign(&payload(7));
    // Of the same name, so that the signature on the certificate tells.
    assert!(matches!(
        refused(&blob),
        Error::UnknownIssuer { roots: 1 } | Error::Chain(_)
    ));
    let blob = Authority::new("CN=Other", 2).signer().sign(&payload(7));
    assert!(matches!(refused(&blob), Error::UnknownIssuer { roots: 1 }));
    let by_fido = Blob::verify(blob.as_bytes(), &fido_roots(), now()).unwrap_err();
    assert!(matches!(by_fido, Error::UnknownIssuer { roots: 2 }));
    let by_nobody = Blob::verify(blob.as_bytes(), &Roots::none(), now()).unwrap_err();
    assert!(matches!(by_nobody, Error::UnknownIssuer { roots: 0 }));
}

#[test]
fn the_signer_must_be_valid_at_the_time_and_be_fido() {
    let sign = |host, valid| authority().signer_for(host, valid).sign(&payload(7));
    let (past, future) = ("2026-10-14T00:00:00Z", "2026-10-16T00:00:00Z");
    let expired = sign(SIGNER, (VALID.0, past));
    assert!(matches!(refused(&expired), Error::Expired { .. }));
    let early = sign(SIGNER, (future, VALID.1));
    assert!(matches!(refused(&early), Error::NotValidYet { .. }));
    for host in [
        "mds.example.org",
        "evil.mds.fidoalliance.org",
        "fidoalliance.org",
    ] {
        assert!(matches!(refused(&sign(host, VALID)), Error::Name), "{host}");
    }
}

#[test]
fn only_signatures_of_the_signer_count() {
    for alg in ["none", "HS256", "ES512", "", "es256"] {
        let blob = signed_with(|header| header["alg"] = json!(alg));
        assert!(matches!(refused(&blob), Error::Algorithm(found) if found == alg));
    }
    // Another algorithm than the key's.
    for alg in ["RS256", "PS512", "ES384"] {
        let blob = signed_with(|header| header["alg"] = json!(alg));
        assert!(matches!(refused(&blob), Error::Signature), "{alg}");
    }
    let blob = authority().signer().sign(&payload(7));
    let (signed, signature) = blob.rsplit_once('.').unwrap();
    let signature = base64url::decode(signature).unwrap();
    for wrong in [&[][..], &signature[..63], &[0; 64], &[0xff; 64]] {
        let blob = format!("{signed}.{}", base64url::encode(wrong));
        assert!(matches!(refused(&blob), Error::Signature), "{wrong:?}");
    }
}

#[test]
fn a_header_without_what_is_needed_is_refused() {
    let without = signed_with(|header| drop(header.as_object_mut().unwrap().remove("x5c")));
    assert!(matches!(refused(&without), Error::NoCertificate));
    let empty = signed_with(|header| header["x5c"] = json!([]));
    assert!(matches!(refused(&empty), Error::NoCertificate));
    let bad = signed_with(|header| header["x5c"] = json!(["AAAA"]));
    assert!(matches!(
        refused(&bad),
        Error::Certificate { number: 1, .. }
    ));
    let bad = signed_with(|header| header["x5c"].as_array_mut().unwrap().push(json!("?")));
    assert!(matches!(
        refused(&bad),
        Error::Certificate { number: 2, .. }
    ));
    let many = signed_with(|header| header["x5c"] = json!(vec!["AAAA"; 17]));
    assert!(matches!(refused(&many), Error::TooManyCertificates(17)));
    let critical = signed_with(|header| header["crit"] = json!(["b64"]));
    assert!(matches!(refused(&critical), Error::Critical(names) if names == "b64"));
    let nothing = signed_with(|header| *header = json!([1]));
    assert!(matches!(refused(&nothing), Error::Header(_)));
}

#[test]
fn what_is_no_blob_is_told_from_what_nobody_signed() {
    for text in ["", "a", "a.b", "a.b.c.d", "<html>.</html>.x", "ü.ü.ü"] {
        assert!(matches!(refused(text), Error::NotAJws(_)), "{text}");
    }
    let not_text = Blob::verify(&[0xff; 9], &authority().roots(), now());
    assert!(matches!(not_text, Err(Error::NotAJws(_))));
    let bare = payload(7).to_string();
    assert!(matches!(refused(&format!("\n{bare}")), Error::Unsigned));
    let long = vec![b'a'; SIZE_LIMIT + 1];
    let long = Blob::verify(&long, &authority().roots(), now());
    assert!(matches!(long, Err(Error::TooLong { .. })));
}

#[test]
fn a_payload_that_is_none_is_refused_though_it_was_signed() {
    let signer = authority().signer();
    for payload in ["", "[]", r#"{"no":1}"#] {
        let blob = signer.sign_with(signer.header(), payload.as_bytes());
        assert!(matches!(refused(&blob), Error::Payload(_)), "{payload}");
    }
}

#[test]
fn a_signature_by_another_key_does_not_make_up_for_the_certificate() {
    let honest = authority().signer();
    let other = authority().signer_with_key(4, SIGNER, VALID);
    let blob = other.sign_with(honest.header(), payload(7).to_string().as_bytes());
    assert!(matches!(refused(&blob), Error::Signature));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn arbitrary_bytes_never_panic_and_are_never_believed(bytes: Vec<u8>) {
        prop_assert!(Blob::verify(&bytes, &authority().roots(), now()).is_err());
    }

    #[test]
    fn a_blob_with_any_character_changed_is_refused(
        at in any::<prop::sample::Index>(),
        to in "[A-Za-z0-9_.-]",
    ) {
        let mut blob = authority().signer().sign(&payload(7));
        let at = at.index(blob.len());
        prop_assume!(blob[at..=at] != to);
        blob.replace_range(at..=at, &to);
        prop_assert!(verify(&blob).is_err());
    }

    #[test]
    fn a_blob_that_is_cut_off_is_refused(at in any::<prop::sample::Index>()) {
        let blob = authority().signer().sign(&payload(7));
        prop_assert!(verify(&blob[..at.index(blob.len())]).is_err());
    }
}
