//! What every request handler works with.

use std::sync::Arc;

use crate::env::Env;
use crate::simulator::fault::Faults;
use crate::simulator::oauth::Sessions;
use crate::simulator::recorder::Recorder;
use crate::simulator::routes::{LogPace, Pace, Quota};
use crate::simulator::tenant::Tenant;

/// The running service; clones are the same service.
#[derive(Clone)]
pub(in crate::simulator) struct Service {
    pub(in crate::simulator) tenant: Tenant,
    pub(in crate::simulator) env: Env,
    pub(in crate::simulator) faults: Faults,
    /// What the directory's quota has left.
    pub(in crate::simulator) quota: Arc<Quota>,
    /// When Conditional Access last took a request.
    pub(in crate::simulator) pace: Pace,
    /// When the logs last took requests.
    pub(in crate::simulator) log_pace: LogPace,
    /// What is asked and answered, if somebody wants to see it.
    pub(in crate::simulator) recorder: Recorder,
    /// Sign-ins under way.
    pub(in crate::simulator) sessions: Arc<Sessions>,
    /// `https://localhost:PORT`, without a slash at the end.
    pub(in crate::simulator) base_url: Arc<str>,
    /// Who signs in without being asked.
    pub(in crate::simulator) auto_approve: Option<Arc<str>>,
}
