//! Links between old tickets: those that lead back are turned when the message is sent, those that lead forward by
//! `fix-links`.

use serde_json::{Value, json};

use super::account::Account;
use super::export::{Export, ticket};
use super::unread::one_unread_ticket;
use super::workspace::{RUN, Workspace};

/// Ticket 1 links to 2 and, in another form, to one that is never moved; ticket 2 links to 1. The newest goes first.
fn export() -> Export {
    let mut export = Export::of(2, |_| 2);
    let say = |ticket: &mut Value, text: &str, html: &str| {
        let comment = &mut ticket["comments"][0];
        comment["body"] = json!(text);
        comment["plain_body"] = json!(text);
        comment["html_body"] = json!(html);
    };
    say(
        &mut export.tickets[0],
        "See https://acme.zendesk.com/agent/tickets/2 and https://other.zendesk.com/agent/tickets/2.",
        "<p>See <a href=\"/hc/en-us/requests/2\">this</a>, https://acme.zendesk.com/agent/tickets/2 and <a href=\"https://acme.zendesk.com/agent/tickets/77\">that</a></p>",
    );
    say(
        &mut export.tickets[1],
        "Before: https://acme.zendesk.com/hc/requests/1",
        "<p>Before: <a href=\"https://acme.zendesk.com/hc/requests/1\">https://acme.zendesk.com/hc/requests/1</a></p>",
    );
    export
}

fn page(account: &Account, number: u64) -> String {
    let id = &account.tickets()[&format!("zendesk:ticket:{number}")]["id"];
    format!("{}/app/ticket/{id}", account.base_url())
}

fn bodies(account: &Account, number: u64) -> (String, String) {
    let message = account.tickets()[&format!("zendesk:ticket:{number}")]["messages"][0].clone();
    let text = |name: &str| message[name].as_str().unwrap().to_owned();
    (text("body_text"), text("body_html"))
}

#[test]
fn links_lead_to_the_new_tickets_at_once_or_by_a_second_pass() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &export());
    workspace.run(&format!("{RUN} --order oldest --limit 1")).expect(0);
    workspace.migrate();
    // Back: ticket 1 was there when ticket 2 was sent.
    let first = page(&account, 1);
    assert_eq!(
        bodies(&account, 2),
        (format!("Before: {first}"), format!("<p>Before: <a href=\"{first}\">{first}</a></p>"))
    );
    let before = bodies(&account, 1);
    assert!(before.0.contains("https://acme.zendesk.com/agent/tickets/2"));

    // What fix-links can turn is no difference.
    let unturned: Value = serde_json::from_str(&workspace.run("verify --json").expect(0).stdout).unwrap();
    assert_eq!(unturned["tickets"]["normalised"], 1, "{unturned}");
    let preview = workspace.run("fix-links --json").expect(0);
    let told: Value = serde_json::from_str(&preview.stdout).unwrap();
    assert_eq!(told["links"], json!({"ready": 1, "waiting": 1, "settled": 0, "refused": 0}));
    assert_eq!((&told["messages"], &told["calls"], &told["executed"]), (&json!(1), &json!(2), &json!(false)));
    let writes = account.writes().len();
    for (line, words) in [
        ("fix-links --json --execute", "--execute needs --confirm"),
        ("fix-links --json --execute --confirm acme", "another account"),
    ] {
        let message = workspace.run(line).expect(2).error()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(account.writes().len(), writes);

    let host = account.base_url().replace("http://", "");
    let line = format!("fix-links --json --execute --confirm {host}");
    let done: Value = serde_json::from_str(&workspace.run(&line).expect(0).stdout).unwrap();
    assert_eq!(done["links"], json!({"ready": 0, "waiting": 1, "settled": 1, "refused": 0}));
    let second = page(&account, 2);
    let (text, html) = bodies(&account, 1);
    assert_eq!(text, format!("See {second} and https://other.zendesk.com/agent/tickets/2."));
    assert_eq!(
        html,
        format!(
            "<p>See <a href=\"{second}\">this</a>, {second} and <a href=\"https://acme.zendesk.com/agent/tickets/77\">that</a></p>"
        )
    );
    account.nothing_was_sent();
    let update = account.writes().into_iter().filter(|call| call.method == "PUT").collect::<Vec<_>>();
    assert_eq!(update.len(), 1);

    workspace.verified();
    // Nothing is left to do, and another run has nothing to say about the changed text.
    let again: Value = serde_json::from_str(&workspace.run("fix-links --json").expect(0).stdout).unwrap();
    assert_eq!(again["links"]["ready"], 0);
    assert_eq!(workspace.migrate()["tickets"]["already"], 2);
    let verified: Value = serde_json::from_str(&workspace.run("verify --json").expect(0).stdout).unwrap();
    assert_eq!(verified["tickets"]["differs"], 0, "{verified}");
}

