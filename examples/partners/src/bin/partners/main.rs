//! The demo's partner apps and loyalty API as a program of their own, against providers that run elsewhere.

mod command_line;
mod hosts;

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
    time::SystemTime,
};

use partners::{Clock, demo::Demo};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use self::command_line::{Command, HELP, Options};

#[tokio::main]
async fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "this is the composition root")]
    let command = command_line::parse(std::env::args_os());
    match command {
        Ok(Command::Serve(options)) => match serve(options).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(line) => refuse(&line, ExitCode::FAILURE),
        },
        Ok(Command::Help) => say(&mut io::stdout(), HELP.trim_end()),
        Err(line) => refuse(&line, ExitCode::from(2)),
    }
}

/// Until it is told to end. The error is one line.
async fn serve(options: Options) -> Result<(), String> {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_target(false)
        .init();
    let unheard = |error: io::Error| format!("cannot listen for signals: {error}");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unheard)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(unheard)?;
    let cannot = |error: io::Error| format!("cannot listen on {}: {error}", options.listen);
    let listener = TcpListener::bind(options.listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let demo = Demo {
        scheme: "http",
        port: options.public_port.unwrap_or(address.port()),
        urbantrend: options.urbantrend,
        northpeak: options.northpeak,
        member_key: options.member_key,
        journal: options.journal,
        clock: machine_clock(),
    };
    let sites = demo.sites(None).map_err(|error| error.to_string())?;
    let homes: Vec<&str> = sites.iter().map(|site| site.home.as_str()).collect();
    say(
        &mut io::stdout(),
        &format!("Listening on {address} for {}", homes.join(" ")),
    );
    let served = axum::serve(listener, hosts::router(sites));
    tokio::select! {
        ended = served => ended.map_err(|error| format!("serving ended: {error}")),
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

fn machine_clock() -> Clock {
    Arc::new(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the clock of a machine of its own"
        )]
        let now = SystemTime::now();
        now.duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    })
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
    say(&mut io::stderr(), &format!("partners: {line}"));
    code
}
