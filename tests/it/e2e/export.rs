//! Small Zendesk exports made to measure: every fact of a ticket follows from its number.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// An agent who is a Gorgias user of the default account.
const BEN: u64 = 501;
/// Customers, who come back ticket after ticket.
const CUSTOMERS: u64 = 7;
const FIRST_CUSTOMER: u64 = 9_000;
/// 2024-01-01T00:00:00Z.
const FROM: i64 = 1_704_067_200;
const STATUSES: [&str; 4] = ["closed", "solved", "open", "pending"];

/// An export of one Zendesk account.
pub(super) struct Export {
    pub(super) subdomain: &'static str,
    pub(super) tickets: Vec<Value>,
}

impl Export {
    /// Tickets 1 to `tickets`, ticket N with `comments(N)` comments.
    pub(super) fn of(tickets: u64, comments: impl Fn(u64) -> u64) -> Self {
        let subdomain = "acme";
        let tickets = (1..=tickets).map(|number| ticket(subdomain, number, comments(number))).collect();
        Self { subdomain, tickets }
    }

    /// A mixture: most have a few messages, some so many that they are appended, some customers no address.
    pub(super) fn mixed(tickets: u64) -> Self {
        Self::of(tickets, |number| if number % 9 == 0 { 7 } else { 1 + number % 3 })
    }

    pub(super) fn messages(&self) -> u64 {
        self.tickets.iter().map(|ticket| ticket["comments"].as_array().unwrap().len() as u64).sum()
    }

    /// Writes it as two files of lines.
    pub(super) fn write(&self, folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("tickets.ndjson"), lines(&self.tickets)).unwrap();
        fs::write(folder.join("users.ndjson"), lines(&users(self.subdomain))).unwrap();
    }
}

pub(super) fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

/// When comment `at` of a ticket was written.
pub(super) fn written(number: u64, at: u64) -> String {
    let seconds = FROM + i64::try_from(number * 3_600 + at * 60).unwrap();
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

/// The address of a ticket's customer; one customer in seven has none.
pub(super) fn address(number: u64) -> Option<String> {
    let customer = number % CUSTOMERS;
    (customer != 3).then(|| format!("customer{customer}@example.com"))
}

/// A ticket's status in Zendesk's words.
pub(super) fn status(number: u64) -> &'static str {
    STATUSES[usize::try_from(number % 4).unwrap()]
}

/// One ticket.
pub(super) fn ticket(subdomain: &str, number: u64, comments: u64) -> Value {
    let customer = FIRST_CUSTOMER + number % CUSTOMERS;
    let last = comments.saturating_sub(1);
    let via = json!({"channel": "web", "source": {"from": {}, "to": {}, "rel": null}});
    json!({
        "url": format!("https://{subdomain}.zendesk.com/api/v2/tickets/{number}.json"), "id": number,
        "via": via, "created_at": written(number, 0), "updated_at": written(number, last),
        "generated_timestamp": FROM + 40_000_000, "subject": format!("Question {number}"),
        "raw_subject": format!("Question {number}"), "description": body(number, 0), "priority": "normal",
        "status": status(number), "requester_id": customer, "submitter_id": customer, "assignee_id": BEN,
        "tags": [format!("tag-{}", number % 4), "moved"], "custom_fields": [],
        "comments": (0..comments).map(|at| comment(number, at)).collect::<Vec<_>>(),
    })
}

fn body(number: u64, at: u64) -> String {
    format!("Message {at} of ticket {number}.")
}

/// The id of comment `at` of a ticket.
pub(super) fn comment_id(number: u64, at: u64) -> u64 {
    number * 10_000 + at
}

/// One comment: the customer, the agent, the customer, a note, and so on.
pub(super) fn comment(number: u64, at: u64) -> Value {
    let by_agent = at % 2 == 1;
    let author = if by_agent { BEN } else { FIRST_CUSTOMER + number % CUSTOMERS };
    json!({
        "id": comment_id(number, at), "type": "Comment", "author_id": author, "body": body(number, at),
        "html_body": format!("<p>{}</p>", body(number, at)), "plain_body": body(number, at),
        "public": at % 4 != 3, "attachments": [], "audit_id": comment_id(number, at) + 5_000,
        "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": null}},
        "created_at": written(number, at), "metadata": {"system": {}, "custom": {}},
    })
}

fn users(subdomain: &str) -> Vec<Value> {
    let user = |id: u64, name: &str, email: Option<String>, role: &str| {
        json!({"id": id, "url": format!("https://{subdomain}.zendesk.com/api/v2/users/{id}.json"), "name": name,
            "email": email, "phone": null, "role": role, "active": true, "suspended": false, "locale": "en-US",
            "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z"})
    };
    let mut users = vec![user(BEN, "Ben Brook", Some("ben@acme.example".into()), "agent")];
    for customer in 0..CUSTOMERS {
        let name = format!("Customer {customer}");
        users.push(user(FIRST_CUSTOMER + customer, &name, address(customer), "end-user"));
    }
    users
}
