//! Exports that change under a migration, and messages for tickets that Gorgias has already.

use serde_json::json;

use super::account::Account;
use super::export::{Export, comment, ticket};
use super::workspace::{RUN, Workspace, migrated};
use crate::sandbox_support::Client;

#[test]
fn a_newer_export_adds_what_is_new_and_repeats_nothing() {
    let account = Account::new();
    let mut export = Export::of(20, |_| 2);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    // Half is moved when the newer export comes.
    workspace.run(&format!("{RUN} --limit 10")).expect(0);
    let before = account.end_state();
    assert_eq!(before.len(), 10);

    // Two tickets more; two more messages in one that was moved and in one that was not.
    export.tickets.push(ticket("acme", 21, 3));
    export.tickets.push(ticket("acme", 22, 1));
    for number in [4, 15] {
        let grown = export.tickets.iter_mut().find(|ticket| ticket["id"] == number).unwrap();
        grown["comments"] = (0..4).map(|at| comment(number, at)).collect();
        grown["updated_at"] = json!(super::export::written(number, 3));
    }
    export.write(&workspace.path("zendesk"));
    let summary = workspace.migrate();
    assert_eq!(summary["tickets"]["created"], 12);
    assert_eq!(summary["tickets"]["appended"], 1);
    assert_eq!(summary["tickets"]["already"], 9);

    let after = account.end_state();
    assert_eq!(after.len(), 22);
    for (key, old) in &before {
        if key != "zendesk:ticket:15" {
            assert_eq!(&after[key], old, "{key} was touched");
        }
    }
    for number in [4, 15] {
        let key = format!("zendesk:ticket:{number}");
        let ids: Vec<_> = after[&key]["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["external_id"].clone())
            .collect();
        let wanted: Vec<_> = (0..4)
            .map(|at| json!(format!("zendesk:comment:{}", super::export::comment_id(number, at))))
            .collect();
        assert_eq!(ids, wanted);
        assert_eq!(after[&key]["status"], if number == 4 { "closed" } else { "open" });
    }
    let messages: usize =
        after.values().map(|ticket| ticket["messages"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(messages as u64, export.messages());
    assert_eq!(workspace.migrate()["tickets"]["already"], 22);
}

#[test]
fn a_text_that_changed_after_its_upload_is_told_and_not_sent_again() {
    let mut export = Export::of(4, |_| 2);
    let (account, workspace) = migrated(&export);
    let before = account.end_state();
    for field in ["body", "html_body", "plain_body"] {
        export.tickets[1]["comments"][0][field] = json!("Something else.");
    }
    export.write(&workspace.path("zendesk"));
    let summary = workspace.migrate();
    assert_eq!(summary["messages"]["created"], 0);
    assert_eq!(account.end_state(), before);
    let run = format!(".gorgias-import/runs/{:04}/findings.csv", summary["run"].as_u64().unwrap());
    let findings = std::fs::read_to_string(workspace.path(&run)).unwrap();
    assert!(findings.contains("GI-U005"), "{findings}");
}

#[test]
fn a_message_that_became_private_after_its_upload_is_told_until_it_is_mended() {
    let mut export = Export::of(4, |_| 2);
    let (account, workspace) = migrated(&export);
    let comment = &mut export.tickets[1]["comments"][1];
    assert_eq!(comment["public"], true);
    comment["public"] = json!(false);
    let key = format!("zendesk:comment:{}", comment["id"]);
    export.write(&workspace.path("zendesk"));
    let said = workspace.run("validate --json").expect(6).stdout;
    assert!(said.contains("GI-U026") && said.contains(&key), "{said}");
    let ended = workspace.run(RUN).expect(3);
    assert!(ended.stdout.contains("1 messages public in Gorgias and private"), "{}", ended.stdout);
    let summary = ended.summary();
    assert_eq!((&summary["messages"]["already"], &summary["messages"]["rejected"]), (&json!(7), &json!(1)));
    let run = format!(".gorgias-import/runs/{:04}/rejects.csv", summary["run"].as_u64().unwrap());
    let rejects = std::fs::read_to_string(workspace.path(&run)).unwrap();
    let id = &account.tickets()["zendesk:ticket:2"]["id"];
    assert!(rejects.contains("GI-U026") && rejects.contains(&key), "{rejects}");
    assert!(rejects.contains(&format!("Gorgias ticket {id}")), "{rejects}");
    workspace.run("verify --json").expect(9);
    workspace.run(RUN).expect(3);

    // Public again in the source, all is as it should be.
    export.tickets[1]["comments"][1]["public"] = json!(true);
    export.write(&workspace.path("zendesk"));
    workspace.migrate();
    workspace.run("verify --json").expect(0);
}

#[test]
fn mapped_tickets_get_the_messages_and_keep_their_status() {
    let account = Account::new();
    let client = Client::to(account.sandbox());
    let held = |status: &str, id: &str| {
        let closed = if status == "closed" { json!("2024-03-06T10:00:00Z") } else { json!(null) };
        let body = json!({"status": status, "external_id": id, "closed_datetime": closed,
            "messages": [{"channel": "email", "via": "api", "from_agent": false, "external_id": format!("{id}-1"),
                "sender": {"email": "joan@customer.example"}, "body_text": "Hello",
                "source": {"type": "email", "from": {"address": "joan@customer.example"},
                    "to": [{"address": "support@acme.example"}]},
                "created_datetime": "2022-03-05T10:00:00Z", "sent_datetime": "2022-03-05T10:00:00Z"}]});
        account.block_on(client.ticket(&body))
    };
    let (closed, open) = (held("closed", "old-1"), held("open", "old-2"));
    let mapping = "[mapping]\ntickets = \"tickets.csv\"\nmailbox = \"support@acme.example\"\n";
    let export = Export::of(6, |_| 3);
    let workspace = Workspace::with_export_and(&account.base_url(), &export, mapping);
    // In Zendesk the first is solved and the second is open.
    let rows = format!("zendesk:ticket:2,{}\nzendesk:ticket:1,{}\n", closed["id"], open["id"]);
    workspace.write("tickets.csv", &format!("key,gorgias_ticket_id\n{rows}"));
    let summary = workspace.migrate();
    assert_eq!(summary["messages"]["created"], 18);
    let tickets = account.end_state();
    assert_eq!(tickets.len(), 4 + 2, "mapped tickets are not created: {:?}", tickets.keys());
    assert_eq!(account.sandbox().tickets().unwrap().len(), 6);
    for (key, status, number) in [("old-1", "closed", 2), ("old-2", "open", 1)] {
        let ticket = &tickets[key];
        assert_eq!(ticket["status"], status, "{key}");
        let ids: Vec<&str> = ticket["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["external_id"].as_str().unwrap())
            .collect();
        let wanted: Vec<String> = std::iter::once(format!("{key}-1"))
            .chain((0..3).map(|at| format!("zendesk:comment:{}", super::export::comment_id(number, at))))
            .collect();
        assert_eq!(ids, wanted);
    }
    assert_eq!(workspace.migrate()["messages"]["created"], 0);
    assert_eq!(account.end_state(), tickets);
}
