//! Reading back: what was brought to Gorgias, compared with what is there.
//!
//! Invariants:
//!
//! - How a ticket should be is made anew from the export by the mapping that the upload used, never from the requests
//!   that were sent; this module sees neither the upload nor its encoding, so that a mistake of theirs shows.
//! - Lists can only acquit: a ticket that is not whole and as it should be by the lists is read by itself before
//!   anything is said against it.
//! - Nothing is written to Gorgias, and differences tell no texts, names or addresses.
//! - Memory grows with the number of tickets, not with their texts.
//!
//! It must not know export formats, the upload, the command line or the terminal.

mod budget;
pub mod chance;
mod compare;
mod contents;
mod expected;
mod found;
mod html;
mod lacks;
mod lists;
mod message;
mod ratings;
mod reservoir;
mod same;

use std::time::Duration;

use futures::StreamExt as _;

use crate::gorgias::{CallFailure, Client, UNREAD_RECORDS_MAX, Unread, UnreadInARow};
use crate::ledger::{LedgerError, LedgerView, Selection, TicketId, TicketRow, Which};
use crate::mapping::{AgentDirectory, Rules};
use crate::model::verification::{Aspect, Difference, MatchClass, class_of};
use crate::staging::{Staging, StagingError};

pub use budget::{Way, cheaper, least_calls};
pub use compare::Known;
use compare::compare_whole;
pub use contents::KeptFile;
pub use expected::ExpectedError;
use expected::{Expected, Source};
use found::FoundTicket;
pub use lacks::Lacks;
use lists::Lists;
use reservoir::Reservoir;

/// What is needed to read back.
pub struct Verification<'a> {
    /// A client; one that can only read is enough.
    pub client: &'a Client,
    /// The ledger.
    pub view: &'a LedgerView,
    /// The staged export.
    pub staging: &'a Staging,
    /// How it is mapped.
    pub rules: &'a Rules,
    /// The account's users.
    pub directory: &'a AgentDirectory,
    /// Customers and links.
    pub known: Known<'a>,
    /// How long the account may stay away.
    pub patience: Duration,
    /// Tickets that are read by themselves at once; it only hides latency.
    pub together: usize,
    /// Whether all tickets of the ledger are checked, so that tickets that it does not know are told.
    pub everything: bool,
    /// Whether files are read back and hashed.
    pub contents: bool,
}

/// Which tickets are checked.
#[derive(Debug)]
pub struct Chosen {
    /// Tickets from which they were chosen.
    pub population: u64,
    /// Ledger rows and Gorgias ids.
    pub tickets: Vec<(TicketId, u64)>,
}

/// A ticket that was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its row; nothing for a ticket that the ledger does not know.
    pub ticket: Option<TicketId>,
    /// Its key.
    pub key: String,
    /// Its Gorgias id.
    pub gorgias_id: u64,
    /// Its class.
    pub class: MatchClass,
    /// What differs.
    pub differences: Vec<Difference>,
    /// False where the export does not have all of it any more, or has another text now, so that of some of it only
    /// the presence was checked.
    pub by_content: bool,
    /// Whether its rating was compared.
    pub rated: bool,
    /// What of it is not there, as the ledger knows.
    pub lacks: Lacks,
    /// Its files that Gorgias keeps, each compared by name, address and size.
    pub files: u64,
    /// The same files, where their contents were to be compared.
    pub kept: Vec<KeptFile>,
    /// Those whose content was read back and is the one that was sent.
    pub hashed: u64,
}

/// What happens while tickets are read back.
#[derive(Debug)]
pub enum Step {
    /// A ticket was checked.
    Checked(Box<Checked>),
    /// A page of a list was read.
    Page,
    /// So many tickets are left to be read one by one.
    Singly(u64),
    /// So many files are left to be read back.
    Files(u64),
    /// A file was read back.
    File,
}

