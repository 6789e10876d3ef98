//! What an export does not hold, in sentences: the findings that say so, and people of whom there is only an id.

use crate::model::finding::Code;
use crate::report::document::FindingGroup;
use crate::report::words::{count, plural};

/// Findings that are about something missing, and the sentence for one and for more, with `#` for the number.
type Row = (&'static [Code], &'static str, &'static str);

/// Of tickets; what weighs most comes first.
const OF_TICKETS: &[Row] = &[
    (
        &[Code::NoComments, Code::EmptyTicket],
        "comments for # ticket are not in these files",
        "comments for # tickets are not in these files",
    ),
    (
        &[Code::OversizeNotice],
        "# ticket was too large for the export: comments are missing",
        "# tickets were too large for the export: comments are missing",
    ),
    (
        &[Code::TicketWithoutMessages],
        "# ticket is only in a table, which holds no messages",
        "# tickets are only in a table, which holds no messages",
    ),
    (
        &[Code::RepliesMissing],
        "# ticket has fewer answers than Zendesk counted",
        "# tickets have fewer answers than Zendesk counted",
    ),
    (
        &[Code::OrphanComments],
        "# comment is of a ticket that is not known, or not in these files",
        "# comments are of tickets that are not known, or not in these files",
    ),
    (
        &[Code::SidePreviewOnly],
        "# side conversation is here without its messages",
        "# side conversations are here without their messages",
    ),
];

/// Of files and records.
const OF_FILES: &[Row] = &[
    (
        &[Code::PagesUnfinished],
        "# set of API pages has no last page",
        "# sets of API pages have no last page",
    ),
    (
        &[Code::PagesMissing],
        "# set of API pages holds fewer calls than Aircall counted",
        "# sets of API pages hold fewer calls than Aircall counted",
    ),
    (
        &[Code::UnsupportedFile],
        "# file is of a kind that cannot be read",
        "# files are of a kind that cannot be read",
    ),
    (&[Code::UnknownFile], "# file is of no known kind", "# files are of no known kind"),
    (&[Code::UnknownLayout], "# CSV file has no known layout", "# CSV files have no known layout"),
    (&[Code::UnknownRecord], "# record is of no known kind", "# records are of no known kind"),
    (&[Code::RefusedArchive], "# archive was refused", "# archives were refused"),
    (
        &[Code::TruncatedFile],
        "# file ends in the middle of a record",
        "# files end in the middle of a record",
    ),
    (
        &[Code::UnreadableLine, Code::UnreadableRow, Code::UnreadableElement],
        "# line, row or element could not be read",
        "# lines, rows or elements could not be read",
    ),
    (
        &[Code::NumberDestroyed],
        "# phone number was destroyed by a spreadsheet",
        "# phone numbers were destroyed by a spreadsheet",
    ),
];

/// The sentences. `users_missing` says that no file describes people, `id_only` of how many there is nothing but an id.
pub(in crate::report) fn sentences(
    findings: &[FindingGroup],
    users_missing: bool,
    id_only: u64,
) -> Vec<String> {
    let of = |codes: &[Code]| {
        findings.iter().filter(|group| codes.contains(&group.code)).map(|group| group.count).sum::<u64>()
    };
    let told = |(codes, one, many): &Row| match of(codes) {
        0 => None,
        1 => Some(one.replace('#', "1")),
        more => Some(many.replace('#', &count(more))),
    };
    let tickets = OF_TICKETS.iter().filter_map(told);
    tickets.chain(people(users_missing, id_only)).chain(OF_FILES.iter().filter_map(told)).collect()
}

/// What is missing of people.
fn people(users_missing: bool, id_only: u64) -> Option<String> {
    let is = if id_only == 1 { "is" } else { "are" };
    let known = format!("{} {is} known by id only", plural(id_only, "person", "people"));
    match (users_missing, id_only) {
        (true, 0) => Some("no users file".to_owned()),
        (true, _) => Some(format!("no users file: {known}")),
        (false, 0) => None,
        (false, _) => Some(known),
    }
}
