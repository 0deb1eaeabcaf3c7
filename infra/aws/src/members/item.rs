//! A member in table identity: once under her id and once under her number, so that either finds her in one read.
//!
//! Both items hold the whole record, sealed: `m` her id, `r` the record, and `v` on the first. They are written in one
//! transaction only.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use symbolon::{
    keyring::Keyring,
    model::Member,
    ports::{PortResult, Unavailable},
    types::{MemberId, PhoneNumber, TenantId},
};

use crate::store::key::{NO_RANGE, partition};

pub(super) type Item = HashMap<String, AttributeValue>;

/// `MEMBER#tenant#id`.
pub(super) fn by_id(tenant: &TenantId, member: &MemberId) -> Item {
    key(partition("MEMBER", &[tenant.as_str(), member.as_str()]))
}

/// `NUMBER#tenant#hmac`: nobody without the identity key can look a number up.
pub(super) fn by_number(tenant: &TenantId, number: &PhoneNumber, keyring: &Keyring) -> Item {
    let index = keyring.number_index(tenant, number).to_string();
    key(partition("NUMBER", &[tenant.as_str(), &index]))
}

fn key(partition: String) -> Item {
    Item::from([
        ("pk".to_owned(), text(partition)),
        ("sk".to_owned(), text(NO_RANGE)),
    ])
}

/// The attributes beside the key.
pub(super) fn record(tenant: &TenantId, member: &Member, keyring: &Keyring) -> PortResult<Item> {
    let sealed = keyring.seal_record(tenant, &member.id, member);
    let sealed = sealed.ok_or_else(|| Unavailable("members: unwritable record".to_owned()))?;
    Ok(Item::from([
        ("m".to_owned(), text(member.id.as_str())),
        ("r".to_owned(), text(sealed)),
    ]))
}

/// The member of an item.
pub(super) fn open(tenant: &TenantId, item: &Item, keyring: &Keyring) -> PortResult<Member> {
    let attribute = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
    let opened = attribute("m").zip(attribute("r")).and_then(|(id, record)| {
        let id = MemberId::new(id);
        let member: Member = keyring.open_record(tenant, &id, record)?;
        (member.id == id).then_some(member)
    });
    // Sealed under another identity key, or written by nobody we know.
    opened.ok_or_else(|| Unavailable("members: unreadable record".to_owned()))
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}
