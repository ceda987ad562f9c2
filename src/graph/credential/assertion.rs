//! A client assertion (RFC 7523): a short-lived JWT, signed by the private key of a certificate that is registered with
//! the application. PS256 and `x5t#S256`, as Microsoft documents it; the signature is ring's.

use std::fmt;

use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{KeyPair as _, RSA_PSS_SHA256};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use sha2::{Digest, Sha256};
use x509_cert::der::Decode;

use crate::encoding::base64url;
use crate::env::Env;
use crate::secret::ClientSecret;

/// How long an assertion lives, in seconds.
const LIFETIME: i64 = 300;
/// How far the authority's clock may be behind ours, in seconds.
const CLOCK_SKEW: i64 = 30;

/// Why a PEM text cannot be an application's certificate and private key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// No certificate, or one that is not X.509.
    #[error("the PEM text holds no readable certificate")]
    Certificate,
    /// The private key is not the first certificate's.
    #[error("the private key does not belong to the first certificate")]
    KeyMismatch,
    /// No private key, or not RSA of 2048 to 8192 bits in PKCS#8 or PKCS#1 without a passphrase.
    #[error("the PEM text holds no usable RSA private key: {0}")]
    PrivateKey(String),
    /// Signing failed.
    #[error("the assertion could not be signed")]
    Signing,
}

/// Makes assertions for one application.
pub struct Assertion {
    key: KeyPair,
    thumbprint: String,
    client_id: String,
    audience: String,
    env: Env,
}

impl Assertion {
    /// Takes the certificate (the first one, if a chain follows) and its RSA private key from one PEM text.
    /// `audience` is the authority's token endpoint.
    ///
    /// # Errors
    /// When either is missing, or they do not belong together.
    pub fn from_pem(
        pem: &ClientSecret,
        client_id: String,
        audience: String,
        env: Env,
    ) -> Result<Self, CertificateError> {
        let pem = pem.expose().as_bytes();
        let certificate = CertificateDer::pem_slice_iter(pem)
            .next()
            .and_then(Result::ok)
            .ok_or(CertificateError::Certificate)?;
        let key = private_key(pem)?;
        let parsed = x509_cert::Certificate::from_der(&certificate)
            .map_err(|_| CertificateError::Certificate)?;
        let spki = parsed.tbs_certificate().subject_public_key_info();
        if spki.subject_public_key.raw_bytes() != key.public_key().as_ref() {
            return Err(CertificateError::KeyMismatch);
        }
        Ok(Self {
            key,
            thumbprint: base64url::encode(&Sha256::digest(&certificate)),
            client_id,
            audience,
            env,
        })
    }

    /// A new assertion, good for five minutes and one token request.
    ///
    /// # Errors
    /// When the operating system's randomness fails.
    pub fn sign(&self) -> Result<String, CertificateError> {
        let now = self.env.now().as_second();
        let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint});
        let claims = json!({
            "aud": self.audience,
            "iss": self.client_id,
            "sub": self.client_id,
            "jti": self.env.uuid().to_string(),
            "iat": now,
            "nbf": now - CLOCK_SKEW,
            "exp": now + LIFETIME,
        });
        let part = |value: serde_json::Value| base64url::encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        // The salt has to be ring's own randomness: its interface takes no other.
        self.key
            .sign(
                &RSA_PSS_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .map_err(|_| CertificateError::Signing)?;
        Ok(format!("{signed}.{}", base64url::encode(&signature)))
    }
}

fn private_key(pem: &[u8]) -> Result<KeyPair, CertificateError> {
    let unusable = |reason: String| CertificateError::PrivateKey(reason);
    let rejected = |error: ring::error::KeyRejected| unusable(error.to_string());
    match PrivateKeyDer::from_pem_slice(pem) {
        Ok(PrivateKeyDer::Pkcs8(key)) => {
            KeyPair::from_pkcs8(key.secret_pkcs8_der()).map_err(rejected)
        }
        Ok(PrivateKeyDer::Pkcs1(key)) => {
            KeyPair::from_der(key.secret_pkcs1_der()).map_err(rejected)
        }
        Ok(_) => Err(unusable("another kind of key".to_owned())),
        Err(error) => Err(unusable(error.to_string())),
    }
}

/// Without the key and without the assertion.
impl fmt::Debug for Assertion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Assertion")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl ClientAssertion for Assertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.sign().map_err(|error| {
            azure_core::Error::new(azure_core::error::ErrorKind::Credential, error)
        })
    }
}
