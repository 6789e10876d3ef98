//! Who is who after a change: whoever becomes another Gorgias user is changed in place, without another import.

use gorgias_import::sandbox::{SeedTeam, SeedUser};
use serde_json::{Value, json};

use super::account::{Account, Play};
use super::export::Export;
use super::unread::one_unread_ticket;
use super::workspace::{RUN, Workspace};

/// Ana and Ben of the default account.
const ANA: i64 = 519_543_301;
const BEN: i64 = 519_543_302;

fn workspace(account: &Account, export: &Export, people: &str) -> Workspace {
    let rest = "[mapping]\nmailbox = \"support@acme.example\"\npeople = \"people.csv\"\n";
    let workspace = Workspace::with_export_and(&account.base_url(), export, rest);
    workspace.write("people.csv", people);
    workspace
}

fn agents(account: &Account) -> Vec<(Value, Value)> {
    let tickets = account.tickets();
    let of =
        |ticket: &Value| (ticket["assignee_user_id"].clone(), ticket["messages"][1]["sender"]["id"].clone());
    tickets.values().map(of).collect()
}

fn updates(account: &Account) -> usize {
    account.writes().iter().filter(|call| call.method == "PUT").count()
}

/// Users and teams are for people to make: a user who is made is sent an invitation.
fn nobody_was_invited(account: &Account) {
    let made = account.writes().into_iter().map(|call| call.path);
    let made: Vec<String> =
        made.filter(|path| path.starts_with("/api/users") || path.starts_with("/api/teams")).collect();
    assert!(made.is_empty(), "{made:?}");
}

#[test]
fn a_changed_table_gives_messages_and_tickets_to_other_users_in_place() {
    let account = Account::new();
    // Seven messages: some are appended one by one, every fourth is a note.
    let export = Export::of(3, |number| if number == 2 { 7 } else { 2 });
    let workspace = workspace(&account, &export, "key,decision\nzendesk:user:501,stand-in\n");
    workspace.migrate();
    let (created, before) = (account.sandbox().stats().unwrap().messages, updates(&account));
    let first = account.tickets()["zendesk:ticket:1"]["messages"][1].clone();
    assert!(first["body_html"].as_str().unwrap().starts_with("<p><em>Ben Brook wrote:</em></p>"));

    workspace.write("people.csv", "key,decision,gorgias_email\nzendesk:user:501,user,ana@acme.example\n");
    let dry = workspace.run(&format!("{RUN} --dry-run")).expect(0);
    assert_eq!(dry.lines().pop().unwrap()["reassigned"], 3);
    assert_eq!(updates(&account), before);
    let summary = workspace.migrate();
    workspace.verified();
    assert_eq!((&summary["reassigned"], &summary["tickets"]["already"]), (&json!(3), &json!(3)));
    assert!(agents(&account).iter().all(|of| *of == (json!(ANA), json!(ANA))), "{:?}", agents(&account));
    // Five messages by the agent and three tickets, one call each.
    assert_eq!(updates(&account) - before, 5 + 3);
    account.nothing_was_sent();
    assert_eq!(account.sandbox().stats().unwrap().messages, created);
    let now = account.tickets()["zendesk:ticket:1"]["messages"][1].clone();
    assert_eq!(now["body_html"], "<p>Message 1 of ticket 1.</p>");
    assert_eq!(
        (&now["sent_datetime"], &now["body_text"]),
        (&first["sent_datetime"], &json!("Message 1 of ticket 1."))
    );

    // Back again, and then nothing is left to do.
    workspace.write("people.csv", "key,decision\nzendesk:user:501,stand-in\n");
    workspace.migrate();
    assert_eq!(account.tickets()["zendesk:ticket:1"]["messages"][1]["body_html"], first["body_html"]);
    let before = updates(&account);
    assert!(workspace.migrate()["reassigned"].is_null());
    assert_eq!(updates(&account), before);
}

