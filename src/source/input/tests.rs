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
        limits: UnpackLimits::default(),
        person_notes: false,
    }
}

fn limited(path: PathBuf, limits: UnpackLimits) -> SourceSpec {
    SourceSpec { limits, ..spec(vec![path]) }
}

/// Every stream's name below `folder` with its bytes, the codes of problems, and the bytes counted.
struct Seen {
    streams: Vec<(String, Vec<u8>)>,
    problems: Vec<(Code, String)>,
    bytes_done: u64,
}

fn see(folder: &Path, passes: &[Pass]) -> Seen {
    see_within(folder, passes, UnpackLimits::default())
}

fn see_within(folder: &Path, passes: &[Pass], limits: UnpackLimits) -> Seen {
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let temp = tempfile::tempdir().unwrap();
    let context = ReadContext {
        now: jiff::Timestamp::UNIX_EPOCH,
        bytes_done: &bytes_done,
        stop: &stop,
        temp_dir: temp.path(),
        may_start_over: false,
        joining: None,
        needs_text: None,
    };
    let (mut streams, mut problems) = (Vec::new(), Vec::new());
    for pass in passes {
        (streams, problems) = (Vec::new(), Vec::new());
        for file in entries(&limited(folder.to_owned(), limits)).unwrap() {
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
    // Of the zip the entry is cut, and so is the archive.
    assert_eq!(seen.problems.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [Code::TruncatedFile; 3]);
    assert_eq!(names(&seen), ["cut.gz", "cut.zip!a.json"]);
    for (name, whole) in &seen.streams {
        assert!(whole.len() > text.len() / 4 && text.starts_with(whole), "{name}: {} bytes", whole.len());
    }
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
    put(folder.path(), "4.json", b"\xff\xfe\0\0{\0\0\0}\0\0\0");
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
    let context = ReadContext {
        now,
        bytes_done: &bytes_done,
        stop: &stop,
        temp_dir: folder.path(),
        may_start_over: false,
        joining: None,
        needs_text: None,
    };
    let file = &entries(&spec(vec![folder.path().to_owned()])).unwrap()[0];
    let outcome = file.for_each_stream(&context, Pass::Only, &mut |_| Ok(ControlFlow::Continue(())));
    assert!(matches!(outcome, Err(SourceError::Interrupted)));
}

#[test]
fn limits_of_unpacking_can_be_raised_and_the_refusal_says_how() {
    let folder = tempfile::tempdir().unwrap();
    let zeros = vec![b' '; 40 << 20];
    put(folder.path(), "bomb.gz", &gzip(&zeros));
    let refused = see(folder.path(), &[Pass::Only]);
    assert_eq!(refused.problems[0].0, Code::RefusedArchive);
    assert!(refused.problems[0].1.contains("max_ratio"), "{:?}", refused.problems);
    let trusted = UnpackLimits { ratio: 2_000, ..UnpackLimits::default() };
    assert_eq!(see_within(folder.path(), &[Pass::Only], trusted).problems, []);
    let small = UnpackLimits { bytes: 1 << 20, ..trusted };
    let refused = see_within(folder.path(), &[Pass::Only], small);
    assert_eq!(refused.problems[0].0, Code::RefusedArchive);
    assert!(refused.problems[0].1.contains("max_unpacked"), "{:?}", refused.problems);
    assert!(refused.streams[0].1.len() <= 1 << 20);
}

#[test]
fn many_entries_do_not_add_up_beyond_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let megabytes = vec![b' '; 15 << 20];
    // Each alone is small enough for its ratio not to be looked at.
    let names: Vec<String> = (0..40).map(|n| format!("{n:02}")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &megabytes[..])).collect();
    put(folder.path(), "many.zip", &zip(&entries));
    let limits = UnpackLimits { ratio: 2, ..UnpackLimits::default() };
    let seen = see_within(folder.path(), &[Pass::Only], limits);
    assert_eq!(seen.problems.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [Code::RefusedArchive]);
    assert!(seen.streams.len() < 12, "{} entries were read", seen.streams.len());
}

#[test]
fn a_zip_without_its_end_gives_its_entries() {
    let folder = tempfile::tempdir().unwrap();
    let archive = zip(&[("a.json", b"a"), ("__MACOSX/x", b"junk"), ("b.json", b"b"), ("c.json", b"c")]);
    let directory = archive.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    put(folder.path(), "cut.zip", &archive[..directory]);
    let seen = see(folder.path(), &[Pass::First, Pass::Second]);
    assert_eq!(names(&seen), ["cut.zip!a.json", "cut.zip!b.json", "cut.zip!c.json"]);
    assert_eq!(seen.problems.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [Code::TruncatedFile]);
    assert_eq!(seen.bytes_done, directory as u64);
}

