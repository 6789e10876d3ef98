//! How a certificate stands in one word, why, and what to do next. Pure.

use serde::Serialize;

use super::{Certificate, Pledge, Waits};
use crate::text;

/// How a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every promise that figures can prove was kept.
    Kept,
    /// None was broken, but something is not proven.
    NotProven,
    /// None was broken, but not all is sent yet, as after a pilot.
    Unfinished,
    /// One was broken.
    Broken,
}

impl Verdict {
    pub(super) fn of(promises: &[Pledge]) -> Self {
        if promises.iter().any(|it| it.holds == Some(false)) {
            Self::Broken
        } else if promises.iter().any(Pledge::is_open) {
            Self::Unfinished
        } else if promises.iter().any(Pledge::lacks_proof) {
            Self::NotProven
        } else {
            Self::Kept
        }
    }
}

/// A command to type, and what it does.
pub(super) type Step = (&'static str, &'static str);

const VERIFY: Step = ("gorgias-import verify", "reads back what is there");
const RUN: Step = ("gorgias-import run", "sends the rest");
const WATCH: Step = ("gorgias-import status --watch", "shows how far it is");

impl Certificate {
    /// The verdict in a sentence.
    pub(super) fn title(&self) -> String {
        match self.verdict {
            Verdict::Kept => "Every promise was kept".to_owned(),
            Verdict::NotProven => "No promise was broken, but not all is proven".to_owned(),
            Verdict::Broken => "Not everything is as promised".to_owned(),
            Verdict::Unfinished => {
                let tickets = &self.tickets;
                let what =
                    if tickets.pending > 0 { "still to be sent" } else { "sent with an unknown outcome" };
                let some = if tickets.pending > 0 { tickets.pending } else { tickets.unknown };
                let are = if some == 1 { "is" } else { "are" };
                let all = text::count(tickets.registered, "ticket");
                format!("Not finished: {} of {all} {are} {what}", text::thousands(some))
            }
        }
    }

    /// What is broken; what is still to be sent and how what was sent stands; or what nothing proves yet.
    pub(super) fn reasons(&self) -> Vec<String> {
        let told = |holds: Option<bool>| {
            let of = |it: &&Pledge| it.holds == holds && (holds.is_some() || it.lacks_proof());
            let words = |it: &Pledge| format!("{}: {}.", first_large(it.promise), it.measured);
            self.promises.iter().filter(of).map(words).collect()
        };
        match self.verdict {
            Verdict::Kept => Vec::new(),
            Verdict::NotProven => told(None),
            Verdict::Broken => told(Some(false)),
            Verdict::Unfinished => vec![self.sent(), self.what_was_sent()],
        }
    }

    /// `Run 1 was for 20 tickets. 20 of all 362 are in Gorgias.`
    fn sent(&self) -> String {
        let counts = self.run.figures["tickets"].as_object();
        let chosen = counts.map(|counts| counts.values().filter_map(serde_json::Value::as_u64).sum::<u64>());
        let all = text::thousands(self.tickets.registered);
        let there = text::thousands(self.tickets.in_gorgias);
        let are = if self.tickets.in_gorgias == 1 { "is" } else { "are" };
        let now = format!("{there} of all {all} {are} in Gorgias.");
        match chosen {
            Some(chosen) if chosen > 0 => {
                format!("Run {} was for {}. {now}", self.run.number, text::count(chosen, "ticket"))
            }
            _ => now,
        }
    }

    fn what_was_sent(&self) -> String {
        let open: Vec<&str> =
            self.promises.iter().filter(|it| it.lacks_proof()).map(|it| it.promise).collect();
        if open.is_empty() {
            "What was sent holds: every promise that could be asked of it was kept.".to_owned()
        } else {
            format!("What was sent broke no promise. Not proven of it yet: {}.", open.join("; "))
        }
    }

    /// The command to type next, and another way to go on; nothing where all is done, or where somebody has to look first
    /// at what is broken.
    pub fn steps(&self) -> Vec<Step> {
        let unread = |it: &Pledge| it.holds.is_none() && it.waits == Waits::Reading;
        let proof = self.promises.iter().any(unread).then_some(VERIFY);
        match self.verdict {
            Verdict::Kept | Verdict::Broken => Vec::new(),
            Verdict::NotProven => proof.into_iter().collect(),
            Verdict::Unfinished if self.run.state == "at work" => vec![WATCH],
            Verdict::Unfinished => proof.into_iter().chain([RUN]).collect(),
        }
    }
}

impl Pledge {
    /// Whether it is neither kept nor broken because not all is sent yet.
    fn is_open(&self) -> bool {
        self.holds.is_none() && self.waits == Waits::Rest
    }

    /// Whether the verdict waits for its proof.
    fn lacks_proof(&self) -> bool {
        self.holds.is_none() && matches!(self.waits, Waits::Reading | Waits::Figures)
    }
}

/// What stands in the place of `kept` and `broken` where nothing shows either.
pub(super) fn without_answer(promise: &Pledge) -> &'static str {
    match promise.waits {
        Waits::Reading | Waits::Figures => "no proof",
        Waits::Rest => "open",
        Waits::Nothing => "figures",
    }
}

/// The first letter made a capital.
fn first_large(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
