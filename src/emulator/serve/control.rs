//! The control socket: a Unix stream socket that its owner alone can use, several clients at once, a line in and a line out.
//! Everything is non-blocking. A client that does not read what it asked for is hung up on.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, fchmod};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, listen, socket_with};
use serde_json::{Value, json};

use super::door::{SOCKET_FLAGS, remove_stale_socket};
use super::{ListenAddress, ServeError};
use crate::emulator::Emulator;
use crate::emulator::control::{Answer, MAX_LINE, Refusal, Waiting, answer};

/// Answers that a client has not read yet; a few hundred states.
const MAX_UNREAD: usize = 4 * 1024 * 1024;

/// The socket and who is connected.
pub(super) struct Control {
    listener: UnixListener,
    path: PathBuf,
    clients: Vec<Client>,
}

struct Client {
    stream: UnixStream,
    received: Vec<u8>,
    unsent: Vec<u8>,
    /// The number of the newest event that was sent, for a client that wants them.
    subscribed: Option<u64>,
    /// What the client waits for; what it asks meanwhile is looked at afterwards.
    waiting: Option<Waiting>,
    /// Whether the client has said all that it will say. Answers still reach it.
    has_ended: bool,
    is_open: bool,
}

impl Control {
    /// Listens at a path where nobody else does.
    pub(super) fn open(path: &Path) -> Result<Self, ServeError> {
        remove_stale_socket(path, SocketType::STREAM)?;
        let listener = listen_at(path).map_err(|source| ServeError::Io {
            attempted: "listen on",
            address: ListenAddress::Unix(path.to_owned()),
            source,
        })?;
        Ok(Self {
            listener,
            path: path.to_owned(),
            clients: Vec::new(),
        })
    }

    /// What to wait for: the listener, then the clients.
    pub(super) fn interests(&self) -> impl Iterator<Item = (BorrowedFd<'_>, PollFlags)> {
        let clients = self.clients.iter().map(|client| {
            // A client that hangs up is noticed whatever is asked for.
            let mut flags = PollFlags::empty();
            flags.set(PollFlags::IN, !client.has_ended);
            flags.set(PollFlags::OUT, !client.unsent.is_empty());
            (client.stream.as_fd(), flags)
        });
        std::iter::once((self.listener.as_fd(), PollFlags::IN)).chain(clients)
    }

    /// How long until somebody has waited long enough; `None`: nobody waits.
    pub(super) fn time_until_next(&self, emulator: &Emulator) -> Option<Duration> {
        let waiting = self
            .clients
            .iter()
            .filter_map(|client| client.waiting.as_ref());
        waiting.map(|waiting| waiting.time_left(emulator)).min()
    }

    /// Takes connections and requests.
    pub(super) fn receive(&mut self, emulator: &mut Emulator) {
        while let Ok((stream, _)) = self.listener.accept() {
            if stream.set_nonblocking(true).is_ok() {
                self.clients.push(Client::new(stream));
            }
        }
        for client in &mut self.clients {
            client.receive();
            client.serve(emulator);
        }
    }

    /// Tells of events, answers those who have waited, and sends what can be sent. `true` when something was asked behind a
    /// wait that is over, so that the key may have more to do.
    pub(super) fn report(&mut self, emulator: &mut Emulator) -> bool {
        let mut acted = false;
        while self.clients.iter_mut().any(|client| client.look(emulator)) {
            acted = true;
        }
        for client in &mut self.clients {
            client.tell_events(emulator);
            client.flush();
        }
        self.clients
            .retain(|client| client.is_open && !client.is_done());
        acted
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, path = %self.path.display(), "the control socket stays behind");
        }
    }
}

/// The mode is set before the socket has a name: there is no moment at which others could connect.
fn listen_at(path: &Path) -> std::io::Result<UnixListener> {
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SOCKET_FLAGS, None)?;
    fchmod(&socket, Mode::RUSR | Mode::WUSR)?;
    bind(&socket, &SocketAddrUnix::new(path)?)?;
    listen(&socket, 8)?;
    Ok(socket.into())
}

