//! Asking people what no program can know.

use std::io::{self, IsTerminal};

use console::Term;

use crate::ceremony::review::{Given, ITEMS, Word};
use crate::cli::{Context, Error, custody};
use crate::encoding::printable;
use crate::ledger::Answer;

/// With what is not answered yet asked for on the terminal, if there is one. What was answered last time is shown, and counts only
/// if it is said again.
pub(super) fn rest(
    given: Vec<Given>,
    last: &[Answer],
    by: &[String],
    context: &Context,
) -> Result<Vec<Given>, Error> {
    let terminal = Term::stderr();
    let global = &context.global;
    let nobody = !terminal.is_term() || !io::stdin().is_terminal();
    if nobody || global.json || global.events || global.quiet {
        return Ok(given);
    }
    let mut given = given;
    for item in &ITEMS {
        let is_answered = given.iter().any(|one| one.item == item.id);
        let Some(question) = item.question.filter(|_| !is_answered) else {
            continue;
        };
        let last = last.iter().find(|one| one.outcome.subject == item.id);
        let answer = ask(&terminal, item.id, question, last, by);
        given.extend(answer.map_err(Error::Output)?);
    }
    Ok(given)
}

fn ask(
    terminal: &Term,
    item: &str,
    question: &str,
    last: Option<&Answer>,
    by: &[String],
) -> io::Result<Option<Given>> {
    terminal.write_line(&format!("\n{question}"))?;
    if let Some(last) = last {
        let word = [Word::Yes, Word::No, Word::NotApplicable]
            .into_iter()
            .find(|word| word.verdict() == last.outcome.verdict);
        let said = format!(
            "{}, by {} {}",
            word.map_or("unknown", Word::as_str),
            last.by,
            last.outcome.why.as_deref().unwrap_or_default()
        );
        terminal.write_line(&format!("Last time: {}", printable(&said)))?;
    }
    let Some(answer) = answer(terminal)? else {
        return Ok(None);
    };
    let default = by.first().map(String::as_str).unwrap_or_default();
    terminal.write_str(&format!("Who says so [{}]: ", printable(default)))?;
    let by = text(&terminal.read_line()?).unwrap_or_else(|| default.to_owned());
    terminal.write_str("Note [none]: ")?;
    let note = text(&terminal.read_line()?);
    Ok(Some(Given {
        item: item.to_owned(),
        answer,
        by,
        note,
    }))
}

/// Until it is an answer; none if it is left open.
fn answer(terminal: &Term) -> io::Result<Option<Word>> {
    loop {
        terminal.write_str("[y]es, [n]o, not [a]pplicable, or Enter to leave it open: ")?;
        match terminal.read_line()?.trim() {
            "" => return Ok(None),
            "a" | "not-applicable" => return Ok(Some(Word::NotApplicable)),
            "n" | "no" => return Ok(Some(Word::No)),
            "y" | "yes" => return Ok(Some(Word::Yes)),
            _ => {}
        }
    }
}

fn text(typed: &str) -> Option<String> {
    custody::text(typed).ok()
}
