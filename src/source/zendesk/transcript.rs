//! Transcripts of chats: comments that tell once more, as one text, what the chat's events say one by one (reference 3.5).

use super::extra::{Extra, Whence};
use super::redaction;

/// The text of a line of a transcript, after its time and its speaker: `x` of `(10:11:12 AM) Kim: x`.
fn line_of_transcript(line: &str) -> Option<&str> {
    let (time, rest) = line.trim_start().strip_prefix('(')?.split_once(") ")?;
    let time = time.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.' || c == ' ');
    let is_time = time.split(':').count() >= 2
        && time
            .split(':')
            .all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    is_time.then_some(rest).map(|rest| rest.split_once(": ").map_or(rest, |(_, text)| text).trim())
}

/// Beginnings of the lines that Zendesk writes above a transcript.
const ABOVE: [&str; 6] =
    ["Chat started", "Chat ended", "Chat duration", "Chat transcript", "Served by", "Conversation with "];

/// Beginnings of those that stand below it too, before a time.
const BELOW: [&str; 2] = ["Chat ended", "Chat duration"];

/// Longest of these lines, in words. What is longer was written by somebody.
const WORDS_MAX: usize = 8;

/// What notices say of somebody who came or went, in the languages of many accounts.
const CAME_OR_WENT: [&str; 14] = [
    "joined",
    "left",
    "beigetreten",
    "verlassen",
    "rejoint",
    "quitté",
    "unido",
    "abandonado",
    "salido",
    "entrou",
    "saiu",
    "entrato",
    "abbandonato",
    "verlaten",
];

/// True for a notice that somebody came or went: `*** Kim joined the chat ***`.
fn is_notice(line: &str) -> bool {
    let inner = line.strip_prefix("***").and_then(|rest| rest.trim_end().strip_suffix("***"));
    inner.is_some_and(|inner| {
        let inner = inner.to_lowercase();
        let mut words = inner.split(|one: char| !one.is_alphanumeric());
        inner.contains("chat") && words.any(|word| CAME_OR_WENT.contains(&word))
    })
}

/// True for a line that Zendesk writes around a transcript.
fn is_around(line: &str, is_above: bool) -> bool {
    let is_stamped = |begin: &&str| {
        let rest = line.strip_prefix(*begin).map(|rest| rest.trim_start_matches([' ', ':']));
        let rest = rest.map(|rest| rest.strip_prefix("on ").or(rest.strip_prefix("at ")).unwrap_or(rest));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    !line.chars().any(char::is_alphanumeric)
        || is_notice(line)
        || (line.split_whitespace().count() <= WORDS_MAX
            && (BELOW.iter().any(is_stamped)
                || (is_above && ABOVE.iter().any(|begin| line.starts_with(begin)))))
}

/// True if `text` is the transcript of a chat and says nothing that is not in `extras`, but for what was redacted there.
/// What is not certainly said already makes it a message: once too often is better than never.
pub(super) fn repeats(text: &str, extras: &[Extra]) -> bool {
    if extras.iter().all(|extra| extra.from == Whence::Side) {
        return false;
    }
    let stands_in = |said: &str| {
        let mut lines = extras.iter().flat_map(|extra| extra.text().lines()).map(str::trim);
        lines.any(|line| line == said || redaction::is_of(line, said, true))
    };
    let is_file = |said: &str| {
        // The address in a transcript is often another one than in the history.
        let mut files = extras.iter().flat_map(|extra| &extra.attachments);
        said.contains("://")
            && files.any(|file| {
                let has_address = !file.url.is_empty() && said.contains(&file.url);
                has_address || said.ends_with(&format!("/{}", file.name))
            })
    };
    // Notices about joining stand in transcripts under other words than in histories.
    let is_known = |said: &str| said.is_empty() || is_notice(said) || is_file(said) || stands_in(said);
    let mut is_transcript = false;
    text.lines().all(|line| match line_of_transcript(line) {
        Some(said) => {
            is_transcript = true;
            is_known(said)
        }
        None => is_around(line.trim(), !is_transcript) || stands_in(line.trim()),
    }) && is_transcript
}

/// True for the text of the first, empty comment of a ticket that was made of a chat: `Conversation with Kim`. Others may
/// begin so too.
pub(super) fn is_stub(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("Conversation with ") && !text.contains('\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::zendesk::chat::tests::history;

    #[test]
    fn transcripts_that_say_nothing_new() {
        let said = history(
            r#"[{"type":"ChatMessage","actor_id":"1","message":"Hi there\nand here","timestamp":1709633472000},
            {"type":"ChatFileAttachment","actor_id":"1","filename":"b.png","url":"https://x/b.png","timestamp":1709633473000},
            {"type":"ChatFileAttachment","actor_id":"1","filename":"c.png","url":null,"timestamp":1709633474000}]"#,
        );
        for (text, expected) in [
            ("(10:11:12) Kim: Hi there\n(10:11:13) *** Alex joined the chat ***", true),
            ("(10:11:12 AM) Kim: Hi there\n(10:11:13 AM) Kim: https://x/b.png", true),
            ("(10:11:12) Kim: Hi there\n(10:11:13) Alex: something new", false),
            ("Chat started on 2024-03-05\n----\n(10:11:12) Kim: Hi there\nand here", true),
            ("(10:11:12) Kim: Hi there\n\nSummary: refund agreed", false),
            ("*** Kim joined the chat ***\n(10:11:12) Kim: Hi there\n*** Kim left the chat ***", true),
            ("(10:11:12) Kim: Hi there\n(10:11:13) *** Kim hat den Chat verlassen ***", true),
            ("(10:11:12) Kim: Hi there\n***Refund of 50 EUR promised***", false),
            ("(10:11:12) Kim: Hi there\n*** Refund of 50 EUR promised in the chat", false),
            ("(10:11:12) Kim: Hi there\n(10:11:13) ***Refund of 50 EUR promised***", false),
            ("Conversation with Kim\n(10:11:12) Kim: Hi there\nChat ended: 10:12:00", true),
            ("(10:11:12) Kim: Hi there\nConversation with the bank: fraud confirmed", false),
            ("(10:11:12) Kim: Hi there\nChat transcript shows that a refund was promised", false),
            ("(10:11:12) Kim: Hi there\n(10:11:13) Alex: https://pay.example/x", false),
            ("Hi there", false),
            ("(see above) Kim: Hi there", false),
        ] {
            assert_eq!(repeats(text, &said), expected, "{text}");
            assert!(!repeats(text, &[]));
        }
        assert!(is_stub("Conversation with Kim\n") && !is_stub("Conversation with Kim\nHi"));
    }
}
