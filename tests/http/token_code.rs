//! token_code
