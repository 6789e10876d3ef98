//! What workers share: the client, the ledger, the options, and where findings go.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::gorgias::{CallFailure, Client};
use crate::ledger::{Ack, InCharge, Ledger, PartState, PlanHash, RunState, TicketId};
use crate::mapping::Identity;
use crate::model::event::Figures;
use crate::model::finding::{Code, Finding};
use crate::model::time::now;

use super::answer::refuses_imported;
use super::canary::EVENTS_UNREAD;
use super::files::Files;
use super::links::Links;
use super::resources::{AddressDigest, Need};
use super::touched::Hands;
use super::traffic::Traffic;
use super::{Imported, Options};

/// Calls a second beyond any account's: such a budget cannot be used up, so nothing is gained by trying.
const PACE_MAX: f64 = 500.0;
/// Room for answers that take longer than the average.
const SLOTS_MARGIN: f64 = 1.5;

/// Takes findings of the upload, for the lists of the run.
pub type Notes = Box<dyn FnMut(&Finding) + Send>;

/// What workers share.
pub struct Shared {
    pub(super) client: Client,
    pub(super) ledger: Ledger,
    pub(super) options: Options,
    /// How files are had and uploaded; where absent, they stay links.
    pub(super) files: Option<Arc<Files>>,
    /// Where links lead; nothing where they stay as they are.
    pub(super) links: Option<Links>,
    traffic: Arc<Traffic>,
    notes: Mutex<Notes>,
    hands: tokio::sync::OnceCell<Hands>,
    nested_max: AtomicUsize,
    /// Whether `imported` is still sent with tickets, and with appended messages.
    imported: [AtomicBool; 2],
    /// When the automations were read last.
    automations_read: Mutex<Instant>,
    /// Cancelled once no further request may start.
    halted: CancellationToken,
    /// The limit of the user's that was reached, in words.
    limit_reached: OnceLock<&'static str>,
    paused: AtomicBool,
    stood_still: Mutex<StoodStill>,
    /// Whether a ticket was read back without its events.
    is_blind: AtomicBool,
    /// What the ledger was told of the run last.
    last_beat: Mutex<Figures>,
}

/// For how long a run was paused.
#[derive(Debug, Default)]
struct StoodStill {
    before: Duration,
    since: Option<Instant>,
}

impl StoodStill {
    fn turn(&mut self, paused: bool) {
        self.before = self.so_far();
        self.since = paused.then(Instant::now);
    }

    fn so_far(&self) -> Duration {
        self.before + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// The two calls that may take `imported`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Creating a ticket.
    Ticket,
    /// Appending a message.
    Message,
}

impl Takes {
    /// Name of the ledger's fact that the account refused the field here.
    fn fact(self) -> &'static str {
        match self {
            Self::Ticket => "imported-refused-on-tickets",
            Self::Message => "imported-refused-on-messages",
        }
    }
}

/// Fewer messages than this in a call that was small enough say more about these messages than about the limit.
const NESTED_LEARNT_MIN: usize = 8;

/// Waits until a write is durable.
async fn durable<T: Send + 'static>(ack: Ack<T>) -> Result<T, String> {
    // The writer is a thread of its own. In paused time the clock would run ahead while it works, unless something
    // blocks.
    #[cfg(test)]
    let answer = tokio::task::spawn_blocking(move || ack.wait()).await.map_err(|error| error.to_string())?;
    #[cfg(not(test))]
    let answer = ack.await;
    answer.map_err(|error| error.to_string())
}

impl Shared {
    /// `traffic` is the observer of `client`; `notes` takes findings.
    pub fn new(
        client: Client,
        ledger: Ledger,
        options: Options,
        traffic: Arc<Traffic>,
        notes: Notes,
    ) -> Self {
        let nested_max = AtomicUsize::new(options.nested_max);
        let imported = [Takes::Ticket, Takes::Message].map(|takes| {
            AtomicBool::new(match options.imported {
                Imported::Always => true,
                Imported::Never => false,
                // A fact that cannot be read is learnt again, for the price of one refusal.
                Imported::Auto => ledger.view().fact(takes.fact()).is_ok_and(|fact| fact.is_none()),
            })
        });
        // Sources that cannot be read now cannot be read a moment later either, and the run will say so.
        let links = options.pages.as_ref().and_then(|pages| Links::new(&ledger, pages).ok());
        let notes = Mutex::new(notes);
        Self {
            client,
            ledger,
            options,
            links,
            files: None,
            traffic,
            notes,
            hands: tokio::sync::OnceCell::new(),
            nested_max,
            imported,
            automations_read: Mutex::new(Instant::now()),
            halted: CancellationToken::new(),
            limit_reached: OnceLock::new(),
            paused: AtomicBool::new(false),
            stood_still: Mutex::default(),
            is_blind: AtomicBool::new(false),
            last_beat: Mutex::default(),
        }
    }

