//! `halligan emulator control`

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use crate::cli::{Context, Error, output};
use crate::emulator::control::Request;
use crate::emulator::serve::ListenAddress;
use crate::report::Report;

/// Arguments of `emulator control`.
#[derive(Debug, clap::Args)]
pub(crate) struct Control {
    /// Where `emulator serve --control` listens: unix:PATH
    address: ControlAddress,

    /// state; touch, deny, 'touch-mode ask', 'finger wrong'; power-cycle, unplug, 'unplug 2s', plug; 'fault busy@times:2',
    /// 'set-faults noise', clear-faults, faults; 'advance 10s', erase; 'wait touch-awaited makeCredential 10s', subscribe.
    /// Several are done in order
    #[arg(required = true, value_name = "REQUEST")]
    requests: Vec<Request>,
}

/// `unix:PATH`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ControlAddress(pub(crate) PathBuf);

impl fmt::Display for ControlAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "unix:{}", self.0.display())
    }
}

impl FromStr for ControlAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(ListenAddress::Unix(path)) => Ok(Self(path)),
            _ => Err(format!("{text:?} is not unix:PATH")),
        }
    }
}

/// Why a key could not be controlled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ControlError {
    #[error("the control socket {} broke off before {request} was answered", path.display())]
    BrokeOff {
        path: PathBuf,
        request: &'static str,
    },
    #[error("connect to the control socket {}: {source}", path.display())]
    Connect {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("interrupted before {request} was answered")]
    Interrupted { request: &'static str },
    #[error("{request}: {message}")]
    Refused {
        request: &'static str,
        code: String,
        message: String,
    },
    #[error("the control socket answers {request} with something else than a JSON object a line")]
    Unreadable { request: &'static str },
}

pub(super) async fn run(control: &Control, context: &Context) -> Result<(), Error> {
    let subscribes = |request: &Request| matches!(request, Request::Subscribe { .. });
    if context.global.json && control.requests.iter().any(subscribes) {
        let message = "subscribe: events have no end, and --json is one document; without it each event is a JSON object on a line";
        return Err(Error::Usage(message.to_owned()));
    }
    let mut connection = Connection::open(&control.address.0).await?;
    let mut answers = Vec::new();
    for request in &control.requests {
        let interrupted = ControlError::Interrupted {
            request: request.word(),
        };
        let answer = tokio::select! {
            answer = connection.ask(request) => answer?,
            () = context.interrupt.clone().raised() => return Err(interrupted.into()),
        };
        if context.global.json {
            answers.push(answer);
        } else if !output::line_for_reader(&answer.to_string()).map_err(Error::Output)? {
            return Ok(());
        }
    }
    if control.requests.iter().any(subscribes) {
        return connection.print_events(context).await;
    }
    if context.global.json {
        let body = json!({"answers": answers});
        let report = Report::new("halligan.emulator.control/1", true, body, String::new());
        output::result(&context.global, &report)?;
    }
    Ok(())
}

struct Connection {
    path: PathBuf,
    lines: Lines<BufReader<OwnedReadHalf>>,
    writer: OwnedWriteHalf,
}

impl Connection {
    async fn open(path: &Path) -> Result<Self, ControlError> {
        let stream = UnixStream::connect(path)
            .await
            .map_err(|source| ControlError::Connect {
                path: path.to_owned(),
                source,
            })?;
        let (reader, writer) = stream.into_split();
        Ok(Self {
            path: path.to_owned(),
            lines: BufReader::new(reader).lines(),
            writer,
        })
    }

    /// The answer to a request; events that come before it are printed by nobody.
    async fn ask(&mut self, request: &Request) -> Result<Value, ControlError> {
        let line = format!("{}\n", request.to_json());
        let request = request.word();
        let broke_off = || ControlError::BrokeOff {
            path: self.path.clone(),
            request,
        };
        let sent = self.writer.write_all(line.as_bytes()).await;
        sent.map_err(|_| broke_off())?;
        loop {
            let answer = self.lines.next_line().await.map_err(|_| broke_off())?;
            let answer = answer.ok_or_else(broke_off)?;
            let answer: Value =
                serde_json::from_str(&answer).map_err(|_| ControlError::Unreadable { request })?;
            match answer["ok"].as_bool() {
                Some(true) => return Ok(answer),
                Some(false) => return Err(refused(request, &answer["error"])),
                None => {}
            }
        }
    }

    /// Until the key is served no more, nobody reads or the operator interrupts.
    async fn print_events(&mut self, context: &Context) -> Result<(), Error> {
        loop {
            let line = tokio::select! {
                line = self.lines.next_line() => line,
                () = context.interrupt.clone().raised() => return Ok(()),
            };
            let Ok(Some(line)) = line else {
                return Ok(());
            };
            if !output::line_for_reader(&line).map_err(Error::Output)? {
                return Ok(());
            }
        }
    }
}

fn refused(request: &'static str, error: &Value) -> ControlError {
    let text = |member: &str| error[member].as_str().unwrap_or_default().to_owned();
    ControlError::Refused {
        request,
        code: text("code"),
        message: text("message"),
    }
}
