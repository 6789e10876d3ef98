//! What registering does to rows.

use std::borrow::Cow;
use std::collections::HashSet;

use rusqlite::{OptionalExtension, params};

use super::address::AddressHasher;
use super::column::{self, kind_name, stored_id};
use super::delta::{Delta, compare};
use super::exposure;
use super::join;
use super::outcome;
use super::query;
use super::registrar::{
    ChangedMessage, Entry, ExposedMessage, RegisterReport, RegisteredMessage, Registration, UnjoinedTicket,
};
use super::state::{IllegalStep, Standing, TicketEvent};
use super::survey;
use super::twin::{self, Twin};
use super::writer::Work;
use super::{LedgerError, MessageRow, TicketId, TicketRow, TicketState};
use crate::model::finding::Code;
use crate::model::fingerprint::Fingerprint;
use crate::model::key::{ConversationKey, MessageKey};

/// Makes a row of what an export says, or compares it with the row that is there.
/// `taken` are the tickets that threads of this registration go by.
pub(super) fn register(
    work: &Work<'_>,
    hasher: &AddressHasher,
    entry: Entry,
    taken: &mut HashSet<TicketId>,
    report: &mut RegisterReport,
) -> Result<(), LedgerError> {
    match entry {
        Entry::Conversation(registration) => {
            let mut registering = Registering { work, hasher, registration: &registration, report };
            if registration.also.is_empty() { registering.register() } else { registering.thread(taken) }
        }
        Entry::Rejected { key, code, last_activity_ms } => {
            let known = twin::by_key(work, &key)?;
            reject(work, &key, code, last_activity_ms, known.as_ref(), report)
        }
    }
}

/// A conversation on its way into the ledger.
pub(super) struct Registering<'a> {
    pub(super) work: &'a Work<'a>,
    pub(super) hasher: &'a AddressHasher,
    pub(super) registration: &'a Registration,
    pub(super) report: &'a mut RegisterReport,
}

