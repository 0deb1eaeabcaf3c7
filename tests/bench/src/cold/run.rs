use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::Receiver,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    contender::Contender,
    host::{Host, Seen},
    intervals::{Interval, covered},
};
use crate::{
    clock::{self, millis},
    failure::{Failure, Result, While},
    process,
};

/// How long a start may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// One start. Times in milliseconds from when it was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sample {
    /// How long it took the system to start the program: part of both times below, ours and the others' alike.
    pub(crate) spawned: f64,
    pub(crate) next: f64,
    pub(crate) answer: f64,
    pub(crate) next_waited: f64,
    pub(crate) answer_waited: f64,
    pub(crate) cpu: f64,
    pub(crate) peak_rss_kib: f64,
    pub(crate) calls: usize,
}

impl Sample {
    /// To the first answer, without waiting for AWS.
    pub(crate) fn own(&self) -> f64 {
        self.answer - self.next_waited - self.answer_waited
    }
}

/// A program that is running. Ended by its own pid, whatever happens.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; both then only say so.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts a contender, asks it once, measures it, ends it.
pub(super) fn once(host: &Host, contender: &Contender, log: &Path) -> Result<Sample> {
    let seen = host.expect(contender.event.to_string());
    let said = File::options().append(true).open(log).while_(log.display())?;
    let mut command = Command::new(&contender.program);
    command
        .args(&contender.arguments)
        .env_clear()
        .envs(path())
        .envs(host.environment())
        .envs(contender.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(said.try_clone()?)
        .stderr(said);
    let began = clock::now();
    let running = Running(command.spawn().while_(contender.program.display())?);
    let spawned = clock::now();
    let observed = observe(&seen).map_err(|failure| in_context(contender, &failure, log))?;
    check(contender, &observed.body).map_err(|failure| in_context(contender, &failure, log))?;
    let pid = running.0.id();
    let waited = |from, to| covered(&observed.calls, from, to);
    Ok(Sample {
        spawned: millis(began, spawned),
        next: millis(began, observed.next),
        answer: millis(began, observed.answered),
        next_waited: waited(began, observed.next),
        answer_waited: waited(observed.next, observed.answered),
        cpu: process::threads_cpu_ms(pid)?,
        peak_rss_kib: u32::try_from(process::peak_rss_kib(pid)?).map_or(f64::MAX, f64::from),
        calls: observed.calls.len(),
    })
}

struct Observed {
    next: Instant,
    answered: Instant,
    body: Vec<u8>,
    calls: Vec<Interval>,
}

/// Watches until the first answer.
fn observe(seen: &Receiver<Seen>) -> Result<Observed> {
    let mut next = None;
    let mut calls = Vec::new();
    loop {
        match seen.recv_timeout(PATIENCE).while_("waiting for it")? {
            Seen::Next(at) => next = Some(at),
            Seen::Called(began, ended) => calls.push((began, ended)),
            Seen::Failed(why) => return Err(Failure::new(why)),
            Seen::Answered(answered, body) => {
                let next = next.ok_or_else(|| Failure::new("it answered before it was asked"))?;
                return Ok(Observed {
                    next,
                    answered,
                    body,
                    calls,
                });
            }
        }
    }
}

fn check(contender: &Contender, body: &[u8]) -> Result<()> {
    let answer: Value = serde_json::from_slice(body).while_("its answer")?;
    let Some(wanted) = contender.status else {
        return Ok(());
    };
    if answer.get("statusCode").and_then(Value::as_u64) == Some(wanted.into()) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "it answered {answer}, not with status {wanted}"
    )))
}

/// With the last of what the program said itself.
fn in_context(contender: &Contender, failure: &Failure, log: &Path) -> Failure {
    let said = fs::read_to_string(log).unwrap_or_default();
    let tail: Vec<&str> = said.lines().rev().take(5).collect();
    let tail: Vec<&str> = tail.into_iter().rev().collect();
    Failure::new(format!("{}: {failure}\n{}", contender.name, tail.join("\n")))
}

/// Where programs are found by name: all that is kept of our own environment.
#[expect(clippy::disallowed_methods, reason = "handed on to a program, not read")]
fn path() -> Option<(&'static str, std::ffi::OsString)> {
    std::env::var_os("PATH").map(|path| ("PATH", path))
}
