//! Later exports of an account in which work goes on, against the same ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use gorgias_import::sandbox::{AccountSeed, Fault, FaultPlan, Phase, Scripted};
use reqwest::Method;
use serde_json::{Value, json};

use super::account::{Account, Play, observer, tags};
use super::export::{Export, comment, comment_id, ticket};
use super::process::Trap;
use super::workspace::{RUN, Workspace, ZENDESK};

const BEN: u64 = 501;
const STATUSES: [&str; 5] = ["new", "open", "pending", "solved", "closed"];

fn playing(change: impl FnOnce(&mut Play)) -> Account {
    let mut seed = AccountSeed::default();
    seed.api_keys.insert("ana@acme.example".into(), "ana".into());
    seed.api_keys.insert("support@acme.example".into(), "bot".into());
    let mut play = Play { seed, ..Play::default() };
    change(&mut play);
    Account::playing(play)
}

/// How often each code is in the findings of the run of this summary.
fn found(workspace: &Workspace, summary: &Value) -> BTreeMap<String, usize> {
    let path = format!(".gorgias-import/runs/{:04}/findings.csv", summary["run"].as_u64().unwrap());
    let mut found = BTreeMap::new();
    for line in std::fs::read_to_string(workspace.path(&path)).unwrap().lines().skip(1) {
        *found.entry(line.split(',').next().unwrap().to_owned()).or_default() += 1;
    }
    found
}

fn of(found: &BTreeMap<String, usize>, code: &str) -> usize {
    found.get(code).copied().unwrap_or_default()
}

/// An account in which people go on working between two exports.
struct Living {
    export: Export,
    random: fastrand::Rng,
    /// Comments that every ticket ever had.
    written: BTreeMap<u64, u64>,
    edited: BTreeSet<String>,
    deleted: BTreeSet<String>,
    scrubbed: BTreeSet<String>,
}

impl Living {
    fn new(seed: u64, tickets: u64) -> Self {
        let export = Export::of(tickets, |number| 1 + number % 3);
        let written = (1..=tickets).map(|number| (number, 1 + number % 3)).collect();
        let (edited, deleted, scrubbed) = <_>::default();
        Self { export, random: fastrand::Rng::with_seed(seed), written, edited, deleted, scrubbed }
    }

    fn write(&mut self, at: usize) {
        let number = self.export.tickets[at]["id"].as_u64().unwrap();
        let next = self.written.get_mut(&number).unwrap();
        let comment = comment(number, *next);
        self.export.tickets[at]["updated_at"] = comment["created_at"].clone();
        self.export.tickets[at]["comments"].as_array_mut().unwrap().push(comment);
        *next += 1;
    }

    /// A day of work.
    fn work(&mut self) {
        for _ in 0..5 {
            let number = self.export.tickets.len() as u64 + 1;
            self.export.tickets.push(ticket("acme", number, 1));
            self.written.insert(number, 1);
        }
        for at in 0..self.export.tickets.len() {
            if self.export.tickets[at]["status"] == "deleted" {
                continue;
            }
            match self.random.u8(..14) {
                0 | 1 => self.write(at),
                2 => (0..3).for_each(|_| self.write(at)),
                3 | 4 => {
                    let status = STATUSES[self.random.usize(..STATUSES.len())];
                    self.export.tickets[at]["status"] = json!(status);
                }
                5 => {
                    let tag = format!("later-{}", self.random.u8(..4));
                    self.export.tickets[at]["tags"] = json!(["moved", tag]);
                }
                6 => {
                    let is_there = self.export.tickets[at]["assignee_id"].is_u64();
                    self.export.tickets[at]["assignee_id"] = if is_there { json!(null) } else { json!(BEN) };
                }
                7 => self.edit(at),
                8 => self.delete_comment(at),
                9 => self.merge(at),
                10 if self.random.bool() => {
                    let number = self.export.tickets[at]["id"].clone();
                    self.scrubbed.insert(format!("zendesk:ticket:{number}"));
                    self.export.tickets[at]["status"] = json!("deleted");
                }
                _ => {}
            }
        }
    }

