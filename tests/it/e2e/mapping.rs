//! The tables of `[mapping]`: people, tags and fields arrive as the tables say, and a mistake in one is told before
//! anything is sent.

use gorgias_import::sandbox::{SeedCustomer, SeedField};
use serde_json::{Value, json};

use super::account::{Account, Play, tags};
use super::export::Export;
use super::workspace::{RUN, Workspace};

/// Ana and Ben of the default account.
const ANA: i64 = 519_543_301;
const BEN: i64 = 519_543_302;

/// A workspace whose config names these tables.
fn workspace(account: &Account, export: &Export, tables: &[(&str, &str)]) -> Workspace {
    let keys: Vec<String> = tables.iter().map(|(name, _)| format!("{name} = \"{name}.csv\"")).collect();
    let keys = keys.join("\n");
    let rest = format!("[mapping]\nmailbox = \"support@acme.example\"\n{keys}");
    let workspace = Workspace::with_export_and(&account.base_url(), export, &rest);
    for (name, text) in tables {
        workspace.write(&format!("{name}.csv"), text);
    }
    workspace
}

fn field(id: i64, label: &str, data_type: &str, choices: &[&str]) -> SeedField {
    let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
    SeedField {
        id,
        label: label.into(),
        object_type: "Ticket".into(),
        data_type: data_type.into(),
        choices,
        ..SeedField::default()
    }
}

#[test]
fn tags_are_renamed_joined_and_dropped_and_the_plan_knows() {
    let account = Account::new();
    let table = "tag;tickets;decision;new_name\nmoved;8;drop;\ntag-1;2;rename;first\ntag-2;2;merge;first\nmovde;0;drop;\n";
    let workspace = workspace(&account, &Export::of(8, |_| 2), &[("tags", table)]);
    let plan = workspace.validate("");
    assert_eq!(plan["calls"]["by_kind"]["tag"], 3, "first, tag-0 and tag-3");
    let findings = plan["findings"].as_array().unwrap();
    let unmet = findings.iter().find(|finding| finding["code"] == "GI-G016").unwrap();
    assert_eq!((&unmet["count"], &unmet["examples"][0]["line"]), (&json!(1), &json!(5)));
    workspace.migrate();
    let made = account.writes().into_iter().filter(|call| call.path == "/api/tags").count();
    assert_eq!(made, 3);
    for (key, ticket) in account.tickets() {
        let number: u64 = key.rsplit(':').next().unwrap().parse().unwrap();
        let expected = match number % 4 {
            1 | 2 => "first".to_owned(),
            other => format!("tag-{other}"),
        };
        assert_eq!(tags(&ticket), [expected], "{key}");
    }
}

#[test]
fn people_are_whom_the_table_says() {
    let account = Account::new();
    // Customer 3 has no address, customer 1 is left out, and Ben's work goes to Ana.
    let table = "key,role,decision,gorgias_email\nzendesk:user:501,agent,user,Ana@acme.example\n\
                 zendesk:user:9003,customer,customer,callers@example.com\nzendesk:user:9001,customer,skip,\n";
    let workspace = workspace(&account, &Export::of(14, |_| 2), &[("people", table)]);
    let plan = workspace.validate("");
    assert_eq!((&plan["totals"]["tickets"], &plan["totals"]["left_out"]), (&json!(12), &json!(2)));
    let summary = workspace.migrate();
    assert_eq!(summary["tickets"]["created"], 12);
    account.nothing_was_sent();
    let tickets = account.tickets();
    assert!(!tickets.contains_key("zendesk:ticket:1") && !tickets.contains_key("zendesk:ticket:8"));
    for ticket in tickets.values() {
        assert_eq!(ticket["assignee_user_id"], ANA);
        assert_eq!(ticket["messages"][1]["sender"]["id"], ANA);
        assert!(!ticket["messages"][1]["body_html"].as_str().unwrap().contains("wrote:"));
    }
    let callers = |key: &str| tickets[key]["customer"]["email"].clone();
    assert_eq!(
        (callers("zendesk:ticket:3"), callers("zendesk:ticket:10")),
        (json!("callers@example.com"), json!("callers@example.com"))
    );
    let again = workspace.migrate();
    assert_eq!((&again["tickets"]["created"], &again["tickets"]["already"]), (&json!(0), &json!(12)));
    assert_eq!(workspace.run("rehearse --json").expect(0).summary()["tickets"]["created"], 12);
}

#[test]
fn whoever_is_no_longer_skipped_is_added() {
    let account = Account::new();
    let skip = "key,decision\nzendesk:user:9001,skip\n";
    let workspace = workspace(&account, &Export::of(7, |_| 2), &[("people", skip)]);
    assert_eq!(workspace.migrate()["tickets"]["created"], 6);
    workspace.write("people.csv", "key,decision\nzendesk:user:9001,auto\n");
    let summary = workspace.migrate();
    assert_eq!((&summary["tickets"]["created"], &summary["tickets"]["already"]), (&json!(1), &json!(6)));
}

#[test]
fn a_stand_in_that_was_chosen_keeps_the_name_of_the_author() {
    let account = Account::new();
    let table = "key,decision\nzendesk:user:501,stand-in\n";
    let workspace = workspace(&account, &Export::of(1, |_| 2), &[("people", table)]);
    workspace.migrate();
    let ticket = &account.tickets()["zendesk:ticket:1"];
    assert_ne!(ticket["messages"][1]["sender"]["id"], BEN);
    assert!(ticket["assignee_user_id"].is_null());
    assert!(ticket["messages"][1]["body_html"].as_str().unwrap().contains("Ben Brook wrote:"));
}

