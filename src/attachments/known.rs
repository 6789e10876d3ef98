//! What became of a file, by what the ledger knows of it. Nobody is asked.

use super::{Fate, Reason, place};
use crate::ledger::{AddressHasher, FileRow, LedgerError, LedgerView, PartState};
use crate::model::conversation::Attachment;

/// The fate of a file as sending would find it now without the web.
pub fn fate_by_ledger(
    view: &LedgerView,
    hasher: &AddressHasher,
    file: &Attachment,
) -> Result<Fate, LedgerError> {
    Ok(match view.file(hasher.place(place(file)))? {
        Some(FileRow::Had { content, .. }) => match view.upload(content)? {
            Some(row) if row.state == PartState::Done => match row.url {
                Some(url) => Fate::There {
                    url,
                    content_type: row.content_type.unwrap_or_default(),
                    size: row.size.unwrap_or_default(),
                },
                None => Fate::Without(Reason::Refused),
            },
            _ => Fate::Without(Reason::Refused),
        },
        Some(FileRow::Failed { reason, .. }) => {
            Fate::Without(Reason::named(&reason).unwrap_or(Reason::NotListed))
        }
        None if file.url.is_empty() => Fate::Without(Reason::NotInDump),
        // Nobody tried to have it, so its link was left as it was.
        None => Fate::Without(Reason::NotListed),
    })
}
