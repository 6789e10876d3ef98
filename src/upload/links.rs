//! Links between old tickets: where they lead now, and those that lead nowhere yet.
//!
//! A link becomes one to the new ticket where the ledger knows it when the message is sent. The others are noted before
//! the message leaves, and `fix-links` settles them. Neither the plan's hash nor a fingerprint looks at bodies as they are
//! sent, so a message that is sent again later with other links is still the same message.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use crate::ledger::{Ledger, LedgerError, LedgerView, OpenLink, TicketId, TicketState};
use crate::mapping::{OldLink, with_new_links};
use crate::model::event::Event;
use crate::model::finding::{Code, Finding};
use crate::model::key::ConversationKey;

use super::amend::{self, Amended, NotAmended};
use super::job::{Job, Stop};
use super::pass::{self, Driven, Outcome};
use super::schedule::Watcher;
use super::{Control, Ended, Shared};

/// Kind of the sources whose links are known.
const ZENDESK: &str = "zendesk";

/// Where old and new tickets are on the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// The account's own address: `https://acme.gorgias.com`.
    pub account: String,
    /// Hosts beside Zendesk's own that the old help desk's pages had.
    pub hosts: Vec<String>,
}

/// Finds out where a link leads.
#[derive(Debug)]
pub struct Links {
    account: String,
    /// The source to which a host belongs.
    sources: HashMap<String, String>,
}

/// A link's ticket.
enum Leads {
    /// To this address now.
    To(String),
    /// To an old ticket that is not in Gorgias.
    Nowhere(ConversationKey),
    /// Out of the old help desk.
    Elsewhere,
}

impl Links {
    /// The hosts of the ledger's sources, and those of the config, which belong to the only source of that kind.
    pub fn new(ledger: &Ledger, pages: &Pages) -> Result<Self, LedgerError> {
        let mut sources = HashMap::new();
        let rows = ledger.view().sources()?;
        let zendesk: Vec<_> = rows.into_iter().filter(|row| row.kind == ZENDESK).collect();
        if let [only] = &zendesk[..] {
            let hosts = pages.hosts.iter().map(|host| (host.to_ascii_lowercase(), only.name.clone()));
            sources.extend(hosts);
        }
        for row in zendesk {
            let hosts = row.origins.iter().map(|name| format!("{}.zendesk.com", name.to_ascii_lowercase()));
            sources.extend(hosts.map(|host| (host, row.name.clone())));
        }
        Ok(Self { account: pages.account.trim_end_matches('/').to_owned(), sources })
    }

    /// A text of `source` with the links that lead to new tickets by now; nothing where there are none.
    pub fn turned(&self, ledger: &Ledger, source: &str, text: &str) -> Option<String> {
        with_new_links(text, &mut |link| match self.leads(ledger, source, link) {
            Leads::To(address) => Some(address),
            Leads::Nowhere(_) | Leads::Elsewhere => None,
        })
    }

    /// The same, with the links to these old tickets as they are.
    pub(super) fn turned_without(
        &self,
        ledger: &Ledger,
        source: &str,
        text: &str,
        without: &[ConversationKey],
    ) -> Option<String> {
        with_new_links(text, &mut |link| match self.leads(ledger, source, link) {
            Leads::To(address) if !self.key(source, link).is_some_and(|key| without.contains(&key)) => {
                Some(address)
            }
            _ => None,
        })
    }

    /// The old ticket to which a link in a message of `source` leads.
    fn key(&self, source: &str, link: &OldLink) -> Option<ConversationKey> {
        let source = match &link.host {
            None => source,
            Some(host) => self.sources.get(host)?,
        };
        ConversationKey::parse(&format!("{source}:ticket:{}", link.number)).ok()
    }

