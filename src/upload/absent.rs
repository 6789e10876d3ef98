//! Tickets with an unknown outcome whose content is not at hand: their record is not in this export, or the mapping
//! blocks it. They are settled by the keys that the ledger has.
//!
//! Without content nothing of them can be created or appended; the type has no room for it.

use std::collections::HashSet;

use tokio::time::Instant;

use crate::gorgias::wire;
use crate::ledger::TicketId;
use crate::model::finding::{Code, Finding};
use crate::model::key::ConversationKey;

use super::Shared;
use super::answer::{Answered, classify};
use super::job::{Elsewhere, Failures, Fault, Stop};
use super::ours::Makers;
use super::read;
use super::retry::is_last_lookup;
use super::settle::{Hits, hits};

/// A ticket of which only the ledger knows.
#[derive(Clone, Debug)]
pub(super) struct Absent {
    /// Its row in the ledger.
    pub row: TicketId,
    /// Its key.
    pub key: ConversationKey,
    /// Its Gorgias id, if only the outcome of a message is unknown.
    pub gorgias_id: Option<u64>,
    /// All its messages.
    pub messages: Vec<Elsewhere>,
    /// The number of the message whose outcome is unknown.
    pub unknown: Option<u32>,
    /// Whether its survey was sent and the outcome is not known; it stays so, as its content is not at hand.
    pub survey_unknown: bool,
    /// Whether it has to be closed in Gorgias, as far as the source's status says.
    pub closed: bool,
    /// Why the mapping blocks it, where it is in the export.
    pub blocked: Option<Finding>,
    /// What went wrong with it in this run.
    pub failures: Failures,
    /// Look-ups that were made.
    pub lookups: usize,
    /// When the run that sent it was known to be dead.
    pub dead_since: Instant,
}

/// What came of looking it up.
#[derive(Debug)]
pub(super) enum Settled {
    /// It is in Gorgias and ours, with so many of its messages.
    There {
        /// Messages of it that are there.
        held: u64,
        /// Messages that are neither there nor to be had.
        missing: u64,
        /// Whether nothing of it is left to bring.
        whole: bool,
    },
    /// It is not there, and the window is not over.
    NotYet,
    /// It was looked up for the whole window and is not there.
    NotThere,
    /// Gorgias will not say what became of it. It stays unknown in this run.
    Unsettled(Finding),
    /// It was there, and somebody deleted it.
    Gone(Finding),
    /// The look-up failed and says nothing.
    Faulted(Fault),
    /// Everything has to stop.
    Stop(Stop),
}

impl Absent {
    /// The keys of its messages.
    fn planned(&self) -> HashSet<&str> {
        self.messages.iter().map(|message| message.key.as_str()).collect()
    }

    /// A finding about it.
    pub(super) fn finding(&self, code: Code) -> Finding {
        finding(&self.key, code)
    }
}

/// A finding about a ticket that has no place in this export.
pub(super) fn finding(key: &ConversationKey, code: Code) -> Finding {
    Finding { code, key: Some(key.to_string()), place: None, detail: String::new() }
}

/// What is said of a ticket that lacks messages which cannot be brought.
pub(super) fn incomplete(key: &ConversationKey, missing: u64) -> Finding {
    let words = match missing {
        0 => "its status or rating may have to be put right".to_owned(),
        1 => "1 message is missing".to_owned(),
        missing => format!("{missing} messages are missing"),
    };
    finding(key, Code::RestNotInExport).with_detail(words)
}

/// Looks it up once.
pub(super) async fn look_up(shared: &Shared, absent: &Absent) -> Settled {
    let is_last = is_last_lookup(absent.lookups.saturating_sub(1));
    if let Some(gorgias_id) = absent.gorgias_id {
        return message(shared, absent, gorgias_id, is_last).await;
    }
    match hits(shared, absent.key.as_str()).await {
        Ok(Hits::None) if is_last => {
            shared.ticket_not_there(absent.row);
            Settled::NotThere
        }
        Ok(Hits::None) => Settled::NotYet,
        Ok(Hits::InTrash) => Settled::Gone(absent.finding(Code::InTrash)),
        Ok(Hits::One(id)) => adopt(shared, absent, id).await,
        Ok(Hits::Several) => Settled::Unsettled(absent.finding(Code::TwoInGorgias)),
        Err(answered) => unanswered(answered, absent),
    }
}

