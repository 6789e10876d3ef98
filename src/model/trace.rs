//! Traces: by what a record is known again where one export has an id for it and another has none.
//!
//! Nothing in here depends on a key. Hashes leave this module unkeyed; whoever stores them keys them first, because a
//! phone number can be guessed.

use super::body::Body;
use super::conversation::{Conversation, Message, Side, Status};
use super::key::{ConversationKey, SourceName};

/// The kind in the key of a thread of text messages, which goes by its first message.
pub const THREAD: &str = "thread";

/// The kind in the key of a group's thread, which goes by the group.
pub const GROUP: &str = "group";

/// How far the starts of one call may lie apart in two exports, in seconds: some round, others cut off.
const START_SLACK: i64 = 2;

/// How far its durations may lie apart, in seconds.
const DURATION_SLACK: u32 = 2;

/// Last digits by which numbers are compared, so that `0491 570 006` and `+61 491 570 006` are the same.
const DIGITS: usize = 8;

/// What a message is known by: who, what and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trace {
    /// Hash of author, visibility and text; of a call, of its direction alone.
    pub what: [u8; 16],
    /// Second since 1970; 0 where exports without ids do not say when (comments of calls).
    pub second: i64,
}

impl Trace {
    /// How far the times of one message may lie apart in two exports, in seconds.
    pub const SLACK: i64 = START_SLACK;

    /// The trace of a message. What is said of a call differs with the layout, so a call is known by its time and
    /// direction; its comments have neither author nor time in some layouts, so they are known by their text.
    pub fn of(conversation: &Conversation, message: &Message) -> Self {
        let second = message.sent_at.timestamp().as_second();
        let author = message.author.key.as_str();
        match (conversation.status, message.side) {
            (Status::Call, Side::Note) => Self { what: hash(&["note", &letters(&message.body)]), second: 0 },
            (Status::Call, Side::Customer) => Self { what: hash(&["inbound"]), second },
            (Status::Call, Side::Agent) => Self { what: hash(&["outbound"]), second },
            (_, Side::Note) => Self { what: hash(&["private", author, &letters(&message.body)]), second },
            _ => Self { what: hash(&["public", author, &letters(&message.body)]), second },
        }
    }
}

/// What a call is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallTrace {
    /// Second of its start, since 1970.
    pub started: i64,
    /// The company called.
    pub outbound: bool,
    /// Seconds in all.
    pub seconds: Option<u32>,
    /// Hash of the customer's number, where it is known.
    pub number: Option<[u8; 8]>,
    /// Hash of the line's number, where it is known.
    pub line: Option<[u8; 8]>,
}

/// Whether two calls are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// They are.
    Same,
    /// Nobody can tell.
    Maybe,
    /// They are not.
    Different,
}

impl CallTrace {
    /// How far apart the starts of calls may lie that are anything but different, in seconds.
    pub const REACH: i64 = 60;

    /// The trace of a conversation that is one call, and whether the call's key was made by rule.
    pub fn of(conversation: &Conversation) -> Option<(Self, bool)> {
        let call = conversation.messages.iter().find(|m| m.key.as_str() == conversation.key.as_str())?;
        if conversation.status != Status::Call {
            return None;
        }
        let outbound = call.side == Side::Agent;
        let from = call.route.from.as_ref();
        let to = call.route.to.first();
        let line = if outbound { from } else { to };
        let started = call.sent_at.timestamp();
        let lasted = conversation.times.closed.map(|closed| closed.duration_since(started).as_secs());
        let seconds = lasted.and_then(|seconds| u32::try_from(seconds).ok());
        let customer = conversation.customer.phone.as_deref();
        let line = line.map(|address| &*address.address);
        Some((Self::new(started.as_second(), outbound, seconds, customer, line), call.synthetic_key))
    }

    /// The trace of a call between these numbers.
    pub fn new(
        started: i64,
        outbound: bool,
        seconds: Option<u32>,
        customer: Option<&str>,
        line: Option<&str>,
    ) -> Self {
        Self { started, outbound, seconds, number: customer.and_then(number), line: line.and_then(number) }
    }

    /// Whether the two are one call, as far as both exports say.
    pub fn compare(&self, other: &Self) -> Likeness {
        let apart = (self.started - other.started).abs();
        // A spreadsheet that shows no seconds loses them.
        let coarse = (self.started % 60 == 0 || other.started % 60 == 0)
            && self.started.div_euclid(60) == other.started.div_euclid(60);
        if apart > START_SLACK && !coarse {
            return Likeness::Different;
        }
        let lasted = self.seconds.zip(other.seconds).map(|(one, two)| one.abs_diff(two) <= DURATION_SLACK);
        let lines = self.line.zip(other.line).map(|(one, two)| one == two);
        match self.number.zip(other.number).map(|(one, two)| one == two) {
            // Transfers change the direction in one export and not in the other.
            Some(true) if self.outbound != other.outbound => Likeness::Maybe,
            Some(true) if lasted != Some(false) => Likeness::Same,
            Some(true) if apart <= START_SLACK => Likeness::Maybe,
            Some(_) => Likeness::Different,
            None if lines == Some(false) || lasted == Some(false) || self.outbound != other.outbound => {
                Likeness::Different
            }
            None if lines == Some(true) && lasted == Some(true) && apart <= START_SLACK => Likeness::Same,
            None => Likeness::Maybe,
        }
    }
}

