//! TLS on loopback: accepts connections, shakes hands beside each other, hands finished connections to axum.

mod certificate;
mod connection;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
pub use certificate::Error;
pub(in crate::simulator) use certificate::{Authority, CA_FILE, ServerIdentity, random_key};
pub(in crate::simulator) use connection::{Connection, Severance};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{self, ServerConfig};

/// Connections at the same time, including those that still shake hands.
const CONNECTION_LIMIT: usize = 256;

/// A peer that opens a connection and says nothing gives way after this time.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// After `accept` failed (typically for want of file descriptors).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A source of connections whose TLS handshake is done.
pub(in crate::simulator) struct TlsListener {
    address: SocketAddr,
    connections: mpsc::Receiver<(Connection, SocketAddr)>,
    acceptor: JoinHandle<()>,
}

impl TlsListener {
    /// Accepts on `listener` from now on.
    pub(in crate::simulator) fn new(
        listener: TcpListener,
        identity: ServerIdentity,
    ) -> Result<Self, TlsError> {
        let address = listener.local_addr()?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(identity.chain, identity.key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let (sender, connections) = mpsc::channel(1);
        let acceptor = tokio::spawn(accept_all(
            listener,
            TlsAcceptor::from(Arc::new(config)),
            sender,
        ));
        Ok(Self {
            address,
            connections,
            acceptor,
        })
    }
}

/// Why TLS cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The socket has no address.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// rustls refused certificate or key.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        // Frees the port at once.
        self.acceptor.abort();
    }
}

impl Listener for TlsListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        match self.connections.recv().await {
            Some(accepted) => accepted,
            // The acceptor ends only with this listener.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

async fn accept_all(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    sender: mpsc::Sender<(Connection, SocketAddr)>,
) {
    let slots = Arc::new(Semaphore::new(CONNECTION_LIMIT));
    loop {
        let Ok(permit) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(shake_hands(
                    stream,
                    peer,
                    acceptor.clone(),
                    permit,
                    sender.clone(),
                ));
            }
            Err(cause) => {
                tracing::debug!(%cause, "simulator: accept");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn shake_hands(
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: TlsAcceptor,
    permit: OwnedSemaphorePermit,
    sender: mpsc::Sender<(Connection, SocketAddr)>,
) {
    match tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => {
            let connection = Connection {
                stream,
                severance: Severance::default(),
                _permit: permit,
            };
            // Fails when the simulator is shutting down; the connection is dropped then.
            let _ = sender.send((connection, peer)).await;
        }
        Ok(Err(cause)) => tracing::debug!(%peer, %cause, "simulator: TLS handshake"),
        Err(_) => tracing::debug!(%peer, "simulator: TLS handshake took too long"),
    }
}
