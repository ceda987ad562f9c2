//! A connection that a scripted fault can sever from inside a request.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio_rustls::server::TlsStream;

use crate::simulator::tls::TlsListener;

/// Cuts the connection that a request came in on; part of every request's extensions.
#[derive(Clone, Default)]
pub(in crate::simulator) struct Severance(Arc<AtomicBool>);

impl Severance {
    /// From now on nothing is read from or written to the connection, not even TLS's farewell.
    pub(in crate::simulator) fn sever(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn check(&self) -> io::Result<()> {
        if self.0.load(Ordering::Acquire) {
            Err(io::ErrorKind::ConnectionAborted.into())
        } else {
            Ok(())
        }
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Severance {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        stream.io().severance.clone()
    }
}

/// A TLS connection with its severance.
pub(in crate::simulator) struct Connection {
    pub(super) stream: TlsStream<TcpStream>,
    pub(super) severance: Severance,
    /// Bounds the number of connections.
    pub(super) _permit: OwnedSemaphorePermit,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.severance.check()?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.severance.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.severance.check()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.severance.check()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
