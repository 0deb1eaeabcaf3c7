//! Random lives of a refresh family, told by a model that keeps a diary instead of a counter.

use proptest::prelude::*;
use symbolon::{
    model::RefreshFamily,
    ports::{RefreshFamilies, Rotated, Rotation},
    types::{FamilyId, Timestamp},
};

use super::{
    backend::{Bench, NOW, client},
    refresh_families::WINDOW,
};

const IDLE: u64 = 200;
const ABSOLUTE: u64 = 300;

/// One thing that happens to the family.
#[derive(Debug, Clone)]
enum Event {
    Wait(u64),
    /// A token is presented: so many generations before (or after) the newest one given out.
    Present {
        back: i8,
        own_client: bool,
        replaces: bool,
    },
    Revoke,
    CreateAgain,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..WINDOW * 2).prop_map(Event::Wait),
        8 => (
            prop_oneof![6 => Just(0i8), 3 => Just(1), 1 => -2..4i8],
            prop::bool::weighted(0.9),
            prop::bool::weighted(0.7),
        )
            .prop_map(|(back, own_client, replaces)| Event::Present { back, own_client, replaces }),
        1 => Just(Event::CreateAgain),
        1 => prop::bool::weighted(0.3).prop_map(|r| if r { Event::Revoke } else { Event::Wait(IDLE) }),
    ]
}

/// When each token was replaced; the token that comes after them is the newest.
struct Diary {
    replaced_at: Vec<Timestamp>,
    last_use: Timestamp,
    /// What every later request of its client is told.
    ended: Option<Rotated>,
}

impl Diary {
    fn present(&mut self, generation: usize, own_client: bool, replaces: bool, now: Timestamp) -> Rotated {
        let idle = now.seconds_since(self.last_use) >= IDLE;
        if idle || now.seconds_since(NOW) >= ABSOLUTE || !own_client {
            return Rotated::Dead;
        }
        if let Some(ended) = self.ended {
            return ended;
        }
        if generation > self.replaced_at.len() {
            return Rotated::Dead;
        }
        match self.replaced_at.get(generation) {
            None if !replaces => {
                self.last_use = now;
                Rotated::Kept
            }
            None => {
                self.replaced_at.push(now);
                self.last_use = now;
                Rotated::Now
            }
            Some(used) if self.replaced_at.len() == generation + 1 && now.seconds_since(*used) <= WINDOW => {
                Rotated::Again
            }
            Some(_) => {
                self.ended = Some(Rotated::Reused);
                Rotated::Reused
            }
        }
    }
}

async fn live(
    families: &dyn RefreshFamilies,
    b: &Bench,
    id: FamilyId,
    events: &[Event],
) -> Result<(), TestCaseError> {
    let family = RefreshFamily {
        id,
        client: client("app"),
        expires_at: NOW + ABSOLUTE,
        idle_expires_at: NOW + IDLE,
    };
    let mut diary = Diary {
        replaced_at: Vec::new(),
        last_use: NOW,
        ended: None,
    };
    let mut now = NOW;
    families.create(&b.tenant, &family).await.unwrap();
    for event in events {
        match *event {
            Event::Wait(seconds) => now = now + seconds,
            Event::CreateAgain => families.create(&b.tenant, &family).await.unwrap(),
            Event::Revoke => {
                families.revoke(&b.tenant, &id).await.unwrap();
                diary.ended = diary.ended.or(Some(Rotated::Dead));
            }
            Event::Present {
                back,
                own_client,
                replaces,
            } => {
                let newest = i64::try_from(diary.replaced_at.len()).unwrap();
                let generation = u32::try_from((newest - i64::from(back)).max(0)).unwrap();
                let rotation = Rotation {
                    family: id,
                    client: client(if own_client { "app" } else { "shop" }),
                    generation,
                    replaces,
                    key: None,
                    retry_window: WINDOW,
                    idle_expires_at: now + IDLE,
                };
                let rotated = families.rotate(&b.tenant, &rotation, now).await.unwrap();
                prop_assert_eq!(
                    rotated,
                    diary.present(generation as usize, own_client, replaces, now)
                );
            }
        }
    }
    Ok(())
}

#[test]
fn sqlite_agrees_with_the_diary() {
    agrees_with_the_diary(async { Bench::sqlite() }, 128);
}

#[cfg(feature = "aws")]
#[test]
fn dynamodb_agrees_with_the_diary() {
    agrees_with_the_diary(Bench::dynamodb(), 48);
}

fn agrees_with_the_diary(bench: impl Future<Output = Bench>, cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let bench = runtime.block_on(bench);
    let next = std::cell::Cell::new(0u128);
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(events in prop::collection::vec(event(), 1..24))| {
        next.set(next.get() + 1);
        let id = FamilyId::from_bytes(next.get().to_be_bytes());
        runtime.block_on(live(&*bench.store, &bench, id, &events))?;
    });
}
