//! A ticket as it should be and as it is: what differs. Pure.
//!
//! What is compared is taken from the mapped ticket and not from the request that was made of it, so that a mistake in
//! the encoding shows as well.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::expected::{Expected, ExpectedMessage};
use super::found::{FoundMessages, FoundTicket};
use super::message::{NAMED_MAX, compare_message, is_public, visibility};
use super::ratings::compare_rating;
use super::same::{Likeness, custom_fields, identity, lengths, subject, time, time_words};
use crate::gorgias::wire;
use crate::mapping::{Identity, MappedTicket, TicketStatus};
use crate::model::conversation::Priority;
use crate::model::verification::{Aspect, Difference, MatchClass};

/// Tags that Gorgias gives by itself (recorded: `sentiments-threatening`).
const OWN_TAGS: &str = "sentiments-";

/// What is known beside the ticket.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Gorgias id of a customer, where the ledger has it.
    pub customers: &'a dyn Fn(&Identity) -> Option<u64>,
    /// A text of a source with the links to old tickets that lead to new ones by now; nothing where there are none.
    pub new_links: &'a dyn Fn(&str, &str) -> Option<String>,
}

/// What differs of the ticket itself, its messages left aside. Empty where all is as it should be.
pub(super) fn compare_ticket(expected: &Expected, found: &FoundTicket, known: &Known<'_>) -> Vec<Difference> {
    let mut differences = Vec::new();
    if found.trashed {
        let there = "there";
        differences.push(Difference::new(Aspect::Ticket, MatchClass::Missing, there, "in the trash"));
    }
    if expected.is_foreign() {
        return differences;
    }
    let key = expected.row.key.as_str();
    let is_ours = |id: &str| id == key || expected.aliases.iter().any(|alias| alias == id);
    if !found.external_id.as_deref().is_some_and(is_ours) {
        let is = if found.external_id.is_some() { "another key" } else { "none" };
        differences.push(Difference::new(Aspect::ExternalId, MatchClass::Differs, key, is));
    }
    if found.external_id.as_deref().is_some_and(|id| id != key && is_ours(id)) {
        // The export that it was made of is not the one at hand, which may tell other facts of the same record.
        differences.push(normalised(Aspect::ExternalId, "a former key; only messages were compared"));
    } else if let Some(ticket) = &expected.ticket {
        itself(ticket, found, known, &mut differences);
    }
    differences
}

/// What differs between a message of ours and what lies there for it.
pub(super) fn compare_known(
    planned: &ExpectedMessage,
    found: &wire::Message,
    known: &Known<'_>,
) -> Vec<Difference> {
    // Whatever it says: who may read a note is never left open.
    let public = (planned.is_note && is_public(found)).then(|| visibility(true).of(&planned.key));
    if found.external_id.as_deref() != Some(planned.key.as_str()) {
        // It was sent under the key of an export without ids and joined to its real one since; that export's text is gone.
        let how = "sent under another key, so that only its presence was compared";
        return public.into_iter().chain([normalised(Aspect::Message, how).of(&planned.key)]).collect();
    }
    match &planned.content {
        Some(content) => compare_message(content, found, known),
        None => public.into_iter().collect(),
    }
}