    /// Where a link in a message of `source` leads.
    fn leads(&self, ledger: &Ledger, source: &str, link: &OldLink) -> Leads {
        let Some(key) = self.key(source, link) else { return Leads::Elsewhere };
        // A ticket may go by another key by now.
        let known = ledger.view().ticket_named(key.as_str()).ok().flatten();
        let there = known.filter(|row| matches!(row.state, TicketState::Done | TicketState::Appending));
        match there.and_then(|row| row.gorgias_id) {
            Some(id) => Leads::To(format!("{}/app/ticket/{id}", self.account)),
            None => Leads::Nowhere(key),
        }
    }
}

/// Turns the links of a ticket that is about to be sent, and notes those that lead nowhere yet.
pub(super) fn turn(shared: &Shared, job: &mut Job) {
    let Some(links) = &shared.links else { return };
    let mut open: Vec<(u32, ConversationKey)> = Vec::new();
    let mut turned = Vec::new();
    for (at, (message, number)) in job.ticket.messages.iter().zip(&job.numbers).enumerate() {
        let Some(number) = number else { continue };
        let mut new = |link: &OldLink| match links.leads(&shared.ledger, job.ticket.key.source(), link) {
            Leads::To(address) => Some(address),
            Leads::Nowhere(key) => {
                open.push((*number, key));
                None
            }
            Leads::Elsewhere => None,
        };
        let body = message.body.changed(&mut |text| with_new_links(text, &mut new));
        turned.extend(body.map(|body| (at, body)));
    }
    if !turned.is_empty() {
        let ticket = Arc::make_mut(&mut job.ticket);
        for (at, body) in turned {
            ticket.messages[at].body = body;
        }
    }
    if !open.is_empty() {
        drop(shared.ledger.links_open(job.row, open));
    }
}

/// How the links stand that were not settled when their messages were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkCounts {
    /// Links whose old ticket is in Gorgias by now.
    pub ready: u64,
    /// Links whose old ticket is not.
    pub waiting: u64,
    /// Tickets with links that are ready.
    pub tickets: u64,
    /// Messages with links that are ready.
    pub messages: u64,
}

impl LinkCounts {
    /// The calls that settling takes: each ticket is read, and each message is a call.
    pub fn calls(&self) -> u64 {
        self.tickets + self.messages
    }
}

/// Counts the links that are open.
pub fn open_links(view: &LedgerView) -> Result<LinkCounts, LedgerError> {
    let mut counts = LinkCounts::default();
    let open = view.open_links()?;
    for link in &open {
        *if link.leads_to.is_some() { &mut counts.ready } else { &mut counts.waiting } += 1;
    }
    let ready = by_ticket(open);
    counts.tickets = ready.len() as u64;
    counts.messages = ready.values().map(|of| of.messages.len() as u64).sum();
    Ok(counts)
}

/// What came of settling links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// Links settled: they lead to the new ticket, or somebody took them out.
    pub links: u64,
    /// Messages changed.
    pub messages: u64,
    /// Messages that Gorgias would not change, or whose ticket has gone.
    pub refused: u64,
    /// Tickets at which the account failed again and again.
    pub left: u64,
}

impl Fixed {
    fn add(&mut self, other: Self) {
        self.links += other.links;
        self.messages += other.messages;
        self.refused += other.refused;
        self.left += other.left;
    }
}

/// The open links of a ticket.
struct OfTicket {
    gorgias_id: u64,
    /// The source whose pages a link without a host leads to.
    source: String,
    messages: BTreeMap<(u32, u64), Vec<ConversationKey>>,
}

/// Links that are ready, by ticket and message.
fn by_ticket(open: Vec<OpenLink>) -> BTreeMap<TicketId, OfTicket> {
    let mut tickets: BTreeMap<TicketId, OfTicket> = BTreeMap::new();
    for link in open.into_iter().filter(|link| link.leads_to.is_some()) {
        let ticket = tickets.entry(link.ticket).or_insert_with(|| OfTicket {
            gorgias_id: link.gorgias_id,
            source: link.source.clone(),
            messages: BTreeMap::new(),
        });
        ticket.messages.entry((link.n, link.message)).or_default().push(link.target);
    }
    tickets
}

