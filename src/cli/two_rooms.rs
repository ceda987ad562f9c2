//! `halligan enroll` where key and tenant are in two rooms: the files that pass between them.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::ceremony::enroll::{self, Request};
use crate::ceremony::two_rooms::{EnrollRequest, EnrollResponse, FileError, SIZE_LIMIT};
use crate::ceremony::{self, KeyInHand, Parties};
use crate::cli::config::Config;
use crate::cli::device::OpenKey;
use crate::cli::file::{self, Readers};
use crate::cli::terminal::Terminal;
use crate::cli::{Context, Error, record, tenant};
use crate::graph::ChallengeTimeout;
use crate::ledger::{Ledger, branch};
use crate::report::{self, Report};

/// Options of `enroll` for two rooms.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Where key and tenant are in two rooms")]
pub(crate) struct Choice {
    /// In the room of the tenant: ask for creation options and write what the room of the key needs to FILE
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from_request", "offline_response", "dry_run", "save"])]
    pub(crate) offline_request: Option<PathBuf>,

    /// How long the request is good for, 5 to 43200 minutes; takes `graph_version = "beta"`, else it is 5 minutes
    #[arg(long, value_name = "N", requires = "offline_request")]
    pub(crate) challenge_minutes: Option<u32>,

    /// In the room of the key: provision the key as FILE wants it, without a network, on a copy of the ledger beside FILE or in --ledger
    #[arg(long, value_name = "FILE", requires = "response", conflicts_with_all = ["offline_response", "dry_run", "save", "account", "label"])]
    pub(crate) from_request: Option<PathBuf>,

    /// In the room of the key: where the response for the room of the tenant is written
    #[arg(long, value_name = "FILE", requires = "from_request")]
    pub(crate) response: Option<PathBuf>,

    /// Back in the room of the tenant: bring FILE into the ledger and register the key
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dry_run", "save", "account", "label", "device"])]
    pub(crate) offline_response: Option<PathBuf>,
}

/// What every room brings to its part.
pub(crate) struct Room<'a> {
    pub(crate) config: &'a Config,
    pub(crate) context: &'a Context,
    pub(crate) ledger: &'a record::LedgerChoice,
    pub(crate) interaction: Terminal,
}

impl Room<'_> {
    fn parties<'a>(
        &'a mut self,
        key: KeyInHand<'a>,
        tenant: Option<&'a crate::graph::Client>,
        ledger: &'a mut Ledger,
    ) -> Parties<'a> {
        Parties {
            key,
            tenant,
            ledger,
            interaction: &mut self.interaction,
            cancel: &self.context.interrupt.cancel,
            env: &self.context.env,
        }
    }

    /// `--offline-request`
    pub(crate) async fn request(
        mut self,
        request: &Request,
        minutes: Option<u32>,
        path: &Path,
    ) -> Result<Report, Error> {
        let timeout = minutes
            .map(ChallengeTimeout::minutes)
            .transpose()
            .map_err(|error| Error::Usage(error.to_string()))?;
        let client = tenant::client(self.config, self.context)?;
        let mut ledger =
            record::open_for_writing(self.ledger, self.config, self.context, false).await?;
        let parties = self.parties(KeyInHand::NONE, Some(&client), &mut ledger);
        let (wanted, document) = enroll::request(request, timeout, parties).await?;
        write(path, document)?;
        let head = ledger.head().ok_or_else(|| {
            crate::ledger::Error::Empty("the ledger that the station has just joined".to_owned())
        })?;
        Ok(report::enroll_request(&wanted, &head, path))
    }

    /// `--from-request`
    pub(crate) async fn offline(
        mut self,
        request: impl FnOnce(&EnrollRequest, &OpenKey) -> Result<Request, Error>,
        mut open: OpenKey,
        from: &Path,
        to: &Path,
    ) -> Result<Report, Error> {
        let file = EnrollRequest::open(&read(from)?).map_err(ceremony::Error::from)?;
        let location = match &self.ledger.ledger {
            Some(location) => location.clone(),
            None => from.with_extension("ledger").display().to_string(),
        };
        branch::copy(&file.entries, &location).await?;
        let choice = record::LedgerChoice {
            ledger: Some(location),
        };
        let mut ledger =
            record::open_for_writing(&choice, self.config, self.context, false).await?;
        let request = request(&file, &open)?;
        let key = (&mut open.authenticator).into();
        let parties = self.parties(key, None, &mut ledger);
        let response = enroll::offline(&file, &request, parties).await?;
        write(to, response.to_members())?;
        Ok(report::enroll_offline(&file, &response, to))
    }

    /// `--offline-response`
    pub(crate) async fn respond(
        mut self,
        terms: &enroll::Terms,
        path: &Path,
    ) -> Result<Report, Error> {
        let response = EnrollResponse::open(&read(path)?).map_err(ceremony::Error::from)?;
        let client = tenant::client(self.config, self.context)?;
        let mut ledger =
            record::open_for_writing(self.ledger, self.config, self.context, false).await?;
        let parties = self.parties(KeyInHand::NONE, Some(&client), &mut ledger);
        let entry = enroll::respond(&response, terms, parties).await?;
        let enrolled = ledger
            .state()
            .ceremony(response.ceremony)
            .and_then(|ceremony| ceremony.credential_id.as_deref())
            .and_then(|id| ledger.state().key_by_credential(id));
        Ok(report::enroll_response(enrolled, &entry))
    }
}

/// A file of no more bytes than one from the other room has.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut text = Vec::new();
    let mut limited = file.take(SIZE_LIMIT + 1);
    limited.read_to_end(&mut text).map_err(failed)?;
    if u64::try_from(text.len()).is_ok_and(|length| length <= SIZE_LIMIT) {
        Ok(text)
    } else {
        let too_large = FileError::Malformed(format!("it has more than {SIZE_LIMIT} bytes"));
        Err(ceremony::Error::from(too_large).into())
    }
}

fn write(path: &Path, document: Map<String, Value>) -> Result<(), Error> {
    let text = format!("{}\n", Value::Object(document));
    file::write(path, text.as_bytes(), Readers::Owner)
}
