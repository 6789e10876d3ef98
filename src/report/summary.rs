//! The end of a run: its summary for scripts and its verdict for people.
//!
//! Invariant: the verdict says that all is done only where nothing is pending, unknown, rejected or refused by the
//! gate and the run ended well; in every other case the sentence says what is missing.

use std::path::Path;
use std::time::Duration;

use owo_colors::Style;
use serde::{Serialize, Serializer};

use super::terminal::Layout;
use super::words::{count, plural, table, wrap};
use crate::model::event::{Figures, MessageCounts, TicketCounts};
use crate::text;

/// Exit codes after which a run has finished: all good, or some records rejected (design, section 2).
const FINISHED: [u8; 2] = [0, 3];

/// The last object of `run` and `rehearse`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunSummary {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    /// `run` or `rehearse`.
    pub command: String,
    /// Number of the run.
    pub run: u64,
    /// What the process ends with.
    pub exit_code: u8,
    /// Tickets by outcome.
    pub tickets: TicketCounts,
    /// Messages by outcome.
    pub messages: MessageCounts,
    /// Tickets that were given to other users, or whose messages were. Not in JSON where it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub reassigned: u64,
    /// Files uploaded.
    pub uploads: u64,
    /// Files that could not be had; their messages name them. Not in JSON where it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub files_missing: u64,
    /// Files that were missing when their messages were sent and are in them now. Not in JSON where it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub files_late: u64,
    /// Files of a rehearsal that stay links, because a rehearsal asks nobody for them.
    #[serde(skip)]
    pub files_linked: u64,
    /// Requests that left.
    pub calls: u64,
    /// Answers 429.
    pub throttled: u64,
    /// Seconds since the run began, with one decimal in JSON.
    #[serde(serialize_with = "tenths")]
    pub elapsed_seconds: f64,
    /// Requests that the egress gate refused because they could have mailed someone.
    pub could_have_sent: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn tenths<S: Serializer>(seconds: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((seconds * 10.0).round() / 10.0)
}

impl RunSummary {
    /// The summary of run number `run` of `command`.
    pub fn new(command: &str, run: u64, exit_code: u8, figures: &Figures, elapsed_seconds: f64) -> Self {
        let had = figures.uploads + figures.files_missing;
        let files_linked = if command == "rehearse" { figures.files.done.saturating_sub(had) } else { 0 };
        Self {
            v: super::document::VERSION,
            kind: "summary",
            command: command.to_owned(),
            run,
            exit_code,
            tickets: figures.tickets,
            messages: figures.messages,
            reassigned: figures.reassigned,
            uploads: figures.uploads,
            files_missing: figures.files_missing,
            files_late: figures.files_late,
            files_linked,
            calls: figures.calls,
            throttled: figures.throttled,
            elapsed_seconds,
            could_have_sent: figures.could_have_sent,
        }
    }

    /// True where nothing is left to do and the run ended well; rejected records may remain.
    pub fn is_finished(&self) -> bool {
        FINISHED.contains(&self.exit_code) && self.tickets.pending == 0 && self.tickets.unknown == 0
    }

    /// True where an earlier run had done everything already.
    pub fn is_idle(&self) -> bool {
        let tickets = &self.tickets;
        self.command == "run"
            && self.exit_code == 0
            && self.is_finished()
            && tickets.already > 0
            && self.reassigned == 0
            && self.files_late == 0
            && tickets.created + tickets.appended + tickets.updated + tickets.rejected + self.messages.created
                == 0
            && self.could_have_sent == 0
    }

