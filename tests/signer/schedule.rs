//! The rule by which signing keys move: whatever the times, crashes and races, no verifier is ever without a key.

use std::collections::BTreeMap;

use proptest::prelude::*;
use symbolon::{
    model::{
        KeyLife, KeyState, KeyStep, KeyWish, Policy,
        key_schedule::{
            FAREWELL, JWKS_MAX_AGE, JWKS_STALE, LONGEST_TOKEN, NOTICE, PROCESS_CACHE, Verdict, after, verdict,
        },
    },
    types::{KeyId, Timestamp},
};

const DAY: u64 = 86_400;
const START: u64 = 1_000_000_000;
/// How old the JWKS may be that a verifier goes on with.
const CACHES: u64 = PROCESS_CACHE + JWKS_MAX_AGE + JWKS_STALE;
/// Processes whose clocks are behind, right and ahead.
const CLOCKS: [i64; 3] = [-30, 0, 30];
/// The longest between reading and writing.
const SLOWEST: u64 = 120;

/// One thing that happens.
#[derive(Debug, Clone)]
enum Event {
    /// Time goes by.
    Pass(u64),
    /// A process reads the keys and finds what is due.
    Read(usize, Option<KeyStep>),
    /// It writes, if nobody has written since.
    Write(usize),
    /// It ends between the two.
    Crash(usize),
}

/// What a process has read: the version, and the step it found.
struct Found {
    version: u64,
    read_at: u64,
    step: KeyStep,
    kid: Option<KeyId>,
    now: Timestamp,
}

/// One algorithm of one tenant, with what was true of each key and when.
#[derive(Default)]
struct World {
    now: u64,
    version: u64,
    keys: Vec<KeyLife>,
    underway: [Option<Found>; 3],
    /// From when to when a key was in the JWKS, and was what signs.
    published: BTreeMap<String, (u64, Option<u64>)>,
    signed: BTreeMap<String, (u64, Option<u64>)>,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            now: START,
            ..Self::default()
        };
        world.read(1, None, &Policy::default());
        world.write(1);
        world
    }

    fn happens(&mut self, event: &Event, policy: &Policy) {
        match event {
            Event::Pass(seconds) => self.now += seconds,
            Event::Read(process, step) => self.read(*process, *step, policy),
            Event::Write(process) => self.write(*process),
            Event::Crash(process) => self.underway[*process] = None,
        }
    }

    fn read(&mut self, process: usize, step: Option<KeyStep>, policy: &Policy) {
        let wish = step.map_or_else(|| KeyWish::scheduled(policy), |step| KeyWish::asked(step, policy));
        let now = Timestamp(self.now.checked_add_signed(CLOCKS[process]).unwrap());
        let Verdict::Due(step, kid) = verdict(&self.keys, &wish, now) else {
            return;
        };
        let (version, read_at) = (self.version, self.now);
        self.underway[process] = Some(Found {
            version,
            read_at,
            step,
            kid,
            now,
        });
    }

    fn write(&mut self, process: usize) {
        let Some(found) = self.underway[process].take() else {
            return;
        };
        // Whoever takes longer has been given up by what it asks.
        if found.version != self.version || self.now - found.read_at > SLOWEST {
            return;
        }
        self.version += 1;
        match found.kid {
            None => self.keys.push(KeyLife {
                kid: KeyId::new(format!("k{}", self.version)),
                state: if found.step == KeyStep::Make {
                    KeyState::Active
                } else {
                    KeyState::Pending
                },
                since: found.now,
            }),
            Some(kid) => self.keys.retain_mut(|key| {
                let stays = after(found.step, &kid, key, found.now);
                stays
                    .inspect(|(state, since)| (key.state, key.since) = (*state, *since))
                    .is_some()
            }),
        }
        self.remember();
    }

    fn remember(&mut self) {
        let (now, keys) = (self.now, &self.keys);
        let note = |book: &mut BTreeMap<String, (u64, Option<u64>)>, holds: fn(KeyState) -> bool| {
            for key in keys.iter().filter(|key| holds(key.state)) {
                let (_, until) = book.entry(key.kid.as_str().to_owned()).or_insert((now, None));
                assert_eq!(*until, None, "{key:?} came back");
            }
            for (kid, (_, until)) in book.iter_mut() {
                if !keys.iter().any(|key| key.kid.as_str() == kid && holds(key.state)) {
                    until.get_or_insert(now);
                }
            }
        };
        note(&mut self.published, KeyState::is_published);
        note(&mut self.signed, |state| state == KeyState::Active);
    }

    fn check(&self) {
        let active = self.keys.iter().filter(|key| key.state == KeyState::Active);
        assert_eq!(active.count(), 1, "{:?}", self.keys);
        for (kid, (from, until)) in &self.signed {
            let (published, withdrawn) = self.published[kid];
            // The very first has no verifier that could lack it.
            assert!(
                published == START || *from >= published + CACHES,
                "{kid} signed at {from} and is published since {published}"
            );
            // A process signs with it until it has read again; its last token lives on from there.
            let needed = until.map(|until| until + PROCESS_CACHE + LONGEST_TOKEN);
            if let Some(withdrawn) = withdrawn {
                assert!(
                    needed.is_some_and(|needed| withdrawn >= needed),
                    "{kid}: {needed:?} {withdrawn}"
                );
            }
        }
    }
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let process = 0..CLOCKS.len();
    let asked = prop_oneof![
        4 => Just(None),
        1 => Just(Some(KeyStep::Publish)),
        1 => Just(Some(KeyStep::Activate)),
        1 => Just(Some(KeyStep::Withdraw)),
    ];
    let pass = prop_oneof![
        4 => 0..SLOWEST,
        4 => (NOTICE - 70)..(NOTICE + 70),
        3 => (FAREWELL - 70)..(FAREWELL + 70),
        2 => 0..3 * DAY,
        1 => 0..120 * DAY,
    ];
    let event = prop_oneof![
        3 => pass.prop_map(Event::Pass),
        4 => (process.clone(), asked).prop_map(|(process, step)| Event::Read(process, step)),
        4 => process.clone().prop_map(Event::Write),
        1 => process.prop_map(Event::Crash),
    ];
    prop::collection::vec(event, 1..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a077_whatever_happens_no_verifier_lacks_a_key_and_none_signs_unannounced(
        events in events(),
        rotate_after in prop_oneof![Just(None), (DAY..100 * DAY).prop_map(Some)],
    ) {
        let mut policy = Policy::default();
        policy.keys.rotate_after = rotate_after;
        let mut world = World::new();
        world.check();
        for event in &events {
            world.happens(event, &policy);
            world.check();
        }
    }
}

