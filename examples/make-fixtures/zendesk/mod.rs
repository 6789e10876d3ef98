//! The Zendesk export of the shop: tickets in two overlapping zips, users, organizations.

mod bodies;
mod desk;
mod export;
mod lifecycle;
mod media;
mod medium;
mod order_cases;
mod ordinary;
mod overlap;
mod people_cases;
mod talk;
mod users;
mod voice;

use desk::{Desk, Fate};

use crate::output::{Artefact, GenerateError};
use crate::truth::Source;

/// Fixes everything that chance decides.
const SEED: u64 = 0x0ACE_0D00;

/// All files of the source, and what is to come out of them.
pub(crate) fn make() -> Result<(Vec<Artefact>, Source), GenerateError> {
    let mut desk = Desk::new(SEED);
    ordinary::write(&mut desk);
    people_cases::write(&mut desk);
    lifecycle::write(&mut desk);
    bodies::write(&mut desk);
    media::write(&mut desk);
    voice::write(&mut desk);
    order_cases::write(&mut desk);
    let copies = overlap::choose(&mut desk);
    let mut truth = Source { older_copies: copies.len() as u64, ..Source::default() };
    for planned in &desk.tickets {
        match &planned.fate {
            Fate::Imported(_) => {
                truth.conversations.extend(planned.expected());
                truth.attachments += planned.files;
                truth.inline_images += planned.inline_images;
            }
            Fate::LeftOut(reason) => *truth.left_out.entry(reason).or_default() += 1,
        }
    }
    let mut files = export::tickets(&mut desk, copies, &mut truth)?;
    files.push(users::users(&mut desk)?);
    files.push(users::organizations()?);
    truth.cases = desk.cases;
    Ok((files, truth))
}
