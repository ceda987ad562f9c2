//! Tenants by what they do with one key: a device-bound one whose attestation leads to a root that the tenant trusts.

/// A tenant, and what it says to the key.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// What makes the tenant of a new one; see [`Case::seed`].
    seed: String,
    /// Nothing, or a part of the reason for which the registration is refused.
    pub(crate) refusal: Option<&'static str>,
    /// Whether the key would sign in, had it been registered before.
    pub(crate) signs_in: bool,
}

impl Case {
    /// The seed, with the key's model and another where they stand.
    pub(crate) fn seed(&self, own: &str) -> String {
        self.seed.replace("OWN", own).replace("OTHER", OTHER)
    }

    /// Whether the service can verify the key's attestation.
    pub(crate) fn is_certified(&self) -> bool {
        !self.seed.contains("ineligibleModels")
    }
}

const OTHER: &str = "ee882879-721c-4913-9775-3dfcce97072a";
const DEFAULT: &str = "00000000-0000-0000-0000-000000000001";
const SECOND: &str = "00000000-0000-0000-0000-000000000002";

const ALLOWS_IT: &str =
    "{ isEnforced = true, enforcementType = 'allow', aaGuids = ['OTHER', 'OWN'] }";
const ALLOWS_ANOTHER: &str =
    "{ isEnforced = true, enforcementType = 'allow', aaGuids = ['OTHER'] }";
const ALLOWS_NONE: &str = "{ isEnforced = true, enforcementType = 'allow', aaGuids = [] }";
const BLOCKS_IT: &str = "{ isEnforced = true, enforcementType = 'block', aaGuids = ['OWN'] }";
const BLOCKS_ANOTHER: &str =
    "{ isEnforced = true, enforcementType = 'block', aaGuids = ['OTHER'] }";
const NOT_IN_FORCE: &str = "{ isEnforced = false, enforcementType = 'allow', aaGuids = ['OTHER'] }";

const MODEL: Option<&str> = Some("disallowed by the key restriction policy");
const TARGET: Option<&str> = Some("not targeted");
pub(crate) const KIND: Option<&str> = Some("passkey type");
const ATTESTATION: Option<&str> = Some("Attestation is required");

const IN_GROUP: &str = "users = [{ userPrincipalName = 'bg1', groups = ['emergency'] }]\n";

fn restricted(restrictions: &str) -> String {
    format!("policy = {{ keyRestrictions = {restrictions} }}")
}

fn included(group: &str, profiles: &str) -> String {
    format!("{{ targetType = 'group', id = '{group}', allowedPasskeyProfiles = [{profiles}] }}")
}

fn profile(id: &str, kinds: &str, attestation: &str, restrictions: &str) -> String {
    format!(
        "{{ id = '{id}', name = 'Profile {id}', passkeyTypes = '{kinds}', attestationEnforcement = '{attestation}', \
         keyRestrictions = {restrictions} }}"
    )
}

fn models(id: &str, restrictions: &str) -> String {
    profile(id, "deviceBound", "disabled", restrictions)
}

/// Profiles of which the one with the id of the default is it, and targets.
fn profiles(profiles: &[String], targets: &[String]) -> String {
    format!(
        "[policy]\ndefaultPasskeyProfile = '{DEFAULT}'\npasskeyProfiles = [{}]\nincludeTargets = [{}]\n",
        profiles.join(", "),
        targets.join(", ")
    )
}

/// One profile for everybody.
fn only(kinds: &str, attestation: &str, restrictions: &str) -> String {
    let one = profile(DEFAULT, kinds, attestation, restrictions);
    profiles(&[one], &[included("all_users", "")])
}

/// A profile that is the default, and a second one.
fn two(default: &str, second: &str, targets: &[String]) -> String {
    profiles(&[models(DEFAULT, default), models(SECOND, second)], targets)
}

/// Every case.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = users();
    cases.extend(deprecated_settings());
    cases.extend(one_profile());
    cases.extend(several_profiles());
    cases
}

fn case(
    name: &'static str,
    seed: impl Into<String>,
    refusal: Option<&'static str>,
    signs_in: bool,
) -> Case {
    Case {
        name,
        seed: seed.into(),
        refusal,
        signs_in,
    }
}

fn users() -> Vec<Case> {
    let excluding = "policy = { excludeTargets = [{ targetType = 'group', id = 'emergency' }] }";
    let including = format!(
        "policy = {{ includeTargets = [{}] }}",
        included("emergency", "")
    );
    let both = "policy = { includeTargets = [{ targetType = 'group', id = 'emergency' }], \
                excludeTargets = [{ targetType = 'group', id = 'emergency' }] }";
    vec![
        case("a new tenant", "", None, true),
        case(
            "the method is off",
            "policy = { state = 'disabled' }",
            Some("disabled by policy"),
            false,
        ),
        case(
            "self-service setup is off",
            "policy = { isSelfServiceRegistrationAllowed = false }",
            Some("Self-service"),
            true,
        ),
        case(
            "a guest",
            "users = [{ userPrincipalName = 'bg1', userType = 'Guest' }]",
            Some("guest"),
            true,
        ),
        case(
            "nobody is included",
            "policy = { includeTargets = [] }",
            TARGET,
            false,
        ),
        case(
            "a group is included, without it",
            including.clone(),
            TARGET,
            false,
        ),
        case(
            "a group is included, with it",
            format!("{IN_GROUP}{including}"),
            None,
            true,
        ),
        case("a group is excluded, without it", excluding, None, true),
        case(
            "a group is excluded, with it",
            format!("{IN_GROUP}{excluding}"),
            TARGET,
            false,
        ),
        case(
            "included and excluded",
            format!("{IN_GROUP}{both}"),
            TARGET,
            false,
        ),
        case(
            "everybody is excluded",
            "policy = { excludeTargets = [{ targetType = 'group', id = 'all_users' }] }",
            TARGET,
            false,
        ),
    ]
}

