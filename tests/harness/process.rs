use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::OnceLock,
    time::Duration,
};

use tempfile::TempDir;

use super::{World, world::fresh_data};

/// The real `symbolon` program as a process of its own, which may be killed at any moment.
pub struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
    said: String,
    /// Everything every process of this world has logged, also those killed.
    log: PathBuf,
    _logs: TempDir,
}

/// The first lines a program printed and how it ended, if it did by itself.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// How long a stop may take, by the contract.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long anything else may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program beside this test program, built from the source as it is now.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let tests = std::env::current_exe().unwrap();
        let profile = tests.parent().and_then(Path::parent).unwrap().to_owned();
        let mut build = Command::new(env!("CARGO"));
        build
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args([
                "build",
                "--quiet",
                "--package",
                "symbolon-local",
                "--bin",
                "symbolon",
            ])
            .arg("--target-dir")
            .arg(profile.parent().unwrap());
        if profile.file_name().is_some_and(|name| name == "release") {
            build.arg("--release");
        }
        for name in set_by_cargo_test() {
            build.env_remove(name);
        }
        let outcome = build.output().unwrap();
        let program = profile.join(format!("symbolon{}", std::env::consts::EXE_SUFFIX));
        assert!(
            outcome.status.success() && program.exists(),
            "{} is needed and does not build:\n{}",
            program.display(),
            String::from_utf8_lossy(&outcome.stderr)
        );
        program
    })
}

/// What `cargo test` tells a test about its package. A build script that looks at these would run again, and with it
/// half of the tree be built again, each time the caller changes between a test and a person.
#[expect(
    clippy::disallowed_methods,
    reason = "nothing is read from the environment; names are taken out of another program's"
)]
fn set_by_cargo_test() -> impl Iterator<Item = std::ffi::OsString> {
    std::env::vars_os().map(|(name, _)| name).filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
    })
}

impl Process {
    /// The demo on a free port, with a data directory of its own.
    pub async fn start() -> (Self, World) {
        tokio::task::spawn_blocking(|| {
            let data = fresh_data();
            let logs = tempfile::tempdir().unwrap();
            let log = logs.path().join("stderr");
            let (child, stdout, port, said) = launch(data.path(), 0, &log);
            let process = Self {
                child,
                stdout,
                said,
                log,
                _logs: logs,
            };
            (process, World::of_process(data, port))
        })
        .await
        .unwrap()
    }

    /// Ends it as a power cut does, and starts another on the same data and port.
    pub async fn kill_and_restart(&mut self, world: &World) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.restart(world).await;
    }

    async fn restart(&mut self, world: &World) {
        let (child, stdout, port, said) = launch(world.data(), world.port(), &self.log);
        assert_eq!(port, world.port());
        self.child = child;
        self.stdout = stdout;
        self.said.push_str(&said);
        // Our own client has to see that its connections to the dead process are closed, or it posts into one.
        for _ in 0..3 {
            let ready = world.http().get(world.url("localhost", "/health/ready"));
            drop(ready.send().await);
        }
    }

    /// Sends a signal by name, and waits as long as the contract allows.
    pub fn signalled(&mut self, signal: &str) -> ExitStatus {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &id]).status();
        assert!(sent.unwrap().success());
        wait(&mut self.child, FAREWELL)
    }

    /// Ends it by a signal, and starts another on the same data and port.
    pub async fn stop_and_restart(&mut self, world: &World) {
        assert_eq!(self.signalled("TERM").code(), Some(0));
        self.restart(world).await;
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// All that was printed and logged. Ends the process.
    pub fn output(mut self) -> String {
        assert_eq!(self.signalled("TERM").code(), Some(0));
        let mut text = std::mem::take(&mut self.said);
        self.stdout.read_to_string(&mut text).unwrap();
        text.push_str(&fs::read_to_string(&self.log).unwrap());
        text
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; both then only say so.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the program with arguments that make it end by itself.
pub fn run(arguments: &[&str]) -> Ended {
    let mut child = Command::new(program())
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = wait(&mut child, PATIENCE);
    let output = child.wait_with_output().unwrap();
    Ended {
        code: status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Starts the program and reads its line: when that is there, everything works.
fn launch(data: &Path, port: u16, log: &Path) -> (Child, BufReader<ChildStdout>, u16, String) {
    let stderr = File::options().create(true).append(true).open(log).unwrap();
    let mut child = Command::new(program())
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .arg("--data")
        .arg(data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    stdout.read_line(&mut said).unwrap();
    let port = said.trim_end().rsplit(':').next().and_then(|p| p.parse().ok());
    let port = port.unwrap_or_else(|| panic!("it said {said:?}:\n{}", fs::read_to_string(log).unwrap()));
    (child, stdout, port, said)
}

/// Waits for the end, not longer than `limit`: another thread ends a process that takes too long.
fn wait(child: &mut Child, limit: Duration) -> ExitStatus {
    let (done, ended) = std::sync::mpsc::channel::<()>();
    let id = child.id().to_string();
    let watch = std::thread::spawn(move || {
        let late = ended.recv_timeout(limit) == Err(std::sync::mpsc::RecvTimeoutError::Timeout);
        if late {
            let _ = Command::new("kill").args(["-KILL", &id]).status();
        }
        late
    });
    let status = child.wait().unwrap();
    drop(done);
    assert!(!watch.join().unwrap(), "it took longer than {limit:?} to end");
    status
}
