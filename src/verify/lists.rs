//! Reading back by lists of 100: all tickets of the account, then its ratings, then all its messages, until nothing is open.
//!
//! A ticket is settled here only if everything is as it should be: the item of the list, the number of its messages, and
//! every message. About all others there is a doubt, and they are read by themselves.

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};

use super::budget::{self, Waste};
use super::compare::{compare_known, compare_ticket};
use super::contents::KeptFile;
use super::expected::{Expected, Source};
use super::found::{FoundMessages, FoundTicket};
use super::lacks::Lacks;
use super::ratings::compare_rating;
use super::{Checked, Chosen, Step, Twice, Verification, VerifyError};
use crate::gorgias::patiently;
use crate::gorgias::wire::{Message, SatisfactionSurvey, TicketListItem};
use crate::ledger::{TicketId, TicketState};
use crate::model::verification::{Aspect, Difference, MatchClass, class_of};

/// Tickets whose expected form is kept at hand: messages of one ticket mostly come together.
const AT_HAND: usize = 512;
/// Ids that one list of tickets takes.
const IDS: usize = 100;
/// Messages later than the last expected one by this much belong to nobody who is still open.
const PAST_THE_LAST: SignedDuration = SignedDuration::from_hours(24);

pub(super) struct Lists<'a> {
    verification: &'a Verification<'a>,
    source: &'a Source<'a>,
    /// Chosen tickets that no list has shown yet, by Gorgias id.
    unseen: HashMap<u64, TicketId>,
    /// Tickets whose item is as it should be and whose messages are not all seen.
    open: HashMap<u64, Open>,
    doubtful: Vec<(TicketId, u64)>,
    twice: Twice,
    chosen: HashMap<TicketId, u64>,
    ids: HashSet<u64>,
    at_hand: AtHand,
    /// The latest sent time of the messages that are waited for.
    last: Timestamp,
    messages_wanted: u64,
    /// Open tickets whose rating was not seen yet.
    unrated: HashSet<u64>,
    /// Whether the list of tickets was read to its end, so that all strangers were seen.
    to_the_end: bool,
}

/// A ticket of which all that was seen is as it should be.
struct Open {
    row: TicketId,
    key: String,
    wanted: usize,
    seen: HashSet<usize>,
    /// Place of the message seen last: messages of one instant must come in their order.
    place: usize,
    /// What is the same after normalisation.
    differences: Vec<Difference>,
    by_content: bool,
    rated: bool,
    lacks: Lacks,
    files: u64,
    kept: Vec<KeptFile>,
}

impl<'a> Lists<'a> {
    pub(super) fn new(verification: &'a Verification<'a>, source: &'a Source<'a>, chosen: &Chosen) -> Self {
        Self {
            verification,
            source,
            unseen: chosen.tickets.iter().map(|(row, id)| (*id, *row)).collect(),
            open: HashMap::new(),
            doubtful: Vec::new(),
            twice: Twice::default(),
            chosen: chosen.tickets.iter().copied().collect(),
            ids: chosen.tickets.iter().map(|(_, id)| *id).collect(),
            at_hand: AtHand::default(),
            last: Timestamp::MIN,
            messages_wanted: 0,
            unrated: HashSet::new(),
            to_the_end: false,
        }
    }

    /// Walks through all tickets of the account; if that brings too little, asks for the rest by their ids.
    pub(super) async fn tickets(&mut self, take: &mut dyn FnMut(Step)) -> Result<(), VerifyError> {
        let Verification { client, patience, .. } = *self.verification;
        let mut waste = Waste::new(budget::Lists::Tickets, self.chosen.len() as u64);
        let mut pages = client.all_tickets();
        self.to_the_end = true;
        while let Some(page) = patiently(patience, async || pages.next_page().await).await? {
            take(Step::Page);
            let mut ours = 0;
            for item in page {
                ours += u64::from(self.item(item, take)?);
            }
            if !waste.page(ours, 1) {
                self.to_the_end = false;
                break;
            }
        }
        if !self.to_the_end {
            let mut ids: Vec<u64> = self.unseen.keys().copied().collect();
            ids.sort_unstable();
            for ids in ids.chunks(IDS) {
                let items = patiently(patience, async || client.list_tickets(ids).await).await?;
                take(Step::Page);
                for item in items {
                    self.item(item, take)?;
                }
            }
        }
        // What no list shows is asked for by itself before it is called missing.
        self.doubtful.extend(self.unseen.drain().map(|(id, row)| (row, id)));
        for row in self.twice.keys() {
            let id = self.chosen[row];
            if self.open.remove(&id).is_some() {
                self.doubtful.push((*row, id));
            }
        }
        Ok(())
    }

