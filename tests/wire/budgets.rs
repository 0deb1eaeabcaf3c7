//! The budgets of docs/ARCHITECTURE.md, counted where they are paid. Keys that KMS wraps sign in the process, so no
//! signature is a call here.

use super::tap::{Cost, Tap};
use crate::harness::{ALICE, World};

const OFFLINE: &str = "openid profile offline_access";

fn cost(reads: usize, writes: usize) -> Cost {
    Cost {
        reads,
        writes,
        signatures: 0,
    }
}

#[tokio::test]
async fn each_path_costs_at_the_wire_what_it_costs_at_the_ports() {
    let world = World::start().await;
    let client = world.conformance();
    let mut browser = world.browser();
    let mut tap = Tap::on(&world);

    let tokens = client.tokens(&world, &mut browser, OFFLINE, ALICE).await;
    assert_eq!(tap.cost(), cost(5, 9), "first sign-in");

    let again = client.tokens(&world, &mut browser, OFFLINE, ALICE).await;
    assert_eq!(tap.cost(), cost(4, 3), "return, with a refresh token");
    client.tokens(&world, &mut browser, "openid profile", ALICE).await;
    assert_eq!(tap.cost(), cost(4, 2), "return");

    assert_eq!(
        client
            .refresh(&world, tokens.refresh.as_deref().unwrap())
            .await
            .status(),
        200
    );
    assert_eq!(tap.cost(), cost(2, 1), "refresh");

    assert_eq!(client.userinfo(&again.access).await.status(), 200);
    assert_eq!(tap.cost(), cost(2, 0), "userinfo");
}
