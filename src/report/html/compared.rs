//! What a run would do with this export against the ledger that is there.

use maud::{Markup, html};

use super::table;
use crate::report::compared::Compared;
use crate::report::words::count;

pub(super) fn section(compared: &Compared) -> Markup {
    let rows = [
        ("Create", compared.create, "not in Gorgias yet"),
        ("Append", compared.append, "in Gorgias, with new messages in the export"),
        ("Update", compared.update, "in Gorgias, with another status, assignee or other tags in the export"),
        ("Unchanged", compared.unchanged, "nothing to do, and no call"),
    ];
    html! {
        p.soft { "An import has begun; every ticket of the export is in one of these lines." }
        (table("", &[("Tickets", false), ("Number", true), ("Meaning", false)], html! {
            @for (name, number, meaning) in rows {
                tr { th scope="row" { (name) } td.n { (count(number)) } td.soft { (meaning) } }
            }
        }))
        @if compared.conflict > 0 {
            p { (count(compared.conflict)) " of them have a change that is told and not carried out: another text, a message that \
                is missing now, or keys that cannot be joined. The findings below name them." }
        }
    }
}