    /// Takes an item of a list of tickets. True for one that was chosen.
    fn item(&mut self, item: TicketListItem, take: &mut dyn FnMut(Step)) -> Result<bool, VerifyError> {
        let gorgias_id = item.id;
        let Some(id) = self.unseen.remove(&gorgias_id) else {
            if !self.ids.contains(&gorgias_id) {
                self.other(&item, take)?;
            }
            return Ok(false);
        };
        let Some(row) = self.verification.view.ticket_by_id(id)? else { return Ok(true) };
        let expected = self.source.expected(row)?;
        let found = FoundTicket::from(item);
        let differences = compare_ticket(&expected, &found, &self.verification.known);
        let wanted = expected.messages.len();
        let counted = matches!(found.messages, FoundMessages::Count(Some(count)) if count == wanted as u64);
        let rated = expected.rating.is_some();
        let alone = expected.is_foreign() || !expected.open.is_empty() || (rated && wanted == 0);
        if !counted || alone || differences.iter().any(|difference| difference.class.is_difference()) {
            self.doubtful.push((id, gorgias_id));
            return Ok(true);
        }
        let sent = expected.messages.iter().filter_map(|message| message.content.as_ref());
        self.last = sent.map(|content| content.sent_at.timestamp()).fold(self.last, Timestamp::max);
        self.messages_wanted += wanted as u64;
        let open = Open {
            row: id,
            key: expected.row.key.to_string(),
            wanted,
            seen: HashSet::new(),
            place: 0,
            differences,
            by_content: expected.is_whole(),
            rated,
            lacks: expected.lacks,
            files: expected.files.len() as u64,
            kept: if self.verification.contents { expected.files } else { Vec::new() },
        };
        if rated {
            self.unrated.insert(gorgias_id);
        }
        if wanted == 0 {
            open.tell(gorgias_id, take);
        } else {
            self.open.insert(gorgias_id, open);
        }
        Ok(true)
    }

    /// Takes a ticket that was not chosen: a second one under a key of ours, or one that the ledger does not know.
    fn other(&mut self, item: &TicketListItem, take: &mut dyn FnMut(Step)) -> Result<(), VerifyError> {
        let view = self.verification.view;
        let Some(key) = item.external_id.as_deref() else { return Ok(()) };
        let source = key.split(':').next().unwrap_or_default();
        let is_ours =
            view.sources()?.iter().any(|known| known.name == source) && key.matches(':').count() >= 2;
        if !is_ours || item.trashed_datetime.is_some() || view.is_undone(item.id.cast_signed())? {
            return Ok(());
        }
        let is = match view.ticket_named(key)? {
            Some(row) if self.chosen.contains_key(&row.id) => {
                self.twice.entry(row.id).or_default().push(item.id);
                return Ok(());
            }
            _ if !self.verification.everything => return Ok(()),
            Some(row) if row.gorgias_id == Some(item.id.cast_signed()) => return Ok(()),
            // Nobody knows yet whether it is ours.
            Some(row) if row.state == TicketState::Sending => return Ok(()),
            Some(row) => format!("there, and the ledger has it as {}", row.state),
            None => "there, and the ledger does not know it".to_owned(),
        };
        let difference = Difference::new(Aspect::Ticket, MatchClass::Extra, "nothing", is);
        let checked = Checked {
            ticket: None,
            key: key.to_owned(),
            gorgias_id: item.id,
            class: MatchClass::Extra,
            differences: vec![difference],
            by_content: true,
            rated: false,
            lacks: Lacks::default(),
            files: 0,
            kept: Vec::new(),
            hashed: 0,
        };
        take(Step::Checked(Box::new(checked)));
        Ok(())
    }

    /// Walks through the ratings of the account until all are seen, or that brings too little.
    pub(super) async fn ratings(&mut self, take: &mut dyn FnMut(Step)) -> Result<(), VerifyError> {
        let Verification { client, patience, .. } = *self.verification;
        let mut waste = Waste::new(budget::Lists::Ratings, self.chosen.len() as u64);
        let mut pages = client.satisfaction_surveys();
        while !self.unrated.is_empty()
            && let Some(page) = patiently(patience, async || pages.next_page().await).await?
        {
            take(Step::Page);
            let mut ours = 0;
            for survey in page {
                ours += u64::from(self.rating(&survey)?);
            }
            if !waste.page(ours, 1) {
                break;
            }
        }
        let unrated: Vec<u64> = self.unrated.drain().collect();
        for id in unrated {
            self.doubt(id);
        }
        Ok(())
    }

