//! By which paths somebody is excluded, for people.

use crate::tenant::conditional_access::Via;
use crate::tenant::snapshot::Account;

/// The paths, each with the groups that it leads through.
pub(super) fn describe(paths: &[Via], account: &Account) -> String {
    let named: Vec<String> = paths.iter().map(|via| account.describe(via)).collect();
    named.join(", ")
}
