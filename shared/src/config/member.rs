//! Members written into the configuration, for development and sandboxes.

use std::collections::BTreeMap;

use super::{
    declaration::MemberDeclaration,
    setting::{ConfigError, Setting},
};
use crate::{
    model::{Member, MemberStatus},
    types::{Country, MemberId, PhoneNumber, Secret},
};

/// The members, and the numbers among them that have a fixed code.
type Members = (Vec<Member>, BTreeMap<PhoneNumber, Secret<String>>);

pub(super) fn validate(
    at: &Setting,
    declared: Vec<MemberDeclaration>,
    countries: &[&'static Country],
    sandbox: bool,
) -> Result<Members, ConfigError> {
    let mut members: Vec<Member> = Vec::new();
    let mut test_numbers = BTreeMap::new();
    for (index, declared) in declared.into_iter().enumerate() {
        let at = at.at(index);
        at.key("id").name(&declared.id, 128, b"-._~:@")?;
        let id = MemberId::new(declared.id);
        at.key("id").require(
            members.iter().all(|m| m.id != id),
            format!("`{id}` is another member's"),
        )?;
        let number =
            PhoneNumber::try_from(declared.number).map_err(|cause| at.key("number").refused(cause))?;
        let served = countries.contains(&number.country());
        let outside = format!(
            "is a number of {}, which `countries` does not list",
            number.country().iso
        );
        at.key("number").require(served, outside)?;
        at.key("number")
            .require(members.iter().all(|m| m.number != number), "is another member's")?;
        if let Some(code) = declared.fixed_code {
            let at = at.key("fixed_code");
            at.require(sandbox, "a fixed code is for a tenant with `sandbox = true`")?;
            at.require(
                code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()),
                "is not 6 digits",
            )?;
            test_numbers.insert(number.clone(), Secret::new(code));
        }
        let status = declared.status.unwrap_or(MemberStatus::Active);
        members.push(Member {
            id,
            number,
            status,
            profile: declared.profile,
        });
    }
    Ok((members, test_numbers))
}
