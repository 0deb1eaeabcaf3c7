use async_trait::async_trait;
use aws_sdk_dynamodb::{operation::update_item::builders::UpdateItemFluentBuilder, types::AttributeValue};
use symbolon::{
    model::{Grant, TaintMark},
    ports::{Grants, PortResult, Put, Taint},
    types::{ClientId, IssueId, MemberId, SessionId, TenantId, Timestamp, TokenId},
};

use super::{
    DynamoStore,
    attributes::{Attributes, Read, count, json, time, unreadable},
    call::{Written, all, get, update},
    key::{partition, range},
};

// GRANT#tenant#member, range client: `d` the grant without its marks, `v` its version, `t` until when each mark
// stands. No `exp`: consents are proof, and are never forgotten.

/// From how many marks on past ones are dropped. Dropping is a call of its own, so it waits until it is worth one.
const CROWD: usize = 8;

/// Most marks that one call drops: an expression may be only so long.
const DROPPED: usize = 20;

#[async_trait]
impl Grants for DynamoStore {
    async fn get(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        client: &ClientId,
    ) -> PortResult<Option<Grant>> {
        let call = self.get(
            &self.tables.identity,
            &key(tenant, member),
            &range(client.as_str()),
        );
        get("grants.get", call).await?.as_ref().map(grant).transpose()
    }

    async fn of_member(&self, tenant: &TenantId, member: &MemberId) -> PortResult<Vec<Grant>> {
        let call = self.query(&self.tables.identity, &key(tenant, member));
        all("grants.of_member", call).await?.iter().map(grant).collect()
    }

    async fn put(&self, tenant: &TenantId, grant: &Grant, expected: Option<u64>) -> PortResult<Put> {
        let bare = Grant {
            tainted: Vec::new(),
            ..grant.clone()
        };
        let call = self
            .at(tenant, &grant.member, &grant.client)
            // The marks of a stored grant are left alone: one may have been set since the caller read them.
            .update_expression("SET d = :grant, v = :version, t = if_not_exists(t, :marks)")
            .expression_attribute_values(":grant", json(&bare)?)
            .expression_attribute_values(":version", count(grant.version))
            .expression_attribute_values(":marks", marks(&grant.tainted));
        let call = match expected {
            None => call.condition_expression("attribute_not_exists(pk)"),
            Some(version) => call
                .condition_expression("v = :expected")
                .expression_attribute_values(":expected", count(version)),
        };
        match update("grants.put", call).await? {
            Written::Done(_) => Ok(Put::Done),
            Written::Refused(Some(found)) if grant.repeats(&self::grant(&found)?) => Ok(Put::Done),
            Written::Refused(_) => Ok(Put::Conflict),
        }
    }

    async fn taint(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        client: &ClientId,
        taint: Taint,
        until: Timestamp,
        now: Timestamp,
    ) -> PortResult<()> {
        let call = self
            .at(tenant, member, client)
            .update_expression("SET t.#mark = :until")
            // A mark for the same thing is never shortened.
            .condition_expression(
                "attribute_exists(pk) AND (attribute_not_exists(t.#mark) OR t.#mark < :until)",
            )
            .expression_attribute_names("#mark", name(taint))
            .expression_attribute_values(":until", time(until));
        let Written::Done(stored) = update("grants.taint", call).await? else {
            return Ok(());
        };
        let past = crowd(stored.map("t")?, now)?;
        if !past.is_empty() {
            // The mark stands. What could not be dropped now is dropped with a later one.
            drop(self.forget(tenant, member, client, past).await);
        }
        Ok(())
    }
}

impl DynamoStore {
    fn at(&self, tenant: &TenantId, member: &MemberId, client: &ClientId) -> UpdateItemFluentBuilder {
        self.update(
            &self.tables.identity,
            &key(tenant, member),
            &range(client.as_str()),
        )
    }

