//! The findings by code: how many, what to do, where some of them are. However many there are, the page stays short.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::model::finding::Severity;
use crate::report::csv::severity_name;
use crate::report::document::{Example, FindingGroup, ValidationDocument};
use crate::report::words::{count, plural};

/// Examples that are seen at once; the others unfold.
const OPEN: usize = 3;

pub(super) fn section(document: &ValidationDocument, findings_csv: Option<&str>) -> Markup {
    let findings = &document.findings;
    let of = |severity| {
        findings.iter().filter(move |group| group.severity == severity).map(|group| group.count).sum::<u64>()
    };
    html! {
        @if findings.is_empty() { p { "None." } } @else {
            p.soft {
                (counted([of(Severity::Block), of(Severity::Warn), of(Severity::Info)])) " Of each kind the first few are shown" @if document.is_cut() {
                    "; " @match findings_csv {
                        Some(name) => { "all of them are in " a href=(relative(name)) { (name) } }
                        None => { "all of them: " code { "gorgias-import validate --report findings.csv" } }
                    }
                } "."
            }
        }
        @for group in findings { (finding(group, findings_csv)) }
    }
}

/// How many findings there are of each gravity, in a sentence.
fn counted([block, warn, info]: [u64; 3]) -> String {
    let parts = [(block, "block a record"), (warn, "warn"), (info, "are for your information")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", count(number)))
        .collect();
    parts.join(", ") + "."
}

/// A name in the same folder, as a link writes it.
fn relative(name: &str) -> String {
    let mut link = String::from("./");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            link.push(char::from(byte));
        } else {
            write!(link, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    link
}

fn finding(group: &FindingGroup, findings_csv: Option<&str>) -> Markup {
    let open = group.examples.len().min(OPEN);
    let (first, rest) = group.examples.split_at(open);
    let more = group.count.saturating_sub(group.examples.len() as u64);
    html! {
        article.finding id=(group.code) {
            h3 {
                span.chip.(severity_name(group.severity)) { (severity_name(group.severity)) }
                code { (group.code) }
                span.count { (plural(group.count, "record", "records")) }
            }
            p { (capital(&group.summary)) }
            p.soft { "What to do: " (group.remedy) }
            @if !first.is_empty() { ul { @for example in first { li { (place(example)) } } } }
            @if !rest.is_empty() {
                details {
                    summary { (plural(rest.len() as u64, "more example", "more examples")) }
                    ul { @for example in rest { li { (place(example)) } } }
                }
            }
            @if more > 0 {
                p.soft { "and " (count(more)) " more" @if let Some(name) = findings_csv { " in " a href=(relative(name)) { (name) } } }
            }
        }
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn place(example: &Example) -> Markup {
    html! {
        @if let Some(key) = &example.key { code { (key) } " " }
        @if let Some(place) = example.place() { span.place { (super::place_text(&place)) } " " }
        @if let Some(detail) = &example.detail { (detail) }
    }
}
