//! `/roleManagement/directory/roleAssignments`

use uuid::Uuid;

use super::client::{Client, Request};
use super::error::Error;
use super::model::UnifiedRoleAssignment;

impl Client {
    /// The roles that are assigned to a principal itself, in the whole tenant and in parts of it. Those of its groups are not among
    /// them.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without a permission to read roles.
    pub async fn role_assignments(
        &self,
        principal: Uuid,
    ) -> Result<Vec<UnifiedRoleAssignment>, Error> {
        let url = self.url(["roleManagement", "directory", "roleAssignments"]);
        let filter = format!("$filter=principalId eq '{principal}'");
        self.collect(Request::get(url).query(&filter)).await
    }
}
