//! `symbolon-aws`: what an operator does to a deployment.
//!
//! Each command reads, changes and reports through the library's adapters; what is decided here is order and words.

mod ago;
mod check;
mod cli;
mod deployment;
mod file;
mod keyring;
mod keys;
mod outcome;
mod seed;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use self::{
    cli::Command,
    deployment::Deployment,
    outcome::{Failure, Outcome},
};

fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "this is the composition root")]
    let command = cli::parse(std::env::args_os());
    let outcome = match command {
        Ok(Command::Help) => say(cli::HELP.trim_end()),
        Ok(Command::Version) => say(concat!("symbolon-aws ", env!("CARGO_PKG_VERSION"))),
        Ok(command) => run(command),
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is there to be told if this fails too.
            let _ = writeln!(io::stderr(), "symbolon-aws: {failure}");
            failure.code()
        }
    }
}

fn run(command: Command) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::refused(format!("no runtime: {error}")))?;
    let deployment = Deployment::of_environment()?;
    runtime.block_on(async {
        match command {
            Command::Seed(options) => seed::seed(&deployment, &options).await,
            Command::KeysList(tenant) => keys::list(&deployment, tenant.as_ref()).await,
            Command::KeysRotate(options) => keys::rotate(&deployment, &options).await,
            Command::KeyringRotate(step) => keyring::rotate(&deployment, step).await,
            Command::Check => check::check(&deployment).await,
            Command::Help | Command::Version => Ok(()),
        }
    })
}

/// One line for the operator.
fn say(line: &str) -> Outcome {
    writeln!(io::stdout(), "{line}").map_err(|error| Failure::refused(format!("cannot write: {error}")))
}
