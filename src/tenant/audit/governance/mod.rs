//! HG-7xx: what else decides over the accounts, and who watches.

pub(super) mod access_reviews;
pub(super) mod mandatory_mfa;
pub(super) mod restricted_unit;
pub(super) mod review;
pub(super) mod sign_in_log;
pub(super) mod use_of_accounts;
pub(super) mod workflows;
