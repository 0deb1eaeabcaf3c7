use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{
    FIRST, PathCost, REFRESH, RETURN,
    configuration::{CLIENTS, MEMBERS, number, partner},
    server::Server,
};
use crate::{
    clock::{self, millis},
    failure::{Failure, Result},
    journey::{Line, Place, Visitor},
    stats::Spread,
};

/// How many first sign-ins there can be: each is a member at a partner she was never at.
const FIRST_SIGN_INS: usize = MEMBERS * CLIENTS;

/// Everybody who visits, several at a time. Whoever signed in first comes back on the paths after it.
pub(super) struct Crowd {
    place: Place,
    groups: Vec<Vec<Visitor>>,
    turn: AtomicUsize,
}

/// What one thread did on a path.
#[derive(Default)]
struct Walked {
    latencies: Vec<f64>,
    requests: usize,
    bytes_out: usize,
}

impl Crowd {
    pub(super) fn new(place: Place, parallel: usize) -> Self {
        Self {
            place,
            groups: (0..parallel).map(|_| Vec::new()).collect(),
            turn: AtomicUsize::new(0),
        }
    }

    /// Walks one path, again and again, until the time is up.
    pub(super) fn walk(&mut self, server: &Server, path: &str, time: Duration) -> Result<PathCost> {
        server.counts()?;
        let cpu = server.cpu_ms()?;
        let began = clock::now();
        let deadline = began + time;
        let (place, turn) = (&self.place, &self.turn);
        let walked: Result<Vec<Walked>> = thread::scope(|scope| {
            let threads: Vec<_> = self
                .groups
                .iter_mut()
                .map(|group| scope.spawn(move || walk(place, path, group, turn, deadline)))
                .collect();
            threads
                .into_iter()
                .map(|thread| {
                    thread
                        .join()
                        .unwrap_or_else(|_| Err(Failure::new("a browser broke down")))
                })
                .collect()
        });
        let seconds = millis(began, clock::now()) / 1_000.0;
        let cpu = server.cpu_ms()? - cpu;
        cost(path, &walked?, seconds, cpu, server.counts()?)
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52 of anything")]
fn cost(path: &str, walked: &[Walked], seconds: f64, cpu: f64, counts: [f64; 3]) -> Result<PathCost> {
    let latencies: Vec<f64> = walked
        .iter()
        .flat_map(|walked| &walked.latencies)
        .copied()
        .collect();
    if latencies.is_empty() {
        return Err(Failure::new(format!("{path}: not one in {seconds:.1} s")));
    }
    let each = |sum: f64| sum / latencies.len() as f64;
    let [reads, writes, signatures] = counts.map(each);
    Ok(PathCost {
        path: path.to_owned(),
        grants: latencies.len(),
        seconds,
        cpu: each(cpu),
        latency: Spread::of(&latencies),
        reads,
        writes,
        signatures,
        requests: each(walked.iter().map(|walked| walked.requests).sum::<usize>() as f64),
        bytes_out: each(walked.iter().map(|walked| walked.bytes_out).sum::<usize>() as f64),
    })
}

/// One thread: one connection, its own visitors.
fn walk(
    place: &Place,
    path: &str,
    group: &mut Vec<Visitor>,
    turn: &AtomicUsize,
    deadline: Instant,
) -> Result<Walked> {
    let mut line = Line::to(place)?;
    let mut walked = Walked::default();
    let mut next = 0;
    loop {
        let began = clock::now();
        if began >= deadline {
            break;
        }
        if path == FIRST {
            let turn = turn.fetch_add(1, Ordering::Relaxed);
            if turn >= FIRST_SIGN_INS {
                break;
            }
            let (partner, number) = (partner(turn / MEMBERS), number(turn % MEMBERS));
            group.push(Visitor::first_sign_in(&mut line, &partner, &number, turn)?);
        } else {
            let length = group.len().max(1);
            let Some(visitor) = group.get_mut(next % length) else {
                break;
            };
            next += 1;
            match path {
                RETURN => visitor.sso_return(&mut line, turn.fetch_add(1, Ordering::Relaxed))?,
                REFRESH => visitor.refresh(&mut line)?,
                _ => visitor.userinfo(&mut line)?,
            }
        }
        walked.latencies.push(millis(began, clock::now()));
    }
    walked.requests = line.requests;
    walked.bytes_out = line.bytes_out;
    Ok(walked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(latencies: &[f64], requests: usize, bytes_out: usize) -> Walked {
        Walked {
            latencies: latencies.to_vec(),
            requests,
            bytes_out,
        }
    }

    #[test]
    fn everything_is_divided_by_the_grants_of_all_threads() {
        let all = [walked(&[10.0, 30.0], 20, 400), walked(&[20.0, 40.0], 20, 440)];
        let cost = cost(FIRST, &all, 2.0, 50.0, [20.0, 36.0, 8.0]).unwrap();
        assert_eq!((cost.grants, cost.per_second(), cost.cpu), (4, 2.0, 12.5));
        assert_eq!((cost.reads, cost.writes, cost.signatures), (5.0, 9.0, 2.0));
        assert_eq!((cost.requests, cost.bytes_out), (10.0, 210.0));
        assert_eq!((cost.latency.p50, cost.latency.p90), (20.0, 40.0));
    }

    #[test]
    fn no_grant_is_a_failure_and_not_a_zero() {
        assert!(cost(FIRST, &[walked(&[], 3, 9)], 2.0, 50.0, [0.0; 3]).is_err());
    }
}
