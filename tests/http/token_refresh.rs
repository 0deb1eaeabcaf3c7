//! token_refresh
