//! Files as they should not be.

use super::*;

fn line(id: u32, body: &str) -> Vec<u8> {
    format!(
        r#"{{"id":{id},"requester_id":9001,"subject":"s","comments":[{{"id":{id}1,"author_id":9001,"body":"{body}","public":true,"created_at":"2024-01-01T00:00:00Z"}}]}}"#
    )
    .into_bytes()
}

#[test]
fn damaged_characters_cost_a_character() {
    let whole = line(4, "caf?");
    let bad_utf8: Vec<u8> = whole.iter().map(|byte| if *byte == b'?' { 0xe9 } else { *byte }).collect();
    let bytes =
        [line(1, r"cut \ud83d"), line(2, r"nul \u0000"), line(3, "raw \0"), bad_utf8].join(&b"\r\n"[..]);
    let export = read_files(&[("t.json", &bytes)]);
    assert_eq!((export.conversations.len(), export.unreadable.len()), (4, 0));
    assert_eq!(export.findings.iter().filter(|f| f.code == Code::RepairedText).count(), 4);
    assert_eq!(export.ticket(1).messages[0].body.text(), Some("cut \u{fffd}"));
    assert_eq!(export.ticket(2).messages[0].body.text(), Some("nul \u{fffd}"));
    assert_eq!(export.ticket(3).messages[0].body.text(), Some("raw \u{fffd}"));
    assert_eq!(export.ticket(4).messages[0].body.text(), Some("caf\u{fffd}"));
}

#[test]
fn a_bad_line_is_told_with_its_place() {
    let mut bytes =
        [line(1, "a"), b"{\"id\":2,,}".to_vec(), line(3, "c"), b"nonsense".to_vec(), line(5, "e")]
            .join(&b'\n');
    let start = bytes.len() as u64 + 1;
    bytes.extend_from_slice(b"\n{\"id\":6,\"requester_id\":9001,\"subject\":\"cut");
    let export = read_files(&[("t.json", &bytes)]);
    let ids: Vec<&str> = export.conversations.iter().map(|one| one.key.id()).collect();
    assert_eq!(ids, ["1", "3", "5"]);
    let lines: Vec<Option<u64>> = export.unreadable.iter().map(|f| f.place.as_ref().unwrap().line).collect();
    assert_eq!(lines, [Some(2), Some(4), Some(6)]);
    assert_eq!(export.unreadable[2].place.as_ref().unwrap().byte, Some(start));
    assert!(export.unreadable.iter().all(|finding| finding.code == Code::UnreadableLine));
    assert_eq!(Export::codes(&export.remarks), [Code::TruncatedFile]);
}

#[test]
fn wrong_types_and_nulls_everywhere() {
    let export = read_lines(&[
        r#"{"id":"1","requester_id":"9001.0","subject":7,"via":null,"tags":null,"custom_fields":null,"comments":[null,7,{"id":11.0,"author_id":"9001","body":12,"public":"false","attachments":null,"via":"Mail","metadata":[],"created_at":"2024-01-01T00:00:00+02:00"}],"requester":[],"satisfaction_rating":"good","metric_set":"x","status":null}"#,
        r#"{"id":2,"requester_id":null,"subject":"s","via":{"channel":4,"source":null},"comments":[{"author_id":null,"body":"no ids","public":1,"created_at":"2024-01-01T00:00:00Z"}]}"#,
        r#"{"id":3,"requester_id":9001,"subject":"s","via":{"channel":"system"},"comments":[{"id":31,"author_id":9001,"body":"system without source","via":{"channel":"system"},"created_at":"2024-01-01T00:00:00.123456Z"}]}"#,
    ]);
    assert_eq!((export.conversations.len(), export.unreadable.len()), (3, 0));
    let first = export.ticket(1);
    assert_eq!(
        (first.subject.as_deref(), first.messages[0].key.id(), first.messages[0].body.text()),
        (Some("7"), "11", Some("12"))
    );
    assert_eq!(first.messages[0].sent_at.timestamp().to_string(), "2023-12-31T22:00:00Z");
    let second = &export.ticket(2).messages[0];
    assert_eq!(
        (second.key.as_str(), second.synthetic_key),
        ("zendesk:ticket:2:comment:1704067200:unknown", true)
    );
    assert_eq!(export.ticket(3).messages[0].side, crate::model::conversation::Side::Note);
}

#[test]
fn destroyed_ids_are_refused() {
    let export = read_lines(&[
        r#"{"id":1,"requester_id":9001,"subject":"s","comments":[{"id":7.25E+12,"author_id":9001,"body":"x","public":true,"created_at":"2024-01-01T00:00:00Z"},{"id":12,"author_id":9001,"body":"x","public":true,"created_at":"2024-01-01T00:00:00Z"}]}"#,
        r#"{"id":2,"requester_id":"9.00E+12","subject":"s","comments":[]}"#,
    ]);
    assert_eq!(export.ticket(1).messages.len(), 1);
    assert_eq!(Export::codes(&export.rejected_messages), [Code::BadMessageId]);
    assert_eq!(Export::codes(&export.left_out), [Code::BadId]);
}

#[test]
fn files_of_no_known_form_are_named_and_left() {
    let export = read_files(&[
        ("a.txt", &b"Notes about the export.\n"[..]),
        ("b.html", b"<!DOCTYPE html><html><body>Sign in</body></html>"),
        ("c.jpg", b"\xff\xd8\xff\xe0 picture"),
        ("d.json", b""),
        ("e.json", &line(1, "x")),
    ]);
    assert_eq!(export.conversations.len(), 1);
    let codes = Export::codes(&export.remarks);
    assert_eq!(codes, [Code::UnknownFile, Code::UnsupportedFile, Code::UnknownFile, Code::EmptyFile]);
}

#[test]
fn cut_and_redacted_bodies_are_told() {
    let export = read_files(&[("t.json", [line(1, &"x".repeat(65_536)), line(2, "card ▇▇▇▇")].join(&b'\n'))]);
    assert!(export.has(Code::BodyMaybeCut) && export.has(Code::SharedTicketText));
    assert_eq!(export.conversations.len(), 2);
}

#[test]
fn no_customers_words_in_findings() {
    let bytes =
        [line(1, "x"), b"{\"id\":2,\"requester_id\":9001,\"subject\":\"Kim Secret\",}".to_vec()].join(&b'\n');
    let export = read_files(&[("t.json", bytes)]);
    assert_eq!(export.unreadable.len(), 1);
    assert!(!format!("{:?}", export.unreadable).contains("Kim"));
}

#[test]
fn a_very_long_line_is_read() {
    let export = read_files(&[("t.json", [line(1, &"long ".repeat(2_000_000)), line(2, "x")].join(&b'\n'))]);
    assert_eq!(export.ticket(1).messages[0].body.text().unwrap().trim_end().len(), 10_000_000 - 1);
    assert_eq!(export.conversations.len(), 2);
}
