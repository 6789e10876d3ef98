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

/// A ticket with a description and comments that nobody wrote a text into.
fn described(comments: &str, more: &str) -> String {
    ticket(comments, OLD)
        .replace("\"subject\"", &format!("\"description\":\"suspected fraud\"{more},\"subject\""))
}

#[test]
fn the_description_is_as_private_as_the_comment_that_it_repeats() {
    use Side::{Agent, Customer, Note};
    let customers = |public| comment(public, "").replace("7001", "9001");
    let unstated = comment(true, "").replace("\"public\":true,", "");
    for (comments, more, side) in [
        (comment(false, ""), "", Note),
        (comment(false, ""), r#","is_public":true"#, Note),
        (comment(false, ""), r#","submitter_id":9001"#, Note),
        (comment(true, ""), r#","submitter_id":9001"#, Agent),
        (comment(true, ""), r#","is_public":false"#, Note),
        (unstated, r#","is_public":true"#, Note),
        (customers(false), r#","submitter_id":9001"#, Note),
        (customers(true), r#","is_public":false"#, Customer),
        // A later comment is another one.
        (
            format!(
                "{},{}",
                comment(false, "").replace("10:12", "10:13").replace("12,", "13,"),
                customers(true)
            ),
            "",
            Customer,
        ),
        (String::new(), r#","submitter_id":9001,"is_public":false"#, Customer),
        (String::new(), r#","submitter_id":7001,"is_public":false"#, Note),
        (String::new(), r#","is_public":false"#, Note),
        (String::new(), r#","is_public":"perhaps""#, Note),
    ] {
        let line = described(&comments, more);
        let export = read_files(&[("t.json", line.as_str()), ("u.json", USERS)]);
        let message = only(&export);
        assert_eq!((message.side, message.body.text()), (side, Some("suspected fraud")), "{comments} {more}");
        assert_eq!(message.key.id(), "1:description");
        if !comments.is_empty() {
            assert_eq!(message.sent_at.timestamp(), OLD.parse().unwrap(), "{comments}");
        }
    }
}

#[test]
fn a_description_is_a_note_if_any_copy_of_the_ticket_or_a_change_of_privacy_says_so() {
    let (hidden, shown) = (described("", r#","submitter_id":7001,"is_public":false"#), NEW);
    let newer = described("", r#","submitter_id":7001"#).replace(OLD, shown);
    let export = read_files(&[("a.json", hidden.as_str()), ("b.json", &newer), ("u.json", USERS)]);
    assert_eq!(only(&export).side, Side::Note);
    let change = audit(HIDES, NEW);
    let export = read_files(&[("a.json", newer.as_str()), ("b.json", &change), ("u.json", USERS)]);
    assert_eq!(only(&export).side, Side::Note);
}

#[test]
fn a_description_that_was_redacted_stays_so() {
    for (old, new) in [(OLD, NEW), (NEW, OLD), (OLD, OLD)] {
        let kept = described("", "").replace("suspected fraud", "card 4111").replace(OLD, old);
        let gone = described("", "").replace("suspected fraud", "card ▇▇▇▇").replace(OLD, new);
        let export = read_files(&[("a.json", kept.as_str()), ("b.json", &gone), ("u.json", USERS)]);
        assert_eq!(only(&export).body.text(), Some("card ▇▇▇▇"));
    }
}

/// A comment without an id.
fn nameless(comment: &str) -> String {
    comment.replace("\"id\":12,", "")
}

#[test]
fn comments_without_ids_stay_private_and_redacted_too() {
    let (shown, hidden) = (comment(true, "card 4111"), comment(false, "card 4111"));
    let redacted = comment(true, "card ▇▇▇▇");
    for (named, other) in [(true, false), (false, true), (false, false)] {
        let may_name =
            |named: bool, comment: &str| if named { comment.to_owned() } else { nameless(comment) };
        each_way(&may_name(named, &shown), &may_name(other, &hidden), &|export, way| {
            assert_eq!(only(export).side, Side::Note, "{way}");
            let told = export.findings.iter().filter(|finding| finding.code == Code::PrivacyContradicted);
            assert_eq!(told.count(), 1, "{way}");
        });
        each_way(&may_name(named, &shown), &may_name(other, &redacted), &|export, way| {
            assert_eq!(only(export).body.text(), Some("card ▇▇▇▇"), "{way}");
        });
    }
}

#[test]
fn forms_of_an_export_write_a_comment_without_an_id_in_their_own_ways() {
    let one = nameless(&comment(true, "Card  **4111**"));
    let other = nameless(&with(false, "Card 4111", "[]")).replace("10:12:00Z", "10:12:00.000+00:00");
    for [a, b] in [[&one, &other], [&other, &one]] {
        let (a, b) = (page(a), page(b));
        let bare = ticket("", NEW);
        let files = [("t.json", bare.as_str()), ("a.json", &a), ("b.json", &b), ("u.json", USERS)];
        assert_eq!(only(&read_files(&files)).side, Side::Note);
    }
}

#[test]
fn several_comments_without_ids_in_one_second_stay_several() {
    let texts = ["yes", "card ▇▇▇▇", "no"].map(|text| page(&nameless(&comment(true, text))));
    let bare = ticket("", NEW);
    let files =
        [("t.json", bare.as_str()), ("a.json", &texts[0]), ("b.json", &texts[1]), ("c.json", &texts[2])];
    assert_eq!(read_files(&files).ticket(1).messages.len(), 3);
}

#[test]
fn of_three_copies_one_is_told() {
    let [first, second] = ["a", "b"].map(|text| {
        [true, false, true].map(|public| {
            let comment = comment(public, text);
            if text == "a" { comment } else { comment.replace("\"id\":12", "\"id\":11") }
        })
    });
    let pages = [0, 1, 2].map(|at| page(&format!("{},{}", first[at], second[at])));
    let bare = ticket("", NEW);
    let files =
        [("t.json", bare.as_str()), ("a.json", &pages[0]), ("b.json", &pages[1]), ("c.json", &pages[2])];
    let export = read_files(&files);
    assert!(export.ticket(1).messages.iter().all(|message| message.side == Side::Note));
    let told = export.findings.iter().filter(|finding| finding.code == Code::PrivacyContradicted);
    assert_eq!(told.count(), 2);
}

#[test]
fn a_change_to_private_counts_for_comments_that_do_not_say_whether_they_are_public() {
    let customers = comment(true, "oops").replace("\"public\":true,", "").replace("7001", "9001");
    let unreadable = HIDES.replace("false", "\"perhaps\"");
    for (comment, change) in [
        (&customers, HIDES),
        (&customers, unreadable.as_str()),
        (&comment(true, "oops"), HIDES),
        (&comment(true, "oops"), unreadable.as_str()),
    ] {
        let (bare, page, audit) = (ticket("", NEW), page(comment), audit(change, NEW));
        let files = [("t.json", bare.as_str()), ("p.json", &page), ("a.json", &audit), ("u.json", USERS)];
        assert_eq!(only(&read_files(&files)).side, Side::Note, "{comment} {change}");
    }
}

/// A page of a conversation log with one message of messaging.
fn log(text: &str, more: &str) -> String {
    format!(
        r#"{{"events":[{{"id":"01HX","type":"Messaging::ConversationMessage","reference":"zen:sunco:message:1","created_at":"2024-03-05T10:12:00Z","attachments":[],"author":{{"type":"user","zen:support:user_id":9001}},"content":{{"type":"text","text":"{text}"}}{more}}}],"meta":{{"has_more":false}}}}"#
    )
}

/// A chat in an audit with one message of the same second.
fn chat(text: &str) -> String {
    let history = format!(
        r#"[{{"chat_index":1,"type":"ChatMessage","actor_id":"9001","message":"{text}","message_id":"m1","timestamp":1709633520000}}]"#
    );
    audit(
        &format!(r#"{{"id":9,"type":"ChatStartedEvent","value":{{"chat_id":"c1","history":{history}}}}}"#),
        OLD,
    )
}

fn logged(one: &str, other: &str) -> Export {
    let bare = ticket("", NEW);
    let other_name = if other.contains("audits") { "z.json" } else { "b/tickets/1/conversation_log.json" };
    read_files(&[
        ("t.json", bare.as_str()),
        ("a/tickets/1/conversation_log.json", one),
        (other_name, other),
        ("u.json", USERS),
    ])
}

#[test]
fn a_message_that_one_copy_of_a_log_calls_private_is_a_note() {
    let (shown, hidden) =
        (log("oops", r#","metadata":{"public":true}"#), log("oops", r#","metadata":{"public":false}"#));
    for (one, other) in [(&shown, &hidden), (&hidden, &shown)] {
        let export = logged(one, other);
        assert_eq!(only(&export).side, Side::Note);
        assert!(export.has(Code::PrivacyContradicted));
    }
    let export = logged(&hidden, &chat("oops"));
    assert_eq!(only(&export).side, Side::Note);
}

#[test]
fn what_was_redacted_in_one_copy_of_a_chat_does_not_come_back() {
    for (kept, gone) in [("card 4111", "card ▇▇▇▇"), ("我的卡号 4111", "我的卡号 ▇▇▇▇")]
    {
        for (one, other) in [
            (log(kept, ""), log(gone, "")),
            (log(gone, ""), log(kept, "")),
            (log(gone, ""), chat(kept)),
            (log(kept, ""), chat(gone)),
        ] {
            assert_eq!(only(&logged(&one, &other)).body.text(), Some(gone), "{one} {other}");
        }
    }
}

#[test]
fn what_an_audit_says_was_redacted_does_not_come_from_any_copy() {
    for name in ["CommentRedactionEvent", "CommentRedactedEvent"] {
        let event = format!(r#"{{"id":98,"type":"{name}","comment_id":12}}"#);
        let change = audit(&event, NEW);
        let (kept, gone) = (comment(true, "card 4111"), comment(true, "card ▇▇▇▇"));
        for (shape, files, text, is_told) in [
            ("inside", [ticket(&kept, OLD), change.clone()], "▇▇▇▇", true),
            ("a page", [ticket("", NEW) + "\n" + &page(&kept), change.clone()], "▇▇▇▇", true),
            ("an audit", [ticket("", NEW), audit(&format!("{kept},{event}"), OLD)], "▇▇▇▇", true),
            ("as it was left", [ticket(&gone, OLD), change.clone()], "card ▇▇▇▇", false),
            ("description", [described("", ""), change.clone()], "▇▇▇▇", true),
            ("of another", [ticket(&kept.replace("12,", "13,"), OLD), change.clone()], "card 4111", false),
        ] {
            let files = [("t.json", files[0].as_str()), ("a.json", &files[1]), ("u.json", USERS)];
            let export = read_files(&files);
            let body = &only(&export).body;
            assert_eq!(body.text(), Some(text), "{shape}");
            assert_eq!(body.html().is_some_and(|html| html.as_str().contains("4111")), text.contains("4111"));
            assert_eq!(export.has(Code::RedactedLater), is_told, "{shape}");
        }
    }
}

#[test]
fn a_file_that_an_audit_says_was_redacted_is_not_loaded() {
    let event = r#"{"id":97,"type":"AttachmentRedactionEvent","attachment_id":5,"comment_id":12}"#;
    let (kept, change) = (with(true, "x", &file("id.pdf")), audit(event, NEW));
    for first in [ticket(&kept, OLD), ticket("", NEW) + "\n" + &page(&kept)] {
        let export = read_files(&[("t.json", first.as_str()), ("a.json", &change), ("u.json", USERS)]);
        let file = &only(&export).attachments[0];
        assert_eq!((file.name.as_str(), file.url.as_str()), ("redacted.txt", ""));
        assert_eq!(only(&export).body.text(), Some("x"));
        assert!(export.has(Code::RedactedLater));
    }
}