#[test]
fn a_link_waits_for_the_export_that_has_its_ticket() {
    let account = Account::new();
    let mut export = export();
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.run(&format!("{RUN} --limit 1 --order oldest")).expect(0);
    let told = |workspace: &Workspace| -> Value {
        serde_json::from_str(&workspace.run("fix-links --json").expect(0).stdout).unwrap()
    };
    assert_eq!(told(&workspace)["links"], json!({"ready": 0, "waiting": 2, "settled": 0, "refused": 0}));
    export.tickets.push(ticket("acme", 77, 1));
    export.write(&workspace.path("zendesk"));
    workspace.migrate();
    assert_eq!(told(&workspace)["links"], json!({"ready": 2, "waiting": 0, "settled": 0, "refused": 0}));
}

#[test]
fn a_link_without_a_host_stays_within_its_own_help_desk() {
    let account = Account::new();
    let sources = "[[source]]\nkind = \"zendesk\"\nname = \"us\"\npaths = [\"us\"]\n\n\
                   [[source]]\nkind = \"zendesk\"\nname = \"eu\"\npaths = [\"eu\"]\n";
    let workspace = Workspace::new(&account.base_url(), sources, "");
    let of = |subdomain: &'static str| {
        let mut export = Export::of(2, |_| 1);
        export.subdomain = subdomain;
        export.tickets = (1..=2).map(|number| ticket(subdomain, number, 1)).collect();
        export
    };
    let (mut us, eu) = (of("acme"), of("globex"));
    // Both lead forward; the other help desk's key comes first in order.
    us.tickets[0]["comments"][0]["html_body"] = json!(
        "<p><a href=\"/agent/tickets/2\">ours</a> <a href=\"https://globex.zendesk.com/agent/tickets/2\">theirs</a></p>"
    );
    us.write(&workspace.path("us"));
    eu.write(&workspace.path("eu"));
    workspace.run(&format!("{RUN} --ids us:ticket:1")).expect(0);
    workspace.migrate();
    let host = account.base_url().replace("http://", "");
    workspace.run(&format!("fix-links --json --execute --confirm {host}")).expect(0);
    let tickets = account.tickets();
    let page = |key: &str| format!("{}/app/ticket/{}", account.base_url(), tickets[key]["id"]);
    assert_eq!(
        tickets["us:ticket:1"]["messages"][0]["body_html"],
        format!(
            "<p><a href=\"{}\">ours</a> <a href=\"{}\">theirs</a></p>",
            page("us:ticket:2"),
            page("eu:ticket:2")
        )
    );
}

#[test]
fn a_link_to_a_ticket_that_goes_by_another_key_now_is_turned() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &export());
    workspace.run(&format!("{RUN} --order oldest --limit 1")).expect(0);
    workspace.migrate();
    // Ticket 2 goes or went by the key of ticket 77 as well.
    let ledger = rusqlite::Connection::open(workspace.path(".gorgias-import/ledger.sqlite")).unwrap();
    let joined =
        "INSERT INTO alias SELECT 'zendesk:ticket:77', id FROM ticket WHERE key = 'zendesk:ticket:2'";
    assert_eq!(ledger.execute(joined, []).unwrap(), 1);
    drop(ledger);
    let host = account.base_url().replace("http://", "");
    let line = format!("fix-links --json --execute --confirm {host}");
    let done: Value = serde_json::from_str(&workspace.run(&line).expect(0).stdout).unwrap();
    assert_eq!(done["links"], json!({"ready": 0, "waiting": 0, "settled": 2, "refused": 0}));
    let (_, html) = bodies(&account, 1);
    assert!(!html.contains("zendesk.com"), "{html}");
    assert_eq!(html.matches(&page(&account, 2)).count(), 3, "{html}");
}

#[test]
fn a_link_at_whose_ticket_gorgias_fails_is_left_and_told_so() {
    let mut account = Account::new();
    let rest = "[upload]\nsettle_seconds = 2\npatience_seconds = 0\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &export(), rest);
    workspace.run(&format!("{RUN} --order oldest --limit 1")).expect(0);
    workspace.migrate();
    account.play.faults = one_unread_ticket();
    account.restart(std::time::Duration::ZERO);
    let host = account.base_url().replace("http://", "");
    let line = format!("fix-links --json --execute --confirm {host}");
    let ended = workspace.run(&line).expect(5);
    let left: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(left["links"], json!({"ready": 1, "waiting": 1, "settled": 0, "refused": 0}));
    assert!(ended.stderr.contains("zendesk:ticket:1"), "{}", ended.stderr);
    let done: Value = serde_json::from_str(&workspace.run(&line).expect(0).stdout).unwrap();
    assert_eq!(done["links"], json!({"ready": 0, "waiting": 1, "settled": 1, "refused": 0}));
}