#[test]
fn fields_go_where_the_table_says() {
    let mut play = Play::default();
    play.seed.custom_fields = vec![
        field(319_613, "Size", "text", &[]),
        field(319_614, "Contact reason", "text", &["Topic::Care", "Topic::Other"]),
        field(319_615, "Weight", "number", &[]),
    ];
    let account = Account::playing(play);
    let mut export = Export::of(2, |_| 2);
    let values = |weight: &str| {
        json!([
            {"id": 1, "value": "XL"}, {"id": 2, "value": "topic__care"}, {"id": 3, "value": ["gift", "rush"]},
            {"id": 4, "value": "internal"}, {"id": 5, "value": "kept"}, {"id": 6, "value": weight},
        ])
    };
    export.tickets[0]["custom_fields"] = values("12.5");
    export.tickets[1]["custom_fields"] = values("heavy");
    let table = "field,decision,gorgias_field,tag_prefix\nzendesk:field:1,field,319613,\n\
                 zendesk:field:2,field,contact reason,\nzendesk:field:3,tag,,option-\nzendesk:field:4,drop,,\n\
                 zendesk:field:6,field,Weight,\n";
    let workspace = workspace(&account, &export, &[("fields", table)]);
    assert_eq!(workspace.validate("")["calls"]["by_kind"]["tag"], 5, "two of fields, two of numbers, moved");
    workspace.migrate();
    let tickets = account.tickets();
    let (light, heavy) = (&tickets["zendesk:ticket:1"], &tickets["zendesk:ticket:2"]);
    let value = |ticket: &Value, id: &str| ticket["custom_fields"][id]["value"].clone();
    for ticket in [light, heavy] {
        assert_eq!((value(ticket, "319613"), value(ticket, "319614")), (json!("XL"), json!("Topic::Care")));
        assert!(
            tags(ticket).contains(&"option-gift".to_owned())
                && tags(ticket).contains(&"option-rush".to_owned())
        );
    }
    assert_eq!(value(light, "319615"), 12.5);
    assert_eq!(light["meta"]["custom_fields"], json!({"5": "kept"}));
    // What a field would refuse must not cost the ticket.
    assert_eq!(heavy["meta"]["custom_fields"], json!({"5": "kept", "6": "heavy"}));
    workspace.run("rehearse --json").expect(0);
}

#[test]
fn a_mistake_in_a_table_is_told_by_line_before_anything_is_sent() {
    let account = Account::new();
    for (name, table, line, words) in [
        (
            "people",
            "key,decision,gorgias_email\nzendesk:user:501,user,gone@acme.example\n",
            RUN,
            "line 2: no active user",
        ),
        (
            "fields",
            "field,decision,gorgias_field\nzendesk:field:1,field,Size\n",
            RUN,
            "line 2: the account has no single ticket field",
        ),
        (
            "people",
            "key,decision,colour\n",
            "validate --json",
            "line 1: `colour` is not a column of this table",
        ),
        ("tags", "tag,decision\na,keep\na,drop\n", "validate --json", "line 3: the same tag as in line 2"),
        (
            "tags",
            "tag,decision\nmoved,rename\n",
            "rehearse --json",
            "line 2: rename needs a name in new_name",
        ),
    ] {
        let workspace = workspace(&account, &Export::of(1, |_| 1), &[(name, table)]);
        let ended = workspace.run(line).expect(2);
        let error = ended.error();
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(words) && message.contains(&format!("{name}.csv")), "{message}");
        assert!(!message.contains('@'), "{message}");
        assert!(error["next"].as_str().unwrap().contains("correct the table"), "{error}");
    }
    assert!(account.writes().is_empty());
}

#[test]
fn names_of_customers_are_overwritten_only_where_asked_for() {
    for (setting, expected) in [("keep", "Known to everybody"), ("overwrite", "Customer 1")] {
        let mut play = Play::default();
        play.seed.customers.push(SeedCustomer {
            email: Some("customer1@example.com".into()),
            name: Some("Known to everybody".into()),
            external_id: Some("shop-77".into()),
            ..SeedCustomer::default()
        });
        let account = Account::playing(play);
        let rest = format!("[mapping]\nmailbox = \"support@acme.example\"\ncustomer_names = \"{setting}\"\n");
        Workspace::with_export_and(&account.base_url(), &Export::of(1, |_| 2), &rest).migrate();
        let customer = &account.tickets()["zendesk:ticket:1"]["customer"];
        assert_eq!((&customer["name"], &customer["external_id"]), (&json!(expected), &json!("shop-77")));
    }
}

#[test]
fn the_tables_of_init_change_nothing_as_they_are() {
    let export = Export::mixed(28);
    let plain = Account::new();
    Workspace::with_export(&plain.base_url(), &export).migrate();
    let account = Account::new();
    let workspace = workspace(&account, &export, &[]);
    let early = workspace.run("init zendesk --out first/migration.toml --json").expect(2).error();
    assert_eq!(early["message"], "there is no folder `first`");
    std::fs::create_dir(workspace.path("first")).unwrap();
    workspace.run("init zendesk --out first/migration.toml --json").expect(0);
    let rest = "[mapping]\nmailbox = \"support@acme.example\"\npeople = \"first/people.csv\"\ntags = \"first/tags.csv\"\n";
    workspace.configure(&account.base_url(), super::workspace::ZENDESK, rest);
    workspace.migrate();
    assert_eq!(account.end_state(), plain.end_state());
}
