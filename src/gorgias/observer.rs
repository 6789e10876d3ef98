//! What the caller is told about each attempt: for counts, the journal and the screen.

use std::fmt;
use std::time::Duration;

use http::Method;
use jiff::Timestamp;

use super::limiter::WaitReason;

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EndpointKind {
    /// The account.
    Account,
    /// Its settings.
    Setting,
    /// Agents.
    User,
    /// Teams of agents.
    Team,
    /// Rules.
    Rule,
    /// Integrations.
    Integration,
    /// Tags.
    Tag,
    /// Definitions of custom fields.
    CustomField,
    /// Customers.
    Customer,
    /// Tickets.
    Ticket,
    /// Messages.
    Message,
    /// Events.
    Event,
    /// Files on their way there.
    Upload,
    /// Files read back.
    File,
    /// Satisfaction surveys.
    Survey,
    /// Saved views.
    View,
}

impl EndpointKind {
    /// Its stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Setting => "setting",
            Self::User => "user",
            Self::Team => "team",
            Self::Rule => "rule",
            Self::Integration => "integration",
            Self::Tag => "tag",
            Self::CustomField => "custom-field",
            Self::Customer => "customer",
            Self::Ticket => "ticket",
            Self::Message => "message",
            Self::Event => "event",
            Self::Upload => "upload",
            Self::File => "file",
            Self::Survey => "survey",
            Self::View => "view",
        }
    }
}

impl fmt::Display for EndpointKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One request that took a token, 429s included. Holds nothing personal.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What it was about.
    pub kind: EndpointKind,
    /// Method.
    pub method: Method,
    /// Status of the answer; `None` if none came.
    pub status: Option<u16>,
    /// Gorgias's name for the request.
    pub request_id: Option<String>,
    /// When it left.
    pub started: Timestamp,
    /// How long it took.
    pub elapsed: Duration,
    /// `(used, limit)` of the account's bucket, if the answer said it.
    pub bucket: Option<(u32, u32)>,
}

/// Hears of attempts and waits. Called from the tasks that make the calls: it must not block.
pub trait CallObserver: Send + Sync {
    /// A request was answered or failed.
    fn attempt(&self, attempt: &Attempt);

    /// The first request in the queue has to wait.
    fn waiting(&self, reason: WaitReason, wait: Duration);
}

/// Hears and says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl CallObserver for Silent {
    fn attempt(&self, _attempt: &Attempt) {}

    fn waiting(&self, _reason: WaitReason, _wait: Duration) {}
}