fn itself(ticket: &MappedTicket, found: &FoundTicket, known: &Known<'_>, differences: &mut Vec<Difference>) {
    let mut differs = |what, expected: &str, found: &str| {
        differences.push(Difference::new(what, MatchClass::Differs, expected, found));
    };
    let words = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
    let status = match ticket.status {
        TicketStatus::Open => "open",
        TicketStatus::Closed => "closed",
    };
    if found.status.as_deref() != Some(status) {
        differs(Aspect::Status, status, &words(&found.status));
    }
    if found.channel.as_deref() != Some(ticket.channel.as_str()) {
        differs(Aspect::Channel, ticket.channel.as_str(), &words(&found.channel));
    }
    if let (Some(priority), Some(is)) = (ticket.priority, &found.priority)
        && is != priority_name(priority)
    {
        differs(Aspect::Priority, priority_name(priority), is);
    }
    if found.assignee != ticket.assignee {
        let user = |id: Option<u64>| id.map_or_else(|| "nobody".to_owned(), |id| format!("user {id}"));
        differs(Aspect::Assignee, &user(ticket.assignee), &user(found.assignee));
    }
    // Where none was given, Gorgias's own rules may have chosen one.
    if let Some(team) = ticket.team
        && found.team != Some(team)
    {
        let is = found.team.map_or_else(|| "no team".to_owned(), |id| format!("team {id}"));
        differs(Aspect::Assignee, &format!("team {team}"), &is);
    }
    let person = found.customer.as_ref();
    if !identity(&ticket.customer, person, known) {
        let is = person.map_or_else(|| "nobody".to_owned(), |person| format!("customer {}", person.id));
        let known = (known.customers)(&ticket.customer);
        let should =
            known.map_or_else(|| "the customer of the export".to_owned(), |id| format!("customer {id}"));
        differs(Aspect::Customer, &should, &is);
    }
    let wrong = custom_fields(&ticket.custom_fields, found.custom_fields.as_ref());
    if !wrong.is_empty() {
        differs(Aspect::Fields, &format!("the values of {}", named(&wrong)), "others");
    }
    match subject(ticket.subject.as_deref(), found.subject.as_deref()) {
        Likeness::Same => {}
        Likeness::Normalised => differences.push(normalised(Aspect::Subject, "the same but for spaces")),
        Likeness::Different => {
            let (should, is) = lengths(ticket.subject.as_deref(), found.subject.as_deref());
            differences.push(Difference::new(Aspect::Subject, MatchClass::Differs, should, is));
        }
    }
    tags(&ticket.tags, &found.tags, differences);
    times(ticket, found, differences);
}

/// Something that is the same after normalisation.
pub(super) fn normalised(what: Aspect, how: &str) -> Difference {
    Difference::new(what, MatchClass::Normalised, "", how)
}

fn times(ticket: &MappedTicket, found: &FoundTicket, differences: &mut Vec<Difference>) {
    differences.extend(time(Aspect::CreatedTime, ticket.created, found.created));
    if let (TicketStatus::Closed, Some(closed)) = (ticket.status, ticket.closed) {
        differences.extend(time(Aspect::ClosedTime, closed, found.closed));
    }
}

fn priority_name(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "critical",
        Priority::High => "high",
        Priority::Normal => "normal",
        Priority::Low => "low",
    }
}

fn named(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED_MAX);
    let mut text = names.iter().take(NAMED_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text = format!("{text} and {more} more");
    }
    text
}

fn tags(should: &[String], is: &[String], differences: &mut Vec<Difference>) {
    let (wanted, there): (HashSet<&String>, HashSet<&String>) =
        (should.iter().collect(), is.iter().collect());
    let lacks: Vec<String> = should.iter().filter(|tag| !there.contains(tag)).cloned().collect();
    let further: Vec<String> = is.iter().filter(|tag| !wanted.contains(tag)).cloned().collect();
    let (own, others): (Vec<String>, Vec<String>) =
        further.into_iter().partition(|tag| tag.starts_with(OWN_TAGS));
    if !lacks.is_empty() || !others.is_empty() {
        let all = |what: &str, tags: &[String]| {
            if tags.is_empty() { "all of them".to_owned() } else { format!("{what} {}", named(tags)) }
        };
        let should = format!("{} tags", should.len());
        let is = if lacks.is_empty() { all("further:", &others) } else { all("without", &lacks) };
        differences.push(Difference::new(Aspect::Tags, MatchClass::Differs, should, is));
    } else if !own.is_empty() {
        differences.push(normalised(Aspect::Tags, "further tags that Gorgias gives by itself"));
    }
}

