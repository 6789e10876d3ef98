//! One call out of several payloads of which some are damaged: what another payload had readable is neither lost nor told.

use super::*;

const BASE: &str =
    r#""id":1,"direction":"inbound","tags":[],"raw_digits":"+33639980001","started_at":1748855700"#;

/// An event of call 1.
fn event(name: &str, at: u64, more: &str) -> String {
    format!(r#"{{"resource":"call","event":"call.{name}","timestamp":{at},"data":{{{BASE}{more}}}}}"#)
}

/// The call of these events in both orders, with the fields that were told as damaged.
fn folded(events: &[String]) -> (Conversation, Vec<String>) {
    let turned: Vec<String> = events.iter().rev().cloned().collect();
    let [forth, back] = [events, &turned].map(|events| {
        let (told, _) = tell_files(&[events.join("\n").as_bytes()], |_| {});
        assert_eq!(told.keys(), ["aircall:call:1"], "{:?}", told.left_out);
        let (mut conversation, findings) = told.conversations.into_iter().next().unwrap();
        conversation.place = crate::model::finding::Place::default();
        assert!(findings.iter().all(|finding| finding.code == Code::BadCell), "{findings:?}");
        let fields = findings.into_iter().filter_map(|finding| finding.place?.field);
        (conversation, fields.map(|field| field.to_string()).collect::<Vec<_>>())
    });
    assert_eq!(forth, back);
    forth
}

const LOST: &str = "1.74886E+09";

#[test]
fn a_time_that_another_payload_has_readable_is_not_told_as_damaged() {
    let whole = event("answered", 10, r#","answered_at":1748855715"#);
    let newest = |answered: &str, ended: &str| {
        event("ended", 20, &format!(r#","answered_at":{answered},"ended_at":{ended},"duration":90"#))
    };
    let (call, damaged) = folded(&[whole.clone(), newest(LOST, "1748855795")]);
    assert_eq!(damaged, [""; 0]);
    assert_eq!(call.meta["aircall"]["talk"], 80, "{:?}", call.meta);
    // The end by its length gives way to an end that was read.
    let older = event("hungup", 15, r#","answered_at":1748855715,"ended_at":1748855795"#);
    let (call, damaged) = folded(&[older, newest("1748855715", LOST)]);
    assert_eq!(damaged, [""; 0]);
    assert_eq!(call.times.closed.unwrap().to_string(), "2025-06-02T09:16:35Z");
    let (_, damaged) = folded(&[
        event("answered", 10, &format!(r#","answered_at":{LOST}"#)),
        newest("1748855715", "1748855795"),
    ]);
    assert_eq!(damaged, [""; 0], "the newer one is whole");
}

#[test]
fn what_no_payload_has_readable_is_told_whichever_was_damaged() {
    let older =
        event("answered", 10, &format!(r#","answered_at":{LOST},"number":{{"name":"S","digits":3.31E+10}}"#));
    let newest = event("ended", 20, r#","answered_at":null,"ended_at":1748855795"#);
    let (call, damaged) = folded(&[older.clone(), newest.clone()]);
    assert_eq!(damaged, ["answered_at", "number"]);
    assert!(call.tags.iter().any(|tag| tag == "call-answered"));
    let line = event("hungup", 15, r#","number":{"name":"S","digits":"+33 1 99 00 00 01"}"#);
    let (_, damaged) = folded(&[older, line, newest]);
    assert_eq!(damaged, ["answered_at"]);
}

#[test]
fn a_comment_whose_id_or_time_was_lost_is_the_one_that_another_payload_has() {
    let with = |name: &str, at: u64, comments: &str| {
        event(name, at, &format!(r#","ended_at":1748855795,"comments":[{comments}]"#))
    };
    let whole = with("ended", 10, r#"{"id":735,"content":"call\n\nback","posted_at":1748855800}"#);
    for damaged in [
        r#"{"id":735,"content":"call\n\nback","posted_at":1.74886E+09}"#,
        r#"{"id":7.35E+2,"content":"call\n\nback","posted_at":1748855800}"#,
    ] {
        for (old, new) in [(10, 20), (20, 10)] {
            let whole = whole.replace("\"timestamp\":10", &format!("\"timestamp\":{old}"));
            let (call, told) = folded(&[whole, with("commented", new, damaged)]);
            assert_eq!(told, [""; 0], "{damaged}");
            let notes: Vec<_> = call.messages[1..]
                .iter()
                .map(|note| (note.key.as_str(), note.sent_at.timestamp().as_second()))
                .collect();
            assert_eq!(notes, [("aircall:call:1:comment:735", 1_748_855_800)], "{damaged}");
        }
    }
    let other = with("commented", 20, r#"{"id":7.36E+2,"content":"late","posted_at":1748855900}"#);
    let (call, told) = folded(&[whole, other]);
    assert_eq!((call.messages.len(), told), (3, vec!["comments".to_owned()]));
}

#[test]
fn a_refused_call_that_pages_repeat_is_one_call() {
    let good = r#"{"id":1,"direction":"inbound","started_at":1748855700,"ended_at":1748855795,"raw_digits":"+33639980001"}"#;
    let page = |calls: &str, total: u64| format!(r#"{{"meta":{{"total":{total}}},"calls":[{calls}]}}"#);
    let missing = |pages: &[String]| {
        let pages: Vec<&[u8]> = pages.iter().map(String::as_bytes).collect();
        let (told, _) = tell_files(&pages, |_| {});
        let missing = told.remarks.iter().filter(|finding| finding.code == Code::PagesMissing);
        missing.map(|finding| finding.detail.clone()).collect::<Vec<_>>()
    };
    for bad in [
        good.replace("\"id\":1", "\"id\":2").replace("inbound", "sideways"),
        good.replace("\"id\":1", "\"id\":2.7E+9"),
    ] {
        let twice = [page(&format!("{good},{bad}"), 3), page(&bad, 3)];
        assert_eq!(missing(&twice), ["2 read, 3 counted by Aircall"], "{bad}");
        assert_eq!(missing(&[page(&format!("{good},{bad}"), 2)]), [""; 0], "{bad}");
    }
    // Another copy of it may be whole.
    let bad = good.replace("inbound", "sideways");
    assert_eq!(missing(&[page(&format!("{good},{bad}"), 2)]), ["1 read, 2 counted by Aircall"]);
}
