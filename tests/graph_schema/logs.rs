//! Both logs, of what a person and an application did.

use halligan::emulator::Profile;
use reqwest::Method;

use super::traffic;
use crate::bench::Bench;

#[test]
fn of_what_happened() {
    let bench = Bench::new();
    bench.seed(
        "[[conditionalAccessPolicies]]\ndisplayName = 'MFA'\nstate = 'enabled'\n\
         grantControls = { operator = 'OR', builtInControls = ['mfa'] }\n\
         [conditionalAccessPolicies.conditions]\nclientAppTypes = ['all']\n\
         applications = { includeApplications = ['All'] }\nusers = { includeUsers = ['All'] }\n",
    );
    let key = bench.key(Profile::default());
    bench.sign_in_by("device-code");
    let enroll = bench
        .enroll(&key, "BG1-A")
        .with(["--json", "--events"])
        .start();
    let (enroll, event) = enroll.until_event("sign_in");
    let code = event["code"].as_str().unwrap().to_owned();
    let form = [("user_code".to_owned(), code)];
    bench.post_as_operator(event["url"].as_str().unwrap(), &form);
    enroll.finish().exits(0);

    let token = bench.access_token();
    bench.record();
    for (path, most) in [
        ("/v1.0/auditLogs/signIns", 1),
        ("/beta/auditLogs/signIns", 1),
        (
            "/beta/auditLogs/signIns?$filter=signInEventTypes/any(t:t%20eq%20'servicePrincipal')",
            1,
        ),
        ("/v1.0/auditLogs/directoryAudits", 2),
        ("/beta/auditLogs/directoryAudits", 2),
    ] {
        let (status, body) = bench.ask(Method::GET, path, &token, None);
        assert_eq!(status, 200, "{path}: {body}");
        assert_eq!(body["value"].as_array().unwrap().len(), most, "{path}");
    }
    let exchanges = bench.exchanges();
    assert_eq!(exchanges.len(), 5);
    assert_eq!(traffic::problems(&exchanges), Vec::<String>::new());
}
