//! Pages of the API, and comments that lie apart from their tickets in every way that is known.

use super::*;

const TICKETS: &str = r#"{"tickets":[
    {"id":77,"requester_id":9001,"subject":"s","via":{"channel":"email"},"status":"open","description":"first","created_at":"2024-01-01T00:00:00Z"},
    {"id":78,"requester_id":9001,"subject":"t","via":{"channel":"email"},"status":"open","description":"other","created_at":"2024-01-03T00:00:00Z"}],
    "next_page":null,"count":2}"#;

fn comment(id: u32, author: u32, text: &str) -> String {
    format!(
        r#"{{"id":{id},"type":"Comment","author_id":{author},"body":"{text}","public":true,"created_at":"2024-01-0{id}T00:00:00Z","via":{{"channel":"email"}}}}"#
    )
}

/// What ticket 77 says when all of its comments were found.
const WHOLE: [&str; 2] =
    ["2024-01-01T00:00:00Z Customer email 9001 1: first", "2024-01-02T00:00:00Z Agent email 7001 2: answer"];

fn assert_whole(files: &[(&str, &str)]) -> Export {
    let all: Vec<(&str, &str)> =
        [("tickets.json", TICKETS), ("users.json", USERS)].iter().chain(files).copied().collect();
    let export = read_files(&all);
    assert_eq!(told(export.ticket(77)), WHOLE, "{files:?}");
    assert_eq!(
        (&export.left_out, &export.unreadable, &export.remarks),
        (&vec![], &vec![], &vec![]),
        "{files:?}"
    );
    export
}

