//! Values that spread over lines, arrays and wrappers: brackets counted outside strings, in one go over the bytes.

use std::ops::ControlFlow;

use super::{Piece, Position, RECORD_MAX, TakePiece, has_id, may_wrap};

/// Longest key that is looked at; those of lists are short.
const KEY_MAX: usize = 64;

/// A buffer that grew beyond this for one long record is given back after it.
const BUFFER_KEPT: usize = 4 << 20;

/// An object that begins with the key of a list is a page, unless it has an id of its own: then it is a record whose
/// maker wrote its lists first. Its keys are waited for so many bytes long; pages are longer, or there is one of them.
const UNDECIDED_MAX: usize = 1 << 20;

/// Arrays that may stand around values: an array of pages of arrays has two.
const ARRAYS_MAX: u32 = 8;

/// A value that is being collected.
#[derive(Default)]
struct Frame {
    bytes: Vec<u8>,
    at: Option<Position>,
    /// Open brackets, its own included; zero for a scalar.
    depth: u32,
    too_long: bool,
}

impl Frame {
    fn keep(&mut self, bytes: &[u8]) {
        if self.bytes.len() + bytes.len() > RECORD_MAX {
            self.too_long = true;
            self.bytes = Vec::new();
        }
        if !self.too_long {
            self.bytes.extend_from_slice(bytes);
        }
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(BUFFER_KEPT);
        (self.at, self.depth, self.too_long) = (None, 0, false);
    }
}

/// What is known of the keys of an object that may turn out to be a wrapper.
#[derive(Default)]
struct Wrapper {
    /// No key so far belongs to a record.
    possible: bool,
    /// A string that begins now is a key.
    expects_key: bool,
    reading_key: bool,
    key: Vec<u8>,
    /// The key of a list was read; its bracket should follow.
    list_next: Option<&'static str>,
}

impl Wrapper {
    fn restart(&mut self, possible: bool) {
        self.key.clear();
        (self.possible, self.expects_key, self.reading_key) = (possible, possible, false);
        self.list_next = None;
    }

    /// A byte of the object itself, outside strings and deeper values. Returns the list that begins with it.
    fn step(&mut self, byte: u8) -> Option<&'static str> {
        match byte {
            b'"' if self.expects_key => {
                self.reading_key = true;
                self.key.clear();
            }
            b',' => (self.expects_key, self.list_next) = (true, None),
            b'[' => return self.list_next.take(),
            b':' => {}
            _ if byte.is_ascii_whitespace() => {}
            _ => self.list_next = None,
        }
        None
    }

    fn read_key(&mut self, bytes: &[u8]) {
        if self.reading_key && self.key.len() + bytes.len() <= KEY_MAX {
            self.key.extend_from_slice(bytes);
        }
    }

    fn end_key(&mut self, lists: &[&'static str]) {
        if std::mem::take(&mut self.reading_key) {
            self.expects_key = false;
            self.list_next = lists.iter().copied().find(|list| list.as_bytes() == self.key);
            self.possible = std::str::from_utf8(&self.key).is_ok_and(may_wrap);
        }
    }
}

/// What a byte inside a value means for it.
enum Inside {
    Goes,
    Closed,
    ListBegins(&'static str),
}

/// The splitter of documents: feed it the stream in chunks of any size.
pub(super) struct Documents {
    lists: &'static [&'static str],
    at: Position,
    in_string: bool,
    escaped: bool,
    /// A line ended inside a string, which JSON does not allow.
    broken_string: bool,
    /// Arrays around the values.
    arrays: u32,
    outer: Frame,
    wrapper: Wrapper,
    /// A list began in the outer value, and whether it is a page or a record with an id is not known yet.
    undecided: bool,
    /// Where the object begins that was found to be a page.
    page: Option<Position>,
    /// The list of the outer value whose elements are being walked.
    list: Option<&'static str>,
    inner: Frame,
}

