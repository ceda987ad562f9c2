//! Everything that can be found out before anything is changed.

use uuid::Uuid;

use crate::ceremony::enroll::{Request, Terms, settings};

use crate::ceremony::interaction::{PinPurpose, Step};
use crate::ceremony::snapshot::whole_name;
use crate::ceremony::two_rooms::Wanted;
use crate::ceremony::{Error, Parties, fitness, preflight, silent, standards};
use crate::custody::{self, Custodians};
use crate::encoding::hex;
use crate::graph::model::{Fido2AuthenticationMethod, User};
use crate::graph::{ChallengeTimeout, Client, DisplayName, ReceivedCreationOptions};
use crate::ledger::{Account, EnrollIntended, KeyDescription};
use crate::secret::Pin;
use crate::tenant::passkey_policy::Key;
use crate::tenant::preflight::Prediction;
use crate::webauthn::Aaguid;

/// What will be done with the PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinPlan {
    /// The key is fresh: a PIN is set.
    Set,
    /// The key has a PIN, with this many tries left where it says so.
    Use(Option<u8>),
}

/// What an enrolment is going to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The key's name in the ledger and in the directory.
    pub label: String,
    /// The account, resolved in the directory.
    pub account: Account,
    /// Keys that the account has already.
    pub methods_before: usize,
    /// The model, as the key says.
    pub aaguid: Aaguid,
    /// The key, for the record.
    pub key: KeyDescription,
    /// What will be done with the PIN.
    pub pin: PinPlan,
    /// Whether a fresh key's PIN is generated.
    pub pin_generated: bool,
    /// To whom the PIN is sealed.
    pub pin_sealed_to: Vec<String>,
    /// What the settings change, and what takes that back.
    pub settings: Vec<String>,
    /// What the tenant would answer, unless it was not to be predicted.
    pub preflight: Option<Prediction>,
    /// What the operator should know.
    pub warnings: Vec<String>,
}

/// The plan, and what its execution needs.
pub(super) struct Prepared {
    pub(super) plan: Plan,
    pub(super) options: ReceivedCreationOptions,
}

impl Prepared {
    /// The plan as the ledger keeps it.
    pub(super) fn intent(&self, request: &Request) -> EnrollIntended {
        EnrollIntended {
            label: self.plan.label.clone(),
            account: self.plan.account.clone(),
            tenant: request.tenant.clone(),
            rp_id: self.options.options.rp_id.clone(),
            key: self.plan.key.clone(),
            aaguid: Some(self.plan.aaguid),
            sets_pin: self.plan.pin == PinPlan::Set,
            pin: None,
            settings: Some(request.settings.clone()).filter(|settings| !settings.is_empty()),
            custody: request.custody.clone(),
        }
    }
}

pub(super) async fn prepare(
    request: &Request,
    parties: &mut Parties<'_>,
) -> Result<Prepared, Error> {
    let display_name = DisplayName::new(&request.label)?;
    inspect_ledger(display_name.as_str(), parties).await?;
    let (key, pin) = inspect_key(request, parties)?;
    let aaguid = parties.key.in_hand()?.info().aaguid;
    let found = inspect_tenant(request, parties, &display_name, Some(aaguid), None).await?;
    prepared(request, &display_name, (key, pin), found, parties)
}

/// The same where the tenant was asked in another room.
pub(super) async fn prepare_offline(
    request: &Request,
    wanted: &Wanted,
    parties: &mut Parties<'_>,
) -> Result<Prepared, Error> {
    let display_name = DisplayName::new(&wanted.label)?;
    inspect_ledger(display_name.as_str(), parties).await?;
    let key = inspect_key(request, parties)?;
    let found = InTenant {
        account: wanted.account.clone(),
        methods: wanted.methods,
        options: wanted.options.clone(),
        preflight: None,
        warnings: Vec::new(),
    };
    prepared(request, &display_name, key, found, parties)
}

fn prepared(
    request: &Request,
    display_name: &DisplayName,
    (key, pin): (KeyDescription, PinPlan),
    found: InTenant,
    parties: &mut Parties<'_>,
) -> Result<Prepared, Error> {
    let InTenant {
        account,
        methods,
        options,
        preflight,
        mut warnings,
    } = found;
    refuse_enrolled_key(&account.upn, parties, &options)?;
    refuse_key_being_enrolled(&options, parties)?;
    let info = parties.key.in_hand()?.info();
    warnings.extend(fitness::of_key(info).warnings);
    warnings.extend(admit(request, display_name, &account, parties)?);
    for warning in &warnings {
        parties.interaction.warn(warning);
    }
    let plan = Plan {
        label: display_name.to_string(),
        account,
        methods_before: methods,
        aaguid: info.aaguid,
        key,
        pin_generated: pin == PinPlan::Set && request.generate.is_some(),
        pin_sealed_to: request
            .custodians
            .iter()
            .flat_map(Custodians::names)
            .map(str::to_owned)
            .collect(),
        settings: settings::consequences(info, &request.settings)?,
        pin,
        preflight,
        warnings,
    };
    Ok(Prepared { plan, options })
}

