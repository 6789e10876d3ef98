//! The rules of the config that a mapping follows.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fields_csv::{FieldName, FieldTable};
use super::people_csv::PeopleTable;
use super::tags_csv::TagTable;
use super::tickets_csv::TicketTable;
use crate::model::conversation::Status;
use crate::model::person::Email;

/// The two states of a Gorgias ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TicketStatus {
    /// In the agents' views.
    Open,
    /// Done.
    Closed,
}

/// What becomes of an author who has no Gorgias user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownAgent {
    /// The owner of the API key stands in.
    KeyOwner,
    /// The user with this address stands in.
    User(Email),
    /// The record is rejected.
    Reject,
}

/// The company's address in an email's source where the export has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mailbox {
    /// The address of the account's first email integration.
    Default,
    /// This address.
    Address(Email),
}

/// Whose name wins for a customer whom Gorgias already has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CustomerNames {
    /// The one in Gorgias.
    Keep,
    /// The one in the export.
    Overwrite,
}

/// Which facts of the export go to the `data` of customers whom this tool creates; agents see it beside the ticket. Customers
/// who were there keep theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CustomerFacts {
    /// None.
    None,
    /// Their ids in the old systems, but for those that are an address.
    Ids,
    /// The ids, and the organization.
    Full,
}

/// Whose word counts for a ticket's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TicketLanguage {
    /// Gorgias detects it from the first messages; what the export says stays in the meta data.
    Detect,
    /// The export's, where it says one.
    Source,
}

/// What becomes of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttachmentMode {
    /// They are uploaded, and the message refers to the copy in Gorgias.
    Upload,
    /// The message links to where the file was.
    Link,
    /// Files are left out.
    Skip,
}

/// What becomes of customers' ratings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ratings {
    /// Satisfaction surveys that were answered.
    Survey,
    /// Meta data of the ticket.
    Meta,
}

/// Where agents find a ticket's number in the old help desk. In any case it is in the meta data and in `external_id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketNumber {
    /// Nowhere else.
    Meta,
    /// In front of the subject: `[#123] `.
    Subject,
    /// In this custom field of Gorgias, which takes text or numbers.
    Field(FieldName),
}

/// Everything of `migration.toml` that decides how a conversation is mapped.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Source status to Gorgias status; states that are missing use the default of [`Rules::default`].
    pub status: BTreeMap<Status, TicketStatus>,
    /// Who stands in for an agent without a Gorgias user.
    pub unknown_agent: UnknownAgent,
    /// The company's address of emails.
    pub mailbox: Mailbox,
    /// ISO 3166 country of phone numbers written without one.
    pub default_country: String,
    /// Files.
    pub attachments: AttachmentMode,
    /// Messages nested in the call that creates their ticket; the rest is appended one by one. 1 to 500.
    pub messages_per_ticket: usize,
    /// Whose name wins for a customer whom Gorgias already has.
    pub customer_names: CustomerNames,
    /// What goes to the `data` of new customers.
    pub customer_data: CustomerFacts,
    /// Whether what was noted down about new customers goes to their `data` as well.
    pub customer_notes: bool,
    /// Tickets' languages.
    pub language: TicketLanguage,
    /// Where agents find the old number.
    pub number: TicketNumber,
    /// Customers' ratings.
    pub ratings: Ratings,
    /// Decisions about people.
    pub people: Arc<PeopleTable>,
    /// New names of tags.
    pub tags: Arc<TagTable>,
    /// Where custom fields go.
    pub fields: Arc<FieldTable>,
    /// Existing Gorgias tickets that messages go to.
    pub tickets: Arc<TicketTable>,
}

impl Default for Rules {
    fn default() -> Self {
        use Status::{Call, Closed, Hold, New, Open, Pending, Solved};
        let open = [New, Open, Pending, Hold].map(|status| (status, TicketStatus::Open));
        let closed = [Solved, Closed, Call].map(|status| (status, TicketStatus::Closed));
        Self {
            status: open.into_iter().chain(closed).collect(),
            unknown_agent: UnknownAgent::KeyOwner,
            mailbox: Mailbox::Default,
            default_country: "US".to_owned(),
            attachments: AttachmentMode::Link,
            messages_per_ticket: super::MESSAGES_PER_TICKET_MAX,
            customer_names: CustomerNames::Keep,
            customer_data: CustomerFacts::None,
            customer_notes: false,
            language: TicketLanguage::Detect,
            number: TicketNumber::Meta,
            ratings: Ratings::Survey,
            people: Arc::default(),
            tags: Arc::default(),
            fields: Arc::default(),
            tickets: Arc::default(),
        }
    }
}

impl Rules {
    /// Whether anything goes to the `data` of new customers.
    pub fn brings_customer_data(&self) -> bool {
        self.customer_data != CustomerFacts::None || self.customer_notes
    }

    /// The Gorgias status of a source status.
    pub fn status_of(&self, status: Status) -> TicketStatus {
        self.status.get(&status).copied().unwrap_or(TicketStatus::Closed)
    }
}
