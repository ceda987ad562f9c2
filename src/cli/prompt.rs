//! What is asked at the terminal: PINs, passphrases, a word that somebody agrees by. Nothing of it is standard output's.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};

use console::Term;
use zeroize::Zeroizing;

use crate::ceremony::interaction::{PinPurpose, PinUnavailable};
use crate::cli::terminal::PinSource;
use crate::encoding::printable;
use crate::secret::Pin;

/// A PIN is at most 63 bytes; a line longer than this is refused unread.
const LONGEST_PIN_LINE: u64 = 1024;

/// Whether the person types this word. Where nobody can, nobody agrees.
pub(super) fn typed(word: &str) -> bool {
    let terminal = Term::stderr();
    if !terminal.is_term() || !io::stdin().is_terminal() {
        return false;
    }
    let answer = terminal
        .write_str(&format!("Type {} to go on: ", printable(word)))
        .and_then(|()| terminal.read_line());
    answer.is_ok_and(|answer| answer.trim() == word)
}

/// Reads PINs from where the operator said, and nowhere else.
pub(super) struct PinReader {
    source: PinSource,
    lines: Option<Box<dyn BufRead + Send>>,
}

impl PinReader {
    pub(super) fn new(source: &PinSource) -> Self {
        Self {
            source: source.clone(),
            lines: None,
        }
    }

    pub(super) fn read(&mut self, purpose: PinPurpose) -> Result<Pin, PinUnavailable> {
        let typed = if self.source.pin_stdin {
            self.next_line("standard input", || {
                Ok(Box::new(BufReader::new(io::stdin())))
            })?
        } else if let Some(descriptor) = self.source.pin_fd {
            let name = format!("file descriptor {descriptor}");
            self.next_line(&name, || {
                Ok(Box::new(BufReader::new(File::open(format!(
                    "/dev/fd/{descriptor}"
                ))?)))
            })?
        } else {
            prompt(purpose)?
        };
        Ok(Pin::new(&typed)?)
    }

    /// Several PINs (the present one, then the new one) are several lines of the same source.
    fn next_line(
        &mut self,
        name: &str,
        open: impl FnOnce() -> io::Result<Box<dyn BufRead + Send>>,
    ) -> Result<Zeroizing<String>, PinUnavailable> {
        let failed = |source| PinUnavailable::Io {
            source_name: name.to_owned(),
            source,
        };
        let lines = match &mut self.lines {
            Some(lines) => lines,
            none => none.insert(open().map_err(failed)?),
        };
        let mut line = Zeroizing::new(String::new());
        lines
            .take(LONGEST_PIN_LINE)
            .read_line(&mut line)
            .map_err(failed)?;
        let length = line.trim_end_matches(['\n', '\r']).len();
        line.truncate(length);
        Ok(line)
    }
}

/// Shows a secret on the terminal and nowhere else; `false` where there is no terminal.
pub(crate) fn reveal(line: &str) -> bool {
    let terminal = Term::stderr();
    // What was sealed by others may hold what a terminal obeys.
    let control = |symbol: char| symbol.is_control();
    let line = if line.contains(control) {
        Zeroizing::new(line.escape_debug().to_string())
    } else {
        Zeroizing::new(line.to_owned())
    };
    terminal.is_term() && terminal.write_line(&line).is_ok()
}

/// Whether [`reveal`] can show something.
pub(crate) fn can_reveal() -> bool {
    Term::stderr().is_term()
}

/// Asks for the passphrase of an identity; none where nobody can answer or nobody does.
pub(crate) fn passphrase(identity: &str) -> Option<Zeroizing<String>> {
    ask(&format!("Passphrase of {identity}: ")).ok()
}

/// Asks the person for a secret, which does not show while it is typed.
fn ask(question: &str) -> Result<Zeroizing<String>, PinUnavailable> {
    let terminal = Term::stderr();
    if !terminal.is_term() || !io::stdin().is_terminal() {
        return Err(PinUnavailable::NoSource);
    }
    let failed = |source| PinUnavailable::Io {
        source_name: "the terminal".to_owned(),
        source,
    };
    terminal.write_str(question).map_err(failed)?;
    let answer = Zeroizing::new(terminal.read_secure_line().map_err(failed)?);
    if answer.is_empty() {
        Err(PinUnavailable::Declined)
    } else {
        Ok(answer)
    }
}

fn prompt(purpose: PinPurpose) -> Result<Zeroizing<String>, PinUnavailable> {
    match purpose {
        PinPurpose::Intended => ask("New PIN, which the key may have already: "),
        PinPurpose::Present {
            retries: Some(left),
        } => ask(&format!("PIN of the key ({left} tries left): ")),
        PinPurpose::Present { retries: None } => ask("PIN of the key: "),
        PinPurpose::New { minimum } => {
            let first = ask(&format!(
                "New PIN for the key (at least {minimum} characters): "
            ))?;
            let second = ask("The same again: ")?;
            if first == second {
                Ok(first)
            } else {
                Err(PinUnavailable::Mismatch)
            }
        }
    }
}
