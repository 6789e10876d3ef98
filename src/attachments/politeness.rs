//! How hosts are treated: few connections each, left alone when they ask for it, and given up when they say nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Downloads at once. Enough to hide the latency of a host, few enough for a home connection.
const AT_ONCE: usize = 16;
/// Connections that one host gets.
const AT_ONCE_PER_HOST: usize = 4;
/// A host that said nothing this often in a row is given up for a while.
const STRIKES: u32 = 4;
/// For how long it is given up.
const GIVEN_UP: Duration = Duration::from_mins(2);
/// Longest that a host is left alone because it asked for it.
const ALONE_MAX: Duration = Duration::from_mins(2);

/// All hosts that were asked.
#[derive(Debug)]
pub(super) struct Politeness {
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

/// A host.
#[derive(Debug)]
pub(super) struct Host {
    slots: Arc<Semaphore>,
    standing: Mutex<Standing>,
}

#[derive(Debug, Default)]
struct Standing {
    alone_until: Option<Instant>,
    given_up_until: Option<Instant>,
    strikes: u32,
}

/// The right to ask a host once.
#[derive(Debug)]
pub(super) struct Turn {
    _of_all: OwnedSemaphorePermit,
    _of_host: OwnedSemaphorePermit,
}

impl Politeness {
    pub(super) fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), hosts: Mutex::default() }
    }

    /// The host with this name and port.
    pub(super) fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let host = || Host { slots: Arc::new(Semaphore::new(AT_ONCE_PER_HOST)), standing: Mutex::default() };
        Arc::clone(hosts.entry(name.to_owned()).or_insert_with(|| Arc::new(host())))
    }

    /// Waits for a turn with `host`. Nothing if it is given up.
    pub(super) async fn turn(&self, host: &Host) -> Option<Turn> {
        // Of the host first: whoever waits for a slow host must not take the others' turns.
        let of_host = Arc::clone(&host.slots).acquire_owned().await.ok()?;
        loop {
            let wait = {
                let standing = host.standing();
                let now = Instant::now();
                if standing.given_up_until.is_some_and(|until| until > now) {
                    return None;
                }
                standing.alone_until.filter(|until| *until > now)
            };
            match wait {
                Some(until) => tokio::time::sleep_until(until).await,
                None => break,
            }
        }
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Turn { _of_all: of_all, _of_host: of_host })
    }
}

impl Host {
    fn standing(&self) -> std::sync::MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It answered.
    pub(super) fn answered(&self) {
        let mut standing = self.standing();
        (standing.strikes, standing.given_up_until) = (0, None);
    }

    /// It said nothing.
    pub(super) fn was_silent(&self) {
        let mut standing = self.standing();
        standing.strikes += 1;
        if standing.strikes >= STRIKES {
            // One more silence after that is enough to give it up again.
            standing.strikes = STRIKES - 1;
            standing.given_up_until = Some(Instant::now() + GIVEN_UP);
        }
    }

    /// It asked to be left alone.
    pub(super) fn leave_alone(&self, wait: Duration) {
        let until = Instant::now() + wait.min(ALONE_MAX);
        let mut standing = self.standing();
        standing.alone_until = standing.alone_until.max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_host_is_given_up_for_a_while_and_costs_nobody_else() {
        let hosts = Politeness::new();
        let (dead, alive) = (hosts.host("dead:443"), hosts.host("alive:443"));
        for _ in 0..STRIKES {
            assert!(hosts.turn(&dead).await.is_some());
            dead.was_silent();
        }
        assert!(hosts.turn(&dead).await.is_none());
        assert!(hosts.turn(&alive).await.is_some());
        tokio::time::sleep(GIVEN_UP).await;
        assert!(hosts.turn(&dead).await.is_some(), "it is asked again");
        dead.was_silent();
        assert!(hosts.turn(&dead).await.is_none(), "and given up at once");
        tokio::time::sleep(GIVEN_UP).await;
        dead.answered();
        dead.was_silent();
        assert!(hosts.turn(&dead).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_is_left_alone_as_long_as_it_asks() {
        let hosts = Politeness::new();
        let busy = hosts.host("busy:443");
        busy.leave_alone(Duration::from_secs(30));
        let begun = Instant::now();
        assert!(hosts.turn(&busy).await.is_some());
        assert_eq!(begun.elapsed().as_secs(), 30);
        busy.leave_alone(Duration::from_hours(9));
        let begun = Instant::now();
        assert!(hosts.turn(&busy).await.is_some());
        assert!(begun.elapsed() <= ALONE_MAX + Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_gets_few_connections() {
        let hosts = Politeness::new();
        let host = hosts.host("one:443");
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE_PER_HOST {
            turns.push(hosts.turn(&host).await.unwrap());
        }
        let next = tokio::time::timeout(Duration::from_secs(9), hosts.turn(&host));
        assert!(next.await.is_err());
        turns.pop();
        assert!(hosts.turn(&host).await.is_some());
    }
}
