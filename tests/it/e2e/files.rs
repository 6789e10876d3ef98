//! Files: pictures and attachments arrive, once each, and where one cannot be had its message says so.

use std::fs;
use std::sync::Arc;

use gorgias_import::sandbox::Phase;
use serde_json::{Value, json};

use super::account::{Account, Play, observer};
use super::export::Export;
use super::file_host::{FileHost, Played, picture};
use super::process::Trap;
use super::verify::verify;
use super::workspace::{RUN, Workspace};

/// The config's rest that lists these hosts.
pub(super) fn listing(hosts: &[&FileHost]) -> String {
    let names: Vec<String> = hosts.iter().map(|host| host.name()).collect();
    format!("[attachments]\nhosts = {names:?}\nmax_bytes = 20000\ntimeout_seconds = 1\n")
}

/// Tickets of one message each.
fn export(tickets: u64) -> Export {
    Export::of(tickets, |_| 1)
}

/// Gives the only comment of ticket `number` this HTML and these attachments.
pub(super) fn show(export: &mut Export, number: usize, html: &str, attachments: &Value) {
    let comment = &mut export.tickets[number - 1]["comments"][0];
    comment["html_body"] = json!(html);
    comment["attachments"] = attachments.clone();
}

pub(super) fn attachment(id: u64, name: &str, url: &str, size: u64) -> Value {
    json!({"id": id, "file_name": name, "content_url": url, "content_type": "application/pdf", "size": size,
        "inline": false, "deleted": false})
}

/// The uploads that left.
pub(super) fn uploads(account: &Account) -> usize {
    account.writes().iter().filter(|request| request.path == "/api/upload").count()
}

/// The codes in the list of findings of a run.
pub(super) fn codes(workspace: &Workspace, run: u32) -> Vec<String> {
    let list =
        fs::read_to_string(workspace.path(&format!(".gorgias-import/runs/{run:04}/findings.csv"))).unwrap();
    let codes = list.lines().filter_map(|line| line.split(',').find(|cell| cell.starts_with("GI-F")));
    let mut codes: Vec<String> = codes.map(str::to_owned).collect();
    codes.sort();
    codes
}

pub(super) fn message(account: &Account, ticket: u64) -> Value {
    account.tickets()[&format!("zendesk:ticket:{ticket}")]["messages"][0].clone()
}

/// All tickets are as they were sent, and reading back says that `with_gaps` of them lack files.
#[track_caller]
pub(super) fn verified_with_gaps(workspace: &Workspace, checked: u64, with_gaps: u64) {
    let verified: Value = serde_json::from_str(&workspace.run("verify --json").expect(0).stdout).unwrap();
    let tickets = &verified["tickets"];
    assert_eq!(
        (&tickets["checked"], &tickets["identical"]),
        (&json!(checked), &json!(checked)),
        "{verified}"
    );
    assert_eq!(verified["files"]["tickets"], with_gaps, "{verified}");
    assert!(verified["verdict"].as_str().unwrap().contains("Known gaps in "), "{verified}");
}

