//! One conversation in Gorgias terms.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::body::Body;
use crate::model::conversation::{Attachment, Channel, Conversation, FileKind, Message, Priority, Side};
use crate::model::fact;
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::{ConversationKey, MessageKey};
use crate::model::person::Address;
use crate::model::time::SentAt;

use super::author::{Authored, agent_of, authored, customer_of};
use super::channel::{Addresses, source_type};
use super::fields;
use super::gone;
use super::identity::Identity;
use super::people::{AgentDirectory, AgentMatch};
use super::rating::{self, Rating};
use super::rules::{
    AttachmentMode, CustomerNames, Mailbox, Rules, TicketLanguage, TicketNumber, TicketStatus,
};
use super::sanitise::{Removed, sanitised};
use super::{EXTERNAL_ID_MAX, SUBJECT_MAX, TAG_MAX};

/// Where the meta data keep a customer's number that could not be read.
const CUSTOMER_PHONE: &str = "customer_phone";

/// Who sends a message in Gorgias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A user. Without an id only where the account has not been read.
    Agent {
        /// Id of the Gorgias user.
        user: Option<u64>,
    },
    /// A customer.
    Customer {
        /// How the customer is found.
        identity: Identity,
        /// Name for a customer who has to be created.
        name: Option<String>,
    },
}

/// A message in Gorgias terms.
#[derive(Clone, Debug, PartialEq)]
pub struct MappedMessage {
    /// Its key, sent as `external_id`.
    pub key: MessageKey,
    /// Customer, agent or note.
    pub side: Side,
    /// Channel; notes have the note channel.
    pub channel: Channel,
    /// Gorgias's `source.type`.
    pub source_type: &'static str,
    /// Addresses for `source`.
    pub from: Option<Address>,
    /// Recipients for `source`.
    pub to: Vec<Address>,
    /// Copies for `source`.
    pub cc: Vec<Address>,
    /// Who sends.
    pub sender: Sender,
    /// The line that names an agent or the author of a note.
    pub byline: Option<String>,
    /// Whether that line stands in front of the body, because somebody stands in.
    pub shows_byline: bool,
    /// What it says, with the author's name in front where somebody stands in.
    pub body: Body,
    /// When it was sent. Always past.
    pub sent_at: SentAt,
    /// Files: links, or what is to be uploaded.
    pub attachments: Vec<Attachment>,
    /// `Message-ID` of an email.
    pub message_id: Option<String>,
}

/// A ticket in Gorgias terms.
#[derive(Clone, Debug, PartialEq)]
pub struct MappedTicket {
    /// Its key, sent as `external_id`.
    pub key: ConversationKey,
    /// Subject, cut to what Gorgias takes.
    pub subject: Option<String>,
    /// Channel in which it began.
    pub channel: Channel,
    /// Open or closed.
    pub status: TicketStatus,
    /// Urgency.
    pub priority: Option<Priority>,
    /// ISO 639-1 code; without one Gorgias detects it.
    pub language: Option<String>,
    /// The customer.
    pub customer: Identity,
    /// The customer's name, for one who has to be created.
    pub customer_name: Option<String>,
    /// True if that name replaces the one of a customer whom Gorgias already has.
    pub renames_customer: bool,
    /// Gorgias user in charge, where the export's assignee is one.
    pub assignee: Option<u64>,
    /// Gorgias team in charge, where the export's group has the name of one.
    pub team: Option<u64>,
    /// Tag names.
    pub tags: Vec<String>,
    /// Values of the account's custom fields, by the id of the definition.
    pub custom_fields: Vec<(u64, serde_json::Value)>,
    /// Created.
    pub created: Timestamp,
    /// Last changed.
    pub updated: Option<Timestamp>,
    /// Closed, for a closed ticket.
    pub closed: Option<Timestamp>,
    /// Free data kept on the ticket.
    pub meta: BTreeMap<String, serde_json::Value>,
    /// What the customer thought of it.
    pub rating: Option<Rating>,
    /// Messages in order; at least one.
    pub messages: Vec<MappedMessage>,
}

/// What became of a conversation.
#[derive(Debug)]
pub struct Mapped {
    /// The ticket.
    pub ticket: MappedTicket,
    /// What is to be said about it; nothing that blocks it.
    pub findings: Vec<Finding>,
}

