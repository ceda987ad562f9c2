//! `halligan tenant password …`

use uuid::Uuid;

use crate::cli::pin::opening::{self, Openable, Opening};
use crate::cli::{Context, Error};
use crate::custody::{self, Found, Standing};
use crate::ledger::{Event, State, TenantPasswordOpened};
use crate::report::Report;
use crate::secret::Password;

/// What to do with the passwords of accounts that `tenant apply` made.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Open the sealed password of an account with a custodian's identity, and show it on the terminal
    Open(Arguments),
}

/// Arguments of `tenant password open`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The account: its user principal name, or its object id
    #[arg(value_name = "ACCOUNT", required_unless_present = "shares_from")]
    account: Option<String>,

    #[command(flatten)]
    opening: Opening,
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "tenant.password.open",
        }
    }
}

pub(super) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    let Command::Open(arguments) = command;
    let account = arguments.account.as_deref();
    opening::run::<Password>(account, &arguments.opening, context).await
}

impl Openable for Password {
    const SCHEMA: &'static str = "halligan.tenant.password.open/1";
    const OWNER: &'static str = "account";
    const MEMBER: &'static str = "password";
    const NOUN: &'static str = "password";

    fn sought<'a>(state: &'a State, account: &str, ceremony: Option<Uuid>) -> Vec<Found<'a>> {
        custody::find_password(state, account, ceremony)
    }

    fn describe(found: &Found<'_>, account: &str) -> String {
        match found.standing {
            Standing::InForce => format!("the password with which {account} was made"),
            Standing::Intended(_) => format!(
                "the password with which {account} was to be made, in a change which is not finished: it was made with this one or not at all"
            ),
            Standing::Past => {
                format!("a password with which {account} was to be made, in force or not")
            }
        }
    }

    fn opened(account: String, by: Vec<String>, share: bool) -> Event {
        Event::TenantPasswordOpened(TenantPasswordOpened { account, by, share })
    }

    fn missing(account: &str) -> Error {
        Error::NoSealedPassword(account.to_owned())
    }
}
