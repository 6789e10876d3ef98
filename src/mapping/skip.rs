//! People whose records are left out: their tickets as customers, their messages as authors.
//!
//! This happens where records are read and not where they are mapped, so that the ledger never hears of what is left
//! out and nothing has to be taken back when the decision changes before the record was sent.

use super::people_csv::PeopleTable;
use crate::model::conversation::Conversation;
use crate::model::finding::{Code, Finding};

/// What is left of a conversation.
#[derive(Debug, PartialEq, Eq)]
pub enum Kept {
    /// The conversation, and a finding for every message that was taken out of it.
    Conversation(Vec<Finding>),
    /// Nothing; the finding says so.
    Nothing(Finding),
}

/// Takes out of `conversation` what people did who are skipped.
pub fn leave_out(conversation: &mut Conversation, people: &PeopleTable) -> Kept {
    let place = &conversation.place;
    let whole = || Kept::Nothing(Finding::new(Code::PersonSkipped, &conversation.key, place));
    if people.skips(&conversation.customer.key) {
        return whole();
    }
    let skipped = conversation.messages.iter().filter(|message| people.skips(&message.author.key));
    let findings: Vec<Finding> =
        skipped.map(|message| Finding::new(Code::PersonSkipped, &message.key, place)).collect();
    if findings.len() == conversation.messages.len() {
        return whole();
    }
    conversation.messages.retain(|message| !people.skips(&message.author.key));
    if conversation.assignee.as_ref().is_some_and(|assignee| people.skips(&assignee.key)) {
        conversation.assignee = None;
    }
    Kept::Conversation(findings)
}
