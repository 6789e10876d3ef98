//! The canary: the first tickets are read back before any other follows, and later one ticket in 500.
//!
//! Once per ledger and per state of the automations, one ticket of each kind (channel, status, with or without a
//! message by an agent) goes ahead. While it is not known that they arrived as they were sent and that nothing in the
//! account reacted to them, nothing else is written.
//!
//! Invariants: a ticket goes ahead only after its key is noted in the ledger, so that a run that dies before the verdict
//! leaves the next one something to read back; "passed" is noted only when every ticket that went ahead was read.
//!
//! A kind that comes only after the verdict is read back as well, while the others go on: nobody can hold back a whole
//! export to see what its last ticket is like.
//!
//! It must not know queues, clocks or the network: the dispatcher asks and tells it.

mod compare;
mod read_back;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::ledger::{Ledger, LedgerView, TicketId};
use crate::mapping::{READ_BACK_EVERY, READ_BACK_FIRST, TicketStatus};
use crate::model::conversation::{Channel, Side};
use crate::model::key::ConversationKey;

use super::Watch;
use super::job::{Job, Task};

pub(super) use compare::Oddity;
use compare::accepts;
pub(super) use read_back::{ReadBack, read_back};

/// Name of the ledger's fact that tickets were read back without their events.
pub const EVENTS_UNREAD: &str = "canary-events-unread";

/// What makes tickets different for automations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Kind {
    channel: Channel,
    status: TicketStatus,
    by_agent: bool,
    new: bool,
}

impl Kind {
    fn of(job: &Job) -> Self {
        Self {
            channel: job.ticket.channel,
            status: job.ticket.status,
            by_agent: job.ticket.messages.iter().any(|message| message.side == Side::Agent),
            new: job.task == Task::Create,
        }
    }
}

/// How far the canary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing is watched.
    Off,
    /// Tickets go ahead and are read back; the others wait.
    Ahead,
    /// It passed, now or earlier.
    Passed,
}

/// The canary of one run.
pub(super) struct Canary {
    phase: Phase,
    /// Names the state of the automations.
    automations: String,
    kinds: HashSet<Kind>,
    /// Tickets that went ahead and are not read back.
    picks: HashMap<TicketId, (Kind, ConversationKey)>,
    /// Tickets of an earlier run that are read back before anything is sent.
    before: HashSet<TicketId>,
    /// Whether tickets were kept because of those.
    kept: bool,
    /// Tickets that were found odd, with what `[safety] accept` takes to let that pass; nothing for those that the same
    /// stop kept from being read. Whatever the state of the automations is, they are read again.
    odd: BTreeMap<ConversationKey, Vec<String>>,
    /// Keys of all that went ahead, in this run or in one that died before the verdict.
    keys: Vec<ConversationKey>,
    /// Tickets of kinds that came after the verdict and are not read back.
    late: HashSet<TicketId>,
    held: VecDeque<Job>,
    read: usize,
    created: u64,
    announced: bool,
}

impl Canary {
    /// The canary as `view` knows it.
    pub(super) fn new(watch: &Watch, view: &LedgerView) -> Self {
        // A fact that cannot be read costs another canary and no more.
        let fact = watch.automations.as_ref().and_then(|automations| view.fact(&passed(automations)).ok()?);
        let phase = match (&watch.automations, &fact) {
            (None, _) => Phase::Off,
            (Some(_), Some(_)) => Phase::Passed,
            (Some(_), None) => Phase::Ahead,
        };
        Self {
            phase,
            automations: watch.automations.clone().unwrap_or_default(),
            kinds: fact.and_then(|kinds| serde_json::from_str(&kinds).ok()).unwrap_or_default(),
            picks: HashMap::new(),
            late: HashSet::new(),
            before: HashSet::new(),
            kept: false,
            odd: left_odd(watch, view),
            keys: open_keys(watch, view),
            held: VecDeque::new(),
            read: 0,
            created: 0,
            announced: false,
        }
    }

