//! What each function is asked first: something it answers in full, that reads what it reads and writes nothing.

use serde_json::{Value, json};

/// The first event of one function.
pub(super) struct Ask {
    pub(super) name: &'static str,
    pub(super) event: Value,
    pub(super) status: Option<u16>,
}

/// A partner's request that leads to the login page.
const AUTHORIZE: &str = "client_id=conformance&redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback\
    &response_type=code&scope=openid&code_challenge_method=S256\
    &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const TRANSACTION: &str = "tx=AAAAAAAAAAAAAAAA";

/// The first event of every function, at an issuer's host.
pub(super) fn asks(host: &str) -> Vec<Ask> {
    let get = |name, path, query, status| Ask {
        name,
        event: event(host, "GET", path, query, None),
        status: Some(status),
    };
    let form = "grant_type=authorization_code&client_id=nobody";
    vec![
        get("authorize", "/oauth2/auth", AUTHORIZE, 303),
        get("login", "/login", TRANSACTION, 400),
        get("consent", "/consent", TRANSACTION, 400),
        Ask {
            name: "par",
            event: event(host, "POST", "/oauth2/par", "", Some("client_id=nobody")),
            status: Some(401),
        },
        get("device", "/device", "", 200),
        Ask {
            name: "device_authorization",
            event: event(host, "POST", "/oauth2/device/auth", "", Some("client_id=nobody")),
            status: Some(401),
        },
        Ask {
            name: "token",
            event: event(host, "POST", "/oauth2/token", "", Some(form)),
            status: Some(401),
        },
        Ask {
            name: "revoke",
            event: event(
                host,
                "POST",
                "/oauth2/revoke",
                "",
                Some("token=x&client_id=nobody"),
            ),
            status: Some(401),
        },
        Ask {
            name: "introspect",
            event: event(
                host,
                "POST",
                "/oauth2/introspect",
                "",
                Some("token=x&client_id=nobody"),
            ),
            status: Some(401),
        },
        get("userinfo", "/userinfo", "", 401),
        Ask {
            name: "discovery",
            event: discovery(host),
            status: Some(200),
        },
        get("jwks", "/.well-known/jwks.json", "", 200),
        get("logout", "/oauth2/sessions/logout", "", 200),
        get("transfer", "/session/transfer", "", 400),
        get("account", "/account", "", 303),
        Ask {
            name: "deliver",
            event: json!({ "Records": [] }),
            status: None,
        },
        Ask {
            name: "notify",
            event: json!({ "Records": [] }),
            status: None,
        },
        // No key is due: what was recorded stays as it is however old it gets, because its tenants never rotate by age.
        Ask {
            name: "rotate",
            event: json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} }),
            status: None,
        },
    ]
}

/// A request for an issuer's metadata.
pub(super) fn discovery(host: &str) -> Value {
    event(host, "GET", "/.well-known/openid-configuration", "", None)
}

/// An event of API Gateway's HTTP API, payload 2.0, with the headers a browser sends through it.
fn event(host: &str, method: &str, path: &str, query: &str, body: Option<&str>) -> Value {
    let mut headers = json!({
        "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "accept-language": "en-GB,en;q=0.9",
        "host": host,
        "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
        "x-amzn-trace-id": "Root=1-6553a1b2-0123456789abcdef01234567",
        "x-forwarded-for": "203.0.113.9",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    });
    if let (Some(_), Some(headers)) = (body, headers.as_object_mut()) {
        headers.insert(
            "content-type".to_owned(),
            "application/x-www-form-urlencoded".into(),
        );
    }
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
        "headers": headers, "body": body, "isBase64Encoded": false,
        "requestContext": {
            "accountId": "000000000000", "apiId": "api", "domainName": host, "domainPrefix": "auth",
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9", "userAgent": "b",
            },
            "requestId": "JKJaXmPLvHcESHA=", "routeKey": "$default", "stage": "$default",
            "time": "22/Nov/2026:12:00:00 +0000", "timeEpoch": 1_795_348_800_000_u64,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function nobody starts cold would be in no table.
    #[test]
    fn every_function_is_asked() {
        let manifest = include_str!("../../../../functions/Cargo.toml");
        let asks = asks("auth.bench.example");
        for section in manifest.split("[[bin]]").skip(1) {
            let line = section.lines().find(|line| line.starts_with("name")).unwrap();
            let name = line.split('"').nth(1).unwrap();
            assert!(
                asks.iter().any(|ask| ask.name == name),
                "{name} has no first event"
            );
        }
    }

    #[test]
    fn a_form_says_what_it_is() {
        let event = event("h", "POST", "/p", "", Some("a=b"));
        assert_eq!(
            event["headers"]["content-type"],
            "application/x-www-form-urlencoded"
        );
        assert_eq!(
            (event["body"].as_str(), event["headers"]["host"].as_str()),
            (Some("a=b"), Some("h"))
        );
    }
}
