//! Sizes: what must be read in a stream, and what must be held.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::time::Duration;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Export, codes, ticket};

/// Memory of a reading whatever its size: batches, queues and the program itself.
const MEMORY_MAX: u64 = 160 << 20;

/// Longer than gigabytes take.
const LONG: Duration = Duration::from_mins(20);

/// More than 32 bits can count.
const BEYOND_4_GB: u64 = 4_400_000_000;

/// One array of tickets, each set out over many lines, of at least so many bytes.
fn set_out(export: &Export, bytes: u64) -> u64 {
    let mut file = BufWriter::new(File::create(export.path().join("tickets.json")).unwrap());
    let (mut written, mut count) = (0, 0);
    file.write_all(b"[\n").unwrap();
    while written < bytes {
        count += 1;
        let one: serde_json::Value = serde_json::from_str(&ticket(count, &"text ".repeat(2_000))).unwrap();
        let comma = if count > 1 { ",\n" } else { "" };
        let one = format!("{comma}{one:#}");
        file.write_all(one.as_bytes()).unwrap();
        written += one.len() as u64;
    }
    file.write_all(b"\n]\n").unwrap();
    file.flush().unwrap();
    u64::from(count)
}

/// One document on one line, of at least so many bytes.
fn one_line(export: &Export, bytes: u64) -> u64 {
    let mut file = BufWriter::new(File::create(export.path().join("page.json")).unwrap());
    let (mut written, mut count) = (0, 0);
    file.write_all(b"{\"tickets\":[").unwrap();
    while written < bytes {
        count += 1;
        let one = ticket(count, &"text ".repeat(400));
        let comma = if count > 1 { "," } else { "" };
        file.write_all(comma.as_bytes()).unwrap();
        file.write_all(one.as_bytes()).unwrap();
        written += one.len() as u64;
    }
    file.write_all(b"],\"next_page\":null}").unwrap();
    file.flush().unwrap();
    u64::from(count)
}

fn read(write: fn(&Export, u64) -> u64, bytes: u64) {
    let export = Export::new("zendesk");
    let count = write(&export, bytes);
    let validated = export.validate_within(LONG);
    assert_eq!(validated.document(count)["totals"]["tickets"], count);
    if let Some(memory) = validated.memory {
        assert!(memory < MEMORY_MAX, "{memory} bytes of memory for {bytes}");
    }
}

/// Lines of one user, with notes of which deflate makes a hundredth: less would be taken for a trap.
fn notes() -> Vec<u8> {
    let mut lines = Vec::new();
    let mut noise = 1_u64;
    while lines.len() < 4 << 20 {
        let part: String = std::iter::repeat_with(|| {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b'a' + u8::try_from(noise >> 60).unwrap())
        })
        .take(300)
        .collect();
        let notes = part.repeat(100);
        writeln!(lines, r#"{{"id":9001,"name":"Kim","email":"kim@example.com","role":"end-user","url":"https://acme.zendesk.com/api/v2/users/9001.json","notes":"{notes}"}}"#).unwrap();
    }
    lines
}

/// An archive with an entry of more than 4 GB that has tickets at both ends, and an entry behind it.
fn huge_entry<W: Write + Seek>(mut archive: ZipWriter<W>, options: SimpleFileOptions) -> u64 {
    let tickets = |from: u32| (from..from + 50).map(|id| ticket(id, "text") + "\n").collect::<String>();
    let lines = notes();
    archive.start_file("a.ndjson", options.large_file(true)).unwrap();
    archive.write_all(tickets(1).as_bytes()).unwrap();
    let mut written = 0;
    while written < BEYOND_4_GB {
        archive.write_all(&lines).unwrap();
        written += lines.len() as u64;
    }
    archive.write_all(tickets(51).as_bytes()).unwrap();
    archive.start_file("b.ndjson", options).unwrap();
    archive.write_all(tickets(101).as_bytes()).unwrap();
    archive.finish().unwrap();
    150
}

fn read_archive(write: impl Fn(BufWriter<File>) -> u64) {
    let export = Export::new("zendesk");
    let count = write(BufWriter::new(File::create(export.path().join("export.zip")).unwrap()));
    let validated = export.validate_within(LONG);
    let document = validated.document(count);
    assert_eq!(document["totals"]["tickets"], count);
    let codes = codes(&document);
    assert!(!codes.iter().any(|code| code.starts_with("GI-I")), "{codes:?}");
    if let Some(memory) = validated.memory {
        assert!(memory < MEMORY_MAX, "{memory} bytes of memory");
    }
}

#[test]
#[ignore = "4 GB in a small archive; `make big`"]
fn an_entry_beyond_4_gb_is_read_as_writers_of_streams_pack_it() {
    // Sizes behind the data, in eight bytes each: whoever writes to a pipe knows them no sooner.
    let options = SimpleFileOptions::default().compression_level(Some(1));
    read_archive(|file| huge_entry(ZipWriter::new_stream(file), options));
}

#[test]
#[ignore = "4 GB on the disk; `make big`"]
fn an_archive_beyond_4_gb_is_read() {
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    read_archive(|file| huge_entry(ZipWriter::new(file), options));
}

#[test]
fn a_document_on_one_line_is_read_in_a_stream() {
    read(one_line, 40 << 20);
}

#[test]
fn an_array_over_many_lines_is_read_in_a_stream() {
    read(set_out, 40 << 20);
}

#[test]
#[ignore = "2 GB; `make big`"]
fn an_array_of_2_gb_over_many_lines_is_read_in_a_stream() {
    read(set_out, 2_000_000_000);
}

#[test]
#[ignore = "300 MB; `make big`"]
fn a_document_of_300_mb_on_one_line_is_read_in_a_stream() {
    read(one_line, 300_000_000);
}

#[test]
fn five_thousand_comments_stay_together() {
    let export = Export::new("zendesk");
    let comment = |id: u32| {
        let (hour, minute, second) = (id / 3_600, id / 60 % 60, id % 60);
        format!(
            r#"{{"id":{id},"author_id":9001,"body":"comment {id}","public":true,"created_at":"2024-01-01T{hour:02}:{minute:02}:{second:02}Z"}}"#
        )
    };
    let comments: Vec<String> = (1..=5_000).map(comment).collect();
    export.put(
        "t.json",
        format!(r#"{{"id":1,"requester_id":9001,"subject":"s","comments":[{}]}}"#, comments.join(",")),
    );
    let document = export.validate().document(1);
    assert_eq!(document["totals"]["messages"], 5_000);
    assert!(codes(&document).contains(&"GI-G004:1".to_owned()), "{:?}", codes(&document));
}