impl Client {
    fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            received: Vec::new(),
            unsent: Vec::new(),
            subscribed: None,
            waiting: None,
            has_ended: false,
            is_open: true,
        }
    }

    /// Reads what is there, but not much more than the longest line.
    fn receive(&mut self) {
        if self.has_ended {
            self.is_open &= !self.has_hung_up();
            return;
        }
        let mut buffer = [0; 4096];
        while self.received.len() <= MAX_LINE {
            match self.stream.read(&mut buffer) {
                Ok(0) => return self.end(),
                Ok(length) => self.received.extend_from_slice(&buffer[..length]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => return self.is_open = false,
            }
        }
    }

    /// The client sends no more, and may still read: `printf … | nc -U PATH`. The last line needs no end then.
    fn end(&mut self) {
        self.has_ended = true;
        if self.received.last().is_some_and(|&byte| byte != b'\n') {
            self.received.push(b'\n');
        }
        self.is_open = !self.has_hung_up();
    }

    fn has_hung_up(&self) -> bool {
        let mut fds = [PollFd::new(&self.stream, PollFlags::empty())];
        let found = poll(&mut fds, Some(&Timespec::default()));
        found.is_ok() && fds[0].revents().contains(PollFlags::HUP)
    }

    /// Whether there is nothing left to say to a client that asks nothing more.
    fn is_done(&self) -> bool {
        let is_owed = self.waiting.is_some() || self.subscribed.is_some();
        self.has_ended && !is_owed && self.unsent.is_empty()
    }

    /// Answers the lines that are complete, up to one that has to wait.
    fn serve(&mut self, emulator: &mut Emulator) {
        while self.waiting.is_none() && self.unsent.len() <= MAX_UNREAD {
            let end = self.received.iter().position(|&byte| byte == b'\n');
            let Some(end) = end else {
                break;
            };
            let line: Vec<u8> = self.received.drain(..=end).collect();
            match answer(line.trim_ascii(), emulator) {
                Ok(Answer::Done(members)) => self.done(members),
                Ok(Answer::Subscribed(since)) => {
                    self.subscribed = Some(since);
                    self.done(json!({"event": since}));
                }
                Ok(Answer::Waiting(waiting)) => self.waiting = Some(waiting),
                Err(refusal) => self.send(&refusal.to_json()),
            }
        }
        self.refuse_flood();
    }

    /// A line without end, or too many of them behind one that waits.
    fn refuse_flood(&mut self) {
        if self.received.len() > MAX_LINE {
            self.send(&Refusal::TooLong.to_json());
            self.flush();
            self.is_open = false;
        }
    }

    /// Whether a wait is over.
    fn look(&mut self, emulator: &mut Emulator) -> bool {
        let waiting = self.waiting.as_mut();
        let Some(outcome) = waiting.and_then(|waiting| waiting.look(emulator)) else {
            return false;
        };
        self.waiting = None;
        match outcome {
            Ok(members) => self.done(members),
            Err(refusal) => self.send(&refusal.to_json()),
        }
        // What was asked meanwhile.
        self.serve(emulator);
        true
    }

    fn tell_events(&mut self, emulator: &Emulator) {
        let Some(told) = self.subscribed else {
            return;
        };
        for event in emulator.events_since(told) {
            self.send(&json!(event));
        }
        self.subscribed = Some(emulator.newest_event());
    }

    /// `{"ok":true}` with these members.
    fn done(&mut self, members: Value) {
        let mut line = json!({"ok": true});
        if let (Some(line), Value::Object(members)) = (line.as_object_mut(), members) {
            line.extend(members);
        }
        self.send(&line);
    }

    fn send(&mut self, line: &Value) {
        self.unsent.extend_from_slice(line.to_string().as_bytes());
        self.unsent.push(b'\n');
        if self.unsent.len() > MAX_UNREAD {
            self.is_open = false;
        }
    }

    fn flush(&mut self) {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(length) => drop(self.unsent.drain(..length)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => return self.is_open = false,
            }
        }
    }
}
