//! logout