#[test]
fn a_pause_and_the_longest_duration_hold_while_tickets_are_given_away() {
    let account = Account::new();
    let workspace = workspace(&account, &Export::of(3, |_| 2), "key,decision\nzendesk:user:501,stand-in\n");
    workspace.migrate();
    workspace.write("people.csv", "key,decision,gorgias_email\nzendesk:user:501,user,ana@acme.example\n");
    workspace.write("hold", "");
    let before = updates(&account);
    let ended = workspace.run(&format!("{RUN} --max-duration 1s --pause-file hold")).expect(8);
    assert!(ended.lines().iter().any(|line| line["reason"] == "paused"), "{}", ended.stdout);
    assert_eq!(updates(&account), before);
    assert_eq!(workspace.migrate()["reassigned"], 3);
}

#[test]
fn a_ticket_at_which_gorgias_fails_is_given_away_by_the_next_run() {
    let mut account = Account::new();
    let rest = "[mapping]\nmailbox = \"support@acme.example\"\npeople = \"people.csv\"\n[upload]\nsettle_seconds = 2\n\
                patience_seconds = 0\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(3, |_| 2), rest);
    workspace.write("people.csv", "key,decision\nzendesk:user:501,stand-in\n");
    workspace.migrate();
    workspace.write("people.csv", "key,decision,gorgias_email\nzendesk:user:501,user,ana@acme.example\n");
    account.play.faults = one_unread_ticket();
    account.restart(std::time::Duration::ZERO);
    assert_eq!(workspace.run(RUN).expect(5).summary()["reassigned"], 2);
    let rejects = std::fs::read_to_string(workspace.path(".gorgias-import/runs/0002/rejects.csv")).unwrap();
    assert!(rejects.contains("GI-U024,block,zendesk:ticket:"), "{rejects}");
    assert_eq!(workspace.migrate()["reassigned"], 1);
    assert!(agents(&account).iter().all(|of| *of == (json!(ANA), json!(ANA))), "{:?}", agents(&account));
    assert!(workspace.migrate()["reassigned"].is_null());
    account.nothing_was_sent();
}

#[test]
fn a_user_who_is_made_in_gorgias_later_gets_what_is_theirs() {
    let mut play = Play::default();
    let ben = play.seed.users.iter().position(|user| user.id == BEN).unwrap();
    let ben: SeedUser = play.seed.users.remove(ben);
    let mut account = Account::playing(play);
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(2, |_| 2));
    workspace.migrate();
    assert!(agents(&account).iter().all(|(assignee, _)| assignee.is_null()));
    // Somebody takes one of the tickets in Gorgias meanwhile.
    let taken = account.tickets()["zendesk:ticket:2"]["id"].clone();
    account.write(
        reqwest::Method::PUT,
        &format!("/api/tickets/{taken}"),
        &json!({"assignee_user": {"id": ANA}}),
    );
    account.play.seed.users.push(ben);
    account.restart(std::time::Duration::ZERO);
    assert_eq!(workspace.migrate()["reassigned"], 2);
    assert_eq!(agents(&account), [(json!(BEN), json!(BEN)), (json!(ANA), json!(BEN))]);
    let findings = std::fs::read_to_string(workspace.path(".gorgias-import/runs/0002/findings.csv")).unwrap();
    assert!(findings.contains("GI-U016"), "{findings}");
    account.nothing_was_sent();
    nobody_was_invited(&account);
}

#[test]
fn whoever_writes_on_somebody_elses_ticket_is_a_customer_of_their_own() {
    let account = Account::new();
    let mut export = Export::of(1, |_| 3);
    // Customer 2 was in copy and answered.
    export.tickets[0]["comments"][2]["author_id"] = json!(9002);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    assert_eq!(workspace.validate("")["calls"]["by_kind"]["customer"], 1);
    workspace.migrate();
    let ticket = &account.tickets()["zendesk:ticket:1"];
    assert_eq!(ticket["customer"]["email"], "customer1@example.com");
    assert_eq!(ticket["messages"][2]["sender"]["email"], "customer2@example.com");
    account.nothing_was_sent();
}

