//! How often each thing is to happen.

use super::{DutyKind, Interval};

/// How often each thing is to happen; what is none is left alone.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Each key proves that it works.
    pub key_check: Option<Interval>,
    /// Each account signs in.
    pub drill: Option<Interval>,
    /// How long after a drill somebody says that the alert came.
    pub alerts: Option<Interval>,
    /// Everything is looked at together.
    pub review: Option<Interval>,
    /// The tenant is audited.
    pub audit: Option<Interval>,
    /// The logs are looked at.
    pub monitor: Option<Interval>,
    /// Somebody says where each key lies.
    pub custody: Option<Interval>,
    /// Each key gets another PIN.
    pub pin_rotation: Option<Interval>,
    /// FIDO's metadata is fetched, where it is used.
    pub metadata: Option<Interval>,
    /// How long before it is due a thing is announced.
    pub warn_before: Interval,
}

impl Default for Schedule {
    /// Microsoft advises to validate the accounts every 90 days at least. A key that lies in a safe tells nothing, so it is asked
    /// each month; who used the accounts is asked each day, as the log is kept for 30 days only. PINs are not rotated: a PIN never
    /// leaves its key's room, and each rotation opens an envelope.
    fn default() -> Self {
        let days = |days| Some(Interval::days(days));
        Self {
            key_check: days(30),
            drill: days(90),
            alerts: days(1),
            review: days(90),
            audit: days(7),
            monitor: days(1),
            custody: days(90),
            pin_rotation: None,
            metadata: days(30),
            warn_before: Interval::days(14),
        }
    }
}

/// How long a ceremony may stay open.
const CEREMONY_DAYS: i32 = 1;

impl Schedule {
    /// How often, or within which time; none of what is left alone.
    pub(super) fn of(&self, kind: DutyKind) -> Option<Interval> {
        match kind {
            DutyKind::Alerts => self.alerts,
            DutyKind::Audit => self.audit,
            DutyKind::Ceremony => Some(Interval::days(CEREMONY_DAYS)),
            DutyKind::Custody => self.custody,
            DutyKind::Drill => self.drill,
            DutyKind::KeyCheck => self.key_check,
            DutyKind::Metadata => self.metadata,
            // Not a matter of dates: whoever looks at the logs is to have an answer to what they show.
            DutyKind::Keys | DutyKind::Ledger | DutyKind::Unexplained => None,
            DutyKind::Monitor => self.monitor,
            DutyKind::PinRotation => self.pin_rotation,
            DutyKind::Review => self.review,
        }
    }

    /// What goes by dates, and is left alone.
    pub(super) fn unscheduled(&self) -> Vec<DutyKind> {
        let undated = [DutyKind::Keys, DutyKind::Ledger, DutyKind::Unexplained];
        let mut kinds = DutyKind::ALL.to_vec();
        kinds.retain(|kind| self.of(*kind).is_none() && !undated.contains(kind));
        kinds
    }
}
