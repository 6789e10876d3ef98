//! One message as it should be and as it is.

use std::collections::BTreeSet;

use super::compare::{Known, normalised};
use super::same::{Likeness, html, identity, lengths, text, time};
use crate::gorgias::wire;
use crate::mapping::{MappedMessage, Sender};
use crate::model::conversation::{Attachment, Side};
use crate::model::person::Address;
use crate::model::verification::{Aspect, Difference, MatchClass};

/// Names that are told at most where a list differs.
pub(super) const NAMED_MAX: usize = 5;

/// Gorgias's channel and source type of an internal note.
const NOTE: &str = "internal-note";

/// What differs between a message as it was planned and as it is there.
pub(super) fn compare_message(
    planned: &MappedMessage,
    found: &wire::Message,
    known: &Known<'_>,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut differs = |what, expected: &str, found: &str| {
        differences.push(Difference::new(what, MatchClass::Differs, expected, found));
    };
    let side = |agent| if agent { "company" } else { "customer" };
    let by_agent = planned.side != Side::Customer;
    if found.from_agent != Some(by_agent) {
        differs(Aspect::Side, side(by_agent), found.from_agent.map_or("nothing", side));
    }
    let is_note = planned.side == Side::Note;
    if is_public(found) == is_note {
        differences.push(visibility(is_note));
    }
    channel(planned, found, &mut differences);
    differences.extend(time(Aspect::SentTime, planned.sent_at.timestamp(), found.sent_datetime));
    bodies(planned, found, known, &mut differences);
    author(planned, found, known, &mut differences);
    addresses(planned, found, &mut differences);
    let (files, there) = (&planned.attachments, &found.attachments);
    match attachments(files, there) {
        Likeness::Same => {}
        Likeness::Normalised => {
            differences.push(normalised(Aspect::Attachments, "the same files under other addresses"));
        }
        Likeness::Different => {
            let words = |count: usize| format!("{count} files");
            let is = if files.len() == there.len() { "others".to_owned() } else { words(there.len()) };
            let should = words(files.len());
            differences.push(Difference::new(Aspect::Attachments, MatchClass::Differs, should, is));
        }
    }
    let message_ids = (planned.message_id.as_deref(), found.message_id.as_deref());
    if let (Some(should), Some(is)) = message_ids
        && text(Some(should), Some(is)) == Likeness::Different
    {
        let (should, is) = lengths(Some(should), Some(is));
        differences.push(Difference::new(Aspect::MessageId, MatchClass::Differs, should, is));
    }
    differences.into_iter().map(|difference| difference.of(planned.key.as_str())).collect()
}

/// A note that is public, or the contrary.
pub(super) fn visibility(is_note: bool) -> Difference {
    let words = |note| if note { "internal note" } else { "public" };
    Difference::new(Aspect::Visibility, MatchClass::Differs, words(is_note), words(!is_note))
}

/// Only internal notes are private; where the flag is missing the channel tells.
pub(super) fn is_public(found: &wire::Message) -> bool {
    found.public.unwrap_or_else(|| !is_note(found))
}

fn is_note(found: &wire::Message) -> bool {
    let kind = found.source.as_ref().and_then(|source| source.kind.as_deref());
    found.channel.as_deref() == Some(NOTE) || kind == Some(NOTE)
}

fn channel(planned: &MappedMessage, found: &wire::Message, differences: &mut Vec<Difference>) {
    let should = planned.channel.as_str();
    if found.channel.as_deref() == Some(should) {
        return;
    }
    // A note on a telephone ticket was seen to be stored with the ticket's channel.
    differences.push(if planned.side == Side::Note && is_note(found) {
        normalised(Aspect::Channel, "a note filed under the channel of its ticket")
    } else {
        let is = found.channel.as_deref().unwrap_or("nothing");
        Difference::new(Aspect::Channel, MatchClass::Differs, should, is)
    });
}

/// Compares two texts.
type Compare = fn(Option<&str>, Option<&str>) -> Likeness;

