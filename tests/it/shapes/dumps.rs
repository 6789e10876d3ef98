//! Dumps that people make with the API: tickets never hold comments, which come in pages of their own, in ticket
//! events, in audits, or through a connector.

use serde_json::{Value, json};

use super::folder::{Folder, lines};
use super::history::{History, Ticket};
use super::lacks;
use super::wire::{api, field_objects, group_objects, organization_objects};
use super::{Shape, shape};

/// Records on a page; the platform's own limit is 100.
pub(super) const PAGE: usize = 9;
const COMMENTS_PAGE: usize = 100;

/// How an endpoint pages.
#[derive(Clone, Copy)]
pub(super) enum Paging {
    /// `next_page`, `previous_page`, `count`.
    Offset,
    /// `meta` and `links`.
    Cursor,
    /// `after_url`, `after_cursor`, `end_of_stream`: incremental exports by cursor.
    Incremental,
    /// `next_page`, `end_time`, `end_of_stream`: incremental exports by time.
    ByTime,
}

/// The pages of a list. `base` is the address that was asked.
pub(super) fn pages(list: &str, values: &[Value], size: usize, base: &str, paging: Paging) -> Vec<Value> {
    let chunks: Vec<&[Value]> = if values.is_empty() { vec![&[]] } else { values.chunks(size).collect() };
    let count = chunks.len();
    let pages = chunks.iter().enumerate().map(|(at, chunk)| {
        let address = |number: usize| json!(format!("{base}?page={number}"));
        let cursor = |number: usize| json!(format!("{base}?page%5Bafter%5D=c{number}&page%5Bsize%5D={size}"));
        let (is_first, is_last) = (at == 0, at + 1 == count);
        let unless = |none: bool, value: Value| if none { Value::Null } else { value };
        match paging {
            Paging::Offset => json!({list: chunk, "next_page": unless(is_last, address(at + 2)), "previous_page": unless(is_first, address(at)), "count": values.len()}),
            Paging::Cursor => json!({list: chunk, "meta": {"has_more": !is_last, "after_cursor": format!("c{at}"), "before_cursor": format!("b{at}")},
                "links": {"prev": cursor(at), "next": cursor(at + 1)}}),
            Paging::Incremental => json!({list: chunk, "after_url": format!("{base}?cursor=c{at}"), "before_url": null, "after_cursor": format!("c{at}"), "before_cursor": null, "end_of_stream": is_last}),
            Paging::ByTime => json!({list: chunk, "count": chunk.len(), "end_of_stream": is_last, "end_time": 1_709_280_000 + at, "next_page": format!("{base}?start_time={}", 1_709_280_000 + at)}),
        }
    });
    pages.collect()
}

/// Users, groups, organizations and fields, a list each.
pub(super) fn lists(history: &History, folder: &Folder, paging: Paging) {
    let all = [
        ("users", history.user_objects()),
        ("groups", group_objects()),
        ("organizations", organization_objects()),
        ("ticket_fields", field_objects()),
    ];
    for (list, values) in all {
        for (number, page) in (1..).zip(pages(list, &values, 5, &api(list), paging)) {
            folder.file(&format!("{list}/page-{number}.json"), serde_json::to_string_pretty(&page).unwrap());
        }
    }
}

pub(super) fn comment_pages(ticket: &Ticket, paging: Paging) -> Vec<Value> {
    let base = api(&format!("tickets/{}/comments", ticket.number));
    pages("comments", &ticket.comment_objects(), COMMENTS_PAGE, &base, paging)
}

pub(super) fn incremental_ticket(ticket: &Ticket) -> Value {
    let mut object = ticket.object();
    object["generated_timestamp"] = json!(ticket.generated());
    object
}

/// Deleted tickets are in incremental exports only.
pub(super) fn not_deleted(history: &History) -> impl Iterator<Item = &Ticket> {
    history.tickets.iter().filter(|ticket| !ticket.is_deleted())
}

pub(super) fn incremental(history: &History, folder: &Folder) {
    let tickets: Vec<Value> = history.tickets.iter().map(incremental_ticket).collect();
    for (number, page) in
        (1..).zip(pages("tickets", &tickets, PAGE, &api("incremental/tickets/cursor"), Paging::Incremental))
    {
        folder.file(&format!("tickets-{number:04}.json"), page.to_string());
    }
    lists(history, folder, Paging::Cursor);
}

/// Incremental pages by cursor; the comments of a ticket in a file named after it, several pages appended.
fn cursor_pages(history: &History, folder: &Folder) {
    incremental(history, folder);
    for ticket in not_deleted(history) {
        folder
            .file(&format!("comments/{}.json", ticket.number), lines(&comment_pages(ticket, Paging::Offset)));
    }
}