#[test]
fn ids_with_one_address_are_one_customer_and_listed() {
    let account = Account::new();
    let mut export = Export::of(2, |_| 1);
    // Ticket 2 is by another id of the customer of ticket 1, written in other case.
    for name in ["requester_id", "submitter_id"] {
        export.tickets[1][name] = json!(9_900);
    }
    export.tickets[1]["comments"][0]["author_id"] = json!(9_900);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    let users = std::fs::read_to_string(workspace.path("zendesk/users.ndjson")).unwrap();
    let twin = json!({"id": 9_900, "url": "https://acme.zendesk.com/api/v2/users/9900.json", "name": "C. One",
        "email": "Customer1@Example.com", "role": "end-user", "active": true});
    workspace.write("zendesk/users.ndjson", &format!("{users}{twin}\n"));
    let plan = workspace.validate("");
    let told = plan["findings"].as_array().unwrap().iter().find(|one| one["code"] == "GI-G020").unwrap();
    assert_eq!(told["count"], 1);
    workspace.migrate();
    let tickets = account.tickets();
    assert_eq!(tickets["zendesk:ticket:1"]["customer"]["id"], tickets["zendesk:ticket:2"]["customer"]["id"]);
    let findings = std::fs::read_to_string(workspace.path(".gorgias-import/runs/0001/findings.csv")).unwrap();
    assert!(findings.contains("zendesk:user:9900") && !findings.contains("@example"), "{findings}");
}

#[test]
fn whoever_works_at_a_ticket_decides_who_is_in_charge() {
    let mut play = Play::default();
    play.seed.api_keys.insert("ana@acme.example".into(), "ana".into());
    let account = Account::playing(play);
    let export = Export::of(2, |_| 2);
    let workspace = workspace(&account, &export, "key,decision\nzendesk:user:501,stand-in\n");
    workspace.migrate();
    let id = account.tickets()["zendesk:ticket:2"]["id"].clone();
    let path = format!("/api/tickets/{id}");
    // Ana closes one of them, and leaves it to nobody.
    account.write_as("ana@acme.example", "ana", reqwest::Method::PUT, &path, &json!({"subject": "Mine"}));
    workspace.write("people.csv", "key,decision,gorgias_email\nzendesk:user:501,user,ben@acme.example\n");
    workspace.migrate();
    // Who wrote what is ours to say; who is in charge is not, once people have been there.
    assert_eq!(agents(&account), [(json!(BEN), json!(BEN)), (Value::Null, json!(BEN))]);
    let findings = std::fs::read_to_string(workspace.path(".gorgias-import/runs/0002/findings.csv")).unwrap();
    assert!(findings.contains("GI-U020") && findings.contains("subject"), "{findings}");
    account.nothing_was_sent();
}

#[test]
fn a_team_that_is_made_later_gets_the_tickets_of_its_group() {
    let mut account = Account::new();
    let mut export = Export::of(3, |_| 1);
    for (ticket, group) in export.tickets.iter_mut().zip(["Returns", "Returns", "Wholesale"]) {
        ticket["group_id"] = json!(group.len());
        ticket["group"] = json!({"id": group.len(), "name": group});
    }
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.migrate();
    let teams = |account: &Account| -> Vec<Value> {
        account.tickets().values().map(|ticket| ticket["assignee_team_id"].clone()).collect()
    };
    assert_eq!(teams(&account), [Value::Null, Value::Null, Value::Null]);
    account.play.seed.teams = [(31, "returns"), (32, "Sales")]
        .map(|(id, name)| SeedTeam { id, name: name.into(), members: Vec::new() })
        .into();
    account.restart(std::time::Duration::ZERO);
    // One of them is given to another team by hand.
    let id = account.tickets()["zendesk:ticket:2"]["id"].clone();
    let sales = json!({"assignee_team": {"id": 32}});
    account.write(reqwest::Method::PUT, &format!("/api/tickets/{id}"), &sales);
    assert_eq!(workspace.run(&format!("{RUN} --dry-run")).expect(0).lines().pop().unwrap()["reassigned"], 2);
    workspace.migrate();
    assert_eq!(teams(&account), [json!(31), json!(32), Value::Null]);
    let before = updates(&account);
    workspace.migrate();
    assert_eq!(updates(&account), before);
    account.nothing_was_sent();
    nobody_was_invited(&account);
}

