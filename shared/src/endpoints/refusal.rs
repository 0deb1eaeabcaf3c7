//! Refusals of the endpoints that answer programs: JSON, an id, and the log line that carries the same id.

use http::HeaderName;

use super::screen::incident;
use crate::{
    model::Tenant,
    ports::Random,
    wire::{Response, error::Fault, respond},
};

/// The answer, and the line for the operator. The public text is fixed; the reason is the log's alone.
pub(super) fn refuse(random: &dyn Random, tenant: &Tenant, fault: &Fault) -> Response {
    refuse_under(&incident(random), tenant, fault)
}

/// The same, under an id that something else bears too.
pub(super) fn refuse_under(id: &str, tenant: &Tenant, fault: &Fault) -> Response {
    let (tenant, error, reason) = (tenant.id.as_str(), fault.code.name(), fault.reason.as_deref());
    if fault.code.status().is_server_error() {
        tracing::error!(id, tenant, error, reason, "refused");
    } else {
        tracing::info!(id, tenant, error, reason, "refused");
    }
    let mut response = respond::json_error(fault);
    respond::put(&mut response, HeaderName::from_static("x-request-id"), id);
    response
}
