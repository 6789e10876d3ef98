//! The customers and tags that this tool created, after the tickets that named them were deleted.
//!
//! Deleting them cannot be undone, and no call tells everything that uses them. So they go last, one by one, each looked
//! at in the moment before, and whatever is not known counts as use.

use futures::stream::{self, StreamExt as _};

use super::traces::Traces;
use super::{Fate, Line, Mode, Reason, Tell, Undo, UndoError, What, customers, failed, tags};
use crate::gorgias::{CallFailure, NotSentKind, back_off};
use crate::ledger::{MadeCustomer, MadeTag, Selection};

/// Times that a request to delete is made that certainly was not processed.
const ATTEMPTS: u32 = 8;
/// Times that something is looked at and deleted where answers are lost.
const ROUNDS: u32 = 8;

/// What became of one request to delete.
pub(super) enum Deleted {
    /// It was accepted, or there was nothing to delete.
    Done,
    /// Nothing was sent: the command is to stop.
    NotStarted,
    /// Gorgias would not.
    Refused,
    /// It may have been deleted: look again.
    Lost(String),
}

/// Does all of `work`, a few pieces at once. After a failure nothing new begins, but what is under way comes to its end, so
/// that no deletion goes untold.
pub(super) async fn to_the_end<F>(
    undo: &Undo,
    work: impl Iterator<Item = F>,
) -> (Vec<Line>, Result<(), UndoError>)
where
    F: Future<Output = Result<Line, UndoError>>,
{
    let (mut lines, mut stopped) = (Vec::new(), Ok(()));
    let mut done = stream::iter(work).buffer_unordered(undo.concurrency.max(1));
    while let Some(result) = done.next().await {
        match result {
            Ok(line) => lines.push(line),
            Err(error) => {
                undo.drain.cancel();
                stopped = stopped.and(Err(error));
            }
        }
    }
    (lines, stopped)
}

/// Deletes them, or says how many could go: a preview does not look at each, because that would take days where an account
/// has many.
pub(super) async fn take_back(
    undo: &Undo,
    selection: &Selection,
    mode: Mode,
    tell: Tell<'_>,
) -> Result<(), UndoError> {
    let view = undo.ledger.view();
    let (mut made_customers, made_tags) = (view.made_customers(selection)?, view.made_tags(selection)?);
    // What a preview would delete is still there.
    if view.authors_are_unknown((mode == Mode::Preview).then_some(selection))? {
        let spared = Fate::Spared(vec![Reason::MayHaveWritten]);
        let lines: Vec<Line> =
            made_customers.drain(..).map(|one| customer_line(&one, spared.clone())).collect();
        tell(&lines);
    }
    let all = |fate: &Fate| -> Vec<Line> {
        let customers = made_customers.iter().map(|one| customer_line(one, fate.clone()));
        customers.chain(made_tags.iter().map(|one| tag_line(one, fate.clone()))).collect()
    };
    if mode == Mode::Preview {
        tell(&all(&Fate::Planned));
        return Ok(());
    }
    if made_customers.is_empty() && made_tags.is_empty() {
        return Ok(());
    }
    if undo.drain.is_cancelled() {
        tell(&all(&Fate::Pending));
        return Ok(());
    }
    let mut traces = Traces::read(undo).await?;
    customers::delete(undo, &mut traces, &made_customers, tell).await?;
    if !undo.drain.is_cancelled() {
        traces.refresh(undo).await?;
    }
    tags::delete(undo, &traces, &made_tags, tell).await
}

pub(super) fn customer_line(customer: &MadeCustomer, fate: Fate) -> Line {
    Line { what: What::Customer, gorgias_id: Some(customer.gorgias_id), fate }
}

pub(super) fn tag_line(tag: &MadeTag, fate: Fate) -> Line {
    Line { what: What::Tag(tag.name.clone()), gorgias_id: Some(tag.gorgias_id), fate }
}

/// Deletes something that nothing speaks against, looked at in the moment before, again where answers are lost. `look` gives
/// why it has to stay, or nothing where it is not there; `what` names the call that deletes.
pub(super) async fn delete_unless(
    undo: &Undo,
    what: &'static str,
    mut look: impl AsyncFnMut() -> Result<Option<Vec<Reason>>, UndoError>,
    mut delete: impl AsyncFnMut() -> Result<(), CallFailure>,
) -> Result<Fate, UndoError> {
    let mut lost = None;
    for round in 1..=ROUNDS {
        if undo.drain.is_cancelled() && lost.is_none() {
            return Ok(Fate::Pending);
        }
        match look().await? {
            None if lost.is_some() => return Ok(Fate::Purged),
            None => return Ok(Fate::Gone),
            Some(reasons) if !reasons.is_empty() => return Ok(Fate::Spared(reasons)),
            Some(_) => {}
        }
        match send(undo, &mut delete).await.map_err(failed(what))? {
            Deleted::Done => return Ok(Fate::Purged),
            Deleted::NotStarted => return Ok(Fate::Pending),
            Deleted::Refused => return Ok(Fate::Spared(vec![Reason::Refused])),
            Deleted::Lost(words) => lost = Some(words),
        }
        tokio::time::sleep(back_off(round, fastrand::f64())).await;
    }
    Ok(Fate::Unknown(lost.unwrap_or_default()))
}

/// Sends one request to delete, again only where it certainly was not processed. Other failures stop the command.
pub(super) async fn send(
    undo: &Undo,
    mut call: impl AsyncFnMut() -> Result<(), CallFailure>,
) -> Result<Deleted, CallFailure> {
    let mut faults = 0;
    loop {
        if undo.drain.is_cancelled() && faults == 0 {
            return Ok(Deleted::NotStarted);
        }
        let failure = match call().await {
            Ok(()) | Err(CallFailure::NotFound) => return Ok(Deleted::Done),
            Err(failure) => failure,
        };
        faults += 1;
        match failure {
            CallFailure::NotSent { kind: NotSentKind::Stopped, .. } => return Ok(Deleted::NotStarted),
            CallFailure::Lost { .. } => return Ok(Deleted::Lost(failure.to_string())),
            CallFailure::Refused { .. } | CallFailure::Conflict { .. } => return Ok(Deleted::Refused),
            CallFailure::NotSent { kind: NotSentKind::Connect, .. } | CallFailure::Throttled { .. }
                if faults < ATTEMPTS => {}
            failure => return Err(failure),
        }
        tokio::time::sleep(back_off(faults, fastrand::f64())).await;
    }
}
