//! What reading back showed: the document, the sentence, the list of differences.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::model::cell::guarded;
use crate::model::verification::{Aspect, Difference, MatchClass};
use crate::text;

/// Tickets that the document lists at most; `differences.csv` has all of them.
pub const LISTED_MAX: usize = 1_000;

/// The columns of `differences.csv`, in order.
const COLUMNS: [&str; 8] = ["class", "key", "gorgias_id", "link", "what", "message", "expected", "found"];

/// Tickets by class; each is in exactly one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClassCounts {
    /// All of them.
    pub checked: u64,
    /// As they were sent.
    pub identical: u64,
    /// The same after normalisation.
    pub normalised: u64,
    /// With something that is not as it was sent.
    pub differs: u64,
    /// Not there, or without a message.
    pub missing: u64,
    /// With something beside that nobody imported.
    pub extra: u64,
}

impl ClassCounts {
    /// Counts a ticket.
    pub fn add(&mut self, class: MatchClass) {
        self.checked += 1;
        *match class {
            MatchClass::Identical => &mut self.identical,
            MatchClass::Normalised => &mut self.normalised,
            MatchClass::Extra => &mut self.extra,
            MatchClass::Differs => &mut self.differs,
            MatchClass::Missing => &mut self.missing,
        } += 1;
    }

    /// Tickets that somebody has to look at.
    pub fn different(&self) -> u64 {
        self.differs + self.missing + self.extra
    }
}

/// Tickets of the selection that were not checked, by where the ledger has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NotChecked {
    /// Not sent yet.
    pub pending: u64,
    /// Sent with an unknown outcome.
    pub unknown: u64,
    /// Refused.
    pub rejected: u64,
    /// Deleted in Gorgias, as the ledger knows.
    pub gone: u64,
    /// Taken back by this tool.
    pub undone: u64,
    /// In Gorgias and not in the sample.
    pub not_sampled: u64,
}

/// What a sample proves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SampleProof {
    /// Tickets from which it was drawn.
    pub population: u64,
    /// Tickets drawn.
    pub size: u64,
    /// What draws the same again.
    pub seed: u64,
    /// With this confidence, in percent, …
    pub confidence_percent: f64,
    /// … at most so many of the population differ …
    pub at_most: u64,
    /// … which is this share, in percent.
    pub at_most_percent: f64,
}

/// A ticket that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DifferentTicket {
    /// Its key.
    pub key: String,
    /// Its Gorgias id.
    pub gorgias_id: u64,
    /// Where it can be looked at.
    pub link: String,
    /// Its class.
    pub class: MatchClass,
    /// What differs.
    pub details: Vec<Difference>,
}

/// What `verify --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VerificationDocument {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    /// The account's name.
    pub account: String,
    /// The last run before it.
    pub run: Option<u64>,
    /// Classes.
    pub tickets: ClassCounts,
    /// What was not checked.
    pub not_checked: NotChecked,
    /// Tickets of which the export does not have everything that was sent, so that of some of it only the presence was
    /// checked.
    pub presence_only: u64,
    /// Tickets by what was the same only after normalisation.
    pub normalised_by: BTreeMap<Aspect, u64>,
    /// Where a sample was checked.
    pub sample: Option<SampleProof>,
    /// Whether second tickets under one key, and tickets under keys that the ledger does not know, were looked for.
    pub looked_for_strangers: bool,
    /// Requests that it took.
    pub calls: u64,
    /// How long it took.
    pub elapsed_seconds: f64,
    /// The sentence for people.
    pub verdict: String,
    /// The list of all differences.
    pub differences_csv: Option<String>,
    /// What differs; the first [`LISTED_MAX`] tickets.
    pub differences: Vec<DifferentTicket>,
}

impl VerificationDocument {
    /// A document about this account; the rest is filled in as it becomes known.
    pub fn new(account: &str, run: Option<u64>) -> Self {
        Self {
            v: 1,
            kind: "verification",
            account: account.to_owned(),
            run,
            tickets: ClassCounts::default(),
            not_checked: NotChecked::default(),
            presence_only: 0,
            normalised_by: BTreeMap::new(),
            sample: None,
            looked_for_strangers: false,
            calls: 0,
            elapsed_seconds: 0.0,
            verdict: String::new(),
            differences_csv: None,
            differences: Vec::new(),
        }
    }

