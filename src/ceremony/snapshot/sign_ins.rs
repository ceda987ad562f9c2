//! The log.

use jiff::Timestamp;
use uuid::Uuid;

use super::accounts::Found;
use super::permission;
use crate::ceremony::unread::read;
use crate::graph::{self, Client};

/// Reads the newest sign-ins of every account that is there.
pub(super) async fn read_all(
    client: &Client,
    since: Timestamp,
    accounts: &mut [Found],
) -> Result<(), graph::Error> {
    for found in accounts {
        let user = found.account.user.as_ref().ok().and_then(Option::as_ref);
        let Some(Ok(id)) = user.map(|user| Uuid::parse_str(&user.id)) else {
            continue;
        };
        let sign_ins = client.sign_ins(id, since).await;
        found.account.sign_ins = read(sign_ins, permission::AUDIT_LOG)?;
    }
    Ok(())
}
