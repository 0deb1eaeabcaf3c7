//! How a number's item is written: each challenge is a map under its id, so that one call can count a try of one
//! challenge and leave the others alone.
//!
//! `c` challenges, `x` end of the last of them; the window: `we` its end, `wc` challenges, `wm` messages, `ww` wrong
//! codes; `v` version, `n` nonce of the call that wrote last. Of a challenge: `m` member, `a` sent at, `e` end,
//! `l` last sent, `r` resends, `t` tries, `u` nonce of the request that used it.

use aws_sdk_dynamodb::types::AttributeValue;
use symbolon::{
    model::{Challenge, NumberItem, OpenChallenge, SendWindow},
    ports::PortResult,
    types::{ChallengeId, MemberId, Timestamp},
};

use super::attributes::{Attributes, Nonce, Read, bytes, count, text, time, unreadable};

/// The item, and which one it is.
#[derive(Default)]
pub(super) struct Stored {
    pub(super) item: NumberItem,
    /// `None` if there is none.
    pub(super) version: Option<u64>,
}

/// Reads the item of a number.
pub(super) fn read(found: &Attributes) -> PortResult<Stored> {
    let opened = found.map("c")?.keys().map(|id| open_challenge(found, id));
    let item = NumberItem {
        challenges: opened.collect::<PortResult<_>>()?,
        window: SendWindow {
            ends: found.number_if_any("we")?.map(Timestamp),
            challenges: found.number_if_any("wc")?.unwrap_or_default(),
            messages: found.number_if_any("wm")?.unwrap_or_default(),
            wrong_codes: found.number_if_any("ww")?.unwrap_or_default(),
        },
    };
    let version = Some(found.number("v")?);
    Ok(Stored { item, version })
}

/// One challenge of the item.
pub(super) fn open_challenge(found: &Attributes, id: &str) -> PortResult<OpenChallenge> {
    let missing = || unreadable("c");
    let entry = found.map("c")?.get(id).and_then(|entry| entry.as_m().ok());
    let entry = entry.ok_or_else(missing)?;
    Ok(OpenChallenge {
        challenge: Challenge {
            id: ChallengeId::parse(id).ok_or_else(missing)?,
            member: entry.text_if_any("m")?.map(MemberId::new),
            sent_at: entry.time("a")?,
            expires_at: entry.time("e")?,
        },
        last_sent: entry.time("l")?,
        resends: entry.number("r")?,
        attempts: entry.number("t")?,
        consumed_by: entry.nonce_if_any("u")?,
    })
}

/// The attributes of the item beside its key.
pub(super) fn write(item: &NumberItem, version: u64, nonce: &Nonce) -> Attributes {
    let ends = item.challenges.iter().map(|open| open.challenge.expires_at);
    let last = ends.max().unwrap_or(Timestamp(0));
    let challenges = item
        .challenges
        .iter()
        .map(|open| (open.challenge.id.to_string(), entry(open)));
    let mut written = vec![
        ("c", AttributeValue::M(challenges.collect())),
        ("x", time(last)),
        ("v", count(version)),
        ("n", bytes(*nonce)),
        ("exp", time(item.forget_at())),
    ];
    if let Some(ends) = item.window.ends {
        written.extend([
            ("we", time(ends)),
            ("wc", count(item.window.challenges)),
            ("wm", count(item.window.messages)),
            ("ww", count(item.window.wrong_codes)),
        ]);
    }
    named(written)
}

fn entry(open: &OpenChallenge) -> AttributeValue {
    let mut written = vec![
        ("a", time(open.challenge.sent_at)),
        ("e", time(open.challenge.expires_at)),
        ("l", time(open.last_sent)),
        ("r", count(open.resends as u64)),
        ("t", count(open.attempts)),
    ];
    let member = open.challenge.member.as_ref();
    written.extend(member.map(|member| ("m", text(member.as_str()))));
    written.extend(open.consumed_by.map(|nonce| ("u", bytes(nonce))));
    AttributeValue::M(named(written))
}

fn named(attributes: Vec<(&str, AttributeValue)>) -> Attributes {
    let own = |(name, value): (&str, AttributeValue)| (name.to_owned(), value);
    attributes.into_iter().map(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(n: u8, member: Option<&str>, consumed_by: Option<Nonce>) -> OpenChallenge {
        OpenChallenge {
            challenge: Challenge {
                id: ChallengeId::from_bytes([n; 16]),
                member: member.map(MemberId::new),
                sent_at: Timestamp(100),
                expires_at: Timestamp(400 + u64::from(n)),
            },
            last_sent: Timestamp(130),
            resends: 1,
            attempts: 2,
            consumed_by,
        }
    }

    fn item() -> NumberItem {
        NumberItem {
            challenges: vec![open(251, Some("alice"), None), open(1, None, Some([9; 16]))],
            window: SendWindow {
                ends: Some(Timestamp(5_000)),
                challenges: 2,
                messages: 3,
                wrong_codes: 4,
            },
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let idle = NumberItem {
            window: SendWindow::default(),
            ..item()
        };
        for item in [item(), idle, NumberItem::default()] {
            let mut stored = read(&write(&item, 7, &[1; 16])).unwrap();
            // A map has no order, and no rule asks for one.
            stored.item.challenges.sort_by_key(|open| open.challenge.id);
            let mut wanted = item;
            wanted.challenges.sort_by_key(|open| open.challenge.id);
            assert_eq!((stored.item, stored.version), (wanted, Some(7)));
        }
    }

    #[test]
    fn it_may_be_forgotten_when_neither_challenge_nor_window_matters() {
        let written = write(&item(), 1, &[1; 16]);
        assert_eq!(written.time("x"), Ok(Timestamp(651)));
        assert_eq!(written.time("exp"), Ok(Timestamp(5_000)));
    }

    #[test]
    fn a_counter_that_is_not_a_number_is_refused() {
        let mut written = write(&item(), 1, &[1; 16]);
        written.insert("ww".to_owned(), text("4"));
        assert!(read(&written).is_err());
    }
}
