//! A small Gorgias in memory, with faults that are scripted or drawn from a seed.

mod serve;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use futures::future::{BoxFuture, LocalBoxFuture};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::world::Server;
use crate::gorgias::transport::RawAnswer;
use crate::gorgias::{Client, Login, LostKind, NotSentKind, SendFailure, Transport, egress::Cleared};
use crate::ledger::Ledger;
use crate::mapping::{AgentDirectory, Identity};
use crate::model::person::Email;
use crate::upload::digest;
use crate::upload::resources::{Need, Resources};

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// 429, not processed.
    Throttled,
    /// No connection.
    NotSent,
    /// 500, nothing was done.
    Before500,
    /// 500 after it was done.
    After500,
    /// The connection breaks before anything was done.
    ResetBefore,
    /// It breaks after it was done.
    ResetAfter,
    /// It breaks, and it is done so many seconds later.
    Late(u64),
    /// A success that cannot be read.
    Unreadable,
    /// A success that does not show everything.
    Partial,
    /// A success that shows another record.
    Another,
    /// 413.
    TooLarge,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
}

/// A ticket.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    pub(super) external_id: String,
    pub(super) created: Value,
    pub(super) status: String,
    pub(super) closed: Value,
    pub(super) customer: Option<u64>,
    pub(super) messages: Vec<(u64, String)>,
    pub(super) trashed: bool,
    pub(super) imported: bool,
    listed_from: Instant,
}

/// What an account does to new tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    /// A message that nobody imported.
    Answers,
    /// A rule runs.
    Rule,
    /// The sent times are moved.
    Moves,
}

/// A request of this method and path prefix, the next time.
type Script = (&'static str, &'static str, Fault);

#[derive(Default)]
pub(super) struct State {
    pub(super) rng: Option<fastrand::Rng>,
    /// Of a thousand requests, so many go wrong.
    pub(super) faults_per_mille: u32,
    /// Seconds for which lists may not show a new ticket.
    pub(super) list_lag: u64,
    /// Longest delay of a late commit.
    pub(super) late_max: u64,
    pub(super) script: VecDeque<Script>,
    pub(super) tickets: BTreeMap<u64, Ticket>,
    /// Email, phone or external id, by id.
    pub(super) customers: BTreeMap<u64, String>,
    pub(super) tags: BTreeMap<u64, String>,
    /// What goes wrong each time with a record of this external id, a tag of this name, a method and path, a list that is
    /// asked for this value (`GET /api/tickets?zendesk:ticket:1`), or a method.
    pub(super) ailing: BTreeMap<String, Fault>,
    /// External ids that are refused.
    pub(super) poison: BTreeSet<String>,
    /// Whether a refusal says which message is meant.
    pub(super) names_poison: bool,
    pub(super) refuses_imported: bool,
    pub(super) refuses_status: bool,
    pub(super) nested_max: usize,
    /// Most messages that a ticket shows.
    pub(super) shown_max: usize,
    pub(super) unsent_messages: u64,
    /// Messages as they were sent, by id.
    pub(super) bodies: BTreeMap<u64, Value>,
    /// What `GET /api/events` tells of each ticket.
    pub(super) events: Vec<Value>,
    /// Active rules.
    pub(super) rules: Vec<Value>,
    /// What the account does to each new ticket.
    pub(super) reaction: Option<Reaction>,
    pub(super) log: Vec<String>,
    late: Vec<(Instant, String, String, Value)>,
    last_id: u64,
    begun: Option<Instant>,
}

/// The server.
pub(super) struct Fake {
    state: Mutex<State>,
}

type Answer = Result<RawAnswer, SendFailure>;

impl Fake {
    pub(super) fn new(seed: u64) -> Self {
        let state = State {
            rng: Some(fastrand::Rng::with_seed(seed)),
            nested_max: usize::MAX,
            shown_max: usize::MAX,
            ..State::default()
        };
        Self { state: Mutex::new(state) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Transport for Fake {
    fn send<'a>(&'a self, request: &'a Cleared, _: &'a Login) -> BoxFuture<'a, Answer> {
        let (latency, answer) = self.state().receive(request);
        Box::pin(async move {
            tokio::time::sleep(latency).await;
            answer
        })
    }
}

fn lost(kind: LostKind) -> Answer {
    Err(SendFailure::Lost { kind, detail: String::new() })
}

fn error(status: u16, message: &str, data: &Value) -> RawAnswer {
    RawAnswer::json(status, json!({"error": {"msg": message, "data": data}}).to_string())
}

impl State {
    fn draw(&mut self, below: u64) -> u64 {
        self.rng.as_mut().map_or(0, |rng| rng.u64(0..below.max(1)))
    }