    /// Tickets that wait for the verdict.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    /// Whether a ticket goes ahead or its way is free; else it is kept here until the verdict. What is only looked up
    /// is never kept.
    pub(super) fn admit(&mut self, job: Job, ledger: &Ledger) -> Option<Job> {
        if self.phase == Phase::Off || job.task.is_unknown() {
            return Some(job);
        }
        if !self.before.is_empty() {
            self.kept = true;
            self.held.push_back(job);
            return None;
        }
        if self.phase == Phase::Passed || self.picks.contains_key(&job.row) {
            return Some(job);
        }
        let kind = Kind::of(&job);
        if self.kinds.len() < READ_BACK_FIRST && self.kinds.insert(kind) {
            self.picks.insert(job.row, (kind, job.ticket.key.clone()));
            self.keys.push(job.ticket.key.clone());
            self.note_open(ledger);
            return Some(job);
        }
        self.held.push_back(job);
        None
    }

    /// A ticket is about to be worked at. One that an earlier run sent ahead, and did not live to read back, still is one
    /// that went ahead.
    pub(super) fn recognise(&mut self, job: &Job) {
        if self.phase == Phase::Ahead && self.keys.contains(&job.ticket.key) {
            let kind = Kind { new: true, ..Kind::of(job) };
            self.kinds.insert(kind);
            self.picks.insert(job.row, (kind, job.ticket.key.clone()));
        }
    }

    /// A ticket that an earlier run sent is about to be read back. Until it is, nothing is sent.
    pub(super) fn left_over(&mut self, job: &Job) {
        self.recognise(job);
        self.before.insert(job.row);
    }

    /// Tickets that were kept because of those that are read back first, once all of them are.
    pub(super) fn released(&mut self) -> Vec<Job> {
        let released = self.before.is_empty() && std::mem::take(&mut self.kept);
        if released { self.held.drain(..).collect() } else { Vec::new() }
    }

    /// Whether a ticket that is complete is to be read back: it went ahead, or it is one of the sample.
    pub(super) fn wants(&mut self, job: &Job, created: bool) -> bool {
        self.created += u64::from(created);
        match self.phase {
            _ if self.odd.contains_key(&job.ticket.key) => true,
            Phase::Off => false,
            Phase::Ahead => self.picks.contains_key(&job.row),
            Phase::Passed => {
                let is_late =
                    created && self.kinds.len() < READ_BACK_FIRST && self.kinds.insert(Kind::of(job));
                if is_late {
                    self.late.insert(job.row);
                }
                is_late || (created && self.created.is_multiple_of(READ_BACK_EVERY))
            }
        }
    }

    /// It was read back and is as it was sent.
    pub(super) fn confirmed(&mut self, job: &Job, ledger: &Ledger) {
        self.read += usize::from(self.picks.remove(&job.row).is_some());
        self.before.remove(&job.row);
        if self.late.remove(&job.row) {
            self.note_passed(ledger);
        }
        if self.odd.remove(&job.ticket.key).is_some() {
            self.note_odd(ledger);
        }
    }

    /// An odd ticket that cannot be compared any more. What has to be acknowledged before anything is sent, if it is not
    /// in `accept`.
    pub(super) fn not_comparable(
        &mut self,
        key: &ConversationKey,
        accept: &[String],
        ledger: &Ledger,
    ) -> Option<Vec<String>> {
        let ids = self.odd.get(key)?;
        if ids.iter().all(|id| accepts(accept, id)) {
            self.odd.remove(key);
            self.note_odd(ledger);
            return None;
        }
        Some(ids.clone())
    }

    /// Whether an earlier run found it odd, so that nothing is sent before it is read.
    pub(super) fn is_odd(&self, job: &Job) -> bool {
        self.odd.contains_key(&job.ticket.key)
    }

    /// A ticket that went ahead will not be read back: it was rejected, it cannot be read, or nobody can say what became of it.
    /// The ticket that may go ahead instead, if one waits.
    pub(super) fn fell(&mut self, job: &Job) -> Option<Job> {
        self.before.remove(&job.row);
        if self.late.remove(&job.row) {
            // The next one of its kind is read back.
            self.kinds.remove(&Kind::of(job));
        }
        let (kind, _) = self.picks.remove(&job.row)?;
        self.kinds.remove(&kind);
        self.keys.retain(|key| *key != job.ticket.key);
        let next = self.held.iter().position(|job| !self.kinds.contains(&Kind::of(job)));
        next.and_then(|at| self.held.remove(at))
    }

