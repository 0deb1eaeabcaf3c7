use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Account, emulator};
use crate::harness::process::Ended;

impl Account {
    /// Runs the real `symbolon-aws` as an operator of this account would.
    pub fn tool(&self, wrapping_key: &str, arguments: &[&str]) -> Ended {
        let mut environment = self.environment(wrapping_key);
        environment.retain(|(_, value)| !value.is_empty());
        let output = Command::new(program())
            .args(arguments)
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn environment(&self, wrapping_key: &str) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", self.id.clone()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
            ("AWS_ENDPOINT_URL", emulator()),
            ("SYMBOLON_TABLE_CONFIG", self.tables.config.clone()),
            ("SYMBOLON_TABLE_IDENTITY", self.tables.identity.clone()),
            ("SYMBOLON_TABLE_EPHEMERAL", self.tables.ephemeral.clone()),
            ("SYMBOLON_KEY", wrapping_key.to_owned()),
        ]
    }
}

/// The program the runner of the suites has built, or the one beside this test program.
#[expect(
    clippy::disallowed_methods,
    reason = "where the program is, the runner of the suites says"
)]
fn program() -> PathBuf {
    let beside = || {
        let tests = std::env::current_exe().unwrap();
        let profile = tests.parent().and_then(Path::parent).unwrap().to_owned();
        profile.join("symbolon-aws")
    };
    let program = std::env::var_os("SYMBOLON_TOOL").map_or_else(beside, PathBuf::from);
    assert!(
        program.exists(),
        "{} is needed: cargo build -p symbolon-aws --bin symbolon-aws",
        program.display()
    );
    program
}