#[test]
fn ten_pictures_of_which_three_are_broken_are_seven_pictures_and_three_named_gaps() {
    let (host, account) = (FileHost::new(), Account::new());
    let mut html = String::from("<p>Look:</p>");
    for at in 0..10 {
        let name = format!("p{at}.png");
        let played = match at {
            2 => Played::Status(404),
            5 => Played::Bytes("text/html", b"<!DOCTYPE html><title>Sign in</title>".to_vec()),
            8 => Played::Bytes("image/png", vec![7; 20_001]),
            _ => Played::Picture(name.clone()),
        };
        let url = host.play(&format!("t{at}"), &name, played);
        html.extend(["<p><img src=\"", &url.replace('&', "&amp;"), "\"></p>"]);
    }
    let mut export = export(2);
    show(&mut export, 1, &html, &json!([]));
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&host]));
    let plan = workspace.validate("");
    assert_eq!(plan["calls"]["by_kind"]["upload"], 10);
    assert_eq!((&plan["files"]["to_fetch"], &plan["files"]["unknown_size"]), (&json!(10), &json!(10)));
    let summary = workspace.migrate();
    assert_eq!(summary["files_missing"], 3, "{summary}");
    assert_eq!((&summary["uploads"], &summary["tickets"]["created"]), (&json!(7), &json!(2)));
    let message = message(&account, 1);
    let html = message["body_html"].as_str().unwrap();
    assert_eq!(html.matches(&format!("<img src=\"{}/uploads/", account.base_url())).count(), 7, "{html}");
    assert_eq!(html.matches("<img").count(), 7);
    assert!(!html.contains(&host.name()), "no old address is left: {html}");
    for gap in [
        "[file not available: p2.png: it is no longer there]",
        "[file not available: p5.png: a web page came in its place]",
        "[file not available: p8.png: too large]",
    ] {
        assert!(
            html.contains(gap) && message["body_text"].as_str().unwrap().contains(gap),
            "{gap}: {message}"
        );
    }
    assert_eq!(message["attachments"], Value::Null, "pictures are in their place");
    assert_eq!(codes(&workspace, 1), ["GI-F003", "GI-F004", "GI-F006"]);
    // And no file again: what came is not asked for, and what is missing is tried once more, at no call.
    let (asked, calls) = (host.asked().len(), account.writes().len());
    workspace.migrate();
    assert_eq!((uploads(&account), host.asked().len()), (7, asked + 3));
    assert_eq!(account.writes().len(), calls);
    account.nothing_was_sent();
    // Read back, it is as it was sent, gaps and all.
    let verified: Value = serde_json::from_str(&workspace.run("verify --json").expect(0).stdout).unwrap();
    assert_eq!(verified["tickets"]["identical"], 2, "{verified}");
    let wanted = json!({"compared": 7, "hashed": 0, "gaps": 3, "links": 0, "tickets": 1});
    assert_eq!(verified["files"], wanted);
    assert!(
        verified["verdict"]
            .as_str()
            .unwrap()
            .contains("Known gaps in 1 ticket: of its files 3 could not be had")
    );
    let certificate = workspace.run("report").expect(0).stdout.replace('\n', " ");
    let certificate = certificate.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(certificate.contains("Known gaps: 3 files could not be had"), "{certificate}");
    // What the old host knew of the files is not in the ledger.
    let ledger = fs::read(workspace.path(".gorgias-import/ledger.sqlite")).unwrap();
    for secret in ["p0.png", "attachments/token", "?name="] {
        assert!(memchr::memmem::find(&ledger, secret.as_bytes()).is_none(), "{secret}");
    }
}

#[test]
fn contents_are_read_back_and_hashed_where_that_is_asked_for() {
    let (host, account) = (FileHost::new(), Account::new());
    let mut export = export(6);
    for number in 1..=6 {
        let name = format!("p{}.png", number % 3);
        let url = host.play(&format!("t{number}"), &name, Played::Picture(name.clone()));
        show(&mut export, number, &format!("<p>Hi</p><img src='{url}'>"), &json!([]));
    }
    let page =
        host.play("page", "page.html", Played::Bytes("text/html", b"<!DOCTYPE html><p>Saved".to_vec()));
    let kept = json!([{"id": 1, "file_name": "page.html", "content_url": page, "content_type": "text/html", "size": 23,
        "inline": false, "deleted": false}]);
    export.tickets[5]["comments"][0]["attachments"] = kept;
    let workspace = Workspace::with_export_and(
        &account.base_url(),
        &export,
        &listing(&[&host]).replace("timeout_seconds = 1", "timeout_seconds = 20"),
    );
    workspace.migrate();
    let uploaded = uploads(&account) as u64;
    let document = verify(&workspace, "--files", 0);
    let files = &document["files"];
    assert_eq!(files["compared"], files["hashed"], "{document}");
    assert!(files["hashed"].as_u64().unwrap() >= 6 && uploaded < 6, "{files}: each content once");
    assert!(document["verdict"].as_str().unwrap().ends_with("read back, with the content that was sent."));
    let quick = verify(&workspace, "", 0);
    assert_eq!(document["calls"].as_u64().unwrap() - quick["calls"].as_u64().unwrap(), uploaded);
    // The same name, address and size, and another content.
    let other = "UPDATE files SET content = zeroblob(length(content)) \
        WHERE id = (SELECT min(id) FROM files WHERE content_type LIKE 'image/%')";
    assert_eq!(account.store().execute(other, []).unwrap(), 1);
    assert_eq!(verify(&workspace, "", 0)["files"]["hashed"], 0);
    let document = verify(&workspace, "--files", 9);
    assert_eq!(document["tickets"]["differs"], 2, "{document}");
    let detail = &document["differences"][0]["details"][0];
    assert_eq!(detail["what"], "attachments");
    assert!(detail["found"].as_str().unwrap().starts_with("another content, of "), "{detail}");
    // And one that is not there any more.
    account.store().execute("DELETE FROM files WHERE id = (SELECT max(id) FROM files)", []).unwrap();
    let document = verify(&workspace, "--files", 9);
    assert!(
        document["differences"].to_string().contains("not to be had from Gorgias any more"),
        "{document}"
    );
}

