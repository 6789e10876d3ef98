//! The feed beside a run that changes the ledger under it.

use super::world::{World, conversation, person};
use crate::ledger::PlanHash;
use crate::mapping::{AgentDirectory, Rules};
use crate::model::conversation::Status;
use crate::upload::feed::{self, Fed};

/// A ticket that was unknown and has been settled by the time when the open ones are read is not handed on again:
/// two workers at one ticket would be two of everything.
#[test]
fn each_ticket_is_handed_on_once() {
    let kim = person(1, true, false);
    let tickets = 1..=200;
    let conversations =
        tickets.clone().map(|n| conversation(n, &kim, &[Some(&kim)], &[], Status::Open)).collect();
    let world = World::new(1, conversations);
    let ledger = world.prepare();
    let rows: Vec<_> = world
        .conversations
        .iter()
        .map(|conversation| ledger.view().ticket(&conversation.key).unwrap().unwrap().id)
        .collect();
    let intents: Vec<_> = rows.iter().map(|row| (*row, PlanHash([1; 16]))).collect();
    ledger.intend_tickets(&intents).wait().unwrap();
    let mut feed = feed::start(world.plan(&ledger, Rules::default(), AgentDirectory::offline()), Vec::new());
    let Some(Fed::Job(first)) = feed.blocking_recv() else { panic!("a job") };
    let mut seen = vec![first.row];
    for row in &rows {
        drop(ledger.ticket_not_there(*row));
    }
    ledger.flush().wait().unwrap();
    let mut ended = false;
    while let Some(fed) = feed.blocking_recv() {
        match fed {
            Fed::Job(job) => seen.push(job.row),
            Fed::End => ended = true,
            other => panic!("{other:?}"),
        }
    }
    let distinct: std::collections::HashSet<_> = seen.iter().collect();
    assert_eq!((distinct.len(), seen.len(), ended), (200, 200, true));
}
