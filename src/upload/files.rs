//! Files of a ticket, before it is sent: had, uploaded once for each content, and put into its messages.
//!
//! A ticket waits for its files without keeping others from going. Downloads cost none of the account's calls, an upload
//! costs one. An upload whose answer was lost is made again: Gorgias has no list of files to look in, and a copy that no
//! message names harms nobody. A file that cannot be had costs itself alone: its message says that it is missing. Where the old account's own host is out, tickets with its files
//! wait until it is back; after the run's patience the run stops.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::attachments::{self, Broken, Fate, Had, Keeper, Locks, Missing, Outage, Reason};
use crate::gorgias::back_off;
use crate::ledger::{ContentHash, Gap, PartState};
use crate::model::conversation::{Attachment, FileKind};
use crate::model::finding::{Code, Finding, Place, Severity};
use crate::model::key::MessageKey;

use super::answer::{Answered, classify};
use super::job::{Fault, Job, Stop};
use super::pass::Outcome;
use super::traffic::TICKET;
use super::{PUT_ATTEMPTS, Shared};

/// Uploads at once. Each holds its file in memory, twice while it is sent.
const AT_ONCE: usize = 3;
/// Uploads of one content whose answers were lost before it counts as one that Gorgias does not take.
const SENDS_MAX: u32 = 6;

/// The files of a run.
#[derive(Debug)]
pub struct Files {
    keeper: Keeper,
    turns: Semaphore,
    at_work: Locks<ContentHash>,
    uploaded: AtomicU64,
    missing: AtomicU64,
    /// Files that runs before this one have seen to.
    before: u64,
    /// Hashes of the places of files that this run has seen to, so that millions stay small.
    seen_to: Mutex<HashSet<u64>>,
    hasher: RandomState,
}

/// What came of preparing a ticket.
#[derive(Debug)]
pub(super) enum Prepared {
    /// It can be sent.
    Ready,
    /// An upload was not answered, or the run is ending; it can be tried again.
    NotSent(Fault),
    /// A host of its files is out, or may be; it waits.
    Held,
    /// Everything has to stop.
    Stop(Stop),
}

/// Why a file has no fate yet.
enum Trouble {
    Held,
    Fault(Fault),
    Stop(Stop),
}

impl From<Broken> for Trouble {
    fn from(broken: Broken) -> Self {
        Self::Stop(Stop::Ledger { words: broken.0 })
    }
}

impl From<crate::ledger::LedgerError> for Trouble {
    fn from(error: crate::ledger::LedgerError) -> Self {
        Self::Stop(Stop::Ledger { words: error.to_string() })
    }
}

impl Files {
    /// Files that `keeper` has.
    pub fn new(keeper: Keeper) -> Self {
        let (turns, at_work) = (Semaphore::new(AT_ONCE), Locks::default());
        Self {
            keeper,
            turns,
            at_work,
            uploaded: AtomicU64::new(0),
            missing: AtomicU64::new(0),
            before: 0,
            seen_to: Mutex::default(),
            hasher: RandomState::new(),
        }
    }

    /// The same files, after runs that have seen to so many.
    #[must_use]
    pub fn after(mut self, before: u64) -> Self {
        self.before = before;
        self
    }

    /// Files that were seen to so far, whatever came of them.
    pub(super) fn seen_to(&self) -> u64 {
        let seen_to = self.seen_to.lock().unwrap_or_else(PoisonError::into_inner);
        self.before + seen_to.len() as u64
    }

    /// Files that were uploaded so far.
    pub(super) fn uploaded(&self) -> u64 {
        self.uploaded.load(Ordering::Relaxed)
    }

    /// Files that could not be had so far, and are no links that were to stay.
    pub(super) fn missing(&self) -> u64 {
        self.missing.load(Ordering::Relaxed)
    }

    /// An own host of a source that is out.
    pub(super) fn outage(&self) -> Option<Outage> {
        self.keeper.outage()
    }

    /// Tries to have a file that was missing, for a message that is in Gorgias.
    pub(super) async fn again(&self, shared: &Shared, asked: &Asked<'_>) -> Result<Fate, Outcome> {
        let mut faults = 0;
        loop {
            match self.fate(shared, asked).await {
                Ok(fate) => return Ok(fate),
                Err(Trouble::Fault(_)) if shared.is_halted() => return Err(Outcome::Left),
                Err(Trouble::Fault(fault)) => {
                    faults += 1;
                    if faults >= PUT_ATTEMPTS {
                        return Err(Outcome::Faulted(fault.words));
                    }
                    tokio::time::sleep(back_off(faults, fastrand::f64())).await;
                }
                // Its message says already that it is missing; the next run tries again.
                Err(Trouble::Held) => return Ok(Fate::Without(Reason::Silent)),
                Err(Trouble::Stop(stop)) => return Err(Outcome::Stop(stop)),
            }
        }
    }

