//! Every path of an issuer by every method, as `docs/wire.md` says.

use reqwest::{Method, Response};

use crate::harness::{Brand, World, answer_header};

const DOCUMENT: &str = include_str!("../../docs/wire.md");
const REGISTERED: &str = "https://spa.example";
const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND",
];

/// One row of the table of paths.
struct Row<'a> {
    path: &'a str,
    methods: Vec<&'a str>,
    cors: &'a str,
    caching: &'a str,
}

fn rows() -> Vec<Row<'static>> {
    let (_, table) = DOCUMENT.split_once("| path | methods |").unwrap();
    let table = table.split_once("\n\n").unwrap().0;
    let rows = table.lines().filter(|line| line.starts_with("| `/"));
    let rows: Vec<_> = rows
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            Row {
                path: cells[1].trim_matches('`'),
                methods: cells[2].split(' ').collect(),
                cors: cells[3],
                caching: cells[4],
            }
        })
        .collect();
    assert!(rows.len() > 10);
    rows
}

/// Urban Trend with a client of this origin.
async fn world() -> World {
    let spa = "name = \"Native demo\"\n";
    World::edited(&[(spa, &format!("{spa}allowed_origins = [\"{REGISTERED}\"]\n"))]).await
}

async fn asked(brand: &Brand, method: &str, path: &str, origin: &str) -> Response {
    let method: Method = method.parse().unwrap();
    let request = brand.request(method, path).header("origin", origin);
    request.send().await.unwrap()
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "the API itself answers what no route has")]
async fn ht4_every_path_takes_its_methods_and_no_other() {
    let world = world().await;
    let brand = world.urbantrend();
    for row in rows() {
        for method in METHODS {
            let answer = asked(&brand, method, row.path, REGISTERED).await;
            let case = format!("{method} {}", row.path);
            let refused = answer.status() == 405;
            assert_eq!(
                refused,
                !row.methods.contains(&method),
                "{case}: {}",
                answer.status()
            );
            if refused {
                let allowed = answer_header(&answer, "allow");
                assert_eq!(allowed.split(", ").collect::<Vec<_>>(), row.methods, "{case}");
            }
            assert_eq!(
                answer_header(&answer, "x-content-type-options"),
                "nosniff",
                "{case}"
            );
            let transport = answer_header(&answer, "strict-transport-security");
            assert_eq!(transport, "max-age=63072000; includeSubDomains", "{case}");
        }
    }
}

#[tokio::test]
#[cfg_attr(feature = "stack", ignore = "the API itself answers what no route has")]
async fn ht5_every_path_says_how_long_its_answer_may_be_kept() {
    let world = world().await;
    let brand = world.urbantrend();
    for row in rows() {
        for method in METHODS {
            let answer = asked(&brand, method, row.path, REGISTERED).await;
            let expected = if answer.status().is_success() && method != "OPTIONS" {
                row.caching
            } else {
                "no-store"
            };
            let caching = answer_header(&answer, "cache-control");
            assert_eq!(caching, expected, "{method} {}", row.path);
        }
    }
}

#[tokio::test]
#[cfg_attr(
    feature = "stack",
    ignore = "the emulator answers OPTIONS itself; functions/tests do"
)]
async fn every_path_is_open_to_the_scripts_it_is_for() {
    let world = world().await;
    let brand = world.urbantrend();
    for row in rows() {
        for method in ["GET", "POST", "OPTIONS"] {
            if !row.methods.contains(&method) {
                continue;
            }
            for origin in [REGISTERED, "https://evil.example", "null"] {
                let answer = asked(&brand, method, row.path, origin).await;
                let expected = match (row.cors, origin) {
                    ("all", _) => "*",
                    ("client", REGISTERED) => REGISTERED,
                    _ => "",
                };
                let case = format!("{method} {} from {origin}", row.path);
                let open = answer_header(&answer, "access-control-allow-origin");
                assert_eq!(open, expected, "{case}");
                assert_eq!(
                    answer_header(&answer, "access-control-allow-credentials"),
                    "",
                    "{case}"
                );
                let varies = answer_header(&answer, "vary").contains("origin");
                assert_eq!(varies, row.cors == "client", "{case}");
            }
        }
    }
}
