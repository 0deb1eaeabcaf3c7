//! What commands ask of the server that runs: the data directory is its own, so nobody else changes what is in it.

use std::fs;

use reqwest::{Client, RequestBuilder};
use serde_json::Value;

use crate::{cli::KeysRotate, server::Options};

/// The signing keys, one a line.
pub async fn keys(options: &Options) -> Result<String, String> {
    let answer = send(options, |client, at| client.get(format!("{at}/dev/keys"))).await?;
    let keys = answer.as_array().map_or(&[][..], Vec::as_slice);
    Ok(keys.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// Takes a step, and says what was done.
pub async fn rotate(options: &Options, step: &KeysRotate) -> Result<String, String> {
    let answer = send(options, |client, at| {
        client.post(format!("{at}/dev/keys/rotate")).json(step)
    });
    Ok(text(&answer.await?, "done").to_owned())
}

async fn send(
    options: &Options,
    request: impl FnOnce(Client, String) -> RequestBuilder,
) -> Result<Value, String> {
    let path = options.data.join("tls").join("certificate.pem");
    let trusted = options
        .tls
        .then(|| fs::read(&path).map_err(|error| format!("{}: {error}", path.display())));
    let client = partners::http_client(trusted.transpose()?.as_deref()).map_err(|error| error.to_string())?;
    let (scheme, port) = (if options.tls { "https" } else { "http" }, options.listen.port());
    let at = format!("{scheme}://localhost:{port}");
    let answer = request(client, at.clone()).send().await;
    let nobody =
        |_| format!("no server of this release answers at {at}; start it, or name its --listen and --tls");
    let answer = answer.map_err(nobody)?;
    let refused = !answer.status().is_success();
    let body: Value = answer.json().await.map_err(nobody)?;
    if refused {
        Err(text(&body, "error").to_owned())
    } else {
        Ok(body)
    }
}

fn line(key: &Value) -> String {
    let of = |name| text(key, name);
    format!(
        "{}  {}  {:7}  {}  since {}",
        of("tenant"),
        of("algorithm"),
        of("state"),
        of("kid"),
        key.get("since").unwrap_or(&Value::Null)
    )
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}
