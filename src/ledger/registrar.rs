//! Registering an export: conversations are taken one by one and written in large transactions.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::bind::set_meta;
use super::register::register;
use super::writer::{Urgency, Work};
use super::{Ack, Ledger, LedgerError, MessagePrint, TicketId};
use crate::model::conversation::{Conversation, Message, Status};
use crate::model::finding::Code;
use crate::model::fingerprint::Fingerprint;
use crate::model::key::{ConversationKey, MessageKey};
use crate::model::trace::{CallTrace, Trace, thread_keys};

/// Tickets in one transaction.
const TICKETS_PER_COMMIT: usize = 2_000;

/// Messages in one transaction, for tickets with thousands of them.
const MESSAGES_PER_COMMIT: usize = 20_000;

/// Changed messages and tickets with unjoined keys that are listed; beyond that they are only counted.
const LISTED_MAX: usize = 100_000;

/// A message of a conversation, as far as the ledger wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredMessage {
    /// Its identity.
    pub key: MessageKey,
    /// Its content, and who may read it.
    pub fingerprint: MessagePrint,
    /// True where the export has no id and the key was made by rule.
    pub synthetic: bool,
    /// What it is known by where keys differ.
    pub trace: Trace,
}

/// A conversation, as far as the ledger wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Its identity.
    pub key: ConversationKey,
    /// Its status in the old help desk.
    pub status: Status,
    /// Its last activity, in milliseconds since 1970.
    pub last_activity_ms: i64,
    /// Its content.
    pub fingerprint: Fingerprint,
    /// Its status, assignee and tags.
    pub face: Face,
    /// The existing Gorgias ticket that the tickets mapping names for it.
    pub mapped_to: Option<i64>,
    /// Of a ticket that is one call: what the call is known by, and whether its key was made by rule.
    pub call: Option<(CallTrace, bool)>,
    /// Of a thread of text messages, for each message the key that the thread would have if it began with it; else
    /// nothing.
    pub also: Vec<ConversationKey>,
    /// Whether the customer's rating is to be sent. A finished ticket of which it never was is opened again.
    pub rated: bool,
    /// Its messages, in order.
    pub messages: Vec<RegisteredMessage>,
}

impl Registration {
    /// The registration of a conversation.
    pub fn of(conversation: &Conversation) -> Self {
        let message = |message: &Message| RegisteredMessage {
            key: message.key.clone(),
            fingerprint: MessagePrint::of(message),
            synthetic: message.synthetic_key,
            trace: Trace::of(conversation, message),
        };
        Self {
            key: conversation.key.clone(),
            status: conversation.status,
            last_activity_ms: conversation.last_activity().as_millisecond(),
            fingerprint: Fingerprint::of_conversation(conversation),
            face: Face::of(conversation),
            mapped_to: None,
            call: CallTrace::of(conversation),
            also: thread_keys(conversation),
            rated: false,
            messages: conversation.messages.iter().map(message).collect(),
        }
    }
}

impl Registration {
    /// The fingerprint as it is stored: its end says what its status, assignee and tags are.
    pub(super) fn stored(&self) -> Fingerprint {
        let Fingerprint(mut bytes) = self.fingerprint;
        bytes[12..].copy_from_slice(&self.face.0);
        Fingerprint(bytes)
    }

    /// Whether every form of an export has all messages of such a ticket. Reports of calls lack comments, and a log of
    /// text messages begins anywhere.
    pub(super) fn is_told_whole(&self) -> bool {
        self.call.is_none() && self.also.is_empty()
    }
}

/// A hash of a conversation's status, assignee and tags, as the source has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Face(pub [u8; 4]);

impl Face {
    /// That of a conversation.
    pub fn of(conversation: &Conversation) -> Self {
        let Fingerprint(bytes) = Fingerprint::of_face(conversation);
        let mut face = [0; 4];
        face.copy_from_slice(&bytes[..4]);
        Self(face)
    }
}

