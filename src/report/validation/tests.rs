//! The count: its JSON, its balance under any sequence of records, its findings.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::model::conversation::Channel;
use crate::report::examples::{self, conversation, name, place, plan};
use crate::report::{FindingsCsv, Wanted};

/// The example of the design, section 8.
const DESIGN: &str = r#"{"v":1,"type":"validation",
 "sources":[{"name":"zendesk","kind":"zendesk","files":2,"bytes":81234,"tickets":40,"messages":212,
   "sides":{"customer":101,"agent":80,"note":31},"channels":{"email":170,"internal-note":31,"phone":11},"attachments":9,"people":38,
   "left_out":3,"unreadable":1,"first":"2021-01-04T08:00:00Z","last":"2025-11-30T17:45:12Z"}],
 "totals":{"tickets":40,"messages":212},
 "findings":[{"code":"GI-M002","severity":"block","count":2,"summary":"s","remedy":"r",
   "examples":[{"key":"zendesk:ticket:77","file":"tickets.zip!export_1.json","line":4}]}],
 "calls":{"planned":52,"naive":260,"by_kind":{"ticket":40,"message":0,"customer":5,"tag":7,"upload":0}},"eta_seconds":6}"#;

/// Every key of `value` with its path, arrays by their first item; what is under `channels` is data.
fn paths(value: &Value, path: &str, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) if !path.ends_with(".channels") => {
            for (key, inner) in fields {
                let path = format!("{path}.{key}");
                paths(inner, &path, out);
                out.insert(path);
            }
        }
        Value::Array(items) => items.iter().take(1).for_each(|item| paths(item, path, out)),
        _ => {}
    }
}

#[test]
fn the_json_has_every_field_of_the_design_and_reads_its_example() {
    let (mut ours, mut design) = (BTreeSet::new(), BTreeSet::new());
    paths(&serde_json::to_value(examples::document()).unwrap(), "", &mut ours);
    paths(&serde_json::from_str(DESIGN).unwrap(), "", &mut design);
    assert_eq!(design.difference(&ours).collect::<Vec<_>>(), Vec::<&String>::new());
    let read: ValidationDocument = serde_json::from_str(DESIGN).unwrap();
    assert_eq!((read.totals.messages, read.calls.by_kind.tag), (212, 7));
}

