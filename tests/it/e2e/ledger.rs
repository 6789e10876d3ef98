//! The ledger belongs to one account, one set of sources, one process and one version, and says so.

use std::time::Duration;

use gorgias_import::sandbox::{AccountSeed, BucketLimit, Fault, FaultPlan};

use super::account::{Account, Play};
use super::export::Export;
use super::process::Ended;
use super::workspace::{RUN, Workspace, ZENDESK, migrated};

#[track_caller]
fn message(ended: &Ended) -> String {
    let error = ended.error();
    format!("{} {}", error["message"].as_str().unwrap(), error["next"].as_str().unwrap_or_default())
}

#[test]
fn a_second_process_is_refused_and_told_who_holds_the_ledger() {
    let limit = BucketLimit::new(40, Duration::from_secs(20));
    let account = Account::playing(Play { limit, ..Play::default() });
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(200, |_| 1));
    let first = workspace.start(RUN);
    while account.sandbox().stats().unwrap().tickets == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let second = workspace.run(RUN).expect(11);
    let told = message(&second);
    assert!(told.contains(&first.id().to_string()), "{told}");
    first.signal("TERM");
    first.wait().expect(143);
}

#[test]
fn a_lost_ledger_is_noticed_before_anything_is_written() {
    let (account, workspace) = migrated(&Export::mixed(30));
    let (before, writes) = (account.end_state(), account.writes().len());
    workspace.lose_the_ledger();
    let told = message(&workspace.run(RUN).expect(7));
    assert!(told.contains("gorgias-import rebuild"), "{told}");
    assert_eq!(account.writes().len(), writes);
    assert_eq!(account.end_state(), before);
}

#[test]
fn another_account_under_the_same_ledger_is_refused() {
    let (one, other) = (Account::new(), Account::new());
    let workspace = Workspace::with_export(&one.base_url(), &Export::of(5, |_| 1));
    workspace.migrate();
    workspace.configure(&other.base_url(), ZENDESK, "");
    let told = message(&workspace.run(RUN).expect(2));
    assert!(told.contains(one.base_url().trim_start_matches("http://")), "{told}");
    assert!(told.contains(other.base_url().trim_start_matches("http://")), "{told}");
    assert!(other.sandbox().requests().is_empty());
}

#[test]
fn another_zendesk_under_the_same_name_is_refused() {
    let (account, workspace) = migrated(&Export::of(5, |_| 1));
    let requests = account.sandbox().requests().len();
    let mut export = Export::of(5, |_| 1);
    export.tickets.clear();
    export.subdomain = "globex";
    export.tickets.extend((1..=5).map(|number| super::export::ticket("globex", number, 1)));
    export.write(&workspace.path("zendesk"));
    let told = message(&workspace.run(RUN).expect(2));
    assert!(told.contains("globex") && told.contains("acme"), "{told}");
    assert_eq!(account.sandbox().requests().len(), requests, "nothing was asked of the account");
    assert_eq!(account.tickets().len(), 5);
}

#[test]
fn a_ledger_of_a_newer_version_is_left_alone() {
    let (account, workspace) = migrated(&Export::of(5, |_| 1));
    let path = workspace.path(".gorgias-import/ledger.sqlite");
    {
        let ledger = rusqlite::Connection::open(&path).unwrap();
        ledger.pragma_update(None, "user_version", 999).unwrap();
    }
    let writes = account.writes().len();
    let told = message(&workspace.run(RUN).expect(2));
    assert!(told.contains("999"), "{told}");
    assert_eq!(account.writes().len(), writes);
    let ledger = rusqlite::Connection::open(&path).unwrap();
    let version: i64 = ledger.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 999);
}

#[test]
fn a_wrong_key_is_refused_and_its_origin_named_but_not_its_text() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(5, |_| 1));
    let mut command = workspace.command(RUN);
    command.env("GORGIAS_API_KEY", "hunter2");
    let ended = workspace.launch(command).wait().expect(4);
    let told = message(&ended);
    assert!(told.contains("GORGIAS_API_KEY"), "{told}");
    assert!(!ended.stderr.contains("hunter2") && !ended.stdout.contains("hunter2"));
    assert!(account.writes().is_empty());
    // Nothing is spoilt: the right key goes on.
    assert_eq!(workspace.migrate()["tickets"]["created"], 5);
}

