//! relying_party
