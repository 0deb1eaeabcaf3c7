//! JSON Web Tokens: bytes in, bytes out. Knows no keys' whereabouts, no clock and no storage.

mod claims;
mod compact;
mod dpop;
mod jwe;
mod jwks;
mod key_pair;
mod numeric_date;
mod public_key;
mod request_object;
mod verify;

pub use claims::{
    AccessTokenClaims, AccessTokenContext, Confirmation, IdTokenClaims, LogoutEvents, LogoutTokenClaims,
    MemberContext, at_hash,
};
pub use compact::Unsigned;
pub use dpop::{Proof, ProvenRequest, read_proof};
pub use jwe::encrypt_member_ref;
pub use jwks::{JwksDocument, document, verification_keys};
pub use key_pair::KeyPair;
pub use numeric_date::NumericDate;
pub use public_key::public_key;
pub use request_object::verify_request_object;
pub use verify::{
    ACCESS_TOKEN, AssertionClaims, HintClaims, ID_TOKEN, LOGOUT_TOKEN, TOKEN_INTROSPECTION, USERINFO,
    VerificationKey, is_elliptic, kid_of, read_id_token_hint, verify_assertion, verify_own,
};
