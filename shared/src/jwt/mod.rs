//! JSON Web Tokens: bytes in, bytes out. Knows no keys' whereabouts, no clock and no storage.

mod claims;
mod compact;
mod jwe;
mod jwks;
mod verify;

pub use claims::{AccessTokenClaims, AccessTokenContext, IdTokenClaims, at_hash};
pub use compact::Unsigned;
pub use jwe::encrypt_member_ref;
pub use jwks::{JwksDocument, document, verification_keys};
pub use verify::{
    ACCESS_TOKEN, AssertionClaims, HintClaims, ID_TOKEN, VerificationKey, read_id_token_hint,
    verify_assertion, verify_own,
};