    /// When the automations were read last.
    pub(super) fn automations_read(&self) -> Instant {
        *self.automations_read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// They were read just now.
    pub(super) fn automations_were_read(&self) {
        *self.automations_read.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Uploads files, as `files` has them.
    #[must_use]
    pub fn with_files(mut self, files: Files) -> Self {
        self.files = Some(Arc::new(files));
        self
    }

    /// Files that were uploaded so far.
    pub(super) fn uploads(&self) -> u64 {
        self.files.as_ref().map_or(0, |files| files.uploaded())
    }

    /// Files that were seen to so far.
    pub(super) fn files_seen_to(&self) -> u64 {
        self.files.as_ref().map_or(0, |files| files.seen_to())
    }

    /// Files that could not be had so far.
    pub(super) fn files_missing(&self) -> u64 {
        self.files.as_ref().map_or(0, |files| files.missing())
    }

    pub(super) fn digest(&self, identity: &Identity) -> AddressDigest {
        digest(&self.ledger, identity)
    }

    pub(super) fn note(&self, finding: &Finding) {
        (self.notes.lock().unwrap_or_else(PoisonError::into_inner))(finding);
    }

    /// Messages that fit into one call, as far as is known.
    pub(super) fn nested_max(&self) -> usize {
        self.nested_max.load(Ordering::Relaxed).max(1)
    }

    /// Remembers that more than `nested` messages were too large, and that many were not.
    pub(super) fn learn_nested_max(&self, nested: usize) {
        if nested >= NESTED_LEARNT_MIN {
            self.nested_max.fetch_min(nested, Ordering::Relaxed);
        }
    }

    /// What `imported` says in such a call, if it is sent.
    pub(super) fn imported(&self, takes: Takes) -> Option<bool> {
        self.imported[takes as usize].load(Ordering::Relaxed).then_some(true)
    }

    /// Whether `failure` says that the account does not know `imported`. Where the user leaves it to us, it is left
    /// out of such calls from now on.
    pub(super) fn learn_imported(&self, takes: Takes, failure: &CallFailure) -> bool {
        let refused = self.options.imported == Imported::Auto && refuses_imported(failure);
        if refused {
            self.imported[takes as usize].store(false, Ordering::Relaxed);
            drop(self.ledger.set_fact(takes.fact(), "true"));
        }
        refused
    }

    /// Calls, 429s, and requests that the gate refused.
    pub(super) fn calls(&self) -> (u64, u64, u64) {
        self.traffic.counts()
    }

    pub(super) fn gate_refused(&self) {
        self.traffic.gate_refused();
    }

    /// Requests that may be in flight: as many as the config says, and more where answers take so long that the
    /// account's budget would go unused.
    pub(super) fn slots(&self) -> usize {
        let per_second = self.client.limiter().level().per_second;
        if per_second > PACE_MAX {
            return self.options.concurrency;
        }
        let needed = (per_second * self.traffic.latency().as_secs_f64() * SLOTS_MARGIN).ceil();
        // A float beyond the range becomes the greatest number, which the options then bound.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, then is bounded"
        )]
        let needed = needed as usize;
        needed.clamp(self.options.concurrency, self.options.concurrency_max.max(self.options.concurrency))
    }

    /// Lets no further request start.
    pub(super) fn halt(&self) {
        self.client.limiter().close();
        self.halted.cancel();
    }

    pub(super) fn is_halted(&self) -> bool {
        self.client.limiter().is_closed()
    }

    /// The ticket under `key` was read back, but its events cannot be. Told once in a run, and kept for the certificate.
    pub(super) fn events_unread(&self, key: &str, failure: &CallFailure) {
        if !self.is_blind.swap(true, Ordering::AcqRel) {
            drop(self.ledger.set_fact(EVENTS_UNREAD, "true"));
            let (key, detail) = (Some(key.to_owned()), failure.to_string());
            self.note(&Finding { code: Code::EventsUnread, key, place: None, detail });
        }
    }

