//! Grants: how many the local server makes in a second, and what one costs it in CPU, beside the bare cost of the
//! signatures in it.
//!
//! The server is the real program with its store on disk, asked over loopback by browsers of our own.

mod configuration;
mod paths;
mod server;
mod signatures;

use std::{fs, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use self::{paths::Crowd, server::Server, signatures::Key};
use crate::{
    cli::Options,
    failure::{Result, While},
    stats::Spread,
};

/// The paths a member or her app can take, in the order they are measured.
pub(crate) const FIRST: &str = "first-sign-in";
pub(crate) const RETURN: &str = "sso-return";
pub(crate) const REFRESH: &str = "refresh";
pub(crate) const USERINFO: &str = "userinfo";

/// What each path costs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Grants {
    pub(crate) profile: String,
    pub(crate) parallel: usize,
    /// One RS256 signature, CPU milliseconds, by the crate and profile of the server.
    pub(crate) signature: Spread,
    pub(crate) paths: Vec<PathCost>,
}

/// What one path costs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PathCost {
    pub(crate) path: String,
    pub(crate) grants: usize,
    pub(crate) seconds: f64,
    /// CPU milliseconds of the server for one grant.
    pub(crate) cpu: f64,
    /// What a browser waits for one grant, in milliseconds, all its requests together.
    pub(crate) latency: Spread,
    /// Of one grant, as the server counts them at its ports.
    pub(crate) reads: f64,
    pub(crate) writes: f64,
    pub(crate) signatures: f64,
    /// Requests to the issuer for one grant, and the bytes it answers with.
    pub(crate) requests: f64,
    pub(crate) bytes_out: f64,
}

impl PathCost {
    pub(crate) fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52 grants")]
        let grants = self.grants as f64;
        grants / self.seconds.max(f64::MIN_POSITIVE)
    }
}

impl Grants {
    pub(crate) fn of(&self, path: &str) -> Option<&PathCost> {
        self.paths.iter().find(|cost| cost.path == path)
    }

    /// How much of a path's CPU time is its signatures, from 0 to 1.
    pub(crate) fn signatures_share(&self, path: &PathCost) -> f64 {
        path.signatures * self.signature.p50 / path.cpu.max(f64::MIN_POSITIVE)
    }
}

/// Shares of the time, in percent: a first sign-in is what everything is about.
const TIMES: [(&str, u64); 4] = [(FIRST, 50), (RETURN, 20), (REFRESH, 20), (USERINFO, 10)];

/// Starts a server with nothing in it, and walks each path until its time is up.
pub(crate) fn run(options: &Options) -> Result<Grants> {
    let data = fresh_data(options)?;
    let server = Server::start(options, &data)?;
    let key = Key::of_server(&data)?;
    let mut signing = key.sign_often()?;
    let mut crowd = Crowd::new(server.place(), options.parallel);
    // Not counted: connections, caches, the first pages of the store.
    crowd.walk(&server, FIRST, Duration::from_millis(500))?;
    let mut paths = Vec::new();
    for (path, percent) in TIMES {
        paths.push(crowd.walk(
            &server,
            path,
            Duration::from_millis(options.seconds * percent * 10),
        )?);
    }
    // Again, so that a machine that became slower or faster in between is seen as it was.
    signing.extend(key.sign_often()?);
    server.stop()?;
    fs::remove_dir_all(&data).while_(data.display())?;
    Ok(Grants {
        profile: options.profile(),
        parallel: options.parallel,
        signature: Spread::of(&signing),
        paths,
    })
}

fn fresh_data(options: &Options) -> Result<PathBuf> {
    let data = options.scratch.join("grants");
    if data.exists() {
        fs::remove_dir_all(&data).while_(data.display())?;
    }
    fs::create_dir_all(&data).while_(data.display())?;
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_that_of_the_signatures_really_made() {
        let cost = PathCost {
            path: REFRESH.to_owned(),
            grants: 10,
            seconds: 4.0,
            cpu: 5.0,
            latency: Spread::of(&[1.0]),
            reads: 2.0,
            writes: 1.0,
            signatures: 2.0,
            requests: 1.0,
            bytes_out: 9.0,
        };
        let grants = Grants {
            profile: "release".to_owned(),
            parallel: 1,
            signature: Spread::of(&[2.0]),
            paths: vec![cost.clone()],
        };
        assert_eq!((grants.signatures_share(&cost), cost.per_second()), (0.8, 2.5));
        assert!(grants.of(REFRESH).is_some() && grants.of(FIRST).is_none());
    }

    #[test]
    fn the_time_is_given_out_once() {
        assert_eq!(TIMES.iter().map(|(_, percent)| percent).sum::<u64>(), 100);
    }
}