#[test]
fn the_json_as_it_is() {
    let mut validation = Validation::new();
    let source = name("zendesk");
    let messages = [(Side::Customer, Channel::Email), (Side::Note, Channel::InternalNote)];
    let record = Record::Conversation {
        conversation: conversation(&source, 1, &messages),
        findings: Vec::new(),
        rejected_messages: vec![Finding::new(Code::NoSentTime, "zendesk:comment:9", &place(4))],
    };
    validation.observe(&source, &record);
    let plan = CallPlan { tickets: 1, tags: 1, naive: 3, ..CallPlan::default() };
    let document = validation.finish(&plan, Pace::default()).unwrap();
    let json = serde_json::to_string(&document).unwrap();
    insta::assert_snapshot!(json.replace(",\"sides", ",\n\"sides").replace(",\"totals", ",\n\"totals").replace(",\"overview", ",\n\"overview"), @r#"
    {"v":1,"type":"validation","sources":[{"name":"zendesk","files":0,"bytes":0,"tickets":1,"messages":2,
    "sides":{"customer":1,"agent":0,"note":1},"channels":{"email":1,"internal-note":1},"attachments":0,"inline_images":0,"recordings":0,"people":0,"left_out":0,"unreadable":0,"rejected":0,"rejected_messages":1,"not_selected":0,"first":"2021-01-04T08:00:00Z","last":"2021-01-04T09:00:00Z"}],
    "totals":{"tickets":1,"messages":2,"rejected":0,"rejected_messages":1,"left_out":0,"unreadable":0,"not_selected":0},"findings":[{"code":"GI-M002","severity":"block","count":1,"summary":"a message has no readable time","remedy":"export it again; a time is never guessed","examples":[{"key":"zendesk:comment:9","file":"exports/zendesk/tickets.zip!export_1.json","line":4,"byte":400}]}],"calls":{"planned":2,"naive":3,"by_kind":{"ticket":1,"message":0,"update":0,"customer":0,"tag":1,"upload":0,"lookup":0,"survey":0}},"eta_seconds":0,
    "overview":{"months":[{"month":"2021-01","tickets":1,"customer":1,"agent":0,"note":1}],"longest":[{"key":"zendesk:ticket:1","file":"exports/zendesk/tickets.zip!export_1.json","line":1,"messages":2,"files":0,"days":0,"findings":1,"codes":["GI-M002"]}],"ugliest":[{"key":"zendesk:ticket:1","file":"exports/zendesk/tickets.zip!export_1.json","line":1,"messages":2,"files":0,"days":0,"findings":1,"codes":["GI-M002"]}],"agents":{"count":0,"by_table":0,"by_address":0,"by_name":0,"by_nothing":0,"uncounted_messages":0,"unmatched":[]},"files":{"count":0,"bytes":0,"of_unknown_size":0,"local":0},"missing":[]}}
    "#);
}

#[test]
fn rejections_block_and_warnings_do_not() {
    let source = name("zendesk");
    let mut validation = Validation::new();
    validation
        .observe(&source, &Record::LeftOut(Finding::new(Code::EmptyTicket, "zendesk:ticket:1", &place(1))));
    validation.observe(&source, &Record::Unreadable(Finding::at(Code::UnreadableLine, &place(2))));
    assert_eq!(validation.blocking(), 0);
    validation.observe(&source, &Record::Rejected(Finding::new(Code::BadId, "zendesk:ticket:2", &place(3))));
    assert_eq!(validation.blocking(), 1, "rejected with a code that only warns still blocks");
    validation.observe(&source, &Record::Remark(Finding::at(Code::AmbiguousDates, &place(0))));
    assert_eq!(validation.blocking(), 2);
}

#[test]
fn an_empty_input_is_a_finding() {
    let document = examples::empty_document();
    assert_eq!(document.findings.len(), 1);
    assert_eq!(document.findings[0].code, Code::NothingFound);
}

#[test]
fn a_ticket_with_the_same_finding_twice_counts_once() {
    let source = name("zendesk");
    let ticket = conversation(&source, 1, &[(Side::Customer, Channel::Email)]);
    let finding = Finding::new(Code::SideGuessed, &ticket.key, &place(1));
    let mut validation = Validation::new();
    validation.observe(
        &source,
        &Record::Conversation {
            conversation: ticket,
            findings: vec![finding.clone(), finding],
            rejected_messages: Vec::new(),
        },
    );
    assert_eq!(validation.document(&CallPlan::default(), Pace::default()).findings[0].count, 1);
}

#[test]
fn more_tickets_planned_than_found_is_refused() {
    let mut validation = examples::validation();
    let plan = CallPlan { tickets: 1202, ..plan() };
    let error = validation.finish(&plan, Pace::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the counts of the plan of calls do not add up: tickets planned and tickets that can be imported, \
         1202 against 1201; please report this"
    );
}

#[test]
fn an_imbalance_is_seen() {
    let source = name("zendesk");
    let mut validation = examples::validation();
    validation.source(&source).records += 1;
    assert_eq!(validation.balance().unwrap_err().what, "records and their classes");
    let mut validation = examples::validation();
    validation.source(&source).report.messages += 1;
    assert_eq!(validation.balance().unwrap_err().what, "messages and their sides");
    let mut validation = examples::validation();
    validation.source(&source).report.channels.insert("fax".into(), 1);
    assert_eq!(validation.balance().unwrap_err().what, "messages and their channels");
    let mut validation = examples::validation();
    validation.record(&source).left_out += 100;
    validation.source(&source).records += 99;
    assert_eq!(validation.balance().unwrap_err().what, "findings and records that were not imported");
}

/// A writer that two owners see.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn every_finding_reaches_the_list_however_many_there_are() {
    let out = Shared::default();
    let source = name("zendesk");
    let csv = FindingsCsv::new(out.clone(), Wanted::All).unwrap();
    let mut validation = Validation::new().with_sink(Box::new(csv));
    for id in 0..500 {
        let finding = Finding::new(Code::DeletedTicket, format!("zendesk:ticket:{id}"), &place(id));
        validation.observe(&source, &Record::LeftOut(finding));
    }
    let document = validation.finish(&CallPlan::default(), Pace::default()).unwrap();
    assert_eq!(document.findings[0].examples.len(), crate::report::EXAMPLES_MAX);
    // The header, the 500, and the remark that nothing can be imported.
    assert_eq!(String::from_utf8(out.0.lock().unwrap().clone()).unwrap().lines().count(), 502);
}

