//! Tickets of two accounts in one source: every account counts its tickets from 1, so that the numbers of two meet.

use std::collections::BTreeSet;

use super::join::Row;
use super::ticket::{Ticket, subdomain};
use crate::model::finding::{Code, Finding};
use crate::model::key::{ConversationKey, SourceName};
use crate::model::time::parse_rfc3339;

/// What is to be said if the copies of a ticket are two tickets of two accounts: in one conversation each customer would
/// be shown what the other one wrote.
///
/// An account of several brands answers under several hosts, so another host proves nothing; but the time at which a
/// ticket was made never changes.
pub(super) fn of_two(source: &SourceName, copies: &[(Box<Ticket<'_>>, &Row)]) -> Option<Finding> {
    let (newest, row) = copies.first()?;
    let made = |ticket: &Ticket<'_>| parse_rfc3339(ticket.created_at.filled()?);
    let account = |ticket: &Ticket<'_>| ticket.url.filled().and_then(subdomain).map(str::to_owned);
    let (made_first, here) = (made(newest)?, account(newest)?);
    let others: BTreeSet<String> = copies
        .iter()
        .filter(|(ticket, _)| made(ticket).is_some_and(|made| made != made_first))
        .filter_map(|(ticket, _)| account(ticket).filter(|account| *account != here))
        .collect();
    if others.is_empty() {
        return None;
    }
    let others: Vec<String> = others.into_iter().collect();
    let key = ConversationKey::new(source, "ticket", newest.id.known().unwrap_or_default());
    let detail = format!("one is of {here}, another one of {}", others.join(" and "));
    Some(Finding::new(Code::TicketOfTwoAccounts, key, &row.place).with_detail(detail))
}
