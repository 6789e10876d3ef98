//! The table of dirt: what stands on one line between two good tickets, and what must come of it.

use super::{Export, USER, codes, finding, ticket};

/// A line of dirt.
struct Case {
    name: &'static str,
    /// The bytes of line 2.
    line: Vec<u8>,
    /// Tickets, left out, unreadable, rejected; the two good ones included.
    counts: [u64; 4],
    /// Messages that are imported, and those that are rejected while their ticket is not.
    messages: [u64; 2],
    /// Every finding, with its count.
    findings: &'static [&'static str],
}

fn case(
    name: &'static str,
    line: impl Into<Vec<u8>>,
    counts: [u64; 4],
    messages: [u64; 2],
    findings: &'static [&'static str],
) -> Case {
    Case { name, line: line.into(), counts, messages, findings }
}

/// A ticket of which something is put in the place of `what`.
fn with(what: &str, instead: &str) -> String {
    let whole = ticket(2, "text");
    assert!(whole.contains(what), "{what}");
    whole.replacen(what, instead, 1)
}

fn in_body(bytes: &[u8]) -> Vec<u8> {
    let whole = ticket(2, "\u{1}");
    let at = whole.find('\u{1}').unwrap();
    [&whole.as_bytes()[..at], bytes, &whole.as_bytes()[at + 1..]].concat()
}

/// Whole: the ticket is imported with its message.
const WHOLE: [u64; 4] = [3, 0, 0, 0];
/// It costs the line.
const LINE: [u64; 4] = [2, 0, 1, 0];

fn characters() -> Vec<Case> {
    vec![
        case("an escaped NUL", in_body(br"a\u0000b"), WHOLE, [3, 0], &["GI-I003:1"]),
        case("a raw NUL", in_body(b"a\0b"), WHOLE, [3, 0], &["GI-I003:1"]),
        case("a raw tab", in_body(b"a\tb"), WHOLE, [3, 0], &["GI-I003:1"]),
        case("half a pair", in_body(br"cut \ud83d"), WHOLE, [3, 0], &["GI-I003:1"]),
        case("the other half", in_body(br"\ude00 cut"), WHOLE, [3, 0], &["GI-I003:1"]),
        case("no UTF-8", in_body(b"caf\xe9"), WHOLE, [3, 0], &["GI-I003:1"]),
        case("a whole pair", in_body(br"\ud83d\ude00"), WHOLE, [3, 0], &[]),
        case("65,535 characters", in_body(&[b'x'; 65_535]), WHOLE, [3, 0], &[]),
        case("65,536 characters", in_body(&[b'x'; 65_536]), WHOLE, [3, 0], &["GI-Z010:1"]),
        case("a carriage return", [ticket(2, "x").as_bytes(), b"\r"].concat(), WHOLE, [3, 0], &[]),
        case("spaces around", format!("  {} \t", ticket(2, "x")), WHOLE, [3, 0], &[]),
        case("a comma behind", format!("{},", ticket(2, "x")), WHOLE, [3, 0], &[]),
    ]
}