    async fn fate(&self, shared: &Shared, asked: &Asked<'_>) -> Result<Fate, Trouble> {
        if let Some((content, _)) = self.keeper.known(asked.file)?
            && let Some(there) = shared.ledger.view().upload(content)?.and_then(|row| Fate::of_upload(&row))
        {
            return Ok(there);
        }
        let had = tokio::select! {
            had = self.keeper.have(asked.key.source(), asked.file) => had?,
            () = shared.halted() => return Err(ending()),
        };
        match had {
            Ok(had) => self.upload(shared, asked, &had).await,
            Err(Missing::Gap(reason)) => Ok(Fate::Without(reason)),
            Err(Missing::Held) => Err(Trouble::Held),
        }
    }

    /// Uploads a content, unless that was done.
    async fn upload(&self, shared: &Shared, asked: &Asked<'_>, had: &Had) -> Result<Fate, Trouble> {
        let content = had.content;
        let _alone = self.at_work.lock(content).await;
        let row = shared.ledger.view().upload(content)?;
        if let Some(there) = row.as_ref().and_then(Fate::of_upload) {
            return Ok(there);
        }
        let given_up = row.as_ref().is_some_and(|row| row.sent >= SENDS_MAX);
        if given_up || row.is_some_and(|row| row.state == PartState::Rejected) {
            return Ok(Fate::Without(Reason::Refused));
        }
        let _turn = self.turns.acquire().await;
        let Some(bytes) = had.bytes().await else { return Ok(Fate::Without(Reason::CutOff)) };
        if shared.is_halted() {
            return Err(ending());
        }
        let kind = attachments::content_type(asked.file, &bytes);
        let lost = shared.ledger.intend_upload(content).await?;
        if lost > 0 {
            shared.note(&asked.finding(Code::UploadRepeated));
        }
        match shared.client.upload(&neutral_name(content, &kind), &kind, &bytes).await {
            Ok(kept) => {
                let (kind, size) = (kept.content_type.unwrap_or(kind), kept.size.unwrap_or(had.size));
                shared.ledger.uploaded(content, &kept.url, &kind, size).await?;
                self.uploaded.fetch_add(1, Ordering::Relaxed);
                Ok(Fate::There { url: kept.url, content_type: kind, size })
            }
            Err(failure) => match classify(&failure) {
                Answered::NotSent(fault) => {
                    shared.ledger.upload_not_sent(content).await?;
                    Err(Trouble::Fault(fault))
                }
                Answered::Lost(fault) => {
                    // What is wrong may be this file alone, so the others do not wait with it.
                    shared.rest(back_off(lost + 1, fastrand::f64())).await;
                    Err(Trouble::Fault(fault))
                }
                Answered::Refused(_)
                | Answered::TooLarge(_)
                | Answered::NotFound(_)
                | Answered::Conflict(_) => {
                    shared.ledger.upload_refused(content).await?;
                    Ok(Fate::Without(Reason::Refused))
                }
                Answered::Stop(stop) => {
                    // Whoever is not let in has left nothing there.
                    shared.ledger.upload_not_sent(content).await?;
                    Err(Trouble::Stop(stop))
                }
            },
        }
    }
}

/// A file that a message names.
pub(super) struct Asked<'a> {
    /// The message.
    pub(super) key: &'a MessageKey,
    /// Where its ticket stands in the export.
    pub(super) place: &'a Place,
    /// The file.
    pub(super) file: &'a Attachment,
}

impl Asked<'_> {
    fn finding(&self, code: Code) -> Finding {
        Finding::new(code, self.key, self.place).with_detail(self.file.name.clone())
    }

    /// What is said of a file that could not be had.
    fn gap(&self, reason: Reason) -> Finding {
        let finding = self.finding(reason.code());
        let detail = format!("{}: {reason}", finding.detail);
        finding.with_detail(detail)
    }
}

/// The files that have to be had before `job` is sent, each with its message's place in the ticket: those of the messages
/// that it may still send.
fn asked(job: &Job) -> Vec<(usize, Asked<'_>)> {
    let messages = job.ticket.messages.iter().zip(&job.numbers).enumerate();
    let sent = messages.filter(|(_, (_, number))| number.is_some());
    sent.flat_map(|(at, (message, _))| {
        let asked = move |file| (at, Asked { key: &message.key, place: &job.place, file });
        message.attachments.iter().map(asked)
    })
    .collect()
}