fn deprecated_settings() -> Vec<Case> {
    vec![
        case("its model is allowed", restricted(ALLOWS_IT), None, true),
        case(
            "another model is allowed",
            restricted(ALLOWS_ANOTHER),
            MODEL,
            false,
        ),
        case("no model is allowed", restricted(ALLOWS_NONE), MODEL, false),
        case("its model is blocked", restricted(BLOCKS_IT), MODEL, false),
        case(
            "another model is blocked",
            restricted(BLOCKS_ANOTHER),
            None,
            true,
        ),
        case(
            "the list is not in force",
            restricted(NOT_IN_FORCE),
            None,
            true,
        ),
        case(
            "attestation is enforced",
            "policy = { isAttestationEnforced = true }",
            None,
            true,
        ),
        case(
            "attestation is enforced, of a model that is not certified",
            "ineligibleModels = ['OWN']\npolicy = { isAttestationEnforced = true }",
            ATTESTATION,
            true,
        ),
        case(
            "the plain form of government clouds",
            format!(
                "quirks = {{ profileForm = 'absent' }}\n{}",
                restricted(BLOCKS_IT)
            ),
            MODEL,
            false,
        ),
    ]
}

fn one_profile() -> Vec<Case> {
    let strict = "deviceBound";
    vec![
        case(
            "a profile allows its model",
            only(strict, "disabled", ALLOWS_IT),
            None,
            true,
        ),
        case(
            "a profile blocks its model",
            only(strict, "disabled", BLOCKS_IT),
            MODEL,
            false,
        ),
        case(
            "a profile wants synced passkeys",
            only("synced", "disabled", NOT_IN_FORCE),
            KIND,
            true,
        ),
        case(
            "a profile takes either kind",
            only("deviceBound,synced", "disabled", NOT_IN_FORCE),
            None,
            true,
        ),
        case(
            "a profile enforces attestation",
            only(strict, "registrationOnly", ALLOWS_IT),
            None,
            true,
        ),
        case(
            "a profile enforces attestation, of a model that is not certified",
            format!(
                "ineligibleModels = ['OWN']\n{}",
                only(strict, "registrationOnly", ALLOWS_IT)
            ),
            ATTESTATION,
            true,
        ),
        case(
            "the deprecated settings count no longer",
            format!(
                "{}isAttestationEnforced = true\nkeyRestrictions = {BLOCKS_IT}\n",
                only(strict, "disabled", NOT_IN_FORCE)
            ),
            None,
            true,
        ),
        case(
            "profiles are answered inline",
            format!(
                "quirks = {{ profileForm = 'inline' }}\n{}",
                only(strict, "disabled", BLOCKS_IT)
            ),
            MODEL,
            false,
        ),
    ]
}

fn several_profiles() -> Vec<Case> {
    let everybody = included("all_users", "");
    let second = format!("'{SECOND}'");
    let both = format!("'{DEFAULT}', '{SECOND}'");
    let split = [everybody.clone(), included("emergency", &second)];
    vec![
        case(
            "a target that names no profile has the default one",
            two(BLOCKS_IT, ALLOWS_IT, &[everybody]),
            MODEL,
            false,
        ),
        case(
            "a target that names another has not the default one",
            two(ALLOWS_IT, BLOCKS_IT, &[included("all_users", &second)]),
            MODEL,
            false,
        ),
        case(
            "one of the named profiles takes it",
            two(BLOCKS_IT, ALLOWS_IT, &[included("all_users", &both)]),
            None,
            true,
        ),
        case(
            "none of the named profiles takes it",
            two(BLOCKS_IT, ALLOWS_ANOTHER, &[included("all_users", &both)]),
            MODEL,
            false,
        ),
        case(
            "the profile that takes it is for another group",
            two(BLOCKS_IT, ALLOWS_IT, &split),
            MODEL,
            false,
        ),
        case(
            "the profile that takes it is for its group",
            format!("{IN_GROUP}{}", two(BLOCKS_IT, ALLOWS_IT, &split)),
            None,
            true,
        ),
        case(
            "a profile for its group does not take away what everybody has",
            format!("{IN_GROUP}{}", two(ALLOWS_IT, BLOCKS_IT, &split)),
            None,
            true,
        ),
    ]
}
