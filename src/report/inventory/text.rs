//! The inventory as people read it.

use super::InventoryDocument;
use crate::model::finding::{Code, Severity};
use crate::report::document::SourceReport;
use crate::report::terminal::{Layout, channels_text, sides_text};
use crate::report::words::{count, plural, wrap};
use crate::source::SourceKind;
use crate::text::size;

/// Where the values stand behind their labels.
const LABEL_WIDTH: usize = 10;

/// The inventory of all sources.
pub fn inventory_text(document: &InventoryDocument, layout: Layout) -> String {
    let mut lines = Vec::new();
    for source in &document.sources {
        lines.extend(entry(&source.name.to_string(), &source_text(source), layout));
    }
    if document.sources.iter().any(|source| source.messages > 0) {
        lines.extend(entry("sides", &sides_text(&document.sources), layout));
        lines.extend(entry("channels", &channels_text(&document.sources), layout));
    }
    if document.calls > 0 {
        lines.extend(entry("calls", &count(document.calls), layout));
    }
    lines.extend(entry("people", &people_text(document), layout));
    lines.extend(entry("tags", &format!("{} distinct", count(document.tags)), layout));
    lines.extend(entry("fields", &format!("{} custom, with values", count(document.fields)), layout));
    lines.extend(entry("files", &files_text(document), layout));
    for sentence in &document.cut {
        lines.extend(entry("", &format!("{}: {sentence}", Code::TableCut), layout));
    }
    if document.missing.is_empty() {
        lines.extend(entry("missing", "nothing that the files themselves would show", layout));
    }
    for (at, sentence) in document.missing.iter().enumerate() {
        lines.extend(entry(if at == 0 { "missing" } else { "" }, sentence, layout));
    }
    if let Some(findings) = findings_text(document) {
        lines.extend(entry("findings", &findings, layout));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn entry(label: &str, text: &str, layout: Layout) -> Vec<String> {
    let mut lines = wrap(text, layout.text_width() - LABEL_WIDTH, 0);
    // A long label has a line of its own.
    if label.len() >= LABEL_WIDTH {
        lines.insert(0, String::new());
    }
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    lines
        .iter()
        .zip(labels)
        .map(|(line, label)| format!("{label:LABEL_WIDTH$}{line}").trim_end().to_owned())
        .collect()
}

fn source_text(source: &SourceReport) -> String {
    let mut parts = vec![
        plural(source.tickets, "ticket", "tickets"),
        plural(source.messages, "message", "messages"),
        format!("{} ({})", plural(source.files, "file", "files"), size(source.bytes)),
    ];
    if let (Some(first), Some(last)) = (source.first, source.last) {
        let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d").to_string();
        parts.insert(2, format!("{} to {}", day(first), day(last)));
    }
    if source.kind == Some(SourceKind::Aircall) {
        // What is counted as a ticket here is a call.
        parts[0] = format!("{} (one for each call)", parts[0]);
    }
    for (number, what) in [
        (source.rejected, "cannot be imported"),
        (source.left_out, "left out"),
        (source.unreadable, "could not be read"),
    ] {
        if number > 0 {
            parts.push(format!("{} {what}", count(number)));
        }
    }
    parts.join(", ")
}

fn people_text(document: &InventoryDocument) -> String {
    let customers = plural(document.customers, "customer", "customers");
    let agents = plural(document.agents, "agent", "agents");
    match document.customers_without_address {
        0 => format!("{customers}, {agents}"),
        number => {
            let number = count(number);
            format!("{customers}, {agents}; {number} of the customers without email address and phone number")
        }
    }
}

fn files_text(document: &InventoryDocument) -> String {
    let sum = |of: fn(&SourceReport) -> u64| count(document.sources.iter().map(of).sum());
    if document.files == 0 {
        return "none".to_owned();
    }
    let size = match document.files_of_unknown_size {
        0 => size(document.file_bytes),
        all if all == document.files => "of unknown size".to_owned(),
        some => format!("{} and {} of unknown size", size(document.file_bytes), count(some)),
    };
    format!(
        "attachments {}, inline images {}, recordings {}; {size}",
        sum(|source| source.attachments),
        sum(|source| source.inline_images),
        sum(|source| source.recordings),
    )
}

fn findings_text(document: &InventoryDocument) -> Option<String> {
    let of = |severity| {
        let groups = document.findings.iter().filter(|group| group.severity == severity);
        groups.map(|group| group.count).sum::<u64>()
    };
    let warnings = of(Severity::Warn);
    let parts: Vec<String> = [
        (of(Severity::Block), "blocking"),
        (warnings, if warnings == 1 { "warning" } else { "warnings" }),
        (of(Severity::Info), "for information"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| format!("{} {what}", count(number)))
    .collect();
    (!parts.is_empty()).then(|| format!("{}; gorgias-import validate lists them", parts.join(", ")))
}
