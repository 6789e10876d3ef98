//! What a person is asked before anything is written, and what may surprise.

use crate::commands::CommandError;
use crate::exit::ExitCode;
use crate::model::event::Figures;
use crate::text;
use crate::upload::{Existing, Moves};

/// What a person is asked before anything is written.
pub(super) struct Asked<'a> {
    pub(super) account: &'a str,
    pub(super) figures: &'a Figures,
    /// Messages in the tickets that are to be written.
    pub(super) messages: u64,
    /// Tickets of them that will be open.
    pub(super) open: u64,
    pub(super) existing: Option<&'a Existing>,
    /// What is in Gorgias and is to be given to other users.
    pub(super) moves: Moves,
    /// Files that are missing in messages in Gorgias and are tried again.
    pub(super) gaps: u64,
}

impl Asked<'_> {
    /// Nothing where there is nothing to write.
    pub(super) fn question(&self) -> Option<String> {
        let tickets = self.figures.tickets.pending + self.figures.tickets.unknown;
        if tickets == 0 {
            let changes: Vec<String> = self.moving().into_iter().chain(self.late()).collect();
            return (!changes.is_empty())
                .then(|| format!("{}\nChange them in {}?", changes.join(" "), self.account));
        }
        Some({
            let mut announced = self.announcements().join(" ");
            announced.push_str(if announced.is_empty() { "" } else { " " });
            format!(
                "{announced}Gorgias's API does not show everything that may act on imported tickets: check in Gorgias that \
                 the AI agent and third-party apps do not.\nImport {} with {} into {}?",
                text::count(tickets, "ticket"),
                text::count(self.messages, "message"),
                self.account,
            )
        })
    }

    /// What is given to other users, if anything.
    fn moving(&self) -> Option<String> {
        let Moves { tickets, in_charge, messages } = self.moves;
        (tickets > 0).then(|| {
            format!(
                "Since they were sent, the people of the export have come to be other Gorgias users: {} and the user \
                 or team in charge of {} are changed in place, which may notify whoever is put in charge; it takes {}.",
                text::count(messages, "message"),
                text::count(in_charge, "ticket"),
                text::count(self.moves.calls(), "call"),
            )
        })
    }

    /// What is tried again, if anything.
    fn late(&self) -> Option<String> {
        (self.gaps > 0).then(|| {
            let files = text::count(self.gaps, "file");
            format!(
                "{files} missing in messages that are in Gorgias: each is tried again, and a message whose file comes now is \
                 changed in place, with its sent time."
            )
        })
    }

    /// What will happen that may surprise.
    pub(super) fn announcements(&self) -> Vec<String> {
        let open = (self.open > 0).then(|| {
            format!(
                "{} will be open in Gorgias: open tickets appear in the agents' views, start SLA clocks and notify \
                 whoever they are assigned to.",
                text::count(self.open, "ticket")
            )
        });
        open.into_iter()
            .chain(self.moving())
            .chain(self.late())
            .chain(self.existing.map(existing_words))
            .collect()
    }
}

/// The numbers of it.
pub(super) fn existing_words(existing: &Existing) -> String {
    let example = existing
        .example
        .as_ref()
        .map_or_else(String::new, |(key, id)| format!(" ({key} is probably Gorgias ticket {id})"));
    format!(
        "{} of {} sampled seem to be in the account already by other means, such as Gorgias's own import: a ticket of the \
         same customer began within two minutes of each{example}.",
        existing.there,
        text::count(existing.looked_at, "ticket"),
    )
}

/// Why a run does not begin: history that is there already, which a `--yes` cannot know of.
pub(super) fn there_already(existing: &Existing) -> CommandError {
    let words = existing_words(existing);
    CommandError::new(ExitCode::Safety, words.trim_end_matches('.').to_owned()).with_next(
        "look at both in Gorgias; then set [safety] existing = \"skip\" to leave such records out, or \"import\" to import \
         all; nothing was written",
    )
}
