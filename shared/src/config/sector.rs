//! `sector_identifier` (Core s8.1): which clients see a member under one name.

use std::collections::BTreeSet;

use url::Url;

use super::{
    setting::{ConfigError, Setting},
    uri::is_here,
};
use crate::model::SubjectType;

/// The declared sector, or the one host of the redirect URIs. A native app without a host is a sector of its own.
pub(super) fn of(
    at: &Setting,
    client: &str,
    declared: Option<&str>,
    kind: SubjectType,
    redirect_uris: &[String],
) -> Result<String, ConfigError> {
    let at = at.key("sector");
    if let Some(sector) = declared {
        at.require(
            kind == SubjectType::Pairwise,
            "means nothing with `subject_type = \"public\"`",
        )?;
        let host = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
        at.require(
            !sector.is_empty() && sector.len() <= 253 && sector.bytes().all(host),
            "is not a host name",
        )?;
        return Ok(sector.to_owned());
    }
    // A colon cannot be in a host name, so no client id can pass for somebody's host.
    let own = || format!("client:{client}");
    let sectors: BTreeSet<String> = redirect_uris
        .iter()
        .map(|text| host_of(text).unwrap_or_else(own))
        .collect();
    let unclear = sectors.len() > 1 && kind == SubjectType::Pairwise;
    at.require(
        !unclear,
        "is needed, because the redirect URIs have several hosts",
    )?;
    Ok(sectors.into_iter().next().unwrap_or_else(own))
}

/// The host that receives the answer; none for private schemes and loopback addresses, which are anybody's.
fn host_of(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let anybodys = host == "localhost" || (is_here(&url) && !host.ends_with(".localhost"));
    (!anybodys && matches!(url.scheme(), "https" | "http")).then(|| host.to_owned())
}
