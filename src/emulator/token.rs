//! The state of the PIN/UV auth token (CTAP 2.1 §6.5.2.1): permissions, the RP ID it is bound to, and when it stops being
//! valid. The token's bytes are with the PIN protocols.

use std::time::Duration;

use super::profile::PinUvAuthProtocol;

/// Permission bits (CTAP 2.1 §6.5.5.7).
pub(super) mod permission {
    pub(in crate::emulator) const MC: u8 = 0x01;
    pub(in crate::emulator) const GA: u8 = 0x02;
    pub(in crate::emulator) const CM: u8 = 0x04;
    pub(in crate::emulator) const BE: u8 = 0x08;
    pub(in crate::emulator) const LBW: u8 = 0x10;
    pub(in crate::emulator) const ACFG: u8 = 0x20;
}

/// A token that is not used this soon (USB) is no longer valid.
const INITIAL_USAGE_TIME_LIMIT: Duration = Duration::from_secs(30);
/// For this long the user counts as present after built-in user verification has issued a token.
const USER_PRESENT_TIME_LIMIT: Duration = INITIAL_USAGE_TIME_LIMIT;
/// No token is valid longer than this.
const MAX_USAGE_TIME_PERIOD: Duration = Duration::from_secs(600);

/// The token that is in use, if any: getting one ends all others, of either protocol.
#[derive(Default)]
pub(super) struct TokenState {
    in_use: Option<InUse>,
}

struct InUse {
    protocol: PinUvAuthProtocol,
    permissions: u8,
    rp_id: Option<String>,
    user_verified: bool,
    user_present: bool,
    began: Duration,
    used: bool,
    /// Tokens of keys before CTAP 2.1 last until power is cut, for any command.
    unlimited: bool,
}

impl TokenState {
    /// `beginUsingPinUvAuthToken`, with permissions. `user_is_present` when the user was verified by touching the key:
    /// then the first command with the token does without another touch.
    pub(super) fn begin(
        &mut self,
        protocol: PinUvAuthProtocol,
        permissions: u8,
        rp_id: Option<String>,
        user_is_present: bool,
        now: Duration,
    ) {
        self.in_use = Some(InUse {
            protocol,
            permissions,
            rp_id,
            user_verified: true,
            user_present: user_is_present,
            began: now,
            used: false,
            unlimited: false,
        });
    }

    /// A token as keys before CTAP 2.1 issue it.
    pub(super) fn begin_unlimited(&mut self, protocol: PinUvAuthProtocol, now: Duration) {
        self.begin(protocol, u8::MAX, None, false, now);
        if let Some(token) = &mut self.in_use {
            token.unlimited = true;
        }
    }

    /// `stopUsingPinUvAuthToken`.
    pub(super) fn stop(&mut self) {
        self.in_use = None;
    }

    /// `pinUvAuthTokenUsageTimerObserver`; to be called before every use.
    pub(super) fn expire(&mut self, now: Duration) {
        let Some(token) = self.in_use.as_mut().filter(|token| !token.unlimited) else {
            return;
        };
        let age = now.saturating_sub(token.began);
        if age > USER_PRESENT_TIME_LIMIT {
            token.user_present = false;
        }
        let unused_too_long = !token.used && age > INITIAL_USAGE_TIME_LIMIT;
        if unused_too_long || age > MAX_USAGE_TIME_PERIOD {
            self.stop();
        }
    }

    /// The protocol whose token is in use.
    pub(super) fn protocol(&self) -> Option<PinUvAuthProtocol> {
        self.in_use.as_ref().map(|token| token.protocol)
    }

    /// Notes that a request was verified with the token, which ends the initial usage time limit.
    pub(super) fn mark_used(&mut self) {
        if let Some(token) = &mut self.in_use {
            token.used = true;
        }
    }

    /// Whether all of these permissions are there.
    pub(super) fn permits(&self, permissions: u8) -> bool {
        self.in_use
            .as_ref()
            .is_some_and(|token| token.permissions & permissions == permissions)
    }

    /// `getUserVerifiedFlagValue`.
    pub(super) fn user_verified(&self) -> bool {
        self.in_use
            .as_ref()
            .is_some_and(|token| token.user_verified)
    }

    /// `getUserPresentFlagValue`.
    pub(super) fn user_present(&self) -> bool {
        self.in_use.as_ref().is_some_and(|token| token.user_present)
    }

    /// The permissions RP ID.
    pub(super) fn rp_id(&self) -> Option<&str> {
        self.in_use.as_ref()?.rp_id.as_deref()
    }

    /// Binds a token without permissions RP ID to the RP that it is first used for.
    pub(super) fn bind(&mut self, rp_id: &str) {
        if let Some(token) = &mut self.in_use
            && !token.unlimited
        {
            token.rp_id.get_or_insert_with(|| rp_id.to_owned());
        }
    }

    /// `clearUserPresentFlag`, `clearUserVerifiedFlag`, `clearPinUvAuthTokenPermissionsExceptLbw`: after a touch the token
    /// is good for nothing but large blobs.
    pub(super) fn clear_after_touch(&mut self) {
        if let Some(token) = &mut self.in_use
            && !token.unlimited
        {
            token.user_verified = false;
            token.user_present = false;
            token.permissions &= permission::LBW;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token_at(now: u64) -> TokenState {
        token(false, now)
    }

    fn token(user_is_present: bool, now: u64) -> TokenState {
        let mut state = TokenState::default();
        state.begin(
            PinUvAuthProtocol::Two,
            permission::GA,
            None,
            user_is_present,
            Duration::from_secs(now),
        );
        state
    }

    #[test]
    fn an_unused_token_lasts_half_a_minute_and_a_used_one_ten() {
        let mut unused = token_at(5);
        unused.expire(Duration::from_secs(35));
        assert!(unused.permits(permission::GA));
        unused.expire(Duration::from_secs(36));
        assert!(!unused.permits(permission::GA));

        let mut used = token_at(5);
        used.mark_used();
        used.expire(Duration::from_secs(605));
        assert!(used.permits(permission::GA));
        used.expire(Duration::from_secs(606));
        assert!(!used.permits(permission::GA));
    }

    #[test]
    fn presence_lasts_half_a_minute_or_until_the_first_touch() {
        assert!(!token_at(0).user_present());
        let mut aging = token(true, 5);
        aging.mark_used();
        aging.expire(Duration::from_secs(35));
        assert!(aging.user_present());
        aging.expire(Duration::from_secs(36));
        assert!(!aging.user_present());
        assert!(aging.permits(permission::GA));
        let mut touched = token(true, 5);
        touched.clear_after_touch();
        assert!(!touched.user_present());
    }

    #[test]
    fn a_touch_uses_the_token_up() {
        let mut token = token_at(0);
        assert!(token.user_verified());
        token.clear_after_touch();
        assert!(!token.user_verified());
        assert!(!token.permits(permission::GA));
    }
}
