//! Bytes from a hostile key or file give a verdict or an error, never a panic; and no change to a real registration passes.

use proptest::prelude::*;

use super::authority::{CHALLENGE, Made, root, rp_id};
use super::vectors;
use crate::attestation::{ClientDataOrHash, Registration, Roots, Subject, Trust, judge};
use crate::encoding::base64url;

fn statement_passes(object: &[u8], client_data_json: &[u8]) -> bool {
    let registration = Registration {
        attestation_object: object,
        client_data: ClientDataOrHash::Json(client_data_json),
        rp_id: &rp_id(),
        challenge: CHALLENGE,
        algorithms: &[-7],
        get_info: None,
    };
    let trust = Trust::from(Roots::from_der([root()]).unwrap());
    let now = "2026-03-01T09:00:00Z".parse().unwrap();
    match judge(&registration, &trust, now, now) {
        Err(_) => false,
        Ok(judgement) => {
            assert_eq!(judgement.findings.len(), 17);
            judgement
                .findings
                .iter()
                .filter(|finding| matches!(finding.subject, Subject::Statement | Subject::Chain))
                .all(|finding| finding.verdict.is_pass())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn arbitrary_bytes_never_panic(object: Vec<u8>, client_data_json: Vec<u8>) {
        prop_assert!(!statement_passes(&object, &client_data_json));
    }

    #[test]
    fn a_real_registration_with_any_byte_changed_never_panics(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        mask in 1_u8..,
        cut: bool,
    ) {
        let vectors: Vec<_> = vectors::all().into_values().collect();
        let vector = which.get(&vectors);
        let mut object = base64url::decode(&vector.attestation_object).unwrap();
        let at = at.index(object.len());
        object[at] ^= mask;
        if cut {
            object.truncate(at);
        }
        let client_data_json = base64url::decode(&vector.client_data_json).unwrap();
        statement_passes(&object, &client_data_json);
    }

    #[test]
    fn a_made_registration_with_a_signed_byte_changed_does_not_pass(
        at in any::<prop::sample::Index>(),
        mask in 1_u8..,
    ) {
        let (mut object, client_data_json) = Made::default().make();
        let at = at.index(object.auth_data.len());
        object.auth_data[at] ^= mask;
        prop_assert!(!statement_passes(&object.to_bytes(), &client_data_json));
    }
}
