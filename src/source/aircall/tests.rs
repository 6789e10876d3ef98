//! Whole files through the source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::model::conversation::{Conversation, Side};
use crate::model::finding::{Code, Finding};
use crate::model::key::SourceName;
use crate::source::{DateOrder, Grouping, SourceKind};

const V3: &str = "line,datetime (tz offset incl.),number timezone,Datetime (UTC),direction,from,to,answered,user,\
    duration (total),comments,Aircall Number,Customer Number,call id (internal)";

#[path = "agent_tests.rs"]
mod agents;
#[path = "damage_tests.rs"]
mod damage;
#[path = "folded_tests.rs"]
mod folded;
#[path = "kept_tests.rs"]
mod kept;
#[path = "place_tests.rs"]
mod places;
#[path = "shapes_tests.rs"]
mod shapes;

/// What reading gave.
#[derive(Default)]
struct Told {
    conversations: Vec<(Conversation, Vec<Finding>)>,
    rejected: Vec<Finding>,
    left_out: Vec<Finding>,
    unreadable: Vec<Finding>,
    remarks: Vec<Finding>,
}

impl Told {
    fn keys(&self) -> Vec<&str> {
        self.conversations.iter().map(|(conversation, _)| conversation.key.as_str()).collect()
    }
}

fn spec_of(paths: Vec<PathBuf>) -> SourceSpec {
    SourceSpec {
        name: SourceName::new("aircall").unwrap(),
        kind: SourceKind::Aircall,
        paths,
        timezone: None,
        date_order: None,
        grouping: Grouping::Call,
        columns: BTreeMap::new(),
        include_internal: true,
        limits: crate::source::UnpackLimits::default(),
        person_notes: false,
    }
}

/// A reading in 2026 that nobody watches and that wants every text.
fn context<'a>(bytes_done: &'a AtomicU64, stop: &'a AtomicBool, temp_dir: &'a Path) -> ReadContext<'a> {
    ReadContext {
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        bytes_done,
        stop,
        temp_dir,
        may_start_over: false,
        joining: None,
        needs_text: None,
    }
}

