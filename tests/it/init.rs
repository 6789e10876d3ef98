//! `init` reads the exports, tells what is in them, and writes tables that people edit.

use std::fs;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::place::Place;

fn ticket(id: u64, comments: &Value) -> Value {
    json!({
        "url": format!("https://acme.zendesk.com/api/v2/tickets/{id}.json"), "id": id, "subject": "Where is it?",
        "status": "solved", "created_at": "2024-03-05T10:00:00Z", "requester_id": 5, "submitter_id": 5,
        "assignee_id": 7, "via": {"channel": "email"}, "tags": ["vip", format!("=order_{id}")],
        "custom_fields": [{"id": 360_012_345_678_u64, "value": "XL"}, {"id": 9, "value": null}],
        "description": "Hello", "comments": comments,
    })
}

fn place() -> Place {
    let place = Place::new();
    let comments = json!([
        {"id": 91, "type": "Comment", "author_id": 5, "public": true, "body": "Hello", "created_at": "2024-03-05T10:00:00Z",
         "via": {"channel": "email"}, "attachments": [{"id": 1, "file_name": "a.pdf", "size": 1_500_000,
         "content_url": "https://acme.zendesk.com/attachments/1", "content_type": "application/pdf"}]},
        {"id": 92, "type": "Comment", "author_id": 7, "public": true, "body": "Hello Kim", "created_at": "2024-03-06T10:00:00Z",
         "via": {"channel": "email"}, "attachments": []},
    ]);
    place.write("exports/tickets.ndjson", &format!("{}\n{}\n", ticket(1, &comments), ticket(2, &json!([]))));
    place.write(
        "exports/users.ndjson",
        concat!(
            r#"{"url":"https://acme.zendesk.com/api/v2/users/7.json","id":7,"name":"Ana, Perez","email":"ana@acme.example","role":"agent"}"#,
            "\n",
        ),
    );
    place
}

