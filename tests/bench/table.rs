//! Many cases of one kind, several at a time, with a line for each.

use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Prints a line of a table.
#[allow(clippy::print_stdout)] // The table is what it is for.
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Runs the cases and prints a line for each, with what `run` says or panics with; how many failed.
pub(crate) fn run_cases<C: Display + Sync>(
    cases: &[C],
    workers: usize,
    run: impl Fn(&C) -> String + Sync,
) -> usize {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(0);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let outcome = catch_unwind(AssertUnwindSafe(|| run(case)));
                    let mut failed = failed.lock().unwrap();
                    match outcome {
                        Ok(end) => say(&format!("ok   {case} {end}")),
                        Err(panic) => {
                            *failed += 1;
                            say(&format!("FAIL {case} {}", message(&*panic)));
                        }
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap()
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
    text.unwrap_or_default()
}
