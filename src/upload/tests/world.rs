//! A server, a state directory and runs against them: what a user has, without the command line.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::LocalBoxFuture;
use secrecy::SecretString;
use tempfile::TempDir;

use super::fake::Fake;
use crate::attachments::{Hosts, Keeper, Settings, Store};
use crate::gorgias::{Client, Credentials, Limit, Limiter, Reserve, Transport};
use crate::ledger::{Ledger, NewRun, PartState, Registration, Selection, TicketState};
use crate::mapping::{AgentDirectory, AttachmentMode, Rules, map};
use crate::model::body::Body;
use crate::model::conversation::{Channel, Conversation, Message, Side, Status};
use crate::model::event::{Event, Figures, TicketCounts};
use crate::model::finding::Finding;
use crate::model::key::{PersonKey, SourceName};
use crate::model::person::{Email, Person, Role};
use crate::model::sample;
use crate::model::time::now;
use crate::staging::Staging;
use crate::upload::dispatcher::Dispatcher;
use crate::upload::resources::Resources;
use crate::upload::{
    Control, Ended, Files, Imported, Options, Plan, Schedule, Shared, Stop, Traffic, Watch, canary, feed,
};

/// Longest that a run may take in its own time; longer is a hang.
const HANG: Duration = Duration::from_hours(2);

fn source() -> SourceName {
    SourceName::new("zendesk").unwrap()
}

/// A person with an email address, a phone number, or neither.
pub(super) fn person(id: u64, email: bool, phone: bool) -> Arc<Person> {
    let key = PersonKey::new(&source(), "user", id);
    Arc::new(Person {
        email: email.then(|| Email::parse(&format!("p{id}@example.com")).unwrap()),
        phone: phone.then(|| format!("+1555010{id:04}")),
        ..Person::unknown(key, Role::Customer)
    })
}

/// Ticket `number` of `customer`, a message by each of `authors`; nobody stands for an agent's note.
pub(super) fn conversation(
    number: u64,
    customer: &Arc<Person>,
    authors: &[Option<&Arc<Person>>],
    tags: &[&str],
    status: Status,
) -> Conversation {
    let at = |n: u64| {
        jiff::Timestamp::from_second(1_704_067_200 + i64::try_from(number * 10_000 + n * 60).unwrap())
            .unwrap()
    };
    let agent = sample::person(&source(), 9_999, Role::Agent);
    let message = |(n, author): (u64, Option<&Arc<Person>>)| Message {
        side: if author.is_some() { Side::Customer } else { Side::Note },
        channel: Channel::Api,
        body: Body::from_text(format!("message {n}")).unwrap(),
        ..sample::message(&source(), number * 100 + n, author.unwrap_or(&agent), at(n))
    };
    let messages = (0..).zip(authors.iter().copied()).map(message).collect();
    Conversation {
        channel: Channel::Api,
        status,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..sample::conversation(&source(), number, customer, at(0), messages)
    }
}

pub(super) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() }
}

/// What a run came to.
pub(super) struct Ran {
    pub(super) ended: Ended,
    pub(super) figures: Figures,
    pub(super) findings: Vec<Finding>,
}

/// What a run is cut short by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Kill(Duration),
    Abort(Duration),
    Drain(Duration),
    /// The disk takes only so many more pages.
    FullDisk(u32),
}

/// Somebody who plays Gorgias.
pub(super) trait Server: Transport + Sized + 'static {
    /// Writes a line of the story that a failed test tells.
    fn tell(&self, line: &str);

    /// What a run is told of the account before it begins. Nothing if it gave up on it.
    fn meet<'a>(
        &'a self,
        client: &'a Client,
        ledger: &'a Ledger,
    ) -> LocalBoxFuture<'a, Option<(AgentDirectory, Resources)>>;
}

