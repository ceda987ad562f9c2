//! The emulated key against soft-fido2, in one process and in turns: how many credentials each makes, and how often each signs, in
//! a second, each time with a key agreement and a pinUvAuthToken of its own, as platforms do it. The platform's side is the
//! same code for both. `run` builds this beside soft-fido2 in a scratch folder; it is not part of the project's build.
//!
//! Only the time inside the authenticator counts. soft-fido2 is handed whole CTAP messages; the emulated key gets 64-byte reports,
//! and its framing counts as its own work.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use halligan::ctap::command::client_pin::{self, Permissions};
use halligan::ctap::command::{
    CredentialDescriptor, RelyingParty, User, get_assertion, make_credential,
};
use halligan::ctap::hid::packet::{Assembler, ChannelId, Packet, command, split};
use halligan::ctap::pin_protocol::{PinUvAuthParam, PinUvAuthProtocol, SharedSecret};
use halligan::emulator::Emulator;
use halligan::emulator::profile::Profile;
use halligan::encoding::cbor::Value;
use halligan::env::Env;
use halligan::secret::Pin;
use halligan::webauthn::RpId;
use p256::ecdsa::signature::Signer;

const PROTOCOL: PinUvAuthProtocol = PinUvAuthProtocol::Two;
const PIN: &str = "495061";
/// Each authenticator gets a slice of time in turn, so that a noisy machine is noisy for both.
const SLICE: Duration = Duration::from_millis(500);
const ROUNDS: usize = 8;
/// Accounts of the credentials: as many discoverable ones lie on the key while it works.
const ACCOUNTS: u64 = 20;

/// Something that answers CTAP messages: command byte and CBOR in, status byte and CBOR out.
trait Authenticator {
    fn exchange(&mut self, message: &[u8]) -> Vec<u8>;
}

/// An authenticator with a stopwatch.
struct Timed {
    authenticator: Box<dyn Authenticator>,
    spent: Duration,
}

impl Timed {
    /// What follows the status byte, which must be CTAP2_OK.
    fn call(&mut self, message: &[u8]) -> Vec<u8> {
        let start = Instant::now();
        let mut answer = self.authenticator.exchange(message);
        self.spent += start.elapsed();
        assert_eq!(answer[0], 0, "command {:#04x} is refused", message[0]);
        answer.split_off(1)
    }
}

struct Emulated {
    emulator: Emulator,
    cid: ChannelId,
}

impl Emulated {
    fn open() -> Self {
        let emulator = Emulator::in_memory(Env::system(), Profile::default()).expect("a key");
        let mut key = Self {
            emulator,
            cid: ChannelId::BROADCAST,
        };
        let answer = key.call(command::INIT, &[0; 8]);
        key.cid = ChannelId(answer[8..12].try_into().expect("four bytes"));
        key
    }

    fn call(&mut self, command: u8, payload: &[u8]) -> Vec<u8> {
        for report in split(self.cid, command, payload).expect("a short message") {
            self.emulator.handle_report(&report);
        }
        let mut assembler = Assembler::default();
        loop {
            let report = self.emulator.poll().expect("a key touched at once answers");
            let message = assembler.push(&Packet::parse(&report)).expect("in order");
            // A keep-alive is no answer.
            if let Some(message) = message.filter(|message| message.command == command) {
                return message.payload;
            }
        }
    }
}

impl Authenticator for Emulated {
    fn exchange(&mut self, message: &[u8]) -> Vec<u8> {
        self.call(command::CBOR, message)
    }
}

/// soft-fido2's storage: a map in memory, and consent at once.
#[derive(Clone, Default)]
struct Callbacks(Arc<Mutex<HashMap<Vec<u8>, soft_fido2::Credential>>>);

impl soft_fido2::AuthenticatorCallbacks for Callbacks {
    fn request_up(
        &self,
        _: &str,
        _: Option<&str>,
        _: &str,
    ) -> soft_fido2::Result<soft_fido2::UpResult> {
        Ok(soft_fido2::UpResult::Accepted)
    }

    fn request_uv(
        &self,
        _: &str,
        _: Option<&str>,
        _: &str,
    ) -> soft_fido2::Result<soft_fido2::UvResult> {
        Ok(soft_fido2::UvResult::Accepted)
    }

