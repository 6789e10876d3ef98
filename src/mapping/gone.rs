//! Files that a message names and nobody can have: a line of the message says so.
//!
//! Whether a file that should be there can be had shows only when somebody tries; of these it is known from the export.

use super::AttachmentMode;
use crate::model::body::{Body, FILE_NOTE_OPENS};
use crate::model::conversation::{Attachment, FileKind, Message};
use crate::model::finding::{Code, Finding, Place};

/// The files but for those that are gone.
pub(super) fn without(files: &[Attachment]) -> Vec<Attachment> {
    files.iter().filter(|file| !file.kind.is_gone()).cloned().collect()
}

/// The body with a line for every file of `message` that is gone, and a finding of the message for each way of being so.
/// Whoever wants no files wants no word about them either.
pub(super) fn told(
    mut body: Body,
    message: &Message,
    mode: AttachmentMode,
    place: &Place,
    findings: &mut Vec<Finding>,
) -> Body {
    if mode == AttachmentMode::Skip {
        return body;
    }
    for (kind, code, why) in WAYS {
        let of_kind = message.attachments.iter().filter(|file| file.kind == *kind);
        let names: Vec<String> = of_kind.map(name).collect();
        for name in &names {
            body = body.with_last_line(&format!("{FILE_NOTE_OPENS}{name}: {why}]"));
        }
        if !names.is_empty() {
            findings.push(Finding::new(*code, &message.key, place).with_detail(names.join(", ")));
        }
    }
    body
}

/// The ways to be gone, with what is said of them.
const WAYS: &[(FileKind, Code, &str)] = &[
    (FileKind::Deleted, Code::FileDeleted, "it was deleted in the old help desk"),
    (FileKind::Absent, Code::FileWithoutAddress, "it is not in the export"),
];

/// A name that stays on its line.
fn name(file: &Attachment) -> String {
    file.name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