    /// Drops these marks, unless one of them was prolonged meanwhile.
    async fn forget(
        &self,
        tenant: &TenantId,
        member: &MemberId,
        client: &ClientId,
        past: Vec<(String, AttributeValue)>,
    ) -> PortResult<()> {
        let mut call = self.at(tenant, member, client);
        let (mut removed, mut conditions) = (Vec::new(), Vec::new());
        for (n, (name, until)) in past.into_iter().enumerate() {
            removed.push(format!("t.#m{n}"));
            conditions.push(format!("t.#m{n} = :u{n}"));
            call = call
                .expression_attribute_names(format!("#m{n}"), name)
                .expression_attribute_values(format!(":u{n}"), until);
        }
        let call = call
            .update_expression(format!("REMOVE {}", removed.join(", ")))
            .condition_expression(conditions.join(" AND "));
        update("grants.taint", call).await.map(drop)
    }
}

fn key(tenant: &TenantId, member: &MemberId) -> String {
    partition("GRANT", &[tenant.as_str(), member.as_str()])
}

fn grant(item: &Attributes) -> PortResult<Grant> {
    let marks = item.map("t")?;
    let tainted = marks.keys().map(|name| {
        let taint = taint(name).ok_or_else(|| unreadable("t"))?;
        let until = end_of(marks, name)?;
        Ok(TaintMark { taint, until })
    });
    Ok(Grant {
        tainted: tainted.collect::<PortResult<_>>()?,
        ..item.json("d")?
    })
}

fn marks(tainted: &[TaintMark]) -> AttributeValue {
    let marks = tainted.iter().map(|mark| (name(mark.taint), time(mark.until)));
    AttributeValue::M(marks.collect())
}

/// The marks past at `now`, if there are so many marks that it is worth dropping them.
fn crowd(marks: &Attributes, now: Timestamp) -> PortResult<Vec<(String, AttributeValue)>> {
    if marks.len() <= CROWD {
        return Ok(Vec::new());
    }
    let mut past = Vec::new();
    for (name, until) in marks {
        if end_of(marks, name)?.is_past(now) && past.len() < DROPPED {
            past.push((name.clone(), until.clone()));
        }
    }
    Ok(past)
}

fn end_of(marks: &Attributes, name: &str) -> PortResult<Timestamp> {
    let digits = marks.get(name).and_then(|value| value.as_n().ok());
    let seconds = digits.and_then(|digits| digits.parse().ok());
    seconds.map(Timestamp).ok_or_else(|| unreadable("t"))
}

/// What a mark is called in `t`: a letter for its kind, then the id.
fn name(taint: Taint) -> String {
    match taint {
        Taint::Issue(id) => format!("i{id}"),
        Taint::Session(id) => format!("s{id}"),
        Taint::Token(id) => format!("t{id}"),
    }
}

fn taint(name: &str) -> Option<Taint> {
    let (kind, id) = name.split_at_checked(1)?;
    match kind {
        "i" => IssueId::parse(id).map(Taint::Issue),
        "s" => SessionId::parse(id).map(Taint::Session),
        "t" => TokenId::parse(id).map(Taint::Token),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_under_its_name_again() {
        let marks = [
            Taint::Issue(IssueId::from_bytes([255; 16])),
            Taint::Session(SessionId::from_bytes([255; 16])),
            Taint::Token(TokenId::from_bytes([255; 16])),
        ];
        for mark in marks {
            assert_eq!(taint(&name(mark)), Some(mark));
        }
        for odd in ["", "i", "x8J-PvfCfj7", "é"] {
            assert_eq!(taint(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_few_marks_are_left_and_of_many_the_past_ones_are_dropped() {
        let marks = |n: u8| -> Attributes {
            let mark = |n| {
                (
                    name(Taint::Issue(IssueId::from_bytes([n; 16]))),
                    time(Timestamp(n.into())),
                )
            };
            (1..=n).map(mark).collect()
        };
        assert_eq!(crowd(&marks(8), Timestamp(99)), Ok(Vec::new()));
        let past = crowd(&marks(9), Timestamp(3)).unwrap();
        assert_eq!(past.len(), 3);
        assert_eq!(crowd(&marks(60), Timestamp(60)).unwrap().len(), DROPPED);
    }
}
