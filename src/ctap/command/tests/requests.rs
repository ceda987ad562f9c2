//! The examples of makeCredential and getAssertion are those of the specification (CTAP 2.0 §6.1, §6.2), the former without
//! `user.icon`, which CTAP 2.1 dropped; the others are written out by hand from the tables of CTAP 2.1.

use super::super::authenticator_config::{self, MinPinLength};
use super::super::client_pin::{self, Permissions};
use super::super::{
    CREDENTIAL_MANAGEMENT, CREDENTIAL_MANAGEMENT_PREVIEW, CredentialDescriptor, RelyingParty, User,
    credential_management, get_assertion, make_credential,
};
use super::bytes;
use crate::ctap::command::make_credential::{CredProtect, EnterpriseAttestation};
use crate::ctap::pin_protocol::{PinUvAuthParam, PinUvAuthProtocol};
use crate::encoding::cbor::{self, Value};
use crate::encoding::hex;
use crate::webauthn::RpId;

const CLIENT_DATA_HASH: &str = "687134968222ec17202e42505f8ed2b16ae22f16bb05b88c25db9e602645f141";

fn client_data_hash() -> [u8; 32] {
    bytes(CLIENT_DATA_HASH).try_into().unwrap()
}

fn rp_id(text: &str) -> RpId {
    text.parse().unwrap()
}

fn descriptor(id: &str) -> CredentialDescriptor {
    CredentialDescriptor { id: bytes(id) }
}

fn param(protocol: PinUvAuthProtocol, digits: &str) -> PinUvAuthParam {
    PinUvAuthParam {
        bytes: bytes(digits),
        protocol,
    }
}

fn specification_example() -> make_credential::Request {
    let rp = RelyingParty {
        id: rp_id("example.com"),
        name: Some("Acme".to_owned()),
    };
    let user = User {
        id: bytes("3082019330820138a0030201023082019330820138a003020102308201933082"),
        name: Some("johnpsmith@example.com".to_owned()),
        display_name: Some("John P. Smith".to_owned()),
    };
    let mut request = make_credential::Request::new(client_data_hash(), rp, user);
    request.algorithms = vec![-7, 256];
    request.rk = Some(true);
    request
}

#[test]
fn make_credential_is_encoded_as_in_the_specification() {
    let expected = "01a50158206871\
        34968222ec17202e42505f8ed2b16ae22f16bb05b88c25db9e602645f141\
        02a26269646b6578616d706c652e636f6d646e616d656441636d65\
        03a362696458203082019330820138a0030201023082019330820138a003020102308201933082\
        646e616d65766a6f686e70736d697468406578616d706c652e636f6d\
        6b646973706c61794e616d656d4a6f686e20502e20536d697468\
        0482a263616c672664747970656a7075626c69632d6b6579\
        a263616c6719010064747970656a7075626c69632d6b6579\
        07a162726bf5";
    assert_eq!(hex::encode(&specification_example().encode(None)), expected);
}

#[test]
fn names_are_sent_as_far_as_every_key_takes_them() {
    let mut request = specification_example();
    request.rp.name = Some("r".repeat(65));
    request.user.name = Some("n".repeat(64));
    request.user.display_name = Some(format!("{}ü, who is not shown", "d".repeat(63)));
    let message = request.encode(None);
    let parameters = cbor::decode(&message[1..]).unwrap().into_map().unwrap();
    let name = |entity: u8, name: &str| {
        let entity = cbor::get(&parameters, &Value::from(entity)).unwrap();
        let name = cbor::get(entity.as_map().unwrap(), &Value::from(name));
        name.unwrap().as_text().unwrap().to_owned()
    };
    assert_eq!(name(2, "name"), "r".repeat(64));
    assert_eq!(name(3, "name"), "n".repeat(64));
    assert_eq!(name(3, "displayName"), "d".repeat(63));
}

