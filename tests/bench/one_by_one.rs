//! A batch without addresses: keys that a script plugs in and pulls out, as a person would at a USB socket.

use std::collections::VecDeque;
use std::sync::Mutex;

use halligan::ceremony::Error;
use halligan::ceremony::batch::{self, Common, Connected, Resolved, Workshop};
use halligan::ceremony::enroll::{Enrolled, Request, Terms};
use halligan::ceremony::interaction::Interaction;
use halligan::ctap::Cancel;
use halligan::ctap::hid::Address;
use halligan::env::Env;
use halligan::ledger::{KeySettings, Ledger};

use super::{InProcess, Key, Person};

/// What is plugged in, look after look; the last look stays.
type Looks<'a> = VecDeque<Vec<&'a Key>>;

/// How a batch without addresses went.
pub(crate) struct OneByOne {
    /// What became of each key, by its place in the plan.
    pub(crate) ended: Vec<(usize, Result<Enrolled, Error>)>,
    /// Which labels a key was asked for.
    pub(crate) asked_for: Vec<String>,
}

impl InProcess<'_> {
    /// Enrols the keys of a plan as these come and go.
    pub(crate) fn one_by_one(&self, plan: &str, looks: Looks<'_>) -> OneByOne {
        let (env, client, cancel) = (Env::system(), self.client(), Cancel::default());
        let socket = Socket {
            parties: self,
            keys: looks.iter().flatten().copied().collect(),
            looks: Mutex::new(looks),
            ended: Mutex::default(),
            asked_for: Mutex::default(),
        };
        self.runtime().block_on(async {
            let ledger = socket.ledger().await.unwrap();
            let plan = batch::parse(plan).unwrap();
            let resolution = batch::resolve(plan, ledger.state(), &client, false)
                .await
                .unwrap();
            let common = Common {
                resolution: &resolution,
                tenant: &client,
                cancel: &cancel,
                env: &env,
            };
            let places: Vec<usize> = (0..resolution.lines.len()).collect();
            batch::one_by_one(&places, common, &socket).await.unwrap();
        });
        OneByOne {
            ended: socket.ended.into_inner().unwrap(),
            asked_for: socket.asked_for.into_inner().unwrap(),
        }
    }
}

struct Socket<'a> {
    parties: &'a InProcess<'a>,
    keys: Vec<&'a Key>,
    looks: Mutex<Looks<'a>>,
    ended: Mutex<Vec<(usize, Result<Enrolled, Error>)>>,
    asked_for: Mutex<Vec<String>>,
}

impl Workshop for Socket<'_> {
    type Error = Error;

    fn open(&self, address: &Address) -> Result<Connected, Error> {
        let mut keys = self.keys.iter();
        let key = keys
            .find(|key| key.address() == address.to_string())
            .unwrap();
        Ok(Connected {
            authenticator: key.open(),
            transport: address.to_string(),
            serial: None,
        })
    }

    fn plugged_in(&self) -> Result<Vec<Address>, Error> {
        let mut looks = self.looks.lock().unwrap();
        let now = match looks.len() {
            1 => looks.front().cloned(),
            _ => looks.pop_front(),
        };
        let keys = now.unwrap();
        Ok(keys
            .iter()
            .map(|key| key.address().parse().unwrap())
            .collect())
    }

    async fn ledger(&self) -> Result<Ledger, Error> {
        Ok(self.parties.ledger().await?)
    }

    fn person(&self, _label: &str) -> Box<dyn Interaction + '_> {
        Box::new(Person::new())
    }

    fn insert_key(&self, label: &str) {
        self.asked_for.lock().unwrap().push(label.to_owned());
    }

    fn request(&self, line: &Resolved, key: &Connected) -> Request {
        Request {
            account: line.key.account.clone(),
            label: line.key.label.clone(),
            tenant: "the bench's".to_owned(),
            transport: key.transport.clone(),
            settings: KeySettings::default(),
            custody: None,
            generate: None,
            custodians: None,
            terms: Terms::default(),
            skip_preflight: false,
            dry_run: false,
        }
    }

    fn ended(&self, index: usize, result: Result<Enrolled, Error>) {
        self.ended.lock().unwrap().push((index, result));
    }
}
