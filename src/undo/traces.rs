//! What people did to customers and tags since the import, and who was at work when: read in lists, and what is new since
//! then again and again while they are deleted.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::history::BEFORE;
use super::{Undo, UndoError, failed};
use crate::gorgias::{CallFailure, EventFilter, patiently, wire};
use crate::ledger::WriteSpan;
use crate::model::time::now;
use crate::upload::touched::{Whose, write_covers};

/// Events of customers and tags that somebody changed (names: Gorgias's own helpdesk).
const CHANGES: [&str; 5] =
    ["customer-updated", "customer-merged", "tag-updated", "tag-renamed", "tag-merged"];
const CUSTOMER: &str = "Customer";
const TAG: &str = "Tag";
/// A run may have been cut off after its last request was noted, with requests under way: milliseconds.
const AFTER_MS: i64 = 120_000;

/// When somebody changed something, and who.
type Changes = Vec<(Option<u64>, Timestamp)>;

/// What happened since the import.
pub(super) struct Traces {
    /// Changes of customers and tags; nothing where the account is asked for each by itself.
    changes: Option<HashMap<(String, u64), Changes>>,
    /// Customers who wrote since, or wrote in an imported ticket of somebody else that is still there.
    wrote: HashSet<u64>,
    work: Vec<WriteSpan>,
    writes: Vec<WriteSpan>,
    ahead: SignedDuration,
    /// Up to when the account was read, by its clock.
    read_to: Timestamp,
}

impl Traces {
    /// Reads the account's events and messages since the first write of the ledger.
    pub(super) async fn read(undo: &Undo) -> Result<Self, UndoError> {
        let view = undo.ledger.view();
        let ahead = undo.ahead();
        let first = view.first_write()?.map(|ms| Timestamp::from_millisecond(ms).unwrap_or_default());
        let since = first.unwrap_or_default() + ahead - BEFORE;
        let read_to = now() + ahead;
        let mut wrote = view.authors_there()?;
        writers(undo, since, &mut wrote).await?;
        Ok(Self {
            changes: changes(undo, since).await?,
            wrote,
            work: view.times_of_work()?,
            writes: view.customer_writes()?,
            ahead,
            read_to,
        })
    }

    /// Reads what happened since it was read last: deleting many takes hours, and people work meanwhile.
    pub(super) async fn refresh(&mut self, undo: &Undo) -> Result<(), UndoError> {
        let (since, read_to) = (self.read_to - BEFORE, now() + self.ahead);
        writers(undo, since, &mut self.wrote).await?;
        if let Some(all) = &mut self.changes {
            match changes(undo, since).await? {
                Some(new) => {
                    for (what, seen) in new {
                        all.entry(what).or_default().extend(seen);
                    }
                }
                None => self.changes = None,
            }
        }
        self.read_to = read_to;
        Ok(())
    }

    /// Nothing happened, and a run was at work between these times.
    #[cfg(test)]
    pub(super) fn at_work_from(from: &str, to: &str) -> Self {
        let ms = |time: &str| time.parse::<Timestamp>().unwrap().as_millisecond();
        Self {
            changes: Some(HashMap::new()),
            wrote: HashSet::new(),
            work: vec![WriteSpan { from_ms: ms(from), to_ms: ms(to) }],
            writes: Vec::new(),
            ahead: SignedDuration::ZERO,
            read_to: Timestamp::UNIX_EPOCH,
        }
    }

    /// Whether a run was at work at this time of the server.
    pub(super) fn at_work(&self, at: Timestamp) -> bool {
        self.work.iter().any(|span| {
            let span = WriteSpan { to_ms: span.to_ms + AFTER_MS, ..*span };
            write_covers(span, at, self.ahead)
        })
    }

    /// Whether a customer wrote anything that is still there.
    pub(super) fn wrote(&self, customer: u64) -> bool {
        self.wrote.contains(&customer)
    }

    /// Whether people changed a customer.
    pub(super) async fn edited_customer(&self, undo: &Undo, id: u64) -> Result<bool, UndoError> {
        self.edited(undo, CUSTOMER, id).await
    }

    /// Whether people changed a tag.
    pub(super) async fn edited_tag(&self, undo: &Undo, id: u64) -> Result<bool, UndoError> {
        self.edited(undo, TAG, id).await
    }

    async fn edited(&self, undo: &Undo, kind: &'static str, id: u64) -> Result<bool, UndoError> {
        let alone;
        let changes = if let Some(all) = &self.changes {
            all.get(&(kind.to_owned(), id)).map_or(&[][..], Vec::as_slice)
        } else {
            alone = changes_of(undo, kind, id).await?;
            &alone
        };
        Ok(changes.iter().any(|(user, at)| match undo.hands.whose(*user) {
            Whose::Machine => false,
            Whose::Mine => !self.writes.iter().any(|write| write_covers(*write, *at, self.ahead)),
            Whose::Person => true,
        }))
    }
}

/// Who wrote or was written to since then. Imported messages are older than the import and do not count here.
async fn writers(undo: &Undo, since: Timestamp, wrote: &mut HashSet<u64>) -> Result<(), UndoError> {
    let mut pages = undo.client.newest_messages();
    while let Some(page) = patiently(undo.patience, async || pages.next_page().await)
        .await
        .map_err(failed("list the account's messages"))?
    {
        let older = |message: &wire::Message| message.created_datetime.is_some_and(|at| at < since);
        let is_over = page.last().is_some_and(older);
        for message in page.into_iter().filter(|message| !older(message)) {
            let customer = if message.from_agent == Some(true) { message.receiver } else { message.sender };
            wrote.extend(customer.map(|customer| customer.id));
        }
        if is_over {
            break;
        }
    }
    Ok(())
}

async fn changes(
    undo: &Undo,
    since: Timestamp,
) -> Result<Option<HashMap<(String, u64), Changes>>, UndoError> {
    let filter =
        EventFilter { types: &CHANGES, from: Some(since), oldest_first: true, ..EventFilter::default() };
    let mut list = undo.client.events(&filter);
    let mut all: HashMap<(String, u64), Changes> = HashMap::new();
    loop {
        match patiently(undo.patience, async || list.next_page().await).await {
            Ok(Some(page)) => {
                for event in page {
                    if let (Some(kind), Some(id)) = (event.object_type.clone(), event.object_id) {
                        all.entry((kind, id)).or_default().push(seen(&event));
                    }
                }
            }
            Ok(None) => return Ok(Some(all)),
            // An account that does not know one of the kinds.
            Err(CallFailure::Refused { .. }) => return Ok(None),
            Err(failure) => return Err(unread(failure)),
        }
    }
}

async fn changes_of(undo: &Undo, kind: &str, id: u64) -> Result<Changes, UndoError> {
    let filter = EventFilter { object: Some((kind, id)), ..EventFilter::default() };
    let events = patiently(undo.patience, async || undo.client.events(&filter).all().await).await;
    let events = events.map_err(unread)?;
    let changed =
        events.iter().filter(|event| event.kind.as_deref().is_some_and(|kind| CHANGES.contains(&kind)));
    Ok(changed.map(seen).collect())
}

/// An event without a time cannot be one of our writes.
fn seen(event: &wire::Event) -> (Option<u64>, Timestamp) {
    (event.user_id, event.created_datetime.unwrap_or(Timestamp::MAX))
}

fn unread(failure: CallFailure) -> UndoError {
    match failure {
        CallFailure::Forbidden { .. } | CallFailure::NotFound => UndoError::NoEvents,
        failure => failed("read the account's events")(failure),
    }
}
