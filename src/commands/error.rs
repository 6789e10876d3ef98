//! Why a command failed, as people and programs are told.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use serde::Serialize;

use super::near;
use super::typed::Typed;
use crate::config::ConfigError;
use crate::config::secret::SecretError;
use crate::config::selection::{IdsError, SelectionError};
use crate::exit::ExitCode;

/// The end of a command that did not succeed: the exit code, one sentence, and what to do now.
#[derive(Debug)]
pub struct CommandError {
    code: ExitCode,
    message: String,
    next: Option<String>,
}

/// The JSON form; scripts rely on it.
#[derive(Debug, Serialize)]
pub struct ErrorDocument<'a> {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    code: u8,
    name: &'static str,
    message: &'a str,
    next: Option<&'a str>,
}

impl CommandError {
    /// An error of its own. The message has no full stop and no personal data.
    pub fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), next: None }
    }

    /// An error with the causes that it carries, joined by colons. A full disk among them is nothing that the user typed
    /// wrong, whoever met it: its code is [`ExitCode::Temporary`].
    pub fn from_error(code: ExitCode, error: &(dyn Error + 'static)) -> Self {
        let mut message = error.to_string();
        let mut is_full = is_full_disk(error);
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Some libraries repeat the cause in their own text.
            if !message.ends_with(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            is_full |= is_full_disk(error);
            cause = error.source();
        }
        if is_full { Self::full_disk(message) } else { Self::new(code, message) }
    }

    /// A file or folder that cannot be written to, and what else to write to, unless the disk is full.
    pub(super) fn cannot_write(path: &Path, error: &io::Error, instead: &str) -> Self {
        let message = format!("cannot write `{}`: {error}", path.display());
        if is_full_disk(error) {
            return Self::full_disk(message);
        }
        Self::new(ExitCode::Usage, message).with_next(instead)
    }

    fn full_disk(message: String) -> Self {
        Self::new(ExitCode::Temporary, message).with_next(FREE_SOME_SPACE)
    }

    /// The same error with what to do about it: a sentence or a command.
    #[must_use]
    pub fn with_next(mut self, step: impl Into<String>) -> Self {
        self.next = Some(step.into());
        self
    }

    /// The same error with another exit code.
    #[must_use]
    pub fn with_code(mut self, code: ExitCode) -> Self {
        self.code = code;
        self
    }

    /// How the process ends.
    pub fn code(&self) -> ExitCode {
        self.code
    }

    /// What went wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it: what the error says, else what its kind calls for. Nobody is left without a next step.
    pub fn next_step(&self) -> Option<&str> {
        self.next.as_deref().or(match self.code {
            ExitCode::Ok => None,
            ExitCode::Internal => Some("this is a bug: please report it with the words above"),
            ExitCode::Usage => Some("correct that and type the same command again"),
            ExitCode::Auth => Some("correct the key or its permissions, then type the same command again"),
            ExitCode::Safety => Some("settle what is named above, then type the same command again"),
            ExitCode::Locked => Some("gorgias-import status --watch"),
            ExitCode::Interrupted | ExitCode::Temporary => {
                Some("it goes on where it stopped if you type the same command again")
            }
            _ => Some("gorgias-import status"),
        })
    }

    /// The JSON form.
    pub fn document(&self) -> ErrorDocument<'_> {
        ErrorDocument {
            v: 1,
            kind: "error",
            code: self.code.number(),
            name: self.code.name(),
            message: &self.message,
            next: self.next_step(),
        }
    }

    /// Whoever read stdout has gone away (`… | head`): that is success, and nothing needs to be said.
    pub(super) fn reader_gone() -> Self {
        Self::new(ExitCode::Ok, "")
    }
}

/// What to do about a full disk.
const FREE_SOME_SPACE: &str =
    "free some space there and type the same command again; it goes on where it stopped";

/// Whether the system said that a disk, or somebody's share of it, is full.
fn is_full_disk(error: &(dyn Error + 'static)) -> bool {
    let said = error.downcast_ref::<io::Error>().map(io::Error::kind);
    matches!(said, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CommandError {}

/// Writing to stdout failed. A broken pipe is success.
impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::reader_gone();
        }
        let message = format!("cannot write the output: {error}");
        if is_full_disk(&error) { Self::full_disk(message) } else { Self::new(ExitCode::Temporary, message) }
    }
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        let near = match &error {
            ConfigError::Missing { file } => near::path(file).or_else(|| near::folder_with(file)),
            _ => None,
        };
        let next = match near {
            Some(line) if line.starts_with("gorgias-import") || line.starts_with("cd ") => line,
            Some(near) => format!("{near} Or {}", error.next_step()),
            None => error.next_step(),
        };
        Self::from_error(ExitCode::Usage, &error).with_next(next)
    }
}

impl From<SelectionError> for CommandError {
    fn from(error: SelectionError) -> Self {
        let typed = Typed::now();
        let near = match &error {
            SelectionError::UnknownSource { name, hint } => {
                let near = hint.strip_prefix("did you mean `").and_then(|rest| rest.split('`').next());
                near.and_then(|near| typed.corrected(name, near))
            }
            SelectionError::Ids(IdsError::Read { file, .. }) => near::path(file),
            _ => None,
        };
        Self::from_error(ExitCode::Usage, &error).with_next(near.unwrap_or_else(|| typed.help()))
    }
}

impl From<SecretError> for CommandError {
    fn from(error: SecretError) -> Self {
        Self::from_error(ExitCode::Auth, &error).with_next(error.next_step())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ReportError;

    #[test]
    fn a_full_disk_is_no_fault_of_what_was_typed() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let met = [
            ReportError::Findings(full()).into(),
            CommandError::from(full()),
            CommandError::cannot_write(Path::new("a.toml"), &full(), "name another"),
        ];
        for told in met {
            assert_eq!((told.code(), told.next_step()), (ExitCode::Temporary, Some(FREE_SOME_SPACE)));
        }
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(CommandError::from(ReportError::Findings(denied)).code(), ExitCode::Usage);
    }

    #[test]
    fn causes_are_told_once() {
        let cause = io::Error::new(io::ErrorKind::NotFound, "no such file");
        let error = ConfigError::Read { file: "a.toml".into(), error: cause };
        let told = CommandError::from(error);
        assert_eq!(told.message(), "cannot read `a.toml`: no such file");
        assert_eq!(told.code(), ExitCode::Usage);
    }

    #[test]
    fn programs_get_one_object() {
        let error = CommandError::new(ExitCode::Temporary, "no answer").with_next("run again");
        assert_eq!(
            serde_json::to_string(&error.document()).unwrap(),
            r#"{"v":1,"type":"error","code":5,"name":"temporary","message":"no answer","next":"run again"}"#
        );
    }

    #[test]
    fn a_broken_pipe_is_success() {
        assert_eq!(CommandError::from(io::Error::from(io::ErrorKind::BrokenPipe)).code(), ExitCode::Ok);
        assert_eq!(
            CommandError::from(io::Error::from(io::ErrorKind::StorageFull)).code(),
            ExitCode::Temporary
        );
    }
}
