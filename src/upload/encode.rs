//! Mapped tickets to wire types: the only file that sees both the neutral terms and Gorgias's.

use crate::gorgias::wire;
use crate::mapping::{Identity, MappedMessage, MappedTicket, Sender, TicketStatus};
use crate::model::conversation::{Attachment, FileKind, Priority, Side};
use crate::model::person::Address;

/// Media type of a file whose type the export does not give; Gorgias requires one.
const UNKNOWN_CONTENT: &str = "application/octet-stream";

/// What encoding needs beside the ticket.
pub(super) struct Encoder<'a> {
    /// Gorgias id of a customer, where it is known.
    pub(super) customer: &'a (dyn Fn(&Identity) -> Option<u64> + Sync),
    /// `via` of tickets and messages.
    pub(super) via: &'a str,
    /// `imported`, where the account takes it.
    pub(super) imported: Option<bool>,
}

impl Encoder<'_> {
    /// The call that creates `ticket` with its first `nested` messages.
    pub(super) fn ticket(&self, ticket: &MappedTicket, nested: usize) -> wire::CreateTicket {
        let sent = ticket.messages.iter().map(|message| message.sent_at.timestamp());
        // Whoever answers has opened it; more about that is in no export.
        let answered = ticket.messages.iter().filter(|message| message.side == Side::Agent);
        let opened = answered.map(|message| message.sent_at.timestamp()).min();
        let received = ticket.messages.iter().filter(|message| message.side == Side::Customer);
        let mut tags =
            ticket.tags.iter().map(|name| wire::TagRef { name: name.clone(), decoration: None }).peekable();
        wire::CreateTicket {
            messages: ticket
                .messages
                .iter()
                .take(nested)
                .map(|message| self.nested(ticket, message))
                .collect(),
            via: Some(self.via.to_owned()),
            channel: Some(ticket.channel.as_str().to_owned()),
            subject: ticket.subject.clone(),
            status: Some(status(ticket.status).to_owned()),
            priority: ticket.priority.map(|priority| priority_name(priority).to_owned()),
            customer: Some(self.ticket_customer(ticket)),
            assignee_user: ticket.assignee.map(|id| wire::IdRef { id }),
            assignee_team: ticket.team.map(|id| wire::IdRef { id }),
            tags: tags.peek().is_some().then(|| tags.collect()),
            custom_fields: (!ticket.custom_fields.is_empty()).then(|| custom_fields(ticket)),
            external_id: Some(ticket.key.to_string()),
            from_agent: ticket.messages.first().map(|message| message.side != Side::Customer),
            language: ticket.language.clone(),
            meta: (!ticket.meta.is_empty()).then(|| ticket.meta.clone().into_iter().collect()),
            imported: self.imported,
            created_datetime: Some(ticket.created),
            opened_datetime: opened,
            closed_datetime: ticket.closed,
            updated_datetime: ticket.updated,
            last_message_datetime: sent.max(),
            last_received_message_datetime: received.map(|message| message.sent_at.timestamp()).max(),
            ..wire::CreateTicket::default()
        }
    }

    /// The call that appends one message to a ticket that exists.
    pub(super) fn appended(&self, ticket: &MappedTicket, message: &MappedMessage) -> wire::CreateMessage {
        wire::CreateMessage { imported: self.imported, ..self.nested(ticket, message) }
    }

    fn nested(&self, ticket: &MappedTicket, message: &MappedMessage) -> wire::CreateMessage {
        let agent = message.side != Side::Customer;
        let attachments: Vec<_> =
            message.attachments.iter().filter(|file| is_listed(file)).map(attachment).collect();
        wire::CreateMessage {
            via: Some(self.via.to_owned()),
            body_html: message.body.html().map(|html| html.as_str().to_owned()),
            body_text: message.body.text().map(str::to_owned),
            public: Some(message.side != Side::Note),
            source: Some(source(message)),
            sender: self.sender(message),
            receiver: (message.side == Side::Agent).then(|| self.receiver(ticket)).flatten(),
            attachments: (!attachments.is_empty()).then_some(attachments),
            external_id: Some(message.key.to_string()),
            message_id: message.message_id.clone(),
            created_datetime: Some(message.sent_at.timestamp()),
            ..wire::CreateMessage::new(message.channel.as_str(), agent, message.sent_at)
        }
    }

    fn ticket_customer(&self, ticket: &MappedTicket) -> wire::CustomerRef {
        match ((self.customer)(&ticket.customer), &ticket.customer) {
            // Anything beside the id overwrites the record of a customer whom Gorgias has; the name only where asked for.
            (Some(id), _) => wire::CustomerRef {
                name: ticket.customer_name.clone().filter(|_| ticket.renames_customer),
                ..wire::CustomerRef::id(id)
            },
            (None, Identity::Email(email)) => wire::CustomerRef {
                email: Some(email.as_str().to_owned()),
                name: ticket.customer_name.clone(),
                ..wire::CustomerRef::default()
            },
            (None, Identity::Phone(_) | Identity::Bare(_)) => wire::CustomerRef::default(),
        }
    }

    fn sender(&self, message: &MappedMessage) -> Option<wire::Participant> {
        match &message.sender {
            Sender::Agent { user } => user.map(wire::Participant::id),
            Sender::Customer { identity, .. } => self.participant(identity),
        }
    }

    fn receiver(&self, ticket: &MappedTicket) -> Option<wire::Participant> {
        self.participant(&ticket.customer)
    }

    /// A customer by id, or by the address under which this same call creates them.
    fn participant(&self, identity: &Identity) -> Option<wire::Participant> {
        match ((self.customer)(identity), identity) {
            (Some(id), _) => Some(wire::Participant::id(id)),
            (None, Identity::Email(email)) => Some(wire::Participant {
                email: Some(email.as_str().to_owned()),
                ..wire::Participant::default()
            }),
            (None, Identity::Phone(_) | Identity::Bare(_)) => None,
        }
    }
}