#[test]
fn the_page_tells_the_ticket_before_or_after_its_comments() {
    let comments = [comment(1, 9001, "first"), comment(2, 7001, "answer")].join(",\n");
    let url = "https://acme.zendesk.com/api/v2/tickets/77/comments";
    for page in [
        format!(r#"{{"comments":[{comments}],"next_page":null,"previous_page":"{url}.json?page=1"}}"#),
        format!(r#"{{"previous_page":"{url}.json?page=1","next_page":null,"comments":[{comments}]}}"#),
        format!(
            r#"{{"meta":{{"has_more":false}},"links":{{"prev":"{url}?page[before]=x","next":null}},"comments":[{comments}]}}"#
        ),
        format!(
            "{{\n\"comments\": [\n{comments}\n],\n\"meta\": {{\"has_more\": false}},\n\"links\": {{\"next\": \"{url}?x\"}}\n}}"
        ),
    ] {
        // The page is stronger than the path.
        for file in ["c/comments.json", "c/78.json"] {
            assert_whole(&[(file, &page)]);
            assert_whole(&[(file, &page.replace('\n', ""))]);
        }
    }
}

#[test]
fn pages_one_after_another_keep_their_comments_apart() {
    let url = |ticket: u32, page: u32| {
        format!("\"https://acme.zendesk.com/api/v2/tickets/{ticket}/comments.json?page={page}\"")
    };
    let first = format!(
        r#"{{"comments":[{}],"next_page":{},"previous_page":null}}"#,
        comment(1, 9001, "first"),
        url(77, 2)
    );
    let second = format!(
        r#"{{"comments":[{}],"next_page":null,"previous_page":{}}}"#,
        comment(2, 7001, "answer"),
        url(77, 1)
    );
    let other = format!(
        r#"{{"comments":[{}],"next_page":null,"previous_page":{}}}"#,
        comment(3, 9001, "other"),
        url(78, 1)
    );
    let lines = [first.as_str(), &other, &second].join("\n");
    let pretty = lines.replace(",\"", ",\n\"");
    for all in [lines, pretty] {
        let export = assert_whole(&[("c.json", &all)]);
        assert_eq!(told(export.ticket(78)), ["2024-01-03T00:00:00Z Customer email 9001 3: other"]);
    }
    // A page that breaks off does not lend its comments to the page of the next ticket.
    let cut = format!("{{\"comments\":[{},{{\"id\":5,\n{other}\n", comment(1, 9001, "first"));
    let export = read_files(&[("t.json", TICKETS), ("u.json", USERS), ("c.json", &cut)]);
    assert_eq!(told(export.ticket(78)), ["2024-01-03T00:00:00Z Customer email 9001 3: other"]);
    assert_eq!(export.left_out[0].detail, "it does not name its ticket");
}

#[test]
fn every_other_way_to_say_whose_comments_they_are() {
    let comments = [comment(1, 9001, "first"), comment(2, 7001, "answer")];
    let list = comments.join(",");
    let events = comments.join(",");
    let ticket = r#"{"id":77,"requester_id":9001,"subject":"s","via":{"channel":"email"},"status":"open","created_at":"2024-01-01T00:00:00Z"}"#;
    let audit = |list: &str| {
        format!(
            r#"{{"id":900,"author_id":9001,"created_at":"2024-01-01T00:00:00Z","via":{{"channel":"email"}},"events":[{list}]}}"#
        )
    };
    let whole_ticket = |more: &str| ticket.replace("\"status\"", &format!("{more},\"status\""));
    for (file, text) in [
        ("c.json", format!(r#"{{"ticket_id":77,"comments":[{list}]}}"#)),
        ("c.json", format!(r#"{{"id":77,"comments":[{list}]}}"#)),
        ("c.json", format!(r#"{{"count":2,"comments":[{list}],"ticket_id":"77"}}"#)),
        ("c.json", format!(r#"{{"ticket":{ticket},"comments":[{list}],"users":[]}}"#)),
        ("c.json", format!(r#"{{"ticket":{ticket},"comments":{{"comments":[{list}],"next_page":null}}}}"#)),
        ("comments/77.json", format!("[{list}]")),
        ("comments/77.json", comments.join("\n")),
        ("tickets/77/1/comment.json", format!("{}\n{}", comments[0], comments[1])),
        ("audits/77.json", format!("[{}]", audit(&events))),
        (
            "a.json",
            format!(
                r#"{{"audits":[{}],"next_page":null,"previous_page":"https://a.zendesk.com/api/v2/tickets/77/audits.json?page=1"}}"#,
                audit(&events)
            ),
        ),
        ("t/77.json", whole_ticket(&format!(r#""audits":[{}]"#, audit(&events)))),
        (
            "t.json",
            whole_ticket(&format!(r#""comments":{{"comments":[{list}],"next_page":null,"count":2}}"#)),
        ),
        ("t.json", whole_ticket(&format!(r#""comments":{{"0":{},"1":{}}}"#, comments[0], comments[1]))),
        (
            "s.json",
            comments
                .iter()
                .map(|one| {
                    format!(
                        r#"{{"stream":"ticket_comments","data":{},"emitted_at":1}}"#,
                        one.replacen('{', "{\"ticket_id\":77,", 1)
                    )
                })
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        (
            "s.json",
            comments
                .iter()
                .map(|one| {
                    format!(
                        r#"{{"type":"RECORD","stream":"ticket_comments","record":{}}}"#,
                        one.replacen('{', "{\"ticket_id\":77,\"event_type\":\"Comment\",", 1)
                    )
                })
                .collect::<Vec<_>>()
                .join("\n"),
        ),
    ] {
        let export = read_files(&[("tickets.json", TICKETS), ("users.json", USERS), (file, &text)]);
        assert_eq!(told(export.ticket(77)), WHOLE, "{file} {text}");
        assert_eq!((&export.left_out, &export.unreadable), (&vec![], &vec![]), "{file} {text}");
    }
    let placeless = read_files(&[("tickets.json", TICKETS), ("c.json", &format!("[{list}]"))]);
    assert_eq!(Export::codes(&placeless.left_out), [Code::OrphanComments; 2]);
}

/// What the ticket 77 says, and what was left out, where these files lie beside it.
fn by_number(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let all: Vec<(&str, &str)> =
        [("tickets.json", TICKETS), ("users.json", USERS)].iter().chain(files).copied().collect();
    let export = read_files(&all);
    let left_out = export.left_out.iter().map(|finding| {
        assert_eq!((finding.code, finding.key.as_deref()), (Code::OrphanComments, None));
        finding.place.as_ref().unwrap().file.to_string()
    });
    (told(export.ticket(77)), left_out.collect())
}

#[test]
fn files_that_are_numbered_from_one_on_are_no_tickets_comments() {
    let (first, answer) = (comment(1, 9001, "first"), comment(2, 7001, "answer"));
    let pages: Vec<(String, String)> =
        (1..=78).map(|page| (format!("comments/{page}.json"), format!("[{first},{answer}]"))).collect();
    let pages: Vec<(&str, &str)> = pages.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    // Pages 77 and 78 have the numbers of tickets.
    let (told, left_out) = by_number(&pages);
    assert_eq!(told, ["2024-01-01T00:00:00Z Customer email 9001 77:description: first"]);
    assert_eq!(left_out.len(), 2 * 78);
    // Numbers that do not begin with 1 count no pages.
    let (told, left_out) = by_number(&pages[76..]);
    assert_eq!((told, left_out.len()), (WHOLE.map(str::to_owned).to_vec(), 0));
}

#[test]
fn comments_that_begin_otherwise_than_the_ticket_of_their_number_are_not_its() {
    let whole = |first: String| format!("[{first},{}]", comment(2, 7001, "answer"));
    let same_time = comment(1, 7001, "first");
    let requester = comment(1, 9001, "first").replace("2024-01-01", "2024-02-01");
    let neither = same_time.replace("2024-01-01", "2023-12-01");
    for file in ["comments/77.json", "77/comments.json", "audits/77.json"] {
        for (first, fits) in [(&same_time, true), (&requester, false), (&neither, false)] {
            let text = whole(first.clone());
            let (told, left_out) = by_number(&[(file, &text)]);
            assert_eq!((told.len(), left_out.len()), if fits { (2, 0) } else { (1, 2) }, "{file} {text}");
        }
        let (told, left_out) = by_number(&[(file, &format!("[{requester}]"))]);
        assert_eq!((told.len(), left_out.len()), (1, 0), "{file}: by whom the ticket is about");
        assert!(!told[0].contains("description"), "{told:?}");
    }
    // Below a folder that is called so there is no doubt.
    let (told, left_out) = by_number(&[("tickets/77/comments.json", &whole(neither))]);
    assert_eq!((told.len(), left_out.len()), (2, 0));
}

#[test]
fn ticket_events_speak_in_display_strings() {
    let event = |id: u32, author: u32, text: &str| {
        format!(
            r#"{{"id":{id}00,"ticket_id":77,"created_at":"2024-01-0{id}T00:00:00Z","updater_id":{author},"via":"Mail","event_type":"Audit","child_events":[
            {{"id":{id},"event_type":"Comment","type":"Comment","via":"Mail","via_reference_id":null,"author_id":{author},"body":"{text}","public":true}},
            {{"id":{id}5,"event_type":"Change","status":"open","previous_value":"new","via":"Rule"}}]}}"#
        )
    };
    let page = format!(
        r#"{{"ticket_events":[{},{}],"count":2,"end_of_stream":true,"next_page":"https://a.zendesk.com/api/v2/incremental/ticket_events.json?start_time=5"}}"#,
        event(2, 7001, "answer"),
        event(1, 9001, "first")
    );
    assert_whole(&[("e.json", &page)]);
}

#[test]
fn comments_that_are_only_named_are_counted_and_not_imported_blank() {
    let row = |id: u32, comment: u32, ticket: u32| {
        format!(
            r#"{{"id":{id},"ticket_id":{ticket},"created_at":"2024-01-02T00:00:00Z","updater_id":7001,"via":"Mail","child_events":[
            {{"id":{comment},"event_type":"Comment","comment_present":true,"comment_public":true}}]}}"#
        )
    };
    let events = [row(10, 1, 77), row(11, 2, 77), row(12, 3, 77), row(13, 4, 99)].join(",");
    let page = format!(r#"{{"ticket_events":[{events}],"count":4,"end_of_stream":true,"next_page":null}}"#);
    let comments = format!(r#"{{"ticket_id":77,"comments":[{}]}}"#, comment(1, 9001, "first"));
    let export =
        read_files(&[("t.json", TICKETS), ("u.json", USERS), ("e.json", &page), ("c.json", &comments)]);
    assert_eq!(told(export.ticket(77)), [WHOLE[0]]);
    let missing: Vec<(&str, Option<&str>)> = export
        .findings
        .iter()
        .filter(|finding| finding.code == Code::WordlessComments)
        .map(|finding| (finding.detail.as_str(), finding.key.as_deref()))
        .collect();
    assert_eq!(missing, [("2 of them", Some("zendesk:ticket:77"))]);
    assert_eq!(Export::codes(&export.left_out), [Code::OrphanComments], "ticket 99 is not there");
}

#[test]
fn a_set_of_pages_that_breaks_off_is_told_once() {
    let page = |id: u32, cursor: &str, end: bool| {
        format!(
            r#"{{"tickets":[{{"id":{id},"requester_id":9001,"subject":"s","status":"open","description":"d","created_at":"2024-01-01T00:00:00Z"}}],"after_url":"https://a.zendesk.com/api/v2/incremental/tickets/cursor.json?cursor={cursor}","end_of_stream":{end}}}"#
        )
    };
    let (one, two, last) = (page(1, "a", false), page(2, "b", false), page(3, "c", true));
    let broken = read_files(&[("1.json", &one), ("2.json", &two)]);
    assert_eq!(Export::codes(&broken.remarks), [Code::PagesUnfinished]);
    assert!(broken.remarks[0].place.as_ref().unwrap().file.ends_with("2.json"));
    assert_eq!(broken.conversations.len(), 2);
    assert_eq!(read_files(&[("1.json", &one), ("2.json", &last), ("3.json", &two)]).remarks, []);
}

#[test]
fn damage_in_a_comment_that_lies_apart_is_repaired_or_told() {
    let cut = comment(2, 7001, "answer \\ud83d");
    let twice = comment(3, 7001, "x").replace("\"public\"", "\"body\":\"y\",\"public\"");
    let lines = format!("{}\n{cut}\n{twice}\n", comment(1, 9001, "first"));
    let lines = lines.replace("\"type\"", "\"ticket_id\":77,\"type\"");
    let files = [("tickets.json", TICKETS), ("users.json", USERS), ("comments.ndjson", lines.as_str())];
    let export = read_files(&files);
    let texts: Vec<String> = told(export.ticket(77));
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[1].ends_with("answer \u{fffd}"), "{texts:?}");
    assert_eq!(export.unreadable.len(), 1, "{export:?}");
}

#[test]
fn without_ids_only_the_newest_copy_counts() {
    let copy = |stamp: u32, card: &str| {
        format!(
            r#"{{"id":5,"requester_id":9001,"subject":"s","via":{{"channel":"email"}},"status":"open",
            "created_at":"2024-01-01T00:00:00Z","generated_timestamp":{stamp},"comments":[
            {{"author_id":9001,"body":"hello","public":true,"created_at":"2024-01-01T00:00:00Z"}},
            {{"author_id":9001,"body":"card {card}","public":true,"created_at":"2024-01-02T00:00:00Z"}}]}}"#
        )
        .replace('\n', "")
    };
    for files in [[("a.json", 1), ("b.json", 2)], [("b.json", 1), ("a.json", 2)]] {
        let texts = files.map(|(_, stamp)| copy(stamp, if stamp == 2 { "----" } else { "4111" }));
        let export =
            read_files(&[(files[0].0, texts[0].as_str()), (files[1].0, &texts[1]), ("users.json", USERS)]);
        let told = told(export.ticket(5));
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[1].ends_with("card ----"), "{told:?}");
    }
}
