//! What registering an export would find, without registering it.

use std::borrow::Cow;

use rusqlite::OptionalExtension;

use super::delta::compare;
use super::join;
use super::query::{LedgerView, TICKET_COLUMNS, messages, ticket_row};
use super::registrar::Registration;
use super::{LedgerError, TicketRow, TicketState};
use crate::model::key::{ConversationKey, MessageKey};

/// What a run would do with a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Create its ticket.
    Create,
    /// Append so many messages.
    Append(u64),
    /// Bring status, assignee or tags up to date.
    Update,
    /// Nothing.
    Nothing,
}

/// What is foreseen of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// What a run would do.
    pub doing: Doing,
    /// Whether something of it is told and never carried out: another text, a message that is missing, keys that cannot
    /// be joined.
    pub conflict: bool,
    /// Messages that would not be added, because they may be there under other names.
    pub unjoined: u64,
    /// Messages that are public in Gorgias and private in the export.
    pub exposed: Vec<MessageKey>,
}

impl Foreseen {
    fn only(doing: Doing) -> Self {
        Self { doing, conflict: false, unjoined: 0, exposed: Vec::new() }
    }
}

impl LedgerView {
    /// What a run would do with this conversation as the ledger stands. Calls and threads under keys that the ledger does
    /// not know may still become known ones while they are registered.
    pub fn foresee(&self, registration: &Registration) -> Result<Foreseen, LedgerError> {
        let Some(row) = self.by_any_key(&registration.key)? else {
            return Ok(Foreseen::only(Doing::Create));
        };
        let same = row.fingerprint == Some(registration.stored());
        Ok(Foreseen::only(match (row.state, row.gorgias_id) {
            (TicketState::Rejected, None) | (TicketState::Done, _) if same => Doing::Nothing,
            (TicketState::Gone, _) => Doing::Nothing,
            (TicketState::Pending | TicketState::Sending | TicketState::Undone, _)
            | (TicketState::Rejected, None) => Doing::Create,
            _ => return self.compared(&row, registration),
        }))
    }

    /// A ticket that is in Gorgias.
    fn compared(&self, row: &TicketRow, registration: &Registration) -> Result<Foreseen, LedgerError> {
        let known = self.read(|connection| messages(connection, row.id, &row.key))?;
        let mut given = Cow::Borrowed(&registration.messages);
        let mut delta = compare(&known, &given, false);
        if delta.unjoined
            && let Some(hasher) = self.hasher()?
        {
            let joined =
                self.read(|connection| join::foresee(connection, &hasher, row, &known, registration))?;
            given = Cow::Owned(joined);
            delta = compare(&known, &given, false);
        }
        let exposed: Vec<MessageKey> =
            delta.exposed.iter().map(|(_, place)| given[*place].key.clone()).collect();
        if delta.unjoined {
            let unjoined = delta.new.len() as u64;
            return Ok(Foreseen { conflict: true, unjoined, exposed, ..Foreseen::only(Doing::Nothing) });
        }
        let open = known.iter().filter(|message| message.state.number() < 2).count();
        let more = (delta.new.len() + delta.refreshed.len()).max(open) as u64;
        let doing = if more > 0 {
            Doing::Append(more)
        } else if row.mapped_to.is_none() && row.face() != Some(registration.face) {
            Doing::Update
        } else {
            Doing::Nothing
        };
        let conflict = !delta.changed.is_empty()
            || !exposed.is_empty()
            || (registration.is_told_whole() && !delta.missing.is_empty());
        Ok(Foreseen { doing, conflict, unjoined: 0, exposed })
    }

    fn by_any_key(&self, key: &ConversationKey) -> Result<Option<TicketRow>, LedgerError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT {TICKET_COLUMNS} FROM ticket
                 WHERE id = coalesce((SELECT id FROM ticket WHERE key = ?1), (SELECT ticket FROM alias WHERE key = ?1))"
            );
            Ok(connection.prepare_cached(&sql)?.query_row([key.as_str()], ticket_row).optional()?)
        })
    }
}
