//! Custody sheets: one printed page for each key, to lie with it in its envelope and to be signed when it changes hands.

use minijinja::{Environment, Value, context};
use qrcode::QrCode;
use qrcode::render::svg;

use crate::custody;
use crate::ledger::{EnrolledKey, Entry, SealedSecret, State};

/// What goes on one page.
pub struct Sheet<'a> {
    /// The key.
    pub key: &'a EnrolledKey,
    /// The PIN as a person types it, if somebody asked for it on paper.
    pub pin: Option<&'a str>,
}

/// How many lines there are for changing hands.
const HANDOVERS: usize = 8;

/// One HTML document with a page for each key. `entries` and `state` are the whole ledger; `printed` is the time of day, in any
/// form.
#[must_use]
pub fn sheets(sheets: &[Sheet<'_>], entries: &[Entry], state: &State, printed: &str) -> String {
    let mut environment = Environment::new();
    environment
        // The name's ending is what turns escaping on.
        .add_template("sheet.html", include_str!("sheet.html"))
        .expect("the template is part of this program");
    let pages: Vec<Value> = sheets
        .iter()
        .map(|sheet| page(sheet, entries, state))
        .collect();
    let head = state
        .head()
        .map(|head| context! { index => head.index, hash => head.hash.to_string() });
    let values = context! { pages, head, printed, handovers => HANDOVERS };
    environment
        .get_template("sheet.html")
        .and_then(|template| template.render(values))
        .expect("the template uses what it is given")
}

fn page(sheet: &Sheet<'_>, entries: &[Entry], state: &State) -> Value {
    let key = sheet.key;
    let label = &key.enrolled.label;
    let hash = state
        .hash(key.index)
        .map(|hash| hash.to_string())
        .unwrap_or_default();
    let open = state.open_ceremony_on(label).map(|ceremony| ceremony.id);
    context! {
        label,
        rows => rows(key, entries),
        notice => notice(key),
        open => open.map(|id| id.to_string()),
        entry => context! { index => key.index, qr => Value::from_safe_string(qr(&hash)), hash },
        custodians => key.pin.as_ref().map(sealed_to),
        pin => sheet.pin,
    }
}

fn rows(key: &EnrolledKey, entries: &[Entry]) -> Vec<Value> {
    let enrolled = &key.enrolled;
    let custody = key.custody.as_ref();
    let time = |index: u64| {
        let entry = entries.iter().find(|entry| entry.index == index);
        entry.map(|entry| entry.time.to_string())
    };
    let proof = key
        .last_proof
        .map(|(index, at)| format!("{at}, entry {index}"));
    let all = [
        ("Account", Some(enrolled.account.upn.clone())),
        ("Tenant", Some(enrolled.tenant.clone())),
        ("Model (AAGUID)", Some(enrolled.aaguid.to_string())),
        ("Serial number", enrolled.key.serial.clone()),
        ("Firmware", enrolled.key.firmware.clone()),
        ("Location", custody.map(|custody| custody.location.clone())),
        (
            "Container",
            custody.and_then(|custody| custody.container.clone()),
        ),
        ("Seal", custody.and_then(|custody| custody.seal.clone())),
        (
            "Who can get at it",
            custody.map(|custody| custody.custodians.join(", ")),
        ),
        ("Enrolled", time(key.index)),
        ("Last proof that it works", proof),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some(context! { name, value => value? }))
        .collect()
}

/// What whoever finds the key should know before he relies on it.
fn notice(key: &EnrolledKey) -> Option<String> {
    if let Some(index) = key.reset {
        return Some(format!(
            "This key was reset (entry {index}): it opens nothing any more."
        ));
    }
    let (index, reason) = key.retired?;
    let reason = serde_json::to_value(reason).ok()?;
    let reason = reason.as_str()?;
    Some(format!(
        "This key is out of service (entry {index}, {reason})."
    ))
}

/// How many of whom open the PIN.
fn sealed_to(pin: &SealedSecret) -> String {
    let names = custody::names(pin);
    format!(
        "{} of {}: {}",
        pin.threshold.max(1),
        names.len(),
        names.join(", ")
    )
}

/// A QR code as SVG, ready to stand in HTML.
fn qr(text: &str) -> String {
    let Ok(code) = QrCode::new(text) else {
        return String::new();
    };
    let svg = code
        .render::<svg::Color<'_>>()
        .min_dimensions(160, 160)
        .build();
    // What comes before the element belongs to a file of its own.
    svg.find("<svg")
        .map_or(String::new(), |at| svg[at..].to_owned())
}
