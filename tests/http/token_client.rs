//! token_client
