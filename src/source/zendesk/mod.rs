//! Zendesk exports to conversations, in one pass over the files where that will do and in two where not.
//!
//! The first pass learns who is who and which tickets come in several records; the second assembles tickets that are
//! whole in one record as they pass, and joins the others on disk. An export whose tickets lie beside its users is read
//! once ([`once`]). XML and tables are translated to the objects of the
//! API before that. Records are known by their keys, never by the names
//! of files. Invariants: a conversation does not depend on the order of the files; memory is the table of people and
//! ids, and a few batches; what is not imported is reported, record by record; files that were downloaded beside the
//! records are never opened. Facts about the format are cited as
//! "reference", which is the description of Zendesk's exports that the project was built from.

mod accounts;
mod answers;
mod apart;
mod assemble;
mod attached;
mod audit;
mod body;
mod chat;
mod comment;
mod completeness;
mod copies;
mod crew;
mod description;
mod enrich;
mod extra;
mod facts;
mod form;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fuzzing;
mod gather;
mod html;
mod id_set;
mod ids;
mod index;
mod join;
mod late_text;
mod log;
mod loose;
mod message;
mod metrics;
mod nameless;
mod noted;
mod numbered;
mod once;
mod page;
mod path_ticket;
mod people;
mod pipeline;
mod quick;
mod rating;
mod recognise;
mod record;
mod redaction;
mod route;
mod rules;
mod side;
mod spare;
mod tables;
#[cfg(test)]
mod tests;
mod texts;
mod ticket;
mod tickets;
mod transcript;
mod translate;
mod unite;
mod voice;
mod xml;

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use jiff::tz::TimeZone;

use super::input::{self, Pass};
use super::spent::spent;
use super::{ReadContext, Record, SourceError, SourceFacts, SourceSpec, tell_note};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::ConversationKey;
use apart::{Owner, Stand, Whose};
use attached::Attached;
use index::{Index, Survey};
use join::{Join, Row};
use loose::Integer;
use message::Context;
use path_ticket::{PathTicket, ticket_in_path};
use pipeline::{Batch, Item, Leg};
use recognise::{Found, Kind};
use ticket::{Notice, Ticket};
use translate::Rules;