#[test]
fn an_entry_packed_in_an_unknown_way_costs_itself_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = zip(&[("a.json", b"a"), ("b.json", b"b"), ("c.json", b"c")]);
    let directory = archive.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let entries = memchr::memmem::find_iter(&archive, b"PK\x03\x04").collect::<Vec<_>>();
    archive[entries[1] + 8] = 120;
    put(folder.path(), "cut.zip", &archive[..directory]);
    let seen = see(folder.path(), &[Pass::First, Pass::Second]);
    assert_eq!(names(&seen), ["cut.zip!a.json", "cut.zip!c.json"]);
    let codes: Vec<_> = seen.problems.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, [Code::UnsupportedFile, Code::TruncatedFile], "{:?}", seen.problems);
}

#[test]
fn zip64_and_locked_archives() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("large.json", SimpleFileOptions::default().large_file(true)).unwrap();
    writer.write_all(b"large").unwrap();
    put(folder.path(), "a64.zip", &writer.finish().unwrap().into_inner());
    let mut locked = zip(&[("secret.json", b"secret")]);
    let directory = locked.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    locked[6] |= 1;
    locked[directory + 8] |= 1;
    put(folder.path(), "locked.zip", &locked);
    let seen = see(folder.path(), &[Pass::Only]);
    assert_eq!(seen.streams, [("a64.zip!large.json".to_owned(), b"large".to_vec())]);
    assert_eq!(seen.problems[0].0, Code::UnsupportedFile);
    assert!(seen.problems[0].1.to_lowercase().contains("password"), "{:?}", seen.problems);
}

#[test]
fn utf_16_is_read_as_utf_8_packed_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = "\u{feff}{\"a\":\"Zoë\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    put(folder.path(), "a.json", &bytes);
    put(folder.path(), "b.gz", &gzip(&bytes));
    put(folder.path(), "c.zip", &zip(&[("c", &bytes)]));
    put(folder.path(), "d.json", &[&bytes[..], &[0x3d, 0xd8]].concat());
    let seen = see(folder.path(), &[Pass::Only]);
    let text = "{\"a\":\"Zoë\"}";
    assert_eq!(seen.streams.len(), 4);
    assert!(seen.streams.iter().all(|(_, bytes)| bytes.starts_with(text.as_bytes())));
    assert_eq!(seen.problems, [(Code::RepairedText, "1 replaced in UTF-16".to_owned())]);
}

#[test]
fn a_file_that_changes_or_vanishes_ends_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a.json", b"{}");
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let now = jiff::Timestamp::UNIX_EPOCH;
    let context = ReadContext {
        now,
        bytes_done: &bytes_done,
        stop: &stop,
        temp_dir: folder.path(),
        may_start_over: false,
        joining: None,
        needs_text: None,
    };
    let listed = entries(&spec(vec![folder.path().to_owned()])).unwrap().remove(0);
    let read = || listed.for_each_stream(&context, Pass::First, &mut |_| Ok(ControlFlow::Continue(())));
    assert!(read().is_ok());
    let grows = listed.for_each_stream(&context, Pass::First, &mut |_| {
        put(folder.path(), "a.json", b"{}\n{}");
        Ok(ControlFlow::Continue(()))
    });
    assert!(matches!(grows, Err(SourceError::Changed { .. })));
    assert!(matches!(read(), Err(SourceError::Changed { .. })));
    std::fs::remove_file(folder.path().join("a.json")).unwrap();
    assert!(matches!(read(), Err(SourceError::Changed { .. })));
}

#[cfg(unix)]
#[test]
fn links_pipes_and_deep_folders_are_told_and_never_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "data/a.json", b"{}");
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(to, folder.path().join(name)).unwrap();
    };
    link("..", "data/loop");
    link("nowhere", "data/dangling.json");
    link("a.json", "data/b.json");
    put(folder.path(), &format!("data/{}deep.json", "d/".repeat(40)), b"{}");
    let pipe = folder.path().join("data/pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let seen = see(&folder.path().join("data"), &[Pass::Only]);
    // A link to a file is that file, and each file is read once.
    assert_eq!(names(&seen), ["a.json"]);
    assert_eq!(seen.problems.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [Code::NotAFile; 4]);
    for word in ["leads nowhere", "link to a folder", "pipe", "32 folders"] {
        assert!(seen.problems.iter().any(|(_, detail)| detail.contains(word)), "{:?}", seen.problems);
    }
    assert!(matches!(entries(&spec(vec![pipe])), Err(SourceError::NotAFile { .. })));
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_an_error_that_names_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a.json", b"{}");
    let path = folder.path().join("a.json");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Some users may read everything.
    if std::fs::File::open(&path).is_ok() {
        return;
    }
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let now = jiff::Timestamp::UNIX_EPOCH;
    let context = ReadContext {
        now,
        bytes_done: &bytes_done,
        stop: &stop,
        temp_dir: folder.path(),
        may_start_over: false,
        joining: None,
        needs_text: None,
    };
    let file = &entries(&spec(vec![path])).unwrap()[0];
    let read = file.for_each_stream(&context, Pass::Only, &mut |_| Ok(ControlFlow::Continue(())));
    assert!(matches!(read, Err(SourceError::Io { file, .. }) if file.ends_with("a.json")));
}
