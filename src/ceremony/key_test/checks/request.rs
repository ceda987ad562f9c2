//! Requests that no client should send: refused by a status, and the key goes on.

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::{Bench, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ctap::command::{GET_ASSERTION, GET_INFO, MAKE_CREDENTIAL};
use crate::ctap::status::Status;

/// Neither assigned nor a vendor's (0x40 to 0xbf).
const UNASSIGNED: u8 = 0x3e;

pub(in crate::ceremony::key_test) fn unknown_command(bench: &mut Bench<'_>) -> Answer {
    let status = refusal(bench, &[UNASSIGNED])?;
    let verdict = match status {
        Status::InvalidCommand => Verdict::Pass,
        other => Verdict::fail(format!(
            "expected {}, found {other}",
            Status::InvalidCommand
        )),
    };
    Ok(Finding::new(verdict).fact("answer", status.to_string()))
}

pub(in crate::ceremony::key_test) fn malformed(bench: &mut Bench<'_>) -> Answer {
    let requests: [(&str, &[u8]); 6] = [
        ("nothing", &[MAKE_CREDENTIAL]),
        ("an empty map", &[MAKE_CREDENTIAL, 0xa0]),
        ("half a map", &[MAKE_CREDENTIAL, 0xa4, 0x01]),
        ("text where a map is due", &[GET_ASSERTION, 0x61, 0x61]),
        (
            "a map with a key twice",
            &[GET_ASSERTION, 0xa2, 0x01, 0x60, 0x01, 0x60],
        ),
        (
            "a number for the RP ID",
            &[GET_ASSERTION, 0xa2, 0x01, 0x05, 0x02, 0x40],
        ),
    ];
    let mut finding = Finding::pass();
    let mut problems = Vec::new();
    for (what, request) in requests {
        let status = refusal(bench, request)?;
        finding = finding.fact(what, status.to_string());
        if status == Status::Ok {
            problems.push(format!("{what} was accepted"));
        }
    }
    goes_on(bench, &mut problems)?;
    finding.verdict = Finding::of_problems(&problems).verdict;
    Ok(finding)
}

pub(in crate::ceremony::key_test) fn large(bench: &mut Bench<'_>) -> Answer {
    let limit = bench.info()?.message_limit();
    let mut finding = Finding::pass().fact("max_msg_size", limit);
    let mut problems = Vec::new();
    for (what, length) in [("as long as announced", limit), ("longer", limit + 1)] {
        // What CTAPHID cannot carry, nobody can send.
        if length > crate::ctap::hid::packet::MAX_MESSAGE {
            continue;
        }
        let mut request = vec![0; length];
        request[0] = UNASSIGNED;
        let status = refusal(bench, &request)?;
        finding = finding.fact(what, status.to_string());
        if status == Status::Ok {
            problems.push(format!(
                "a request {what} of an unknown command was accepted"
            ));
        }
    }
    goes_on(bench, &mut problems)?;
    finding.verdict = Finding::of_problems(&problems).verdict;
    Ok(finding)
}

/// The status of an answer; a refusal on the HID layer, such as an invalid length, is one too.
fn refusal(bench: &mut Bench<'_>, request: &[u8]) -> Result<Status, Trouble> {
    use crate::ctap::hid::Error as Hid;
    let answer = match bench.raw(request) {
        Err(Trouble::Key(crate::ctap::Error::Hid(Hid::Refused { status, .. }))) => {
            return Ok(status);
        }
        other => other?,
    };
    let status = answer.first().copied();
    let status = status.ok_or_else(|| Verdict::fail("an empty answer"))?;
    Ok(Status::from(status))
}

fn goes_on(bench: &mut Bench<'_>, problems: &mut Vec<String>) -> Result<(), Trouble> {
    let status = refusal(bench, &[GET_INFO])?;
    if status != Status::Ok {
        problems.push(format!("afterwards getInfo answers {status}"));
    }
    Ok(())
}
