//! The automations read again while a command writes: what appeared since it began stops it.

use std::time::Duration;

use super::answer::{Answered, classify};
use super::job::{Fault, Stop};
use super::preflight::{Preflight, judge};
use super::{Shared, Watch};
use crate::gorgias::{CallFailure, Client};

/// How soon a read is made again that was not answered.
pub(super) const READ_AGAIN: Duration = Duration::from_secs(5);

/// What follows from reading the automations again.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Nothing has changed. They are read again after this.
    Calm(Duration),
    /// No answer came. They are read again after this.
    Faulted(Fault, Duration),
    /// Everything has to stop.
    Stop(Stop),
}

/// Reads rules, integrations and settings.
pub(super) async fn read_again(client: &Client, accept: &[String]) -> Result<Preflight, CallFailure> {
    let integrations = client.integrations().await?;
    let rules = client.rules().await?;
    let settings = client.account_settings().await?;
    Ok(judge(&rules, &integrations, &settings, accept))
}

/// What follows, where they are read every so often.
pub(super) fn verdict(found: Result<Preflight, CallFailure>, every: Duration) -> Verdict {
    match found {
        Ok(found) if found.open.is_empty() => Verdict::Calm(every),
        Ok(found) => Verdict::Stop(Stop::Automations { open: found.open }),
        Err(failure) => match classify(&failure) {
            Answered::Stop(stop) => Verdict::Stop(stop),
            Answered::Lost(fault) | Answered::NotSent(fault) => Verdict::Faulted(fault, READ_AGAIN),
            _ => Verdict::Calm(every),
        },
    }
}

/// Reads them again and again and comes back with the reason to stop, if there ever is one. For commands that have no
/// dispatcher: they wait for this beside their work.
pub async fn until_stopped(client: &Client, watch: &Watch) -> Stop {
    let mut pause = watch.reread_every;
    loop {
        tokio::time::sleep(pause).await;
        pause = match verdict(read_again(client, &watch.accept).await, watch.reread_every) {
            Verdict::Calm(pause) | Verdict::Faulted(_, pause) => pause,
            Verdict::Stop(stop) => return stop,
        };
    }
}

/// The same for what works with `shared`, counted from when they were read last, by whatever part of the command; where
/// nothing is watched it never comes back.
pub(super) async fn stopped(shared: &Shared) -> Stop {
    let watch = &shared.options.watch;
    if watch.automations.is_none() {
        return std::future::pending().await;
    }
    loop {
        tokio::time::sleep_until(shared.automations_read() + watch.reread_every).await;
        match verdict(read_again(&shared.client, &watch.accept).await, watch.reread_every) {
            Verdict::Calm(_) => shared.automations_were_read(),
            Verdict::Faulted(_, pause) => tokio::time::sleep(pause).await,
            Verdict::Stop(stop) => return stop,
        }
    }
}
