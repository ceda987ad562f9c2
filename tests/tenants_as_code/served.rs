//! The simulator as people start it, with the configuration that it writes and nothing else.

use halligan::graph::credential::{
    APPLY_PERMISSIONS, SIGN_IN_LOG_PERMISSION, SNAPSHOT_PERMISSIONS,
};

use super::healthy::models;
use crate::bench::{Bench, Key, PIN};

/// Two keys for each of two accounts, of two models.
fn keys(bench: &Bench) -> Vec<Key> {
    let models = models().into_iter().cycle().take(4);
    models.map(|model| bench.key(model)).collect()
}

#[test]
fn the_served_tenant_becomes_safe_with_the_configuration_beside_it() {
    let bench = Bench::new();
    let keys = keys(&bench);
    let roots = keys
        .iter()
        .flat_map(|key| ["--attestation-root".to_owned(), key.attestation_root()]);
    let serve = ["simulator", "serve", "--state", "served", "--json"];
    let serve = bench
        .halligan(serve)
        .with(["--listen", "127.0.0.1:0"])
        .with(roots);
    let (_served, ready) = serve.start().ready();
    let tool = bench.halligan(["--config", "served/halligan.toml"]);
    let tenant = |words: &[&str]| tool.clone().with(["tenant"]).with(words.iter().copied());
    tenant(&["plan"]).run().exits(1);
    tenant(&["apply", "--yes"]).run().exits(0);
    for (number, key) in keys.iter().enumerate() {
        let account = ready["accounts"][number / 2].as_str().unwrap();
        let label = format!("key-{number}");
        let options = ["--device", key.address(), "--account", account, "--label"];
        let enroll = tool.clone().with(["enroll"]).with(options);
        let root = ["--attestation-root".to_owned(), key.attestation_root()];
        enroll.with([label]).with(root).pin(PIN).run().exits(0);
    }
    tenant(&["apply", "--enforce", "--yes"]).run().exits(0);
    tenant(&["plan"]).run().exits(0);
    tenant(&["audit"]).run().exits(0);
}

/// A sign-in that asks for a permission without consent fails as a whole.
#[test]
fn the_applications_of_the_demo_have_what_the_tool_asks_for() {
    let bench = Bench::new();
    let asked = SNAPSHOT_PERMISSIONS.iter().chain(&APPLY_PERMISSIONS);
    let asked: Vec<&str> = asked.copied().chain([SIGN_IN_LOG_PERMISSION]).collect();
    bench.in_tenant(|state| {
        let operator = state.application(state.demo.public_client_id).unwrap();
        let application = state.application(state.demo.app_client_id).unwrap();
        for permission in asked {
            let has = |list: &[String]| list.iter().any(|one| one == permission);
            assert!(has(&operator.delegated_permissions), "{permission}");
            let writes = permission.replace(".Read.", ".ReadWrite.");
            let more = application.application_permissions.contains(&writes);
            assert!(
                has(&application.application_permissions) || more,
                "{permission}"
            );
        }
    });
}
