//! Dumps made with the API: pages, one a line as when answers are appended to a file. Tickets never hold comments there.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Output;
use crate::shop::wire::{Comment, Ticket, User, address};
use crate::sink::{Pack, Sink};

/// Records on a page; answers of the incremental endpoints have up to a thousand.
const PAGE: usize = 100;
/// Files of comments in one folder, so that folders stay usable.
const FOLDER_FILES: u64 = 1_000;

/// Where the comments are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Comments {
    /// In pages of their own, a file for each ticket.
    Pages,
    /// In ticket events.
    Events,
    /// In audits.
    Audits,
}

/// A list that is written page by page.
struct Paged {
    sink: Sink,
    list: &'static str,
    waiting: Vec<Value>,
}

impl Paged {
    fn create(folder: &Path, pack: Pack, list: &'static str) -> io::Result<Self> {
        Ok(Self { sink: Sink::create(folder, list, pack)?, list, waiting: Vec::new() })
    }

    fn add(&mut self, record: Value) -> io::Result<u64> {
        self.waiting.push(record);
        if self.waiting.len() < PAGE { Ok(0) } else { self.page(false) }
    }

    fn page(&mut self, last: bool) -> io::Result<u64> {
        let records = std::mem::take(&mut self.waiting);
        let count = records.len();
        self.sink.line(&json!({self.list: records, "count": count, "end_of_stream": last, "next_page": null}))
    }

    fn finish(mut self) -> io::Result<()> {
        self.page(true)?;
        self.sink.finish()
    }
}

/// The pages of a dump.
pub(super) struct Api {
    folder: PathBuf,
    pack: Pack,
    tickets: Paged,
    users: Paged,
    /// Events or audits.
    changes: Option<Paged>,
    comments: Comments,
}

impl Api {
    /// Opens the files.
    pub(super) fn create(folder: &Path, pack: Pack, comments: Comments) -> io::Result<Self> {
        let open = |list| Paged::create(folder, pack, list);
        let changes = match comments {
            Comments::Pages => None,
            Comments::Events => Some(open("ticket_events")?),
            Comments::Audits => Some(open("audits")?),
        };
        let (tickets, users) = (open("tickets")?, open("users")?);
        Ok(Self { folder: folder.to_owned(), pack, tickets, users, changes, comments })
    }

    /// The comments of a ticket as pages in a file that is named after it.
    fn comment_pages(&self, ticket: u64, comments: &[Comment]) -> io::Result<u64> {
        let folder = self.folder.join(format!("comments-{}k", ticket / FOLDER_FILES));
        std::fs::create_dir_all(&folder)?;
        let mut sink = Sink::single(&folder, &ticket.to_string(), self.pack)?;
        let mut bytes = 0;
        let pages = comments.len().div_ceil(PAGE).max(1);
        for (number, page) in (1..).zip(comments.chunks(PAGE)) {
            let next = format!("api/v2/tickets/{ticket}/comments.json?page={}", number + 1);
            let next = (number < pages).then(|| address(&next));
            bytes += sink.line(
                &json!({"comments": page, "next_page": next, "previous_page": null, "count": comments.len()}),
            )?;
        }
        sink.finish()?;
        Ok(bytes)
    }
}

impl Output for Api {
    fn ticket(&mut self, mut ticket: Ticket) -> io::Result<u64> {
        let comments = ticket.comments.take().unwrap_or_default();
        // What only the account's own export embeds.
        (ticket.requester, ticket.submitter, ticket.assignee, ticket.metric_set) = (None, None, None, None);
        let number = ticket.id;
        let mut bytes = self.tickets.add(serde_json::to_value(&ticket)?)?;
        if self.comments == Comments::Pages {
            return Ok(bytes + self.comment_pages(number, &comments)?);
        }
        if let Some(changes) = &mut self.changes {
            for comment in &comments {
                let row = match self.comments {
                    Comments::Audits => audit(number, comment)?,
                    _ => event(number, comment)?,
                };
                bytes += changes.add(row)?;
            }
        }
        Ok(bytes)
    }

    fn user(&mut self, user: &User) -> io::Result<()> {
        self.users.add(serde_json::to_value(user)?).map(drop)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.tickets.finish()?;
        self.users.finish()?;
        self.changes.map_or(Ok(()), Paged::finish)
    }
}

/// The audit of a comment, which has the comment's time, way and circumstances.
fn audit(ticket: u64, comment: &Comment) -> io::Result<Value> {
    let mut event = serde_json::to_value(comment)?;
    if let Value::Object(event) = &mut event {
        for key in ["created_at", "via", "metadata"] {
            event.remove(key);
        }
    }
    let change = json!({"id": comment.id + 2, "type": "Change", "field_name": "status", "value": "open", "previous_value": "new"});
    Ok(
        json!({"id": comment.audit_id, "ticket_id": ticket, "created_at": comment.created_at, "author_id": comment.author_id,
        "metadata": comment.metadata, "via": comment.via, "events": [event, change]}),
    )
}

/// The row of ticket events of a comment.
fn event(ticket: u64, comment: &Comment) -> io::Result<Value> {
    let mut child = serde_json::to_value(comment)?;
    child["event_type"] = json!("Comment");
    child["via_reference_id"] = Value::Null;
    let at: jiff::Timestamp = comment.created_at.parse().map_err(io::Error::other)?;
    Ok(
        json!({"id": comment.audit_id, "ticket_id": ticket, "timestamp": at.as_second(), "created_at": comment.created_at,
        "updater_id": comment.author_id, "via": "Mail", "via_reference_id": null, "system": {}, "metadata": comment.metadata,
        "event_type": "Audit", "child_events": [child]}),
    )
}