    /// Whether it is to be told now, once, that the others wait.
    pub(super) fn announces(&mut self) -> bool {
        self.phase == Phase::Ahead && !std::mem::replace(&mut self.announced, true)
    }

    /// Whether all that went ahead is read back and none will join them: `all_seen` says that no further kind can come
    /// before the verdict. Then the others are let go, with the number of tickets that were read.
    pub(super) fn verdict(&mut self, all_seen: bool, ledger: &Ledger) -> Option<(Vec<Job>, usize)> {
        let seen = all_seen || self.kinds.len() >= READ_BACK_FIRST;
        let anything = self.read > 0 || !self.held.is_empty();
        let unread = !self.picks.is_empty() || !self.before.is_empty();
        if self.phase != Phase::Ahead || unread || !seen || !anything {
            return None;
        }
        self.phase = Phase::Passed;
        // Where nothing could be sent ahead, nothing was learnt.
        if self.read > 0 {
            self.note_passed(ledger);
        }
        self.keys.clear();
        self.note_open(ledger);
        Some((self.held.drain(..).collect(), self.read))
    }

    /// Something reacted to this ticket, which `ids` acknowledge. The next run reads it again, with those that went ahead
    /// and were not read yet, and then sends others ahead.
    pub(super) fn failed(&mut self, key: &ConversationKey, ids: &[String], ledger: &Ledger) {
        if self.phase == Phase::Ahead {
            for (_, unread) in self.picks.values() {
                self.odd.entry(unread.clone()).or_default();
            }
            self.keys.clear();
            self.note_open(ledger);
        }
        self.odd.insert(key.clone(), ids.to_vec());
        self.note_odd(ledger);
    }

    /// Notes the kinds that were read. One that was not, because the run died, is read when the next of its kind comes.
    fn note_passed(&self, ledger: &Ledger) {
        let kinds = serde_json::to_string(&self.kinds).unwrap_or_default();
        drop(ledger.set_fact(&passed(&self.automations), &kinds));
    }

    fn note_odd(&self, ledger: &Ledger) {
        let odd = serde_json::to_string(&self.odd).unwrap_or_default();
        drop(ledger.set_fact(ODD, &odd));
    }

    fn note_open(&self, ledger: &Ledger) {
        let keys = serde_json::to_string(&self.keys).unwrap_or_default();
        drop(ledger.set_fact(&open(&self.automations), &keys));
    }
}

/// Keys of tickets that an earlier run sent ahead and did not read back, or found odd.
pub(super) fn left_open(watch: &Watch, view: &LedgerView) -> Vec<ConversationKey> {
    let mut keys: Vec<_> = left_odd(watch, view).into_keys().collect();
    keys.extend(open_keys(watch, view));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Name of the ledger's fact which tickets were found odd and are not as they were sent since.
const ODD: &str = "canary-odd";

fn left_odd(watch: &Watch, view: &LedgerView) -> BTreeMap<ConversationKey, Vec<String>> {
    if watch.automations.is_none() {
        return BTreeMap::new();
    }
    let fact = view.fact(ODD).ok().flatten().unwrap_or_default();
    serde_json::from_str(&fact).unwrap_or_default()
}

fn open_keys(watch: &Watch, view: &LedgerView) -> Vec<ConversationKey> {
    let Some(automations) = &watch.automations else { return Vec::new() };
    let fact = view.fact(&open(automations)).ok().flatten().unwrap_or_default();
    serde_json::from_str(&fact).unwrap_or_default()
}

/// Name of the ledger's fact that the canary passed, and with which kinds.
fn passed(automations: &str) -> String {
    format!("canary-passed:{automations}")
}

/// Name of the ledger's fact which tickets went ahead without a verdict.
fn open(automations: &str) -> String {
    format!("canary-open:{automations}")
}
