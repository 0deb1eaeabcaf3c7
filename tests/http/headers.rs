//! What every page and every cookie carries.

use std::collections::BTreeSet;

use reqwest::Method;

use crate::harness::{ALICE, NOBODY, Page, World};

/// Every kind of page, errors included, with a name.
async fn every_page(world: &World) -> Vec<(&'static str, Page)> {
    let issuer = world.urbantrend().issuer;
    let client = world.conformance();
    let request = client.authorize("openid");
    let mut browser = world.browser();
    let phone = browser.get(&request.url()).await;
    let malformed = browser.type_number(&phone, "x").await;
    let code = browser.type_number(&phone, ALICE).await;
    let wrong = browser.type_code(&code, "x").await;
    let early = browser.resend(&code).await;
    let consent = browser.type_code(&code, &world.code(ALICE).await).await;
    let forged = browser
        .submit(&consent, "form#consent-form", &[("csrf", "x")])
        .await;
    let text = browser
        .post_body(world, &consent.url, "text/plain", "decision=allow")
        .await;
    browser.allow(&consent).await;
    let finished = browser.get(consent.url.as_str()).await;
    let choose = browser
        .get(&request.clone().with("prompt", "select_account").url())
        .await;
    let account = browser.get(&format!("{issuer}/account")).await;
    let revoke = browser
        .get(&format!("{issuer}/account/revoke?client=conformance"))
        .await;
    let logout = browser.get(&format!("{issuer}/oauth2/sessions/logout")).await;
    let signed_out = browser.submit(&logout, "form#logout-form", &[]).await;
    let client = browser
        .get(&request.clone().with("client_id", "nobody").url())
        .await;
    let redirect = browser
        .get(&request.clone().with("redirect_uri", "https://evil.example").url())
        .await;
    let unknown = browser.get(&format!("{issuer}/login?tx=x")).await;
    let missing = browser.get(&format!("{issuer}/nothing")).await;
    let encoding = browser.get(&format!("{issuer}/login?tx=%zz")).await;
    world.fault("store", "fail", 1, 9).await;
    let mut other = world.browser();
    let page = other.get(&request.url()).await;
    let unavailable = other.type_number(&page, NOBODY).await;
    world.fault("store", "fail", 1, 0).await;
    vec![
        ("phone", phone),
        ("malformed number", malformed),
        ("code", code),
        ("wrong code", wrong),
        ("too early", early),
        ("consent", consent),
        ("forged form", forged),
        ("text/plain", text),
        ("finished", finished),
        ("choose", choose),
        ("account", account),
        ("revoke", revoke),
        ("logout", logout),
        ("signed out", signed_out),
        ("unknown client", client),
        ("unknown redirect", redirect),
        ("unknown transaction", unknown),
        ("not found", missing),
        ("bad encoding", encoding),
        ("unavailable", unavailable),
    ]
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "breaks ports")]
async fn br3_every_page_carries_the_protecting_headers() {
    let world = World::start().await;
    let mut nonces = BTreeSet::new();
    for (name, page) in every_page(&world).await {
        let html = page.header("content-type") == "text/html; charset=utf-8";
        assert!(html, "{name}: {:?}", page.headers);
        for (header, value) in [
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(page.header(header), value, "{name}: {header}");
        }
        let hsts = page.header("strict-transport-security");
        let age = hsts.split(['=', ';']).nth(1).unwrap();
        assert!(age.parse::<u64>().unwrap() >= 31_536_000, "{name}: {hsts}");
        let permissions = page.header("permissions-policy");
        assert!(permissions.contains("otp-credentials=(self)"), "{name}");
        assert!(permissions.contains("camera=()"), "{name}");
        assert_eq!(page.header("access-control-allow-origin"), "", "{name}");
        nonces.insert(content_security_policy(name, &page));
    }
    assert_eq!(nonces.len(), 20, "a nonce is used once");
}

