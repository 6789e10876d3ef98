//! Files that come later: what was missing when its message was sent is tried again by every run, and its message gets it.

use std::sync::Arc;

use gorgias_import::sandbox::Phase;
use serde_json::{Value, json};

use super::account::{Account, Play, observer};
use super::export::Export;
use super::file_host::{FileHost, Played};
use super::files::{attachment, codes, listing, message, show, uploads, verified_with_gaps};
use super::process::Trap;
use super::workspace::{RUN, Workspace};

const PDF: &[u8] = b"%PDF-1.7 one";

fn updates(account: &Account) -> usize {
    account.writes().iter().filter(|call| call.method == "PUT").count()
}

fn names(message: &Value) -> Vec<&str> {
    let files = message["attachments"].as_array().map(Vec::as_slice).unwrap_or_default();
    files.iter().map(|file| file["name"].as_str().unwrap()).collect()
}

#[test]
fn what_comes_later_gets_into_its_message() {
    let (host, account) = (FileHost::new(), Account::new());
    let gone = |token: &str, name: &str| host.play(token, name, Played::Status(404));
    let (picture, late, other) = (gone("p", "p.png"), gone("l", "l.pdf"), gone("o", "o.pdf"));
    let there = host.play("t", "t.pdf", Played::Bytes("application/pdf", b"%PDF-1.7 there".to_vec()));
    let mut export = Export::of(3, |_| 1);
    let links = "<a href=\"https://acme.zendesk.com/agent/tickets/3\">3</a> \
                 <a href=\"https://acme.zendesk.com/agent/tickets/99\">99</a>";
    let files = json!([
        attachment(11, "l.pdf", &late, 12),
        attachment(12, "t.pdf", &there, 14),
        attachment(13, "elsewhere.pdf", "https://files.example.org/e.pdf", 5),
    ]);
    show(&mut export, 1, &format!("<p>See <img width=\"40\" src=\"{picture}\"> and {links}</p>"), &files);
    show(&mut export, 2, "<p>Hello</p>", &json!([attachment(14, "o.pdf", &other, 12)]));
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&host]));
    assert_eq!(workspace.migrate()["files_missing"], 3);
    let confirm = account.base_url().replace("http://", "");
    workspace.run(&format!("fix-links --json --execute --confirm {confirm}")).expect(0);
    verified_with_gaps(&workspace, 3, 2);
    let before = message(&account, 1);
    assert!(before["body_html"].as_str().unwrap().contains("[file not available: p.png"), "{before}");
    assert_eq!(names(&before), ["t.pdf", "elsewhere.pdf"]);

    // Somebody puts the files back, and fetches them: the messages lack them still, and reading back says so.
    host.play("p", "p.png", Played::Picture("p".into()));
    for token in ["l", "o"] {
        host.play(token, "a.pdf", Played::Bytes("application/pdf", PDF.to_vec()));
    }
    let fetched: Value = serde_json::from_str(&workspace.run("fetch --json").expect(0).stdout).unwrap();
    assert_eq!(fetched["files"]["fetched"], 3, "{fetched}");
    verified_with_gaps(&workspace, 3, 2);
    // Meanwhile somebody takes something out of the other message.
    let other = message(&account, 2);
    let redacted = json!({"channel": other["channel"], "from_agent": false, "body_text": "(removed)",
        "body_html": "(removed)", "sent_datetime": other["sent_datetime"]});
    let id = |ticket: u64| account.tickets()[&format!("zendesk:ticket:{ticket}")]["id"].clone();
    let path = format!("/api/tickets/{}/messages/{}", id(2), other["id"]);
    account.write(reqwest::Method::PUT, &path, &redacted);
    let (asked, written) = (host.asked().len(), updates(&account));

    let dry = workspace.run(&format!("{RUN} --dry-run")).expect(0);
    assert_eq!(dry.lines().pop().unwrap()["files_to_try_again"], 3 + 1, "the one on another host as well");
    assert_eq!(updates(&account), written);
    let summary = workspace.migrate();
    assert_eq!((&summary["files_late"], &summary["uploads"]), (&json!(2), &json!(2)), "{summary}");
    assert_eq!(updates(&account) - written, 1, "one message was changed");
    let after = message(&account, 1);
    let html = after["body_html"].as_str().unwrap();
    assert!(!html.contains("not available") && !html.contains(&host.name()), "{html}");
    let url = format!("<p>See <img width=\"40\" src=\"{}/uploads/", account.base_url());
    assert!(html.starts_with(&url), "the picture is where it was: {html}");
    assert!(html.contains(&format!("/app/ticket/{}\">3</a>", id(3))), "{html}");
    assert!(html.contains("acme.zendesk.com/agent/tickets/99"), "{html}");
    assert!(!after["body_text"].as_str().unwrap().contains("not available"), "{after}");
    assert_eq!(names(&after), ["l.pdf", "t.pdf", "elsewhere.pdf"]);
    assert_eq!(after["attachments"][0]["size"], 12);
    for same in ["id", "external_id", "sent_datetime", "created_datetime", "channel", "from_agent"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_eq!(message(&account, 2)["body_text"], "(removed)", "what people took out stays out");
    let run = u32::try_from(summary["run"].as_u64().unwrap()).unwrap();
    assert_eq!(codes(&workspace, run), ["GI-F013", "GI-F014"]);
    let verified: Value = serde_json::from_str(&workspace.run("verify --json").expect(9).stdout).unwrap();
    assert_eq!((&verified["tickets"]["identical"], &verified["tickets"]["differs"]), (&json!(2), &json!(1)));

    // Nothing is asked for and nothing is changed again.
    let again = workspace.migrate();
    assert!(again["files_late"].is_null() && again["uploads"] == 0, "{again}");
    assert_eq!((host.asked().len(), updates(&account) - written), (asked, 1));
    account.nothing_was_sent();
}

