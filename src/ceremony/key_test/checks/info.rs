//! getInfo (CTAP 2.1 §6.4): answered, without contradictions, always the same, and what an emergency account needs.

use crate::attestation::Verdict;
use crate::ceremony::fitness;
use crate::ceremony::key_test::bench::Bench;
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ctap;
use crate::ctap::command::GET_INFO;
use crate::ctap::command::get_info::{NAME, Options, Response};
use crate::ctap::status::Status;

/// How often getInfo is asked again.
const REPEATS: usize = 5;

pub(in crate::ceremony::key_test) fn answers(bench: &mut Bench<'_>) -> Answer {
    if let Some(error) = bench.take_opening_error() {
        return Err(error.into());
    }
    let info = bench.info()?;
    Ok(Finding::pass()
        .fact("aaguid", info.aaguid.to_string())
        .fact("versions", info.versions.clone())
        .fact("extensions", info.extensions.clone().unwrap_or_default())
        .fact("firmware_version", info.firmware_version))
}

pub(in crate::ceremony::key_test) fn stable(bench: &mut Bench<'_>) -> Answer {
    let mut first: Option<Response> = None;
    for _ in 0..REPEATS {
        let answer = bench.raw(&[GET_INFO])?;
        let (status, cbor) = answer
            .split_first()
            .ok_or_else(|| Verdict::fail("an empty answer"))?;
        if Status::from(*status) != Status::Ok {
            let status = Status::from(*status);
            return Ok(Verdict::fail(format!("asked again, {NAME} answered {status}")).into());
        }
        let mut info = Response::decode(cbor).map_err(ctap::Error::from)?;
        // Encrypted anew each time, and members that nobody knows may be, too.
        info.enc_identifier = None;
        info.unknown.clear();
        let earlier = first.get_or_insert_with(|| info.clone());
        if *earlier != info {
            return Ok(Verdict::fail("asked again, it says something else").into());
        }
    }
    Ok(Finding::pass().fact("asked", REPEATS))
}

pub(in crate::ceremony::key_test) fn fit(bench: &mut Bench<'_>) -> Answer {
    if let Err(verdict) = bench.has(crate::ceremony::key_test::Need::Info) {
        let why = "the key has no CTAP2: Entra needs FIDO2";
        return Ok(match verdict {
            Verdict::NotApplicable { .. } => Verdict::fail(why).into(),
            other => other.into(),
        });
    }
    let fitness = fitness::of_key(bench.info()?);
    Ok(Finding::of_problems(&fitness.obstacles).fact("warnings", fitness.warnings))
}

pub(in crate::ceremony::key_test) fn consistent(bench: &mut Bench<'_>) -> Answer {
    Ok(Finding::of_problems(&contradictions(bench.info()?)))
}

fn contradictions(info: &Response) -> Vec<String> {
    let rules = [
        members(info),
        limits(info),
        options(&info.options),
        of_options(info),
    ];
    let broken = rules.into_iter().flatten().filter(|(wrong, _)| *wrong);
    broken.map(|(_, what)| what.to_owned()).collect()
}

