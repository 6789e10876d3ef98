//! Passes after an upload: work at what is in Gorgias already, several pieces at a time, until all is done or something
//! says to stop. The automations are read again beside it.
//!
//! What the user asks for reaches what is under way as well: the limiter is closed, so that a request that has left is
//! answered and none follows it. What was left half done says what should be, and is simply made again by the next run.

use std::pin::pin;

use futures::StreamExt as _;

use super::amend::NotAmended;
use super::job::Stop;
use super::traffic::TICKET;
use super::{Control, Ended, Shared, recheck};
use crate::ledger::TicketId;
use crate::model::finding::{Code, Finding};

/// Pieces in a row at which the account fails before it counts as out. One of them alone is left to the next run.
const FAULTED_MAX: u32 = 3;

/// How one piece of work ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// So much was changed.
    Done(u64),
    /// There was nothing to change, or Gorgias would not.
    Nothing,
    /// The run is to end.
    Left,
    /// The account does not answer, in words.
    Faulted(String),
    /// Everything has to stop.
    Stop(Stop),
}

/// What a pass came to.
#[derive(Debug)]
pub(super) struct Driven {
    pub(super) ended: Ended,
    /// How much was changed.
    pub(super) changed: u64,
    /// Pieces at which the account failed, in a pass that ended otherwise. They are left to the next run, and until then
    /// the pass has not done what it is for.
    pub(super) left: u64,
}

/// Does `work`, `at_once` pieces at a time, each at what goes by the key of a ticket or at something without one.
pub(super) async fn drive<W: Future<Output = Outcome>>(
    shared: &Shared,
    control: &Control,
    at_once: usize,
    work: impl Iterator<Item = (Option<TicketId>, W)>,
) -> Driven {
    let work = work.map(|(row, piece)| async move {
        let outcome = match row {
            _ if shared.is_halted() => Outcome::Left,
            Some(row) => TICKET.scope(row, piece).await,
            None => piece.await,
        };
        (row, outcome)
    });
    let mut work = futures::stream::iter(work).buffer_unordered(at_once);
    let (mut ended, mut changed, mut left, mut faulted) = (Ended::Finished, 0, 0, 0);
    let mut stopped = pin!(recheck::stopped(shared));
    loop {
        let (row, outcome) = tokio::select! {
            biased;
            () = control.abort.cancelled() => (None, None),
            () = control.drain.cancelled(), if !shared.is_halted() => {
                shared.halt();
                continue;
            }
            // What is cut off here says what should be, and is simply made again by the next run.
            stop = &mut stopped => (None, Some(Outcome::Stop(stop))),
            ended = work.next() => ended.map_or((None, None), |(row, outcome)| (row, Some(outcome))),
        };
        if matches!(outcome, Some(Outcome::Done(_) | Outcome::Nothing)) {
            faulted = 0;
        }
        match outcome {
            Some(Outcome::Done(count)) => changed += count,
            Some(Outcome::Nothing) => {}
            // A request that was sent away at a closed limiter says nothing about the account.
            Some(Outcome::Left | Outcome::Faulted(_)) if shared.is_halted() => {
                ended = asked_to_end(shared, control);
            }
            Some(Outcome::Left) => ended = Ended::Interrupted,
            Some(Outcome::Faulted(words)) => {
                faulted += 1;
                left += 1;
                let key = row.and_then(|row| key(shared, row));
                shared
                    .note(&Finding { key, ..Finding::general(Code::ChangeLeft).with_detail(words.clone()) });
                if faulted >= FAULTED_MAX {
                    ended = Ended::Stopped(Stop::Unreachable { words });
                }
            }
            Some(Outcome::Stop(stop)) => ended = Ended::Stopped(stop),
            None if control.abort.is_cancelled() => {
                ended = Ended::Interrupted;
                break;
            }
            None => break,
        }
        if matches!(ended, Ended::Stopped(_)) {
            shared.halt();
            break;
        }
    }
    Driven { ended, changed, left }
}

/// The key of a ticket, as far as the ledger can tell it.
fn key(shared: &Shared, row: TicketId) -> Option<String> {
    let known = shared.ledger.view().ticket_by_id(row).ok().flatten();
    known.map(|known| known.key.to_string())
}

/// How a pass ends that the user stops, by hand or by a limit.
fn asked_to_end(shared: &Shared, control: &Control) -> Ended {
    match shared.limit_reached() {
        Some(words) if !control.drain.is_cancelled() => Ended::LimitReached(words.to_owned()),
        _ => Ended::Interrupted,
    }
}

/// What is refused stays as it is and is told, by the key of its ticket.
pub(super) fn not_amended(shared: &Shared, key: &str, failure: NotAmended) -> Outcome {
    match failure {
        NotAmended::Refused(words) => {
            note(shared, key, Code::AmendRefused, &words);
            Outcome::Nothing
        }
        NotAmended::Gone => Outcome::Nothing,
        NotAmended::Faulted(fault) => Outcome::Faulted(fault.words),
        NotAmended::Stop(stop) => Outcome::Stop(stop),
    }
}

/// Says something about what lies under `key`.
pub(super) fn note(shared: &Shared, key: &str, code: Code, detail: &str) {
    shared.note(&Finding { code, key: Some(key.to_owned()), place: None, detail: detail.to_owned() });
}
