//! Facts of the export for the `data` of customers whom this tool created: their ids in the old systems, their organization,
//! and what was noted down about them.
//!
//! Only customers that the ledger says were created by this tool are looked at, each once, and only a `data` that is empty is
//! written: somebody else may have filled it since. An answer that was lost makes the same call again. Of whom an export tells
//! nothing is remembered with that export, so that it is not read again and again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::gorgias::wire;
use crate::mapping::{CustomerFacts, customer_identity};
use crate::model::conversation::{Conversation, Side};
use crate::model::event::{Event, Figures};
use crate::model::fact;
use crate::model::key::PersonKey;
use crate::model::person::Person;
use crate::model::time::now;
use crate::staging::{Staging, StagingError};

use super::amend::{self, NotAmended};
use super::customer_notes::Notes;
use super::job::Stop;
use super::pass::{self, Outcome};
use super::{AddressDigest, Control, Ended, Plan, Shared};

/// Customers whose facts are in memory at once, some 200 bytes each.
const AT_ONCE: usize = 50_000;
/// Ids of one customer that are written; nobody has more accounts, and a shop's own address may have thousands.
const IDS_MAX: usize = 50;
/// How far the clocks of the account and of this machine may be apart.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(10);
/// The key of what this tool writes, so that it can be told from what other programs do.
pub const IMPORTED: &str = "imported";

/// What the export tells of a customer.
#[derive(Debug, Default)]
struct Facts {
    /// Their keys.
    people: BTreeSet<PersonKey>,
    /// The last one, and when that was.
    organization: Option<(Timestamp, String)>,
}

/// Brings the facts that are not brought yet.
pub(super) async fn bring(
    plan: &Plan,
    shared: &Shared,
    control: &Control,
    events: &mpsc::UnboundedSender<Event>,
    figures: Figures,
) -> (Ended, Figures) {
    if !plan.rules.brings_customer_data() {
        return (Ended::Finished, figures);
    }
    let stopped = |words: String| Ended::Stopped(Stop::Ledger { words });
    let since = match plan.view.first_run() {
        Ok(first) => first.map_or_else(now, |first| first.started) - CLOCKS_APART,
        Err(error) => return (stopped(error.to_string()), figures),
    };
    let export = match plan.view.registered_export() {
        Ok(export) => export.unwrap_or_default(),
        Err(error) => return (stopped(error.to_string()), figures),
    };
    let (mut after, mut brought) = (0, 0);
    let mut ended = Ended::Finished;
    while ended == Ended::Finished {
        let open = match plan.view.customers_without_data(&export, after, AT_ONCE) {
            Ok(open) => open,
            Err(error) => return (stopped(error.to_string()), figures),
        };
        let Some((last, _)) = open.last_key_value() else { break };
        after = *last;
        let (facts, staging) = match gather(plan, shared, &open) {
            Ok(gathered) => gathered,
            Err(words) => return (stopped(words), figures),
        };
        let silent: Vec<u64> = open.into_keys().filter(|id| !facts.contains_key(id)).collect();
        drop(shared.ledger.customer_data_silent(silent, &export));
        // Notes are long, and fetched when their turn comes.
        let work = facts.into_iter().map(move |(id, facts)| {
            let wants_notes = plan.rules.customer_notes;
            let notes = if wants_notes { Notes::of(&staging, &facts.people) } else { Ok(Notes::default()) };
            let data = notes.map(|notes| data(facts, notes, plan.rules.customer_data));
            (None, customer(shared, id, data, since))
        });
        let driven = pass::drive(shared, control, shared.options.concurrency, work).await;
        (ended, brought) = (driven.ended, brought + driven.changed);
    }
    if brought > 0 {
        let message = format!("customers whose facts of the old systems were added: {brought}");
        drop(events.send(Event::Notice { message }));
    }
    (ended, figures)
}

/// What the export tells of these customers, by Gorgias id.
fn gather(
    plan: &Plan,
    shared: &Shared,
    open: &BTreeMap<u64, Vec<AddressDigest>>,
) -> Result<(HashMap<u64, Facts>, Staging), String> {
    let staging = Staging::again(&plan.staging).map_err(|error| error.to_string())?;
    let wanted: HashMap<AddressDigest, u64> =
        open.iter().flat_map(|(id, addresses)| addresses.iter().map(|address| (*address, *id))).collect();
    let mut facts: HashMap<u64, Facts> = HashMap::new();
    let mut meet = |person: &Person, of: Option<&Conversation>| {
        let Some(id) = wanted.get(&shared.digest(&customer_identity(person, &plan.rules))) else { return };
        let known = facts.entry(*id).or_default();
        if known.people.len() < IDS_MAX {
            known.people.insert(person.key.clone());
        }
        let told = of.and_then(|conversation| {
            let name = conversation.meta.get(fact::ORGANIZATION)?.as_str()?;
            Some((conversation.last_activity(), name.to_owned()))
        });
        if let Some(told) = told.filter(|_| plan.rules.customer_data == CustomerFacts::Full)
            && known.organization.as_ref().is_none_or(|known| known.0 < told.0)
        {
            known.organization = Some(told);
        }
    };
    let read = staging.for_each(|staged| {
        let conversation = &staged.conversation;
        meet(&conversation.customer, Some(conversation));
        for message in conversation.messages.iter().filter(|message| message.side == Side::Customer) {
            if message.author.key != conversation.customer.key {
                meet(&message.author, None);
            }
        }
        ControlFlow::Continue(())
    });
    read.map_err(|error| error.to_string())?;
    Ok((facts, staging))
}

/// The facts as they are written; nothing where there are none.
fn data(facts: Facts, notes: Notes, wanted: CustomerFacts) -> Option<Value> {
    let mut told = serde_json::Map::new();
    // A caller's key may be the number itself.
    let ids = facts.people.iter().map(PersonKey::as_str).filter(|key| !key.contains(['@', '+']));
    let ids: Vec<&str> = ids.filter(|_| wanted != CustomerFacts::None).collect();
    if !ids.is_empty() {
        told.insert("ids".to_owned(), json!(ids));
    }
    told.extend(notes.told());
    if let Some((_, organization)) = facts.organization {
        told.insert("organization".to_owned(), organization.into());
    }
    (!told.is_empty()).then(|| json!({ IMPORTED: told }))
}

/// Writes the facts of one customer, unless there is something already.
async fn customer(
    shared: &Shared,
    id: u64,
    data: Result<Option<Value>, StagingError>,
    since: Timestamp,
) -> Outcome {
    let outcome = match data {
        Err(error) => Err(NotAmended::Stop(Stop::Ledger { words: error.to_string() })),
        Ok(None) => Ok(false),
        Ok(Some(data)) => write(shared, id, data, since).await,
    };
    let key = || format!("Gorgias customer {id}");
    match outcome {
        Ok(brought) => {
            drop(shared.ledger.customer_data_seen(id, brought));
            if brought { Outcome::Done(1) } else { Outcome::Nothing }
        }
        Err(failure) => match pass::not_amended(shared, &key(), failure) {
            Outcome::Nothing => {
                drop(shared.ledger.customer_data_seen(id, false));
                Outcome::Nothing
            }
            other => other,
        },
    }
}

async fn write(shared: &Shared, id: u64, data: Value, since: Timestamp) -> Result<bool, NotAmended> {
    let held = amend::customer(shared, id).await?;
    // A ticket that names an address makes a customer or finds one that no list showed under it.
    if held.has_data() || held.created_datetime.is_some_and(|created| created < since) {
        return Ok(false);
    }
    amend::customer_data(shared, id, &wire::CustomerData { data }).await?;
    Ok(true)
}
