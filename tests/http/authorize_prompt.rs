//! authorize_prompt