/// Holds the policy against the page, and answers its nonce.
fn content_security_policy(name: &str, page: &Page) -> String {
    let policy = page.header("content-security-policy");
    let directive = |wanted: &str| -> Vec<&str> {
        let found = policy
            .split(';')
            .find_map(|d| d.trim().strip_prefix(wanted)?.strip_prefix(' '));
        found
            .unwrap_or_else(|| panic!("{name}: no {wanted}"))
            .split(' ')
            .collect()
    };
    for none in ["default-src", "base-uri", "frame-ancestors"] {
        assert_eq!(directive(none), ["'none'"], "{name}");
    }
    assert!(!policy.contains("unsafe"), "{name}");
    let source = directive("style-src")[0];
    let nonce = source
        .strip_prefix("'nonce-")
        .and_then(|n| n.strip_suffix('\''))
        .unwrap();
    assert!(nonce.len() >= 22, "{name}");
    assert_eq!(directive("script-src"), [source], "{name}");
    for element in ["style", "script"] {
        for attribute in page.attrs(element, "nonce") {
            assert_eq!(attribute, nonce, "{name}");
        }
        assert!(!page.has(&format!("{element}:not([nonce])")), "{name}");
    }
    assert!(!page.has("[style], [onclick], [onload], [onsubmit], iframe, object, embed, base"));
    let loads = page.attrs("script, img, link[href]", "src");
    assert!(
        loads.iter().all(|src| src.starts_with("data:")),
        "{name}: {loads:?}"
    );
    let forms = directive("form-action");
    // Every step of a transaction may end at the partner, by one redirect after another.
    if page.has("form input[name=tx]") {
        assert_eq!(forms, ["'self'", "http://127.0.0.1:3999", "https:"], "{name}");
    } else {
        assert_eq!(forms, ["'self'"], "{name}");
    }
    nonce.to_owned()
}

#[tokio::test]
async fn br4_the_consent_page_lets_its_form_reach_the_callback_and_wherever_https_leads_on() {
    let world = World::start().await;
    let https = "https://localhost.emobix.co.uk:8443/test/a/symbolon/callback";
    let cases = [
        (world.fashionboard().authorize("openid"), None),
        (world.spa().authorize("openid"), Some("http://127.0.0.1:5173")),
        (
            world
                .conformance()
                .authorize("openid")
                .with("redirect_uri", https),
            Some("https://localhost.emobix.co.uk:8443"),
        ),
    ];
    for (request, origin) in cases {
        let page = world.browser().reach_consent(&world, &request, ALICE).await;
        let own = world.url("fashionboard.localhost", "");
        let expected = format!("form-action 'self' {} https:;", origin.unwrap_or(&own));
        let policy = page.header("content-security-policy");
        assert!(policy.contains(&expected), "{policy}");
    }
}

#[tokio::test]
async fn br6_a039_every_cookie_is_host_only_secure_and_out_of_reach_of_scripts() {
    let world = World::start().await;
    let issuer = world.urbantrend().issuer;
    let request = world
        .conformance()
        .authorize("openid profile")
        .with("state", &"s".repeat(1_500))
        .with("nonce", "canary-nonce");
    let mut browser = world.browser();
    let mut cookies = Vec::new();
    let mut visit = |page: &Page| cookies.extend(page.set_cookies().into_iter().map(str::to_owned));
    let mut page = browser
        .once(Method::GET, &request.url().parse().unwrap(), None)
        .await;
    for _ in 0..20 {
        visit(&page);
        let step = [
            (
                "form#phone-form",
                [("phone", ALICE.to_owned()), ("action", "phone".to_owned())],
            ),
            (
                "form#code-form",
                [("code", world_code(&world).await), ("action", "code".to_owned())],
            ),
            (
                "form#consent-form",
                [("decision", "allow".to_owned()), ("unused", String::new())],
            ),
        ];
        if page.status == 303 {
            let next = page.url.join(page.header("location")).unwrap();
            if next.host_str() != Some(&*world.host("auth.urbantrend.localhost")) {
                break;
            }
            page = browser.once(Method::GET, &next, None).await;
        } else {
            let (form, changes) = step.iter().find(|(form, _)| page.has(form)).unwrap();
            let changes: Vec<_> = changes.iter().map(|(n, v)| (*n, &**v)).collect();
            page = browser.submit_once(&page, form, &changes).await;
        }
    }
    for path in ["/account?lang=ar", "/oauth2/sessions/logout"] {
        let page = browser
            .once(Method::GET, &format!("{issuer}{path}").parse().unwrap(), None)
            .await;
        visit(&page);
        if page.has("form#logout-form") {
            visit(&browser.submit_once(&page, "form#logout-form", &[]).await);
        }
    }
    let names: BTreeSet<_> = cookies.iter().map(|c| c.split(['=']).next().unwrap()).collect();
    let all = cookies.len();
    assert!(all >= 8, "{cookies:#?}");
    assert!(names.contains("__Host-session") && names.contains("__Host-lang"));
    for cookie in &cookies {
        let mut parts = cookie.split("; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let attributes: Vec<_> = parts.collect();
        assert!(name.starts_with("__Host-"), "{cookie}");
        for wanted in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(attributes.contains(&wanted), "{cookie}");
        }
        assert!(!cookie.to_ascii_lowercase().contains("domain"), "{cookie}");
        assert!(cookie.len() < 4_096, "{name} is {} long", cookie.len());
        for secret in ["4477009001", "canary", "conformance", "ut-1001"] {
            assert!(!value.contains(secret), "{cookie}");
        }
    }
}