/// A message that is in Gorgias with another content than the export has now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedMessage {
    /// The conversation.
    pub conversation: ConversationKey,
    /// The message.
    pub message: MessageKey,
}

/// A message that is public in Gorgias and private in the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposedMessage {
    /// The conversation.
    pub conversation: ConversationKey,
    /// Its ticket in Gorgias, as far as that is known.
    pub gorgias_id: Option<i64>,
    /// The message.
    pub message: MessageKey,
}

/// A ticket whose keys made by rule and whose real keys stand against each other, and could not be joined. Nothing of
/// it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnjoinedTicket {
    /// The row that it may be.
    pub ticket: TicketId,
    /// The conversation.
    pub conversation: ConversationKey,
    /// Messages of the export that were not added, because they may be there under other names.
    pub messages: u64,
    /// What is in doubt: [`Code::KeysNotJoined`] some of its messages, [`Code::CallNotJoined`] the ticket itself.
    pub code: Code,
}

/// What became of the conversations that were registered. Each is counted once, in one of the numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegisterReport {
    /// Not known before.
    pub new: u64,
    /// Known, and nothing to do.
    pub unchanged: u64,
    /// Known but not sent yet; its content was replaced.
    pub replaced: u64,
    /// In Gorgias, and the export has further messages of it.
    pub appended: u64,
    /// In Gorgias with all its messages, and the export has another status, assignee or other tags.
    pub updated: u64,
    /// Rejected before, and open again because its content has changed.
    pub reopened: u64,
    /// Rejected now.
    pub rejected: u64,
    /// Known under other keys, made by rule or real; these are counted in one of the other numbers as well.
    pub joined: u64,
    /// Tickets that could not be told apart from others, counted.
    pub unjoined_count: u64,
    /// The first of them.
    pub unjoined: Vec<UnjoinedTicket>,
    /// Messages changed, counted; these are no tickets.
    pub changed_count: u64,
    /// The first of them.
    pub changed: Vec<ChangedMessage>,
    /// Messages that are public in Gorgias and private in the export, counted.
    pub exposed_count: u64,
    /// The first of them.
    pub exposed: Vec<ExposedMessage>,
    /// Messages that are in Gorgias and not in the export, counted.
    pub missing_count: u64,
    /// The first of them.
    pub missing: Vec<ChangedMessage>,
    /// Messages of threads that are in the ticket of another thread already, counted; they are not added again.
    pub elsewhere_count: u64,
    /// The first of them.
    pub elsewhere: Vec<ChangedMessage>,
}

impl RegisterReport {
    /// All conversations registered.
    pub fn total(&self) -> u64 {
        self.new
            + self.unchanged
            + self.replaced
            + self.appended
            + self.updated
            + self.reopened
            + self.rejected
            + self.unjoined_count
    }

    fn add(&mut self, other: Self) {
        self.new += other.new;
        self.unchanged += other.unchanged;
        self.replaced += other.replaced;
        self.appended += other.appended;
        self.updated += other.updated;
        self.reopened += other.reopened;
        self.rejected += other.rejected;
        self.joined += other.joined;
        self.unjoined_count += other.unjoined_count;
        self.changed_count += other.changed_count;
        let room = LISTED_MAX.saturating_sub(self.unjoined.len());
        self.unjoined.extend(other.unjoined.into_iter().take(room));
        let room = LISTED_MAX.saturating_sub(self.changed.len());
        self.changed.extend(other.changed.into_iter().take(room));
        self.exposed_count += other.exposed_count;
        let room = LISTED_MAX.saturating_sub(self.exposed.len());
        self.exposed.extend(other.exposed.into_iter().take(room));
        self.missing_count += other.missing_count;
        let room = LISTED_MAX.saturating_sub(self.missing.len());
        self.missing.extend(other.missing.into_iter().take(room));
        self.elsewhere_count += other.elsewhere_count;
        let room = LISTED_MAX.saturating_sub(self.elsewhere.len());
        self.elsewhere.extend(other.elsewhere.into_iter().take(room));
    }
}

