//! What form a stream has: JSON, XML or a table. By its beginning, never by its name.

use super::tables;
use crate::source::input::encoding::without_bom;

/// Forms of streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// JSON in any of its shapes, or nothing at all.
    Json,
    /// XML, or a web page.
    Xml,
    /// CSV.
    Table,
    /// None of these.
    Unknown,
}

/// True if a stream that begins with `head` is JSON at the first look.
pub(super) fn is_json(head: &[u8]) -> bool {
    matches!(without_bom(head).trim_ascii_start().first(), None | Some(b'{' | b'['))
}

/// The form of a stream that begins with `probe`.
pub(super) fn of(probe: &[u8]) -> Form {
    let text = without_bom(probe).trim_ascii_start();
    if is_json(text) {
        Form::Json
    } else if text.starts_with(b"<") {
        Form::Xml
    } else if tables::is_known(text) {
        Form::Table
    } else if memchr::memmem::find(text, b"{\"").is_some() {
        // A damaged first line of JSON. A table of an unknown kind with JSON in its cells is told line by line too.
        Form::Json
    } else if tables::looks_like_table(text) {
        Form::Table
    } else {
        Form::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_by_their_beginning() {
        for (text, form) in [
            ("", Form::Json),
            ("\u{feff}\n {\"id\":1}", Form::Json),
            ("[", Form::Json),
            ("garbage\n{\"id\":1}\n", Form::Json),
            ("<?xml version=\"1.0\"?>\n<tickets>", Form::Xml),
            ("\u{feff}<tickets/>", Form::Xml),
            ("id,requester_id,subject,via\n1,2,s,\"{\"\"channel\"\":1}\"\n", Form::Table),
            ("id;ticket_id;body;author_id;created_at\n", Form::Table),
            ("Numéro,Sujet,Demandeur\n", Form::Table),
            ("ticket|comments|requester\n", Form::Table),
            ("Notes about the export.\nNothing else.\n", Form::Unknown),
            ("\0\u{1}\u{2},\n", Form::Unknown),
        ] {
            assert_eq!(of(text.as_bytes()), form, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_beginning_has_a_form(bytes in proptest::collection::vec(0_u8..=255, 0..200)) {
            of(&bytes);
        }
    }
}