#[test]
fn a_picture_of_many_tickets_is_fetched_and_uploaded_once() {
    let (host, account) = (FileHost::new(), Account::new());
    let logo = host.play("logo", "logo.png", Played::Picture("logo".into()));
    let copy = host.play("copy", "copy.png", Played::Picture("logo".into()));
    let mut export = export(12);
    for number in 1..=12 {
        let url = if number == 12 { &copy } else { &logo };
        show(&mut export, number, &format!("<p>Hi</p><img src='{url}'>"), &json!([]));
    }
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&host]));
    assert_eq!(workspace.validate("")["calls"]["by_kind"]["upload"], 2, "the content is not known yet");
    assert_eq!(workspace.migrate()["uploads"], 1);
    assert_eq!((uploads(&account), host.asked().len()), (1, 2));
    let first = message(&account, 1)["body_html"].clone();
    assert!(first.as_str().unwrap().contains("/uploads/attachment/"), "{first}");
    for number in 2..=12 {
        assert_eq!(message(&account, number)["body_html"], first, "{number}");
    }
    workspace.verified();
}

#[test]
fn attachments_are_listed_with_their_names_and_what_the_dump_has_is_not_fetched() {
    let (host, account) = (FileHost::new(), Account::new());
    let there = host.play("a", "a.pdf", Played::Bytes("application/octet-stream", b"%PDF-1.7 one".to_vec()));
    let gone = host.play("b", "b.pdf", Played::Status(410));
    let local = host.play("c", "c.pdf", Played::Status(500));
    let mut export = export(1);
    let files = json!([
        attachment(11, "Rechnung März.pdf", &there, 12),
        attachment(12, "a&b.pdf", &gone, 123_456),
        attachment(13, "dump.pdf", &local, 12),
        attachment(14, "elsewhere.pdf", "https://files.example.org/e.pdf", 5),
    ]);
    show(&mut export, 1, "<p>See attached.</p>", &files);
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&host]));
    workspace.write("zendesk/attachments/13/dump.pdf", "%PDF-1.7 two");
    let plan = workspace.validate("");
    assert_eq!(
        plan["files"],
        json!({"to_fetch": 2, "in_export": 1, "bytes": 123_480, "unknown_size": 0, "links": 1, "upload_seconds": 2})
    );
    assert_eq!(workspace.migrate()["uploads"], 2);
    let message = message(&account, 1);
    let files = message["attachments"].as_array().unwrap();
    let names: Vec<&str> = files.iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Rechnung März.pdf", "dump.pdf", "elsewhere.pdf"]);
    assert_eq!((&files[0]["content_type"], &files[0]["size"]), (&json!("application/pdf"), &json!(12)));
    assert!(files[0]["url"].as_str().unwrap().starts_with(&account.base_url()));
    assert_eq!(files[2]["url"], "https://files.example.org/e.pdf");
    let html = message["body_html"].as_str().unwrap();
    assert!(
        html.ends_with("<p>[file not available: a&amp;b.pdf, 123 kB: it is no longer there]</p>"),
        "{html}"
    );
    assert_eq!(codes(&workspace, 1), ["GI-F001", "GI-F003"]);
    assert_eq!(host.asked().len(), 2, "what the dump has is not asked for");
    verified_with_gaps(&workspace, 1, 1);
}

#[test]
fn a_host_that_never_answers_costs_its_files_only() {
    let (silent, host, account) = (FileHost::new(), FileHost::new(), Account::new());
    let mut export = export(30);
    for number in 1..=10 {
        let url = silent.play_foreign(&number.to_string(), "a.pdf", Played::Silence);
        show(&mut export, number, "<p>Hi</p>", &json!([attachment(11, "a.pdf", &url, 12)]));
    }
    let url = host.play("a", "a.pdf", Played::Bytes("application/pdf", b"%PDF-1.7 one".to_vec()));
    show(&mut export, 11, "<p>Hi</p>", &json!([attachment(11, "a.pdf", &url, 12)]));
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&silent, &host]));
    let summary = workspace.migrate();
    assert_eq!((&summary["tickets"]["created"], &summary["uploads"]), (&json!(30), &json!(1)));
    assert_eq!(codes(&workspace, 1), vec!["GI-F002"; 10]);
    let told = message(&account, 1);
    assert!(
        told["body_text"]
            .as_str()
            .unwrap()
            .contains("[file not available: a.pdf, 12 B: the host does not answer]")
    );
    assert!(
        told["attachments"][0]["url"].as_str().unwrap().contains(&silent.name()),
        "the link may work one day"
    );
}

