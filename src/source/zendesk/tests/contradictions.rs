//! Copies of a comment that contradict each other: what Zendesk never takes back counts, wherever it stands.

use super::*;
use crate::model::conversation::Side;

const USERS: &str =
    r#"{"users":[{"id":9001,"name":"Kim","role":"end-user"},{"id":7001,"name":"Alex","role":"agent"}]}"#;

/// Comment 12 of an agent.
fn comment(public: bool, text: &str) -> String {
    with(public, text, "[]")
}

fn with(public: bool, text: &str, files: &str) -> String {
    format!(
        r#"{{"id":12,"ticket_id":1,"type":"Comment","author_id":7001,"body":"{text}","html_body":"<p>{text}</p>","public":{public},"attachments":{files},"created_at":"2024-03-05T10:12:00Z"}}"#
    )
}

fn file(name: &str) -> String {
    format!(
        r#"[{{"id":5,"file_name":"{name}","content_url":"https://acme.zendesk.com/attachments/{name}"}}]"#
    )
}

/// A ticket with these comments inside.
fn ticket(comments: &str, updated: &str) -> String {
    format!(
        r#"{{"id":1,"requester_id":9001,"subject":"s","status":"open","created_at":"2024-03-05T10:11:00Z","updated_at":"{updated}","comments":[{comments}]}}"#
    )
}

fn page(comment: &str) -> String {
    format!(r#"{{"comments":[{comment}],"count":1}}"#)
}

fn audit(event: &str, at: &str) -> String {
    format!(
        r#"{{"audits":[{{"id":61,"ticket_id":1,"created_at":"{at}","author_id":7001,"events":[{event}]}}]}}"#
    )
}

const HIDES: &str = r#"{"id":99,"type":"CommentPrivacyChange","comment_id":12,"public":false}"#;
const OLD: &str = "2024-03-05T10:12:00Z";
const NEW: &str = "2024-06-05T10:12:00Z";

/// Two copies in each of the ways in which exports hold them, both ways round.
fn each_way(one: &str, other: &str, check: &dyn Fn(&Export, &str)) {
    for (name, [a, b]) in [("as it is", [one, other]), ("turned", [other, one])] {
        let bare = ticket("", NEW);
        for (shape, files) in [
            ("inside and a page", vec![ticket(a, OLD), page(b)]),
            ("inside twice", vec![ticket(a, OLD), ticket(b, NEW)]),
            ("two pages", vec![bare.clone(), page(a), page(b)]),
            ("inside and an audit", vec![ticket(a, OLD), audit(b, NEW)]),
            ("a page and an audit", vec![bare.clone(), page(a), audit(b, OLD)]),
        ] {
            let files: Vec<(String, String)> = files
                .into_iter()
                .enumerate()
                .map(|(number, text)| (format!("{number}.json"), text))
                .chain([("users.json".to_owned(), USERS.to_owned())])
                .collect();
            let files: Vec<(&str, &str)> =
                files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            check(&read_files(&files), &format!("{shape}, {name}"));
        }
    }
}

fn only(export: &Export) -> &Message {
    assert_eq!(export.ticket(1).messages.len(), 1);
    &export.ticket(1).messages[0]
}

#[test]
fn a_comment_that_one_copy_calls_private_is_a_note() {
    each_way(&comment(true, "oops"), &comment(false, "oops"), &|export, way| {
        assert_eq!(only(export).side, Side::Note, "{way}");
        assert!(export.has(Code::PrivacyContradicted), "{way}");
    });
    each_way(&comment(true, "hello"), &comment(true, "hello"), &|export, way| {
        assert_eq!(only(export).side, Side::Agent, "{way}");
        assert!(!export.has(Code::PrivacyContradicted), "{way}");
    });
}

#[test]
fn a_change_to_private_counts_for_copies_of_before() {
    for files in [
        [ticket(&comment(true, "oops"), OLD), audit(HIDES, NEW)],
        [ticket("", NEW) + "\n" + &page(&comment(true, "oops")), audit(HIDES, NEW)],
    ] {
        let files = [("t.json", files[0].as_str()), ("a.json", &files[1]), ("u.json", USERS)];
        let export = read_files(&files);
        assert_eq!(only(&export).side, Side::Note);
        assert!(export.has(Code::PrivacyContradicted));
    }
}

#[test]
fn what_was_redacted_does_not_come_back() {
    each_way(&comment(true, "card 4111"), &comment(true, "card ▇▇▇▇"), &|export, way| {
        let body = &only(export).body;
        assert_eq!(body.text(), Some("card ▇▇▇▇"), "{way}");
        assert!(!body.html().unwrap().as_str().contains("4111"), "{way}");
    });
    let (kept, gone) = (with(true, "x", &file("id.pdf")), with(true, "x", &file("redacted.txt")));
    each_way(&kept, &gone, &|export, way| {
        assert_eq!(only(export).attachments[0].name, "redacted.txt", "{way}");
    });
}

#[test]
fn a_blank_copy_hides_no_text_and_no_files() {
    each_way(&comment(true, ""), &with(true, "the real text", &file("a.pdf")), &|export, way| {
        assert_eq!(only(export).body.text(), Some("the real text"), "{way}");
        assert_eq!(only(export).attachments.len(), 1, "{way}");
    });
}

#[test]
fn a_ticket_whose_only_comment_is_blank_has_its_description() {
    let described =
        ticket(&comment(true, ""), OLD).replace("\"subject\"", "\"description\":\"Hi\",\"subject\"");
    let export = read_files(&[("t.json", described.as_str()), ("u.json", USERS)]);
    assert_eq!(only(&export).body.text(), Some("Hi"));
    assert!(export.has(Code::NoComments) && export.left_out.is_empty());
}
