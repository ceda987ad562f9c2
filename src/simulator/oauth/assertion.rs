//! Client assertions (RFC 7523 §3): a JWT that the application signed with the key of a registered certificate.

use jiff::Timestamp;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use crate::encoding::base64url;
use crate::simulator::oauth::OAuthError;
use crate::simulator::service::Service;
use crate::simulator::tenant::Application;

/// Clocks that differ by less are taken to agree, in seconds.
const SKEW: i64 = 300;

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(rename = "x5t#S256")]
    sha256_thumbprint: Option<String>,
    #[serde(rename = "x5t")]
    sha1_thumbprint: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    aud: String,
    exp: i64,
    nbf: Option<i64>,
    iss: String,
    sub: String,
}

/// Checks an assertion: registered certificate, signature, then every claim.
pub(super) fn verify(
    jwt: &str,
    application: &Application,
    service: &Service,
    now: Timestamp,
) -> Result<(), OAuthError> {
    let mut parts = jwt.split('.');
    let (Some(header), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed());
    };
    let signed = &jwt[..header.len() + 1 + claims.len()];
    let header: Header = decoded(header)?;
    let signature = base64url::decode(signature).map_err(|_| malformed())?;
    let certificate = certificate(&header, application)?;
    verify_signature(&header.alg, &certificate, signed.as_bytes(), &signature)?;
    check_claims(&decoded(claims)?, application, service, now)
}

fn decoded<T: DeserializeOwned>(part: &str) -> Result<T, OAuthError> {
    let bytes = base64url::decode(part).map_err(|_| malformed())?;
    serde_json::from_slice(&bytes).map_err(|_| malformed())
}

/// The registered certificate that the header names by thumbprint.
fn certificate(header: &Header, application: &Application) -> Result<Certificate, OAuthError> {
    let (algorithm, thumbprint) = match (&header.sha256_thumbprint, &header.sha1_thumbprint) {
        (Some(thumbprint), _) => (&SHA256, thumbprint),
        (None, Some(thumbprint)) => (&SHA1_FOR_LEGACY_USE_ONLY, thumbprint),
        (None, None) => {
            return Err(unproven("no thumbprint of the certificate in the header"));
        }
    };
    application
        .certificates
        .iter()
        .find(|der| base64url::encode(digest(algorithm, &der.0).as_ref()) == *thumbprint)
        .and_then(|der| Certificate::from_der(&der.0).ok())
        .ok_or_else(|| unproven("the key was not found by its thumbprint"))
}

fn verify_signature(
    algorithm: &str,
    certificate: &Certificate,
    message: &[u8],
    signature: &[u8],
) -> Result<(), OAuthError> {
    let parameters: &RsaParameters = match algorithm {
        "PS256" => &RSA_PSS_2048_8192_SHA256,
        "RS256" => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(unproven("the algorithm is neither PS256 nor RS256")),
    };
    let key = certificate
        .tbs_certificate()
        .subject_public_key_info()
        .subject_public_key
        .raw_bytes();
    UnparsedPublicKey::new(parameters, key)
        .verify(message, signature)
        .map_err(|_| unproven("the signature does not verify"))
}

fn check_claims(
    claims: &Claims,
    application: &Application,
    service: &Service,
    now: Timestamp,
) -> Result<(), OAuthError> {
    let client_id = application.client_id.to_string();
    let now = now.as_second();
    if claims.iss != client_id || claims.sub != client_id {
        return Err(OAuthError::invalid_client(
            700_021,
            "Client assertion application identifier doesn't match 'client_id' parameter.",
        ));
    }
    if !is_token_endpoint(&claims.aud, service) {
        return Err(OAuthError::invalid_client(
            700_023,
            "Client assertion audience claim does not match Realm issuer.",
        ));
    }
    let not_before = claims.nbf.unwrap_or(now);
    if now.saturating_sub(SKEW) >= claims.exp || not_before > now.saturating_add(SKEW) {
        return Err(OAuthError::invalid_client(
            700_024,
            "Client assertion is not within its valid time range.",
        ));
    }
    Ok(())
}

/// Whether `audience` is this authority's token endpoint or issuer, under any of its loopback names.
fn is_token_endpoint(audience: &str, service: &Service) -> bool {
    let (Ok(audience), Ok(base)) = (Url::parse(audience), Url::parse(&service.base_url)) else {
        return false;
    };
    let loopback = matches!(
        audience.host_str(),
        Some("localhost" | "127.0.0.1" | "[::1]")
    );
    let segments: Vec<&str> = audience.path_segments().into_iter().flatten().collect();
    let tenant_of = match segments.as_slice() {
        [tenant, "oauth2", "v2.0", "token"] | [tenant, "v2.0"] => tenant,
        _ => return false,
    };
    audience.scheme() == "https"
        && loopback
        && audience.port() == base.port()
        && service.tenant.read(|state| state.is_named(tenant_of))
}

fn malformed() -> OAuthError {
    OAuthError::invalid_client(50_027, "JWT token is invalid or malformed.")
}

fn unproven(reason: &str) -> OAuthError {
    OAuthError::invalid_client(
        700_027,
        format!(
            "The certificate with identifier used to sign the client assertion is not registered or its signature is invalid: {reason}."
        ),
    )
}