/// Incremental pages by time: the last ticket of a page comes again on the next, and the last page came twice.
fn time_pages(history: &History, folder: &Folder) {
    let mut tickets: Vec<Value> = Vec::new();
    for (at, ticket) in history.tickets.iter().enumerate() {
        if at > 0 && at % (PAGE - 1) == 0 {
            tickets.push(incremental_ticket(&history.tickets[at - 1]));
        }
        tickets.push(incremental_ticket(ticket));
    }
    let pages = pages("tickets", &tickets, PAGE, &api("incremental/tickets"), Paging::ByTime);
    let all: Vec<Value> = pages.iter().chain(pages.last()).cloned().collect();
    folder.file("incremental.json", lines(&all));
    lists(history, folder, Paging::Offset);
    for ticket in not_deleted(history) {
        for (number, page) in (1..).zip(comment_pages(ticket, Paging::Cursor)) {
            folder.file(
                &format!("tickets/{}/comments.page{number}.json", ticket.number),
                serde_json::to_string_pretty(&page).unwrap(),
            );
        }
    }
}

/// `tickets.json`: no `generated_timestamp`, nothing deleted; users, groups and figures side-loaded.
fn offset_pages(history: &History, folder: &Folder) {
    let tickets: Vec<Value> = not_deleted(history).map(Ticket::object).collect();
    for (number, mut page) in (1..).zip(pages("tickets", &tickets, PAGE, &api("tickets"), Paging::Offset)) {
        page["users"] = json!(history.user_objects());
        page["groups"] = json!(group_objects());
        page["organizations"] = json!(organization_objects());
        let numbers: Vec<&Value> = page["tickets"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        let of_page = not_deleted(history).filter(|ticket| numbers.contains(&&json!(ticket.number)));
        page["metric_sets"] = of_page.map(Ticket::metrics).collect();
        folder.file(&format!("tickets/page_{number}.json"), page.to_string());
    }
    folder.file("ticket_fields.json", json!({"ticket_fields": field_objects()}).to_string());
    for ticket in not_deleted(history) {
        let all = json!({"comments": ticket.comment_objects()});
        folder.file(&format!("tickets/{}/comments.json", ticket.number), all.to_string());
    }
}

/// Pages of a search, which finds users too.
fn search_pages(history: &History, folder: &Folder) {
    let result = |mut object: Value, of: &str| {
        object["result_type"] = json!(of);
        object
    };
    let mut found: Vec<Value> =
        not_deleted(history).map(|ticket| result(ticket.object(), "ticket")).collect();
    found.extend(history.user_objects().into_iter().map(|user| result(user, "user")));
    found.extend(group_objects().into_iter().map(|group| result(group, "group")));
    found.extend(organization_objects().into_iter().map(|one| result(one, "organization")));
    for (number, mut page) in (1..).zip(pages("results", &found, PAGE, &api("search"), Paging::Offset)) {
        page["facets"] = Value::Null;
        folder.file(&format!("search_{number}.json"), page.to_string());
    }
    folder.file("ticket_fields.json", json!({"ticket_fields": field_objects()}).to_string());
    for ticket in not_deleted(history) {
        folder.file(&format!("{}.json", ticket.number), lines(&comment_pages(ticket, Paging::Offset)));
    }
}

pub(super) fn event_pages(history: &History, via_as_words: bool) -> Vec<Value> {
    let mut rows: Vec<Value> = not_deleted(history)
        .flat_map(|ticket| ticket.comments.iter().map(|comment| comment.event(ticket, via_as_words)))
        .collect();
    // By time, as the endpoint has them, so that tickets are mixed.
    rows.sort_by_key(|row| row["timestamp"].as_i64());
    pages("ticket_events", &rows, 100, &api("incremental/ticket_events"), Paging::ByTime)
}

fn events(history: &History, folder: &Folder, via_as_words: bool) {
    incremental(history, folder);
    for (number, page) in (1..).zip(event_pages(history, via_as_words)) {
        folder.file(&format!("ticket_events/{number:03}.json"), page.to_string());
    }
}

pub(super) fn figures(history: &History) -> Vec<Value> {
    not_deleted(history).map(Ticket::metrics).collect()
}

/// With the list of figures beside them.
fn ticket_events(history: &History, folder: &Folder) {
    events(history, folder, false);
    for (number, page) in
        (1..).zip(pages("ticket_metrics", &figures(history), PAGE, &api("ticket_metrics"), Paging::Cursor))
    {
        folder.file(&format!("ticket_metrics/{number}.json"), page.to_string());
    }
}

fn ticket_events_in_words(history: &History, folder: &Folder) {
    events(history, folder, true);
}

pub(super) fn audits(ticket: &Ticket) -> Vec<Value> {
    ticket.comments.iter().enumerate().flat_map(|(at, comment)| comment.audits(ticket, at == 0)).collect()
}

fn audit_pages(history: &History, folder: &Folder) {
    incremental(history, folder);
    for ticket in not_deleted(history) {
        let base = api(&format!("tickets/{}/audits", ticket.number));
        let pages = pages("audits", &audits(ticket), 50, &base, Paging::Offset);
        folder.file(&format!("audits/{}.json", ticket.number), lines(&pages));
    }
}

/// `audits/501.json`, a bare array.
fn audit_arrays(history: &History, folder: &Folder) {
    incremental(history, folder);
    for ticket in not_deleted(history) {
        folder.file(&format!("audits/{}.json", ticket.number), json!(audits(ticket)).to_string());
    }
}

/// One document a ticket with its audits and the people in it.
fn bundles(history: &History, folder: &Folder) {
    for ticket in not_deleted(history) {
        let bundle = json!({"ticket": incremental_ticket(ticket), "audits": audits(ticket), "users": history.user_objects(),
            "next_page": null, "previous_page": null, "count": 1});
        folder
            .file(&format!("tickets/{}.json", ticket.number), serde_json::to_string_pretty(&bundle).unwrap());
    }
    lists(history, folder, Paging::Offset);
}

/// What connectors call the lists, with their records. Their comments come from ticket events and name their ticket.
fn streams(history: &History) -> Vec<(&'static str, Vec<Value>)> {
    let comments = not_deleted(history).flat_map(|ticket| {
        ticket.comments.iter().map(|comment| {
            let mut object = comment.object();
            object["ticket_id"] = json!(ticket.number);
            object["timestamp"] = json!(comment.at);
            object["event_type"] = json!("Comment");
            object["via_reference_id"] = Value::Null;
            object
        })
    });
    vec![
        ("tickets", history.tickets.iter().map(incremental_ticket).collect()),
        ("ticket_comments", comments.collect()),
        ("users", history.user_objects()),
        ("groups", group_objects()),
        ("organizations", organization_objects()),
        ("ticket_fields", field_objects()),
        ("tags", vec![json!({"name": "moved", "count": 29})]),
    ]
}

/// A file for each stream, in the two forms of lines.
fn airbyte(history: &History, folder: &Folder) {
    for (stream, records) in streams(history) {
        let line = |(at, record): (usize, Value)| {
            if at % 2 == 0 {
                json!({"stream": stream, "data": record, "emitted_at": 1_668_515_341_013_u64})
            } else {
                json!({"type": "RECORD", "record": {"stream": stream, "data": record, "emitted_at": 1_668_515_341_013_u64}})
            }
        };
        let all: Vec<Value> = records.into_iter().enumerate().map(line).collect();
        folder.file(&format!("{stream}.jsonl"), lines(&all));
    }
}

/// Everything in one file, with schemas and states in between.
fn singer(history: &History, folder: &Folder) {
    let mut all = Vec::new();
    for (stream, records) in streams(history) {
        all.push(json!({"type": "SCHEMA", "stream": stream, "schema": {"properties": {}}, "key_properties": ["id"]}));
        all.extend(records.into_iter().map(|record| json!({"type": "RECORD", "stream": stream, "record": record, "time_extracted": "2026-02-01T00:00:00Z"})));
        all.push(json!({"type": "STATE", "value": {"currently_syncing": stream, "bookmarks": {}}}));
    }
    folder.file("tap-zendesk.jsonl", lines(&all));
}

/// The shapes of this file.
pub(super) const SHAPES: &[Shape] = &[
    shape("incremental pages by cursor", cursor_pages, lacks::API),
    shape("incremental pages by time", time_pages, lacks::API),
    shape("offset pages with side-loads", offset_pages, &[]),
    shape("search results", search_pages, lacks::API),
    shape("ticket events", ticket_events, &[]),
    shape("ticket events with ways in words", ticket_events_in_words, lacks::EVENTS_IN_WORDS),
    shape("audit pages", audit_pages, lacks::API),
    shape("audit arrays", audit_arrays, lacks::API),
    shape("tickets bundled with audits", bundles, lacks::API),
    shape("Airbyte lines", airbyte, lacks::API),
    shape("Singer lines", singer, lacks::API),
];
