//! Reading once: tickets are told as they pass, where nothing that comes later can change them.
//!
//! The streams that say who is who are read first, known by their beginnings. A ticket is then told at once if it is
//! whole in its record, everybody in it is settled and it brings nothing new; every other ticket waits on disk until all
//! is read. The order is a guess that cannot do harm: whatever turns up later and contradicts what was told (a second
//! copy, a comment elsewhere, another name) ends the reading with [`SourceError::StartOver`], and the caller throws away
//! what it has and has everything read twice.

use std::collections::HashSet;
use std::io::{BufRead, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::attached::{self, Attached};
use super::form;
use super::index::{Index, NameOf, Survey};
use super::join::Join;
use super::message::Context;
use super::path_ticket::ticket_in_path;
use super::people::User;
use super::pipeline::{self, Batch, Item, Leg, PROBE_BYTES};
use super::recognise::{self, Kind, LISTS};
use super::ticket::Ticket;
use super::translate::Rules;
use super::{Outcome, assemble, item_outcomes, quick, tell_notes};
use crate::model::finding::{Finding, Place};
use crate::source::input::records::{self, Piece};
use crate::source::input::{InputFile, Opened, Pass, repair};
use crate::source::{ReadContext, Record, SourceError, SourceFacts, SourceSpec};

/// Most streams of whose beginnings the order is made. One file for each ticket is a known layout, and reading it twice
/// costs less than opening every file once more.
const STREAMS_MAX: usize = 1_024;

/// Records looked at in the beginning of a stream.
const RECORDS_LOOKED_AT: usize = 32;

/// Tickets that may wait before it is asked how many do.
const WAITING_FREE: u64 = 2_000;

/// Once one waits for so many that are told, reading twice is the shorter way.
const TOLD_FOR_EACH: u64 = 2;

/// Most notices of tickets that were too large or deleted; there are few in an export.
const NOTICES_MAX: usize = 10_000;

/// Which files and streams are read first.
pub(super) struct Order<'f> {
    first: Vec<(&'f InputFile, Pass)>,
    then: Vec<(&'f InputFile, Pass)>,
    /// The streams that are read first.
    early: HashSet<Arc<str>>,
}

/// What the beginning of a stream shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    /// Users.
    People,
    /// Records that are no tickets and belong to none, or nothing that is known.
    Others,
    /// Tickets.
    Tickets,
    /// Records that must be joined with tickets, or another form than JSON.
    Apart,
}

impl<'f> Order<'f> {
    /// The order in which `files` can be read once, if they look as if that would do.
    pub(super) fn of(files: &'f [InputFile], context: &ReadContext<'_>) -> Result<Option<Self>, SourceError> {
        let mut order = Self { first: Vec::new(), then: Vec::new(), early: HashSet::new() };
        let (mut streams, mut people, mut apart) = (0, false, false);
        for file in files {
            let (mut before, mut late) = (false, false);
            let flow = file.for_each_stream(context, Pass::Probe, &mut |opened| {
                let (name, reader) = match opened {
                    Opened::Stream { name, reader } => (name, reader),
                    Opened::Problem(finding) => {
                        // Files that belong to messages need not be readable.
                        let place = finding.place.as_ref();
                        apart |= place.is_some_and(|place| attached::of_entry(&place.file).is_some());
                        return Ok(ControlFlow::Continue(()));
                    }
                };
                streams += 1;
                let shows =
                    if attached::of_entry(name).is_some() { Shows::Apart } else { shows(name, reader)? };
                apart |= shows == Shows::Apart || streams > STREAMS_MAX;
                people |= shows == Shows::People;
                if matches!(shows, Shows::People | Shows::Others) {
                    before = true;
                    order.early.insert(Arc::clone(name));
                } else {
                    late = true;
                }
                Ok(if apart { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            if apart || flow.is_break() {
                return Ok(None);
            }
            match (before, late) {
                (true, false) => order.first.push((file, Pass::Only)),
                (true, true) => {
                    order.first.push((file, Pass::First));
                    order.then.push((file, Pass::Second));
                }
                (false, _) => order.then.push((file, Pass::Only)),
            }
        }
        Ok(people.then_some(order))
    }
}

fn shows(name: &Arc<str>, reader: &mut dyn BufRead) -> Result<Shows, SourceError> {
    let as_error = |error| SourceError::Io { file: name.to_string(), error };
    let mut head = Vec::new();
    reader.take(PROBE_BYTES).read_to_end(&mut head).map_err(as_error)?;
    if !form::is_json(&head) {
        return Ok(Shows::Apart);
    }
    let (mut kinds, mut looked_at) = (Vec::new(), 0);
    let split = records::split(&mut &head[..], LISTS, &mut |piece| {
        if let Piece::Record { bytes, list, .. } = piece {
            looked_at += 1;
            // What cannot be read is told when its turn comes.
            drop(recognise::each_object(bytes, list, &mut |found| {
                kinds.push(found.kind);
                Ok(())
            }));
        }
        if looked_at >= RECORDS_LOOKED_AT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    // Whether it was looked at to its end makes no difference.
    match split.map_err(as_error)? {
        ControlFlow::Continue(()) | ControlFlow::Break(()) => {}
    }
    let has = |of: &[Kind]| kinds.iter().any(|kind| of.contains(kind));
    Ok(if kinds.iter().any(|kind| !PLAIN.contains(kind)) {
        Shows::Apart
    } else if has(&[Kind::Ticket]) || kinds.is_empty() {
        Shows::Tickets
    } else if has(&[Kind::User]) {
        Shows::People
    } else {
        Shows::Others
    })
}

/// Kinds that need not be joined with a ticket on disk.
const PLAIN: &[Kind] = &[
    Kind::Ticket,
    Kind::User,
    Kind::Organization,
    Kind::Group,
    Kind::Field,
    Kind::Suspended,
    Kind::DeletedNotice,
    Kind::OversizeNotice,
    Kind::Rating,
    Kind::Metrics,
    Kind::Page,
    Kind::Account,
    Kind::Aside,
    Kind::Unknown,
];

/// Reads everything once, or gives up with [`SourceError::StartOver`].
pub(super) fn read(
    order: &Order<'_>,
    (spec, rules): (&SourceSpec, &Rules),
    context: &ReadContext<'_>,
    attached: Attached,
    mut facts: SourceFacts,
    sink: &mut dyn FnMut(Record) -> ControlFlow<()>,
) -> Result<SourceFacts, SourceError> {
    let mut index = Index::default();
    index.attached = attached;
    let mut waiting = Waiting { join: Join::new(context.temp_dir), number: 0, told: 0, notices: Vec::new() };
    let first = Leg { files: order.first.clone(), has: &|name| order.early.contains(name) };
    let flow = pipeline::run(
        &first,
        context,
        rules,
        &|batch| {
            let nothing = Index::default();
            let context = Context::of(&spec.name, context, &nothing).early();
            Passed::of(&context, spec, batch, false)
        },
        &mut |mut passed| {
            if !Index::is_plain(&passed.survey) {
                return Err(SourceError::StartOver);
            }
            if tell_notes(&mut passed.survey, sink).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            index.merge(passed.survey);
            waiting.take(passed.outcomes, sink)
        },
    )?;
    if flow.is_break() {
        return Ok(facts);
    }
    let mut since = Index::default();
    let then = Leg { files: order.then.clone(), has: &|name| !order.early.contains(name) };
    let flow = pipeline::run(
        &then,
        context,
        rules,
        &|batch| Passed::of(&Context::of(&spec.name, context, &index).early(), spec, batch, true),
        &mut |mut passed| {
            if !Index::is_plain(&passed.survey) || !since.agrees(&index, &passed.survey) {
                return Err(SourceError::StartOver);
            }
            if tell_notes(&mut passed.survey, sink).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            waiting.told += passed.survey.told.len() as u64;
            since.merge(passed.survey);
            waiting.take(passed.outcomes, sink)
        },
    )?;
    if flow.is_break() {
        return Ok(facts);
    }
    index.absorb(since);
    index.people.settle_addresses();
    facts.people = index.people.count();
    facts.people_recorded = index.people.recorded();
    facts.origins.clone_from(&index.origins);
    let remarks = super::remarks(&index).into_iter().map(Record::Remark);
    let notices = std::mem::take(&mut waiting.notices).into_iter();
    // What is said of a ticket that is there goes with the ticket.
    let notices = notices.filter(|(ticket, _)| !index.has_ticket(*ticket));
    for record in remarks.chain(notices.map(|(_, finding)| Record::LeftOut(finding))) {
        if sink(record).is_break() {
            return Ok(facts);
        }
    }
    super::joined(&Context::of(&spec.name, context, &index), context, waiting.join, sink)?;
    Ok(facts)
}

/// The tickets that wait until everything is read.
struct Waiting {
    join: Join,
    number: u64,
    told: u64,
    notices: Vec<(i64, Finding)>,
}

impl Waiting {
    fn take(
        &mut self,
        outcomes: Vec<Outcome>,
        sink: &mut dyn FnMut(Record) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, SourceError> {
        for outcome in outcomes {
            match outcome {
                Outcome::Record(record) => {
                    if sink(record).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Outcome::Waits(row) => {
                    self.number += 1;
                    self.join.add(&row)?;
                }
                Outcome::Notice(ticket, finding) => self.notices.push((ticket, finding)),
            }
        }
        let too_many = self.number > WAITING_FREE && self.number > self.told / TOLD_FOR_EACH;
        if too_many || self.notices.len() > NOTICES_MAX {
            Err(SourceError::StartOver)
        } else {
            Ok(ControlFlow::Continue(()))
        }
    }
}

/// What a batch came to.
struct Passed {
    survey: Survey,
    outcomes: Vec<Outcome>,
}

impl Passed {
    /// Goes through a batch. Tickets are told if `tell` is set and nothing speaks against it.
    fn of(context: &Context<'_>, spec: &SourceSpec, batch: &Batch, tell: bool) -> Self {
        let mut passed = Self { survey: Survey::of(spec), outcomes: Vec::with_capacity(batch.items.len()) };
        let path = ticket_in_path(&batch.file);
        for item in &batch.items {
            if !(tell && passed.tell(context, batch, item)) {
                passed.survey.item(batch, item, path);
                item_outcomes(context, batch, item, path, &mut passed.outcomes);
            }
        }
        passed
    }

    /// Tells an item if it is one ticket and nothing else, and can be told. False if it is left.
    fn tell(&mut self, context: &Context<'_>, batch: &Batch, item: &Item) -> bool {
        let Item::Record { range, at, list, .. } = item else { return false };
        let bytes = batch.bytes(range);
        let (mut ticket, mut others, mut has_no_nul) = (None, false, false);
        let read = recognise::each_object(bytes, *list, &mut |found| {
            if found.kind == Kind::Ticket && ticket.is_none() {
                let (read, clean) = quick::read_watching::<Box<Ticket<'_>>>(found.object)?;
                // What is around the object was not looked at.
                has_no_nul = clean && found.object.len() == bytes.len();
                ticket = Some(read);
            } else {
                others = true;
            }
            Ok(())
        });
        let is_plain = read.is_ok() && !others && (has_no_nul || !repair::has_nul(bytes));
        let Some(ticket) = ticket.filter(|ticket| is_plain && is_no_news(context.index, ticket)) else {
            return false;
        };
        let mut survey = Survey::default();
        survey.told(&ticket);
        let place = Place::new(&batch.file, at.line, at.byte);
        context.take_asked_too_early();
        let record = assemble::single(context, ticket, &place, 0);
        if context.take_asked_too_early() {
            return false;
        }
        self.survey.extend(survey);
        self.outcomes.push(Outcome::Record(record));
        true
    }
}

/// True if a ticket tells nothing that others could need, as [`Survey`] takes it.
fn is_no_news(index: &Index, ticket: &Ticket<'_>) -> bool {
    // The first pass takes nothing of a ticket without an id.
    if ticket.id.known().is_none() {
        return true;
    }
    let people = &index.people;
    // Nearly everybody in a ticket is its requester or its assignee, who are asked about first.
    let [requester, assignee] = [ticket.requester_id.known(), ticket.assignee_id.known()];
    let settled = |id: Option<i64>| id.is_none_or(|id| people.is_settled(id));
    let author_settled = |id| id == requester || id == assignee || settled(id);
    let embedded = [&ticket.requester, &ticket.submitter, &ticket.assignee];
    let in_record = embedded.into_iter().filter_map(|user| user.get()).map(|user: &User<'_>| user.id.known());
    let groups = [(NameOf::Organization, &ticket.organization), (NameOf::Group, &ticket.group)];
    ticket.audits.0.is_empty()
        && ticket.users.0.is_empty()
        && in_record.chain([requester, assignee]).all(settled)
        && ticket.comments.objects().all(|comment| author_settled(comment.author_id.known()))
        && groups.into_iter().all(|(of, named)| named.get().is_none_or(|named| index.knows_name(of, named)))
}