impl Documents {
    pub(super) fn new(lists: &'static [&'static str], at: Position) -> Self {
        Self {
            lists,
            at,
            in_string: false,
            escaped: false,
            broken_string: false,
            arrays: 0,
            outer: Frame::default(),
            wrapper: Wrapper::default(),
            undecided: false,
            page: None,
            list: None,
            inner: Frame::default(),
        }
    }

    /// Takes the next bytes of the stream.
    pub(super) fn feed(&mut self, chunk: &[u8], take: &mut TakePiece<'_>) -> ControlFlow<()> {
        // Bytes of the current value from here on are not in its buffer yet.
        let mut from = 0;
        let mut index = 0;
        while index < chunk.len() {
            let byte = chunk[index];
            if self.in_string {
                if std::mem::take(&mut self.broken_string) && byte == b'{' {
                    // A line that begins with an object after a string that was not closed: the one before was cut.
                    if self.undecided {
                        // What was whole before it counts.
                        self.frame().keep(&chunk[from..index]);
                        self.split_page(take)?;
                        from = index;
                        continue;
                    }
                    self.give_up(take)?;
                } else {
                    index = self.string(chunk, index);
                }
                continue;
            }
            if !self.collecting() {
                if self.between(byte) {
                    from = index;
                }
            } else if self.frame().depth == 0 && self.ends_scalar(byte) {
                self.frame().keep(&chunk[from..index]);
                self.emit(take)?;
                continue;
            } else {
                match self.inside(byte) {
                    Inside::Goes => {}
                    Inside::Closed => {
                        self.frame().keep(&chunk[from..=index]);
                        if std::mem::take(&mut self.undecided) && !has_id(&self.outer.bytes) {
                            self.split_page(take)?;
                            index += 1;
                            continue;
                        }
                        self.emit(take)?;
                    }
                    Inside::ListBegins(list) => {
                        self.frame().keep(&chunk[from..=index]);
                        self.list = Some(list);
                    }
                }
            }
            self.at.byte += 1;
            self.at.line += u64::from(byte == b'\n');
            index += 1;
        }
        if self.collecting() {
            self.frame().keep(&chunk[from..]);
        }
        if self.undecided && self.outer.bytes.len() > UNDECIDED_MAX {
            return self.split_page(take);
        }
        ControlFlow::Continue(())
    }

    /// Goes over the outer value again from its beginning, now that it is known to be a page.
    fn split_page(&mut self, take: &mut TakePiece<'_>) -> ControlFlow<()> {
        let Some(at) = self.outer.at else { return ControlFlow::Continue(()) };
        let bytes = std::mem::take(&mut self.outer.bytes);
        self.outer.clear();
        (self.at, self.page) = (at, Some(at));
        (self.undecided, self.in_string, self.escaped, self.broken_string) = (false, false, false, false);
        self.feed(&bytes, take)
    }

    /// The stream is at its end.
    pub(super) fn finish(&mut self, take: &mut TakePiece<'_>) -> ControlFlow<()> {
        if self.collecting() && self.frame().depth == 0 && !self.in_string {
            self.emit(take)?;
        }
        if self.undecided {
            self.split_page(take)?;
        }
        if self.outer.at.is_some() || self.arrays > 0 {
            let at = self.at;
            self.give_up(take)?;
            take(Piece::Cut(at))?;
        }
        ControlFlow::Continue(())
    }

    /// True while bytes belong to a value, and not to the space between values.
    fn collecting(&self) -> bool {
        self.inner.at.is_some() || (self.outer.at.is_some() && self.list.is_none())
    }

    /// The value being collected, or to be collected next.
    fn frame(&mut self) -> &mut Frame {
        if self.list.is_some() { &mut self.inner } else { &mut self.outer }
    }

    /// A byte between values. True if a value begins or goes on with it.
    fn between(&mut self, byte: u8) -> bool {
        match byte {
            b',' | b':' | b'}' => false,
            _ if byte.is_ascii_whitespace() => false,
            b']' if self.list.take().is_some() => true,
            b']' => {
                self.arrays = self.arrays.saturating_sub(1);
                false
            }
            b'[' if self.list.is_none() && self.arrays < ARRAYS_MAX => {
                self.arrays += 1;
                false
            }
            _ => {
                let at = self.at;
                self.in_string = byte == b'"';
                self.broken_string = false;
                let frame = self.frame();
                frame.at = Some(at);
                frame.depth = u32::from(matches!(byte, b'{' | b'['));
                if self.list.is_none() {
                    self.wrapper.restart(byte == b'{');
                }
                true
            }
        }
    }

    /// A byte of a value, outside strings.
    fn inside(&mut self, byte: u8) -> Inside {
        let in_outer = self.list.is_none();
        if in_outer
            && self.outer.depth == 1
            && self.wrapper.possible
            && let Some(list) = self.wrapper.step(byte)
        {
            if self.page == self.outer.at {
                return Inside::ListBegins(list);
            }
            self.undecided = true;
            self.wrapper.possible = false;
        }
        match byte {
            b'"' => self.in_string = true,
            // Brackets after a number or a word are part of the damage.
            _ if self.frame().depth == 0 => {}
            b'{' | b'[' => self.frame().depth += 1,
            b'}' | b']' => {
                let frame = self.frame();
                frame.depth = frame.depth.saturating_sub(1);
                if frame.depth == 0 {
                    return Inside::Closed;
                }
            }
            _ => {}
        }
        Inside::Goes
    }

    /// Goes through a string as far as one search reaches. Returns the index of the next byte.
    fn string(&mut self, chunk: &[u8], index: usize) -> usize {
        if std::mem::take(&mut self.escaped) {
            self.at.byte += 1;
            return index + 1;
        }
        let rest = &chunk[index..];
        let skipped = memchr::memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len());
        self.wrapper.read_key(&rest[..skipped]);
        match rest.get(skipped) {
            Some(b'"') => {
                self.in_string = false;
                self.wrapper.end_key(self.lists);
            }
            Some(b'\\') => self.escaped = true,
            Some(_) => {
                self.broken_string = true;
                self.at.line += 1;
            }
            None => {}
        }
        let passed = (skipped + 1).min(rest.len());
        self.at.byte += passed as u64;
        index + passed
    }

    /// True for bytes that end a number or a word. Outside of arrays such a thing is no record but a damaged line, and
    /// the line is told as one.
    fn ends_scalar(&self, byte: u8) -> bool {
        let in_array = self.arrays > 0 || self.list.is_some();
        matches!(byte, b'{' | b'\n') || (in_array && matches!(byte, b',' | b'[' | b']' | b'}'))
    }

    /// Hands over the value that is complete.
    fn emit(&mut self, take: &mut TakePiece<'_>) -> ControlFlow<()> {
        let list = self.list;
        let frame = self.frame();
        let Some(at) = frame.at.take() else { return ControlFlow::Continue(()) };
        let flow = if frame.too_long {
            take(Piece::TooLong(at))
        } else {
            take(Piece::Record { bytes: frame.bytes.trim_ascii(), at, list })
        };
        frame.clear();
        flow
    }

    /// Drops what was not closed and starts afresh.
    fn give_up(&mut self, take: &mut TakePiece<'_>) -> ControlFlow<()> {
        let at = if self.list.is_some() { self.inner.at } else { self.outer.at };
        self.in_string = false;
        self.escaped = false;
        self.arrays = 0;
        self.list = None;
        self.undecided = false;
        self.outer.clear();
        self.inner.clear();
        at.map_or(ControlFlow::Continue(()), |at| take(Piece::Unclosed(at)))
    }
}
