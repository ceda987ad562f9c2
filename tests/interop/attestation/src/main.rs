//! What webauthn-rs makes of registrations: a relying party that demands attestation by the models of FIDO's metadata that
//! are not compromised.
//!
//! usage: webauthn-rs-verdicts PAYLOAD < registrations, one JSON object a line; prints `accepted` or the reason for each

use std::error::Error;
use std::io::BufRead;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fido_mds::FidoMds;
use fido_mds::query::Query;
use serde::Deserialize;
use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AttestationCaList, AuthenticatorAttestationResponseRaw, COSEAlgorithm,
    RegisterPublicKeyCredential,
};

/// A registration; what are bytes is in base64url.
#[derive(Deserialize)]
struct Registration {
    attestation_object: String,
    client_data: String,
    rp_id: String,
}

/// What a relying party takes of the client data: it asked for exactly this.
#[derive(Deserialize)]
struct ClientData {
    challenge: String,
    origin: Url,
}

fn main() -> Result<(), Box<dyn Error>> {
    let payload = std::env::args().nth(1).ok_or("which payload?")?;
    let trusted = trusted(&std::fs::read_to_string(payload)?)?;
    for line in std::io::stdin().lock().lines() {
        match verdict(&serde_json::from_str(&line?)?, &trusted)? {
            Ok(()) => println!("accepted"),
            Err(error) => println!("refused ({error:?})"),
        }
    }
    Ok(())
}

/// The roots of the models, each for its models only.
fn trusted(payload: &str) -> Result<AttestationCaList, Box<dyn Error>> {
    let raw: fido_mds::mds::FidoMds = serde_json::from_str(payload)?;
    let models = FidoMds::from(raw).fido2_query(&Query::exclude_compromised_devices());
    let models = models.ok_or("the payload has no model")?;
    Ok(FidoMds::fido2_to_attestation_ca_list(&models).ok_or("a root is no certificate")?)
}

fn verdict(
    registration: &Registration,
    trusted: &AttestationCaList,
) -> Result<Result<(), WebauthnError>, Box<dyn Error>> {
    let client_data_json = URL_SAFE_NO_PAD.decode(&registration.client_data)?;
    let asked: ClientData = serde_json::from_slice(&client_data_json)?;
    let core = WebauthnCore::new_unsafe_experts_only(
        "test",
        &registration.rp_id,
        vec![asked.origin],
        Duration::from_secs(60),
        None,
        Some(true),
    );
    let builder = core
        .new_challenge_register_builder(&[0], "test", "test")?
        .credential_algorithms(COSEAlgorithm::all_possible_algs());
    let (_, state) = core.generate_challenge_register(builder)?;
    // The library makes its own challenge, and lets nobody set one but in its serialized state.
    let mut state = serde_json::to_value(state)?;
    state["challenge"] = asked.challenge.trim_end_matches('=').into();
    let credential = RegisterPublicKeyCredential {
        id: String::new(),
        raw_id: Vec::new(),
        response: AuthenticatorAttestationResponseRaw {
            attestation_object: URL_SAFE_NO_PAD.decode(&registration.attestation_object)?,
            client_data_json,
            transports: None,
        },
        type_: "public-key".to_owned(),
        extensions: Default::default(),
    };
    let registered =
        core.register_credential(&credential, &serde_json::from_value(state)?, Some(trusted));
    Ok(registered.map(drop))
}