    /// Whether a ticket was read back without its events.
    pub(super) fn is_blind(&self) -> bool {
        self.is_blind.load(Ordering::Acquire)
    }

    /// Waits until no further request may start.
    pub(super) async fn halted(&self) {
        self.halted.cancelled().await;
    }

    /// A limit of the user's is reached, in these words: no further request starts.
    pub(super) fn reach_limit(&self, words: &'static str) {
        // Noted first, so that whoever is sent away finds the reason.
        self.limit_reached.get_or_init(|| words);
        self.halt();
    }

    /// The limit of the user's that was reached.
    pub(super) fn limit_reached(&self) -> Option<&'static str> {
        self.limit_reached.get().copied()
    }

    /// Lets nothing out for as long as `paused`, and says so in the ledger, for `status`.
    pub(super) fn pause(&self, paused: bool) {
        if self.paused.swap(paused, Ordering::AcqRel) != paused {
            self.stood_still.lock().unwrap_or_else(PoisonError::into_inner).turn(paused);
            self.client.limiter().pause(paused);
            let figures = *self.last_beat.lock().unwrap_or_else(PoisonError::into_inner);
            self.beat(&figures);
        }
    }

    /// For how long the user's pause file has stopped everything so far.
    pub(super) fn stood_still(&self) -> Duration {
        self.stood_still.lock().unwrap_or_else(PoisonError::into_inner).so_far()
    }

    /// Whether the user's pause file stops everything.
    pub(super) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Acquire)
    }

    /// Who works in the account; read once, when it is first asked for.
    pub(super) async fn hands(&self) -> Result<&Hands, CallFailure> {
        self.hands.get_or_try_init(|| Hands::read(&self.client)).await
    }

    /// Waits, but not beyond the end of the run.
    pub(super) async fn rest(&self, wait: Duration) {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.halted() => {}
        }
    }

    pub(super) async fn intend_tickets(&self, intents: &[(TicketId, PlanHash)]) -> Result<(), String> {
        durable(self.ledger.intend_tickets(intents)).await
    }

    pub(super) async fn intend_message(&self, ticket: TicketId, number: u32) -> Result<(), String> {
        durable(self.ledger.intend_message(ticket, number)).await
    }

    pub(super) async fn intend_need(&self, need: &Need) -> Result<(), String> {
        durable(match need {
            Need::Customer(address) => self.ledger.intend_customer(*address),
            Need::Tag(name) => self.ledger.intend_tag(name),
        })
        .await
    }

    /// Settled, or certainly not sent: it was not created.
    pub(super) fn need_not_there(&self, need: &Need) {
        drop(match need {
            Need::Customer(address) => self.ledger.customer_not_there(*address),
            Need::Tag(name) => self.ledger.tag_not_there(name),
        });
    }

    /// It was looked up and is not in Gorgias, whatever was known of it before.
    pub(super) fn need_gone(&self, need: &Need) {
        drop(match need {
            Need::Customer(address) => self.ledger.customer_gone(*address),
            Need::Tag(name) => self.ledger.tag_gone(name),
        });
    }

    pub(super) fn need_refused(&self, need: &Need) {
        drop(match need {
            Need::Customer(address) => self.ledger.customer_refused(*address),
            Need::Tag(name) => self.ledger.tag_refused(name),
        });
    }

    pub(super) fn need_made(&self, need: &Need, gorgias_id: u64, created: bool) {
        let id = gorgias_id.cast_signed();
        drop(match (need, created) {
            (Need::Customer(address), true) => self.ledger.customer_created(*address, id),
            (Need::Customer(address), false) => self.ledger.customers_known(vec![(*address, id)]),
            (Need::Tag(name), true) => self.ledger.tag_created(name, id),
            (Need::Tag(name), false) => self.ledger.tags_known(vec![(name.clone(), id)]),
        });
    }

    /// Whether an earlier run sent its creation and never learned the outcome.
    pub(super) fn was_sending(&self, need: &Need) -> bool {
        let row = match need {
            Need::Customer(address) => self.ledger.view().customer(*address),
            Need::Tag(name) => self.ledger.view().tag(name),
        };
        // A row that cannot be read is treated like an unknown outcome, the careful side.
        row.map_or(true, |row| row.is_some_and(|row| row.state == PartState::Sending))
    }

    pub(super) fn ticket_created(
        &self,
        ticket: TicketId,
        gorgias_id: u64,
        messages: &[(u32, i64)],
        all: bool,
    ) {
        drop(self.ledger.ticket_created(ticket, gorgias_id.cast_signed(), messages, all));
    }

    /// It is in Gorgias under this id; which messages it has is noted one by one.
    pub(super) fn ticket_found(&self, ticket: TicketId, gorgias_id: u64) {
        drop(self.ledger.ticket_adopted(ticket, gorgias_id.cast_signed(), &[], false));
    }

    pub(super) fn ticket_finished(&self, ticket: TicketId) {
        drop(self.ledger.ticket_finished(ticket));
    }

    /// Settled, or certainly not sent.
    pub(super) fn ticket_not_there(&self, ticket: TicketId) {
        drop(self.ledger.ticket_not_there(ticket));
    }

    pub(super) fn message_created(&self, ticket: TicketId, number: u32, gorgias_id: u64) {
        drop(self.ledger.message_created(ticket, number, gorgias_id.cast_signed()));
    }

    pub(super) fn message_adopted(&self, ticket: TicketId, number: u32, gorgias_id: u64) {
        drop(self.ledger.message_adopted(ticket, number, gorgias_id.cast_signed()));
    }

    /// Settled, or certainly not sent.
    pub(super) fn message_not_there(&self, ticket: TicketId, number: u32) {
        drop(self.ledger.message_not_there(ticket, number));
    }

    /// It will not be brought to Gorgias.
    pub(super) fn message_refused(&self, ticket: TicketId, number: u32, code: Code) {
        drop(self.ledger.message_refused(ticket, number, code));
    }

    pub(super) fn in_charge_given(&self, ticket: TicketId, in_charge: InCharge) {
        drop(self.ledger.in_charge_given(ticket, in_charge));
    }

    pub(super) fn assignee_given(&self, ticket: TicketId, assignee: Option<u64>) {
        drop(self.ledger.assignee_given(ticket, assignee));
    }

    pub(super) fn team_given(&self, ticket: TicketId, team: Option<u64>) {
        drop(self.ledger.team_given(ticket, team));
    }

    pub(super) fn senders_given(&self, ticket: TicketId, senders: Vec<(u32, u64)>) {
        if !senders.is_empty() {
            drop(self.ledger.senders_given(ticket, senders));
        }
    }

    pub(super) async fn intend_survey(&self, ticket: TicketId) -> Result<(), String> {
        durable(self.ledger.intend_survey(ticket)).await
    }

    pub(super) fn survey_made(&self, ticket: TicketId, gorgias_id: u64, created: bool) {
        let id = gorgias_id.cast_signed();
        drop(if created {
            self.ledger.survey_created(ticket, id)
        } else {
            self.ledger.survey_known(ticket, id)
        });
    }

    /// Settled, or certainly not sent.
    pub(super) fn survey_not_there(&self, ticket: TicketId) {
        drop(self.ledger.survey_not_there(ticket));
    }

    /// It will not be sent.
    pub(super) fn survey_refused(&self, ticket: TicketId) {
        drop(self.ledger.survey_refused(ticket));
    }

    pub(super) fn reject(&self, ticket: TicketId, finding: &Finding) {
        drop(match finding.code {
            // Rejected, it could be sent again one day, and would be there twice.
            Code::GoneFromGorgias | Code::InTrash => self.ledger.ticket_gone(ticket),
            code => self.ledger.ticket_refused(ticket, code, Some(&finding.detail)),
        });
    }

    pub(super) fn heartbeat(&self, figures: &Figures) {
        *self.last_beat.lock().unwrap_or_else(PoisonError::into_inner) = *figures;
        self.beat(figures);
    }

    fn beat(&self, figures: &Figures) {
        let state = if self.is_paused() { RunState::Paused } else { RunState::Running };
        drop(self.ledger.update_run(self.options.run, state, now(), figures));
    }

    pub(super) async fn flush(&self) -> Result<(), String> {
        durable(self.ledger.flush()).await
    }
}

/// The ledger's keyed hash of an identity.
pub fn digest(ledger: &Ledger, identity: &Identity) -> AddressDigest {
    match identity {
        Identity::Email(email) => ledger.hasher().email(email),
        Identity::Phone(number) => ledger.hasher().phone(number),
        Identity::Bare(key) => ledger.hasher().person(key),
    }
}
