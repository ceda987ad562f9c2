//! Where a key lies, as typed.

use crate::ledger::Custody;

/// Where a key is, in what, and who can get at it; all of it or nothing.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct CustodyArguments {
    /// Where the key lies: a site, a room, a safe
    #[arg(long, value_name = "TEXT", requires = "custodian", value_parser = text)]
    location: Option<String>,

    /// What it lies in there: an envelope, a box
    #[arg(long, value_name = "TEXT", requires = "location", value_parser = text)]
    container: Option<String>,

    /// The number of the container's seal
    #[arg(long, value_name = "NUMBER", requires = "location", value_parser = text)]
    seal: Option<String>,

    /// Who can get at it; may be given several times
    #[arg(long, value_name = "NAME", requires = "location", value_parser = text)]
    custodian: Vec<String>,
}

/// The ledger keeps what is typed for good, so a slip that says nothing is refused.
pub(crate) fn text(typed: &str) -> Result<String, String> {
    let text = typed.trim();
    match text.chars().any(char::is_control) {
        _ if text.is_empty() => Err("it says nothing".to_owned()),
        true => Err("it has control characters".to_owned()),
        false => Ok(text.to_owned()),
    }
}

impl CustodyArguments {
    /// Where the key is to lie, if anything was said of it.
    pub(crate) fn custody(&self) -> Option<Custody> {
        Some(Custody {
            location: self.location.clone()?,
            container: self.container.clone(),
            seal: self.seal.clone(),
            custodians: self.custodian.clone(),
        })
    }
}