/// Settles the links that are ready, ticket by ticket, while `events` hears of the timetable.
pub async fn fix_links(
    shared: Shared,
    control: &Control,
    events: &mpsc::UnboundedSender<Event>,
) -> (Ended, Fixed) {
    let shared = Arc::new(shared);
    let open = match shared.ledger.view().open_links() {
        Ok(open) => open,
        Err(error) => return (Ended::Stopped(Stop::Ledger { words: error.to_string() }), Fixed::default()),
    };
    let watcher = Watcher::start(&shared, events);
    let fixed = Mutex::new(Fixed::default());
    let work = by_ticket(open).into_iter().map(|(row, ticket)| {
        let (shared, fixed) = (&shared, &fixed);
        let settle = async move {
            let mut so_far = Fixed::default();
            let settled = of_ticket(shared, row, ticket, &mut so_far).await;
            fixed.lock().unwrap_or_else(PoisonError::into_inner).add(so_far);
            settled.err().unwrap_or(Outcome::Done(so_far.messages))
        };
        (Some(row), settle)
    });
    let Driven { ended, left, .. } = pass::drive(&shared, control, shared.options.concurrency, work).await;
    watcher.end().await;
    let fixed = Fixed { left, ..fixed.into_inner().unwrap_or_else(PoisonError::into_inner) };
    (super::and_durable(&shared, ended).await, fixed)
}

/// Settles the links of one ticket: what its messages say now is read, and only their links are changed.
async fn of_ticket(
    shared: &Shared,
    row: TicketId,
    ticket: OfTicket,
    fixed: &mut Fixed,
) -> Result<(), Outcome> {
    let held = match amend::read(shared, ticket.gorgias_id).await {
        Ok(held) if held.trashed_datetime.is_none() => held,
        Ok(_) | Err(NotAmended::Gone) => {
            fixed.refused += ticket.messages.len() as u64;
            return Ok(());
        }
        Err(failure) => return not_amended(shared, row, failure, fixed),
    };
    for ((n, message), targets) in ticket.messages {
        let Some(message) = held.messages.iter().find(|held| held.id == message) else {
            fixed.refused += 1;
            continue;
        };
        let amended =
            turned(shared, &ticket.source, message.body_text.as_deref(), message.body_html.as_deref());
        if !amended.is_nothing() {
            if let Err(failure) = amend::message(shared, ticket.gorgias_id, message, &amended).await {
                not_amended(shared, row, failure, fixed)?;
                continue;
            }
            fixed.messages += 1;
        }
        fixed.links += targets.len() as u64;
        drop(shared.ledger.links_settled(row, n, targets));
    }
    Ok(())
}

/// The bodies of a message of `source` with the links turned that lead somewhere by now.
fn turned(shared: &Shared, source: &str, text: Option<&str>, html: Option<&str>) -> Amended {
    let Some(links) = &shared.links else { return Amended::default() };
    let mut new = |link: &OldLink| match links.leads(&shared.ledger, source, link) {
        Leads::To(address) => Some(address),
        _ => None,
    };
    let mut turn = |body: &str| with_new_links(body, &mut new);
    Amended { text: text.and_then(&mut turn), html: html.and_then(&mut turn), ..Amended::default() }
}

fn not_amended(
    shared: &Shared,
    row: TicketId,
    failure: NotAmended,
    fixed: &mut Fixed,
) -> Result<(), Outcome> {
    let words = match failure {
        NotAmended::Stop(stop) => return Err(Outcome::Stop(stop)),
        NotAmended::Faulted(fault) => return Err(Outcome::Faulted(fault.words)),
        NotAmended::Gone => "it is not there any more".to_owned(),
        NotAmended::Refused(words) => words,
    };
    fixed.refused += 1;
    let key = shared.ledger.view().ticket_by_id(row).ok().flatten().map(|row| row.key.to_string());
    shared.note(&Finding { code: Code::AmendRefused, key, place: None, detail: words });
    Ok(())
}
