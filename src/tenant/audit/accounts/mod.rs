//! HG-1xx: the accounts themselves.

pub(super) mod cloud_only;
pub(super) mod domain;
pub(super) mod enabled;
pub(super) mod exists;
pub(super) mod member;
pub(super) mod number;
pub(super) mod password_age;
pub(super) mod password_expiry;
pub(super) mod per_user_mfa;
