use super::{BRAND, Deployment, one_line};

#[tokio::test]
async fn a_file_that_cannot_stand_is_named_with_its_setting_and_nothing_is_written() {
    let deployment = Deployment::empty().await;
    for (from, to, line) in [
        (
            "countries = [\"GB\"]",
            "countries = [\"XX\"]",
            "FILE: tenants.urban.countries[0]: `XX` is not a country whose numbers are known",
        ),
        (
            "monogram",
            "monogramme",
            "FILE: tenants.urban.brand.monogramme: unknown field `monogramme`, expected one of `name`, `monogram`, \
             `logo`, `privacy_uri`, `terms_uri`, `support_uri`, `theme`",
        ),
        (
            "secret = \"a-webhook-secret-of-more-than-thirty-two\"",
            "secret = \"short\"",
            "FILE: tenants.urban.messages.secret: is shorter than 32 characters",
        ),
        (
            "sandbox = true",
            "sandbox = false",
            "FILE: tenants.urban.members[0].fixed_code: a fixed code is for a tenant with `sandbox = true`",
        ),
        (
            "algorithms = [\"RS256\", \"ES256\"]",
            "custody = \"kms\"",
            "FILE: tenants.urban.signing_keys.RS256: is missing; `algorithms` lists it and `custody` is \"kms\"",
        ),
    ] {
        assert!(BRAND.contains(from));
        assert_eq!(deployment.seed_refused(&BRAND.replace(from, to), &[]), line);
    }
    let refused = |options: &[&str]| deployment.seed_refused(BRAND, options);
    assert_eq!(
        refused(&["--set", "host=x"]),
        "FILE: --set host: nothing in the file says {host}"
    );
    assert_eq!(refused(&["--set", "port=x"]), "FILE: --set port=x: is not a port");
    let line = deployment.seed_refused("[tenants.a", &[]);
    assert!(line.starts_with("FILE: line 1: "), "{line}");
    let missing = deployment.refused(&["seed", "--config", "/nowhere/x.toml"]);
    assert_eq!(missing, "/nowhere/x.toml: No such file or directory (os error 2)");
    assert_eq!(deployment.account.dump().await, []);
}

#[tokio::test]
async fn a_host_that_is_another_tenants_is_refused_before_anything_is_written() {
    let deployment = Deployment::seeded().await;
    let before = deployment.account.dump().await.len();
    let thief = BRAND
        .replace("tenants.urban", "tenants.thief")
        .replace(":{port}", ":8443");
    assert_eq!(
        deployment.seed_refused(&thief, &[]),
        "tenants.thief.issuer: has the host of tenant `urban`, which is in the table"
    );
    assert_eq!(deployment.account.dump().await.len(), before);
}

#[tokio::test]
async fn what_is_asked_for_in_the_wrong_way_ends_with_two() {
    let deployment = Deployment::empty().await;
    let misused = |key: &str, arguments: &[&str]| {
        let ended = deployment.account.tool(key, arguments);
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        one_line(&ended.stderr)
    };
    let key = &deployment.wrapping_key;
    assert_eq!(misused(key, &[]), "a command is missing (try --help)");
    assert_eq!(misused(key, &["seed"]), "--config FILE is missing (try --help)");
    assert_eq!(misused("", &["check"]), "SYMBOLON_KEY is not set (try --help)");
}

#[tokio::test]
async fn help_and_version_need_no_environment() {
    let deployment = Deployment::empty().await;
    let help = deployment.account.tool("", &["--help"]);
    assert_eq!(help.code, Some(0));
    for word in [
        "seed",
        "keys rotate",
        "keyring rotate",
        "check",
        "--prune",
        "SYMBOLON_KEY",
    ] {
        assert!(help.stdout.contains(word), "{word}");
    }
    let version = deployment.account.tool("", &["--version"]).stdout;
    assert!(version.starts_with("symbolon-aws "), "{version}");
}

#[tokio::test]
async fn tables_that_are_not_there_are_said_to_be_missing() {
    let mut deployment = Deployment::empty().await;
    deployment.account.tables.config = "nowhere".to_owned();
    assert_eq!(
        deployment.seed_refused(BRAND, &[]),
        "registry: scan: ResourceNotFoundException"
    );
}
