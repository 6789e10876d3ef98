//! The tables as people save them: what a spreadsheet makes of them is read, what is wrong is told by line with its remedy
//! before anything is sent, and an id that does not exist is told before anything is sent as well.

use serde_json::{Value, json};

use super::account::Account;
use super::export::Export;
use super::workspace::{RUN, Workspace};

fn workspace(account: &Account, name: &str, table: &str) -> Workspace {
    let rest = format!("[mapping]\nmailbox = \"support@acme.example\"\n{name} = \"{name}.csv\"\n");
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(4, |_| 2), &rest);
    workspace.write(&format!("{name}.csv"), table);
    workspace
}

#[test]
fn every_mistake_of_a_table_has_its_line_and_its_remedy() {
    let account = Account::new();
    for (name, table, expected) in [
        // Saved by a spreadsheet in another country, and edited.
        (
            "people",
            "\u{feff}key;role;decision;gorgias_email\r\nzendesk:user:501;agent;user;nobody at acme\r\n\
             zendesk:user:9001;customer;ignore;\r\nzendesk:user:9001;customer;skip;\r\n;;;\r\nuser 9002;;skip;\r\n\
             zendex:user:9003;;skip;\r\nzendesk:user:9004;;customer;\r\n",
            &[
                "line 2: gorgias_email is not an email address",
                "line 3: decision cannot be `ignore`; write auto, user, customer, stand-in or skip",
                "line 4: the same key as in line 3",
                "line 6: key is not that of a person, such as zendesk:user:9001",
                "line 7: `zendex` is not a source of migration.toml; its sources are zendesk",
                "line 8: customer needs the address of the Gorgias customer in gorgias_email",
            ][..],
        ),
        (
            "people",
            "key,decision,e-mail\n",
            &["line 1: `e-mail` is not a column of this table; its columns are key,role,name,email"],
        ),
        (
            "tags",
            "sep=\t\r\ntag\tdecision\tnew_name\r\nmoved\trename\t\r\n",
            &["line 3: rename needs a name"],
        ),
        (
            "fields",
            "field,decision,gorgias_field\n3.6E+14,field,1\nzendesk:field:1,field,\nzendesk:field:2,meta,Size\n",
            &[
                "line 2: `3.6E+14` is not a field of an export",
                "line 3: field needs the id or the label",
                "line 4: gorgias_field is filled in; write field as the decision, or empty the cell",
            ],
        ),
        (
            "tickets",
            "key,gorgias_ticket_id\nzendesk:ticket:1,1.2E+09\nzendex:ticket:2,7\nzendesk:ticket:3,7,8\n",
            &[
                "line 2: `1.2E+09` is not the id of a Gorgias ticket; write the number at the end of its address",
                "line 3: `zendex` is not a source of migration.toml",
                "line 4: has more cells than the 2 columns",
            ],
        ),
    ] {
        let workspace = workspace(&account, name, table);
        for line in ["validate --json", "rehearse --json", &format!("{RUN} --dry-run"), RUN] {
            let error = workspace.run(line).expect(2).error();
            let message = error["message"].as_str().unwrap();
            for words in expected {
                assert!(message.contains(words), "{line}: {message}");
            }
            assert!(message.contains(&format!("{name}.csv`, line ")), "{message}");
            assert!(error["next"].as_str().unwrap().contains("correct the table"), "{error}");
        }
    }
    assert!(account.sandbox().requests().is_empty(), "nobody was asked");
}

#[test]
fn what_a_spreadsheet_saves_is_read() {
    let account = Account::new();
    let table = "\u{feff}sep=;\r\nNOTE;Key;decision;gorgias_email;;\r\n\"a; b\";zendesk:user:501;user;Ana@acme.example;;\r\n;;;;;\r\n";
    let workspace = workspace(&account, "people", table);
    workspace.migrate();
    assert!(account.tickets().values().all(|ticket| ticket["assignee_user_id"] == 519_543_301));
}

#[test]
fn ids_that_do_not_exist_are_told_before_anything_is_sent() {
    let account = Account::new();
    let mut existing = Vec::new();
    for trashed in [false, true] {
        let ticket = json!({"external_id": format!("by hand {trashed}"),
            "messages": [{"channel": "email", "via": "api", "from_agent": false, "body_text": "Hi",
                "sender": {"email": "customer1@example.com"}, "source": {"type": "email",
                    "from": {"address": "customer1@example.com"}, "to": [{"address": "support@acme.example"}]},
                "created_datetime": "2022-03-05T10:00:00Z", "sent_datetime": "2022-03-05T10:00:00Z"}]});
        account.write(reqwest::Method::POST, "/api/tickets", &ticket);
        let id = account.tickets()[&format!("by hand {trashed}")]["id"].as_u64().unwrap();
        if trashed {
            let trash = json!({"trashed_datetime": "2026-01-01T00:00:00Z"});
            account.write(reqwest::Method::PUT, &format!("/api/tickets/{id}"), &trash);
        }
        existing.push(id);
    }
    let before = account.writes().len();
    let rows = format!(
        "key,gorgias_ticket_id\nzendesk:ticket:1,{}\nzendesk:ticket:2,{}\nzendesk:ticket:3,999999999\n",
        existing[0], existing[1]
    );
    let tickets = "the account has no ticket of the id in gorgias_ticket_id, or it is in the trash";
    for (name, table, lines, words) in [
        ("tickets", rows.as_str(), &[3, 4][..], tickets),
        (
            "people",
            "key,decision,gorgias_email\nzendesk:user:501,user,gone@acme.example\n",
            &[2],
            "no active user of the account has the address in gorgias_email",
        ),
        (
            "fields",
            "field,decision,gorgias_field\nzendesk:field:1,field,4711\n",
            &[2],
            "the account has no single ticket field of the id or label in gorgias_field",
        ),
    ] {
        let workspace = workspace(&account, name, table);
        for line in [&format!("{RUN} --dry-run"), RUN] {
            let error = workspace.run(line).expect(2).error();
            let message = error["message"].as_str().unwrap();
            assert_eq!(message.lines().count(), lines.len(), "{message}");
            for line in lines {
                assert!(message.contains(&format!("{name}.csv`, line {line}: {words}")), "{message}");
            }
            assert!(message.contains("; correct it, or "), "a remedy: {message}");
            assert!(error["next"].as_str().unwrap().contains("nothing was sent"), "{error}");
        }
    }
    assert_eq!(account.writes().len(), before);
    // What is right is taken, and asked for no more once it is done.
    let right = format!("key,gorgias_ticket_id\nzendesk:ticket:1,{}\nzendesk:ticket:77,5\n", existing[0]);
    let workspace = workspace(&account, "tickets", &right);
    let plan = workspace.validate("");
    let unmet = plan["findings"].as_array().unwrap().iter().find(|one| one["code"] == "GI-G016");
    assert_eq!(unmet.map(|one| &one["examples"][0]["line"]), Some(&json!(3)), "{plan}");
    assert_eq!(workspace.migrate()["tickets"]["created"], 3);
    let trash = json!({"trashed_datetime": "2026-01-01T00:00:00Z"});
    account.write(reqwest::Method::PUT, &format!("/api/tickets/{}", existing[0]), &trash);
    let again: Value = workspace.migrate();
    assert_eq!(again["tickets"]["created"], 0);
}