    fn edit(&mut self, at: usize) {
        let comments = self.export.tickets[at]["comments"].as_array_mut().unwrap();
        let which = self.random.usize(..comments.len());
        for field in ["body", "html_body", "plain_body"] {
            comments[which][field] = json!(format!("redacted {}", self.edited.len()));
        }
        self.edited.insert(format!("zendesk:comment:{}", comments[which]["id"]));
    }

    /// Neither the first nor the last, from which times of the ticket follow.
    fn delete_comment(&mut self, at: usize) {
        let comments = self.export.tickets[at]["comments"].as_array_mut().unwrap();
        if comments.len() > 2 {
            let gone = comments.remove(1);
            self.deleted.insert(format!("zendesk:comment:{}", gone["id"]));
        }
    }

    /// As Zendesk does it: a closing comment and a tag here, a comment there.
    fn merge(&mut self, at: usize) {
        self.write(at);
        self.export.tickets[at]["status"] = json!("closed");
        self.export.tickets[at]["tags"] = json!(["moved", "closed_by_merge"]);
        let into = self.random.usize(..self.export.tickets.len());
        if self.export.tickets[into]["status"] != "deleted" {
            self.write(into);
        }
    }

    /// What is to be compared: without what is told and never carried out.
    fn comparable(&self, account: &Account) -> BTreeMap<String, Value> {
        let mut state = account.end_state();
        state.retain(|key, _| !self.scrubbed.contains(key));
        for ticket in state.values_mut() {
            let messages = ticket["messages"].as_array_mut().unwrap();
            messages.retain(|message| !self.deleted.contains(message["external_id"].as_str().unwrap()));
            for message in messages {
                if self.edited.contains(message["external_id"].as_str().unwrap()) {
                    (message["text"], message["html"]) = (json!("edited"), json!("edited"));
                }
            }
        }
        state
    }
}

#[test]
fn three_exports_of_a_living_account_end_like_one_import_of_the_last() {
    let seeds = std::env::var("DELTA_SEEDS").map_or(3, |text| text.parse().unwrap());
    for seed in 1..=seeds {
        let account = playing(|_| {});
        let mut living = Living::new(seed, 60);
        let workspace = Workspace::with_export(&account.base_url(), &living.export);
        workspace.migrate();
        let (mut told, mut updated) = (0, 0);
        for _ in 0..2 {
            living.work();
            living.export.write(&workspace.path("zendesk"));
            let foreseen = workspace.validate("")["ledger"].clone();
            let summary = workspace.migrate();
            let found = found(&workspace, &summary);
            told += of(&found, "GI-U005") + of(&found, "GI-U019");
            updated += summary["tickets"]["updated"].as_u64().unwrap_or_default();
            assert_eq!(of(&found, "GI-U020"), 0, "nobody has worked in Gorgias: {found:?}");
            // What was foreseen is what was done. A change that Gorgias does not know (solved, then closed) costs nothing.
            assert_eq!(foreseen["create"], summary["tickets"]["created"], "{foreseen} {summary}");
            assert_eq!(foreseen["append"], summary["tickets"]["appended"], "{foreseen} {summary}");
            assert!(
                foreseen["update"].as_u64() >= summary["tickets"]["updated"].as_u64(),
                "{foreseen} {summary}"
            );
        }
        assert!(told > 0 && updated > 0, "seed {seed}: {told} {updated}");

        let other = playing(|_| {});
        let once = Workspace::with_export(&other.base_url(), &living.export);
        once.migrate();
        let (delta, import) = (living.comparable(&account), living.comparable(&other));
        assert_eq!(delta.keys().collect::<Vec<_>>(), import.keys().collect::<Vec<_>>());
        for (key, ticket) in &import {
            assert_eq!(&delta[key], ticket, "seed {seed}, {key}");
        }
        // Read back, it is as it was sent; what the export has otherwise now was told.
        let ended = workspace.run("verify --json").expect(0);
        let verified: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(verified["tickets"]["checked"], account.tickets().len());
        // Said again, it is all there.
        assert_eq!(workspace.migrate()["messages"]["created"], 0);
    }
}

