//! Archives, cut, locked, hostile.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;

use super::{Export, codes, finding, ticket};

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

/// As a pipe gets it: sizes behind the data, in eight bytes each.
fn streamed_zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default().large_file(true)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Where the directory of an archive begins.
fn directory(archive: &[u8]) -> usize {
    archive.windows(4).position(|four| four == b"PK\x01\x02").unwrap()
}

/// Many tickets that do not pack well, so that a cut falls among them.
fn tickets(from: u32, count: u32) -> String {
    let noise = |n: u32| format!("{:x}", n.wrapping_mul(2_654_435_761)).repeat(3);
    (from..from + count).map(|id| ticket(id, &noise(id)) + "\n").collect()
}

#[test]
fn members_behind_each_other_are_one_file() {
    let export = Export::new("zendesk");
    export.put("a.gz", [gzip(tickets(1, 10).as_bytes()), gzip(tickets(11, 10).as_bytes())].concat());
    assert_eq!(export.validate().document(20)["totals"]["tickets"], 20);
}

#[test]
fn a_cut_gzip_gives_what_was_read_and_says_the_cut() {
    let export = Export::new("zendesk");
    let packed = gzip(tickets(1, 2_000).as_bytes());
    export.put("cut.json.gz", &packed[..packed.len() / 2]);
    let validated = export.validate();
    let document: serde_json::Value = serde_json::from_str(&validated.stdout).unwrap();
    let read = document["totals"]["tickets"].as_u64().unwrap();
    assert!((400..2_000).contains(&read), "{read}");
    // The line at the cut, the cut of its file, and the damage of the archive.
    validated.document(read + 1);
    assert_eq!(document["sources"][0]["unreadable"], 1);
    assert!(finding(&document, "GI-I009")["count"].as_u64().unwrap() >= 1);
}

#[test]
fn sizes_of_64_bits_behind_the_data_are_read() {
    let export = Export::new("zendesk");
    let (one, two) = (tickets(1, 5), tickets(6, 5));
    export.put("a.zip", streamed_zip(&[("a.json", one.as_bytes()), ("b.json", two.as_bytes())]));
    assert_eq!(export.validate().document(10)["totals"]["tickets"], 10);
}

#[test]
fn a_zip_without_its_end_gives_its_entries() {
    let export = Export::new("zendesk");
    let archive = zip(&[("a.json", tickets(1, 5).as_bytes()), ("b.json", tickets(6, 5).as_bytes())]);
    export.put("cut.zip", &archive[..directory(&archive)]);
    let document = export.validate().document(10);
    assert_eq!(document["totals"]["tickets"], 10);
    assert_eq!(finding(&document, "GI-I009")["count"], 1);
}

#[test]
fn a_locked_zip_is_named() {
    let export = Export::new("zendesk");
    let mut archive = zip(&[("a.json", tickets(1, 5).as_bytes())]);
    let at = directory(&archive);
    archive[6] |= 1;
    archive[at + 8] |= 1;
    export.put("locked.zip", archive);
    export.put("b.json", ticket(9, "x"));
    let document = export.validate().document(1);
    let example = finding(&document, "GI-I006")["examples"][0].to_string();
    assert!(example.contains("locked.zip") && example.to_lowercase().contains("password"), "{example}");
}

#[test]
fn office_documents_are_named_with_what_to_do() {
    let export = Export::new("aircall");
    export
        .put("calls.xlsx", zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]));
    export.put("calls.xls", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 2_000]].concat());
    export.put(
        "calls.ods",
        zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<x/>")]),
    );
    let document = export.validate().document(0);
    let refused = finding(&document, "GI-I006");
    assert_eq!(refused["count"], 3);
    assert!(refused["remedy"].as_str().unwrap().contains("save it as CSV"), "{refused}");
}

#[test]
fn names_that_climb_are_names_only() {
    let export = Export::new("zendesk");
    let (one, two) = (ticket(1, "x"), ticket(2, "y"));
    export.put(
        "x.zip",
        zip(&[("../../../../tmp/climbed.json", one.as_bytes()), ("/etc/climbed.json", two.as_bytes())]),
    );
    assert_eq!(export.validate().document(2)["totals"]["tickets"], 2);
    assert!(!export.folder.path().parent().unwrap().join("climbed.json").exists());
    let mut found: Vec<String> = std::fs::read_dir(export.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    assert_eq!(found, ["export", "migration.toml", "stderr", "stdout"]);
}

#[test]
fn a_bomb_is_refused_until_its_setting_is_raised() {
    let line = ticket(1, "x") + "\n";
    let bomb = gzip(&[line.as_bytes(), &vec![b' '; 20 << 20]].concat());
    let refused = Export::new("zendesk");
    refused.put("bomb.gz", &bomb);
    refused.put("good.json", ticket(2, "y"));
    let document = refused.validate().document(2);
    assert_eq!(document["totals"]["tickets"], 2);
    assert!(finding(&document, "GI-I008")["examples"][0].to_string().contains("max_ratio"));
    let trusted = Export::with("zendesk", "max_ratio = 5000");
    trusted.put("bomb.gz", &bomb);
    let codes = codes(&trusted.validate().document(1));
    assert!(!codes.iter().any(|code| code.starts_with("GI-I")), "{codes:?}");
    let small = Export::with("zendesk", "max_ratio = 5000\nmax_unpacked = \"5MB\"");
    small.put("bomb.gz", &bomb);
    let document = small.validate().document(1);
    assert!(finding(&document, "GI-I008")["examples"][0].to_string().contains("max_unpacked"));
}

#[test]
fn archives_in_archives_have_an_end() {
    let export = Export::new("zendesk");
    let line = ticket(1, "x");
    let two = zip(&[("inner.zip", &zip(&[("a.json", line.as_bytes())]))]);
    export.put("two.zip", &two);
    export.put("three.zip", zip(&[("outer.zip", &two)]));
    let document = export.validate().document(1);
    assert_eq!(finding(&document, "GI-I008")["count"], 1);
}
