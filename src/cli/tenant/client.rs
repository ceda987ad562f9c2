//! From configuration to a client of the tenant.

use std::sync::Arc;

use serde_json::json;
use url::Url;

use crate::cli::config::{Config, SignInMethod};
use crate::cli::{Context, Error, terminal};
use crate::env::Env;
use crate::graph::credential::{
    Browser, Cached, DRILL_PERMISSIONS, DeviceCode, DevicePrompt, ENROL_PERMISSIONS, Flow,
    PublicClient, TokenSource, application, delegated_scopes, fresh_scopes,
};
use crate::graph::{Client, Endpoints, Http};
use crate::secret::ClientSecret;

/// A client that signs in when it first needs to, with what an enrolment needs.
pub(crate) fn client(config: &Config, context: &Context) -> Result<Client, Error> {
    client_for(config, context, &ENROL_PERMISSIONS)
}

/// As [`client`], with these delegated permissions where a person signs in and the configuration names no others.
pub(crate) fn client_for(
    config: &Config,
    context: &Context,
    permissions: &[&str],
) -> Result<Client, Error> {
    let endpoints = config.endpoints()?;
    let http = config.http(&endpoints)?;
    let tokens = token_source(config, &http, &endpoints, context, permissions)?;
    let version = config.graph_version()?;
    let events = context.global.events;
    let quiet = !events && (context.global.quiet || context.global.json);
    Ok(
        Client::new(http, endpoints.graph, tokens, context.env.clone())
            .version(version)
            .paced(config.file.tenant.pace.unwrap_or(true))
            .stop_when(context.interrupt.clone().raised())
            .on_wait(move |waiting| {
                if !quiet {
                    let seconds = waiting.wait.as_secs_f64();
                    let (reason, sentence) = match waiting.status {
                        Some(400 | 404) => (
                            "the directory does not know it yet",
                            "The directory does not know it yet",
                        ),
                        _ => ("the tenant is busy", "The tenant is busy"),
                    };
                    terminal::say(
                        events,
                        &json!({"event": "waiting", "reason": reason, "seconds": seconds}),
                        &format!("{sentence}; asking again in {seconds:.0} s"),
                    );
                }
            }),
    )
}

fn token_source(
    config: &Config,
    http: &Http,
    endpoints: &Endpoints,
    context: &Context,
    permissions: &[&str],
) -> Result<Arc<dyn TokenSource>, Error> {
    let env = &context.env;
    let events = context.global.events;
    let sign_in = &config.file.sign_in;
    let read = |path: &std::path::Path| -> Result<ClientSecret, Error> {
        let text = String::from_utf8_lossy(&config.read_file(path)?)
            .trim()
            .to_owned();
        Ok(ClientSecret::new(text))
    };
    match sign_in.method.unwrap_or(SignInMethod::Browser) {
        SignInMethod::Browser => {
            let browser = Browser::new(
                public_client(config, http, endpoints, env, permissions)?,
                move |url| open_browser(events, url),
            );
            let browser = match &sign_in.login_hint {
                Some(hint) => browser.login_hint(hint.clone()),
                None => browser,
            };
            Ok(cached(browser, env))
        }
        SignInMethod::DeviceCode => Ok(cached(
            DeviceCode::new(
                public_client(config, http, endpoints, env, permissions)?,
                move |prompt| show_code(events, prompt),
            ),
            env,
        )),
        SignInMethod::ClientSecret => {
            let path = config.require(
                sign_in.client_secret_file.as_ref(),
                "sign_in.client_secret_file",
            )?;
            Ok(cached(
                app(config, http, endpoints, env)?.client_secret(&read(path)?)?,
                env,
            ))
        }
        SignInMethod::ClientCertificate => {
            let path = config.require(
                sign_in.client_certificate.as_ref(),
                "sign_in.client_certificate",
            )?;
            Ok(cached(
                app(config, http, endpoints, env)?.client_certificate(&read(path)?)?,
                env,
            ))
        }
        SignInMethod::WorkloadIdentity => {
            let path = config.require(
                sign_in.federated_token_file.as_ref(),
                "sign_in.federated_token_file",
            )?;
            Ok(cached(
                app(config, http, endpoints, env)?.workload_identity(config.resolve(path))?,
                env,
            ))
        }
        SignInMethod::ManagedIdentity => Ok(cached(
            application::managed_identity(endpoints, sign_in.client_id.clone())?,
            env,
        )),
        SignInMethod::AzureCli => Ok(cached(
            application::azure_cli(endpoints, Some(&config.tenant_name()?))?,
            env,
        )),
    }
}

