//! The ledger: who holds which key, provably. An append-only, hash-chained sequence of small signed JSON objects in a
//! directory or an object store; `docs/ledger-format.md` is normative.
//!
//! Planned surface:
//!
//! ```text
//! // a station: the machine that writes, with an Ed25519 key of its own
//! Station::create(dir: &Path, name: StationName, env: &Env) -> Result<Station, StationError>    // new file, mode 0600
//! Station::open(dir: &Path) -> Result<Station, StationError>
//! StationName: FromStr ([a-z0-9][a-z0-9.-]{0,62}), Display
//! Station: Clone; name(), public_key()
//!
//! // writing: everything there is verified on opening; `station.joined` is appended if the station is new
//! Ledger::open(location: &str, station: &Station, env: Env).await -> Result<Ledger, Error>      // "file:DIR", DIR, "memory:"
//! ledger.append(draft: Draft).await -> Result<Entry, Error>       // &mut self; refuses what the verifier would refuse
//! ledger.refresh().await -> Result<(), Error>                     // &mut self; what other stations wrote meanwhile
//! ledger.head() -> Head {index: u64, hash: EntryHash}             // there is always one: the station's own entry
//! ledger.entries() -> &[Entry]
//! ledger.state() -> &State                                        // keys, open ceremonies, stations
//! ledger.prove(&Draft) -> Result<ProofRequest, Error>             // anchored at the head
//! ledger.verify().await -> Result<Verification, Error>            // reads everything again
//!
//! // reading only, without a station
//! Reader::open(location: &str) -> Result<Reader, Error>
//! reader.entries().await -> Result<Vec<Entry>, Error>
//! reader.state().await -> Result<State, Error>
//! reader.verify().await -> Result<Verification, Error>
//!
//! Draft {kind: Kind, ceremony: Option<Uuid>, body: serde_json::Value, proof: Option<Proof>}
//! Draft::new(event: &Event, ceremony: Option<Uuid>) -> Draft;  draft.with_proof(proof) -> Draft
//! Entry {index, previous: EntryHash, time: Timestamp, station: StationName, kind: Kind, ceremony: Option<Uuid>, body: Value,
//!        proof: Option<Proof>, signature: [u8; 64]};  entry.hash(), entry.as_bytes(), entry.event() -> Result<Option<Event>, _>
//!
//! // a proof: an assertion by an enrolled key, user present and verified, over the ledger's head and the entry's body
//! ProofRequest: rp-independent; client_data_hash() -> [u8; 32]    // to the key, allow list = the credential id
//!               complete(credential_id, authenticator_data, signature: Vec<u8>) -> Proof
//! (the body must be final before the key is asked: it is part of the challenge)
//!
//! // what may happen
//! enum Event {StationJoined, EnrollIntended, EnrollPinSet, EnrollCredentialCreated, EnrollRegistered, KeyEnrolled,
//!             EnrollFailed, EnrollUndone, KeyChecked}             // each with a body struct of the same name
//! enum Kind  {the same, Unknown(String)}                          // "enroll.pin_set"; as_str(), FromStr
//! EnrollIntended          {label, account: Account {id, upn}, tenant, rp_id: RpId, key: KeyDescription}
//! EnrollPinSet            {label}
//! EnrollCredentialCreated {label, rp_id, credential_id, aaguid, attestation_object, client_data_json}
//! EnrollRegistered        {label, credential_id, method_id}
//! KeyEnrolled             {label, account, tenant, credential_id, public_key, attestation_object, client_data_json, aaguid,
//!                          rp_id, method_id, sign_count: u32, key: KeyDescription {transport, firmware?: String, serial?: String}}
//! EnrollFailed            {label, reached: EnrollStep, code: String, message: String}     // the ceremony stays open
//! EnrollUndone            {label, credential_deleted: bool, method_deleted: bool}          // closes the ceremony
//! KeyChecked              {label, credential_id, passed: bool, findings: Vec<Outcome {subject, verdict, why?}>}
//!                         // passed needs a proof by this credential
//! enroll order: intended → pin_set? → credential_created → registered → key.enrolled; a step may be repeated, never
//! taken back; failed any time while open; undone any time while open.
//!
//! State: keys() -> iterator of &EnrolledKey {index, body: KeyEnrolled, sign_count: u32, last_proof: Option<(u64, Timestamp)>},
//!        key_by_label(&str), key_by_credential(&[u8]), open_ceremonies() -> iterator of &Ceremony {id, kind, step, entries: Vec<u64>},
//!        stations()
//! Verification {entries: u64, head: Option<Head>, failure: Option<Failure {index, defect: Defect}>, warnings: Vec<Warning>, state}
//! ```
