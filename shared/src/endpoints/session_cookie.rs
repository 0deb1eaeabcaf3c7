//! The SSO cookie: member and session secret, sealed. A forged one costs no look into the store.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::{
    keyring::{Keyring, Purpose},
    model::{Session, SignedIn, Tenant},
    ports::{PortResult, Random, Sessions},
    types::{Digest, MemberId, PhoneNumber, Secret, Timestamp},
    wire::cookies,
};

const NAME: &str = "__Host-session";

/// What the browser's cookie says; whether the session still lives is the store's word.
pub(super) struct SessionCookie {
    pub(super) member: MemberId,
    pub(super) secret: Digest,
    /// Her number with most digits hidden, to show whose session it is.
    pub(super) masked_number: String,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    m: MemberId,
    s: String,
    n: String,
}

/// The secret of a new session: 256 random bits.
pub(super) fn new_secret(random: &dyn Random) -> Secret<[u8; 32]> {
    Secret::new(random.bytes())
}

impl SessionCookie {
    /// Reads the cookie; `None` if there is none that this tenant sealed.
    pub(super) fn read(keyring: &Keyring, tenant: &Tenant, headers: &HeaderMap) -> Option<Self> {
        let sealed: Sealed = keyring.open(&tenant.id, Purpose::Session, cookies::get(headers, NAME)?)?;
        let secret = URL_SAFE_NO_PAD.decode(sealed.s).ok()?;
        Some(Self {
            member: sealed.m,
            secret: Digest::of(&secret),
            masked_number: sealed.n,
        })
    }

    /// The live session behind the cookie.
    pub(super) async fn session(
        &self,
        sessions: &dyn Sessions,
        tenant: &Tenant,
        now: Timestamp,
    ) -> PortResult<Option<Session>> {
        sessions.get(&tenant.id, &self.member, &self.secret, now).await
    }

    /// Whether the cookie is of the session a transaction goes on in.
    pub(super) fn is_of(&self, who: &SignedIn) -> bool {
        self.member == who.member && self.secret.matches(&who.secret)
    }
}

/// `Set-Cookie` for a new session.
pub(super) fn set(
    keyring: &Keyring,
    tenant: &Tenant,
    member: &MemberId,
    secret: &Secret<[u8; 32]>,
    number: &PhoneNumber,
) -> Option<HeaderValue> {
    let sealed = Sealed {
        m: member.clone(),
        s: URL_SAFE_NO_PAD.encode(secret.expose()),
        n: number.masked(),
    };
    let value = keyring.seal(&tenant.id, Purpose::Session, &sealed)?;
    cookies::set(NAME, &value, Some(tenant.policy.session.absolute))
}

/// `Set-Cookie` that forgets the session.
pub(super) fn clear() -> Option<HeaderValue> {
    cookies::clear(NAME)
}

/// The same, for a request that carries one. A form posted from another site comes without her cookies, and must
/// not take them away with its answer.
pub(super) fn clear_sent(headers: &HeaderMap) -> Option<HeaderValue> {
    cookies::get(headers, NAME).and_then(|_| clear())
}

impl From<&Session> for SignedIn {
    fn from(session: &Session) -> Self {
        Self {
            member: session.member.clone(),
            session: session.id,
            secret: session.secret,
            authentication: session.authentication.clone(),
        }
    }
}
