//! The files that a custodian opens with.

use std::io::Read;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cli::{Error, prompt};
use crate::custody::Identity;

/// Longer files are neither identities nor shares.
const LONGEST_FILE: u64 = 64 * 1024;

/// Which identities.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Identities {
    /// A custodian's age identity or private ssh key; as many as are needed. Passphrases are asked for on the terminal
    #[arg(long = "identity", value_name = "FILE", num_args = 1..)]
    files: Vec<PathBuf>,
}

impl Identities {
    /// Reads them all.
    pub(crate) fn read(&self) -> Result<Vec<Identity>, Error> {
        let identity = |path: &PathBuf| {
            let name = path.display().to_string();
            let file = secret_file(path)?;
            Ok(Identity::read(&name, &file, &mut prompt::passphrase)?)
        };
        self.files.iter().map(identity).collect()
    }
}

/// The content of a file that holds a secret.
pub(super) fn secret_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut content = Zeroizing::new(Vec::new());
    file.take(LONGEST_FILE)
        .read_to_end(&mut content)
        .map_err(failed)?;
    Ok(content)
}
