//! The sentence that says how it stands: what is wrong comes first.

use super::{SampleProof, VerificationDocument};
use crate::text;

/// The sentence that says how it stands.
pub fn verification_verdict(document: &VerificationDocument) -> String {
    let mut sentences: Vec<String> = Vec::new();
    sentences.extend(stopped(document));
    let absent = absent(document);
    let checked = document.tickets.checked;
    if checked == 0 && document.is_partial() {
        return sentences.join(" ");
    }
    if checked == 0 {
        let why = absent.map_or_else(String::new, |absent| format!(" ({absent})"));
        sentences.push(format!(
            "Nothing was checked: the ledger has no ticket of this selection in Gorgias{why}."
        ));
        return sentences.join(" ");
    }
    if let Some(absent) = absent {
        sentences.push(format!("Not all of the selection is in Gorgias: {absent}."));
    }
    sentences.extend(lacking(document));
    sentences.push(compared(document));
    sentences.extend(files(document));
    sentences.extend(document.sample.as_ref().map(proof));
    sentences.join(" ")
}

fn stopped(document: &VerificationDocument) -> Option<String> {
    let not = document.not_checked.not_reached;
    let all = text::count(document.tickets.checked + not, "ticket");
    if document.is_partial() && document.ended {
        let them = if not == 1 { "it" } else { "them" };
        return Some(format!(
            "{} of {all} could not be read, so this says nothing of {them}.",
            text::thousands(not)
        ));
    }
    document.is_partial().then(|| {
        format!(
            "It was stopped after {} of {all}, so this says nothing of the rest.",
            text::thousands(document.tickets.checked),
        )
    })
}

/// Tickets of the selection that were to be there and are not; nothing where there are none.
fn absent(document: &VerificationDocument) -> Option<String> {
    let not = &document.not_checked;
    told(&[
        (not.gone, "deleted or merged there since"),
        (not.unknown, "with an unknown outcome"),
        (not.pending, "not sent yet"),
        (not.rejected, "rejected"),
    ])
}

/// What the ledger knows to be missing of tickets that are there.
fn lacking(document: &VerificationDocument) -> Option<String> {
    let lacking = &document.lacking;
    let parts = told(&[
        (lacking.unknown, "with an unknown outcome"),
        (lacking.waiting, "not sent yet"),
        (lacking.rejected, "rejected"),
    ])?;
    let verb = if lacking.tickets == 1 { "lacks" } else { "lack" };
    Some(format!("{} {verb} messages: {parts}.", text::count(lacking.tickets, "ticket")))
}

/// `7 not sent yet, 2 rejected`; nothing where all are nothing.
fn told(parts: &[(u64, &str)]) -> Option<String> {
    let parts: Vec<String> = (parts.iter())
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", text::thousands(*count)))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn compared(document: &VerificationDocument) -> String {
    let tickets = &document.tickets;
    if tickets.different() == 0 {
        let how = match (tickets.identical, tickets.normalised) {
            (_, 0) => "identical in everything that was compared".to_owned(),
            (identical, normalised) => format!(
                "{} identical, {} equal after normalisation",
                text::thousands(identical),
                text::thousands(normalised)
            ),
        };
        return format!("{} as sent: {how}.", are_in_gorgias(tickets.checked));
    }
    let parts = told(&[
        (tickets.missing, "missing or without a message"),
        (tickets.differs, "with something that is not as it was sent"),
        (tickets.extra, "with something that nobody imported"),
    ]);
    format!(
        "{} of {} checked {} not as sent: {}.",
        text::thousands(tickets.different()),
        text::count(tickets.checked, "ticket"),
        if tickets.different() == 1 { "is" } else { "are" },
        parts.unwrap_or_default()
    )
}

/// Files that are not there although their message is, and how the others were compared.
fn files(document: &VerificationDocument) -> Option<String> {
    let files = &document.files;
    let gaps = told(&[
        (files.gaps, "could not be had when their message was sent, which names them"),
        (files.links, "stayed links to where they were"),
    ])
    .map(|gaps| format!("Known gaps in {}: of its files {gaps}.", text::count(files.tickets, "ticket")));
    let gaps =
        gaps.map(|gaps| if files.tickets == 1 { gaps } else { gaps.replace("its files", "their files") });
    let hashed = (files.hashed > 0).then(|| {
        format!(
            "{} of {} read back, with the content that was sent.",
            text::thousands(files.hashed),
            if files.compared == 1 {
                "1 file was".to_owned()
            } else {
                format!("{} were", text::count(files.compared, "file"))
            }
        )
    });
    let both: Vec<String> = [gaps, hashed].into_iter().flatten().collect();
    (!both.is_empty()).then(|| both.join(" "))
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