fn tell(spec: &SourceSpec) -> (Told, SourceFacts) {
    let temp = tempfile::tempdir().unwrap();
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let context = context(&bytes_done, &stop, temp.path());
    let mut told = Told::default();
    let facts = read(spec, &context, &mut |record| {
        match record {
            Record::Conversation { conversation, findings, rejected_messages } => {
                assert!(rejected_messages.is_empty());
                told.conversations.push((*conversation, findings));
            }
            Record::Rejected(finding) => told.rejected.push(finding),
            Record::LeftOut(finding) => told.left_out.push(finding),
            Record::Unreadable(finding) => told.unreadable.push(finding),
            Record::Remark(finding) => told.remarks.push(finding),
            Record::Noted(_) => {}
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(bytes_done.load(Ordering::Relaxed), facts.bytes, "progress reaches the bytes on disk");
    (told, facts)
}

/// Reads files of these contents.
fn tell_files(files: &[&[u8]], change: impl FnOnce(&mut SourceSpec)) -> (Told, SourceFacts) {
    let dir = tempfile::tempdir().unwrap();
    for (index, bytes) in files.iter().enumerate() {
        std::fs::write(dir.path().join(format!("{index}.csv")), bytes).unwrap();
    }
    let mut spec = spec_of(vec![dir.path().to_owned()]);
    change(&mut spec);
    tell(&spec)
}

fn row(id: u64, utc: &str, direction: &str, customer: &str, comment: &str) -> String {
    format!("Sales,,,{utc},{direction},,,Yes,Ana,60,{comment},Sales (+61 3 5550 4772),{customer},{id}")
}

fn file(rows: &[String]) -> Vec<u8> {
    format!("{V3}\n{}\n", rows.join("\n")).into_bytes()
}

fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn the_samples_facts_come_out() {
    let Some(samples) = std::env::var_os("SAMPLES_DIR") else {
        eprintln!("skipped: SAMPLES_DIR is not set");
        return;
    };
    let (told, facts) = tell(&spec_of(vec![Path::new(&samples).join("aircall")]));
    let starts: Vec<String> = told.conversations.iter().map(|(c, _)| c.times.created.to_string()).collect();
    let expected = [
        "2025-12-04T07:57:14.083Z",
        "2025-12-04T07:53:35Z",
        "2025-12-04T07:35:40Z",
        "2025-12-04T07:33:54Z",
        "2025-12-04T12:42:37.034Z",
    ];
    assert_eq!(starts, expected);
    let ids: Vec<String> =
        (3_331_500_101_u64..=3_331_500_105).map(|id| format!("aircall:call:{id}")).collect();
    assert_eq!(told.keys(), ids);
    let sides: Vec<Side> = told.conversations.iter().map(|(c, _)| c.messages[0].side).collect();
    assert_eq!(sides, [Side::Customer, Side::Customer, Side::Customer, Side::Agent, Side::Customer]);
    let tagged =
        |tag: &str| told.conversations.iter().filter(|(c, _)| c.tags.iter().any(|t| t == tag)).count();
    assert_eq!((tagged("call-answered"), tagged("call-missed"), tagged("call-after-hours")), (3, 1, 1));
    let assignees: BTreeSet<&str> =
        told.conversations.iter().filter_map(|(c, _)| c.assignee.as_ref()?.name.as_deref()).collect();
    assert_eq!(assignees, BTreeSet::from(["Dana Demo", "Jeff Bala-an", "Wes Example"]));
    assert!(told.conversations.iter().all(|(_, findings)| findings.is_empty()));
    assert_eq!(
        (told.rejected.len(), told.left_out.len(), told.unreadable.len(), told.remarks.len()),
        (0, 0, 0, 0)
    );
    assert_eq!((facts.files, facts.people, facts.origins.len()), (1, 8, 0));
    let first = &told.conversations[0].0.messages[0];
    assert_eq!(&*first.route.to[0].address, "+61355504772");
    let lines: Vec<&str> = first.body.text().unwrap().lines().collect();
    assert_eq!(lines[0], "Inbound call - missed (no agent available) - 3 min 37 s");
    assert_eq!(lines[1], "Customer: +61491570006");
}

#[test]
fn copies_of_a_call_become_one_the_fullest() {
    let plain = row(7, "2025-06-02 09:15:00", "inbound", "+61 491 570 006", "");
    let full = row(7, "2025-06-02 09:15:00", "inbound", "+61 491 570 006", "call back");
    let other = row(8, "2025-06-02 09:15:00", "inbound", "+61 491 570 006", "");
    let (told, _) = tell_files(&[&file(&[plain.clone(), other]), &file(&[full, plain])], |_| {});
    assert_eq!(told.keys(), ["aircall:call:8", "aircall:call:7"]);
    assert_eq!(told.conversations[1].0.messages.len(), 2, "the copy with the comment");
    assert_eq!(codes(&told.remarks), [Code::DuplicateCall, Code::DuplicateCall]);
    assert_eq!(told.remarks[0].key.as_deref(), Some("aircall:call:7"));
}

#[test]
fn calls_between_own_lines_are_told_or_left_out() {
    // The line is learnt from a row behind the one that needs it.
    let inner = row(1, "2025-06-02 09:15:00", "inbound", "+61 3 5550 4999", "");
    let line =
        row(2, "2025-06-02 09:15:00", "inbound", "+61 491 570 006", "").replace("5550 4772", "5550 4999");
    let bytes = file(&[inner, line]);
    let (told, _) = tell_files(&[&bytes], |_| {});
    assert_eq!(codes(&told.conversations[0].1), [Code::InternalCall]);
    let (told, _) = tell_files(&[&bytes], |spec| spec.include_internal = false);
    assert_eq!(told.keys(), ["aircall:call:2"]);
    assert_eq!(codes(&told.left_out), [Code::InternalCall]);
}

#[test]
fn a_spreadsheets_file_is_read() {
    let text = format!("{V3}\n").replace(',', ";")
        + "Café;;;25/12/2025 09:15;inbound;;;Yes;Zoë;60;\"a;b\";Sales (+61 3 5550 4772);+61 491 570 006;3331500101,0\n"
        + "Café;;;4/12/2025 09:15;inbound;6,14916E+10;;Yes;Zoë;60;;Sales (+61 3 5550 4772);;3331500102\n"
        + "Café;;;4/12/2025 09:15;inbound;;;Yes;Zoë;60;;\n";
    let text = text.replace('\n', "\r\n");
    let (ansi, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    let with_bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for (bytes, remarks) in [(ansi.to_vec(), vec![Code::AssumedEncoding]), (with_bom, vec![])] {
        let (told, _) = tell_files(&[&bytes], |_| {});
        assert_eq!(told.keys(), ["aircall:call:3331500101", "aircall:call:3331500102"]);
        let created: Vec<String> =
            told.conversations.iter().map(|(c, _)| c.times.created.to_string()).collect();
        assert_eq!(created, ["2025-12-25T09:15:00Z", "2025-12-04T09:15:00Z"]);
        assert_eq!(told.conversations[0].0.assignee.as_ref().unwrap().name.as_deref(), Some("Zoë"));
        assert_eq!(told.conversations[0].0.messages[1].body.text(), Some("a;b"));
        assert_eq!(codes(&told.conversations[1].1), [Code::NumberDestroyed]);
        assert_eq!(codes(&told.unreadable), [Code::UnreadableRow]);
        let place = told.unreadable[0].place.as_ref().unwrap();
        assert_eq!(place.line, Some(4));
        let byte = usize::try_from(place.byte.unwrap()).unwrap();
        assert!(bytes[byte..].starts_with(b"Caf") && bytes[byte - 1] == b'\n');
        assert_eq!(codes(&told.remarks), remarks);
    }
}

#[test]
fn dates_that_can_be_two_days_block_their_calls_until_the_config_says_which() {
    let bytes = file(&[row(1, "4/12/2025 9:15", "inbound", "+61 491 570 006", "")]);
    let (told, _) = tell_files(&[&bytes], |_| {});
    assert_eq!(codes(&told.rejected), [Code::AmbiguousDates]);
    let (told, _) = tell_files(&[&bytes], |spec| spec.date_order = Some(DateOrder::Mdy));
    assert_eq!(told.conversations[0].0.times.created.to_string(), "2025-04-12T09:15:00Z");
}

#[test]
fn each_file_has_its_own_order_of_dates() {
    let at = |id, utc| row(id, utc, "inbound", "+61 491 570 006", "");
    let european = file(&[at(1, "4/12/2025 9:15"), at(2, "25/12/2025 9:15")]);
    let american = file(&[at(3, "4/12/2025 9:15"), at(4, "12/25/2025 9:15")]);
    let mixed = file(&[at(5, "25/12/2025 9:15"), at(6, "12/25/2025 9:15"), at(7, "2025-12-25 09:15:00")]);
    let (told, _) = tell_files(&[&european, &american, &mixed], |_| {});
    let days: Vec<String> =
        told.conversations.iter().map(|(c, _)| c.times.created.strftime("%m-%d").to_string()).collect();
    assert_eq!(days, ["12-04", "12-25", "04-12", "12-25", "12-25"]);
    assert_eq!(codes(&told.rejected), [Code::BothDateOrders, Code::BothDateOrders]);
    // No setting can put that right, and none does.
    let (told, _) = tell_files(&[&mixed], |spec| spec.date_order = Some(DateOrder::Dmy));
    assert_eq!(codes(&told.rejected), [Code::BothDateOrders, Code::BothDateOrders]);
}

#[test]
fn old_layouts_are_read_without_ids() {
    let v1 = "line,date (TZ offset incl.),time (TZ offset incl.),number timezone,direction,from,to,answered,user,\
        duration (total),via\n\
        Sales,2021-03-04,10:22:01,Europe/Paris,inbound,33639980001,33199000001,Yes,Ana,60,\n\
        Sales,2021-03-04,10:22:01,Europe/Paris,inbound,33639980001,33199000001,Yes,Ana,60,\n";
    let looker = "date (TZ offset incl.),call_id,direction,from,to,number_name,full_name,created_time,ended_time,\
        duration_in_seconds,was_answered_yes__no\n\
        2022-03-04,900000001,outbound,33199000001,anonymous,Sales,Ana,2022-03-04 10:00:00,2022-03-04 10:01:00,60,No\n";
    let (told, _) =
        tell_files(&[v1.as_bytes(), looker.as_bytes()], |spec| spec.timezone = Some("Europe/Madrid".into()));
    let (old, findings) = &told.conversations[1];
    assert_eq!(old.times.created.to_string(), "2021-03-04T09:22:01Z");
    assert!(old.key.as_str().starts_with("aircall:call:facts-") && old.messages[0].synthetic_key);
    assert_eq!(codes(findings), [Code::NoCallId]);
    assert_eq!(codes(&told.remarks), [Code::DuplicateCall], "the same facts are the same call");
    let (looker, findings) = &told.conversations[0];
    assert_eq!(looker.key.as_str(), "aircall:call:900000001");
    assert_eq!(looker.times.created.to_string(), "2022-03-04T09:00:00Z");
    assert_eq!(looker.tags, ["aircall", "call-outbound", "call-no-answer"]);
    assert!(findings.is_empty());
}

#[test]
fn files_of_other_kinds_are_named() {
    let files: &[&[u8]] = &[
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1xls",
        b"agent,calls\nAna,3\n",
        b"{\"calls\":[]}",
        b"ID3\0\0",
        b"\n\n",
    ];
    let (told, facts) = tell_files(files, |_| {});
    let expected = [Code::UnsupportedFile, Code::UnknownLayout, Code::UnknownFile, Code::EmptyFile];
    assert_eq!(codes(&told.remarks), expected);
    assert!(told.remarks[0].detail.contains("CSV UTF-8"), "{}", told.remarks[0].detail);
    assert_eq!((facts.files, told.conversations.len()), (5, 0));
}

const API_CALL: &str = r#"{"id":7,"direction":"inbound","started_at":1748855700,"answered_at":null,"ended_at":1748855795,
    "raw_digits":"+61 491 570 006","number":{"name":"Sales","digits":"+61 3 5550 4772"},"tags":[],
    "comments":[{"id":735,"content":"call back","posted_at":1748900000,"posted_by":{"name":"Bo"}}]}"#;

#[test]
fn json_of_every_shape_and_csv_converge_on_one_call() {
    let csv = file(&[row(7, "2025-06-02 09:15:00", "inbound", "+61 491 570 006", "call back")]);
    let page = format!(r#"{{"meta":{{"total":1}},"calls":[{API_CALL}]}}"#);
    let single = format!(r#"{{"call":{API_CALL}}}"#);
    let event = |name: &str, at: u64, call: &str| {
        let call = call.replace('\n', "");
        format!(r#"{{"resource":"call","event":"call.{name}","timestamp":{at},"token":"x","data":{call}}}"#)
    };
    let tagged = API_CALL.replace("\"tags\":[]", "\"tags\":[{\"name\":\"VIP\"}]");
    let events =
        [event("tagged", 1_748_855_900, &tagged), event("ended", 1_748_855_800, API_CALL)].join("\n");
    let list = format!("[{API_CALL}]");
    let all: [&[u8]; 5] = [&csv, page.as_bytes(), single.as_bytes(), events.as_bytes(), list.as_bytes()];
    for json in &all[1..] {
        let (told, _) = tell_files(&[json], |_| {});
        assert_eq!(told.keys(), ["aircall:call:7"]);
        assert!(told.left_out.is_empty() && told.remarks.is_empty() && told.rejected.is_empty());
        let keys: Vec<&str> = told.conversations[0].0.messages.iter().map(|m| m.key.as_str()).collect();
        assert_eq!(keys, ["aircall:call:7", "aircall:call:7:comment:735"]);
    }
    let (told, _) = tell_files(&[events.as_bytes()], |_| {});
    assert!(told.conversations[0].0.tags.contains(&"VIP".to_owned()), "the latest event's tags");
    let (told, _) = tell_files(&all, |_| {});
    assert_eq!(told.keys(), ["aircall:call:7"]);
    assert_eq!(codes(&told.remarks), [Code::DuplicateCall; 3], "the CSV row and two of three API objects");
}

#[test]
fn json_that_is_no_finished_call_is_told() {
    let running = API_CALL.replace("1748855795", "null").replace("\"id\":7", "\"id\":8");
    let bad = API_CALL.replace("1748855700", "null").replace("\"id\":7", "\"id\":9");
    let page = format!(r#"{{"meta":{{"total":12000}},"calls":[{API_CALL},{running},{bad}]}}"#);
    let log = "{\"event\":\"message.received\",\"timestamp\":1,\"data\":{\"id\":\"m1\",\"direction\":\"inbound\",\"body\":\"x\"}}\n\
        {\"event\":\n{\"tags\":[]}\n";
    let (told, _) = tell_files(&[page.as_bytes(), log.as_bytes()], |_| {});
    assert_eq!(told.keys(), ["aircall:call:7"]);
    assert_eq!(codes(&told.rejected), [Code::BadClock, Code::NoSentTime]);
    assert_eq!(told.rejected[0].key.as_deref(), Some("aircall:call:9"));
    assert_eq!(codes(&told.left_out), [Code::NotACall, Code::RunningCall]);
    assert_eq!(codes(&told.unreadable), [Code::UnreadableLine]);
    assert_eq!(codes(&told.remarks), [Code::PagesMissing]);
}

#[test]
fn own_columns_are_taken_from_the_config() {
    let text = "Beginn;Richtung;Kunde;Nr\n2025-06-02 09:15:00;inbound;+61 491 570 006;7\n";
    let own = [
        ("datetime (utc)", "Beginn"),
        ("direction", "Richtung"),
        ("customer number", "Kunde"),
        ("call id (internal)", "Nr"),
    ];
    let own = own.map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned()));
    let (told, _) = tell_files(&[text.as_bytes()], |spec| spec.columns = own.into());
    assert_eq!(told.keys(), ["aircall:call:7"]);
}

#[test]
fn calls_of_a_number_and_day_come_together_when_wanted() {
    let at = |id, utc, customer| row(id, utc, "inbound", customer, "");
    let rows = [
        at(1, "2025-06-02 10:15:00", "+61 491 570 006"),
        at(2, "2025-06-03 09:15:00", "+61 491 570 006"),
        at(3, "2025-06-02 09:15:00", "+61 491 570 006"),
        at(4, "2025-06-02 09:15:00", "anonymous"),
        at(5, "2025-06-02 09:15:00", "anonymous"),
    ];
    let (told, _) = tell_files(&[&file(&rows)], |spec| spec.grouping = Grouping::ContactDay);
    let messages: Vec<Vec<&str>> = told
        .conversations
        .iter()
        .map(|(c, _)| c.messages.iter().map(|m| m.key.as_str().trim_start_matches("aircall:call:")).collect())
        .collect();
    assert_eq!(messages, [vec!["4"], vec!["5"], vec!["3", "1"], vec!["2"]]);
}

#[test]
fn keys_findings_and_details_hold_no_numbers_of_people() {
    let rows = [
        row(1, "2025-06-02 10:15:00", "inbound", "+61 491 570 006", ""),
        row(2, "x", "inbound", "+61 491 570 006", ""),
        row(3, "2025-06-02 10:15:00", "inbound", "client:61491570006", "").replace(",60,", ",61491570006,"),
        "61491570006,too,few".to_owned(),
    ];
    let (told, _) = tell_files(&[&file(&rows)], |spec| spec.grouping = Grouping::ContactDay);
    let findings = told.conversations.iter().flat_map(|(_, findings)| findings);
    let findings: Vec<&Finding> = findings.chain(&told.rejected).chain(&told.unreadable).collect();
    assert!(findings.len() >= 4, "{findings:?}");
    let shown = serde_json::to_string(&findings).unwrap() + &told.keys().join(" ");
    assert!(!shown.contains("491570006"), "{shown}");
}

#[test]
fn the_sink_can_end_the_reading() {
    let dir = tempfile::tempdir().unwrap();
    let rows = [1, 2, 3].map(|id| row(id, "2025-06-02 09:15:00", "inbound", "+61 491 570 006", ""));
    std::fs::write(dir.path().join("a.csv"), file(&rows)).unwrap();
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let context = context(&bytes_done, &stop, dir.path());
    let mut count = 0;
    let spec = spec_of(vec![dir.path().join("a.csv")]);
    let mut sink = |_| {
        count += 1;
        ControlFlow::Break(())
    };
    read(&spec, &context, &mut sink).unwrap();
    assert_eq!(count, 1);
    stop.store(true, Ordering::Relaxed);
    let stopped = read(&spec, &context, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(stopped, Err(SourceError::Interrupted)));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn every_row_ends_as_exactly_one_record(
        rows in proptest::collection::vec(("[0-9]{1,2}", "(2025-06-02 09:15:00|[0-9/: ]{0,16})", "(in|out)bound|x", "[+0-9aE.]{0,12}", "[a,\"]{0,3}"), 0..20),
    ) {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(V3.split(',')).unwrap();
        for (id, utc, direction, customer, extra) in &rows {
            let cells = ["Sales", "", "", utc, direction, "", "", "Yes", "Ana", "60", extra, "", customer, id];
            writer.write_record(cells).unwrap();
        }
        let (told, _) = tell_files(&[&writer.into_inner().unwrap()], |_| {});
        let copies = told.remarks.iter().filter(|finding| finding.code == Code::DuplicateCall).count();
        let told_once = told.conversations.len() + told.rejected.len() + told.left_out.len();
        let records = told_once + told.unreadable.len() + copies;
        proptest::prop_assert_eq!(records, rows.len());
        let keys: BTreeSet<&str> = told.keys().into_iter().collect();
        proptest::prop_assert_eq!(keys.len(), told.conversations.len(), "no key twice");
    }
}