#[test]
fn an_export_is_told_and_its_tables_are_written() {
    let place = place();
    assert_snapshot!(place.shown("init exports"), @"
    exit 0
    --- stdout
    zendesk   2 tickets, 3 messages, 2024-03-05 to 2024-03-06, 2 files (1.26 kB)
    sides     customer 2, agent 1, note 0
    channels  email 3
    people    1 customer, 1 agent; 1 of the customers without email address and
              phone number
    tags      3 distinct
    fields    1 custom, with values
    files     attachments 1, inline images 0, recordings 0; 1.50 MB
    missing   comments for 1 ticket are not in these files
              1 person is known by id only
    findings  3 warnings, 9 for information; gorgias-import validate lists them
    --- stderr
    found Zendesk export of acme: 2 files, 1.26 kB
      exports

    wrote `people.csv`: who is which Gorgias user or customer; 2 lines
    wrote `tags.csv`: new names of tags, and tags to leave out; 3 lines
    wrote `fields.csv`: where custom fields go; 1 line
    wrote `migration.toml`; [gorgias] is still open there; only run needs it
    next: gorgias-import validate --report report.html
    ");
    assert_snapshot!(fs::read_to_string(place.path().join("migration.toml")).unwrap(), @r#"
    # Written by gorgias-import init. Every key is described in migration.example.toml and in the man page.

    # The account that is written to. validate and rehearse do without it; run needs it.
    # [gorgias]
    # account = "NAME"               # of https://NAME.gorgias.com
    # email = "ADDRESS"              # of the API key's owner
    # api_key_file = "gorgias.key"   # only its owner may read it: chmod 600 gorgias.key

    # Zendesk export of acme: 2 files, 1.26 kB; 2 tickets, 3 messages, 2024-03-05 to 2024-03-06.
    [[source]]
    kind = "zendesk"
    name = "zendesk"   # prefixes every key; do not change it after a run
    paths = ["exports"]

    # Tables to look through in a spreadsheet; every line begins as the best guess.
    [mapping]
    people = "people.csv"   # who is which Gorgias user or customer; 2 lines
    tags = "tags.csv"   # new names of tags, and tags to leave out; 3 lines
    fields = "fields.csv"   # where custom fields go; 1 line
    "#);
    let table = |name: &str| {
        let text = fs::read_to_string(place.path().join(name)).unwrap();
        let rest = text.strip_prefix('\u{feff}').expect("a byte order mark, which Excel needs");
        assert!(rest.lines().count() > 1 && rest.matches('\n').count() == rest.matches("\r\n").count());
        rest.replace("\r\n", "\n")
    };
    assert_snapshot!(table("people.csv"), @r#"
    key,role,name,email,messages,tickets,decision,gorgias_email,note
    zendesk:user:7,agent,"Ana, Perez",ana@acme.example,1,2,auto,ana@acme.example,
    zendesk:user:5,customer,,,2,2,auto,,neither email address nor phone number; made with the key alone
    "#);
    assert_snapshot!(table("tags.csv"), @"
    tag,tickets,decision,new_name,note
    vip,2,keep,,
    '=order_1,1,keep,,
    '=order_2,1,keep,,
    ");
    assert_snapshot!(table("fields.csv"), @"
    field,title,kind,tickets,examples,decision,gorgias_field,tag_prefix,note
    zendesk:field:360012345678,,text,2,XL,auto,,,few values: tag or field would do
    ");
    assert!(place.run("validate").status.success(), "what init wrote is sound");
}

#[test]
fn a_table_that_is_there_is_not_written_over() {
    let place = place();
    place.write("tags.csv", "mine\n");
    assert_snapshot!(place.shown("init exports"), @"
    exit 2
    --- stdout
    --- stderr
    error: `tags.csv` exists already
    next: name a file in another folder with --out, or add --force to overwrite it; then: gorgias-import init exports
    ");
    assert_eq!(fs::read_to_string(place.path().join("tags.csv")).unwrap(), "mine\n");
    assert!(!place.path().join("migration.toml").exists());
    assert!(place.run("init exports --force").status.success());
    assert_ne!(fs::read_to_string(place.path().join("tags.csv")).unwrap(), "mine\n");
}

#[test]
fn programs_get_the_inventory_without_names() {
    let place = place();
    let output = place.run("init exports --json");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('@') && !text.contains("Perez"), "{text}");
    let found: Value = serde_json::from_str(&text).unwrap();
    let inventory = &found["inventory"];
    assert_eq!((&inventory["agents"], &inventory["customers"]), (&json!(1), &json!(1)));
    assert_eq!((&inventory["tags"], &inventory["fields"]), (&json!(3), &json!(1)));
    assert_eq!((&inventory["files"], &inventory["file_bytes"]), (&json!(1), &json!(1_500_000)));
    assert_eq!(inventory["sources"][0]["messages"], 3);
    assert_eq!(inventory["missing"][0], "comments for 1 ticket are not in these files");
    assert_eq!(found["tables"][2], json!({"key": "fields", "file": "fields.csv", "lines": 1}));
}

/// A folder with a file of each product and one of neither.
fn mixed() -> Place {
    let place = Place::new();
    place.write(
        "exports/zendesk/tickets.json",
        "{\"url\":\"https://acme.zendesk.com/api/v2/tickets/1.json\",\"id\":1}\n",
    );
    place.write("exports/calls.csv", "line,datetime (TZ offset incl.),direction\n");
    place.write("exports/readme.txt", "hello\n");
    place
}

#[test]
fn init_writes_what_it_found_and_never_over_a_file() {
    let place = mixed();
    assert_snapshot!(place.shown("init exports"), @"
    exit 0
    --- stdout
    aircall   0 tickets (one for each call), 0 messages, 1 file (42 B)
    zendesk   0 tickets, 0 messages, 1 file (64 B), 1 left out
    people    0 customers, 0 agents
    tags      0 distinct
    fields    0 custom, with values
    files     none
    missing   comments for 1 ticket are not in these files
              no users file
              1 CSV file has no known layout
    findings  2 warnings, 1 for information; gorgias-import validate lists them
    --- stderr
    found Aircall export: 1 file, 42 B
      exports/calls.csv
    found Zendesk export of acme: 1 file, 64 B
      exports/zendesk
    of no known kind: `exports/readme.txt`

    wrote `migration.toml`; [gorgias] is still open there; only run needs it
    next: gorgias-import validate --report report.html
    ");
    assert_snapshot!(fs::read_to_string(place.path().join("migration.toml")).unwrap(), @r#"
    # Written by gorgias-import init. Every key is described in migration.example.toml and in the man page.

    # The account that is written to. validate and rehearse do without it; run needs it.
    # [gorgias]
    # account = "NAME"               # of https://NAME.gorgias.com
    # email = "ADDRESS"              # of the API key's owner
    # api_key_file = "gorgias.key"   # only its owner may read it: chmod 600 gorgias.key

    # Aircall export: 1 file, 42 B; 0 tickets, 0 messages.
    [[source]]
    kind = "aircall"
    name = "aircall"   # prefixes every key; do not change it after a run
    paths = ["exports/calls.csv"]
    # grouping = "contact-day"   # one ticket per number and day instead of one per call

    # Zendesk export of acme: 1 file, 64 B; 0 tickets, 0 messages.
    [[source]]
    kind = "zendesk"
    name = "zendesk"   # prefixes every key; do not change it after a run
    paths = ["exports/zendesk"]
    "#);
    assert_snapshot!(place.shown("init exports"), @"
    exit 2
    --- stdout
    --- stderr
    error: `migration.toml` exists already
    next: name a file in another folder with --out, or add --force to overwrite it; then: gorgias-import init exports
    ");
}

#[test]
fn init_overwrites_when_told_and_says_where_nothing_is() {
    let place = mixed();
    assert!(place.run("init exports --force").status.success());
    let found: Value = serde_json::from_slice(&place.run("init exports --force --json").stdout).unwrap();
    assert_eq!(found["type"], "init");
    assert_eq!(found["sources"][1]["kind"], "zendesk");
    assert_eq!(found["sources"][1]["bytes"], 64);
    assert_eq!(found["unknown"][0], "exports/readme.txt");
    assert_snapshot!(place.shown("init exports/readme.txt --out other.toml"), @"
    exit 2
    --- stdout
    --- stderr
    of no known kind: `exports/readme.txt`
    error: no Zendesk or Aircall export was found there
    next: name the files or folders of the export; then: gorgias-import init exports/readme.txt --out other.toml
    ");
    assert_snapshot!(place.shown("init nowhere --out other.toml"), @"
    exit 2
    --- stdout
    --- stderr
    error: there is no `nowhere`
    next: name the files or folders of the export; then: gorgias-import init nowhere --out other.toml
    ");
    let validated = place.run("validate");
    assert!(validated.status.success(), "the config that init wrote is sound");
}

/// On a terminal three questions are asked; their answers are the `[gorgias]` section. In a pipe nothing is asked.
#[test]
fn on_a_terminal_it_asks_for_the_account() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    if Command::new("script").arg("--version").output().is_err() {
        println!("skipped: there is no `script` to make a terminal with");
        return;
    }
    let place = place();
    let program = env!("CARGO_BIN_EXE_gorgias-import");
    let mut started = Command::new("script")
        .args(["-qec", &format!("'{program}' init exports"), "/dev/null"])
        .current_dir(place.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut keyboard = started.stdin.take().unwrap();
    keyboard.write_all(b"https://acme.gorgias.com/app\nops at example\nops@example.com\n1\n\n").unwrap();
    let mut shown = String::new();
    std::io::Read::read_to_string(&mut started.stdout.take().unwrap(), &mut shown).unwrap();
    drop(keyboard);
    assert!(started.wait().unwrap().success(), "{shown}");
    for words in [
        "NAME of https",
        "That is not an email address",
        "3 Where is the API key",
        "chmod 600",
        "gorgias-import validate",
    ] {
        let config = fs::read_to_string(place.path().join("migration.toml")).unwrap();
        assert!(shown.contains(words) || config.contains(words), "{words}: {shown}");
    }
    let config = fs::read_to_string(place.path().join("migration.toml")).unwrap();
    assert!(config.contains("[gorgias]\naccount = \"acme\""), "{config}");
    assert!(
        config.contains("email = \"ops@example.com\"") && config.contains("api_key_file = \"gorgias.key\"")
    );
    assert!(place.run("validate").status.success(), "what was answered is a sound config");
}

#[test]
fn settings_that_the_files_turn_out_to_need_stand_in_the_config() {
    let place = Place::new();
    place.write(
        "exports/looker.csv",
        "date (TZ offset incl.),call_id,direction,from,to,number_name,full_name,created_time,ended_time,\
         duration_in_seconds,was_answered_yes__no\n\
         2022-03-04,900000001,outbound,33199000001,33639980001,Sales,Ana,2022-03-04 10:00:00,2022-03-04 10:01:00,60,No\n",
    );
    place.write(
        "exports/calls.csv",
        "line,datetime (tz offset incl.),number timezone,Datetime (UTC),direction,from,to,answered,user,\
         duration (total),comments,Aircall Number,Customer Number,call id (internal)\n\
         Sales,,,4/12/2025 9:15,inbound,,,Yes,Ana,60,,Sales (+61 3 5550 4772),+61 491 570 006,900000002\n",
    );
    let config = |exports: &str| {
        let out = format!("{exports}.toml");
        assert!(place.run(&format!("init exports/{exports} --out {out} --force")).status.success());
        fs::read_to_string(place.path().join(out)).unwrap()
    };
    let (zone, order) =
        ("\n# timezone = \"Europe/Paris\"   # SET THIS: ", "\n# date_order = \"dmy\"   # SET THIS: ");
    let (looker, calls) = (config("looker.csv"), config("calls.csv"));
    assert!(looker.contains(zone) && !looker.contains(order), "{looker}");
    assert!(!calls.contains(zone) && calls.contains(order), "{calls}");
    // Without their signs they are what it takes.
    for (exports, written) in [("looker.csv", looker), ("calls.csv", calls)] {
        assert_ne!(place.run(&format!("validate --config {exports}.toml")).status.code(), Some(0));
        let set = written.replace("# timezone", "timezone").replace("# date_order", "date_order");
        place.write(&format!("{exports}.toml"), &set);
        assert_eq!(place.run(&format!("validate --config {exports}.toml")).status.code(), Some(0));
    }
}