    /// Counts a ticket that is as it should be, and what had to be normalised for it.
    pub fn count(&mut self, class: MatchClass, differences: &[Difference]) {
        self.tickets.add(class);
        let mut aspects: Vec<Aspect> = (differences.iter())
            .filter(|difference| difference.class == MatchClass::Normalised)
            .map(|difference| difference.what)
            .collect();
        aspects.sort_unstable();
        aspects.dedup();
        for aspect in aspects {
            *self.normalised_by.entry(aspect).or_default() += 1;
        }
    }

    /// The same without the list, for the ledger.
    #[must_use]
    pub fn in_short(&self) -> Self {
        Self { differences: Vec::new(), ..self.clone() }
    }
}

/// The sentence that says how it stands.
pub fn verification_verdict(document: &VerificationDocument) -> String {
    let tickets = &document.tickets;
    let mut verdict = if tickets.checked == 0 {
        "Nothing was checked: the ledger has no ticket of this selection in Gorgias.".to_owned()
    } else if tickets.different() == 0 {
        let how = match (tickets.identical, tickets.normalised) {
            (_, 0) => "identical in everything that was compared".to_owned(),
            (identical, normalised) => {
                format!(
                    "{} identical, {} equal after normalisation",
                    text::thousands(identical),
                    text::thousands(normalised)
                )
            }
        };
        format!("{} as sent: {how}.", are_in_gorgias(tickets.checked))
    } else {
        let parts: Vec<String> = [
            (tickets.missing, "missing or without a message"),
            (tickets.differs, "with something that is not as it was sent"),
            (tickets.extra, "with something that nobody imported"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", text::thousands(count)))
        .collect();
        format!(
            "{} of {} checked {} not as sent: {}.",
            text::thousands(tickets.different()),
            text::count(tickets.checked, "ticket"),
            if tickets.different() == 1 { "is" } else { "are" },
            parts.join(", ")
        )
    };
    if let Some(sample) = &document.sample {
        verdict.push(' ');
        verdict.push_str(&proof(sample));
    }
    verdict
}

fn are_in_gorgias(checked: u64) -> String {
    if checked == 1 {
        "The one ticket checked is in Gorgias".to_owned()
    } else {
        format!("All {} checked are in Gorgias", text::count(checked, "ticket"))
    }
}

/// What the sample proves, in words.
fn proof(sample: &SampleProof) -> String {
    if sample.size >= sample.population {
        return "The sample is all there is, so this is certain.".to_owned();
    }
    format!(
        "With {} % confidence at most {} % of the {} differ ({} of them).",
        figure(sample.confidence_percent),
        figure(sample.at_most_percent),
        text::count(sample.population, "ticket"),
        text::thousands(sample.at_most),
    )
}

/// Two decimals at most, and none that say nothing.
fn figure(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Writes `differences.csv`.
pub struct DifferencesCsv<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> DifferencesCsv<W> {
    /// Writes the header, so that a file without differences says what it is.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(COLUMNS)?;
        Ok(Self { writer })
    }

    /// Writes a line for each of the ticket's differences.
    pub fn ticket(&mut self, ticket: &DifferentTicket) -> io::Result<()> {
        for difference in &ticket.details {
            self.writer.write_record([
                difference.class.as_str(),
                &guarded(&ticket.key),
                &ticket.gorgias_id.to_string(),
                &guarded(&ticket.link),
                difference.what.as_str(),
                &guarded(difference.message.as_deref().unwrap_or_default()),
                &guarded(&difference.expected),
                &guarded(&difference.found),
            ])?;
        }
        Ok(())
    }

    /// Writes what is left.
    pub fn finish(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

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
    if document.presence_only > 0 {
        let count = text::count(document.presence_only, "ticket");
        lines.push(format!("{count} only by presence where the export does not have what was sent"));
    }
    document.differences.iter().take(SHOWN_MAX).for_each(|ticket| lines.extend(ticket_lines(ticket)));
    let more = tickets.different().saturating_sub(document.differences.len().min(SHOWN_MAX) as u64);
    if more > 0 {
        lines.push(format!("and {}", text::count(more, "more ticket")));
    }
    if let Some(path) = document.differences_csv.as_deref().filter(|_| tickets.different() > 0) {
        lines.push(format!("all differences: {path}"));
    }
    lines.push(document.verdict.clone());
    let table = text::columns(&rows, &[text::Align::Left, text::Align::Right]);
    format!("{table}{}\n", lines.join("\n"))
}

/// What was not checked; nothing where all was.
fn left_words(not: &NotChecked) -> Option<String> {
    let left: Vec<String> = [
        (not.not_sampled, "not in the sample"),
        (not.pending, "not sent yet"),
        (not.unknown, "with an unknown outcome"),
        (not.rejected, "rejected"),
        (not.gone, "deleted in Gorgias before"),
        (not.undone, "taken back"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", text::thousands(count)))
    .collect();
    (!left.is_empty()).then(|| format!("not checked: {}", left.join(", ")))
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
    let expected = &difference.expected;
    let should = if expected.is_empty() { String::new() } else { format!(", expected {expected}") };
    format!("{}{of}: {}{should}", difference.what.as_str(), difference.found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> VerificationDocument {
        let mut document = VerificationDocument::new("acme", Some(3));
        let spaces =
            Difference::new(Aspect::Html, MatchClass::Normalised, "", "the same to whoever reads it");
        document.count(MatchClass::Identical, &[]);
        document.count(MatchClass::Normalised, &[spaces.clone(), spaces.clone()]);
        document
    }

    #[test]
    fn a_good_end_says_what_normalised_means() {
        let mut document = document();
        assert_eq!(document.normalised_by[&Aspect::Html], 1, "tickets are counted, not messages");
        insta::assert_snapshot!(verification_verdict(&document), @"All 2 tickets checked are in Gorgias as sent: 1 identical, 1 equal after normalisation.");
        document.sample = Some(SampleProof {
            population: 50_214,
            size: 459,
            seed: 7,
            confidence_percent: 99.0,
            at_most: 498,
            at_most_percent: 0.9917,
        });
        insta::assert_snapshot!(verification_verdict(&document), @"All 2 tickets checked are in Gorgias as sent: 1 identical, 1 equal after normalisation. With 99 % confidence at most 0.99 % of the 50,214 tickets differ (498 of them).");
    }

    #[test]
    fn a_bad_end_names_every_class_and_the_first_differences() {
        let mut document = document();
        document.count(MatchClass::Missing, &[]);
        document.count(MatchClass::Extra, &[]);
        document.not_checked.rejected = 2;
        document.differences_csv = Some("runs/0003/differences.csv".to_owned());
        document.differences.push(DifferentTicket {
            key: "zendesk:ticket:7".to_owned(),
            gorgias_id: 82,
            link: "https://acme.gorgias.com/app/ticket/82".to_owned(),
            class: MatchClass::Missing,
            details: vec![
                Difference::new(Aspect::Message, MatchClass::Missing, "there", "not there")
                    .of("zendesk:comment:1"),
            ],
        });
        document.verdict = verification_verdict(&document);
        insta::assert_snapshot!(verification_text(&document));
    }

    #[test]
    fn nothing_checked_is_no_success() {
        let none = VerificationDocument::new("acme", None);
        assert!(verification_verdict(&none).starts_with("Nothing was checked"));
    }

    #[test]
    fn cells_of_the_list_cannot_run_in_a_spreadsheet() {
        let mut out = Vec::new();
        let mut csv = DifferencesCsv::new(&mut out).unwrap();
        csv.ticket(&DifferentTicket {
            key: "zendesk:ticket:7".to_owned(),
            gorgias_id: 82,
            link: "x".to_owned(),
            class: MatchClass::Differs,
            details: vec![Difference::new(Aspect::Tags, MatchClass::Differs, "=1+1", "others")],
        })
        .unwrap();
        csv.finish().unwrap();
        drop(csv);
        let text = String::from_utf8(out).unwrap();
        assert!(text.ends_with("differs,zendesk:ticket:7,82,x,tags,,'=1+1,others\n"), "{text}");
    }
}
