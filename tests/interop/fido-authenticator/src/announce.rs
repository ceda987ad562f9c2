//! Makes a lesser key of the firmware: getInfo announces less, and what was not announced is refused.

use ciborium::Value;
use ctaphid_dispatch::app::{App, Command, Error};
use heapless_bytes::BytesView;
use trussed_core::InterruptFlag;

const GET_INFO: u8 = 0x04;
const CLIENT_PIN: u8 = 0x06;
const CREDENTIAL_MANAGEMENT: u8 = 0x0a;
const SELECTION: u8 = 0x0b;
const CONFIG: u8 = 0x0d;
const INVALID_COMMAND: u8 = 0x01;
const INVALID_PARAMETER: u8 = 0x02;
const INVALID_SUBCOMMAND: u8 = 0x3e;

/// Members of getInfo.
const VERSIONS: i128 = 1;
const OPTIONS: i128 = 4;
const PIN_UV_AUTH_PROTOCOLS: i128 = 6;

/// What kind of key to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What the firmware is.
    Whole,
    /// Both PIN/UV auth protocols, the first one preferred.
    OneFirst,
    /// PIN/UV auth protocol one only.
    OneOnly,
    /// From before CTAP 2.1: protocol one, tokens without permissions; neither credential management nor selection.
    Pre21,
}

/// An application in front of the firmware's.
pub struct Lesser<A> {
    pub application: A,
    pub kind: Kind,
}

impl<A: App<'static>> App<'static> for Lesser<A> {
    fn interrupt(&self) -> Option<&'static InterruptFlag> {
        self.application.interrupt()
    }

    fn commands(&self) -> &'static [Command] {
        self.application.commands()
    }

    fn call(
        &mut self,
        command: Command,
        request: &[u8],
        response: &mut BytesView,
    ) -> Result<(), Error> {
        if command == Command::Cbor
            && let Some(status) = self.refusal(request)
        {
            response
                .push(status)
                .expect("a response has room for a byte");
            return Ok(());
        }
        self.application.call(command, request, response)?;
        if command == Command::Cbor && request == [GET_INFO] && self.kind != Kind::Whole {
            let lessened = self.lessen(&response[1..]);
            response.truncate(1);
            response
                .extend_from_slice(&lessened)
                .expect("less is not longer");
        }
        Ok(())
    }
}

impl<A> Lesser<A> {
    fn refusal(&self, request: &[u8]) -> Option<u8> {
        let (command, parameters) = request.split_first()?;
        let old = self.kind == Kind::Pre21;
        match *command {
            CLIENT_PIN => {
                let parameters: Value = ciborium::from_reader(parameters).ok()?;
                let (protocol, subcommand) = (number(&parameters, 1), number(&parameters, 2));
                eprintln!("clientPIN protocol {protocol:?} subcommand {subcommand:?}");
                if (old || self.kind == Kind::OneOnly) && protocol != Some(1) {
                    Some(INVALID_PARAMETER)
                } else {
                    (old && subcommand > Some(5)).then_some(INVALID_SUBCOMMAND)
                }
            }
            CREDENTIAL_MANAGEMENT | SELECTION | CONFIG => old.then_some(INVALID_COMMAND),
            _ => None,
        }
    }

    fn lessen(&self, info: &[u8]) -> Vec<u8> {
        let info = ciborium::from_reader(info).expect("the firmware speaks CBOR");
        let Value::Map(mut members) = info else {
            panic!("getInfo is a map")
        };
        let old = self.kind == Kind::Pre21;
        // Members from 0x09 on came with CTAP 2.1.
        members.retain(|(key, _)| !old || key.as_integer() < Some(9.into()));
        for (key, value) in &mut members {
            match key.as_integer().map(i128::from) {
                Some(PIN_UV_AUTH_PROTOCOLS) if self.kind == Kind::OneFirst => {
                    *value = numbers(&[1, 2])
                }
                Some(PIN_UV_AUTH_PROTOCOLS) => *value = numbers(&[1]),
                Some(VERSIONS) if old => *value = texts(&["U2F_V2", "FIDO_2_0"]),
                Some(OPTIONS) if old => only_old(value),
                _ => {}
            }
        }
        let mut bytes = Vec::new();
        ciborium::into_writer(&Value::Map(members), &mut bytes).expect("memory can be written to");
        bytes
    }
}

/// Leaves the options of CTAP 2.0.
fn only_old(options: &mut Value) {
    let options = options.as_map_mut().expect("options are a map");
    options.retain(|(id, _)| matches!(id.as_text(), Some("rk" | "up" | "plat" | "clientPin")));
}

/// A member of a request that is a small number.
fn number(parameters: &Value, key: u8) -> Option<u8> {
    let member = |(found, _): &&(Value, Value)| found.as_integer() == Some(key.into());
    let (_, value) = parameters.as_map()?.iter().find(member)?;
    value.as_integer()?.try_into().ok()
}

fn numbers(list: &[u8]) -> Value {
    list.iter()
        .copied()
        .map(Value::from)
        .collect::<Vec<_>>()
        .into()
}

fn texts(list: &[&str]) -> Value {
    list.iter()
        .copied()
        .map(Value::from)
        .collect::<Vec<_>>()
        .into()
}
