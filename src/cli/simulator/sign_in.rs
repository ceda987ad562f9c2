//! `halligan simulator sign-in`: what a browser does at the simulator's sign-in page, with a key in hand. `docs/simulator.md` has
//! the members of the page. No page but that of a simulator on this machine gets an assertion: an assertion for the service,
//! handed to whoever asks for it, would be a sign-in for them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use url::{Host, Url};

use crate::cli::device::DeviceChoice;
use crate::cli::key::{present_pin, touch_wait};
use crate::cli::terminal::{PinSource, Terminal, warn};
use crate::cli::{Context, Error};
use crate::ctap::command::entity::CredentialDescriptor;
use crate::ctap::command::get_assertion;
use crate::ctap::status::Status;
use crate::ctap::{self, Permissions};
use crate::encoding::base64url;
use crate::report::Report;
use crate::webauthn::client_data::{self, ClientDataType};
use crate::webauthn::{ClientData, RpId};

/// The relying party of every sign-in, and the page that asks for it.
const RP_ID: &str = "login.microsoft.com";
const ORIGIN: &str = "https://login.microsoft.com";

/// How long an answer may take, and its body. A simulator on this machine needs milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest page. The simulator's has a few kilobytes, and as many as the account has keys.
const LONGEST_PAGE: usize = 1 << 20;

/// Arguments of `simulator sign-in`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    device: DeviceChoice,

    #[command(flatten)]
    pin: PinSource,

    /// PEM file with the simulator's certification authority [default: `tenant.ca_cert` of the configuration]
    #[arg(long, value_name = "FILE")]
    ca_cert: Option<PathBuf>,

    /// The address that a browser would open, as `halligan drill` prints it: of the sign-in, or of the sign-out
    url: Url,
}

/// Why the page did not take the sign-in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// The connection, or what came over it.
    #[error("the simulator does not answer")]
    Http(#[source] reqwest::Error),
    /// No page with the members that are needed.
    #[error("the answer is not the sign-in page of a simulator: status {status}")]
    NoPage {
        /// Of the answer.
        status: u16,
    },
    /// The page is longer than any of a simulator.
    #[error(
        "the answer is not the sign-in page of a simulator: it is longer than {LONGEST_PAGE} bytes"
    )]
    TooLong,
    /// The account has no key.
    #[error("no key is registered for the account; the sign-in was cancelled")]
    NoKey,
    /// The key holds none of the account's credentials, or does not sign with them.
    #[error("the key is none of the account's; the sign-in was cancelled")]
    NoAssertion,
    /// The simulator refused.
    #[error("the sign-in was refused: {0}")]
    Refused(String),
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    require_simulator(&arguments.url)?;
    let browser = browser(arguments, context)?;
    if arguments.url.path().ends_with("/logout") {
        return sign_out(&browser, &arguments.url).await;
    }
    let mut form = hidden_members(&browser, &arguments.url).await?;
    let assertion = match form.get("credentials").map(String::as_str) {
        Some("") => Err(PageError::NoKey.into()),
        _ => assertion(arguments, context, &form),
    };
    let assertion = match assertion {
        Ok(assertion) => assertion,
        // What a person does at a page that takes none of their keys: leave it by its button.
        Err(error) if has_no_credential(&error) => {
            form.insert("user".to_owned(), String::new());
            answer(&browser, &arguments.url, &form).await?;
            return Err(match error {
                Error::SignInPage(error) => error.into(),
                _ => PageError::NoAssertion.into(),
            });
        }
        Err(error) => {
            warn(
                context,
                "nothing was sent, and whoever waits for this sign-in waits on: the same address takes another try",
            );
            return Err(error);
        }
    };
    form.insert("assertion".to_owned(), assertion);
    let user = form.get("login_hint").cloned().unwrap_or_default();
    form.insert("user".to_owned(), user.clone());
    let back = answer(&browser, &arguments.url, &form).await?;
    let member = |wanted: &str| {
        let mut members = back.query_pairs();
        members.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
    };
    match member("error") {
        None => Ok(report(&user, &back)),
        Some(error) => Err(PageError::Refused(member("error_description").unwrap_or(error)).into()),
    }
}

/// The page that ends a session: a browser shows it, and that is all.
async fn sign_out(browser: &reqwest::Client, url: &Url) -> Result<Report, Error> {
    let answer = browser.get(url.clone()).send().await;
    let status = answer.map_err(PageError::Http)?.status();
    if !status.is_success() {
        let status = status.as_u16();
        return Err(PageError::NoPage { status }.into());
    }
    let body = json!({"account": null, "returned_to": null});
    let text = "Signed out.\n".to_owned();
    Ok(Report::new(
        "halligan.simulator.sign_in/1",
        true,
        body,
        text,
    ))
}

fn has_no_credential(error: &Error) -> bool {
    matches!(
        error,
        Error::SignInPage(PageError::NoKey | PageError::NoAssertion)
            | Error::Key(ctap::Error::Status {
                status: Status::NoCredentials,
                ..
            })
    )
}