impl Registering<'_> {
    fn register(&mut self) -> Result<(), LedgerError> {
        let known = twin::by_key(self.work, &self.registration.key)?;
        // What could not be told apart before may be clear by now, or it may not.
        let in_doubt = |row: &TicketRow| row.code.as_deref() == Some(Code::CallNotJoined.as_str());
        match known {
            Some(known) if !in_doubt(&known) => self.known(known),
            doubted => match twin::find(self.work, self.hasher, self.registration)? {
                Twin::Of(twin) => {
                    if let Some(doubted) = doubted {
                        self.work.connection.execute("DELETE FROM ticket WHERE id = ?1", [doubted.id.0])?;
                    }
                    self.report.joined += 1;
                    self.twin(*twin)
                }
                Twin::Unclear(ticket) => self.unclear(ticket, doubted.as_ref()),
                Twin::None => match doubted {
                    Some(doubted) => self.known(doubted),
                    None => self.insert(),
                },
            },
        }
    }

    /// A ticket of the ledger, by the key that it goes by or by a further one.
    fn known(&mut self, mut known: TicketRow) -> Result<(), LedgerError> {
        if known.key == self.registration.key {
            let former = known.key.clone();
            return self.update(&known, &former);
        }
        let unsent = known.gorgias_id.is_none() && known.state != TicketState::Sending;
        let gets_id = known.state != TicketState::Sending && self.is_real() && is_by_rule(self.work, &known)?;
        if unsent || gets_id {
            let former = known.key.clone();
            twin::rename(self.work, &mut known, self.registration)?;
            return self.update(&known, &former);
        }
        // In Gorgias are the facts of the export that has ids; one without ids has nothing to add.
        self.report.unchanged += 1;
        Ok(())
    }

    /// A ticket that was not known under this key until now.
    fn twin(&mut self, known: TicketRow) -> Result<(), LedgerError> {
        twin::also(self.work, known.id, &self.registration.key)?;
        self.known(known)
    }

    /// True where the ticket's key is the source's own.
    fn is_real(&self) -> bool {
        self.registration.call.as_ref().is_none_or(|(_, by_rule)| !by_rule)
    }

    /// Kept out of Gorgias, because it may be there already.
    fn unclear(&mut self, ticket: TicketId, doubted: Option<&TicketRow>) -> Result<(), LedgerError> {
        let key = &self.registration.key;
        let last_activity_ms = self.registration.last_activity_ms;
        let mut report = RegisterReport::default();
        reject(self.work, key, Code::CallNotJoined, last_activity_ms, doubted, &mut report)?;
        self.report.unjoined_count += 1;
        let conversation = key.clone();
        self.report.unjoined.push(UnjoinedTicket {
            ticket,
            conversation,
            messages: 0,
            code: Code::CallNotJoined,
        });
        Ok(())
    }

    pub(super) fn insert(&mut self) -> Result<(), LedgerError> {
        let (work, registration) = (self.work, self.registration);
        work.connection
            .prepare_cached(
                "INSERT INTO ticket (key, state, status, last_ms, fingerprint, messages, mapped_to, updated_ms, room)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, zeroblob(8))",
            )?
            .execute(params![
                registration.key.as_str(),
                TicketState::Pending,
                column::status_number(registration.status),
                registration.last_activity_ms,
                registration.stored().0,
                count(registration.messages.len()),
                registration.mapped_to,
                work.now_ms,
            ])?;
        let ticket = TicketId(work.connection.last_insert_rowid());
        self.report.new += 1;
        twin::remember(work, self.hasher, ticket, registration)?;
        self.insert_messages(ticket, 0, &mut registration.messages.iter())
    }

    fn insert_messages(
        &self,
        ticket: TicketId,
        first: u32,
        messages: &mut dyn Iterator<Item = &RegisteredMessage>,
    ) -> Result<(), LedgerError> {
        // Room for the ids of the message and of its sender: a row that grows splits its page in two.
        let mut insert = self.work.connection.prepare_cached(
            "INSERT INTO message (ticket, n, kind, id, state, synthetic, fingerprint, trace, room)
             VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, zeroblob(8))",
        )?;
        // Nearly all messages of a ticket are of one kind.
        let mut known: Option<(Cow<'_, str>, i64)> = None;
        for (n, message) in (first..).zip(messages) {
            let name = kind_name(&self.registration.key, &message.key);
            let kind = match known {
                Some((before, number)) if before == name => number,
                _ => kind_number(self.work, &name)?,
            };
            known = Some((name, kind));
            let id = stored_id(&message.key);
            // Where they could be needed, because they take room: a description is the first comment of its ticket.
            let traced = message.synthetic || self.registration.call.is_some() || n == 0;
            let trace = traced.then(|| join::stored(self.hasher, &message.trace));
            insert.execute(params![
                ticket.0,
                n,
                kind,
                id,
                message.synthetic,
                message.fingerprint.0,
                trace
            ])?;
        }
        Ok(())
    }

    /// Compares with a known row. `former` is the key that it had until now.
    pub(super) fn update(&mut self, known: &TicketRow, former: &ConversationKey) -> Result<(), LedgerError> {
        exposure::forget(self.work, known.id)?;
        let same_content = known.fingerprint == Some(self.registration.stored());
        let same = same_content && known.mapped_to == self.registration.mapped_to;
        match known.state {
            TicketState::Done if same && self.rating_due(known)? => self.reopen(known)?,
            _ if same => self.report.unchanged += 1,
            TicketState::Gone => self.report.unchanged += 1,
            TicketState::Pending => {
                self.replace(known.id, TicketState::Pending)?;
                self.report.replaced += 1;
            }
            TicketState::Undone => {
                self.replace(known.id, TicketState::Undone)?;
                self.report.unchanged += 1;
            }
            TicketState::Rejected if known.gorgias_id.is_none() => {
                let after =
                    standing(known).step(TicketEvent::Retry, None).map_err(|step| refused(known, step))?;
                self.replace(known.id, after.state)?;
                self.report.reopened += 1;
            }
            TicketState::Sending | TicketState::Appending | TicketState::Done | TicketState::Rejected => {
                self.merge(known, former)?;
            }
        }
        Ok(())
    }

    /// Whether the export has a rating of a finished ticket that nobody has tried to send.
    fn rating_due(&self, known: &TicketRow) -> Result<bool, LedgerError> {
        let rated = self.registration.rated && known.state == TicketState::Done;
        Ok(rated && survey::state(self.work.connection, known.id)?.is_none())
    }

    /// Opens a ticket that is in Gorgias, because something of it is still to be brought.
    fn reopen(&mut self, known: &TicketRow) -> Result<(), LedgerError> {
        let after =
            standing(known).step(TicketEvent::NewMessages, None).map_err(|step| refused(known, step))?;
        outcome::put(self.work, known.id, after)?;
        self.report.appended += 1;
        Ok(())
    }

    /// Puts the registration in the place of what was known of a ticket that is not in Gorgias.
    fn replace(&self, ticket: TicketId, state: TicketState) -> Result<(), LedgerError> {
        let (work, registration) = (self.work, self.registration);
        work.connection.prepare_cached("DELETE FROM message WHERE ticket = ?1")?.execute([ticket.0])?;
        work.connection
            .prepare_cached(
                "UPDATE ticket SET state = ?2, status = ?3, last_ms = ?4, fingerprint = ?5, messages = ?6,
                        mapped_to = ?7, code = NULL, note = NULL, updated_ms = ?8 WHERE id = ?1",
            )?
            .execute(params![
                ticket.0,
                state,
                column::status_number(registration.status),
                registration.last_activity_ms,
                registration.stored().0,
                count(registration.messages.len()),
                registration.mapped_to,
                work.now_ms,
            ])?;
        twin::remember(work, self.hasher, ticket, registration)?;
        self.insert_messages(ticket, 0, &mut registration.messages.iter())
    }

    /// Compares the registration with a ticket that is in Gorgias, or may be.
    fn merge(&mut self, known: &TicketRow, former: &ConversationKey) -> Result<(), LedgerError> {
        let (work, registration) = (self.work, self.registration);
        let mut rows = query::messages(work.connection, known.id, &registration.key)?;
        let mut given = Cow::Borrowed(&registration.messages);
        let is_sending = known.state == TicketState::Sending;
        let mut delta = compare(&rows, &given, is_sending);
        if delta.unjoined {
            given = Cow::Owned(join::join(work, self.hasher, known.id, former, &rows, registration)?);
            rows = query::messages(work.connection, known.id, &registration.key)?;
            delta = compare(&rows, &given, is_sending);
        }
        self.expose(known, &given, &delta)?;
        if delta.unjoined {
            self.report.unjoined_count += 1;
            let conversation = registration.key.clone();
            let messages = delta.new.len();
            self.unlike(known.id, messages, delta.not_given)?;
            let (messages, code) = (messages as u64, Code::KeysNotJoined);
            let unjoined = UnjoinedTicket { ticket: known.id, conversation, messages, code };
            self.report.unjoined.push(unjoined);
            return Ok(());
        }
        if matches!(given, Cow::Owned(_)) && known.key == *former {
            self.report.joined += 1;
        }
        self.bring(known, &rows, &given, delta)
    }

    /// Writes down what an export has beyond what is known.
    fn bring(
        &mut self,
        known: &TicketRow,
        rows: &[MessageRow],
        given: &[RegisteredMessage],
        delta: Delta,
    ) -> Result<(), LedgerError> {
        let (work, registration) = (self.work, self.registration);
        for (n, place) in &delta.refreshed {
            work.connection
                .prepare_cached(
                    "UPDATE message SET state = 0, code = NULL, fingerprint = ?3 WHERE ticket = ?1 AND n = ?2",
                )?
                .execute(params![known.id.0, n, given[*place].fingerprint.0])?;
        }
        let first = rows.last().map_or(0, |row| row.n + 1);
        self.insert_messages(known.id, first, &mut delta.new.iter().map(|place| &given[*place]))?;

        let more = !delta.new.is_empty() || !delta.refreshed.is_empty() || self.rating_due(known)?;
        // Of a ticket that was there before the import, only the messages are ours.
        let other_face = known.mapped_to.is_none() && known.face() != Some(registration.face);
        let mut after = standing(known);
        if known.state == TicketState::Rejected {
            after = after.step(TicketEvent::Retry, None).map_err(|step| refused(known, step))?;
            self.report.reopened += 1;
        } else if more {
            after = after.step(TicketEvent::NewMessages, None).map_err(|step| refused(known, step))?;
            self.report.appended += 1;
        } else if other_face {
            after = after.step(TicketEvent::NewMessages, None).map_err(|step| refused(known, step))?;
            self.report.updated += 1;
        } else {
            self.report.unchanged += 1;
        }
        let all_said = delta.changed.is_empty()
            && delta.exposed.is_empty()
            && (delta.missing.is_empty() || !registration.is_told_whole());
        let fingerprint = if all_said { registration.stored() } else { untold(registration.stored()) };
        work.connection
            .prepare_cached(
                "UPDATE ticket SET state = ?2, status = ?3, last_ms = ?4, fingerprint = ?5, messages = ?6,
                        code = NULL, note = NULL, updated_ms = ?7 WHERE id = ?1",
            )?
            .execute(params![
                known.id.0,
                after.state,
                column::status_number(registration.status),
                registration.last_activity_ms,
                fingerprint.0,
                count(rows.len() + delta.new.len()),
                work.now_ms,
            ])?;
        self.tell(delta);
        Ok(())
    }

    /// Remembers and tells the messages that are public in Gorgias and private here.
    fn expose(
        &mut self,
        known: &TicketRow,
        given: &[RegisteredMessage],
        delta: &Delta,
    ) -> Result<(), LedgerError> {
        self.report.exposed_count += delta.exposed.len() as u64;
        for (n, place) in &delta.exposed {
            let message = &given[*place];
            exposure::note(self.work, known.id, *n, message.fingerprint)?;
            self.report.exposed.push(ExposedMessage {
                conversation: self.registration.key.clone(),
                gorgias_id: known.gorgias_id,
                message: message.key.clone(),
            });
        }
        Ok(())
    }

    /// Remembers, until an export has the ticket again, that messages of it cannot be told from those that are there: a run
    /// is no whole success while that is so.
    fn unlike(&self, ticket: TicketId, given: usize, known: usize) -> Result<(), LedgerError> {
        self.work
            .connection
            .prepare_cached("INSERT OR REPLACE INTO unlike (ticket, given, known) VALUES (?1, ?2, ?3)")?
            .execute(params![ticket.0, count(given), count(known)])?;
        Ok(())
    }

    /// What is told and never carried out.
    fn tell(&mut self, delta: Delta) {
        let conversation = &self.registration.key;
        let of = |message| ChangedMessage { conversation: conversation.clone(), message };
        self.report.changed_count += delta.changed.len() as u64;
        self.report.changed.extend(delta.changed.into_iter().map(of));
        if self.registration.is_told_whole() {
            self.report.missing_count += delta.missing.len() as u64;
            self.report.missing.extend(delta.missing.into_iter().map(of));
        }
    }
}

