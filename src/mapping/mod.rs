//! Mapping: source terms to Gorgias terms, with a finding for everything that does not fit.
//!
//! Purpose: one pure function, [`map`], from a neutral conversation, the rules of the config and what is known of the
//! account to a [`MappedTicket`] that the uploader can encode without further decisions.
//! Invariants: no I/O, no clock; the same input gives the same output, so a conversation can be mapped again at any
//! time instead of being stored mapped. Nothing here knows HTTP, the ledger or an export format.

mod author;
mod channel;
mod identity;
mod people;
mod phone;
mod plan;
mod rules;
mod ticket;
mod tickets_csv;

pub use identity::Identity;
pub use people::{AgentDirectory, AgentMatch};
pub use phone::e164;
pub use plan::{CallKinds, CallPlanner, READ_BACK_EVERY, READ_BACK_FIRST};
pub use rules::{AttachmentMode, Mailbox, Rules, TicketStatus, UnknownAgent};
pub use ticket::{Mapped, MappedMessage, MappedTicket, Sender, map};
pub use tickets_csv::{TicketsCsvError, read_tickets_csv};

/// Longest `external_id` that Gorgias takes, in characters (its schema, 2026-06).
pub const EXTERNAL_ID_MAX: usize = 255;
/// Longest subject that Gorgias takes, in characters (its schema, 2026-06).
pub const SUBJECT_MAX: usize = 998;
/// Longest tag name that Gorgias takes, in characters (its schema, 2026-06).
pub const TAG_MAX: usize = 256;
/// Most messages that one `POST /api/tickets` may carry (its schema, 2026-06).
pub const MESSAGES_PER_TICKET_MAX: usize = 500;
