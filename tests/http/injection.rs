//! What comes from outside and is shown on a page stays text.

use crate::harness::{ALICE, Page, World};

const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "</title></style><script>alert(1)</script>",
    "{{7*7}}${7*7}<%=7*7%>",
];

#[tokio::test]
async fn in1_hostile_values_are_never_markup() {
    let world = World::start().await;
    let issuer = world.urbantrend().issuer;
    for hostile in HOSTILE {
        let request = world.conformance().authorize("openid");
        let mut browser = world.browser();
        let mut pages = Vec::new();
        for name in [
            "state",
            "nonce",
            "login_hint",
            "ui_locales",
            "acr_values",
            "display",
            "client_id",
            "redirect_uri",
        ] {
            let page = browser.get(&request.clone().with(name, hostile).url()).await;
            pages.push(page);
        }
        let phone = browser.get(&request.url()).await;
        let typed = browser.type_number(&phone, hostile).await;
        assert_eq!(typed.attr("input#phone", "value"), hostile);
        pages.push(typed);
        let page = browser.type_number(&phone, ALICE).await;
        pages.push(browser.type_code(&page, hostile).await);
        let encoded: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
        for path in [
            "login?tx=",
            "login?lang=",
            "consent?tx=",
            "account?removed=",
            "account/revoke?client=",
            "oauth2/sessions/logout?state=",
            "oauth2/sessions/logout?ui_locales=",
            "",
        ] {
            pages.push(browser.get(&format!("{issuer}/{path}{encoded}")).await);
        }
        for page in pages {
            harmless(&page, hostile);
        }
    }
}

#[tokio::test]
async fn in1_hostile_names_of_apps_are_never_markup() {
    let name = r#"name = "FashionBoard""#;
    let purpose = r#"purpose = "To show your badge next to your looks.""#;
    let edits = [
        (name, r#"name = "<script>alert(1)</script>""#),
        (
            purpose,
            r#"purpose = "</p><img src=x onerror=alert(1)> {host} {app}""#,
        ),
    ];
    let world = World::edited(&edits).await;
    let request = world.fashionboard().authorize("openid loyalty.tier.read");
    let mut browser = world.browser();
    browser
        .headers
        .push(("user-agent", "<script>alert(1)</script> Firefox".to_owned()));
    let mut pages = vec![browser.get(&request.url()).await];
    let asked = browser.reach_consent(&world, &request, ALICE).await;
    browser.allow(&asked).await;
    let finished = browser.get(asked.url.as_str()).await;
    assert!(asked.text("strong").contains("<script>"));
    pages.extend([asked, finished]);
    for path in [
        "account",
        "account/revoke?client=fashionboard",
        "oauth2/sessions/logout",
    ] {
        let address = format!("{}/{path}", world.urbantrend().issuer);
        pages.push(browser.get(&address).await);
    }
    for page in pages {
        harmless(&page, "alert(1)");
    }
}

/// What the operator writes down is text too, wherever it is shown.
#[tokio::test]
async fn in1_hostile_words_of_the_operator_are_never_markup() {
    let hostile = "</p><img src=x onerror=alert(1)>";
    let said = |setting: &str| format!("{setting} = \"{hostile}\"");
    let edits = [
        ("name = \"Urban Trend\"", said("name")),
        ("publisher = \"FashionBoard Ltd\"", said("publisher")),
        ("en = \"See your Trendy Rewards status\"", said("en")),
        (
            "en = \"Your tier, such as Silver or VIP. Not your points or purchases.\"",
            said("en"),
        ),
        ("name = \"Alice Moreau\"", said("name")),
    ];
    let edits = edits.each_ref().map(|(from, to)| (*from, to.as_str()));
    let world = World::edited(&edits).await;
    let request = world.fashionboard().authorize("openid profile loyalty.tier.read");
    let mut browser = world.browser();
    let mut pages = vec![browser.get(&request.url()).await];
    let asked = browser.reach_consent(&world, &request, ALICE).await;
    browser.allow(&asked).await;
    pages.push(asked);
    for path in ["account", "oauth2/sessions/logout", "device", "login?tx=x"] {
        let address = format!("{}/{path}", world.urbantrend().issuer);
        pages.push(browser.get(&address).await);
    }
    for page in pages {
        assert!(page.body.contains("alert(1)"), "it is shown: {}", page.url);
        harmless(&page, hostile);
    }
}

/// No element or attribute of the page comes from the hostile text.
fn harmless(page: &Page, hostile: &str) {
    assert!(
        !page.has("script:not([nonce]), img[onerror], svg, [onload]"),
        "{hostile}"
    );
    for (element, name) in [("a", "href"), ("form", "action"), ("img", "src")] {
        for value in page.attrs(element, name) {
            assert!(!value.to_ascii_lowercase().starts_with("javascript:"), "{value}");
        }
    }
    for script in page.attrs("script", "nonce") {
        assert!(page.header("content-security-policy").contains(&script));
    }
    let scripts = page.body.matches("<script").count();
    assert!(scripts <= 1, "{hostile}: {scripts} scripts at {}", page.url);
}
