use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::configuration;
use crate::{
    cli::Options,
    failure::{Failure, Result, While},
    http::{Connection, Message},
    journey::{Inbox, Place},
    process,
};

/// The `symbolon` program, running on a free port.
pub(super) struct Server {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; both then only say so.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Server {
    /// Started, and ready when this returns: the program prints its address when everything works.
    pub(super) fn start(options: &Options, data: &Path) -> Result<Self> {
        let program = options.programs.join("symbolon");
        let configuration = data.join("bench.toml");
        fs::write(&configuration, configuration::text()).while_(configuration.display())?;
        let log = options.scratch.join("server.log");
        let child = Command::new(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--config")
            .arg(&configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).while_(log.display())?)
            .spawn()
            .while_(program.display())?;
        let mut server = Self { child, port: 0, log };
        server.port = server.announced()?;
        Ok(server)
    }

    fn announced(&mut self) -> Result<u16> {
        let out = self.child.stdout.take().while_("its output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let port = line
            .trim_end()
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        port.ok_or_else(|| {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            Failure::new(format!("symbolon said {line:?} {log}"))
        })
    }

    pub(super) fn place(&self) -> Place {
        Place {
            address: format!("127.0.0.1:{}", self.port),
            issuer: format!("{}:{}", configuration::HOST, self.port),
            inbox: Inbox::Development,
        }
    }

    /// CPU time so far, in milliseconds.
    pub(super) fn cpu_ms(&self) -> Result<f64> {
        process::cpu_ms(self.child.id())
    }

    /// What it counted at its ports since this was asked last: reads, writes, signatures.
    pub(super) fn counts(&self) -> Result<[f64; 3]> {
        let mut connection = Connection::new(TcpStream::connect(("127.0.0.1", self.port))?)?;
        let mut ask = |first: &str| {
            connection.write(&Message {
                first: format!("{first} HTTP/1.1"),
                headers: vec![("host".to_owned(), format!("localhost:{}", self.port))],
                body: Vec::new(),
            })?;
            connection.read()?.while_("counts")
        };
        let counts: serde_json::Value = serde_json::from_slice(&ask("GET /dev/counts")?.body)?;
        ask("POST /dev/counts/reset")?;
        let of = |name| {
            counts
                .pointer(&format!("/total/{name}"))
                .and_then(serde_json::Value::as_f64)
        };
        let [reads, writes, signatures] = ["store_reads", "store_writes", "signatures"].map(of);
        match (reads, writes, signatures) {
            (Some(reads), Some(writes), Some(signatures)) => Ok([reads, writes, signatures]),
            // Nothing was counted yet.
            _ => Ok([0.0; 3]),
        }
    }

    /// Asks it to end, by its pid, and waits for that.
    pub(super) fn stop(mut self) -> Result<()> {
        let pid = self.child.id().to_string();
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .while_("kill")?;
        let status = self.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::new(format!("symbolon ended with {status}")))
        }
    }
}