    fn write_credential(&self, credential: &soft_fido2::CredentialRef) -> soft_fido2::Result<()> {
        let mut stored = self.0.lock().expect("no panic");
        // One credential for each account, as a key keeps them.
        stored.retain(|_, other| other.user.id != credential.user_id);
        stored.insert(credential.id.to_vec(), credential.to_owned());
        Ok(())
    }

    fn read_credential(&self, id: &[u8]) -> soft_fido2::Result<Option<soft_fido2::Credential>> {
        Ok(self.0.lock().expect("no panic").get(id).cloned())
    }

    fn delete_credential(&self, id: &[u8]) -> soft_fido2::Result<()> {
        self.0.lock().expect("no panic").remove(id);
        Ok(())
    }

    fn list_credentials(
        &self,
        rp_id: &str,
        user_id: Option<&[u8]>,
    ) -> soft_fido2::Result<Vec<soft_fido2::Credential>> {
        let stored = self.0.lock().expect("no panic");
        let wanted = stored.values().filter(|credential| {
            credential.rp.id == rp_id && user_id.is_none_or(|id| credential.user.id == id)
        });
        Ok(wanted.cloned().collect())
    }

    fn enumerate_rps(&self) -> soft_fido2::Result<Vec<(String, Option<String>, usize)>> {
        Ok(Vec::new())
    }

    fn credential_count(&self) -> soft_fido2::Result<usize> {
        Ok(self.0.lock().expect("no panic").len())
    }

    fn get_timestamp_ms(&self) -> u64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        u64::try_from(now.expect("after 1970").as_millis()).expect("before the year 584 million")
    }
}

struct Peer(soft_fido2::Authenticator<Callbacks>);

impl Peer {
    fn open() -> Self {
        let options = soft_fido2::AuthenticatorOptions::new()
            .with_resident_keys(true)
            .with_client_pin(Some(false))
            .with_pin_uv_auth_token(Some(true));
        let config = soft_fido2::AuthenticatorConfig::builder()
            .max_credentials(100)
            .force_resident_keys(false)
            .options(options)
            .build();
        let authenticator = soft_fido2::Authenticator::with_config(Callbacks::default(), config);
        Self(authenticator.expect("an authenticator"))
    }
}

impl Authenticator for Peer {
    fn exchange(&mut self, message: &[u8]) -> Vec<u8> {
        let mut response = Vec::new();
        self.0.handle(message, &mut response).expect("an answer");
        response
    }
}

/// The platform's side of one authenticator.
struct Platform {
    authenticator: Timed,
    env: Env,
    pin: Pin,
    accounts: u64,
}

impl Platform {
    fn new(authenticator: Box<dyn Authenticator>) -> Self {
        let mut authenticator = Timed {
            authenticator,
            spent: Duration::ZERO,
        };
        let env = Env::system();
        let pin = Pin::new(PIN).expect("a PIN");
        let (key_agreement, secret) = agree(&mut authenticator, &env);
        let new_pin_enc = secret.encrypt_new_pin(&pin, &env);
        let request = client_pin::Request::SetPin {
            key_agreement,
            pin_uv_auth_param: secret.authenticate(&new_pin_enc),
            new_pin_enc,
        };
        authenticator.call(&request.encode(PROTOCOL));
        Self {
            authenticator,
            env,
            pin,
            accounts: 0,
        }
    }

    fn pin_uv_auth_param(&mut self, permissions: Permissions, hash: &[u8; 32]) -> PinUvAuthParam {
        let (key_agreement, secret) = agree(&mut self.authenticator, &self.env);
        let request = client_pin::Request::GetPinUvAuthTokenUsingPinWithPermissions {
            key_agreement,
            pin_hash_enc: secret.encrypt_pin_hash(&self.pin, &self.env),
            permissions,
            rp_id: Some(rp_id()),
        };
        let answer = self.authenticator.call(&request.encode(PROTOCOL));
        let response = client_pin::Response::decode("clientPIN", &answer).expect("a response");
        let encrypted = response.pin_uv_auth_token().expect("a token");
        let token = secret.decrypt_token(&encrypted).expect("a token");
        PROTOCOL.authenticate(&token, hash)
    }

    /// How long the authenticator worked on it.
    fn timed(&mut self, operation: impl FnOnce(&mut Self)) -> Duration {
        self.authenticator.spent = Duration::ZERO;
        operation(self);
        self.authenticator.spent
    }

