//! CSV as people have it: any of three delimiters, quotes that never close, rows that do not fit.
//!
//! Records are cut out of the stream here, so that every row has its exact line and byte, a row can be no longer than
//! [`RECORD_BYTES_MAX`], and a stray quote costs one line instead of the rest of the file. What is inside a record is
//! read by the `csv` crate. Knows nothing of what the columns mean.

use std::io::{self, BufRead, Read};

use csv::StringRecord;

use super::encoding::decode;

/// Longest record in bytes. A Call History row is under 2 KiB and its comments hold at most five texts; a longer
/// one is a quote that never closes.
pub(crate) const RECORD_BYTES_MAX: usize = 256 * 1024;

/// The delimiters that are told apart, by what they give: `,` as exported, `;` and tab after a spreadsheet.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// Most lines above a header that are no blank ones: what spreadsheets and reports put there.
const TITLES_MAX: u64 = 20;

/// Why a record could not be cut out of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowFault {
    /// It is longer than the limit.
    TooLong,
    /// It opens a quote that nothing closes. Reading goes on at the next line.
    OpenQuote,
}

/// One row, with where it starts.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    /// The cells; empty if there is a fault.
    pub(crate) cells: &'a StringRecord,
    /// Line from 1.
    pub(crate) line: u64,
    /// Byte from 0.
    pub(crate) byte: u64,
    /// Set if the row cannot be used.
    pub(crate) fault: Option<RowFault>,
    /// The bytes of the row were not UTF-8 and were read as Windows-1252.
    pub(crate) assumed_encoding: bool,
}

impl Row<'_> {
    /// Why the row cannot be read below a header of `width` cells. Blank cells that are too many are no reason: some
    /// programs end every row, but not the header, with a delimiter.
    pub(crate) fn misfit(&self, width: usize) -> Option<&'static str> {
        match self.fault {
            Some(RowFault::TooLong) => Some("it is too long"),
            Some(RowFault::OpenQuote) => Some("it opens a quote that nothing closes"),
            None if self.cells.len() < width => Some("it has fewer cells than the header"),
            None if self.cells.iter().skip(width).any(|cell| !cell.trim().is_empty()) => {
                Some("it has more cells than the header")
            }
            None => None,
        }
    }
}

/// A CSV stream whose header has been read.
pub(crate) struct CsvStream<R> {
    cutter: Cutter<R>,
    parser: csv::Reader<Feed>,
    header: StringRecord,
    cells: StringRecord,
    delimiter: u8,
    titles: u64,
}

impl<R: BufRead> CsvStream<R> {
    /// Reads the header and finds out the delimiter. `None` if there is nothing but blank lines.
    pub(crate) fn open(input: R) -> io::Result<Option<Self>> {
        Self::open_with(input, RECORD_BYTES_MAX)
    }

    /// The same for tables whose rows can be as long as `record_max` bytes.
    pub(crate) fn open_with(input: R, record_max: usize) -> io::Result<Option<Self>> {
        Self::open_below_titles(input, record_max, &|_| true)
    }

    /// The same for tables whose header may have a few lines above it: the title of a report, a date. If `is_header` fits
    /// none of the first lines, the first one is the header, and the others are passed over: whoever wants them opens
    /// the stream anew.
    pub(crate) fn open_below_titles(
        input: R,
        record_max: usize,
        is_header: &dyn Fn(&StringRecord) -> bool,
    ) -> io::Result<Option<Self>> {
        let mut cutter = Cutter::new(input, record_max);
        let mut forced = None;
        let mut first: Option<(StringRecord, u8)> = None;
        let mut titles = 0;
        // Before the delimiter is known a quote may only be opened at the start of a cell of any of them.
        while titles <= TITLES_MAX
            && let Some(cut) = cutter.next(forced)?
        {
            if cut.fault == Some(RowFault::TooLong) {
                // No table has such a header, and of its bytes only an end is there.
                first.get_or_insert((StringRecord::new(), b','));
                break;
            }
            // A stray NUL in the name of a column must not cost the table.
            let line = decode(cut.bytes).text.replace('\0', "");
            let line = line.as_str();
            if line.trim().is_empty() {
                continue;
            }
            if let Some(delimiter) = excel_separator(line) {
                forced = Some(delimiter);
                continue;
            }
            let delimiter = forced.unwrap_or_else(|| sniff_delimiter(line));
            let mut header = StringRecord::new();
            parse(&mut parser(delimiter), delimiter, line, &mut header);
            if is_header(&header) {
                return Ok(Some(Self::below(cutter, header, delimiter, titles)));
            }
            first.get_or_insert((header, delimiter));
            titles += 1;
        }
        Ok(first.map(|(header, delimiter)| Self::below(cutter, header, delimiter, 0)))
    }