pub(super) struct World<S = Fake> {
    pub(super) server: Arc<S>,
    pub(super) conversations: Vec<Conversation>,
    pub(super) options: Options,
    pub(super) limit: Limit,
    /// Source key to the Gorgias ticket that it belongs to.
    pub(super) mapped: BTreeMap<String, u64>,
    /// Files that came with the export; where absent, files stay links.
    pub(super) dump: Option<TempDir>,
    folder: TempDir,
    left: Vec<TempDir>,
}

impl World {
    pub(super) fn new(seed: u64, conversations: Vec<Conversation>) -> Self {
        Self::with(Fake::new(seed), conversations)
    }
}

impl<S: Server> World<S> {
    pub(super) fn with(server: S, conversations: Vec<Conversation>) -> Self {
        let options = Options {
            pages: None,
            run: 1,
            concurrency: 4,
            concurrency_max: 4,
            settle: Duration::from_mins(1),
            patience: Duration::from_hours(24),
            via: "api".into(),
            imported: Imported::Auto,
            nested_max: 3,
            max_errors: None,
            max_duration: None,
            skip_existing: false,
            watch: Watch::default(),
            schedule: Schedule::default(),
        };
        let limit = Limit::Fixed { requests: 400, window: Duration::from_secs(20) };
        Self {
            server: Arc::new(server),
            conversations,
            options,
            limit,
            mapped: BTreeMap::new(),
            dump: None,
            folder: folder(),
            left: Vec::new(),
        }
    }

    pub(super) fn prepare(&self) -> Ledger {
        let ledger = Ledger::open(self.folder.path(), now()).unwrap();
        let mut filling = Staging::fill(&self.folder.path().join("staging.sqlite")).unwrap();
        for conversation in &self.conversations {
            filling.insert(conversation).unwrap();
        }
        filling.finish("export", &()).unwrap();
        let registration = |conversation: &Conversation| Registration {
            mapped_to: self.mapped.get(conversation.key.as_str()).map(|id| id.cast_signed()),
            ..Registration::of(conversation)
        };
        ledger.register(self.conversations.iter().map(registration)).unwrap();
        ledger
    }

    /// How everything is mapped.
    pub(super) fn rules(&self) -> Rules {
        let attachments = if self.dump.is_some() { AttachmentMode::Upload } else { AttachmentMode::Link };
        Rules { attachments, ..Rules::default() }
    }

    /// Has files from the dump, and asks nobody for any.
    fn files(&self, ledger: &Ledger) -> Files {
        let settings = Settings { max_bytes: 1 << 20, silence: Duration::from_secs(1), web: false };
        let store = Store::new(self.folder.path().join("files"));
        let hosts = Hosts::new(Vec::new(), Vec::new());
        Files::new(Keeper::new(ledger.clone(), store, hosts, settings).unwrap())
    }

    pub(super) fn plan(&self, ledger: &Ledger, rules: Rules, directory: AgentDirectory) -> Plan {
        Plan {
            view: ledger.view().clone(),
            staging: self.folder.path().join("staging.sqlite"),
            selection: Selection::default(),
            rules,
            directory,
        }
    }

