//! The key in hand, through ctap-hid-fido2.

use anyhow::{Context, Result, bail, ensure};
use ctap_hid_fido2::fidokey::{GetAssertionArgsBuilder, MakeCredentialArgsBuilder};
use ctap_hid_fido2::public_key::PublicKey;
use ctap_hid_fido2::{Cfg, FidoKeyHid, FidoKeyHidFactory, HidInfo, HidParam, verifier};

use crate::ledger::Enrolled;

/// A domain that nobody can own (RFC 2606): no credential of anybody is touched.
const TRIAL_RP_ID: &str = "second-opinion.invalid";

pub struct Key {
    device: FidoKeyHid,
    pin: Option<String>,
}

/// What the key's assertion says, after its signature was verified.
pub struct Verified {
    pub user_present: bool,
    pub user_verified: bool,
    pub sign_count: u32,
}

/// One line for each FIDO key on USB.
pub fn list() -> Vec<String> {
    ctap_hid_fido2::get_fidokey_devices()
        .iter()
        .map(describe)
        .collect()
}

fn describe(device: &HidInfo) -> String {
    format!(
        "{} {:04x}:{:04x} {}",
        path(device),
        device.vid,
        device.pid,
        device.product_string
    )
}

fn path(device: &HidInfo) -> &str {
    match &device.param {
        HidParam::Path(path) => path,
        HidParam::VidPid { .. } => "?",
    }
}

impl Key {
    /// The key at this path, or the only one.
    pub fn open(wanted: Option<&str>, pin_protocol: u8, pin: Option<String>) -> Result<Self> {
        let path = match wanted {
            Some(path) => path.to_owned(),
            None => match ctap_hid_fido2::get_fidokey_devices().as_slice() {
                [] => bail!("no FIDO key found"),
                [device] => path(device).to_owned(),
                several => {
                    let lines: Vec<String> = several.iter().map(describe).collect();
                    bail!(
                        "several FIDO keys, choose one with --device:\n{}",
                        lines.join("\n")
                    )
                }
            },
        };
        let mut configuration = Cfg::init().with_keep_alive_msg_to_stderr(true);
        configuration.keep_alive_msg = "touch the key now".to_owned();
        let device =
            FidoKeyHidFactory::create_by_params(&[HidParam::Path(path.clone())], &configuration)
                .with_context(|| format!("open {path}"))?
                .with_pin_protocol_version(pin_protocol);
        Ok(Self { device, pin })
    }

    pub fn info(&self) -> Result<String> {
        Ok(self.device.get_info().context("getInfo")?.to_string())
    }

    /// Makes a credential and asserts with it; fails where a signature does not verify.
    pub fn try_out(&self) -> Result<()> {
        let challenge = verifier::create_challenge();
        let arguments = MakeCredentialArgsBuilder::new(TRIAL_RP_ID, &challenge);
        let arguments = match &self.pin {
            Some(pin) => arguments.pin(pin),
            None => arguments.without_pin_and_uv(),
        };
        let attestation = self
            .device
            .make_credential_with_args(&arguments.build())
            .context("makeCredential")?;
        ensure!(
            attestation.flags.user_present_result,
            "the attestation says that nobody was present"
        );
        let public_key = if attestation.attstmt_x5c.is_empty() {
            // Without a certificate the credential vouches for itself; the assertion below shows the same.
            println!(
                "made a credential, format {}, without certificate",
                attestation.fmt
            );
            attestation.credential_publickey
        } else {
            let verdict = verifier::verify_attestation(TRIAL_RP_ID, &challenge, &attestation);
            ensure!(
                verdict.is_success,
                "the attestation's signature does not verify"
            );
            println!(
                "made a credential, format {}, attestation signature verified",
                attestation.fmt
            );
            verdict.credential_public_key
        };
        let verified = self.assert(
            TRIAL_RP_ID,
            &attestation.credential_descriptor.id,
            &public_key,
        )?;
        println!(
            "asserted, signature verified, sign count {}",
            verified.sign_count
        );
        Ok(())
    }

    /// Fails unless the key signs a fresh challenge with the private key of the enrolled credential.
    pub fn verify(&self, enrolled: &Enrolled) -> Result<Verified> {
        let public_key = PublicKey::new(&enrolled.public_key).context("the ledger's public key")?;
        self.assert(&enrolled.rp_id, &enrolled.credential_id, &public_key)
    }

    fn assert(
        &self,
        rp_id: &str,
        credential_id: &[u8],
        public_key: &PublicKey,
    ) -> Result<Verified> {
        let challenge = verifier::create_challenge();
        let arguments =
            GetAssertionArgsBuilder::new(rp_id, &challenge).credential_id(credential_id);
        let arguments = match &self.pin {
            Some(pin) => arguments.pin(pin),
            None => arguments.without_pin_and_uv(),
        };
        let assertions = self
            .device
            .get_assertion_with_args(&arguments.build())
            .context("getAssertion: the key does not hold the credential, or refuses")?;
        let [assertion] = assertions.as_slice() else {
            bail!("{} assertions for one credential", assertions.len());
        };
        ensure!(
            verifier::verify_assertion(rp_id, public_key, &challenge, assertion),
            "the key's signature does not verify under the public key of the credential"
        );
        ensure!(
            assertion.flags.user_present_result,
            "the assertion says that nobody was present"
        );
        ensure!(
            self.pin.is_none() || assertion.flags.user_verified_result,
            "a PIN was given, but the assertion says that the user was not verified"
        );
        Ok(Verified {
            user_present: assertion.flags.user_present_result,
            user_verified: assertion.flags.user_verified_result,
            sign_count: assertion.sign_count,
        })
    }
}
