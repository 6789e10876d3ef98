//! The account's own JSON export, and every way in which people pack and rewrite it. Tickets hold their comments.

use serde_json::{Value, json};

use super::folder::{Folder, gz, lines, zip};
use super::history::{History, Ticket};
use super::wire::{field_objects, organization_objects};
use super::{Shape, shape};

/// What lies beside the tickets in all of these: the users' and the organizations' exports, and the definitions of
/// fields, which only the API has.
fn beside(history: &History, folder: &Folder) {
    folder.file("users.ndjson", lines(&history.user_objects()));
    folder.file("organizations.ndjson", lines(&organization_objects()));
    folder.file(
        "ticket_fields.json",
        json!({"ticket_fields": field_objects(), "next_page": null, "previous_page": null, "count": 3})
            .to_string(),
    );
}

fn wrapped(name: &str, values: Vec<Value>) -> Vec<Value> {
    values.into_iter().map(|value| json!({name: value})).collect()
}

fn bare(history: &History, folder: &Folder) {
    folder.file("export_2026_02_01_1.json", lines(&history.export_lines()));
    beside(history, folder);
}

/// As the documentation shows the lines; CRLF, and no end after the last one.
fn wrapped_lines(history: &History, folder: &Folder) {
    let text = lines(&wrapped("ticket", history.export_lines())).replace('\n', "\r\n");
    folder.file("export_2026_02_01_1.json", text.trim_end());
    folder.file("users.json", lines(&wrapped("user", history.user_objects())));
    folder.file("organizations.json", lines(&wrapped("organization", organization_objects())));
    folder.file("ticket_fields.json", json!({"ticket_fields": field_objects()}).to_string());
}

/// As the documentation tells users to make one document of the lines.
fn wrapped_document(history: &History, folder: &Folder) {
    let document = json!({"tickets": wrapped("ticket", history.export_lines())});
    folder.file("all.json", format!("\u{feff}{}", serde_json::to_string_pretty(&document).unwrap()));
    beside(history, folder);
}

/// A ticket as it was in an export of an earlier day.
fn earlier(ticket: &Ticket, history: &History) -> Value {
    let mut ticket = ticket.clone();
    if ticket.comments.len() > 1 {
        ticket.comments.pop();
    }
    for comment in &mut ticket.comments {
        comment.public = comment.public_at_first.unwrap_or(comment.public);
        comment.text = comment.text.replace("▇▇▇▇", "5555");
        comment.html = comment.html.replace("▇▇▇▇", "5555");
    }
    ticket.updated = ticket.created;
    (ticket.status, ticket.tags, ticket.priority) = ("new", vec!["early"], None);
    let mut line = ticket.export_line(history);
    line["generated_timestamp"] = json!(ticket.created);
    line
}

/// Two exports whose date ranges overlap: tickets 10 to 20 are in both, and the deleted one was not deleted yet.
fn overlapping_zips(history: &History, folder: &Folder) {
    let (mut older, mut newer) = (Vec::new(), Vec::new());
    for ticket in &history.tickets {
        if ticket.number < 10 {
            older.push(ticket.export_line(history));
            continue;
        }
        if ticket.number <= 20 || ticket.number == 28 {
            older.push(earlier(ticket, history));
        }
        newer.push(ticket.export_line(history));
    }
    newer.reverse();
    let (first, second) = newer.split_at(newer.len() / 2);
    let users = lines(&history.user_objects());
    // Named so that the newer one is read first.
    folder.file(
        "b_2026_01_01.zip",
        zip([
            ("export_2026_01_01_x_1.json", lines(&older)),
            ("__MACOSX/._export_2026_01_01_x_1.json", "noise".into()),
        ]),
    );
    folder.file(
        "a_2026_02_01.zip",
        zip([("export_2026_02_01_y_1.json", lines(first)), ("export_2026_02_01_y_2.json", lines(second))]),
    );
    folder.file("users_2026_02_01.zip", zip([("export_2026_02_01_z_1.json", users)]));
    folder.file(
        "organizations_2026_02_01.zip",
        zip([("export_2026_02_01_o_1.json", lines(&organization_objects()))]),
    );
    folder.file("ticket_fields.json", json!({"ticket_fields": field_objects()}).to_string());
}

