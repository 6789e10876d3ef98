//! The account's "Full XML" export: Rails XML, numbers for states and ways, no ids of comments.

use std::io;
use std::path::Path;

use super::Output;
use crate::shop::markup::escape;
use crate::shop::wire::{Comment, Ticket, User};
use crate::sink::{Form, Pack, Sink};

/// Numbers of the old API.
const STATUSES: [&str; 7] = ["new", "open", "pending", "solved", "closed", "deleted", "hold"];
const PRIORITIES: [&str; 5] = ["", "low", "normal", "high", "urgent"];
const ROLES: [&str; 5] = ["end-user", "", "admin", "", "agent"];

/// The two files that matter.
pub(super) struct Xml {
    tickets: Sink,
    users: Sink,
}

impl Xml {
    /// Opens the files.
    pub(super) fn create(folder: &Path, pack: Pack) -> io::Result<Self> {
        let open = |what: &str, foot| {
            let head = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{what} type=\"array\">\n");
            Sink::of(folder, what, pack, Form { ending: "xml", head, foot })
        };
        Ok(Self { tickets: open("tickets", "</tickets>\n")?, users: open("users", "</users>\n")? })
    }
}

impl Output for Xml {
    fn ticket(&mut self, ticket: Ticket) -> io::Result<u64> {
        let mut text = String::from("  <ticket>\n");
        number(&mut text, "assignee-id", ticket.assignee_id);
        time(&mut text, "created-at", &ticket.created_at);
        element(&mut text, "current-tags", &ticket.tags.unwrap_or_default().join(" "));
        element(&mut text, "description", ticket.description.as_deref().unwrap_or_default());
        number(&mut text, "group-id", ticket.group_id);
        number(&mut text, "nice-id", Some(ticket.id));
        number(&mut text, "organization-id", ticket.organization_id);
        number(&mut text, "priority-id", Some(place(&PRIORITIES, ticket.priority.unwrap_or_default())));
        number(&mut text, "requester-id", Some(ticket.requester_id));
        number(&mut text, "status-id", Some(place(&STATUSES, ticket.status)));
        element(&mut text, "subject", ticket.subject.as_deref().unwrap_or_default());
        number(&mut text, "submitter-id", Some(ticket.submitter_id));
        number(&mut text, "ticket-type-id", Some(0));
        time(&mut text, "updated-at", &ticket.updated_at);
        number(&mut text, "via-id", Some(via(ticket.via.channel.as_str())));
        text.push_str("    <comments type=\"array\">\n");
        for one in ticket.comments.iter().flatten() {
            comment(&mut text, one);
        }
        text.push_str("    </comments>\n  </ticket>\n");
        self.tickets.text(text.as_bytes())
    }

    fn user(&mut self, user: &User) -> io::Result<()> {
        let mut text = String::from("  <user>\n");
        time(&mut text, "created-at", &user.created_at);
        element(&mut text, "email", user.email.as_deref().unwrap_or_default());
        number(&mut text, "id", Some(user.id));
        typed(&mut text, "is-active", "boolean", &user.active.to_string());
        element(&mut text, "name", &user.name);
        element(&mut text, "phone", user.phone.as_deref().unwrap_or_default());
        number(&mut text, "roles", Some(place(&ROLES, user.role)));
        text.push_str("  </user>\n");
        self.users.text(text.as_bytes()).map(drop)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.tickets.finish()?;
        self.users.finish()
    }
}

fn comment(text: &mut String, comment: &Comment) {
    text.push_str("      <comment>\n");
    typed(text, "author-id", "integer", &comment.author_id.to_string());
    time(text, "created-at", &comment.created_at);
    typed(text, "is-public", "boolean", &comment.public.to_string());
    element(text, "value", &comment.body);
    number(text, "via-id", Some(via(comment.via.as_ref().and_then(|via| via.channel.as_str()))));
    text.push_str("    <attachments type=\"array\">\n");
    for file in &comment.attachments {
        text.push_str("      <attachment>\n");
        element(text, "content-type", &file.content_type);
        element(text, "filename", &file.file_name);
        number(text, "size", Some(file.size));
        element(text, "url", &file.content_url);
        text.push_str("      </attachment>\n");
    }
    text.push_str("    </attachments>\n      </comment>\n");
}

fn element(text: &mut String, name: &str, value: &str) {
    text.extend(["    <", name, ">", &escape(value), "</", name, ">\n"]);
}

fn typed(text: &mut String, name: &str, kind: &str, value: &str) {
    text.extend(["    <", name, " type=\"", kind, "\">", value, "</", name, ">\n"]);
}

fn time(text: &mut String, name: &str, value: &str) {
    typed(text, name, "datetime", value);
}

fn number(text: &mut String, name: &str, value: Option<u64>) {
    match value {
        Some(value) => typed(text, name, "integer", &value.to_string()),
        None => text.extend(["    <", name, " type=\"integer\" nil=\"true\"></", name, ">\n"]),
    }
}

fn place(names: &[&str], name: &str) -> u64 {
    names.iter().position(|known| *known == name).unwrap_or_default() as u64
}

/// The number of a channel (reference 4.2).
fn via(channel: Option<&str>) -> u64 {
    match channel {
        Some("email") => 4,
        Some("api") => 5,
        Some("chat") => 29,
        Some("help_center") => 50,
        Some("native_messaging") => 75,
        _ => 0,
    }
}
