//! What is due as a calendar (RFC 5545): people live by those. A whole day each, which says nothing of whether one is free.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::Shown;
use super::phrase::title;
use crate::ceremony::duty::{Duty, Overview};
use crate::encoding::{hex, printable};

/// RFC 5545 §3.1: octets in a line, its line break not counted.
const LINE: usize = 75;

/// Every duty of the wanted kinds on the day on which it is due; what was never done is due today.
#[must_use]
pub fn calendar(overview: &Overview, shown: &Shown) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut text = String::new();
    let mut line = |content: &str| write_folded(&mut text, content);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line(&format!("PRODID:-//halligan//halligan {version}//EN"));
    for duty in overview.duties.iter().filter(|duty| shown.is_wanted(duty)) {
        if let Some(day) = day(duty, overview.now) {
            event(duty, day, overview.now)
                .iter()
                .for_each(|content| line(content));
        }
    }
    line("END:VCALENDAR");
    text
}

/// None of what is well and does not go by dates.
fn day(duty: &Duty, now: Timestamp) -> Option<Timestamp> {
    let today = (!duty.state.is_satisfied()).then_some(now);
    duty.due_at.or(today)
}

fn event(duty: &Duty, day: Timestamp, now: Timestamp) -> Vec<String> {
    let day = day.to_zoned(TimeZone::UTC).date();
    let place = duty
        .place
        .iter()
        .map(|place| format!("LOCATION:{}", escaped(place)));
    let begin = [
        "BEGIN:VEVENT".to_owned(),
        // The same for the same duty, so that a calendar that is read again moves the event.
        format!("UID:{}@halligan", name(duty)),
        format!("DTSTAMP:{}", now.strftime("%Y%m%dT%H%M%SZ")),
        format!("DTSTART;VALUE=DATE:{}", day.strftime("%Y%m%d")),
        format!("SUMMARY:{}: {}", title(duty.kind), escaped(&duty.subject)),
        format!("DESCRIPTION:{}", escaped(&duty.command)),
    ];
    let end = ["TRANSP:TRANSPARENT", "END:VEVENT"].map(str::to_owned);
    begin.into_iter().chain(place).chain(end).collect()
}

fn name(duty: &Duty) -> String {
    let digest = Sha256::digest(format!("{}/{}", duty.kind.as_str(), duty.subject));
    hex::encode(&digest[..16])
}

/// RFC 5545 §3.3.11.
fn escaped(text: &str) -> String {
    let text = printable(text);
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
}

/// A content line; one that is too long goes on in lines that begin with a space.
fn write_folded(text: &mut String, content: &str) {
    let mut room = LINE;
    for character in content.chars() {
        if character.len_utf8() > room {
            text.push_str("\r\n ");
            room = LINE - 1;
        }
        room -= character.len_utf8();
        text.push(character);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters() {
        let content = format!("SUMMARY:{}", "ü".repeat(100));
        let mut text = String::new();
        write_folded(&mut text, &content);
        assert!(text.ends_with("\r\n"));
        assert!(text.lines().all(|line| line.len() <= LINE));
        assert_eq!(text.replace("\r\n ", "").trim_end(), content);
    }

    #[test]
    fn what_means_something_is_escaped() {
        assert_eq!(escaped("a,b;c\\d\ne"), "a\\,b\\;c\\\\d\u{fffd}e");
    }
}