async fn world_code(world: &World) -> String {
    let inbox = world.inbox(ALICE).await;
    let newest = inbox.first().and_then(|m| m["code"].as_str());
    newest.unwrap_or_default().to_owned()
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "speaks to a socket")]
async fn ht5_what_is_answered_before_any_endpoint_carries_the_headers_of_every_answer() {
    let world = World::start().await;
    let host = format!("Host: {}", world.host("auth.urbantrend.localhost:")) + &world.port().to_string();
    let long = "a".repeat(9_000);
    let (address, header) = (
        format!("GET /login?x={long} HTTP/1.1"),
        format!("X: {long}{long}"),
    );
    for (status, lines) in [
        (421, ["GET / HTTP/1.1", "Host: nobody.example"].as_slice()),
        (421, &["GET http://nobody.example/ HTTP/1.1", &host]),
        (400, &["GET / HTTP/1.1", &host, &host]),
        (
            413,
            &["POST /oauth2/token HTTP/1.1", &host, "Content-Length: 70000"],
        ),
        (414, &[&address, &host]),
        (431, &["GET /login HTTP/1.1", &host, &header]),
        (405, &["PUT /login HTTP/1.1", &host]),
        (404, &["GET /nothing HTTP/1.1", &host]),
        (200, &["GET /health/ready HTTP/1.1", &host]),
        (405, &["PUT /health/ready HTTP/1.1", &host]),
    ] {
        let bytes: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        let answer = world.raw(&bytes).await;
        let case = format!("{status} {:.40}", lines[0]);
        assert_eq!(answer.status, status, "{case}");
        for (name, value) in [
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{case}: {name}");
        }
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "speaks to a socket")]
async fn br6_another_applications_cookie_in_any_bytes_signs_nobody_out() {
    let world = World::start().await;
    let (client, mut browser) = (world.conformance(), world.browser());
    client.tokens(&world, &mut browser, "openid", ALICE).await;
    let name = "auth.urbantrend.localhost";
    let session = browser.cookies[name]["__Host-session"].clone();
    let ours = format!("__Host-session={session}");
    let request = client.authorize("openid").with("prompt", "none");
    let (_, target) = request
        .url()
        .split_once("/oauth2/")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let head = format!("GET /oauth2/{target} HTTP/1.1\r\nHost: {name}:{}", world.port());
    let line = |pieces: &[&[u8]]| [b"Cookie: ", pieces.concat().as_slice()].concat();
    let ours = ours.as_bytes();
    for lines in [
        vec![line(&["utm=café; ".as_bytes(), ours])],
        vec![line(&[ours, b"; a=\xff\xe9"])],
        vec![line(&[b"\xe9; =; ;;", ours, b"; \x80=1"])],
        vec![line(&[b"utm=\xe9"]), line(&[ours])],
        vec![line(&[ours]), line(&[b"utm=\xe9"])],
    ] {
        let mut sent = vec![head.as_bytes()];
        sent.extend(lines.iter().map(Vec::as_slice));
        let answer = world.raw(&sent).await;
        let location = answer.header("location").unwrap_or_default();
        let case = String::from_utf8_lossy(&lines[0]);
        assert!(
            location.contains("code="),
            "{case:.30}: {} {location}",
            answer.status
        );
    }
}