/// A fingerprint that no export has, for a ticket with changes that are told and not carried out: whatever export comes
/// next, it is compared again, and they are told again.
fn untold(Fingerprint(mut bytes): Fingerprint) -> Fingerprint {
    bytes[0] ^= 0xff;
    Fingerprint(bytes)
}

/// Whether the key that a ticket goes by was made by rule.
fn is_by_rule(work: &Work<'_>, known: &TicketRow) -> Result<bool, LedgerError> {
    let sql = "SELECT 1 FROM call WHERE ticket = ?1 AND made_by_rule = 1";
    Ok(work.connection.prepare_cached(sql)?.exists([known.id.0])?)
}

/// The number of the kind of a message's key.
pub(super) fn kind(
    work: &Work<'_>,
    ticket: &ConversationKey,
    message: &MessageKey,
) -> Result<i64, LedgerError> {
    kind_number(work, &kind_name(ticket, message))
}

fn kind_number(work: &Work<'_>, name: &str) -> Result<i64, LedgerError> {
    let mut select = work.connection.prepare_cached("SELECT number FROM kind WHERE name = ?1")?;
    if let Some(number) = select.query_row([name], |row| row.get(0)).optional()? {
        return Ok(number);
    }
    work.connection.execute("INSERT INTO kind (name) VALUES (?1)", [name])?;
    Ok(work.connection.last_insert_rowid())
}

