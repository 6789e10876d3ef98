//! What a conversation takes from the ticket itself: state, times, tags, fields, relations.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::comment::{Comment, Via};
use super::html;
use super::index::NameOf;
use super::loose::{Any, Integer};
use super::message::Scene;
use super::rating::Rating;
use super::ticket::Ticket;
use crate::model::conversation::{Conversation, Field, FieldValue, Message, Priority, Side, Status, Times};
use crate::model::fact;
use crate::model::finding::Place;
use crate::model::person::{Person, Role};
use crate::model::time::parse_rfc3339;

/// The tag that Zendesk gives a ticket which was merged into another (reference 3.4).
const MERGED_TAG: &str = "closed_by_merge";

/// Tickets that a ticket was merged with.
#[derive(Debug, Default)]
pub(super) struct Merges {
    /// Tickets merged into this one, told by the way of the notices in it.
    from: Vec<i64>,
    /// The ticket that this one was merged into. It is told by the text of the closing notice alone.
    into: Option<i64>,
}

impl Merges {
    /// What the comments of `ticket` tell.
    pub(super) fn of<'s, 'a: 's>(
        ticket: &Ticket<'_>,
        comments: impl DoubleEndedIterator<Item = &'s Comment<'a>> + Clone,
    ) -> Self {
        let from =
            comments.clone().filter_map(|comment| comment.via.get()).filter(|via| via.rel() == Some("merge"));
        let from =
            from.filter_map(Via::from).flat_map(|party| &party.ticket_ids.0).filter_map(|id| id.known());
        let is_merged = listed_tags(&ticket.tags).contains(&MERGED_TAG);
        let number =
            |comment: &Comment<'_>| number_after_hash(comment.plain_body.filled().or(comment.body.filled())?);
        Self { from: from.collect(), into: if is_merged { comments.rev().find_map(number) } else { None } }
    }
}

/// The first `#123` of a text.
fn number_after_hash(text: &str) -> Option<i64> {
    text.split('#').skip(1).find_map(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest[..digits].parse().ok()
    })
}

/// The conversation around `messages`, of which there is at least one, in order. `relations` are the tickets that it
/// was merged with.
pub(super) fn conversation(
    scene: &Scene<'_, '_>,
    messages: Vec<Message>,
    place: &Place,
    calls: Vec<Value>,
    merges: &Merges,
) -> Conversation {
    let ticket = scene.ticket;
    let first_public = messages.iter().find(|message| message.side != Side::Note);
    let channel = first_public.map_or_else(|| scene.channel(), |message| message.channel);
    let first_sent = messages[0].sent_at.timestamp();
    // A time that is missing, or in the future, cannot be when the ticket was made; its first message is the latest
    // that it can have been.
    let created = ticket.created_at.get().and_then(parse_rfc3339).filter(|at| *at < scene.context.now);
    // Assignees are agents, whatever a users export of another day says.
    let assignee =
        ticket.assignee_id.known().filter(|id| *id >= 0).map(|id| scene.person(id)).map(|person| {
            if person.role == Role::Agent {
                person
            } else {
                Arc::new(Person { role: Role::Agent, ..(*person).clone() })
            }
        });
    Conversation {
        key: scene.key.clone(),
        subject: ticket
            .subject
            .filled()
            .or(ticket.raw_subject.filled())
            .map(|subject| subject.trim().to_owned()),
        channel,
        status: status(ticket.status.get()),
        priority: priority(ticket.priority.get()),
        language: language(scene),
        customer: scene.customer(),
        assignee,
        tags: tags(&ticket.tags),
        fields: fields(scene),
        times: Times {
            created: created.unwrap_or(first_sent),
            updated: ticket.updated_at.get().and_then(parse_rfc3339),
            closed: closed(scene),
        },
        messages,
        meta: meta(scene, calls, merges),
        place: place.clone(),
    }
}

/// The language of the ticket, which Zendesk takes from the requester's profile.
fn language(scene: &Scene<'_, '_>) -> Option<String> {
    Some(scene.context.profile(scene.requester?).language()?.code().to_owned())
}

/// The state. One that is not known is taken for open, so that nobody who waits is forgotten.
fn status(text: Option<&str>) -> Status {
    const STATES: &[(&str, Status)] = &[
        ("new", Status::New),
        ("pending", Status::Pending),
        ("hold", Status::Hold),
        ("solved", Status::Solved),
        ("closed", Status::Closed),
    ];
    let text = text.unwrap_or_default();
    STATES
        .iter()
        .find(|(name, _)| text.eq_ignore_ascii_case(name))
        .map_or(Status::Open, |(_, status)| *status)
}

fn priority(text: Option<&str>) -> Option<Priority> {
    const PRIORITIES: &[(&str, Priority)] = &[
        ("urgent", Priority::Urgent),
        ("high", Priority::High),
        ("normal", Priority::Normal),
        ("low", Priority::Low),
    ];
    let text = text?;
    let known = PRIORITIES.iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
    known.map(|(_, priority)| *priority)
}

/// When it was solved, for tickets that still are.
fn closed(scene: &Scene<'_, '_>) -> Option<Timestamp> {
    let ticket = scene.ticket;
    if !matches!(status(ticket.status.get()), Status::Solved | Status::Closed) {
        return None;
    }
    let own = ticket.metric_set.get().and_then(|metrics| metrics.solved_at.get()).and_then(parse_rfc3339);
    own.or_else(|| scene.context.index.apart.solved(ticket.id.known()?))
}

/// Tags without duplicates; hand-made dumps have them as one text.
fn tags(tags: &Any<'_>) -> Vec<String> {
    let list = listed_tags(tags);
    let mut seen = HashSet::with_capacity(list.len());
    list.into_iter().filter(|tag| !tag.is_empty() && seen.insert(*tag)).map(str::to_owned).collect()
}

