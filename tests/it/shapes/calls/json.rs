//! Aircall's JSON: pages of its API, what people make of them, and logs of its webhooks.

use serde_json::{Value, json};

use super::lacks;
use super::story::{AGENTS, Agent, Call, Comment, LINES, Line};
use super::{Shape, shape};
use crate::shapes::folder::{Folder, gz, lines, zip};

/// Calls on a page. The API gives at most 50.
const PER_PAGE: usize = 7;

fn user(agent: Agent) -> Value {
    json!({"id": agent.id, "direct_link": format!("https://api.aircall.io/v1/users/{}", agent.id), "name": agent.name,
        "email": agent.email, "available": true, "availability_status": "available", "time_zone": "Europe/Paris",
        "language": "en-US", "wrap_up_time": 0})
}

fn number(line: Line) -> Value {
    json!({"id": line.id, "direct_link": format!("https://api.aircall.io/v1/numbers/{}", line.id), "name": line.name,
        "digits": line.number, "country": line.country, "time_zone": line.zone, "open": true, "is_ivr": false,
        "live_recording_activated": true})
}

fn comment(comment: &Comment) -> Value {
    json!({"id": comment.id, "content": comment.text, "posted_at": comment.at, "posted_by": comment.by.map(user)})
}

fn contact(call: &Call) -> Value {
    let Some((first, last, email)) = call.contact else { return Value::Null };
    json!({"id": 900, "first_name": first, "last_name": last, "company_name": null, "is_shared": true,
        "emails": [{"id": 1, "label": "Work", "value": email}],
        "phone_numbers": [{"id": 2, "label": "Mobile", "value": call.customer}]})
}

/// A call as the API gives it.
pub(crate) fn object(call: &Call) -> Value {
    // Signed links die within the hour.
    let signed = |is_there: bool| {
        let link =
            || format!("https://s3.example/call-{}.mp3?X-Amz-Expires=600&X-Amz-Signature=5ec2e7", call.id);
        is_there.then(link)
    };
    json!({
        "id": call.id, "sid": call.sid(), "direct_link": format!("https://api.aircall.io/v1/calls/{}", call.id),
        "direction": if call.inbound { "inbound" } else { "outbound" }, "status": "done",
        "missed_call_reason": call.reason, "started_at": call.start,
        "answered_at": call.talk.map(|_| call.start + call.waited), "ended_at": call.end(), "duration": call.total(),
        "raw_digits": call.customer.unwrap_or("anonymous"), "voicemail": signed(call.voicemail),
        "recording": signed(call.recorded), "asset": call.asset(), "user": call.agent.map(user),
        "contact": contact(call), "number": number(call.line), "assigned_to": null, "archived": false,
        "transferred_by": call.transfer.map(|(by, _)| user(by)), "transferred_to": call.transfer.map(|(_, to)| user(to)),
        "teams": call.team.iter().map(|team| json!({"id": 5, "name": team})).collect::<Vec<_>>(),
        "comments": call.comments.iter().map(comment).collect::<Vec<_>>(),
        "tags": call.tags.iter().map(|tag| json!({"id": 6, "name": tag, "tagged_at": call.end(), "tagged_by": {}})).collect::<Vec<_>>(),
        "ivr_options_selected": call.ivr.iter().map(|title| json!({"id": "9", "title": title, "key": "1"})).collect::<Vec<_>>(),
        "cost": "0.00", "participants": [],
    })
}

fn page(calls: &[Value], at: usize, total: usize) -> Value {
    let next = json!(format!("https://api.aircall.io/v1/calls?page={}&per_page={PER_PAGE}", at + 2));
    let is_last = (at + 1) * PER_PAGE >= total;
    json!({"meta": {"count": calls.len(), "total": total, "current_page": at + 1, "per_page": PER_PAGE,
        "next_page_link": if is_last { Value::Null } else { next }, "previous_page_link": null}, "calls": calls})
}

fn objects(calls: &[Call]) -> Vec<Value> {
    calls.iter().map(object).collect()
}

