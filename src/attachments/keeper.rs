//! Each file once: from an earlier attempt, else from the dump, else from the web.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::fetch::Fetcher;
use super::hosts::Hosts;
use super::local::{self, Found};
use super::locks::Locks;
use super::outage::{Missing, Outage, Outages};
use super::store::Store;
use super::{Reason, place};
use crate::ledger::{AddressHasher, ContentHash, FileRow, Ledger, LedgerError, LedgerView, PlaceHash};
use crate::model::conversation::Attachment;

/// How files are had.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Largest file, in bytes.
    pub max_bytes: u64,
    /// How long a host may say nothing.
    pub silence: Duration,
    /// Whether the web is asked at all.
    pub web: bool,
}

/// A file that was had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Had {
    /// The hash of its bytes.
    pub content: ContentHash,
    /// Their number.
    pub size: u64,
    /// Where they can be read.
    pub path: PathBuf,
}

/// This machine does not play along: the ledger or the disk.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

impl From<LedgerError> for Broken {
    fn from(error: LedgerError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Self {
        Self(format!("cannot keep a file: {error}; free some space and run again"))
    }
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        Self(format!("cannot make connections for files: {error}"))
    }
}

/// What another ledger of this machine knows: that of the import, for a rehearsal.
#[derive(Clone, Debug)]
struct Earlier {
    view: LedgerView,
    hasher: AddressHasher,
    store: Store,
}

/// Has files, and keeps them.
#[derive(Debug)]
pub struct Keeper {
    ledger: Ledger,
    store: Store,
    earlier: Option<Earlier>,
    fetcher: Fetcher,
    settings: Settings,
    at_work: Locks<PlaceHash>,
    /// Places that failed since the start: a second ticket that names one does not wait for it again.
    failed: Mutex<HashMap<PlaceHash, Reason>>,
    outages: Outages,
}

impl Keeper {
    /// Keeps files in `store` and what is known of them in `ledger`.
    pub fn new(ledger: Ledger, store: Store, hosts: Hosts, settings: Settings) -> Result<Self, Broken> {
        store.tidy()?;
        let fetcher = Fetcher::new(hosts, settings.max_bytes, settings.silence)?;
        let (at_work, failed) = (Locks::default(), Mutex::default());
        let outages = Outages::default();
        Ok(Self { ledger, store, earlier: None, fetcher, settings, at_work, failed, outages })
    }

    /// Also uses what was kept for another ledger.
    #[must_use]
    pub fn with_earlier(mut self, view: LedgerView, hasher: AddressHasher, store: Store) -> Self {
        self.earlier = Some(Earlier { view, hasher, store });
        self
    }

    /// From now on the web is not asked.
    #[cfg(test)]
    pub(super) fn forbid_web(&mut self) {
        self.settings.web = false;
    }

    /// From now on, recordings are asked for here.
    #[cfg(test)]
    pub(super) fn ask_for_recordings(&mut self, api: String) {
        self.fetcher.ask_for_recordings(api);
    }

    /// The content of a file, if it was ever had.
    pub fn known(&self, file: &Attachment) -> Result<Option<(ContentHash, u64)>, Broken> {
        Ok(match self.ledger.view().file(self.hash(file))? {
            Some(FileRow::Had { content, size }) => Some((content, size)),
            _ => None,
        })
    }

    /// Whether having this file takes the web.
    pub fn is_at_hand(&self, file: &Attachment) -> Result<bool, Broken> {
        if file.local.is_some() {
            return Ok(true);
        }
        Ok(self.known(file)?.is_some_and(|(content, size)| self.store.find(content, size).is_some()))
    }

    /// Whether the host of a file of `source` may be asked for it.
    pub fn may_ask(&self, source: &str, file: &Attachment) -> bool {
        self.fetcher.may_ask(source, file)
    }

    /// An own host of a source that is out, the longest first.
    pub fn outage(&self) -> Option<Outage> {
        self.outages.longest()
    }

    /// An own host of a source that was asked and never gave anything, be it for few files.
    pub fn never_gave(&self) -> Option<Outage> {
        self.outages.never_gave()
    }

    /// Has a file of a message of `source`. What is held can be asked for again.
    pub async fn have(&self, source: &str, file: &Attachment) -> Result<Result<Had, Missing>, Broken> {
        let place = self.hash(file);
        let _alone = self.at_work.lock(place).await;
        if let Some((content, size)) = self.known(file)?
            && let Some(path) = self.store.find(content, size)
        {
            return Ok(Ok(Had { content, size, path }));
        }
        if let Some(reason) = self.failed().get(&place) {
            return Ok(Err(Missing::Gap(*reason)));
        }
        let found = self.find(source, file, place).await?;
        match &found {
            Ok((content, size, _)) => self.ledger.file_had(place, *content, *size).await?,
            Err(Missing::Held) => {}
            Err(Missing::Gap(reason)) if reason.leaves_link() => {}
            Err(Missing::Gap(reason)) => {
                self.failed().insert(place, *reason);
                self.ledger.file_failed(place, &reason.name()).await?;
            }
        }
        Ok(found.map(|(content, size, path)| Had { content, size, path }))
    }

    async fn find(
        &self,
        source: &str,
        file: &Attachment,
        place: PlaceHash,
    ) -> Result<Result<Found, Missing>, Broken> {
        let gap = |reason| Ok(Err(Missing::Gap(reason)));
        if let Some(found) = self.kept_earlier(file)? {
            return Ok(Ok(found));
        }
        if let Some(path) = file.local.clone() {
            let (store, max_bytes) = (self.store.clone(), self.settings.max_bytes);
            let read = tokio::task::spawn_blocking(move || local::read(&path, max_bytes, &store));
            let found = read.await.map_err(std::io::Error::other)??;
            if found.is_ok() || file.url.is_empty() {
                return Ok(found.map_err(Missing::Gap));
            }
        }
        if file.url.is_empty() {
            return gap(Reason::NotInDump);
        }
        if !self.may_ask(source, file) {
            return gap(Reason::NotListed);
        }
        if !self.settings.web {
            return gap(Reason::Offline);
        }
        let own = self.fetcher.own_host(source, file);
        if own.as_ref().is_some_and(|host| !self.outages.may_ask(host)) {
            return Ok(Err(Missing::Held));
        }
        let came = self.fetcher.fetch(source, file, &self.store).await?;
        Ok(match own {
            Some(host) => self.outages.judge(&host, place, came),
            None => came.map_err(Missing::Gap),
        })
    }

    fn kept_earlier(&self, file: &Attachment) -> Result<Option<Found>, Broken> {
        let Some(earlier) = &self.earlier else { return Ok(None) };
        let row = earlier.view.file(earlier.hasher.place(place(file)))?;
        let Some(FileRow::Had { content, size }) = row else { return Ok(None) };
        Ok(earlier.store.find(content, size).map(|path| (content, size, path)))
    }

    fn hash(&self, file: &Attachment) -> PlaceHash {
        self.ledger.hasher().place(place(file))
    }

    fn failed(&self) -> std::sync::MutexGuard<'_, HashMap<PlaceHash, Reason>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Had {
    /// Its bytes, if they still are the ones that were hashed.
    pub async fn bytes(&self) -> Option<Bytes> {
        let path: Arc<Path> = self.path.as_path().into();
        let read = tokio::task::spawn_blocking(move || std::fs::read(&path)).await.ok()?.ok()?;
        (*blake3::hash(&read).as_bytes() == self.content.0).then(|| read.into())
    }
}
