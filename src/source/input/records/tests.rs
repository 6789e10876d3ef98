//! Shapes of JSON files, whole and broken, and what comes of them.

use std::io::BufReader;

use proptest::prelude::*;

use super::*;

const LISTS: &[&str] = &["tickets", "users"];

/// More than is waited for until a page is known to be one.
const UNDECIDED_BYTES: usize = 1 << 20;

/// Pieces as short text: a record as its bytes, with `list:` before it; others by name; all with line and byte.
fn pieces_in(bytes: &[u8], buffer: usize) -> Vec<(String, u64, u64)> {
    let mut pieces = Vec::new();
    let mut reader = BufReader::with_capacity(buffer, bytes);
    let flow = split(&mut reader, LISTS, &mut |piece| {
        let (text, at) = match piece {
            Piece::Record { bytes, at, list } => {
                let list = list.map(|list| format!("{list}:")).unwrap_or_default();
                (list + &String::from_utf8_lossy(bytes), at)
            }
            Piece::TooLong(at) => ("too long".to_owned(), at),
            Piece::Unclosed(at) => ("unclosed".to_owned(), at),
            Piece::Cut(at) => ("cut".to_owned(), at),
        };
        pieces.push((text, at.line, at.byte));
        ControlFlow::Continue(())
    });
    assert!(flow.unwrap().is_continue());
    pieces
}

fn pieces(bytes: &[u8]) -> Vec<(String, u64, u64)> {
    pieces_in(bytes, 1 << 16)
}

fn texts(bytes: &[u8]) -> Vec<String> {
    pieces(bytes).into_iter().map(|(text, _, _)| text).collect()
}