#[test]
fn a_file_that_came_is_put_once_however_the_run_dies() {
    let (host, account) = (FileHost::new(), Account::new());
    let url = host.play("a", "a.pdf", Played::Status(500));
    let mut export = Export::of(1, |_| 1);
    show(&mut export, 1, "<p>Hi</p>", &json!([attachment(11, "a.pdf", &url, 12)]));
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&host]));
    workspace.migrate();
    let ledger = || rusqlite::Connection::open(workspace.path(".gorgias-import/ledger.sqlite")).unwrap();
    let gaps = || -> i64 { ledger().query_row("SELECT count(*) FROM gap", [], |row| row.get(0)).unwrap() };
    ledger().execute_batch("CREATE TABLE kept AS SELECT * FROM gap").unwrap();
    assert_eq!(gaps(), 1);
    host.play("a", "a.pdf", Played::Bytes("application/pdf", PDF.to_vec()));
    assert_eq!(workspace.migrate()["files_late"], 1);
    assert_eq!(gaps(), 0);
    let written = updates(&account);
    // As if the run had died between the answer and its note.
    ledger().execute_batch("INSERT INTO gap SELECT * FROM kept; DROP TABLE kept").unwrap();
    workspace.migrate();
    assert_eq!((updates(&account), uploads(&account), gaps()), (written, 1, 0));
    assert_eq!(names(&message(&account, 1)), ["a.pdf"]);
    workspace.verified();
}

