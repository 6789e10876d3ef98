//! A validation for the tests of every form of the report, and builders for conversations.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::calls::{CallPlan, Pace};
use super::document::ValidationDocument;
use super::validation::Validation;
use crate::model::body::Body;
use crate::model::conversation::{Attachment, Channel, Conversation, Message, Route, Side, Status, Times};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::{ConversationKey, MessageKey, PersonKey, SourceName};
use crate::model::person::{Person, Role};
use crate::model::time::SentAt;
use crate::source::{Grouping, Record, SourceFacts, SourceKind, SourceSpec};

/// A checked source name.
pub(crate) fn name(text: &str) -> SourceName {
    SourceName::new(text).unwrap()
}

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
    }
}

/// Ticket `id` with messages of these sides and channels, an hour apart.
pub(crate) fn conversation(source: &SourceName, id: u64, messages: &[(Side, Channel)]) -> Box<Conversation> {
    let customer = Arc::new(Person::unknown(PersonKey::new(source, "user", id), Role::Customer));
    let created: jiff::Timestamp = "2021-01-04T08:00:00Z".parse().unwrap();
    let key = ConversationKey::new(source, "ticket", id);
    let at = |hours: usize| created + jiff::SignedDuration::from_hours(i64::try_from(hours).unwrap());
    let messages = messages.iter().enumerate().map(|(index, (side, channel))| Message {
        key: MessageKey::new(source, "comment", id * 1000 + index as u64),
        synthetic_key: false,
        author: Arc::clone(&customer),
        side: *side,
        channel: *channel,
        body: Body::from_text("hello".into()).unwrap(),
        sent_at: SentAt::new(at(index), "2026-01-01T00:00:00Z".parse().unwrap()).unwrap(),
        route: Route::default(),
        attachments: Vec::<Attachment>::new(),
        message_id: None,
    });
    Box::new(Conversation {
        key,
        subject: None,
        channel: messages.clone().next().map_or(Channel::Email, |message| message.channel),
        status: Status::Closed,
        priority: None,
        language: None,
        customer: Arc::clone(&customer),
        assignee: None,
        tags: Vec::new(),
        fields: Vec::new(),
        times: Times { created, updated: None, closed: None },
        messages: messages.collect(),
        meta: BTreeMap::new(),
        place: place(id),
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
