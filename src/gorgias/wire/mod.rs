//! What goes over the wire to and from Gorgias, one file per resource.
//!
//! Requests name every field that the API documents (schema of 2026-06-18). A field that is `None` is left out;
//! [`Change::Clear`] writes an explicit `null` where that means something. Whether a field may be sent at all is not
//! decided here but by the egress gate, which reads the bytes again and knows none of these types.
//!
//! Answers are read tolerantly: only ids must be there, unknown keys are ignored, and an unreadable time is no time.
//! A message cannot be written without a [`SentAt`](crate::model::time::SentAt), because Gorgias sends whatever lacks
//! one. `Debug` shows ids and never bodies or addresses, so that none of them can reach a log.

mod custom_field;
mod customer;
mod event;
mod file;
mod list;
mod message;
mod settings;
mod survey;
mod tag;
#[cfg(test)]
mod tests;
mod ticket;
mod tolerant;
mod user;

use serde::Serialize;

pub use custom_field::{CustomField, FieldDefinition, InputSettings};
pub use customer::{ChannelAddress, CreateCustomer, Customer, CustomerChannel, CustomerData, UpdateCustomer};
pub use event::Event;
pub use file::UploadedFile;
pub use list::{List, PageMeta};
pub use message::{
    Action, Address, Attachment, CreateMessage, KeptAttachment, MacroRef, Message, Participant, Person,
    SendingError, Source, StoredAttachment, UpdateMessage,
};
pub use settings::{Account, AccountSetting, Integration, Rule};
pub use survey::{CreateSatisfactionSurvey, SatisfactionSurvey};
pub use tag::{CreateTag, Decoration, Tag};
pub use ticket::{
    CreateTicket, CustomFieldValue, CustomerRef, IdRef, TagRef, Ticket, TicketListItem, UpdateTicket,
};
pub use user::{Role, Team, User};

/// A field of an update that may be set or emptied; a field that stays as it is, is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Change<T> {
    /// Written as `null`.
    Clear,
    /// Written as this value.
    To(T),
}

/// Shows a wire type by one harmless field, because the others hold names, addresses and texts.
macro_rules! debug_by {
    ($( $name:ident $field:ident ),* $(,)?) => {
        $( impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field(stringify!($field), &self.$field).finish_non_exhaustive()
            }
        } )*
    };
}
use debug_by;