#[test]
fn redirects_lead_neither_to_this_machine_nor_to_strangers() {
    let (host, stranger, account) = (FileHost::new(), FileHost::new(), Account::new());
    let beyond = stranger.play("x", "x.png", Played::Picture("x".into()));
    let mut export = export(1);
    let there = host.play("there", "there.png", Played::Picture("there".into()));
    let html = [
        host.play("a", "a.png", Played::LedTo(beyond)),
        host.play("b", "b.png", Played::LedTo("http://169.254.169.254/latest/meta-data/".into())),
        host.play("c", "c.png", Played::LedTo("https://files.example.org/c.png".into())),
        host.play("d", "d.png", Played::LedTo(there)),
    ]
    .map(|url| format!("<img src=\"{url}\">"))
    .concat();
    show(&mut export, 1, &html, &json!([]));
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&host]));
    assert_eq!(workspace.migrate()["uploads"], 1);
    assert!(stranger.asked().is_empty());
    assert_eq!(codes(&workspace, 1), ["GI-F007", "GI-F007", "GI-F007"]);
}

#[test]
fn what_was_fetched_ahead_is_uploaded_without_the_old_host() {
    let account = Account::new();
    let mut export = export(3);
    let workspace = {
        let host = FileHost::new();
        for number in 1..=3 {
            let url = host.play(&number.to_string(), "a.png", Played::Picture(number.to_string()));
            show(&mut export, number, &format!("<p>Hi</p><img src=\"{url}\">"), &json!([]));
        }
        host.play("3", "a.png", Played::Status(404));
        let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&host]));
        let fetch = |code| -> Value {
            serde_json::from_str(&workspace.run("fetch --json").expect(code).stdout).unwrap()
        };
        let fetched = fetch(3);
        assert_eq!(
            fetched["files"],
            json!({"total": 3, "fetched": 2, "bytes": 34, "already": 0, "failed": 1, "links": 0, "left": 0})
        );
        assert_eq!(fetched["findings"][0]["code"], "GI-F003");
        host.play("3", "a.png", Played::Picture("3".into()));
        let again = fetch(0);
        assert_eq!((&again["files"]["fetched"], &again["files"]["already"]), (&json!(1), &json!(2)));
        assert_eq!(host.asked().len(), 4);
        workspace
    };
    assert!(account.writes().is_empty());
    // A rehearsal asks nobody and shows what is there.
    let rehearsed = workspace.run("rehearse --json").expect(0).summary();
    assert_eq!(rehearsed["uploads"], 3);
    assert_eq!(workspace.migrate()["uploads"], 3);
    assert_eq!(codes(&workspace, 1), [""; 0]);
}

#[test]
fn a_rehearsal_asks_nobody() {
    let (host, account) = (FileHost::new(), Account::new());
    let url = host.play("1", "a.png", Played::Picture("1".into()));
    let mut export = export(1);
    show(&mut export, 1, &format!("<img src=\"{url}\">"), &json!([attachment(13, "a.pdf", &url, 12)]));
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&host]));
    workspace.write("zendesk/attachments/13/a.pdf", "%PDF-1.7 two");
    let summary = workspace.run("rehearse --json").expect(0).summary();
    assert_eq!(summary["uploads"], 1, "what the dump has");
    assert!(host.asked().is_empty());
}

#[test]
fn a_run_that_is_killed_between_uploads_goes_on_where_it_was() {
    let trap = Arc::new(Trap::new());
    let watching = Arc::clone(&trap);
    let account = Account::playing(Play {
        observer: Some(observer(move |seen| watching.observe(seen))),
        ..Play::default()
    });
    let host = FileHost::new();
    let mut export = export(4);
    for number in 1..=4 {
        let images = (0..3)
            .map(|at| {
                let name = format!("{number}-{at}.png");
                format!("<img src=\"{}\">", host.play(&name, &name, Played::Picture(name.clone())))
            })
            .collect::<Vec<_>>()
            .concat();
        show(&mut export, number, &format!("<p>Hi</p>{images}"), &json!([]));
    }
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[&host]));
    for (phase, nth) in [(Phase::Received, 2), (Phase::Committed, 3), (Phase::Received, 9)] {
        trap.set(phase, nth);
        let started = workspace.start(RUN);
        trap.aim(&started);
        let ended = started.wait();
        assert_eq!(ended.code, None, "{phase:?} {nth}: it was killed: {}", ended.stderr);
    }
    trap.disarm();
    workspace.migrate();
    assert_eq!(account.end_state().len(), 4);
    for number in 1..=4 {
        let html = message(&account, number)["body_html"].as_str().unwrap().to_owned();
        assert_eq!(html.matches("/uploads/attachment/").count(), 3, "{html}");
    }
    // Twelve contents, and again those whose answers died with their process: at most as many as are sent at once.
    let sent = uploads(&account);
    assert!((12..=12 + 3 * 3).contains(&sent), "{sent}");
    // What was fetched is not fetched again; at each death a few downloads may have been under way.
    let asked = host.asked().len();
    assert!((12..=12 + 3 * 4).contains(&asked), "{asked}");
    // Nothing is left of files that were not whole, and what is kept is what it is called.
    let mut kept = 0;
    for folder in fs::read_dir(workspace.path(".gorgias-import/files")).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let file = file.unwrap();
            let hash = blake3::hash(&fs::read(file.path()).unwrap()).to_hex().to_string();
            assert_eq!(file.file_name().to_string_lossy(), hash);
            kept += 1;
        }
    }
    assert_eq!((kept, picture("x").len()), (12, 17));
}

