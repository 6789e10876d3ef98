//! Looking back at what was sent: `verify` and `undo` leave a ticket that Gorgias always fails to show, as a run does.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::fake::Fault;
use super::stubborn::{ail, finished, ticket};
use super::unread::path;
use super::world::World;
use crate::gorgias::{Client, Own, UnreadInARow};
use crate::ledger::{Ledger, Selection};
use crate::mapping::{AgentDirectory, Rules};
use crate::staging::{Found, Staging};
use crate::undo::{Fate, Line, Mode, Reason, Undo};
use crate::upload::Watch;
use crate::upload::touched::Hands;
use crate::verify::{self, Chosen, Known, Step, Verification, VerifyError, Way};

/// How long the account may stay away.
const PATIENCE: Duration = Duration::from_hours(24);
const TICKETS: u64 = 30;

/// Tickets that are there, some of which Gorgias then fails to show.
async fn world(unreadable: impl IntoIterator<Item = u64>) -> World {
    let mut world = World::new(1, (1..=TICKETS).map(|number| ticket(number, 2, &[])).collect());
    finished(&mut world).await;
    for number in unreadable {
        ail(&world, &format!("GET {}", path(&world, number)), Fault::Before500);
    }
    world
}

fn client(world: &World, ledger: &Ledger) -> Client {
    let (events, _) = mpsc::unbounded_channel();
    world.shared(ledger, 1, &events, Arc::default()).client.clone()
}

/// How many tickets a verification checks before it comes to its end.
async fn checked(world: &World) -> Result<usize, VerifyError> {
    let ledger = world.prepare();
    let plan = world.plan(&ledger, Rules::default(), AgentDirectory::offline());
    let Found::Whole(staging) = Staging::open(&plan.staging).unwrap() else { panic!("nothing is staged") };
    let verification = Verification {
        client: &client(world, &ledger),
        view: ledger.view(),
        staging: &staging,
        rules: &plan.rules,
        directory: &plan.directory,
        known: Known { customers: &|_| None, new_links: &|_, _| None },
        patience: PATIENCE,
        together: 4,
        everything: false,
        contents: false,
    };
    let chosen: Chosen = verify::choose(ledger.view(), &Selection::default(), None).unwrap();
    let mut checked = 0;
    let mut take = |step| checked += usize::from(matches!(step, Step::Checked(_)));
    verify::verify(&verification, &chosen, Way::Single, &mut take).await?;
    Ok(checked)
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_cannot_be_read_holds_up_no_verification() {
    let world = world([5, 15, 25]).await;
    let begun = Instant::now();
    assert_eq!(checked(&world).await.unwrap(), 27);
    assert!(begun.elapsed() < Duration::from_mins(20), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn where_one_after_the_other_cannot_be_read_patience_decides() {
    for whole in [false, true] {
        let world = world(1..=TICKETS).await;
        if whole {
            ail(&world, "GET", Fault::ResetBefore);
        }
        let begun = Instant::now();
        assert!(matches!(checked(&world).await, Err(VerifyError::Call(_))), "{whole}");
        assert!(begun.elapsed() >= PATIENCE, "{whole} {:?}", begun.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_cannot_be_read_holds_up_no_undo() {
    let world = world([5, 15, 25]).await;
    let ledger = world.prepare();
    let client = client(&world, &ledger);
    let undo = Undo {
        hands: Hands::read(&client).await.unwrap(),
        client,
        own: Own::default(),
        ledger,
        concurrency: 4,
        patience: PATIENCE,
        unread: UnreadInARow::default(),
        settle: Duration::from_mins(1),
        drain: CancellationToken::new(),
        watch: Watch::default(),
    };
    let begun = Instant::now();
    let (mut planned, mut spared) = (0, Vec::new());
    let mut tell = |lines: &[Line]| {
        for line in lines {
            match &line.fate {
                Fate::Planned => planned += 1,
                Fate::Spared(reasons) => spared.extend(reasons.clone()),
                fate => panic!("{fate:?}"),
            }
        }
    };
    undo.to_trash(&Selection::default(), Mode::Preview, &mut tell).await.unwrap();
    assert_eq!((planned, spared), (27, vec![Reason::Unreadable; 3]));
    assert!(begun.elapsed() < Duration::from_mins(30), "{:?}", begun.elapsed());
}
