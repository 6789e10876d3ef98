//! A small Gorgias in memory, with faults that are scripted or drawn from a seed.

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
    /// 413.
    TooLarge,
    /// 401.
    Unauthorized,
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
    /// External ids that are refused.
    pub(super) poison: BTreeSet<String>,
    /// Whether a refusal says which message is meant.
    pub(super) names_poison: bool,
    pub(super) refuses_imported: bool,
    pub(super) nested_max: usize,
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
        let state =
            State { rng: Some(fastrand::Rng::with_seed(seed)), nested_max: usize::MAX, ..State::default() };
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
        let fault = self.fault(method, path);
        let key = body["external_id"].as_str().unwrap_or_default();
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

    fn serve(&mut self, method: &str, path: &str, query: &str, body: &Value) -> RawAnswer {
        let parts: Vec<&str> = path.trim_start_matches("/api/").split('/').collect();
        let id = parts.get(1).and_then(|id| id.parse::<u64>().ok()).unwrap_or_default();
        match (method, &parts[..]) {
            ("GET", ["tickets"]) => self.list_tickets(&wanted(query)),
            ("GET", ["events"]) => {
                let of =
                    query.split('&').find_map(|pair| pair.strip_prefix("object_id=")).unwrap_or_default();
                let of: u64 = of.parse().unwrap_or_default();
                list(
                    &self.events.iter().filter(|event| event["object_id"] == of).cloned().collect::<Vec<_>>(),
                )
            }
            ("GET", ["rules"]) => list(&self.rules),
            ("GET", ["integrations"] | ["account", "settings"]) => list(&[]),
            ("GET", ["tickets", _]) => self.show(id, 200),
            ("POST", ["tickets"]) => self.create_ticket(body),
            ("POST", ["tickets", _, "messages"]) => self.create_message(id, body),
            ("PUT", ["tickets", _]) => self.update(id, body),
            ("GET", ["customers"]) => {
                let address = wanted(query);
                let found: Vec<Value> = self
                    .customers
                    .iter()
                    .filter(|(_, known)| **known == address)
                    .map(|(id, _)| json!({"id": id}))
                    .collect();
                list(&found)
            }
            ("POST", ["customers"]) => {
                let address = body["external_id"].as_str().or(body["channels"][0]["address"].as_str());
                let address = address.unwrap_or_default().to_owned();
                if !address.is_empty() && self.customers.values().any(|known| *known == address) {
                    return error(409, "The resource already exists.", &Value::Null);
                }
                if self.poison.contains(&address) {
                    return error(400, "bad customer", &Value::Null);
                }
                let id = self.next_id();
                self.customers.insert(id, address);
                RawAnswer::json(201, json!({"id": id}).to_string())
            }
            ("GET", ["tags"]) => {
                list(&self.tags.iter().map(|(id, name)| json!({"id": id, "name": name})).collect::<Vec<_>>())
            }
            ("POST", ["tags"]) => {
                let name = body["name"].as_str().unwrap_or_default().to_owned();
                // Nobody knows whether Gorgias keeps names unique; here it does not, so that doubles show.
                let id = self.next_id();
                self.tags.insert(id, name.clone());
                RawAnswer::json(201, json!({"id": id, "name": name}).to_string())
            }
            _ => error(404, "Resource not found.", &Value::Null),
        }
    }

    fn list_tickets(&self, key: &str) -> RawAnswer {
        let now = Instant::now();
        let found =
            self.tickets.iter().filter(|(_, ticket)| ticket.external_id == key && ticket.listed_from <= now);
        let trashed =
            |ticket: &Ticket| if ticket.trashed { json!("2025-01-01T00:00:00Z") } else { Value::Null };
        let found: Vec<Value> = found
            .map(|(id, t)| json!({"id": id, "external_id": t.external_id, "trashed_datetime": trashed(t)}))
            .collect();
        list(&found)
    }

    fn show(&self, id: u64, status: u16) -> RawAnswer {
        let Some(ticket) = self.tickets.get(&id) else {
            return error(404, "Resource not found.", &Value::Null);
        };
        let messages: Vec<Value> =
            ticket.messages.iter().map(|(id, key)| self.message_shown(*id, key)).collect();
        let trashed = if ticket.trashed { json!("2025-01-01T00:00:00Z") } else { Value::Null };
        let answer = json!({
            "id": id, "external_id": ticket.external_id, "created_datetime": ticket.created,
            "status": ticket.status, "closed_datetime": ticket.closed, "trashed_datetime": trashed,
            "customer": ticket.customer.map(|id| json!({"id": id})), "messages": messages,
        });
        RawAnswer::json(status, answer.to_string())
    }

    fn message_shown(&self, id: u64, key: &str) -> Value {
        let body = self.bodies.get(&id).cloned().unwrap_or_default();
        json!({
            "id": id, "external_id": key, "sent_datetime": body["sent_datetime"], "channel": body["channel"],
            "from_agent": body["from_agent"],
        })
    }

    fn react(&mut self, id: u64) {
        match self.reaction {
            None => {}
            Some(Reaction::Answers) => {
                let answer = self.next_id();
                let ticket = self.tickets.get_mut(&id).unwrap();
                ticket.messages.push((answer, String::new()));
            }
            Some(Reaction::Rule) => {
                let event = json!({"id": self.next_id(), "type": "rule-executed", "object_type": "Ticket",
                    "object_id": id, "data": {"id": 12}});
                self.events.push(event);
            }
            Some(Reaction::Moves) => {
                let first = self.tickets[&id].messages[0].0;
                self.bodies.entry(first).or_default()["sent_datetime"] = json!("2020-01-01T00:00:00Z");
            }
        }
    }

    /// Finds or creates a customer by a reference.
    fn customer(&mut self, reference: &Value) -> Option<u64> {
        if let Some(id) = reference["id"].as_u64() {
            return Some(id);
        }
        let email = reference["email"].as_str()?.to_owned();
        let known = self.customers.iter().find(|(_, known)| **known == email).map(|(id, _)| *id);
        Some(known.unwrap_or_else(|| {
            let id = self.next_id();
            self.customers.insert(id, email);
            id
        }))
    }

    fn message(&mut self, body: &Value) -> (u64, String) {
        if body["sent_datetime"].as_str().is_none() {
            self.unsent_messages += 1;
        }
        if body["from_agent"] == json!(false) {
            self.customer(&body["sender"]);
        }
        let id = self.next_id();
        self.bodies.insert(id, body.clone());
        (id, body["external_id"].as_str().unwrap_or_default().to_owned())
    }

    fn create_ticket(&mut self, body: &Value) -> RawAnswer {
        let messages = body["messages"].as_array().cloned().unwrap_or_default();
        if messages.len() > self.nested_max {
            return error(413, "too large", &Value::Null);
        }
        if self.refuses_imported && !body["imported"].is_null() {
            return error(400, "Failed to create ticket", &json!({"imported": ["Unknown field."]}));
        }
        let key = body["external_id"].as_str().unwrap_or_default().to_owned();
        let poisoned = |key: &Value| key.as_str().is_some_and(|key| self.poison.contains(key));
        let place = messages.iter().position(|message| poisoned(&message["external_id"]));
        if let Some(at) = place.filter(|_| self.names_poison) {
            let data = json!({"messages": {at.to_string(): {"sender": ["Not a user."]}}});
            return error(400, "Failed to create ticket", &data);
        }
        if self.poison.contains(&key) || messages.iter().any(|message| poisoned(&message["external_id"])) {
            return error(400, &format!("bad {key}"), &Value::Null);
        }
        let lag = self.list_lag;
        let listed_from = Instant::now() + Duration::from_secs(self.draw(lag + 1));
        let customer = self.customer(&body["customer"]);
        let messages = messages.iter().map(|message| self.message(message)).collect();
        let ticket = Ticket {
            external_id: key,
            created: body["created_datetime"].clone(),
            status: body["status"].as_str().unwrap_or("open").to_owned(),
            closed: body["closed_datetime"].clone(),
            customer,
            messages,
            trashed: false,
            imported: body["imported"] == json!(true),
            listed_from,
        };
        let id = self.next_id();
        self.tickets.insert(id, ticket);
        let answer = self.show(id, 201);
        self.react(id);
        answer
    }

    /// A ticket that somebody else made.
    pub(super) fn plant(&mut self, key: &str, created: &str, messages: &[&str]) -> u64 {
        let messages: Vec<Value> = messages
            .iter()
            .map(|key| json!({"external_id": key, "sent_datetime": created, "from_agent": true}))
            .collect();
        let body = json!({"external_id": key, "created_datetime": created, "messages": messages});
        let answer = self.create_ticket(&body);
        serde_json::from_slice::<Value>(&answer.body).unwrap()["id"].as_u64().unwrap()
    }

    fn create_message(&mut self, ticket: u64, body: &Value) -> RawAnswer {
        if self.refuses_imported && !body["imported"].is_null() {
            return error(400, "Failed to create message", &json!({"imported": ["Unknown field."]}));
        }
        let key = body["external_id"].as_str().unwrap_or_default();
        if self.poison.contains(key) {
            return error(400, &format!("bad {key}"), &Value::Null);
        }
        let message = self.message(body);
        let Some(ticket) = self.tickets.get_mut(&ticket) else {
            return error(404, "Resource not found.", &Value::Null);
        };
        ticket.messages.push(message.clone());
        if body["from_agent"] == json!(false) {
            "open".clone_into(&mut ticket.status);
            ticket.closed = Value::Null;
        }
        RawAnswer::json(201, json!({"id": message.0, "external_id": message.1}).to_string())
    }

    fn update(&mut self, id: u64, body: &Value) -> RawAnswer {
        let Some(ticket) = self.tickets.get_mut(&id) else {
            return error(404, "Resource not found.", &Value::Null);
        };
        if let Some(status) = body["status"].as_str() {
            status.clone_into(&mut ticket.status);
        }
        if !body["closed_datetime"].is_null() {
            ticket.closed = body["closed_datetime"].clone();
        }
        self.show(id, 202)
    }
}

fn list(items: &[Value]) -> RawAnswer {
    RawAnswer::json(200, json!({"data": items, "object": "list", "meta": {"next_cursor": null}}).to_string())
}

/// The value that a list is filtered by: the only one of a query that is not a limit or a kind.
fn wanted(query: &str) -> String {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let value =
        pairs.filter(|(name, _)| !matches!(*name, "limit" | "channel_type")).map(|(_, value)| value).next();
    let mut out = Vec::new();
    let mut bytes = value.unwrap_or_default().bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
            out.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).unwrap()
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