    /// What became of the tickets, in sentences. Ends with the promise about mail, if it was kept.
    pub fn verdict(&self) -> String {
        let place = if self.command == "rehearse" { "the stand-in" } else { "Gorgias" };
        let mut sentences = vec![outcome(&self.tickets, place)];
        if self.messages.rejected > 0 && self.tickets.rejected == 0 {
            let messages = plural(self.messages.rejected, "message was", "messages were");
            sentences.push(format!("{messages} rejected (rejects.csv)."));
        }
        if self.files_missing > 0 {
            let files = plural(self.files_missing, "file", "files");
            sentences.push(format!("{files} could not be had; their messages say so (findings.csv)."));
        }
        if self.files_linked > 0 {
            let files = plural(self.files_linked, "file stays a link", "files stay links");
            sentences.push(format!("{files}: a rehearsal asks nobody for them, gorgias-import fetch does."));
        }
        if self.files_late > 0 {
            let files = plural(self.files_late, "file that was missing", "files that were missing");
            sentences.push(format!("{files} came now and were put into their messages."));
        }
        if !FINISHED.contains(&self.exit_code) {
            sentences.push(format!("The run did not finish (exit code {}).", self.exit_code));
        } else if !self.is_finished() {
            sentences.push("Run it again to go on.".to_owned());
        }
        sentences.push(if self.could_have_sent == 0 {
            "No request that could send mail was made.".to_owned()
        } else {
            let requests = plural(self.could_have_sent, "request", "requests");
            format!("{requests} that could have sent mail stopped at the gate and did not leave; please report this.")
        });
        sentences.join(" ")
    }
}

/// `50,207 of 50,214 selected tickets are in Gorgias; 7 were rejected (rejects.csv).`
pub(super) fn outcome(tickets: &TicketCounts, place: &str) -> String {
    let there = tickets.created + tickets.appended + tickets.updated + tickets.already;
    let all = match tickets.total() {
        0 => return "No ticket was selected.".to_owned(),
        total => plural(total, "selected ticket", "selected tickets"),
    };
    let mut parts = vec![if there == tickets.total() {
        format!("All {all} {} in {place}", are(there))
    } else {
        format!("{} of {all} {} in {place}", count(there), are(there))
    }];
    if tickets.rejected > 0 {
        let were = if tickets.rejected == 1 { "was" } else { "were" };
        parts.push(format!("{} {were} rejected (rejects.csv)", count(tickets.rejected)));
    }
    if tickets.left_out > 0 {
        let were = if tickets.left_out == 1 { "was" } else { "were" };
        parts.push(format!("{} {were} left out on purpose (findings.csv)", count(tickets.left_out)));
    }
    if tickets.unknown > 0 {
        let have = if tickets.unknown == 1 { "has" } else { "have" };
        let unknown = count(tickets.unknown);
        parts.push(format!(
            "{unknown} {have} an unknown outcome and will be looked up before anything is sent again"
        ));
    }
    if tickets.pending > 0 {
        parts.push(format!("{} still to do", count(tickets.pending)));
    }
    parts.join("; ") + "."
}

fn are(number: u64) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

