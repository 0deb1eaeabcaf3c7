//! Members in our own table: what the operator imports, functions find by number and by id.

use std::sync::Arc;

use symbolon::{
    keyring::Keyring,
    model::{Member, MemberStatus, Profile},
    ports::{Members, Unavailable},
    types::{MemberId, PhoneNumber, Secret, TenantId},
};
use symbolon_aws::{ImportError, MemberImport, MemberTable};
use symbolon_local::random::OsRandom;

use crate::harness::{ALICE, BOB, aws::Account};

struct Bench {
    account: Account,
    keyring: Arc<Keyring>,
}

fn keyring(identity: u8) -> Arc<Keyring> {
    let (sealing, identity) = (Secret::new([1; 32]), Secret::new([identity; 32]));
    Arc::new(Keyring::new(sealing, Vec::new(), identity, Arc::new(OsRandom)))
}

impl Bench {
    async fn new() -> Self {
        Self {
            account: Account::new().await,
            keyring: keyring(2),
        }
    }

    fn import(&self) -> MemberImport {
        let table = self.account.tables.identity.clone();
        MemberImport::new(self.account.direct().dynamodb(), table, self.keyring.clone())
    }

    fn table(&self) -> MemberTable {
        self.table_with(self.keyring.clone())
    }

    fn table_with(&self, keyring: Arc<Keyring>) -> MemberTable {
        let table = self.account.tables.identity.clone();
        MemberTable::new(self.account.aws().dynamodb(), table, keyring)
    }
}

fn tenant(name: &str) -> TenantId {
    TenantId::new(name)
}

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::try_from(text.to_owned()).unwrap()
}

fn member(id: &str, of: &str) -> Member {
    Member {
        id: MemberId::new(id),
        number: number(of),
        status: MemberStatus::Active,
        profile: Profile {
            name: Some("Aladdin Lampwright".to_owned()),
            email: Some("genie@example.com".to_owned()),
            ..Profile::default()
        },
    }
}

#[tokio::test]
async fn a_member_is_found_by_number_and_by_id_in_one_read_each() {
    let bench = Bench::new().await;
    let (urban, alice) = (tenant("urban"), member("m-1", ALICE));
    bench.import().import(&urban, &alice).await.unwrap();
    let table = bench.table();
    assert_eq!(
        table.by_number(&urban, &alice.number).await,
        Ok(Some(alice.clone()))
    );
    assert_eq!(bench.account.asked(), ["GetItem"]);
    assert_eq!(table.by_id(&urban, &alice.id).await, Ok(Some(alice.clone())));
    assert_eq!(bench.account.asked(), ["GetItem"]);
    assert_eq!(table.by_number(&urban, &number(BOB)).await, Ok(None));
    assert_eq!(table.by_id(&urban, &MemberId::new("m-2")).await, Ok(None));
}

#[tokio::test]
async fn te10_a_brand_finds_its_own_members_only() {
    let bench = Bench::new().await;
    let (urban, north) = (tenant("urban"), tenant("north"));
    let (here, there) = (member("m-1", ALICE), member("n-9", ALICE));
    bench.import().import(&urban, &here).await.unwrap();
    assert_eq!(bench.table().by_number(&north, &here.number).await, Ok(None));
    assert_eq!(bench.table().by_id(&north, &here.id).await, Ok(None));
    bench.import().import(&north, &there).await.unwrap();
    assert_eq!(
        bench.table().by_number(&urban, &here.number).await,
        Ok(Some(here))
    );
    assert_eq!(
        bench.table().by_number(&north, &there.number).await,
        Ok(Some(there))
    );
}

#[tokio::test]
async fn a_suspension_holds_at_once_both_ways() {
    let bench = Bench::new().await;
    let (urban, mut alice) = (tenant("urban"), member("m-1", ALICE));
    bench.import().import(&urban, &alice).await.unwrap();
    alice.status = MemberStatus::Suspended;
    bench.import().import(&urban, &alice).await.unwrap();
    assert_eq!(
        bench.table().by_number(&urban, &alice.number).await,
        Ok(Some(alice.clone()))
    );
    assert_eq!(bench.table().by_id(&urban, &alice.id).await, Ok(Some(alice)));
    assert_eq!(bench.account.dump().await.len(), 2);
}

