//! Keys of comments without ids. They are made of what stays the same however often, and in whatever form, an export is
//! made: when a comment was written, and by whom. A comment's place in its ticket does not, as soon as one more is read
//! before it, and neither does its text, which can be redacted.

use std::collections::HashMap;

use super::comment::Comment;
use super::loose::Integer;
use crate::model::time::parse_rfc3339;

/// Numbers the comments of one second and author, in their order.
#[derive(Debug, Default)]
pub(super) struct Nameless {
    met: HashMap<(i64, Option<i64>), usize>,
}

impl Nameless {
    /// What the key of a comment says after that of its ticket; nothing for comments that have an id, and for those
    /// that do not say when they were written, which cannot be imported.
    pub(super) fn name(&mut self, comment: &Comment<'_>) -> Option<String> {
        if comment.id != Integer::Absent {
            return None;
        }
        let second = comment.created_at.get().and_then(parse_rfc3339)?.as_second();
        let author = comment.author_id.known();
        let met = self.met.entry((second, author)).or_default();
        *met += 1;
        let author = author.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
        Some(if *met == 1 { format!("{second}:{author}") } else { format!("{second}:{author}:{met}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_named_by_when_and_by_whom() {
        let mut nameless = Nameless::default();
        let mut name = |json: &str| nameless.name(&serde_json::from_str(json).unwrap());
        let first = r#"{"author_id":9,"body":"a","created_at":"2024-01-01T00:00:00.5Z"}"#;
        assert_eq!(name(first).as_deref(), Some("1704067200:9"));
        assert_eq!(name(&first.replace("\"a\"", "\"▇\"")).as_deref(), Some("1704067200:9:2"));
        assert_eq!(name(&first.replace('9', "-1")).as_deref(), Some("1704067200:-1"));
        assert_eq!(name(&first.replace('9', "null")).as_deref(), Some("1704067200:unknown"));
        assert_eq!(name(r#"{"author_id":9,"body":"a"}"#), None);
        assert_eq!(name(r#"{"id":1,"author_id":9,"created_at":"2024-01-01T00:00:00Z"}"#), None);
    }
}
