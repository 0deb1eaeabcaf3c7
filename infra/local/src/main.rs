//! The `symbolon` command.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use symbolon_local::{
    ask,
    cli::{self, Command},
    client_secret,
    random::OsRandom,
    server::{Options, Running, Server},
};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

/// How long work may take at the end that no answer depends on, such as the look-up of a name.
const REST: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("cannot start: {error}"), ExitCode::FAILURE),
    };
    let code = runtime.block_on(run());
    runtime.shutdown_timeout(REST);
    code
}

async fn run() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "this is the composition root")]
    let command = cli::parse(std::env::args_os());
    match command {
        Ok(Command::Serve(options)) => serve(options).await,
        Ok(Command::ClientSecret) => say(&mut io::stdout(), &client_secret::made(&OsRandom)),
        Ok(Command::KeysList(options)) => told(ask::keys(&options).await),
        Ok(Command::KeysRotate(options, step)) => told(ask::rotate(&options, &step).await),
        Ok(Command::Help) => say(&mut io::stdout(), cli::HELP.trim_end()),
        Ok(Command::Version) => say(&mut io::stdout(), concat!("symbolon ", env!("CARGO_PKG_VERSION"))),
        Err(line) => refuse(&line, ExitCode::from(2)),
    }
}

/// What the running server answered.
fn told(answer: Result<String, String>) -> ExitCode {
    match answer {
        Ok(text) => say(&mut io::stdout(), &text),
        Err(line) => refuse(&line, ExitCode::FAILURE),
    }
}

async fn serve(options: Options) -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_target(false)
        .init();
    // Before anything is opened, so that a signal during the start is not lost.
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
        return refuse("cannot listen for signals", ExitCode::FAILURE);
    };
    let running = match Server::start(options).await {
        Ok(running) => running,
        Err(error) => return refuse(&error.to_string(), ExitCode::from(error.exit_code())),
    };
    announce(&running);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    running.stop().await;
    ExitCode::SUCCESS
}

fn announce(running: &Running) {
    let trust = running.certificate().map_or_else(String::new, |path| {
        format!(
            "\nTrust its certificate in your browser, or with curl --cacert: {}",
            path.display()
        )
    });
    say(
        &mut io::stdout(),
        &format!("Symbolon is running: {}{trust}", running.url()),
    );
}

/// A closed pipe must not end the server, so nothing hangs on what was printed.
fn say(out: &mut dyn Write, line: &str) -> ExitCode {
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    if written.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn refuse(line: &str, code: ExitCode) -> ExitCode {
    say(&mut io::stderr(), &format!("symbolon: {line}"));
    code
}