/// Requests that name a ticket.
fn about(account: &Account, id: &Value) -> usize {
    let path = format!("/api/tickets/{id}");
    account.sandbox().requests().iter().filter(|request| request.path.starts_with(&path)).count()
}

#[test]
fn what_has_not_changed_costs_no_call_and_what_has_is_foreseen() {
    let account = playing(|_| {});
    let mut export = Export::of(20, |_| 2);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    assert_eq!(workspace.validate("").get("ledger"), None);
    workspace.migrate();
    let seen = workspace.validate("");
    let same = json!({"create": 0, "append": 0, "update": 0, "unchanged": 20, "conflict": 0});
    assert_eq!((&seen["ledger"], &seen["calls"]["by_kind"]["ticket"]), (&same, &json!(0)));

    let tickets = account.tickets();
    let id = |number: u64| tickets[&format!("zendesk:ticket:{number}")]["id"].clone();
    let before: Vec<usize> = (1..=20).map(|number| about(&account, &id(number))).collect();
    // One changes its status, one its text; the third is the same to Gorgias.
    export.tickets[0]["status"] =
        json!(if export.tickets[0]["status"] == "open" { "solved" } else { "open" });
    export.tickets[1]["comments"][1]["html_body"] = json!("<p>Else.</p>");
    let third = export.tickets.iter().position(|ticket| ticket["status"] == "solved").unwrap();
    export.tickets[third]["status"] = json!("closed");
    export.tickets.push(ticket("acme", 21, 1));
    export.write(&workspace.path("zendesk"));
    let seen = workspace.validate("");
    let wanted = json!({"create": 1, "append": 0, "update": 2, "unchanged": 18, "conflict": 1});
    assert_eq!(seen["ledger"], wanted);
    let told = workspace.run("validate --report later.html").expect(0).stdout;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = "1 to create, 0 to append to, 2 to update, 18 unchanged; 1 ticket has a change that is told and not carried out";
    assert!(told.contains(words), "{told}");
    let page = std::fs::read_to_string(workspace.path("later.html")).unwrap();
    assert!(page.contains("What a run would do now"));
    let summary = workspace.migrate();
    assert_eq!((&summary["tickets"]["updated"], &summary["tickets"]["created"]), (&json!(1), &json!(1)));
    assert_eq!(summary["tickets"]["already"], 19);
    let after: Vec<usize> = (1..=20).map(|number| about(&account, &id(number))).collect();
    let mut others = before;
    others[0] += 2;
    // Solved, then closed, is the same to Gorgias: one look tells.
    others[third] += 1;
    assert_eq!(after, others);
}

#[test]
fn messages_whose_answers_are_lost_count_as_appended() {
    let rates = BTreeMap::from([(Fault::ResetAfter, 1.0)]);
    let account = playing(|play| play.faults = FaultPlan { rates, in_a_row_max: 1, ..FaultPlan::none() });
    let mut export = Export::of(6, |_| 1);
    let workspace =
        Workspace::with_export_and(&account.base_url(), &export, "[upload]\nsettle_seconds = 1\n");
    workspace.migrate();
    for (ticket, number) in export.tickets.iter_mut().zip(1..=3) {
        ticket["comments"].as_array_mut().unwrap().push(comment(number, 1));
    }
    export.write(&workspace.path("zendesk"));
    let summary = workspace.migrate();
    let tickets = &summary["tickets"];
    assert_eq!((&tickets["appended"], &tickets["already"]), (&json!(3), &json!(3)), "{summary}");
    assert_eq!(summary["messages"]["created"], 3);
}

