//! The certificate as one HTML page: no scripts, nothing loaded from anywhere.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Certificate, Pledge};
use crate::text;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c2024;--soft:#5c6670;--line:#d9dee3;--page:#fff;--good:#1b6e3c;--bad:#b3261e}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#9aa5b0;--line:#343b42;--page:#16191c;--good:#7fd6a0;--bad:#ff8a80}}\
body{margin:2rem auto;padding:0 1rem;max-width:52rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page)}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}.soft{color:var(--soft)}\
table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.kept{color:var(--good)}.broken{color:var(--bad);font-weight:600}\
.wide{overflow-x:auto}code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}li{margin:.4rem 0}\
@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}";

/// The page.
pub(in crate::report) fn certificate_page(certificate: &Certificate) -> String {
    let run = &certificate.run;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { "gorgias-import: certificate of run " (run.number) }
                style { (PreEscaped(STYLE)) }
            }
            body { main {
                h1 { "Certificate of run " (run.number) }
                p { "Import into " (certificate.account) " (" (run.command) "), " (format!("{:.0}", run.started)) " to "
                    (run.ended.map_or_else(|| "not ended".to_owned(), |ended| format!("{ended:.0}"))) ", " (run.state) "." }
                p.soft { "Written " (format!("{:.0}", certificate.generated)) " by gorgias-import " (certificate.version) "." }
                h2 { "What was promised, and what was measured" }
                (promises(&certificate.promises))
                h2 { "Where the tickets are" }
                (standing(certificate))
                (sources(certificate))
                (findings(certificate))
                h2 { "Requests" }
                (requests(certificate))
                h2 { "Leaving imported tickets out of statistics" }
                ul { @for way in &certificate.statistics { li { (way) } } }
                h2 { "Runbook" }
                ol { @for step in &certificate.runbook.steps { li { (step) } } }
                h2 { "Fingerprints" }
                table { tbody {
                    @for (name, value) in fingerprints(certificate) { tr { td { (name) } td { code { (value) } } } }
                } }
            } }
        }
    };
    page.into_string()
}

/// Fingerprints by name.
pub(super) fn fingerprints(certificate: &Certificate) -> Vec<(&'static str, &str)> {
    let prints = &certificate.fingerprints;
    let told = |print: &'_ Option<String>| print.is_some();
    let mut all = vec![("ledger", prints.ledger.as_str())];
    if told(&prints.config) {
        all.insert(0, ("config", prints.config.as_deref().unwrap_or_default()));
    }
    if told(&prints.export) {
        all.insert(0, ("export", prints.export.as_deref().unwrap_or_default()));
    }
    all
}

fn promises(promises: &[Pledge]) -> Markup {
    html! {
        div.wide { table {
            thead { tr { th scope="col" { "promise" } th scope="col" { "measured" } th scope="col" { "" } } }
            tbody { @for promise in promises { tr {
                td { (promise.promise) }
                td { (promise.measured) }
                @match promise.holds {
                    Some(true) => td.kept { "kept" },
                    Some(false) => td.broken { "broken" },
                    None => td.soft { "no proof" },
                }
            } } }
        } }
    }
}

fn standing(certificate: &Certificate) -> Markup {
    let tickets = &certificate.tickets;
    html! {
        table { tbody {
            @for (what, count) in [
                ("in Gorgias", tickets.in_gorgias), ("rejected", tickets.rejected), ("left out on purpose", tickets.left_out),
                ("not sent yet", tickets.pending), ("with an unknown outcome", tickets.unknown),
                ("deleted in Gorgias since", tickets.gone), ("taken back", tickets.undone), ("all", tickets.registered),
            ] { tr { td { (what) } td.n { (text::thousands(count)) } } }
        } }
    }
}

fn sources(certificate: &Certificate) -> Markup {
    html! {
        @if !certificate.sources.is_empty() {
            h2 { "What was read" }
            div.wide { table {
                thead { tr { th scope="col" { "source" }
                    @for head in ["tickets", "messages", "rejected", "left out", "unreadable"] { th.n scope="col" { (head) } } } }
                tbody { @for it in &certificate.sources { tr {
                    td { (it.name) }
                    @for count in [it.tickets, it.messages, it.rejected, it.left_out, it.unreadable] {
                        td.n { (text::thousands(count)) }
                    }
                } } }
            } }
        }
    }
}

fn findings(certificate: &Certificate) -> Markup {
    html! {
        @if !certificate.findings.is_empty() {
            h2 { "Findings and exclusions" }
            div.wide { table {
                thead { tr { th scope="col" { "code" } th scope="col" { "" } th.n scope="col" { "records" }
                    th scope="col" { "what" } th scope="col" { "remedy" } } }
                tbody { @for it in &certificate.findings { tr {
                    td { code { (it.code) } }
                    td { (it.severity) }
                    td.n { (text::thousands(it.count)) }
                    td { (it.summary) }
                    td.soft { (it.remedy) }
                } } }
            } }
        }
    }
}

fn requests(certificate: &Certificate) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "for" } @for head in ["requests", "429", "faults"] { th.n scope="col" { (head) } } } }
            tbody { @for it in &certificate.requests { tr {
                td { (it.kind) }
                @for count in [it.count, it.throttled, it.faults] { td.n { (text::thousands(count)) } }
            } } }
        }
    }
}
