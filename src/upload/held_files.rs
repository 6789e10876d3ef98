//! Files as a message in Gorgias has them: what a ledger that was made anew does not know of them, the message itself tells.

use crate::attachments::{Fate, Reason, reason_in};
use crate::gorgias::wire;
use crate::model::body::FILE_NOTE_OPENS;
use crate::model::conversation::{Attachment, FileKind};

/// What a message says of missing files; nothing where it does not say that any is missing.
pub(super) fn notes(message: &wire::Message) -> Option<&str> {
    let said = message.body_text.as_deref().or(message.body_html.as_deref())?;
    said.find(FILE_NOTE_OPENS).map(|from| &said[from..])
}

/// Why a message says that a file is missing, if its `notes` say so.
pub(super) fn missing(notes: &str, file: &Attachment) -> Option<Reason> {
    reason_in(notes, file)
}

/// The files of a message, while it is told of one after another what became of it.
pub(super) struct HeldFiles<'m> {
    message: &'m wire::Message,
    /// Those in its list that Gorgias keeps.
    kept: Vec<&'m wire::StoredAttachment>,
}

/// Whether an item of a message's list leads to where the file was.
fn is_link(there: &wire::StoredAttachment, file: &Attachment) -> bool {
    there.url.as_deref() == Some(file.url.as_str())
}

impl<'m> HeldFiles<'m> {
    pub(super) fn of(message: &'m wire::Message, planned: &[Attachment]) -> Self {
        let is_kept = |there: &&wire::StoredAttachment| !planned.iter().any(|file| is_link(there, file));
        Self { message, kept: message.attachments.iter().filter(is_kept).collect() }
    }

    /// What became of a file that is not said to be missing. Nothing where the message does not show that: a picture has no
    /// name in a body, and somebody may have taken a file out.
    pub(super) fn fate(&mut self, file: &Attachment) -> Option<Fate> {
        if self.message.attachments.iter().any(|there| is_link(there, file)) || self.shows(file) {
            return Some(Fate::Without(Reason::NotListed));
        }
        let named = |there: &&wire::StoredAttachment| there.name.as_deref() == Some(file.name.as_str());
        let kept = self.kept.remove(self.kept.iter().position(named)?);
        Some(Fate::There {
            url: kept.url.clone()?,
            content_type: kept.content_type.clone().unwrap_or_default(),
            size: kept.size.unwrap_or_default(),
        })
    }

    /// Whether the message's body leads to where the file was: it stayed a link.
    fn shows(&self, file: &Attachment) -> bool {
        let in_body =
            matches!(file.kind, FileKind::InlineImage | FileKind::Recording) && !file.url.is_empty();
        let escaped = file.url.replace('&', "&amp;");
        let bodies = [&self.message.body_html, &self.message.body_text];
        in_body
            && bodies.into_iter().flatten().any(|body| body.contains(&file.url) || body.contains(&escaped))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(url: &str, name: &str, kind: FileKind) -> Attachment {
        let (url, name) = (url.to_owned(), name.to_owned());
        Attachment { url, name, content_type: None, size: None, kind, local: None }
    }

    #[test]
    fn every_file_is_told_by_the_list_or_the_body_or_not_at_all() {
        let message = json!({"id": 1, "body_text": "Hi\n\n[file not available: a.pdf: it is no longer there]",
            "body_html": "<img src=\"https://t.example/x?a=1&amp;b=2\">", "attachments": [
                {"url": "https://z.example/l", "name": "b.pdf"},
                {"url": "https://u.example/1", "name": "b.pdf", "content_type": "application/pdf", "size": 9}]});
        let message: wire::Message = serde_json::from_value(message).unwrap();
        let gone = file("https://z.example/a", "a.pdf", FileKind::Attachment);
        assert_eq!(missing(notes(&message).unwrap(), &gone), Some(Reason::Status(404)));
        let files = [
            file("https://z.example/b", "b.pdf", FileKind::Attachment),
            file("https://z.example/l", "b.pdf", FileKind::Attachment),
            file("https://t.example/x?a=1&b=2", "x.png", FileKind::InlineImage),
            file("https://z.example/c", "b.pdf", FileKind::Attachment),
        ];
        let mut held = HeldFiles::of(&message, &files);
        let fates = files.each_ref().map(|file| held.fate(file));
        let there = Fate::There {
            url: "https://u.example/1".into(),
            content_type: "application/pdf".into(),
            size: 9,
        };
        let link = Fate::Without(Reason::NotListed);
        // The first is not the link of the second, although it comes before it.
        assert_eq!(fates, [Some(there), Some(link.clone()), Some(link), None]);
    }
}
