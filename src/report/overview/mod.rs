//! What an export looks like as a whole: by month, its longest and ugliest threads, its agents, its files.
//!
//! Fed by [`super::Validation`] record by record. Invariant: memory does not grow with the export: months are few,
//! threads are kept ten at a time, agents in a table with a limit. The JSON holds no names and no addresses; names of
//! agents are for the page that people read.

mod agents;
mod months;
mod threads;

use serde::{Deserialize, Serialize};

pub use agents::{Agent, Agents, Match};
pub(super) use months::EARLIER;
pub use months::Month;
pub use threads::Thread;

use self::agents::AgentTable;
use self::months::Months;
use self::threads::{Keeper, Weight};
use super::document::FindingGroup;
use super::inventory::missing;
use crate::model::conversation::Conversation;
use crate::model::finding::Finding;
use crate::model::key::PersonKey;
use crate::source::{SourceFacts, SourceKind, SourceSpec};

/// The export as a whole, over all sources; of what would be uploaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Tickets by the month of their creation and messages by that of their sent time, in UTC, without gaps.
    pub months: Vec<Month>,
    /// The threads with the most messages.
    pub longest: Vec<Thread>,
    /// The threads about which there is the most to say.
    pub ugliest: Vec<Thread>,
    /// Who answered.
    pub agents: Agents,
    /// Attachments, inline images and recordings.
    pub files: Files,
    /// What is not in the export, in sentences.
    pub missing: Vec<String>,
}

/// Files that messages refer to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// All of them.
    pub count: u64,
    /// Bytes of those whose size the export says.
    pub bytes: u64,
    /// Those whose size it does not say.
    pub of_unknown_size: u64,
    /// Those whose bytes lie in the export itself.
    pub local: u64,
}

/// Whether the table of people says who a person is.
pub type Decided = Box<dyn Fn(&PersonKey) -> bool + Send>;

/// Gathers the overview.
#[derive(Default)]
pub(super) struct Gathering {
    months: Months,
    longest: Keeper,
    ugliest: Keeper,
    agents: AgentTable,
    files: Files,
    no_users_file: bool,
    decided: Option<Decided>,
}

impl Gathering {
    /// Takes the people about whom the user has decided.
    pub(super) fn decide(&mut self, decided: Decided) {
        self.decided = Some(decided);
    }

    /// Takes a conversation with what was said of it.
    pub(super) fn observe(
        &mut self,
        conversation: &Conversation,
        findings: &[Finding],
        rejected: &[Finding],
    ) {
        self.months.ticket(conversation.times.created);
        for message in &conversation.messages {
            self.months.message(message.sent_at.timestamp(), message.side);
            self.agents.message(message);
            for file in message.attachments.iter().filter(|file| !file.kind.is_gone()) {
                self.files.count += 1;
                self.files.local += u64::from(file.local.is_some());
                match file.size {
                    Some(bytes) => self.files.bytes = self.files.bytes.saturating_add(bytes),
                    None => self.files.of_unknown_size += 1,
                }
            }
        }
        self.longest.offer(Weight::of_length(conversation), conversation, findings, rejected);
        self.ugliest.offer(Weight::of_findings(findings, rejected), conversation, findings, rejected);
    }

    /// Takes over what is known of a source after it was read.
    pub(super) fn source_finished(&mut self, spec: &SourceSpec, facts: &SourceFacts) {
        // Aircall's exports name people where they occur and have no file of them.
        self.no_users_file |= spec.kind == SourceKind::Zendesk && facts.people_recorded == 0;
    }

    /// The overview as it stands.
    pub(super) fn overview(&self, findings: &[FindingGroup]) -> Overview {
        let nobody: &dyn Fn(&PersonKey) -> bool = &|_| false;
        let decided = self.decided.as_ref().map_or(nobody, |decided| decided as &dyn Fn(&PersonKey) -> bool);
        Overview {
            months: self.months.list(),
            longest: self.longest.list(),
            ugliest: self.ugliest.list(),
            agents: self.agents.list(decided),
            files: self.files,
            missing: missing::sentences(findings, self.no_users_file, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::conversation::{Channel, Side};
    use crate::model::finding::Code;
    use crate::report::examples::{conversation, name, place};

    /// Whatever the number of tickets, what is kept has the same size.
    #[test]
    fn what_is_kept_does_not_grow() {
        let source = name("zendesk");
        let mut gathering = Gathering::default();
        for id in 1..=2_000 {
            let messages = [(Side::Customer, Channel::Email), (Side::Agent, Channel::Email)];
            let length = usize::try_from(id % 3).unwrap();
            let ticket = conversation(&source, id, &messages[..length.max(1)]);
            let findings = [Finding::new(Code::BlankBody, &ticket.key, &place(id))];
            gathering.observe(&ticket, &findings[..usize::from(id % 2 == 0)], &[]);
        }
        let overview = gathering.overview(&[]);
        assert_eq!((overview.longest.len(), overview.ugliest.len()), (10, 10));
        assert_eq!(overview.months.len(), 1);
        assert_eq!(overview.months[0].tickets, 2_000);
        assert_eq!(overview.longest[0].key, "zendesk:ticket:2");
        assert_eq!(overview.ugliest[0].key, "zendesk:ticket:2");
        assert_eq!(overview.ugliest[0].codes, [Code::BlankBody]);
    }

    #[test]
    fn what_the_json_says_can_be_read_back_but_for_names() {
        let mut overview = Overview::default();
        overview.agents.unmatched.push(Agent {
            key: "zendesk:user:7".into(),
            name: Some("Mia Lind".into()),
            messages: 4,
            by: Match::Nobody,
        });
        let json = serde_json::to_string(&overview).unwrap();
        assert!(!json.contains("Mia"), "{json}");
        let read: Overview = serde_json::from_str(&json).unwrap();
        assert_eq!(read.agents.unmatched[0].messages, 4);
    }
}