fn pretty_array(history: &History, folder: &Folder) {
    folder.file("tickets-1.json", serde_json::to_string_pretty(&history.export_lines()).unwrap());
    folder.file("users.json", serde_json::to_string_pretty(&history.user_objects()).unwrap());
    folder.file("organizations.json", json!(organization_objects()).to_string());
    folder.file("fields.json", json!(field_objects()).to_string());
}

/// Documents of many lines, one after another, in one file with everything.
fn concatenated_documents(history: &History, folder: &Folder) {
    let all =
        [history.export_lines(), history.user_objects(), organization_objects(), field_objects()].concat();
    let text: Vec<String> = all.iter().map(|one| serde_json::to_string_pretty(one).unwrap()).collect();
    folder.file("everything.json", text.join("\n"));
}

/// One file a ticket, one a user.
fn file_each(history: &History, folder: &Folder) {
    for ticket in &history.tickets {
        let text = serde_json::to_string_pretty(&json!({"ticket": ticket.export_line(history)})).unwrap();
        folder.file(&format!("backup/2024/tickets/{}.json", ticket.number), text);
    }
    for user in history.users() {
        folder
            .file(&format!("backup/2024/users/{}.json", user.id), json!({"user": user.object()}).to_string());
    }
    folder.file("backup/organizations.json", json!({"organizations": organization_objects()}).to_string());
    folder.file("backup/ticket_fields.json", json!({"ticket_fields": field_objects()}).to_string());
    folder.file("backup/.DS_Store", "noise");
    folder.file("backup/2024/tickets/31.json.crdownload", "{\"ticket\":{");
}

/// Every file gzipped, the tickets as members one after another.
fn gzipped(history: &History, folder: &Folder) {
    let members: Vec<u8> = history.export_lines().chunks(7).flat_map(|chunk| gz(lines(chunk))).collect();
    folder.file("tickets.json.gz", members);
    folder.file("users.json.gz", gz(lines(&history.user_objects())));
    folder.file("organizations.json.gz", gz(lines(&organization_objects())));
    folder.file("fields.gz", gz(lines(&field_objects())));
}

/// A zip of folders that holds one of the files gzipped, and a zip in the zip.
fn zip_in_zip(history: &History, folder: &Folder) {
    let all = history.export_lines();
    let (first, second) = all.split_at(15);
    let inner = zip([("deep/export_1.json", lines(first))]);
    let users = zip([("export_1.json", lines(&history.user_objects()))]);
    let outer = zip([
        ("Takeout/tickets/export_tickets.zip", inner),
        ("Takeout/tickets/more.json.gz", gz(lines(second))),
        ("Takeout/users/users.zip", users),
        ("Takeout/organizations.json", lines(&organization_objects()).into_bytes()),
        ("Takeout/fields.json", lines(&field_objects()).into_bytes()),
    ]);
    folder.file("2026/february/takeout.zip", outer);
}

/// The shapes of this file. The first says most; all others are compared with it.
pub(super) const SHAPES: &[Shape] = &[
    shape("bare lines", bare, &[]),
    shape("wrapped lines", wrapped_lines, &[]),
    shape("a document of wrapped tickets", wrapped_document, &[]),
    shape("overlapping zips", overlapping_zips, &[]),
    shape("a pretty array", pretty_array, &[]),
    shape("documents one after another", concatenated_documents, &[]),
    shape("one file a ticket", file_each, &[]),
    shape("gzip members", gzipped, &[]),
    shape("a zip in a zip", zip_in_zip, &[]),
];
