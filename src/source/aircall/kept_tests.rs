//! What only one copy of a call has is kept, and what no copy says is not made up.

use super::*;

const HEADER: &str = "call id (internal),call id,datetime (utc),direction,from,to,answered,user,duration (total),comments,tags";

/// A Call History row of call 7.
fn csv(id: &str, sid: &str, comments: &str, tags: &str) -> Vec<u8> {
    format!(
        "{HEADER}\n{id},{sid},2025-06-02 09:15:00,inbound,61491570006,61355504772,Yes,Ana,95,\"{comments}\",\"{tags}\"\n"
    )
    .into_bytes()
}

/// An event that tells call 7.
fn ended(more: &str) -> Vec<u8> {
    format!(
        r#"{{"event":"call.ended","timestamp":1748855830,"data":{{"id":7,"direction":"inbound","started_at":1748855700,"answered_at":1748855715,"ended_at":1748855795,"raw_digits":"+61 491 570 006","number":{{"name":"Sales","digits":"+61 3 5550 4772"}}{more}}}}}"#
    )
    .into_bytes()
}

/// Keys and texts of the notes, and the tags that people gave.
fn said(told: &Told) -> (Vec<(&str, String)>, Vec<&str>) {
    let [(conversation, _)] = &told.conversations[..] else { panic!("one call: {:?}", told.keys()) };
    let notes = conversation.messages.iter().filter(|message| message.side == Side::Note);
    let notes =
        notes.map(|note| (note.key.as_str(), note.body.text().unwrap_or_default().to_owned())).collect();
    let own = |tag: &&str| !tag.starts_with("call-") && *tag != "aircall";
    (notes, conversation.tags.iter().map(String::as_str).filter(own).collect())
}

