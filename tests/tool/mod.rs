//! The operator's tool: the real program, against tables and keys at the emulator.

mod checking;
mod refusing;
mod rotating;
mod scheduling;
mod seeding;

use std::fs;

use tempfile::TempDir;

use crate::harness::aws::Account;

/// An account with tables and a wrapping key, and a folder for files.
struct Deployment {
    account: Account,
    wrapping_key: String,
    folder: TempDir,
}

impl Deployment {
    async fn empty() -> Self {
        let account = Account::new().await;
        Self {
            wrapping_key: account.wrapping_key().await,
            account,
            folder: TempDir::new().unwrap(),
        }
    }

    /// With the small brand in it.
    async fn seeded() -> Self {
        let deployment = Self::empty().await;
        deployment.seed(BRAND, &[]);
        deployment
    }

    /// What it said; it must have been done.
    fn done(&self, arguments: &[&str]) -> String {
        let ended = self.account.tool(&self.wrapping_key, arguments);
        assert_eq!(
            (ended.code, ended.stderr.as_str()),
            (Some(0), ""),
            "{arguments:?}: {}",
            ended.stdout
        );
        ended.stdout
    }

    /// The one line in which it refused.
    fn refused(&self, arguments: &[&str]) -> String {
        let ended = self.account.tool(&self.wrapping_key, arguments);
        assert_eq!(
            ended.code,
            Some(1),
            "{arguments:?}: {}{}",
            ended.stdout,
            ended.stderr
        );
        one_line(&ended.stderr)
    }

    fn file(&self, text: &str) -> String {
        let path = self.folder.path().join("tenants.toml");
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn seed(&self, text: &str, options: &[&str]) -> String {
        let file = self.file(text);
        self.done(&[&["seed", "--config", &file], options].concat())
    }

    fn seed_refused(&self, text: &str, options: &[&str]) -> String {
        let file = self.file(text);
        let line = self.refused(&[&["seed", "--config", &file], options].concat());
        line.replace(&file, "FILE")
    }
}

fn one_line(stderr: &str) -> String {
    let line = stderr.strip_prefix("symbolon-aws: ").unwrap_or(stderr);
    let line = line.strip_suffix('\n').unwrap();
    assert!(!line.contains('\n'), "{stderr}");
    line.to_owned()
}

/// One brand with one app and one member; `{scheme}` and `{port}` as in the demo.
const BRAND: &str = r##"
[demo]
partners = true

[tenants.urban]
issuer = "{scheme}://auth.urban.tld:{port}"
sandbox = true
countries = ["GB"]
algorithms = ["RS256", "ES256"]

[tenants.urban.brand]
name = "Urban"
monogram = "U"

[tenants.urban.brand.theme]
primary = "#7a1f5c"
primary_dark = "#f0a6d6"

[tenants.urban.messages]
sender = "webhook"
url = "https://sms.urban.tld/send"
secret = "a-webhook-secret-of-more-than-thirty-two"

[tenants.urban.clients.app]
name = "App"
client_secret = "an-app-secret-17"
redirect_uris = ["https://app.tld/cb"]
scopes = ["openid"]

[[tenants.urban.members]]
id = "m-1"
number = "+447700900101"
fixed_code = "424242"
"##;
