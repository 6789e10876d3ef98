//! Text messages brought together on disk: the events of one message become one, and messages between a line and a
//! number become threads.

use std::ops::ControlFlow;
use std::path::Path;

use jiff::SignedDuration;
use rusqlite::params;

use super::payloads::{from_json, to_json};
use super::sms::TextMessage;
use crate::source::SourceError;
use crate::source::scratch::Scratch;

/// A thread ends where nobody writes for so long: what is written after a week is another matter.
const SILENCE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Most messages of one thread, which bounds memory. What comes after begins another.
const MESSAGES_MAX: usize = 2_000;

/// Most events of one message that are folded.
const FOLDED_MAX: usize = 200;

/// Takes a thread, its messages in the order of their times.
pub(super) type TakeThread<'t> = dyn FnMut(Vec<TextMessage>) -> Result<ControlFlow<()>, SourceError> + 't;

/// Messages waiting for the others of their thread.
pub(super) struct Threads {
    scratch: Scratch,
}

impl Threads {
    /// An empty table in `temp_dir`.
    pub(super) fn new(temp_dir: &Path) -> Result<Self, SourceError> {
        let tables = "CREATE TABLE event (id TEXT, rank INTEGER, seq INTEGER PRIMARY KEY, message TEXT);
                      CREATE TABLE text (thread TEXT, at TEXT, seq INTEGER PRIMARY KEY, message TEXT);";
        Ok(Self { scratch: Scratch::new(temp_dir, "threads", tables)? })
    }

    /// Adds what an event tells of a message. `rank` is the time of the event.
    pub(super) fn add(&self, message: &TextMessage, rank: i64) -> Result<(), SourceError> {
        let insert = "INSERT INTO event (id, rank, message) VALUES (?1, ?2, ?3)";
        let row = params![message.id, rank, to_json(message)?];
        self.scratch.connection.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }

    /// Hands out thread after thread.
    pub(super) fn for_each(&self, take: &mut TakeThread<'_>) -> Result<ControlFlow<()>, SourceError> {
        self.fold()?;
        let mut statement =
            self.scratch.connection.prepare("SELECT thread, message FROM text ORDER BY thread, at, seq")?;
        let mut rows = statement.query([])?;
        let (mut of, mut thread): (Option<String>, Vec<TextMessage>) = (None, Vec::new());
        while let Some(row) = rows.next()? {
            let next_of: Option<String> = row.get(0)?;
            let mut message: TextMessage = from_json(row, 1)?;
            let is_full = next_of == of && thread.len() == MESSAGES_MAX;
            let ends = thread.last().is_some_and(|last| {
                let silent = message.group.is_none() && message.at.duration_since(last.at) > SILENCE;
                next_of != of || silent || is_full
            });
            if ends && take(std::mem::take(&mut thread))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if is_full {
                // The group's own key is that of its first part.
                message.group = None;
            }
            thread.push(message);
            of = next_of;
        }
        if thread.is_empty() { Ok(ControlFlow::Continue(())) } else { take(thread) }
    }

    /// Makes one message of all its events.
    fn fold(&self) -> Result<(), SourceError> {
        let connection = &self.scratch.connection;
        connection.execute_batch("COMMIT; CREATE INDEX by_id ON event (id); BEGIN")?;
        let order = "SELECT id, message FROM event ORDER BY id, rank DESC, seq DESC";
        let mut statement = connection.prepare(order)?;
        let mut rows = statement.query([])?;
        let (mut of, mut folded): (Option<TextMessage>, usize) = (None, 0);
        while let Some(row) = rows.next()? {
            let next: TextMessage = from_json(row, 1)?;
            of = Some(match of.take() {
                Some(newest) if newest.id == next.id => {
                    folded += 1;
                    if folded < FOLDED_MAX { newest.completed_by(next) } else { newest }
                }
                done => {
                    folded = 0;
                    done.map_or(Ok(()), |done| self.put(&done))?;
                    next
                }
            });
        }
        of.map_or(Ok(()), |done| self.put(&done))?;
        connection.execute_batch("COMMIT; CREATE INDEX by_thread ON text (thread, at)")?;
        Ok(())
    }

    fn put(&self, message: &TextMessage) -> Result<(), SourceError> {
        // Nanoseconds of times after 1970, so that they sort as text.
        let at = format!("{:024}", message.at.as_nanosecond().max(0));
        let insert = "INSERT INTO text (thread, at, message) VALUES (?1, ?2, ?3)";
        let row = params![message.thread(), at, to_json(message)?];
        self.scratch.connection.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }
}
