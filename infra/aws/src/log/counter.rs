//! What is counted, under the names that alarms and dashboards know.

use symbolon::endpoints::audit::AuditEvent;

/// The `tracing` target of counts.
pub(super) const METRIC: &str = "symbolon::metric";

/// Declares the counters with their names in CloudWatch, so that none is left out of [`Counter::ALL`].
macro_rules! counters {
    ($($(#[$doc:meta])* $counter:ident,)+) => {
        /// A CloudWatch metric of unit `Count`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Counter {
            $($(#[$doc])* $counter,)+
        }

        impl Counter {
            /// Every counter.
            pub const ALL: &[Self] = &[$(Self::$counter,)+];

            /// The metric's name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$counter => stringify!($counter),)+
                }
            }
        }
    };
}

counters! {
    /// Requests answered with a status of 500 or above, or not at all. 0 is counted too, so that the average is a rate.
    ServerErrors,
    /// First requests of a process. 0 is counted too.
    ColdStart,
    /// Messages with a code handed over.
    OtpSent,
    /// Right codes.
    OtpVerified,
    /// Wrong and late codes, the last try included.
    OtpRejected,
    /// Codes redeemed a second time.
    CodeReplayed,
    /// Refresh tokens used a second time.
    RefreshReused,
    /// Consents given.
    ConsentGiven,
    /// Consents withdrawn.
    ConsentWithdrawn,
    /// Answers with tokens, for a code or for a refresh token.
    TokensIssued,
    /// Calls that DynamoDB throttled.
    StoreThrottled,
    /// Calls that KMS throttled.
    KeyThrottled,
    /// Messages a provider accepted.
    MessageSent,
    /// Messages a provider did not accept.
    MessageFailed,
    /// Partners told of the end of a session.
    LogoutTold,
    /// Partners that could not be told of it, and will not be.
    LogoutUndelivered,
}

impl Counter {
    /// What an event of the audit trail counts for.
    pub const fn of(event: AuditEvent) -> Option<Self> {
        match event {
            AuditEvent::OtpSent => Some(Self::OtpSent),
            AuditEvent::OtpVerified => Some(Self::OtpVerified),
            AuditEvent::OtpRejected | AuditEvent::OtpLocked => Some(Self::OtpRejected),
            AuditEvent::CodeReplayed => Some(Self::CodeReplayed),
            AuditEvent::RefreshReused => Some(Self::RefreshReused),
            AuditEvent::ConsentGiven => Some(Self::ConsentGiven),
            AuditEvent::ConsentWithdrawn => Some(Self::ConsentWithdrawn),
            AuditEvent::TokensIssued | AuditEvent::TokensRefreshed => Some(Self::TokensIssued),
            AuditEvent::LogoutTold => Some(Self::LogoutTold),
            AuditEvent::LogoutUndelivered => Some(Self::LogoutUndelivered),
            AuditEvent::OtpWithheld
            | AuditEvent::OtpLimited
            | AuditEvent::SignedIn
            | AuditEvent::SignedOut
            | AuditEvent::SessionEnded
            | AuditEvent::ConsentDenied
            | AuditEvent::CodeIssued
            | AuditEvent::TokenRevoked
            | AuditEvent::ClientRejected
            | AuditEvent::KeyPublished
            | AuditEvent::KeyActivated
            | AuditEvent::KeyWithdrawn
            | AuditEvent::KeyForgotten
            | AuditEvent::DeviceAllowed
            | AuditEvent::DeviceDenied
            | AuditEvent::DeviceCodeRejected
            | AuditEvent::DeviceCodeLimited
            | AuditEvent::DeviceLimited
            | AuditEvent::ReplayRefused
            | AuditEvent::TransferIssued
            | AuditEvent::SessionTransferred
            | AuditEvent::TransferRefused => None,
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|counter| counter.name() == name)
    }
}

/// Counts one, for the request that is being answered. For adapters: what the provider does counts by itself.
pub fn count(counter: Counter) {
    tracing::info!(target: METRIC, metric = counter.name());
}

/// The same of something that should not be, with the step it was met at, from the port to the call.
pub fn count_trouble(counter: Counter, step: &str) {
    tracing::warn!(target: METRIC, metric = counter.name(), step);
}
