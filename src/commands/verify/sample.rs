//! A sample that was asked for, and what it proves.

use super::{CONFIDENCE, SHARE_RULED_OUT};
use crate::cli::VerifyArgs;
use crate::commands::CommandError;
use crate::ledger::{self, Ledger};
use crate::model::time::now;
use crate::report::{SampleProof, VerificationDocument};
use crate::verify::{self, Chosen, chance};

/// A sample that was asked for.
pub(super) struct Sample {
    pub(super) size: usize,
    pub(super) seed: u64,
    confidence: f64,
}

impl Sample {
    pub(super) fn of(
        args: &VerifyArgs,
        ledger: &Ledger,
        selection: &ledger::Selection,
    ) -> Result<Option<Self>, CommandError> {
        if args.sample.is_none() && args.confidence.is_none() {
            return Ok(None);
        }
        let confidence = args.confidence.map_or(CONFIDENCE, |confidence| confidence.0);
        let size = if let Some(size) = args.sample {
            size
        } else {
            let all = verify::choose(ledger.view(), selection, Some((0, 0)))?.population;
            chance::needed(all, confidence, SHARE_RULED_OUT)
        };
        let seed = args.seed.unwrap_or_else(|| now().as_microsecond().unsigned_abs() % 1_000_000);
        Ok(Some(Self { size: usize::try_from(size).unwrap_or(usize::MAX), seed, confidence }))
    }

    pub(super) fn proof(&self, chosen: &Chosen, document: &VerificationDocument) -> SampleProof {
        let tickets = &document.tickets;
        let population = chosen.population;
        let at_most = chance::at_most(population, tickets.checked, tickets.different(), self.confidence);
        #[expect(clippy::cast_precision_loss, reason = "a share of a count of tickets")]
        let share = if population == 0 { 0.0 } else { at_most as f64 / population as f64 };
        SampleProof {
            population,
            size: tickets.checked,
            seed: self.seed,
            confidence_percent: self.confidence * 100.0,
            at_most,
            at_most_percent: share * 100.0,
        }
    }
}
