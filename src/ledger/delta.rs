//! What an export says that the ledger did not know of a ticket. Pure.

use std::collections::{HashMap, HashSet};

use super::registrar::RegisteredMessage;
use super::row::MessageRow;
use super::state::PartState;
use crate::model::finding::Code;
use crate::model::key::MessageKey;

/// Why a message was given up that was registered and never sent.
const GIVEN_UP: &str = Code::MessageNotInExport.as_str();

/// The difference between a ticket's messages in the ledger and in an export.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Delta {
    /// Places in the export's list of messages that the ledger does not know.
    pub(super) new: Vec<usize>,
    /// Messages that are in Gorgias with another content.
    pub(super) changed: Vec<MessageKey>,
    /// Messages that are public in Gorgias and private in the export, with the same content but for that.
    pub(super) exposed: Vec<MessageKey>,
    /// Messages that are in Gorgias and not in the export, under keys of the source's own.
    pub(super) missing: Vec<MessageKey>,
    /// Messages that are not in Gorgias yet and have another content now: number in the ledger, place in the list.
    pub(super) refreshed: Vec<(u32, usize)>,
    /// Keys made by rule and real ones stand against each other, so the new ones may be old ones under other names.
    /// They must be joined before anything is appended.
    pub(super) unjoined: bool,
    /// Messages of the ledger, whatever their keys and states, that the export does not have under them.
    pub(super) not_given: usize,
}

/// Compares what is known with what is given.
pub(super) fn compare(known: &[MessageRow], given: &[RegisteredMessage]) -> Delta {
    let by_key: HashMap<&MessageKey, &MessageRow> = known.iter().map(|row| (&row.key, row)).collect();
    let mut delta = Delta::default();
    let mut seen = HashSet::with_capacity(given.len());
    for (place, message) in given.iter().enumerate() {
        if !seen.insert(&message.key) {
            continue;
        }
        match by_key.get(&message.key) {
            None => delta.new.push(place),
            // Given up because an export lacked it; this one has it.
            Some(row) if row.state == PartState::Rejected && row.code.as_deref() == Some(GIVEN_UP) => {
                delta.refreshed.push((row.n, place));
            }
            Some(row) if row.fingerprint == message.fingerprint => {}
            Some(row) if matches!(row.state, PartState::Pending | PartState::Rejected) => {
                delta.refreshed.push((row.n, place));
            }
            Some(row) if message.as_public == Some(row.fingerprint) => {
                delta.exposed.push(message.key.clone());
            }
            Some(_) => delta.changed.push(message.key.clone()),
        }
    }
    let missing = || known.iter().filter(|row| !seen.contains(&row.key));
    let new_is_synthetic = delta.new.iter().any(|place| given[*place].synthetic);
    delta.unjoined = !delta.new.is_empty()
        && (missing().any(|row| row.synthetic) || (new_is_synthetic && missing().next().is_some()));
    delta.not_given = missing().count();
    let lost = missing().filter(|row| row.state == PartState::Done && !row.synthetic);
    delta.missing = lost.map(|row| row.key.clone()).collect();
    delta
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::MessagePrint;
    use crate::model::trace::Trace;

    fn known(n: u32, id: &str, content: u8, synthetic: bool, state: PartState) -> MessageRow {
        let key = MessageKey::parse(&format!("z:c:{id}")).unwrap();
        let fingerprint = MessagePrint([content; 8]);
        MessageRow { n, key, state, synthetic, fingerprint, gorgias_id: None, code: None }
    }

    fn given(id: &str, content: u8, synthetic: bool) -> RegisteredMessage {
        let key = MessageKey::parse(&format!("z:c:{id}")).unwrap();
        let trace = Trace { what: [0; 16], second: 0 };
        RegisteredMessage { key, fingerprint: MessagePrint([content; 8]), as_public: None, synthetic, trace }
    }

    #[test]
    fn new_changed_and_refreshed_are_told_apart() {
        let ledger = [
            known(0, "a", 1, false, PartState::Done),
            known(1, "b", 1, false, PartState::Done),
            known(2, "c", 1, false, PartState::Pending),
            known(3, "gone", 1, false, PartState::Done),
        ];
        let export = [given("a", 1, false), given("b", 2, false), given("c", 2, false), given("d", 1, false)];
        let delta = compare(&ledger, &export);
        assert_eq!(delta.new, [3]);
        assert_eq!(delta.changed, [export[1].key.clone()]);
        assert_eq!(delta.refreshed, [(2, 2)]);
        assert_eq!(delta.missing, [ledger[3].key.clone()]);
        assert_eq!(delta.not_given, 1);
        assert!(!delta.unjoined, "a message missing from a delta export is no conflict");
    }

    #[test]
    fn a_note_that_is_public_in_gorgias_is_told_from_another_text() {
        let ledger = [known(0, "a", 1, false, PartState::Done)];
        let note = RegisteredMessage { as_public: Some(MessagePrint([1; 8])), ..given("a", 2, false) };
        let delta = compare(&ledger, std::slice::from_ref(&note));
        assert_eq!((delta.exposed, delta.changed), (vec![note.key.clone()], vec![]));
        let other = RegisteredMessage { as_public: Some(MessagePrint([3; 8])), ..note.clone() };
        let delta = compare(&ledger, &[other]);
        assert_eq!((delta.exposed, delta.changed), (vec![], vec![note.key]));
    }

    #[test]
    fn a_message_that_was_given_up_comes_back() {
        let mut given_up = known(0, "a", 1, false, PartState::Rejected);
        assert_eq!(compare(&[given_up.clone()], &[given("a", 1, false)]), Delta::default());
        given_up.code = Some(GIVEN_UP.to_owned());
        assert_eq!(compare(&[given_up], &[given("a", 1, false)]).refreshed, [(0, 0)]);
    }

    #[test]
    fn keys_made_by_rule_are_never_taken_for_new_messages() {
        let described = [known(0, "description", 1, true, PartState::Done)];
        assert!(compare(&described, &[given("9001", 1, false)]).unjoined);
        let commented = [known(0, "9001", 1, false, PartState::Done)];
        assert!(compare(&commented, &[given("description", 1, true)]).unjoined);
        let both = [given("description", 1, true), given("9002", 1, false)];
        assert!(!compare(&described, &both).unjoined, "the known one is still there, so the other is new");
    }

    #[test]
    fn a_key_given_twice_counts_once() {
        let delta = compare(&[], &[given("a", 1, false), given("a", 2, false)]);
        assert_eq!(delta.new, [0]);
    }
}
