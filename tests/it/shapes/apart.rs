//! Dumps whose comments do not name their ticket, neither by a key nor by the name of their file.

use serde_json::json;

use super::dumps::{Paging, comment_pages, incremental, incremental_ticket, lists, not_deleted};
use super::folder::Folder;
use super::history::History;
use super::lacks;
use super::{Shape, shape};

/// The same with the ticket of the comments in the addresses of their pages only.
fn comments_by_address(history: &History, folder: &Folder) {
    incremental(history, folder);
    for (at, ticket) in not_deleted(history).enumerate() {
        let file = |number: usize| {
            format!(
                "comments/part-{}-{number}.json",
                char::from(b'a' + u8::try_from(at % 26).unwrap()).to_string().repeat(at / 26 + 1)
            )
        };
        for (number, page) in (1..).zip(comment_pages(ticket, Paging::Cursor)) {
            folder.file(&file(number), page.to_string());
        }
    }
}

/// A folder for each ticket, one for each of its comments, with the bytes of files beside them.
fn folder_each(history: &History, folder: &Folder) {
    lists(history, folder, Paging::Offset);
    for ticket in not_deleted(history) {
        let home = format!("data/tickets/{}", ticket.number);
        folder
            .file(&format!("{home}/ticket.json"), json!({"ticket": incremental_ticket(ticket)}).to_string());
        for comment in &ticket.comments {
            let home = format!("{home}/{}", comment.id);
            folder.file(&format!("{home}/comment.json"), comment.object().to_string());
            for file in &comment.files {
                let bytes = vec![b'%'; usize::try_from(file.size).unwrap()];
                folder.file(&format!("{home}/attachments/{}/{}", file.id, file.name), bytes);
            }
            if let Some(call) = &comment.call {
                folder.file(&format!("{home}/recordings/{}.mp3", call.id), b"ID3\x03 not really");
            }
        }
    }
}

/// The shapes of this file.
pub(super) const SHAPES: &[Shape] = &[
    shape("comment pages known by their addresses", comments_by_address, lacks::API),
    shape("a folder a ticket", folder_each, lacks::FOLDERS),
];
