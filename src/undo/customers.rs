//! Customers that this tool created and nobody needs: deleted for good.

use jiff::Timestamp;

use super::parts::{customer_line, delete_unless, to_the_end};
use super::traces::Traces;
use super::{Fate, Line, Reason, Tell, Undo, UndoError, failed, tell_noted};
use crate::gorgias::{CallFailure, patiently, wire};
use crate::ledger::{AddressHasher, MadeCustomer};
use crate::model::key::PersonKey;
use crate::model::person::Email;
use crate::upload::IMPORTED_DATA as IMPORTED;

/// Calls for one customer who is deleted: the record, their tickets, the deletion.
pub const CALLS: u64 = 3;
/// Customers that are deleted between two looks at what people do meanwhile: some forty seconds on an API key.
pub const TOGETHER: usize = 25;

/// Deletes those of `made` that nothing uses.
pub(super) async fn delete(
    undo: &Undo,
    traces: &mut Traces,
    made: &[MadeCustomer],
    tell: Tell<'_>,
) -> Result<(), UndoError> {
    for (number, batch) in made.chunks(TOGETHER).enumerate() {
        if number > 0 && !undo.drain.is_cancelled() {
            traces.refresh(undo).await?;
        }
        let traces = &*traces;
        let work = batch.iter().map(|one| async move {
            let fate = delete_one(undo, traces, one).await?;
            if matches!(fate, Fate::Purged | Fate::Gone) {
                for address in &one.addresses {
                    drop(undo.ledger.customer_gone(*address));
                }
            }
            Ok::<Line, UndoError>(customer_line(one, fate))
        });
        let (lines, stopped) = to_the_end(undo, work).await;
        let noted = tell_noted(undo, lines, tell).await;
        stopped.and(noted)?;
    }
    Ok(())
}

async fn delete_one(undo: &Undo, traces: &Traces, made: &MadeCustomer) -> Result<Fate, UndoError> {
    let id = made.gorgias_id;
    let look = async || {
        let there = match patiently(undo.patience, async || undo.client.get_customer(id).await).await {
            Ok(there) => there,
            Err(CallFailure::NotFound) => return Ok(None),
            Err(failure) => return Err(failed("read a customer")(failure)),
        };
        let mut reasons = judge(&there, made, traces, undo.ledger.hasher());
        reasons.extend(traces.edited_customer(undo, id).await?.then_some(Reason::Edited));
        if reasons.is_empty() {
            // The last look, in the moment before: whoever has a ticket by now stays.
            let has_tickets = patiently(undo.patience, async || undo.client.has_tickets(id).await).await;
            let has_tickets = has_tickets.map_err(failed("list a customer's tickets"))?;
            reasons.extend(has_tickets.then_some(Reason::Tickets));
        }
        Ok(Some(reasons))
    };
    let delete = async || {
        let _doomed = undo.own.customer(id);
        undo.client.delete_customer(id).await
    };
    delete_unless(undo, "delete a customer", look, delete).await
}

/// Why a customer has to stay, as far as their record and what happened since tell.
fn judge(
    there: &wire::Customer,
    made: &MadeCustomer,
    traces: &Traces,
    hasher: &AddressHasher,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if !there.created_datetime.is_some_and(|at: Timestamp| traces.at_work(at)) {
        reasons.push(Reason::NotMade);
    }
    if traces.wrote(there.id) {
        reasons.push(Reason::Wrote);
    }
    let ours = |channel: &&wire::CustomerChannel| {
        let Some(address) = channel.address.as_deref() else { return false };
        let hash = match channel.kind.as_deref() {
            Some("email") => Email::parse(address).map(|email| hasher.email(&email)),
            Some("phone") => Some(hasher.phone(address)),
            _ => None,
        };
        hash.is_some_and(|hash| made.addresses.contains(&hash))
    };
    let mut channels = there.channels.iter().filter(|channel| channel.deleted_datetime.is_none());
    let person = there.external_id.as_deref().and_then(|id| PersonKey::parse(id).ok());
    let bare = person.is_some_and(|person| made.addresses.contains(&hasher.person(&person)));
    let known_by_any = bare || there.channels.iter().any(|channel| ours(&channel));
    if !known_by_any || channels.any(|channel| !ours(&channel)) {
        reasons.push(Reason::Addresses);
    }
    let is_empty = |value: &Option<serde_json::Value>| match value {
        None | Some(serde_json::Value::Null) => true,
        Some(serde_json::Value::String(text)) => text.trim().is_empty(),
        Some(serde_json::Value::Object(map)) => map.is_empty(),
        Some(serde_json::Value::Array(list)) => list.is_empty(),
        Some(_) => false,
    };
    // What the import itself wrote there is no use by others.
    let others_data = match &there.data {
        Some(serde_json::Value::Object(map)) => map.keys().any(|key| key != IMPORTED),
        data => !is_empty(data),
    };
    if others_data || !is_empty(&there.integrations) {
        reasons.push(Reason::Linked);
    }
    if !is_empty(&there.note) {
        reasons.push(Reason::Edited);
    }
    reasons
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ledger::Ledger;
    use crate::model::time::now;

    /// A change of a customer's record, and why it spares them.
    type Case = (fn(&mut Value), Reason);

    #[test]
    fn only_whom_the_import_made_and_nobody_changed_or_knows_may_go() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path(), now()).unwrap();
        let hasher = ledger.hasher();
        let email = Email::parse("One@Example.com").unwrap();
        let person = PersonKey::parse("zendesk:user:7").unwrap();
        let addresses = vec![hasher.email(&email), hasher.phone("+14155550123"), hasher.person(&person)];
        let made = MadeCustomer { gorgias_id: 5, addresses };
        let traces = Traces::at_work_from("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z");
        let channel = |kind: &str, address: &str| json!({"id": 1, "type": kind, "address": address});
        let ours = || {
            json!({"id": 5, "created_datetime": "2026-01-01T10:30:00Z", "integrations": {}, "note": null,
                "data": {"imported": {"ids": ["zendesk:user:7"]}},
                "channels": [channel("email", "one@example.com"), channel("phone", "+14155550123")]})
        };
        let judged = |change: fn(&mut Value)| {
            let mut customer = ours();
            change(&mut customer);
            judge(&serde_json::from_value(customer).unwrap(), &made, &traces, hasher)
        };
        assert_eq!(judged(|_| ()), []);
        assert_eq!(
            judged(|it| {
                it["channels"] = json!([]);
                it["external_id"] = json!("zendesk:user:7");
            }),
            []
        );
        let cases: [Case; 8] = [
            (|it| it["created_datetime"] = json!("2026-01-01T09:00:00Z"), Reason::NotMade),
            (|it| it["created_datetime"] = json!(null), Reason::NotMade),
            (|it| it["channels"] = json!([]), Reason::Addresses),
            (|it| it["channels"][1]["address"] = json!("+14155550199"), Reason::Addresses),
            (|it| it["channels"][1]["type"] = json!("chat"), Reason::Addresses),
            (|it| it["integrations"] = json!({"12": {"__integration_type__": "shopify"}}), Reason::Linked),
            (|it| it["data"] = json!({"loyalty": "gold"}), Reason::Linked),
            (|it| it["note"] = json!("calls on Mondays"), Reason::Edited),
        ];
        for (change, reason) in cases {
            assert_eq!(judged(change), [reason]);
        }
    }
}
