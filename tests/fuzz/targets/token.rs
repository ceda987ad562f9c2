//! A PIN, the token that it gives, and the pinUvAuthParam of any request: what gets the fuzzer behind the authentication.

use halligan::ctap::command::client_pin::{Permissions, Request, Response};
use halligan::ctap::hid::packet::command::CBOR;
use halligan::ctap::pin_protocol::{PinUvAuthProtocol, SharedSecret};
use halligan::encoding::cbor::{self, Value};
use halligan::secret::{Pin, PinUvAuthToken};
use halligan_fuzz::Host;
use sha2::{Digest, Sha256};

/// To which tokens with `mc` or `ga` are bound.
const RP_ID: &str = "example.com";

pub struct Token {
    protocol: PinUvAuthProtocol,
    token: PinUvAuthToken,
}

impl Token {
    /// Sets a PIN and gets a token for it.
    pub fn obtain(host: &mut Host, second: bool, permissions: u8) -> Self {
        let protocol = match second {
            false => PinUvAuthProtocol::One,
            true => PinUvAuthProtocol::Two,
        };
        let pin = Pin::new("271828").expect("a PIN");
        let (key_agreement, secret) = agree(host, protocol);
        let new_pin_enc = secret.encrypt_new_pin(&pin, &host.env);
        let set_pin = Request::SetPin {
            key_agreement,
            pin_uv_auth_param: secret.authenticate(&new_pin_enc),
            new_pin_enc,
        };
        client_pin(host, &set_pin, protocol);
        let (key_agreement, secret) = agree(host, protocol);
        let permissions = Permissions(permissions);
        let bound = permissions.intersect(Permissions::MC | Permissions::GA);
        let get_token = Request::GetPinUvAuthTokenUsingPinWithPermissions {
            key_agreement,
            pin_hash_enc: secret.encrypt_pin_hash(&pin, &host.env),
            permissions,
            rp_id: bound.then(|| RP_ID.parse().expect("a domain")),
        };
        let encrypted = client_pin(host, &get_token, protocol).pin_uv_auth_token();
        let token = secret.decrypt_token(&encrypted.expect("a token"));
        Self {
            protocol,
            token: token.expect("of its length"),
        }
    }

    /// The same request with the pinUvAuthParam that its other members need; `None` for one that has none.
    pub fn authenticate(&self, request: &[u8]) -> Option<Vec<u8>> {
        let (&command, parameters) = request.split_first()?;
        let Ok(Value::Map(mut members)) = cbor::decode(parameters) else {
            return None;
        };
        let (message, param, protocol) = authenticated(command, &members)?;
        let (param, protocol) = (Value::from(param), Value::from(protocol));
        members.retain(|(key, _)| *key != param && *key != protocol);
        let proof = self.protocol.authenticate(&self.token, &message);
        members.push((param, Value::Bytes(proof.bytes)));
        members.push((protocol, self.protocol.number().into()));
        let parameters = cbor::encode(&Value::Map(members));
        Some([&[command], parameters.as_slice()].concat())
    }
}

/// What a command's pinUvAuthParam authenticates, and the keys of that member and of pinUvAuthProtocol.
fn authenticated(command: u8, members: &[(Value, Value)]) -> Option<(Vec<u8>, u8, u8)> {
    let member = |key: u8| cbor::get(members, &Value::from(key));
    let bytes = |key| {
        member(key)
            .and_then(Value::as_bytes)
            .cloned()
            .unwrap_or_default()
    };
    let encoded = |key| member(key).map(cbor::encode).unwrap_or_default();
    // Of subcommands and modalities, which are less than 24, the number is the encoding.
    let number = encoded;
    Some(match command {
        0x01 => (bytes(1), 8, 9),
        0x02 => (bytes(2), 6, 7),
        0x09 | 0x40 => ([number(1), number(2), encoded(3)].concat(), 5, 4),
        0x0a | 0x41 => ([number(1), encoded(2)].concat(), 4, 3),
        0x0c => (large_blob_write(member(3), &bytes(2)), 5, 6),
        0x0d => (
            [vec![0xff; 32], vec![0x0d], number(1), encoded(2)].concat(),
            4,
            3,
        ),
        _ => return None,
    })
}

fn large_blob_write(offset: Option<&Value>, part: &[u8]) -> Vec<u8> {
    let offset = offset.and_then(Value::as_integer);
    let offset = offset.and_then(|offset| u32::try_from(offset).ok());
    [
        [0xff; 32].as_slice(),
        &[0x0c, 0x00],
        &offset.unwrap_or_default().to_le_bytes(),
        &Sha256::digest(part),
    ]
    .concat()
}

fn agree(host: &mut Host, protocol: PinUvAuthProtocol) -> (Value, SharedSecret) {
    let answer = client_pin(host, &Request::GetKeyAgreement, protocol);
    let peer = answer.key_agreement().expect("a key");
    SharedSecret::encapsulate(protocol, &peer, &host.env).expect("an agreement")
}

fn client_pin(host: &mut Host, request: &Request, protocol: PinUvAuthProtocol) -> Response {
    let answer = host.call(CBOR, &request.encode(protocol));
    let (status, cbor) = answer.split_first().expect("a status");
    assert_eq!(*status, 0, "{}", request.name());
    Response::decode(request.name(), cbor).expect("an answer")
}