    fn below(cutter: Cutter<R>, header: StringRecord, delimiter: u8, titles: u64) -> Self {
        Self { cutter, parser: parser(delimiter), header, cells: StringRecord::new(), delimiter, titles }
    }

    /// Lines above the header that are no blank ones.
    pub(crate) fn titles(&self) -> u64 {
        self.titles
    }

    /// The cells of the header.
    pub(crate) fn header(&self) -> &StringRecord {
        &self.header
    }

    /// The next row. Blank lines are passed over.
    pub(crate) fn next_row(&mut self) -> io::Result<Option<Row<'_>>> {
        loop {
            let Some(cut) = self.cutter.next(Some(self.delimiter))? else { return Ok(None) };
            let Cut { bytes, line, byte, fault } = cut;
            self.cells.clear();
            if fault.is_some() {
                return Ok(Some(Row { cells: &self.cells, line, byte, fault, assumed_encoding: false }));
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            // Row by row, because files that people merged hold both encodings.
            let decoded = decode(bytes);
            parse(&mut self.parser, self.delimiter, &decoded.text, &mut self.cells);
            let assumed_encoding = decoded.assumed;
            return Ok(Some(Row { cells: &self.cells, line, byte, fault: None, assumed_encoding }));
        }
    }
}

/// The line `sep=;`, by which files tell Excel their delimiter.
fn excel_separator(line: &str) -> Option<u8> {
    let rest = line.trim_matches(['"', '\r', '\n']).strip_prefix("sep=")?;
    DELIMITERS.into_iter().find(|delimiter| rest.as_bytes() == [*delimiter])
}

/// The delimiter that cuts the header into most cells.
fn sniff_delimiter(header: &str) -> u8 {
    let cells = |delimiter: &u8| {
        let mut record = StringRecord::new();
        parse(&mut parser(*delimiter), *delimiter, header, &mut record);
        record.len()
    };
    // `max_by_key` takes the last of equals, and the comma is the one to prefer.
    DELIMITERS.into_iter().rev().max_by_key(cells).unwrap_or(b',')
}

fn parser(delimiter: u8) -> csv::Reader<Feed> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(Feed::default())
}

/// Splits one record, handed to the parser as if it were the next of its file.
fn parse(parser: &mut csv::Reader<Feed>, delimiter: u8, text: &str, cells: &mut StringRecord) {
    parser.get_mut().fill(text.as_bytes());
    let read = parser.read_record(cells);
    if !matches!(read, Ok(true)) {
        cells.clear();
    }
    if parser.is_done() || !parser.get_ref().is_empty() {
        // The parser and the cutter did not agree on where the record ends. What was read stands, the parser goes.
        *parser = self::parser(delimiter);
    }
}

/// Hands one record at a time to the parser.
#[derive(Default)]
struct Feed {
    bytes: Vec<u8>,
    at: usize,
}

impl Feed {
    fn fill(&mut self, record: &[u8]) {
        self.bytes.clear();
        self.bytes.extend_from_slice(record);
        self.bytes.push(b'\n');
        self.at = 0;
    }

    fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }
}

impl Read for Feed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = (&self.bytes[self.at..]).read(into)?;
        self.at += read;
        Ok(read)
    }
}

/// A record cut out of the stream, without its line end.
struct Cut<'a> {
    bytes: &'a [u8],
    line: u64,
    byte: u64,
    fault: Option<RowFault>,
}

/// Where the scan of a record stands. The same rules as the `csv` crate's: a quote opens a quoted cell only at its
/// start, a doubled one is a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Plain,
    Quoted,
    QuoteInQuoted,
    /// After `\r`, which ends the record; a `\n` may still belong to it.
    Return,
}

/// Cuts a stream into records.
struct Cutter<R> {
    input: R,
    window: Vec<u8>,
    /// Where in `window` the current record starts and ends.
    start: usize,
    end: usize,
    ended: bool,
    line: u64,
    byte: u64,
    record_max: usize,
    reached: Option<Reached>,
}

/// How far a scan came that found no end of its record: from there on a later one goes on, once it is within quotes at
/// a line end, as the former was at all of them. Without this every line of a file with stray quotes costs a scan of
/// [`RECORD_BYTES_MAX`].
#[derive(Clone, Copy)]
struct Reached {
    /// Byte of the stream.
    byte: u64,
    state: State,
    /// By what rules it was scanned.
    delimiter: Option<u8>,
}

impl<R: BufRead> Cutter<R> {
    fn new(input: R, record_max: usize) -> Self {
        let (window, reached) = (Vec::new(), None);
        Self { input, window, start: 0, end: 0, ended: false, line: 1, byte: 0, record_max, reached }
    }

