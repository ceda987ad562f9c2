//! Results on standard output, failures on standard error, and one JSON document instead of both with `--json`.

use std::io::{self, Write};

use console::Style;
use serde_json::{Map, Value, json};

use crate::cli::Error;
use crate::cli::arguments::Global;
use crate::cli::failure::{Exit, Failure};
use crate::encoding::printable_lines;
use crate::report::Report;

/// Prints a result and says how the process ends.
pub(crate) fn result(global: &Global, report: &Report) -> Result<Exit, Error> {
    let written = if global.json {
        line(&report.document().to_string())
    } else {
        write(&report.text)
    };
    written.map_err(Error::Output)?;
    Ok(if report.ok { Exit::Done } else { Exit::NotSafe })
}

/// Prints a failure and says how the process ends. `command` is the one that failed, as in the schema's name.
pub(crate) fn failure(json_wanted: bool, command: &str, failure: &Failure) -> Exit {
    // Nobody is left to tell when the outputs cannot be written.
    let _ = if json_wanted {
        line(&document(command, failure).to_string())
    } else {
        let found = failure.report.as_ref().map_or("", |report| &report.text);
        write(found).and_then(|()| explain(failure))
    };
    failure.exit
}

fn document(command: &str, failure: &Failure) -> Value {
    let mut error = Map::from_iter([
        ("code".to_owned(), json!(failure.code)),
        ("exit_status".to_owned(), json!(failure.exit.code())),
        ("message".to_owned(), json!(failure.message)),
        ("hint".to_owned(), json!(failure.hint)),
        ("cause".to_owned(), json!(failure.causes)),
    ]);
    error.extend(failure.facts.clone());
    let mut document = Map::from_iter([
        ("schema".to_owned(), json!(format!("halligan.{command}/1"))),
        ("ok".to_owned(), json!(false)),
    ]);
    if let Some(report) = &failure.report {
        document.extend(report.body.clone());
    }
    document.insert("error".to_owned(), Value::Object(error));
    Value::Object(document)
}

fn explain(failure: &Failure) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    let error = Style::new().red().bold().for_stderr().apply_to("error:");
    writeln!(stderr, "{error} {}", printable_lines(&failure.message))?;
    for cause in &failure.causes {
        writeln!(stderr, "  because {}", printable_lines(cause))?;
    }
    if let Some(hint) = &failure.hint {
        let word = Style::new().cyan().for_stderr().apply_to("hint:");
        writeln!(stderr, "{word} {}", printable_lines(hint))?;
    }
    Ok(())
}

/// One line on standard output, at once; `false` when its reader has gone away and no further one is of use.
pub(crate) fn line_for_reader(text: &str) -> io::Result<bool> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

/// One line on standard output, at once: a program may be waiting for it.
fn line(text: &str) -> io::Result<()> {
    write(&format!("{text}\n"))
}

fn write(text: &str) -> io::Result<()> {
    Data.write_all(text.as_bytes()).and_then(|()| Data.flush())
}

/// Standard output as it is. A reader that has gone away, as in `halligan … | head`, is no failure of ours.
pub(crate) struct Data;

impl Write for Data {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match io::stdout().lock().write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(bytes.len()),
            other => other,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match io::stdout().lock().flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}