#[test]
fn a_token_that_is_replaced_during_a_run_is_read_again() {
    let tokens = |token: &str| AccountSeed {
        access_tokens: [(token.to_owned(), "ops@example.com".to_owned())].into(),
        ..AccountSeed::default()
    };
    let limit = BucketLimit::new(40, Duration::from_secs(1));
    let account = Account::playing(Play { limit, seed: tokens("first-token"), ..Play::default() });
    let rate = "[rate]\nlimit = \"40/1s\"\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(120, |_| 1), rate);
    let config = std::fs::read_to_string(workspace.path("migration.toml")).unwrap();
    let config = config.replace("email = ", "access_token_file = \"token\"\nemail = ");
    workspace.write("migration.toml", &config);
    let put = |token: &str| {
        workspace.write("token", token);
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(workspace.path("token"), private).unwrap();
    };
    put("first-token");
    let mut command = workspace.command(RUN);
    command.env_remove("GORGIAS_API_KEY");
    let started = workspace.launch(command);
    while account.sandbox().stats().unwrap().tickets < 40 {
        std::thread::sleep(Duration::from_millis(5));
    }
    put("second-token");
    account.sandbox().set_account(tokens("second-token")).unwrap();
    let summary = started.wait().expect(0).summary();
    assert_eq!((&summary["tickets"]["created"], &summary["tickets"]["unknown"]), (&120.into(), &0.into()));
    let refused = account.sandbox().requests().iter().filter(|request| request.status == Some(401)).count();
    assert!((1..=64).contains(&refused), "{refused}");

    // Where the file still has the old one, that is the end: once, and nothing is spoilt.
    account.sandbox().set_account(tokens("third-token")).unwrap();
    let mut command = workspace.command(RUN);
    command.env_remove("GORGIAS_API_KEY");
    let told = message(&workspace.launch(command).wait().expect(4));
    assert!(told.contains("token") && !told.contains("second-token"), "{told}");
}

#[test]
fn the_quota_stops_the_run_in_gorgias_words_and_a_larger_one_lets_it_go_on() {
    let mut play = Play::default();
    play.seed.quota_tickets = Some(12);
    let account = Account::playing(play.clone());
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(40, |_| 2));
    let ended = workspace.run(RUN).expect(4);
    let told = message(&ended);
    assert!(told.contains("quota"), "{told}");
    let summary = ended.summary();
    assert_eq!(summary["tickets"]["created"], 12, "{summary}");
    assert_eq!(summary["tickets"]["rejected"], 0, "a quota is no fault of the records: {summary}");
    // It stops once, not once for each ticket.
    let refused = account.sandbox().requests().iter().filter(|request| request.status == Some(403)).count();
    assert!((1..=8).contains(&refused), "{refused}");

    play.seed.quota_tickets = None;
    account.sandbox().set_account(play.seed).unwrap();
    let rest = workspace.migrate();
    assert_eq!((&rest["tickets"]["already"], &rest["tickets"]["created"]), (&12.into(), &28.into()));
    assert_eq!(account.end_state().len(), 40);
}

#[test]
fn a_lost_ledger_is_made_anew_from_the_account() {
    let account = Account::new();
    let small = "[upload]\nsettle_seconds = 3\nrequest_timeout_seconds = 2\nmessages_per_ticket = 3\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::mixed(130), small);
    workspace.run("run --yes --json --limit 90").expect(0);
    workspace.lose_the_ledger();
    assert!(message(&workspace.run(RUN).expect(7)).contains("gorgias-import rebuild"));
    let writes = account.writes().len();
    let ended = workspace.run("rebuild --yes --json").expect(0);
    let told = ended.lines().pop().unwrap();
    assert_eq!((&told["tickets"]["whole"], &told["tickets"]["absent"]), (&90.into(), &40.into()), "{told}");
    assert_eq!(account.writes().len(), writes, "it only reads");
    let rest = workspace.migrate();
    assert_eq!(
        (&rest["tickets"]["created"], &rest["tickets"]["already"]),
        (&40.into(), &90.into()),
        "{rest}"
    );
    assert_eq!(account.end_state().len(), 130);
    workspace.run("rebuild --yes --json").expect(0);
    assert_eq!(workspace.migrate()["tickets"]["created"], 0);
    let aside = std::fs::read_dir(workspace.path(".gorgias-import")).unwrap();
    let aside =
        aside.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("ledger-"));
    assert!(aside.count() >= 1, "the ledger that was there is kept");
}