    /// Writes a line of the story that a failed test tells.
    pub(super) fn tell(&mut self, line: &str) {
        let begun = *self.begun.get_or_insert_with(Instant::now);
        self.log.push(format!("{:9.3} {line}", begun.elapsed().as_secs_f64()));
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Ids from here on are higher than this.
    pub(super) fn skip_ids(&mut self, to: u64) {
        self.last_id = self.last_id.max(to);
    }

    fn fault(&mut self, method: &str, path: &str) -> Option<Fault> {
        let scripted = self
            .script
            .iter()
            .position(|(m, p, _)| *m == method && path.starts_with(p) && path.len() >= p.len());
        if let Some(at) = scripted {
            return self.script.remove(at).map(|(_, _, fault)| fault);
        }
        if self.draw(1000) >= u64::from(self.faults_per_mille) {
            return None;
        }
        let late = 1 + self.draw(self.late_max);
        let all = [
            Fault::Throttled,
            Fault::NotSent,
            Fault::Before500,
            Fault::After500,
            Fault::ResetBefore,
            Fault::ResetAfter,
            Fault::Late(late),
            Fault::Unreadable,
            Fault::Partial,
        ];
        Some(all[usize::try_from(self.draw(all.len() as u64)).unwrap()])
    }

    /// What was delayed and is due. All of it, if `all`.
    pub(super) fn commit_late(&mut self, all: bool) {
        self.late.sort_by_key(|(due, ..)| *due);
        while self.late.first().is_some_and(|(due, ..)| all || *due <= Instant::now()) {
            let (_, method, path, body) = self.late.remove(0);
            self.tell(&format!("late: {method} {path}"));
            self.serve(&method, &path, "", &body);
        }
    }

    fn receive(&mut self, request: &Cleared) -> (Duration, Answer) {
        self.commit_late(false);
        let (method, path) = (request.method().as_str(), request.path());
        let query = request.query().unwrap_or_default();
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let latency = Duration::from_millis(20 + self.draw(400));
        let key = body["external_id"].as_str().or(body["name"].as_str()).unwrap_or_default();
        let asked = format!("{method} {path}?{}", serve::wanted(query));
        let ways = [key, &format!("{method} {path}"), &asked, method];
        let ailing = ways.into_iter().find_map(|way| self.ailing.get(way)).copied();
        let fault = ailing.or_else(|| self.fault(method, path));
        self.tell(&format!("{method} {path} {fault:?} {key}"));
        let answer = match fault {
            None => Ok(self.serve(method, path, query, &body)),
            Some(Fault::Throttled) => {
                Ok(error(429, "slow down", &Value::Null).with_header("retry-after", "1"))
            }
            Some(Fault::NotSent) => {
                Err(SendFailure::NotSent { kind: NotSentKind::Connect, detail: "refused".into() })
            }
            Some(Fault::Before500) => Ok(error(500, "oops", &Value::Null)),
            Some(Fault::ResetBefore) => lost(LostKind::Connection),
            Some(Fault::TooLarge) => Ok(error(413, "too large", &Value::Null)),
            Some(Fault::Forbidden) => Ok(error(403, "not for you", &Value::Null)),
            Some(Fault::Unauthorized) => Ok(error(401, "who are you", &Value::Null)),
            Some(Fault::Late(seconds)) => {
                if method != "GET" {
                    let due = Instant::now() + Duration::from_secs(seconds);
                    self.late.push((due, method.to_owned(), path.to_owned(), body));
                }
                lost(LostKind::Timeout)
            }
            Some(after) => {
                let answer = self.serve(method, path, query, &body);
                match after {
                    Fault::After500 => Ok(error(500, "oops", &Value::Null)),
                    Fault::Unreadable => Ok(RawAnswer::json(201, "{\"id\": ")),
                    Fault::Another => {
                        let mut record: Value = serde_json::from_slice(&answer.body).unwrap();
                        (record["id"], record["external_id"]) = (json!(999_999), json!("zendesk:ticket:999"));
                        Ok(RawAnswer::json(201, record.to_string()))
                    }
                    Fault::Partial if method == "POST" && path == "/api/tickets" && answer.status == 201 => {
                        let mut ticket: Value = serde_json::from_slice(&answer.body).unwrap();
                        ticket["messages"] = json!([]);
                        Ok(RawAnswer::json(201, ticket.to_string()))
                    }
                    _ => lost(LostKind::Connection),
                }
            }
        };
        (latency, answer)
    }
}

impl Server for Fake {
    fn tell(&self, line: &str) {
        self.state().tell(line);
    }

    fn meet<'a>(
        &'a self,
        _: &'a Client,
        ledger: &'a Ledger,
    ) -> LocalBoxFuture<'a, Option<(AgentDirectory, Resources)>> {
        let mut resources = Resources::default();
        let mut state = self.state();
        state.commit_late(false);
        for (id, name) in &state.tags {
            resources.made(Need::Tag(name.clone()), *id);
        }
        for (id, email) in state.customers.iter().filter(|(_, address)| address.contains('@')) {
            let email = Identity::Email(Email::parse(email).unwrap());
            resources.made(Need::Customer(digest(ledger, &email)), *id);
        }
        Box::pin(std::future::ready(Some((AgentDirectory::offline(), resources))))
    }
}
