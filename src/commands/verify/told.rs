//! What was found so far, and where it is kept.
//!
//! Invariant: a verification that was stopped never takes the place of one that came to its end.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::PathBuf;

use crate::commands::CommandError;
use crate::ledger::{Ledger, LedgerError, Selection, StateCounts, TicketState, Which};
use crate::model::finding::Code;
use crate::report::{
    About, AbsentTicket, DifferencesCsv, DifferentTicket, LISTED_MAX, NotChecked, VerificationDocument,
    verification_verdict, write_private,
};
use crate::text;
use crate::verify::{Checked, Chosen, Lacks};

use super::ticket_link;

/// Files of a verification that came to its end.
const COMPLETE: [&str; 2] = ["differences.csv", "verification.json"];
/// Those of one that did not.
const PARTIAL: [&str; 2] = ["differences-partial.csv", "verification-partial.json"];

pub(super) struct Told {
    pub(super) document: VerificationDocument,
    base_url: String,
    folder: PathBuf,
    csv: DifferencesCsv<BufWriter<File>>,
    failed: Option<io::Error>,
    /// Chosen tickets that were told; others may have been told beside them.
    chosen: u64,
}

impl Told {
    pub(super) fn begin(about: About, base_url: &str, folder: PathBuf) -> Result<Self, CommandError> {
        fs::create_dir_all(&folder)?;
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let csv = DifferencesCsv::new(BufWriter::new(options.open(folder.join(PARTIAL[0]))?))?;
        let document = VerificationDocument::new(about);
        Ok(Self { document, base_url: base_url.to_owned(), folder, csv, failed: None, chosen: 0 })
    }

    pub(super) fn take(&mut self, ledger: &Ledger, checked: Checked) {
        let document = &mut self.document;
        document.count(checked.class, &checked.differences);
        document.presence_only += u64::from(!checked.by_content);
        document.ratings += u64::from(checked.rated);
        document.files.compared += checked.files;
        document.files.hashed += checked.hashed;
        if let Some(ticket) = checked.ticket {
            self.chosen += 1;
            drop(ledger.ticket_verified(ticket, checked.class, &checked.differences));
        }
        self.lacks(&checked);
        if !checked.class.is_difference() {
            return;
        }
        let ticket = DifferentTicket {
            key: checked.key,
            gorgias_id: checked.gorgias_id,
            link: ticket_link(&self.base_url, checked.gorgias_id),
            class: checked.class,
            details: checked.differences,
        };
        let written = self.csv.ticket(&ticket);
        self.wrote(written);
        if self.document.differences.len() < LISTED_MAX {
            self.document.differences.push(ticket);
        }
    }

    /// Counts and lists what the ledger knows not to be there of a ticket that is.
    fn lacks(&mut self, checked: &Checked) {
        let Lacks { waiting, unknown, rejected, files, links } = checked.lacks;
        let lacking = &mut self.document.lacking;
        lacking.waiting += waiting;
        lacking.unknown += unknown;
        lacking.rejected += rejected;
        lacking.tickets += u64::from(waiting + unknown + rejected > 0);
        let gaps = &mut self.document.files;
        gaps.gaps += files;
        gaps.links += links;
        gaps.tickets += u64::from(files + links > 0);
        for (count, what, noun, found) in [
            (waiting, "message", "message", "not sent yet"),
            (unknown, "message", "message", "with an unknown outcome"),
            (rejected, "message", "message", "rejected"),
            (files, "attachments", "file", "not to be had when it was sent"),
            (links, "attachments", "file", "left as a link to where it was"),
        ] {
            if count > 0 {
                let found = format!("{} {found}", text::count(count, noun));
                let written = self.csv.lacking(&checked.key, checked.gorgias_id, what, &found);
                self.wrote(written);
            }
        }
    }

    /// Counts and lists the tickets of the selection that were not checked.
    pub(super) fn rest(
        &mut self,
        ledger: &Ledger,
        selection: &Selection,
        chosen: &Chosen,
    ) -> Result<(), CommandError> {
        let counts = ledger.view().counts(selection)?;
        self.document.not_checked = not_checked(&counts, chosen);
        let to_check = chosen.tickets.len() as u64;
        self.document.not_checked.not_reached = to_check.saturating_sub(self.chosen);
        let not = &self.document.not_checked;
        if not.pending + not.unknown + not.rejected + not.gone == 0 {
            return Ok(());
        }
        for row in ledger.view().tickets(selection, Which::All)? {
            let row = row?;
            let (state, found) = match row.state {
                TicketState::Pending => ("pending", "not sent yet"),
                TicketState::Sending => ("unknown", "sent with an unknown outcome"),
                TicketState::Rejected if row.code.as_deref() != Some(Code::ThereByOtherMeans.as_str()) => {
                    ("rejected", "rejected")
                }
                TicketState::Gone => ("gone", "deleted or merged in Gorgias"),
                _ => continue,
            };
            let absent = AbsentTicket { key: row.key.to_string(), state };
            let written = self.csv.absent(&absent, found);
            self.wrote(written);
            if self.document.absent.len() < LISTED_MAX {
                self.document.absent.push(absent);
            }
        }
        Ok(())
    }

    fn wrote(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }

    /// Completes the lists, and notes the outcome.
    pub(super) fn finish(&mut self, ledger: &Ledger) -> Result<(), CommandError> {
        let complete = !self.document.is_partial();
        let [list, document] = if complete { COMPLETE } else { PARTIAL };
        self.document.differences_csv = Some(self.folder.join(list).display().to_string());
        self.document.verdict = verification_verdict(&self.document);
        self.csv.finish()?;
        if let Some(error) = self.failed.take() {
            return Err(error.into());
        }
        let text = serde_json::to_string_pretty(&self.document).map_err(io::Error::from)?;
        write_private(&self.folder.join(document), text.as_bytes())?;
        if complete {
            fs::rename(self.folder.join(PARTIAL[0]), self.folder.join(COMPLETE[0]))?;
            remove_if_there(&self.folder.join(PARTIAL[1]))?;
        }
        ledger.flush().wait()?;
        let short = serde_json::to_string(&self.document.in_short()).map_err(io::Error::from)?;
        ledger.verification_ended(self.document.run, short, complete).wait()?;
        Ok(())
    }
}

fn remove_if_there(path: &std::path::Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What a verification of this ledger is about.
pub(super) fn about(account: &str, ledger: &Ledger) -> Result<About, LedgerError> {
    Ok(About {
        account: account.to_owned(),
        started: crate::model::time::now(),
        run: ledger.view().last_run()?.map(|run| run.id),
        ledger: ledger.view().fingerprint()?,
    })
}

fn not_checked(counts: &StateCounts, chosen: &Chosen) -> NotChecked {
    let (left_out, _) = counts.left_out();
    NotChecked {
        pending: counts.tickets(TicketState::Pending),
        unknown: counts.tickets(TicketState::Sending),
        rejected: counts.tickets(TicketState::Rejected) - left_out,
        left_out,
        gone: counts.tickets(TicketState::Gone),
        undone: counts.tickets(TicketState::Undone),
        not_sampled: chosen.population - chosen.tickets.len() as u64,
        not_reached: 0,
    }
}