/// Refuses a key of a model that the policy or FIDO's reports stand against, before anybody touches it.
fn admit(
    request: &Request,
    label: &DisplayName,
    account: &Account,
    parties: &Parties<'_>,
) -> Result<Vec<String>, Error> {
    let reported = standards::reported(parties.key.in_hand()?.info());
    let siblings = standards::siblings(parties.ledger.state(), &account.id, None);
    let standards = &request.terms.standards;
    let assessment = standards.of_model(&reported, &siblings, parties.env.now());
    if assessment.against.is_empty() {
        return Ok(assessment.warnings);
    }
    Err(Error::ModelRefused {
        label: label.to_string(),
        model: reported.aaguid,
        why: assessment.against.join("; "),
    })
}

/// What the tenant says of an account.
pub(super) struct InTenant {
    pub(super) account: Account,
    /// How many keys it has.
    pub(super) methods: usize,
    pub(super) options: ReceivedCreationOptions,
    pub(super) preflight: Option<Prediction>,
    pub(super) warnings: Vec<String>,
}

pub(super) async fn inspect_ledger(label: &str, parties: &mut Parties<'_>) -> Result<(), Error> {
    parties.interaction.begin(Step::InspectLedger);
    parties.ledger.refresh().await?;
    let state = parties.ledger.state();
    if let Some(open) = state.open_ceremony_on(label) {
        return Err(Error::CeremonyOpen {
            label: label.to_owned(),
            ceremony: open.id,
        });
    }
    if let Some(key) = state
        .keys_in_service()
        .find(|key| key.enrolled.label == label)
    {
        return Err(Error::LabelTaken {
            label: label.to_owned(),
            account: key.enrolled.account.upn.clone(),
        });
    }
    let fact = match parties.ledger.head() {
        Some(head) => format!("{} entries, head {}", head.index + 1, head.hash),
        None => "no entries yet".to_owned(),
    };
    parties.interaction.done(Step::InspectLedger, &fact);
    Ok(())
}

fn inspect_key(
    request: &Request,
    parties: &mut Parties<'_>,
) -> Result<(KeyDescription, PinPlan), Error> {
    parties.interaction.begin(Step::InspectKey);
    let obstacles = fitness::of_key(parties.key.in_hand()?.info()).obstacles;
    if !obstacles.is_empty() {
        return Err(Error::KeyUnfit(obstacles));
    }
    let pin = match parties.key.in_hand()?.info().options.client_pin {
        Some(true) => PinPlan::Use(tries_left(&request.terms, parties)?),
        _ => PinPlan::Set,
    };
    let info = parties.key.in_hand()?.info();
    let key = KeyDescription {
        transport: request.transport.clone(),
        firmware: info.firmware_version.map(|version| version.to_string()),
        serial: request.terms.serial.clone(),
    };
    parties.interaction.done(
        Step::InspectKey,
        &format!("model {}, {}", info.aaguid, describe(pin)),
    );
    Ok((key, pin))
}

fn describe(pin: PinPlan) -> String {
    match pin {
        PinPlan::Set => "no PIN yet".to_owned(),
        PinPlan::Use(Some(left)) => format!("{left} PIN tries left"),
        PinPlan::Use(None) => "has a PIN".to_owned(),
    }
}

pub(super) fn tries_left(terms: &Terms, parties: &mut Parties<'_>) -> Result<Option<u8>, Error> {
    let retries = parties.key.in_hand_mut()?.pin_retries()?;
    fitness::require_pin_tries(retries, terms.spend_last_tries)?;
    Ok(Some(retries.retries))
}

pub(super) async fn inspect_tenant(
    request: &Request,
    parties: &mut Parties<'_>,
    display_name: &DisplayName,
    model: Option<Aaguid>,
    timeout: Option<ChallengeTimeout>,
) -> Result<InTenant, Error> {
    parties.interaction.begin(Step::InspectTenant);
    let key = request.terms.expected_key(model, parties.env.now());
    let tenant = parties.tenant()?;
    let (preflight, user, methods) = predict(request, tenant, key).await?;
    let fitness = fitness::of_account(&user, &methods, display_name.as_str());
    if !fitness.obstacles.is_empty() {
        return Err(Error::AccountUnfit {
            account: request.account.clone(),
            obstacles: fitness.obstacles,
        });
    }
    // Fetching options has no effect, and shows what the prediction does not know.
    let options = tenant.creation_options(&user.id, timeout).await?;
    let mut warnings = fitness.warnings;
    warnings.extend(preflight.iter().flat_map(Prediction::open));
    warnings.extend(
        options
            .options
            .undecodable_exclusions
            .iter()
            .map(|id| format!("the tenant's exclude list has an unreadable credential id {id:?}")),
    );
    let fact = format!(
        "{}, {} keys registered",
        user.user_principal_name.as_deref().unwrap_or(&user.id),
        methods.len()
    );
    parties.interaction.done(Step::InspectTenant, &fact);
    let upn = user.user_principal_name;
    Ok(InTenant {
        account: Account {
            id: user.id,
            upn: upn.unwrap_or_else(|| request.account.clone()),
        },
        methods: methods.len(),
        options,
        preflight,
        warnings,
    })
}

