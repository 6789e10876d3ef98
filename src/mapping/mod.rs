//! Mapping: source terms to Gorgias terms, with a finding for everything that does not fit.
//!
//! Purpose: one pure function, [`map`], from a neutral conversation, the rules of the config and what is known of the
//! account to a [`MappedTicket`] that the uploader can encode without further decisions.
//! Invariants: no I/O, no clock; the same input gives the same output, so a conversation can be mapped again at any
//! time instead of being stored mapped. Nothing here knows HTTP, the ledger or an export format.

mod author;
mod channel;
mod fields;
mod fields_csv;
mod gone;
mod identity;
mod joins;
mod needs;
mod old_links;
mod people;
mod people_csv;
mod phone;
mod plan;
mod rating;
mod rules;
mod sanitise;
mod sheet;
mod skip;
mod tags_csv;
mod ticket;
mod tickets_csv;
mod unmet;

pub use author::customer_identity;
pub use fields::{Bounds, FieldType, GorgiasField};
pub use fields_csv::{FIELD_COLUMNS, FieldDecision, FieldName, FieldTable, field_key, read_fields_csv};
pub use identity::Identity;
pub use joins::Joins;
pub use needs::{Needed, NeedsCounter};
pub use old_links::{OldLink, old_links, with_new_links};
pub use people::{AgentDirectory, AgentMatch};
pub use people_csv::{PEOPLE_COLUMNS, PeopleTable, PersonDecision, read_people_csv};
pub use phone::e164;
pub use plan::{CallKinds, CallPlanner, READ_BACK_EVERY, READ_BACK_FIRST};
pub use rating::{Rating, is_rated};
pub use rules::{
    AttachmentMode, CustomerFacts, CustomerNames, Mailbox, Ratings, Rules, TicketLanguage, TicketNumber,
    TicketStatus, UnknownAgent,
};
pub use sanitise::may_be_cleaned;
pub use sheet::TableError;
pub use skip::{Kept, leave_out};
pub use tags_csv::{TAG_COLUMNS, TagTable, read_tags_csv};
pub use ticket::{Mapped, MappedMessage, MappedTicket, Sender, map};
pub use tickets_csv::{TicketTable, read_tickets_csv};
pub use unmet::Unmet;

/// Longest `external_id` that Gorgias takes, in characters (its schema, 2026-06).
pub const EXTERNAL_ID_MAX: usize = 255;
/// Longest subject that Gorgias takes, in characters (its schema, 2026-06).
pub const SUBJECT_MAX: usize = 998;
/// Longest tag name that Gorgias takes, in characters (its schema, 2026-06).
pub const TAG_MAX: usize = 256;
/// Most messages that one `POST /api/tickets` may carry (its schema, 2026-06).
pub const MESSAGES_PER_TICKET_MAX: usize = 500;
