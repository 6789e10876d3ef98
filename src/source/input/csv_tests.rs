use super::*;

type Seen = (Vec<String>, u64, u64, Option<RowFault>);

fn rows_of(bytes: &[u8], buffer: usize) -> (Vec<String>, Vec<Seen>) {
    let input = io::BufReader::with_capacity(buffer, bytes);
    let mut stream = CsvStream::open(input).unwrap().unwrap();
    let header = stream.header().iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    while let Some(row) = stream.next_row().unwrap() {
        let cells = row.cells.iter().map(str::to_owned).collect();
        rows.push((cells, row.line, row.byte, row.fault));
    }
    (header, rows)
}

fn cells_of(bytes: &[u8]) -> Vec<Vec<String>> {
    rows_of(bytes, 7).1.into_iter().map(|row| row.0).collect()
}

#[test]
fn rows_have_their_line_and_byte_whatever_the_line_end() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["a,b", "1,\"x", "y\"", "", "2,3"].join(end);
        for buffer in [1, 2, 3, 64] {
            let (header, rows) = rows_of(text.as_bytes(), buffer);
            assert_eq!(header, ["a", "b"]);
            let third = text.find("2,3").unwrap() as u64;
            let second = text.find("1,").unwrap() as u64;
            let quoted = format!("x{end}y");
            assert_eq!(rows[0], (vec!["1".into(), quoted], 2, second, None), "{end:?} {buffer}");
            assert_eq!(rows[1], (vec!["2".into(), "3".into()], 5, third, None), "{end:?} {buffer}");
            assert_eq!(rows.len(), 2);
        }
    }
}

#[test]
fn delimiters_are_found_by_the_header() {
    assert_eq!(cells_of(b"a;b;c,d\n1;2,5;3\n"), [["1", "2,5", "3"]]);
    assert_eq!(cells_of(b"a\tb\n1,0\t2\n"), [["1,0", "2"]]);
    assert_eq!(cells_of(b"\xEF\xBB\xBF\"a;x\",b\n1,2\n"), [["1", "2"]]);
    assert_eq!(cells_of(b"sep=;\r\na;b,c,d\r\n1;2\r\n"), [["1", "2"]]);
    assert_eq!(cells_of(b"alone\nx\n"), [["x"]]);
}

#[test]
fn quotes_commas_and_other_encodings_survive() {
    assert_eq!(cells_of(b"a,b\n\"x \"\"y\"\", z\",Ren\xE9e\n"), [["x \"y\", z", "Renée"]]);
    assert_eq!(cells_of("a,b\nit\"s,Renée\n".as_bytes()), [["it\"s", "Renée"]]);
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    let (_, rows) = rows_of(b"a,b\n1,\"open\n2,x\n3,y\n", 16);
    assert_eq!(rows[0], (vec![], 2, 4, Some(RowFault::OpenQuote)));
    assert_eq!(rows[1].0, ["2", "x"]);
    assert_eq!((rows[2].1, rows.len()), (4, 3));
}

#[test]
fn a_quote_open_for_longer_than_a_record_costs_one_line() {
    let mut text = b"a,b\n1,\"open\n".to_vec();
    for _ in 0..RECORD_BYTES_MAX / 4 + 10 {
        text.extend_from_slice(b"2,x\n");
    }
    let (_, rows) = rows_of(&text, 8192);
    assert_eq!(rows[0].3, Some(RowFault::OpenQuote));
    assert_eq!(rows.len(), RECORD_BYTES_MAX / 4 + 11);
    assert!(rows[1..].iter().all(|row| row.0 == ["2", "x"]));
}

#[test]
fn a_line_that_is_too_long_is_passed_over() {
    for end in ["\n", "\r\n", "\r", ""] {
        let mut text = b"a,b\n".to_vec();
        text.resize(3 * RECORD_BYTES_MAX, b'x');
        text.extend_from_slice(end.as_bytes());
        let next = text.len() as u64;
        if !end.is_empty() {
            text.extend_from_slice(b"1,2\n");
        }
        let (_, rows) = rows_of(&text, 4096);
        assert_eq!(rows[0].3, Some(RowFault::TooLong), "{end:?}");
        if !end.is_empty() {
            assert_eq!(rows[1], (vec!["1".into(), "2".into()], 3, next, None), "{end:?}");
        }
        assert_eq!(rows.len(), 1 + usize::from(!end.is_empty()));
    }
}

#[test]
fn nothing_but_blank_lines_is_nothing() {
    for text in ["", "\n\r\n  \n", "\u{feff}\n"] {
        assert!(CsvStream::open(text.as_bytes()).unwrap().is_none(), "{text:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300), buffer in 1_usize..40) {
        let input = io::BufReader::with_capacity(buffer, &bytes[..]);
        if let Some(mut stream) = CsvStream::open(input).unwrap() {
            while let Some(row) = stream.next_row().unwrap() {
                proptest::prop_assert!(row.byte < bytes.len() as u64);
            }
        }
    }

    #[test]
    fn rows_agree_with_the_csv_crate(
        rows in proptest::collection::vec(proptest::collection::vec("[a,;\"\r\n é]{0,5}", 3), 1..8),
        buffer in 1_usize..20,
    ) {
        let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        writer.write_record(["one", "two", "three"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let (_, read) = rows_of(&writer.into_inner().unwrap(), buffer);
        let read: Vec<Vec<String>> = read.into_iter().map(|row| row.0).collect();
        proptest::prop_assert_eq!(read, rows);
    }

    #[test]
    fn messy_text_is_cut_as_the_csv_crate_cuts_it(body in "[ab,\"\n]{0,40}") {
        // Only texts whose quotes all close: for others the recovery differs on purpose.
        let text = format!("h,i\n{body}\n");
        let mut plain = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let theirs: Vec<Vec<String>> =
            plain.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
        let (_, ours) = rows_of(text.as_bytes(), 5);
        if ours.iter().all(|row| row.3.is_none()) {
            let ours: Vec<Vec<String>> = ours.into_iter().map(|row| row.0).collect();
            proptest::prop_assert_eq!(&ours[..], &theirs[1..]);
        }
    }
}

/// Every line opens a quote that the next ones leave open. Scanned to the limit from each, this takes hours.
#[test]
fn stray_quotes_in_every_line_cost_one_scan() {
    let lines = 400_000;
    let text = format!("a,b\n{}last,row\n", "a\",\"b\n".repeat(lines));
    let (_, rows) = rows_of(text.as_bytes(), 1 << 16);
    assert_eq!(rows.len(), lines + 1);
    assert!(rows[..lines].iter().all(|row| row.3 == Some(RowFault::OpenQuote)));
    assert_eq!(rows[lines].0, ["last", "row"]);
    assert_eq!(rows[lines].1, lines as u64 + 2);
}
