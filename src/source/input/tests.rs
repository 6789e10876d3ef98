//! Files of every kind, honest and hostile, through the one door.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;

use super::*;
use crate::model::finding::Code;
use crate::model::key::SourceName;
use crate::source::{Grouping, SourceKind};

fn spec(paths: Vec<PathBuf>) -> SourceSpec {
    SourceSpec {
        name: SourceName::new("zendesk").unwrap(),
        kind: SourceKind::Zendesk,
        paths,
        timezone: None,
        date_order: None,
        grouping: Grouping::Call,
        columns: std::collections::BTreeMap::new(),
        include_internal: true,
    }
}

/// Every stream's name below `folder` with its bytes, the codes of problems, and the bytes counted.
struct Seen {
    streams: Vec<(String, Vec<u8>)>,
    problems: Vec<(Code, String)>,
    bytes_done: u64,
}

fn see(folder: &Path, passes: &[Pass]) -> Seen {
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let temp = tempfile::tempdir().unwrap();
    let context = ReadContext {
        now: jiff::Timestamp::UNIX_EPOCH,
        bytes_done: &bytes_done,
        stop: &stop,
        temp_dir: temp.path(),
    };
    let (mut streams, mut problems) = (Vec::new(), Vec::new());
    for pass in passes {
        (streams, problems) = (Vec::new(), Vec::new());
        for file in entries(&spec(vec![folder.to_owned()])).unwrap() {
            let flow = file.for_each_stream(&context, *pass, &mut |opened| {
                match opened {
                    Opened::Stream { name, reader } => {
                        let mut bytes = Vec::new();
                        reader.read_to_end(&mut bytes).unwrap();
                        let name = name.strip_prefix(folder.to_str().unwrap()).unwrap();
                        streams.push((name.trim_start_matches('/').to_owned(), bytes));
                    }
                    Opened::Problem(finding) => problems.push((finding.code, finding.detail)),
                }
                Ok(ControlFlow::Continue(()))
            });
            assert_eq!(flow.unwrap(), ControlFlow::Continue(()));
        }
    }
    Seen { streams, problems, bytes_done: bytes_done.load(Ordering::Relaxed) }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn put(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn names(seen: &Seen) -> Vec<&str> {
    seen.streams.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn folders_are_walked_in_order_and_noise_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    for name in
        ["b.json", "a/2.json", "a/1.json", "__MACOSX/x", ".DS_Store", "a/._1.json", "c.json.crdownload"]
    {
        put(folder.path(), name, b"{}");
    }
    let seen = see(folder.path(), &[Pass::Only]);
    assert_eq!(names(&seen), ["a/1.json", "a/2.json", "b.json"]);
    assert_eq!(seen.bytes_done, 6);
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a.json", b"{}");
    let twice = spec(vec![folder.path().to_owned(), folder.path().join("a.json")]);
    assert_eq!(entries(&twice).unwrap().len(), 1);
    assert_eq!(total_bytes(&twice).unwrap(), 2);
    let missing = spec(vec![folder.path().join("nowhere")]);
    assert!(matches!(entries(&missing), Err(SourceError::Missing { .. })));
}

#[test]
fn kinds_are_told_by_bytes_and_archives_are_read_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let two_members = [gzip(b"one\n"), gzip(b"two\n")].concat();
    let inner = zip(&[("deep.json", b"deep")]);
    let outer = zip(&[
        ("z.json", b"z"),
        ("../../etc/a\x07.json", b"a"),
        ("__MACOSX/._z.json", b"junk"),
        ("inner.bin", &inner),
        ("packed", &two_members),
    ]);
    put(folder.path(), "export.json", &outer);
    put(folder.path(), "lines.txt", &two_members);
    let seen = see(folder.path(), &[Pass::Only]);
    let expected: Vec<(String, Vec<u8>)> = [
        ("export.json!../../etc/a\u{fffd}.json", "a"),
        ("export.json!inner.bin!deep.json", "deep"),
        ("export.json!packed", "one\ntwo\n"),
        ("export.json!z.json", "z"),
        ("lines.txt", "one\ntwo\n"),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes.as_bytes().to_vec()))
    .to_vec();
    assert_eq!(seen.streams, expected);
    assert_eq!(seen.problems, []);
}

#[test]
fn progress_ends_at_the_bytes_on_disk_in_one_pass_and_in_two() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a.zip", &zip(&[("1", &vec![b'x'; 70_001]), ("2", b"y")]));
    put(folder.path(), "b.gz", &gzip(&b"lorem ipsum ".repeat(9_999)));
    put(folder.path(), "c.json", &vec![b' '; 777_777]);
    let total = total_bytes(&spec(vec![folder.path().to_owned()])).unwrap();
    assert_eq!(see(folder.path(), &[Pass::Only]).bytes_done, total);
    assert_eq!(see(folder.path(), &[Pass::First, Pass::Second]).bytes_done, total);
}

#[test]
fn damaged_archives_give_what_is_whole_and_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let text: Vec<u8> =
        (0..40_000_u32).flat_map(|n| format!("{}\n", n.wrapping_mul(2_654_435_761)).into_bytes()).collect();
    let packed = gzip(&text);
    put(folder.path(), "cut.gz", &packed[..packed.len() / 2]);
    let archive = zip(&[("a.json", &text)]);
    put(folder.path(), "cut.zip", &archive[..archive.len() / 2]);
    let seen = see(folder.path(), &[Pass::Only]);
    assert_eq!(seen.problems.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [Code::TruncatedFile; 2]);
    assert_eq!(names(&seen), ["cut.gz"]);
    let (_, whole) = &seen.streams[0];
    assert!(whole.len() > text.len() / 4 && text.starts_with(whole), "{} bytes", whole.len());
}

#[test]
fn bombs_and_archives_three_deep_are_refused_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let zeros = vec![0_u8; 40 << 20];
    put(folder.path(), "bomb.gz", &gzip(&zeros));
    put(folder.path(), "bomb.zip", &zip(&[("bomb", &zeros), ("good", b"good")]));
    let deep = zip(&[("c", &zip(&[("b", &zip(&[("a", b"x")]))]))]);
    put(folder.path(), "deep.zip", &deep);
    let seen = see(folder.path(), &[Pass::Only]);
    assert_eq!(seen.problems.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [Code::RefusedArchive; 3]);
    assert!(names(&seen).contains(&"bomb.zip!good"));
}

#[test]
fn what_is_not_text_is_named() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "1.xlsx", &zip(&[("[Content_Types].xml", b"<x/>"), ("xl/a.xml", b"<x/>")]));
    put(folder.path(), "2.7z", b"7z\xbc\xaf\x27\x1c\0\0");
    put(folder.path(), "3.json", b"");
    put(folder.path(), "4.json", b"\xff\xfe{\0}\0");
    let seen = see(folder.path(), &[Pass::Only]);
    let codes: Vec<Code> = seen.problems.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, [Code::UnsupportedFile, Code::UnsupportedFile, Code::EmptyFile, Code::UnsupportedFile]);
}

#[test]
fn a_wish_to_stop_ends_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a.json", b"{}");
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(true));
    let now = jiff::Timestamp::UNIX_EPOCH;
    let context = ReadContext { now, bytes_done: &bytes_done, stop: &stop, temp_dir: folder.path() };
    let file = &entries(&spec(vec![folder.path().to_owned()])).unwrap()[0];
    let outcome = file.for_each_stream(&context, Pass::Only, &mut |_| Ok(ControlFlow::Continue(())));
    assert!(matches!(outcome, Err(SourceError::Interrupted)));
}
