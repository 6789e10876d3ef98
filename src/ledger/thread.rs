//! Threads of text messages: a log that begins within a thread gives it another key, so a thread is known by each of its
//! messages. A message is in one ticket, the first that had it; no later log makes it a second time.

use std::borrow::Cow;
use std::collections::HashSet;

use rusqlite::params;

use super::register::Registering;
use super::registrar::{ChangedMessage, Registration};
use super::writer::Work;
use super::{LedgerError, TicketId, TicketRow, TicketState, twin};

impl<'a> Registering<'a> {
    /// Registers a thread: under its own key, or as the ticket in which its first known message is. `taken` are the
    /// tickets that other threads of this registration go by.
    pub(super) fn thread(&mut self, taken: &mut HashSet<TicketId>) -> Result<(), LedgerError> {
        let work = self.work;
        let mut homes = Vec::with_capacity(self.registration.also.len());
        for key in &self.registration.also {
            homes.push(twin::by_key(work, key)?);
        }
        let by_own_key = twin::by_key(work, &self.registration.key)?;
        let candidates = by_own_key.into_iter().chain(homes.iter().flatten().cloned());
        // Two threads of one export were one in an earlier log. The ticket has one of them; the other is a ticket of
        // its own, without the messages that the first ticket has.
        let known = candidates.into_iter().find(|row| !taken.contains(&row.id));
        let home = known.as_ref().map(|row| row.id);
        let given = self.without_known_elsewhere(&homes, home);
        if given.messages.is_empty() {
            self.report.unchanged += 1;
            return Ok(());
        }
        let mut registering =
            Registering { work, hasher: self.hasher, registration: &given, report: &mut *self.report };
        match known {
            None => registering.insert()?,
            Some(known) => registering.known_thread(known)?,
        }
        if let Some(row) = twin::by_key(work, &given.key)? {
            taken.insert(row.id);
            for key in given.also.iter().filter(|key| **key != row.key) {
                twin::also(work, row.id, key)?;
            }
        }
        Ok(())
    }

    /// The registration with the messages alone that no ticket but `home` has.
    fn without_known_elsewhere(
        &mut self,
        homes: &[Option<TicketRow>],
        home: Option<TicketId>,
    ) -> Cow<'a, Registration> {
        let is_elsewhere = |at: &usize| {
            let row = homes.get(*at).and_then(Option::as_ref);
            row.is_some_and(|row| Some(row.id) != home)
        };
        let registration = self.registration;
        let (elsewhere, left): (Vec<usize>, Vec<usize>) =
            (0..registration.messages.len()).partition(is_elsewhere);
        if elsewhere.is_empty() {
            return Cow::Borrowed(registration);
        }
        self.report.elsewhere_count += elsewhere.len() as u64;
        self.report.elsewhere.extend(elsewhere.into_iter().map(|at| ChangedMessage {
            conversation: registration.key.clone(),
            message: registration.messages[at].key.clone(),
        }));
        let messages = left.iter().map(|at| registration.messages[*at].clone()).collect();
        let also = left.iter().map(|at| registration.also[*at].clone()).collect();
        Cow::Owned(Registration { also, messages, ..registration.clone() })
    }

    fn known_thread(&mut self, mut known: TicketRow) -> Result<(), LedgerError> {
        let former = known.key.clone();
        if known.state == TicketState::Sending && former != self.registration.key {
            // What is being sent is looked up in Gorgias by the key that it was sent with.
            self.report.unchanged += 1;
            return Ok(());
        }
        if known.gorgias_id.is_none() && known.state != TicketState::Sending {
            // Its rows are replaced, so that messages which only the earlier log had are nowhere any more.
            self.work
                .connection
                .prepare_cached("DELETE FROM alias WHERE ticket = ?1")?
                .execute(params![known.id.0])?;
        }
        if former != self.registration.key {
            self.report.joined += 1;
            self.take_key(&mut known)?;
        }
        self.update(&known, &former)
    }

    /// Lets the ticket go by the thread's key. Its former key stays known where it is that of a message it has.
    fn take_key(&self, known: &mut TicketRow) -> Result<(), LedgerError> {
        let is_sent = known.gorgias_id.is_some();
        let former = known.key.clone();
        twin::rename(self.work, known, self.registration)?;
        if !is_sent {
            forget(self.work, &former)?;
        }
        Ok(())
    }
}

fn forget(work: &Work<'_>, key: &crate::model::key::ConversationKey) -> Result<(), LedgerError> {
    work.connection.prepare_cached("DELETE FROM alias WHERE key = ?1")?.execute([key.as_str()])?;
    Ok(())
}
