//! Starts and stops the simulator: one HTTPS server on loopback for authority, Graph and control routes.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;
use uuid::Uuid;

use crate::env::Env;
use crate::simulator::fault::{self, Fault, Faults};
use crate::simulator::oauth::Sessions;
use crate::simulator::recorder::{self, Recorder};
use crate::simulator::routes::{LogPace, Pace, apply_quota, envelope, run_batches};
use crate::simulator::service::Service;
use crate::simulator::storage::{self, Directory};
use crate::simulator::tenant::{AUDIT_SECRET_FILE, ApplyError, SECRET_FILE, Seed, Tenant};
use crate::simulator::tls::{self, Authority, CA_FILE, Severance, TlsListener};
use crate::simulator::{control, oauth, relying_party, routes};

/// The largest request body; a registration has about 15 KB.
const BODY_LIMIT: usize = 256 * 1024;

/// How long requests under way may still take when the simulator shuts down.
const GRACE: Duration = Duration::from_secs(2);

/// What a simulator is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where tenant, authority and secret are kept; made if needed.
    pub state_dir: PathBuf,
    /// A loopback address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Sign-in name of who signs in without being asked, for runs without a person; without `@` in the tenant's own domain.
    pub auto_approve: Option<String>,
    /// The script of faults.
    pub faults: Vec<Fault>,
    /// Certificates (DER) that attestations may lead to, besides those the tenant knows already.
    pub trust_anchors: Vec<Vec<u8>>,
    /// Changes to the tenant before it answers.
    pub seed: Option<Seed>,
}

impl Config {
    /// 127.0.0.1, a free port, nothing scripted.
    #[must_use]
    pub fn new(state_dir: impl Into<PathBuf>) -> Self {
        Self {
            state_dir: state_dir.into(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            auto_approve: None,
            faults: Vec::new(),
            trust_anchors: Vec::new(),
            seed: None,
        }
    }
}

/// Why the simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The user who is to sign in by themselves does not exist.
    #[error("no user of the simulated tenant is called {0:?}")]
    AutoApprove(String),
    /// No certificate.
    #[error(transparent)]
    Certificate(#[from] tls::Error),
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// As asked for.
        address: SocketAddr,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// The address can be reached from other machines.
    #[error("{0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The seed does not fit the tenant.
    #[error(transparent)]
    Seed(#[from] ApplyError),
    /// The state directory cannot be used.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// A trust anchor is not a certificate; counted from 0.
    #[error("trust anchor {0} is not an X.509 certificate in DER")]
    TrustAnchor(usize),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
}

/// The demo tenant's names and secrets, for those who point a client at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// The tenant's id.
    pub tenant_id: Uuid,
    /// Sign-in names of the two emergency accounts.
    pub emergency_accounts: [String; 2],
    /// Sign-in name of the operator, a Privileged Authentication Administrator.
    pub operator: String,
    /// Sign-in name of a guest.
    pub guest: String,
    /// The application that may provision keys.
    pub app: DemoApp,
    /// The application for browser and device sign-in.
    pub public_client_id: Uuid,
    /// The application that reads the logs and changes nothing.
    pub audit: DemoApp,
}

/// An application and where its secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoApp {
    /// The client id.
    pub client_id: Uuid,
    /// A file, mode 0600, that holds the client secret and nothing else.
    pub secret_path: PathBuf,
}

