//! A terminal that is used a little narrower than it is.
//!
//! indicatif ends a line by filling it with blanks up to the width and counts on the terminal to go on in the next row.
//! A terminal wraps at its own width, so a narrower one has to be made to wrap at ours.

use std::io;
use std::sync::{Mutex, PoisonError};

use console::measure_text_width;
use indicatif::TermLike;

/// Columns left empty at the right edge. The terminal echoes Ctrl-C as `^C` where the cursor stands, which is at the end
/// of the block: without room there the echo begins a new row, and the next drawing leaves a row of the old one behind.
pub(super) const MARGIN: u16 = 3;

/// The terminal, and where the cursor is in its row.
#[derive(Debug)]
pub(super) struct Margined<T> {
    inner: T,
    column: Mutex<usize>,
}

impl<T: TermLike> Margined<T> {
    pub(super) fn new(inner: T) -> Self {
        Self { inner, column: Mutex::new(0) }
    }

    fn set_column(&self, change: impl FnOnce(usize) -> usize) {
        let mut column = self.column.lock().unwrap_or_else(PoisonError::into_inner);
        *column = change(*column);
    }

    /// `text` with the row's end where our width ends. As terminals do, the cursor stays at the edge until another letter
    /// comes.
    fn wrapped(&self, text: &str) -> String {
        let width = usize::from(self.width()).max(1);
        let mut column = self.column.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = String::with_capacity(text.len());
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\u{1b}' => {
                    out.push(letter);
                    escape(&mut letters, &mut out);
                }
                '\r' | '\n' => {
                    out.push(letter);
                    *column = 0;
                }
                _ => {
                    let wide = measure_text_width(letter.encode_utf8(&mut [0; 4]));
                    if *column + wide > width {
                        out.push_str("\r\n");
                        *column = 0;
                    }
                    out.push(letter);
                    *column += wide;
                }
            }
        }
        out
    }
}

/// Takes over the rest of an escape sequence: parameters up to a letter.
fn escape(letters: &mut std::str::Chars<'_>, out: &mut String) {
    for letter in letters {
        out.push(letter);
        if letter.is_ascii_alphabetic() {
            return;
        }
    }
}

impl<T: TermLike> TermLike for Margined<T> {
    fn width(&self) -> u16 {
        self.inner.width().saturating_sub(MARGIN)
    }
    fn height(&self) -> u16 {
        self.inner.height()
    }
    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.inner.move_cursor_up(n)
    }
    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.inner.move_cursor_down(n)
    }
    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.set_column(|column| column + n);
        self.inner.move_cursor_right(n)
    }
    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.set_column(|column| column.saturating_sub(n));
        self.inner.move_cursor_left(n)
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        let text = self.wrapped(text);
        self.set_column(|_| 0);
        self.inner.write_line(&text)
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        let text = self.wrapped(text);
        self.inner.write_str(&text)
    }
    fn clear_line(&self) -> io::Result<()> {
        self.set_column(|_| 0);
        self.inner.clear_line()
    }
    fn flush(&self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::paper::{Paper, WIDTH};

    #[test]
    fn what_fills_our_width_goes_on_in_the_next_row() {
        let paper = Paper::default();
        let narrower = Margined::new(paper.clone());
        let ours = usize::from(WIDTH - MARGIN);
        for line in ["one", "two", "日本"] {
            narrower.write_str(line).unwrap();
            narrower.write_str(&" ".repeat(ours - measure_text_width(line))).unwrap();
        }
        narrower.write_str(&"x".repeat(ours + 2)).unwrap();
        let text = paper.text();
        let rows: Vec<&str> = text.lines().collect();
        assert!(rows[0] == "one" && rows[1] == "two" && rows[2].starts_with("日本"), "{text}");
        assert_eq!((rows[3].len(), rows[4]), (ours, "xx"));
    }

    #[test]
    fn escapes_take_no_room() {
        let narrower = Margined::new(Paper::default());
        let full = format!("\u{1b}[1m{}\u{1b}[0m", "x".repeat(usize::from(WIDTH - MARGIN)));
        assert_eq!(narrower.wrapped(&full), full);
        assert_eq!(narrower.wrapped("\u{1b}[32my"), "\u{1b}[32m\r\ny");
    }
}