#[test]
fn where_people_work_in_gorgias_only_messages_are_brought() {
    let account = playing(|_| {});
    let mut export = Export::of(12, |_| 1);
    for ticket in &mut export.tickets {
        ticket["status"] = json!("open");
        ticket["tags"] = json!(["moved"]);
    }
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.migrate();
    let tickets = account.tickets();
    let path = |number: u64| format!("/api/tickets/{}", tickets[&format!("zendesk:ticket:{number}")]["id"]);
    account.write(Method::POST, "/api/tags", &json!({"name": "vip"}));
    let ana = |method: Method, path: String, body: Value| {
        account.write_as("ana@acme.example", "ana", method, &path, &body);
    };
    ana(Method::PUT, path(1), json!({"status": "closed"}));
    ana(Method::POST, format!("{}/tags", path(2)), json!({"names": ["vip"]}));
    ana(Method::PUT, path(3), json!({"assignee_user": {"id": 519_543_301}}));
    account.write_as(
        "support@acme.example",
        "bot",
        Method::POST,
        &format!("{}/tags", path(4)),
        &json!({"names": ["vip"]}),
    );
    let touched = account.tickets();

    for ticket in export.tickets.iter_mut().take(5) {
        let number = ticket["id"].as_u64().unwrap();
        ticket["status"] = json!("solved");
        ticket["tags"] = json!(["later"]);
        ticket["assignee_id"] = json!(null);
        ticket["comments"].as_array_mut().unwrap().push(comment(number, 2));
        ticket["updated_at"] = json!(super::export::written(number, 2));
    }
    export.write(&workspace.path("zendesk"));
    let summary = workspace.migrate();
    assert_eq!(of(&found(&workspace, &summary), "GI-U020"), 3);
    assert_eq!(summary["messages"]["created"], 5);
    let after = account.tickets();
    for number in 1..=3 {
        let key = format!("zendesk:ticket:{number}");
        let (before, after) = (&touched[&key], &after[&key]);
        for field in ["status", "assignee_user_id"] {
            assert_eq!(before[field], after[field], "{key} {field}");
        }
        assert_eq!(tags(before), tags(after), "{key}");
        assert_eq!(after["messages"].as_array().unwrap().len(), 2);
    }
    // What the bot tagged stays beside what the source has now.
    let fourth = &after["zendesk:ticket:4"];
    assert_eq!(
        (tags(fourth), &fourth["status"]),
        (vec!["later".to_owned(), "vip".to_owned()], &json!("closed"))
    );
    assert!(fourth["assignee_user_id"].is_null());
    assert_eq!(tags(&after["zendesk:ticket:5"]), ["later"]);
    account.nothing_was_sent();
}

#[test]
fn a_ticket_that_somebody_wrote_on_in_gorgias_stays_open_though_its_events_cannot_be_read() {
    let mut account = playing(|_| {});
    let mut export = Export::of(2, |_| 1);
    for ticket in &mut export.tickets {
        ticket["status"] = json!("closed");
        ticket["tags"] = json!(["moved"]);
    }
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.migrate();
    let path = format!("/api/tickets/{}", account.tickets()["zendesk:ticket:1"]["id"]);
    let message = json!({"channel": "internal-note", "from_agent": true, "via": "api", "body_text": "They called.",
        "sender": {"id": 519_543_301}});
    account.write(Method::POST, &format!("{path}/messages"), &message);
    account.write(Method::PUT, &path, &json!({"status": "open"}));
    let unread = |nth| Scripted { nth, on: Some("GET /api/events".into()), fault: Fault::Quota };
    account.play.faults = FaultPlan { script: (1..=8).map(unread).collect(), ..FaultPlan::none() };
    account.restart(Duration::ZERO);
    for ticket in &mut export.tickets {
        ticket["tags"] = json!(["later"]);
    }
    export.write(&workspace.path("zendesk"));
    let summary = workspace.migrate();
    assert_eq!(account.tickets()["zendesk:ticket:1"]["status"], "open");
    assert_eq!(of(&found(&workspace, &summary), "GI-U020"), 2);
}

