//! The certificate as one HTML page.

use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::Value;

use super::{Certificate, Pledge, Verdict};
use crate::report::page::{Section, Shell, Signal, table};
use crate::text;

/// The page.
pub(in crate::report) fn certificate_page(certificate: &Certificate) -> String {
    let number = certificate.run.number;
    let shell = Shell {
        title: &format!("Import into Gorgias: certificate of run {number}"),
        what: "certificate",
        when: Some(moment(certificate.generated)),
        screen: screen(certificate),
        sections: sections(certificate),
        foot: html! {
            p { "Written " (moment(certificate.generated)) " by gorgias-import " (certificate.version)
                " from the ledger and the files of the run; the account was not asked." }
            @if certificate.redacted { p { "Redacted: without the names of the account, of sources and of files." } }
        },
    };
    shell.page()
}

/// `23 Nov 2026, 11:08 UTC`.
fn moment(at: Timestamp) -> String {
    at.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

fn screen(certificate: &Certificate) -> Markup {
    let run = &certificate.run;
    let verdict = certificate.verdict;
    let signal = match verdict {
        Verdict::Kept => Signal::Go,
        Verdict::NotProven | Verdict::Unfinished => Signal::Care,
        Verdict::Broken => Signal::Stop,
    };
    let ended = run.ended.map_or_else(|| "not ended".to_owned(), moment);
    html! {
        section.card.verdict.(signal.class()) {
            (signal.icon())
            div {
                p.kicker { "Certificate of run " (run.number) " (" (run.command) ") into " (certificate.account) ", "
                    (moment(run.started)) " to " (ended) ", " (run.state) }
                h1 { (certificate.title()) }
                @for line in certificate.reasons() { p.say { (line) } }
                @for (at, (command, meaning)) in certificate.steps().into_iter().enumerate() {
                    p.next { span.soft { @if at == 0 { "Next:" } @else { "Or:" } } code { (command) } span.soft { (meaning) } }
                }
            }
        }
    }
}

fn sections(certificate: &Certificate) -> Vec<Section> {
    let section = |id, title, content| Section { id, title, is_long: false, content };
    let mut all = vec![
        section("promises", "What was promised, and what was measured", promises(&certificate.promises)),
        section("tickets", "Where the tickets are", standing(certificate)),
    ];
    if let Some(verification) = &certificate.verification {
        all.push(section("verification", "What reading back showed", read_back(verification)));
    }
    if !certificate.sources.is_empty() {
        all.push(section("sources", "What was read", sources(certificate)));
    }
    if !certificate.findings.is_empty() {
        let findings = findings(certificate);
        all.push(Section { is_long: true, ..section("findings", "Findings and exclusions", findings) });
    }
    all.push(section("requests", "Requests", requests(certificate)));
    let ways = html! { ul.plain { @for way in &certificate.statistics { li { (way) } } } };
    all.push(section("statistics", "Leaving imported tickets out of statistics", ways));
    let steps = html! { ol.plain { @for step in &certificate.runbook.steps { li { (step) } } } };
    all.push(section("runbook", "Runbook", steps));
    let prints = table(
        "",
        &[("Of", false), ("Fingerprint", false)],
        html! {
            @for (name, value) in fingerprints(certificate) { tr { td { (name) } td { code { (value) } } } }
        },
    );
    all.push(section("fingerprints", "Fingerprints", prints));
    all
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
    table(
        "rows",
        &[("Promise", false), ("Kept", false), ("Measured", false)],
        html! {
            @for promise in promises { tr {
                th scope="row" { (promise.promise) }
                td data-label="Kept" { @match promise.holds {
                    Some(true) => span.chip.kept { "kept" },
                    Some(false) => span.chip.block { "broken" },
                    None => span.chip.info { (super::verdict::without_answer(promise)) },
                } }
                td { (promise.measured) }
            } }
        },
    )
}

fn standing(certificate: &Certificate) -> Markup {
    let tickets = &certificate.tickets;
    table(
        "",
        &[("Tickets", false), ("Number", true)],
        html! {
            @for (what, count) in [
                ("in Gorgias", tickets.in_gorgias), ("rejected", tickets.rejected), ("left out on purpose", tickets.left_out),
                ("not sent yet", tickets.pending), ("with an unknown outcome", tickets.unknown),
                ("deleted in Gorgias since", tickets.gone), ("taken back", tickets.undone), ("all", tickets.registered),
            ] { @if count > 0 || what == "all" { tr { td { (what) } td.n { (text::thousands(count)) } } } }
        },
    )
}

/// Tickets by class, and what else was compared. Documents of other versions may lack some of it.
fn read_back(verification: &Value) -> Markup {
    let (tickets, files, not) =
        (&verification["tickets"], &verification["files"], &verification["not_checked"]);
    let rows = [
        ("tickets read back", &tickets["checked"]),
        ("identical in everything that was compared", &tickets["identical"]),
        ("equal after normalisation", &tickets["normalised"]),
        ("with something that is not as it was sent", &tickets["differs"]),
        ("missing or without a message", &tickets["missing"]),
        ("with something that nobody imported", &tickets["extra"]),
        ("not in the sample", &not["not_sampled"]),
        ("ratings compared", &verification["ratings"]),
        ("files compared by name, address and size", &files["compared"]),
        ("files read back and compared by content", &files["hashed"]),
        ("files that could not be had, named in their messages", &files["gaps"]),
        ("files that stayed links", &files["links"]),
    ];
    let words = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let at = words(&verification["started"]).parse::<Timestamp>().ok().map(moment);
    let rows = html! {
        @for (what, count) in rows { @if let Some(count) = count.as_u64().filter(|count| *count > 0) {
            tr { td { (what) } td.n { (text::thousands(count)) } }
        } }
    };
    html! {
        p { (words(&verification["verdict"])) }
        @if let Some(at) = at { p.soft { "Begun " (at) "." } }
        (table("", &[("What", false), ("Number", true)], rows))
    }
}

fn sources(certificate: &Certificate) -> Markup {
    let heads = [
        ("Source", false),
        ("Tickets", true),
        ("Messages", true),
        ("Rejected", true),
        ("Left out", true),
        ("Unreadable", true),
    ];
    table(
        "rows",
        &heads,
        html! { @for it in &certificate.sources { tr {
            th scope="row" { (it.name) }
            @for ((head, _), count) in heads[1..].iter().zip([it.tickets, it.messages, it.rejected, it.left_out, it.unreadable]) {
                td.n data-label=(head) { (text::thousands(count)) }
            }
        } } },
    )
}

fn findings(certificate: &Certificate) -> Markup {
    html! { @for it in &certificate.findings {
        article.finding {
            h3 { span.chip.(it.severity) { (it.severity) } code { (it.code) } span.count { (text::count(it.count, "record")) } }
            p { (it.summary) }
            p.soft { (it.remedy) }
        }
    } }
}

fn requests(certificate: &Certificate) -> Markup {
    let heads = [("For", false), ("Requests", true), ("429", true), ("Faults", true)];
    table(
        "",
        &heads,
        html! { @for it in &certificate.requests { tr {
            td { (it.kind) }
            @for count in [it.count, it.throttled, it.faults] { td.n { (text::thousands(count)) } }
        } } },
    )
}