    fn make_credential(&mut self, rk: bool) -> Vec<u8> {
        self.accounts += 1;
        let user = User {
            id: (self.accounts % ACCOUNTS).to_be_bytes().to_vec(),
            name: Some("bg1@contoso.onmicrosoft.com".to_owned()),
            display_name: Some("Emergency Access 1".to_owned()),
        };
        let rp = RelyingParty {
            id: rp_id(),
            name: Some("Microsoft".to_owned()),
        };
        let hash = [1; 32];
        let request = make_credential::Request {
            rk: Some(rk),
            ..make_credential::Request::new(hash, rp, user)
        };
        let auth = self.pin_uv_auth_param(Permissions::MC, &hash);
        self.authenticator.call(&request.encode(Some(&auth)))
    }

    fn get_assertion(&mut self, id: &[u8]) {
        let hash = [2; 32];
        let request = get_assertion::Request {
            allow_list: vec![CredentialDescriptor { id: id.to_vec() }],
            ..get_assertion::Request::new(rp_id(), hash)
        };
        let auth = self.pin_uv_auth_param(Permissions::GA, &hash);
        self.authenticator.call(&request.encode(Some(&auth)));
    }
}

fn agree(authenticator: &mut Timed, env: &Env) -> (Value, SharedSecret) {
    let answer = authenticator.call(&client_pin::Request::GetKeyAgreement.encode(PROTOCOL));
    let response = client_pin::Response::decode("clientPIN", &answer).expect("a response");
    let peer = response.key_agreement().expect("a COSE_Key");
    SharedSecret::encapsulate(PROTOCOL, &peer, env).expect("a shared secret")
}

fn rp_id() -> RpId {
    "login.microsoft.com".parse().expect("a domain")
}

/// One of the things that are compared: does its work once, and says how long that took.
type Operation<'a> = &'a mut dyn FnMut() -> Duration;

/// How often the operation is done in a second, from one slice of time.
fn rate(operation: Operation<'_>) -> f64 {
    let start = Instant::now();
    let mut spent = Duration::ZERO;
    let mut done = 0_u32;
    while start.elapsed() < SLICE {
        spent += operation();
        done += 1;
    }
    f64::from(done) / spent.as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Rates of several operations, measured in turns; medians over the rounds.
fn in_turns<const N: usize>(mut operations: [Operation<'_>; N]) -> [f64; N] {
    let mut rates: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (rates, operation) in rates.iter_mut().zip(&mut operations) {
            rates.push(rate(*operation));
        }
    }
    rates.map(median)
}

fn report(what: &str, [ours, theirs, limit]: [f64; 3], limit_is: &str) {
    println!(
        "{what:<40} {ours:>7.0}/s {theirs:>7.0}/s   ratio {:.2}   {:.0} % of the limit ({limit_is}: {limit:.0}/s)",
        ours / theirs,
        100.0 * ours / limit
    );
}

fn main() {
    let mut ours = Platform::new(Box::new(Emulated::open()));
    let mut theirs = Platform::new(Box::new(Peer::open()));
    let signing_key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).expect("a scalar");
    let mut sign = || {
        let start = Instant::now();
        let _: p256::ecdsa::Signature = std::hint::black_box(signing_key.sign(&[3; 200]));
        start.elapsed()
    };
    println!("{:<40} {:>9} {:>9}", "", "emulator", "soft-fido2");
    for (name, rk) in [
        ("makeCredential with PIN token", false),
        ("makeCredential with PIN token, rk", true),
    ] {
        let rates = in_turns([
            &mut || ours.timed(|platform| drop(platform.make_credential(rk))),
            &mut || theirs.timed(|platform| drop(platform.make_credential(rk))),
            &mut sign,
        ]);
        report(name, rates, "one ECDSA signature");
    }
    let [our_id, their_id] = [&mut ours, &mut theirs].map(|platform| {
        let answer = platform.make_credential(true);
        let response = make_credential::Response::decode(&answer).expect("a response");
        let data = response.authenticator_data().expect("authenticator data");
        data.attested.expect("a credential").credential_id
    });
    let rates = in_turns([
        &mut || ours.timed(|platform| platform.get_assertion(&our_id)),
        &mut || theirs.timed(|platform| platform.get_assertion(&their_id)),
        &mut sign,
    ]);
    report("getAssertion with PIN token", rates, "one ECDSA signature");
}