fn listed_tags<'t>(tags: &'t Any<'_>) -> Vec<&'t str> {
    match tags {
        Any::Text(text) => text.split_whitespace().collect(),
        Any::List(list) => list
            .iter()
            .filter_map(|tag| if let Any::Text(tag) = tag { Some(tag.trim()) } else { None })
            .collect(),
        _ => Vec::new(),
    }
}

fn fields(scene: &Scene<'_, '_>) -> Vec<Field> {
    let values = scene.ticket.custom_fields.objects().filter_map(|field| {
        let id = field.id.filled()?;
        let title = id.parse().ok().and_then(|id| scene.context.index.name(NameOf::Field, id));
        Some(Field { id: id.to_owned(), title: title.map(str::to_owned), value: field_value(&field.value)? })
    });
    values.collect()
}

fn field_value(value: &Any<'_>) -> Option<FieldValue> {
    match value {
        Any::Nothing => None,
        Any::Flag(flag) => Some(FieldValue::Flag(*flag)),
        Any::Number(number) => Some(FieldValue::Number(*number)),
        Any::Text(text) => {
            Some(text.trim()).filter(|text| !text.is_empty()).map(|text| FieldValue::Text(text.to_owned()))
        }
        Any::List(list) => {
            let choices: Vec<String> = list
                .iter()
                .filter_map(|one| if let Any::Text(one) = one { Some(one.to_string()) } else { None })
                .collect();
            (!choices.is_empty()).then_some(FieldValue::Choices(choices))
        }
    }
}

/// What the customer thought.
#[derive(Default)]
struct Satisfaction<'s> {
    score: Option<&'s str>,
    comment: Option<&'s str>,
    reason: Option<&'s str>,
    /// When it was given or last changed.
    at: Option<String>,
}

/// What the ticket itself says comes first, because it is the newest; it can lack the comment, never has the time, and
/// can be without all of it in dumps of lists.
fn satisfaction<'s>(scene: &'s Scene<'_, '_>) -> Satisfaction<'s> {
    let apart = scene.ticket.id.known().and_then(|id| scene.context.index.apart.rating(id));
    let filled = |text: &'s str| Some(text).filter(|text| !text.trim().is_empty());
    let is_given = |score: &&str| !matches!(*score, "offered" | "unoffered");
    let stated = scene.ticket.satisfaction_rating.get();
    let score = stated.and_then(|rating| rating.score.filled());
    match (score.filter(is_given), apart) {
        (Some(score), apart) => {
            let same = apart.filter(|apart| apart.score() == score);
            let comment = stated.and_then(|rating| rating.comment.filled());
            let reason = stated.and_then(|rating| rating.reason.filled());
            Satisfaction {
                score: Some(score),
                comment: comment.or_else(|| filled(same?.comment())),
                reason: reason.or_else(|| filled(same?.reason())),
                at: same.and_then(Rating::at),
            }
        }
        (None, Some(apart)) => Satisfaction {
            score: filled(apart.score()),
            comment: filled(apart.comment()),
            reason: filled(apart.reason()),
            at: apart.at(),
        },
        (None, None) => {
            Satisfaction { score: score.filter(|score| *score != "unoffered"), ..Satisfaction::default() }
        }
    }
}

/// Facts of the ticket that the model has no field for.
fn meta(scene: &Scene<'_, '_>, calls: Vec<Value>, merges: &Merges) -> BTreeMap<String, Value> {
    let ticket = scene.ticket;
    let index = scene.context.index;
    let rel = ticket.via.get().and_then(|via| via.rel());
    let from = ticket.via.get().and_then(|via| via.from());
    let follow_up = ticket
        .via_followup_source_id
        .known()
        .or_else(|| from.filter(|_| rel == Some("follow_up")).and_then(|party| party.ticket_id.known()));
    let numbers = |ids: Vec<i64>| if ids.is_empty() { Value::Null } else { json!(ids) };
    let known = |ids: &[Integer]| ids.iter().filter_map(|id| id.known()).collect::<Vec<i64>>();
    let merged_from: BTreeSet<i64> =
        merges.from.iter().copied().chain(known(&ticket.merged_ticket_ids.0)).collect();
    let Satisfaction { score, comment, reason, at } = satisfaction(scene);
    let facts = [
        ("zendesk_ticket_id", json!(ticket.id.known())),
        (fact::ZENDESK_URL, json!(ticket.url.filled())),
        ("external_id", json!(ticket.external_id.filled())),
        ("type", json!(ticket.r#type.filled())),
        (fact::GROUP, json!(ticket.group_id.known().and_then(|id| index.name(NameOf::Group, id)))),
        (
            fact::ORGANIZATION,
            json!(ticket.organization_id.known().and_then(|id| index.name(NameOf::Organization, id))),
        ),
        (fact::LANGUAGE, json!(language(scene))),
        ("brand_id", json!(ticket.brand_id.known())),
        ("problem_id", json!(ticket.problem_id.known())),
        ("follow_up_of", json!(follow_up)),
        ("follow_ups", numbers(known(&ticket.followup_ids.0))),
        ("merged_from", numbers(merged_from.into_iter().collect())),
        ("merged_into", json!(merges.into)),
        (fact::RATING, json!(score)),
        (fact::RATING_COMMENT, json!(comment.map(html::decode))),
        (fact::RATING_REASON, json!(reason)),
        (fact::RATING_AT, json!(at)),
        ("calls", if calls.is_empty() { Value::Null } else { Value::Array(calls) }),
    ];
    facts
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