/// Reads a Zendesk source; see [`super::read`].
pub(super) fn read(
    spec: &SourceSpec,
    context: &ReadContext<'_>,
    sink: &mut dyn FnMut(Record) -> ControlFlow<()>,
) -> Result<SourceFacts, SourceError> {
    let all = input::entries(spec)?;
    let mut facts = SourceFacts {
        files: all.len() as u64,
        bytes: all.iter().map(|file| file.bytes).sum(),
        ..SourceFacts::default()
    };
    let (attached, files, unread) = Attached::take(all, spec);
    // A zone that does not exist is refused when the config is read.
    let timezone = spec.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
    let rules = Rules { timezone };
    if context.may_start_over
        && let Some(order) = once::Order::of(&files, context)?
    {
        context.bytes_done.fetch_add(unread, Ordering::Relaxed);
        return once::read(&order, (spec, &rules), context, attached, facts, sink);
    }
    context.bytes_done.fetch_add(unread, Ordering::Relaxed);
    let mut index = Index::default();
    index.attached = attached;
    // The first pass tells nothing: everything that is wrong comes again in the second.
    let flow = pipeline::run(
        &Leg::whole(&files, Pass::First),
        context,
        &rules,
        &|batch| index::survey(spec, batch),
        &mut |mut survey| {
            let flow = tell_notes(&mut survey, sink);
            index.merge(survey);
            Ok(flow)
        },
    )?;
    if flow.is_break() {
        return Ok(facts);
    }
    index.settle();
    facts.people = index.people.count();
    facts.people_recorded = index.people.recorded();
    facts.origins.clone_from(&index.origins);
    for remark in remarks(&index) {
        if sink(Record::Remark(remark)).is_break() {
            return Ok(facts);
        }
    }
    let mut join = Join::new(context.temp_dir);
    let flow = pipeline::run(
        &Leg::whole(&files, Pass::Second),
        context,
        &rules,
        &|batch| outcomes(&Context::of(&spec.name, context, &index), batch),
        &mut |outcomes| {
            for outcome in outcomes {
                let record = match outcome {
                    Outcome::Record(record) => record,
                    Outcome::Notice(_, finding) => Record::LeftOut(finding),
                    Outcome::Waits(row) => {
                        join.add(&row)?;
                        continue;
                    }
                };
                if sink(record).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        },
    )?;
    if flow.is_continue() {
        joined(&Context::of(&spec.name, context, &index), context, join, sink)?;
    }
    Ok(facts)
}

/// Tells what a batch has of notes about people, as it passes: nothing else hangs on it.
fn tell_notes(survey: &mut Survey, sink: &mut dyn FnMut(Record) -> ControlFlow<()>) -> ControlFlow<()> {
    survey.notes.drain(..).try_for_each(|note| tell_note(note, sink))
}

/// The tickets whose records lie apart, and those of which there is nothing but messages.
fn joined(
    assembly: &Context<'_>,
    context: &ReadContext<'_>,
    join: Join,
    sink: &mut dyn FnMut(Record) -> ControlFlow<()>,
) -> Result<(), SourceError> {
    let mut ended = false;
    if let Some(joining) = context.joining {
        joining.total.store(join.records(), Ordering::Relaxed);
    }
    join.each_ticket(&mut |_, rows| {
        if context.stop.load(Ordering::Relaxed) {
            return Err(SourceError::Interrupted);
        }
        if let Some(joining) = context.joining {
            joining.done.fetch_add(rows.len() as u64, Ordering::Relaxed);
        }
        ended = assembled(assembly, rows).into_iter().any(|record| sink(record).is_break());
        // They were made on this thread, so this is where they are let go of.
        drop(spent());
        Ok(!ended)
    })?;
    Ok(())
}

/// The records of a ticket that waited. One that waited alone is what it would have been in passing.
fn assembled(context: &Context<'_>, rows: Vec<Row>) -> Vec<Record> {
    let (rows, strangers) = numbered::part(rows);
    let strangers = strangers.into_iter().map(|row| {
        let why = "the number in its path is a ticket's that it does not fit";
        Record::LeftOut(Finding::at(Code::OrphanComments, &row.place).with_detail(why))
    });
    ticket(context, &rows).into_iter().chain(strangers).collect()
}

/// What the records of one ticket make.
fn ticket(context: &Context<'_>, rows: &[Row]) -> Vec<Record> {
    if let [row] = rows
        && row.kind == Kind::Ticket
        && let Ok(ticket) = quick::read::<Box<Ticket<'_>>>(&row.bytes)
    {
        let record = assemble::single(context, ticket, &row.place, 0);
        let outcome = Outcome::Record(record).repaired(row.repaired, &row.place);
        return if let Outcome::Record(record) = outcome { vec![record] } else { Vec::new() };
    }
    assemble::joined(context, rows)
}

/// What there is to say of the whole export.
fn remarks(index: &Index) -> Vec<Finding> {
    let names: Vec<&str> = index.origins.iter().map(String::as_str).collect();
    let mixed = Finding::general(Code::MixedAccounts).with_detail(names.join(", "));
    (names.len() > 1).then_some(mixed).into_iter().chain(index.apart.unfinished()).collect()
}

/// What the second pass makes of something in a batch.
enum Outcome {
    /// It is done with.
    Record(Record),
    /// It waits for the other records of its ticket.
    Waits(Row),
    /// It says that this ticket was too large or deleted, and is left out if there is no such ticket in the end.
    Notice(i64, Finding),
}

/// The second pass over a batch.
fn outcomes(context: &Context<'_>, batch: &Batch) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(batch.items.len());
    let path = ticket_in_path(&batch.file);
    for item in &batch.items {
        item_outcomes(context, batch, item, path, &mut outcomes);
    }
    outcomes
}

/// What becomes of something in a batch, of whose file the path names the ticket `path`.
fn item_outcomes(
    context: &Context<'_>,
    batch: &Batch,
    item: &Item,
    path: Option<PathTicket>,
    outcomes: &mut Vec<Outcome>,
) {
    match item {
        Item::Told(finding, told) => outcomes.push(Outcome::Record(told.record((**finding).clone()))),
        Item::Attached(..) => {}
        Item::Record { range, at, list, page } => {
            let place = Place::new(&batch.file, at.line, at.byte);
            let stand = Stand { owner: page.map(Owner::Page), path };
            let read = record::read(batch.bytes(range), &mut |bytes| {
                let mut outcomes = Vec::new();
                recognise::each_object(bytes, *list, &mut |found| {
                    outcomes.extend(outcome(context, &found, stand, &place)?);
                    Ok(())
                })?;
                Ok(outcomes)
            });
            match read.result {
                Ok(found) => {
                    outcomes.extend(found.into_iter().map(|outcome| outcome.repaired(read.repaired, &place)));
                }
                Err(error) => {
                    let finding =
                        Finding::at(Code::UnreadableLine, &place).with_detail(record::fault(&error));
                    outcomes.push(Outcome::Record(Record::Unreadable(finding)));
                }
            }
        }
    }
}

/// The second pass over an object.
fn outcome(
    context: &Context<'_>,
    found: &Found<'_>,
    stand: Stand,
    place: &Place,
) -> Result<Option<Outcome>, serde_json::Error> {
    let (index, object, kind) = (context.index, found.object, found.kind);
    let left_out = |finding| Ok(Some(Outcome::Record(Record::LeftOut(finding))));
    let about = |code, ticket: Option<i64>| {
        let key = ticket.map(|id| ConversationKey::new(context.source, "ticket", id));
        key.map_or_else(|| Finding::at(code, place), |key| Finding::new(code, key, place))
    };
    let wait = |id| waits(Whose::sure(id), kind, object, place);
    match kind {
        Kind::Ticket => {
            let ticket: Box<Ticket<'_>> = quick::read(object)?;
            Ok(Some(match ticket.id {
                Integer::Known(id) if context.early || index.is_joined(id) => wait(id),
                _ => Outcome::Record(assemble::single(context, ticket, place, 0)),
            }))
        }
        Kind::Comment
        | Kind::Audit
        | Kind::TicketEvent
        | Kind::LogEvent
        | Kind::SideConversation
        | Kind::SideEvent
        | Kind::ChatEvent
        | Kind::Chat => match belongs(index, found, stand)? {
            Belongs::To(whose) if !index.has_ticket(whose.ticket) => {
                left_out(about(Code::OrphanComments, Some(whose.ticket)))
            }
            // A row of a table of chats was translated to an audit.
            Belongs::To(whose) => {
                let kind = if kind == Kind::ChatEvent { Kind::Audit } else { kind };
                Ok(Some(waits(whose, kind, object, place)))
            }
            Belongs::ToNone if kind == Kind::Chat => left_out(about(Code::ChatLeftOut, None)),
            Belongs::ToNone => left_out(about(Code::OrphanComments, None).with_detail(stray(kind, stand))),
            Belongs::IsNoMessage => Ok(None),
        },
        Kind::TicketRow => {
            let row: Ticket<'_> = quick::read(object)?;
            Ok(match row.id.known() {
                Some(id) if index.has_ticket(id) => Some(wait(id)),
                id => Some(Outcome::Record(Record::LeftOut(about(Code::TicketWithoutMessages, id)))),
            })
        }
        Kind::Suspended => left_out(about(Code::SuspendedTicket, None)),
        Kind::DeletedNotice | Kind::OversizeNotice => {
            let notice: Notice<'_> = serde_json::from_slice(object)?;
            let is_oversize = kind == Kind::OversizeNotice;
            let code = if is_oversize { Code::OversizeNotice } else { Code::DeletedTicket };
            match notice.ticket() {
                Some(id) if context.early => Ok(Some(Outcome::Notice(id, about(code, Some(id))))),
                // The finding goes with the ticket.
                Some(id) if index.has_ticket(id) => Ok(None),
                ticket => left_out(about(code, ticket)),
            }
        }
        Kind::Unknown => left_out(about(Code::UnknownRecord, None).with_detail(recognise::signature(object))),
        Kind::User
        | Kind::Organization
        | Kind::Group
        | Kind::Field
        | Kind::Rating
        | Kind::Metrics
        | Kind::Page
        | Kind::Account
        | Kind::ChatOwner
        | Kind::Aside => {
            serde_json::from_slice::<serde::de::IgnoredAny>(object)?;
            Ok(None)
        }
    }
}

/// Why nobody knows the ticket of a record.
fn stray(kind: Kind, stand: Stand) -> &'static str {
    match stand.path {
        _ if kind == Kind::ChatEvent => "its chat is of no ticket",
        Some(_) => "it does not name its ticket, and the number in its path counts something else",
        None => "it does not name its ticket",
    }
}