/// Says that nothing is known by which a customer could be found. Returns the number that is none, if there is one.
fn remark_bare<'c>(conversation: &'c Conversation, findings: &mut Vec<Finding>) -> Option<&'c String> {
    let mut say = |code| findings.push(Finding::new(code, &conversation.key, &conversation.place));
    say(Code::CustomerWithoutAddress);
    let phone = conversation.customer.phone.as_ref()?;
    say(Code::BadPhone);
    Some(phone)
}

/// Maps a conversation. Fails with the finding that blocks it.
pub fn map(
    conversation: &Conversation,
    rules: &Rules,
    directory: &AgentDirectory,
) -> Result<Mapped, Finding> {
    let place = &conversation.place;
    let mut findings = Vec::new();
    check_key(conversation.key.as_str(), place)?;
    let whose = customer_of(&conversation.customer, rules);
    let is_bare = matches!(whose.0, Identity::Bare(_));
    let unread_phone = is_bare.then(|| remark_bare(conversation, &mut findings)).flatten();
    let company = company_address(conversation, rules, directory);
    let mut messages = Vec::with_capacity(conversation.messages.len());
    let removed = Cell::new(Removed::default());
    for message in &conversation.messages {
        check_key(message.key.as_str(), place)?;
        let context = MessageContext {
            conversation,
            rules,
            directory,
            company: company.as_ref(),
            customer: &whose,
            place,
            removed: &removed,
        };
        messages.push(context.map(message, &mut findings)?);
    }
    if !removed.get().is_nothing() {
        let finding = Finding::new(Code::HtmlCleaned, &conversation.key, place);
        findings.push(finding.with_detail(removed.get().words()));
    }
    if messages.len() > rules.messages_per_ticket {
        findings.push(Finding::new(Code::TooManyMessages, &conversation.key, place));
    }
    let (customer, customer_name) = whose;
    let status = rules.status_of(conversation.status);
    let mut meta = conversation.meta.clone();
    meta.extend(unread_phone.map(|number| (CUSTOMER_PHONE.to_owned(), number.as_str().into())));
    let subject = subject(conversation, rules, &mut meta, &mut findings);
    let mut placed = fields::place(conversation, rules, directory, &mut meta, &mut findings);
    placed.number(conversation, rules, directory);
    let last = conversation.last_activity();
    let closed =
        (status == TicketStatus::Closed).then(|| conversation.times.closed.unwrap_or(last).max(last));
    let ticket = MappedTicket {
        key: conversation.key.clone(),
        subject,
        channel: ticket_channel(conversation, &messages),
        status,
        priority: conversation.priority,
        language: conversation.language.clone().filter(|_| rules.language == TicketLanguage::Source),
        customer,
        renames_customer: rules.customer_names == CustomerNames::Overwrite && customer_name.is_some(),
        customer_name,
        team: team(conversation, directory, &mut findings),
        assignee: conversation.assignee.as_ref().and_then(|person| {
            match agent_of(person, rules, directory) {
                AgentMatch::User(id) => Some(id),
                _ => None,
            }
        }),
        tags: tags(conversation, &placed.tags, rules, &mut findings),
        custom_fields: placed.custom,
        created: conversation.times.created,
        updated: conversation.times.updated,
        closed,
        meta,
        rating: rating::rating(conversation, rules, &mut findings),
        messages,
    };
    Ok(Mapped { ticket, findings })
}

/// The channel of the ticket: that of the conversation, unless its own messages could not keep it.
fn ticket_channel(conversation: &Conversation, messages: &[MappedMessage]) -> Channel {
    let kept = messages.iter().any(|message| message.channel == conversation.channel);
    let email_is_impossible = conversation.channel == Channel::Email && !kept;
    if email_is_impossible {
        messages.first().map_or(Channel::Api, |first| first.channel)
    } else {
        conversation.channel
    }
}

fn check_key(key: &str, place: &Place) -> Result<(), Finding> {
    // As many characters as bytes, or fewer.
    if key.len() > EXTERNAL_ID_MAX && key.chars().count() > EXTERNAL_ID_MAX {
        return Err(Finding::new(Code::ExternalIdTooLong, key, place));
    }
    Ok(())
}

