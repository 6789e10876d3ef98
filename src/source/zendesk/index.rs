//! The first pass: who is who, which tickets come more than once or with their comments apart, and whose account it is.
//!
//! What it keeps is compact and does not depend on the order of the files: people, names of groups and organizations,
//! a few bits for every ticket id.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::apart::{Apart, Ends, Owner, Stand};
use super::attached::{Attached, Of};
use super::audit::{self, Audit};
use super::chat::{ChatProduct, ChatRow};
use super::comment::{CommentHead, Party, Via};
use super::log::LogEvent;
use super::loose::{Flag, Integer};
use super::metrics::{Figures, MetricsRecord};
use super::noted;
use super::page::Page;
use super::path_ticket::{PathTicket, ticket_in_path};
use super::people::{Deed, Description, Origin, People, User};
use super::pipeline::{Batch, Item};
use super::quick;
use super::rating::{Rating, RatingRecord};
use super::recognise::{self, Found, Kind};
use super::record;
use super::rules::{self, By, Direction, Medium};
use super::side::{SideEvent, SideRecord};
use super::ticket::{Named, Notice, Ticket, TicketHead, subdomain};
use super::tickets::Tickets;
use crate::model::conversation::Channel;
use crate::model::key::SourceName;
use crate::model::note::PersonNote;
use crate::source::SourceSpec;

/// Objects that are known by an id and a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum NameOf {
    Group,
    Organization,
    Field,
}

/// What the second pass must know before it can assemble the first ticket.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) people: People,
    names: HashMap<(NameOf, i64), Box<str>>,
    tickets: Tickets,
    /// Tickets that notices are about, what kind of notices, and when they were deleted for the last time.
    notices: HashMap<(Kind, i64), Option<Timestamp>>,
    pub(super) origins: BTreeSet<String>,
    pub(super) apart: Apart,
    pub(super) attached: Attached,
}

impl Index {
    /// The name of a group, an organization or a field.
    pub(super) fn name(&self, of: NameOf, id: i64) -> Option<&str> {
        self.names.get(&(of, id)).map(|name| &**name)
    }

    /// True if the ticket must be joined from several records.
    pub(super) fn is_joined(&self, ticket: i64) -> bool {
        self.tickets.joined.contains(ticket)
    }

    /// True if there is a record of the ticket itself.
    pub(super) fn has_ticket(&self, ticket: i64) -> bool {
        self.tickets.is_ticket(ticket)
    }

    /// True if there is such a notice about the ticket: that it was too large for the export, or deleted.
    pub(super) fn has_notice(&self, kind: Kind, ticket: i64) -> bool {
        self.notices.contains_key(&(kind, ticket))
    }

    /// When a ticket was deleted, for the last time, by the list of deleted tickets. It may have been restored since.
    pub(super) fn deleted_at(&self, ticket: i64) -> Option<Timestamp> {
        self.notices.get(&(Kind::DeletedNotice, ticket)).copied().flatten()
    }

    /// Ends the first pass: whose the records are that do not name their ticket, and whose the addresses.
    pub(super) fn settle(&mut self) {
        self.people.settle_addresses();
        let tickets = &self.tickets;
        for id in self.apart.settled(|id| tickets.seen.contains(id) || tickets.listed.contains(id)) {
            self.tickets.joined.insert(id);
            self.tickets.apart.insert(id);
        }
    }

    /// True if a batch found nothing that has to be joined with a ticket on disk, which is beyond reading once.
    pub(super) fn is_plain(survey: &Survey) -> bool {
        let apart = !survey.apart.is_empty() || !survey.rows.is_empty();
        !apart && survey.ends.unplaced.is_empty() && survey.ends.is_about_pages()
    }

