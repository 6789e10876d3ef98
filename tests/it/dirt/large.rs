//! Sizes: what must be read in a stream, and what must be held.

use std::fs::File;
use std::io::{BufWriter, Write};

use super::{Export, codes, ticket};

/// Memory of a reading whatever its size: batches, queues and the program itself.
const MEMORY_MAX: u64 = 160 << 20;

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
    let validated = export.validate();
    assert_eq!(validated.document(count)["totals"]["tickets"], count);
    if let Some(memory) = validated.memory {
        assert!(memory < MEMORY_MAX, "{memory} bytes of memory for {bytes}");
    }
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
#[ignore = "2 GB; `cargo test --test it -- --ignored dirt::large`"]
fn an_array_of_2_gb_over_many_lines_is_read_in_a_stream() {
    read(set_out, 2_000_000_000);
}

#[test]
#[ignore = "300 MB; `cargo test --test it -- --ignored dirt::large`"]
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