/// A running simulator. Dropping it shuts it down as well, without waiting.
pub struct Running {
    /// `https://localhost:PORT`, below which `/v1.0` and `/beta` are.
    pub graph_url: Url,
    /// `https://localhost:PORT`, below which `/{tenant}/oauth2/v2.0/…` is.
    pub authority_url: Url,
    /// The certificate (PEM) that clients must trust.
    pub ca_cert_path: PathBuf,
    /// The same certificate.
    pub ca_pem: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// The tenant, to look at and to change.
    pub tenant: Tenant,
    /// The script of faults.
    pub faults: Faults,
    /// What was asked of Graph and answered, from when it was told to listen.
    pub recorder: Recorder,
    /// Whom and what the tenant was made with.
    pub demo: Demo,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Running {
    /// Stops accepting, lets requests under way finish for a moment, and frees port and state directory.
    pub async fn shutdown(self) {
        let Self {
            stop, mut server, ..
        } = self;
        drop(stop);
        if tokio::time::timeout(GRACE, &mut server).await.is_err() {
            server.abort();
            // Whatever the task returns, it is over.
            let _ = server.await;
        }
    }
}

/// Starts a simulator on the current tokio runtime.
///
/// # Errors
/// When the address is not loopback or taken, or the state directory is in use, damaged or not writable.
pub async fn start(config: Config, env: Env) -> Result<Running, Error> {
    if !config.listen.ip().is_loopback() {
        return Err(Error::NotLoopback(config.listen));
    }
    let mut anchors = config.trust_anchors.iter();
    if let Some(position) = anchors.position(|der| !relying_party::is_anchor(der)) {
        return Err(Error::TrustAnchor(position));
    }
    let directory = Arc::new(Directory::open(&config.state_dir)?);
    let tenant = Tenant::open(Arc::clone(&directory), &env)?;
    if !config.trust_anchors.is_empty() {
        let anchors = &config.trust_anchors;
        tenant.update(|state| anchors.iter().for_each(|der| state.trust_anchor(der)))?;
    }
    if let Some(seed) = &config.seed {
        tenant.try_update(|state| seed.apply(state, &env).map_err(Error::Seed))?;
    }
    let auto_approve = config.auto_approve.map(|name| user(&tenant, &name));
    let authority = Authority::open(&directory, &env)?;
    let identity = authority.issue_server(&env)?;
    let (socket, address) = bind(config.listen).await?;
    let faults = Faults::new(config.faults);
    let recorder = Recorder::default();
    let base_url = format!("https://localhost:{}", address.port());
    let url: Url = base_url.parse().expect("a host and a port make a URL");
    let service = Service {
        tenant: tenant.clone(),
        env,
        faults: faults.clone(),
        quota: Arc::default(),
        pace: Pace::default(),
        log_pace: LogPace::default(),
        recorder: recorder.clone(),
        sessions: Arc::new(Sessions::default()),
        base_url: base_url.into(),
        auto_approve: auto_approve.transpose()?,
    };
    let (stop, stopped) = oneshot::channel();
    let server = serve(
        TlsListener::new(socket, identity)?,
        router(service),
        stopped,
    );
    Ok(Running {
        graph_url: url.clone(),
        authority_url: url,
        ca_cert_path: directory.path(CA_FILE),
        ca_pem: authority.pem,
        address,
        demo: demo(&tenant, &directory),
        tenant,
        faults,
        recorder,
        stop,
        server,
    })
}

/// The sign-in name of a user, who must be there.
fn user(tenant: &Tenant, name: &str) -> Result<Arc<str>, Error> {
    let found = tenant.read(|state| {
        let user = state.user(&state.full_name(name))?;
        Some(user.user_principal_name.as_str().into())
    });
    found.ok_or_else(|| Error::AutoApprove(name.to_owned()))
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let failed = |cause| Error::Listen { address, cause };
    let socket = TcpListener::bind(address).await.map_err(failed)?;
    let bound = socket.local_addr().map_err(failed)?;
    Ok((socket, bound))
}

fn demo(tenant: &Tenant, directory: &Directory) -> Demo {
    tenant.read(|state| Demo {
        tenant_id: state.tenant_id,
        emergency_accounts: state.demo.emergency_accounts.clone(),
        operator: state.demo.operator.clone(),
        guest: state.demo.guest.clone(),
        app: DemoApp {
            client_id: state.demo.app_client_id,
            secret_path: directory.path(SECRET_FILE),
        },
        public_client_id: state.demo.public_client_id,
        audit: DemoApp {
            client_id: state.demo.audit_client_id,
            secret_path: directory.path(AUDIT_SECRET_FILE),
        },
    })
}

/// Outermost first: batches taken apart, envelope and access log, scripted faults, quota, recorder, routes. The control routes stand
/// beside the faults. Batches are around the router as a whole, because each of their requests is to find its own route.
fn router(service: Service) -> Router {
    let faults = service.faults.clone();
    let recorder = service.recorder.clone();
    let routed = Router::new()
        .merge(oauth::router())
        .merge(routes::router().layer(from_fn_with_state(recorder, recorder::record)))
        .layer(from_fn_with_state(service.clone(), apply_quota))
        .layer(from_fn_with_state(faults, fault::apply))
        .merge(control::router())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(service.clone(), envelope))
        .with_state(service);
    Router::new()
        .fallback_service(routed)
        .layer(from_fn(run_batches))
}

fn serve(listener: TlsListener, router: Router, stopped: oneshot::Receiver<()>) -> JoinHandle<()> {
    let service = router.into_make_service_with_connect_info::<Severance>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async {
        // The sender is never used: that it is gone, by `shutdown` or by drop, is the signal.
        let _ = stopped.await;
    });
    tokio::spawn(async move {
        if let Err(cause) = server.await {
            tracing::debug!(%cause, "simulator: the server ended");
        }
    })
}
