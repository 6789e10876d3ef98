//! Zendesk exports to conversations, in two passes over the files.
//!
//! The first pass learns who is who and which tickets come in several records; the second assembles tickets that are
//! whole in one record as they pass, and joins the others on disk. Records are known by their keys, never by the names
//! of files. Invariants: a conversation does not depend on the order of the files; memory is the table of people and
//! ids, and a few batches; what is not imported is reported, record by record. Facts about the format are cited as
//! "reference", which is the description of Zendesk's exports that the project was built from.

mod assemble;
mod audit;
mod body;
mod comment;
mod facts;
mod html;
mod index;
mod join;
mod loose;
mod message;
mod people;
mod pipeline;
mod recognise;
mod record;
mod route;
mod rules;
#[cfg(test)]
mod tests;
mod ticket;
mod voice;

use std::ops::ControlFlow;

use super::input::{self, Pass};
use super::{ReadContext, Record, SourceError, SourceFacts, SourceSpec};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::ConversationKey;
use index::{Index, ticket_in_path};
use join::{Join, Row};
use loose::Integer;
use message::Context;
use pipeline::{Batch, Item};
use recognise::Kind;
use ticket::{Notice, Ticket};

/// Reads a Zendesk source; see [`super::read`].
pub(super) fn read(
    spec: &SourceSpec,
    context: &ReadContext<'_>,
    sink: &mut dyn FnMut(Record) -> ControlFlow<()>,
) -> Result<SourceFacts, SourceError> {
    let files = input::entries(spec)?;
    let mut index = Index::default();
    // The first pass tells nothing: everything that is wrong comes again in the second.
    let flow = pipeline::run(&files, context, Pass::First, &index::survey, &mut |survey| {
        index.merge(survey);
        Ok(ControlFlow::Continue(()))
    })?;
    debug_assert!(flow.is_continue(), "the first pass has no reason to end early");
    let facts = SourceFacts {
        files: files.len() as u64,
        bytes: files.iter().map(|file| file.bytes).sum(),
        people: index.people.count(),
        people_recorded: index.people.recorded(),
        origins: index.origins.clone(),
    };
    if index.origins.len() > 1 && sink(Record::Remark(mixed_accounts(&index))).is_break() {
        return Ok(facts);
    }
    let assembly = Context { source: &spec.name, now: context.now, index: &index };
    let mut join = Join::new(context.temp_dir)?;
    let flow =
        pipeline::run(&files, context, Pass::Second, &|batch| outcomes(&assembly, batch), &mut |outcomes| {
            for outcome in outcomes {
                match outcome {
                    Outcome::Record(record) => {
                        if sink(record).is_break() {
                            return Ok(ControlFlow::Break(()));
                        }
                    }
                    Outcome::Waits(row) => join.add(&row)?,
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
    if flow.is_continue() {
        joined(&assembly, context, &mut join, sink)?;
    }
    Ok(facts)
}

/// The tickets whose records lie apart, and those of which there is nothing but messages.
fn joined(
    assembly: &Context<'_>,
    context: &ReadContext<'_>,
    join: &mut Join,
    sink: &mut dyn FnMut(Record) -> ControlFlow<()>,
) -> Result<(), SourceError> {
    let mut ended = false;
    join.each_ticket(&mut |_, rows| {
        if context.stop.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(SourceError::Interrupted);
        }
        ended = assemble::joined(assembly, &rows).into_iter().any(|record| sink(record).is_break());
        Ok(!ended)
    })?;
    for ticket in assembly.index.orphans() {
        if ended {
            break;
        }
        let key = ConversationKey::new(assembly.source, "ticket", ticket);
        let finding = Finding { key: Some(key.to_string()), ..Finding::general(Code::OrphanComments) };
        ended = sink(Record::LeftOut(finding)).is_break();
    }
    Ok(())
}

fn mixed_accounts(index: &Index) -> Finding {
    let names: Vec<&str> = index.origins.iter().map(String::as_str).collect();
    Finding::general(Code::MixedAccounts).with_detail(names.join(", "))
}

/// What the second pass makes of something in a batch.
enum Outcome {
    /// It is done with.
    Record(Record),
    /// It waits for the other records of its ticket.
    Waits(Row),
}

/// The second pass over a batch.
fn outcomes(context: &Context<'_>, batch: &Batch) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(batch.items.len());
    for item in &batch.items {
        match item {
            Item::Told(finding, told) => outcomes.push(Outcome::Record(told.record((**finding).clone()))),
            Item::Record { range, at, list } => {
                let place = Place::new(&batch.file, at.line, at.byte);
                let read = record::read(batch.bytes(range), &mut |bytes| {
                    let mut found = Vec::new();
                    recognise::each_object(bytes, *list, &mut |kind, object| {
                        found.extend(outcome(context, kind, object, &place)?);
                        Ok(())
                    })?;
                    Ok(found)
                });
                match read.result {
                    Ok(found) => outcomes
                        .extend(found.into_iter().map(|outcome| outcome.repaired(read.repaired, &place))),
                    Err(error) => {
                        let finding =
                            Finding::at(Code::UnreadableLine, &place).with_detail(record::fault(&error));
                        outcomes.push(Outcome::Record(Record::Unreadable(finding)));
                    }
                }
            }
        }
    }
    outcomes
}

/// The second pass over an object.
fn outcome(
    context: &Context<'_>,
    kind: Kind,
    object: &[u8],
    place: &Place,
) -> Result<Option<Outcome>, serde_json::Error> {
    let left_out = |finding| Ok(Some(Outcome::Record(Record::LeftOut(finding))));
    let about = |code, ticket: Option<i64>| {
        let key = ticket.map(|id| ConversationKey::new(context.source, "ticket", id));
        key.map_or_else(|| Finding::at(code, place), |key| Finding::new(code, key, place))
    };
    match kind {
        Kind::Ticket => {
            let ticket: Ticket<'_> = serde_json::from_slice(object)?;
            Ok(Some(match ticket.id {
                Integer::Known(id) if context.index.is_joined(id) => waits(id, kind, object, place),
                _ => Outcome::Record(assemble::single(context, ticket, place, 0)),
            }))
        }
        Kind::Comment => {
            let head: comment::CommentHead<'_> = serde_json::from_slice(object)?;
            match head.ticket_id.known().or_else(|| ticket_in_path(&place.file)) {
                Some(id) => Ok(context.index.has_ticket(id).then(|| waits(id, kind, object, place))),
                None => {
                    left_out(about(Code::OrphanComments, None).with_detail("it does not name its ticket"))
                }
            }
        }
        Kind::Audit | Kind::TicketEvent => {
            let audit: audit::Audit<'_> = serde_json::from_slice(object)?;
            let ticket = audit.ticket_id.known().filter(|id| context.index.has_ticket(*id));
            Ok(ticket.map(|id| waits(id, kind, object, place)))
        }
        Kind::Suspended => left_out(about(Code::SuspendedTicket, None)),
        Kind::DeletedNotice => {
            let notice: Notice = serde_json::from_slice(object)?;
            left_out(about(Code::DeletedTicket, notice.ticket()))
        }
        Kind::OversizeNotice => {
            let notice: Notice = serde_json::from_slice(object)?;
            match notice.ticket() {
                // The finding goes with the ticket.
                Some(id) if context.index.has_ticket(id) => Ok(None),
                ticket => left_out(about(Code::OversizeNotice, ticket)),
            }
        }
        Kind::Unknown => {
            left_out(Finding::at(Code::UnknownRecord, place).with_detail(recognise::signature(object)))
        }
        Kind::User | Kind::Organization | Kind::Group | Kind::Field | Kind::Aside => {
            serde_json::from_slice::<serde::de::IgnoredAny>(object)?;
            Ok(None)
        }
    }
}

fn waits(ticket: i64, kind: Kind, object: &[u8], place: &Place) -> Outcome {
    Outcome::Waits(Row { ticket, kind, bytes: object.to_vec(), place: place.clone(), repaired: 0 })
}

impl Outcome {
    /// The same, with the finding that characters were replaced.
    fn repaired(mut self, count: usize, place: &Place) -> Self {
        if count > 0 {
            match &mut self {
                Self::Waits(row) => row.repaired = count,
                Self::Record(Record::Conversation { conversation, findings, .. }) => {
                    let finding = Finding::new(Code::RepairedText, &conversation.key, place);
                    findings.push(finding.with_detail(format!("{count} replaced")));
                }
                Self::Record(_) => {}
            }
        }
        self
    }
}
