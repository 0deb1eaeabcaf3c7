//! Identifiers. Two kinds of thing never share a type, so a client id cannot be passed for a member id.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// Declares a string identifier chosen by people (configuration) or by the brand's own systems.
macro_rules! named_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the identifier as it is written.
            pub fn new(value: impl Into<String>) -> Self {
                Self(value.into())
            }

            /// The identifier as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

/// Declares an identifier of random bytes, written as unpadded base64url.
macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// How many random bytes the identifier is made of.
            pub const BYTES: usize = $bytes;

            /// Wraps random bytes drawn by the caller.
            pub fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// The raw bytes.
            pub fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }

            /// Reads the base64url form; `None` for anything else.
            pub fn parse(text: &str) -> Option<Self> {
                let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
                Some(Self(bytes.try_into().ok()?))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text).ok_or(concat!("not a ", stringify!($name)))
            }
        }
    };
}

named_id! {
    /// One brand. Part of every storage key, so that nothing of one brand is found under another.
    TenantId
}
named_id! {
    /// `client_id` (RFC 6749 s2.2). Unique within one tenant only.
    ClientId
}
named_id! {
    /// The brand's own name for a member. Never shown to partners; they see a pairwise `sub`.
    MemberId
}
named_id! {
    /// `kid` of a signing key (RFC 7517 s4.5).
    KeyId
}
random_id! {
    /// One authorization request on its way through login and consent; the short id in page URLs.
    TransactionId, 12
}
random_id! {
    /// One code sent to one number for one transaction.
    ChallengeId, 16
}
random_id! {
    /// The public name of an SSO session: `sid` in tokens, the handle on the account page.
    SessionId, 16
}
random_id! {
    /// One consent of one member to one client, from first "Allow" to withdrawal.
    GrantId, 16
}
random_id! {
    /// Everything that descends from one authorization code: its access tokens and its refresh family.
    IssueId, 16
}
random_id! {
    /// `jti` of an access token (RFC 9068 s2.2).
    TokenId, 16
}
random_id! {
    /// One line of refresh tokens, each replacing the one before.
    FamilyId, 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_survive_their_text_form_and_refuse_others() {
        let id = GrantId::from_bytes([7; 16]);
        assert_eq!(GrantId::parse(&id.to_string()), Some(id));
        assert_eq!(GrantId::parse("short"), None);
        assert_eq!(GrantId::parse(&format!("{id}A")), None);
    }
}
