//! A warehouse's tables as CSV, with Fivetran's names: times without a zone, TRUE and FALSE, text bodies only.

use super::folder::Folder;
use super::history::{GROUPS, History, ORGANIZATIONS, Ticket, Way, iso};
use super::lacks;
use super::wire::api;
use super::{Shape, shape};

const SYNCED: &str = "2026-02-01 00:00:00.000000";

pub(super) fn table(
    folder: &Folder,
    name: &str,
    header: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    folder.file(&format!("{name}.csv"), writer.into_inner().unwrap());
}

pub(super) fn time(at: i64) -> String {
    iso(at).replace('T', " ").replace('Z', "")
}

fn flag(value: bool) -> String {
    if value { "TRUE" } else { "FALSE" }.to_owned()
}

pub(super) fn or_empty(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

const TICKET: [&str; 21] = [
    "id",
    "_fivetran_synced",
    "assignee_id",
    "brand_id",
    "created_at",
    "description",
    "external_id",
    "group_id",
    "is_public",
    "organization_id",
    "priority",
    "recipient",
    "requester_id",
    "status",
    "subject",
    "submitter_id",
    "type",
    "updated_at",
    "url",
    "via_channel",
    "via_source_rel",
];

fn ticket(ticket: &Ticket) -> Vec<String> {
    let via = ticket.way.via();
    vec![
        ticket.number.to_string(),
        SYNCED.into(),
        or_empty(ticket.assignee),
        "77".into(),
        time(ticket.created),
        or_empty(ticket.comments.first().map(super::history::Comment::body)),
        or_empty(ticket.external_id),
        or_empty(ticket.group),
        flag(true),
        or_empty(ticket.organization),
        or_empty(ticket.priority),
        or_empty(ticket.recipient()),
        ticket.requester.to_string(),
        ticket.status.into(),
        or_empty(ticket.subject),
        ticket.submitter().to_string(),
        or_empty(ticket.kind),
        time(ticket.updated),
        api(&format!("tickets/{}", ticket.number)),
        via["channel"].as_str().unwrap().into(),
        if matches!(ticket.way, Way::FollowUp(..)) {
            "follow_up".into()
        } else {
            or_empty(via["source"]["rel"].as_str())
        },
    ]
}

const COMMENT: [&str; 10] = [
    "id",
    "_fivetran_synced",
    "body",
    "created",
    "facebook_comment",
    "public",
    "ticket_id",
    "tweet",
    "user_id",
    "voice_comment",
];
const USER: [&str; 11] = [
    "id",
    "_fivetran_synced",
    "active",
    "created_at",
    "email",
    "locale",
    "name",
    "phone",
    "role",
    "suspended",
    "updated_at",
];

fn warehouse(history: &History, folder: &Folder) {
    table(folder, "ticket", &TICKET, history.tickets.iter().map(ticket));
    let comments = history.tickets.iter().filter(|ticket| !ticket.is_deleted()).flat_map(|ticket| {
        ticket.comments.iter().map(|one| {
            vec![
                one.id.to_string(),
                SYNCED.into(),
                one.body(),
                time(one.at),
                flag(false),
                flag(one.public),
                ticket.number.to_string(),
                flag(false),
                one.author.to_string(),
                flag(one.call.is_some()),
            ]
        })
    });
    table(folder, "ticket_comment", &COMMENT, comments);
    let users = history.users().map(|person| {
        vec![
            person.id.to_string(),
            SYNCED.into(),
            flag(person.active),
            "2020-01-01 00:00:00".into(),
            or_empty(person.email),
            "en-US".into(),
            person.name.into(),
            or_empty(person.phone),
            person.role.into(),
            flag(false),
            "2020-01-01 00:00:00".into(),
        ]
    });
    table(folder, "user", &USER, users);
    let tags = history.tickets.iter().flat_map(|ticket| {
        ticket.tags.iter().map(|tag| vec![(*tag).into(), ticket.number.to_string(), SYNCED.into()])
    });
    table(folder, "ticket_tag", &["tag", "ticket_id", "_fivetran_synced"], tags);
    let named = |kind: &str, list: &[(u64, &str)]| {
        list.iter()
            .map(|(id, name)| {
                vec![
                    id.to_string(),
                    (*name).into(),
                    api(&format!("{kind}/{id}")),
                    "2020-01-01 00:00:00".into(),
                ]
            })
            .collect::<Vec<_>>()
    };
    let header = ["id", "name", "url", "created_at"];
    table(folder, "group", &header, named("groups", &GROUPS));
    table(folder, "organization", &header, named("organizations", &ORGANIZATIONS));
}

/// The shapes of this file.
pub(super) const SHAPES: &[Shape] = &[shape("a warehouse's tables", warehouse, lacks::WAREHOUSE)];