/// Adopts the ticket if it is ours. Its creation time cannot be compared, so only its messages tell.
async fn adopt(shared: &Shared, absent: &Absent, gorgias_id: u64) -> Settled {
    let ticket = match read::ticket(shared, gorgias_id, &absent.planned()).await {
        Ok(ticket) if ticket.trashed_datetime.is_some() => return Settled::NotYet,
        Ok(ticket) => ticket,
        Err(failure) => {
            return match classify(&failure) {
                // It was in the list a moment ago; the next look-up will tell.
                Answered::NotFound(_) => Settled::NotYet,
                other => unanswered(other, absent),
            };
        }
    };
    if !is_ours(absent, &ticket) {
        let finding = absent.finding(Code::ConflictInGorgias);
        let finding = finding.with_detail(format!("Gorgias ticket {gorgias_id}"));
        return Settled::Stop(Stop::NotOurs { finding: Box::new(finding) });
    }
    shared.ticket_found(absent.row, gorgias_id);
    // What was created with the ticket has its status, too.
    noted(shared, absent, &ticket, true)
}

fn is_ours(absent: &Absent, ticket: &wire::Ticket) -> bool {
    let planned = absent.planned();
    Makers::of(&absent.key, &ticket.messages, |key| planned.contains(key)).are_us()
}

/// Looks for the message whose outcome is unknown.
async fn message(shared: &Shared, absent: &Absent, gorgias_id: u64, is_last: bool) -> Settled {
    let ticket = match read::ticket(shared, gorgias_id, &absent.planned()).await {
        Ok(ticket) => ticket,
        Err(failure) => {
            return match classify(&failure) {
                Answered::NotFound(_) => Settled::Gone(absent.finding(Code::GoneFromGorgias)),
                other => unanswered(other, absent),
            };
        }
    };
    if ticket.trashed_datetime.is_some() {
        return Settled::Gone(absent.finding(Code::GoneFromGorgias));
    }
    let unknown = absent.messages.iter().find(|message| Some(message.number) == absent.unknown);
    if let Some(unknown) = unknown.filter(|unknown| !holds(&ticket, unknown)) {
        if !is_last {
            return Settled::NotYet;
        }
        shared.message_not_there(absent.row, unknown.number);
    }
    let status_fits = !absent.closed || ticket.status.as_deref() == Some("closed");
    noted(shared, absent, &ticket, status_fits)
}

fn holds(ticket: &wire::Ticket, message: &Elsewhere) -> bool {
    ticket.messages.iter().any(|held| held.external_id.as_deref() == Some(message.key.as_str()))
}

/// Notes which messages the ticket holds. Those that it lacks stay open, for an export that has them.
fn noted(shared: &Shared, absent: &Absent, ticket: &wire::Ticket, status_fits: bool) -> Settled {
    let (mut held, mut missing) = (0, 0);
    for message in &absent.messages {
        let there =
            ticket.messages.iter().find(|held| held.external_id.as_deref() == Some(message.key.as_str()));
        match there {
            Some(there) => {
                shared.message_adopted(absent.row, message.number, there.id);
                held += 1;
            }
            None if message.open => missing += 1,
            None => {}
        }
    }
    let whole = missing == 0 && status_fits && !absent.survey_unknown;
    if whole {
        shared.ticket_finished(absent.row);
    }
    Settled::There { held, missing, whole }
}

/// A look-up that failed leaves the outcome as unknown as it was.
fn unanswered(answered: Answered, absent: &Absent) -> Settled {
    match answered {
        Answered::Stop(stop) => Settled::Stop(stop),
        Answered::Lost(fault) | Answered::NotSent(fault) => Settled::Faulted(fault),
        Answered::Refused(words)
        | Answered::TooLarge(words)
        | Answered::NotFound(words)
        | Answered::Conflict(words) => {
            Settled::Unsettled(absent.finding(Code::RefusedByGorgias).with_detail(words))
        }
    }
}
