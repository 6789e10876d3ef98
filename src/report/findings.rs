//! Findings gathered by code: a count of records and a few examples each, whatever their number.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::document::{Example, FindingGroup};
use crate::model::finding::{Code, Finding, Severity};

/// Examples kept for each code: enough to see a pattern, few enough to read.
pub const EXAMPLES_MAX: usize = 10;

/// Records remembered so that one named by several others (an agent without a user) counts once. A million hashes
/// are 16 MB; people beyond that are counted each time they are named, which overstates rather than hides.
const REMEMBERED_MAX: usize = 1_000_000;

/// Findings by code.
#[derive(Debug, Default)]
pub(super) struct FindingsByCode {
    groups: BTreeMap<Code, Group>,
    remembered: HashSet<u64>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Group {
    count: u64,
    examples: Vec<Example>,
}

impl FindingsByCode {
    /// Takes a finding about a record that no other call is about.
    pub(super) fn add(&mut self, finding: &Finding) {
        let group = self.groups.entry(finding.code).or_default();
        group.count += 1;
        if group.examples.len() < EXAMPLES_MAX {
            group.examples.push(Example::from(finding));
        }
    }

    /// Takes a finding that may name a record already counted under the same code. One without key and place is
    /// about the whole input and counts once.
    pub(super) fn add_once(&mut self, finding: &Finding) {
        let place = finding.place.as_ref().filter(|_| finding.key.is_none());
        let identity = (finding.code, &finding.key, place.map(|at| (&at.file, at.line, at.byte)));
        let hash = self.hasher.hash_one(identity);
        if self.remembered.contains(&hash) {
            return;
        }
        if self.remembered.len() < REMEMBERED_MAX {
            self.remembered.insert(hash);
        }
        self.add(finding);
    }

    /// Records with a blocking finding, by code summed up.
    pub(super) fn blocking(&self) -> u64 {
        let blocking = self.groups.iter().filter(|(code, _)| code.severity() == Severity::Block);
        blocking.map(|(_, group)| group.count).sum()
    }

    /// Counts of all codes summed up.
    pub(super) fn told(&self) -> u64 {
        self.groups.values().map(|group| group.count).sum()
    }

    /// The groups: block, warn, info, the most frequent first, then by code.
    pub(super) fn sorted(&self) -> Vec<FindingGroup> {
        let mut groups: Vec<FindingGroup> = self
            .groups
            .iter()
            .map(|(code, group)| FindingGroup {
                code: *code,
                severity: code.severity(),
                count: group.count,
                summary: code.summary().to_owned(),
                remedy: code.remedy().to_owned(),
                examples: group.examples.clone(),
            })
            .collect();
        groups.sort_by_key(|group| (group.severity, std::cmp::Reverse(group.count), group.code));
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Place;

    #[test]
    fn one_agent_named_a_thousand_times_counts_once() {
        let mut findings = FindingsByCode::default();
        for ticket in 0..1000 {
            let place = Place::new(&"tickets.json".into(), ticket, 0);
            findings.add_once(&Finding::new(Code::AgentUnmatched, "zendesk:user:7", &place));
            findings.add(&Finding::new(Code::DeletedTicket, format!("zendesk:ticket:{ticket}"), &place));
        }
        let groups = findings.sorted();
        assert_eq!((groups[0].code, groups[0].count), (Code::AgentUnmatched, 1));
        assert_eq!(
            (groups[1].code, groups[1].count, groups[1].examples.len()),
            (Code::DeletedTicket, 1000, 10)
        );
    }

    #[test]
    fn the_worst_and_most_frequent_come_first() {
        let mut findings = FindingsByCode::default();
        for (code, times) in
            [(Code::EmptyFile, 9), (Code::BlankBody, 1), (Code::NoComments, 3), (Code::NoSentTime, 1)]
        {
            (0..times).for_each(|_| findings.add(&Finding::general(code)));
        }
        let order: Vec<Code> = findings.sorted().into_iter().map(|group| group.code).collect();
        assert_eq!(order, [Code::NoSentTime, Code::NoComments, Code::BlankBody, Code::EmptyFile]);
        assert_eq!(findings.blocking(), 1);
    }
}