    /// True if nothing that a batch found contradicts what is told while `known` is all that is known: no ticket comes
    /// again, nobody is somebody else after all, nothing has another name. `self` is what was found since.
    pub(super) fn agrees(&self, known: &Self, survey: &Survey) -> bool {
        let seen = |id: &i64| self.tickets.has(*id) || known.tickets.has(*id);
        let was_told = |id: &i64| self.tickets.told.contains(*id) || survey.told.contains(id);
        if survey.told.iter().any(seen) || survey.tickets.iter().any(was_told) {
            return false;
        }
        let mut ids = HashSet::new();
        let twice = !survey.told.iter().all(|id| ids.insert(*id));
        let aside = !survey.notices.is_empty()
            || !survey.attached.is_empty()
            || !survey.ends.ratings.is_empty()
            || !survey.ends.figures.is_empty();
        let renames = |(of, id, name): &(NameOf, i64, Box<str>)| {
            known.name(*of, *id).is_none_or(|known| **name > *known)
        };
        let unsettles = |description: &Description| known.people.unsettles(description);
        !twice && !aside && !survey.names.iter().any(renames) && !survey.people.iter().any(unsettles)
    }

    /// True if the name adds nothing to what is known.
    pub(super) fn knows_name(&self, of: NameOf, named: &Named<'_>) -> bool {
        let Some((id, name)) = named.id.known().zip(named.name.filled().or(named.title.filled())) else {
            return true;
        };
        self.name(of, id).is_some_and(|known| name <= known)
    }

    /// Takes what was found after this.
    pub(super) fn absorb(&mut self, later: Index) {
        self.people.absorb(&later.people);
        for ((of, id), name) in later.names {
            self.rename(of, id, name);
        }
        self.tickets.absorb(later.tickets);
        self.origins.extend(later.origins);
        self.apart.absorb(later.apart);
        self.attached.absorb(later.attached);
    }

    fn rename(&mut self, of: NameOf, id: i64, name: Box<str>) {
        let known = self.names.entry((of, id)).or_insert_with(|| name.clone());
        if name > *known {
            *known = name;
        }
    }

    /// Takes what a batch gave. The result is the same in any order of batches.
    pub(super) fn merge(&mut self, survey: Survey) {
        self.origins.extend(survey.origins);
        for (about, at) in survey.notices {
            let last = self.notices.entry(about).or_default();
            *last = (*last).max(at);
        }
        self.apart.merge(survey.ends);
        for (of, path) in survey.attached {
            self.attached.add_entry(of, &path);
        }
        for (of, id, name) in survey.names {
            self.rename(of, id, name);
        }
        for id in survey.told {
            self.tickets.seen.insert(id);
            self.tickets.told.insert(id);
        }
        for id in survey.tickets {
            if !self.tickets.seen.insert(id) {
                self.tickets.joined.insert(id);
            }
        }
        for id in survey.apart {
            self.tickets.joined.insert(id);
            self.tickets.apart.insert(id);
        }
        for (id, listed) in survey.rows {
            self.tickets.joined.insert(id);
            if listed {
                self.tickets.listed.insert(id);
            }
        }
        for description in survey.people {
            self.people.describe(&description);
        }
        for (id, deed) in survey.deeds {
            self.people.note(id, deed);
        }
        for (id, ticket) in survey.authors {
            self.people.note_ticket(id, ticket);
        }
    }
}

/// What one batch tells.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) tickets: Vec<i64>,
    /// Tickets that are told before everything is read.
    pub(super) told: Vec<i64>,
    /// Tickets that have messages outside their record.
    apart: Vec<i64>,
    /// Tickets in tables, and whether the table says whose they are.
    rows: Vec<(i64, bool)>,
    people: Vec<Description>,
    deeds: Vec<(i64, Deed)>,
    /// Who wrote in public, in which ticket.
    authors: Vec<(i64, i64)>,
    names: Vec<(NameOf, i64, Box<str>)>,
    notices: Vec<((Kind, i64), Option<Timestamp>)>,
    origins: BTreeSet<String>,
    ends: Ends,
    attached: Vec<(Of, Arc<str>)>,
    /// What was noted down about people, and the source that wants it.
    pub(super) notes: Vec<PersonNote>,
    noting: Option<SourceName>,
}

