//! A ticket as it should be: what the ledger says was brought to Gorgias, with the content that the export gives it.

use std::collections::{HashMap, HashSet};

use crate::attachments::{Fate, Reason, known_content, known_fate, place, rewrite};
use crate::ledger::{
    Gap, LedgerError, LedgerView, MessagePrint, MessageRow, PartState, TicketRow, TicketState,
};
use crate::mapping::{
    AgentDirectory, AttachmentMode, MappedMessage, MappedTicket, Rating, Rules, Sender, map,
};
use crate::staging::{Staging, StagingError};

use super::compare::Known;
use super::contents::KeptFile;
use super::lacks::Lacks;

/// What is needed to say how a ticket should be.
pub(super) struct Source<'a> {
    pub(super) view: &'a LedgerView,
    pub(super) staging: &'a Staging,
    pub(super) rules: &'a Rules,
    pub(super) directory: &'a AgentDirectory,
    pub(super) known: Known<'a>,
}

/// A ticket as it should be.
pub(super) struct Expected {
    pub(super) row: TicketRow,
    /// What the export makes of the ticket itself; nothing where it does not have it any more, or has it changed.
    pub(super) ticket: Option<MappedTicket>,
    /// The messages that were brought to Gorgias, in order.
    pub(super) messages: Vec<ExpectedMessage>,
    /// Keys of messages that may or may not be there: their outcome is not known.
    pub(super) open: HashSet<String>,
    /// Further keys of the ticket.
    pub(super) aliases: Vec<String>,
    /// What its customer thought of it, where a survey with that was sent.
    pub(super) rating: Option<Rating>,
    /// What of it the ledger knows not to be there.
    pub(super) lacks: Lacks,
    /// Its files that Gorgias keeps.
    pub(super) files: Vec<KeptFile>,
}

/// A message as it should be.
pub(super) struct ExpectedMessage {
    /// The key by which the ledger knows it.
    pub(super) key: String,
    /// Its Gorgias id, where the answer told it.
    pub(super) gorgias_id: Option<u64>,
    /// What it should be; nothing where the export does not have it any more, or has another text for it now.
    pub(super) content: Option<MappedMessage>,
    /// Whether the export has it as a note now, whatever it says.
    pub(super) is_note: bool,
}

/// Why it cannot be said.
#[derive(Debug, thiserror::Error)]
pub enum ExpectedError {
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The staged conversations failed.
    #[error(transparent)]
    Staging(#[from] StagingError),
}

impl Expected {
    /// Whether the ticket was there before the import, so that most of it is not ours to judge.
    pub(super) fn is_foreign(&self) -> bool {
        self.row.mapped_to.is_some()
    }

    /// Whether everything of it can be compared by content.
    pub(super) fn is_whole(&self) -> bool {
        self.ticket.is_some() && self.messages.iter().all(|message| message.content.is_some())
    }

    /// The place of the message that lies in Gorgias under this id and key. The id comes first: a message that was
    /// joined to its real key still lies under the key that it was sent with.
    pub(super) fn place_of(&self, id: u64, external_id: Option<&str>) -> Option<usize> {
        let by_id = self.messages.iter().position(|message| message.gorgias_id == Some(id));
        by_id.or_else(|| {
            let key = external_id?;
            self.messages
                .iter()
                .position(|message| message.key == key && message.gorgias_id.is_none_or(|known| known == id))
        })
    }
}

impl Source<'_> {
    /// The users and the team whom the ledger says the ticket and its messages were given, where it says so.
    fn as_given(
        &self,
        row: &TicketRow,
        rows: &[MessageRow],
        ticket: &mut MappedTicket,
    ) -> Result<(), LedgerError> {
        let Some(given) = self.view.given(row.id)? else { return Ok(()) };
        if let Some(in_charge) = given.in_charge {
            ticket.assignee = in_charge.user;
            ticket.team = in_charge.team;
        }
        let numbers: HashMap<&str, u32> = rows.iter().map(|row| (row.key.as_str(), row.n)).collect();
        for message in &mut ticket.messages {
            let user = numbers.get(message.key.as_str()).and_then(|n| given.senders.get(n));
            if let (Sender::Agent { user: sender }, Some(user)) = (&mut message.sender, user) {
                *sender = Some(*user);
            }
        }
        Ok(())
    }

    /// The links to old tickets as they lead now.
    fn turn_links(&self, ticket: &mut MappedTicket) {
        for message in &mut ticket.messages {
            let source = message.key.source();
            let turned = message.body.changed(&mut |text| (self.known.new_links)(source, text));
            if let Some(body) = turned {
                message.body = body;
            }
        }
    }

