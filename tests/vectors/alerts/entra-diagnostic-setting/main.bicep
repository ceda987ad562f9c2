// Sends the sign-in and audit logs of Microsoft Entra to a Log Analytics workspace
// Written by `halligan alerts generate`.

targetScope = 'tenant'

@description('Resource id of the Log Analytics workspace: /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…')
param workspaceResourceId string

// Bicep knows fewer categories than the service and may warn about the second one
resource entraLogs 'microsoft.aadiam/diagnosticSettings@2017-04-01' = {
  name: 'halligan-emergency-access'
  properties: {
    workspaceId: workspaceResourceId
    logs: [
      {
        category: 'SignInLogs'
        enabled: true
      }
      {
        category: 'NonInteractiveUserSignInLogs'
        enabled: true
      }
      {
        category: 'AuditLogs'
        enabled: true
      }
    ]
  }
}
