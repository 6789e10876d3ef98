//! The threads that are worth opening after a rehearsal: the longest, and those with the most to say.

use maud::{Markup, html};

use super::{place_text, table};
use crate::report::overview::{Overview, Thread};
use crate::report::words::{count, plural};

pub(super) fn section(overview: &Overview) -> Option<Markup> {
    if overview.longest.is_empty() {
        return None;
    }
    Some(html! {
        p.soft { "Keys and places only; after a rehearsal they can be opened there." }
        h3 style="margin-top:.8rem" { "The longest" }
        (table("rows", &[("Ticket", false), ("Messages", true), ("Files", true), ("Over", true), ("Where", false)], html! {
            @for thread in &overview.longest { tr {
                th scope="row" { code { (thread.key) } }
                td.n data-label="Messages" { (count(thread.messages)) }
                td.n data-label="Files" { (count(thread.files)) }
                td.n data-label="Over" { (days(thread)) }
                td.place { (place_text(&thread.place())) }
            } }
        }))
        @if !overview.ugliest.is_empty() {
            h3 style="margin-top:1.3rem" { "The ugliest: the most to say about them" }
            (table("rows", &[("Ticket", false), ("Findings", true), ("What", false), ("Where", false)], html! {
                @for thread in &overview.ugliest { tr {
                    th scope="row" { code { (thread.key) } }
                    td.n data-label="Findings" { (count(thread.findings)) }
                    td.codes { @for code in &thread.codes { a href=(format!("#{code}")) { code { (code) } } " " } }
                    td.place { (place_text(&thread.place())) }
                } }
            }))
        }
    })
}

fn days(thread: &Thread) -> String {
    if thread.days == 0 { "a day".to_owned() } else { plural(thread.days, "day", "days") }
}
