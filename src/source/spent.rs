//! Records that are done with, on their way back to the thread that made them.
//!
//! Memory that one thread takes and another lets go of is never at hand where it is taken next: making records costs a
//! fifth more then. Whoever takes records hands them back here, and the reader takes them to where they were made.

use std::cell::RefCell;

use super::Record;

/// Most records that are kept. A source that reads on the thread that takes its records never fetches them.
const KEPT_MAX: usize = 4_096;

thread_local! {
    static SPENT: RefCell<Vec<Record>> = const { RefCell::new(Vec::new()) };
}

/// Takes back a record that its taker is done with. To drop it instead is right as well, and slower.
pub fn done_with(record: Record) {
    SPENT.with_borrow_mut(|spent| {
        if spent.len() >= KEPT_MAX {
            spent.clear();
        }
        spent.push(record);
    });
}

/// What was handed back on this thread since the last time.
pub(super) fn spent() -> Vec<Record> {
    SPENT.take()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Code, Finding};

    #[test]
    fn what_nobody_fetches_does_not_grow() {
        for _ in 0..=KEPT_MAX {
            done_with(Record::Remark(Finding::general(Code::NothingFound)));
        }
        assert_eq!((spent().len(), spent().len()), (1, 0));
    }
}
