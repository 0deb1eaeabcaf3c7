use std::{fs, path::Path};

use crate::{
    cli::Stack,
    failure::{Result, While},
    grants::{FIRST, REFRESH, RETURN, USERINFO},
    journey::{Inbox, Line, Partner, Place, Visitor, demo_issuer},
    say,
};

/// Members of the demo. The first walks before anything is counted, so that functions and their caches are warm.
const NUMBERS: [&str; 2] = ["+447700900101", "+447700900102"];

/// Walks each path once at a stack that was deployed with the demo's configuration, and keeps what the emulator wrote
/// down of each.
pub(crate) fn walk(stack: &Stack) -> Result<()> {
    let place = Place {
        address: stack.endpoint.clone(),
        issuer: demo_issuer(&stack.endpoint),
        inbox: Inbox::Emulator,
    };
    let mut line = Line::to(&place)?;
    let log = Log(&stack.log);
    let out = &stack.options.wire;
    fs::create_dir_all(out).while_(out.display())?;
    for (turn, number) in NUMBERS.into_iter().enumerate() {
        let partner = Partner {
            client: "conformance".to_owned(),
            secret: "conformance-demo-secret".to_owned(),
        };
        let begins = log.length()?;
        let mut visitor = Visitor::first_sign_in(&mut line, &partner, number, turn)?;
        log.keep(begins, out, FIRST)?;
        log.during(out, RETURN, || {
            visitor.sso_return(&mut line, NUMBERS.len() + turn)
        })?;
        log.during(out, REFRESH, || visitor.refresh(&mut line))?;
        log.during(out, USERINFO, || visitor.userinfo(&mut line))?;
    }
    say(&format!("walked; what it called is in {}", out.display()))
}

/// The emulator's log. A line is there before the call it is of has its answer.
struct Log<'a>(&'a Path);

impl Log<'_> {
    fn length(&self) -> Result<usize> {
        Ok(self.text()?.len())
    }

    fn text(&self) -> Result<String> {
        fs::read_to_string(self.0).while_(self.0.display())
    }

    fn during(&self, out: &Path, path: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        let begins = self.length()?;
        step()?;
        self.keep(begins, out, path)
    }

    /// Keeps what was written since. The second walk replaces what the first one left.
    fn keep(&self, begins: usize, out: &Path, path: &str) -> Result<()> {
        let text = self.text()?;
        let file = out.join(format!("{path}.jsonl"));
        fs::write(&file, text.get(begins..).unwrap_or_default()).while_(file.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;

    #[test]
    fn each_path_keeps_its_own_lines() {
        let folder = std::env::temp_dir().join(format!("bench-walk-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("log");
        fs::write(&file, "before\n").unwrap();
        let log = Log(&file);
        log.during(&folder, REFRESH, || Ok(fs::write(&file, "before\nduring\n")?))
            .unwrap();
        let kept = fs::read_to_string(folder.join("refresh.jsonl")).unwrap();
        let failed = log.during(&folder, REFRESH, || Err(Failure::new("no")));
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(kept, "during\n");
        assert!(failed.is_err());
    }
}
