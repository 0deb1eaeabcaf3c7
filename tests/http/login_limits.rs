//! login_limits
