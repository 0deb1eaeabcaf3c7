//! authorize_redirect
