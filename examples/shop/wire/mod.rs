//! The objects of Zendesk's "Full JSON export", field by field in the order of the real lines.
//!
//! Facts: developer documentation of tickets, comments, users and organizations, and recorded rows of public clients.

mod comment;
mod person;
mod ticket;
mod via;

pub(crate) use comment::{Attachment, Call, Comment, Voice, call_text};
pub(crate) use person::{Organization, User};
pub(crate) use ticket::{Brief, FIELD_GOODWILL, FIELD_LINES, FIELD_ORDER, FIELD_REFUND, FIELD_TOPIC, Ticket};
pub(crate) use via::{Via, digits};

use jiff::Timestamp;

/// The shop's subdomain.
pub(crate) const SUBDOMAIN: &str = "acme-outdoor";
/// The mailbox that customers write to.
pub(crate) const MAILBOX: &str = "support@acme-outdoor.example";
/// The shop's only brand.
pub(crate) const BRAND: u64 = 36_148_700_000_002;

/// `https://acme-outdoor.zendesk.com/<path>`.
pub(crate) fn address(path: &str) -> String {
    format!("https://{SUBDOMAIN}.zendesk.com/{path}")
}

/// A time as Zendesk writes it: UTC, whole seconds.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
