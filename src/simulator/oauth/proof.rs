//! How a user proves who they are: by the key whose assertion the form brings, or by saying so, which stands for password and
//! second factor.

use uuid::Uuid;

use crate::encoding::base64url;
use crate::simulator::conditional_access::key::Given;
use crate::simulator::oauth::{OAuthError, Parameters, access_token};
use crate::simulator::relying_party::{Assertion, AssertionRefusal, user_handle};
use crate::simulator::service::Service;
use crate::simulator::tenant::{Fido2Method, SignInRefusal, State, User};

/// How long a challenge can be answered, in seconds.
const CHALLENGE_LIFETIME: i64 = 300;

/// What a person did on a sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer<'a> {
    Declined,
    Key {
        user: Option<&'a str>,
        assertion: &'a str,
    },
    Password {
        user: &'a str,
        second_factor: bool,
    },
}

/// What was proven with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    /// A registered key, with user verification.
    Key(Box<Fido2Method>),
    /// What was given when a refresh token was made.
    Earlier(Given),
    /// A password, and a second factor besides.
    Password { second_factor: bool },
}

/// A sign-in that failed before anything else was looked at.
pub(super) struct Unproven {
    /// Whom it was about, as far as that is known.
    pub(super) user_id: Option<Uuid>,
    /// Whether it was tried with a key.
    pub(super) by_key: bool,
    pub(super) error: OAuthError,
}

/// A challenge for keys to sign, as base64url: in clientDataJSON it stands as it is.
pub(super) fn new_challenge(service: &Service) -> String {
    let challenge = base64url::encode(&service.env.random::<32>());
    let expires = access_token::after(service.env.now(), CHALLENGE_LIFETIME);
    service.sessions.add_challenge(challenge.clone(), expires);
    challenge
}

impl<'a> Answer<'a> {
    /// The answer in a form; none if it says neither who nor that nobody wants to.
    pub(super) fn of(form: &'a Parameters) -> Option<Self> {
        let given = |name| form.get(name).filter(|text| !text.is_empty());
        match (given("assertion"), form.get("user")) {
            (Some(assertion), _) => Some(Self::Key {
                user: given("user"),
                assertion,
            }),
            (None, Some("")) => Some(Self::Declined),
            (None, Some(user)) => Some(Self::Password {
                user,
                second_factor: form.get("mfa") != Some("false"),
            }),
            (None, None) => None,
        }
    }

    /// Of somebody who signs in without being asked.
    pub(super) const fn chosen(user: &'a str) -> Self {
        Self::Password {
            user,
            second_factor: true,
        }
    }

    /// The name that was given.
    pub(super) const fn user(&self) -> Option<&'a str> {
        match self {
            Self::Declined => None,
            Self::Key { user, .. } => *user,
            Self::Password { user, .. } => Some(user),
        }
    }

    /// The user whom the answer names, or whose key it is, and the proof.
    pub(super) fn prove(self, service: &Service) -> Result<(User, Proof), Unproven> {
        match self {
            Self::Declined => Err(Unproven {
                user_id: None,
                by_key: false,
                error: denied(65_004, "The user declined to consent."),
            }),
            Self::Key { user, assertion } => by_key(service, user, assertion),
            Self::Password {
                user,
                second_factor,
            } => Ok((
                enabled_user(service, user)?,
                Proof::Password { second_factor },
            )),
        }
    }
}

/// The user with this name, if sign-in is allowed.
fn enabled_user(service: &Service, name: &str) -> Result<User, Unproven> {
    let user = service.tenant.read(|state| state.user(name).cloned());
    let user_id = user.as_ref().map(|user| user.id);
    let error = match user {
        Some(user) if user.account_enabled => return Ok(user),
        Some(_) => disabled(),
        None => denied(50_034, "The user account does not exist in the directory."),
    };
    Err(Unproven {
        user_id,
        by_key: false,
        error,
    })
}

