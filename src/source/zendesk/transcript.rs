//! Transcripts of chats: comments that tell once more, as one text, what the chat's events say one by one (reference 3.5).

use super::extra::{Extra, Whence};

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

/// Beginnings of the lines that Zendesk writes around a transcript.
const AROUND_TRANSCRIPT: [&str; 7] = [
    "Chat started",
    "Chat ended",
    "Chat duration",
    "Chat transcript",
    "Served by",
    "Conversation with ",
    // Notices that somebody came or went, where they have no time.
    "***",
];

/// True if `text` is the transcript of a chat and says nothing that is not in `extras`. What is not certainly said
/// already makes it a message: once too often is better than never.
pub(super) fn repeats(text: &str, extras: &[Extra]) -> bool {
    if extras.iter().all(|extra| extra.from == Whence::Side) {
        return false;
    }
    let stands_in =
        |said: &str| extras.iter().any(|extra| extra.text().lines().any(|line| line.trim() == said));
    let is_file = |said: &str| {
        // The address in a transcript is often another one than in the history.
        let mut files = extras.iter().flat_map(|extra| &extra.attachments);
        said.contains("://")
            && files.any(|file| said.contains(&file.url) || said.ends_with(&format!("/{}", file.name)))
    };
    // Notices about joining stand in transcripts under other words than in histories.
    let is_known =
        |said: &str| said.is_empty() || said.starts_with("***") || is_file(said) || stands_in(said);
    let is_around = |line: &str| {
        AROUND_TRANSCRIPT.iter().any(|begin| line.starts_with(begin))
            || !line.chars().any(char::is_alphanumeric)
    };
    let mut is_transcript = false;
    text.lines().all(|line| match line_of_transcript(line) {
        Some(said) => {
            is_transcript = true;
            is_known(said)
        }
        None => is_around(line.trim()) || stands_in(line.trim()),
    }) && is_transcript
}

/// True for the first, empty comment of a ticket that was made of a chat: `Conversation with Kim`.
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
            {"type":"ChatFileAttachment","actor_id":"1","filename":"b.png","url":"https://x/b.png","timestamp":1709633473000}]"#,
        );
        for (text, expected) in [
            ("(10:11:12) Kim: Hi there\n(10:11:13) *** Alex joined the chat ***", true),
            ("(10:11:12 AM) Kim: Hi there\n(10:11:13 AM) Kim: https://x/b.png", true),
            ("(10:11:12) Kim: Hi there\n(10:11:13) Alex: something new", false),
            ("Chat started on 2024-03-05\n----\n(10:11:12) Kim: Hi there\nand here", true),
            ("(10:11:12) Kim: Hi there\n\nSummary: refund agreed", false),
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
