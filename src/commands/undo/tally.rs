//! What became of the tickets: counted, listed, and written down while it happens.

use std::io;
use std::path::PathBuf;

use crate::exit::ExitCode;
use crate::model::time::now;
use crate::report::{UndoDocument, UndoReceipt, write_private};
use crate::text;
use crate::undo::{Fate, Line, Reason, What};

use crate::commands::run::unwritten;
use crate::commands::signals::Signals;
use crate::commands::{CommandError, Context};

/// Spared tickets that a terminal shows; all of them are in the document and the receipt.
const SHOWN_MAX: usize = 20;

/// The document in the making, and the receipt of a run.
pub(super) struct Tally {
    pub(super) document: UndoDocument,
    candidates: u64,
    receipt: Option<(PathBuf, UndoReceipt)>,
    failed: Option<io::Error>,
}

impl Tally {
    /// A run gets a folder with its receipt; a preview leaves nothing behind.
    pub(super) fn begin(
        context: &Context,
        document: UndoDocument,
        candidates: u64,
    ) -> Result<Self, CommandError> {
        let receipt = match document.run {
            None => None,
            Some(run) => {
                let folder = context.state_dir().join("runs").join(format!("{run:04}"));
                std::fs::create_dir_all(&folder)?;
                let receipt = UndoReceipt::create(&folder)?;
                Some((folder, receipt))
            }
        };
        Ok(Self { document, candidates, receipt, failed: None })
    }

    /// A batch.
    pub(super) fn add(&mut self, lines: &[Line]) {
        for line in lines {
            self.count(line);
        }
        // A receipt that cannot be written is told at the end; what was done is in the ledger.
        if let Err(error) = self.write(lines) {
            self.failed.get_or_insert(error);
        }
    }

    fn count(&mut self, line: &Line) {
        let name = match &line.what {
            What::Ticket(key) => return self.count_ticket(key.as_str(), line),
            What::Customer => None,
            What::Tag(name) => Some(name.as_str()),
        };
        if let Fate::Spared(reasons) = &line.fate {
            return self.document.keep(name, line.gorgias_id, names(reasons));
        }
        let counts = match name {
            None => &mut self.document.customers,
            Some(_) => &mut self.document.tags,
        };
        match &line.fate {
            Fate::Gone => counts.gone += 1,
            Fate::Purged => counts.deleted += 1,
            Fate::Unknown(_) => counts.unknown += 1,
            Fate::Pending => counts.pending += 1,
            Fate::Planned | Fate::Trashed | Fate::Spared(_) => {}
        }
        counts.planned += u64::from(line.fate != Fate::Gone);
    }

    fn count_ticket(&mut self, key: &str, line: &Line) {
        let tickets = &mut self.document.tickets;
        match &line.fate {
            Fate::Spared(reasons) => {
                return self.document.spare(key, line.gorgias_id, names(reasons));
            }
            Fate::Gone => tickets.gone += 1,
            Fate::Planned => {}
            Fate::Trashed => tickets.trashed += 1,
            Fate::Purged => tickets.purged += 1,
            Fate::Unknown(_) => tickets.unknown += 1,
            Fate::Pending => tickets.pending += 1,
        }
        tickets.planned += u64::from(line.fate != Fate::Gone);
    }

    fn write(&mut self, lines: &[Line]) -> io::Result<()> {
        let Some((_, receipt)) = &mut self.receipt else { return Ok(()) };
        for line in lines {
            let (outcome, reasons) = match &line.fate {
                Fate::Planned => ("planned", String::new()),
                Fate::Trashed => ("trashed", String::new()),
                Fate::Purged => ("purged", String::new()),
                Fate::Gone => ("gone", String::new()),
                Fate::Unknown(_) => ("unknown", String::new()),
                Fate::Pending => ("pending", String::new()),
                Fate::Spared(reasons) => ("spared", names(reasons).join(" ")),
            };
            let key = match &line.what {
                What::Ticket(key) => key.to_string(),
                What::Customer => "customer".to_owned(),
                What::Tag(name) => format!("tag {name}"),
            };
            receipt.row(&key, line.gorgias_id, outcome, &reasons, now())?;
        }
        receipt.flush()
    }

