//! The program as a child: never longer than allowed, and never left behind.

use std::fmt;
use std::process::{Command, ExitStatus};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::Fault;

/// How often a child is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running child, which is killed and waited for when it is dropped.
pub(super) struct Child {
    process: std::process::Child,
    killed: bool,
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// By the demo's hand.
    Killed,
    /// With this code; -1 where a signal that was not ours ended it.
    Ended(i32),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Killed => f.write_str("killed"),
            Self::Ended(code) => write!(f, "exit code {code}"),
        }
    }
}

impl Child {
    pub(super) fn start(command: &mut Command) -> std::io::Result<Self> {
        Ok(Self { process: command.spawn()?, killed: false })
    }

    /// SIGKILL: nothing in the child gets to say a last word.
    pub(super) fn kill(&mut self) {
        if !self.killed {
            self.killed = self.process.kill().is_ok();
        }
    }

    fn look(&mut self) -> std::io::Result<Option<Outcome>> {
        Ok(self.process.try_wait()?.map(|status| self.outcome(status)))
    }

    fn outcome(&self, status: ExitStatus) -> Outcome {
        match status.code() {
            Some(code) => Outcome::Ended(code),
            None if self.killed => Outcome::Killed,
            None => Outcome::Ended(-1),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
        drop(self.process.wait());
    }
}

/// Waits for the end of a child that somebody else may kill meanwhile. The place is empty afterwards.
pub(super) fn watch(place: &Mutex<Option<Child>>, patience: Duration) -> Result<Outcome, Fault> {
    let started = Instant::now();
    loop {
        let mut held = place.lock().map_err(|_| "the demo's lock is broken")?;
        let child = held.as_mut().ok_or("there is no child to wait for")?;
        if let Some(outcome) = child.look()? {
            *held = None;
            return Ok(outcome);
        }
        if started.elapsed() > patience {
            *held = None;
            return Err(format!("gorgias-import did not end within {} s", patience.as_secs()).into());
        }
        drop(held);
        std::thread::sleep(LOOK_EVERY);
    }
}