fn by_key(
    service: &Service,
    name: Option<&str>,
    assertion: &str,
) -> Result<(User, Proof), Unproven> {
    let failed = |user_id, error| Unproven {
        user_id,
        by_key: true,
        error,
    };
    let assertion = Assertion::parse(assertion).map_err(|refusal| failed(None, refusal.into()))?;
    let user = service.tenant.read(|state| match name {
        Some(name) => state.user(name).cloned(),
        None => owner(state, &assertion),
    });
    let unknown = || match name {
        Some(_) => denied(50_034, "The user account does not exist in the directory."),
        None => unknown_key(),
    };
    let user = user.ok_or_else(|| failed(None, unknown()))?;
    match check(service, &user, assertion) {
        Ok(method) => Ok((user, Proof::Key(Box::new(method)))),
        Err(error) => Err(failed(Some(user.id), error)),
    }
}

/// Whose key it is, if nobody was named: the user handle must say so too.
fn owner(state: &State, assertion: &Assertion) -> Option<User> {
    let method = method(state, assertion)?;
    let user = state.user_by_id(method.user_id)?;
    let handle = user_handle(state.tenant_id, user.id);
    (assertion.user_handle.as_deref() == Some(handle.as_slice())).then(|| user.clone())
}

fn method<'a>(state: &'a State, assertion: &Assertion) -> Option<&'a Fido2Method> {
    let mut methods = state.fido2_methods.iter();
    methods.find(|method| method.credential_id.0 == assertion.credential_id)
}

/// The challenge counts as answered whatever comes of it.
fn check(service: &Service, user: &User, assertion: Assertion) -> Result<Fido2Method, OAuthError> {
    let challenge = assertion.challenge()?;
    if !service
        .sessions
        .redeem_challenge(&challenge, service.env.now())
    {
        return Err(failed("The challenge is not one that is still open."));
    }
    let method = service.tenant.read(|state| {
        let method = method(state, &assertion).cloned();
        let method = method.ok_or_else(unknown_key)?;
        state.admits_sign_in(user, &method)?;
        let handle = user_handle(state.tenant_id, user.id);
        let sign_count = assertion.verify(&method, &handle, &challenge)?;
        Ok::<_, OAuthError>(Fido2Method {
            sign_count,
            ..method
        })
    })?;
    count(service, &method)?;
    Ok(method)
}

/// Keeps the sign count, by which a copy of the key would be noticed. Keys that do not count say 0.
fn count(service: &Service, used: &Fido2Method) -> Result<(), OAuthError> {
    if used.sign_count == 0 {
        return Ok(());
    }
    service.tenant.update(|state| {
        let mut methods = state.fido2_methods.iter_mut();
        let known = methods.find(|known| known.credential_id == used.credential_id);
        if let Some(known) = known {
            known.sign_count = used.sign_count;
        }
    })?;
    Ok(())
}

fn denied(number: u32, text: impl Into<String>) -> OAuthError {
    OAuthError::new("access_denied", number, text)
}

fn disabled() -> OAuthError {
    denied(50_057, "The user account is disabled.")
}

fn unknown_key() -> OAuthError {
    denied(135_010, "The key was not found.")
}

fn failed(reason: impl std::fmt::Display) -> OAuthError {
    let reason = format!("Authentication failed during strong authentication request. {reason}");
    denied(500_121, reason)
}

impl From<AssertionRefusal> for OAuthError {
    fn from(refusal: AssertionRefusal) -> Self {
        if refusal.is_of_signature() {
            denied(130_005, "The signature of the key is invalid.")
        } else {
            failed(refusal)
        }
    }
}

impl From<SignInRefusal> for OAuthError {
    fn from(refusal: SignInRefusal) -> Self {
        match refusal {
            SignInRefusal::AccountDisabled => disabled(),
            SignInRefusal::NotOwned => unknown_key(),
            SignInRefusal::Policy(refusal) => denied(
                130_501,
                format!("Sign in was blocked due to User Credential Policy. {refusal}"),
            ),
        }
    }
}
