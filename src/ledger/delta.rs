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
    /// Messages that are public in Gorgias and private in the export, whatever they say: number in the ledger, place in the
    /// list.
    pub(super) exposed: Vec<(u32, usize)>,
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

/// Compares what is known with what is given. Of a ticket whose creation has an unknown outcome any message may be in
/// Gorgias as it was known.
pub(super) fn compare(known: &[MessageRow], given: &[RegisteredMessage], is_sending: bool) -> Delta {
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
            Some(row)
                if row.state == PartState::Rejected || (row.state == PartState::Pending && !is_sending) =>
            {
                delta.refreshed.push((row.n, place));
            }
            Some(row) if message.fingerprint.is_note() && !row.fingerprint.is_note() => {
                delta.exposed.push((row.n, place));
            }
            // What it said when it was sent is told where it was changed since, but not yet.
            Some(row) if row.state == PartState::Pending => delta.refreshed.push((row.n, place)),
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
        RegisteredMessage { key, fingerprint: MessagePrint([content; 8]), synthetic, trace }
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
        let delta = compare(&ledger, &export, false);
        assert_eq!(delta.new, [3]);
        assert_eq!(delta.changed, [export[1].key.clone()]);
        assert_eq!(delta.refreshed, [(2, 2)]);
        assert_eq!(delta.missing, [ledger[3].key.clone()]);
        assert_eq!(delta.not_given, 1);
        assert!(!delta.unjoined, "a message missing from a delta export is no conflict");
    }

    #[test]
    fn a_note_that_is_public_in_gorgias_is_told_from_another_text() {
        // An odd content is a note's.
        let ledger = [known(4, "a", 2, false, PartState::Done)];
        for note in [3, 5] {
            let delta = compare(&ledger, &[given("a", note, false)], false);
            assert_eq!((delta.exposed, delta.changed), (vec![(4, 0)], vec![]));
        }
        let public = given("a", 4, false);
        let delta = compare(&ledger, std::slice::from_ref(&public), false);
        assert_eq!((delta.exposed, delta.changed), (vec![], vec![public.key]));
    }

    #[test]
    fn a_note_that_a_lost_creation_may_have_made_public_is_told_and_not_forgotten() {
        let ledger =
            [known(0, "a", 2, false, PartState::Pending), known(1, "b", 2, false, PartState::Pending)];
        let export = [given("a", 3, false), given("b", 4, false)];
        let delta = compare(&ledger, &export, true);
        assert_eq!((delta.exposed, delta.refreshed), (vec![(0, 0)], vec![(1, 1)]));
        assert_eq!(compare(&ledger, &export, false).refreshed, [(0, 0), (1, 1)], "nothing was sent");
    }

    #[test]
    fn a_message_that_was_given_up_comes_back() {
        let mut given_up = known(0, "a", 1, false, PartState::Rejected);
        assert_eq!(compare(&[given_up.clone()], &[given("a", 1, false)], false), Delta::default());
        given_up.code = Some(GIVEN_UP.to_owned());
        assert_eq!(compare(&[given_up], &[given("a", 1, false)], false).refreshed, [(0, 0)]);
    }

    #[test]
    fn keys_made_by_rule_are_never_taken_for_new_messages() {
        let described = [known(0, "description", 1, true, PartState::Done)];
        assert!(compare(&described, &[given("9001", 1, false)], false).unjoined);
        let commented = [known(0, "9001", 1, false, PartState::Done)];
        assert!(compare(&commented, &[given("description", 1, true)], false).unjoined);
        let both = [given("description", 1, true), given("9002", 1, false)];
        assert!(
            !compare(&described, &both, false).unjoined,
            "the known one is still there, so the other is new"
        );
    }

    #[test]
    fn a_key_given_twice_counts_once() {
        let delta = compare(&[], &[given("a", 1, false), given("a", 2, false)], false);
        assert_eq!(delta.new, [0]);
    }
}
