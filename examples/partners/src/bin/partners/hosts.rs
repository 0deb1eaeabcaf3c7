//! All apps on one port, told apart by `Host`.

use std::{collections::HashMap, convert::Infallible, sync::Arc};

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use partners::demo::Site;
use tower::ServiceExt;

/// Hands each request to the app that lives at its `Host`.
pub(crate) fn router(sites: Vec<Site>) -> Router {
    let apps: HashMap<String, Router> = sites
        .into_iter()
        .map(|site| (site.authority, site.router))
        .collect();
    let apps = Arc::new(apps);
    Router::new().fallback(async move |request: Request| answer(&apps, request).await)
}

async fn answer(apps: &HashMap<String, Router>, request: Request) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    match host
        .and_then(|host| apps.get(&host.to_ascii_lowercase()))
        .cloned()
    {
        Some(app) => app
            .oneshot(request)
            .await
            .unwrap_or_else(|never: Infallible| match never {}),
        // RFC 9110 s15.5.20.
        None => (StatusCode::MISDIRECTED_REQUEST, "no app lives at this host").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, routing::get};

    use super::*;

    #[tokio::test]
    async fn a_request_reaches_the_app_of_its_host_and_no_other() {
        let site = |name: &'static str| Site {
            name,
            shown: None,
            authority: format!("{name}.localhost:1"),
            home: format!("http://{name}.localhost:1"),
            router: Router::new().route("/", get(async move || name)),
        };
        let all = router(vec![site("one"), site("two")]);
        for (host, status, body) in [
            (Some("one.localhost:1"), 200, "one"),
            (Some("Two.localhost:1"), 200, "two"),
            (Some("one.localhost:2"), 421, "no app lives at this host"),
            (None, 421, "no app lives at this host"),
        ] {
            let mut request = Request::builder().uri("/");
            if let Some(host) = host {
                request = request.header(header::HOST, host);
            }
            let answer = all.clone().oneshot(request.body(Body::empty()).unwrap()).await;
            let (head, said) = answer.unwrap().into_parts();
            let said = axum::body::to_bytes(said, 100).await.unwrap();
            assert_eq!(
                (head.status.as_u16(), &said[..]),
                (status, body.as_bytes()),
                "{host:?}"
            );
        }
    }
}
