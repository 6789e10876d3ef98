//! Aircall: call exports to conversations.
//!
//! Two passes over the files: the first learns what no single row can say (the order of day and month in a file, the
//! company's own lines, which rows are copies of one call), the second tells the calls. JSON (API pages, webhook logs)
//! is brought together on disk in the first and told after the rows of the second: calls, text messages in threads, AI
//! texts that become notes of their calls, and a directory that names people and lines. Invariants: nothing is read by
//! its position in a row; an instant is never guessed; a number that a spreadsheet rounded is never completed; keys and
//! findings hold ids of calls, never numbers; one call is told once, though it stands here with an id and there without.
//! Knows nothing of Gorgias. A further format of calls has to become a [`call::Call`], and the rest follows.

mod api;
mod body;
mod call;
mod clock;
mod contact_day;
mod copies;
mod directory;
mod fold;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fuzzing;
mod gathered;
mod held;
mod history;
mod insights;
mod json;
mod layout;
mod log;
mod nameless;
mod number;
mod outcome;
mod pages;
mod payloads;
mod people;
mod roster;
mod row;
mod sms;
mod sms_ticket;
mod sounds;
mod survey;
mod teller;
mod text;
mod threads;
mod ticket;
mod value;
mod words;

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

pub(super) use json::set_out;
pub use layout::is_column_name;
pub(super) use log::{LogLines, is_log};

use self::sounds::Sounds;
use self::survey::Surveyor;
use self::teller::Teller;
use super::input::{self, InputFile, Opened, Pass};
use super::{ReadContext, Record, SourceError, SourceFacts, SourceSpec};

pub(super) fn read(
    spec: &SourceSpec,
    context: &ReadContext<'_>,
    sink: &mut dyn FnMut(Record) -> ControlFlow<()>,
) -> Result<SourceFacts, SourceError> {
    let entries = input::entries(spec)?;
    let bytes = |files: &[InputFile]| files.iter().map(|file| file.bytes).sum::<u64>();
    let (all, all_bytes) = (entries.len() as u64, bytes(&entries));
    let (sounds, files) = Sounds::take(entries);
    // They are not read, and are as good as done.
    context.bytes_done.fetch_add(all_bytes - bytes(&files), Ordering::Relaxed);
    let mut surveyor = Surveyor::new(spec, context.temp_dir);
    for file in &files {
        let flow = file.for_each_stream(context, Pass::First, &mut |opened| {
            if let Opened::Stream { name, reader } = opened {
                surveyor.see(name, reader)?;
            }
            Ok(ControlFlow::Continue(()))
        })?;
        debug_assert!(flow.is_continue(), "the first pass never breaks off");
    }
    let survey = surveyor.settle()?;

    let mut teller = Teller::new(spec, context, &survey, sounds, sink)?;
    let mut flow = ControlFlow::Continue(());
    for file in &files {
        flow = file.for_each_stream(context, Pass::Second, &mut |opened| match opened {
            Opened::Stream { name, reader } => teller.tell(name, reader),
            Opened::Problem(finding) => Ok(teller.problem(finding)),
        })?;
        if flow.is_break() {
            break;
        }
    }
    if flow.is_continue() {
        teller.finish()?;
    }
    Ok(SourceFacts {
        files: all,
        bytes: all_bytes,
        people: teller.people(),
        // The CSV does not name the company.
        ..SourceFacts::default()
    })
}

#[cfg(test)]
mod tests;
