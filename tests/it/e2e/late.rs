//! Files that come later: what was missing when its message was sent is tried again by every run, and its message gets it.

use serde_json::{Value, json};

use super::account::Account;
use super::export::Export;
use super::file_host::{FileHost, Played};
use super::files::{attachment, codes, listing, message, show, uploads, verified_with_gaps};
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
    assert_eq!(codes(&workspace, 2), ["GI-F013", "GI-F014"]);
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