/// Why reading back ended.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A call failed.
    #[error("cannot read tickets back")]
    Call(#[from] CallFailure),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The staged conversations failed.
    #[error(transparent)]
    Staging(#[from] StagingError),
}

impl From<ExpectedError> for VerifyError {
    fn from(error: ExpectedError) -> Self {
        match error {
            ExpectedError::Ledger(error) => Self::Ledger(error),
            ExpectedError::Staging(error) => Self::Staging(error),
        }
    }
}

/// The tickets of a selection that are in Gorgias, or a random sample of `size` and `seed` of them.
pub fn choose(
    view: &LedgerView,
    selection: &Selection,
    sample: Option<(usize, u64)>,
) -> Result<Chosen, LedgerError> {
    let (size, seed) = sample.unwrap_or((usize::MAX, 0));
    let mut reservoir = Reservoir::new(size, seed);
    for row in view.tickets(selection, Which::InGorgias)? {
        let row = row?;
        if is_there(&row)
            && let Some(id) = row.gorgias_id
        {
            reservoir.offer((row.id, id.cast_unsigned()));
        }
    }
    let (population, tickets) = reservoir.finish();
    Ok(Chosen { population, tickets })
}

/// Whether the ledger says that the ticket is in Gorgias now.
fn is_there(row: &TicketRow) -> bool {
    use crate::ledger::TicketState as S;
    matches!(row.state, S::Done | S::Appending)
}

/// Reads the chosen tickets back. `take` hears of every step; each chosen ticket is told once. True if all tickets of the
/// account were seen on the way, so that no stranger was missed.
pub async fn verify(
    verification: &Verification<'_>,
    chosen: &Chosen,
    way: Way,
    take: &mut dyn FnMut(Step),
) -> Result<bool, VerifyError> {
    let mut held = Vec::new();
    let saw_all = compared(verification, chosen, way, &mut |step| match step {
        Step::Checked(checked) if !checked.kept.is_empty() => held.push(*checked),
        step => take(step),
    })
    .await?;
    if !held.is_empty() {
        contents::read(verification, held, take).await?;
    }
    Ok(saw_all)
}

async fn compared(
    verification: &Verification<'_>,
    chosen: &Chosen,
    way: Way,
    take: &mut dyn FnMut(Step),
) -> Result<bool, VerifyError> {
    let source = Source {
        view: verification.view,
        staging: verification.staging,
        rules: verification.rules,
        directory: verification.directory,
        known: verification.known,
    };
    let (doubtful, twice, saw_all) = match way {
        Way::Single => (chosen.tickets.clone(), Twice::default(), false),
        Way::Lists => {
            let mut lists = Lists::new(verification, &source, chosen);
            lists.tickets(take).await?;
            lists.ratings(take).await?;
            lists.messages(take).await?;
            lists.finish()
        }
    };
    take(Step::Singly(doubtful.len() as u64));
    let client = verification.client;
    let patience = verification.patience;
    let in_a_row = UnreadInARow::default();
    let in_a_row = &in_a_row;
    let witness = async || client.account().await;
    let mut reads = futures::stream::iter(doubtful)
        .map(|(row, id)| async move {
            (row, id, in_a_row.read(patience, witness, async || client.get_ticket(id).await).await)
        })
        .buffer_unordered(verification.together.max(1));
    let mut left = Left { saw_any: way == Way::Lists, ..Left::default() };
    while let Some((row, id, read)) = reads.next().await {
        let mut found = match read {
            Ok(ticket) => Some(FoundTicket::from(ticket)),
            Err(Unread::Call(CallFailure::NotFound)) => None,
            Err(unread) => {
                left.add(unread)?;
                continue;
            }
        };
        let Some(row) = verification.view.ticket_by_id(row)? else { continue };
        let expected = source.expected(row)?;
        if let Some(found) = &mut found
            && expected.rating.is_some()
            && found.survey.is_none()
        {
            let survey = async || client.find_satisfaction_survey(id).await;
            match in_a_row.read(patience, witness, survey).await {
                Ok(survey) => found.survey = survey,
                Err(unread) => {
                    left.add(unread)?;
                    continue;
                }
            }
        }
        left = Left { saw_any: true, ..Left::default() };
        let checked = judge(verification, expected, id, found.as_ref(), &twice);
        take(Step::Checked(Box::new(checked)));
    }
    left.finish()?;
    Ok(saw_all)
}

/// Tickets that could not be read: they are not checked, and told as not reached.
#[derive(Debug, Default)]
struct Left {
    in_a_row: u32,
    /// Whether the account has answered at all.
    saw_any: bool,
    last: Option<CallFailure>,
}

impl Left {
    /// One ticket that Gorgias fails at is no reason to leave the others unread; one after the other is.
    fn add(&mut self, unread: Unread) -> Result<(), CallFailure> {
        self.in_a_row += 1;
        match unread {
            Unread::Record(failure) if self.in_a_row <= UNREAD_RECORDS_MAX => self.last = Some(failure),
            Unread::Record(failure) | Unread::Call(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Where nothing was read, what failed was the account.
    fn finish(self) -> Result<(), CallFailure> {
        self.last.filter(|_| !self.saw_any).map_or(Ok(()), Err)
    }
}

/// Further Gorgias tickets under the key of one of ours.
type Twice = std::collections::HashMap<TicketId, Vec<u64>>;

fn judge(
    verification: &Verification<'_>,
    expected: Expected,
    gorgias_id: u64,
    found: Option<&FoundTicket>,
    twice: &Twice,
) -> Checked {
    let id = expected.row.id;
    let mut differences = match found {
        None => vec![Difference::new(Aspect::Ticket, MatchClass::Missing, "there", "not there")],
        Some(found) => compare_whole(&expected, found, &verification.known),
    };
    for other in twice.get(&id).into_iter().flatten() {
        let is = format!("there a second time, as Gorgias ticket {other}");
        differences.push(Difference::new(Aspect::Ticket, MatchClass::Extra, "there once", is));
    }
    Checked {
        ticket: Some(id),
        key: expected.row.key.to_string(),
        gorgias_id,
        class: class_of(&differences),
        differences,
        by_content: expected.is_whole() || expected.is_foreign(),
        rated: expected.rating.is_some() && found.is_some(),
        lacks: expected.lacks,
        files: expected.files.len() as u64,
        // Of a ticket that is not there nothing can be read.
        kept: if verification.contents && found.is_some() { expected.files } else { Vec::new() },
        hashed: 0,
    }
}