/// Sender of the agent's message and user in charge of each ticket, as the ledger has noted them; 0 is nobody.
fn noted(workspace: &Workspace) -> Vec<(i64, Option<i64>)> {
    let ledger = rusqlite::Connection::open(workspace.path(".gorgias-import/ledger.sqlite")).unwrap();
    let sql = "SELECT m.sender, t.assignee FROM ticket t JOIN message m ON m.ticket = t.id AND m.n = 1 ORDER BY t.key";
    let mut select = ledger.prepare(sql).unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn what_is_left_alone_is_neither_counted_nor_noted_as_given() {
    let account = Account::new();
    let export = Export::of(3, |_| 2);
    let workspace = workspace(&account, &export, "key,decision\nzendesk:user:501,stand-in\n");
    workspace.migrate();
    let before = noted(&workspace);
    let tickets = account.tickets();
    let (one, two) = (&tickets["zendesk:ticket:1"], &tickets["zendesk:ticket:2"]);
    // Somebody puts Ana in charge of two tickets and calls her the author in one; in the other Gorgias tells no sent time,
    // without which nothing may be changed.
    for ticket in [one, two] {
        let taken = json!({"assignee_user": {"id": ANA}});
        account.write(reqwest::Method::PUT, &format!("/api/tickets/{}", ticket["id"]), &taken);
    }
    let message = &one["messages"][1];
    let hers = json!({"channel": message["channel"], "from_agent": true, "sender": {"id": ANA},
        "sent_datetime": message["sent_datetime"]});
    let path = format!("/api/tickets/{}/messages/{}", one["id"], message["id"]);
    account.write(reqwest::Method::PUT, &path, &hers);
    let untimed = "UPDATE messages SET doc = json_set(doc, '$.sent', NULL), sent = NULL WHERE id = ?1";
    account.store().execute(untimed, [two["messages"][1]["id"].as_i64()]).unwrap();

    workspace.write("people.csv", "key,decision,gorgias_email\nzendesk:user:501,user,ben@acme.example\n");
    assert_eq!(workspace.migrate()["reassigned"], 1, "one of the three was changed");
    assert_eq!(noted(&workspace), [before[0], before[1], (BEN, Some(BEN))]);
    let findings = std::fs::read_to_string(workspace.path(".gorgias-import/runs/0002/findings.csv")).unwrap();
    assert_eq!(findings.matches("GI-U016").count(), 3, "{findings}");
    assert_eq!(findings.matches("GI-U017").count(), 1, "{findings}");
    // The same table again is no reason to try again.
    let requests = account.sandbox().requests().len();
    assert!(workspace.migrate()["reassigned"].is_null());
    let asked = account.sandbox().requests();
    assert!(asked[requests..].iter().all(|call| !call.path.starts_with("/api/tickets/")), "{asked:?}");
}

#[test]
fn a_ticket_of_which_nobody_noted_who_is_in_charge_stays_where_it_is() {
    let account = Account::new();
    let workspace = workspace(&account, &Export::of(2, |_| 2), "key,decision,gorgias_email\n");
    workspace.migrate();
    let ledger = rusqlite::Connection::open(workspace.path(".gorgias-import/ledger.sqlite")).unwrap();
    ledger.execute("UPDATE ticket SET assignee = NULL WHERE key = 'zendesk:ticket:1'", []).unwrap();
    workspace.write("people.csv", "key,decision,gorgias_email\nzendesk:user:501,user,ana@acme.example\n");
    workspace.migrate();
    assert_eq!(agents(&account), [(json!(BEN), json!(ANA)), (json!(ANA), json!(ANA))]);
    assert_eq!(noted(&workspace), [(ANA, None), (ANA, Some(ANA))]);
    let findings = std::fs::read_to_string(workspace.path(".gorgias-import/runs/0002/findings.csv")).unwrap();
    assert!(!findings.contains("GI-U016"), "nobody has changed anything by hand: {findings}");
}
