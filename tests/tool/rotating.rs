use super::{BRAND, Deployment};

const ROTATE: [&str; 6] = ["keys", "rotate", "--tenant", "urban", "--algorithm", "ES256"];

fn rotate<'a>(options: &[&'a str]) -> Vec<&'a str> {
    [&ROTATE, options].concat()
}

impl Deployment {
    /// `algorithm state` of each key of the brand, in the order they were made.
    pub(super) fn states(&self) -> Vec<String> {
        let listed = self.done(&["keys", "list", "--tenant", "urban"]);
        let words = |line: &str| {
            line.split_whitespace()
                .skip(1)
                .take(2)
                .collect::<Vec<_>>()
                .join(" ")
        };
        listed.lines().map(words).collect()
    }
}

#[tokio::test]
async fn a_signing_key_is_replaced_step_by_step_and_no_step_is_early() {
    let deployment = Deployment::seeded().await;
    assert_eq!(deployment.states(), ["RS256 active", "ES256 active"]);
    assert_eq!(
        deployment.refused(&rotate(&["--promote"])),
        "urban: ES256: no key is published and waits; without an option, one is made"
    );
    assert_eq!(
        deployment.refused(&rotate(&["--retire"])),
        "urban: ES256: no key is retired"
    );

    let said = deployment.done(&rotate(&[]));
    assert!(
        said.ends_with(" published; in 10 min the schedule lets it sign, or --promote\n"),
        "{said}"
    );
    assert_eq!(
        deployment.states(),
        ["RS256 active", "ES256 active", "ES256 pending"]
    );
    let twice = deployment.refused(&rotate(&[]));
    assert!(
        twice.ends_with("urban: ES256: a key is published already; --promote lets it sign"),
        "{twice}"
    );
    assert_eq!(
        deployment.refused(&rotate(&["--promote"])),
        "urban: ES256: verifiers cannot follow before that: try again in 10 min (or --now)"
    );
    assert_eq!(
        deployment.states(),
        ["RS256 active", "ES256 active", "ES256 pending"]
    );

    deployment.done(&rotate(&["--promote", "--now"]));
    assert_eq!(
        deployment.states(),
        ["RS256 active", "ES256 retired", "ES256 active"]
    );
    assert_eq!(
        deployment.refused(&rotate(&["--retire"])),
        "urban: ES256: verifiers cannot follow before that: try again in 70 min (or --now)"
    );
    deployment.done(&rotate(&["--retire", "--now"]));
    assert_eq!(deployment.states(), ["RS256 active", "ES256 active"]);
}

#[tokio::test]
async fn what_is_not_there_is_not_rotated() {
    let deployment = Deployment::seeded().await;
    let nobody = ["keys", "rotate", "--tenant", "nobody", "--algorithm", "ES256"];
    assert_eq!(
        deployment.refused(&nobody),
        "--tenant nobody: there is no such tenant"
    );
    let ps256 = ["keys", "rotate", "--tenant", "urban", "--algorithm", "PS256"];
    assert_eq!(
        deployment.refused(&ps256),
        "--algorithm PS256: is not among `algorithms` of tenant `urban`"
    );
    assert_eq!(
        deployment.refused(&["keys", "list", "--tenant", "nobody"]),
        "--tenant nobody: there is no such tenant"
    );
}

#[tokio::test]
async fn keys_of_kms_are_taken_in_by_name_and_replaced_by_another_name() {
    let deployment = Deployment::empty().await;
    let [rsa, ec, next] = [
        deployment.account.key("RSA_2048", "SIGN_VERIFY").await,
        deployment.account.key("ECC_NIST_P256", "SIGN_VERIFY").await,
        deployment.account.key("ECC_NIST_P256", "SIGN_VERIFY").await,
    ];
    let file = |ec: &str| {
        let keys = format!("custody = \"kms\"\nsigning_keys = {{ RS256 = \"{rsa}\", ES256 = \"{ec}\" }}\n");
        BRAND.replace("sandbox = true\n", &format!("sandbox = true\n{keys}"))
    };
    // A key that cannot sign this way, and a brand that is not served because of it.
    let other = deployment.account.key("RSA_2048", "SIGN_VERIFY").await;
    assert_eq!(
        deployment.seed_refused(&file(&other), &[]),
        format!("urban: ES256: {other} is of another kind than the algorithm needs")
    );
    assert!(
        deployment
            .account
            .dump()
            .await
            .iter()
            .all(|(_, item)| { !item["pk"].as_s().unwrap().starts_with("TENANT#") })
    );

    deployment.seed(&file(&ec), &[]);
    let listed = deployment.done(&["keys", "list"]);
    assert!(listed.contains(&rsa) && listed.contains(&ec), "{listed}");
    assert_eq!(
        deployment.refused(&rotate(&[])),
        "tenants.urban.signing_keys.ES256: is the key that is there; name another and seed"
    );
    let said = deployment.seed(&file(&next), &[]);
    let hint = "urban: ES256: `keys rotate` takes the key in that the file names now\n";
    assert!(said.contains(hint), "{said}");
    deployment.done(&rotate(&[]));
    deployment.done(&rotate(&["--promote", "--now"]));
    assert_eq!(
        deployment.states(),
        ["RS256 active", "ES256 retired", "ES256 active"]
    );
    assert!(!deployment.seed(&file(&next), &[]).contains(hint));
}

#[tokio::test]
async fn the_sealing_key_is_replaced_step_by_step() {
    let deployment = Deployment::empty().await;
    let step = |options: &[&'static str]| [&["keyring", "rotate"], options].concat();
    assert_eq!(
        deployment.refused(&step(&[])),
        "keyring: there is no keyring; create it first"
    );
    deployment.seed(BRAND, &[]);
    assert_eq!(
        deployment.refused(&step(&["--promote"])),
        "keyring: no key is coming; announce one"
    );
    assert_eq!(
        deployment.refused(&step(&["--drop"])),
        "keyring: there is no earlier key"
    );
    deployment.done(&step(&[]));
    assert_eq!(
        deployment.refused(&step(&["--promote"])),
        "keyring: not every process can know the new key: try again in 2 min"
    );
    assert_eq!(
        deployment.refused(&step(&[])),
        "keyring: a key is coming already; promote it"
    );
}
