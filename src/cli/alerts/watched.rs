//! What the alerts look at: named by hand, read of the tenant, or known from the ledger.

use clap::ValueEnum;
use uuid::Uuid;

use crate::cli::config::Config;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::tenant::{SignIns, SnapshotChoice};
use crate::cli::{Context, Error, terminal};
use crate::graph::model::ConditionalAccessPolicy;
use crate::report::{Named, Watched};
use crate::tenant::read::Read;
use crate::tenant::snapshot::{Account, Snapshot};

/// What is to be watched.
#[derive(Debug, clap::Args)]
pub(super) struct WatchedChoice {
    /// An account to watch, and nothing else than what is named: object id and sign-in name; may be given several times [default: those of the configuration, read of the tenant]
    #[arg(long, value_name = "ID=NAME", value_parser = named)]
    account: Vec<Named>,

    /// Where the accounts are looked up
    #[arg(long, value_enum, value_name = "WHERE", default_value_t = Source::Tenant, conflicts_with = "account")]
    accounts_from: Source,

    /// Object id of the group that keeps the accounts out of policies [default: read of the tenant]
    #[arg(long, value_name = "ID")]
    group: Option<Uuid>,

    /// A policy made with the accounts in mind: id and display name; may be given several times [default: those that exclude the group, read of the tenant]
    #[arg(long, value_name = "ID=NAME", value_parser = named)]
    policy: Vec<Named>,

    #[command(flatten)]
    snapshot: SnapshotChoice,

    #[command(flatten)]
    ledger: LedgerChoice,
}

/// Where the accounts are looked up. Variants without texts of their own: those would stretch the help over two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Source {
    Tenant,
    Ledger,
}

fn named(text: &str) -> Result<Named, String> {
    let wrong = || format!("{text:?} is not ID=NAME");
    let (id, name) = text.split_once('=').ok_or_else(wrong)?;
    let id = id.parse().map_err(|_| format!("{id:?} is no object id"))?;
    match name.trim() {
        "" => Err(wrong()),
        name => Ok(Named {
            id,
            name: name.to_owned(),
        }),
    }
}

impl WatchedChoice {
    /// Everything that is to be watched. An account that cannot be found is an error: an alert that leaves it out would look like one
    /// that has it.
    pub(super) async fn find(&self, config: &Config, context: &Context) -> Result<Watched, Error> {
        let mut watched = match (self.account.is_empty(), self.accounts_from) {
            (false, _) => Watched {
                accounts: self.account.clone(),
                ..Watched::default()
            },
            (true, Source::Ledger) => self.of_ledger(config).await?,
            (true, Source::Tenant) => {
                let snapshot = self.snapshot.take(context, &[], SignIns::Leave).await?;
                of_tenant(&snapshot)?
            }
        };
        watched.group = self.group.or(watched.group);
        if !self.policy.is_empty() {
            watched.policies.clone_from(&self.policy);
        }
        if watched.group.is_none() {
            terminal::warn(context, "no group is watched: --group names it");
        }
        Ok(watched)
    }

    /// The accounts of the keys that are in service.
    async fn of_ledger(&self, config: &Config) -> Result<Watched, Error> {
        let reader = record::open_for_reading(&self.ledger, config)?;
        let (_, state) = reader.entries().await?;
        let mut accounts: Vec<Named> = Vec::new();
        for key in state.keys_in_service() {
            let account = &key.enrolled.account;
            let id = object_id(&account.id, &account.upn)?;
            match accounts.iter_mut().find(|known| known.id == id) {
                // The newest name is the one that is in force.
                Some(known) => known.name.clone_from(&account.upn),
                None => accounts.push(Named {
                    id,
                    name: account.upn.clone(),
                }),
            }
        }
        if accounts.is_empty() {
            let why = "it has no key in service";
            return Err(unwatchable("what the ledger knows", why));
        }
        let configured = config.file.emergency.group.id.as_deref();
        let group = configured
            .map(|id| object_id(id, "the group"))
            .transpose()?;
        Ok(Watched {
            accounts,
            group,
            policies: Vec::new(),
        })
    }
}

fn of_tenant(snapshot: &Snapshot) -> Result<Watched, Error> {
    let accounts: Result<_, _> = snapshot.accounts.iter().map(account).collect();
    let group = known(&snapshot.group, "the group")?.as_ref();
    let group = group.map(|one| object_id(&one.group.id, "the group"));
    let group = group.transpose()?;
    let policies = known(&snapshot.policies, "the policies")?.iter();
    let policies = policies.filter_map(|policy| excluding(policy, group?));
    Ok(Watched {
        accounts: accounts?,
        group,
        policies: policies.collect(),
    })
}

fn account(account: &Account) -> Result<Named, Error> {
    match known(&account.user, &account.name)? {
        None => Err(unwatchable(&account.name, "the tenant has no such account")),
        Some(user) => Ok(Named {
            id: object_id(&user.id, &account.name)?,
            name: user
                .user_principal_name
                .clone()
                .unwrap_or_else(|| account.name.clone()),
        }),
    }
}

/// The policy, if it keeps this group out.
fn excluding(policy: &ConditionalAccessPolicy, group: Uuid) -> Option<Named> {
    let users = policy.conditions.users.as_ref()?;
    let excluded = users.exclude_groups.iter();
    let names_it = |id: &String| id.parse() == Ok(group);
    let id = policy.id.as_ref()?.parse().ok()?;
    excluded.clone().any(names_it).then(|| Named {
        id,
        name: policy.display_name.clone().unwrap_or_default(),
    })
}

fn known<'a, T>(part: &'a Read<T>, what: &str) -> Result<&'a T, Error> {
    part.as_ref()
        .map_err(|unread| unwatchable(what, &unread.why))
}

fn object_id(text: &str, what: &str) -> Result<Uuid, Error> {
    let why = || format!("{text:?} is no object id");
    text.parse().map_err(|_| unwatchable(what, &why()))
}

fn unwatchable(what: &str, why: &str) -> Error {
    Error::Unwatchable {
        what: what.to_owned(),
        why: why.to_owned(),
    }
}
