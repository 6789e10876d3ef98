//! Where the current or last run stands, for `status`.

use std::path::Path;

use owo_colors::Style;
use serde::{Deserialize, Serialize};

use super::summary::{counts_table, is_zero, outcome};
use super::terminal::Layout;
use super::words::{plural, wrap};
use crate::model::event::{MessageCounts, TicketCounts};

/// Where a run stands, seen from another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// No run has been started.
    Idle,
    /// A process holds the ledger and works.
    Running,
    /// It works, and waits for its pause file to go away.
    Paused,
    /// The last run ended before its work did.
    Interrupted,
    /// The last run ended with nothing left to do.
    Done,
}

impl RunState {
    /// The word in JSON and text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Interrupted => "interrupted",
            Self::Done => "done",
        }
    }
}

/// The document of `status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusDocument {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Where the run stands.
    pub state: RunState,
    /// Number of the current or last run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
    /// Tickets by outcome.
    pub tickets: TicketCounts,
    /// Messages by outcome.
    pub messages: MessageCounts,
    /// Tickets that `undo` took back and no run created anew; they are in none of the counts above.
    #[serde(skip_serializing_if = "is_zero")]
    pub taken_back: u64,
}

impl StatusDocument {
    /// The state of run number `run`, if there was one.
    pub fn new(state: RunState, run: Option<u64>, tickets: TicketCounts, messages: MessageCounts) -> Self {
        Self { v: super::document::VERSION, kind: "status", state, run, tickets, messages, taken_back: 0 }
    }
}

/// `status` for people.
pub fn status_text(status: &StatusDocument, layout: Layout) -> String {
    let head = match (status.run, status.state) {
        (None, _) | (_, RunState::Idle) => "no run yet".to_owned(),
        (Some(run), state) => format!("run {run}: {}", state.as_str()),
    };
    let mut lines = vec![layout.paint(&head, Style::new().bold())];
    if status.tickets.total() > 0 {
        lines.extend(wrap(&outcome(&status.tickets, "Gorgias"), layout.text_width(), 0));
        lines.push(String::new());
        lines.extend(counts_table(&status.tickets, &status.messages));
    }
    if status.taken_back > 0 {
        let tickets = plural(status.taken_back, "ticket", "tickets");
        let words = format!("{tickets} taken back by undo; gorgias-import run creates them anew.");
        lines.extend(wrap(&words, layout.text_width(), 0));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The command to type after looking at a status; `lists` is the folder of the run's lists.
pub fn next_of_status(status: &StatusDocument, watched: bool, lists: &Path) -> String {
    let rejects = lists.join("rejects.csv");
    let fixed = match status.state {
        RunState::Idle => "gorgias-import validate",
        RunState::Running | RunState::Paused if watched => "gorgias-import status",
        RunState::Running | RunState::Paused => "gorgias-import status --watch",
        RunState::Interrupted => "gorgias-import run (goes on where it stopped)",
        RunState::Done if status.tickets.pending > 0 => "gorgias-import run (goes on where it stopped)",
        RunState::Done if status.tickets.rejected > 0 && rejects.is_file() => {
            let rejects = rejects.display();
            return format!("correct what `{rejects}` names, then gorgias-import run --ids-from {rejects}");
        }
        RunState::Done if status.taken_back > 0 && status.tickets.total() == 0 => {
            "gorgias-import undo --purge (says what it would delete for good)"
        }
        RunState::Done => "gorgias-import verify",
    };
    fixed.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_says_where_the_run_stands() {
        let tickets = TicketCounts { created: 10, pending: 5, ..TicketCounts::default() };
        let status = StatusDocument::new(RunState::Running, Some(2), tickets, MessageCounts::default());
        insta::assert_snapshot!(status_text(&status, Layout { width: 80, color: false }), @r#"
        run 2: running
        10 of 15 selected tickets are in Gorgias; 5 still to do.

                       tickets  messages
        created             10         0
        appended to          0         -
        already there        0         0
        rejected             0         0
        unknown              0         -
        to do                5         -
        "#);
        let none =
            StatusDocument::new(RunState::Idle, None, TicketCounts::default(), MessageCounts::default());
        assert_eq!(status_text(&none, Layout { width: 80, color: false }), "no run yet\n");
        let taken_back = StatusDocument { taken_back: 3, run: Some(4), state: RunState::Done, ..none };
        insta::assert_snapshot!(status_text(&taken_back, Layout { width: 80, color: false }), @r#"
        run 4: done
        3 tickets taken back by undo; gorgias-import run creates them anew.
        "#);
        let next = next_of_status(&taken_back, false, Path::new("runs/0004"));
        assert_eq!(next, "gorgias-import undo --purge (says what it would delete for good)");
    }

    #[test]
    fn the_json_has_the_fields_of_the_design_in_its_order() {
        let tickets = TicketCounts { created: 50_198, already: 9, rejected: 7, ..TicketCounts::default() };
        let messages = MessageCounts { created: 212_000, already: 40, rejected: 31 };
        let status = StatusDocument::new(RunState::Interrupted, Some(3), tickets, messages);
        insta::assert_snapshot!(serde_json::to_string(&status).unwrap(), @r#"{"v":1,"type":"status","state":"interrupted","run":3,"tickets":{"created":50198,"appended":0,"already":9,"rejected":7,"unknown":0,"pending":0},"messages":{"created":212000,"already":40,"rejected":31}}"#);
    }
}