/// The update that puts status and closing time right after messages were appended.
pub(super) fn status_update(ticket: &MappedTicket) -> wire::UpdateTicket {
    wire::UpdateTicket {
        status: Some(status(ticket.status).to_owned()),
        closed_datetime: ticket.closed.map(wire::Change::To),
        ..wire::UpdateTicket::default()
    }
}

fn custom_fields(ticket: &MappedTicket) -> Vec<wire::CustomFieldValue> {
    let value = |(id, value): &(u64, _)| wire::CustomFieldValue { id: *id, value: Clone::clone(value) };
    ticket.custom_fields.iter().map(value).collect()
}

fn status(status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::Open => "open",
        TicketStatus::Closed => "closed",
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

fn source(message: &MappedMessage) -> wire::Source {
    let list = |addresses: &[Address]| {
        (!addresses.is_empty()).then(|| addresses.iter().map(address).collect::<Vec<_>>())
    };
    wire::Source {
        kind: Some(message.source_type.to_owned()),
        from: message.from.as_ref().map(address),
        to: list(&message.to),
        cc: list(&message.cc),
        ..wire::Source::default()
    }
}

fn address(address: &Address) -> wire::Address {
    wire::Address {
        name: address.name.as_deref().map(str::to_owned),
        address: Some(address.address.to_string()),
    }
}

/// Images stay links in the body, and what is in the export only has no link.
fn is_listed(file: &Attachment) -> bool {
    file.kind != FileKind::InlineImage && !file.url.is_empty()
}

/// The files of a message for an update of it.
pub(super) fn listed(files: &[Attachment]) -> Vec<wire::KeptAttachment> {
    let kept = |file: wire::Attachment| wire::KeptAttachment {
        url: file.url,
        name: file.name,
        content_type: file.content_type,
        size: file.size,
    };
    files.iter().filter(|file| is_listed(file)).map(attachment).map(kept).collect()
}

fn attachment(file: &Attachment) -> wire::Attachment {
    wire::Attachment {
        url: file.url.clone(),
        name: file.name.clone(),
        content_type: file.content_type.clone().unwrap_or_else(|| UNKNOWN_CONTENT.to_owned()),
        size: file.size,
        public: None,
        extra: None,
    }
}
