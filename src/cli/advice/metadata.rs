//! Why there is no metadata, or none that may be used.

use super::{Advice, advice, plain};
use crate::attestation::mds;
use crate::cli::failure::Exit;
use crate::cli::mds::Error;

pub(super) fn of_metadata(error: &Error) -> Advice {
    match error {
        Error::Absent { .. } => advice(
            Exit::Usage,
            "metadata_absent",
            "`halligan mds update` fetches it; `directory` in [mds] says where it is",
        ),
        Error::Changed { .. } => advice(
            Exit::NotSafe,
            "metadata_changed",
            "find out who changed it; `halligan mds update` stores it anew",
        ),
        Error::Damaged { .. } => advice(
            Exit::NotSafe,
            "metadata_changed",
            "`halligan mds update` stores it anew",
        ),
        Error::Fetch { .. } => advice(
            Exit::Tenant,
            "metadata_unreachable",
            "check the network and the proxy; or fetch the file elsewhere and name it with --from FILE",
        ),
        Error::Interrupted => plain(Exit::Stopped, "cancelled"),
        Error::Older { .. } => advice(
            Exit::NotSafe,
            "metadata_older",
            "an older edition lacks what was learned since; --allow-older takes it all the same",
        ),
        Error::Refused { source, .. } => of_blob(source),
        Error::UnknownModel(_) => advice(
            Exit::Usage,
            "metadata_unknown_model",
            "a model is named by its AAGUID or by part of its description; `halligan mds query` lists them",
        ),
        Error::UnknownWord(_) => plain(Exit::Usage, "usage"),
    }
}

fn of_blob(error: &mds::Error) -> Advice {
    use mds::Error as E;
    let refused = |hint| advice(Exit::NotSafe, "metadata_refused", hint);
    match error {
        E::Algorithm(_)
        | E::Certificate { .. }
        | E::Chain(_)
        | E::Critical(_)
        | E::Header(_)
        | E::Name
        | E::NoCertificate
        | E::Payload(_)
        | E::Signature
        | E::TooManyCertificates(_) => {
            refused("this is not what FIDO publishes, and nothing of it was used")
        }
        E::Expired { .. } | E::NotValidYet { .. } => {
            refused("check this machine's clock; an old file must be fetched again")
        }
        E::NotAJws(_) | E::TooLong { .. } => {
            refused("what is wanted is the file that https://mds3.fidoalliance.org/ answers with")
        }
        E::UnknownIssuer { .. } => {
            refused("a mirror that signs itself needs its root in [mds] `roots`, or --root FILE")
        }
        E::Unsigned => refused(
            "what nobody signed cannot be trusted; take the file that https://mds3.fidoalliance.org/ answers with, or sign it and name the root with --root",
        ),
    }
}