#[test]
fn make_credential_carries_every_optional_member_in_order() {
    let mut request = specification_example();
    request.exclude_list = vec![descriptor("aabb")];
    request.extensions.cred_protect = Some(CredProtect::UvRequired);
    request.extensions.hmac_secret = true;
    request.extensions.min_pin_length = true;
    request.extensions.cred_blob = Some(vec![1]);
    request.enterprise_attestation = Some(EnterpriseAttestation::PlatformManaged);
    let encoded = request.encode(Some(&param(PinUvAuthProtocol::Two, "cc")));
    let tail = "0581a2626964 42aabb 64747970656a7075626c69632d6b6579\
        06a4 6863726564426c6f62 4101 6b6372656450726f74656374 03 \
        6b686d61632d736563726574 f5 6c6d696e50696e4c656e677468 f5\
        07a162726bf5 0841cc 0902 0a02"
        .replace(' ', "");
    assert!(hex::encode(&encoded).ends_with(&tail));
    assert!(cbor::is_canonical(&encoded[1..]));
}

#[test]
fn get_assertion_is_encoded_as_in_the_specification() {
    let mut request = get_assertion::Request::new(rp_id("example.com"), client_data_hash());
    let first = "f22006de4f905af68a43942f024f2a5ece603d9c6d4b3df8be08ed01fc442646\
        d034858ac75bed3fd580bf9808d94fcbee82b9b2ef6677af0adcc35852ea6b9e";
    request.allow_list = vec![descriptor(first), descriptor(&"03".repeat(50))];
    request.uv = Some(true);
    let expected = format!(
        "02a4016b6578616d706c652e636f6d025820{CLIENT_DATA_HASH}\
         0382a26269645840{first}64747970656a7075626c69632d6b6579\
         a26269645832{}64747970656a7075626c69632d6b657905a1627576f5",
        "03".repeat(50)
    );
    assert_eq!(hex::encode(&request.encode(None)), expected);
}

#[test]
fn a_silent_question_says_so_and_an_ordinary_one_says_nothing() {
    let mut request = get_assertion::Request::new(rp_id("a"), [0; 32]);
    assert!(!hex::encode(&request.encode(None)).contains("05a1"));
    request.up = Some(false);
    request.cred_blob = true;
    let encoded = request.encode(Some(&param(PinUvAuthProtocol::One, "dd")));
    let tail = "04a16863726564426c6f62f5 05a1627570f4 0641dd 0701".replace(' ', "");
    assert!(hex::encode(&encoded).ends_with(&tail));
}

#[test]
fn salts_of_hmac_secret_name_their_protocol_only_where_it_is_not_the_first() {
    let encoded = |protocol| {
        let mut request = get_assertion::Request::new(rp_id("a"), [0; 32]);
        request.hmac_secret = Some(get_assertion::HmacSecret {
            key_agreement: cbor::map([(1, Value::from(2))]),
            salt_enc: bytes("aabb"),
            salt_auth: bytes("cc"),
            protocol,
        });
        hex::encode(&request.encode(None))
    };
    let input = "04a16b686d61632d736563726574";
    let one = format!("{input}a301a101020242aabb0341cc");
    let two = format!("{input}a401a101020242aabb0341cc0402");
    assert!(encoded(PinUvAuthProtocol::One).ends_with(&one));
    assert!(encoded(PinUvAuthProtocol::Two).ends_with(&two));
}

