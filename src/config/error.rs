//! What can be wrong with `migration.toml`, in words that say where and what now.

use std::fmt;
use std::path::PathBuf;

/// Why the config cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no such file.
    #[error("there is no `{}`", file.display())]
    Missing {
        /// The path as given.
        file: PathBuf,
    },
    /// The operating system refused, or the file is not UTF-8.
    #[error("cannot read `{}`", file.display())]
    Read {
        /// The path as given.
        file: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// It is far too large to be a config file.
    #[error("`{}` is too large to be a config file", file.display())]
    TooLarge {
        /// The path as given.
        file: PathBuf,
    },
    /// Its content is wrong.
    #[error("{}", describe(file, problems))]
    Invalid {
        /// The path as given.
        file: PathBuf,
        /// What is wrong, in the order of the lines. At least one.
        problems: Vec<Problem>,
    },
    /// A command needs the account, and the file names none.
    #[error("`{}` has no [gorgias] section", file.display())]
    NoAccount {
        /// The path as given.
        file: PathBuf,
    },
    /// A table that `[mapping]` names cannot be read.
    #[error("cannot read `{}`, which [mapping] names", file.display())]
    MappingTable {
        /// The CSV file.
        file: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
}

impl ConfigError {
    /// What to do about it.
    pub fn next_step(&self) -> String {
        match self {
            Self::Missing { .. } => {
                "write one with `gorgias-import init EXPORT...`, or name it with --config".to_owned()
            }
            Self::Read { .. } | Self::TooLarge { .. } => "check the path given with --config".to_owned(),
            Self::Invalid { .. } => {
                "correct the file; every key is described in migration.example.toml and in the man page"
                    .to_owned()
            }
            Self::NoAccount { .. } => {
                "add [gorgias] with account = \"NAME\" and email = \"ADDRESS OF THE KEY'S OWNER\"".to_owned()
            }
            Self::MappingTable { .. } => "correct the path in [mapping], or remove the key".to_owned(),
        }
    }
}

/// One thing that is wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong and what would be right; never the value of a secret.
    pub message: String,
}

fn describe(file: &std::path::Path, problems: &[Problem]) -> String {
    struct Line<'a>(&'a std::path::Path, &'a Problem);
    impl fmt::Display for Line<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "`{}`", self.0.display())?;
            if let Some(line) = self.1.line {
                write!(f, ", line {line}")?;
            }
            write!(f, ": {}", self.1.message)
        }
    }
    problems.iter().map(|problem| Line(file, problem).to_string()).collect::<Vec<_>>().join("\n")
}
