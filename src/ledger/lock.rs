//! One process at a time. The kernel releases the lock when its holder dies, however it dies.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::database;
use super::error::LedgerError;

/// The lock file's name in the state directory. It stays when the lock is released.
const NAME: &str = "lock";

/// How often taking the lock is tried. `status` holds it for microseconds to learn whether anybody else does.
const TRIES: u32 = 5;

/// Wait between two tries.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// Bytes read of a lock file at most; ours are shorter.
const CONTENT_BYTES_MAX: u64 = 4_096;

/// Who holds the ledger, as it wrote into the lock file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process id; 0 where the lock file could not be read.
    pub pid: u32,
    /// Name of the machine.
    pub host: String,
    /// Since when.
    pub since: Timestamp,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pid == 0 {
            return f.write_str("another process");
        }
        write!(f, "process {} on {} (since {:.0})", self.pid, self.host, self.since)
    }
}

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of `state_dir` or says who has it.
    pub(super) fn take(state_dir: &Path, now: Timestamp) -> Result<Self, LedgerError> {
        let path = state_dir.join(NAME);
        database::create_private(&path)?;
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        for attempt in 1..=TRIES {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempt < TRIES => std::thread::sleep(BETWEEN_TRIES),
                Err(TryLockError::WouldBlock) => return Err(LedgerError::Held { holder: read(&mut file) }),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
        let holder = Holder { pid: std::process::id(), host: host(), since: now };
        let text = serde_json::to_string(&holder).expect("a holder is plain data");
        file.set_len(0)?;
        file.write_all(text.as_bytes())?;
        Ok(Self { _file: file })
    }
}

/// Who holds the lock of `state_dir` now, if anybody does.
pub(super) fn holder(state_dir: &Path) -> Result<Option<Holder>, LedgerError> {
    let mut file = match File::open(state_dir.join(NAME)) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(read(&mut file))),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// What the holder wrote; a holder that is just writing may not be readable yet.
fn read(file: &mut File) -> Holder {
    let mut text = String::new();
    let read = file.take(CONTENT_BYTES_MAX).read_to_string(&mut text);
    read.ok().and_then(|_| serde_json::from_str(&text).ok()).unwrap_or_else(|| Holder {
        pid: 0,
        host: "this machine".to_owned(),
        since: Timestamp::UNIX_EPOCH,
    })
}

/// The machine's name, for the message only.
fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .map(|name| name.trim().to_owned())
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "this machine".to_owned())
}