/// What differs of the ticket and of all its messages.
pub(super) fn compare_whole(expected: &Expected, found: &FoundTicket, known: &Known<'_>) -> Vec<Difference> {
    let mut differences = compare_ticket(expected, found, known);
    if let FoundMessages::All(messages) = &found.messages {
        presence(expected, messages, known, &mut differences);
        order(expected, messages, &mut differences);
        let rating = expected.rating.as_ref();
        differences.extend(rating.into_iter().flat_map(|it| compare_rating(it, found.survey.as_ref())));
    }
    differences
}

fn presence(
    expected: &Expected,
    messages: &[wire::Message],
    known: &Known<'_>,
    differences: &mut Vec<Difference>,
) {
    let mut there = vec![false; expected.messages.len()];
    for message in messages {
        match expected.place_of(message.id, message.external_id.as_deref()) {
            Some(place) if !there[place] => {
                there[place] = true;
                differences.extend(compare_known(&expected.messages[place], message, known));
            }
            twice => differences.extend(stranger(expected, message, twice.is_some())),
        }
    }
    for (planned, _) in expected.messages.iter().zip(&there).filter(|(_, there)| !**there) {
        let missing = Difference::new(Aspect::Message, MatchClass::Missing, "there", "not there");
        differences.push(missing.of(&planned.key));
    }
}

/// A message that nobody imported; others write to a ticket that was there before.
fn stranger(expected: &Expected, message: &wire::Message, twice: bool) -> Option<Difference> {
    let key = message.external_id.as_deref();
    if key.is_some_and(|key| expected.open.contains(key)) {
        return None;
    }
    let known = key.filter(|key| expected.messages.iter().any(|planned| planned.key == *key));
    if let Some(key) = known {
        let is = format!("there a second time, as Gorgias message {}", message.id);
        return Some(Difference::new(Aspect::Message, MatchClass::Extra, "there once", is).of(key));
    }
    if expected.is_foreign() && !twice {
        return None;
    }
    let by = if message.rule_id.is_some() { ", written by a rule" } else { "" };
    let since = message
        .created_datetime
        .map_or_else(String::new, |created| format!(" of {}", time_words(Some(created))));
    let is = format!("Gorgias message {}{since}, which nobody imported{by}", message.id);
    Some(Difference::new(Aspect::Message, MatchClass::Extra, "nothing", is))
}

/// Gorgias shows messages by the time of sending. Where times are as they should be, only messages of one instant can
/// stand in another order.
fn order(expected: &Expected, messages: &[wire::Message], differences: &mut Vec<Difference>) {
    let mut shown: Vec<(Option<Timestamp>, usize)> = Vec::new();
    for message in messages {
        let Some(place) = expected.place_of(message.id, message.external_id.as_deref()) else { continue };
        if expected.messages[place].content.is_some() {
            shown.push((message.sent_datetime, place));
        }
    }
    shown.sort_by_key(|(sent, _)| *sent);
    let sent = |place: usize| {
        let content = expected.messages[place].content.as_ref();
        content.map_or(Timestamp::UNIX_EPOCH, |content| content.sent_at.timestamp())
    };
    let mut should: Vec<usize> = shown.iter().map(|(_, place)| *place).collect();
    should.sort_by_key(|place| (sent(*place), *place));
    let turned: Vec<(usize, usize)> = (shown.iter().zip(&should))
        .map(|((_, is), should)| (*is, *should))
        .filter(|(is, should)| is != should)
        .collect();
    let Some((first, _)) = turned.first() else { return };
    let at_once = |(is, should): &(usize, usize)| {
        sent(*is).duration_since(sent(*should)).abs() < SignedDuration::from_secs(1)
    };
    differences.push(if turned.iter().all(at_once) {
        normalised(Aspect::Order, "messages of one instant in another order")
    } else {
        Difference::new(Aspect::Order, MatchClass::Differs, "by time of sending", "in another order")
            .of(&expected.messages[*first].key)
    });
}