    /// Takes a survey. True for one that was waited for.
    fn rating(&mut self, survey: &SatisfactionSurvey) -> Result<bool, VerifyError> {
        let Some(id) = survey.ticket_id.filter(|id| self.unrated.remove(id)) else { return Ok(false) };
        let Some(expected) = self.expected(id)? else { return Ok(true) };
        let Some(rating) = &expected.rating else { return Ok(true) };
        let differences = compare_rating(rating, Some(survey));
        if differences.iter().any(|difference| difference.class.is_difference()) {
            self.doubt(id);
        } else if let Some(open) = self.open.get_mut(&id) {
            open.differences.extend(differences);
        }
        Ok(true)
    }

    /// An open ticket about which there is a doubt now.
    fn doubt(&mut self, id: u64) {
        if let Some(open) = self.open.remove(&id) {
            self.doubtful.push((open.row, id));
        }
    }

    /// How an open ticket should be.
    fn expected(&mut self, id: u64) -> Result<Option<Rc<Expected>>, VerifyError> {
        let Some(row) = self.open.get(&id).map(|open| open.row) else { return Ok(None) };
        if let Some(expected) = self.at_hand.get(row) {
            return Ok(Some(expected));
        }
        let Some(found) = self.verification.view.ticket_by_id(row)? else { return Ok(None) };
        Ok(Some(self.at_hand.keep(row, self.source.expected(found)?)))
    }

    /// Walks through the messages of the account until no ticket is open, or that brings too little.
    pub(super) async fn messages(&mut self, take: &mut dyn FnMut(Step)) -> Result<(), VerifyError> {
        let Verification { client, patience, .. } = *self.verification;
        let mut waste = Waste::new(budget::Lists::Messages, self.chosen.len() as u64);
        let worth = self.messages_wanted / (self.open.len() as u64).max(1);
        let mut pages = client.all_messages();
        while !self.open.is_empty()
            && let Some(page) = patiently(patience, async || pages.next_page().await).await?
        {
            take(Step::Page);
            let past = page.first().and_then(|message| message.created_datetime);
            let mut ours = 0;
            for message in page {
                ours += u64::from(self.message(&message, take)?);
            }
            let is_past = past.is_some_and(|first| first.duration_since(self.last) > PAST_THE_LAST);
            if is_past || !waste.page(ours, worth) {
                break;
            }
        }
        Ok(())
    }

    /// Takes a message. True for one of a ticket that is open.
    fn message(&mut self, message: &Message, take: &mut dyn FnMut(Step)) -> Result<bool, VerifyError> {
        let Some(id) = message.ticket_id else { return Ok(false) };
        let Some(expected) = self.expected(id)? else { return Ok(false) };
        let Some(open) = self.open.get_mut(&id) else { return Ok(false) };
        let place = expected.place_of(message.id, message.external_id.as_deref());
        let holds = place.is_some_and(|place| {
            let differences = compare_known(&expected.messages[place], message, &self.verification.known);
            let grave = differences.iter().any(|difference| difference.class.is_difference());
            open.differences.extend(differences);
            let in_order = place >= open.place;
            open.place = place;
            !grave && in_order && open.seen.insert(place)
        });
        if !holds {
            self.doubt(id);
        } else if open.seen.len() == open.wanted
            && let Some(open) = self.open.remove(&id)
        {
            open.tell(id, take);
        }
        Ok(true)
    }

    /// The tickets about which there is a doubt, those of which there are two, and whether all strangers were seen.
    pub(super) fn finish(mut self) -> (Vec<(TicketId, u64)>, Twice, bool) {
        self.doubtful.extend(self.open.drain().map(|(id, open)| (open.row, id)));
        self.doubtful.sort_unstable();
        (self.doubtful, self.twice, self.to_the_end)
    }
}

impl Open {
    fn tell(self, gorgias_id: u64, take: &mut dyn FnMut(Step)) {
        take(Step::Checked(Box::new(Checked {
            ticket: Some(self.row),
            key: self.key,
            gorgias_id,
            class: class_of(&self.differences),
            differences: self.differences,
            by_content: self.by_content,
            rated: self.rated,
            lacks: self.lacks,
            files: self.files,
            kept: self.kept,
            hashed: 0,
        })));
    }
}

/// The expected forms that were needed last.
#[derive(Default)]
struct AtHand {
    forms: HashMap<TicketId, Rc<Expected>>,
    order: VecDeque<TicketId>,
}

impl AtHand {
    fn get(&self, row: TicketId) -> Option<Rc<Expected>> {
        self.forms.get(&row).cloned()
    }

    fn keep(&mut self, row: TicketId, expected: Expected) -> Rc<Expected> {
        if self.order.len() >= AT_HAND
            && let Some(oldest) = self.order.pop_front()
        {
            self.forms.remove(&oldest);
        }
        let expected = Rc::new(expected);
        self.order.push_back(row);
        self.forms.insert(row, Rc::clone(&expected));
        expected
    }
}
