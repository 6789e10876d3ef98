//! What a record is, by its keys. File names mean nothing.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::loose::Integer;
use super::page;
use super::translate;

/// Keys whose arrays hold records when they stand in a page wrapper (reference 2.1).
pub(super) const LISTS: &[&str] = &[
    "tickets",
    "users",
    "organizations",
    "groups",
    "comments",
    "audits",
    "ticket_audits",
    "ticket_events",
    "results",
    "suspended_tickets",
    "deleted_tickets",
    "ticket_fields",
    "brands",
    "satisfaction_ratings",
    "ticket_metrics",
    "metric_sets",
    "ticket_forms",
    "side_conversations",
    "ticket_comments",
    "ticket_metric_events",
    "deleted_users",
    "organization_memberships",
    "group_memberships",
    "chats",
];

/// Keys whose arrays hold records too, but are short, or too common in records themselves to be walked in a stream.
const SHORT_LISTS: &[&str] = &[
    "events",
    "conversation_log",
    "macros",
    "views",
    "triggers",
    "automations",
    "tags",
    "custom_statuses",
    "user_fields",
    "organization_fields",
    "sla_policies",
    "schedules",
    "identities",
    "custom_roles",
    "organization_subscriptions",
    "sharing_agreements",
    "dynamic_content_items",
    // What programs and libraries of their own call any list.
    "data",
    "records",
    "items",
    "rows",
];

/// Kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Ticket,
    Comment,
    Audit,
    TicketEvent,
    User,
    Organization,
    Group,
    Field,
    /// A message in the spam queue.
    Suspended,
    /// A notice that a ticket was deleted.
    DeletedNotice,
    /// A notice that a ticket was too large to be exported with its comments.
    OversizeNotice,
    /// A conversation of agents with others beside a ticket, with its events where the dump has them.
    SideConversation,
    /// An event of a side conversation, alone.
    SideEvent,
    /// An event of a ticket's conversation log.
    LogEvent,
    /// A chat of the Chat product, which is no ticket.
    Chat,
    /// What a customer thought of a ticket.
    Rating,
    /// The figures of a ticket.
    Metrics,
    /// The rest of a page of the API, its lists taken out.
    Page,
    /// What a table knows of a ticket whose messages are elsewhere.
    TicketRow,
    /// A row that says of which ticket a chat is.
    ChatOwner,
    /// A row that says what happened in a chat, as an audit of one item.
    ChatEvent,
    /// The account itself.
    Account,
    /// Known, and holds nothing that is imported: brands, macros, connector state.
    Aside,
    Unknown,
}

/// Wrappers open in each other at most this deep: a record line around a page around `{"ticket":..}`.
const DEPTH_MAX: u32 = 4;

/// Bytes at the start of a record in which its own `url` is looked for.
const HEAD_BYTES: usize = 160;

/// Kinds that the address of a record tells, as the account's own exports have it near the start of every line.
const BY_URL: &[(&str, Kind)] = &[
    ("/api/v2/tickets/", Kind::Ticket),
    ("/api/v2/users/", Kind::User),
    ("/api/v2/end_users/", Kind::User),
    ("/api/v2/organizations/", Kind::Organization),
    ("/api/v2/groups/", Kind::Group),
    ("/api/v2/ticket_fields/", Kind::Field),
    ("/api/v2/brands/", Kind::Aside),
    ("/api/v2/satisfaction_ratings/", Kind::Rating),
    ("/api/v2/ticket_metrics/", Kind::Metrics),
    ("/api/v2/ticket_forms/", Kind::Aside),
    ("/api/v2/macros/", Kind::Aside),
    ("/api/v2/views/", Kind::Aside),
    ("/api/v2/triggers/", Kind::Aside),
    ("/api/v2/automations/", Kind::Aside),
    ("/api/v2/slas/", Kind::Aside),
    ("/api/v2/user_fields/", Kind::Aside),
    ("/api/v2/organization_fields/", Kind::Aside),
    ("/api/v2/group_memberships/", Kind::Aside),
    ("/api/v2/organization_memberships/", Kind::Aside),
    ("/api/v2/custom_statuses/", Kind::Aside),
    ("/api/v2/attachments/", Kind::Aside),
];

