//! A terminal of paper, for tests: rows of text and a cursor.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use indicatif::TermLike;

/// A terminal small enough to be understood: rows of text and a cursor.
#[derive(Clone, Default)]
pub(super) struct Paper(Arc<Mutex<Rows>>);

#[derive(Default)]
pub(super) struct Rows {
    texts: Vec<String>,
    row: usize,
    column: usize,
}

/// Columns of the paper.
pub(super) const WIDTH: u16 = 60;

impl fmt::Debug for Paper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Paper")
    }
}

impl Paper {
    pub(super) fn text(&self) -> String {
        let rows = self.0.lock().unwrap();
        rows.texts.iter().map(|row| row.trim_end()).collect::<Vec<_>>().join("\n")
    }
}

impl Rows {
    fn put(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' => (self.row, self.column) = (self.row + 1, 0),
                '\r' => self.column = 0,
                other => self.put_letter(other),
            }
        }
    }

    /// As terminals do, the cursor stays at the right edge until another letter comes. indicatif counts on it: it
    /// ends lines by filling them with blanks.
    fn put_letter(&mut self, letter: char) {
        if self.column == usize::from(WIDTH) {
            (self.row, self.column) = (self.row + 1, 0);
        }
        self.texts.resize(self.texts.len().max(self.row + 1), String::new());
        let mut row: Vec<char> = self.texts[self.row].chars().collect();
        row.resize(row.len().max(self.column + 1), ' ');
        row[self.column] = letter;
        self.texts[self.row] = row.into_iter().collect();
        self.column += 1;
    }
}

impl TermLike for Paper {
    fn width(&self) -> u16 {
        WIDTH
    }
    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        let mut rows = self.0.lock().unwrap();
        rows.row = rows.row.saturating_sub(n);
        Ok(())
    }
    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.lock().unwrap().row += n;
        Ok(())
    }
    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.0.lock().unwrap().column += n;
        Ok(())
    }
    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        let mut rows = self.0.lock().unwrap();
        rows.column = rows.column.saturating_sub(n);
        Ok(())
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.lock().unwrap().put(&format!("{text}\n"));
        Ok(())
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.lock().unwrap().put(text);
        Ok(())
    }
    fn clear_line(&self) -> io::Result<()> {
        let mut rows = self.0.lock().unwrap();
        let row = rows.row;
        if let Some(row) = rows.texts.get_mut(row) {
            row.clear();
        }
        rows.column = 0;
        Ok(())
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}
