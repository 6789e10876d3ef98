//! What tables know of a ticket beside its record: the tickets CSV, tags, ratings. The record wins; a table fills what
//! is missing in it, and nothing else.

use super::join::Row;
use super::loose::{Any, Flag, Integer, Loose, Many, Text};
use super::recognise::Kind;
use super::ticket::{CustomField, Ticket};
use crate::model::finding::Place;

/// What the rows say of one ticket.
pub(super) struct Aside<'a> {
    known: Ticket<'a>,
    place: Place,
    /// The row that tells most came from a list of tickets, not of tags or ratings.
    is_listed: bool,
}

impl<'a> Aside<'a> {
    /// Brings the rows of one ticket together, the newest first.
    pub(super) fn of(rows: &'a [Row]) -> Option<Self> {
        let mut parts: Vec<(Ticket<'a>, &Row)> = rows
            .iter()
            .filter(|row| row.kind == Kind::TicketRow)
            .filter_map(|row| Some((serde_json::from_slice::<Ticket<'a>>(&row.bytes).ok()?, row)))
            .collect();
        // Of two of one time the text decides, so that the order of the files does not.
        parts.sort_by(|(a, a_row), (b, b_row)| {
            let listed = |ticket: &Ticket<'_>| ticket.requester_id.known().is_some();
            (listed(b), b.stamp(), &b_row.bytes).cmp(&(listed(a), a.stamp(), &a_row.bytes))
        });
        let mut parts = parts.into_iter();
        let (mut known, row) = parts.next()?;
        let is_listed = known.requester_id.known().is_some();
        let mut tags = std::mem::take(&mut known.tags);
        for (part, _) in parts {
            tags = both(tags, part.tags);
            fill(&mut known, Ticket { tags: Any::Nothing, ..part });
        }
        known.tags = tags;
        Some(Self { known, place: row.place.clone(), is_listed })
    }

    /// Fills what `ticket` lacks.
    pub(super) fn complete(self, ticket: &mut Ticket<'a>) {
        fill(ticket, self.known);
    }

    /// The rows as the ticket's record, where there is no other. Tags and ratings alone are none.
    pub(super) fn into_record(self) -> Option<(Ticket<'a>, Place)> {
        self.is_listed.then_some((self.known, self.place))
    }
}

fn fill<'a>(ticket: &mut Ticket<'a>, aside: Ticket<'a>) {
    for (known, more) in [
        (&mut ticket.subject, aside.subject),
        (&mut ticket.status, aside.status),
        (&mut ticket.priority, aside.priority),
        (&mut ticket.r#type, aside.r#type),
        (&mut ticket.created_at, aside.created_at),
        (&mut ticket.updated_at, aside.updated_at),
    ] {
        text(known, more);
    }
    ticket.is_public = Flag::least([ticket.is_public, aside.is_public]);
    if ticket.requester_id == Integer::Absent && ticket.requester.get().is_none() {
        ticket.requester_id = aside.requester_id;
    }
    if ticket.via.get().is_none() {
        ticket.via = aside.via;
    }
    if is_empty(&ticket.tags) {
        ticket.tags = aside.tags;
    }
    if !has_values(&ticket.custom_fields) {
        ticket.custom_fields = aside.custom_fields;
    }
    if ticket.satisfaction_rating.get().is_none() {
        ticket.satisfaction_rating = aside.satisfaction_rating;
    }
    loose(&mut ticket.metric_set, aside.metric_set);
}

fn text<'a>(known: &mut Text<'a>, more: Text<'a>) {
    if known.filled().is_none() {
        *known = more;
    }
}

fn loose<T>(known: &mut Loose<T>, more: Loose<T>) {
    if known.get().is_none() {
        *known = more;
    }
}

fn is_empty(tags: &Any<'_>) -> bool {
    match tags {
        Any::Text(text) => text.trim().is_empty(),
        Any::List(list) => list.is_empty(),
        _ => true,
    }
}

/// True if a field has a value. Exports list every field of the account, most of them empty.
fn has_values(fields: &Many<Loose<CustomField<'_>>>) -> bool {
    fields.objects().any(|field| field.value != Any::Nothing)
}

fn both<'a>(first: Any<'a>, second: Any<'a>) -> Any<'a> {
    match (first, second) {
        (Any::List(mut all), Any::List(more)) => {
            all.extend(more);
            Any::List(all)
        }
        (first, second) if is_empty(&first) => second,
        (first, _) => first,
    }
}
