//! A browser with a key in its socket: what the simulator's documentation says of signing in by a program.

use halligan::ctap::command::get_assertion;
use halligan::ctap::{Permissions, Wait};
use halligan::encoding::base64url;
use halligan::secret::Pin;
use halligan::webauthn::client_data::{self, ClientDataType};
use halligan::webauthn::{ClientData, RpId};
use serde_json::json;

use crate::bench::{Bench, Key, PIN};

type Members = Vec<(String, String)>;

/// Visits the sign-in page, has this key sign for this user, and follows to the address where the tool listens.
pub(crate) fn sign_in(bench: &Bench, page: &str, user: &str, key: &Key) {
    let members = hidden(&bench.visit(page));
    let assertion = assertion(&members, key);
    answer(bench, page, members, user, Some(assertion));
}

/// Visits the page, and leaves it by its button to cancel.
pub(super) fn cancel(bench: &Bench, page: &str) {
    let members = hidden(&bench.visit(page));
    answer(bench, page, members, "", None);
}

fn answer(bench: &Bench, page: &str, members: Members, user: &str, assertion: Option<String>) {
    let mut form = members;
    form.push(("user".to_owned(), user.to_owned()));
    form.extend(assertion.map(|text| ("assertion".to_owned(), text)));
    let authority = page.split('?').next().unwrap();
    let last = bench.submit(authority, &form);
    assert!(
        last.contains("close"),
        "what the browser shows at the end: {last}"
    );
}

/// The hidden members of the page's form.
fn hidden(page: &str) -> Members {
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
    let pairs = inputs.map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"").unwrap();
        let (value, _) = rest.split_once('"').unwrap();
        (name.to_owned(), value.replace("&amp;", "&"))
    });
    pairs.collect()
}

fn assertion(members: &Members, key: &Key) -> String {
    let challenge = members.iter().find(|(name, _)| name == "challenge");
    let challenge = &challenge.expect("the page offers a key").1;
    let origin = "https://login.microsoft.com";
    let client_data = ClientData::new(ClientDataType::Get, challenge, origin).to_json();
    let rp_id: RpId = "login.microsoft.com".parse().unwrap();
    let request = get_assertion::Request {
        rp_id: rp_id.clone(),
        client_data_hash: client_data::hash(&client_data),
        allow_list: Vec::new(),
        cred_blob: false,
        hmac_secret: None,
        up: None,
        uv: None,
    };
    let mut key = key.open();
    let pin = Pin::new(PIN).unwrap();
    let auth = key
        .pin_uv_auth(&pin, Permissions::GA, Some(&rp_id))
        .unwrap();
    let signed = key.get_assertion(&request, Some(&auth), &mut Wait::unattended());
    let signed = signed.unwrap().swap_remove(0);
    let credential = signed.credential.unwrap();
    json!({
        "id": base64url::encode(&credential.id),
        "clientDataJSON": base64url::encode(&client_data),
        "authenticatorData": base64url::encode(&signed.auth_data),
        "signature": base64url::encode(&signed.signature),
        "userHandle": signed.user.map(|user| base64url::encode(&user.id)),
    })
    .to_string()
}