/// One process that looks once an hour: the schedule as it is deployed.
#[test]
fn a077_by_schedule_alone_keys_come_and_go() {
    let policy = Policy::default();
    let mut world = World::new();
    for _ in 0..365 * 24 {
        world.now += 3_600;
        for _ in 0..8 {
            world.read(1, None, &policy);
            world.write(1);
            world.check();
        }
        // Nothing is due twice.
        world.read(1, None, &policy);
        assert!(world.underway[1].is_none());
    }
    // The first, and one each 90 days and an hour of notice.
    assert_eq!(world.signed.len(), 5);
    let ended: Vec<u64> = world
        .signed
        .values()
        .filter_map(|(from, until)| Some((*until)? - from))
        .collect();
    assert!(
        ended
            .iter()
            .all(|life| (90 * DAY..90 * DAY + 3 * 3_600).contains(life)),
        "{ended:?}"
    );
    // Hints are read for as long as a session may last, and not for ever.
    assert!(world.keys.len() <= 3, "{:?}", world.keys);
}

#[test]
fn a077_a_brand_that_cannot_sign_does_not_wait() {
    let key = |name: &str, state| KeyLife {
        kid: KeyId::new(name),
        state,
        since: Timestamp(START),
    };
    let wish = KeyWish::scheduled(&Policy::default());
    let due = |keys: &[KeyLife]| verdict(keys, &wish, Timestamp(START));
    assert_eq!(due(&[]), Verdict::Due(KeyStep::Make, None));
    let alone = [key("a", KeyState::Retired), key("b", KeyState::Pending)];
    assert_eq!(
        due(&alone),
        Verdict::Due(KeyStep::Activate, Some(KeyId::new("b")))
    );
}

#[test]
fn a077_only_who_is_in_a_hurry_does_not_wait() {
    let policy = Policy::default();
    let key = |name: &str, state| KeyLife {
        kid: KeyId::new(name),
        state,
        since: Timestamp(START),
    };
    let keys = [
        key("a", KeyState::Retired),
        key("b", KeyState::Active),
        key("c", KeyState::Pending),
    ];
    for (step, name, wait) in [
        (KeyStep::Activate, "c", NOTICE),
        (KeyStep::Withdraw, "a", FAREWELL),
    ] {
        let (wish, at) = (KeyWish::asked(step, &policy), Timestamp(START + wait));
        assert_eq!(verdict(&keys, &wish, at - 1), Verdict::NotBefore(at));
        let due = Verdict::Due(step, Some(KeyId::new(name)));
        assert_eq!(verdict(&keys, &wish, at), due);
        assert_eq!(verdict(&keys, &wish.hurried(), Timestamp(START)), due);
    }
    // One is coming already.
    assert_eq!(
        verdict(
            &keys,
            &KeyWish::asked(KeyStep::Publish, &policy),
            Timestamp(START)
        ),
        Verdict::Nothing
    );
}
