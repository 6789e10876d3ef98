mod bind;
mod durability;
mod exposure;
mod files;
mod join;
mod made;
mod open;
mod outcome;
mod power_cut;
mod queue;
mod register;
mod size;
mod state;
mod thread;

use std::path::Path;

use super::*;
use crate::model::conversation::Status;
use crate::model::fingerprint::Fingerprint;
use crate::model::key::{ConversationKey, MessageKey};
use crate::model::time;
use crate::model::trace::Trace;

fn open(folder: &Path) -> Ledger {
    Ledger::open(folder, time::now()).unwrap()
}

fn key(number: u32) -> ConversationKey {
    ConversationKey::parse(&format!("zendesk:ticket:{number}")).unwrap()
}

/// What message `id` is known by: one a minute.
fn trace(id: u32) -> Trace {
    Trace { what: [7; 16], second: 1_000_000 + i64::from(id) * 60 }
}

fn message(id: u32, content: u8) -> RegisteredMessage {
    RegisteredMessage {
        key: MessageKey::parse(&format!("zendesk:comment:{id}")).unwrap(),
        fingerprint: MessagePrint([content; 8]),
        synthetic: false,
        trace: trace(id),
    }
}

/// Ticket `number` with messages `number * 10 …`, last active at `last_activity_ms`.
fn registration(number: u32, last_activity_ms: i64, messages: u32) -> Registration {
    Registration {
        key: key(number),
        status: Status::Closed,
        last_activity_ms,
        fingerprint: Fingerprint([1; 16]),
        face: Face::default(),
        mapped_to: None,
        call: None,
        also: Vec::new(),
        rated: false,
        messages: (0..messages).map(|n| message(number * 10 + n, 1)).collect(),
    }
}

/// The same ticket as a later export has it: one more message, another fingerprint.
fn with_one_more(mut registration: Registration) -> Registration {
    registration.messages.push(message(9_999, 1));
    registration.fingerprint = Fingerprint([2; 16]);
    registration
}

/// A ledger in `folder` with tickets `1..=count` of two messages, ticket `n` last active at `n` seconds.
fn filled(folder: &Path, count: u32) -> Ledger {
    let ledger = open(folder);
    ledger.register((1..=count).map(|number| registration(number, i64::from(number) * 1_000, 2))).unwrap();
    ledger
}

fn ticket(ledger: &Ledger, number: u32) -> TicketRow {
    ledger.view().ticket(&key(number)).unwrap().unwrap()
}

const PLAN: PlanHash = PlanHash([7; 16]);

/// Brings ticket `number` to `Done`, as Gorgias ticket `number + 100`.
fn finish(ledger: &Ledger, number: u32) -> TicketId {
    let id = ticket(ledger, number).id;
    ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
    ledger.ticket_created(id, i64::from(number) + 100, &[(0, 1), (1, 2)], true).wait().unwrap();
    id
}