struct FullDisk;

impl FindingSink for FullDisk {
    fn finding(&mut self, _: &Finding) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }
    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_list_that_could_not_be_written_is_an_error() {
    let mut validation = Validation::new().with_sink(Box::new(FullDisk));
    validation.remark(&Finding::general(Code::MixedAccounts));
    assert!(matches!(validation.finish(&plan(), Pace::default()), Err(ReportError::Findings(_))));
}

fn any_finding() -> impl Strategy<Value = Finding> {
    (prop::sample::select(Code::ALL), 0_u64..5, any::<bool>()).prop_map(|(code, id, keyed)| {
        if keyed {
            Finding::new(code, format!("zendesk:ticket:{id}"), &place(id))
        } else {
            Finding::at(code, &place(id))
        }
    })
}

fn any_message() -> impl Strategy<Value = (Side, Channel)> {
    let sides = prop::sample::select(vec![Side::Customer, Side::Agent, Side::Note]);
    let channels =
        prop::sample::select(vec![Channel::Email, Channel::Phone, Channel::InternalNote, Channel::Sms]);
    (sides, channels)
}

fn any_record() -> impl Strategy<Value = Record> {
    let findings = || prop::collection::vec(any_finding(), 0..4);
    let ticket = (0_u64..9, prop::collection::vec(any_message(), 1..5), findings(), findings());
    prop_oneof![
        ticket.prop_map(|(id, messages, findings, rejected_messages)| Record::Conversation {
            conversation: conversation(&name("zendesk"), id, &messages),
            findings,
            rejected_messages,
        }),
        any_finding().prop_map(Record::Rejected),
        any_finding().prop_map(Record::LeftOut),
        any_finding().prop_map(Record::Unreadable),
        any_finding().prop_map(Record::Remark),
    ]
}

proptest! {
    #[test]
    fn any_sequence_of_records_keeps_the_balance(records in prop::collection::vec((any_record(), any::<bool>()), 0..30)) {
        let mut validation = Validation::new();
        let (mut tickets, mut others, mut messages, mut refused) = (0, 0, 0, 0);
        for (record, first_source) in &records {
            validation.observe(&name(if *first_source { "zendesk" } else { "second" }), record);
            match record {
                Record::Conversation { conversation, rejected_messages, .. } => {
                    tickets += 1;
                    messages += conversation.messages.len() as u64;
                    refused += rejected_messages.len() as u64;
                }
                Record::Rejected(_) => { others += 1; refused += 1; }
                Record::LeftOut(_) | Record::Unreadable(_) => others += 1,
                Record::Remark(_) | Record::Noted(_) => {}
            }
        }
        prop_assert_eq!(validation.balance(), Ok(()));
        prop_assert!(validation.blocking() >= refused);
        let plan = CallPlan { tickets, ..CallPlan::default() };
        let totals = validation.finish(&plan, Pace::default()).unwrap().totals;
        prop_assert_eq!((totals.tickets, totals.messages), (tickets, messages));
        prop_assert_eq!(totals.rejected + totals.left_out + totals.unreadable, others);
    }
}