#[test]
fn a_damaged_ledger_is_noticed_and_made_anew() {
    let (account, workspace) = migrated(&Export::mixed(60));
    let path = workspace.path(".gorgias-import/ledger.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    let writes = account.writes().len();
    let told = message(&workspace.run(RUN).expect(7));
    assert!(told.contains("damaged") && told.contains("gorgias-import rebuild"), "{told}");
    assert_eq!(account.writes().len(), writes);
    workspace.run("rebuild --yes").expect(0);
    assert_eq!(workspace.migrate()["tickets"]["created"], 0);
}

#[test]
fn what_is_not_as_it_was_sent_is_not_adopted_by_a_rebuild() {
    let (account, workspace) = migrated(&Export::of(20, |_| 2));
    let write = |number: u64, external_id: Option<&str>| {
        let ticket = account.tickets()[&format!("zendesk:ticket:{number}")]["id"].as_i64().unwrap();
        let mut note = serde_json::json!({"channel": "internal-note", "from_agent": true, "body_text": "by hand",
            "sent_datetime": "2024-02-01T00:00:00Z"});
        if let Some(key) = external_id {
            note["external_id"] = key.into();
        }
        account.write(reqwest::Method::POST, &format!("/api/tickets/{ticket}/messages"), &note);
    };
    // An agent was at work in one ticket; into the other one, another import wrote.
    write(6, None);
    write(7, Some("zendesk:comment:987654"));
    workspace.lose_the_ledger();
    let ended = workspace.run("rebuild --yes --json").expect(0);
    let told = ended.lines().pop().unwrap();
    assert_eq!((&told["tickets"]["whole"], &told["tickets"]["unclear"]), (&19.into(), &1.into()), "{told}");
    let told = message(&workspace.run(RUN).expect(7));
    assert!(told.contains("zendesk:ticket:7"), "{told}");
}

#[test]
fn a_ticket_of_another_status_is_put_right_after_a_rebuild() {
    let mut export = Export::of(6, |_| 1);
    export.tickets.iter_mut().for_each(|ticket| ticket["status"] = "open".into());
    export.tickets[4]["status"] = "solved".into();
    let (account, workspace) = migrated(&export);
    workspace.lose_the_ledger();
    export.tickets[2]["status"] = "solved".into();
    export.tickets[4]["status"] = "open".into();
    export.write(&workspace.path("zendesk"));
    let ended = workspace.run("rebuild --yes --json").expect(0);
    let told = ended.lines().pop().unwrap();
    assert_eq!((&told["tickets"]["whole"], &told["tickets"]["partly"]), (&4.into(), &2.into()), "{told}");
    workspace.migrate();
    let status = |number: u64| account.tickets()[&format!("zendesk:ticket:{number}")]["status"].clone();
    assert_eq!([3, 4, 5].map(status), ["closed", "open", "open"]);
}

#[test]
fn a_rebuild_right_after_a_run_waits_for_what_lists_show_late() {
    let faults = FaultPlan {
        rates: [(Fault::LateInList, 1.0)].into(),
        in_a_row_max: u32::MAX,
        hidden_ms: 4_000,
        ..FaultPlan::none()
    };
    let account = Account::playing(Play { faults, ..Play::default() });
    let late = "[upload]\nsettle_seconds = 5\nrequest_timeout_seconds = 2\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(12, |_| 2), late);
    workspace.migrate();
    workspace.lose_the_ledger();
    let ended = workspace.run("rebuild --yes").expect(0);
    let told = ended.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["looking once more", "12 of 12 tickets are in Gorgias whole", "0 are not there"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    account.sandbox().set_faults(FaultPlan::none());
    assert_eq!(workspace.migrate()["tickets"]["created"], 0);
    assert_eq!(account.end_state().len(), 12);
}
