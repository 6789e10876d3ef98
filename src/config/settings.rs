//! The settings of each section of `migration.toml`, as they are meant.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::rate::RateLimit;
use super::secret::SecretOrigin;
pub use crate::mapping::{
    AttachmentMode, CustomerFacts, CustomerNames, Mailbox, Ratings, TicketLanguage, TicketNumber,
    TicketStatus, UnknownAgent,
};
use crate::model::conversation::Status;
use crate::model::timetable::Timetable;

/// `[rate]`: how fast the account may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The account's limit.
    pub limit: RateSetting,
    /// Share of the budget left to other integrations, in percent, 0 to 95; of a timetable its mean.
    pub reserve_percent: u8,
    /// The share by the time of the week.
    pub reserve_times: Option<Timetable>,
}

/// Where the account's limit is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateSetting {
    /// From the header of the answers.
    Auto,
    /// From the user.
    Fixed(RateLimit),
}

/// `[attachments]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attachments {
    /// What becomes of files.
    pub mode: AttachmentMode,
    /// Further hosts (`HOST` or `HOST:PORT`) that files may be fetched from.
    pub hosts: Vec<String>,
    /// Largest file that is uploaded, in bytes.
    pub max_bytes: u64,
    /// How long a host may say nothing while a file is fetched. Like every time-out it decides nothing of what is sent.
    #[serde(skip)]
    pub timeout: Duration,
}

/// The login of a source account. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLogin {
    /// Whose token it is; absent for a token of OAuth.
    pub user: Option<String>,
    /// The token.
    pub token: SecretOrigin,
}

/// `[mapping]`: source terms to Gorgias terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// CSV with decisions about people.
    pub people: Option<PathBuf>,
    /// CSV with new names of tags.
    pub tags: Option<PathBuf>,
    /// CSV with the fields' places in Gorgias.
    pub fields: Option<PathBuf>,
    /// CSV from source key to existing Gorgias ticket id.
    pub tickets: Option<PathBuf>,
    /// Who stands in for an author with no Gorgias user.
    pub unknown_agent: UnknownAgent,
    /// The company's address in an email where the export has none.
    pub mailbox: Mailbox,
    /// Country of phone numbers written without one: ISO 3166-1, two capital letters.
    pub default_country: String,
    /// Whose name wins for a customer whom Gorgias already has.
    pub customer_names: CustomerNames,
    /// What goes to the `data` of customers who are created.
    pub customer_data: CustomerFacts,
    /// Whether what was noted down about them goes there as well.
    pub customer_notes: bool,
    /// Whose word counts for a ticket's language.
    pub language: TicketLanguage,
    /// Where agents find a ticket's number in the old help desk.
    pub number: TicketNumber,
    /// Hosts beside Zendesk's own that the old help desk's pages had; links to tickets there are turned as well.
    pub link_hosts: Vec<String>,
    /// What becomes of customers' ratings.
    pub ratings: Ratings,
    /// The state of a ticket in Gorgias for each state of the old help desk. Complete.
    pub status: BTreeMap<Status, TicketStatus>,
}

impl Mapping {
    /// The CSV tables that are named, with the key that names each.
    pub fn tables(&self) -> impl Iterator<Item = (&'static str, &PathBuf)> {
        [("people", &self.people), ("tags", &self.tags), ("fields", &self.fields), ("tickets", &self.tickets)]
            .into_iter()
            .filter_map(|(name, path)| path.as_ref().map(|path| (name, path)))
    }
}

/// `[safety]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safety {
    /// Automations acknowledged, as the refusal printed them: `rule:N…`, `integration:N…`, `setting:NAME…`.
    pub accept: Vec<String>,
    /// How long after the first tickets they are read back.
    pub canary_wait: Duration,
    /// How often automations are looked at again during a run.
    pub recheck: Duration,
    /// What becomes of history that is in the account by other means.
    pub existing: Existing,
}

/// What becomes of records that seem to be in the account already by other means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// A sample is looked at and the user asked.
    Ask,
    /// They are imported.
    Import,
    /// They are left out.
    Skip,
}

/// The default of `[upload] concurrency`.
pub(super) const CONCURRENCY: usize = 8;
/// What the default may grow to. The fastest account documented allows eight calls a second; this hides seconds of
/// latency there.
const CONCURRENCY_GROWN: usize = 64;

/// `[upload]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Conversations in flight at once.
    pub concurrency: usize,
    /// How long an unknown outcome is looked up before it is sent again.
    pub settle: Duration,
    /// Whether messages carry `imported: true`.
    pub imported: Imported,
    /// The `via` of tickets and messages.
    pub via: String,
    /// Most messages that ride in the call that creates their ticket, 1 to 500.
    pub messages_per_ticket: usize,
    /// How long one request may take in all.
    pub request_timeout: Duration,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long the account may be out of reach before the run ends as temporary.
    pub patience: Duration,
}

impl Upload {
    /// Conversations in flight where slow answers would leave the account's budget unused: the default grows, a number
    /// that the user chose is kept to.
    pub fn concurrency_max(&self) -> usize {
        if self.concurrency == CONCURRENCY { CONCURRENCY_GROWN } else { self.concurrency }
    }
}

/// Whether messages carry `imported: true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Imported {
    /// Learnt from the account: sent first, left out once it is refused.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
