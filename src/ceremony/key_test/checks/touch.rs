//! The touch: asked for, cancelled, and not waited for without end (CTAP 2.1 §6.9, §11.2.9.1.5).

use std::time::Duration;

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::{Bench, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ctap::status::Status;
use crate::ctap::{self, Cancel, KeepAlive, Wait, hid};

/// How long a key may wait for a touch.
const PATIENCE: Duration = Duration::from_secs(90);

pub(in crate::ceremony::key_test) fn selection(bench: &mut Bench<'_>) -> Answer {
    if !bench.info()?.has_selection() {
        return Ok(Verdict::not_applicable("it came with CTAP 2.1").into());
    }
    let (key, mut wait) = bench.key_and_wait()?;
    key.selection(&mut wait)?;
    Ok(Finding::pass())
}

pub(in crate::ceremony::key_test) fn cancelled(bench: &mut Bench<'_>) -> Answer {
    let cancel = Cancel::default();
    let raise = |keepalive| {
        if keepalive == KeepAlive::TouchNeeded {
            cancel.raise();
        }
    };
    let mut wait = Wait::new(&cancel, raise);
    let outcome = bench.key()?.selection(&mut wait);
    match outcome {
        Err(ctap::Error::Hid(hid::Error::Cancelled)) => alive(bench),
        Ok(()) => {
            let why = "the key was touched before the request could be cancelled";
            Ok(Verdict::not_applicable(why).into())
        }
        Err(ctap::Error::Hid(hid::Error::CancelUnconfirmed { waited })) => {
            let waited = waited.as_millis();
            Ok(Verdict::fail(format!(
                "a cancelled request was not ended within {waited} ms"
            ))
            .into())
        }
        Err(error) => Err(error.into()),
    }
}

fn alive(bench: &mut Bench<'_>) -> Answer {
    let answer = bench.raw(&[ctap::command::GET_INFO])?;
    let status = answer.first().map(|status| Status::from(*status));
    Ok(match status {
        Some(Status::Ok) => Finding::pass(),
        _ => Verdict::fail("after a cancelled request getInfo is refused").into(),
    })
}

pub(in crate::ceremony::key_test) fn timeout(bench: &mut Bench<'_>) -> Answer {
    let env = bench.env.clone();
    bench.witness.keep_off();
    let begun = env.monotonic();
    let outcome = untouched(bench)?;
    let waited = env.monotonic().saturating_sub(begun);
    let seconds = waited.as_secs();
    let verdict = match outcome {
        Ok(()) => Verdict::unknown("the key was touched"),
        Err(ctap::Error::Status {
            status: Status::ActionTimeout | Status::UserActionTimeout | Status::OperationDenied,
            ..
        }) if seconds >= 5 => Verdict::Pass,
        Err(ctap::Error::Status { .. }) => Verdict::fail(format!("it gave up after {seconds} s")),
        Err(ctap::Error::Hid(hid::Error::KeepAliveTooLong { .. })) => {
            Verdict::fail(format!("it still waited for a touch after {seconds} s"))
        }
        Err(error) => return Err(error.into()),
    };
    let waited = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
    Ok(Finding::new(verdict).fact("waited_ms", waited))
}

/// A wait for a touch that nobody is asked for.
fn untouched(bench: &mut Bench<'_>) -> Result<Result<(), ctap::Error>, Trouble> {
    let mut wait = bench.quiet_wait().limited(PATIENCE);
    Ok(bench.key()?.selection(&mut wait))
}
