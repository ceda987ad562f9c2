//! Requests, member by member, so that a test can leave out or spoil any of them.

use super::host::{Answer, CLIENT_DATA_HASH, Host, RP_ID, Token};
use crate::encoding::cbor::{self, Value};

/// A makeCredential request, to be changed by tests.
pub(super) struct Create {
    pub(super) members: Vec<(i32, Value)>,
}

impl Create {
    pub(super) fn new() -> Self {
        Self::for_user(RP_ID, b"user")
    }

    pub(super) fn for_user(rp_id: &str, user_id: &[u8]) -> Self {
        let rp = cbor::map([("id", Value::from(rp_id)), ("name", Value::from("An RP"))]);
        let user = cbor::map([
            ("id", Value::Bytes(user_id.to_vec())),
            ("name", Value::from("bg1@contoso.example")),
            ("displayName", Value::from("Break Glass")),
        ]);
        Self {
            members: vec![
                (1, Value::Bytes(CLIENT_DATA_HASH.to_vec())),
                (2, rp),
                (3, user),
                (4, algorithms(&[-7])),
            ],
        }
    }

    pub(super) fn with(mut self, key: i32, value: Value) -> Self {
        self.members.retain(|(known, _)| *known != key);
        self.members.push((key, value));
        self
    }

    pub(super) fn without(mut self, key: i32) -> Self {
        self.members.retain(|(known, _)| *known != key);
        self
    }

    pub(super) fn discoverable(self) -> Self {
        self.with(7, cbor::map([("rk", Value::Bool(true))]))
    }

    pub(super) fn authorized(self, token: &Token) -> Self {
        self.with(8, Value::Bytes(token.authenticate(&CLIENT_DATA_HASH)))
            .with(9, Value::from(token.protocol))
    }

    pub(super) fn send(&self, host: &mut Host) -> Result<Answer, u8> {
        host.call(0x01, &cbor::map(self.members.clone()))
    }
}

/// A getAssertion request, to be changed by tests.
pub(super) struct Assert {
    pub(super) members: Vec<(i32, Value)>,
}

impl Assert {
    pub(super) fn new() -> Self {
        Self::at(RP_ID)
    }

    pub(super) fn at(rp_id: &str) -> Self {
        Self {
            members: vec![
                (1, Value::from(rp_id)),
                (2, Value::Bytes(CLIENT_DATA_HASH.to_vec())),
            ],
        }
    }

    pub(super) fn with(mut self, key: i32, value: Value) -> Self {
        self.members.retain(|(known, _)| *known != key);
        self.members.push((key, value));
        self
    }

    pub(super) fn allow(self, ids: &[&[u8]]) -> Self {
        self.with(3, descriptors(ids))
    }

    pub(super) fn authorized(self, token: &Token) -> Self {
        self.with(6, Value::Bytes(token.authenticate(&CLIENT_DATA_HASH)))
            .with(7, Value::from(token.protocol))
    }

    pub(super) fn send(&self, host: &mut Host) -> Result<Answer, u8> {
        host.call(0x02, &cbor::map(self.members.clone()))
    }
}

pub(super) fn algorithms(identifiers: &[i64]) -> Value {
    let params = identifiers.iter().map(|identifier| {
        cbor::map([
            ("alg", Value::from(*identifier)),
            ("type", Value::from("public-key")),
        ])
    });
    Value::Array(params.collect())
}

pub(super) fn descriptors(ids: &[&[u8]]) -> Value {
    let descriptors = ids.iter().map(|id| {
        cbor::map([
            ("id", Value::Bytes(id.to_vec())),
            ("type", Value::from("public-key")),
        ])
    });
    Value::Array(descriptors.collect())
}