fn lines() -> Vec<Case> {
    let whole = ticket(2, "text");
    vec![
        case("a blank line", "", [2, 0, 0, 0], [2, 0], &[]),
        case("a cut line", &whole.as_bytes()[..70], LINE, [2, 0], &["GI-I001:1"]),
        case("cut in an escape", r#"{"id":2,"subject":"a\"#, LINE, [2, 0], &["GI-I001:1"]),
        case("words", "nonsense", LINE, [2, 0], &["GI-I001:1"]),
        case("two commas", "{\"id\":2,,}", LINE, [2, 0], &["GI-I001:1"]),
        case("a bracket too many", format!("{whole}}}"), LINE, [2, 0], &["GI-I001:1"]),
        case("single quotes", "{'id':2}", LINE, [2, 0], &["GI-I001:1"]),
        case("a number", "7", LINE, [2, 0], &["GI-I001:1"]),
        case("a key twice", with("\"id\":2,", "\"id\":2,\"id\":3,"), LINE, [2, 0], &["GI-I001:1"]),
        case("something else", r#"{"sku":"a","price":3}"#, [2, 1, 0, 0], [2, 0], &["GI-I007:1"]),
        case("nested 100,000 deep", deep(100_000), WHOLE, [3, 0], &[]),
        case("5,000 divisions", divisions(), WHOLE, [3, 0], &[]),
    ]
}

fn deep(levels: usize) -> String {
    let value = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    with("\"subject\"", &format!("\"custom_fields\":{value},\"subject\""))
}

fn divisions() -> String {
    let html = format!("{}text{}", "<div>".repeat(5_000), "</div>".repeat(5_000));
    with("\"body\":\"text\"", &format!("\"html_body\":\"{html}\""))
}

fn ids() -> Vec<Case> {
    vec![
        case("ids as floats", with("\"id\":2,", "\"id\":2.0,"), WHOLE, [3, 0], &[]),
        case("ids as text", with("\"id\":2,", "\"id\":\"2\","), WHOLE, [3, 0], &[]),
        case("a rounded id", with("\"id\":2,", "\"id\":7.25E+12,"), [2, 1, 0, 0], [2, 0], &["GI-Z011:1"]),
        case(
            "a rounded id in quotes",
            with("\"id\":2,", "\"id\":\"7.25E+12\","),
            [2, 1, 0, 0],
            [2, 0],
            &["GI-Z011:1"],
        ),
        case(
            "an id beyond all",
            with("\"id\":2,", "\"id\":99999999999999999999,"),
            [2, 1, 0, 0],
            [2, 0],
            &["GI-Z011:1"],
        ),
        case(
            "a comment's rounded id",
            with("\"id\":21,", "\"id\":7.25E+12,"),
            [2, 0, 0, 1],
            [2, 0],
            &["GI-Z026:1"],
        ),
        case(
            "a number beyond all",
            with("\"subject\":\"s\"", "\"subject\":1e999"),
            LINE,
            [2, 0],
            &["GI-I001:1"],
        ),
    ]
}

fn values() -> Vec<Case> {
    vec![
        case("null for objects", with("{\"channel\":\"web\"}", "null"), WHOLE, [3, 0], &[]),
        case(
            "null for everything",
            r#"{"id":2,"requester_id":null,"subject":null,"via":null,"comments":[null]}"#,
            [2, 1, 0, 0],
            [2, 0],
            &["GI-Z003:1"],
        ),
        case("text for yes", with("\"public\":true", "\"public\":\"true\""), WHOLE, [3, 0], &[]),
        case("a number for text", with("\"subject\":\"s\"", "\"subject\":7"), WHOLE, [3, 0], &[]),
        case(
            "the year 2099",
            with("2024-01-01T00:00:00Z\"}]", "2099-01-01T00:00:00Z\"}]"),
            [2, 0, 0, 1],
            [2, 0],
            &["GI-M001:1"],
        ),
        case(
            "the year 1970",
            with("2024-01-01T00:00:00Z\"}]", "1970-01-01T00:00:00Z\"}]"),
            WHOLE,
            [3, 0],
            &["GI-M005:1"],
        ),
        case(
            "no time",
            with("\"created_at\":\"2024-01-01T00:00:00Z\"}]", "\"created_at\":null}]"),
            [2, 0, 0, 1],
            [2, 0],
            &["GI-M002:1"],
        ),
        case(
            "a time without a zone",
            with("2024-01-01T00:00:00Z\"}]", "2024-01-01T00:00:00\"}]"),
            [2, 0, 0, 1],
            [2, 0],
            &["GI-M002:1"],
        ),
        case(
            "a file that climbs",
            with(
                "\"public\":true",
                r#""public":true,"attachments":[{"id":1,"file_name":"../../../etc/passwd","content_url":"https://acme.zendesk.com/a","content_type":"text/plain","size":3}]"#,
            ),
            WHOLE,
            [3, 0],
            &[],
        ),
    ]
}

#[test]
fn every_case_of_the_table() {
    let mut wrong = Vec::new();
    for case in [characters(), lines(), ids(), values()].into_iter().flatten() {
        let export = Export::new("zendesk");
        let (first, last) = (ticket(1, "one"), ticket(3, "three"));
        let text = [first.as_bytes(), &case.line, last.as_bytes(), USER.as_bytes()];
        export.put("tickets.ndjson", text.join(&b'\n'));
        let document = export.validate().document(case.counts.iter().sum());
        let source = &document["sources"][0];
        let number = |field: &str| source[field].as_u64().unwrap();
        let counts = ["tickets", "left_out", "unreadable", "rejected"].map(number);
        let messages = ["messages", "rejected_messages"].map(number);
        let findings = codes(&document);
        if counts != case.counts || messages != case.messages || findings != case.findings {
            wrong.push(format!("{}: {counts:?} {messages:?} {findings:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_bad_line_has_its_file_line_and_byte() {
    let export = Export::new("zendesk");
    let first = ticket(1, "Zoë");
    let lines = [
        &first,
        "",
        "{\"id\":2,\"subject\":\"Kim Secret\",,}",
        &ticket(3, "x"),
        &with("\"id\":2,", "\"id\":7.25E+12,"),
    ];
    export.put("a/tickets.ndjson", lines.join("\n"));
    let document = export.validate().document(4);
    let bad = &finding(&document, "GI-I001")["examples"][0];
    assert_eq!(bad["line"], 3, "{bad}");
    assert_eq!(bad["byte"], first.len() + 2);
    assert!(bad["file"].as_str().unwrap().ends_with("export/a/tickets.ndjson"), "{bad}");
    assert_eq!(finding(&document, "GI-Z011")["examples"][0]["line"], 5);
    assert!(!document.to_string().contains("Kim Secret"));
}

#[test]
fn encodings_of_whole_files() {
    let text = format!("{}\r\n{}\r\n\r\n{USER}", ticket(1, "Zoë"), ticket(2, "😀"));
    let units = |big: bool| -> Vec<u8> {
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    };
    for (name, bytes) in [
        ("plain", text.clone().into_bytes()),
        ("with a mark", format!("\u{feff}{text}").into_bytes()),
        ("UTF-16, low byte first", units(false)),
        ("UTF-16, high byte first", units(true)),
    ] {
        let export = Export::new("zendesk");
        export.put("tickets.ndjson", bytes);
        let document = export.validate().document(2);
        assert_eq!(document["totals"]["tickets"], 2, "{name}");
        assert_eq!(codes(&document), [""; 0], "{name}");
    }
    let export = Export::new("zendesk");
    // The Z becomes half of a pair.
    let mut bytes = units(false);
    let at = bytes.windows(4).position(|four| four == b"Z\0o\0").unwrap();
    bytes[at..at + 2].copy_from_slice(&0xd83d_u16.to_le_bytes());
    export.put("tickets.ndjson", bytes);
    let document = export.validate().document(2);
    assert_eq!(finding(&document, "GI-I003")["count"], 1);
}

#[test]
fn what_was_whole_before_a_cut_is_kept() {
    let export = Export::new("zendesk");
    let whole = [ticket(1, "a"), ticket(2, "b")].join("\n");
    export.put("lines.json", format!("{whole}\n{}", &ticket(3, "c")[..80]));
    let page = format!("{{\"tickets\":[{},{},{}", ticket(4, "d"), ticket(5, "e"), &ticket(6, "f")[..80]);
    export.put("page.json", page);
    export.put("users.json", USER);
    let document = export.validate().document(6);
    assert_eq!(document["totals"]["tickets"], 4);
    assert_eq!(codes(&document), ["GI-I001:2", "GI-I009:2"]);
}
