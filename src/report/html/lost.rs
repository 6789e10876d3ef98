//! What would not arrive: what is blocked, unreadable or left out, and what the export itself lacks.

use maud::{Markup, html};

use super::table;
use crate::report::document::{Totals, ValidationDocument};
use crate::report::words::count;

/// A class of records that do not arrive: what it is, how many, what it means.
type Row = (&'static str, fn(&Totals) -> u64, &'static str);

const ROWS: &[Row] = &[
    ("Blocked records", |t| t.rejected, "cannot be imported as they are; correct them, or they stay behind"),
    (
        "Blocked messages",
        |t| t.rejected_messages,
        "their tickets are imported without them; correct them, or they stay behind",
    ),
    ("Unreadable lines", |t| t.unreadable, "are damaged in the files; what stood in them is not known"),
    ("Left out on purpose", |t| t.left_out, "deleted tickets, spam, older copies and what you chose to skip"),
    ("Outside of the selection", |t| t.not_selected, "not asked for on the command line"),
];

pub(super) fn section(document: &ValidationDocument) -> Markup {
    let totals = &document.totals;
    let rows: Vec<(&str, u64, &str)> =
        ROWS.iter().map(|(name, number, meaning)| (*name, number(totals), *meaning)).collect();
    let missing = &document.overview.missing;
    html! {
        p.soft { "Every record of the export is counted once: imported, or in one of these lines." }
        (table("", &[("What", false), ("Records", true), ("Meaning", false)], html! {
            @for (name, number, meaning) in rows { @if number > 0 || name.starts_with("Blocked r") || name.starts_with("Unr") {
                tr { th scope="row" { (name) } td.n { (count(number)) } td.soft { (meaning) } }
            } }
        }))
        h3 style="margin-top:1.1rem" { "Is the export complete?" }
        @if missing.is_empty() {
            p { "Nothing was found missing: every ticket has its messages, and every set of files its end." }
        } @else {
            ul.plain { @for sentence in missing { li { (sentence) } } }
            p.soft { "The findings below name the tickets, and how to get the rest." }
        }
    }
}
