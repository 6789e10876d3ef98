//! What the flags select, in the ledger's terms.

use std::ops::ControlFlow;

use crate::config::selection::{Order, Selection};
use crate::ledger::{self, LedgerView};
use crate::model::key::ConversationKey;
use crate::staging::Staging;

use super::CommandError;

/// The selection in the ledger's terms. Keys of messages stand for their conversations.
pub(super) fn in_ledger(
    selection: &Selection,
    view: &LedgerView,
    staging: &Staging,
) -> Result<ledger::Selection, CommandError> {
    let keys = match selection.keys() {
        None => None,
        Some(keys) => Some(conversations(selection, &keys.collect::<Vec<_>>(), view, staging)?),
    };
    Ok(ledger::Selection { keys, ..without_keys(selection) })
}

/// The selection in the ledger's terms, without the keys that it names.
pub(super) fn without_keys(selection: &Selection) -> ledger::Selection {
    let (since, until) = selection.span();
    ledger::Selection {
        sources: selection.sources().cloned().collect(),
        since_ms: since.map(jiff::Timestamp::as_millisecond),
        until_ms: until.map(jiff::Timestamp::as_millisecond),
        statuses: selection.statuses().collect(),
        keys: None,
        limit: selection.limit,
        newest_first: selection.order == Order::Newest,
    }
}

fn conversations(
    selection: &Selection,
    keys: &[&str],
    view: &LedgerView,
    staging: &Staging,
) -> Result<Vec<ConversationKey>, CommandError> {
    let mut conversations = Vec::new();
    let mut others = false;
    for key in keys {
        match ConversationKey::parse(key) {
            Ok(key) if view.ticket(&key)?.is_some() => conversations.push(key),
            _ => others = true,
        }
    }
    if others {
        staging.for_each(|staged| {
            if selection.matches(&staged.conversation) && !conversations.contains(&staged.conversation.key) {
                conversations.push(staged.conversation.key);
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(conversations)
}