fn cached<F: Flow + 'static>(flow: F, env: &Env) -> Arc<dyn TokenSource> {
    Arc::new(Cached::new(flow, env.clone()))
}

fn client_id(config: &Config) -> Result<String, Error> {
    Ok(config
        .require(config.file.sign_in.client_id.as_ref(), "sign_in.client_id")?
        .clone())
}

fn app(
    config: &Config,
    http: &Http,
    endpoints: &Endpoints,
    env: &Env,
) -> Result<application::Application, Error> {
    Ok(application::Application {
        http: http.clone(),
        endpoints: endpoints.clone(),
        tenant: config.tenant_name()?,
        client_id: client_id(config)?,
        env: env.clone(),
    })
}

fn public_client(
    config: &Config,
    http: &Http,
    endpoints: &Endpoints,
    env: &Env,
    permissions: &[&str],
) -> Result<PublicClient, Error> {
    let permissions: Vec<&str> = match &config.file.sign_in.permissions {
        Some(permissions) => permissions.iter().map(String::as_str).collect(),
        None => permissions.to_vec(),
    };
    Ok(PublicClient {
        http: http.clone(),
        authority: endpoints.authority.clone(),
        tenant: config.tenant_name()?,
        client_id: client_id(config)?,
        scopes: delegated_scopes(&endpoints.graph, &permissions),
        env: env.clone(),
    })
}

/// The application as which an emergency account signs in to show that it can.
pub(crate) fn drill_client(config: &Config, context: &Context) -> Result<PublicClient, Error> {
    let endpoints = config.endpoints()?;
    let sign_in = &config.file.sign_in;
    let by_person = matches!(
        sign_in.method.unwrap_or(SignInMethod::Browser),
        SignInMethod::Browser | SignInMethod::DeviceCode
    );
    let drill = &config.file.drill;
    // An application that signs in by itself has a secret, and the authority would ask for it.
    let shared = sign_in.client_id.as_ref().filter(|_| by_person);
    let client_id = config.require(drill.client_id.as_ref().or(shared), "drill.client_id")?;
    let permissions: Vec<&str> = match &drill.permissions {
        Some(permissions) => permissions.iter().map(String::as_str).collect(),
        None => DRILL_PERMISSIONS.to_vec(),
    };
    Ok(PublicClient {
        http: config.http(&endpoints)?,
        scopes: fresh_scopes(&endpoints.graph, &permissions),
        authority: endpoints.authority,
        tenant: config.tenant_name()?,
        client_id: client_id.clone(),
        env: context.env.clone(),
    })
}

/// The address is printed, not opened: the operator chooses the browser and the profile, and a workstation without a desktop
/// works the same way.
fn open_browser(events: bool, url: &Url) {
    terminal::say(
        events,
        &json!({"event": "sign_in", "url": url}),
        &format!("Open this address in a browser on this machine and sign in:\n  {url}"),
    );
}

fn show_code(events: bool, prompt: &DevicePrompt) {
    let (url, code) = (&prompt.verification_uri, &prompt.user_code);
    terminal::say(
        events,
        &json!({"event": "sign_in", "url": url, "code": code}),
        &format!("Open {url} and type the code {code}"),
    );
}
