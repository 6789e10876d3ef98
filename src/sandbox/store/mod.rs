//! What the account holds, in one SQLite file: tickets and messages as documents with the columns that lists need,
//! customers, events, files, and what the real Gorgias would have sent.
//!
//! Invariants: a request's whole effect is one transaction, committed before its answer leaves; ids are never given
//! twice, not even after a delete. WAL with `synchronous = NORMAL`: survives the death of the process, which is what
//! tests do to it, not a power cut.

pub(crate) mod customers;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod messages;
pub(crate) mod outbox;
mod schema;
pub(crate) mod surveys;
pub(crate) mod tags;
pub(crate) mod tickets;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::SandboxError;
use super::account::{Account, Caller};
use super::clock::{self, Moment};
use super::reply::ApiError;

/// Prepared statements kept ready; the stand-in has about this many.
const STATEMENTS_KEPT: usize = 64;

/// The open store.
pub(crate) struct Store {
    db: Connection,
    path: PathBuf,
    /// Holds the folder of a temporary store until the end.
    _folder: Option<tempfile::TempDir>,
}

/// One request at work: the open transaction, the account, who asks.
pub(crate) struct Work<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) account: &'a Account,
    pub(crate) caller: &'a Caller,
    /// Shared by all events of the request (recorded: one context id for a creation's five events).
    pub(crate) context: String,
    /// When the request began.
    pub(crate) now: Moment,
}

impl Store {
    /// Opens or makes the store, and adds what the account's seed has and the store lacks.
    pub(crate) fn open(path: Option<&Path>, account: &Account) -> Result<Self, SandboxError> {
        let (path, folder) = if let Some(path) = path {
            (path.to_owned(), None)
        } else {
            let folder = tempfile::tempdir().map_err(SandboxError::Temporary)?;
            (folder.path().join("sandbox.sqlite"), Some(folder))
        };
        make_private(&path)?;
        let db = Connection::open(&path)?;
        db.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "NORMAL")?;
        db.pragma_update(None, "foreign_keys", "ON")?;
        schema::prepare(&db, &path)?;
        let mut store = Self { db, path: path.clone(), _folder: folder };
        store.claim(&path, account)?;
        store.plant(account)?;
        Ok(store)
    }

    /// A store belongs to one account for ever.
    fn claim(&mut self, path: &Path, account: &Account) -> Result<(), SandboxError> {
        let found: Option<String> = self
            .db
            .query_row("SELECT value FROM meta WHERE key = 'domain'", [], |row| row.get(0))
            .optional()?;
        let expected = &account.seed.domain;
        match found {
            Some(found) if found != *expected => Err(SandboxError::OtherAccount {
                path: PathBuf::from(path),
                found,
                expected: expected.clone(),
            }),
            Some(_) => Ok(()),
            None => {
                self.db.execute("INSERT INTO meta (key, value) VALUES ('domain', ?1)", [expected])?;
                Ok(())
            }
        }
    }

    /// Adds the seed's customers and tags that are not there yet.
    fn plant(&mut self, account: &Account) -> Result<(), SandboxError> {
        let tx = self.db.transaction()?;
        for customer in &account.seed.customers {
            customers::plant(&tx, customer).map_err(|refused| SandboxError::Account(refused.msg))?;
        }
        for tag in &account.seed.tags {
            tags::plant(&tx, tag)?;
        }
        tx.commit()?;
        Ok(())
    }

    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The connection, for questions.
    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }

    /// Does the work of a request in one transaction: committed where it succeeds, undone where it is refused.
    pub(crate) fn work<T>(
        &mut self,
        account: &Account,
        caller: &Caller,
        work: impl FnOnce(&Work) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&Work { db: &tx, account, caller, context: context_id(), now: clock::now() })?;
        tx.commit()?;
        Ok(done)
    }
}

/// Makes the file, readable by its owner only: it will hold people's mail. SQLite gives its side files the same mode.
pub(super) fn make_private(path: &Path) -> Result<(), SandboxError> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|source| SandboxError::StoreFile { path: path.to_owned(), source })
}

/// A random id in the form of a version 4 UUID.
pub(crate) fn context_id() -> String {
    let bits = (fastrand::u128(..) & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::AccountSeed;

    #[test]
    fn a_store_belongs_to_one_account() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let mut seed = AccountSeed { tags: vec!["vip".into()], ..AccountSeed::default() };
        drop(Store::open(Some(&path), &Account::new(seed.clone()).unwrap()).unwrap());
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        let again = Store::open(Some(&path), &Account::new(seed.clone()).unwrap()).unwrap();
        let tags: i64 = again.db().query_row("SELECT count(*) FROM tags", [], |row| row.get(0)).unwrap();
        assert_eq!(tags, 1, "planting twice adds nothing");
        seed.domain = "other".into();
        let other = Store::open(Some(&path), &Account::new(seed).unwrap());
        assert!(matches!(other, Err(SandboxError::OtherAccount { .. })));
    }

    #[test]
    fn context_ids_look_like_uuids() {
        let id = context_id();
        assert_eq!(id.len(), 36);
        assert_eq!(id.as_bytes()[14], b'4');
    }
}
