//! What a review asks the tenant. A tenant that does not answer is something that the review has to say, and no reason not to hold it.

use std::path::Path;

use crate::ceremony::monitor::{self, Look};
use crate::ceremony::reconcile::{self, Reconciled, Witnesses};
use crate::ceremony::{self, KeyInHand};
use crate::cli::config::Config;
use crate::cli::file::{Readers, Target};
use crate::cli::monitor::PERMISSIONS;
use crate::cli::tenant::snapshot::{self, SignIns};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error, attestation, tenant};
use crate::graph;
use crate::graph::credential::RECONCILE_PERMISSIONS;
use crate::ledger::Ledger;
use crate::report;
use crate::tenant::audit::{Audit, CHECKS, Check, Facts, FailOn, Severity, audit};
use crate::tenant::snapshot::Snapshot;

/// What makes a tenant not safe, as `tenant audit` has it by default.
pub(super) const FAIL_ON: FailOn = FailOn {
    severity: Severity::Warning,
    unknown: true,
};

/// What the tenant said.
pub(super) struct Asked {
    pub(super) audited: Result<(Snapshot, Audit), graph::Error>,
    pub(super) reconciled: Reconciled,
    /// Why the logs could not be looked at, if they could not.
    pub(super) logs: Option<graph::Error>,
}

/// Who asks, and what becomes of the answers.
pub(super) struct Asking<'a> {
    pub(super) config: &'a Config,
    pub(super) context: &'a Context,
    /// Where the rows of the logs go; nothing is recorded without, and the logs are not looked at.
    pub(super) rows: Option<&'a Path>,
}

impl Asking<'_> {
    /// Audit and look into the logs, both recorded, and reconciliation.
    pub(super) async fn ask(&self, ledger: &mut Ledger) -> Result<Asked, Error> {
        let audited = match snapshot::take(self.context, &[], SignIns::Read).await {
            Ok(snapshot) => Ok(self.audit(snapshot, ledger).await?),
            Err(error) => Err(unanswered(error)?),
        };
        self.go_on()?;
        let logs = match self.rows {
            Some(rows) => self.look(rows, ledger).await?,
            None => None,
        };
        self.go_on()?;
        let reconciled = self.reconcile(ledger).await?;
        self.go_on()?;
        Ok(Asked {
            audited,
            reconciled,
            logs,
        })
    }

    /// What an interrupt broke off must not be taken for a tenant that does not answer.
    fn go_on(&self) -> Result<(), Error> {
        match self.context.interrupt.cancel.is_raised() {
            true => Err(ceremony::Error::Cancelled.into()),
            false => Ok(()),
        }
    }

    async fn audit(
        &self,
        snapshot: Snapshot,
        ledger: &mut Ledger,
    ) -> Result<(Snapshot, Audit), Error> {
        let (desired, waivers) = (self.config.desired()?, self.config.waivers()?);
        let mut known = ceremony::audit::facts(ledger.entries(), ledger.state(), &snapshot.tenant);
        if self.rows.is_some() {
            // This very audit is one that the ledger is about to have.
            known.last_review = known.last_review.max(Some(snapshot.taken_at));
        }
        let known = Ok(known);
        let facts = Facts {
            snapshot: &snapshot,
            desired: &desired,
            ledger: &known,
            now: self.context.env.now(),
        };
        let checks: Vec<&'static Check> = CHECKS.iter().collect();
        let found = audit(&facts, &checks, &waivers);
        if self.rows.is_some() {
            let document = report::snapshot_text(&snapshot);
            ceremony::audit::record(ledger, &snapshot, &document, &found, FAIL_ON).await?;
        }
        Ok((snapshot, found))
    }

    /// Looks into the logs, and records what was seen; why not, if the tenant does not answer.
    async fn look(&self, rows: &Path, ledger: &mut Ledger) -> Result<Option<graph::Error>, Error> {
        let client = tenant::client_for(self.config, self.context, &PERMISSIONS)?;
        let mut sink = Target::open(rows, Readers::Owner)?;
        let request = self.request()?;
        let known = (ledger.entries(), ledger.state());
        // Not the moment by which the review is named: that is a whole second, and this one would not be seen to its end.
        let now = self.context.env.now();
        let looked = monitor::look(&client, known, &request, now, &mut sink, &mut |_| {}).await;
        let look: Look = match looked {
            Ok(look) => look,
            Err(ceremony::Error::Evidence(source)) => return Err(sink.failed(source)),
            Err(error) => return unanswered(error.into()).map(Some),
        };
        // The rows first: an entry must not name what is not there.
        sink.finish()?;
        monitor::record(ledger, &look).await?;
        Ok(None)
    }

    fn request(&self) -> Result<monitor::Request, Error> {
        let desired = self.config.desired()?;
        Ok(monitor::Request {
            tenant: snapshot::tenant(self.config),
            accounts: desired.accounts.into_iter().map(|one| one.name).collect(),
            accounts_of_ledger: true,
            group: Some(desired.group.reference),
            since: None,
            drill_application: self.config.drill_application(),
            memory: monitor::Memory::default(),
        })
    }

    async fn reconcile(&self, ledger: &Ledger) -> Result<Reconciled, Error> {
        let client = tenant::client_for(self.config, self.context, &RECONCILE_PERMISSIONS)?;
        let request = reconcile::Request {
            standards: attestation::standards(self.config, &[])?,
            ..reconcile::Request::default()
        };
        let witnesses = Witnesses {
            ledger: ledger.state(),
            tenant: &client,
            key: KeyInHand::NONE,
            interaction: &mut Terminal::new(&self.context.global, &PinSource::default()),
            cancel: &self.context.interrupt.cancel,
            env: &self.context.env,
        };
        Ok(reconcile::reconcile(&request, witnesses).await?)
    }
}

/// The tenant's part in an error, if it is the tenant's.
fn unanswered(error: Error) -> Result<graph::Error, Error> {
    match error {
        Error::Ceremony(error) => match *error {
            ceremony::Error::Tenant(error) => Ok(error),
            other => Err(other.into()),
        },
        other => Err(other),
    }
}
