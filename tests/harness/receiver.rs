use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, extract::State, http::StatusCode, routing::any};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time,
};
use url::form_urlencoded;

use super::World;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long it waits before it moves the clock on.
const TURN: Duration = Duration::from_millis(700);

/// A partner's own server, which is told of logouts.
pub struct Receiver {
    pub uri: String,
    desk: Arc<Desk>,
    events: UnboundedReceiver<Event>,
}

/// What a server does with a logout token.
#[derive(Debug, Clone, Copy)]
pub enum Mood {
    /// Takes it and answers with this status.
    Answers(u16),
    /// Takes it and never answers.
    Hangs,
}

/// What happened at a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It was sent a token.
    Token { at: &'static str, token: String },
    /// Who sent it waits for no answer any more.
    LeftAlone { at: &'static str },
}

struct Desk {
    name: &'static str,
    mood: Mutex<Mood>,
    heard: UnboundedSender<Event>,
}

/// Says that the caller has gone.
struct Caller(Arc<Desk>);

impl Drop for Caller {
    fn drop(&mut self) {
        let _ = self.0.heard.send(Event::LeftAlone { at: self.0.name });
    }
}

impl Receiver {
    pub async fn start() -> Self {
        let (heard, events) = unbounded_channel();
        let (uri, desk) = open("partner", heard).await;
        Self { uri, desk, events }
    }

    /// Two servers that are heard through one, so that it is known what came first. The second is heard by nobody else.
    pub async fn pair(first: &'static str, second: &'static str) -> [Self; 2] {
        let (heard, events) = unbounded_channel();
        let (uri, desk) = open(first, heard.clone()).await;
        let one = Self { uri, desk, events };
        let (uri, desk) = open(second, heard).await;
        let (_, events) = unbounded_channel();
        [one, Self { uri, desk, events }]
    }

    pub fn is(&self, mood: Mood) {
        *self.desk.mood.lock().unwrap() = mood;
    }

    /// The next thing that happens.
    pub async fn next(&mut self) -> Event {
        time::timeout(PATIENCE, self.events.recv())
            .await
            .expect("nothing came")
            .unwrap()
    }

    /// The next token.
    pub async fn token(&mut self) -> String {
        loop {
            if let Event::Token { token, .. } = self.next().await {
                return token;
            }
        }
    }

    /// The next token, which is sent later: the clock goes on until it comes.
    pub async fn token_later(&mut self, world: &World) -> String {
        let wait = async {
            loop {
                if let Ok(Some(Event::Token { token, .. })) = time::timeout(TURN, self.events.recv()).await {
                    return token;
                }
                world.advance(60).await;
            }
        };
        time::timeout(PATIENCE, wait).await.expect("no token came")
    }

    /// Everything that came and nobody has looked at.
    pub fn rest(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }
}

async fn open(name: &'static str, heard: UnboundedSender<Event>) -> (String, Arc<Desk>) {
    let desk = Arc::new(Desk {
        name,
        mood: Mutex::new(Mood::Answers(200)),
        heard,
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/told?app=1", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/told", any(receive))
        .with_state(Arc::clone(&desk));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (uri, desk)
}

/// Back-Channel Logout s2.5: a form posted with one parameter.
async fn receive(State(desk): State<Arc<Desk>>, request: axum::extract::Request) -> StatusCode {
    let form = request.method() == "POST"
        && request.uri().query() == Some("app=1")
        && request.headers()["content-type"] == "application/x-www-form-urlencoded";
    let body = axum::body::to_bytes(request.into_body(), 1 << 16).await.unwrap();
    let fields: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
    let token = match fields.as_slice() {
        [(name, token)] if form && name == "logout_token" => token.clone(),
        other => format!("no logout token: {other:?}"),
    };
    let _ = desk.heard.send(Event::Token { at: desk.name, token });
    let mood = *desk.mood.lock().unwrap();
    match mood {
        Mood::Answers(status) => StatusCode::from_u16(status).unwrap(),
        Mood::Hangs => {
            let _caller = Caller(desk);
            std::future::pending().await
        }
    }
}

impl World {
    /// The demo with the clients `conformance` (ES256) and `fashionboard` (PS256) told at these addresses.
    pub async fn telling(conformance: &str, fashionboard: &str) -> Self {
        let sector = "sector = \"conformance.localhost\"\n";
        let algorithm = |name: &str| format!("id_token_signed_response_alg = \"{name}\"\n");
        let conformance = format!(
            "{sector}backchannel_logout_uri = \"{conformance}\"\n{}",
            algorithm("ES256")
        );
        let own = "\"{scheme}://fashionboard.localhost:{port}/backchannel-logout\"";
        let fashionboard = format!("\"{fashionboard}\"\n{}", algorithm("PS256"));
        Self::edited(&[(sector, &conformance), (own, &fashionboard)]).await
    }

    /// The claims of a logout token, all of whose rules hold (Back-Channel Logout s2.4).
    pub async fn told(&self, token: &str) -> Value {
        let brand = self.urbantrend();
        let claims = brand.verified(token).await;
        assert_eq!(super::header_of(token)["typ"], "logout+jwt");
        assert_eq!(claims["iss"], brand.issuer.as_str());
        let (iat, exp) = (super::number(token, "iat"), super::number(token, "exp"));
        let now = self.now().await;
        assert!(iat <= now && iat + 30 > now, "{iat} {now}");
        assert!(iat < exp && exp <= iat + 120, "{claims}");
        assert!(claims["jti"].as_str().unwrap().len() >= 16, "{claims}");
        let event = "http://schemas.openid.net/event/backchannel-logout";
        assert_eq!(claims["events"], serde_json::json!({ event: {} }));
        assert!(claims.get("nonce").is_none(), "{claims}");
        claims
    }
}