    /// The next record. Without a delimiter, every one of [`DELIMITERS`] starts a cell.
    fn next(&mut self, delimiter: Option<u8>) -> io::Result<Option<Cut<'_>>> {
        self.start = self.end;
        let starts_cell = |byte: u8| delimiter.map_or_else(|| DELIMITERS.contains(&byte), |d| d == byte);
        let (mut at, mut state) = (0, State::CellStart);
        let (line, byte) = (self.line, self.byte);
        let known = self.reached.filter(|reached| reached.byte > byte && reached.delimiter == delimiter);
        // What was scanned is still in the window, so the difference is a size in memory.
        let known =
            known.and_then(|reached| Some((usize::try_from(reached.byte - byte).ok()?, reached.state)));
        let mut fault = None;
        let length = loop {
            let window = &self.window[self.start..];
            // No further than the limit, so that the size of the reads decides nothing.
            let window = &window[..window.len().min(self.record_max + 1)];
            if let Some(length) = scan(window, &mut at, &mut state, known, starts_cell) {
                break length;
            }
            if at > self.record_max || (self.ended && state == State::Quoted) {
                let cut = !self.ended && memchr::memchr2(b'\n', b'\r', &window[..at]).is_none();
                let open = state == State::Quoted && !cut;
                fault = Some(if open { RowFault::OpenQuote } else { RowFault::TooLong });
                self.reached = Some(Reached { byte: byte + at as u64, state, delimiter });
                break self.skip_line()?;
            }
            if self.ended {
                break at;
            }
            self.refill()?;
        };
        if length == 0 {
            return Ok(None);
        }
        self.end = self.start + length;
        let record = &self.window[self.start..self.end];
        self.line += line_ends(record);
        self.byte += length as u64;
        Ok(Some(Cut { bytes: without_line_end(record), line, byte, fault }))
    }

    /// Reads on. What was handed out is given up here and not record by record, which would move the window each time.
    fn refill(&mut self) -> io::Result<()> {
        self.window.drain(..self.start);
        self.start = 0;
        let buffer = loop {
            match self.input.fill_buf() {
                Ok(buffer) => break buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        };
        let read = buffer.len();
        self.ended = read == 0;
        self.window.extend_from_slice(buffer);
        self.input.consume(read);
        Ok(())
    }

    /// Passes over the rest of a line, and keeps nothing of it that is too long. Returns what is left in the window.
    fn skip_line(&mut self) -> io::Result<usize> {
        loop {
            let rest = &self.window[self.start..];
            let found = memchr::memchr2(b'\n', b'\r', rest);
            if let Some(end) = found
                && (end + 1 < rest.len() || self.ended)
            {
                let whole = rest[end] == b'\r' && rest.get(end + 1) == Some(&b'\n');
                return Ok(end + 1 + usize::from(whole));
            }
            if self.ended {
                return Ok(rest.len());
            }
            if found.is_none() {
                // One byte stays, so that the record is not taken for the end of the file.
                let dropped = rest.len().saturating_sub(1);
                self.byte += dropped as u64;
                self.start += dropped;
            }
            self.refill()?;
        }
    }
}

/// Looks for the end of the record. Returns its length with its line end, or nothing if more is needed; `at` and
/// `state` say where to go on. `known` is where a former scan came to, which was within quotes at every line end.
fn scan(
    window: &[u8],
    at: &mut usize,
    state: &mut State,
    known: Option<(usize, State)>,
    starts_cell: impl Fn(u8) -> bool,
) -> Option<usize> {
    while let Some(&byte) = window.get(*at) {
        if *state == State::Return {
            return Some(*at + usize::from(byte == b'\n'));
        }
        *at += 1;
        if *state == State::Quoted
            && matches!(byte, b'\n' | b'\r')
            && let Some((reached, there)) = known.filter(|(reached, _)| *reached > *at)
        {
            (*at, *state) = (reached, there);
            continue;
        }
        *state = match (*state, byte) {
            (State::Quoted, b'"') => State::QuoteInQuoted,
            (State::Quoted, _) | (State::QuoteInQuoted | State::CellStart, b'"') => State::Quoted,
            (_, b'\n') => return Some(*at),
            (_, b'\r') => State::Return,
            (_, byte) if starts_cell(byte) => State::CellStart,
            _ => State::Plain,
        };
    }
    None
}

/// Line ends of all three kinds.
fn line_ends(bytes: &[u8]) -> u64 {
    let returns = bytes.iter().enumerate().filter(|(i, b)| **b == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
    returns.count() as u64 + memchr::memchr_iter(b'\n', bytes).count() as u64
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
