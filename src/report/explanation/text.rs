//! An explanation as people read it.

use super::{Explanation, FindingFacts, MessageFacts, Registered};
use crate::report::words::wrap;
use crate::report::{Layout, difference_words};
use crate::text;

/// Space before what belongs to a heading.
const INDENT: &str = "  ";
/// The longest text of a message that is shown.
const TEXT_MAX: usize = 2_000;

/// The explanation in sections; those without anything are left out.
pub fn explanation_text(explanation: &Explanation, layout: Layout) -> String {
    let mut out = Lines { lines: Vec::new(), width: layout.width };
    head(explanation, &mut out);
    if let Some(mapped) = &explanation.mapped {
        out.section("as Gorgias is to have it");
        let mut facts = vec![
            ("subject", mapped.subject.clone().unwrap_or_else(|| "none".to_owned())),
            ("channel", mapped.channel.to_owned()),
            ("status", mapped.status.to_owned()),
            ("customer", mapped.customer.clone().unwrap_or_else(|| format!("by {}", mapped.customer_by))),
            ("created", mapped.created.clone()),
        ];
        facts.extend(mapped.closed.clone().map(|closed| ("closed", closed)));
        facts.extend((!mapped.tags.is_empty()).then(|| ("tags", mapped.tags.join(", "))));
        out.facts(&facts);
    }
    if !explanation.messages.is_empty() {
        out.section(&text::count(explanation.messages.len() as u64, "message"));
        let rows: Vec<Vec<String>> = explanation.messages.iter().map(message_row).collect();
        out.table(&rows);
        for message in &explanation.messages {
            if let Some(text) = &message.text {
                out.line(&format!("{}:", message.key));
                out.quote(text);
            }
        }
    }
    if !explanation.requests.is_empty() {
        out.section(&text::count(explanation.requests.len() as u64, "request"));
        let rows: Vec<Vec<String>> = (explanation.requests.iter())
            .map(|request| {
                vec![
                    request.at.clone(),
                    format!("run {}", request.run),
                    request.kind.clone(),
                    request.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string()),
                    format!("{} ms", request.milliseconds),
                    request.request_id.clone().unwrap_or_default(),
                ]
            })
            .collect();
        out.table(&rows);
    }
    if !explanation.findings.is_empty() {
        out.section(&text::count(explanation.findings.len() as u64, "finding"));
        explanation.findings.iter().for_each(|finding| out.finding(finding));
    }
    if let Some(verification) = &explanation.verification {
        out.section(&format!("read back {}: {}", verification.at, verification.class.as_str()));
        for difference in &verification.differences {
            out.line(&difference_words(difference));
        }
    }
    if let Some(record) = &explanation.record {
        out.section("the record in the export");
        let pretty = serde_json::to_string_pretty(record).unwrap_or_default();
        pretty.lines().for_each(|line| out.raw(line));
    }
    for note in &explanation.notes {
        out.lines.push(note.clone());
    }
    out.lines.join("\n") + "\n"
}

fn head(explanation: &Explanation, out: &mut Lines) {
    out.lines.push(explanation.key.clone());
    if let Some(message) = &explanation.message {
        out.line(&format!("asked for its message {message}"));
    }
    if !explanation.aliases.is_empty() {
        out.line(&format!("also {}", explanation.aliases.join(", ")));
    }
    if let Some(place) = &explanation.place {
        out.line(&format!("in the export: {place}"));
    }
    match &explanation.ledger {
        Some(registered) => standing(registered, out),
        None => out.line("the ledger does not know it: nothing was sent"),
    }
}

fn standing(registered: &Registered, out: &mut Lines) {
    let state = match registered.state {
        "undone" => "taken back",
        state => state,
    };
    out.line(&format!("{state} since {}", registered.updated));
    if let Some(link) = &registered.link {
        out.line(&format!("in Gorgias: {link}"));
    }
    for taken in &registered.taken_back {
        let now = match (&taken.link, taken.purged) {
            (_, true) => "deleted for good".to_owned(),
            (Some(link), false) => format!("in the trash: {link}"),
            (None, false) => "in the trash".to_owned(),
        };
        out.line(&format!("Gorgias ticket {} was taken back {}, {now}", taken.gorgias_id, taken.at));
    }
    if registered.state == "undone" {
        out.line("the next run creates it anew");
    }
    if let Some(mapped_to) = registered.mapped_to {
        out.line(&format!("its messages go to the existing ticket {mapped_to}"));
    }
    if let Some(code) = &registered.code {
        let note = registered.note.as_deref().unwrap_or_default();
        out.line(format!("{code} {note}").trim_end());
    }
}

fn message_row(message: &MessageFacts) -> Vec<String> {
    let mut further = Vec::new();
    if message.attachments > 0 {
        further.push(text::count(message.attachments, "file"));
    }
    if !message.in_export {
        further.push("not in the export".to_owned());
    }
    vec![
        message.key.clone(),
        message.sent.clone().unwrap_or_default(),
        message.side.unwrap_or_default().to_owned(),
        message.channel.unwrap_or_default().to_owned(),
        text::count(message.text_characters.max(message.html_characters), "character"),
        message.state.unwrap_or_default().to_owned(),
        message.gorgias_id.map(|id| id.to_string()).unwrap_or_default(),
        further.join(", "),
    ]
}

struct Lines {
    lines: Vec<String>,
    width: usize,
}

impl Lines {
    fn section(&mut self, heading: &str) {
        self.lines.push(String::new());
        self.lines.push(heading.to_owned());
    }

    fn raw(&mut self, line: &str) {
        // What other people wrote must not command the terminal.
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        self.lines.push(format!("{INDENT}{line}"));
    }

    fn line(&mut self, words: &str) {
        for line in wrap(words, self.width.saturating_sub(INDENT.len()), 0) {
            self.raw(&line);
        }
    }

    fn facts(&mut self, facts: &[(&str, String)]) {
        let rows: Vec<Vec<String>> =
            facts.iter().map(|(name, value)| vec![(*name).to_owned(), value.clone()]).collect();
        self.table(&rows);
    }

    fn table(&mut self, rows: &[Vec<String>]) {
        text::columns(rows, &[]).lines().for_each(|line| self.raw(line));
    }

    fn quote(&mut self, text: &str) {
        let shown: String = text.chars().take(TEXT_MAX).collect();
        for line in shown.lines() {
            self.raw(&format!("{INDENT}{line}"));
        }
        if shown.len() < text.len() {
            self.raw(&format!("{INDENT}…"));
        }
    }

    fn finding(&mut self, finding: &FindingFacts) {
        let about = if finding.detail.is_empty() { String::new() } else { format!(" ({})", finding.detail) };
        self.line(&format!(
            "{} {} {}: {}{about}",
            finding.code, finding.severity, finding.key, finding.summary
        ));
    }
}
