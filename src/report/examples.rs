//! A validation for the tests of every form of the report, and builders for conversations.

use std::collections::BTreeMap;

use super::calls::{CallPlan, Pace};
use super::document::ValidationDocument;
use super::validation::Validation;
use crate::model::conversation::{Channel, Conversation, Message, Side};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::SourceName;
use crate::model::person::Role;
use crate::model::sample;
use crate::source::{Grouping, Record, SourceFacts, SourceKind, SourceSpec};

pub(crate) use crate::model::sample::source as name;

/// A source of the config with nothing set.
pub(crate) fn spec(name: &SourceName, kind: SourceKind) -> SourceSpec {
    SourceSpec {
        name: name.clone(),
        kind,
        paths: Vec::new(),
        timezone: None,
        date_order: None,
        grouping: Grouping::Call,
        columns: BTreeMap::new(),
        include_internal: true,
        limits: crate::source::UnpackLimits::default(),
        person_notes: false,
    }
}

/// Ticket `id` with messages of these sides and channels, an hour apart.
pub(crate) fn conversation(source: &SourceName, id: u64, messages: &[(Side, Channel)]) -> Box<Conversation> {
    let customer = sample::person(source, id, Role::Customer);
    let created: jiff::Timestamp = "2021-01-04T08:00:00Z".parse().unwrap();
    let at = |hours: u64| created + jiff::SignedDuration::from_hours(hours.cast_signed());
    let messages = (0..).zip(messages).map(|(index, (side, channel))| Message {
        side: *side,
        channel: *channel,
        ..sample::message(source, id * 1000 + index, &customer, at(index))
    });
    Box::new(Conversation {
        channel: messages.clone().next().map_or(Channel::Email, |message| message.channel),
        place: place(id),
        ..sample::conversation(source, id, &customer, created, messages.collect())
    })
}

/// A line of the example export.
pub(crate) fn place(line: u64) -> Place {
    Place::new(&"exports/zendesk/tickets.zip!export_1.json".into(), line, line * 100)
}

/// Two sources with something of everything.
pub(crate) fn validation() -> Validation {
    let (zendesk, aircall) = (name("zendesk"), name("aircall"));
    let mut validation = Validation::new();
    let email = [
        (Side::Customer, Channel::Email),
        (Side::Agent, Channel::Email),
        (Side::Note, Channel::InternalNote),
    ];
    for id in 1..=1200 {
        let conversation = conversation(&zendesk, id, &email);
        let findings = if id % 400 == 0 {
            vec![Finding::new(Code::NoComments, &conversation.key, &place(id))]
        } else {
            Vec::new()
        };
        let rejected_messages = if id == 77 {
            vec![Finding::new(Code::NoSentTime, "zendesk:comment:9", &place(77).at_field("created_at"))]
        } else {
            Vec::new()
        };
        validation.observe(&zendesk, &Record::Conversation { conversation, findings, rejected_messages });
    }
    validation.observe(
        &zendesk,
        &Record::LeftOut(Finding::new(Code::DeletedTicket, "zendesk:ticket:3", &place(3))),
    );
    validation.observe(&zendesk, &Record::Unreadable(Finding::at(Code::UnreadableLine, &place(5))));
    validation.observe(
        &aircall,
        &Record::Conversation {
            conversation: conversation(&aircall, 1, &[(Side::Customer, Channel::Phone)]),
            findings: vec![
                Finding::new(Code::AgentUnmatched, "aircall:user:7", &place(1)).with_detail("agent no. 7"),
            ],
            rejected_messages: Vec::new(),
        },
    );
    validation.observe(
        &aircall,
        &Record::Rejected(
            Finding::new(Code::BadClock, "aircall:call:2700000001", &place(9)).with_detail("`12:0x`"),
        ),
    );
    validation.source_finished(
        &spec(&zendesk, SourceKind::Zendesk),
        &SourceFacts { files: 2, bytes: 81_234_567, people: 38, ..SourceFacts::default() },
    );
    validation.source_finished(
        &spec(&aircall, SourceKind::Aircall),
        &SourceFacts { files: 1, bytes: 812, people: 2, ..SourceFacts::default() },
    );
    validation
}

/// The plan that fits [`validation`].
pub(crate) fn plan() -> CallPlan {
    CallPlan { tickets: 1201, customers: 5, tags: 7, lookups: 3, naive: 6010, ..CallPlan::default() }
}

/// The document of [`validation`].
pub(crate) fn document() -> ValidationDocument {
    validation().finish(&plan(), Pace::default()).unwrap()
}

/// The document of an export without anything in it.
pub(crate) fn empty_document() -> ValidationDocument {
    Validation::new().finish(&CallPlan::default(), Pace::default()).unwrap()
}
