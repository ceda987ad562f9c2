//! Authentication strengths and named locations, to be read.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Bench, READ};

const STRENGTHS: &str = "/v1.0/policies/authenticationStrengthPolicies";
const LOCATIONS: &str = "/v1.0/identity/conditionalAccess/namedLocations";

const OWN: &str = r##"{"authenticationStrengths": [{
    "id": "5790842a-5bb2-4ce7-bc27-3b4b0aac4000", "displayName": "Our keys", "policyType": "custom",
    "allowedCombinations": ["fido2"],
    "combinationConfigurations": [{
        "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
        "id": "96c4a1a0-9f0c-4dff-8e2f-1d4e9a4b0000",
        "appliesToCombinations": ["fido2"],
        "allowedAAGUIDs": ["2fc0579f-8113-47ea-b116-555a8db9202a"]
    }]
}]}"##;

#[tokio::test]
async fn the_built_in_strengths_and_the_tenants_own_are_listed() {
    let bench = Bench::new().await;
    bench.seeded(OWN).await;
    let token = bench.token_with(&[READ]).await;
    let all = bench.get(STRENGTHS, &token).await.body;
    let all = all["value"].as_array().unwrap();
    let names: Vec<&Value> = all
        .iter()
        .map(|strength| &strength["displayName"])
        .collect();
    let built_in = [
        "Multifactor authentication",
        "Passwordless MFA",
        "Phishing resistant MFA",
    ];
    assert_eq!(names[..3], built_in);
    assert_eq!(names[3], "Our keys");
    assert_eq!(all[2]["policyType"], "builtIn");
    assert_eq!(all[3]["policyType"], "custom");
    let methods = [
        "windowsHelloForBusiness",
        "fido2",
        "x509CertificateMultiFactor",
    ];
    assert_eq!(all[2]["allowedCombinations"], json!(methods));
    assert!(
        all[3].get("combinationConfigurations").is_none(),
        "not asked for"
    );
    let expanded =
        format!("{STRENGTHS}?$expand=combinationConfigurations&$filter=policyType eq 'custom'");
    let own = bench.get(&expanded, &token).await.body["value"].clone();
    assert_eq!(own.as_array().unwrap().len(), 1);
    let models = &own[0]["combinationConfigurations"][0]["allowedAAGUIDs"];
    assert_eq!(*models, json!(["2fc0579f-8113-47ea-b116-555a8db9202a"]));
    let id = own[0]["id"].as_str().unwrap();
    let query = "?$select=displayName&$expand=combinationConfigurations";
    let one = bench
        .get(&format!("{STRENGTHS}/{id}{query}"), &token)
        .await
        .body;
    assert_eq!(one["displayName"], "Our keys");
    assert!(one.get("policyType").is_none() && one["combinationConfigurations"].is_array());
    let none = bench
        .get(&format!("{STRENGTHS}/{}", uuid::Uuid::nil()), &token)
        .await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let other = bench.token_with(&["User.Read.All"]).await;
    assert_eq!(
        bench.get(STRENGTHS, &other).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn named_locations_are_read_as_they_were_seeded() {
    let bench = Bench::new().await;
    let locations = json!([
        {
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "id": "33333333-3333-4333-8333-333333333333",
            "displayName": "Office",
            "createdDateTime": null,
            "modifiedDateTime": null,
            "isTrusted": true,
            "ipRanges": [
                {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"},
                {"@odata.type": "#microsoft.graph.iPv6CidrRange", "cidrAddress": "2001:db8::/32"},
            ],
        },
        {
            "@odata.type": "#microsoft.graph.countryNamedLocation",
            "id": "44444444-4444-4444-8444-444444444444",
            "displayName": "Home",
            "createdDateTime": null,
            "modifiedDateTime": null,
            "countriesAndRegions": ["CH"],
            "includeUnknownCountriesAndRegions": true,
        },
    ]);
    let seed = json!({"namedLocations": locations}).to_string();
    bench.seeded(seed.clone()).await;
    bench.seeded(seed).await;
    let token = bench.token_with(&["Policy.Read.ConditionalAccess"]).await;
    let read = bench.get(LOCATIONS, &token).await.body;
    assert_eq!(read["value"], locations);
    let filter = format!("{LOCATIONS}?$filter=displayName eq 'Home'&$select=id");
    let home = bench.get(&filter, &token).await.body;
    assert_eq!(home["value"][0]["id"], locations[1]["id"]);
    let path = format!("{LOCATIONS}/33333333-3333-4333-8333-333333333333");
    let one = bench.get(&path, &token).await.body;
    assert_eq!(one["ipRanges"], locations[0]["ipRanges"]);
    let bad = json!({"namedLocations": [{"@odata.type": "#microsoft.graph.ipNamedLocation",
        "displayName": "x", "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "here"}]}]});
    let refused = bench.seed(bad.to_string()).await;
    assert!(refused.text.contains("CIDR"), "{}", refused.text);
}
