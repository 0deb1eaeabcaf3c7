//! Reads the source and the documents, and holds what no compiler holds.
//!
//! Each check names what breaks it: file, line or name. A rule that changes, changes here and in
//! `docs/ARCHITECTURE.md`, never in only one of them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test"
)]

mod arrows;
mod audit;
mod documents;
mod functions;
mod hygiene;
mod packages;
mod settings;
mod source;
mod spec_map;
mod template;
mod wire;

/// Fails with every finding at once, one a line.
fn none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}
