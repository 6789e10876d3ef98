//! Exports of several makes in one folder: each ticket in another shape, and each comment in all shapes at once.

use serde_json::{Value, json};

use super::dumps::{
    PAGE, Paging, audits, comment_pages, event_pages, figures, incremental_ticket, lists, not_deleted, pages,
};
use super::folder::{Folder, gz, lines, zip};
use super::history::{History, Person, Ticket};
use super::tables::{or_empty, table, time};
use super::wire::{api, field_objects, organization_objects};
use super::{Shape, shape};

/// The history of every sixth ticket from `first` on.
fn every_sixth(history: &History, first: usize) -> History {
    let tickets = history.tickets.iter().enumerate().filter(|(at, _)| at % 6 == first);
    History { people: history.people.clone(), tickets: tickets.map(|(_, ticket)| ticket.clone()).collect() }
}

/// A list in which the tickets occur without their comments.
fn listed(history: &History, list: &str, folder: &Folder) {
    let tickets: Vec<Value> = history.tickets.iter().map(incremental_ticket).collect();
    for (number, page) in
        (1..).zip(pages("tickets", &tickets, PAGE, &api("incremental/tickets/cursor"), Paging::Incremental))
    {
        folder.file(&format!("{list}-{number}.json"), page.to_string());
    }
}

/// Some of the tickets in each shape: what somebody has who exported for years in one way and another.
fn mixture(history: &History, folder: &Folder) {
    let part = |first| every_sixth(history, first);
    folder.file("2021/export_1.json", lines(&part(0).export_lines()));
    let wrapped: Vec<Value> =
        part(1).export_lines().into_iter().map(|ticket| json!({"ticket": ticket})).collect();
    folder.file("2022.zip", zip([("export_1.json.gz", gz(lines(&wrapped)))]));
    listed(&part(2), "a", folder);
    for ticket in not_deleted(&part(2)) {
        for (number, page) in (1..).zip(comment_pages(ticket, Paging::Cursor)) {
            folder.file(&format!("tickets/{}/comments.page{number}.json", ticket.number), page.to_string());
        }
    }
    listed(&part(3), "b", folder);
    for ticket in not_deleted(&part(3)) {
        folder.file(&format!("audits/{}.json", ticket.number), json!(audits(ticket)).to_string());
    }
    listed(&part(4), "c", folder);
    let events: Vec<Value> = event_pages(&part(4), false);
    folder.file("events.jsonl.gz", gz(lines(&events)));
    for ticket in not_deleted(&part(5)) {
        let bundle = json!({"ticket": incremental_ticket(ticket), "audits": audits(ticket)});
        folder
            .file(&format!("bundles/{}.json", ticket.number), serde_json::to_string_pretty(&bundle).unwrap());
    }
    lists(history, folder, Paging::Offset);
    folder.file("ticket_metrics.json", json!({"ticket_metrics": figures(history)}).to_string());
}

/// Every comment five times: in its ticket, in pages of comments, in audits, in ticket events, in a connector's stream.
fn everything(history: &History, folder: &Folder) {
    folder.file("export.json", lines(&history.export_lines()));
    folder.file("organizations.json", lines(&organization_objects()));
    lists(history, folder, Paging::Cursor);
    folder.file("events.json", lines(&event_pages(history, true)));
    let comments = not_deleted(history).flat_map(|ticket: &Ticket| {
        ticket.comment_objects().into_iter().map(|comment| {
            let mut record = comment;
            record["ticket_id"] = json!(ticket.number);
            json!({"stream": "ticket_comments", "data": record, "emitted_at": 1_668_515_341_013_u64})
        })
    });
    folder.file("stream.jsonl", lines(&comments.collect::<Vec<_>>()));
    for ticket in not_deleted(history) {
        let pages = comment_pages(ticket, Paging::Offset);
        folder.file(&format!("comments/{}.json", ticket.number), lines(&pages));
        folder.file(&format!("audits/{}.json", ticket.number), json!(audits(ticket)).to_string());
    }
}

/// The account's own export with the two CSV files of the admin centre beside it, which say nothing new.
fn with_tables(history: &History, folder: &Folder) {
    folder.file("export.json", lines(&history.export_lines()));
    folder.file("organizations.json", lines(&organization_objects()));
    folder.file("fields.json", lines(&field_objects()));
    folder.file("users.json", lines(&history.user_objects()));
    let agents = history.users().filter(|person| person.role != "end-user");
    let member = |person: &Person| {
        let suspended = if person.active { "FALSE" } else { "TRUE" };
        let told =
            [&person.id.to_string(), person.name, person.email.unwrap_or_default(), suspended, "2020-01-01"];
        told.map(str::to_owned).to_vec()
    };
    table(folder, "members", &["ID", "Name", "Email", "Suspended", "Date created"], agents.map(member));
    let header = [
        "Summation column",
        "Id",
        "Requester",
        "Requester id",
        "Requester email",
        "Subject",
        "Tags",
        "Status",
        "Priority",
        "Via",
        "Ticket type",
        "Created at",
        "Updated at",
        "Solved at",
        "Replies",
    ];
    let row = |ticket: &Ticket| {
        let requester = history.people.iter().find(|person| person.id == ticket.requester).unwrap();
        let minutes = |at: i64| time(at)[..16].to_owned();
        vec![
            "1".into(),
            ticket.number.to_string(),
            requester.name.into(),
            ticket.requester.to_string(),
            or_empty(requester.email),
            or_empty(ticket.subject),
            ticket.tags.join(" "),
            ticket.status.into(),
            or_empty(ticket.priority),
            ticket.way.words().into(),
            or_empty(ticket.kind),
            minutes(ticket.created),
            minutes(ticket.updated),
            ticket.solved.map_or_else(|| "-".into(), minutes),
            "-".into(),
        ]
    };
    table(folder, "tickets", &header, not_deleted(history).map(row));
}

/// The shapes of this file.
pub(super) const SHAPES: &[Shape] = &[
    shape("a mixture of shapes", mixture, &[]),
    shape("everything at once", everything, &[]),
    shape("the account's CSV files beside", with_tables, &[]),
];
