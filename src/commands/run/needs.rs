//! What a run needs of the account beside its tickets: read off the staged export and the account, for the dry run.

use std::collections::HashSet;

use crate::attachments::{Fate, FilePlanner, known_fate};
use crate::commands::{CommandError, terms, validate};
use crate::ledger::{Selection, Which};
use crate::mapping::{AttachmentMode, Identity, MappedTicket, NeedsCounter, Rules, Sender, map};
use crate::report::{Need, Needs};
use crate::upload;
use crate::upload::account::Account;

use super::Session;

/// Customers and tags that the account lacks.
#[derive(Default)]
struct Lacking {
    tags: HashSet<String>,
    customers: HashSet<upload::AddressDigest>,
    /// Customers of them who need calls of their own.
    apart: HashSet<upload::AddressDigest>,
    ratings: u64,
}

/// What the tickets that are still to be sent need.
pub(super) fn needs(
    session: &Session<'_>,
    selection: &Selection,
    rules: &Rules,
    account: &Account,
) -> Result<Needs, CommandError> {
    let view = session.ledger.view();
    let (mut counter, mut files, mut lacking) =
        (NeedsCounter::default(), FilePlanner::default(), Lacking::default());
    for row in view.tickets(selection, Which::Open)? {
        let row = row?;
        let Some(conversation) = session.intake.staging.get(&row.key)? else { continue };
        counter.meet(&conversation, rules, &account.directory);
        let Ok(mapped) = map(&conversation, rules, &account.directory) else { continue };
        lacking.meet(session, &mapped.ticket, account);
        if rules.attachments == AttachmentMode::Upload {
            for message in &mapped.ticket.messages {
                for file in &message.attachments {
                    let fate = known_fate(view, session.ledger.hasher(), file)?;
                    if !matches!(fate, Fate::There { .. }) {
                        files.add(message.key.source(), file);
                    }
                }
            }
        }
    }
    let files = validate::file_plan(session.config, &files, session.intake.facts.origins())?;
    let pace = terms::pace(session.config);
    let needed = counter.needed();
    let customers = lacking.customers.len() as u64;
    let data = if rules.brings_customer_data() { 2 * customers } else { 0 };
    let tags = lacking.tags.len() as u64;
    let uploads = files.as_ref().map_or(0, crate::attachments::FilePlan::uploads);
    Ok(Needs {
        account_read: true,
        people: Need::new(needed.agents, needed.agent_messages, 0, pace),
        customers: Need::new(customers, 0, 2 * lacking.apart.len() as u64 + data, pace),
        tags: Need::new(tags, 0, tags, pace),
        fields: Need::new(needed.fields, needed.field_tickets, 0, pace),
        files: Need::new(uploads, 0, uploads, pace),
        file_bytes: files.as_ref().map_or(0, |files| files.bytes),
        files_of_unknown_size: files.as_ref().map_or(0, |files| files.unknown_size),
        ratings: Need::new(lacking.ratings, 0, lacking.ratings, pace),
    })
}

impl Lacking {
    fn meet(&mut self, session: &Session<'_>, ticket: &MappedTicket, account: &Account) {
        self.ratings += u64::from(ticket.rating.is_some());
        for tag in &ticket.tags {
            if !account.resources.has_tag(tag) && !self.tags.contains(tag) {
                self.tags.insert(tag.clone());
            }
        }
        self.customer(session, &ticket.customer, false, account);
        for message in &ticket.messages {
            if let Sender::Customer { identity, .. } = &message.sender
                && *identity != ticket.customer
            {
                self.customer(session, identity, true, account);
            }
        }
    }

    /// People without an email address are not listed with the account; the ledger knows those of earlier runs.
    fn customer(&mut self, session: &Session<'_>, identity: &Identity, is_apart: bool, account: &Account) {
        let digest = upload::digest(&session.ledger, identity);
        let known = account.resources.customer(digest).is_some()
            || session
                .ledger
                .view()
                .customer(digest)
                .is_ok_and(|row| row.is_some_and(|row| row.gorgias_id.is_some()));
        if known {
            return;
        }
        let is_new = self.customers.insert(digest);
        if is_new && (is_apart || !matches!(identity, Identity::Email(_))) {
            self.apart.insert(digest);
        }
    }
}