#[test]
fn a_host_that_is_listed_later_gives_its_files() {
    let (host, account) = (FileHost::new(), Account::new());
    let url = host.play("a", "a.pdf", Played::Bytes("application/pdf", PDF.to_vec()));
    let mut export = Export::of(2, |_| 1);
    show(&mut export, 1, "<p>Hi</p>", &json!([attachment(11, "a.pdf", &url, 12)]));
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[]));
    workspace.migrate();
    assert_eq!(message(&account, 1)["attachments"][0]["url"], json!(url), "a link that stays");
    workspace.verified();
    workspace.configure(&account.base_url(), super::workspace::ZENDESK, &listing(&[&host]));
    // A pilot of the other ticket does not touch this one.
    let other = workspace.run(&format!("{RUN} --ids zendesk:ticket:2")).expect(0).summary();
    assert!(other["files_late"].is_null(), "{other}");
    assert_eq!(workspace.migrate()["files_late"], 1);
    let files = message(&account, 1)["attachments"].clone();
    assert!(files[0]["url"].as_str().unwrap().starts_with(&account.base_url()), "{files}");
    workspace.verified();
    account.nothing_was_sent();
}

#[test]
fn a_message_of_unknown_outcome_costs_no_other_message_its_files() {
    let trap = Arc::new(Trap::new());
    let watching = Arc::clone(&trap);
    let observer = Some(observer(move |seen| watching.observe(seen)));
    let (host, account) = (FileHost::new(), Account::playing(Play { observer, ..Play::default() }));
    let files = |token: &str, name: &str, played: Played| {
        json!([attachment(11, name, &host.play(token, name, played), 12)])
    };
    let config = format!(
        "{}[upload]\nsettle_seconds = 1\nrequest_timeout_seconds = 2\nmessages_per_ticket = 1\n",
        listing(&[&host])
    );
    let mut export = Export::of(1, |_| 2);
    export.tickets[0]["comments"][1]["attachments"] = files("a", "a.pdf", Played::Status(404));
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &config);
    // Two tags, the ticket, its second message.
    trap.set(Phase::Received, 4);
    let started = workspace.start(RUN);
    trap.aim(&started);
    assert_eq!(started.wait().code, None, "it was to be killed");
    trap.disarm();
    let ledger = rusqlite::Connection::open(workspace.path(".gorgias-import/ledger.sqlite")).unwrap();
    let states = "SELECT group_concat(state) FROM (SELECT state FROM message ORDER BY n)";
    let states: String = ledger.query_row(states, [], |row| row.get(0)).unwrap();
    assert_eq!(states, "2,1", "the second message is unknown");

    // It arrived, with the reason that held then. By now its file is missing for another one, and there is a third message.
    host.play("a", "a.pdf", Played::Status(500));
    export.tickets[0]["comments"].as_array_mut().unwrap().push(super::export::comment(1, 2));
    export.tickets[0]["comments"][2]["attachments"] = files("b", "b.pdf", Played::Status(404));
    export.write(&workspace.path("zendesk"));
    workspace.migrate();
    for token in ["a", "b"] {
        host.play(token, "a.pdf", Played::Bytes("application/pdf", PDF.to_vec()));
    }
    assert_eq!(workspace.migrate()["files_late"], 2);
    let messages = account.tickets()["zendesk:ticket:1"]["messages"].clone();
    assert_eq!((names(&messages[1]), names(&messages[2])), (vec!["a.pdf"], vec!["b.pdf"]), "{messages}");
    workspace.verified();
    account.nothing_was_sent();
}