    /// Puts the files of the ticket's messages where the upload put them, as the ledger knows it: what was missing then
    /// is missing until the message gets it, whatever was had since. Gives those that Gorgias keeps for messages that are
    /// there, and counts those that it does not.
    fn put_files(
        &self,
        ticket: &mut MappedTicket,
        rows: &[MessageRow],
        gaps: &[Gap],
        lacks: &mut Lacks,
    ) -> Result<Vec<KeptFile>, ExpectedError> {
        let mut kept = Vec::new();
        if self.rules.attachments != AttachmentMode::Upload {
            return Ok(kept);
        }
        let Some(hasher) = self.view.hasher()? else { return Ok(kept) };
        for message in ticket.messages.iter_mut().filter(|message| !message.attachments.is_empty()) {
            let n = rows.iter().find(|row| row.key == message.key).map(|row| row.n);
            let fates = message.attachments.iter().map(|file| {
                let hash = hasher.place(place(file));
                let gap = gaps.iter().find(|gap| Some(gap.n) == n && gap.place == hash);
                match gap {
                    Some(gap) => Ok(Fate::Without(Reason::named(&gap.reason).unwrap_or(Reason::NotListed))),
                    None => known_fate(self.view, &hasher, file),
                }
            });
            let fates = fates.collect::<Result<Vec<_>, _>>()?;
            let key = message.key.as_str();
            let is_there = rows.iter().any(|row| row.key.as_str() == key && row.state == PartState::Done);
            for (file, fate) in message.attachments.iter().zip(&fates).filter(|_| is_there) {
                match fate {
                    Fate::There { url, .. } => kept.push(KeptFile {
                        content: known_content(self.view, &hasher, file)?,
                        url: url.clone(),
                    }),
                    Fate::Without(reason) if reason.leaves_link() => lacks.links += 1,
                    Fate::Without(_) => lacks.files += 1,
                }
            }
            (message.body, message.attachments) = rewrite(&message.body, &message.attachments, &fates);
        }
        Ok(kept)
    }

    /// The ticket's rating, where a survey was sent with it.
    fn rating(
        &self,
        row: &TicketRow,
        ticket: Option<&MappedTicket>,
        lacks: &mut Lacks,
    ) -> Result<Option<Rating>, LedgerError> {
        let Some(rating) = ticket.and_then(|ticket| ticket.rating.as_ref()) else { return Ok(None) };
        Ok(match self.view.survey(row.id)? {
            Some(PartState::Done) => Some(rating.clone()),
            Some(PartState::Sending) => {
                lacks.unknown += 1;
                None
            }
            // Not sent yet, which the ticket's state says as well, or refused with a finding.
            Some(PartState::Pending | PartState::Rejected) | None => None,
        })
    }

    /// How the ticket of this row should be.
    pub(super) fn expected(&self, row: TicketRow) -> Result<Expected, ExpectedError> {
        let rows = self.view.messages(row.id)?;
        let gaps = self.view.gaps(row.id)?;
        let staged = self.staging.get(&row.key)?;
        let now: HashMap<&str, MessagePrint> = staged
            .iter()
            .flat_map(|staged| &staged.messages)
            .map(|message| (message.key.as_str(), MessagePrint::of(message)))
            .collect();
        let mapped = staged.as_ref().and_then(|staged| map(staged, self.rules, self.directory).ok());
        let mut ticket = mapped.map(|mapped| mapped.ticket);
        let mut lacks = Lacks::of(&rows);
        let mut files = Vec::new();
        if let Some(ticket) = &mut ticket {
            files = self.put_files(ticket, &rows, &gaps, &mut lacks)?;
            self.turn_links(ticket);
            self.as_given(&row, &rows, ticket)?;
        }
        let mut contents: HashMap<String, MappedMessage> = match &mut ticket {
            Some(ticket) => std::mem::take(&mut ticket.messages)
                .into_iter()
                .map(|message| (message.key.to_string(), message))
                .collect(),
            None => HashMap::new(),
        };
        let key = |row: &MessageRow| row.key.to_string();
        let messages = rows
            .iter()
            .filter(|row| row.state == PartState::Done)
            .map(|row| {
                let now = now.get(row.key.as_str()).copied();
                // The ledger knows the text that was sent by its fingerprint; another one was never sent. A note that was
                // sent as a public message is expected as a note: nothing else would tell.
                let was_sent = |now: MessagePrint| {
                    row.fingerprint == now || (now.is_note() && row.fingerprint == now.as_public())
                };
                ExpectedMessage {
                    key: key(row),
                    gorgias_id: row.gorgias_id.map(i64::cast_unsigned),
                    content: contents.remove(row.key.as_str()).filter(|_| now.is_some_and(was_sent)),
                    is_note: now.is_some_and(MessagePrint::is_note),
                }
            })
            .collect();
        let open = rows.iter().filter(|row| row.state == PartState::Sending).map(key).collect();
        let aliases = self.view.aliases(row.id)?;
        // While something is still to be brought, status and closing time are not the last ones.
        let settled = row.state == TicketState::Done;
        let ticket = ticket.filter(|_| settled);
        let rating = self.rating(&row, ticket.as_ref(), &mut lacks)?;
        Ok(Expected { row, ticket, messages, open, aliases, rating, lacks, files })
    }
}
