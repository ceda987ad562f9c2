//! The real executable as a child process: arguments, standard input, time limit; status, standard output, standard error.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than any command takes on a busy machine, also one that waits a minute for what a killed one may have made; shorter than
/// anybody's patience.
const LIMIT: Duration = Duration::from_secs(150);
/// How long the point at which a command is killed may take to come: several are tried at the same time.
const KILL_LIMIT: Duration = Duration::from_secs(90);

/// A command line that has not been started yet.
#[must_use]
#[derive(Clone)]
pub(crate) struct Command {
    directory: PathBuf,
    arguments: Vec<String>,
    stdin: String,
    shell: Option<String>,
    unread: bool,
}

impl Command {
    pub(crate) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            arguments: Vec::new(),
            stdin: String::new(),
            shell: None,
            unread: false,
        }
    }

    /// With further arguments.
    pub(crate) fn with<I, S>(mut self, arguments: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// With `--json`.
    pub(crate) fn json(self) -> Self {
        self.with(["--json"])
    }

    /// With `--pin-stdin` and this PIN; the last one counts.
    pub(crate) fn pin(self, pin: &str) -> Self {
        let line = format!("{pin}\n");
        if self
            .arguments
            .iter()
            .any(|argument| argument == "--pin-stdin")
        {
            self.stdin(&line)
        } else {
            self.with(["--pin-stdin"]).stdin(&line)
        }
    }

    /// With this standard input.
    pub(crate) fn stdin(self, text: &str) -> Self {
        Self {
            stdin: text.to_owned(),
            ..self
        }
    }

    /// Started by a shell, after this: `ulimit …`.
    pub(crate) fn after(self, shell: &str) -> Self {
        Self {
            shell: Some(shell.to_owned()),
            ..self
        }
    }

    /// With a standard output that nobody reads any more.
    pub(crate) fn unread(self) -> Self {
        Self {
            unread: true,
            ..self
        }
    }

    pub(crate) fn run(self) -> Finished {
        self.start().finish()
    }

    /// Killed (SIGKILL) as soon as this is so; whether it came so far before it ended.
    #[track_caller]
    pub(crate) fn killed_when(self, reached: impl Fn() -> bool) -> bool {
        let mut started = self.start();
        let deadline = Instant::now() + KILL_LIMIT;
        loop {
            if reached() {
                started.kill();
                return true;
            }
            if started.has_ended() {
                started.finish();
                return false;
            }
            assert!(Instant::now() < deadline, "the point never came");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Starts without waiting for the end.
    pub(crate) fn start(self) -> Started {
        let mut child = self.process().spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A child that needs no input may be gone already.
        let _ = stdin.write_all(self.stdin.as_bytes());
        drop(stdin);
        let (send, received) = channel();
        if let Some(stdout) = child.stdout.take() {
            pump(stdout, Stream::Stdout, send.clone());
        }
        pump(child.stderr.take().unwrap(), Stream::Stderr, send);
        Started {
            child,
            received,
            deadline: Instant::now() + LIMIT,
            line: format!("halligan {}", self.arguments.join(" ")),
            output: Output::default(),
        }
    }

    fn process(&self) -> std::process::Command {
        let executable = env!("CARGO_BIN_EXE_halligan");
        let mut process = match &self.shell {
            None => std::process::Command::new(executable),
            Some(before) => {
                let mut shell = std::process::Command::new("sh");
                shell.args(["-c", &format!("{before}\nexec \"$0\" \"$@\""), executable]);
                shell
            }
        };
        process
            .args(&self.arguments)
            .current_dir(&self.directory)
            // What the developer's shell says about proxies, colours or the tool itself must not decide a test.
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.directory)
            .stdin(Stdio::piped())
            .stdout(if self.unread {
                nobody()
            } else {
                Stdio::piped()
            })
            .stderr(Stdio::piped());
        process
    }
}

/// A pipe whose other end is closed.
fn nobody() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    Stdout,
    Stderr,
}

#[derive(Default)]
struct Output {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

fn pump(mut from: impl Read + Send + 'static, stream: Stream, to: Sender<(Stream, Vec<u8>)>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if to.send((stream, buffer[..length].to_vec())).is_err() {
                return;
            }
        }
    });
}

/// A command that is running; killed when dropped.
pub(crate) struct Started {
    child: Child,
    received: Receiver<(Stream, Vec<u8>)>,
    deadline: Instant,
    line: String,
    output: Output,
}

impl Started {
    /// Waits until this text has appeared on standard error.
    #[track_caller]
    pub(crate) fn until(mut self, text: &str) -> Self {
        while !String::from_utf8_lossy(&self.output.stderr).contains(text) {
            assert!(self.receive(), "{text:?} never came: {}", self.shown());
        }
        self
    }

    /// Waits for a whole line on standard error that has this text.
    #[track_caller]
    pub(crate) fn until_line(mut self, text: &str) -> (Self, String) {
        loop {
            let said = String::from_utf8_lossy(&self.output.stderr);
            let whole_lines = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
            if let Some(line) = whole_lines.lines().find(|line| line.contains(text)) {
                let line = line.to_owned();
                return (self, line);
            }
            assert!(self.receive(), "no line with {text:?}: {}", self.shown());
        }
    }

    /// Waits for an event.
    #[track_caller]
    pub(crate) fn until_event(mut self, name: &str) -> (Self, Value) {
        loop {
            let text = String::from_utf8_lossy(&self.output.stderr);
            let whole_lines = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
            let mut events = events(whole_lines).into_iter();
            if let Some(event) = events.find(|event| event["event"] == name) {
                return (self, event);
            }
            assert!(self.receive(), "no {name}: {}", self.shown());
        }
    }