    /// What the process ends with.
    pub(super) fn exit_code(&self, failed: Option<&CommandError>, signals: &Signals) -> ExitCode {
        let tickets = &self.document.tickets;
        let mut codes: Vec<ExitCode> = failed.map(CommandError::code).into_iter().collect();
        let interrupted = signals.control.drain.is_cancelled() || signals.control.abort.is_cancelled();
        if interrupted {
            codes.push(signals.exit_code());
        }
        if self.document.executed {
            if tickets.unknown + self.document.customers.unknown + self.document.tags.unknown > 0 {
                codes.push(ExitCode::UnknownLeft);
            }
            if tickets.spared > 0 {
                codes.push(ExitCode::Partial);
            }
        }
        ExitCode::strongest(codes)
    }

    /// Writes the receipt down. What could not be written of it, now or while the tickets were told.
    pub(super) fn write_down(&mut self, code: ExitCode) -> Option<CommandError> {
        self.document.exit_code = code.number();
        let written = self.receipt.as_ref().map_or(Ok(()), |(folder, _)| {
            let bytes = serde_json::to_vec_pretty(&self.document).map_err(io::Error::from)?;
            write_private(&folder.join("receipt.json"), &bytes).map_err(CommandError::from)
        });
        self.failed.take().map(CommandError::from).or(written.err())
    }

    /// Tells, and where all is `written` what comes next. What could not be told.
    pub(super) fn tell(&mut self, context: &Context, code: ExitCode, written: bool) -> Option<CommandError> {
        self.document.exit_code = code.number();
        if context.output.is_json() {
            return unwritten(context.output.document(&self.document));
        }
        self.say(context);
        if written {
            context.output.next(&self.next());
        }
        None
    }

    fn say(&self, context: &Context) {
        let output = &context.output;
        output.paragraph(&self.verdict());
        for spared in self.document.spared.iter().take(SHOWN_MAX) {
            let id = spared.gorgias_id.map(|id| format!(" (Gorgias ticket {id})")).unwrap_or_default();
            output.say(&format!("  spared: {}{id}: {}", spared.key, in_words(&spared.reasons)));
        }
        let more = self.document.spared.len().saturating_sub(SHOWN_MAX);
        if more > 0 {
            output.say(&format!("  and {more} more; --json lists all"));
        }
        if let Some(words) = self.about_parts() {
            output.paragraph(&words);
        }
        for kept in self.document.kept.iter().take(SHOWN_MAX) {
            let what = kept.name.as_deref().map_or_else(String::new, |name| format!(" {name}"));
            let id = kept.gorgias_id.map(|id| format!(" (Gorgias {} {id})", kept.kind)).unwrap_or_default();
            output.say(&format!("  stays: {}{what}{id}: {}", kept.kind, in_words(&kept.reasons)));
        }
        let more = self.document.kept.len().saturating_sub(SHOWN_MAX);
        if more > 0 {
            output.say(&format!("  and {more} more; --json lists all"));
        }
        if let Some((folder, _)) = &self.receipt {
            output.say(&format!("receipt: {}", folder.display()));
        }
    }

    /// What becomes of the customers and tags that the import created; nothing where there are none.
    fn about_parts(&self) -> Option<String> {
        let document = &self.document;
        let (customers, tags) = (&document.customers, &document.tags);
        let count = |customers, tags| {
            format!("{} and {}", text::count(customers, "customer"), text::count(tags, "tag"))
        };
        if document.step == "trash" {
            let stays = &document.stays;
            return (stays.customers + stays.tags > 0).then(|| {
                format!(
                    "{} that the import created stay for now: undo --purge deletes those that nothing else uses.",
                    count(stays.customers, stays.tags)
                )
            });
        }
        if customers.planned + tags.planned == 0 && document.kept.is_empty() {
            return None;
        }
        if !document.executed {
            return Some(format!(
                "With them go up to {} that the import created: those that nothing else uses and nobody changed. Each is \
                 looked at in the moment before it is deleted.",
                count(customers.planned, tags.planned)
            ));
        }
        let mut words = format!("{} deleted for good", count(customers.deleted, tags.deleted));
        let others = [
            (
                customers.spared + tags.spared,
                "left because something else uses them or somebody changed them",
            ),
            (customers.gone + tags.gone, "gone before"),
            (customers.unknown + tags.unknown, "unknown"),
            (customers.pending + tags.pending, "not tried"),
        ];
        let others = others.iter().filter(|(count, _)| *count > 0);
        words.extend(others.map(|(count, what)| format!(", {count} {what}")));
        Some(words + ".")
    }