/// Whether something is a message, and of which ticket.
enum Belongs {
    To(Whose),
    ToNone,
    IsNoMessage,
}

/// Which ticket a record belongs to that is no ticket.
fn belongs(index: &Index, found: &Found<'_>, stand: Stand) -> Result<Belongs, serde_json::Error> {
    let (named, is_message, stand) = match found.kind {
        Kind::Comment => {
            // It is read again when its ticket is gathered; damage has to be repaired or told here.
            quick::read::<comment::Comment<'_>>(found.object)?;
            let head: comment::CommentHead<'_> = quick::read(found.object)?;
            (head.ticket_id.known(), true, stand)
        }
        Kind::Audit | Kind::TicketEvent => {
            let audit: audit::Audit<'_> = serde_json::from_slice(found.object)?;
            (audit.ticket_id.known(), audit::has_messages(&audit), stand)
        }
        Kind::LogEvent => {
            let event: log::LogEvent<'_> = serde_json::from_slice(found.object)?;
            (event.ticket_id.known(), event.is_message(), stand)
        }
        Kind::SideConversation => {
            let record: side::SideRecord<'_> = serde_json::from_slice(found.object)?;
            (record.ticket(), true, stand)
        }
        Kind::SideEvent => {
            let event: side::SideEvent<'_> = serde_json::from_slice(found.object)?;
            (None, event.is_message(), Stand { owner: event.owner(), ..stand })
        }
        Kind::ChatEvent => {
            let row: chat::ChatRow<'_> = serde_json::from_slice(found.object)?;
            (None, true, row.stand())
        }
        Kind::Chat => {
            let chat: chat::ChatProduct<'_> = serde_json::from_slice(found.object)?;
            // A path or a page says nothing of chats.
            (chat.zendesk_ticket_id.known(), true, Stand::default())
        }
        _ => (None, false, stand),
    };
    let ticket = index.apart.ticket(named.or(found.ticket), stand);
    Ok(if is_message { ticket.map_or(Belongs::ToNone, Belongs::To) } else { Belongs::IsNoMessage })
}

fn waits(whose: Whose, kind: Kind, object: &[u8], place: &Place) -> Outcome {
    let Whose { ticket, by_number } = whose;
    Outcome::Waits(Row { ticket, by_number, kind, bytes: object.to_vec(), place: place.clone(), repaired: 0 })
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
                Self::Record(_) | Self::Notice(..) => {}
            }
        }
        self
    }
}
