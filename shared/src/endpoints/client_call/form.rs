use crate::{
    endpoints::visit,
    wire::{Request, error::Fault, params::Params},
};

/// The form, once. Credentials in the address are refused, because addresses are logged (RFC 6749 s2.3.1).
pub(super) fn read_form(request: &Request) -> Result<Params, Fault> {
    if !visit::is_form(request) {
        return Err(Fault::request(
            "the body must be application/x-www-form-urlencoded",
        ));
    }
    let query = visit::query(request).map_err(|_| Fault::request("the query is malformed"))?;
    if IN_THE_BODY.iter().any(|name| query.get(name).is_some()) {
        return Err(Fault::request("parameters belong into the body"));
    }
    let form = Params::parse(request.body()).map_err(|_| Fault::request("the body is malformed"))?;
    if form.has_repetition() {
        Err(Fault::request("a parameter is sent more than once"))
    } else {
        Ok(form)
    }
}

const IN_THE_BODY: [&str; 7] = [
    "client_id",
    "client_secret",
    "client_assertion",
    "code",
    "refresh_token",
    "subject_token",
    "token",
];
