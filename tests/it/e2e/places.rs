//! Facts of a ticket that have a place of their own in Gorgias: fields by their titles, the old number, the team; and
//! bodies without what runs in them.

use gorgias_import::sandbox::{SeedField, SeedTeam};
use serde_json::{Value, json};

use super::account::{Account, Play};
use super::export::{Export, lines};
use super::verify::verify;
use super::workspace::{RUN, Workspace};

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

fn value(ticket: &Value, id: &str) -> Value {
    ticket["custom_fields"][id]["value"].clone()
}

#[test]
fn fields_go_to_those_of_the_same_label_where_they_fit() {
    let mut play = Play::default();
    play.seed.custom_fields = vec![
        field(1, "order size", "text", &[]),
        field(2, "Reason", "text", &["Topic::Care", "Topic::Other"]),
        SeedField { min: Some(0), max: Some(40), ..field(3, "Weight", "number", &[]) },
        field(4, "Gift", "boolean", &[]),
        field(5, "Options", "text", &[]),
    ];
    let account = Account::playing(play);
    let mut export = Export::of(2, |_| 2);
    let fields = |reason: &str, weight: &str| {
        json!([
            {"id": 11, "value": "XL"}, {"id": 12, "value": reason}, {"id": 13, "value": weight},
            {"id": 14, "value": true}, {"id": 15, "value": ["a", "b"]}, {"id": 16, "value": "no such field"},
        ])
    };
    export.tickets[0]["custom_fields"] = fields("topic__care", "2.5");
    // A choice that there is not, and a weight that Gorgias would refuse, and the whole ticket with it.
    export.tickets[1]["custom_fields"] = fields("returns", "41");
    let workspace = Workspace::with_export(&account.base_url(), &export);
    let titles = ["Order size", "Reason", "Weight", "Gift", "Options", "Other"];
    let definitions: Vec<Value> = (11..)
        .zip(titles)
        .map(|(id, title)| {
            json!({"id": id, "title": title, "raw_title": title, "type": "text",
                "url": format!("https://acme.zendesk.com/api/v2/ticket_fields/{id}.json")})
        })
        .collect();
    workspace.write("zendesk/ticket_fields.ndjson", &lines(&definitions));
    workspace.migrate();
    let tickets = account.tickets();
    let (fits, unfit) = (&tickets["zendesk:ticket:1"], &tickets["zendesk:ticket:2"]);
    assert_eq!(value(fits, "1"), "XL");
    assert_eq!(
        (value(fits, "2"), value(fits, "3"), value(fits, "4")),
        (json!("Topic::Care"), json!(2.5), json!(true))
    );
    assert_eq!(fits["meta"]["custom_fields"], json!({"Options": ["a", "b"], "Other": "no such field"}));
    assert_eq!(unfit["meta"]["custom_fields"]["Reason"], "returns");
    assert_eq!((value(unfit, "3"), &unfit["meta"]["custom_fields"]["Weight"]), (Value::Null, &json!("41")));
    let findings = std::fs::read_to_string(workspace.path(".gorgias-import/runs/0001/findings.csv")).unwrap();
    assert!(findings.contains("GI-G015") && findings.contains("Reason, Weight"), "{findings}");
}

#[test]
fn the_old_number_is_found_where_the_config_says() {
    let mut play = Play::default();
    play.seed.custom_fields =
        vec![field(7, "Zendesk number", "number", &[]), field(8, "Reason", "text", &["a"])];
    let account = Account::playing(play);
    let rest =
        |number: &str| format!("[mapping]\nmailbox = \"support@acme.example\"\nnumber = \"{number}\"\n");
    let workspace =
        Workspace::with_export_and(&account.base_url(), &Export::of(2, |_| 1), &rest("field:Reason"));
    let refused = workspace.run(RUN).expect(2).error();
    assert!(refused["message"].as_str().unwrap().contains("[mapping] number"), "{refused}");
    assert!(account.writes().is_empty());
    workspace.configure(&account.base_url(), super::workspace::ZENDESK, &rest("field:zendesk number"));
    workspace.run(&format!("{RUN} --limit 1 --order oldest")).expect(0);
    workspace.configure(&account.base_url(), super::workspace::ZENDESK, &rest("subject"));
    workspace.migrate();
    let tickets = account.tickets();
    assert_eq!(value(&tickets["zendesk:ticket:1"], "7"), 1);
    assert_eq!(tickets["zendesk:ticket:2"]["subject"], "[#2] Question 2");
    assert_eq!(tickets["zendesk:ticket:2"]["meta"]["zendesk_ticket_id"], 2);
    workspace.run("rehearse --json").expect(0);
}

#[test]
fn a_group_becomes_the_team_of_its_name() {
    let mut play = Play::default();
    play.seed.teams = vec![SeedTeam { id: 31, name: "returns".into(), members: Vec::new() }];
    let account = Account::playing(play);
    let mut export = Export::of(2, |_| 1);
    for (ticket, group) in export.tickets.iter_mut().zip(["Returns", "Wholesale"]) {
        ticket["group_id"] = json!(group.len());
        ticket["group"] = json!({"id": group.len(), "name": group});
    }
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.migrate();
    let tickets = account.tickets();
    assert_eq!(tickets["zendesk:ticket:1"]["assignee_team_id"], 31);
    assert!(tickets["zendesk:ticket:2"]["assignee_team_id"].is_null());
    assert_eq!(tickets["zendesk:ticket:2"]["meta"]["group"], "Wholesale");
    workspace.verified();
    let path = format!("/api/tickets/{}", tickets["zendesk:ticket:1"]["id"]);
    account.write(reqwest::Method::PUT, &path, &json!({"assignee_team": {"id": null}}));
    for flags in ["", "--ids zendesk:ticket:1"] {
        let document = verify(&workspace, flags, 9);
        let detail = &document["differences"][0]["details"][0];
        assert_eq!(
            (&detail["what"], &detail["found"]),
            (&json!("assignee"), &json!("no team")),
            "{document}"
        );
    }
}

#[test]
fn what_runs_in_a_body_stays_behind_and_is_told() {
    let account = Account::new();
    let mut export = Export::of(2, |_| 1);
    export.tickets[0]["comments"][0]["html_body"] = json!(
        "<p onmouseover=\"x()\">Hello<script>alert(1)</script> <a href=\"javascript:x()\">you</a></p><form><input></form><img src=\"https://t.example/o.gif\" width=\"1\" height=\"1\">"
    );
    let workspace = Workspace::with_export(&account.base_url(), &export);
    let plan = workspace.validate("");
    let told = plan["findings"].as_array().unwrap().iter().find(|one| one["code"] == "GI-G018").unwrap();
    assert_eq!(told["count"], 1);
    workspace.migrate();
    let tickets = account.tickets();
    let html = |number: u64| tickets[&format!("zendesk:ticket:{number}")]["messages"][0]["body_html"].clone();
    assert_eq!(html(1), "<p>Hello <a>you</a></p>");
    assert_eq!(html(2), "<p>Message 0 of ticket 2.</p>");
}
