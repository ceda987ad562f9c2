#![allow(clippy::unwrap_used)]

mod cases;
mod demands;

use super::*;
use crate::graph::model::ConditionalAccessPolicy;

fn policy(document: serde_json::Value) -> ConditionalAccessPolicy {
    serde_json::from_value(document).unwrap()
}