fn bodies(
    planned: &MappedMessage,
    found: &wire::Message,
    known: &Known<'_>,
    differences: &mut Vec<Difference>,
) {
    let should = (planned.body.text(), planned.body.html().map(crate::model::body::Html::as_str));
    let is = (found.body_text.as_deref(), found.body_html.as_deref());
    let source = planned.key.source();
    let both: [(Aspect, Compare, _, _); 2] =
        [(Aspect::Text, text, should.0, is.0), (Aspect::Html, html, should.1, is.1)];
    for (what, compare, should, is) in both {
        match compare(should, is) {
            Likeness::Same => {}
            Likeness::Normalised => differences.push(normalised(what, "the same to whoever reads it")),
            // A link may lead to a ticket that came to Gorgias after the message.
            Likeness::Different if is_link_only(compare, should, is, &|it| (known.new_links)(source, it)) => {
                differences.push(normalised(what, "the same but for links that fix-links can turn"));
            }
            Likeness::Different => {
                let (should, is) = lengths(should, is);
                differences.push(Difference::new(what, MatchClass::Differs, should, is));
            }
        }
    }
}

fn is_link_only(
    compare: Compare,
    should: Option<&str>,
    is: Option<&str>,
    turned: &dyn Fn(&str) -> Option<String>,
) -> bool {
    let Some(turned) = is.and_then(turned) else { return false };
    compare(should, Some(&turned)) != Likeness::Different
}

fn author(
    planned: &MappedMessage,
    found: &wire::Message,
    known: &Known<'_>,
    differences: &mut Vec<Difference>,
) {
    let sender = found.sender.as_ref();
    let (holds, should) = match &planned.sender {
        Sender::Agent { user: None } => (true, String::new()),
        Sender::Agent { user: Some(user) } => {
            (sender.is_some_and(|sender| sender.id == *user), format!("user {user}"))
        }
        Sender::Customer { identity: who, .. } => {
            let id = (known.customers)(who).map_or_else(String::new, |id| format!(" {id}"));
            (identity(who, sender, known), format!("customer{id}"))
        }
    };
    if !holds {
        let is = sender.map_or_else(|| "nobody".to_owned(), |sender| format!("person {}", sender.id));
        differences.push(Difference::new(Aspect::Author, MatchClass::Differs, should, is));
    }
}

/// Addresses are compared without case, and only where some were sent.
fn addresses(planned: &MappedMessage, found: &wire::Message, differences: &mut Vec<Difference>) {
    let should: BTreeSet<String> = (planned.from.iter().map(|from| ("from", from)))
        .chain(planned.to.iter().map(|to| ("to", to)))
        .chain(planned.cc.iter().map(|cc| ("cc", cc)))
        .map(|(place, address): (&str, &Address)| format!("{place} {}", address.address.to_lowercase()))
        .collect();
    if should.is_empty() {
        return;
    }
    let mut is = BTreeSet::new();
    if let Some(source) = &found.source {
        let mut take = |place: &str, address: &wire::Address| {
            if let Some(address) = &address.address {
                is.insert(format!("{place} {}", address.to_lowercase()));
            }
        };
        source.from.iter().for_each(|from| take("from", from));
        source.to.iter().flatten().for_each(|to| take("to", to));
        source.cc.iter().flatten().for_each(|cc| take("cc", cc));
    }
    if is != should {
        let words = |all: &BTreeSet<String>| format!("{} addresses", all.len());
        let found = if is.len() == should.len() { "others".to_owned() } else { words(&is) };
        differences.push(Difference::new(Aspect::Addresses, MatchClass::Differs, words(&should), found));
    }
}

/// Files by name and size; the address may be another one, where the file was copied.
fn attachments(should: &[Attachment], is: &[wire::StoredAttachment]) -> Likeness {
    if should.len() != is.len() {
        return Likeness::Different;
    }
    let mut left: Vec<&wire::StoredAttachment> = is.iter().collect();
    let mut likeness = Likeness::Same;
    for file in should {
        let sizes_agree = |there: &wire::StoredAttachment| match (file.size, there.size) {
            (Some(should), Some(is)) => should == is,
            _ => true,
        };
        let fits = |there: &&wire::StoredAttachment| {
            there.name.as_deref() == Some(file.name.as_str()) && sizes_agree(there)
        };
        let exact =
            |there: &&wire::StoredAttachment| fits(there) && there.url.as_deref() == Some(file.url.as_str());
        let place = left.iter().position(exact).or_else(|| {
            likeness = Likeness::Normalised;
            left.iter().position(fits)
        });
        match place {
            Some(place) => drop(left.remove(place)),
            None => return Likeness::Different,
        }
    }
    likeness
}
