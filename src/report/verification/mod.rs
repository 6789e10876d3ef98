//! What reading back showed: the document, the sentence, the list of differences.
//!
//! Invariant: nothing that was planned and is not in Gorgias goes without a word in the sentence, and then the outcome is
//! no success.

mod list;
#[cfg(test)]
mod tests;
mod text;
mod verdict;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

pub use list::DifferencesCsv;
pub use text::{difference_words, verification_text};
pub use verdict::verification_verdict;

use crate::model::verification::{Aspect, Difference, MatchClass};

/// Tickets that the document lists at most; `differences.csv` has all of them.
pub const LISTED_MAX: usize = 1_000;

/// Tickets by class; each is in exactly one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClassCounts {
    /// All of them.
    pub checked: u64,
    /// As they were sent.
    pub identical: u64,
    /// The same after normalisation.
    pub normalised: u64,
    /// With something that is not as it was sent.
    pub differs: u64,
    /// Not there, or without a message.
    pub missing: u64,
    /// With something beside that nobody imported.
    pub extra: u64,
}

impl ClassCounts {
    /// Counts a ticket.
    pub fn add(&mut self, class: MatchClass) {
        self.checked += 1;
        *match class {
            MatchClass::Identical => &mut self.identical,
            MatchClass::Normalised => &mut self.normalised,
            MatchClass::Extra => &mut self.extra,
            MatchClass::Differs => &mut self.differs,
            MatchClass::Missing => &mut self.missing,
        } += 1;
    }

    /// Tickets that somebody has to look at.
    pub fn different(&self) -> u64 {
        self.differs + self.missing + self.extra
    }
}

/// Tickets of the selection that were not checked, by where the ledger has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NotChecked {
    /// Not sent yet.
    pub pending: u64,
    /// Sent with an unknown outcome.
    pub unknown: u64,
    /// That cannot be imported.
    pub rejected: u64,
    /// Left out on purpose, because they are there by other means.
    pub left_out: u64,
    /// Deleted in Gorgias, as the ledger knows.
    pub gone: u64,
    /// Taken back by this tool.
    pub undone: u64,
    /// In Gorgias and not in the sample.
    pub not_sampled: u64,
    /// To be checked, and not reached before it ended.
    pub not_reached: u64,
}

/// What of checked tickets is not in Gorgias, as the ledger knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lacking {
    /// Tickets of which a message or a rating is not there.
    pub tickets: u64,
    /// Messages that were not sent yet.
    pub waiting: u64,
    /// Messages and ratings with an unknown outcome.
    pub unknown: u64,
    /// Messages that cannot be imported.
    pub rejected: u64,
}

/// Files of checked tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileCounts {
    /// In Gorgias: compared by name, address and size.
    pub compared: u64,
    /// Of them, those that were read back and have the content that was sent.
    pub hashed: u64,
    /// Known gaps: files that could not be had when their message was sent, which names them.
    pub gaps: u64,
    /// Files that stayed links to where they were.
    pub links: u64,
    /// Tickets with gaps or such links.
    pub tickets: u64,
}

/// How a verification ended, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of the selection that was to be there is there as it was sent.
    AsSent,
    /// The same, but for records that cannot be imported, which the run has told.
    ButRejected,
    /// Something is not as it was sent, or not there, or nothing was checked.
    Differs,
}

/// A ticket of the selection that is not in Gorgias.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AbsentTicket {
    /// Its key.
    pub key: String,
    /// Why: `pending`, `unknown`, `rejected` or `gone`.
    pub state: &'static str,
}

/// What a sample proves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SampleProof {
    /// Tickets from which it was drawn.
    pub population: u64,
    /// Tickets drawn.
    pub size: u64,
    /// What draws the same again.
    pub seed: u64,
    /// With this confidence, in percent, …
    pub confidence_percent: f64,
    /// … at most so many of the population differ …
    pub at_most: u64,
    /// … which is this share, in percent.
    pub at_most_percent: f64,
}

/// A ticket that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DifferentTicket {
    /// Its key.
    pub key: String,
    /// Its Gorgias id.
    pub gorgias_id: u64,
    /// Where it can be looked at.
    pub link: String,
    /// Its class.
    pub class: MatchClass,
    /// What differs.
    pub details: Vec<Difference>,
}