/// Goes through a batch. What cannot be read is left to the second pass to report.
pub(super) fn survey(spec: &SourceSpec, batch: &Batch) -> Survey {
    let mut survey = Survey::of(spec);
    let path = ticket_in_path(&batch.file);
    for item in &batch.items {
        survey.item(batch, item, path);
    }
    survey
}

impl Survey {
    /// Nothing yet.
    pub(super) fn of(spec: &SourceSpec) -> Self {
        Self { noting: spec.person_notes.then(|| spec.name.clone()), ..Self::default() }
    }

    /// Goes through something in a batch, of whose file the path names the ticket `path`.
    pub(super) fn item(&mut self, batch: &Batch, item: &Item, path: Option<PathTicket>) {
        match item {
            Item::Record { range, list, page, .. } => {
                let stand = Stand { owner: page.map(Owner::Page), path };
                record::read(batch.bytes(range), &mut |bytes| {
                    let mut part = Self { noting: self.noting.clone(), ..Self::default() };
                    recognise::each_object(bytes, *list, &mut |found| {
                        part.object(&found, stand, &batch.file)
                    })?;
                    self.extend(part);
                    Ok(())
                });
            }
            Item::Attached(of, path) => self.attached.push((*of, Arc::clone(path))),
            Item::Told(..) => {}
        }
    }

    /// Notes a ticket that is told at once: nothing of it is news but that it is there.
    pub(super) fn told(&mut self, ticket: &Ticket<'_>) {
        self.told.extend(ticket.id.known());
        if ticket.id.known().is_some() {
            self.origin(ticket.url.get());
        }
    }

    /// Takes what another record of the batch tells.
    pub(super) fn extend(&mut self, part: Self) {
        self.tickets.extend(part.tickets);
        self.told.extend(part.told);
        self.apart.extend(part.apart);
        self.rows.extend(part.rows);
        self.people.extend(part.people);
        self.deeds.extend(part.deeds);
        self.authors.extend(part.authors);
        self.names.extend(part.names);
        self.notices.extend(part.notices);
        self.origins.extend(part.origins);
        self.ends.extend(part.ends);
        self.notes.extend(part.notes);
    }

