//! CSV of calls: quotes that never close, cells without end, clocks that were never shown.

use super::{Export, codes, finding};

const HEADER: &str = "line,date (TZ offset incl.),time (TZ offset incl.),number timezone,datetime (UTC),country_code,direction,from,to,answered,missed_call_reason,user,duration (total),duration (in call),via,voicemail,recording,tags";

fn row(day: u32, name: &str) -> String {
    format!(
        "Sales,2024-01-{day:02},09:30:00,Europe/Paris,2024-01-{day:02} 08:30:00,FR,inbound,336399800{day:02},33199001201,Yes,,{name},95,60,,,,a"
    )
}

/// Tickets, left out, unreadable, rejected, and the findings, of a file with these rows.
fn told(settings: &str, bytes: impl AsRef<[u8]>, records: u64) -> ([u64; 4], Vec<String>) {
    let export = Export::with("aircall", settings);
    export.put("calls.csv", bytes);
    let document = export.validate().document(records);
    let source = &document["sources"][0];
    let counts =
        ["tickets", "left_out", "unreadable", "rejected"].map(|field| source[field].as_u64().unwrap());
    // What layouts without ids have to say is not the matter here.
    let codes = codes(&document).into_iter().filter(|code| !code.starts_with("GI-A009")).collect();
    (counts, codes)
}

fn lines(rows: &[&str]) -> String {
    [&[HEADER], rows].concat().join("\n")
}

#[test]
fn a_quote_that_never_closes_costs_its_line() {
    let (one, three) = (row(1, "Kim"), row(3, "Al"));
    let (counts, codes) = told("", lines(&[&one, "\"Sales,2024-01-02", &three]), 3);
    assert_eq!((counts, codes), ([2, 0, 1, 0], vec!["GI-I002:1".to_owned()]));
}

#[test]
fn a_cell_without_end_costs_its_row() {
    let (one, three) = (row(1, "Kim"), row(3, "Al"));
    let long = row(2, &"x".repeat(3 << 20));
    let (counts, codes) = told("", lines(&[&one, &long, &three]), 3);
    assert_eq!((counts, codes), ([2, 0, 1, 0], vec!["GI-I002:1".to_owned()]));
}

#[test]
fn encodings_of_rows() {
    let text = lines(&[&row(1, "Zoë"), &row(2, "Kim")]);
    let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let narrow: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for (name, bytes, expected) in [
        ("UTF-8", text.clone().into_bytes(), &[][..]),
        ("with a mark", format!("\u{feff}{text}").into_bytes(), &[]),
        ("UTF-16", wide, &[]),
        ("Windows-1252", narrow, &["GI-I010:1"]),
        ("returns only", text.replace('\n', "\r").into_bytes(), &[]),
        ("both", text.replace('\n', "\r\n").into_bytes(), &[]),
    ] {
        let (counts, codes) = told("", bytes, 2);
        assert_eq!(
            (counts, codes),
            ([2, 0, 0, 0], expected.iter().map(ToString::to_string).collect()),
            "{name}"
        );
    }
}

#[test]
fn titles_above_a_header_are_passed_over_and_told() {
    let text = lines(&[&row(1, "Kim"), &row(2, "Al")]);
    for (lines, titles) in [(1, "Call history\n"), (2, "Calls of January;;;\n\n\"Made by Kim, for Al\"\n")] {
        let export = Export::new("aircall");
        export.put("calls.csv", format!("{titles}{text}"));
        let document = export.validate().document(2);
        assert_eq!(document["totals"]["tickets"], 2, "{titles}");
        let detail = finding(&document, "GI-I016")["examples"][0]["detail"].to_string();
        assert!(detail.contains(&format!("header: {lines}")), "{detail}");
    }
}

#[test]
fn clocks() {
    let past = row(1, "Kim");
    let with = |utc: &str, date: &str, time: &str| {
        past.replace("2024-01-01 08:30:00", utc).replace("2024-01-01,09:30:00", &format!("{date},{time}"))
    };
    let zone = "timezone = \"Europe/Paris\"";
    for (name, row, counts) in [
        ("the future", with("2099-01-01 08:30:00", "2099-01-01", "09:30:00"), [1, 0, 0, 1]),
        ("a time that was skipped", with("", "2024-03-31", "02:30:00"), [1, 0, 0, 1]),
        ("a time that came twice", with("", "2024-10-27", "02:30:00"), [2, 0, 0, 0]),
        ("no date", with("", "soon", "later"), [1, 0, 0, 1]),
    ] {
        let (seen, codes) = told(zone, lines(&[&row, &self::row(2, "Al")]), 2);
        assert_eq!(seen, counts, "{name}: {codes:?}");
    }
}

#[test]
fn numbers_that_a_spreadsheet_rounded_are_told() {
    let rounded = row(1, "Kim").replace("33639980001", "3.364E+10");
    let (counts, codes) = told("", lines(&[&rounded, &row(2, "Al")]), 2);
    assert_eq!(counts, [2, 0, 0, 0]);
    assert!(codes.contains(&"GI-A002:1".to_owned()), "{codes:?}");
}

#[test]
fn a_bad_row_has_its_line_and_byte() {
    let export = Export::new("aircall");
    let first = row(1, "\"two\nlines\"");
    export.put("calls.csv", lines(&[&first, "\"open,2024", &row(3, "Al")]));
    let document = export.validate().document(3);
    let bad = &finding(&document, "GI-I002")["examples"][0];
    assert_eq!((&bad["line"], &bad["byte"]), (&4.into(), &(HEADER.len() + first.len() + 2).into()), "{bad}");
}
