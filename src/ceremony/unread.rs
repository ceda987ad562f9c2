//! What the tenant does not tell is a fact like any other; a tenant that cannot be asked at all is none.

use std::borrow::Cow;

use super::error::in_full;
use crate::graph::{self, credential, http};
use crate::tenant::read::{Read, Unread};

/// An answer, or why there is none; a permission is named where one would help.
///
/// # Errors
/// When asking further would only fail again.
pub(super) fn read<T>(
    answer: Result<T, graph::Error>,
    permission: Cow<'static, str>,
) -> Result<Read<T>, graph::Error> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) if is_cut_off(&error) => Err(error),
        Err(error) if error.lacks_licence() => Ok(Err(Unread {
            why: format!("the tenant has no licence for it: {}", in_full(&error)),
            permission: None,
        })),
        Err(error) => Ok(Err(Unread {
            why: in_full(&error),
            permission: matches!(error, graph::Error::Forbidden(_)).then_some(permission),
        })),
    }
}

/// Whether asking further would only fail again, or ask the operator to sign in again and again.
fn is_cut_off(error: &graph::Error) -> bool {
    match error {
        graph::Error::SignIn(_) | graph::Error::Interrupted(_) => true,
        graph::Error::Http { source, .. } => !matches!(source, http::Error::AnswerTooLong { .. }),
        _ => false,
    }
}

/// Whether it may go better in a while: the network, the service or the authority is away or busy.
pub(super) fn is_passing(error: &graph::Error) -> bool {
    use credential::Error as SignIn;
    match error {
        graph::Error::Throttled(_) | graph::Error::Unavailable(_) => true,
        graph::Error::SignIn(SignIn::Http(_) | SignIn::Unreachable { .. }) => true,
        graph::Error::Http { source, .. } => !matches!(source, http::Error::AnswerTooLong { .. }),
        _ => false,
    }
}