/// For each message of a thread of text messages, the key that the thread has in a log that begins with this message;
/// nothing for any other conversation, which has one key in every export.
pub fn thread_keys(conversation: &Conversation) -> Vec<ConversationKey> {
    let Ok(source) = SourceName::new(conversation.key.source()) else { return Vec::new() };
    let is_thread = |kind: &str| conversation.key.as_str().starts_with(&format!("{source}:{kind}:"));
    if !is_thread(THREAD) && !is_thread(GROUP) {
        return Vec::new();
    }
    conversation
        .messages
        .iter()
        .map(|message| ConversationKey::new(&source, THREAD, message.key.id()))
        .collect()
}

/// Hash of the end of a phone number.
fn number(written: &str) -> Option<[u8; 8]> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let end = &digits[digits.len().saturating_sub(DIGITS)..];
    let mut short = [0; 8];
    short.copy_from_slice(&hash(&["number", end])[..8]);
    (!end.is_empty()).then_some(short)
}

/// Letters and digits of a body in lower case: exports differ in markup, spaces and marks.
fn letters(body: &Body) -> String {
    match (body.text(), body.html()) {
        (Some(text), _) => plain(text),
        (None, Some(html)) => plain(&without_markup(html.as_str())),
        (None, None) => String::new(),
    }
}

/// Letters and digits of a text in lower case.
fn plain(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    for c in text.chars() {
        // Nearly all are ASCII, which needs no tables.
        if c.is_ascii_alphanumeric() {
            letters.push(c.to_ascii_lowercase());
        } else if !c.is_ascii() && c.is_alphanumeric() {
            letters.extend(c.to_lowercase());
        }
    }
    letters
}

/// HTML without tags and entities. An entity stands for a mark or a space far more often than for a letter.
fn without_markup(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        let end = if rest[at..].starts_with('<') { '>' } else { ';' };
        rest = match rest[at..].find(end) {
            Some(length) => &rest[at + length + 1..],
            None => "",
        };
    }
    text.push_str(rest);
    text
}

fn hash(fields: &[&str]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    for field in fields {
        hasher.update(&(field.len() as u64).to_le_bytes());
        hasher.update(field.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::body::Html;
    use super::*;

    fn call(started: i64, seconds: Option<u32>, digits: Option<&str>) -> CallTrace {
        CallTrace { started, outbound: false, seconds, number: digits.and_then(number), line: number("33") }
    }

    #[test]
    fn calls_are_the_same_different_or_nobody_can_tell() {
        use Likeness::{Different, Maybe, Same};
        let one = call(1_000_001, Some(95), Some("+61491570006"));
        let rows = [
            (call(1_000_001, Some(95), Some("0491 570 006")), Same),
            (call(1_000_003, Some(96), Some("+61491570006")), Same),
            (call(1_000_001, None, Some("+61491570006")), Same),
            (call(1_000_001, Some(200), Some("+61491570006")), Maybe),
            (call(1_000_020, Some(95), Some("+61491570006")), Different),
            (call(999_960, Some(95), Some("+61491570006")), Same),
            (call(999_960, Some(20), Some("+61491570006")), Different),
            (call(1_000_001, Some(95), Some("+61491570007")), Different),
            (call(1_000_001, Some(95), None), Same),
            (call(1_000_001, None, None), Maybe),
            (call(1_000_001, Some(20), None), Different),
        ];
        for (other, expected) in rows {
            assert_eq!(one.compare(&other), expected, "{other:?}");
            assert_eq!(other.compare(&one), expected, "{other:?}");
        }
        let turned = CallTrace { outbound: true, ..one.clone() };
        assert_eq!(one.compare(&turned), Maybe);
        let elsewhere = CallTrace { line: number("44"), number: None, ..one.clone() };
        assert_eq!(one.compare(&elsewhere), Different);
    }

    #[test]
    fn texts_are_compared_without_markup_and_marks() {
        let html = Body::new(None, Some(Html::from_export("<p>Hello,&nbsp;<b>W</b>orld &amp; 1</p>")));
        let text = Body::new(Some(" hello **world**\n1 ".to_owned()), None);
        assert_eq!(letters(&html.unwrap()), letters(&text.unwrap()));
        assert_eq!(without_markup("a<b"), "a");
    }

    proptest::proptest! {
        #[test]
        fn any_markup_is_read_without_panic(html in ".{0,60}") {
            proptest::prop_assert!(without_markup(&html).len() <= html.len());
            let _: Option<[u8; 8]> = number(&html);
        }
    }
}