    fn object(&mut self, found: &Found<'_>, stand: Stand, file: &Arc<str>) -> Result<(), serde_json::Error> {
        let object = found.object;
        match found.kind {
            Kind::Ticket => self.ticket(&quick::read(object)?),
            Kind::User => self.user(object)?,
            Kind::Organization => self.named(NameOf::Organization, &serde_json::from_slice(object)?),
            Kind::Group => self.named(NameOf::Group, &serde_json::from_slice(object)?),
            Kind::Field => self.named(NameOf::Field, &serde_json::from_slice(object)?),
            Kind::Comment => {
                let comment: CommentHead<'_> = quick::read(object)?;
                let ticket = comment.ticket_id.known().or(found.ticket);
                self.lies_apart(ticket, stand);
                self.comment(&comment, ticket.or(stand.path.map(|path| path.ticket)));
            }
            Kind::Audit | Kind::TicketEvent => {
                let mut audit: Audit<'_> = serde_json::from_slice(object)?;
                audit.date();
                let ticket = audit.ticket_id.known().or(found.ticket);
                if audit::has_messages(&audit) {
                    self.lies_apart(ticket, stand);
                }
                self.audit(&audit, ticket.or(stand.path.map(|path| path.ticket)));
            }
            Kind::OversizeNotice | Kind::DeletedNotice => {
                let notice: Notice<'_> = serde_json::from_slice(object)?;
                let about = notice.ticket().map(|ticket| (found.kind, ticket));
                self.notices.extend(about.map(|about| (about, notice.deleted_at())));
            }
            Kind::SideConversation => {
                let record: SideRecord<'_> = serde_json::from_slice(object)?;
                let ticket = record.ticket().or(found.ticket);
                let sure = stand.path.filter(|path| path.series.is_none()).map(|path| path.ticket);
                if let (Some(id), Some(ticket)) = (record.id(), ticket.or(sure)) {
                    self.ends.owners.push((Owner::side(id), ticket));
                }
                self.lies_apart(ticket, stand);
            }
            Kind::SideEvent => {
                let event: SideEvent<'_> = serde_json::from_slice(object)?;
                if event.is_message() {
                    self.lies_apart(found.ticket, Stand { owner: event.owner(), ..stand });
                }
            }
            Kind::LogEvent => {
                let event: LogEvent<'_> = serde_json::from_slice(object)?;
                if event.is_message() {
                    self.deeds.extend(event.agent().map(|id| (id, Deed::CalledAgent)));
                    self.lies_apart(event.ticket_id.known().or(found.ticket), stand);
                }
            }
            Kind::Chat => {
                let chat: ChatProduct<'_> = serde_json::from_slice(object)?;
                self.apart.extend(chat.zendesk_ticket_id.known().or(found.ticket));
            }
            Kind::Rating => {
                let record: RatingRecord<'_> = serde_json::from_slice(object)?;
                self.ends.ratings.extend(record.ticket_id.known().zip(Rating::of(&record)));
            }
            Kind::Metrics => {
                let record: MetricsRecord<'_> = serde_json::from_slice(object)?;
                self.ends.figures.extend(record.ticket_id.known().map(|id| (id, Figures::of(&record))));
            }
            Kind::Page => self.page(object, stand, file),
            Kind::ChatOwner => self.chat(&serde_json::from_slice(object)?),
            Kind::ChatEvent => self.lies_apart(None, serde_json::from_slice::<ChatRow<'_>>(object)?.stand()),
            Kind::TicketRow => self.row(&serde_json::from_slice(object)?),
            Kind::Account => self.origin(serde_json::from_slice::<User<'_>>(object)?.url.get()),
            Kind::Suspended | Kind::Aside | Kind::Unknown => {}
        }
        Ok(())
    }

    fn user(&mut self, object: &[u8]) -> Result<(), serde_json::Error> {
        let user: User<'_> = quick::read(object)?;
        self.origin(user.url.get());
        self.people.extend(Description::of_user(&user, Origin::Record, 0));
        if let Some(source) = &self.noting {
            self.notes.extend(noted::read(source, object)?);
        }
        Ok(())
    }

    fn chat(&mut self, row: &ChatRow<'_>) {
        self.ends.owners.extend(row.stand().owner.zip(row.ticket_id.known()));
    }

    /// Notes that a ticket has messages outside its record.
    fn lies_apart(&mut self, ticket: Option<i64>, stand: Stand) {
        match ticket {
            Some(ticket) => self.apart.push(ticket),
            None => drop(self.ends.unplaced.insert(stand)),
        }
    }

    fn page(&mut self, object: &[u8], stand: Stand, file: &Arc<str>) {
        if let Some((ticket, page)) = Page::of(object) {
            self.ends.owners.extend(stand.owner.zip(ticket));
            self.ends.pages.extend(page.map(|page| (page, Arc::clone(file))));
        }
    }

    fn audit(&mut self, audit: &Audit<'_>, ticket: Option<i64>) {
        for (author, public, via) in audit.authors() {
            self.wrote(author, public, via, ticket);
        }
        self.ends.ratings.extend(
            ticket.into_iter().flat_map(|ticket| audit.ratings().map(move |rating| (ticket, rating))),
        );
    }

    fn ticket(&mut self, ticket: &TicketHead<'_>) {
        let Integer::Known(id) = ticket.id else { return };
        self.tickets.push(id);
        self.origin(ticket.url.get());
        let stamp = ticket.generated_timestamp.known().unwrap_or_default().saturating_mul(1_000_000);
        for user in
            [&ticket.requester, &ticket.submitter, &ticket.assignee].into_iter().filter_map(|user| user.get())
        {
            self.people.extend(Description::of_user(user, Origin::Embedded, stamp));
        }
        self.deeds.extend(ticket.assignee_id.known().map(|id| (id, Deed::Assigned)));
        let requester = ticket.requester_id.known();
        self.deeds.extend(requester.map(|id| (id, Deed::Requested)));
        if let Some(via) = ticket.via.get() {
            // A call is with the requester, whoever is its author. A mail is its author's, who need not be the requester.
            let is_mail = rules::medium(via, By::Customer) == Some(Medium::Is(Channel::Email));
            let (whose, is_guess) = if is_mail { ticket.first_author() } else { (requester, false) };
            let origin = if is_guess { Origin::Guess } else { Origin::Route };
            self.people.extend(whose.filter(|id| *id >= 0).and_then(|id| by_route(id, via, origin)));
        }
        if let Some(organization) = ticket.organization.get() {
            self.named(NameOf::Organization, organization);
        }
        if let Some(group) = ticket.group.get() {
            self.named(NameOf::Group, group);
        }
        for audit in ticket.audits.objects() {
            self.audit(audit, Some(id));
        }
        for user in ticket.users.objects() {
            self.people.extend(Description::of_user(user, Origin::Record, 0));
        }
        let mut wrote_here = HashSet::new();
        for comment in ticket.comments.objects() {
            let author = comment.author_id.known();
            if wrote_here.insert((author, comment.public)) {
                self.comment(comment, Some(id));
            }
        }
    }

    fn row(&mut self, row: &TicketHead<'_>) {
        let requester = row.requester_id.known();
        self.rows.extend(row.id.known().map(|id| (id, requester.is_some())));
        if let Some(user) = row.requester.get() {
            self.people.extend(Description::of_user(user, Origin::Embedded, 0));
        }
    }

    fn comment(&mut self, comment: &CommentHead<'_>, ticket: Option<i64>) {
        if let Some(author) = comment.author_id.known() {
            self.wrote(author, comment.public != Flag::Is(false), comment.via.get(), ticket);
        }
    }

    /// Somebody wrote something.
    fn wrote(&mut self, author: i64, public: bool, via: Option<&Via<'_>>, ticket: Option<i64>) {
        if author < 0 {
            return;
        }
        self.deeds.push((author, if public { Deed::WrotePublic } else { Deed::WrotePrivate }));
        self.authors.extend(ticket.filter(|_| public).map(|ticket| (author, ticket)));
        if let Some(via) = via {
            // A mail's sender is its author; a phone call's author can be either end.
            if rules::medium(via, By::Customer) == Some(Medium::Is(Channel::Email)) {
                self.people.extend(by_route(author, via, Origin::Route));
            }
        }
    }

    fn named(&mut self, of: NameOf, named: &Named<'_>) {
        if let (Some(id), Some(name)) = (named.id.known(), named.name.filled().or(named.title.filled())) {
            self.names.push((of, id, name.into()));
        }
    }

    fn origin(&mut self, url: Option<&str>) {
        let Some(name) = url.and_then(subdomain) else { return };
        if !self.origins.contains(name) {
            self.origins.insert(name.to_owned());
        }
    }
}

/// What the route of a mail or a call tells of the person at the customer's end.
fn by_route(person: i64, via: &Via<'_>, origin: Origin) -> Option<Description> {
    let (email, party): (bool, &Party<'_>) = match rules::medium(via, By::Customer)? {
        Medium::Is(Channel::Email) => (true, via.from()?),
        Medium::Is(Channel::Phone) => {
            let id = via.channel.get().and_then(|channel| channel.parse().ok());
            match rules::direction(id, via.rel())? {
                Direction::Outbound => (false, via.to()?),
                Direction::Inbound | Direction::Voicemail => (false, via.from()?),
            }
        }
        _ => return None,
    };
    let (name, address) = (party.name.filled(), party.address.filled().filter(|_| email));
    let phone = party.phone.filled().filter(|_| !email);
    (address.is_some() || phone.is_some()).then(|| Description::new(person, origin, name, address, phone))
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
