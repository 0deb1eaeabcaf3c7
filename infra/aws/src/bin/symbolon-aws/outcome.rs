use std::{fmt, process::ExitCode};

/// Why a command was not carried out: one line, and the exit status.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    line: String,
    status: u8,
}

/// How a command ends.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// It could not be done, or must not be.
    pub(crate) fn refused(line: impl fmt::Display) -> Self {
        Self {
            line: line.to_string(),
            status: 1,
        }
    }

    /// It was not asked for in the right way.
    pub(crate) fn misused(line: impl fmt::Display) -> Self {
        Self {
            line: line.to_string(),
            status: 2,
        }
    }

    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(self.status)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

/// With what was being done in front.
pub(crate) fn at<E: fmt::Display>(what: impl fmt::Display) -> impl FnOnce(E) -> Failure {
    move |error| Failure::refused(format!("{what}: {error}"))
}
