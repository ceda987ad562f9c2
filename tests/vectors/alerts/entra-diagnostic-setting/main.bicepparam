using './main.bicep'

// Resource id of the Log Analytics workspace: /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…
param workspaceResourceId = '/subscriptions/22cc22cc-dd33-44ee-55ff-66aa66aa66aa/resourceGroups/security/providers/Microsoft.OperationalInsights/workspaces/entra-logs'
