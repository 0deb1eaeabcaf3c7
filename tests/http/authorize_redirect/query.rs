use super::all_are_pages;
use crate::harness::World;

#[tokio::test]
async fn ru_a_registered_query_keeps_its_bytes() {
    let registered = "http://127.0.0.1:3999/callback?q=a%20b&empty=&q=%2f";
    let world = World::edited(&[("http://127.0.0.1:3999/callback", registered)]).await;
    let mut client = world.conformance();
    client.redirect_uri = registered.to_owned();
    let request = client.authorize("openid").with("prompt", "none");
    let answer = world.browser().ask(&request).await;
    assert!(
        answer
            .header("location")
            .starts_with(&format!("{registered}&error="))
    );
}

#[tokio::test]
async fn a006_a_registered_query_is_kept_and_gains_the_answer() {
    // A space written as `+`: who parses a query and writes it anew writes it so.
    let registered = "http://127.0.0.1:3999/callback?shop=7&q=a+b";
    let world = World::edited(&[("http://127.0.0.1:3999/callback", registered)]).await;
    let mut client = world.conformance();
    client.redirect_uri = registered.to_owned();
    let request = client.authorize("openid").with("response_type", "none");
    let answer = world
        .browser()
        .ask(&request)
        .await
        .assert_refusal("unsupported_response_type", &request);
    assert_eq!((answer["shop"].as_str(), answer["q"].as_str()), ("7", "a b"));
    let (_, page) = client
        .code(&world, &mut world.browser(), "openid", crate::harness::ALICE)
        .await;
    assert!(
        page.url.as_str().starts_with(&format!("{registered}&code=")),
        "{}",
        page.url
    );
    let others = [
        "http://127.0.0.1:3999/callback",
        "http://127.0.0.1:3999/callback?shop=7",
        "http://127.0.0.1:3999/callback?q=a+b&shop=7",
        "http://127.0.0.1:3999/callback?shop=7&q=a%20b",
        "http://127.0.0.1:3999/callback?shop=7&q=a+b&x=1",
    ];
    all_are_pages(&client, &world, &others).await;
}
