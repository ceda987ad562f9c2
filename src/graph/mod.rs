//! A tenant, seen from the tool: Microsoft Graph over HTTPS.

pub mod model;
