//! The systemd journal, by its native protocol: one datagram for each event, with fields that `journalctl` can filter by. The
//! protocol is two rules, so there is no library for it: <https://systemd.io/JOURNAL_NATIVE_PROTOCOL/>.

use std::cmp::Reverse;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::ceremony::monitor::Look;
use crate::encoding::printable;
use crate::report;
use crate::tenant::activity::Finding;

/// Of everything that nothing explains.
const UNEXPLAINED: &str = "6c0e0f7a4b1d4d5fb5f2f1a0d2c9e871";
/// Of what could not be read, and of looks that failed: nobody watches.
const BLIND: &str = "0f6a9d5c2b7e4c1f9a3d8e4b5c6f7a12";
/// Of everything that something does.
const EXPLAINED: &str = "b3a2c5d1f0e94f08a6d7c8b9e1f20354";

/// Priorities of syslog (RFC 5424 §6.2.1).
const CRITICAL: &str = "2";
const WARNING: &str = "4";
const INFORMATIONAL: &str = "6";

/// For one datagram: a journal that takes no more must not hold up the webhook and the ledger.
const LIMIT: Duration = Duration::from_secs(5);

/// Writes every finding of a look, the worst first, and what could not be read if that is news.
pub(super) fn write(socket: &Path, look: &Look, is_newly_blind: bool) -> io::Result<()> {
    let mut findings: Vec<&Finding> = look.findings.iter().collect();
    findings.sort_by_key(|finding| Reverse(finding.weight()));
    let unread = look.unread.iter().filter(|_| is_newly_blind);
    let unread: Vec<String> = unread.map(report::monitor_unread_line).collect();
    // Also where nothing is to be told: a journal that is not there is to be known of before it matters.
    let journal = connect(socket)?;
    for finding in findings {
        journal.send(&datagram(finding, look))?;
    }
    for line in unread {
        journal.send(&blind(&line, &look.tenant))?;
    }
    Ok(())
}

/// Writes that there was no look.
pub(super) fn write_failure(socket: &Path, why: &str) -> io::Result<()> {
    let text = format!("nobody looked into the logs: {}", printable(why));
    connect(socket)?.send(&blind(&text, "")).map(drop)
}

fn connect(socket: &Path) -> io::Result<UnixDatagram> {
    let journal = UnixDatagram::unbound()?;
    journal.set_write_timeout(Some(LIMIT))?;
    journal.connect(socket)?;
    Ok(journal)
}

fn blind(text: &str, tenant: &str) -> Vec<u8> {
    let mut datagram = Vec::new();
    for (name, value) in [
        ("MESSAGE", text),
        ("MESSAGE_ID", BLIND),
        ("PRIORITY", CRITICAL),
        ("SYSLOG_IDENTIFIER", "halligan"),
        ("HALLIGAN_TENANT", tenant),
    ] {
        put(&mut datagram, name, value);
    }
    datagram
}

fn datagram(finding: &Finding, look: &Look) -> Vec<u8> {
    let document = report::monitor_event(finding, look);
    let text = |member: &str| match &document[member] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let (id, priority) = match (finding.is_explained(), text("severity").as_deref()) {
        (true, _) => (EXPLAINED, INFORMATIONAL),
        (false, Some("error")) => (UNEXPLAINED, CRITICAL),
        (false, _) => (UNEXPLAINED, WARNING),
    };
    let mut datagram = Vec::new();
    let mut field = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            put(&mut datagram, name, value);
        }
    };
    field("MESSAGE", Some(&report::monitor_line(finding, look)));
    field("MESSAGE_ID", Some(id));
    field("PRIORITY", Some(priority));
    field("SYSLOG_IDENTIFIER", Some("halligan"));
    field("HALLIGAN_TENANT", Some(&look.tenant));
    let of_account = |member: &str| document["account"][member].as_str();
    field("HALLIGAN_ACCOUNT", of_account("upn"));
    field("HALLIGAN_ACCOUNT_ID", of_account("id"));
    for (name, member) in [
        ("HALLIGAN_LOG", "log"),
        ("HALLIGAN_ROW", "id"),
        ("HALLIGAN_TIME", "time"),
        ("HALLIGAN_LAST", "last"),
        ("HALLIGAN_ROWS", "rows"),
        ("HALLIGAN_ACTIVITY", "activity"),
        ("HALLIGAN_RESULT", "result"),
        ("HALLIGAN_EXPLAINED_BY", "explained_by"),
        ("HALLIGAN_WHY", "why"),
    ] {
        field(name, text(member).as_deref());
    }
    datagram
}

/// The most characters of a value: a datagram holds less than 200 KiB, and the service's texts may be any length.
const LONGEST: usize = 2000;

/// A value with a line feed goes with its length, so that none can bring fields of its own.
fn put(datagram: &mut Vec<u8>, name: &str, value: &str) {
    let value: String = value.chars().take(LONGEST).collect();
    datagram.extend(name.as_bytes());
    if value.contains('\n') {
        datagram.push(b'\n');
        datagram.extend(u64::try_from(value.len()).unwrap_or(u64::MAX).to_le_bytes());
    } else {
        datagram.push(b'=');
    }
    datagram.extend(value.as_bytes());
    datagram.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::put;

    #[test]
    fn a_value_brings_no_field_of_its_own() {
        let mut datagram = Vec::new();
        put(&mut datagram, "A", "b=c");
        put(&mut datagram, "MESSAGE", "x\nPRIORITY=0");
        assert_eq!(
            datagram,
            b"A=b=c\nMESSAGE\n\x0c\0\0\0\0\0\0\0x\nPRIORITY=0\n"
        );
    }
}
