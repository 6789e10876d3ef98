//! Batches hold what the stream holds, in its order, wherever blocks end and whatever has to be copied out of them.

use std::collections::HashSet;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::spec;
use crate::source::ReadContext;
use crate::source::input::{self, Pass};
use crate::source::zendesk::pipeline::{self, Batch, Item, Leg};
use crate::source::zendesk::translate::Rules;

/// A record with its line, its byte and its page.
type Told = (String, u64, u64, Option<u64>);

/// Runs the pipeline over a file.
fn run<T: Send>(
    path: &Path,
    work: &(dyn Fn(&Batch) -> T + Sync),
    sink: &mut dyn FnMut(T) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let (bytes_done, stop, temp) = (AtomicU64::new(0), AtomicBool::new(false), tempfile::tempdir().unwrap());
    let context = ReadContext {
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
        bytes_done: &bytes_done,
        stop: &stop,
        temp_dir: temp.path(),
        may_start_over: false,
        joining: None,
        needs_text: None,
    };
    let files = input::entries(&spec(path)).unwrap();
    let (leg, rules) = (Leg::whole(&files, Pass::Only), Rules { timezone: None });
    pipeline::run(&leg, &context, &rules, work, &mut |result| Ok(sink(result))).unwrap()
}

/// What is in a batch.
fn told_in(batch: &Batch) -> Vec<Told> {
    let told = batch.items.iter().map(|item| match item {
        Item::Record { range, at, page, .. } => {
            let text = String::from_utf8(batch.bytes(range).to_vec()).unwrap();
            (text, at.line, at.byte, *page)
        }
        Item::Told(finding, _) => (finding.detail.clone(), 0, 0, None),
        Item::Attached(..) => panic!("nothing is attached"),
    });
    told.collect()
}

/// What comes of the pipeline, with the number of batches.
fn told(path: &Path) -> (Vec<Told>, usize) {
    let (mut all, mut batches) = (Vec::new(), 0);
    let flow = run(path, &told_in, &mut |told| {
        batches += 1;
        all.extend(told);
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    (all, batches)
}

/// Lines of all kinds, and what should come of them.
fn stream() -> (String, Vec<Told>) {
    let (mut text, mut expected, mut pages) = (String::new(), Vec::new(), 0);
    let mut line = 0;
    let mut put = |text: &mut String, expected: &mut Vec<Told>, record: &str| {
        line += 1;
        let at = text.len() as u64;
        if record.starts_with("{\"tickets\"") {
            for (offset, ticket) in [(12, "{\"id\":1}"), (21, "{\"id\":2}")] {
                expected.push((ticket.to_owned(), line, at + offset, Some(pages)));
            }
            expected.push(("{\"tickets\":[]}".to_owned(), line, at, Some(pages)));
            pages += 1;
        } else if !record.is_empty() {
            expected.push((record.to_owned(), line, at, None));
        }
        text.push_str(record);
        text.push('\n');
    };
    // More than one batch may have.
    for number in 0..40_000 {
        put(&mut text, &mut expected, &format!("{{\"id\":{number}}}"));
        if number % 10_000 == 7 {
            put(&mut text, &mut expected, "");
            put(&mut text, &mut expected, "{\"tickets\":[{\"id\":1},{\"id\":2}]}");
        }
    }
    // Longer than a block, and much longer.
    for length in [200_000, 300_000, 1_500_000, 10, 262_144, 1] {
        put(&mut text, &mut expected, &format!("{{\"id\":7,\"text\":\"{}\"}}", "x".repeat(length)));
    }
    (text, expected)
}

#[test]
fn records_come_in_order_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (text, expected) = stream();
    let plain = folder.path().join("plain.json");
    std::fs::write(&plain, &text).unwrap();
    let packed = folder.path().join("packed.json.gz");
    let mut gz =
        flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    gz.finish().unwrap();
    for path in [&plain, &packed] {
        let (told, batches) = told(path);
        assert!(batches > 4, "{batches} batches");
        assert_eq!(told.len(), expected.len());
        for (told, expected) in told.iter().zip(&expected) {
            assert!(told == expected, "{:.80?} instead of {:.80?}", told.0, expected.0);
        }
    }
}

/// A file of so many lines of 1 KB.
fn lines(folder: &Path, count: usize) -> PathBuf {
    let path = folder.join("lines.json");
    let text = "x".repeat(1_000);
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for id in 0..count {
        writeln!(file, "{{\"id\":{id},\"text\":\"{text}\"}}").unwrap();
    }
    file.flush().unwrap();
    path
}

#[test]
fn a_batch_that_takes_long_holds_up_one_thread_and_no_other() {
    const MEANWHILE: usize = 10;
    let folder = tempfile::tempdir().unwrap();
    let done = AtomicUsize::new(0);
    let work = |batch: &Batch| {
        let told = told_in(batch);
        let began = Instant::now();
        while told[0].1 == 1 && done.load(Ordering::SeqCst) < MEANWHILE {
            assert!(began.elapsed() < Duration::from_secs(20), "the others wait for the first");
            std::thread::sleep(Duration::from_millis(1));
        }
        done.fetch_add(1, Ordering::SeqCst);
        told
    };
    let mut lines_told = Vec::new();
    let flow = run(&lines(folder.path(), 6_000), &work, &mut |told| {
        lines_told.extend(told.into_iter().map(|(_, line, ..)| line));
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    assert!(lines_told.into_iter().eq(1..=6_000), "out of order");
}

#[test]
fn the_threads_that_read_and_take_parse_too() {
    let folder = tempfile::tempdir().unwrap();
    let seen = Mutex::new(HashSet::new());
    let work = |batch: &Batch| {
        seen.lock().unwrap().insert(std::thread::current().id());
        std::thread::sleep(Duration::from_millis(2));
        batch.items.len()
    };
    let mut records = 0;
    let flow = run(&lines(folder.path(), 20_000), &work, &mut |number| {
        records += number;
        ControlFlow::Continue(())
    });
    assert_eq!((flow.is_continue(), records), (true, 20_000));
    let seen = seen.into_inner().unwrap();
    assert!(seen.contains(&std::thread::current().id()), "the thread that takes results only waited");
    // As many as there are processors, and at least the reader and the taker.
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    assert_eq!(seen.len(), processors.clamp(2, 8));
}

#[test]
fn whoever_has_enough_ends_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = lines(folder.path(), 20_000);
    for enough in 1..4 {
        let mut taken = 0;
        let flow = run(&path, &told_in, &mut |_| {
            taken += 1;
            if taken == enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((flow.is_break(), taken), (true, enough));
    }
}
