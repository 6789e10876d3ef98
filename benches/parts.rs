//! The inner parts, each alone. Times of one machine; for figures that can be compared see the `ratio` benchmark.

#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

#[path = "ratio/small.rs"]
mod small;

use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use gorgias_import::gorgias::{Limit, Limiter, Reserve, egress};
use gorgias_import::ledger::{Ledger, PlanHash, Registration, Selection, Which};
use gorgias_import::mapping::{AgentDirectory, Rules, e164, map};
use gorgias_import::model::conversation::Conversation;
use gorgias_import::model::time::now;
use gorgias_import::report::Validation;
use gorgias_import::source::{self, ReadContext, Record};
use gorgias_import::staging::Staging;

use small::{ndjson, spec};

/// Longest time for one part, so that all of them take less than a minute.
const PART_MAX: Duration = Duration::from_secs(2);

fn main() {
    divan::Divan::default().max_time(PART_MAX).config_with_args().main();
}

/// Tickets of the small exports.
const TICKETS: usize = 1_000;

fn records(text: &str) -> Vec<Record> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tickets.json"), text).unwrap();
    let mut records = Vec::new();
    read(folder.path(), &mut |record| records.push(record));
    records
}

fn read(folder: &std::path::Path, take: &mut dyn FnMut(Record)) {
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let context = ReadContext {
        now: now(),
        bytes_done: &bytes_done,
        stop: &stop,
        temp_dir: folder,
        may_start_over: false,
        joining: None,
        needs_text: None,
    };
    source::read(&spec(folder.join("tickets.json")), &context, &mut |record| {
        take(record);
        ControlFlow::Continue(())
    })
    .unwrap();
}

fn conversations() -> Vec<Conversation> {
    let conversation = |record| match record {
        Record::Conversation { conversation, .. } => Some(*conversation),
        _ => None,
    };
    records(&ndjson(TICKETS)).into_iter().filter_map(conversation).collect()
}

/// Both passes over a plain file of tickets: split, parsed, sides and channels decided, HTML unwrapped.
#[divan::bench(args = [Form::Both, Form::HtmlOnly, Form::Indented])]
fn read_tickets(bencher: Bencher<'_, '_>, form: Form) {
    let text = match form {
        Form::Both => ndjson(TICKETS),
        // Only the HTML form: its text has to be made.
        Form::HtmlOnly => {
            ndjson(TICKETS).replace("\"body\":", "\"was\":").replace("\"plain_body\":", "\"was_too\":")
        }
        // Over several lines, in one array: boundaries are found by counting brackets.
        Form::Indented => format!("{{\"tickets\":[{}]}}", ndjson(TICKETS).trim_end().replace('\n', ",\n")),
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tickets.json"), &text).unwrap();
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        read(folder.path(), &mut |record| {
            black_box(&record);
        });
    });
}

/// Forms of the same tickets.
#[derive(Clone, Copy, Debug)]
enum Form {
    Both,
    HtmlOnly,
    Indented,
}

impl std::fmt::Display for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Both => "lines",
            Self::HtmlOnly => "lines, html only",
            Self::Indented => "one array",
        })
    }
}

#[divan::bench]
fn map_conversations(bencher: Bencher<'_, '_>) {
    let (conversations, rules, directory) = (conversations(), Rules::default(), AgentDirectory::offline());
    bencher.counter(ItemsCount::new(conversations.len())).bench(|| {
        for conversation in &conversations {
            drop(black_box(map(conversation, &rules, &directory)));
        }
    });
}

#[divan::bench]
fn count_records(bencher: Bencher<'_, '_>) {
    let (records, name) = (records(&ndjson(TICKETS)), spec("x".into()).name);
    bencher.counter(ItemsCount::new(records.len())).bench(|| {
        let mut validation = Validation::new();
        for record in &records {
            validation.observe(&name, record);
        }
        validation.blocking()
    });
}

#[divan::bench]
fn stage_conversations(bencher: Bencher<'_, '_>) {
    let conversations = conversations();
    let folder = tempfile::tempdir().unwrap();
    bencher.counter(ItemsCount::new(conversations.len())).bench(|| {
        let mut filling = Staging::fill(&folder.path().join("staging.sqlite")).unwrap();
        for conversation in &conversations {
            filling.insert(conversation).unwrap();
        }
    });
}

#[divan::bench(args = ["+1 202 555 0123", "(202) 555-0123", "not a number"])]
fn phone_number(number: &str) -> Option<String> {
    e164(black_box(number), "US")
}

/// The gate on a ticket of so many messages, bytes parsed again.
#[divan::bench(args = [1, 5, 500])]
fn egress_gate(bencher: Bencher<'_, '_>, messages: usize) {
    let message = r#"{"channel":"email","via":"api","from_agent":false,"public":true,"body_text":"The parcel has arrived, and the tent in it is dry.","body_html":"<p>The parcel has arrived, and the tent in it is dry.</p>","sent_datetime":"2023-04-05T06:07:08Z","external_id":"zendesk:comment:1"}"#;
    let all = vec![message; messages].join(",");
    let body = format!(r#"{{"channel":"email","via":"api","status":"closed","messages":[{all}]}}"#);
    let (now, json) = (now(), Some("application/json"));
    let check = || {
        egress::check(&http::Method::POST, "/api/tickets", None, json, body.as_bytes(), None, now, Some(now))
    };
    assert_eq!(check(), Ok(()));
    bencher.counter(BytesCount::new(body.len())).bench(check);
}

/// A token of a limiter that never has to wait.
#[divan::bench]
fn limiter_acquire(bencher: Bencher<'_, '_>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let limit = Limit::Fixed { requests: 100_000_000, window: Duration::from_secs(1) };
    let limiter = Limiter::new(limit, Reserve::new(0.0));
    bencher.bench_local(|| drop(runtime.block_on(limiter.acquire(&|_, _| ()))));
}

/// Intents of so many tickets in one commit, then their outcomes: all durable.
#[divan::bench(args = [1, 32, 256], sample_count = 20, sample_size = 1)]
fn ledger_tickets(bencher: Bencher<'_, '_>, window: usize) {
    let conversations = conversations();
    bencher
        .counter(ItemsCount::new(window))
        .with_inputs(|| {
            let folder = tempfile::tempdir().unwrap();
            let ledger = Ledger::open(folder.path(), now()).unwrap();
            let mut registrar = ledger.registrar();
            for conversation in &conversations {
                registrar.add(Registration::of(conversation)).unwrap();
            }
            registrar.finish(None).unwrap();
            let open = ledger.view().tickets(&Selection::default(), Which::Open).unwrap();
            let rows: Vec<_> = open.take(window).map(|row| row.unwrap().id).collect();
            (folder, ledger, rows)
        })
        .bench_local_values(|(folder, ledger, rows)| {
            let intents: Vec<_> = rows.iter().map(|row| (*row, PlanHash([0; 16]))).collect();
            ledger.intend_tickets(&intents).wait().unwrap();
            for (row, id) in rows.iter().zip(1_000..) {
                drop(ledger.ticket_created(*row, id, &[(0, id + 1)], true));
            }
            ledger.flush().wait().unwrap();
            (folder, ledger)
        });
}