fn all_pages(calls: &[Call]) -> Vec<Value> {
    objects(calls).chunks(PER_PAGE).enumerate().map(|(at, chunk)| page(chunk, at, calls.len())).collect()
}

/// The summaries, asked for call by call.
fn summaries(calls: &[Call]) -> Vec<Value> {
    let said = calls.iter().filter_map(|call| Some((call.id, call.summary?)));
    said.map(|(id, text)| json!({"summary": {"id": 8, "call_id": id, "call_created_at": "2025-06-02T09:00:37Z", "content": text}}))
        .collect()
}

fn with_summaries(calls: &[Call], folder: &Folder) {
    for (at, summary) in summaries(calls).iter().enumerate() {
        folder.file(&format!("summaries/{at}.json"), summary.to_string());
    }
}

/// A file a page.
pub(crate) fn pages(calls: &[Call], folder: &Folder) {
    for (at, page) in all_pages(calls).iter().enumerate() {
        folder.file(&format!("calls_{}.json", at + 1), serde_json::to_string_pretty(page).unwrap());
    }
    with_summaries(calls, folder);
}

/// The pages twice, in a zip and in a gz, one page behind the other.
fn packed_pages(calls: &[Call], folder: &Folder) {
    let pages = all_pages(calls);
    let named = pages.iter().enumerate().map(|(at, page)| (format!("calls/{at}.json"), page.to_string()));
    folder.file("calls.zip", zip(named));
    folder.file("again.json.gz", gz(lines(&pages)));
    with_summaries(calls, folder);
}

fn bare_array(calls: &[Call], folder: &Folder) {
    folder.file("calls.json", format!("\u{feff}{}", serde_json::to_string_pretty(&objects(calls)).unwrap()));
    with_summaries(calls, folder);
}

fn single_objects(calls: &[Call], folder: &Folder) {
    for call in calls {
        folder.file(&format!("calls/{}.json", call.id), json!({"call": object(call)}).to_string());
    }
    with_summaries(calls, folder);
}

/// As connectors write them: ids and times as text, objects as text, users and lines by their ids alone.
fn connector_lines(calls: &[Call], folder: &Folder) {
    let rows = objects(calls).into_iter().map(|mut call| {
        for field in ["id", "started_at", "ended_at", "answered_at"] {
            call[field] = if call[field].is_null() { Value::Null } else { json!(call[field].to_string()) };
        }
        for field in ["comments", "tags", "teams", "contact", "ivr_options_selected"] {
            call[field] = json!(call[field].to_string());
        }
        call["user"] = if call["user"].is_null() { Value::Null } else { json!({"id": call["user"]["id"]}) };
        call
    });
    folder.file("calls.ndjson", lines(&rows.collect::<Vec<_>>()).replace('\n', "\r\n\r\n"));
    folder.file("users.json", json!({"meta": {"total": 2}, "users": AGENTS.map(user)}).to_string());
    folder.file("numbers.json", json!({"meta": {"total": 3}, "numbers": LINES.map(number)}).to_string());
    folder.file("summaries.ndjson", lines(&summaries(calls)));
}

fn event(name: &str, at: i64, data: &Value) -> Value {
    let resource = name.split('.').next().unwrap();
    json!({"resource": resource, "event": name, "timestamp": at, "token": "5ec2e7", "data": data})
}