fn names(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn what_only_a_row_has_is_kept_beside_its_json_copy() {
    const CELL: &str = "aircall:call:7:comments";
    let row = csv("7", "CA01", "posted a day later", "VIP");
    for json in [ended(r#","comments":[],"tags":[]"#), ended("")] {
        let (told, _) = tell_files(&[&json, &row], |_| {});
        assert_eq!(said(&told), (vec![(CELL, "posted a day later".into())], vec!["VIP"]));
        assert_eq!(codes(&told.remarks), [Code::DuplicateCall]);
    }
    let api =
        r#","comments":[{"id":3,"content":"api  Comment","posted_at":1748859999}],"tags":[{"name":"vip"}]"#;
    let (told, _) = tell_files(&[&ended(api), &row], |_| {});
    let both = [("aircall:call:7:comment:3", "api  Comment".into()), (CELL, "posted a day later".into())];
    let (mut notes, tags) = said(&told);
    notes.sort();
    assert_eq!((notes, tags), (both.to_vec(), vec!["vip"]));
    // A comment that the API delivers as well is there once, however many share the cell.
    let two = r#","comments":[{"id":3,"content":"posted a\nday later","posted_at":1748859999},{"id":4,"content":"ok","posted_at":1748860000}]"#;
    for cell in ["posted a day later", "ok, Posted a day later", "posted a day later\nok"] {
        let (told, _) = tell_files(&[&csv("7", "CA01", cell, ""), &ended(two)], |_| {});
        let keys: Vec<&str> = said(&told).0.iter().map(|note| note.0).collect();
        assert_eq!(keys, ["aircall:call:7:comment:3", "aircall:call:7:comment:4"], "{cell}");
    }
    // Texts without ids are one note with one key.
    let plain = r#","comments":["from a script"]"#;
    let (told, _) = tell_files(&[&ended(plain), &row, &row], |_| {});
    assert_eq!(said(&told).0, [(CELL, "from a script\n\nposted a day later".into())]);
}

#[test]
fn what_only_one_of_two_rows_has_is_kept() {
    const CELL: &str = "aircall:call:7:comments";
    let (better, worse) = (csv("7", "CA01", "first", "VIP"), csv("7", "", "posted a day later", "late"));
    let json = String::from_utf8(ended("")).unwrap().replace("\"id\":7", "\"id\":8").into_bytes();
    for files in [vec![&better, &worse], vec![&worse, &better], vec![&worse, &json, &better]] {
        let files: Vec<&[u8]> = files.into_iter().map(Vec::as_slice).collect();
        let (mut told, _) = tell_files(&files, |_| {});
        assert_eq!(codes(&told.remarks), [Code::DuplicateCall]);
        told.conversations.retain(|(conversation, _)| conversation.key.as_str() == "aircall:call:7");
        assert_eq!(said(&told), (vec![(CELL, "first\n\nposted a day later".into())], vec!["VIP", "late"]));
    }
    // What both say, or the better one alone, changes nothing.
    for worse in [csv("7", "", "first", "VIP"), csv("7", "", "", ""), csv("7", "", "First", "vip")] {
        let (told, _) = tell_files(&[&worse, &better], |_| {});
        assert_eq!(said(&told), (vec![(CELL, "first".into())], vec!["VIP"]));
    }
}

#[test]
fn what_only_a_row_without_an_id_has_is_told() {
    let row = |comments: &str| csv("", "", comments, "");
    let api = ended(r#","comments":[{"id":3,"content":"both","posted_at":1748859999}]"#);
    let (told, _) = tell_files(&[&api, &row("only here")], |_| {});
    assert_eq!(told.keys(), ["aircall:call:7"]);
    assert_eq!(names(&told.remarks), ["GI-A006", "GI-A018"]);
    let (told, _) = tell_files(&[&api, &row("Both")], |_| {});
    assert_eq!(names(&told.remarks), ["GI-A006"]);
}

#[test]
fn nested_objects_may_be_text_under_names_of_their_own() {
    let json = r#"{"id":7,"direction":"inbound","started_at":1748855700,"answered_at":1748855715,"ended_at":1748855795,
        "raw_digits":"+61 491 570 006","user":null,
        "user_json":"{\"id\":4,\"name\":\"Ana Perez\"}","number_json":"{\"name\":\"Sales\",\"digits\":\"+61 3 5550 4772\"}",
        "comments_json":"[{\"id\":1,\"content\":\"wc\",\"posted_at\":1748859999}]","tags_json":"[{\"name\":\"WT\"}]"}"#;
    let (told, _) = tell_files(&[json.replace('\n', "").as_bytes()], |_| {});
    assert_eq!(said(&told), (vec![("aircall:call:7:comment:1", "wc".into())], vec!["WT"]));
    let meta = &told.conversations[0].0.meta["aircall"];
    assert_eq!((&meta["user"], &meta["line"]), (&"Ana Perez".into(), &"Sales".into()));
}

#[test]
fn an_outcome_that_nothing_says_is_none() {
    let text = "call id (internal),datetime (utc),direction,from,to,user,duration (total)\n\
        1,2025-01-02 03:04:05,inbound,33639980001,33199000001,Ana,600\n\
        2,2025-01-02 03:04:05,outbound,33199000001,33639980001,Ana,600\n";
    let (told, _) = tell_files(&[text.as_bytes()], |_| {});
    for ((conversation, findings), word) in told.conversations.iter().zip(["inbound", "outbound"]) {
        assert_eq!(conversation.tags, ["aircall".to_owned(), format!("call-{word}")]);
        let first = conversation.messages[0].body.text().unwrap().lines().next().unwrap().to_lowercase();
        assert_eq!(first, format!("{word} call - 10 min"));
        assert_eq!(names(findings), ["GI-A019"]);
        assert!(conversation.meta["aircall"].get("answered").is_none());
    }
    let with_talk = text.replace("duration (total)", "duration (in call)").replace(",600", ",");
    let (told, _) = tell_files(&[with_talk.as_bytes()], |_| {});
    assert!(told.conversations[0].0.tags.contains(&"call-missed".to_owned()), "no talk is an answer");
}

#[test]
fn calls_and_messages_that_lack_what_makes_them_are_blocked() {
    let page = r#"{"meta":{"total":2},"calls":[
        {"id":1,"direction":null,"started_at":1748855700,"ended_at":1748855795},
        {"id":2,"direction":"inbound","started_at":1748855700,"ended_at":1748855795}]}"#;
    let text = r#"{"event":"message.received","timestamp":1748860000,"data":{"id":null,"direction":"inbound","external_number":"+44 7700 900999","body":"x","created_at":1748860000000}}"#;
    let (told, _) = tell_files(&[page.replace('\n', "").as_bytes(), text.as_bytes()], |_| {});
    assert_eq!(told.keys(), ["aircall:call:2"]);
    assert_eq!(names(&told.rejected), ["GI-A008", "GI-A020"]);
    assert_eq!(told.rejected[0].key.as_deref(), Some("aircall:call:1"));
    assert!(told.left_out.is_empty() && told.remarks.is_empty(), "{:?} {:?}", told.left_out, told.remarks);
}

