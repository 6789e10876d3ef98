//! The account's "Full XML" export: Rails XML with dashed names, numbers for states and ways, and no ids of comments.

use super::folder::Folder;
use super::history::{Comment, GROUPS, History, ORGANIZATIONS, Ticket, iso};
use super::lacks;
use super::{Shape, shape};

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn text(name: &str, value: &str) -> String {
    format!("<{name}>{}</{name}>\n", escaped(value))
}

fn typed(name: &str, kind: &str, value: Option<String>) -> String {
    match value {
        Some(value) => format!("<{name} type=\"{kind}\">{value}</{name}>\n"),
        None => format!("<{name} type=\"{kind}\" nil=\"true\"></{name}>\n"),
    }
}

fn number(name: &str, value: Option<impl ToString>) -> String {
    typed(name, "integer", value.map(|value| value.to_string()))
}

fn time(name: &str, at: Option<i64>) -> String {
    typed(name, "datetime", at.map(iso))
}

fn array(name: &str, elements: impl IntoIterator<Item = String>) -> String {
    format!("<{name} type=\"array\">\n{}</{name}>\n", elements.into_iter().collect::<String>())
}

fn element(name: &str, parts: &[String]) -> String {
    format!("<{name}>\n{}</{name}>\n", parts.concat())
}

fn place(names: &[&str], name: Option<&str>) -> usize {
    name.and_then(|name| names.iter().position(|known| *known == name)).unwrap_or_default()
}

fn comment(comment: &Comment) -> String {
    let files = comment.files.iter().map(|file| {
        element(
            "attachment",
            &[
                text("content-type", file.content_type),
                text("filename", file.name),
                number("size", Some(file.size)),
                text("url", &file.url()),
            ],
        )
    });
    element(
        "comment",
        &[
            number("author-id", Some(comment.author)),
            time("created-at", Some(comment.at)),
            typed("is-public", "boolean", Some(comment.public.to_string())),
            text("type", comment.kind()),
            text("value", &comment.body()),
            number("via-id", Some(comment.way.id())),
            array("attachments", files),
        ],
    )
}

fn ticket(ticket: &Ticket) -> String {
    let entries = ticket.fields.iter().map(|(id, value)| {
        let value = match value {
            serde_json::Value::String(value) => value.clone(),
            serde_json::Value::Array(list) => {
                list.iter().filter_map(|one| one.as_str()).collect::<Vec<_>>().join(" ")
            }
            value => i32::from(value == true).to_string(),
        };
        element("ticket-field-entry", &[number("ticket-field-id", Some(id)), text("value", &value)])
    });
    let description = ticket.comments.first().map(Comment::body).unwrap_or_default();
    element(
        "ticket",
        &[
            time("assigned-at", None),
            number("assignee-id", ticket.assignee),
            time("created-at", Some(ticket.created)),
            text("current-tags", &ticket.tags.join(" ")),
            text("description", &description),
            ticket.external_id.map_or_else(
                || "<external-id nil=\"true\"></external-id>\n".to_owned(),
                |id| text("external-id", id),
            ),
            number("group-id", ticket.group),
            number("nice-id", Some(ticket.number)),
            number("organization-id", ticket.organization),
            number("priority-id", Some(place(&["", "low", "normal", "high", "urgent"], ticket.priority))),
            number("requester-id", Some(ticket.requester)),
            time("solved-at", ticket.solved),
            number(
                "status-id",
                Some(place(
                    &["new", "open", "pending", "solved", "closed", "deleted", "hold"],
                    Some(ticket.status),
                )),
            ),
            ticket.subject.map_or_else(
                || "<subject nil=\"true\"></subject>\n".to_owned(),
                |subject| text("subject", subject),
            ),
            number("submitter-id", Some(ticket.submitter())),
            number(
                "ticket-type-id",
                Some(place(&["", "question", "incident", "problem", "task"], ticket.kind)),
            ),
            time("updated-at", Some(ticket.updated)),
            number("via-id", Some(ticket.way.id())),
            array("comments", ticket.comments.iter().map(comment)),
            array("ticket-field-entries", entries),
        ],
    )
}

fn whole(history: &History, folder: &Folder) {
    let document = |name: &str, elements: Vec<String>| {
        folder.file(
            &format!("{name}.xml"),
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", array(name, elements)),
        );
    };
    document("tickets", history.tickets.iter().map(ticket).collect());
    let users = history.users().map(|person| {
        let role = match person.role {
            "admin" => 2,
            "agent" => 4,
            _ => 0,
        };
        element(
            "user",
            &[
                time("created-at", Some(1_577_836_800)),
                person.email.map_or_else(
                    || "<email nil=\"true\"></email>\n".to_owned(),
                    |email| text("email", email),
                ),
                number("id", Some(person.id)),
                typed("is-active", "boolean", Some(person.active.to_string())),
                text("name", person.name),
                text("phone", person.phone.unwrap_or_default()),
                number("roles", Some(role)),
                time("updated-at", Some(1_577_836_800)),
            ],
        )
    });
    document("users", users.collect());
    let named = |kind: &str, list: &[(u64, &str)]| {
        list.iter()
            .map(|(id, name)| element(kind, &[number("id", Some(id)), text("name", name)]))
            .collect::<Vec<_>>()
    };
    document("groups", named("group", &GROUPS));
    document("organizations", named("organization", &ORGANIZATIONS));
}

/// The shapes of this file.
pub(super) const SHAPES: &[Shape] = &[shape("the XML export", whole, lacks::XML)];