fn reject(
    work: &Work<'_>,
    key: &ConversationKey,
    code: Code,
    last_activity_ms: i64,
    known: Option<&TicketRow>,
    report: &mut RegisterReport,
) -> Result<(), LedgerError> {
    let Some(known) = known else {
        work.connection
            .prepare_cached(
                "INSERT INTO ticket (key, state, last_ms, messages, code, updated_ms) VALUES (?1, ?2, ?3, 0, ?4, ?5)",
            )?
            .execute(params![key.as_str(), TicketState::Rejected, last_activity_ms, code.as_str(), work.now_ms])?;
        report.rejected += 1;
        return Ok(());
    };
    let is_there = known.gorgias_id.is_some();
    if is_there || !matches!(known.state, TicketState::Pending | TicketState::Rejected) {
        report.unchanged += 1;
        return Ok(());
    }
    let after = standing(known).step(TicketEvent::Refused, None).map_err(|step| refused(known, step))?;
    // Without a fingerprint it is registered anew as soon as it is right, and a retry leaves it alone until then.
    work.connection
        .prepare_cached(
            "UPDATE ticket SET state = ?2, code = ?3, note = NULL, fingerprint = NULL, updated_ms = ?4 WHERE id = ?1",
        )?
        .execute(params![known.id.0, after.state, code.as_str(), work.now_ms])?;
    report.rejected += 1;
    Ok(())
}

fn standing(known: &TicketRow) -> Standing {
    Standing { state: known.state, gorgias_id: known.gorgias_id }
}

fn refused(known: &TicketRow, step: IllegalStep) -> LedgerError {
    LedgerError::IllegalStep { ticket: known.id, step }
}

fn count(messages: usize) -> u32 {
    u32::try_from(messages).unwrap_or(u32::MAX)
}