#[test]
fn a_message_whose_files_somebody_changed_stays_as_it_is() {
    let (host, account) = (FileHost::new(), Account::new());
    let gone = host.play("a", "a.pdf", Played::Status(404));
    let there = |token: &str| {
        host.play(token, "b.pdf", Played::Bytes("application/pdf", format!("%PDF-1.7 {token}").into_bytes()))
    };
    let mut export = Export::of(2, |_| 1);
    for number in 1..=2 {
        let other = there(&number.to_string());
        let files = json!([attachment(11, "a.pdf", &gone, 12), attachment(12, "b.pdf", &other, 10)]);
        show(&mut export, number, "<p>Hi</p>", &files);
    }
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&host]));
    workspace.migrate();
    // Somebody takes the other file out of one message and puts a second one into the other; the texts stay.
    let more = json!([message(&account, 2)["attachments"][0], message(&account, 1)["attachments"][0]]);
    for (ticket, files) in [(1, json!([])), (2, more)] {
        let held = message(&account, ticket);
        let changed = json!({"channel": held["channel"], "from_agent": false, "attachments": files,
            "sent_datetime": held["sent_datetime"]});
        let id = account.tickets()[&format!("zendesk:ticket:{ticket}")]["id"].clone();
        let path = format!("/api/tickets/{id}/messages/{}", held["id"]);
        account.write(reqwest::Method::PUT, &path, &changed);
    }
    let (one, two) = (message(&account, 1), message(&account, 2));
    assert_eq!((names(&one), names(&two)), (vec![], vec!["b.pdf", "b.pdf"]));
    host.play("a", "a.pdf", Played::Bytes("application/pdf", PDF.to_vec()));
    let summary = workspace.migrate();
    assert!(summary["files_late"].is_null(), "{summary}");
    assert_eq!((message(&account, 1), message(&account, 2)), (one, two));
    assert_eq!(codes(&workspace, 2), ["GI-F014", "GI-F014"]);
}

#[test]
fn what_was_missing_is_tried_again_after_the_ledger_was_made_anew() {
    let (host, account) = (FileHost::new(), Account::new());
    let gone = |token: &str, name: &str| host.play(token, name, Played::Status(404));
    let pdf = |text: &str| Played::Bytes("application/pdf", format!("%PDF-1.7 {text}").into_bytes());
    let mut export = Export::of(3, |_| 1);
    let there = host.play("t", "there.pdf", pdf("t"));
    let (late, other) = (gone("l", "l.pdf"), gone("o", "o.pdf"));
    let files = json!([
        attachment(11, "there.pdf", &there, 10),
        attachment(12, "l.pdf", &late, 10),
        attachment(13, "elsewhere.pdf", "https://files.example.org/e.pdf", 5),
    ]);
    show(&mut export, 1, "<p>Hi</p>", &files);
    let missing = gone("p", "p.png");
    show(&mut export, 2, &format!("<p>See <img src=\"{missing}\"></p>"), &json!([]));
    // Where Gorgias keeps a picture only its message knows, and that does not say which picture it is.
    let picture = host.play("q", "q.png", Played::Picture("q".into()));
    let files = json!([attachment(14, "o.pdf", &other, 10)]);
    show(&mut export, 3, &format!("<p>See <img src=\"{picture}\"></p>"), &files);
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&host]));
    workspace.migrate();
    workspace.lose_the_ledger();
    workspace.run("rebuild --yes --json").expect(0);
    let (asked, written) = (host.asked().len(), updates(&account));
    assert!(workspace.migrate()["files_late"].is_null());
    assert_eq!((host.asked().len() - asked, updates(&account)), (3, written), "still not there");

    for (token, played) in [("l", pdf("l")), ("o", pdf("o")), ("p", Played::Picture("p".into()))] {
        host.play(token, "a", played);
    }
    let before = message(&account, 3);
    let summary = workspace.migrate();
    assert_eq!(summary["files_late"], 2, "{summary}");
    let (one, two) = (message(&account, 1), message(&account, 2));
    assert_eq!(names(&one), ["there.pdf", "l.pdf", "elsewhere.pdf"]);
    assert!(!one["body_text"].as_str().unwrap().contains("not available"), "{one}");
    let html = two["body_html"].as_str().unwrap();
    assert!(html.contains("/uploads/") && !html.contains("not available"), "{html}");
    assert_eq!(message(&account, 3), before);
    let run = u32::try_from(summary["run"].as_u64().unwrap()).unwrap();
    assert_eq!(codes(&workspace, run), ["GI-F013", "GI-F013", "GI-F014"]);
    account.nothing_was_sent();
}
