//! Reading a whole staging, one conversation or finding at a time.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use rusqlite::{OptionalExtension, params};
use serde::de::DeserializeOwned;

use super::codec::{CodecError, decode};
use super::{Staging, StagingError};
use crate::model::conversation::Conversation;
use crate::model::finding::{Code, Finding};
use crate::model::key::{ConversationKey, PersonKey};
use crate::model::note::PersonNote;

/// One conversation as it comes out of staging.
#[derive(Debug)]
pub struct StagedConversation {
    /// Its place in the order of reading, from 1.
    pub seq: i64,
    /// When something last happened in it, in milliseconds since 1970.
    pub last_activity_ms: i64,
    /// The conversation.
    pub conversation: Conversation,
}

impl Staging {
    /// Whether these are the conversations of the export with this fingerprint.
    pub fn is_complete_for(&self, export_fingerprint: &str) -> Result<bool, StagingError> {
        Ok(self.meta("export_fingerprint")?.as_deref() == Some(export_fingerprint))
    }

    /// What the caller stored beside the conversations.
    pub fn facts<T: DeserializeOwned>(&self) -> Result<T, StagingError> {
        let text = self.meta("facts")?.unwrap_or_else(|| "null".to_owned());
        serde_json::from_str(&text)
            .map_err(|error| StagingError::Damaged { what: "facts".to_owned(), error: error.into() })
    }

    /// The conversation with this key.
    pub fn get(&self, key: &ConversationKey) -> Result<Option<Conversation>, StagingError> {
        let stored = self
            .connection
            .prepare_cached("SELECT body FROM conversation WHERE key = ?1")
            .and_then(|mut select| {
                select.query_row([key.as_str()], |row| row.get::<_, Vec<u8>>(0)).optional()
            })
            .map_err(|error| self.failed(error))?;
        stored.map(|stored| conversation(key.as_str(), &stored)).transpose()
    }

    /// Hands every conversation to `visit` in the order of reading. `visit` may end it.
    pub fn for_each(
        &self,
        mut visit: impl FnMut(StagedConversation) -> ControlFlow<()>,
    ) -> Result<(), StagingError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT seq, key, last_activity_ms, body FROM conversation ORDER BY seq")
            .map_err(|error| self.failed(error))?;
        let mut rows = select.query([]).map_err(|error| self.failed(error))?;
        while let Some(row) = rows.next().map_err(|error| self.failed(error))? {
            let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            let (seq, key, last_activity_ms, stored): (i64, String, i64, Vec<u8>) =
                read().map_err(|error| self.failed(error))?;
            let conversation = conversation(&key, &stored)?;
            if visit(StagedConversation { seq, last_activity_ms, conversation }).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Hands the key and the last activity (milliseconds since 1970) of every conversation to `visit` in the order
    /// of reading, without reading the conversations.
    pub fn for_each_key(
        &self,
        mut visit: impl FnMut(ConversationKey, i64) -> ControlFlow<()>,
    ) -> Result<(), StagingError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT key, last_activity_ms FROM conversation ORDER BY seq")
            .map_err(|error| self.failed(error))?;
        let mut rows = select.query([]).map_err(|error| self.failed(error))?;
        while let Some(row) = rows.next().map_err(|error| self.failed(error))? {
            let read = || Ok((row.get(0)?, row.get(1)?));
            let (key, last_activity_ms): (String, i64) = read().map_err(|error| self.failed(error))?;
            let key = ConversationKey::parse(&key)
                .map_err(|error| StagingError::Damaged { what: key, error: error.into() })?;
            if visit(key, last_activity_ms).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Hands every finding to `visit` in the order in which they were made. `visit` may end it.
    pub fn for_each_finding(
        &self,
        mut visit: impl FnMut(Finding) -> ControlFlow<()>,
    ) -> Result<(), StagingError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT body FROM finding ORDER BY seq")
            .map_err(|error| self.failed(error))?;
        let mut rows = select.query([]).map_err(|error| self.failed(error))?;
        while let Some(row) = rows.next().map_err(|error| self.failed(error))? {
            let text: String = row.get(0).map_err(|error| self.failed(error))?;
            let finding = serde_json::from_str(&text).map_err(|error| StagingError::Damaged {
                what: "findings".to_owned(),
                error: error.into(),
            })?;
            if visit(finding).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// What was noted down about a person.
    pub fn note(&self, person: &PersonKey) -> Result<Option<PersonNote>, StagingError> {
        self.connection
            .prepare_cached("SELECT stamp, notes, details FROM note WHERE person = ?1")
            .and_then(|mut select| {
                select
                    .query_row([person.as_str()], |row| {
                        let (notes, details): (String, String) = (row.get(1)?, row.get(2)?);
                        Ok(PersonNote::new(person.clone(), row.get(0)?, Some(&notes), Some(&details)))
                    })
                    .optional()
            })
            .map_err(|error| self.failed(error))
    }

    /// How many conversations there are.
    pub fn conversation_count(&self) -> Result<u64, StagingError> {
        let count: i64 = self
            .connection
            .query_row("SELECT count(*) FROM conversation", params![], |row| row.get(0))
            .map_err(|error| self.failed(error))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// How many findings there are of each code.
    pub fn finding_counts(&self) -> Result<BTreeMap<Code, u64>, StagingError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT code, count(*) FROM finding GROUP BY code")
            .map_err(|error| self.failed(error))?;
        let mut rows = select.query([]).map_err(|error| self.failed(error))?;
        let mut counts = BTreeMap::new();
        while let Some(row) = rows.next().map_err(|error| self.failed(error))? {
            let read = || Ok((row.get(0)?, row.get(1)?));
            let (code, count): (String, i64) = read().map_err(|error| self.failed(error))?;
            let code: Code = serde_json::from_value(serde_json::Value::String(code)).map_err(|error| {
                StagingError::Damaged { what: "findings".to_owned(), error: error.into() }
            })?;
            counts.insert(code, u64::try_from(count).unwrap_or_default());
        }
        Ok(counts)
    }

    fn meta(&self, name: &str) -> Result<Option<String>, StagingError> {
        self.connection
            .query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(|error| self.failed(error))
    }
}

fn conversation(key: &str, stored: &[u8]) -> Result<Conversation, StagingError> {
    let read = || -> Result<Conversation, CodecError> { Ok(serde_json::from_slice(&decode(stored)?)?) };
    read().map_err(|error| StagingError::Damaged { what: key.to_owned(), error })
}
