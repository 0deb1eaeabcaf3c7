//! Cold starts: from starting the program to its first question for work, and to its first answer.
//!
//! The program under test is the one that is deployed. What stands around it is ours: Lambda's Runtime API and, for
//! what a function asks AWS in init, answers recorded from the emulator ([`Recorded`]). So this measures our process,
//! neither Lambda's sandbox nor AWS.

mod contender;
mod functions;
mod host;
mod intervals;
mod recorded;
mod run;
mod zip;

use std::{fs, sync::Arc};

use serde::{Deserialize, Serialize};

use self::{contender::Contender, host::Host, recorded::Recorded, run::Sample};
use crate::{
    cli::{Options, Stack},
    failure::{Failure, Result, While},
    journey, say,
    stats::Spread,
};

/// The contender everything is compared with.
pub(crate) const EMPTY: &str = "empty";
/// The peer.
pub(crate) const NODE: &str = "node";

/// What starts and first answers took, by contender.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Cold {
    pub(crate) profile: String,
    pub(crate) contenders: Vec<Figures>,
}

/// One contender's figures. Times in milliseconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) name: String,
    /// From the start to the first `GET /next`.
    pub(crate) next: Spread,
    /// Of that, waiting for recorded answers of AWS.
    pub(crate) next_waited: Spread,
    /// From the first `GET /next` to the first answer.
    pub(crate) answer: Spread,
    /// Of that, waiting for recorded answers of AWS.
    pub(crate) answer_waited: Spread,
    /// From the start to the first answer.
    pub(crate) total: Spread,
    /// The same without the waiting.
    pub(crate) total_own: Spread,
    /// CPU time until the first answer.
    pub(crate) cpu: Spread,
    /// Calls to AWS until the first answer.
    pub(crate) calls: usize,
    pub(crate) peak_rss_kib: Spread,
    pub(crate) program_bytes: u64,
    pub(crate) zip_bytes: u64,
    /// What was measured, in the order of the runs.
    pub(crate) samples: Vec<Sample>,
}

impl Cold {
    pub(crate) fn of(&self, name: &str) -> Option<&Figures> {
        self.contenders.iter().find(|figures| figures.name == name)
    }

    /// Our own functions.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Figures> {
        self.contenders
            .iter()
            .filter(|figures| figures.name != EMPTY && figures.name != NODE)
    }
}

/// Starts every contender in turn, as often as asked, and each round from another one on.
pub(crate) fn run(options: &Options) -> Result<Cold> {
    let recorded = Recorded::read(&options.recorded)?;
    let contenders = contender::all(options, &recorded)?;
    let host = Host::open(Arc::new(recorded), None)?;
    let log = fresh_log(options)?;
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); contenders.len()];
    for contender in &contenders {
        // Not counted: it brings the program's file into memory.
        run::once(&host, contender, &log)?;
    }
    for round in 0..options.runs {
        for turn in 0..contenders.len() {
            let index = (turn + round) % contenders.len();
            if let (Some(contender), Some(samples)) = (contenders.get(index), samples.get_mut(index)) {
                samples.push(run::once(&host, contender, &log)?);
            }
        }
    }
    let figures = contenders
        .iter()
        .zip(samples)
        .map(|(contender, samples)| figures(contender, samples));
    Ok(Cold {
        profile: options.profile(),
        contenders: figures.collect::<Result<_>>()?,
    })
}

/// Starts every function once against a real endpoint and keeps what that answers.
pub(crate) fn record(stack: &Stack) -> Result<()> {
    let options = &stack.options;
    let environment = fs::read_to_string(&stack.environment).while_(stack.environment.display())?;
    let recorded = Recorded::new(&environment, journey::demo_issuer(&stack.endpoint));
    let contenders = contender::functions(options, &recorded)?;
    let host = Host::open(Arc::new(recorded), Some(stack.endpoint.clone()))?;
    let log = fresh_log(options)?;
    for contender in &contenders {
        run::once(&host, contender, &log)?;
    }
    let kept = host.recorded().write(&options.recorded)?;
    say(&format!(
        "recorded {kept} answers in {}",
        options.recorded.display()
    ))
}

fn fresh_log(options: &Options) -> Result<std::path::PathBuf> {
    fs::create_dir_all(&options.scratch).while_(options.scratch.display())?;
    let log = options.scratch.join("functions.log");
    fs::write(&log, "").while_(log.display())?;
    Ok(log)
}

fn figures(contender: &Contender, samples: Vec<Sample>) -> Result<Figures> {
    let spread = |of: fn(&Sample) -> f64| Spread::of(&samples.iter().map(of).collect::<Vec<_>>());
    let program = fs::read(&contender.shipped).while_(contender.shipped.display())?;
    let last = samples
        .last()
        .ok_or_else(|| Failure::new("--runs 0 measures nothing"))?;
    Ok(Figures {
        name: contender.name.clone(),
        next: spread(|s| s.next),
        next_waited: spread(|s| s.next_waited),
        answer: spread(|s| s.answer - s.next),
        answer_waited: spread(|s| s.answer_waited),
        total: spread(|s| s.answer),
        total_own: spread(Sample::own),
        cpu: spread(|s| s.cpu),
        calls: last.calls,
        peak_rss_kib: spread(|s| s.peak_rss_kib),
        program_bytes: program.len() as u64,
        zip_bytes: zip::size(&contender.shipped_as, &program),
        samples,
    })
}
