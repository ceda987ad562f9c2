//! What holds for the whole tenant.

use super::group;
use super::permission;
use super::roles::{self, Holders};
use crate::ceremony::unread::read;
use crate::graph::model::{
    AccessReviewScheduleDefinition, AuthenticationStrengthPolicy, ConditionalAccessPolicy, Domain,
    Fido2AuthenticationMethodConfiguration, Group, IdentitySecurityDefaultsEnforcementPolicy,
    NamedLocation, Organization, Workflow,
};
use crate::graph::{self, Client};
use crate::tenant::desired::GroupReference;
use crate::tenant::read::{Read, Unread};

/// As in a snapshot.
pub(super) struct Settings {
    pub(super) organization: Read<Organization>,
    pub(super) domains: Read<Vec<Domain>>,
    pub(super) policies: Read<Vec<ConditionalAccessPolicy>>,
    pub(super) strengths: Read<Vec<AuthenticationStrengthPolicy>>,
    pub(super) named_locations: Read<Vec<NamedLocation>>,
    pub(super) security_defaults: Read<IdentitySecurityDefaultsEnforcementPolicy>,
    pub(super) passkeys: Read<Fido2AuthenticationMethodConfiguration>,
    pub(super) access_reviews: Read<Vec<AccessReviewScheduleDefinition>>,
    pub(super) lifecycle_workflows: Read<Vec<Workflow>>,
}

/// Asks for everything that needs no earlier answer: settings, who holds which role, and which group is meant.
pub(super) async fn read_all(
    client: &Client,
    reference: &GroupReference,
) -> Result<(Settings, Holders, Read<Option<Group>>), graph::Error> {
    let mut batch = client.batch();
    let organization = batch.add(client.organization());
    let domains = batch.add(client.domains());
    let policies = batch.add(client.conditional_access_policies());
    let strengths = batch.add(client.authentication_strengths());
    let named_locations = batch.add(client.named_locations());
    let security_defaults = batch.add(client.security_defaults());
    let passkeys = batch.add(client.fido2_policy_with_profiles());
    let access_reviews = batch.add(client.access_reviews());
    let lifecycle_workflows = batch.add(client.lifecycle_workflows());
    let group = group::ask_for(&mut batch, client, reference);
    let holders = roles::ask_for_holders(&mut batch, client);
    let mut answers = batch.send().await?;
    let passkeys = answers.take(passkeys).await;
    let passkeys = client.without_profiles_if_refused(passkeys).await;
    let settings = Settings {
        organization: read(answers.take(organization).await, permission::ORGANIZATION)?
            .and_then(only_one),
        domains: read(answers.take(domains).await, permission::DOMAINS)?,
        policies: read(answers.take(policies).await, permission::POLICIES)?,
        strengths: read(answers.take(strengths).await, permission::POLICIES)?,
        named_locations: read(answers.take(named_locations).await, permission::POLICIES)?,
        security_defaults: read(answers.take(security_defaults).await, permission::POLICIES)?,
        passkeys: read(passkeys, permission::POLICIES)?,
        access_reviews: read(
            answers.take(access_reviews).await,
            permission::ACCESS_REVIEWS,
        )?,
        lifecycle_workflows: read(
            answers.take(lifecycle_workflows).await,
            permission::WORKFLOWS,
        )?,
    };
    let found = group::found(group, &mut answers).await?;
    let holders = roles::holders(holders, &mut answers).await?;
    Ok((settings, holders, found))
}

fn only_one(organizations: Vec<Organization>) -> Read<Organization> {
    organizations.into_iter().next().ok_or_else(|| Unread {
        why: "the answer names no organization".to_owned(),
        permission: None,
    })
}