/// Sends the form off, and goes where the browser is sent then: whoever waits there is to know of a refusal as well.
async fn answer(
    browser: &reqwest::Client,
    url: &Url,
    form: &BTreeMap<String, String>,
) -> Result<Url, PageError> {
    let back = send(browser, url, form).await?;
    let visit = browser.get(back.clone()).send().await;
    visit.map_err(PageError::Http)?;
    Ok(back)
}

fn report(user: &str, back: &Url) -> Report {
    let to = back.origin().ascii_serialization();
    let body = json!({"account": user, "returned_to": to});
    let text = format!("{user} is signed in; the answer went to {to}.\n");
    Report::new("halligan.simulator.sign_in/1", true, body, text)
}

/// TLS, and a host that is this machine.
fn require_simulator(url: &Url) -> Result<(), Error> {
    match url.scheme() == "https" && is_here(url) {
        true => Ok(()),
        false => Err(Error::Usage(format!(
            "{} is no simulator on this machine, and nothing else gets an assertion",
            url.origin().ascii_serialization()
        ))),
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn browser(arguments: &Arguments, context: &Context) -> Result<reqwest::Client, Error> {
    let mut browser = reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none());
    let config = context.config_or_default()?;
    let pem = match (&arguments.ca_cert, &config.file.tenant.ca_cert) {
        (Some(path), _) => Some(std::fs::read(path).map_err(|source| Error::Read {
            path: path.clone(),
            source,
        })?),
        (None, Some(path)) => Some(config.read_file(path)?),
        (None, None) => None,
    };
    if let Some(pem) = pem {
        let certificates = reqwest::Certificate::from_pem_bundle(&pem);
        browser = browser.tls_certs_merge(certificates.map_err(PageError::Http)?);
    }
    Ok(browser.build().map_err(PageError::Http)?)
}

/// What the page would send back: the request's own parameters, a challenge, and the account's keys if it is preset.
async fn hidden_members(
    browser: &reqwest::Client,
    url: &Url,
) -> Result<BTreeMap<String, String>, PageError> {
    let answer = browser
        .get(url.clone())
        .send()
        .await
        .map_err(PageError::Http)?;
    let status = answer.status().as_u16();
    let page = text(answer).await?;
    let members: BTreeMap<String, String> = page
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .filter_map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"")?;
            let (value, _) = rest.split_once('"')?;
            Some((name.to_owned(), unescaped(value)))
        })
        .collect();
    match members.contains_key("challenge") {
        true => Ok(members),
        false => Err(PageError::NoPage { status }),
    }
}

async fn text(mut answer: reqwest::Response) -> Result<String, PageError> {
    let mut page = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(PageError::Http)? {
        if page.len() + chunk.len() > LONGEST_PAGE {
            return Err(PageError::TooLong);
        }
        page.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// The key's answer as the page would write it.
fn assertion(
    arguments: &Arguments,
    context: &Context,
    form: &BTreeMap<String, String>,
) -> Result<String, Error> {
    let member = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let client_data = ClientData::new(ClientDataType::Get, member("challenge"), ORIGIN).to_json();
    // Without a list any key may answer that knows whose it is.
    let ids = member("credentials").split(',').filter(|id| !id.is_empty());
    let ids = ids.filter_map(|id| base64url::decode(id).ok());
    let rp_id: RpId = RP_ID.parse().expect("a domain name");
    let request = get_assertion::Request {
        allow_list: ids.map(|id| CredentialDescriptor { id }).collect(),
        ..get_assertion::Request::new(rp_id.clone(), client_data::hash(&client_data))
    };
    let mut key = arguments.device.open(&context.env)?.authenticator;
    let mut terminal = Terminal::new(&context.global, &arguments.pin);
    let pin = present_pin(&mut key, &arguments.pin, &mut terminal)?;
    let auth = key.pin_uv_auth(&pin, Permissions::GA, Some(&rp_id))?;
    let mut wait = touch_wait(context);
    let answers = key.get_assertion(&request, Some(&auth), &mut wait)?;
    let answer = answers.into_iter().next().ok_or(PageError::NoAssertion)?;
    let credential = answer.credential.ok_or(PageError::NoAssertion)?;
    let user = answer.user.map(|user| base64url::encode(&user.id));
    Ok(json!({
        "id": base64url::encode(&credential.id),
        "clientDataJSON": base64url::encode(&client_data),
        "authenticatorData": base64url::encode(&answer.auth_data),
        "signature": base64url::encode(&answer.signature),
        "userHandle": user,
    })
    .to_string())
}

/// Sends the form off; where the browser would be sent then.
async fn send(
    browser: &reqwest::Client,
    url: &Url,
    form: &BTreeMap<String, String>,
) -> Result<Url, PageError> {
    let mut action = url.clone();
    action.set_query(None);
    let answer = browser.post(action).form(form).send().await;
    let answer = answer.map_err(PageError::Http)?;
    let location = answer.headers().get(reqwest::header::LOCATION);
    let location = location.and_then(|location| location.to_str().ok());
    let back = location.and_then(|location| Url::parse(location).ok());
    back.filter(is_here).ok_or(PageError::NoPage {
        status: answer.status().as_u16(),
    })
}
