//! Why a file could not be had: as a finding, as words in its message, and as the ledger keeps it.

use std::borrow::Cow;
use std::fmt;

use crate::model::finding::Code;

/// Why a file could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Its host is none that may be asked.
    NotListed,
    /// Nobody without a login is given such a file, and the config names none.
    NoLogin,
    /// Nothing is fetched from the web in this command.
    Offline,
    /// The host has no address, or refuses connections.
    Unreachable,
    /// The host did not answer in time.
    Silent,
    /// The host answered with this status and no file.
    Status(u16),
    /// A web page came, such as a form to log in.
    WebPage,
    /// It leads to a host that may not be asked.
    LedAway,
    /// It leads to a private address.
    Private,
    /// It is larger than the config allows.
    TooLarge,
    /// Nothing came.
    Empty,
    /// Less came than the file has.
    CutOff,
    /// The dump does not have it (any more), or it cannot be read there.
    NotInDump,
    /// Gorgias does not take it.
    Refused,
}

/// The reasons without a number, as the ledger names them and as people read them.
const WORDS: &[(Reason, &str, &str)] = &[
    (Reason::NotListed, "not-listed", "its host may not be asked"),
    (Reason::NoLogin, "no-login", "it needs a login"),
    (Reason::Offline, "offline", "not fetched in a rehearsal"),
    (Reason::Unreachable, "unreachable", "the host cannot be reached"),
    (Reason::Silent, "silent", "the host does not answer"),
    (Reason::WebPage, "web-page", "a web page came in its place"),
    (Reason::LedAway, "led-away", "it leads to another host"),
    (Reason::Private, "private", "it leads to a private address"),
    (Reason::TooLarge, "too-large", "too large"),
    (Reason::Empty, "empty", "it is empty"),
    (Reason::CutOff, "cut-off", "it did not come whole"),
    (Reason::NotInDump, "not-in-dump", "it is not in the export"),
    (Reason::Refused, "refused", "Gorgias does not take it"),
];

/// Begins the name of a status in the ledger.
const STATUS: &str = "status-";

impl Reason {
    /// The finding that it is.
    pub fn code(self) -> Code {
        match self {
            Self::NotListed => Code::FileHostNotListed,
            Self::NoLogin => Code::RecordingWithoutLogin,
            Self::Offline => Code::FileNotFetched,
            Self::Unreachable | Self::Silent => Code::FileHostSilent,
            Self::Status(401 | 403) | Self::WebPage => Code::FileNeedsLogin,
            Self::Status(404 | 410) => Code::FileGone,
            Self::LedAway | Self::Private => Code::FileLedAway,
            Self::TooLarge => Code::FileTooLarge,
            Self::Status(_) | Self::Empty | Self::CutOff => Code::FileUnusable,
            Self::NotInDump => Code::FileNotInDump,
            Self::Refused => Code::FileRefused,
        }
    }

    /// Whether the message keeps the old link without a word about it: nobody tried to have the file.
    pub fn leaves_link(self) -> bool {
        matches!(self, Self::NotListed | Self::NoLogin | Self::Offline)
    }

    /// Whether the old link may still be of use to a person, beside the words that the file is not there.
    pub fn link_may_work(self) -> bool {
        matches!(self, Self::Unreachable | Self::Silent)
    }

    /// Whether another try may have another end.
    pub fn may_pass(self) -> bool {
        matches!(
            self,
            Self::Unreachable | Self::Silent | Self::CutOff | Self::Status(408 | 425 | 429 | 500..=599)
        )
    }

    /// As the ledger keeps it.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::Status(status) => format!("{STATUS}{status}").into(),
            other => {
                WORDS.iter().find(|(reason, ..)| *reason == other).map_or("", |(_, name, _)| *name).into()
            }
        }
    }

    /// What [`Self::name`] made.
    pub fn named(name: &str) -> Option<Self> {
        match name.strip_prefix(STATUS) {
            Some(status) => status.parse().ok().map(Self::Status),
            None => WORDS.iter().find(|(_, known, _)| *known == name).map(|(reason, ..)| *reason),
        }
    }
}

/// What [`Reason`]'s words begin with where a host answered with a status that nothing better is said of.
const ANSWERS: &str = "the host answers ";

impl Reason {
    /// The reason that a message gives in these words. Where several have the same, any that is treated like them.
    pub fn said(words: &str) -> Option<Self> {
        let of_words = || {
            let mut all = [Self::Status(404), Self::Status(403)]
                .into_iter()
                .chain(WORDS.iter().map(|(reason, ..)| *reason));
            all.find(|reason| reason.to_string() == words)
        };
        match words.strip_prefix(ANSWERS) {
            Some(status) => status.parse().ok().map(Self::Status),
            None => of_words(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(404 | 410) => f.write_str("it is no longer there"),
            Self::Status(401 | 403) => f.write_str("it needs a login"),
            Self::Status(status) => write!(f, "{ANSWERS}{status}"),
            other => f.write_str(
                WORDS.iter().find(|(reason, ..)| reason == other).map_or("", |(.., words)| *words),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_words_and_comes_back_from_the_ledger() {
        let all = WORDS.iter().map(|(reason, ..)| *reason);
        for reason in all.chain([404, 403, 500, 418].map(Reason::Status)) {
            assert_eq!(Reason::named(&reason.name()), Some(reason));
            let said = Reason::said(&reason.to_string()).unwrap();
            assert_eq!(
                (said.to_string(), said.link_may_work()),
                (reason.to_string(), reason.link_may_work())
            );
        }
        assert_eq!(Reason::named("status-x"), None);
        assert_eq!(Reason::named("unheard-of"), None);
        assert_eq!((Reason::said("nobody knows"), Reason::said("the host answers back")), (None, None));
    }
}