#[test]
fn client_pin_subcommands_have_the_members_of_the_specification() {
    use client_pin::Request;
    let encode = |request: Request| hex::encode(&request.encode(PinUvAuthProtocol::Two));
    let key_agreement = || Value::Map(Vec::new());
    assert_eq!(encode(Request::GetPinRetries), "06a201020201");
    assert_eq!(encode(Request::GetKeyAgreement), "06a201020202");
    assert_eq!(encode(Request::GetUvRetries), "06a201020207");
    assert_eq!(
        encode(Request::SetPin {
            key_agreement: key_agreement(),
            new_pin_enc: vec![5],
            pin_uv_auth_param: vec![4],
        }),
        "06a50102020303a0044104054105"
    );
    assert_eq!(
        encode(Request::ChangePin {
            key_agreement: key_agreement(),
            pin_hash_enc: vec![6],
            new_pin_enc: vec![5],
            pin_uv_auth_param: vec![4],
        }),
        "06a60102020403a0044104054105064106"
    );
    assert_eq!(
        encode(Request::GetPinToken {
            key_agreement: key_agreement(),
            pin_hash_enc: vec![6],
        }),
        "06a40102020503a0064106"
    );
    assert_eq!(
        encode(Request::GetPinUvAuthTokenUsingUvWithPermissions {
            key_agreement: key_agreement(),
            permissions: Permissions::CM,
            rp_id: None,
        }),
        "06a40102020603a00904"
    );
    assert_eq!(
        encode(Request::GetPinUvAuthTokenUsingPinWithPermissions {
            key_agreement: key_agreement(),
            pin_hash_enc: vec![6],
            permissions: Permissions::MC | Permissions::GA,
            rp_id: Some(rp_id("a")),
        }),
        "06a60102020903a006410609030a6161"
    );
}

#[test]
fn credential_management_authenticates_subcommand_and_parameters() {
    use credential_management::Request;
    let auth = param(PinUvAuthProtocol::One, "ee");
    let encode =
        |request: &Request| hex::encode(&request.encode(CREDENTIAL_MANAGEMENT, Some(&auth)));
    let message = |request: &Request| hex::encode(&request.authenticated_message().unwrap());
    assert_eq!(encode(&Request::GetCredsMetadata), "0aa3010103010441ee");
    assert_eq!(message(&Request::GetCredsMetadata), "01");
    assert_eq!(
        Request::EnumerateRpsGetNextRp.encode(CREDENTIAL_MANAGEMENT_PREVIEW, None),
        bytes("41a10103")
    );
    assert_eq!(Request::EnumerateRpsGetNextRp.authenticated_message(), None);
    let hash = "07".repeat(32);
    let begin = Request::EnumerateCredentialsBegin {
        rp_id_hash: [7; 32],
    };
    assert_eq!(
        encode(&begin),
        format!("0aa4010402a1015820{hash}03010441ee")
    );
    assert_eq!(message(&begin), format!("04a1015820{hash}"));
    let delete = Request::DeleteCredential {
        credential: descriptor("aa"),
    };
    assert_eq!(
        message(&delete),
        "06a102a262696441aa64747970656a7075626c69632d6b6579"
    );
    let update = Request::UpdateUserInformation {
        credential: descriptor("aa"),
        user: User {
            id: vec![1],
            name: Some("n".to_owned()),
            display_name: None,
        },
    };
    assert_eq!(
        message(&update),
        "07a202a262696441aa64747970656a7075626c69632d6b657903a26269644101646e616d65616e"
    );
}

#[test]
fn authenticator_config_authenticates_its_prefix_command_and_parameters() {
    use authenticator_config::Request;
    let prefix = "ff".repeat(32);
    let request = Request::SetMinPinLength(MinPinLength {
        new_min_pin_length: Some(8),
        rp_ids: Some(vec![rp_id("a")]),
        force_change_pin: Some(true),
    });
    let parameters = "a301080281616103f5";
    assert_eq!(
        hex::encode(&request.authenticated_message()),
        format!("{prefix}0d03{parameters}")
    );
    let auth = param(PinUvAuthProtocol::Two, "ee");
    assert_eq!(
        hex::encode(&request.encode(Some(&auth))),
        format!("0da4010302{parameters}03020441ee")
    );
    let toggle = Request::ToggleAlwaysUv;
    assert_eq!(toggle.encode(None), bytes("0da10102"));
    assert_eq!(
        hex::encode(&toggle.authenticated_message()),
        format!("{prefix}0d02")
    );
    let enterprise = Request::EnableEnterpriseAttestation;
    assert_eq!(enterprise.encode(None), bytes("0da10101"));
}