#[tokio::test]
async fn a_number_she_gave_up_is_nobodys_and_then_somebody_elses() {
    let bench = Bench::new().await;
    let (urban, import) = (tenant("urban"), bench.import());
    import.import(&urban, &member("m-1", ALICE)).await.unwrap();
    import.import(&urban, &member("m-1", BOB)).await.unwrap();
    let table = bench.table();
    assert_eq!(table.by_number(&urban, &number(ALICE)).await, Ok(None));
    assert_eq!(
        table.by_number(&urban, &number(BOB)).await,
        Ok(Some(member("m-1", BOB)))
    );
    assert_eq!(
        table.by_id(&urban, &MemberId::new("m-1")).await,
        Ok(Some(member("m-1", BOB)))
    );
    import.import(&urban, &member("m-2", ALICE)).await.unwrap();
    assert_eq!(
        table.by_number(&urban, &number(ALICE)).await,
        Ok(Some(member("m-2", ALICE)))
    );
    assert_eq!(bench.account.dump().await.len(), 4);
}

#[tokio::test]
async fn another_members_number_is_not_taken_and_nothing_of_it_is_written() {
    let bench = Bench::new().await;
    let (urban, import) = (tenant("urban"), bench.import());
    import.import(&urban, &member("m-1", ALICE)).await.unwrap();
    import.import(&urban, &member("m-2", BOB)).await.unwrap();
    for id in ["m-2", "m-3"] {
        let refused = import.import(&urban, &member(id, ALICE)).await;
        assert_eq!(refused, Err(ImportError::Conflict(MemberId::new(id))));
    }
    let table = bench.table();
    assert_eq!(
        table.by_id(&urban, &MemberId::new("m-2")).await,
        Ok(Some(member("m-2", BOB)))
    );
    assert_eq!(table.by_id(&urban, &MemberId::new("m-3")).await, Ok(None));
    assert_eq!(
        table.by_number(&urban, &number(ALICE)).await,
        Ok(Some(member("m-1", ALICE)))
    );
}

#[tokio::test]
async fn a_member_who_is_removed_leaves_nothing() {
    let bench = Bench::new().await;
    let (urban, import) = (tenant("urban"), bench.import());
    import.import(&urban, &member("m-1", ALICE)).await.unwrap();
    import.remove(&urban, &MemberId::new("m-1")).await.unwrap();
    import.remove(&urban, &MemberId::new("m-1")).await.unwrap();
    assert_eq!(bench.account.dump().await, []);
}

#[tokio::test]
async fn st7_the_table_shows_neither_numbers_nor_names() {
    let bench = Bench::new().await;
    bench
        .import()
        .import(&tenant("urban"), &member("m-1", ALICE))
        .await
        .unwrap();
    let dump = format!("{:?}", bench.account.dump().await);
    assert!(dump.contains("MEMBER#urban#m-1") && dump.contains("NUMBER#urban#"));
    for personal in ["7700900101", "Aladdin", "genie", "active"] {
        assert!(!dump.contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn a_record_that_is_not_ours_is_unavailable_and_not_nobody() {
    let bench = Bench::new().await;
    let (urban, alice) = (tenant("urban"), member("m-1", ALICE));
    bench.import().import(&urban, &alice).await.unwrap();
    let stranger = bench.table_with(keyring(3));
    let unreadable = Err(Unavailable("members: unreadable record".to_owned()));
    assert_eq!(stranger.by_id(&urban, &alice.id).await, unreadable);
    // Another identity key names numbers otherwise.
    assert_eq!(stranger.by_number(&urban, &alice.number).await, Ok(None));
    // Another member's record in her place.
    bench.import().import(&urban, &member("m-2", BOB)).await.unwrap();
    let rows = bench.account.dump().await;
    let of = |pk: &str| {
        rows.iter()
            .find(|(_, item)| item["pk"].as_s().unwrap() == pk)
            .unwrap()
            .1
            .clone()
    };
    let mut swapped = of("MEMBER#urban#m-1");
    swapped.insert("r".to_owned(), of("MEMBER#urban#m-2")["r"].clone());
    let call = bench
        .account
        .client
        .put_item()
        .table_name(&bench.account.tables.identity);
    call.set_item(Some(swapped)).send().await.unwrap();
    assert_eq!(bench.table().by_id(&urban, &alice.id).await, unreadable);
}

#[tokio::test]
async fn st5_a_table_that_does_not_answer_is_unavailable_and_works_again() {
    let bench = Bench::new().await;
    let (urban, alice) = (tenant("urban"), member("m-1", ALICE));
    bench.import().import(&urban, &alice).await.unwrap();
    let table = bench.table();
    bench.account.wire.refuse(1, "ValidationException");
    let refused = table.by_id(&urban, &alice.id).await;
    assert_eq!(
        refused,
        Err(Unavailable("members: by id: ValidationException".to_owned()))
    );
    // The SDK asks again for what was lost or throttled.
    bench.account.wire.lose_answer_after(0);
    assert_eq!(table.by_id(&urban, &alice.id).await, Ok(Some(alice.clone())));
    bench.account.wire.refuse(2, "ThrottlingException");
    assert_eq!(table.by_number(&urban, &alice.number).await, Ok(Some(alice)));
}
