//! One model of the metadata, and tables of several.

use std::fmt::Write;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::attestation::mds::{Entry, StatusReport, transports};
use crate::report::printable;

/// Everything that is known of a model, for programs.
pub(super) fn document(entry: &Entry, firmware: Option<u64>, on: Date) -> Value {
    let statement = &entry.metadata_statement;
    let versions = statement.upv.iter();
    let versions = versions.map(|version| format!("{}.{}", version.major, version.minor));
    let methods = statement.user_verification_details.iter().map(|way| {
        let methods = way.iter().map(|method| &method.user_verification_method);
        methods.collect::<Vec<_>>()
    });
    let certification = entry.certification(on, firmware).map(|(level, report)| {
        json!({
            "level": level.as_str(),
            "since": report.effective_date,
            "authenticator_version": report.authenticator_version,
        })
    });
    let unusable: Vec<String> = entry
        .unusable_roots()
        .iter()
        .map(ToString::to_string)
        .collect();
    json!({
        "aaguid": entry.aaguid,
        "aaid": entry.aaid,
        "attestation_certificate_key_identifiers": entry.attestation_certificate_key_identifiers,
        "description": statement.description,
        "protocol_family": statement.protocol_family,
        "upv": versions.collect::<Vec<_>>(),
        "authenticator_version": statement.authenticator_version,
        "certification": certification,
        "revoked": entry.revoked(on).is_some(),
        "incidents": entry.incidents(on).map(report).collect::<Vec<_>>(),
        "update_available": entry.update_available(on).map(report),
        "status_reports": entry.status_reports.iter().map(report).collect::<Vec<_>>(),
        "time_of_last_status_change": entry.time_of_last_status_change,
        "key_protection": statement.key_protection,
        "matcher_protection": statement.matcher_protection,
        "user_verification": methods.collect::<Vec<_>>(),
        "transports": transports(statement),
        "attachment_hint": statement.attachment_hint,
        "attestation_types": statement.attestation_types,
        "authentication_algorithms": statement.authentication_algorithms,
        "multi_device_credential_support": statement.multi_device_credential_support,
        "get_info": statement.authenticator_get_info,
        "attestation_roots": {
            "listed": statement.attestation_root_certificates.len(),
            "unusable": unusable,
        },
    })
}

fn report(report: &StatusReport) -> Value {
    json!({
        "status": report.status.to_string(),
        "effective_date": report.effective_date,
        "sunset_date": report.sunset_date,
        "authenticator_version": report.authenticator_version,
        "url": report.url,
        "certificate": report.certificate,
        "batch_certificate": report.batch_certificate,
        "certification_descriptor": report.certification_descriptor,
        "certificate_number": report.certificate_number,
        "certification_policy_version": report.certification_policy_version,
        "certification_profiles": report.certification_profiles,
        "certification_requirements_version": report.certification_requirements_version,
        "fips_revision": report.fips_revision,
        "fips_physical_security_level": report.fips_physical_security_level,
    })
}

/// What an operator wants to know of a model.
pub(super) fn text(entry: &Entry, on: Date) -> String {
    let statement = &entry.metadata_statement;
    let mut text = format!("{}\n", name(entry));
    let mut line = |name: &str, value: String| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {name:<16}{}", printable(&value));
    };
    line("identifier", identifier(entry));
    line("protocol", protocol(entry));
    line("certification", certification(entry, on));
    for incident in entry.incidents(on) {
        line("INCIDENT", report_text(incident));
    }
    if let Some(update) = entry.update_available(on) {
        line("update", report_text(update));
    }
    line("key protection", words(&statement.key_protection));
    line(
        "user verified",
        words(&statement.user_verification_methods()),
    );
    line("transports", words(&transports(statement)));
    line("attestation", words(&statement.attestation_types));
    let firmware = statement.firmware_version();
    line(
        "firmware",
        firmware.map_or_else(|| "not stated".to_owned(), |number| number.to_string()),
    );
    let (roots, listed) = (
        entry.roots().len(),
        statement.attestation_root_certificates.len(),
    );
    line("roots", format!("{roots} of {listed} usable"));
    for report in &entry.status_reports {
        line("status report", report_text(report));
    }
    text
}

fn protocol(entry: &Entry) -> String {
    let statement = &entry.metadata_statement;
    let versions: Vec<&str> = statement.versions().collect();
    if versions.is_empty() {
        statement.protocol_family.clone()
    } else {
        format!("{}: {}", statement.protocol_family, versions.join(", "))
    }
}

fn certification(entry: &Entry, on: Date) -> String {
    let Some((level, report)) = entry.certification(on, None) else {
        return "none in force".to_owned();
    };
    let since = report.effective_date;
    let since = since.map_or_else(String::new, |date| format!(" since {date}"));
    let firmware = report.authenticator_version;
    let firmware = firmware.map_or_else(String::new, |from| {
        format!(", for firmware {from} and later")
    });
    format!("{level}{since}{firmware}")
}

fn report_text(report: &StatusReport) -> String {
    let since = report.effective_date;
    let since = since.map_or_else(|| "undated".to_owned(), |date| date.to_string());
    let firmware = report.authenticator_version;
    let firmware = firmware.map_or_else(String::new, |number| format!(" firmware {number}"));
    let url = report.url.as_ref();
    let url = url.map_or_else(String::new, |url| format!(" {url}"));
    format!("{since} {}{firmware}{url}", report.status)
}

/// A line for each model.
pub(super) fn table(entries: &[&Entry], firmware: Option<u64>, on: Date) -> String {
    let mut text = String::new();
    for entry in entries {
        let level = entry.certification(on, firmware);
        let level = level.map_or("-", |(level, _)| level.as_str());
        let incidents: Vec<String> = entry
            .incidents(on)
            .map(|report| report.status.to_string())
            .collect();
        let incidents = match incidents.is_empty() {
            true => String::new(),
            false => format!("  {}", incidents.join(", ")),
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{:<40}  {level:<10}  {}{incidents}",
            printable(&identifier(entry)),
            name(entry),
        );
    }
    text
}

/// The description, fit to be printed.
pub(super) fn name(entry: &Entry) -> String {
    printable(entry.metadata_statement.description.trim())
}

fn identifier(entry: &Entry) -> String {
    let aaguid = entry.aaguid.map(|aaguid| aaguid.to_string());
    let key = || {
        entry
            .attestation_certificate_key_identifiers
            .first()
            .cloned()
    };
    aaguid
        .or_else(|| entry.aaid.clone())
        .or_else(key)
        .unwrap_or_default()
}

fn words<T: AsRef<str>>(words: &[T]) -> String {
    if words.is_empty() {
        return "not stated".to_owned();
    }
    words
        .iter()
        .map(AsRef::as_ref)
        .collect::<Vec<_>>()
        .join(", ")
}