/// The subject, with the old number in front of it where the config wants it there.
fn subject(
    conversation: &Conversation,
    rules: &Rules,
    meta: &mut BTreeMap<String, serde_json::Value>,
    findings: &mut Vec<Finding>,
) -> Option<String> {
    let own = conversation.subject.as_deref();
    let subject = match rules.number {
        TicketNumber::Subject => Cow::Owned(
            format!("[#{}] {}", conversation.key.id(), own.unwrap_or_default()).trim_end().to_owned(),
        ),
        _ => Cow::Borrowed(own?),
    };
    match subject.char_indices().nth(SUBJECT_MAX) {
        None => Some(subject.into_owned()),
        Some((cut, _)) => {
            findings.push(Finding::new(Code::SubjectTooLong, &conversation.key, &conversation.place));
            meta.insert("full_subject".to_owned(), (*subject).into());
            Some(subject[..cut].to_owned())
        }
    }
}

/// The team of the name of the ticket's group.
fn team(conversation: &Conversation, directory: &AgentDirectory, findings: &mut Vec<Finding>) -> Option<u64> {
    let group = conversation.meta.get(fact::GROUP)?.as_str()?;
    let team = directory.team(group);
    if team.is_none() && directory.is_known() {
        findings.push(Finding::new(Code::GroupUnmatched, &conversation.key, &conversation.place));
    }
    team
}

