//! Files: attachments, images in bodies, recordings. From where they are to a copy on this disk, and what becomes of them in
//! a message.
//!
//! Purpose: [`Keeper`] has each file once, from the dump where that has it, else from the web, checks that what came is
//! the file and keeps it by the hash of its content; [`rewrite()`] puts what became of the files into a message.
//!
//! Invariants:
//!
//! - Only the export's own account, its storage and the hosts that the user listed are asked ([`Hosts`]); each
//!   redirect is judged like the first address. Private, loopback and link-local addresses are refused unless the user
//!   listed the host, and a connection goes to an address that was checked, not to one resolved later.
//! - A login goes to the source account's own host over https and to nobody else; it is dropped on a change of host.
//! - A host has few connections at a time, is left alone as long as it asks for, and costs its own files only. Where the
//!   source account's own host is out, its files are not missing: whoever needs them waits.
//! - Nothing is kept under its name before it is whole. Files are mode 0600.
//! - Addresses can hold tokens: none is logged, shown or stored.
//!
//! It must not know Gorgias, export formats, the config or the terminal. Uploading is `upload/files.rs`.

mod address;
mod client;
mod fetch;
mod hosts;
mod keeper;
mod local;
mod locks;
mod login;
mod outage;
mod plan;
mod politeness;
mod reason;
mod recordings;
mod rewrite;
mod sniff;
mod store;
#[cfg(test)]
mod tests;

pub use hosts::{Account, Hosts, Listed, Product};
pub use keeper::{Broken, Had, Keeper, Settings};
pub use locks::Locks;
pub use login::Login;
pub use outage::{Cause, Missing, Outage};
pub use plan::{FilePlan, FilePlanner};
pub use reason::Reason;
pub use rewrite::{Fate, reason_in, rewrite};
pub use sniff::extension;
pub use store::Store;

use crate::ledger::{AddressHasher, ContentHash, FileRow, LedgerError, LedgerView};
use crate::model::conversation::Attachment;

/// What became of a file, as the ledger knows it: for whoever wants to say how a message should be that was sent. A file that
/// the ledger does not know was left where it is.
pub fn known_fate(view: &LedgerView, hasher: &AddressHasher, file: &Attachment) -> Result<Fate, LedgerError> {
    Ok(fate_if_known(view, hasher, file)?.unwrap_or(Fate::Without(Reason::NotListed)))
}

/// The same; nothing where the ledger does not know the file, which may have been lost with another ledger.
pub fn fate_if_known(
    view: &LedgerView,
    hasher: &AddressHasher,
    file: &Attachment,
) -> Result<Option<Fate>, LedgerError> {
    Ok(match view.file(hasher.place(place(file)))? {
        Some(FileRow::Had { content, .. }) => Some(match view.upload(content)? {
            Some(row) => Fate::of_upload(&row).unwrap_or(Fate::Without(Reason::Refused)),
            None => Fate::Without(Reason::NotListed),
        }),
        Some(FileRow::Failed { reason, .. }) => {
            Some(Fate::Without(Reason::named(&reason).unwrap_or(Reason::NotListed)))
        }
        None => None,
    })
}

/// The content of a file, where its bytes were had.
pub fn known_content(
    view: &LedgerView,
    hasher: &AddressHasher,
    file: &Attachment,
) -> Result<Option<ContentHash>, LedgerError> {
    let row = view.file(hasher.place(place(file)))?;
    Ok(row.and_then(|row| match row {
        FileRow::Had { content, .. } => Some(content),
        FileRow::Failed { .. } => None,
    }))
}

/// The media type by which Gorgias is to know a file with these bytes.
pub fn content_type(file: &Attachment, bytes: &[u8]) -> String {
    sniff::content_type(&file.name, file.content_type.as_deref(), bytes)
}

/// What stands for a file's place in the ledger: its address on the web, or its path where it is in the dump alone.
pub fn place(file: &Attachment) -> &str {
    if file.url.is_empty() { file.local.as_deref().unwrap_or_default() } else { &file.url }
}