/// Whether a ticket has files that are not had yet.
pub(super) fn wants(shared: &Shared, job: &Job) -> bool {
    shared.files.is_some() && !job.prepared && !asked(job).is_empty()
}

/// Has the files of a ticket and puts them into its messages.
pub(super) async fn prepare(shared: &Shared, job: &mut Job) -> Prepared {
    let Some(files) = shared.files.clone() else { return Prepared::Ready };
    let fates = TICKET.scope(job.row, had_all(shared, &files, job)).await;
    match fates {
        Ok(fates) => {
            let missing = put(shared, job, &fates);
            files.missing.fetch_add(missing, Ordering::Relaxed);
            job.prepared = true;
            Prepared::Ready
        }
        Err(Trouble::Held) => Prepared::Held,
        Err(Trouble::Fault(fault)) => Prepared::NotSent(fault),
        Err(Trouble::Stop(stop)) => Prepared::Stop(stop),
    }
}

/// The fates of all files of a ticket, each with its message's place. All come to their end before the first trouble is
/// told, so that no upload is cut off.
async fn had_all(shared: &Shared, files: &Files, job: &Job) -> Result<Vec<(usize, Fate)>, Trouble> {
    let asked = asked(job);
    let fates = futures::future::join_all(asked.iter().map(|(_, one)| files.fate(shared, one))).await;
    let ended = asked.iter().zip(&fates).filter(|(_, fate)| fate.is_ok());
    let places = ended.map(|((_, one), _)| files.hasher.hash_one(attachments::place(one.file)));
    files.seen_to.lock().unwrap_or_else(PoisonError::into_inner).extend(places);
    asked.iter().zip(fates).map(|((at, _), fate)| fate.map(|fate| (*at, fate))).collect()
}

/// Puts the fates into the messages and says what is missing. Gives the number of files that are missed.
fn put(shared: &Shared, job: &mut Job, fates: &[(usize, Fate)]) -> u64 {
    let mut missing = 0;
    let mut gaps: BTreeMap<u32, Vec<Gap>> = BTreeMap::new();
    for ((at, one), (_, fate)) in asked(job).iter().zip(fates) {
        let Some(n) = job.numbers[*at] else { continue };
        let gaps = gaps.entry(n).or_default();
        if let Fate::Without(reason) = fate {
            missing += u64::from(reason.code().severity() != Severity::Info);
            shared.note(&one.gap(*reason));
            if is_tried_again(one.file, *reason) {
                let place = shared.ledger.hasher().place(attachments::place(one.file));
                gaps.push(Gap { n, place, reason: reason.name().into_owned() });
            }
        }
    }
    job.gaps = gaps;
    let ticket = Arc::make_mut(&mut job.ticket);
    for of_message in fates.chunk_by(|(one, _), (next, _)| one == next) {
        let message = &mut ticket.messages[of_message[0].0];
        let fates: Vec<Fate> = of_message.iter().map(|(_, fate)| fate.clone()).collect();
        (message.body, message.attachments) =
            attachments::rewrite(&message.body, &message.attachments, &fates);
    }
    missing
}

/// Notes what messages lack that are about to leave, those whose number `leaves`. The intent that follows makes it durable.
/// What may have left already is not noted: it says what an earlier run made of it.
pub(super) fn note_gaps(shared: &Shared, job: &Job, leaves: impl Fn(u32) -> bool) {
    let of_these: Vec<_> = job.gaps.iter().filter(|(n, _)| leaves(**n)).collect();
    if !of_these.is_empty() {
        let messages = of_these.iter().map(|(n, _)| **n).collect();
        let gaps = of_these.into_iter().flat_map(|(_, gaps)| gaps).cloned().collect();
        drop(shared.ledger.gaps_noted(job.row, messages, gaps));
    }
}

/// Whether later runs try to have a file that is missing. A picture on a host that nobody listed is a link that was to stay,
/// and there are as many of those as there are mails with a signature.
pub(super) fn is_tried_again(file: &Attachment, reason: Reason) -> bool {
    reason != Reason::Offline && !(file.kind == FileKind::InlineImage && reason.leaves_link())
}

/// The name under which a content is uploaded. Gorgias makes it part of the address, which the ledger keeps; several
/// messages may call the same content by different names, and what people read is the message's own.
fn neutral_name(content: ContentHash, kind: &str) -> String {
    let stem = &content.to_hex()[..12];
    match attachments::extension(kind) {
        "" => format!("file-{stem}"),
        end => format!("file-{stem}.{end}"),
    }
}

fn ending() -> Trouble {
    Trouble::Fault(Fault { words: "the run is ending".to_owned(), retry_after: None })
}
