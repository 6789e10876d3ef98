//! Which tickets are worth a look because something about them is out of the ordinary, and what it is.

use std::collections::HashSet;

use crate::sandbox::store::messages::Message;
use crate::sandbox::store::tickets::Ticket;

/// Messages from which a ticket counts as long.
const MESSAGES_MANY: usize = 20;
/// Characters from which a message counts as long.
const BODY_LONG: usize = 10_000;
/// Elements inside one another from which HTML counts as deep.
const DEEP: usize = 40;
/// Files from which a ticket has many.
const FILES_MANY: usize = 5;
/// People from which a ticket has many.
const PEOPLE_MANY: usize = 5;
/// Days from first to last message from which a ticket counts as old.
const DAYS_MANY: i64 = 180;
/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;
/// Reasons shown.
const REASONS_MAX: usize = 4;

/// How odd a ticket is, and why.
pub(super) struct Oddness {
    /// 0 for an ordinary one.
    pub(super) score: i64,
    /// The reasons, the weightiest first, in words.
    pub(super) why: String,
}

/// Judges a ticket on which so many remarks hang.
pub(super) fn judge(ticket: &Ticket, messages: &[Message], remarks: usize) -> Oddness {
    let mut reasons: Vec<(i64, String)> = Vec::new();
    let mut reason = |weight: usize, words: String| {
        reasons.push((i64::try_from(weight).unwrap_or(i64::MAX), words));
    };
    if messages.len() >= MESSAGES_MANY {
        reason(messages.len(), format!("{} messages", messages.len()));
    }
    let longest = messages.iter().map(length).max().unwrap_or(0);
    if longest >= BODY_LONG {
        reason(20 + longest / 1_000, format!("a message of {} KB", longest / 1_000));
    }
    let html = || messages.iter().filter_map(|message| message.doc.body_html.as_deref());
    let deepest = html().map(depth).max().unwrap_or(0);
    if deepest >= DEEP {
        reason(40 + deepest / 10, format!("HTML nested {deepest} deep"));
    }
    if html().any(|html| has_tag(html, "script")) {
        reason(45, "a script in its HTML".to_owned());
    }
    let broken = |text: &str| text.contains('\u{fffd}');
    if messages
        .iter()
        .any(|one| one.doc.body_text.as_deref().or(one.doc.body_html.as_deref()).is_some_and(broken))
    {
        reason(40, "damaged characters".to_owned());
    }
    let files: usize = messages.iter().map(|message| message.doc.attachments.len()).sum();
    if files >= FILES_MANY {
        reason(10 + files, format!("{files} files"));
    }
    let people: HashSet<_> = messages.iter().map(|message| message.doc.sender).collect();
    if people.len() >= PEOPLE_MANY {
        reason(10 + 3 * people.len(), format!("{} people", people.len()));
    }
    let span =
        |first: &Message, last: &Message| (last.doc.created.micros() - first.doc.created.micros()) / DAY_US;
    if let (Some(first), Some(last)) = (messages.first(), messages.last())
        && span(first, last) >= DAYS_MANY
    {
        reason(15, format!("went on for {} days", span(first, last)));
    }
    if ticket.doc.subject.as_deref().is_none_or(|subject| subject.trim().is_empty()) {
        reason(5, "no subject".to_owned());
    }
    reasons.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let why: Vec<&str> = reasons.iter().take(REASONS_MAX).map(|(_, words)| words.as_str()).collect();
    // Remarks count, and are shown by themselves.
    let remarked = if remarks > 0 { 10 + 2 * i64::try_from(remarks.min(20)).unwrap_or(20) } else { 0 };
    Oddness { score: remarked + reasons.iter().map(|(weight, _)| weight).sum::<i64>(), why: why.join(" · ") }
}

fn length(message: &Message) -> usize {
    let of = |body: &Option<String>| body.as_ref().map_or(0, String::len);
    of(&message.doc.body_text).max(of(&message.doc.body_html))
}

/// Whether an element of this name begins somewhere.
fn has_tag(html: &str, name: &str) -> bool {
    html.match_indices('<').any(|(at, _)| {
        let rest = html.as_bytes().get(at + 1..).unwrap_or_default();
        rest.len() > name.len()
            && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes())
            && !rest[name.len()].is_ascii_alphanumeric()
    })
}

/// Elements inside one another, roughly: those that need no end do not count, and an end that fits nothing is ignored.
fn depth(html: &str) -> usize {
    let (mut now, mut deepest) = (0_usize, 0);
    for (at, _) in html.match_indices('<') {
        let rest = &html.as_bytes()[at + 1..];
        match rest.first() {
            Some(b'/') => now = now.saturating_sub(1),
            Some(first) if first.is_ascii_alphabetic() => {
                let name: Vec<u8> = rest
                    .iter()
                    .take(8)
                    .take_while(|byte| byte.is_ascii_alphanumeric())
                    .map(u8::to_ascii_lowercase)
                    .collect();
                if !matches!(
                    name.as_slice(),
                    b"br"
                        | b"img"
                        | b"hr"
                        | b"meta"
                        | b"link"
                        | b"input"
                        | b"col"
                        | b"wbr"
                        | b"p"
                        | b"li"
                        | b"td"
                        | b"tr"
                ) {
                    now += 1;
                    deepest = deepest.max(now);
                }
            }
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_and_tags_are_seen() {
        assert_eq!(depth("<div><div><b>x</b></div></div><div></div>"), 3);
        assert_eq!(depth("</div></div><p><p><p>x<br>"), 0);
        assert_eq!(depth(&"<div>".repeat(600)), 600);
        assert!(has_tag("x<SCRIPT>y", "script") && has_tag("<script src=x>", "script"));
        assert!(
            !has_tag("<scripture>", "script")
                && !has_tag("a < script", "script")
                && !has_tag("<script", "script")
        );
    }
}
