//! The rules: what is watched for, how grave it is, and how it is told apart from what was told already.

use minijinja::{Environment, context};

use super::watched::Watched;
use super::{Request, Service, kql};

/// One rule, for both services.
pub(super) struct Rule {
    /// The name of its query's file, and with `halligan-` before it of the rule.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    query: &'static str,
    /// Azure Monitor's; 0 is the gravest.
    pub(super) severity: i64,
    /// Microsoft Sentinel's.
    pub(super) sentinel_severity: &'static str,
    /// How often it is asked, ISO 8601.
    pub(super) frequency: &'static str,
    /// The span over which Azure Monitor counts the rows, ISO 8601. Not shorter than how far the query looks back.
    pub(super) window: &'static str,
    /// The columns that make an alert another one. For as long as one is fired, rows with the same values ring nobody.
    pub(super) dimensions: &'static [&'static str],
    /// What Sentinel recognizes in a row: kind of entity, identifier, column.
    pub(super) entities: &'static [(&'static str, &'static str, &'static str)],
    pub(super) tactics: &'static [&'static str],
}

const ARRIVED: [&str; 2] = ["PT5M", "PT15M"];

/// All rules, the gravest first.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "emergency-sign-in",
        title: "Emergency access account: sign-in",
        description: "An emergency access account signed in, or somebody tried to. If no drill is under way, treat it as an incident.",
        query: include_str!("queries/emergency-sign-in.kql"),
        severity: 0,
        sentinel_severity: "High",
        frequency: ARRIVED[0],
        window: ARRIVED[1],
        dimensions: &["Account", "IPAddress", "Outcome"],
        entities: &[
            ("Account", "AadUserId", "UserId"),
            ("IP", "Address", "IPAddress"),
        ],
        tactics: &["InitialAccess"],
    },
    Rule {
        id: "emergency-change",
        title: "Emergency access account: account, method, role, group or policy changed",
        description: "Something that the emergency access accounts rest on was changed, or one of them changed something.",
        query: include_str!("queries/emergency-change.kql"),
        severity: 0,
        sentinel_severity: "High",
        frequency: ARRIVED[0],
        window: ARRIVED[1],
        dimensions: &["Operation", "Initiator", "RowId"],
        entities: &[("Account", "FullName", "Initiator")],
        tactics: &["Persistence", "PrivilegeEscalation"],
    },
    Rule {
        id: "policy-change",
        title: "Conditional Access or authentication methods changed",
        description: "A policy was changed that may shut the emergency access accounts out. Run `halligan tenant audit`.",
        query: include_str!("queries/policy-change.kql"),
        severity: 1,
        sentinel_severity: "Medium",
        frequency: ARRIVED[0],
        window: ARRIVED[1],
        dimensions: &["Operation", "Initiator", "RowId"],
        entities: &[("Account", "FullName", "Initiator")],
        tactics: &["DefenseEvasion"],
    },
    Rule {
        id: "log-silence",
        title: "Entra's logs no longer arrive",
        description: "A table of Entra's logs has been silent. Until it is not, the other rules see nothing.",
        query: include_str!("queries/log-silence.kql"),
        severity: 1,
        sentinel_severity: "High",
        frequency: "PT1H",
        window: "P2D",
        dimensions: &["LogTable"],
        entities: &[],
        tactics: &["DefenseEvasion"],
    },
];

/// Why the query looks back as far as it does, as comments of KQL.
const fn reasons(service: Service) -> &'static str {
    match service {
        Service::AzureMonitor => {
            "\
// The rule is asked every 5 minutes and looks back over 15 minutes of arrivals, because no two runs are exactly 5 minutes apart.
// A row is thus seen up to three times, and rings once: the rule keeps state, and an alert that is fired stays the same alert for
// as long as its dimensions are seen. Every minute is not possible: Azure Monitor takes neither `union` nor `ingestion_time()` then.
// The rule's own range, two days of TimeGenerated, is the most that Azure Monitor scans: a row that is later than that is lost."
        }
        Service::Sentinel => {
            "\
// The rule is asked every 5 minutes and looks back over 15 minutes of arrivals, because no two runs are exactly 5 minutes apart.
// A row is thus seen up to three times and may make three alerts; they are grouped into one incident, and that is what rings. The rule's
// own range is one day of TimeGenerated, the most that Sentinel scans every 5 minutes (from two days on it must be an hour): a row
// that is later than that is lost."
        }
    }
}

impl Rule {
    /// The rule's name.
    pub(super) fn name(&self) -> String {
        format!("halligan-{}", self.id)
    }

    /// Its name in a template: the id without hyphens, `emergencySignIn`.
    pub(super) fn symbol(&self) -> String {
        let mut words = self.id.split('-');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| {
            let (head, rest) = word.split_at(1);
            name + &head.to_uppercase() + rest
        })
    }

    /// The path of its query, as the template beside it says it.
    pub(super) fn file(&self) -> String {
        format!("queries/{}.kql", self.id)
    }

    /// Its query for this service.
    pub(super) fn query(&self, request: &Request<'_>, service: Service) -> String {
        let Watched { accounts, .. } = request.watched;
        let account = |one: &super::Named| {
            context! { id => kql::id(one.id), name => kql::literal(&one.name.to_lowercase()) }
        };
        let values = context! {
            accounts => accounts.iter().map(account).collect::<Vec<_>>(),
            ids => kql::list(accounts.iter().map(|one| kql::id(one.id))),
            names => kql::list(accounts.iter().map(|one| kql::literal(&one.name))),
            targets => kql::list(request.watched.targets().map(kql::id)),
            lookback => "15m",
            reasons => reasons(service),
            silence_hours => request.silence_hours,
        };
        // No file ending that would turn escaping on: values are KQL already.
        let text = Environment::new()
            .render_str(self.query, values)
            .expect("the template is part of this program, and uses what it is given");
        format!("{}\n", text.trim_end())
    }
}
