//! Texts out of cells: names on one line, comments on several, links that last.

use super::call::Audio;

/// Longest name kept, in characters: what Gorgias takes for a tag, and more than any name.
pub(super) const NAME_CHARS_MAX: usize = 256;

/// Longest value kept whole or not at all, in characters: browsers and servers take no longer links.
const WHOLE_CHARS_MAX: usize = 16_384;

/// Longest value kept that has no part in a conversation, in characters.
const FACT_CHARS_MAX: usize = 4_000;

/// Longest comment kept, in characters. Aircall's own limit is not documented; a record is cut off long before.
const COMMENT_CHARS_MAX: usize = 100_000;

/// What Aircall writes in the place of an agent.
const NOBODY: &str = "[No associated user]";

/// A name: one line, single spaces, nothing invisible.
pub(super) fn name(cell: &str) -> Option<String> {
    line(cell, NAME_CHARS_MAX)
}

/// A value that has no part in a conversation and is kept in its meta data: one line.
pub(super) fn fact(cell: &str) -> Option<String> {
    line(cell, FACT_CHARS_MAX)
}

/// A link or an address: without its end it would be another one, so what is too long is nothing.
pub(super) fn whole(cell: &str) -> Option<String> {
    let cell = cell.trim();
    let fits = !cell.is_empty() && cell.len() <= WHOLE_CHARS_MAX && !cell.chars().any(char::is_control);
    fits.then(|| cell.to_owned())
}

fn line(cell: &str, chars_max: usize) -> Option<String> {
    let words = cell.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let name: String = words.collect::<Vec<_>>().join(" ").chars().take(chars_max).collect();
    (!name.is_empty()).then_some(name)
}

/// An agent's name, unless it is the stand-in for nobody.
pub(super) fn agent_name(cell: &str) -> Option<String> {
    name(cell).filter(|name| !name.eq_ignore_ascii_case(NOBODY))
}

/// A comment: its lines as they are, without control characters.
pub(super) fn comment(cell: &str) -> Option<String> {
    let text: String = cell
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .take(COMMENT_CHARS_MAX)
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Tag names, with commas between them; names hold slashes and semicolons.
pub(super) fn tags(cell: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in cell.split(',').filter_map(name) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// A recording or voicemail. Only links to Aircall's own pages last, and those without their query.
pub(super) fn audio(cell: &str) -> Option<Audio> {
    let cell = cell.trim();
    if cell.is_empty() || ["no", "false", "0", "n/a", "-"].iter().any(|word| cell.eq_ignore_ascii_case(word))
    {
        return None;
    }
    let lasting = cell.split(['?', '#']).next().unwrap_or_default();
    let host = lasting.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    let plain = lasting.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\'));
    match host {
        Some("assets.aircall.io" | "dashboard.aircall.io") if plain => Some(Audio::Link(lasting.to_owned())),
        _ => Some(Audio::Kept),
    }
}

/// The id of a call in a link to it: `https://dashboard.aircall.io/calls/2700000001/timeline`.
pub(super) fn id_in_link(cell: &str) -> Option<u64> {
    let (_, rest) = cell.split_once("aircall.io/calls/")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok().filter(|id| *id > 0)
}

/// An id in a cell of its own: digits, or the whole number that a data frame shows with decimals. Ids that a
/// spreadsheet rounded are not read.
pub(super) fn id(cell: &str) -> Option<u64> {
    let cell = cell.trim().trim_start_matches('\'');
    let whole = match cell.split_once(['.', ',']) {
        Some((whole, decimals)) if !decimals.is_empty() && decimals.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => cell,
    };
    let digits = whole.bytes().all(|b| b.is_ascii_digit());
    // Three zeros after a point may be a thousands separator, so such a cell says nothing.
    let grouped = whole.len() < cell.len() && cell.len() - whole.len() > 3;
    (digits && !grouped).then(|| whole.parse().ok()).flatten().filter(|id| *id > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line() {
        assert_eq!(name("  Ana\u{a0} \n Perez\u{0} ").as_deref(), Some("Ana Perez"));
        assert_eq!(name(" \t"), None);
        assert_eq!(name(&"x".repeat(1000)).unwrap().len(), NAME_CHARS_MAX);
        assert_eq!(whole(&format!(" {} ", "x".repeat(1000))).unwrap().len(), 1000);
        assert_eq!(whole(&"x".repeat(WHOLE_CHARS_MAX + 1)), None);
        assert_eq!(agent_name("[No associated user]"), None);
        assert_eq!(agent_name("Jeff Bala-an").as_deref(), Some("Jeff Bala-an"));
    }

    #[test]
    fn comments_keep_their_lines() {
        assert_eq!(comment(" one\r\ntwo\u{7} ").as_deref(), Some("one\ntwo"));
        assert_eq!(comment("\n"), None);
    }

    #[test]
    fn tags_are_split_at_commas_only() {
        assert_eq!(tags("Sales/New; hot, VIP ,,VIP"), ["Sales/New; hot", "VIP"]);
        assert!(tags(" ").is_empty());
    }

    #[test]
    fn only_lasting_links_are_kept() {
        let link = "https://assets.aircall.io/calls/1/recording";
        assert_eq!(audio(link), Some(Audio::Link(link.into())));
        assert_eq!(audio(&format!("{link}?token=x")), Some(Audio::Link(link.into())));
        for cell in [
            "https://s3.example/x.mp3?X-Amz-Signature=1",
            "yes",
            "https://assets.aircall.io.evil.example/x",
            "https://assets.aircall.io/<b>",
        ] {
            assert_eq!(audio(cell), Some(Audio::Kept), "{cell}");
        }
        assert_eq!(audio(" "), None);
        assert_eq!(audio("No"), None);
    }

    #[test]
    fn ids_are_read_only_if_they_are_whole() {
        let rows = [
            ("3331500101", Some(3_331_500_101)),
            ("3331500101.0", Some(3_331_500_101)),
            ("'3331500101", Some(3_331_500_101)),
            ("3.3315E+09", None),
            ("3,331,500,101", None),
            ("3.000", None),
            ("0", None),
            ("", None),
            ("-1", None),
            ("99999999999999999999999", None),
        ];
        for (cell, expected) in rows {
            assert_eq!(id(cell), expected, "{cell}");
        }
        assert_eq!(id_in_link("https://dashboard.aircall.io/calls/3331500101/timeline"), Some(3_331_500_101));
        assert_eq!(id_in_link("https://example.com/calls/1"), None);
    }
}
