//! `/policies/authenticationStrengthPolicies`, to be read: the built-in ones first, then the tenant's own.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use serde_json::Value;

use crate::simulator::conditional_access::built_in;
use crate::simulator::routes::call::Call;
use crate::simulator::routes::conditional_access::{not_found, object_id};
use crate::simulator::routes::filter::Filter;
use crate::simulator::routes::{GraphError, odata, permissions};

const CONTEXT: &str = "policies/authenticationStrengthPolicies";

/// What a request asks for.
#[derive(Default)]
struct Options {
    filter: Option<String>,
    select: Option<String>,
    with_configurations: bool,
}

impl Options {
    fn read(query: Option<&str>) -> Result<Self, GraphError> {
        let mut options = Self::default();
        let query = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        for (name, value) in query {
            match (name.as_ref(), value.as_ref()) {
                ("$expand", "combinationConfigurations") => options.with_configurations = true,
                ("$filter", filter) => options.filter = Some(filter.to_owned()),
                ("$select", select) => options.select = Some(select.to_owned()),
                _ => {
                    return Err(GraphError::unsupported_query(
                        "Unsupported or invalid query option.",
                    ));
                }
            }
        }
        Ok(options)
    }

    /// The object as it was asked for; what is expanded need not be selected.
    fn shown(&self, strength: Value) -> Value {
        let select = self.select.as_ref().map(|select| {
            let expanded = ",combinationConfigurations";
            let expanded = if self.with_configurations {
                expanded
            } else {
                ""
            };
            format!("{select}{expanded}")
        });
        odata::selected(strength, select.as_deref())
    }
}

pub(super) async fn list(call: Call, RawQuery(query): RawQuery) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::STRENGTHS)?;
    let options = Options::read(query.as_deref())?;
    let filter = Filter::parse(options.filter.as_deref(), &["displayName", "policyType"])?;
    let mut strengths: Vec<Value> = call.service.tenant.read(|state| {
        let built_in = built_in();
        let own = &state.conditional_access.authentication_strengths;
        let all = built_in.iter().chain(own);
        all.map(|strength| strength.wire(options.with_configurations))
            .collect()
    });
    strengths.retain(|strength| filter.fits(|member| strength[member].clone()));
    let strengths = strengths.into_iter();
    let strengths = strengths.map(|strength| options.shown(strength));
    Ok(call.whole(CONTEXT, strengths.collect()))
}

pub(super) async fn get(
    call: Call,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::STRENGTHS)?;
    let options = Options::read(query.as_deref())?;
    let wanted = object_id(&id)?;
    let strength = call.service.tenant.read(|state| {
        let strength = state.conditional_access.strength(wanted);
        strength.map(|strength| strength.wire(options.with_configurations))
    });
    let strength = strength.ok_or_else(|| not_found(&id))?;
    let context = format!("{CONTEXT}/$entity");
    Ok(call.entity(&context, options.shown(strength)))
}
