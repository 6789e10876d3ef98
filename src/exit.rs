//! Exit codes: the only place with the numbers.
//!
//! Purpose: scripts decide by them whether running again helps, so a number never changes its meaning; new ones may
//! be added, and an unknown number means failure. This module knows nothing of what commands do.

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ExitCode {
    /// Every selected record is in a good final state.
    Ok = 0,
    /// A bug in this program.
    Internal = 1,
    /// Wrong flags or a wrong config.
    Usage = 2,
    /// Finished, but not with everything; [`Self::meaning`] lists what may be missing.
    Partial = 3,
    /// Credentials are missing or refused, or lack a permission, or the account's quota is used up.
    Auth = 4,
    /// The network or the service failed for too long; the same command goes on where it ended.
    Temporary = 5,
    /// `validate` found records that cannot be imported.
    InvalidData = 6,
    /// A safety gate refused.
    Safety = 7,
    /// A time or error limit that the user set was reached.
    Limit = 8,
    /// `verify` found differences, or something planned that is not in Gorgias.
    Differs = 9,
    /// Some requests have an unknown outcome; the next run looks them up.
    UnknownLeft = 10,
    /// Another process holds the ledger.
    Locked = 11,
    /// Ended by Ctrl-C (128 + SIGINT).
    Interrupted = 130,
    /// Ended by SIGTERM (128 + 15).
    Terminated = 143,
}

impl ExitCode {
    /// Every code, by number.
    pub const ALL: &[Self] = &[
        Self::Ok,
        Self::Internal,
        Self::Usage,
        Self::Partial,
        Self::Auth,
        Self::Temporary,
        Self::InvalidData,
        Self::Safety,
        Self::Limit,
        Self::Differs,
        Self::UnknownLeft,
        Self::Locked,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// Which code wins where several apply, strongest first. The design fixes the order 1, 4, 7, 10, 5, 3, 8; the
    /// others end a command on their own and stand where they cannot hide one of these. An interruption stands before
    /// the unknown outcomes, because those are a consequence of it and shells look for 130.
    const PRECEDENCE: &[Self] = &[
        Self::Internal,
        Self::Usage,
        Self::Locked,
        Self::Auth,
        Self::Safety,
        Self::Interrupted,
        Self::Terminated,
        Self::UnknownLeft,
        Self::Temporary,
        Self::InvalidData,
        Self::Differs,
        Self::Partial,
        Self::Limit,
        Self::Ok,
    ];

    /// The number that the shell sees.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The stable name in machine output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Internal => "internal",
            Self::Usage => "usage",
            Self::Partial => "partial",
            Self::Auth => "auth",
            Self::Temporary => "temporary",
            Self::InvalidData => "invalid-data",
            Self::Safety => "safety",
            Self::Limit => "limit",
            Self::Differs => "differs",
            Self::UnknownLeft => "unknown-left",
            Self::Locked => "locked",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }

    /// What it means, for the manual.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "every selected record is in a good final state",
            Self::Internal => "a bug in gorgias-import; report it",
            Self::Usage => "wrong flags or a wrong config file",
            Self::Partial => {
                "it came to its end, but not with all: records were rejected (rejects.csv) or would be (run --dry-run), the same \
                 error came again and again and the run stopped, files could not be fetched, links could not be turned, \
                 undo spared some, or verify found as sent all that is there, without what was rejected"
            }
            Self::Auth => {
                "credentials are missing or refused, a permission is lacking, or the quota is used up"
            }
            Self::Temporary => "the network or Gorgias failed for too long; run the same command again",
            Self::InvalidData => "validate found records that cannot be imported",
            Self::Safety => "a safety gate refused to go on; the message says which and what to do",
            Self::Limit => "a time or error limit that you set was reached; run again to go on",
            Self::Differs => "verify found differences, or something planned that is not in Gorgias",
            Self::UnknownLeft => "some requests have an unknown outcome; run again to look them up",
            Self::Locked => "another process holds the ledger; wait for it",
            Self::Interrupted => "ended by Ctrl-C; run again to go on",
            Self::Terminated => "ended by SIGTERM; run again to go on",
        }
    }

    /// The code for a process in which all of `codes` apply; none is [`Self::Ok`].
    pub fn strongest(codes: impl IntoIterator<Item = Self>) -> Self {
        codes.into_iter().min_by_key(|code| code.rank()).unwrap_or(Self::Ok)
    }

    fn rank(self) -> usize {
        Self::PRECEDENCE.iter().position(|code| *code == self).unwrap_or(0)
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_that_scripts_rely_on() {
        let numbers: Vec<u8> = ExitCode::ALL.iter().map(|code| code.number()).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 130, 143]);
    }

    #[test]
    fn names_are_distinct() {
        let names: std::collections::HashSet<_> = ExitCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), ExitCode::ALL.len());
    }

    #[test]
    fn every_code_has_one_place_in_the_precedence() {
        for code in ExitCode::ALL {
            assert_eq!(ExitCode::PRECEDENCE.iter().filter(|c| *c == code).count(), 1, "{code:?}");
        }
        assert_eq!(ExitCode::PRECEDENCE.len(), ExitCode::ALL.len());
    }

    #[test]
    fn the_stronger_code_wins_in_the_order_of_the_design() {
        use ExitCode::{Auth, Internal, Limit, Partial, Safety, Temporary, UnknownLeft};
        let order = [Internal, Auth, Safety, UnknownLeft, Temporary, Partial, Limit];
        for (place, strong) in order.iter().enumerate() {
            for weak in &order[place..] {
                assert_eq!(ExitCode::strongest([*weak, *strong, ExitCode::Ok]), *strong);
            }
        }
    }

    #[test]
    fn nothing_is_success_and_an_interruption_hides_what_follows_from_it() {
        assert_eq!(ExitCode::strongest([]), ExitCode::Ok);
        assert_eq!(
            ExitCode::strongest([ExitCode::UnknownLeft, ExitCode::Interrupted, ExitCode::Partial]),
            ExitCode::Interrupted
        );
    }
}
