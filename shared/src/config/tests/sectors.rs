use serde_json::json;

use super::{clients::client, read, with};

#[test]
fn sectors_are_clear() {
    let hosts = json!([
        "https://shopease.tld/callback",
        "https://shopease.example/callback"
    ]);
    client(
        "shopease",
        &[
            (
                "/redirect_uris",
                hosts.clone(),
                ".sector: is needed, because the redirect URIs have several hosts",
            ),
            (
                "/sector",
                json!("https://shopease.tld"),
                ".sector: is not a host name",
            ),
            ("/sector", json!(""), ".sector: is not a host name"),
        ],
    );
    let (uris, sector, kind) = (
        "/clients/shopease/redirect_uris",
        "/clients/shopease/sector",
        "/clients/shopease/subject_type",
    );
    let read_sector = |changes: &[(&str, serde_json::Value)]| {
        read(with(changes)).map(|whole| whole.tenants[0].1[0].sector.clone())
    };
    assert_eq!(read_sector(&[]).as_deref(), Ok("shopease.tld"));
    assert_eq!(
        read_sector(&[(uris, hosts.clone()), (sector, json!("shopease.tld"))]).as_deref(),
        Ok("shopease.tld")
    );
    assert!(read_sector(&[(uris, hosts), (kind, json!("public"))]).is_ok());
    assert_eq!(
        read_sector(&[(kind, json!("public")), (sector, json!("shopease.tld"))]).unwrap_err(),
        "tenants.urbantrend.clients.shopease.sector: means nothing with `subject_type = \"public\"`"
    );
    // Loopback addresses and private schemes are anybody's: the app is a sector of its own.
    assert_eq!(read(with(&[])).unwrap().tenants[0].1[1].sector, "client:spa");
}
