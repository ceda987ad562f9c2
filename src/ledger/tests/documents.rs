//! What a station signs beside its entries.

use serde_json::{Map, Value, json};

use super::run;
use super::writing::{memory, note, open, station};
use crate::ledger::document::{DocumentDefect, sign, verify};

const PURPOSE: &str = "halligan/test/1";

fn document() -> Map<String, Value> {
    json!({"label": "BG1-A", "n": [1, 2]})
        .as_object()
        .unwrap()
        .clone()
}

#[test]
fn a_document_is_believed_to_the_station_that_signed_it_and_only_as_it_was() {
    run(async {
        let mut ledger = open(&memory(), "a", 1).await.unwrap();
        ledger.append(note("joins")).await.unwrap();
        let state = ledger.state();
        let signed = sign(&station("a", 1), PURPOSE, document()).unwrap();
        let (name, body) = verify(state, PURPOSE, signed.clone()).unwrap();
        assert_eq!((name.as_str(), &body["label"]), ("a", &json!("BG1-A")));
        let refusal = |purpose, document| verify(state, purpose, document).unwrap_err();
        let of_a = DocumentDefect::Signature("a".parse().unwrap());
        assert_eq!(refusal("halligan/other/1", signed.clone()), of_a);
        let mut changed = signed.clone();
        changed["label"] = json!("BG1-B");
        assert_eq!(refusal(PURPOSE, changed), of_a);
        let stranger = sign(&station("a", 2), PURPOSE, document()).unwrap();
        assert_eq!(refusal(PURPOSE, stranger), of_a);
        let unknown = sign(&station("b", 2), PURPOSE, document()).unwrap();
        assert_eq!(
            refusal(PURPOSE, unknown),
            DocumentDefect::StationUnknown("b".parse().unwrap())
        );
        assert_eq!(
            refusal(PURPOSE, document()),
            DocumentDefect::Member("signature")
        );
    });
}
