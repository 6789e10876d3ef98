//! Values that spreadsheets, scripts and cut characters left damaged: told, never completed, and never worth a call.

use super::*;

/// A call of the API with these fields changed or added, as JSON text.
fn call(id: &str, more: &str) -> String {
    format!(r#"{{"id":{id},"direction":"inbound","tags":[]{more}}}"#)
}

const TIMES: &str = r#","started_at":1748855700,"answered_at":1748855715,"ended_at":1748855795"#;
const NUMBER: &str = r#","raw_digits":"+33639980001""#;

fn lines(calls: &[String]) -> Vec<u8> {
    calls.join("\n").into_bytes()
}

/// Key and phone of every conversation's customer, and the codes about it.
fn customers(told: &Told) -> Vec<(&str, Option<&str>, Vec<&str>)> {
    told.conversations
        .iter()
        .map(|(conversation, findings)| {
            let said = findings.iter().map(|finding| finding.code.as_str()).collect();
            (conversation.key.as_str(), conversation.customer.phone.as_deref(), said)
        })
        .collect()
}

#[test]
fn scientific_notation_is_told_and_never_expanded() {
    let number = |written: &str| format!(r#"{TIMES},"raw_digits":{written}"#);
    let calls = [
        call("2.7E+9", &number("\"+33639980001\"")),
        call("\"2.7E+9\"", &number("\"+33639980001\"")),
        call("1", &number("3.36399E+10")),
        call("2", &number("\"3.36399E+10\"")),
        call("3.0", &number("33639980001.0")),
        call("4", &number("33639980001")),
        call("5", &number("123456789012345678901234")),
        call(
            "6",
            &format!(
                r#"{TIMES},"raw_digits":"+33639980001","number":"{{\"name\":\"S\",\"digits\":3.31E+10}}""#
            ),
        ),
    ];
    let (told, _) = tell_files(&[&lines(&calls)], |_| {});
    let (known, lost) = (Some("+33639980001"), Vec::from(["GI-A002"]));
    let expected = [
        ("aircall:call:1", None, lost.clone()),
        ("aircall:call:2", None, lost),
        ("aircall:call:3", known, Vec::new()),
        ("aircall:call:4", known, Vec::new()),
        ("aircall:call:5", None, vec!["GI-A007"]),
        ("aircall:call:6", known, vec!["GI-A007"]),
    ];
    assert_eq!(customers(&told), expected);
    let to = |call: usize| &told.conversations[call].0.messages[0].route.to;
    assert!(to(5).is_empty(), "the digits of a line that were lost");
    let lost: Vec<&str> = told.rejected.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(lost, ["GI-A016"; 2], "calls whose id was lost");
}

#[test]
fn times_are_read_whole_or_not_at_all() {
    let at = |start: &str, end: &str| format!(r#"{NUMBER},"started_at":{start},"ended_at":{end}"#);
    let good = ["1748855700", "\"1748855700\"", "1748855700.0", "1748855700000", "\"2025-06-02T09:15:00Z\""];
    let calls: Vec<String> =
        (1..).zip(good).map(|(id, start)| call(&format!("{id}"), &at(start, "1748855795"))).collect();
    let (told, _) = tell_files(&[&lines(&calls)], |_| {});
    let starts: Vec<String> = told.conversations.iter().map(|(c, _)| c.times.created.to_string()).collect();
    assert_eq!(starts, ["2025-06-02T09:15:00Z"; 5]);

    let bad = ["\"1.74886E+09\"", "1.74886E+09", "20250602", "\"20250602\"", "700000000", "20250602091500"];
    let calls: Vec<String> =
        (1..).zip(bad).map(|(id, start)| call(&format!("{id}"), &at(start, "1748855795"))).collect();
    let (told, _) = tell_files(&[&lines(&calls)], |_| {});
    assert_eq!(told.keys(), [""; 0]);
    assert_eq!(codes(&told.rejected), [Code::BadClock; 6]);
}

#[test]
fn an_end_or_an_answer_that_cannot_be_read_is_told() {
    let answered =
        |at: &str| format!(r#"{NUMBER},"started_at":1748855700,"ended_at":1748855795,"answered_at":{at}"#);
    let ended = |at: &str| format!(r#"{NUMBER},"started_at":1748855700,"ended_at":{at}"#);
    let calls = [
        call("1", &answered("1.74886E+09")),
        call("2", &answered("null")),
        call("3", &answered("\"\"")),
        call("4", &format!(r#"{},"duration":95"#, ended("1.74886E+09"))),
        call("5", &ended("\"1.74886E+09\"")),
        call("6", &ended("null")),
        call("7", &format!(r#"{},"duration":95"#, ended("1748855600"))),
    ];
    let (told, _) = tell_files(&[&lines(&calls)], |_| {});
    let said: Vec<_> = customers(&told).into_iter().map(|(key, _, said)| (key, said)).collect();
    let expected = [
        ("aircall:call:1", vec!["GI-A007"]),
        ("aircall:call:2", vec![]),
        ("aircall:call:3", vec![]),
        ("aircall:call:4", vec!["GI-A007"]),
        ("aircall:call:7", vec!["GI-A007"]),
    ];
    assert_eq!(said, expected);
    assert!(told.conversations[0].0.tags.iter().any(|tag| tag == "call-answered"), "somebody picked up");
    for at in [3, 4] {
        assert_eq!(told.conversations[at].0.times.closed.unwrap().to_string(), "2025-06-02T09:16:35Z");
    }
    assert_eq!(codes(&told.left_out), [Code::RunningCall; 2]);
    assert_eq!(codes(&told.remarks), [Code::BadCell]);
}

#[test]
fn a_call_before_help_desks_is_told_in_every_format() {
    let rows = [
        row(1, "1970-01-01 09:15:00", "inbound", "+61 491 570 006", ""),
        row(2, "2025-06-02 09:15:00", "inbound", "+61 491 570 006", ""),
    ];
    let (told, _) = tell_files(&[&file(&rows)], |_| {});
    let said: Vec<_> = customers(&told).into_iter().map(|(key, _, said)| (key, said)).collect();
    assert_eq!(said, [("aircall:call:1", vec!["GI-M005"]), ("aircall:call:2", vec![])]);
    let old = call(
        "3",
        &format!(r#"{NUMBER},"started_at":"1970-01-01T00:00:01Z","ended_at":"1970-01-01T00:00:09Z""#),
    );
    let text = r#"{"event":"message.received","timestamp":1748855700,"data":{"id":"m1","direction":"inbound","body":"x",
        "external_number":"+33639980001","created_at":"1970-01-01T00:00:01Z"}}"#;
    let (told, _) = tell_files(&[old.as_bytes(), text.as_bytes()], |_| {});
    let said: Vec<_> = customers(&told).into_iter().map(|(key, _, said)| (key, said)).collect();
    assert_eq!(said, [("aircall:call:3", vec!["GI-M005"]), ("aircall:thread:m1", vec!["GI-M005"])]);
}

#[test]
fn a_damaged_character_costs_no_call() {
    let with = |id: &str, comment: &str| {
        call(
            id,
            &format!(
                r#"{TIMES}{NUMBER},"comments":[{{"id":7,"content":"cut {comment} here","posted_at":1748855800}}]"#
            ),
        )
    };
    let mut bad_utf8 = with("4", "?").into_bytes();
    *bad_utf8.iter_mut().find(|byte| **byte == b'?').unwrap() = 0xff;
    let calls = [
        with("1", "x").into_bytes(),
        with("2", r"\ud83d").into_bytes(),
        with("3", "\0").into_bytes(),
        bad_utf8,
    ];
    let page = [&br#"{"meta":{"total":4},"calls":["#[..], &calls.join(&b','), b"]}"].concat();
    for bytes in [calls.join(&b'\n'), page] {
        let (told, _) = tell_files(&[&bytes], |_| {});
        let keys: Vec<String> = (1..=4).map(|id| format!("aircall:call:{id}")).collect();
        assert_eq!(told.keys(), keys);
        assert!(told.unreadable.is_empty());
        assert_eq!(codes(&told.remarks), [Code::RepairedText; 3]);
        assert_eq!(told.remarks[0].key.as_deref(), Some("aircall:call:2"));
        let comments: Vec<&str> =
            told.conversations.iter().map(|(c, _)| c.messages[1].body.text().unwrap()).collect();
        assert_eq!(comments, ["cut x here", "cut \u{fffd} here", "cut \u{fffd} here", "cut \u{fffd} here"]);
    }
}

#[test]
fn links_are_kept_whole_or_not_at_all() {
    let signed = format!("https://media.example/mms/photo.jpg?X-Amz-Credential={}&END", "C".repeat(400));
    let endless = format!("https://media.example/mms/other.jpg?x={}", "C".repeat(20_000));
    let message = |id: &str, files: &str| {
        format!(
            r#"{{"event":"message.received","timestamp":1748855700,"data":{{"id":"{id}","direction":"inbound","body":"x",
            "external_number":"+33639980001","created_at":1748855700000,{files}}}}}"#
        )
        .replace('\n', "")
    };
    let events = [
        message(
            "m1",
            &format!(r#""media_details":[{{"file_name":"photo.jpg","presigned_url":"{signed}"}}]"#),
        ),
        message("m2", &format!(r#""media_url":["{signed}"]"#)),
        message("m3", &format!(r#""media_url":"{signed}""#)),
        message("m4", &format!(r#""media_url":["{endless}"]"#)),
    ];
    let (told, _) = tell_files(&[&lines(&events)], |_| {});
    let urls: Vec<Vec<&str>> = told.conversations[0]
        .0
        .messages
        .iter()
        .map(|message| message.attachments.iter().map(|file| file.url.as_str()).collect())
        .collect();
    assert_eq!(urls, [vec![&*signed], vec![&*signed], vec![&*signed], vec![]]);
    assert_eq!(customers(&told)[0].2, ["GI-A007"], "the one that is not kept is told");
}

/// A page of calls with what Aircall says about it.
fn page(ids: &[u64], number: u64, total: u64, query: &str) -> Vec<u8> {
    let calls: Vec<String> =
        ids.iter().map(|id| call(&id.to_string(), &format!("{TIMES}{NUMBER}"))).collect();
    let link = |page: u64| format!(r#""https://api.aircall.io/v1/calls?page={page}&per_page=2{query}""#);
    let next = if number * 2 < total { link(number + 1) } else { "null".to_owned() };
    let previous = if number > 1 { link(number - 1) } else { "null".to_owned() };
    format!(
        r#"{{"meta":{{"count":{},"total":{total},"current_page":{number},"per_page":2,"next_page_link":{next},
            "previous_page_link":{previous}}},"calls":[{}]}}"#,
        ids.len(),
        calls.join(",")
    )
    .into_bytes()
}

#[test]
fn pages_that_are_missing_are_noticed_whatever_else_is_there() {
    let missing = |pages: &[Vec<u8>]| {
        let pages: Vec<&[u8]> = pages.iter().map(Vec::as_slice).collect();
        let (told, _) = tell_files(&pages, |_| {});
        let told = told.remarks.iter().filter(|finding| finding.code == Code::PagesMissing);
        told.map(|finding| finding.detail.clone()).collect::<Vec<_>>()
    };
    let (first, second) = (page(&[1, 2], 1, 3, ""), page(&[3], 2, 3, ""));
    assert_eq!(missing(&[first.clone(), second.clone()]), [""; 0]);
    assert_eq!(missing(&[second.clone(), first.clone(), first.clone()]), [""; 0], "a page twice is one page");
    assert_eq!(missing(&[first.clone(), first.clone()]).len(), 1, "twice is not all");
    let other = [page(&[11, 12], 1, 2, "&from=1748000000"), page(&[13, 14], 1, 3, "&from=1749000000")];
    assert_eq!(missing(&[first.clone(), second.clone(), other[0].clone()]), [""; 0]);
    assert_eq!(
        missing(&[first.clone(), other[0].clone()]),
        ["2 read, 3 counted by Aircall"],
        "another window is no page"
    );
    assert_eq!(missing(std::slice::from_ref(&second)).len(), 1, "the last page alone");
    assert_eq!(missing(&[other[0].clone(), other[1].clone(), first.clone()]).len(), 2);
    let grown = page(&[3, 4], 2, 4, "");
    assert_eq!(missing(&[first, grown]), [""; 0], "a call came in while the pages were fetched");
    // Pages whose links were thrown away: the calls are counted, each once.
    let bare = |id: u64| {
        format!(
            r#"{{"meta":{{"total":2}},"calls":[{}]}}"#,
            call(&id.to_string(), &format!("{TIMES}{NUMBER}"))
        )
    };
    assert_eq!(missing(&[bare(1).into_bytes(), bare(1).into_bytes()]), ["1 read, 2 counted by Aircall"]);
    assert_eq!(missing(&[bare(1).into_bytes(), bare(2).into_bytes()]), [""; 0]);
}

#[test]
fn a_delimiter_more_than_the_header_has_costs_no_row_and_shifts_none() {
    let good = row(1, "2025-06-02 09:15:00", "inbound", "+61 491 570 006", "");
    let shifted = row(2, "2025-06-02 09:15:00", "inbound", "+61 491 570 006", "one, two");
    let (told, _) = tell_files(&[&file(&[format!("{good},"), shifted.clone()])], |_| {});
    assert_eq!(told.keys(), ["aircall:call:1"]);
    assert_eq!(codes(&told.unreadable), [Code::UnreadableRow]);
    // The last cell of this layout is mostly empty: a comma in a comment makes it look like a delimiter too many.
    let header = format!("{V3},ai voice agent transfer branch");
    let text = format!("{header}\n{good},,\n{shifted},\n");
    let (told, _) = tell_files(&[text.as_bytes()], |_| {});
    assert_eq!(told.keys(), ["aircall:call:1"]);
    assert_eq!(codes(&told.unreadable), [Code::UnreadableRow]);
}

#[test]
fn durations_that_are_none_are_no_seconds() {
    for (cell, seconds) in
        [("95", Some(95)), ("95.0", Some(95)), ("00:01:35.250", Some(95)), ("95,5", Some(95))]
    {
        assert_eq!(clock::seconds(cell), seconds, "{cell}");
    }
    // Thousands with their separator, and what a spreadsheet makes of a clock: a part of a day.
    for cell in ["1,234", "1.234", "0.000925925925925926", "9.5E+01"] {
        assert_eq!(clock::seconds(cell), None, "{cell}");
    }
}

#[test]
fn who_says_what_is_never_guessed() {
    let transcription = r#"{"event":"transcription.created","timestamp":1748855900,"data":{"call_id":1,"content":{"utterances":[
        {"text":"Hello","participant_type":"external"},{"text":"Hi","participant_type":"internal"},
        {"text":"Who?","participant_type":"supervisor"},{"text":"Me"}]}}}"#
        .replace('\n', "");
    let sentiment = r#"{"event":"sentiment.created","timestamp":1748855900,"data":{"call_id":1,
        "participants":[{"value":"POSITIVE","phone_number":"+33639980001"},{"value":"NEGATIVE"}]}}"#
        .replace('\n', "");
    let (told, _) =
        tell_files(&[&lines(&[call("1", &format!("{TIMES}{NUMBER}")), transcription, sentiment])], |_| {});
    let note = told.conversations[0].0.messages[1].body.text().unwrap();
    assert!(note.contains("Sentiment: Customer positive, Participant negative"), "{note}");
    assert!(note.ends_with("Customer: Hello\nAgent: Hi\nParticipant: Who?\nParticipant: Me"), "{note}");
}

#[test]
fn a_comment_whose_time_was_lost_is_told() {
    let comment =
        |at: &str| format!(r#"{TIMES}{NUMBER},"comments":[{{"id":7,"content":"x","posted_at":{at}}}]"#);
    let calls =
        [call("1", &comment("1748855800")), call("2", &comment("1.74886E+09")), call("3", &comment("null"))];
    let (told, _) = tell_files(&[&lines(&calls)], |_| {});
    let said: Vec<_> = customers(&told).into_iter().map(|(_, _, said)| said).collect();
    assert_eq!(said, [vec![], vec!["GI-A007"], vec!["GI-A023"]]);
}