/// Whether an object with these keys is of a kind.
type Test = fn(&Keys<'_>) -> bool;

/// Keys that make a record what it is, most telling first (reference 2.6).
const BY_KEYS: &[(Test, Kind)] = &[
    (|k| k.has("participants") && (k.has("ticket_id") || k.has("preview_text")), Kind::SideConversation),
    (|k| k.object("side_conversation").is_some(), Kind::SideConversation),
    (|k| k.has("side_conversation_id") && k.has("message"), Kind::SideEvent),
    (|k| k.is_array("history") && (k.has("visitor") || k.has("session")), Kind::Chat),
    (|k| k.has("visitor") && k.has("message") && k.is_text("type", &["offline_msg"]), Kind::Chat),
    (|k| k.has("ticket_id") && k.is_array("events"), Kind::Audit),
    (|k| k.has("ticket_id") && k.is_array("child_events"), Kind::TicketEvent),
    // Taken from under its ticket, an audit need not name it.
    (|k| k.has("id") && k.has("created_at") && k.has("author_id") && k.is_array("events"), Kind::Audit),
    (|k| k.has("reference") && k.has("content") && k.object("author").is_some(), Kind::LogEvent),
    // Some logs do not refer to what their events tell; what they say is there all the same.
    (
        |k| {
            let is_dated = k.has("type") && k.has("created_at");
            is_dated && k.object("content").is_some() && k.object("author").is_some()
        },
        Kind::LogEvent,
    ),
    (|k| k.has("cause") && k.has("content"), Kind::Suspended),
    (|k| k.has("deleted_at") && k.has("previous_state"), Kind::DeletedNotice),
    (
        |k| {
            let told = k.has("subject") || k.has("raw_subject") || (k.has("via") && k.has("status"));
            k.has("requester_id") && told
        },
        Kind::Ticket,
    ),
    (
        |k| k.is_text("type", COMMENT_TYPES) && (k.has("body") || k.has("html_body") || k.has("data")),
        Kind::Comment,
    ),
    (|k| k.has("author_id") && k.has("body") && k.has("public"), Kind::Comment),
    (|k| k.has("role") && k.has("name"), Kind::User),
    (|k| k.has("domain_names"), Kind::Organization),
    (|k| k.has("ticket_id") && k.has("score"), Kind::Rating),
    (|k| k.has("ticket_id") && k.has("replies") && k.has("reopens"), Kind::Metrics),
    (
        |k| (k.has("id") || k.has("ticket_id")) && !k.has("via") && ERROR_KEYS.iter().any(|key| k.has(key)),
        Kind::OversizeNotice,
    ),
    (|k| k.is_text("type", &["SCHEMA", "STATE", "LOG", "TRACE", "ACTIVATE_VERSION", "SPEC"]), Kind::Aside),
    (|k| k.has_list(LISTS) && !k.has("id"), Kind::Page),
    (|k| k.has_list(SHORT_LISTS) && !k.has("id"), Kind::Page),
];

const COMMENT_TYPES: &[&str] = &["Comment", "VoiceComment", "TpeVoiceComment", "FacebookComment", "Tweet"];
const ERROR_KEYS: &[&str] = &["error", "errors", "error_message", "message"];

/// What the list or the stream that a record came in says of it, where its own keys are too few.
const BY_LIST: &[(&[&str], Kind)] = &[
    (&["users"], Kind::User),
    (&["organizations"], Kind::Organization),
    (&["groups"], Kind::Group),
    (&["ticket_fields"], Kind::Field),
    (&["comments", "ticket_comments", "comment"], Kind::Comment),
    (&["satisfaction_ratings", "satisfaction_rating"], Kind::Rating),
    (&["ticket_metrics", "metric_sets"], Kind::Metrics),
    (&["chats"], Kind::Chat),
    (
        &[
            "brands",
            "ticket_forms",
            "tags",
            "ticket_metric_events",
            "macros",
            "views",
            "triggers",
            "automations",
            "schedules",
            "sla_policies",
            "custom_statuses",
            "user_fields",
            "organization_fields",
            "deleted_users",
            "organization_memberships",
            "organization_subscriptions",
            "group_memberships",
            "identities",
            "custom_roles",
            "sharing_agreements",
            "dynamic_content_items",
        ],
        Kind::Aside,
    ),
];

/// What was translated from another form says itself what it is.
const TRANSLATED: &[(&str, Kind)] = &[
    (translate::TICKET, Kind::Ticket),
    (translate::COMMENT, Kind::Comment),
    (translate::USER, Kind::User),
    (translate::ORGANIZATION, Kind::Organization),
    (translate::GROUP, Kind::Group),
    (translate::FIELD, Kind::Field),
    (translate::ACCOUNT, Kind::Account),
    (translate::TICKET_ROW, Kind::TicketRow),
    (translate::RATING, Kind::Rating),
    (translate::CHAT, Kind::ChatOwner),
    (translate::CHAT_EVENT, Kind::ChatEvent),
];

/// An object found in a record.
pub(super) struct Found<'a> {
    pub(super) kind: Kind,
    /// Its JSON.
    pub(super) object: &'a [u8],
    /// The ticket that the wrapper around it names.
    pub(super) ticket: Option<i64>,
}

