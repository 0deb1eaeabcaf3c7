use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{ALL, is, redeem, refused};
use crate::harness::{ALICE, Authorization, Client, World, replaced};

fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// The form of a code that was asked for with this request.
async fn form_for(world: &World, client: &Client, request: &Authorization) -> Vec<(String, String)> {
    let page = world.browser().through(world, &request.url(), ALICE).await;
    client.exchange(&page.callback()["code"], &request.verifier)
}

#[tokio::test]
async fn a041_the_vector_of_rfc_7636_appendix_b_passes_and_nothing_near_it() {
    let world = World::start().await;
    let client = world.spa();
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let request = client.authorize(ALL).with("code_challenge", challenge);
    let form = form_for(&world, &client, &request).await;
    for wrong in [
        // The plain method.
        challenge,
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl",
        "DBJFTJEZ4CVP-MB92K27UHBUJU1P1R_WW1GFWFOEJXK",
        &request.verifier,
    ] {
        let found = refused(&world, &client, &replaced(&form, "code_verifier", wrong)).await;
        assert_eq!(found, is("invalid_grant"), "{wrong}");
    }
    redeem(&world, &client, &replaced(&form, "code_verifier", verifier)).await;
}

#[tokio::test]
async fn pk3_a043_a_challenged_code_needs_its_verifier() {
    let world = World::start().await;
    for client in [world.conformance(), world.spa()] {
        let form = form_for(&world, &client, &client.authorize(ALL)).await;
        let absent = replaced(&form, "code_verifier", "");
        let mut empty = absent.clone();
        empty.push(("code_verifier".to_owned(), String::new()));
        for (case, form) in [("absent", &absent), ("empty", &empty)] {
            let found = refused(&world, &client, form).await;
            assert_eq!(found, is("invalid_grant"), "{case} by {}", client.id);
        }
        redeem(&world, &client, &form).await;
    }
}

#[tokio::test]
async fn pk4_a043_a_verifier_nobody_asked_for_is_refused() {
    let world = World::start().await;
    let client = world.conformance();
    let request = client.authorize(ALL);
    let request = request.without("code_challenge").without("code_challenge_method");
    let form = form_for(&world, &client, &request).await;
    assert_eq!(refused(&world, &client, &form).await, is("invalid_grant"));
    redeem(&world, &client, &replaced(&form, "code_verifier", "")).await;
}

#[tokio::test]
async fn a044_a_verifier_has_43_to_128_unreserved_characters() {
    let world = World::start().await;
    let client = world.conformance();
    for (verifier, fits) in [
        ("a".repeat(42), false),
        ("a".repeat(43), true),
        ("Az09-._~".repeat(16), true),
        ("a".repeat(129), false),
        (format!("{}+", "a".repeat(43)), false),
        (format!("{}=", "a".repeat(43)), false),
        (format!("{}é", "a".repeat(43)), false),
        (format!("{} ", "a".repeat(43)), false),
    ] {
        let request = client
            .authorize(ALL)
            .with("code_challenge", &challenge_of(&verifier));
        let form = form_for(&world, &client, &request).await;
        let form = replaced(&form, "code_verifier", &verifier);
        if fits {
            redeem(&world, &client, &form).await;
        } else {
            assert_eq!(
                refused(&world, &client, &form).await,
                is("invalid_grant"),
                "{verifier}"
            );
        }
    }
}
