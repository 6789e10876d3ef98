//! The document as people read it.

use super::{DifferentTicket, NotChecked, Outcome, VerificationDocument};
use crate::model::verification::Difference;
use crate::text;

/// Tickets that are shown to people.
const SHOWN_MAX: usize = 10;
/// Differences of one ticket that are shown to people.
const SHOWN_EACH: usize = 3;

/// The document as people read it.
pub fn verification_text(document: &VerificationDocument) -> String {
    let tickets = &document.tickets;
    let mut rows = vec![vec!["checked".to_owned(), text::thousands(tickets.checked)]];
    for (name, count) in [
        ("identical", tickets.identical),
        ("normalised", tickets.normalised),
        ("differs", tickets.differs),
        ("missing", tickets.missing),
        ("extra", tickets.extra),
    ] {
        rows.push(vec![format!("  {name}"), text::thousands(count)]);
    }
    let mut lines = Vec::new();
    lines.extend(left_words(&document.not_checked));
    lines.extend(file_words(document));
    if document.presence_only > 0 {
        let count = text::count(document.presence_only, "ticket");
        lines.push(format!("{count} only by presence where the export does not have what was sent"));
    }
    document.differences.iter().take(SHOWN_MAX).for_each(|ticket| lines.extend(ticket_lines(ticket)));
    let more = tickets.different().saturating_sub(document.differences.len().min(SHOWN_MAX) as u64);
    if more > 0 {
        lines.push(format!("and {}", text::count(more, "more ticket")));
    }
    let any = tickets.different() > 0 || document.outcome() != Outcome::AsSent || document.files.tickets > 0;
    if let Some(path) = document.differences_csv.as_deref().filter(|_| any) {
        lines.push(format!("all of it, line by line: {path}"));
    }
    lines.push(document.verdict.clone());
    let table = text::columns(&rows, &[text::Align::Left, text::Align::Right]);
    format!("{table}{}\n", lines.join("\n"))
}

/// What was not checked; nothing where all was.
fn left_words(not: &NotChecked) -> Option<String> {
    let left: Vec<String> = [
        (not.not_reached, "not reached"),
        (not.not_sampled, "not in the sample"),
        (not.pending, "not sent yet"),
        (not.unknown, "with an unknown outcome"),
        (not.rejected, "rejected"),
        (not.left_out, "left out on purpose"),
        (not.gone, "deleted in Gorgias before"),
        (not.undone, "taken back"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", text::thousands(count)))
    .collect();
    (!left.is_empty()).then(|| format!("not checked: {}", left.join(", ")))
}

/// What was compared beside messages; nothing where there is none of it.
fn file_words(document: &VerificationDocument) -> Option<String> {
    let (files, ratings) = (&document.files, document.ratings);
    let mut parts = Vec::new();
    if files.compared > 0 {
        let how = match files.hashed {
            0 => "by name, address and size; --files reads them back and compares their contents".to_owned(),
            hashed => format!("by name, address and size, {} of them by content", text::thousands(hashed)),
        };
        parts.push(format!("{} {how}", text::count(files.compared, "file")));
    }
    if ratings > 0 {
        parts.push(text::count(ratings, "rating"));
    }
    (!parts.is_empty()).then(|| format!("compared as well: {}", parts.join(", ")))
}

fn ticket_lines(ticket: &DifferentTicket) -> Vec<String> {
    let mut lines = vec![format!("{}  {}  {}", ticket.class.as_str(), ticket.key, ticket.link)];
    let grave = ticket.details.iter().filter(|difference| difference.class.is_difference());
    lines.extend(
        grave.clone().take(SHOWN_EACH).map(|difference| format!("    {}", difference_words(difference))),
    );
    let more = grave.count().saturating_sub(SHOWN_EACH);
    if more > 0 {
        lines.push(format!("    and {}", text::count(more as u64, "more difference")));
    }
    lines
}

/// A difference in a line.
pub fn difference_words(difference: &Difference) -> String {
    let of = difference.message.as_deref().map_or_else(String::new, |key| format!(" of {key}"));
    let expected = difference.expected.as_str();
    // What is not there was expected to be.
    let is_told = !matches!(expected, "" | "there" | "nothing" | "there once");
    let should = if is_told { format!(", expected {expected}") } else { String::new() };
    format!("{}{of}: {}{should}", difference.what.as_str(), difference.found)
}
