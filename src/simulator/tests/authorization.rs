//! Who may do what: tokens, permissions, directory roles.

use reqwest::StatusCode;

use super::Bench;
use super::key::Key;
use crate::simulator::tenant::{Role, User};

const DENIED: &str = "Insufficient privileges";

#[tokio::test]
async fn without_a_valid_token_nothing_is_answered() {
    let bench = Bench::new().await;
    let path = bench.methods(&bench.bg1());
    let token = bench.app_token().await;
    let (signed, _) = token.rsplit_once('.').unwrap();
    for bad in [
        "x",
        "a.b.c",
        "é.é.é",
        &format!("{signed}.{}", "A".repeat(86)),
    ] {
        let answer = bench.get(&path, bad).await;
        answer.is_error(401, "InvalidAuthenticationToken", "");
        assert!(answer.header("www-authenticate").starts_with("Bearer "));
    }
    let bare = bench.client.get(bench.url(&path)).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(bench.get(&path, &token).await.status, StatusCode::OK);
    bench.advance(3600);
    let answer = bench.get(&path, &token).await;
    answer.is_error(401, "InvalidAuthenticationToken", "expired");
}

#[tokio::test]
async fn a_token_of_another_tenant_is_not_accepted() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    bench.change(|state| state.tenant_id = crate::env::Env::system().uuid());
    let answer = bench.get(&bench.methods(&bench.bg1()), &token).await;
    answer.is_error(401, "InvalidAuthenticationToken", "audience");
}

#[tokio::test]
async fn each_operation_asks_for_its_permission() {
    let bench = Bench::new().await;
    let path = bench.methods(&bench.bg1());
    let options = format!("{path}/creationOptions");
    let method = format!("{path}/AAEC0");
    let body = Key::new(1).answer(&bench.options(&bench.app_token().await).await);

    let none = bench.token_with(&["User.Read.All"]).await;
    bench
        .get(&path, &none)
        .await
        .is_error(403, "Authorization_RequestDenied", DENIED);
    let reader = bench.token_with(&["UserAuthMethod-Passkey.Read.All"]).await;
    assert_eq!(bench.get(&path, &reader).await.status, StatusCode::OK);
    for answer in [
        bench.get(&options, &reader).await,
        bench.post(&path, &reader, &body).await,
        bench.delete(&method, &reader).await,
        bench.get("/v1.0/users", &reader).await,
        bench.get("/v1.0/organization", &reader).await,
    ] {
        answer.is_error(403, "Authorization_RequestDenied", DENIED);
    }
    let older = bench
        .token_with(&["UserAuthenticationMethod.ReadWrite.All"])
        .await;
    assert_eq!(bench.get(&options, &older).await.status, StatusCode::OK);
    assert_eq!(
        bench.post(&path, &older, &body).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn nobody_registers_a_key_for_themselves() {
    let bench = Bench::new().await;
    let token = bench.user_token(&bench.bg1()).await;
    let path = bench.methods(&bench.bg1());
    let refused = bench.get(&format!("{path}/creationOptions"), &token).await;
    refused.is_error(405, "methodNotAllowed", "not supported");
    let body = Key::new(1).answer(&bench.options(&bench.app_token().await).await);
    let refused = bench.post(&path, &token, &body).await;
    refused.is_error(405, "methodNotAllowed", "not supported");
    assert_eq!(bench.get(&path, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn directory_roles_decide_what_people_reach() {
    let bench = Bench::new().await;
    let body = Key::new(1).answer(&bench.options(&bench.app_token().await).await);
    let path = bench.methods(&bench.bg1());
    let options = format!("{path}/creationOptions");
    // Status of list, creation options and creation with a Global Administrator as the target.
    for (role, wanted) in [
        (None, [403, 403, 403]),
        (Some(Role::AuthenticationAdministrator), [403, 403, 403]),
        (Some(Role::GlobalReader), [200, 200, 403]),
        (
            Some(Role::PrivilegedAuthenticationAdministrator),
            [200, 200, 201],
        ),
    ] {
        let operator = bench.running.demo.operator.clone();
        bench.change(|state| {
            let id = state.user(&operator).unwrap().id;
            state.set_roles(id, &Vec::from_iter(role));
        });
        let token = bench.user_token(&operator).await;
        let found = [
            bench.get(&path, &token).await.status.as_u16(),
            bench.get(&options, &token).await.status.as_u16(),
            bench.post(&path, &token, &body).await.status.as_u16(),
        ];
        assert_eq!(found, wanted, "{role:?}");
    }
}

#[tokio::test]
async fn an_authentication_administrator_reaches_people_without_a_role() {
    let bench = Bench::new().await;
    let operator = bench.running.demo.operator.clone();
    let user = User::member(
        "worker@contoso.example",
        "Will Worker",
        &crate::env::Env::system(),
    );
    let path = format!("{}/creationOptions", bench.methods(&user.id.to_string()));
    bench.change(|state| {
        let id = state.user(&operator).unwrap().id;
        state.set_roles(id, &[Role::AuthenticationAdministrator]);
        state.users.push(user);
    });
    let token = bench.user_token(&operator).await;
    assert_eq!(bench.get(&path, &token).await.status, StatusCode::OK);
    bench.change(|state| state.user_mut(&operator).unwrap().account_enabled = false);
    let answer = bench.get(&path, &token).await;
    answer.is_error(401, "InvalidAuthenticationToken", "disabled");
}
