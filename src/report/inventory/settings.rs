//! Settings of a source that its files turned out to need.

use crate::model::finding::{Code, Finding};
use crate::source::Record;

/// A setting of a `[[source]]` that only the user knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// `timezone`: clocks in the files name no time zone.
    Timezone,
    /// `date_order`: dates in the files can be read day first or month first.
    DateOrder,
}

/// What a record says to be needed.
pub(super) fn needed(record: &Record) -> impl Iterator<Item = Setting> {
    let (findings, one): (&[Finding], Option<&Finding>) = match record {
        Record::Conversation { findings, .. } => (findings, None),
        Record::Rejected(one) | Record::LeftOut(one) | Record::Unreadable(one) | Record::Remark(one) => {
            (&[], Some(one))
        }
        Record::Noted(_) => (&[], None),
    };
    findings.iter().chain(one).filter_map(|finding| match finding.code {
        Code::CallZoneMissing | Code::ZoneMissing => Some(Setting::Timezone),
        Code::AmbiguousDates => Some(Setting::DateOrder),
        _ => None,
    })
}
