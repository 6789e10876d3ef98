//! What the terminal shows at 60, 100 and 200 columns, by the real binary on a small export.

use insta::assert_snapshot;
use serde_json::json;

use crate::place::{Place, show};

const WIDTHS: [usize; 3] = [60, 100, 200];

/// Two tickets: one with an answer and a file, one whose comments are missing.
fn place() -> Place {
    let place = Place::new();
    let comment = |id: u64, author: u64, body: &str| {
        json!({"id": id, "type": "Comment", "author_id": author, "public": true, "body": body,
            "created_at": "2024-03-05T10:00:00Z", "via": {"channel": "email"}, "attachments": []})
    };
    let ticket = |id: u64, comments: serde_json::Value| {
        json!({"url": format!("https://acme.zendesk.com/api/v2/tickets/{id}.json"), "id": id, "subject": "Where is it?",
            "status": "solved", "created_at": "2024-03-05T10:00:00Z", "requester_id": 5, "submitter_id": 5, "assignee_id": 7,
            "via": {"channel": "email"}, "tags": ["vip"], "description": "Hello", "comments": comments})
    };
    let first = ticket(1, json!([comment(91, 5, "Hello"), comment(92, 7, "Hello Kim")]));
    place.write("exports/tickets.ndjson", &format!("{first}\n{}\n{{\"id\":3,\n", ticket(2, json!([]))));
    let user = |id: u64, name: &str, role: &str| {
        json!({"url": format!("https://acme.zendesk.com/api/v2/users/{id}.json"), "id": id, "name": name,
            "email": format!("u{id}@acme.example"), "role": role})
    };
    place.write(
        "exports/users.ndjson",
        &format!("{}\n{}\n", user(7, "Ana", "agent"), user(5, "Kim", "end-user")),
    );
    place
}

/// What a person sees, time and place replaced.
fn shown(place: &Place, line: &str, width: usize) -> String {
    let output = place.command(line).env("COLUMNS", width.to_string()).output().unwrap();
    let shown = show(&output).replace(&*place.path().to_string_lossy(), "[FOLDER]");
    let lines =
        shown.split_inclusive('\n').filter(|line| !line.contains("Z validate ") && !line.contains("Z init "));
    lines.map(|line| if line.contains(" calls in ") { "[CALLS]\n" } else { line }).collect()
}

/// Nothing but a path, a link or an example may be wider than the terminal.
fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or_default()
}

#[test]
fn the_bare_name() {
    for width in WIDTHS {
        let text = shown(&Place::new(), "", width);
        assert!(widest(&text) <= width.max(72), "{width}:\n{text}");
        assert_snapshot!(format!("bare_name_{width}"), text);
    }
}

#[test]
fn a_first_look_at_an_export() {
    for width in WIDTHS {
        let text = shown(&place(), "init exports", width);
        assert!(widest(&text) <= width, "{width}:\n{text}");
        assert_snapshot!(format!("init_{width}"), text);
    }
}

#[test]
fn what_would_be_imported() {
    let place = place();
    assert!(place.run("init exports").status.success());
    for width in WIDTHS {
        let text = shown(&place, "validate", width);
        assert!(widest(&text) <= width, "{width}:\n{text}");
        assert_snapshot!(format!("validate_{width}"), text);
    }
}

#[test]
fn errors_and_where_things_stand() {
    let place = place();
    assert!(place.run("init exports").status.success());
    for width in WIDTHS {
        let lines = [
            "rnu --limit 5",
            "validate --source zendesc",
            "init exprots --force",
            "undo",
            "clean --no-input",
            "status",
        ];
        let all: Vec<String> = lines
            .iter()
            .map(|line| format!("$ gorgias-import {line}\n{}", shown(&place, line, width)))
            .collect();
        assert_snapshot!(format!("errors_{width}"), all.join("\n"));
    }
}
