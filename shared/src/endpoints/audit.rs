//! The audit trail: what happened, at which brand, to whom, by which app. One line each, in closed names.
//!
//! Knows no number, code, token, cookie or secret: nothing here takes one. A member is her pseudonym. Whoever mounts the
//! provider finds the lines as `tracing` events of the target [`AUDIT`]; writing one awaits nothing.
//!
//! A line says that something is done. Where a port did not answer, whether it is done is not known, and the error line
//! of that request is all there is.

use crate::{
    keyring::Keyring,
    model::Tenant,
    types::{ClientId, KeyId, MemberId, TenantId},
};

/// The `tracing` target of the trail.
pub const AUDIT: &str = "audit";

/// Declares the events with the names they are written under, so that none is left out of [`AuditEvent::ALL`].
macro_rules! events {
    ($($(#[$doc:meta])* $event:ident = $name:literal,)+) => {
        /// What happened. `docs/audit.md` says it to operators; the tidy test holds both to the same names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AuditEvent {
            $($(#[$doc])* $event,)+
        }

        impl AuditEvent {
            /// Every event.
            pub const ALL: &[Self] = &[$(Self::$event,)+];

            /// The name it is written under.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$event => $name,)+
                }
            }
        }
    };
}

events! {
    /// A message with a code was handed over for delivery.
    OtpSent = "otp_sent",
    /// A code was asked for, and none went out: the number has no active member, or its code is fixed.
    OtpWithheld = "otp_withheld",
    /// A limit refused a message, or a code before it was looked at.
    OtpLimited = "otp_limited",
    /// The right code was used up.
    OtpVerified = "otp_verified",
    /// A code was looked at and is not right, or no longer.
    OtpRejected = "otp_rejected",
    /// A wrong code that was the last try: from now on no code of this challenge is right.
    OtpLocked = "otp_locked",
    /// A session began, or its member proved again who she is.
    SignedIn = "signed_in",
    /// A member ended her session by logout.
    SignedOut = "signed_out",
    /// A session ended in another way.
    SessionEnded = "session_ended",
    /// A partner was told that a session has ended.
    LogoutTold = "logout_told",
    /// A partner could not be told, and will not be.
    LogoutUndelivered = "logout_undelivered",
    /// A member allowed an app what it asked.
    ConsentGiven = "consent_given",
    /// A member did not allow it.
    ConsentDenied = "consent_denied",
    /// A member took back what she had allowed.
    ConsentWithdrawn = "consent_withdrawn",
    /// An app was sent an authorization code.
    CodeIssued = "code_issued",
    /// An app redeemed a code for tokens.
    TokensIssued = "tokens_issued",
    /// An app exchanged a refresh token for new tokens.
    TokensRefreshed = "tokens_refreshed",
    /// An app was given what takes its member's session to a browser.
    TransferIssued = "transfer_issued",
    /// A member went on in a browser as who she is in an app.
    SessionTransferred = "session_transferred",
    /// What takes a session to a browser was used, and no session came of it.
    TransferRefused = "transfer_refused",
    /// A redeemed code was sent again with everything that belongs to it: what came of it is dead.
    CodeReplayed = "code_replayed",
    /// A replaced refresh token was sent again: its family is dead.
    RefreshReused = "refresh_reused",
    /// An app gave a token back: it is dead.
    TokenRevoked = "token_revoked",
    /// A member allowed a device to sign in as her.
    DeviceAllowed = "device_allowed",
    /// A member did not allow it.
    DeviceDenied = "device_denied",
    /// A code of a device was typed that nothing waits under.
    DeviceCodeRejected = "device_code_rejected",
    /// A limit refused a code of a device before it was looked at.
    DeviceCodeLimited = "device_code_limited",
    /// A limit refused a device a pair of codes.
    DeviceLimited = "device_limited",
    /// A client did not prove who it is.
    ClientRejected = "client_rejected",
    /// What a client may send once, it sent again.
    ReplayRefused = "replay_refused",
    /// A new signing key is published. It signs at once only where there was none.
    KeyPublished = "key_published",
    /// A published key signs from now on, and the one before it no longer.
    KeyActivated = "key_activated",
    /// A key that no token alive was signed with is no longer published.
    KeyWithdrawn = "key_withdrawn",
    /// A key is gone.
    KeyForgotten = "key_forgotten",
}

impl AuditEvent {
    /// The event of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.name() == name)
    }

    /// Whether somebody holds what only one may hold.
    const fn is_alarming(self) -> bool {
        matches!(self, Self::CodeReplayed | Self::RefreshReused)
    }
}

/// One line of the trail in the making.
#[must_use = "a line counts once it is written"]
pub(super) struct Line<'a> {
    event: AuditEvent,
    tenant: &'a TenantId,
    client: Option<&'a ClientId>,
    subject: Option<String>,
    cause: Option<&'static str>,
    error_id: Option<&'a str>,
    key: Option<&'a KeyId>,
}

/// Begins a line.
pub(super) fn line(event: AuditEvent, tenant: &Tenant) -> Line<'_> {
    line_of(event, &tenant.id)
}

/// The same where the tenant may be gone.
pub(super) fn line_of(event: AuditEvent, tenant: &TenantId) -> Line<'_> {
    Line {
        event,
        tenant,
        client: None,
        subject: None,
        cause: None,
        error_id: None,
        key: None,
    }
}

impl<'a> Line<'a> {
    /// The app, if one is concerned: a registered one, never what somebody typed into `client_id`.
    pub(super) fn client(mut self, client: impl Into<Option<&'a ClientId>>) -> Self {
        self.client = client.into();
        self
    }

    /// The member, if one is known, under her pseudonym.
    pub(super) fn subject<'m>(mut self, keyring: &Keyring, member: impl Into<Option<&'m MemberId>>) -> Self {
        let member = member.into();
        self.subject = member.map(|member| keyring.pseudonym(self.tenant, member));
        self
    }

    /// Which of the event's causes it was: one word of the closed list in `docs/audit.md`.
    pub(super) fn because(mut self, cause: &'static str) -> Self {
        self.cause = Some(cause);
        self
    }

    /// The id that the answer carries, to quote.
    pub(super) fn error(mut self, id: &'a str) -> Self {
        self.error_id = Some(id);
        self
    }

    /// The signing key, by its name in the JWKS.
    pub(super) fn key(mut self, kid: &'a KeyId) -> Self {
        self.key = Some(kid);
        self
    }

    /// Writes the line.
    pub(super) fn write(self) {
        let (event, tenant, cause, error_id) =
            (self.event.name(), self.tenant.as_str(), self.cause, self.error_id);
        let (client, subject) = (self.client.map(ClientId::as_str), self.subject.as_deref());
        let key = self.key.map(KeyId::as_str);
        if self.event.is_alarming() {
            tracing::warn!(target: AUDIT, event, tenant, client, subject, cause, error_id, key, "audit");
        } else {
            tracing::info!(target: AUDIT, event, tenant, client, subject, cause, error_id, key, "audit");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_event_has_a_name_of_its_own() {
        let names: BTreeSet<_> = AuditEvent::ALL.iter().map(|event| event.name()).collect();
        assert_eq!(names.len(), AuditEvent::ALL.len());
        for event in AuditEvent::ALL {
            assert_eq!(AuditEvent::named(event.name()), Some(*event));
            assert!(event.name().bytes().all(|c| c.is_ascii_lowercase() || c == b'_'));
        }
        assert_eq!(AuditEvent::named("admin"), None);
    }
}