    /// Runs to the end. Nothing if it was killed, or gave up before it began.
    pub(super) async fn run(&mut self, cut: Option<Cut>) -> Option<Ran> {
        let ledger = self.prepare();
        self.server.tell(&format!("run, {cut:?}"));
        let run = ledger
            .start_run(NewRun {
                command: "run".into(),
                export_fingerprint: None,
                config_hash: None,
                started: now(),
                after: 0,
            })
            .wait()
            .unwrap();
        if let Some(Cut::FullDisk(pages)) = cut {
            ledger.leave_room(pages);
        }
        let before = figures(&ledger);
        let (events, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let findings = Arc::new(Mutex::new(Vec::new()));
        let control = Control::default();
        let work = self.upload(&ledger, run, before, (control.clone(), events), Arc::clone(&findings));
        let ended = tokio::select! {
            ended = tokio::time::timeout(HANG, work) => Some(ended.expect("the run never ends")),
            () = cut_short(cut, control) => None,
        };
        self.server
            .tell(&format!("ended: {:?}", ended.as_ref().map(|ended| ended.as_ref().map(|(how, _)| how))));
        let Some(ended) = ended else {
            self.leave_as_killed();
            return None;
        };
        let (ended, figures) = ended?;
        while let Ok(event) = heard.try_recv() {
            if let Event::Notice { message } = event {
                assert!(!message.contains("nobody was making"), "{message}");
            }
        }
        let whole = !matches!(cut, Some(Cut::Abort(_) | Cut::FullDisk(_)));
        agree(&ledger, &before, &figures, whole);
        let full = matches!(cut, Some(Cut::FullDisk(_)));
        assert!(full || !matches!(ended, Ended::Stopped(Stop::Ledger { .. })), "{ended:?}");
        let findings = std::mem::take(&mut *findings.lock().unwrap());
        Some(Ran { ended, figures, findings })
    }

    /// A run from the first call to the last.
    async fn upload(
        &self,
        ledger: &Ledger,
        run: u64,
        before: Figures,
        (control, events): (Control, tokio::sync::mpsc::UnboundedSender<Event>),
        findings: Arc<Mutex<Vec<Finding>>>,
    ) -> Option<(Ended, Figures)> {
        let traffic = Arc::new(Traffic::new(events.clone()));
        traffic.keep_journal(ledger.clone(), run);
        let limiter = Limiter::new(self.limit, Reserve::default());
        let credentials = Credentials::basic("ops@example.com", SecretString::from("sandbox"));
        let client = Client::builder(Arc::clone(&self.server), credentials, limiter)
            .observer(Arc::clone(&traffic))
            .build();
        let (directory, resources) = self.server.meet(&client, ledger).await?;
        let notes = Box::new(move |finding: &Finding| findings.lock().unwrap().push(finding.clone()));
        let options = Options { run, ..self.options.clone() };
        let shared = Shared::new(client, ledger.clone(), options.clone(), traffic, notes);
        let shared =
            Arc::new(if self.dump.is_some() { shared.with_files(self.files(ledger)) } else { shared });
        let left_over = canary::left_open(&options.watch, ledger.view());
        let feed = feed::start(self.plan(ledger, self.rules(), directory), left_over);
        // The feed is a thread; paused time would run ahead while it reads.
        while !feed.is_closed() && feed.len() < 100 {
            std::thread::sleep(Duration::from_micros(200));
        }
        Some(Dispatcher::new(shared, control, events, resources, before).run(feed).await)
    }

    /// Goes on with a copy of the state directory as it lies there now.
    fn leave_as_killed(&mut self) {
        let copy = folder();
        for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
            let from = self.folder.path().join(name);
            if from.exists() {
                std::fs::copy(from, copy.path().join(name)).unwrap();
            }
        }
        self.left.push(std::mem::replace(&mut self.folder, copy));
    }

    pub(super) fn ledger(&self) -> Ledger {
        Ledger::open(self.folder.path(), now()).unwrap()
    }
}

