//! The validation report as one HTML page: no scripts, nothing loaded from anywhere, light or dark as the reader has it.
//! Every text is escaped by the template; the policy in the head forbids all loading in case one is not.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::csv::severity_name;
use super::document::{Example, FindingGroup, SourceReport, ValidationDocument};
use super::terminal::{
    calls_text, channels_text, files_text, next_step, sides_text, source_facts, time_text, validation_verdict,
};
use super::words::{count, plural};

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c2024;--soft:#5c6670;--line:#d9dee3;--page:#fff;--block:#b3261e;--warn:#8a5a00;--info:#3b5b7a}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#9aa5b0;--line:#343b42;--page:#16191c;--block:#ff8a80;--warn:#ffc766;--info:#9cc3e6}}\
body{margin:2rem auto;padding:0 1rem;max-width:60rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page)}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}.verdict{font-size:1.15rem}.soft{color:var(--soft)}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}\
th:first-child,td:first-child{text-align:left}dt{font-weight:600}dd{margin:0 0 .5rem}\
article{border-left:4px solid var(--info);padding:.1rem 0 .1rem 1rem;margin:1.2rem 0}article h3{font-size:1rem;margin:0}\
article.block{border-color:var(--block)}article.warn{border-color:var(--warn)}\
.severity{text-transform:uppercase;font-size:.8rem;letter-spacing:.04em}.block .severity{color:var(--block)}.warn .severity{color:var(--warn)}.info .severity{color:var(--info)}\
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}ul{margin:.3rem 0;padding-left:1.2rem}li{overflow-wrap:anywhere}\
td,th{font-variant-numeric:tabular-nums}th{white-space:nowrap}td .soft{min-width:14rem}\
@media(max-width:40rem){body{margin:1rem auto}th,td{padding:.3rem .35rem;font-size:.9rem}td .soft{min-width:11rem}}";

/// The page. Holds what the terminal shows, with all examples.
pub fn validation_page(document: &ValidationDocument) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { "gorgias-import: validation" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { "Validation" }
                    p.verdict { (validation_verdict(document)) }
                    p.soft { (next_step(document)) }
                    (sources_section(&document.sources))
                    (plan_section(document))
                    (findings_section(&document.findings))
                }
            }
        }
    };
    page.into_string()
}

fn sources_section(sources: &[SourceReport]) -> Markup {
    html! {
        h2 { "Sources" }
        div.wide { table {
            thead { tr {
                @for head in ["source", "tickets", "messages", "rejected", "left out", "unreadable"] { th scope="col" { (head) } }
            } }
            tbody { @for source in sources { tr {
                td { strong { (source.name) } div.soft { (source_facts(source).join(", ")) } }
                @for number in [source.tickets, source.messages, source.rejected, source.left_out, source.unreadable] {
                    td { (count(number)) }
                }
            } } }
        } }
        dl {
            dt { "Messages by side" } dd { (sides_text(sources)) }
            dt { "Messages by channel" } dd { (channels_text(sources)) }
        }
    }
}

fn plan_section(document: &ValidationDocument) -> Markup {
    html! {
        h2 { "Calls and time" }
        @if let Some(files) = files_text(document) { p { "Files: " (files) "." } }
        p { (calls_text(document)) "; " (time_text(document)) "." }
    }
}

fn findings_section(findings: &[FindingGroup]) -> Markup {
    html! {
        h2 { "Findings" }
        @if findings.is_empty() { p { "None." } }
        @for group in findings {
            article class=(severity_name(group.severity)) {
                h3 {
                    span.severity { (severity_name(group.severity)) } " " code { (group.code) } " "
                    (group.summary) " (" (plural(group.count, "record", "records")) ")"
                }
                p { "What to do: " (group.remedy) }
                @if !group.examples.is_empty() {
                    ul { @for example in &group.examples { li { (example_item(example)) } } }
                }
                @if group.count > group.examples.len() as u64 {
                    p.soft { "and " (count(group.count - group.examples.len() as u64)) " more, all in findings.csv" }
                }
            }
        }
    }
}

fn example_item(example: &Example) -> Markup {
    html! {
        @if let Some(key) = &example.key { code { (key) } " " }
        @if let Some(place) = example.place() { span.soft { (place) } " " }
        @if let Some(detail) = &example.detail { (detail) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    #[test]
    fn the_page_shows_everything_and_loads_nothing() {
        let page = validation_page(&examples::document());
        for text in [
            "1,201 tickets with 3,601 messages",
            "GI-A003",
            "correct the row",
            "aircall:call:2700000001",
            "do host",
        ] {
            assert_eq!(page.contains(text), text != "do host", "{text}");
        }
        for forbidden in ["<script", "http://", "https://", "src=", "href=", "url(", "@import"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        assert!(page.contains("prefers-color-scheme:dark"));
    }

    #[test]
    fn texts_of_the_export_are_escaped() {
        let mut document = examples::document();
        let example = &mut document.findings[0].examples[0];
        example.detail = Some("<script>alert(1)</script>".to_owned());
        example.file = Some("<img src=x onerror=y>".to_owned());
        let page = validation_page(&document);
        assert!(!page.contains("<script") && !page.contains("<img"));
        assert!(page.contains("&lt;script&gt;alert(1)"));
    }
}