/// The tags as the tags table names them, then those that fields became.
fn tags(
    conversation: &Conversation,
    of_fields: &[String],
    rules: &Rules,
    findings: &mut Vec<Finding>,
) -> Vec<String> {
    let mut tags: Vec<String> = Vec::with_capacity(conversation.tags.len());
    let own = conversation.tags.iter().filter_map(|tag| rules.tags.name(tag));
    for tag in own.chain(of_fields.iter().map(|tag| tag.trim())).filter(|tag| !tag.is_empty()) {
        if tag.chars().count() > TAG_MAX {
            findings.push(Finding::new(Code::TagTooLong, &conversation.key, &conversation.place));
        } else if !tags.iter().any(|other| other == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// The company's address in this conversation: where a customer wrote to, else what an agent wrote from, else the
/// mailbox of the config, else the account's first email integration.
fn company_address(
    conversation: &Conversation,
    rules: &Rules,
    directory: &AgentDirectory,
) -> Option<Address> {
    let emails = || conversation.messages.iter().filter(|message| message.channel == Channel::Email);
    let written_to = emails().filter(|m| m.side == Side::Customer).find_map(|m| m.route.to.first());
    let written_from = emails().filter(|m| m.side == Side::Agent).find_map(|m| m.route.from.as_ref());
    let from_export = written_to.or(written_from).filter(|address| address.address.contains('@')).cloned();
    let plain = |address: &str| Address { name: None, address: address.into() };
    from_export.or_else(|| match &rules.mailbox {
        Mailbox::Address(email) => Some(plain(email.as_str())),
        Mailbox::Default => directory.mailbox().map(plain),
    })
}

/// What the mapping of one message needs of its surroundings.
struct MessageContext<'a> {
    conversation: &'a Conversation,
    rules: &'a Rules,
    directory: &'a AgentDirectory,
    company: Option<&'a Address>,
    /// The ticket's customer, and the name for one who has to be created.
    customer: &'a (Identity, Option<String>),
    place: &'a Place,
    /// What was taken out of the bodies so far.
    removed: &'a Cell<Removed>,
}

impl MessageContext<'_> {
    fn map(&self, message: &Message, findings: &mut Vec<Finding>) -> Result<MappedMessage, Finding> {
        let Authored { sender, byline, shows_byline, finding } =
            authored(message, self.customer_of(message), self.rules, self.directory, self.place)?;
        findings.extend(finding);
        let body = match &byline {
            Some(line) if shows_byline => self.body(message).with_first_line(line),
            _ => self.body(message),
        };
        let routed = self.route(message, findings);
        let attachments = match self.rules.attachments {
            AttachmentMode::Skip => Vec::new(),
            // What becomes of each is known when it was had; until then they are as the source has them.
            AttachmentMode::Upload => gone::without(&message.attachments),
            AttachmentMode::Link => {
                // Images stay links in the body, and what is in the export only has no link.
                // What the text says already, as it does of recordings behind a login, is not said twice.
                let said = |file: &Attachment| {
                    let text = message.body.text().filter(|_| file.kind == FileKind::Recording);
                    text.is_some_and(|text| text.contains(&file.url))
                };
                let is_link = |file: &&Attachment| {
                    file.kind != FileKind::InlineImage && !file.url.is_empty() && !said(file)
                };
                message.attachments.iter().filter(is_link).cloned().collect()
            }
        };
        Ok(MappedMessage {
            key: message.key.clone(),
            side: message.side,
            channel: routed.channel,
            source_type: source_type(routed.channel).0,
            from: routed.from,
            to: routed.to,
            cc: routed.cc,
            sender,
            byline,
            shows_byline,
            body: gone::told(body, message, self.rules.attachments, self.place, findings),
            sent_at: message.sent_at,
            attachments,
            message_id: message.message_id.clone(),
        })
    }

    /// Who the author is as a customer, where that is the ticket's own, as it nearly always is.
    fn customer_of(&self, message: &Message) -> Option<&(Identity, Option<String>)> {
        Arc::ptr_eq(&message.author, &self.conversation.customer).then_some(self.customer)
    }

    /// The body without what runs or watches.
    fn body(&self, message: &Message) -> Body {
        let body = message.body.clone();
        match body.html().and_then(|html| sanitised(html.as_str())) {
            None => body,
            Some((html, removed)) => {
                let mut all = self.removed.get();
                all.add(removed);
                self.removed.set(all);
                body.with_html(html)
            }
        }
    }

    /// The channel and addresses of a message. An email without both of its sides cannot be one in Gorgias.
    fn route(&self, message: &Message, findings: &mut Vec<Finding>) -> Routed {
        let bare = |channel| Routed { channel, from: None, to: Vec::new(), cc: Vec::new() };
        match source_type(message.channel).1 {
            _ if message.side == Side::Note => bare(Channel::InternalNote),
            // Gorgias refuses a public message that calls itself a note.
            _ if message.channel == Channel::InternalNote => bare(Channel::Api),
            Addresses::None => bare(message.channel),
            Addresses::Optional => Routed {
                channel: message.channel,
                from: message.route.from.clone(),
                to: message.route.to.clone(),
                cc: Vec::new(),
            },
            Addresses::Required => self.email_route(message).unwrap_or_else(|code| {
                findings.push(Finding::new(code, &message.key, self.place));
                bare(Channel::Api)
            }),
        }
    }

    fn email_route(&self, message: &Message) -> Result<Routed, Code> {
        let route = &message.route;
        let is_email = |address: &&Address| address.address.contains('@');
        let inbound = message.side == Side::Customer;
        let person = if inbound { &message.author } else { &self.conversation.customer };
        let known = || {
            let email = person.email.as_ref()?;
            Some(Address { name: person.name.as_deref().map(Arc::from), address: email.shared() })
        };
        let theirs = if inbound { route.from.as_ref() } else { route.to.first() };
        let theirs = theirs.filter(is_email).cloned().or_else(known).ok_or(Code::EmailWithoutAddress)?;
        let ours = if inbound { route.to.first() } else { route.from.as_ref() };
        let ours = ours.filter(is_email).or(self.company).cloned();
        let Some(ours) = ours else {
            // Offline the account's mailbox is not known yet, so nothing is missing.
            if self.directory.is_known() {
                return Err(Code::MailboxUnknown);
            }
            return Ok(Routed { channel: Channel::Email, from: None, to: Vec::new(), cc: Vec::new() });
        };
        let cc = route.cc.iter().filter(is_email).cloned().collect();
        let rest = |first: Address| -> Vec<Address> {
            std::iter::once(first).chain(route.to.iter().skip(1).filter(is_email).cloned()).collect()
        };
        Ok(if inbound {
            Routed { channel: Channel::Email, from: Some(theirs), to: rest(ours), cc }
        } else {
            Routed { channel: Channel::Email, from: Some(ours), to: rest(theirs), cc }
        })
    }
}

/// Where a message goes from and to.
struct Routed {
    channel: Channel,
    from: Option<Address>,
    to: Vec<Address>,
    cc: Vec<Address>,
}

#[cfg(test)]
#[path = "ticket_tests.rs"]
mod tests;
