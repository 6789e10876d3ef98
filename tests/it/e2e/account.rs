//! The stand-in as tests use it: on a runtime of its own, so that tests stay plain functions, and with its store
//! in a folder, so that it can be stopped and started again.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use gorgias_import::sandbox::{
    AccountSeed, BucketLimit, FaultPlan, LoggedRequest, Observer, Sandbox, SandboxOptions, start,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How the account is played.
#[derive(Clone)]
pub(super) struct Play {
    pub(super) seed: AccountSeed,
    pub(super) limit: BucketLimit,
    pub(super) faults: FaultPlan,
    pub(super) observer: Option<Observer>,
    pub(super) json_bytes_max: usize,
}

impl Default for Play {
    fn default() -> Self {
        let usual = SandboxOptions::default();
        Self {
            seed: AccountSeed::default(),
            limit: BucketLimit::UNLIMITED,
            faults: FaultPlan::none(),
            observer: None,
            json_bytes_max: usual.json_bytes_max,
        }
    }
}

/// An account that can be restarted.
pub(super) struct Account {
    pub(super) play: Play,
    runtime: Runtime,
    folder: TempDir,
    sandbox: Option<Sandbox>,
}

impl Account {
    /// An account without limit and faults.
    pub(super) fn new() -> Self {
        Self::playing(Play::default())
    }

    pub(super) fn playing(play: Play) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut account = Self { play, runtime, folder: tempfile::tempdir().unwrap(), sandbox: None };
        account.start(SocketAddr::from(([127, 0, 0, 1], 0)));
        account
    }

    fn start(&mut self, address: SocketAddr) {
        let options = SandboxOptions {
            address,
            store: Some(self.folder.path().join("store.sqlite")),
            account: self.play.seed.clone(),
            limit: self.play.limit,
            faults: self.play.faults.clone(),
            observer: self.play.observer.clone(),
            json_bytes_max: self.play.json_bytes_max,
            ..SandboxOptions::default()
        };
        self.sandbox = Some(self.runtime.block_on(start(options)).unwrap());
    }

    /// Stops it, stays away for a while, and starts it again at the same address with the same store.
    pub(super) fn restart(&mut self, away: Duration) {
        let sandbox = self.sandbox.take().unwrap();
        let address = sandbox.address();
        self.runtime.block_on(sandbox.stop());
        std::thread::sleep(away);
        self.start(address);
    }

    pub(super) fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().unwrap()
    }

    pub(super) fn base_url(&self) -> String {
        self.sandbox().base_url().to_owned()
    }

    /// The store itself, to do what no call of the API can.
    pub(super) fn store(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("store.sqlite")).unwrap()
    }

    pub(super) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Writes to the account as somebody else who works in it.
    #[track_caller]
    pub(super) fn write(&self, method: reqwest::Method, path: &str, body: &Value) {
        self.write_as("ops@example.com", "sandbox", method, path, body);
    }

    /// The same as the owner of another key.
    #[track_caller]
    pub(super) fn write_as(&self, email: &str, key: &str, method: reqwest::Method, path: &str, body: &Value) {
        let client = reqwest::Client::builder().build().unwrap();
        let request = client.request(method, format!("{}{path}", self.base_url()));
        let request = request.basic_auth(email, Some(key));
        let request = if body.is_null() { request } else { request.json(body) };
        self.block_on(async { request.send().await.unwrap().error_for_status().unwrap() });
    }

    /// Every ticket by its external id. Two with the same id fail the test.
    #[track_caller]
    pub(super) fn tickets(&self) -> BTreeMap<String, Value> {
        let mut tickets = BTreeMap::new();
        for ticket in self.sandbox().tickets().unwrap() {
            let key = ticket["external_id"].as_str().unwrap_or_default().to_owned();
            assert!(tickets.insert(key.clone(), ticket).is_none(), "{key} is there twice");
        }
        tickets
    }

    /// Requests that were no GET.
    pub(super) fn writes(&self) -> Vec<LoggedRequest> {
        self.sandbox().requests().into_iter().filter(|request| request.method != "GET").collect()
    }

    /// What must be the same however often a migration was interrupted: everything that people see of the tickets.
    /// Checks on the way what must hold in any case: each message once, in order of time, nothing sent to anybody.
    #[track_caller]
    pub(super) fn end_state(&self) -> BTreeMap<String, Value> {
        self.nothing_was_sent();
        let mut seen = std::collections::BTreeSet::new();
        let tickets = self.tickets().into_iter().map(|(key, ticket)| {
            let messages: Vec<Value> = ticket["messages"].as_array().unwrap().iter().map(in_short).collect();
            for message in &messages {
                let id = message["external_id"].as_str().unwrap().to_owned();
                assert!(seen.insert(id.clone()), "{id} is there twice");
            }
            let times: Vec<&str> = messages.iter().map(|message| message["sent"].as_str().unwrap()).collect();
            assert!(times.is_sorted(), "{key}: {times:?}");
            let ids = ticket["messages"].as_array().unwrap().iter().map(|message| message["id"].as_i64());
            assert!(ids.is_sorted(), "{key}: the messages were created in another order than they are shown");
            let short = json!({
                "subject": ticket["subject"], "status": ticket["status"], "closed": ticket["closed_datetime"],
                "created": ticket["created_datetime"], "channel": ticket["channel"],
                "tags": tags(&ticket), "customer": ticket["customer"]["email"],
                "customer_name": ticket["customer"]["name"], "assignee": ticket["assignee_user_id"],
                "messages": messages,
            });
            (key, short)
        });
        tickets.collect()
    }

    /// Nobody would have been mailed or called.
    #[track_caller]
    pub(super) fn nothing_was_sent(&self) {
        let outbox = self.sandbox().would_send().unwrap();
        assert!(outbox.is_empty(), "{outbox:?}");
        assert_eq!(self.sandbox().stats().unwrap().http_calls, 0);
    }
}

fn in_short(message: &Value) -> Value {
    json!({
        "external_id": message["external_id"], "sent": message["sent_datetime"],
        "created": message["created_datetime"], "channel": message["channel"], "public": message["public"],
        "from_agent": message["from_agent"], "text": message["body_text"], "html": message["body_html"],
    })
}

/// The names of a ticket's tags, sorted.
pub(super) fn tags(ticket: &Value) -> Vec<String> {
    let names = ticket["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap().to_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// An observer that a test hands on as a plain function.
pub(super) fn observer(
    watch: impl Fn(&gorgias_import::sandbox::Observation) + Send + Sync + 'static,
) -> Observer {
    Arc::new(watch)
}