    fn verdict(&self) -> String {
        let document = &self.document;
        let tickets = &document.tickets;
        let (would, done) = match document.step {
            "purge" => ("would be deleted for good", tickets.purged),
            _ => ("would be moved to the trash", tickets.trashed),
        };
        if self.candidates == 0 && tickets.planned == 0 && document.spared.is_empty() {
            return match document.step {
                "purge" => "No ticket of this ledger lies in the trash.".to_owned(),
                _ => "No ticket of this ledger is in Gorgias.".to_owned(),
            };
        }
        let mut words = if document.executed {
            let what = if document.step == "purge" { "deleted for good" } else { "in the trash" };
            format!("{} of {} {what}", done, text::count(self.candidates, "ticket"))
        } else {
            let duration = text::duration(std::time::Duration::from_secs(document.eta_seconds));
            let calls = text::count(document.calls.planned, "call");
            format!("{} {would}: about {calls}, {duration}", text::count(tickets.planned, "ticket"))
        };
        let others = [
            (tickets.spared, "spared"),
            (tickets.gone, "gone before"),
            (tickets.unknown, "unknown"),
            (tickets.pending, "not tried"),
        ];
        let others = others.iter().filter(|(count, _)| *count > 0);
        words.extend(others.map(|(count, what)| format!(", {count} {what}")));
        words + "."
    }

    fn next(&self) -> String {
        let document = &self.document;
        let purge = if document.step == "purge" { " --purge" } else { "" };
        let again = format!("gorgias-import undo{purge} --execute --confirm {}", document.account);
        match (document.executed, document.open()) {
            (false, _) | (true, 1..) => again,
            (true, 0) if purge.is_empty() => {
                format!(
                    "look at the trash in Gorgias; to empty it of these: gorgias-import undo --purge --execute --confirm {}",
                    document.account
                )
            }
            (true, 0) => "gorgias-import status".to_owned(),
        }
    }
}

fn names(reasons: &[Reason]) -> Vec<&'static str> {
    reasons.iter().map(|reason| reason.as_str()).collect()
}

/// Reasons as people read them.
fn in_words(reasons: &[&str]) -> String {
    let words: Vec<&str> = reasons.iter().map(|reason| words(reason)).collect();
    words.join(", ")
}

fn words(reason: &str) -> &str {
    match reason {
        "message" => "it has a message that the import did not bring",
        "status" => "somebody opened, closed, snoozed or trashed it",
        "tag" => "somebody changed its tags",
        "assignee" => "somebody changed who is in charge of it",
        "subject" => "somebody changed its subject",
        "identity" => "it was merged, split or given to another customer",
        "was-there" => "it was there before the import, and what was appended to it stays",
        "restored" => "somebody took it out of the trash",
        "not-ours" => "it is not as this ledger planned it",
        "unreadable" => "its messages cannot be listed",
        "not-made" => "it is not certain that the import made it",
        "tickets" => "has tickets",
        "wrote" => "wrote or was written to since the import, or wrote in a ticket that stays",
        "may-have-written" => {
            "may have written in a ticket that stays: the ledger was begun by an earlier version, which did not note that"
        }
        "addresses" => "has addresses that the import did not bring",
        "linked" => "is known to another system, such as a shop",
        "edited" => "somebody changed it",
        "carried" => "tickets carry it",
        "named" => "a rule or a saved view names it",
        "refused" => "Gorgias would not delete it",
        "not-told" => "Gorgias does not tell what uses it",
        other => other,
    }
}
