//! What an export does not hold, in sentences: the findings that say so, and people of whom there is only an id.

use crate::model::finding::Code;
use crate::report::document::FindingGroup;
use crate::report::words::{count, plural};

/// The sentences, what weighs most first.
pub(super) fn sentences(findings: &[FindingGroup], users_missing: bool, id_only: u64) -> Vec<String> {
    let of = |code: Code| findings.iter().find(|group| group.code == code).map_or(0, |group| group.count);
    let mut told = Vec::new();
    let mut tell = |number: u64, sentence: &dyn Fn(String) -> String| {
        if number > 0 {
            told.push(sentence(count(number)));
        }
    };
    let tickets = |number: u64| if number == 1 { "ticket" } else { "tickets" };
    let without = of(Code::NoComments) + of(Code::EmptyTicket);
    tell(without, &|n| format!("comments for {n} {} are not in these files", tickets(without)));
    let oversize = of(Code::OversizeNotice);
    tell(oversize, &|n| {
        format!("{n} {} too large for the export: comments are missing", {
            if oversize == 1 { "ticket was" } else { "tickets were" }
        })
    });
    let orphans = of(Code::OrphanComments);
    tell(orphans, &|n| {
        format!("comments of {n} {} whose own record is in none of the files", tickets(orphans))
    });
    let pages = of(Code::PagesMissing);
    tell(pages, &|n| format!("{n} sets of API pages hold fewer calls than Aircall counted"));
    if users_missing {
        told.push(match id_only {
            0 => "no users file".to_owned(),
            1 => "no users file: 1 person is known by id only".to_owned(),
            more => format!("no users file: {} people are known by id only", count(more)),
        });
    } else if id_only > 0 {
        let is = if id_only == 1 { "is" } else { "are" };
        told.push(format!("{} {is} known by id only", plural(id_only, "person", "people")));
    }
    for (code, one, many) in [
        (
            Code::UnsupportedFile,
            "file is of a kind that cannot be read",
            "files are of a kind that cannot be read",
        ),
        (Code::UnknownFile, "file is of no known kind", "files are of no known kind"),
        (Code::UnknownLayout, "CSV file has no known layout", "CSV files have no known layout"),
        (Code::UnknownRecord, "record is of no known kind", "records are of no known kind"),
        (Code::RefusedArchive, "archive was refused", "archives were refused"),
        (Code::TruncatedFile, "file ends in the middle of a record", "files end in the middle of a record"),
        (Code::UnreadableLine, "line could not be read", "lines could not be read"),
        (Code::UnreadableRow, "CSV row could not be read", "CSV rows could not be read"),
        (
            Code::NumberDestroyed,
            "phone number was destroyed by a spreadsheet",
            "phone numbers were destroyed by a spreadsheet",
        ),
    ] {
        let number = of(code);
        if number > 0 {
            told.push(plural(number, one, many));
        }
    }
    told
}
