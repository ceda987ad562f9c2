//! The permissions that would tell what is unread. One that tells several parts is named instead of several that tell one each.

use std::borrow::Cow;

/// A permission of Microsoft Graph.
pub type Permission = Cow<'static, str>;

/// Access reviews.
pub const ACCESS_REVIEWS: Permission = Cow::Borrowed("AccessReview.Read.All");
/// The sign-in log.
pub const AUDIT_LOG: Permission = Cow::Borrowed("AuditLog.Read.All");
/// The tenant's domains.
pub const DOMAINS: Permission = Cow::Borrowed("Domain.Read.All");
/// Groups, who is in them, and in which somebody is.
pub const GROUPS: Permission = Cow::Borrowed("GroupMember.Read.All");
/// Methods of any kind, keys included.
pub const METHODS: Permission = Cow::Borrowed("UserAuthenticationMethod.Read.All");
/// The tenant's name and licences.
pub const ORGANIZATION: Permission = Cow::Borrowed("Organization.Read.All");
/// Conditional Access, strengths, the passkey policy, security defaults, multifactor authentication of one user.
pub const POLICIES: Permission = Cow::Borrowed("Policy.Read.All");
/// Roles, their terms, and who could activate them.
pub const ROLES: Permission = Cow::Borrowed("RoleManagement.Read.Directory");
/// Users.
pub const USERS: Permission = Cow::Borrowed("User.Read.All");
/// Lifecycle workflows.
pub const WORKFLOWS: Permission = Cow::Borrowed("LifecycleWorkflows.Read.All");
