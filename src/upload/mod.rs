//! The upload: staged conversations to the account, each exactly once, at the account's pace.
//!
//! Invariants:
//!
//! - A create leaves only after its intent is durable in the ledger; an outcome that is unknown is looked up until the
//!   end of the settling window and only then may the create leave again.
//! - Only what is ours is adopted: its creation time fits the intent, its first message was planned, and no other import of
//!   that source has written into it.
//! - The dispatcher is one task; everything it decides by comes to it as a value. Workers share the client, the
//!   ledger and the options, and nothing that changes but the client's limiter.
//! - "Done" is told only after the ledger holds it.
//!
//! It must not know export formats, command lines or the terminal.

mod absent;
pub mod account;
mod amend;
mod answer;
mod append;
mod breaker;
mod canary;
mod customer_data;
mod customer_notes;
mod dispatcher;
mod encode;
mod existing;
mod feed;
mod files;
mod held_files;
mod job;
mod late;
mod links;
mod make;
mod ours;
mod pass;
mod preflight;
mod pressure;
mod probe;
mod rating;
mod read;
mod reassign;
mod rebuild;
mod recheck;
mod reopened;
mod resources;
mod retry;
mod schedule;
mod send;
mod settle;
mod shared;
#[cfg(test)]
mod tests;
pub mod touched;
mod traffic;
mod update;

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use breaker::MaxErrors;
pub use canary::EVENTS_UNREAD;
pub use customer_data::IMPORTED as IMPORTED_DATA;
pub use existing::{Existing, ExistingError, existing};
pub use feed::Plan;
pub use files::Files;
pub use job::Stop;
pub use links::{Fixed, LinkCounts, Links, Pages, fix_links, open_links};
pub use preflight::{Automation, Preflight, preflight};
pub use probe::{ProbeError, probe};
pub use reassign::{Moves, moves};
pub use rebuild::{Progress, REBUILT, RebuildError, Rebuilt, Windows, rebuild};
pub use recheck::until_stopped;
pub use resources::{AddressDigest, Need, Resources};
pub use shared::{Notes, Shared, digest};
pub(crate) use traffic::TICKET;
pub use traffic::Traffic;
pub use update::{Tells, tells_fact};

use crate::model::event::{Event, Figures, TicketCounts};
use crate::model::timetable::Timetable;

/// Times that an update, which says what should be, is made again where its answer was lost.
const PUT_ATTEMPTS: u32 = 8;
/// The ledger is packed after a run that brought at least one in so many of its tickets: not for a few new ones a day.
const TIDY_SHARE: u64 = 10;

/// Settings of an upload.
#[derive(Clone, Debug)]
pub struct Options {
    /// Number of the run.
    pub run: u64,
    /// Requests in flight at once. It only hides latency; the account's budget decides the pace.
    pub concurrency: usize,
    /// Requests in flight where slow answers would leave the budget unused.
    pub concurrency_max: usize,
    /// How long an unknown outcome is looked up before it is sent again.
    pub settle: Duration,
    /// How long the account may stay away.
    pub patience: Duration,
    /// `via` of tickets and messages.
    pub via: String,
    /// Whether `imported: true` is sent.
    pub imported: Imported,
    /// Messages in the call that creates their ticket, 1 to 500.
    pub nested_max: usize,
    /// How many rejections the user allows.
    pub max_errors: Option<MaxErrors>,
    /// How long the run may take.
    pub max_duration: Option<Duration>,
    /// Whether a ticket is left out that seems to be in the account already by other means; one more call for each.
    pub skip_existing: bool,
    /// Where old and new tickets are on the web; without it links stay as they are.
    pub pages: Option<Pages>,
    /// What is watched while the run goes on.
    pub watch: Watch,
    /// What the user's clock and hands decide.
    pub schedule: Schedule,
}

/// What the user's clock and hands decide. By default nothing.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// The share of the budget that is left to others, by the time of the week.
    pub reserve: Option<Timetable>,
    /// When the run is to stop.
    pub stop_at: Option<Timestamp>,
    /// As long as this file exists nothing is sent.
    pub pause_file: Option<PathBuf>,
}

/// What is watched while a run goes on. By default nothing is, for benches and tests of other parts.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// Names the state of the account's automations, as the pre-flight found it. Where absent, the first tickets are not
    /// read back and the automations not again.
    pub automations: Option<String>,
    /// Automations and oddities that the user acknowledged.
    pub accept: Vec<String>,
    /// How long after the first tickets they are read back.
    pub canary_wait: Duration,
    /// How often the automations are read again.
    pub reread_every: Duration,
}

/// Whether `imported: true` is sent with tickets and appended messages. Messages inside a ticket do not take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// Always.
    Always,
    /// Never.
    Never,
    /// Until the account refuses the field; remembered in the ledger.
    Auto,
}

/// How the user stops a run.
#[derive(Clone, Debug, Default)]
pub struct Control {
    /// Nothing new is started; what is in flight finishes.
    pub drain: CancellationToken,
    /// Stop now; outcomes in flight become unknown.
    pub abort: CancellationToken,
}

/// How an upload ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is left to do.
    Finished,
    /// The user stopped it.
    Interrupted,
    /// A limit that the user set was reached; its name.
    LimitReached(String),
    /// Something stopped it.
    Stopped(Stop),
}

/// Uploads what the plan selects. `figures` are those of earlier runs, to count from; `resources` is what the account
/// holds. Returns when everything that was told as done is durable.
pub async fn upload(
    shared: Shared,
    plan: Plan,
    resources: Resources,
    figures: Figures,
    control: Control,
    events: mpsc::UnboundedSender<Event>,
) -> (Ended, Figures) {
    let shared = std::sync::Arc::new(shared);
    let after = plan.clone();
    let reassign = reassign::Pass::of(&plan);
    reassign.begin(&shared);
    shared.heartbeat(&figures);
    let watcher = schedule::Watcher::start(&shared, &events);
    let left_over = canary::left_open(&shared.options.watch, &plan.view);
    let feed = feed::start(plan, left_over);
    let dispatcher = dispatcher::Dispatcher::new(
        std::sync::Arc::clone(&shared),
        control.clone(),
        events.clone(),
        resources,
        figures,
    );
    let (mut ended, mut figures) = dispatcher.run(feed).await;
    if ended == Ended::Finished {
        (ended, figures) = reassign.run(&shared, &control, &events, figures).await;
    }
    if ended == Ended::Finished {
        (ended, figures) = late::Pass::of(&after).run(&shared, &control, &events, figures).await;
    }
    if ended == Ended::Finished {
        (ended, figures) = customer_data::bring(&after, &shared, &control, &events, figures).await;
    }
    watcher.end().await;
    let (calls, throttled, could_have_sent) = shared.calls();
    figures = Figures { calls, throttled, could_have_sent, uploads: shared.uploads(), ..figures };
    let TicketCounts { created, already, pending, .. } = figures.tickets;
    if ended == Ended::Finished && pending == 0 && created * TIDY_SHARE > already {
        shared.ledger.tidy_when_closed();
    }
    (and_durable(&shared, ended).await, figures)
}

/// How it ended, once the ledger holds everything. Where it cannot, that is why it ended, unless something stopped it before.
async fn and_durable(shared: &Shared, ended: Ended) -> Ended {
    match (shared.flush().await, ended) {
        (_, stopped @ Ended::Stopped(_)) => stopped,
        (Ok(()), ended) => ended,
        (Err(words), _) => Ended::Stopped(Stop::Ledger { words }),
    }
}
