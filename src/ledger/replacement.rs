//! A new ledger in the place of the one that is there. The old one is kept under a name with a date, and until the new
//! one is whole nothing is touched: whoever interrupts the making has lost nothing.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;

use super::database;
use super::error::LedgerError;
use super::lock::Lock;

/// Folder in the state directory where the new ledger is made.
const FOLDER: &str = "rebuild";
/// Names that are tried within one second.
const NAMES_MAX: u32 = 1_000;
/// What SQLite puts beside a file.
const SUFFIXES: [&str; 3] = ["-wal", "-shm", ""];

/// A new ledger in the making. The state directory is locked as long as it lives.
#[derive(Debug)]
pub struct Replacement {
    state_dir: PathBuf,
    _lock: Lock,
}

impl Replacement {
    /// Locks the state directory and clears away what an interrupted making left.
    ///
    /// Fails with [`LedgerError::Held`] while another process has the ledger open.
    pub fn begin(state_dir: &Path, now: Timestamp) -> Result<Self, LedgerError> {
        database::create_private_dir(state_dir)?;
        let lock = Lock::take(state_dir, now)?;
        let folder = state_dir.join(FOLDER);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        database::create_private_dir(&folder)?;
        Ok(Self { state_dir: state_dir.to_owned(), _lock: lock })
    }

    /// Where the new ledger is to be opened.
    pub fn folder(&self) -> PathBuf {
        self.state_dir.join(FOLDER)
    }

    /// Puts the new ledger, which must be closed, in its place. Where the old one is now, if there was one.
    pub fn finish(self, now: Timestamp) -> Result<Option<PathBuf>, LedgerError> {
        let (new, place) = (self.folder().join(database::NAME), self.state_dir.join(database::NAME));
        // Everything into the one file that is moved.
        let connection = Connection::open(&new)?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        connection.close().map_err(|(_, error)| LedgerError::from(error))?;
        let aside = if place.exists() { Some(self.aside(now)) } else { None };
        if let Some(aside) = &aside {
            for suffix in SUFFIXES {
                let from = with_suffix(&place, suffix);
                if from.exists() {
                    std::fs::rename(from, with_suffix(aside, suffix))?;
                }
            }
        }
        std::fs::rename(&new, &place)?;
        sync_folder(&self.state_dir)?;
        std::fs::remove_dir_all(self.folder())?;
        Ok(aside)
    }

    /// A name that is free: `ledger-20260301T080000Z.sqlite`.
    fn aside(&self, now: Timestamp) -> PathBuf {
        let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let numbered = |number: u32| match number {
            0 => self.state_dir.join(format!("ledger-{stamp}.sqlite")),
            number => self.state_dir.join(format!("ledger-{stamp}-{number}.sqlite")),
        };
        (0..NAMES_MAX).map(numbered).find(|path| !path.exists()).unwrap_or_else(|| numbered(NAMES_MAX))
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A rename survives a power cut once its folder is synced.
fn sync_folder(folder: &Path) -> Result<(), LedgerError> {
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Ledger;
    use crate::model::time::now;

    #[test]
    fn the_old_ledger_stays_until_the_new_one_is_whole_and_is_kept_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let open = |path: &Path| Ledger::open(path, now()).unwrap();
        open(folder.path()).set_fact("which", "old").wait().unwrap();
        let abandoned = Replacement::begin(folder.path(), now()).unwrap();
        open(&abandoned.folder()).set_fact("which", "abandoned").wait().unwrap();
        assert!(matches!(Ledger::open(folder.path(), now()), Err(LedgerError::Held { .. })));
        drop(abandoned);
        assert_eq!(open(folder.path()).view().fact("which").unwrap().as_deref(), Some("old"));

        let replacement = Replacement::begin(folder.path(), now()).unwrap();
        let ledger = open(&replacement.folder());
        assert_eq!(ledger.view().fact("which").unwrap(), None);
        ledger.set_fact("which", "new").wait().unwrap();
        drop(ledger);
        let aside = replacement.finish(now()).unwrap().unwrap();
        assert_eq!(open(folder.path()).view().fact("which").unwrap().as_deref(), Some("new"));
        let old = Connection::open(aside).unwrap();
        let which: String =
            old.query_row("SELECT value FROM meta WHERE name = 'fact:which'", [], |row| row.get(0)).unwrap();
        assert_eq!(which, "old");
    }
}
