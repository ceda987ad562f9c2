//! `/roleManagement/directory`

use uuid::Uuid;

use super::client::{Client, Question, Request};
use super::error::Error;
use super::model::{ExpandedRoleAssignment, UnifiedRoleAssignment, UnifiedRoleScheduleInstance};

/// The scope of an assignment that counts everywhere.
const WHOLE_TENANT: &str = "/";

impl Client {
    /// The roles that are assigned to a principal itself, in the whole tenant and in parts of it. Those of its groups are not among
    /// them. `RoleManagement.Read.Directory`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without a permission to read roles.
    pub fn role_assignments(&self, principal: Uuid) -> Question<Vec<UnifiedRoleAssignment>> {
        self.of_roles("roleAssignments", &of_principal(principal))
    }

    /// Who has a role, everywhere or in parts of the tenant, with their names. `RoleManagement.Read.Directory`.
    ///
    /// # Errors
    /// As [`Self::role_assignments`].
    pub fn role_holders(&self, role: Uuid) -> Question<Vec<ExpandedRoleAssignment>> {
        let query = format!("$filter=roleDefinitionId eq '{role}'&$expand=principal");
        self.of_roles("roleAssignments", &query)
    }

    /// The roles that a principal holds, with their terms, those of its groups included. `RoleManagement.Read.Directory`.
    ///
    /// # Errors
    /// [`Error::lacks_licence`] without P2 or Governance.
    pub fn role_schedules(&self, principal: Uuid) -> Question<Vec<UnifiedRoleScheduleInstance>> {
        self.of_roles("roleAssignmentScheduleInstances", &of_principal(principal))
    }

    /// The roles that a principal could activate. `RoleManagement.Read.Directory`.
    ///
    /// # Errors
    /// As [`Self::role_schedules`].
    pub fn role_eligibilities(
        &self,
        principal: Uuid,
    ) -> Question<Vec<UnifiedRoleScheduleInstance>> {
        self.of_roles("roleEligibilityScheduleInstances", &of_principal(principal))
    }

    /// Gives a principal a role in the whole tenant, active and for good. One that has it already keeps it: the service answers
    /// 400 or 409 to that, so the assignments are read again. `RoleManagement.ReadWrite.Directory`.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] when it may have the role all the same; assigning it again is harmless.
    pub async fn assign_role(
        &self,
        principal: Uuid,
        role: Uuid,
    ) -> Result<UnifiedRoleAssignment, Error> {
        let wanted = UnifiedRoleAssignment {
            role_definition_id: role.to_string(),
            principal_id: principal.to_string(),
            directory_scope_id: Some(WHOLE_TENANT.to_owned()),
        };
        let url = self.url(["roleManagement", "directory", "roleAssignments"]);
        let refused = match self.fetch(&Request::post(url, &wanted)).await {
            Err(error @ (Error::BadRequest(_) | Error::Conflict(_))) => error,
            settled => return settled,
        };
        let present = self.role_assignments(principal).await?;
        let same = |one: &UnifiedRoleAssignment| {
            one.directory_scope_id == wanted.directory_scope_id
                && one
                    .role_definition_id
                    .eq_ignore_ascii_case(&wanted.role_definition_id)
        };
        present.into_iter().find(same).ok_or(refused)
    }

    fn of_roles<T: serde::de::DeserializeOwned>(
        &self,
        collection: &str,
        query: &str,
    ) -> Question<Vec<T>> {
        let url = self.url(["roleManagement", "directory", collection]);
        Question::all(self, Ok(Request::get(url).query(query)))
    }
}

fn of_principal(principal: Uuid) -> String {
    format!("$filter=principalId eq '{principal}'")
}
