//! The loop: wait for a door or a deadline, hand reports to the key, hand its reports to whoever asked.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::POWER_CYCLE;
use super::control::Control;
use super::door::{Door, Received};
use crate::ctap::hid::packet::{ChannelId, Packet, Report};
use crate::emulator::Emulator;

/// Askers remembered; the key works for one at a time, so a handful would do.
const MAX_ROUTES: usize = 64;

/// Who sent a report, and gets the answers on its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Route {
    door: u64,
    peer: Option<SocketAddr>,
}

/// Who has something to read.
#[derive(Default)]
struct Ready {
    doors: Vec<u64>,
    control: bool,
}

pub(super) struct Engine {
    emulator: Arc<Mutex<Emulator>>,
    /// With a number each, by which routes name them; numbers are not used again.
    doors: Vec<(u64, Door)>,
    next_door: u64,
    control: Option<Control>,
    /// Whether to look after the key once more before waiting.
    again: bool,
    stopped: UnixStream,
    /// Newest first.
    routes: VecDeque<(ChannelId, Route)>,
    /// Of the emulator, as far as the doors have followed.
    power_cycles: u64,
}

impl Engine {
    pub(super) fn new(
        emulator: Arc<Mutex<Emulator>>,
        doors: Vec<Door>,
        control: Option<Control>,
        stopped: UnixStream,
    ) -> Self {
        let doors: Vec<(u64, Door)> = (0..).zip(doors).collect();
        let power_cycles = lock(&emulator).power_cycles();
        Self {
            power_cycles,
            emulator,
            next_door: doors
                .iter()
                .map(|(number, _)| number + 1)
                .max()
                .unwrap_or(0),
            doors,
            control,
            again: false,
            stopped,
            routes: VecDeque::new(),
        }
    }

    pub(super) fn run(mut self) {
        while let Some(ready) = self.wait() {
            for number in ready.doors {
                self.serve(number);
            }
            if let Some(control) = &mut self.control
                && ready.control
            {
                control.receive(&mut lock(&self.emulator));
            }
            self.drain();
            self.follow_plug();
            if let Some(control) = &mut self.control {
                self.again = control.report(&mut lock(&self.emulator));
            }
        }
    }

    /// Who can be read, perhaps nobody; `None` when it is time to stop.
    fn wait(&self) -> Option<Ready> {
        let timeout = self.time_until_next().map(timespec);
        let doors = self.doors.iter().map(|(_, door)| door.as_fd());
        let control = self.control.iter().flat_map(Control::interests);
        let mut fds: Vec<PollFd<'_>> = std::iter::once(self.stopped.as_fd())
            .chain(doors)
            .map(|fd| (fd, PollFlags::IN))
            .chain(control)
            .map(|(fd, flags)| PollFd::from_borrowed_fd(fd, flags))
            .collect();
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Some(Ready::default()),
            Err(error) => {
                tracing::error!(%error, "the emulated key stops: it cannot wait for reports");
                return None;
            }
        }
        let mut is_ready = fds.iter().map(|fd| !fd.revents().is_empty());
        if is_ready.next() == Some(true) {
            return None;
        }
        let doors = self.doors.iter().zip(is_ready.by_ref());
        Some(Ready {
            doors: doors
                .filter_map(|((number, _), is_ready)| is_ready.then_some(*number))
                .collect(),
            control: is_ready.any(|is_ready| is_ready),
        })
    }

    fn time_until_next(&self) -> Option<Duration> {
        if self.again {
            return Some(Duration::ZERO);
        }
        let emulator = lock(&self.emulator);
        let control = self.control.as_ref();
        let waiting = control.and_then(|control| control.time_until_next(&emulator));
        emulator.time_until_next().into_iter().chain(waiting).min()
    }

    fn serve(&mut self, number: u64) {
        let Some((_, door)) = self.doors.iter_mut().find(|(known, _)| *known == number) else {
            return;
        };
        match door.receive() {
            Received::Nothing => {}
            Received::Reports(reports, peer) => {
                let route = Route { door: number, peer };
                for report in reports {
                    self.hand_in(&report, route);
                }
            }
            Received::Connection(connection) => self.admit(connection),
            Received::Closed => self.doors.retain(|(known, _)| *known != number),
        }
    }

    /// Of TCP connections the newest wins.
    fn admit(&mut self, connection: Door) {
        if matches!(connection, Door::Tcp(..)) {
            self.doors
                .retain(|(_, door)| !matches!(door, Door::Tcp(..)));
        }
        self.doors.push((self.next_door, connection));
        self.next_door += 1;
    }

    fn hand_in(&mut self, report: &Report, route: Route) {
        if *report == POWER_CYCLE {
            lock(&self.emulator).power_cycle();
            return;
        }
        let cid = Packet::parse(report).cid();
        self.routes.retain(|(known, _)| *known != cid);
        self.routes.push_front((cid, route));
        self.routes.truncate(MAX_ROUTES);
        lock(&self.emulator).handle_report(report);
        // At once: an answer to INIT is on the broadcast channel, which the next asker may be the last to have used.
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            let Some(report) = lock(&self.emulator).poll() else {
                return;
            };
            self.deliver(&report);
        }
    }

    fn deliver(&mut self, report: &Report) {
        let cid = Packet::parse(report).cid();
        // The noise of a channel that is nobody's reaches whoever spoke last: USB does not know channels.
        let asker = self.routes.iter().find(|(known, _)| *known == cid);
        let Some((_, route)) = asker.or(self.routes.front()) else {
            return;
        };
        let route = *route;
        let door = self
            .doors
            .iter_mut()
            .find(|(known, _)| *known == route.door);
        if let Some((_, door)) = door
            && !door.send(report, route.peer)
        {
            self.doors.retain(|(known, _)| *known != route.door);
        }
    }

    /// A key that is unplugged has neither connections nor a device node; one that was plugged in again has a new node.
    fn follow_plug(&mut self) {
        let (is_gone, power_cycles) = {
            let emulator = lock(&self.emulator);
            (emulator.is_gone(), emulator.power_cycles())
        };
        let was_cycled = std::mem::replace(&mut self.power_cycles, power_cycles) != power_cycles;
        if is_gone {
            self.doors.retain(|(_, door)| !door.is_connection());
        }
        for (_, door) in &mut self.doors {
            let Door::Uhid(uhid) = door else { continue };
            if is_gone || was_cycled {
                uhid.unplug();
            }
            if !is_gone {
                uhid.plug_in();
            }
        }
    }
}

/// A panic elsewhere does not damage the key: its state only changes after it was stored.
pub(super) fn lock(emulator: &Mutex<Emulator>) -> MutexGuard<'_, Emulator> {
    emulator.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Rounded up, so that the deadline has passed when the wait is over.
fn timespec(duration: Duration) -> Timespec {
    let duration = duration.saturating_add(Duration::from_millis(1));
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}
