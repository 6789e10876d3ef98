//! A small HTTP client for the stand-in, and bodies that are right.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails a test by panicking")]

use gorgias_import::sandbox::{Sandbox, SandboxOptions, start};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// An agent of the default account.
pub(crate) const ANA: i64 = 519_543_301;

/// An answer, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    /// The body as JSON, after checking the status.
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// `error.data`, of a 400.
    pub(crate) fn problems(&self) -> Value {
        self.expect(400)["error"]["data"].clone()
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Talks to one stand-in as the key's owner.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    pub(crate) fn to(sandbox: &Sandbox) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, base: sandbox.base_url().to_owned() }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        self.http
            .request(method, format!("{}{path}", self.base))
            .basic_auth("ops@example.com", Some("sandbox"))
    }

    /// Sends a request; an error is a connection that was cut.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, text: response.text().await? })
    }

    pub(crate) async fn try_post(&self, path: &str, body: &Value) -> Result<Answer, reqwest::Error> {
        self.send(self.request("POST", path).json(body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body).await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request("PUT", path).json(body)).await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request("DELETE", path)).await.unwrap()
    }

    /// Creates a ticket that is right and gives it.
    pub(crate) async fn ticket(&self, changes: &Value) -> Value {
        self.post("/api/tickets", &ticket(changes)).await.expect(201)
    }
}

/// A stand-in with the default account and no limit.
pub(crate) async fn sandbox() -> (Sandbox, Client) {
    sandbox_with(SandboxOptions::default()).await
}

pub(crate) async fn sandbox_with(options: SandboxOptions) -> (Sandbox, Client) {
    let sandbox = start(options).await.unwrap();
    let client = Client::to(&sandbox);
    (sandbox, client)
}

/// Replaces keys of an object; null removes one.
pub(crate) fn changed(mut body: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(key);
        } else {
            body[key] = value.clone();
        }
    }
    body
}

/// A closed email ticket of 2024: a question and its answer, as an importer would write it.
pub(crate) fn ticket(changes: &Value) -> Value {
    let body = json!({
        "external_id": "zendesk:ticket:1", "channel": "email", "via": "api", "subject": "Where is my order",
        "status": "closed", "closed_datetime": "2024-03-06T10:00:00Z", "created_datetime": "2024-03-05T10:00:00Z",
        "customer": {"email": "Joan@Customer.example", "name": "Joan of Customer"},
        "messages": [question(&json!({})), answer(&json!({}))],
    });
    changed(body, changes)
}

/// An incoming email.
pub(crate) fn question(changes: &Value) -> Value {
    let body = json!({
        "channel": "email", "via": "api", "from_agent": false, "external_id": "zendesk:comment:1",
        "sender": {"email": "joan@customer.example"}, "subject": "Where is my order", "body_text": "Hello, where is my order?",
        "source": {"type": "email", "from": {"address": "Joan@Customer.example", "name": "Joan"},
            "to": [{"address": "support@acme.example", "name": "Acme"}]},
        "created_datetime": "2024-03-05T10:00:00Z", "sent_datetime": "2024-03-05T10:00:00Z",
    });
    changed(body, changes)
}

/// An agent's email, sent long ago.
pub(crate) fn answer(changes: &Value) -> Value {
    let body = json!({
        "channel": "email", "via": "api", "from_agent": true, "external_id": "zendesk:comment:2",
        "sender": {"id": ANA}, "receiver": {"email": "joan@customer.example"}, "body_html": "<p>On its way.</p>",
        "source": {"type": "email", "from": {"address": "support@acme.example"}, "to": [{"address": "joan@customer.example"}]},
        "created_datetime": "2024-03-05T11:00:00.5Z", "sent_datetime": "2024-03-05T11:00:00.5Z",
    });
    changed(body, changes)
}

/// An agent's note.
pub(crate) fn note(changes: &Value) -> Value {
    let body = json!({
        "channel": "internal-note", "via": "api", "from_agent": true, "sender": {"email": "ana@acme.example"},
        "body_text": "Called the carrier.", "created_datetime": "2024-03-05T10:30:00Z",
        "sent_datetime": "2024-03-05T10:30:00Z", "external_id": "zendesk:comment:3",
    });
    changed(body, changes)
}
