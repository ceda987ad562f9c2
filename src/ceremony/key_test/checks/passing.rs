//! What all the other checks have seen in passing: canonical answers, undisturbed channels, keep-alives, times.

use std::time::Duration;

use serde_json::json;

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::{Bench, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ceremony::key_test::latency::{self, Latency};
use crate::ctap::command::GET_INFO;

/// How often the cheap commands are asked for their times.
const SAMPLES: usize = 10;
/// Keys send keep-alives every 100 ms (CTAP 2.1 §11.2.9.2.5); hosts are late now and then.
const LONGEST_GAP: Duration = Duration::from_millis(250);
/// Fewer gaps than these say nothing.
const FEWEST_GAPS: usize = 3;

pub(in crate::ceremony::key_test) fn canonical(bench: &mut Bench<'_>) -> Answer {
    if bench
        .exchanges()
        .iter()
        .all(|exchange| exchange.canonical.is_none())
    {
        bench.raw(&[GET_INFO])?;
    }
    let exchanges = bench.exchanges();
    let judged = exchanges
        .iter()
        .filter(|exchange| exchange.canonical.is_some())
        .count();
    let wrong = exchanges
        .iter()
        .filter(|exchange| exchange.canonical == Some(false));
    let mut commands: Vec<&str> = wrong.map(|exchange| exchange.command).collect();
    commands.sort_unstable();
    commands.dedup();
    let verdict = match commands.as_slice() {
        [] => Verdict::Pass,
        commands => Verdict::fail(format!("not canonical: {}", commands.join(", "))),
    };
    Ok(Finding::new(verdict).fact("answers", judged))
}

pub(in crate::ceremony::key_test) fn undisturbed(bench: &mut Bench<'_>) -> Answer {
    let heard = bench.heard();
    let verdict = if heard.intrusions > 0 {
        let reports = heard.intrusions;
        Verdict::fail(format!(
            "while it worked for this run it sent {reports} reports on channels that are not this run's"
        ))
    } else if heard.busy > 0 {
        let times = heard.busy;
        Verdict::unknown(format!(
            "it was busy {times} times, with another program or for no reason"
        ))
    } else {
        Verdict::Pass
    };
    Ok(Finding::new(verdict)
        .fact("reports", heard.reports)
        .fact("busy", heard.busy)
        .fact("intrusions", heard.intrusions))
}

pub(in crate::ceremony::key_test) fn keep_alives(bench: &mut Bench<'_>) -> Answer {
    let exchanges = bench.exchanges();
    let gaps = exchanges
        .into_iter()
        .flat_map(|exchange| exchange.touch_gaps);
    let Some(gaps) = latency::distribution(gaps.collect()).filter(|gaps| gaps.n >= FEWEST_GAPS)
    else {
        return Ok(Verdict::not_applicable("every touch came too soon to see any").into());
    };
    let verdict = match gaps.median > LONGEST_GAP {
        false => Verdict::Pass,
        true => Verdict::fail(format!(
            "{} ms between two, 100 ms are due",
            gaps.median.as_millis()
        )),
    };
    Ok(Finding::new(verdict).fact("gaps", gaps.to_json()))
}

pub(in crate::ceremony::key_test) fn times(bench: &mut Bench<'_>) -> Answer {
    sample(bench)?;
    let all = latency::of(&bench.exchanges());
    let slow: Vec<String> = all.iter().filter_map(Latency::complaint).collect();
    let commands: Vec<_> = all
        .iter()
        .map(|latency| {
            let mut times = latency.times.to_json();
            times["command"] = json!(latency.command);
            times
        })
        .collect();
    Ok(Finding::of_problems(&slow).fact("commands", commands))
}

fn sample(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    for _ in 0..SAMPLES {
        bench.raw(&[GET_INFO])?;
    }
    Ok(())
}
