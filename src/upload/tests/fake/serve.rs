//! What it answers where nothing goes wrong.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Reaction, State, Ticket, error};
use crate::gorgias::transport::RawAnswer;

/// The user in whose name everything is sent.
const ME: u64 = 900_001;

impl State {
    pub(super) fn serve(&mut self, method: &str, path: &str, query: &str, body: &Value) -> RawAnswer {
        let parts: Vec<&str> = path.trim_start_matches("/api/").split('/').collect();
        let id = parts.get(1).and_then(|id| id.parse::<u64>().ok()).unwrap_or_default();
        match (method, &parts[..]) {
            ("GET", ["tickets"]) => self.list_tickets(query),
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
            ("GET", ["account"]) => RawAnswer::json(200, json!({"domain": "acme"}).to_string()),
            ("GET", ["users", "0"]) => RawAnswer::json(200, json!({"id": ME}).to_string()),
            ("GET", ["users"]) => list(&[json!({"id": ME})]),
            ("GET", ["tickets", _]) => self.show(id, 200),
            ("GET", ["messages"]) => {
                let of = query.split('&').find_map(|pair| pair.strip_prefix("ticket_id="));
                let of = of.and_then(|id| self.tickets.get(&id.parse().unwrap()));
                let messages = of.map(|ticket| ticket.messages.as_slice()).unwrap_or_default();
                list(&messages.iter().map(|(id, key)| self.message_shown(*id, key)).collect::<Vec<_>>())
            }
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

    fn list_tickets(&self, query: &str) -> RawAnswer {
        let now = Instant::now();
        let ids: Vec<u64> =
            query.split('&').filter_map(|pair| pair.strip_prefix("ticket_ids=")?.parse().ok()).collect();
        let key = wanted(query);
        let is_wanted = |id: &u64, ticket: &Ticket| ids.contains(id) || ticket.external_id == key;
        let found =
            self.tickets.iter().filter(|(id, ticket)| is_wanted(id, ticket) && ticket.listed_from <= now);
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
        let messages: Vec<Value> = ticket
            .messages
            .iter()
            .take(self.shown_max)
            .map(|(id, key)| self.message_shown(*id, key))
            .collect();
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
    pub(crate) fn plant(&mut self, key: &str, created: &str, messages: &[&str]) -> u64 {
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
        if self.refuses_status && !body["status"].is_null() {
            return error(400, "fill in the fields first", &Value::Null);
        }
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
pub(super) fn wanted(query: &str) -> String {
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