#[test]
fn a_layout_without_a_zone_names_the_setting_that_cures_it() {
    let looker = "date (TZ offset incl.),call_id,direction,from,to,number_name,full_name,created_time,duration_in_seconds,was_answered_yes__no\n\
        2022-06-02,55,inbound,33639980001,33199000001,L,Ana,2022-06-02 11:15:00,60,Yes\n";
    let (told, _) = tell_files(&[looker.as_bytes()], |_| {});
    assert_eq!(names(&told.rejected), ["GI-A021"]);
    assert!(told.rejected[0].code.remedy().contains("timezone"));
    let field = told.rejected[0].place.as_ref().and_then(|place| place.field.as_deref());
    assert_eq!(field, Some("call start time"));
    let (told, _) = tell_files(&[looker.as_bytes()], |spec| spec.timezone = Some("Europe/Madrid".into()));
    assert_eq!(told.keys(), ["aircall:call:55"]);
}

#[test]
fn hours_that_came_twice_or_never_are_told_as_what_they_are() {
    let row = |local: &str| {
        format!(
            "datetime (tz offset incl.),number timezone,datetime (utc),direction,from,to,answered,call id (internal)\n\
             {local},Europe/Paris,,inbound,33639980001,33199000001,Yes,1\n"
        )
    };
    let (told, _) = tell_files(&[row("2025-10-26 02:30:00").as_bytes()], |_| {});
    assert_eq!(names(&told.conversations[0].1), ["GI-A022"]);
    let (told, _) = tell_files(&[row("2025-03-30 02:30:00").as_bytes()], |_| {});
    assert_eq!(codes(&told.rejected), [Code::BadClock]);
    let field = told.rejected[0].place.as_ref().and_then(|place| place.field.as_deref());
    assert_eq!(field, Some("datetime (tz offset incl.)"));
    assert!(told.rejected[0].detail.contains("skipped"), "{}", told.rejected[0].detail);
    // The time comes from another clock, and that is said.
    let two = row("2025-02-03 10:15:00").replace("Paris,,", "Paris,03/02/2025 09:15,");
    let (told, _) = tell_files(&[two.as_bytes()], |_| {});
    let findings = &told.conversations[0].1;
    assert_eq!(codes(findings), [Code::BadCell]);
    assert_eq!(findings[0].place.as_ref().and_then(|place| place.field.as_deref()), Some("datetime (utc)"));
    assert!(findings[0].detail.contains("day first or month first"), "{}", findings[0].detail);
}

#[test]
fn a_comment_without_a_time_is_told() {
    let json = ended(r#","tags":[],"comments":[{"id":3,"content":"x","posted_at":null}]"#);
    let (told, _) = tell_files(&[&json], |_| {});
    assert_eq!(names(&told.conversations[0].1), ["GI-A023"]);
    let json = ended(r#","tags":[],"comments":[{"id":3,"content":"x","posted_at":1748859999}]"#);
    let (told, _) = tell_files(&[&json, &csv("7", "", "y", "")], |_| {});
    assert!(told.conversations[0].1.is_empty(), "a row has no times of comments at all");
}
