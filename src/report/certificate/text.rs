//! The certificate as people read it on a terminal.

use super::{Certificate, Pledge, Verdict};
use crate::report::Layout;
use crate::report::words::wrap;
use crate::text;

/// Codes that are listed; the files have all.
const FINDINGS_MAX: usize = 12;

/// The certificate in sections.
pub fn certificate_text(certificate: &Certificate, layout: Layout) -> String {
    let width = layout.width;
    let mut lines = Vec::new();
    let mut say = |words: &str, indent: usize| {
        let pad = " ".repeat(indent);
        if words.is_empty() {
            lines.push(String::new());
        }
        lines.extend(
            wrap(words, width.saturating_sub(indent), 0).into_iter().map(|line| format!("{pad}{line}")),
        );
    };
    let run = &certificate.run;
    say(&format!("Certificate of run {} ({}) into {}", run.number, run.command, certificate.account), 0);
    let ended = run.ended.map_or_else(|| "not ended".to_owned(), |ended| format!("{ended:.0}"));
    say(
        &format!(
            "{:.0} to {ended}, {}; written {:.0} by {}",
            run.started, run.state, certificate.generated, certificate.version
        ),
        0,
    );
    say(&format!("{}.", certificate.title()), 0);
    if certificate.verdict == Verdict::Unfinished {
        certificate.reasons().iter().for_each(|line| say(line, 0));
    }
    for promise in &certificate.promises {
        say("", 0);
        say(&format!("{}: {}", mark(promise), promise.promise), 0);
        say(&promise.measured, 4);
    }
    if !certificate.findings.is_empty() {
        say("", 0);
        say("findings", 0);
        for finding in certificate.findings.iter().take(FINDINGS_MAX) {
            let count = text::thousands(finding.count);
            say(&format!("{} {} {count}: {}", finding.code, finding.severity, finding.summary), 4);
        }
        let more = certificate.findings.len().saturating_sub(FINDINGS_MAX);
        if more > 0 {
            say(&format!("and {}", text::count(more as u64, "more code")), 4);
        }
    }
    say("", 0);
    say("leaving imported tickets out of statistics", 0);
    certificate.statistics.iter().for_each(|way| say(way, 4));
    say("", 0);
    say("runbook", 0);
    for (step, number) in certificate.runbook.steps.iter().zip(1..) {
        say(&format!("{number}. {step}"), 4);
    }
    say("", 0);
    say("fingerprints", 0);
    for (name, value) in super::html::fingerprints(certificate) {
        say(&format!("{name}  {value}"), 4);
    }
    lines.join("\n") + "\n"
}

fn mark(promise: &Pledge) -> &'static str {
    match promise.holds {
        Some(true) => "kept",
        Some(false) => "BROKEN",
        None => super::verdict::without_answer(promise),
    }
}
