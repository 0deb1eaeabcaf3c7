use std::{net::TcpStream, thread, time::Duration};

use crate::{
    failure::{Failure, Result, While},
    http::{Connection, Message},
};

/// Where a provider is, and where the messages are that it sends.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// `127.0.0.1:4444`
    pub(crate) address: String,
    /// What its requests say in `Host`.
    pub(crate) issuer: String,
    pub(crate) inbox: Inbox,
}

/// Who lets messages be read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Inbox {
    /// The local server's development side.
    Development,
    /// The emulator of SNS.
    Emulator,
}

/// One connection, over which the issuer is asked, and the inbox.
pub(crate) struct Line {
    connection: Connection,
    place: Place,
    /// Requests to the issuer, and bytes it answered with.
    pub(crate) requests: usize,
    pub(crate) bytes_out: usize,
}

/// How often an inbox is asked whose messages are delivered behind the answer, and how long between.
const TRIES: usize = 200;
const PAUSE: Duration = Duration::from_millis(50);

impl Line {
    pub(crate) fn to(place: &Place) -> Result<Self> {
        let stream = TcpStream::connect(&place.address).while_(&place.address)?;
        Ok(Self {
            connection: Connection::new(stream)?,
            place: place.clone(),
            requests: 0,
            bytes_out: 0,
        })
    }

    /// The issuer as its redirects name it.
    pub(super) fn issuer(&self) -> String {
        format!("http://{}", self.place.issuer)
    }

    /// Asks the issuer. A body makes it a form that is posted.
    pub(super) fn ask(
        &mut self,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Message> {
        let host = self.place.issuer.clone();
        let answer = self.exchange(&host, target, headers, body)?;
        self.requests += 1;
        self.bytes_out += answer.head_bytes() + answer.body.len();
        Ok(answer)
    }

    /// The newest code that was sent to a number.
    pub(super) fn code(&mut self, number: &str) -> Result<String> {
        let number = number.trim_start_matches('+');
        match self.place.inbox {
            // Nothing is delivered behind an answer there.
            Inbox::Development => {
                let messages = self.messages(&format!("/dev/inbox?to=%2B{number}"))?;
                let code = messages.pointer("/0/code").and_then(serde_json::Value::as_str);
                code.map(str::to_owned).while_(format!("a message to {number}"))
            }
            Inbox::Emulator => self.delivered(number),
        }
    }

    /// Waits for a queued message. The walk uses a number once, so any message is the one.
    fn delivered(&mut self, number: &str) -> Result<String> {
        let target = format!("/_ministack/sns/sms-messages?phoneNumber=%2B{number}");
        for _ in 0..TRIES {
            let messages = self.messages(&target)?.to_string();
            if let Some(code) = bound_code(&messages) {
                return Ok(code);
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "the emulator says nothing when a message arrives"
            )]
            thread::sleep(PAUSE);
        }
        Err(Failure::new(format!("no message to {number}")))
    }

    fn messages(&mut self, target: &str) -> Result<serde_json::Value> {
        let port = self.place.address.rsplit(':').next().unwrap_or_default();
        let host = format!("localhost:{port}");
        Ok(serde_json::from_slice(
            &self.exchange(&host, target, &[], None)?.body,
        )?)
    }

    fn exchange(
        &mut self,
        host: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Message> {
        let method = if body.is_some() { "POST" } else { "GET" };
        let mut all = vec![("host".to_owned(), host.to_owned())];
        if body.is_some() {
            all.push((
                "content-type".to_owned(),
                "application/x-www-form-urlencoded".to_owned(),
            ));
        }
        all.extend(
            headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        self.connection.write(&Message {
            first: format!("{method} {target} HTTP/1.1"),
            headers: all,
            body: body.unwrap_or_default().into(),
        })?;
        self.connection.read()?.while_("an answer of the server")
    }
}

/// The six digits of the line that binds a code to its domain: `@auth.example #123456`.
fn bound_code(messages: &str) -> Option<String> {
    let after = messages.rsplit_once(" #")?.1;
    let code: String = after.chars().take_while(char::is_ascii_digit).collect();
    (code.len() == 6).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_bound_one() {
        let messages = r#"{"messages":[{"Message":"222222 is your code.\n\n@auth.brand.example #123456"}]}"#;
        assert_eq!(bound_code(messages).as_deref(), Some("123456"));
        assert_eq!(bound_code(r#"{"messages":[]}"#), None);
    }
}
