//! ID tokens (OpenID Connect Core §2) in the v2.0 format, signed with RS256, and the keys with which they verify.

use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::encoding::base64url;
use crate::simulator::oauth::access_token::{self, LIFETIME};
use crate::simulator::tenant::{Application, State, User};

/// Private keys (PKCS #1, 2048 bits) that every simulated tenant shares. They are public, like all of this repository: a
/// token that they sign proves nothing but that a simulator made it, which is all that a test wants. They are fixed because
/// finding primes takes seconds where nothing is optimized.
const KEYS: [&[u8]; 3] = [
    include_bytes!("key-1.der"),
    include_bytes!("key-2.der"),
    include_bytes!("key-3.der"),
];

/// What an ID token says.
pub(super) struct IdToken<'a> {
    pub(super) application: &'a Application,
    pub(super) user: &'a User,
    pub(super) nonce: Option<&'a str>,
    pub(super) issuer: &'a str,
    /// `uti`
    pub(super) token_id: &'a str,
}

impl IdToken<'_> {
    /// The token, with the key that signs now.
    pub(super) fn sign(&self, state: &State, now: Timestamp) -> String {
        let key = key(state.id_token_key);
        let header = json!({"typ": "JWT", "alg": "RS256", "kid": key_id(&key)});
        let claims = self.claims(state, now.as_second());
        let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let mut signature = vec![0; key.public().modulus_len()];
        // PKCS #1 v1.5 draws nothing at random.
        key.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut signature,
        )
        .expect("the buffer is as long as the modulus");
        format!("{signed}.{}", base64url::encode(&signature))
    }

    fn claims(&self, state: &State, seconds: i64) -> Value {
        let (user, application) = (self.user, self.application);
        let pairwise = [
            user.id.as_bytes().as_slice(),
            application.client_id.as_bytes(),
        ];
        let mut claims = json!({
            "aud": application.client_id,
            "iss": self.issuer,
            "iat": seconds,
            "nbf": seconds,
            "exp": seconds + LIFETIME,
            "name": user.display_name,
            "oid": user.id,
            "preferred_username": user.user_principal_name,
            "sub": base64url::encode(&Sha256::digest(pairwise.concat())),
            "tid": state.tenant_id,
            "uti": self.token_id,
            "ver": "2.0",
        });
        if let Some(nonce) = self.nonce {
            claims["nonce"] = nonce.into();
        }
        claims
    }
}

/// The JSON Web Key Set (RFC 7517): the key that signs ID tokens now, the one that will next, and the one of access tokens.
pub(super) fn key_set(state: &State) -> Value {
    let [now, next] = [0, 1].map(|later| public_key(&key(state.id_token_key.wrapping_add(later))));
    json!({"keys": [now, next, access_token::public_key(state)]})
}

/// From one key to the next and around.
fn key(number: usize) -> RsaKeyPair {
    let der = KEYS[number % KEYS.len()];
    RsaKeyPair::from_der(der).expect("the embedded keys are RSA keys")
}

fn public_key(key: &RsaKeyPair) -> Value {
    let numbers = PublicKeyComponents::<Vec<u8>>::from(key.public());
    json!({
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": key_id(key),
        "n": base64url::encode(&numbers.n),
        "e": base64url::encode(&numbers.e),
    })
}

fn key_id(key: &RsaKeyPair) -> String {
    base64url::encode(&Sha256::digest(key.public().as_ref())[..20])
}
