//! What partners' own servers are told.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use symbolon::ports::{Partners, Told};
use url::form_urlencoded::Serializer;

use crate::{Answer, Outbound, OutboundError};

/// Longest wait for a partner.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Posts to partners' own servers.
pub struct HttpPartners(Arc<Outbound>);

impl HttpPartners {
    /// Posts over this client.
    pub fn new(outbound: Arc<Outbound>) -> Self {
        Self(outbound)
    }

    async fn post(&self, url: &str, form: String) -> Result<Answer, OutboundError> {
        let target = self.0.target(url).map_err(OutboundError::Refused)?;
        let body = form.into_bytes();
        self.0
            .post(&target, "application/x-www-form-urlencoded", &[], body, TIMEOUT)
            .await
    }
}

#[async_trait]
impl Partners for HttpPartners {
    async fn post_logout_token(&self, backchannel_logout_uri: &str, logout_token: &str) -> Told {
        let form = Serializer::new(String::new())
            .append_pair("logout_token", logout_token)
            .finish();
        told(self.post(backchannel_logout_uri, form).await)
    }
}

fn told(answer: Result<Answer, OutboundError>) -> Told {
    match answer {
        Ok(answer) => said(answer.status),
        Err(error @ OutboundError::Refused(_)) => Told::Never(format!("address {error}")),
        Err(error) => Told::NotNow(error.to_string()),
    }
}

/// Back-Channel Logout s2.8 knows 200 and, from careless frameworks, 204; whatever else is a success is one too.
fn said(status: u16) -> Told {
    let answered = format!("answered {status}");
    match status {
        200..300 => Told::Yes,
        // Not there at the moment (a deployment, say), too late, too early, too much; or an error of its own.
        404 | 408 | 425 | 429 | 500.. => Told::NotNow(answered),
        _ => Told::Never(answered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        tests::attacks,
        tls_server::{Reply, TlsServer},
    };

    async fn tell(outbound: Outbound, url: &str) -> Told {
        HttpPartners::new(Arc::new(outbound))
            .post_logout_token(url, "header.claims.signature")
            .await
    }

    async fn told_by(reply: Reply) -> Told {
        let server = TlsServer::start(move |_| reply.clone()).await;
        let outbound = Outbound::trusting(|address| address.is_loopback(), &server.pem);
        let told = tell(outbound, &server.url("/logout?app=1")).await;
        assert_eq!(server.seen().len(), 1);
        told
    }

    #[tokio::test]
    async fn a082_a_partner_gets_the_token_as_a_form() {
        let server = TlsServer::start(|_| Reply::json("200 OK", "")).await;
        let outbound = Outbound::trusting(|address| address.is_loopback(), &server.pem);
        assert_eq!(tell(outbound, &server.url("/logout?app=1")).await, Told::Yes);
        let request = server.seen().remove(0);
        assert!(
            request.starts_with("POST /logout?app=1 HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(
            request.contains("content-type: application/x-www-form-urlencoded\r\n"),
            "{request}"
        );
        assert!(
            request.ends_with("\r\n\r\nlogout_token=header.claims.signature"),
            "{request}"
        );
    }

    #[tokio::test]
    async fn a_status_says_whether_another_try_is_worth_it() {
        for status in ["200 OK", "202 Accepted"] {
            assert_eq!(told_by(Reply::json(status, "")).await, Told::Yes);
        }
        assert_eq!(
            told_by(Reply::raw("HTTP/1.1 204 No Content\r\n\r\n", false)).await,
            Told::Yes
        );
        for status in ["404", "408", "425", "429", "500", "503", "599"] {
            let told = told_by(Reply::json(&format!("{status} X"), "")).await;
            assert_eq!(told, Told::NotNow(format!("answered {status}")));
        }
        for status in ["302", "307", "400", "401", "403", "405", "410", "415"] {
            let told = told_by(Reply::json(&format!("{status} X"), "")).await;
            assert_eq!(told, Told::Never(format!("answered {status}")));
        }
    }

    #[tokio::test]
    async fn who_does_not_answer_is_tried_again() {
        for reply in [Reply::raw("", false), Reply::raw("", true)] {
            let told = told_by(reply).await;
            assert!(matches!(told, Told::NotNow(_)), "{told:?}");
        }
        // Nobody listens on a port that was just given back.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = listener.local_addr().unwrap().port();
        drop(listener);
        let told = tell(
            Outbound::on_this_machine(),
            &format!("http://localhost:{closed}/"),
        )
        .await;
        assert!(matches!(told, Told::NotNow(_)), "{told:?}");
    }

    #[tokio::test]
    async fn ss2_a_private_logout_address_is_never_asked() {
        let server = TlsServer::start(|_| Reply::json("200 OK", "")).await;
        for (outbound, url) in attacks::refused(&server) {
            let told = tell(outbound, &url).await;
            assert!(matches!(told, Told::Never(_)), "{url}: {told:?}");
        }
        assert!(server.seen().is_empty());
    }
}