#[test]
fn lines_with_every_kind_of_line_end() {
    let bytes = b"\xef\xbb\xbf{\"id\":1}\r\n\n  {\"id\":2}\n{\"id\":3}";
    let expected = [(r#"{"id":1}"#, 1, 3), (r#"{"id":2}"#, 3, 16), (r#"{"id":3}"#, 4, 25)]
        .map(|(t, l, b)| (t.to_owned(), l, b));
    assert_eq!(pieces(bytes), expected);
    assert_eq!(pieces_in(bytes, 3), expected);
}

#[test]
fn marks_before_lines_are_none_of_them() {
    let expected = ["{\"id\":1}", "{\"id\":2}"];
    assert_eq!(texts(b"\xef\xbb\xbf{\"id\":1}\n\xef\xbb\xbf{\"id\":2}\n"), expected);
    assert_eq!(texts(b"\x1e{\"id\":1}\n\x1e{\"id\":2}\n"), expected);
    assert_eq!(pieces(b"{\"id\":1}\n\xef\xbb\xbf {\"id\":2}")[1], (expected[1].to_owned(), 2, 13));
    assert_eq!(texts(b"{\"id\":1}\n\xef\xbb\xbf\n"), expected[..1]);
}

#[test]
fn a_bad_line_costs_that_line() {
    let good = "{\"id\":1,\"a\":[1,\n{\"id\":2}\nnonsense\n{\"id\":3}\n{\"id\":\"4";
    assert_eq!(
        texts(good.as_bytes()),
        ["{\"id\":1,\"a\":[1,", "{\"id\":2}", "nonsense", "{\"id\":3}", "unclosed", "cut"]
    );
}

#[test]
fn a_record_that_begins_with_its_list_is_no_page() {
    let record = r#"{"tickets":[{"id":1},{"id":2}],"s":{"a":[]},"id":7}"#;
    let page = r#"{"tickets":[{"id":1},{"id":2}],"s":{"id":"]"}}"#;
    let of_page = [r#"tickets:{"id":1}"#, r#"tickets:{"id":2}"#, r#"{"tickets":[],"s":{"id":"]"}}"#];
    assert_eq!(texts(record.as_bytes()), [record]);
    assert_eq!(texts(page.as_bytes()), of_page);
    for buffer in [1, 7, 1 << 16] {
        for between in [",", ",\n  "] {
            let several = format!("[{record}{between}{page}{between}{record}]");
            let expected: Vec<&str> = [record].into_iter().chain(of_page).chain([record]).collect();
            let found: Vec<String> =
                pieces_in(several.as_bytes(), buffer).into_iter().map(|(text, ..)| text).collect();
            assert_eq!(found, expected, "{buffer} {between:?}");
        }
    }
    let pretty = "{\n \"tickets\": [\n  {\"id\": 1}\n ],\n \"id\": 7\n}\n";
    assert_eq!(texts(pretty.as_bytes()), [pretty.trim()]);
    // A page that is too long to be waited for, and one that is cut, tell what is whole in them.
    let many = r#"{"id":1,"s":"long"},"#.repeat(UNDECIDED_BYTES / 15);
    let long = format!(r#"{{"tickets":[{many}{{"id":2}}],"next_page":null}}"#);
    assert_eq!(texts(long.as_bytes()).len(), many.len() / 20 + 2);
    assert_eq!(
        texts(b"{\n\"tickets\":[\n{\"id\":1},\n{\"id\":2,\"s\":\"cut"),
        [r#"tickets:{"id":1}"#, "unclosed", "cut"]
    );
}

#[test]
fn wrappers_arrays_and_documents_fall_into_records() {
    let page = br#"{"count":2,"tickets":[{"id":1,"s":"]}"},{"id":2}],"users":[{"id":9}],"next_page":null}"#;
    let expected = [
        r#"tickets:{"id":1,"s":"]}"}"#,
        r#"tickets:{"id":2}"#,
        r#"users:{"id":9}"#,
        r#"{"count":2,"tickets":[],"users":[],"next_page":null}"#,
    ];
    assert_eq!(texts(page), expected);
    assert_eq!(texts(b"[{\"id\":1},\n {\"id\":2}]\n"), [r#"{"id":1}"#, r#"{"id":2}"#]);
    assert_eq!(texts(b"[\n{\"id\":1},\n{\"id\":2}\n]\n"), [r#"{"id":1}"#, r#"{"id":2}"#]);
    assert_eq!(texts(b"{\n  \"id\": 1\n}\n{\n  \"id\": 2\n}"), ["{\n  \"id\": 1\n}", "{\n  \"id\": 2\n}"]);
    let wrapped = b"{\"tickets\":[\n{\"ticket\":{\"id\":1}},\n{\"ticket\":{\"id\":2}}\n]}\n";
    assert_eq!(texts(wrapped)[..2], [r#"tickets:{"ticket":{"id":1}}"#, r#"tickets:{"ticket":{"id":2}}"#]);
    let pages = [&page[..], b"\n", page, b"\n"].concat();
    assert_eq!(texts(&pages).len(), 8);
    assert_eq!(pieces(&pages)[4].1, 2);
}

#[test]
fn lists_inside_a_record_stay_in_it() {
    let ticket = br#"{"id":1,"tickets":[{"id":2}],"users":[{"id":3}]}"#;
    assert_eq!(texts(ticket), [std::str::from_utf8(ticket).unwrap()]);
    assert_eq!(texts(&[b"[", &ticket[..], b"]"].concat()), [std::str::from_utf8(ticket).unwrap()]);
}

#[test]
fn a_document_that_ends_early_gives_what_was_whole() {
    assert_eq!(texts(b"{\"tickets\":[\n{\"id\":1},\n{\"id\":"), ["tickets:{\"id\":1}", "unclosed", "cut"]);
    assert_eq!(texts(b"[{\"id\":1},\n"), ["{\"id\":1}", "cut"]);
    // A page that was cut in a string, followed by a whole one.
    let two = b"{\"tickets\":[{\"id\":1},{\"id\":2,\"s\":\"abc\n{\"tickets\":[{\"id\":3}]}\n";
    assert!(texts(two).contains(&"tickets:{\"id\":3}".to_owned()));
}

#[test]
fn chunks_of_any_size_give_the_same_records() {
    let pretty = br#"{"tickets": [ {"id": 1, "s": "a\"]}\\"}, null, 7, "x,y", [1,2], {"id": 2} ],
        "users": [], "count": 2}  [ {"id":3} ]"#;
    let whole = pieces(pretty);
    assert!(whole.iter().any(|(text, _, _)| text == r#"tickets:{"id": 1, "s": "a\"]}\\"}"#));
    for size in 1..40 {
        let mut documents = Documents::new(LISTS, Position { line: 1, byte: 0 });
        let mut texts = Vec::new();
        let mut take = |piece: Piece<'_>| {
            if let Piece::Record { bytes, at, list } = piece {
                let list = list.map(|list| format!("{list}:")).unwrap_or_default();
                texts.push((list + &String::from_utf8_lossy(bytes), at.line, at.byte));
            }
            ControlFlow::Continue(())
        };
        for chunk in pretty.chunks(size) {
            assert!(documents.feed(chunk, &mut take).is_continue());
        }
        assert!(documents.finish(&mut take).is_continue());
        assert_eq!(texts, whole, "chunks of {size}");
    }
}

#[test]
fn what_follows_a_stray_bracket_on_its_line_is_one_piece() {
    assert_eq!(texts(br#"{"a":1}5,"b":null,"c":[]}"#), [r#"{"a":1}"#, r#"5,"b":null,"c":[]}"#]);
}

#[test]
fn breaking_ends_the_reading() {
    for bytes in [
        &b"{\"id\":1}\n{\"id\":2}\n"[..],
        b"[{\"id\":1},{\"id\":2}]",
        b"{\"tickets\":[{\"id\":1},{\"id\":2}]}",
    ] {
        let mut count = 0;
        let flow = split(&mut BufReader::new(bytes), LISTS, &mut |_| {
            count += 1;
            ControlFlow::Break(())
        });
        assert_eq!((flow.unwrap(), count), (ControlFlow::Break(()), 1));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_split_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), buffer in 1_usize..64) {
        pieces_in(&bytes, buffer);
    }

    #[test]
    fn any_brackets_are_split_the_same_in_any_chunks(text in r#"[{}\[\]",:a\\\n ]{0,80}"#, buffer in 1_usize..9) {
        prop_assert_eq!(pieces_in(text.as_bytes(), buffer), pieces(text.as_bytes()));
    }

    #[test]
    fn no_whole_line_is_lost_beside_a_bad_one(
        bad in r#"[{}\[\]",:a1\\ ]{0,30}"#, position in 0_usize..5, ids in prop::collection::vec(0_u32..999, 4),
    ) {
        let good: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":{id},"s":"[{{","t":[]}}"#)).collect();
        let mut lines = good.clone();
        lines.insert(position.min(lines.len()), bad);
        let found = texts(lines.join("\n").as_bytes());
        for line in &good {
            prop_assert!(found.contains(line), "{line} is lost in {found:?}");
        }
    }
}