/// What webhooks tell of a call, in order.
fn events(call: &Call) -> Vec<Value> {
    let mut whole = object(call);
    let fields = whole.as_object_mut().unwrap();
    let sid = fields.remove("sid").unwrap();
    fields.insert("call_uuid".into(), sid);
    if call.agent.is_none() {
        fields.remove("user");
    }
    let mut begun = whole.clone();
    for field in
        ["ended_at", "answered_at", "duration", "recording", "voicemail", "asset", "missed_call_reason"]
    {
        begun[field] = Value::Null;
    }
    for field in ["comments", "tags", "ivr_options_selected"] {
        begun[field] = json!([]);
    }
    begun["status"] = json!("initial");
    let mut rung = begun.clone();
    // The one whose telephone rang is not the one who took the call.
    rung["user"] = user(AGENTS[1]);
    let mut ended = whole.clone();
    (ended["comments"], ended["tags"]) = (json!([]), json!([]));
    let mut told = vec![
        event("call.created", call.start, &begun),
        event("call.ringing_on_agent", call.start + 1, &rung),
        event("call.ended", call.end() + 30, &ended),
    ];
    if !call.tags.is_empty() {
        let mut tagged = whole.clone();
        tagged["comments"] = json!([]);
        told.push(event("call.tagged", call.end() + 40, &tagged));
    }
    for comment in 0..call.comments.len() {
        let mut commented = whole.clone();
        commented["comments"] = json!([whole["comments"][comment]]);
        told.push(event("call.commented", call.comments[comment].at + 1, &commented));
    }
    if let Some(text) = call.summary {
        told.push(event(
            "summary.created",
            call.end() + 60,
            &json!({"id": 8, "call_id": call.id, "content": text}),
        ));
    }
    told
}

/// Delivered at least once, and in no order.
fn delivered(calls: &[Call]) -> Vec<Value> {
    let mut log: Vec<Value> = calls.iter().flat_map(events).collect();
    let again: Vec<Value> = log.iter().step_by(3).cloned().collect();
    log.reverse();
    log.extend(again);
    log
}

fn webhook_log(calls: &[Call], folder: &Folder) {
    folder.file("webhooks.ndjson", lines(&delivered(calls)));
}

/// As the program that received them wrote them down, among other lines.
fn written_log(calls: &[Call], folder: &Folder) {
    let written = delivered(calls);
    let written = written.iter().enumerate().map(|(number, event)| match number % 3 {
        0 => format!("2025-06-02T10:00:00Z INFO webhook {event}\n"),
        1 => format!("[2025-06-02 10:00:00] webhook.INFO: {event} []\n"),
        _ => format!("web_1 | got {{{number}}} {event}\n\n"),
    });
    let first = "2025-06-02T08:00:00Z INFO listening on {port}\n".to_owned();
    let log: Vec<String> = std::iter::once(first).chain(written).collect();
    folder.file("server.log", log.concat().into_bytes());
}

/// As text, in the lines of what carried that log from place to place.
fn carried_log(calls: &[Call], folder: &Folder) {
    let events = delivered(calls);
    let carried = events.iter().enumerate().map(|(number, event)| match number % 3 {
        0 => json!({"@timestamp": "2025-06-02T10:00:00Z", "message": event.to_string()}),
        1 => json!({"log": format!("INFO webhook {event}\n"), "stream": "stdout"}),
        _ => json!({"jsonPayload": {"message": event.to_string()}}),
    });
    folder.file("shipped.json", lines(&carried.collect::<Vec<_>>()));
}

/// Both, as people have them who made a report and asked the API as well.
fn report_and_pages(calls: &[Call], folder: &Folder) {
    super::csv::current(calls, folder);
    pages(calls, folder);
}

fn pages_and_webhooks(calls: &[Call], folder: &Folder) {
    let half = calls.len() / 2;
    webhook_log(&calls[half..], folder);
    pages(&calls[..half + 2], folder);
}

pub(super) const SHAPES: &[Shape] = &[
    shape("API pages", pages, &[]),
    shape("API pages in a zip and a gz", packed_pages, &[]),
    shape("a bare array", bare_array, &[]),
    shape("single objects", single_objects, &[]),
    shape("a connector's lines", connector_lines, &[]),
    shape("a webhook log", webhook_log, &[]),
    shape("a log with text before each event", written_log, &[]),
    shape("the lines of what carried a log", carried_log, &[]),
    shape("a report and API pages", report_and_pages, lacks::BESIDE_A_REPORT),
    shape("API pages and a webhook log", pages_and_webhooks, &[]),
];
