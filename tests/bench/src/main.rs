//! Measures the product from outside: what a cold start, a grant and a million sign-ins cost.
//!
//! Nothing here is a test. Times depend on the machine, so none is ever asserted in CI; what is compared is
//! compared within one run. `docs/benchmarks.md` says how to read the results.

#![cfg_attr(
    test,
    allow(
        clippy::float_cmp,
        reason = "what is compared is made of halves and whole numbers"
    )
)]

mod cli;
mod clock;
mod cold;
mod failure;
mod grants;
mod http;
mod journey;
mod machine;
mod price;
mod process;
mod report;
mod results;
mod stats;
mod wire;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use self::{
    cli::{Command, Options, Part},
    failure::Result,
    results::Results,
};

fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "this is the composition root")]
    let command = cli::parse(std::env::args_os());
    let outcome = match command {
        Ok(Command::Help) => say(cli::HELP.trim_end()),
        Ok(Command::Record(stack)) => cold::record(&stack),
        Ok(Command::Walk(stack)) => wire::walk(&stack),
        Ok(Command::Measure(options)) => measure(&options),
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            drop(writeln!(io::stderr(), "bench: {failure}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs the parts asked for; what the others found before stays in the results.
fn measure(options: &Options) -> Result<()> {
    let mut results = Results::read(&options.results())?;
    results.machine = machine::describe()?;
    for part in &options.parts {
        say(&format!("== {}", part.name()))?;
        match part {
            Part::Cold => results.cold = Some(cold::run(options)?),
            Part::Grants => results.grants = Some(grants::run(options)?),
            Part::Wire => results.wire = wire::run(options)?.or(results.wire),
            // Computed from the others, each time they are written.
            Part::Price => {}
        }
    }
    results.price = price::of(&results);
    results.write(&options.results())?;
    report::write(options, &results)?;
    say(&report::goals::lines(&results))
}

/// Writes a line for whoever is watching.
pub(crate) fn say(line: &str) -> Result<()> {
    let mut out = io::stdout();
    Ok(writeln!(out, "{line}").and_then(|()| out.flush())?)
}
