//! Files: where they came from, by keyed hash; what they hold, by content hash; and where they are in Gorgias.
//!
//! Other than a ticket, a file whose upload was lost is sent again without a look-up: Gorgias has no list of files to
//! look in, and a copy that nothing links to harms nobody. How often that may have happened is counted.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, PartState, PlaceHash};

/// BLAKE3 of a file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// Lower-case hex: the name of the file below `files/`.
    pub fn to_hex(self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }
}

/// What came of the last attempt to have a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileRow {
    /// Its bytes are known.
    Had {
        /// Their hash.
        content: ContentHash,
        /// Their number.
        size: u64,
    },
    /// They could not be had.
    Failed {
        /// Why, as whoever tried wrote it.
        reason: String,
        /// When, in milliseconds since 1970.
        tried_ms: i64,
    },
}

/// A content on its way to Gorgias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadRow {
    /// Where it stands.
    pub state: PartState,
    /// Requests that may have left a file in Gorgias.
    pub sent: u32,
    /// Where Gorgias keeps it, once it does.
    pub url: Option<String>,
    /// Its media type as Gorgias has it.
    pub content_type: Option<String>,
    /// Its bytes as Gorgias has them.
    pub size: Option<u64>,
}

/// Files in sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FilesCount {
    /// Places whose bytes are known.
    pub had: u64,
    /// Places whose bytes could not be had.
    pub failed: u64,
    /// Contents that are in Gorgias.
    pub uploaded: u64,
    /// Requests beyond the first whose answer was lost: that many files may lie in Gorgias unused.
    pub unused: u64,
}

impl Ledger {
    /// A file's bytes were had.
    pub fn file_had(&self, place: PlaceHash, content: ContentHash, size: u64) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection
                .prepare_cached("INSERT OR REPLACE INTO file VALUES (?1, ?2, ?3, NULL, ?4)")?
                .execute(params![place.0, content.0, size.cast_signed(), work.now_ms])?;
            Ok(())
        })
    }

    /// A file's bytes could not be had. What is known of them from before is kept.
    pub fn file_failed(&self, place: PlaceHash, reason: &str) -> Ack<()> {
        let reason = reason.to_owned();
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection
                .prepare_cached(
                    "INSERT INTO file VALUES (?1, NULL, NULL, ?2, ?3)
                     ON CONFLICT (place) DO UPDATE SET reason = ?2, tried_ms = ?3 WHERE content IS NULL",
                )?
                .execute(params![place.0, reason, work.now_ms])?;
            Ok(())
        })
    }

    /// This content is about to be sent. Answers how often it was before without a known outcome.
    pub fn intend_upload(&self, content: ContentHash) -> Ack<u32> {
        self.inner.writer.submit(Urgency::Now, move |work| {
            let before = upload_row(work.connection, content)?.map_or(0, |row| row.sent);
            work.connection
                .prepare_cached(
                    "INSERT INTO upload (content, state, sent) VALUES (?1, ?2, ?3)
                     ON CONFLICT (content) DO UPDATE SET state = ?2, sent = ?3",
                )?
                .execute(params![content.0, PartState::Sending, before + 1])?;
            Ok(before)
        })
    }

    /// What was intended was certainly not processed.
    pub fn upload_not_sent(&self, content: ContentHash) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection
                .prepare_cached(
                    "UPDATE upload SET sent = max(sent - 1, 0), state = ?2 WHERE content = ?1 AND state = ?3",
                )?
                .execute(params![content.0, PartState::Pending, PartState::Sending])?;
            Ok(())
        })
    }

    /// Gorgias keeps this content.
    pub fn uploaded(&self, content: ContentHash, url: &str, content_type: &str, size: u64) -> Ack<()> {
        let (url, content_type) = (url.to_owned(), content_type.to_owned());
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection
                .prepare_cached(
                    "UPDATE upload SET state = ?2, url = ?3, content_type = ?4, size = ?5 WHERE content = ?1",
                )?
                .execute(params![content.0, PartState::Done, url, content_type, size.cast_signed()])?;
            Ok(())
        })
    }

    /// Gorgias refused this content.
    pub fn upload_refused(&self, content: ContentHash) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection
                .prepare_cached("UPDATE upload SET state = ?2, sent = max(sent - 1, 0) WHERE content = ?1")?
                .execute(params![content.0, PartState::Rejected])?;
            Ok(())
        })
    }
}

impl LedgerView {
    /// What came of the last attempt to have this file.
    pub fn file(&self, place: PlaceHash) -> Result<Option<FileRow>, LedgerError> {
        self.read(|connection| {
            let mut select = connection
                .prepare_cached("SELECT content, size, reason, tried_ms FROM file WHERE place = ?1")?;
            Ok(select.query_row([place.0], file_row).optional()?)
        })
    }

    /// Where this content stands.
    pub fn upload(&self, content: ContentHash) -> Result<Option<UploadRow>, LedgerError> {
        self.read(|connection| upload_row(connection, content))
    }

    /// All files in sum.
    pub fn files(&self) -> Result<FilesCount, LedgerError> {
        let count = |number: i64| number.cast_unsigned();
        self.read(|connection| {
            let (had, failed) = connection.query_row(
                "SELECT count(content), count(*) - count(content) FROM file",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            let (uploaded, unused) = connection.query_row(
                "SELECT count(*) FILTER (WHERE state = 2),
                        coalesce(sum(CASE WHEN state = 2 THEN max(sent - 1, 0) ELSE sent END), 0) FROM upload",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            Ok(FilesCount { had: count(had), failed: count(failed), uploaded: count(uploaded), unused: count(unused) })
        })
    }
}

fn file_row(row: &Row<'_>) -> rusqlite::Result<FileRow> {
    let content: Option<[u8; 32]> = row.get(0)?;
    Ok(match content {
        Some(content) => FileRow::Had {
            content: ContentHash(content),
            size: row.get::<_, Option<i64>>(1)?.unwrap_or_default().cast_unsigned(),
        },
        None => FileRow::Failed {
            reason: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
            tried_ms: row.get(3)?,
        },
    })
}

fn upload_row(connection: &Connection, content: ContentHash) -> Result<Option<UploadRow>, LedgerError> {
    let mut select = connection
        .prepare_cached("SELECT state, sent, url, content_type, size FROM upload WHERE content = ?1")?;
    let row = select.query_row([content.0], |row| {
        Ok(UploadRow {
            state: row.get(0)?,
            sent: row.get(1)?,
            url: row.get(2)?,
            content_type: row.get(3)?,
            size: row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned),
        })
    });
    Ok(row.optional()?)
}