fn lower_first(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The end of a run for people: the verdict and a table, or one sentence where nothing was left to do.
pub fn summary_text(summary: &RunSummary, layout: Layout) -> String {
    if summary.is_idle() {
        let text = format!("Nothing to do: {}", lower_first(&outcome(&summary.tickets, "Gorgias")));
        return wrap(&text, layout.text_width(), 0).join("\n");
    }
    let style = if summary.is_finished() { Style::new().bold() } else { Style::new().yellow().bold() };
    let mut lines: Vec<String> = wrap(&summary.verdict(), layout.text_width(), 0)
        .iter()
        .map(|line| layout.paint(line, style))
        .collect();
    lines.push(String::new());
    lines.extend(counts_table(&summary.tickets, &summary.messages));
    // It was measured, so nothing is rounded up as in an estimate.
    let elapsed = text::duration(Duration::try_from_secs_f64(summary.elapsed_seconds).unwrap_or_default());
    let calls = plural(summary.calls, "call", "calls");
    let files = plural(summary.uploads, "file", "files");
    lines.push(String::new());
    lines.extend(wrap(
        &format!("{calls} in {elapsed}, {} answered 429, {files} uploaded", count(summary.throttled)),
        layout.text_width(),
        2,
    ));
    lines.join("\n")
}

/// What to do after a run whose lists are in the folder `lists`.
pub fn next_after(summary: &RunSummary, lists: &Path) -> String {
    match (summary.command.as_str(), summary.is_finished(), summary.tickets.rejected) {
        ("rehearse", true, 0) => "gorgias-import run --limit 20 (a pilot)".to_owned(),
        (command, true, 1..) => format!(
            "correct what rejects.csv names, then gorgias-import {command} --ids-from {}",
            lists.join("rejects.csv").display()
        ),
        ("run", true, _) => "gorgias-import verify".to_owned(),
        // A rehearsal begins anew every time.
        ("rehearse", ..) => "gorgias-import rehearse".to_owned(),
        (command, ..) => format!("gorgias-import {command} (goes on where it stopped)"),
    }
}

pub(super) fn counts_table(tickets: &TicketCounts, messages: &MessageCounts) -> Vec<String> {
    let row = |name: &str, ticket: u64, message: Option<u64>| {
        vec![name.to_owned(), count(ticket), message.map_or_else(|| "-".to_owned(), count)]
    };
    let mut rows = vec![
        vec![String::new(), "tickets".to_owned(), "messages".to_owned()],
        row("created", tickets.created, Some(messages.created)),
        row("appended to", tickets.appended, None),
        row("already there", tickets.already, Some(messages.already)),
        row("rejected", tickets.rejected, Some(messages.rejected)),
    ];
    if tickets.left_out > 0 {
        rows.push(row("left out", tickets.left_out, None));
    }
    rows.extend([row("unknown", tickets.unknown, None), row("to do", tickets.pending, None)]);
    table(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::FileCounts;

    fn figures() -> Figures {
        Figures {
            tickets: TicketCounts { created: 50_198, already: 9, rejected: 7, ..TicketCounts::default() },
            messages: MessageCounts { created: 212_000, already: 40, rejected: 31 },
            reassigned: 0,
            uploads: 9_880,
            files_missing: 0,
            files_late: 0,
            files: FileCounts::default(),
            calls: 62_254,
            throttled: 0,
            could_have_sent: 0,
        }
    }

    fn summary(exit_code: u8, change: impl FnOnce(&mut Figures)) -> RunSummary {
        let mut figures = figures();
        change(&mut figures);
        RunSummary::new("run", 3, exit_code, &figures, 31_127.04)
    }

    #[test]
    fn the_json_has_the_fields_of_the_design_in_its_order() {
        insta::assert_snapshot!(serde_json::to_string(&summary(3, |_| ())).unwrap(), @r#"{"v":1,"type":"summary","command":"run","run":3,"exit_code":3,"tickets":{"created":50198,"appended":0,"already":9,"rejected":7,"unknown":0,"pending":0},"messages":{"created":212000,"already":40,"rejected":31},"uploads":9880,"calls":62254,"throttled":0,"elapsed_seconds":31127.0,"could_have_sent":0}"#);
    }

    #[test]
    fn seconds_have_one_decimal() {
        for (seconds, written) in [(6.0, "6.0"), (6.149, "6.1"), (0.04, "0.0")] {
            let summary = RunSummary::new("run", 1, 0, &Figures::default(), seconds);
            let json = serde_json::to_string(&summary).unwrap();
            assert!(json.contains(&format!("\"elapsed_seconds\":{written},")), "{json}");
        }
    }

    #[test]
    fn the_verdict_of_a_finished_run() {
        assert_eq!(
            summary(3, |_| ()).verdict(),
            "50,207 of 50,214 selected tickets are in Gorgias; 7 were rejected (rejects.csv). \
             No request that could send mail was made."
        );
        assert_eq!(
            summary(0, |f| f.tickets.rejected = 0).verdict(),
            "All 50,207 selected tickets are in Gorgias. 31 messages were rejected (rejects.csv). \
             No request that could send mail was made."
        );
    }

    #[test]
    fn a_rehearsal_says_which_files_it_did_not_have() {
        let figures = Figures { files: FileCounts { done: 146, total: 146 }, uploads: 6, ..figures() };
        let verdict = |command: &str| RunSummary::new(command, 1, 0, &figures, 1.0).verdict();
        assert!(verdict("rehearse").contains(
            " 140 files stay links: a rehearsal asks nobody for them, gorgias-import fetch does. "
        ));
        assert!(!verdict("run").contains("links"));
    }

    #[test]
    fn the_verdict_never_hides_what_is_left() {
        let verdict = summary(10, |f| {
            f.tickets.unknown = 1;
            f.tickets.pending = 19_010;
        })
        .verdict();
        assert_eq!(
            verdict,
            "50,207 of 69,225 selected tickets are in Gorgias; 7 were rejected (rejects.csv); 1 has an unknown \
             outcome and will be looked up before anything is sent again; 19,010 still to do. The run did not finish \
             (exit code 10). No request that could send mail was made."
        );
        let files = summary(0, |f| f.files_missing = 2).verdict();
        assert!(
            files.contains(" 2 files could not be had; their messages say so (findings.csv)."),
            "{files}"
        );
        let gate = summary(7, |f| f.could_have_sent = 2).verdict();
        assert!(gate.ends_with(
            "2 requests that could have sent mail stopped at the gate and did not leave; please report this."
        ));
        let limited = summary(0, |f| f.tickets.pending = 5).verdict();
        assert!(limited.contains("5 still to do. Run it again to go on."), "{limited}");
    }

    #[test]
    fn people_see_verdict_table_and_next_step() {
        insta::assert_snapshot!(summary_text(&summary(3, |_| ()), Layout { width: 60, color: false }), @r#"
        50,207 of 50,214 selected tickets are in Gorgias; 7 were
        rejected (rejects.csv). No request that could send mail was
        made.

                       tickets  messages
        created         50,198   212,000
        appended to          0         -
        already there        9        40
        rejected             7        31
        unknown              0         -
        to do                0         -

        62,254 calls in 8 h 38 min, 0 answered 429, 9,880 files
          uploaded
        "#);
    }

    #[test]
    fn the_next_step_is_a_command_that_can_be_typed() {
        let lists = Path::new(".gorgias-import/runs/0003");
        let next = |summary| next_after(&summary, lists);
        assert_eq!(
            next(summary(3, |_| ())),
            "correct what rejects.csv names, then gorgias-import run --ids-from .gorgias-import/runs/0003/rejects.csv"
        );
        assert_eq!(
            next(summary(130, |f| f.tickets.pending = 1)),
            "gorgias-import run (goes on where it stopped)"
        );
        assert_eq!(next(summary(0, |f| f.tickets.rejected = 0)), "gorgias-import verify");
        let rehearsal =
            RunSummary { command: "rehearse".to_owned(), ..summary(0, |f| f.tickets.rejected = 0) };
        assert_eq!(next(rehearsal), "gorgias-import run --limit 20 (a pilot)");
    }

    #[test]
    fn a_run_with_nothing_to_do_says_so_in_one_sentence() {
        let tickets = TicketCounts { already: 355, ..TicketCounts::default() };
        let idle = summary(0, |f| *f = Figures { tickets, calls: 12, ..Figures::default() });
        let layout = Layout { width: 80, color: false };
        assert_eq!(summary_text(&idle, layout), "Nothing to do: all 355 selected tickets are in Gorgias.");
        let begun = summary(0, |f| {
            let tickets = TicketCounts { already: 355, pending: 1, ..TicketCounts::default() };
            *f = Figures { tickets, ..Figures::default() };
        });
        assert!(!begun.is_idle() && !summary(3, |_| ()).is_idle());
    }

    proptest::proptest! {
        #[test]
        fn success_is_never_claimed_with_work_left(
            created in 0_u64..100, rejected in 0_u64..3, unknown in 0_u64..3, pending in 0_u64..3, exit_code in 0_u8..12,
        ) {
            let tickets = TicketCounts { created, rejected, unknown, pending, ..TicketCounts::default() };
            let figures = Figures { tickets, ..Figures::default() };
            let summary = RunSummary::new("run", 1, exit_code, &figures, 1.0);
            let verdict = summary.verdict();
            if unknown + pending + rejected > 0 {
                proptest::prop_assert!(!verdict.starts_with("All "), "{}", verdict);
            }
            proptest::prop_assert_eq!(verdict.contains("did not finish"), ![0, 3].contains(&exit_code));
            proptest::prop_assert_eq!(verdict.contains("unknown outcome"), unknown > 0);
            proptest::prop_assert_eq!(verdict.contains("still to do"), pending > 0);
        }
    }
}