#[test]
fn what_gorgias_no_longer_has_is_gone() {
    let account = playing(|_| {});
    let mut export = Export::of(6, |_| 1);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.migrate();
    let tickets = account.tickets();
    let path = |number: u64| format!("/api/tickets/{}", tickets[&format!("zendesk:ticket:{number}")]["id"]);
    account.write(Method::DELETE, &path(1), &Value::Null);
    account.write(Method::PUT, &path(2), &json!({"trashed_datetime": "2026-01-01T00:00:00Z"}));
    for (at, number) in [(0, 1), (1, 2), (2, 3)] {
        export.tickets[at]["comments"].as_array_mut().unwrap().push(comment(number, 1));
    }
    export.write(&workspace.path("zendesk"));
    let summary = workspace.run(RUN).expect(3).summary();
    assert_eq!(of(&found(&workspace, &summary), "GI-U006"), 2);
    assert_eq!(summary["messages"]["created"], 1);
    // Nothing more is ever done about them.
    for (at, number) in [(0, 1), (1, 2)] {
        export.tickets[at]["comments"].as_array_mut().unwrap().push(comment(number, 2));
    }
    export.write(&workspace.path("zendesk"));
    let writes = account.writes().len();
    workspace.migrate();
    assert_eq!(account.writes().len(), writes);
    assert_eq!(account.tickets().len(), 5);
}

#[test]
fn an_export_that_tells_no_tags_takes_none_away() {
    let account = playing(|_| {});
    let mut export = Export::of(8, |_| 1);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.migrate();
    let before = account.end_state();
    for ticket in &mut export.tickets {
        ticket["tags"] = json!([]);
        ticket["assignee_id"] = json!(null);
    }
    export.write(&workspace.path("zendesk"));
    workspace.migrate();
    assert_eq!(account.end_state(), before);
}

#[test]
fn messages_that_a_later_export_lacks_are_told_and_one_that_has_them_brings_them() {
    let trap = Arc::new(Trap::new());
    let watching = Arc::clone(&trap);
    let account = playing(|play| play.observer = Some(observer(move |seen| watching.observe(seen))));
    trap.disarm();
    let rest = "[upload]\nsettle_seconds = 3\nrequest_timeout_seconds = 2\nmessages_per_ticket = 1\n";
    let export = Export::of(1, |_| 6);
    let workspace = Workspace::with_export_and(&account.base_url(), &export, rest);
    // Its tags and its ticket, then the messages one by one.
    trap.set(Phase::Answered, 5);
    let started = workspace.start(RUN);
    trap.aim(&started);
    assert_eq!(started.wait().code, None, "it was to be killed");
    trap.disarm();
    let held = account.tickets()["zendesk:ticket:1"]["messages"].as_array().unwrap().len();
    assert!((1..6).contains(&held), "{held}");

    let mut short = Export::of(1, |_| 6);
    short.tickets[0]["comments"].as_array_mut().unwrap().truncate(held.max(2) - 1);
    short.write(&workspace.path("zendesk"));
    let summary = workspace.migrate();
    let told = found(&workspace, &summary);
    assert_eq!(of(&told, "GI-U018"), 6 - held, "{told:?}");
    assert_eq!(account.tickets()["zendesk:ticket:1"]["messages"].as_array().unwrap().len(), held);

    export.write(&workspace.path("zendesk"));
    workspace.migrate();
    let messages = account.tickets()["zendesk:ticket:1"]["messages"].clone();
    let keys: Vec<&str> =
        messages.as_array().unwrap().iter().map(|one| one["external_id"].as_str().unwrap()).collect();
    let wanted: Vec<String> = (0..6).map(|at| format!("zendesk:comment:{}", comment_id(1, at))).collect();
    assert_eq!(keys, wanted);
    workspace.configure(&account.base_url(), ZENDESK, "");
}