/// Takes the objects found in a record.
pub(super) type TakeObject<'t, 'a> = dyn FnMut(Found<'a>) -> Result<(), serde_json::Error> + 't;

/// What the wrappers so far say of what is in them.
#[derive(Clone, Copy, Default)]
struct Wrap<'w> {
    list: Option<&'w str>,
    ticket: Option<i64>,
}

/// Takes `record` out of its wrappers and says what it is. One record can hold several objects (`{"ticket":..,
/// "audit":..}`). An error means that it is no valid JSON object, or that `take` said so.
pub(super) fn each_object<'a>(
    record: &'a [u8],
    list: Option<&str>,
    take: &mut TakeObject<'_, 'a>,
) -> Result<(), serde_json::Error> {
    if let Some((_, kind)) = TRANSLATED.iter().find(|(name, _)| list == Some(*name)) {
        return take(Found { kind: *kind, object: record, ticket: None });
    }
    // The form of the documentation, one wrapped ticket a line, without looking at its keys first.
    if let Some(inner) = record.strip_prefix(b"{\"ticket\":").and_then(|rest| rest.strip_suffix(b"}"))
        && by_url(inner) == Some(Kind::Ticket)
        && take(Found { kind: Kind::Ticket, object: inner, ticket: None }).is_ok()
    {
        return Ok(());
    }
    if let Some(kind) = by_url(record) {
        return take(Found { kind, object: record, ticket: None });
    }
    by_keys(record, Wrap { list, ticket: None }, DEPTH_MAX, take)
}

fn by_keys<'a>(
    record: &'a [u8],
    wrap: Wrap<'_>,
    depth: u32,
    take: &mut TakeObject<'_, 'a>,
) -> Result<(), serde_json::Error> {
    let keys: Keys<'a> = serde_json::from_slice(record)?;
    if depth > 0 {
        // Connector lines: {"stream":..,"data":{..}} and {"type":"RECORD","stream":..,"record":{..}}.
        let stream = keys.text("stream");
        for key in ["data", "record", "_airbyte_data"] {
            let is_envelope = stream.is_some() || keys.is_text("type", &["RECORD"]) || key == "_airbyte_data";
            if let Some(inner) = keys.object(key).filter(|_| is_envelope) {
                let wrap = Wrap { list: stream.as_deref().or(wrap.list), ..wrap };
                return by_keys(inner, wrap, depth - 1, take);
            }
        }
    }
    let known = BY_KEYS.iter().find(|(is, _)| is(&keys)).map(|(_, kind)| *kind);
    // A page goes on to be told after what is in it, and so does what only wraps.
    let may_wrap = matches!(known, None | Some(Kind::Page | Kind::OversizeNotice));
    let wrapped = depth > 0 && may_wrap && inside(&keys, wrap, depth - 1, take)?;
    if wrapped && known != Some(Kind::Page) {
        return Ok(());
    }
    // `{"501":{..},"502":{..}}`, as programs write a table of objects by their ids.
    if known.is_none() && depth > 0 && keys.are_numbers_of_objects() {
        return keys
            .0
            .iter()
            .try_for_each(|(_, value)| by_keys(value.get().as_bytes(), wrap, depth - 1, take));
    }
    let url = keys.text("url");
    let kind = known
        .or_else(|| url.as_deref().and_then(|url| kind_at(&url[url.find("/api/v2/")?..])))
        .or_else(|| {
            let list = wrap.list?;
            BY_LIST.iter().find(|(lists, _)| lists.contains(&list)).map(|(_, kind)| *kind)
        });
    take(Found { kind: kind.unwrap_or(Kind::Unknown), object: record, ticket: wrap.ticket })
}

