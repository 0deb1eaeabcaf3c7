use std::{sync::Arc, time::Duration};

use serde::Serialize;
use symbolon::{
    model::Connector,
    ports::{Clock, PortResult, Unavailable},
    types::{PhoneNumber, Secret, TenantId},
};
use symbolon_outbound::Outbound;

use crate::request_signature;

/// A gateway that takes longer has taken the message or has not; the queue tries once more.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Hands messages to a brand's own gateway, as docs/message-webhook.md says.
pub struct Webhook {
    outbound: Arc<Outbound>,
    clock: Arc<dyn Clock>,
}

#[derive(Serialize)]
struct Body<'a> {
    to: &'a str,
    text: &'a str,
    tenant: &'a TenantId,
    id: &'a str,
}

impl Webhook {
    /// Posts over this client.
    pub fn new(outbound: Arc<Outbound>, clock: Arc<dyn Clock>) -> Self {
        Self { outbound, clock }
    }

    pub(super) async fn send(
        &self,
        connector: &Connector,
        tenant: &TenantId,
        to: &PhoneNumber,
        text: &Secret<String>,
        id: &str,
    ) -> PortResult<()> {
        let target = self.outbound.target(&connector.url);
        let target = target.map_err(|refused| failed(format!("address {refused}")))?;
        let body = Body {
            to: to.as_str(),
            text: text.expose(),
            tenant,
            id,
        };
        let body = serde_json::to_vec(&body).map_err(|_| failed("unwritable message"))?;
        let headers = request_signature::headers(connector.secret.open()?, self.clock.now(), &body);
        let answer = self
            .outbound
            .post(&target, "application/json", &headers, body, TIMEOUT)
            .await;
        match answer.map_err(failed)?.status {
            200..300 => Ok(()),
            status => Err(failed(format!("answered {status}"))),
        }
    }
}

fn failed(what: impl std::fmt::Display) -> Unavailable {
    Unavailable(format!("sender: webhook {what}"))
}

#[cfg(test)]
mod tests {
    use symbolon::types::{Sealable, Timestamp};

    use super::*;
    use crate::{
        cache::tests::Moved,
        tls_server::{Reply, TlsServer},
    };

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    async fn send(server: &TlsServer, outbound: Outbound) -> PortResult<()> {
        let webhook = Webhook::new(Arc::new(outbound), Arc::new(Moved(1_800_000_000.into())));
        let connector = Connector {
            url: server.url("/messages"),
            secret: Sealable::Open(Secret::new(SECRET.to_owned())),
        };
        let to = PhoneNumber::try_from("+447700900101".to_owned()).unwrap();
        let text = Secret::new("Your \"code\" is 123456".to_owned());
        webhook
            .send(&connector, &TenantId::new("urban"), &to, &text, "one")
            .await
    }

    fn trusting(server: &TlsServer) -> Outbound {
        Outbound::trusting(|address| address.is_loopback(), &server.pem)
    }

    #[tokio::test]
    async fn the_gateway_gets_the_message_signed() {
        let server = TlsServer::start(|_| Reply::json("202 Accepted", "")).await;
        send(&server, trusting(&server)).await.unwrap();
        let request = server.seen().remove(0);
        let body = r#"{"to":"+447700900101","text":"Your \"code\" is 123456","tenant":"urban","id":"one"}"#;
        assert!(request.ends_with(&format!("\r\n\r\n{body}")), "{request}");
        let secret = Secret::new(SECRET.to_owned());
        for (name, value) in request_signature::headers(&secret, Timestamp(1_800_000_000), body.as_bytes()) {
            assert!(request.contains(&format!("{name}: {value}\r\n")), "{request}");
        }
    }

    #[tokio::test]
    async fn only_success_is_acceptance() {
        for status in ["302 Found", "400 Bad Request", "401 Unauthorized", "500 Oh"] {
            let server = TlsServer::start(move |_| Reply::json(status, "+447700900101 123456")).await;
            let Unavailable(why) = send(&server, trusting(&server)).await.unwrap_err();
            assert_eq!(why, format!("sender: webhook answered {}", &status[..3]));
        }
    }

    #[tokio::test]
    async fn ss2_a_gateway_on_a_private_address_is_not_asked() {
        let server = TlsServer::start(|_| Reply::json("200 OK", "")).await;
        let Unavailable(why) = send(&server, Outbound::public()).await.unwrap_err();
        assert!(why.contains("not a public address"), "{why}");
        assert!(server.seen().is_empty());
    }
}
