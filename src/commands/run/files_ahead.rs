//! How many files a run has to see to, for its progress.

use crate::config::selection::Selection;
use crate::ledger::{LedgerError, LedgerView};
use crate::model::event::FileCounts;

/// The files of the whole export by `document`, what `validate` says of it, and how many of them earlier runs have seen
/// to by their last figures. Nothing where the selection is a part, as nobody has counted the files of that, or where
/// tickets are `already` there and nobody has counted their files.
pub(super) fn files_ahead(
    view: &LedgerView,
    document: &serde_json::Value,
    selection: &Selection,
    already: u64,
) -> Result<FileCounts, LedgerError> {
    let mut everything = Selection::default();
    everything.order = selection.order;
    if *selection != everything {
        return Ok(FileCounts::default());
    }
    let count = |name: &str| document["files"][name].as_u64().unwrap_or_default();
    let total = count("to_fetch") + count("in_export") + count("links");
    let before = view.last_run()?.and_then(|run| run.figures["files"]["done"].as_u64());
    Ok(match before {
        Some(done) => FileCounts { done: done.min(total), total },
        None if already == 0 => FileCounts { done: 0, total },
        None => FileCounts::default(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ledger::{Ledger, NewRun};
    use crate::model::time::now;

    #[test]
    fn files_are_counted_for_the_whole_and_go_on_where_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path(), now()).unwrap();
        let document = json!({"files": {"to_fetch": 9, "in_export": 2, "links": 1}});
        let ahead = |selection: &Selection, already| {
            files_ahead(ledger.view(), &document, selection, already).unwrap()
        };
        let everything = Selection::default();
        assert_eq!(ahead(&everything, 0), FileCounts { done: 0, total: 12 });
        assert_eq!(ahead(&everything, 7), FileCounts::default(), "nobody has counted those of the seven");
        let mut part = Selection::default();
        part.limit = Some(3);
        assert_eq!(ahead(&part, 0), FileCounts::default());
        let new = NewRun {
            command: "run".into(),
            export_fingerprint: None,
            config_hash: None,
            started: now(),
            after: 0,
        };
        let run = ledger.start_run(new).wait().unwrap();
        let figures = crate::model::event::Figures {
            files: FileCounts { done: 5, total: 12 },
            ..crate::model::event::Figures::default()
        };
        ledger.update_run(run, crate::ledger::RunState::Running, now(), &figures).wait().unwrap();
        assert_eq!(ahead(&everything, 7), FileCounts { done: 5, total: 12 });
    }
}