/// What `verify --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VerificationDocument {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    /// The account's name.
    pub account: String,
    /// When it began.
    pub started: Timestamp,
    /// The last run before it.
    pub run: Option<u64>,
    /// Fingerprint of the ledger that it was compared with.
    pub ledger: String,
    /// `complete`, or `partial` where it ended before everything was read.
    pub state: &'static str,
    /// Whether it was about all of the ledger: no selection and no sample.
    pub whole: bool,
    /// Classes.
    pub tickets: ClassCounts,
    /// What was not checked.
    pub not_checked: NotChecked,
    /// What of the checked tickets is not there.
    pub lacking: Lacking,
    /// Their files.
    pub files: FileCounts,
    /// Tickets whose rating was compared.
    pub ratings: u64,
    /// Tickets of which the export does not have everything that was sent, so that of some of it only the presence was
    /// checked.
    pub presence_only: u64,
    /// Tickets by what was the same only after normalisation.
    pub normalised_by: BTreeMap<Aspect, u64>,
    /// Where a sample was checked.
    pub sample: Option<SampleProof>,
    /// Tickets that are there, or have a message that is there, a second time under a key of ours, and tickets under such
    /// keys that the ledger does not know.
    pub doubles: u64,
    /// Whether second tickets under one key, and tickets under keys that the ledger does not know, were looked for.
    pub looked_for_strangers: bool,
    /// Requests that it took.
    pub calls: u64,
    /// How long it took.
    pub elapsed_seconds: f64,
    /// The sentence for people.
    pub verdict: String,
    /// The list of all differences.
    pub differences_csv: Option<String>,
    /// What differs; the first [`LISTED_MAX`] tickets.
    pub differences: Vec<DifferentTicket>,
    /// What of the selection is not in Gorgias; the first [`LISTED_MAX`] tickets.
    pub absent: Vec<AbsentTicket>,
    /// Whether nothing stopped it: then what was not reached could not be read.
    #[serde(skip)]
    ended: bool,
}

/// What a verification is about.
#[derive(Clone, Debug)]
pub struct About {
    /// The account's name.
    pub account: String,
    /// When it began.
    pub started: Timestamp,
    /// The last run before it.
    pub run: Option<u64>,
    /// Fingerprint of the ledger.
    pub ledger: String,
}

impl VerificationDocument {
    /// A document about this; the rest is filled in as it becomes known.
    pub fn new(about: About) -> Self {
        Self {
            v: 1,
            kind: "verification",
            account: about.account,
            started: about.started,
            run: about.run,
            ledger: about.ledger,
            state: "partial",
            whole: false,
            tickets: ClassCounts::default(),
            not_checked: NotChecked::default(),
            lacking: Lacking::default(),
            files: FileCounts::default(),
            ratings: 0,
            presence_only: 0,
            normalised_by: BTreeMap::new(),
            sample: None,
            doubles: 0,
            looked_for_strangers: false,
            calls: 0,
            elapsed_seconds: 0.0,
            verdict: String::new(),
            differences_csv: None,
            differences: Vec::new(),
            absent: Vec::new(),
            ended: false,
        }
    }

    /// It came to its end. It is complete where everything was read that was to be read.
    pub fn complete(&mut self) {
        self.ended = true;
        if self.not_checked.not_reached == 0 {
            self.state = "complete";
        }
    }

    /// Whether it ended before everything was read.
    pub fn is_partial(&self) -> bool {
        self.state != "complete"
    }

    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        let (not, lacking) = (&self.not_checked, &self.lacking);
        let open = not.pending + not.unknown + not.gone + not.not_reached + lacking.waiting + lacking.unknown;
        if self.tickets.checked == 0 || self.tickets.different() + open > 0 || self.is_partial() {
            Outcome::Differs
        } else if not.rejected + lacking.rejected > 0 {
            Outcome::ButRejected
        } else {
            Outcome::AsSent
        }
    }

    /// Counts a ticket that is as it should be, and what had to be normalised for it.
    pub fn count(&mut self, class: MatchClass, differences: &[Difference]) {
        self.tickets.add(class);
        let is_double = |it: &Difference| {
            it.class == MatchClass::Extra && (it.what == Aspect::Ticket || it.message.is_some())
        };
        self.doubles += u64::from(differences.iter().any(is_double));
        let mut aspects: Vec<Aspect> = (differences.iter())
            .filter(|difference| difference.class == MatchClass::Normalised)
            .map(|difference| difference.what)
            .collect();
        aspects.sort_unstable();
        aspects.dedup();
        for aspect in aspects {
            *self.normalised_by.entry(aspect).or_default() += 1;
        }
    }

    /// The same without the lists, for the ledger.
    #[must_use]
    pub fn in_short(&self) -> Self {
        Self { differences: Vec::new(), absent: Vec::new(), ..self.clone() }
    }
}