    /// Waits for the end, and does something each time that this event comes.
    #[track_caller]
    pub(crate) fn attended(mut self, name: &str, mut act: impl FnMut()) -> Finished {
        let needle = format!("\"event\":\"{name}\"");
        let mut done = 0;
        loop {
            let come = String::from_utf8_lossy(&self.output.stderr)
                .matches(&needle)
                .count();
            while done < come {
                act();
                done += 1;
            }
            if !self.receive() {
                return self.finish();
            }
        }
    }

    /// Waits until this text has appeared on standard output.
    #[track_caller]
    pub(crate) fn until_printed(mut self, text: &str) -> Self {
        while !String::from_utf8_lossy(&self.output.stdout).contains(text) {
            assert!(self.receive(), "{text:?} never came: {}", self.shown());
        }
        self
    }

    /// Waits for the first line on standard output, which a server prints when it is ready: its JSON document.
    #[track_caller]
    pub(crate) fn ready(mut self) -> (Self, Value) {
        while !self.output.stdout.contains(&b'\n') {
            assert!(self.receive(), "not ready: {}", self.shown());
        }
        let document = serde_json::from_slice(&self.output.stdout).unwrap();
        (self, document)
    }

    /// Ctrl-C.
    pub(crate) fn interrupt(self) -> Self {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
        self
    }

    /// SIGKILL: the process does nothing more.
    pub(crate) fn kill(mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for the end.
    #[track_caller]
    pub(crate) fn finish(mut self) -> Finished {
        while self.receive() {}
        let status = self.child.wait().unwrap();
        Finished {
            status,
            stdout: String::from_utf8(std::mem::take(&mut self.output.stdout)).unwrap(),
            stderr: String::from_utf8(std::mem::take(&mut self.output.stderr)).unwrap(),
            line: self.line.clone(),
        }
    }

    /// Takes what the child has written; `false` once it has closed both streams.
    #[track_caller]
    fn receive(&mut self) -> bool {
        let left = self.deadline.saturating_duration_since(Instant::now());
        match self.received.recv_timeout(left) {
            Ok((Stream::Stdout, bytes)) => self.output.stdout.extend(bytes),
            Ok((Stream::Stderr, bytes)) => self.output.stderr.extend(bytes),
            Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => panic!("does not end: {}", self.shown()),
        }
        true
    }

    fn shown(&self) -> String {
        format!(
            "`{}`\n--- stdout\n{}\n--- stderr\n{}",
            self.line,
            String::from_utf8_lossy(&self.output.stdout),
            String::from_utf8_lossy(&self.output.stderr)
        )
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // A child that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command that has ended.
#[derive(Debug, Clone)]
pub(crate) struct Finished {
    status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    line: String,
}

impl Finished {
    /// What was typed.
    pub(crate) fn line(&self) -> &str {
        &self.line
    }

    /// The exit status.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status.code(), Some(status), "{}", self.shown());
        self
    }

    /// Whether it ended with status 0.
    pub(crate) fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// Standard error holds this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "{text:?} is not said: {}",
            self.shown()
        );
        self
    }

    /// Standard output holds this.
    #[track_caller]
    pub(crate) fn prints(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text),
            "{text:?} is not printed: {}",
            self.shown()
        );
        self
    }

    /// Neither stream holds this.
    #[track_caller]
    pub(crate) fn says_nothing_of(self, text: &str) -> Self {
        assert!(
            !self.stdout.contains(text) && !self.stderr.contains(text),
            "{text:?} must not appear: {}",
            self.shown()
        );
        self
    }

    /// The one JSON document on standard output.
    #[track_caller]
    pub(crate) fn document(&self) -> Value {
        let document: Value = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("not one JSON document: {error}: {}", self.shown()));
        let schema = document["schema"].as_str().unwrap_or_default();
        assert!(
            schema.starts_with("halligan.") && schema.ends_with("/1"),
            "{}",
            self.shown()
        );
        assert!(document["ok"].is_boolean(), "{}", self.shown());
        document
    }

    /// The `error` of the one JSON document: its code. The exit status in it is the process's.
    #[track_caller]
    pub(crate) fn fails_with(self, code: &str) -> Self {
        let document = self.document();
        assert_eq!(document["ok"], false, "{}", self.shown());
        let error = &document["error"];
        assert_eq!(error["code"], code, "{}", self.shown());
        let status = error["exit_status"]
            .as_i64()
            .and_then(|code| code.try_into().ok());
        assert_eq!(status, self.status.code(), "{}", self.shown());
        self
    }

    /// The progress events on standard error, one JSON object a line.
    #[track_caller]
    pub(crate) fn events(&self) -> Vec<Value> {
        events(&self.stderr)
    }

    /// Everything, for the message of a failed test.
    pub(crate) fn shown(&self) -> String {
        format!(
            "`{}` ended with {}\n--- stdout\n{}\n--- stderr\n{}",
            self.line, self.status, self.stdout, self.stderr
        )
    }
}

/// One JSON object a line, each with the name of its event.
#[track_caller]
fn events(text: &str) -> Vec<Value> {
    let read = |line: &str| {
        let event: Value = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("{line:?} is no event: {error}"));
        assert!(event["event"].is_string(), "{line:?} names no event");
        event
    };
    text.lines().map(read).collect()
}
