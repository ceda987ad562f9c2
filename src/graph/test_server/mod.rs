//! A scripted HTTPS server for the tests of this layer: it answers what it is told, in that order, and remembers what it
//! was asked. It understands nothing of Graph.
#![allow(clippy::unwrap_used)]

mod certificate;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::cloud::{Endpoints, HttpsUrl};
use super::http::{Http, HttpOptions};

/// One request as it came.
#[derive(Debug, Clone)]
pub(in crate::graph) struct Seen {
    /// `GET /v1.0/…`
    pub(in crate::graph) line: String,
    head: String,
    pub(in crate::graph) body: String,
}

impl Seen {
    pub(in crate::graph) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// A member of a form.
    pub(in crate::graph) fn form(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.body.as_bytes())
            .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    }
}

/// What the server does with one request.
pub(in crate::graph) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// The connection is closed without an answer.
    HangUp,
}

impl Reply {
    pub(in crate::graph) fn json(status: u16, body: impl ToString) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        let body = body.to_string();
        Self::Answer {
            status,
            headers,
            body,
        }
    }

    pub(in crate::graph) fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.to_string()));
        }
        self
    }
}

pub(in crate::graph) struct TestServer {
    pub(in crate::graph) url: HttpsUrl,
    ca_pem: Vec<u8>,
    script: Arc<Mutex<VecDeque<Reply>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl TestServer {
    pub(in crate::graph) async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (config, ca_pem) = certificate::tls();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let server = Self {
            url: url.parse().unwrap(),
            ca_pem,
            script: Arc::new(Mutex::new(script.into_iter().collect())),
            seen: Arc::default(),
        };
        let (script, seen) = (server.script.clone(), server.seen.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = serve(stream, &acceptor, &script, &seen).await;
            }
        });
        server
    }

    /// A client that trusts this server.
    pub(in crate::graph) fn http(&self) -> Http {
        Http::new(&self.options()).unwrap()
    }

    /// The same for files.
    pub(in crate::graph) fn http_for_downloads(&self) -> Http {
        Http::for_downloads(&self.options()).unwrap()
    }

    fn options(&self) -> HttpOptions {
        HttpOptions {
            extra_ca_pem: vec![self.ca_pem.clone()],
            ..HttpOptions::default()
        }
    }

    /// This server as authority and as Graph.
    pub(in crate::graph) fn endpoints(&self) -> Endpoints {
        Endpoints {
            authority: self.url.clone(),
            graph: self.url.clone(),
        }
    }

    pub(in crate::graph) fn push(&self, reply: Reply) {
        self.script.lock().unwrap().push_back(reply);
    }

    pub(in crate::graph) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The request lines, without the HTTP version.
    pub(in crate::graph) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }
}

async fn serve(
    stream: TcpStream,
    acceptor: &TlsAcceptor,
    script: &Mutex<VecDeque<Reply>>,
    seen: &Mutex<Vec<Seen>>,
) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let request = read(&mut stream).await?;
    seen.lock().unwrap().push(request);
    let reply = script.lock().unwrap().pop_front();
    let text = match reply {
        Some(Reply::Answer {
            status,
            headers,
            body,
        }) => {
            let headers: String = headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}\r\n"))
                .collect();
            let length = body.len();
            format!(
                "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
            )
        }
        Some(Reply::HangUp) => return Ok(()),
        None => "HTTP/1.1 418 the script is over\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            .to_owned(),
    };
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

async fn read(stream: &mut (impl AsyncReadExt + Unpin)) -> std::io::Result<Seen> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await?;
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let line = head.lines().next().unwrap_or_default();
        let seen = Seen {
            line: line.trim_end_matches(" HTTP/1.1").to_owned(),
            head: head.to_owned(),
            body: body.to_owned(),
        };
        let length: usize = seen
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        if seen.body.len() >= length {
            return Ok(seen);
        }
    }
}