/// Goes through what `keys` wrap. True if there was anything.
fn inside<'a>(
    keys: &Keys<'a>,
    wrap: Wrap<'_>,
    depth: u32,
    take: &mut TakeObject<'_, 'a>,
) -> Result<bool, serde_json::Error> {
    let mut wrapped = false;
    let ticket = page::ticket(keys).or(wrap.ticket);
    let is_record = keys.has("id") || keys.has("requester_id");
    for key in ["ticket", "user", "organization", "group", "comment", "audit", "satisfaction_rating"] {
        if let Some(inner) = keys.object(key).filter(|_| !is_record) {
            wrapped = true;
            by_keys(inner, Wrap { list: Some(key), ticket: None }, depth, take)?;
        }
    }
    // `{"id":501,"comments":[..]}`: a ticket cut down to its comments.
    let own = if keys.has("requester_id") { None } else { keys.integer("id") };
    let of_record = ["comments", "audits", "ticket_audits", "conversation_log", "side_conversations"];
    for list in LISTS.iter().chain(SHORT_LISTS).filter(|list| !is_record || of_record.contains(list)) {
        let wrap = Wrap { list: Some(list), ticket: ticket.or(own) };
        if let Some(page) = keys.object(list).filter(|_| of_record.contains(list)) {
            wrapped = true;
            by_keys(page, wrap, depth, take)?;
        }
        for element in keys.array(list) {
            if element.get().starts_with('{') {
                wrapped = true;
                by_keys(element.get().as_bytes(), wrap, depth, take)?;
            }
        }
    }
    Ok(wrapped)
}

/// The kind by an address within the first bytes, where exports have it.
fn by_url(record: &[u8]) -> Option<Kind> {
    let head = &record[..record.len().min(HEAD_BYTES)];
    if !(head.starts_with(b"{\"url\":\"") || head.starts_with(b"{\"id\":")) {
        return None;
    }
    let at = memchr::memmem::find(head, b"\"url\":\"http")?;
    let rest = &head[at..];
    let path = &rest[memchr::memmem::find(rest, b"/api/v2/")?..];
    let path = std::str::from_utf8(path.split(|byte| *byte == b'"').next()?).ok()?;
    // Its own address, not one of something inside it.
    if memchr::memchr2(b'{', b'[', &head[1..at]).is_some() {
        return None;
    }
    kind_at(path)
}

/// The kind that lies at a path: `/api/v2/tickets/1.json` is a ticket, `/api/v2/tickets/1/side_conversations/x` none.
fn kind_at(path: &str) -> Option<Kind> {
    BY_URL.iter().find_map(|(part, kind)| {
        let rest = path.strip_prefix(part)?;
        (!rest.contains('/')).then_some(*kind)
    })
}

/// The signature of an unknown record: its keys in order, for the report. Keys are no personal data in any known
/// export, but values can have been turned into keys, so only plain words are shown.
pub(super) fn signature(record: &[u8]) -> String {
    let Ok(keys) = serde_json::from_slice::<Keys<'_>>(record) else { return "not an object".to_owned() };
    let plain = |key: &&str| key.len() <= 32 && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let mut names: Vec<&str> = keys.0.iter().map(|(key, _)| key.as_ref()).filter(plain).collect();
    names.sort_unstable();
    names.truncate(8);
    format!("keys: {}", names.join(", "))
}

/// The keys of an object and the text of their values.
pub(super) struct Keys<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Keys<'a> {
    pub(super) fn value(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value.get())
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    fn is_array(&self, key: &str) -> bool {
        self.value(key).is_some_and(|value| value.starts_with('['))
    }

    pub(super) fn object(&self, key: &str) -> Option<&'a [u8]> {
        self.value(key).filter(|value| value.starts_with('{')).map(str::as_bytes)
    }

    /// The elements of a list; none if it is no list.
    fn array(&self, key: &str) -> Vec<&'a RawValue> {
        let value = self.value(key).filter(|value| value.starts_with('['));
        value.and_then(|value| serde_json::from_str(value).ok()).unwrap_or_default()
    }

    /// A whole number, however it is written.
    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        Integer::parse(self.value(key)?).known()
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        serde_json::from_str(self.value(key)?).ok()
    }

    fn are_numbers_of_objects(&self) -> bool {
        let is_number = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
        !self.0.is_empty() && self.0.iter().all(|(key, value)| is_number(key) && value.get().starts_with('{'))
    }

    fn is_text(&self, key: &str, words: &[&str]) -> bool {
        self.text(key).is_some_and(|text| words.contains(&text.as_str()))
    }

    fn has_list(&self, lists: &[&str]) -> bool {
        lists.iter().any(|list| self.is_array(list))
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys<'de>, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = map.next_key::<super::loose::Text<'de>>()? {
            keys.push((key.0.unwrap_or_default(), map.next_value()?));
        }
        Ok(Keys(keys))
    }
}

impl<'de> Deserialize<'de> for Keys<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeysVisitor)
    }
}

#[cfg(test)]
#[path = "recognise_tests.rs"]
mod tests;
