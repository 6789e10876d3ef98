//! Whether this login may write, and whether the clock of this machine can be trusted.

use jiff::{SignedDuration, Timestamp};

use crate::commands::CommandError;
use crate::exit::ExitCode;
use crate::text;

/// Role of users who only look (the table of roles is not documented; observers are said to read).
const OBSERVER: &str = "observer-agent";

/// Refuses a login that cannot create tickets, before an import has half begun.
pub(super) fn check_role(role: Option<&str>) -> Result<(), CommandError> {
    if role != Some(OBSERVER) {
        return Ok(());
    }
    let message = "the key belongs to a user of the role observer-agent, who may not create tickets";
    Err(CommandError::new(ExitCode::Auth, message).with_next("use the key of an admin or an agent"))
}

/// A difference of clocks up to this is normal.
const CLOCKS_APART_MAX: SignedDuration = SignedDuration::from_mins(2);

/// What is to be said where the server's clock and this machine's are far apart: the gate asks both whether a message
/// is past.
pub(super) fn clock(theirs: Timestamp, ours: Timestamp) -> Option<String> {
    let apart = theirs.duration_since(ours);
    if apart.abs() <= CLOCKS_APART_MAX {
        return None;
    }
    let which = if apart.is_negative() { "ahead of" } else { "behind" };
    let length = text::duration(apart.unsigned_abs());
    Some(format!(
        "the clock of this machine is {length} {which} Gorgias's; messages of the time between are refused as ones of the \
         future. Set the clock"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_far_apart_are_told() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let noon = at("2026-03-02T12:00:00Z");
        assert_eq!(clock(at("2026-03-02T12:01:30Z"), noon), None);
        assert!(clock(at("2026-03-02T13:00:00Z"), noon).unwrap().contains("1 h 00 min behind"));
        assert!(clock(at("2026-03-02T11:50:00Z"), noon).unwrap().contains("10 min 00 s ahead of"));
    }

    #[test]
    fn observers_are_refused() {
        assert_eq!(check_role(Some("observer-agent")).unwrap_err().code(), ExitCode::Auth);
        assert!(check_role(Some("admin")).is_ok() && check_role(None).is_ok());
    }
}