/// What is registered.
pub(super) enum Entry {
    Conversation(Registration),
    Rejected { key: ConversationKey, code: Code, last_activity_ms: i64 },
}

/// Takes conversations one by one and registers them in large transactions.
pub struct Registrar {
    ledger: Ledger,
    entries: Vec<Entry>,
    messages: usize,
    under_way: Option<Ack<RegisterReport>>,
    /// Tickets that threads of this registration go by.
    taken: Arc<Mutex<HashSet<TicketId>>>,
    report: RegisterReport,
}

impl Ledger {
    /// Begins a registration. Until it is finished, [`LedgerView::registered_export`](super::LedgerView::registered_export)
    /// says nothing.
    pub fn registrar(&self) -> Registrar {
        drop(self.inner.writer.submit(Urgency::Gather, |work| {
            work.connection.execute("DELETE FROM meta WHERE name = 'registered_export'", [])?;
            Ok(())
        }));
        Registrar {
            ledger: self.clone(),
            entries: Vec::new(),
            messages: 0,
            under_way: None,
            taken: Arc::default(),
            report: RegisterReport::default(),
        }
    }

    /// Registers conversations and gives the report, with nothing said about the export as a whole. Blocks.
    pub fn register(
        &self,
        conversations: impl IntoIterator<Item = Registration>,
    ) -> Result<RegisterReport, LedgerError> {
        let mut registrar = self.registrar();
        for registration in conversations {
            registrar.add(registration)?;
        }
        registrar.finish(None)
    }
}

impl Registrar {
    /// Registers a conversation. Blocks while the disk is slower than the reading.
    pub fn add(&mut self, registration: Registration) -> Result<(), LedgerError> {
        self.messages += registration.messages.len();
        self.push(Entry::Conversation(registration))
    }

    /// Registers a record that cannot be imported. What is in Gorgias already, or may be, stays as it is.
    pub fn add_rejected(
        &mut self,
        key: &ConversationKey,
        code: Code,
        last_activity_ms: Option<i64>,
    ) -> Result<(), LedgerError> {
        let last_activity_ms = last_activity_ms.unwrap_or_default();
        self.push(Entry::Rejected { key: key.clone(), code, last_activity_ms })
    }

    /// Ends the registration and gives the report. `export_fingerprint` names what was registered in whole, so that
    /// the next run may skip it; give nothing if it was only a part.
    pub fn finish(mut self, export_fingerprint: Option<&str>) -> Result<RegisterReport, LedgerError> {
        self.send()?;
        self.collect()?;
        if let Some(export_fingerprint) = export_fingerprint.map(str::to_owned) {
            let remember = move |work: &Work<'_>| set_meta(work, "registered_export", &export_fingerprint);
            self.ledger.inner.writer.submit(Urgency::Now, remember).wait()?;
        }
        Ok(self.report)
    }

    fn push(&mut self, entry: Entry) -> Result<(), LedgerError> {
        self.entries.push(entry);
        if self.entries.len() >= TICKETS_PER_COMMIT || self.messages >= MESSAGES_PER_COMMIT {
            self.send()?;
        }
        Ok(())
    }

    /// Hands over what has gathered. One transaction may be under way while the next is gathered, not more.
    fn send(&mut self) -> Result<(), LedgerError> {
        self.collect()?;
        let entries = std::mem::take(&mut self.entries);
        self.messages = 0;
        let hasher = self.ledger.hasher().clone();
        let taken = Arc::clone(&self.taken);
        let ack = self.ledger.inner.writer.submit(Urgency::Now, move |work| {
            let mut report = RegisterReport::default();
            let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
            for entry in entries {
                register(work, &hasher, entry, &mut taken, &mut report)?;
            }
            Ok(report)
        });
        self.under_way = Some(ack);
        Ok(())
    }

    fn collect(&mut self) -> Result<(), LedgerError> {
        if let Some(ack) = self.under_way.take() {
            self.report.add(ack.wait()?);
        }
        Ok(())
    }
}