/// The account and its keys; before that what the tenant would refuse, unless the operator leaves it to the tenant.
async fn predict(
    request: &Request,
    client: &Client,
    key: Key,
) -> Result<(Option<Prediction>, User, Vec<Fido2AuthenticationMethod>), Error> {
    let name = whole_name(&request.account, client).await?;
    if request.skip_preflight {
        let user = client.user(&name).await?;
        let methods = client.fido2_methods(&user.id).await?;
        return Ok((None, user, methods));
    }
    let tenant = preflight::tenant(client).await?;
    let account = preflight::account(client, &tenant, &name).await?;
    let prediction = preflight::predict(&tenant, &account, key);
    preflight::require(&request.account, &prediction)?;
    let methods = match account.methods {
        Ok(methods) => methods,
        // An enrolment cannot do without them, whatever else is in order.
        Err(_) => client.fido2_methods(&account.user.id).await?,
    };
    Ok((Some(prediction), account.user, methods))
}

/// The exclude list of the service, asked of the key silently: the answer comes before a PIN, a touch or an entry is spent.
fn refuse_enrolled_key(
    account: &str,
    parties: &mut Parties<'_>,
    received: &ReceivedCreationOptions,
) -> Result<(), Error> {
    let options = &received.options;
    match silent::held(
        parties,
        &options.rp_id,
        options.exclude_list.iter().map(Vec::as_slice),
    )? {
        None => Ok(()),
        Some(credential_id) => Err(already_enrolled(account, parties, Some(&credential_id))),
    }
}

/// The same physical key may be in the middle of an enrolment under another label.
fn refuse_key_being_enrolled(
    received: &ReceivedCreationOptions,
    parties: &mut Parties<'_>,
) -> Result<(), Error> {
    let open: Vec<(Uuid, String, Vec<u8>)> = parties
        .ledger
        .state()
        .open_ceremonies()
        .into_iter()
        .filter_map(|open| Some((open.id, open.label.clone(), open.credential_id.clone()?)))
        .collect();
    let ids = open.iter().map(|(_, _, id)| id.as_slice());
    let held = silent::held(parties, &received.options.rp_id, ids)?;
    match open
        .into_iter()
        .find(|(_, _, id)| held.as_ref() == Some(id))
    {
        Some((ceremony, label, _)) => Err(Error::CeremonyOpen { label, ceremony }),
        None => Ok(()),
    }
}

pub(super) fn already_enrolled(
    account: &str,
    parties: &Parties<'_>,
    credential_id: Option<&[u8]>,
) -> Error {
    let label = credential_id
        .and_then(|id| parties.ledger.state().key_by_credential(id))
        .map(|key| key.enrolled.label.clone())
        .or_else(|| credential_id.map(|id| format!("credential {}", hex::encode(id))));
    Error::AlreadyEnrolled {
        account: account.to_owned(),
        label,
    }
}

/// The PIN, generated or asked for before the intent is recorded: an operator who has none leaves no trace.
pub(super) fn obtain_pin(
    request: &Request,
    plan: &Plan,
    parties: &mut Parties<'_>,
) -> Result<Pin, Error> {
    let minimum = pin_minimum(request, parties)?;
    let pin = match (plan.pin, request.generate) {
        (PinPlan::Set, Some(policy)) => custody::generate(policy, minimum, parties.env),
        (PinPlan::Set, None) => parties.interaction.pin(PinPurpose::New { minimum })?,
        (PinPlan::Use(retries), _) => parties.interaction.pin(PinPurpose::Present { retries })?,
    };
    // A key whose PIN is shorter than its new minimum would sign nothing any more.
    if plan.pin == PinPlan::Set || request.settings.min_pin_length.is_some() {
        pin.require(minimum).map_err(crate::ctap::Error::from)?;
    }
    Ok(pin)
}

/// The fewest characters that the key accepts, now and with its new settings.
fn pin_minimum(request: &Request, parties: &Parties<'_>) -> Result<usize, Error> {
    let now = parties.key.in_hand()?.info().pin_minimum();
    let then = request.settings.min_pin_length.map_or(0, usize::from);
    Ok(now.max(then))
}