impl World {
    /// Everything is there once, in order, and the ledger says so.
    pub(super) fn check(&self) {
        let mut state = self.server.state();
        state.commit_late(true);
        assert_eq!(state.unsent_messages, 0);
        let twice = |values: Vec<&String>| {
            let distinct: std::collections::BTreeSet<_> = values.iter().collect();
            distinct.len() != values.len()
        };
        assert!(!twice(state.customers.values().collect()), "{:?}", state.customers);
        assert!(!twice(state.tags.values().collect()), "{:?}", state.tags);
        let ledger = self.ledger();
        for conversation in &self.conversations {
            let key = conversation.key.as_str();
            let row = ledger.view().ticket(&conversation.key).unwrap().unwrap();
            let rows = ledger.view().messages(row.id).unwrap();
            let wanted: Vec<&str> =
                conversation.messages.iter().map(|message| message.key.as_str()).collect();
            let poisoned = state.poison.contains(key) || wanted.iter().any(|key| state.poison.contains(*key));
            let there: Vec<_> = state
                .tickets
                .iter()
                .filter(|(id, ticket)| ticket.external_id == key || self.mapped.get(key) == Some(*id))
                .collect();
            if poisoned && there.is_empty() {
                assert_eq!(row.state, TicketState::Rejected, "{key}");
                continue;
            }
            // What is refused when it is appended costs itself alone.
            let refused = |key: &str| state.poison.contains(key);
            let wanted: Vec<&str> = wanted.into_iter().filter(|key| !refused(key)).collect();
            assert_eq!(there.len(), 1, "{key}\n{}", state.log.join("\n"));
            let (id, ticket) = there[0];
            let held: Vec<&str> = ticket.messages.iter().map(|(_, key)| key.as_str()).collect();
            assert_eq!(held, wanted, "{key}\n{}", state.log.join("\n"));
            let planned = map(conversation, &Rules::default(), &AgentDirectory::offline()).unwrap().ticket;
            let closed = planned.status == crate::mapping::TicketStatus::Closed;
            if !self.mapped.contains_key(key) && closed {
                assert_eq!(ticket.status, "closed", "{key}\n{}", state.log.join("\n"));
            }
            assert_eq!((row.state, row.gorgias_id), (TicketState::Done, Some(id.cast_signed())), "{key}");
            let (lost, rows): (Vec<_>, Vec<_>) = rows.iter().partition(|row| refused(row.key.as_str()));
            assert!(lost.iter().all(|row| row.is_refused()), "{key}: {lost:?}");
            for (message, (id, _)) in rows.iter().zip(&ticket.messages) {
                assert_eq!(message.state, PartState::Done, "{key}");
                assert!(message.gorgias_id.is_none_or(|known| known == id.cast_signed()), "{key}");
            }
        }
    }
}

/// Nothing was lost from the counts, and what the ledger calls final is what the run calls so. Only a
/// `whole` run is compared: what is cut off may be counted as unknown although it ended.
fn agree(ledger: &Ledger, before: &Figures, after: &Figures, whole: bool) {
    assert_eq!(after.tickets.total(), before.tickets.total(), "{before:?}\n{after:?}");
    if whole {
        let counts = ledger.view().counts(&Selection::default()).unwrap();
        let last = [TicketState::Rejected, TicketState::Done, TicketState::Gone];
        let known: u64 = last.iter().map(|state| counts.tickets(*state)).sum();
        assert_eq!(after.tickets.finished(), known, "{after:?}");
    }
}

/// Ends only if the run is to be killed.
async fn cut_short(cut: Option<Cut>, control: Control) {
    let Some(cut) = cut else { return std::future::pending().await };
    let (Cut::Kill(after) | Cut::Abort(after) | Cut::Drain(after)) = cut else {
        return std::future::pending().await;
    };
    tokio::time::sleep(after).await;
    if let Cut::Kill(_) = cut {
        return;
    }
    control.drain.cancel();
    if let Cut::Abort(_) = cut {
        control.abort.cancel();
    }
    std::future::pending::<()>().await;
}

/// Where things stand before a run, as the command reckons it.
fn figures(ledger: &Ledger) -> Figures {
    let counts = ledger.view().counts(&Selection::default()).unwrap();
    let tickets = TicketCounts {
        already: counts.tickets(TicketState::Done) + counts.tickets(TicketState::Gone),
        rejected: counts.tickets(TicketState::Rejected),
        unknown: counts.tickets(TicketState::Sending),
        pending: counts.tickets(TicketState::Pending) + counts.tickets(TicketState::Appending),
        ..TicketCounts::default()
    };
    Figures { tickets, ..Figures::default() }
}
