//! The Aircall export of the shop: two Call History files that overlap, the second saved again by a spreadsheet.

mod call;
mod plan;
mod table;

use std::collections::BTreeMap;

use call::Call;

use crate::output::{Artefact, GenerateError};
use crate::truth::Source;

/// Both files, and what is to come out of them.
pub(crate) fn make() -> Result<(Vec<Artefact>, Source), GenerateError> {
    let calls = plan::write();
    let mut truth = Source { cases: cases(&calls), ..Source::default() };
    truth.conversations = calls.iter().map(Call::expected).collect();
    let mut first: Vec<&Call> = calls.iter().filter(|call| call.files.first).collect();
    let mut second: Vec<&Call> = calls.iter().filter(|call| call.files.second).collect();
    truth.older_copies = calls.iter().filter(|call| call.files.first && call.files.second).count() as u64;
    for file in [&mut first, &mut second] {
        file.sort_by_key(|call| std::cmp::Reverse(call.start));
    }
    let as_exported = table::first(&first)?;
    let saved_again = table::second(&second)?;
    let files = vec![
        Artefact::plain("aircall/calls_history.csv", as_exported),
        Artefact::plain("aircall/calls_history_2.csv", saved_again),
    ];
    Ok((files, truth))
}

fn cases(calls: &[Call]) -> BTreeMap<&'static str, String> {
    let mut cases = BTreeMap::new();
    for call in calls {
        if let Some(case) = call.case {
            let before = cases.insert(case, call.key());
            assert!(before.is_none(), "case {case} is there twice");
        }
    }
    cases
}
