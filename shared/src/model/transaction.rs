use serde::{Deserialize, Serialize};

use super::{Authentication, ClaimsRequest, DeviceVisit, PushedOrigin, TransferVisit};
use crate::types::{
    ChallengeId, ClientId, CodeChallenge, Digest, GrantId, JwkThumbprint, Locale, MemberId, PhoneNumber,
    RedirectTarget, Scope, ScopeSet, SessionId, Timestamp, TransactionId,
};

/// What `prompt` asks for (Core s3.1.2.1). `none` stands alone, so it is a variant of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Prompt {
    /// No page at all: an error instead.
    None,
    /// Pages as needed.
    Interactive {
        /// Sign in again even with a session.
        login: bool,
        /// Ask for consent again even if it is remembered.
        consent: bool,
        /// Let her choose another account.
        select_account: bool,
    },
}

/// How the answer travels (OAuth 2.0 Multiple Response Type Encoding Practices s2.1, Form Post Response Mode s2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of a redirect.
    #[default]
    Query,
    /// In a form that posts itself.
    FormPost,
}

/// An authorization request that has passed every check (RFC 6749 s4.1.1, Core s3.1.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: ClientId,
    /// Where the answer goes: proven to be the client's.
    pub redirect_uri: RedirectTarget,
    /// Echoed unchanged.
    pub state: Option<String>,
    /// Goes into the ID token.
    pub nonce: Option<String>,
    /// Asked, known to the tenant and allowed to the client.
    pub scope: ScopeSet,
    /// PKCE.
    pub challenge: Option<CodeChallenge>,
    /// What to show.
    pub prompt: Prompt,
    /// Oldest acceptable authentication, in seconds.
    pub max_age: Option<u64>,
    /// A number to prefill.
    pub login_hint: Option<PhoneNumber>,
    /// `sub` of `id_token_hint`.
    pub subject_hint: Option<String>,
    /// How the answer travels.
    #[serde(default)]
    pub response_mode: ResponseMode,
    /// The APIs asked for (RFC 8707 s2); empty: all its scopes lead to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Single claims asked for.
    #[serde(default, skip_serializing_if = "ClaimsRequest::is_empty")]
    pub claims: ClaimsRequest,
    /// The key the code will be bound to (RFC 9449 s10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<JwkThumbprint>,
    /// The pushed request it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed: Option<PushedOrigin>,
}

impl AuthorizationRequest {
    /// What a member must allow: the scopes, and those that single claims belong to.
    pub fn to_consent(&self) -> ScopeSet {
        let of_claims = self.claims.scopes().filter_map(Scope::parse).collect();
        self.scope.union(&of_claims)
    }
}

/// Who signed in within this transaction, or whose session it goes on in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The member.
    pub member: MemberId,
    /// Her session.
    pub session: SessionId,
    /// Digest of the session's secret.
    pub secret: Digest,
    /// When and how.
    pub authentication: Authentication,
}

/// How we know who is at the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// Her session was there before.
    Remembered,
    /// Her session was there before, and she chose in this transaction to go on in it.
    Chosen,
    /// She signed in within this transaction: as young as any `max_age` can ask.
    Authenticated,
}

/// How far a transaction has come. Each stage holds only what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// `authorize` has not decided yet.
    Start,
    /// Waits for a mobile number.
    Phone {
        /// Whether going on as the signed-in member is offered too (`prompt=select_account`).
        choose: bool,
    },
    /// A code was sent; waits for it.
    Code {
        /// The number typed.
        number: PhoneNumber,
        /// The challenge.
        challenge: ChallengeId,
        /// When the code stops working.
        expires_at: Timestamp,
        /// When it may be sent again; `None` after the last time.
        next_resend: Option<Timestamp>,
    },
    /// She is here; `authorize` decides what comes next.
    Present {
        /// Who.
        who: SignedIn,
        /// What she did for it in this transaction.
        by: Presence,
    },
    /// Waits for "Allow" or "Don't allow".
    Consent {
        /// Who is asked.
        who: SignedIn,
        /// The scopes asked now.
        asked: ScopeSet,
        /// Version of the stored grant she is asked against; `None` if there was none.
        seen: Option<u64>,
        /// How she is here.
        by: Presence,
    },
    /// She allowed; `authorize` issues the code.
    Consented {
        /// Who allowed.
        who: SignedIn,
        /// The grant.
        grant: GrantId,
        /// What of the request it covers.
        scope: ScopeSet,
        /// When. Her session was looked at then, and is not looked at again for a minute.
        at: Timestamp,
    },
    /// She did not allow it, and `authorize` writes that down. Where the answer is a redirect, it is given at once.
    Denied {
        /// Who said so.
        who: SignedIn,
    },
    /// The answer was given. Kept for a while so that the back button meets a page that understands.
    Finished,
}

/// What a transaction is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// A partner's request.
    Authorization(Box<AuthorizationRequest>),
    /// The member's own visit to her account page.
    Account,
    /// Her visit to connect a device.
    Device(Box<DeviceVisit>),
    /// Her way from the brand's own app to a partner.
    Transfer(Box<TransferVisit>),
}

impl Errand {
    /// The app it is for.
    pub fn client(&self) -> Option<&ClientId> {
        match self {
            Self::Authorization(request) => Some(&request.client),
            Self::Account => None,
            Self::Transfer(visit) => visit.partner(),
            Self::Device(visit) => match &**visit {
                DeviceVisit::Typing { .. } => None,
                DeviceVisit::Asking(device) => Some(&device.client),
                DeviceVisit::Ended { client, .. } => Some(client),
            },
        }
    }

    /// The scopes asked for.
    pub fn scope(&self) -> ScopeSet {
        match self {
            Self::Authorization(request) => request.scope.clone(),
            Self::Device(visit) => match &**visit {
                DeviceVisit::Asking(device) => device.scope.clone(),
                _ => ScopeSet::default(),
            },
            Self::Account | Self::Transfer(_) => ScopeSet::default(),
        }
    }

    /// What a member must allow.
    pub fn to_consent(&self) -> ScopeSet {
        match self {
            Self::Authorization(request) => request.to_consent(),
            Self::Account | Self::Device(_) | Self::Transfer(_) => self.scope(),
        }
    }

    /// Where forms on the way may lead besides this issuer: Chromium holds `form-action` against the whole redirect
    /// chain.
    pub fn form_action(&self) -> String {
        match self {
            Self::Authorization(request) => request.redirect_uri.form_action(),
            Self::Account | Self::Device(_) | Self::Transfer(_) => String::new(),
        }
    }
}

/// One authorization request on its way through login and consent, sealed in a cookie of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Short id in page addresses and in the cookie's name.
    pub id: TransactionId,
    /// When the partner's request arrived.
    pub started_at: Timestamp,
    /// What it is for.
    pub errand: Errand,
    /// The language it is held in: the best of `ui_locales`, or what she chose on a page.
    pub locale: Option<Locale>,
    /// How many challenges it has opened.
    #[serde(default)]
    pub challenges: u32,
    /// How far it has come.
    pub stage: Stage,
}

impl Transaction {
    /// The address of a page of ours within this transaction.
    pub fn link(&self, page: &str) -> String {
        format!("{page}?tx={}", self.id)
    }

    /// What tells a step of this transaction from the same step of another.
    pub fn nonce(&self) -> [u8; 16] {
        let mut nonce = [0; 16];
        for (to, from) in nonce.iter_mut().zip(self.id.as_bytes()) {
            *to = *from;
        }
        nonce
    }
}