#[test]
fn files_stay_links_or_are_left_out_where_the_config_says_so() {
    let host = FileHost::new();
    let url = host.play("a", "a.pdf", Played::Bytes("application/pdf", b"%PDF-1.7 one".to_vec()));
    for (mode, links) in [("link", 1), ("skip", 0)] {
        let account = Account::new();
        let mut export = export(1);
        let html = format!("<p>Hi <img src=\"{url}\"></p>");
        show(&mut export, 1, &html, &json!([attachment(11, "a.pdf", &url, 12)]));
        let config = format!("{}mode = \"{mode}\"\n", listing(&[&host]));
        let workspace = Workspace::with_export_and(&account.base_url(), &export, &config);
        workspace.migrate();
        let message = message(&account, 1);
        let files = message["attachments"].as_array().map_or(0, Vec::len);
        assert_eq!((files, uploads(&account), host.asked().len()), (links, 0, 0), "{mode}: {message}");
        assert_eq!(message["body_html"], html, "{mode}");
        workspace.verified();
    }
}

#[test]
fn modes_and_hosts_are_checked() {
    let account = Account::new();
    let (link, wrong) = ("[attachments]\nmode = \"link\"\n", "[attachments]\nmode = \"copy\"\n");
    let workspace = Workspace::with_export_and(&account.base_url(), &export(1), link);
    let refused = workspace.run("fetch --json").expect(2).error();
    assert!(refused["next"].as_str().unwrap().contains("mode = \"upload\""), "{refused}");
    let workspace = Workspace::with_export_and(&account.base_url(), &export(1), wrong);
    assert!(workspace.run("validate").expect(2).stderr.contains("mode cannot be `copy`"));
}

#[test]
fn a_file_that_was_deleted_or_has_no_address_is_named_in_its_message() {
    let account = Account::new();
    let mut export = export(2);
    let mut deleted = attachment(1, "old.pdf", "https://acme.zendesk.com/attachments/1", 3);
    deleted["deleted"] = json!(true);
    let mut nowhere = attachment(2, "a.pdf", "", 3);
    nowhere["content_url"] = Value::Null;
    let odd = attachment(3, "b<i>.pdf", "javascript:alert(1)", 3);
    show(&mut export, 1, "<p>See here</p>", &json!([deleted, nowhere, odd]));
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &listing(&[]));
    let plan = workspace.validate("");
    assert_eq!((&plan["files"]["to_fetch"], &plan["files"]["links"]), (&json!(0), &json!(0)), "{plan}");
    let summary = workspace.migrate();
    assert_eq!((&summary["uploads"], &summary["files_missing"]), (&json!(0), &Value::Null), "{summary}");
    let message = message(&account, 1);
    let (text, html) = (message["body_text"].as_str().unwrap(), message["body_html"].as_str().unwrap());
    for gap in [
        "[file not available: old.pdf: it was deleted in the old help desk]",
        "[file not available: a.pdf: it is not in the export]",
        "[file not available: b_i_.pdf: it is not in the export]",
    ] {
        assert!(text.contains(gap) && html.contains(&format!("<p>{gap}</p>")), "{message}");
    }
    assert!(!html.contains("javascript") && message["attachments"] == Value::Null, "{message}");
    assert_eq!(codes(&workspace, 1), ["GI-F015", "GI-F016"]);
    let verified: Value = serde_json::from_str(&workspace.run("verify --json").expect(0).stdout).unwrap();
    assert_eq!(verified["tickets"]["identical"], 2, "{verified}");
}