/// What would be wrong, and whether it is.
type Rule = (bool, &'static str);

fn members(info: &Response) -> Vec<Rule> {
    let known = [
        "FIDO_2_0",
        "FIDO_2_1_PRE",
        "FIDO_2_1",
        "FIDO_2_2",
        "FIDO_2_3",
    ];
    let ctap2 = |version: &String| known.contains(&version.as_str());
    vec![
        (
            !info.versions.iter().any(ctap2),
            "no version of CTAP2 among the versions",
        ),
        (repeats(&info.versions), "a version is listed twice"),
        (
            info.extensions.as_ref().is_some_and(|list| repeats(list)),
            "an extension is listed twice",
        ),
        (
            info.transports.as_ref().is_some_and(|list| repeats(list)),
            "a transport is listed twice",
        ),
        (
            info.algorithms
                .as_ref()
                .is_some_and(|list| list.is_empty() || repeats(list)),
            "algorithms is empty or lists one twice",
        ),
        (
            info.pin_uv_auth_protocols
                .as_ref()
                .is_some_and(|list| list.is_empty() || repeats(list)),
            "pinUvAuthProtocols is empty or lists one twice",
        ),
    ]
}

fn limits(info: &Response) -> Vec<Rule> {
    let below = |value: Option<usize>, least: usize| value.is_some_and(|value| value < least);
    let minimum = info.pin_minimum();
    let cred_blob = info.has_extension("credBlob");
    let large_blobs = info.options.large_blobs == Some(true);
    vec![
        (below(info.max_msg_size, 1024), "maxMsgSize is below 1024"),
        (
            below(info.max_credential_count_in_list, 1),
            "maxCredentialCountInList is 0",
        ),
        (
            below(info.max_credential_id_length, 1),
            "maxCredentialIdLength is 0",
        ),
        (
            !(4..=63).contains(&minimum),
            "minPINLength is not within 4 to 63",
        ),
        (
            info.max_pin_length
                .is_some_and(|most| most > 63 || most < minimum),
            "maxPINLength is not within minPINLength to 63",
        ),
        (
            cred_blob && info.max_cred_blob_length.is_none_or(|most| most < 32),
            "credBlob without a maxCredBlobLength of 32 or more",
        ),
        (
            !cred_blob && info.max_cred_blob_length.is_some(),
            "maxCredBlobLength without credBlob",
        ),
        (
            large_blobs
                && info
                    .max_serialized_large_blob_array
                    .is_none_or(|most| most < 1024),
            "largeBlobs without a maxSerializedLargeBlobArray of 1024 or more",
        ),
        (
            !large_blobs && info.max_serialized_large_blob_array.is_some(),
            "maxSerializedLargeBlobArray without largeBlobs",
        ),
        (
            info.remaining_discoverable_credentials.is_some() && info.options.rk != Some(true),
            "remainingDiscoverableCredentials without rk",
        ),
    ]
}

fn options(options: &Options) -> Vec<Rule> {
    let verifies = options.client_pin.is_some() || options.uv.is_some();
    let on = Some(true);
    vec![
        (options.plat == on, "a key that is plugged in says plat"),
        (
            options.pin_uv_auth_token == on && !verifies,
            "pinUvAuthToken without clientPin and uv",
        ),
        (
            options.no_mc_ga_permissions_with_client_pin == on && options.pin_uv_auth_token != on,
            "noMcGaPermissionsWithClientPin without pinUvAuthToken",
        ),
        (
            options.set_min_pin_length == on && options.authnr_cfg != on,
            "setMinPINLength without authnrCfg",
        ),
        (
            options.set_min_pin_length == on && options.client_pin.is_none(),
            "setMinPINLength without clientPin",
        ),
        (
            options.uv_acfg == on && options.authnr_cfg != on,
            "uvAcfg without authnrCfg",
        ),
        (
            options.uv_bio_enroll == on && options.bio_enroll.is_none(),
            "uvBioEnroll without bioEnroll",
        ),
        (
            options.always_uv == on && options.make_cred_uv_not_rqd == on,
            "makeCredUvNotRqd although alwaysUv is on",
        ),
        (
            options.per_cred_mgmt_ro == on && options.cred_mgmt != on,
            "perCredMgmtRO without credMgmt",
        ),
    ]
}

fn of_options(info: &Response) -> Vec<Rule> {
    let options = &info.options;
    let protocols = info.pin_uv_auth_protocols.is_some();
    let since_2_1 = info.has_version("FIDO_2_1");
    let verifies = options.client_pin.is_some() || options.uv.is_some();
    vec![
        (
            options.client_pin.is_some() && !protocols,
            "clientPin without pinUvAuthProtocols",
        ),
        (
            info.has_extension("largeBlobKey") && options.large_blobs != Some(true),
            "largeBlobKey without largeBlobs",
        ),
        (
            info.has_extension("minPinLength") && options.client_pin.is_none(),
            "the extension minPinLength without clientPin",
        ),
        (
            since_2_1 && verifies && options.pin_uv_auth_token != Some(true),
            "FIDO_2_1 with user verification, without pinUvAuthToken",
        ),
        (
            since_2_1 && verifies && !info.has_extension("credProtect"),
            "FIDO_2_1 with user verification, without credProtect",
        ),
    ]
}

fn repeats<T: PartialEq>(list: &[T]) -> bool {
    (1..list.len()).any(|index| list[..index].contains(&list[index]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::encoding::cbor::{self, Value};

    /// What is wrong with a key that says this, besides its version and model.
    fn wrong(version: &str, options: &[(&str, bool)], members: &[(u8, Value)]) -> Vec<String> {
        let options = options.iter().map(|(id, on)| (*id, Value::from(*on)));
        let mut all = vec![
            (1, Value::Array(vec![Value::from(version)])),
            (3, Value::Bytes(vec![0; 16])),
            (4, cbor::map(options)),
        ];
        all.extend_from_slice(members);
        let answer = cbor::encode(&cbor::map(all));
        contradictions(&Response::decode(&answer).unwrap())
    }

    fn texts(texts: &[&str]) -> Value {
        Value::Array(texts.iter().map(|text| Value::from(*text)).collect())
    }

    #[test]
    fn the_least_that_a_key_may_say_is_no_contradiction() {
        assert_eq!(wrong("FIDO_2_0", &[], &[]), Vec::<String>::new());
        let protocols = [(6, Value::Array(vec![Value::from(1)]))];
        assert!(wrong("FIDO_2_0", &[("clientPin", true)], &protocols).is_empty());
        assert_eq!(wrong("FIDO_9", &[], &[]).len(), 1);
    }

    #[test]
    fn options_that_need_others_are_missed() {
        let pin = [(6, Value::Array(vec![Value::from(2)]))];
        for (options, complaint) in [
            ([("plat", true), ("rk", true)], "says plat"),
            (
                [("pinUvAuthToken", true), ("rk", true)],
                "pinUvAuthToken without",
            ),
            (
                [
                    ("noMcGaPermissionsWithClientPin", true),
                    ("clientPin", true),
                ],
                "noMcGa",
            ),
            (
                [("setMinPINLength", true), ("clientPin", true)],
                "without authnrCfg",
            ),
            ([("uvAcfg", true), ("rk", true)], "uvAcfg without"),
            ([("uvBioEnroll", true), ("rk", true)], "uvBioEnroll without"),
            (
                [("alwaysUv", true), ("makeCredUvNotRqd", true)],
                "although alwaysUv",
            ),
            (
                [("perCredMgmtRO", true), ("rk", true)],
                "perCredMgmtRO without",
            ),
        ] {
            let found = wrong("FIDO_2_0", &options, &pin);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains(complaint), "{found:?}");
        }
    }

    #[test]
    fn a_key_of_2_1_with_a_pin_has_tokens_and_protection() {
        let protocols = (6, Value::Array(vec![Value::from(2)]));
        let found = wrong("FIDO_2_1", &[("clientPin", false)], &[protocols]);
        assert_eq!(found.len(), 2, "{found:?}");
        let found = wrong("FIDO_2_1", &[("clientPin", false)], &[]);
        assert!(found[0].contains("without pinUvAuthProtocols"), "{found:?}");
    }

    #[test]
    fn limits_and_lists_that_cannot_be_are_found() {
        for (member, complaint) in [
            (
                (2, texts(&["hmac-secret", "hmac-secret"])),
                "extension is listed twice",
            ),
            ((2, texts(&["credBlob"])), "credBlob without"),
            ((2, texts(&["largeBlobKey"])), "largeBlobKey without"),
            ((2, texts(&["minPinLength"])), "minPinLength without"),
            ((5, Value::from(1023)), "maxMsgSize"),
            ((6, Value::Array(Vec::new())), "pinUvAuthProtocols"),
            ((7, Value::from(0)), "maxCredentialCountInList"),
            ((8, Value::from(0)), "maxCredentialIdLength"),
            ((9, texts(&["usb", "usb"])), "transport is listed twice"),
            ((10, Value::Array(Vec::new())), "algorithms"),
            (
                (11, Value::from(1024)),
                "maxSerializedLargeBlobArray without",
            ),
            ((13, Value::from(3)), "minPINLength"),
            ((15, Value::from(32)), "maxCredBlobLength without"),
            (
                (20, Value::from(5)),
                "remainingDiscoverableCredentials without",
            ),
            ((29, Value::from(64)), "maxPINLength"),
        ] {
            let found = wrong("FIDO_2_0", &[], std::slice::from_ref(&member));
            assert_eq!(found.len(), 1, "{member:?} {found:?}");
            assert!(found[0].contains(complaint), "{found:?}");
        }
    }
}
