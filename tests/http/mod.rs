//! One file for each endpoint, mirroring `endpoints/`. Assertions and attack rows give the tests their names.

mod account;
mod authorize;
mod authorize_answer;
mod authorize_changes;
mod authorize_prompt;
mod authorize_redirect;
mod authorize_tabs;
mod claims;
mod consent;
mod discovery;
mod form_post;
mod forms;
mod headers;
mod injection;
mod interaction;
mod login;
mod login_limits;
mod login_session;
mod logout;
mod resource;
mod session_life;
mod token_client;
mod token_code;
mod token_refresh;
mod userinfo;
