//! Questions at the terminal. Where nobody can answer, what was given counts, and after it the default.

use std::fmt::Display;
use std::io::{self, IsTerminal};

use console::Term;

use crate::cli::Error;
use crate::encoding::printable;

/// After so many answers that make no sense nobody is asked any further.
const TRIES: usize = 5;

/// Somebody who can be asked, or nobody.
pub(super) struct Questions {
    terminal: Option<Term>,
}

impl Questions {
    /// Asks at the terminal, if there is one and questions are wanted.
    pub(super) fn new(wanted: bool) -> Self {
        let terminal = Term::stderr();
        let answerable = wanted && terminal.is_term() && io::stdin().is_terminal();
        Self {
            terminal: answerable.then_some(terminal),
        }
    }

    /// Whether somebody can answer.
    pub(super) fn answerable(&self) -> bool {
        self.terminal.is_some()
    }

    /// An answer; none where nobody answers, or where the answer is empty and there is no default.
    pub(super) fn ask<T, E: Display>(
        &self,
        question: &str,
        default: Option<&str>,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Error> {
        let Some(terminal) = &self.terminal else {
            return Ok(None);
        };
        let prompt = match default {
            Some(default) => format!("{question} [{default}]: "),
            None => format!("{question}: "),
        };
        for _ in 0..TRIES {
            let typed = line(terminal, &prompt)?;
            let answer = match typed.trim() {
                "" => default.unwrap_or_default(),
                typed => typed,
            };
            if answer.is_empty() {
                return Ok(None);
            }
            match read(answer) {
                Ok(answer) => return Ok(Some(answer)),
                Err(error) => self.tell(&format!("  {error}"))?,
            }
        }
        Err(Error::Declined(question.to_owned()))
    }

    /// Says something to whoever answers.
    pub(super) fn tell(&self, line: &str) -> Result<(), Error> {
        match &self.terminal {
            Some(terminal) => terminal.write_line(&printable(line)).map_err(Error::Output),
            None => Ok(()),
        }
    }

    /// Yes or no; yes unless the answer begins with another letter. No where nobody answers.
    pub(super) fn agrees(&self, question: &str) -> Result<bool, Error> {
        let read = |answer: &str| Ok::<_, String>(answer.starts_with(['y', 'Y']));
        Ok(self.ask(question, Some("yes"), read)?.unwrap_or(false))
    }

    /// As many answers as are given, until an empty one.
    pub(super) fn list<T, E: Display>(
        &self,
        question: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, Error> {
        let mut answers = Vec::new();
        while let Some(answer) = self.ask(question, None, &read)? {
            answers.push(answer);
        }
        Ok(answers)
    }
}

/// One line. The end of the input is nobody's answer, so that a closed terminal does not loop.
fn line(terminal: &Term, prompt: &str) -> Result<String, Error> {
    terminal.write_str(prompt).map_err(Error::Output)?;
    let mut typed = String::new();
    match io::stdin().read_line(&mut typed) {
        Ok(0) => Err(Error::Declined(prompt.trim_end().to_owned())),
        Ok(_) => Ok(typed),
        Err(error) => Err(Error::Output(error)),
    }
}
