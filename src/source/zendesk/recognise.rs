//! What a record is, by its keys. File names mean nothing.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

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
];

/// Kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// What a table knows of a ticket whose messages are elsewhere.
    TicketRow,
    /// The account itself.
    Account,
    /// Known, and holds nothing that is imported: page ends, metrics, brands, connector state.
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
    ("/api/v2/satisfaction_ratings/", Kind::Aside),
    ("/api/v2/ticket_metrics/", Kind::Aside),
    ("/api/v2/ticket_forms/", Kind::Aside),
];

/// Whether an object with these keys is of a kind.
type Test = fn(&Keys<'_>) -> bool;

/// Keys that make a record what it is, most telling first (reference 2.6).
const BY_KEYS: &[(Test, Kind)] = &[
    (|k| k.has("ticket_id") && k.is_array("events"), Kind::Audit),
    (|k| k.has("ticket_id") && k.is_array("child_events"), Kind::TicketEvent),
    (|k| k.has("cause") && k.has("content"), Kind::Suspended),
    (|k| k.has("deleted_at") && k.has("previous_state"), Kind::DeletedNotice),
    (|k| k.has("participants") && k.has("ticket_id"), Kind::Unknown),
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
    (
        |k| (k.has("id") || k.has("ticket_id")) && !k.has("via") && ERROR_KEYS.iter().any(|key| k.has(key)),
        Kind::OversizeNotice,
    ),
    (|k| k.is_text("type", &["SCHEMA", "STATE", "LOG", "TRACE", "ACTIVATE_VERSION", "SPEC"]), Kind::Aside),
    (|k| k.has_list() && !k.has("id"), Kind::Aside),
];

const COMMENT_TYPES: &[&str] = &["Comment", "VoiceComment", "TpeVoiceComment", "FacebookComment"];
const ERROR_KEYS: &[&str] = &["error", "errors", "error_message", "message"];

/// What the list or the stream that a record came in says of it, where its own keys are too few.
const BY_LIST: &[(&[&str], Kind)] = &[
    (&["users"], Kind::User),
    (&["organizations"], Kind::Organization),
    (&["groups"], Kind::Group),
    (&["ticket_fields"], Kind::Field),
    (
        &[
            "brands",
            "satisfaction_ratings",
            "ticket_metrics",
            "metric_sets",
            "ticket_forms",
            "tags",
            "ticket_metric_events",
            "macros",
            "schedules",
            "sla_policies",
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
];

/// Takes the objects found in a record, each with its kind.
pub(super) type TakeObject<'t, 'a> = dyn FnMut(Kind, &'a [u8]) -> Result<(), serde_json::Error> + 't;

/// Takes `record` out of its wrappers and says what it is. One record can hold several objects (`{"ticket":..,
/// "audit":..}`). An error means that it is no valid JSON object, or that `take` said so.
pub(super) fn each_object<'a>(
    record: &'a [u8],
    list: Option<&str>,
    take: &mut TakeObject<'_, 'a>,
) -> Result<(), serde_json::Error> {
    if let Some((_, kind)) = TRANSLATED.iter().find(|(name, _)| list == Some(*name)) {
        return take(*kind, record);
    }
    // The form of the documentation, one wrapped ticket a line, without looking at its keys first.
    if let Some(inner) = record.strip_prefix(b"{\"ticket\":").and_then(|rest| rest.strip_suffix(b"}"))
        && by_url(inner) == Some(Kind::Ticket)
        && take(Kind::Ticket, inner).is_ok()
    {
        return Ok(());
    }
    if let Some(kind) = by_url(record) {
        return take(kind, record);
    }
    by_keys(record, list, DEPTH_MAX, take)
}

fn by_keys<'a>(
    record: &'a [u8],
    list: Option<&str>,
    depth: u32,
    take: &mut TakeObject<'_, 'a>,
) -> Result<(), serde_json::Error> {
    let keys: Keys<'a> = serde_json::from_slice(record)?;
    if depth > 0 {
        // Connector lines: {"stream":..,"data":{..}} and {"type":"RECORD","stream":..,"record":{..}}.
        let stream = keys.text("stream");
        for key in ["data", "record"] {
            if let Some(inner) =
                keys.object(key).filter(|_| stream.is_some() || keys.is_text("type", &["RECORD"]))
            {
                return by_keys(inner, stream.as_deref().or(list), depth - 1, take);
            }
        }
        let mut wrapped = false;
        for key in ["ticket", "user", "organization", "group", "comment", "audit"] {
            if let Some(inner) = keys.object(key).filter(|_| !keys.has("id") && !keys.has("requester_id")) {
                wrapped = true;
                by_keys(inner, Some(key), depth - 1, take)?;
            }
        }
        if wrapped {
            return Ok(());
        }
    }
    let url = keys.text("url");
    let kind = BY_KEYS
        .iter()
        .find(|(is, _)| is(&keys))
        .map(|(_, kind)| *kind)
        .or_else(|| {
            url.and_then(|url| BY_URL.iter().find(|(part, _)| url.contains(part)).map(|(_, kind)| *kind))
        })
        .or_else(|| {
            let list = list?;
            BY_LIST.iter().find(|(lists, _)| lists.contains(&list)).map(|(_, kind)| *kind)
        });
    take(kind.unwrap_or(Kind::Unknown), record)
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
    // Its own address, not one of something inside it.
    if memchr::memchr2(b'{', b'[', &head[1..at]).is_some() {
        return None;
    }
    BY_URL.iter().find(|(part, _)| path.starts_with(part.as_bytes())).map(|(_, kind)| *kind)
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
    fn value(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value.get())
    }

    fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    fn is_array(&self, key: &str) -> bool {
        self.value(key).is_some_and(|value| value.starts_with('['))
    }

    fn object(&self, key: &str) -> Option<&'a [u8]> {
        self.value(key).filter(|value| value.starts_with('{')).map(str::as_bytes)
    }

    fn text(&self, key: &str) -> Option<String> {
        serde_json::from_str(self.value(key)?).ok()
    }

    fn is_text(&self, key: &str, words: &[&str]) -> bool {
        self.text(key).is_some_and(|text| words.contains(&text.as_str()))
    }

    fn has_list(&self) -> bool {
        LISTS.iter().any(|list| self.is_array(list))
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
mod tests {
    use super::*;

    fn kinds(record: &str) -> Vec<Kind> {
        listed(record, None)
    }

    fn listed(record: &str, list: Option<&str>) -> Vec<Kind> {
        let mut kinds = Vec::new();
        each_object(record.as_bytes(), list, &mut |kind, inner| {
            assert!(serde_json::from_slice::<serde_json::Value>(inner).unwrap().is_object());
            kinds.push(kind);
            Ok(())
        })
        .unwrap();
        kinds
    }

    #[test]
    fn records_are_known_by_their_keys() {
        for (record, kind) in [
            (r#"{"url":"https://a.zendesk.com/api/v2/tickets/1.json","id":1}"#, Kind::Ticket),
            (r#"{"id":1,"url":"https://a.zendesk.com/api/v2/users/1.json"}"#, Kind::User),
            (r#"{"id":1,"requester_id":2,"subject":null}"#, Kind::Ticket),
            (r#"{"id":1,"requester_id":2,"via":{},"status":"open"}"#, Kind::Ticket),
            (r#"{"ticket":{"id":1,"requester_id":2,"subject":"x"}}"#, Kind::Ticket),
            (r#"{"ticket":{"url":"https://a.zendesk.com/api/v2/tickets/1.json","id":1}}"#, Kind::Ticket),
            (
                r#"{"stream":"tickets","data":{"id":1,"requester_id":2,"subject":"x"},"emitted_at":1}"#,
                Kind::Ticket,
            ),
            (r#"{"type":"RECORD","stream":"users","record":{"id":1}}"#, Kind::User),
            (r#"{"type":"RECORD","record":{"stream":"groups","data":{"id":1,"name":"x"}}}"#, Kind::Group),
            (r#"{"type":"SCHEMA","stream":"users","schema":{}}"#, Kind::Aside),
            (r#"{"id":1,"type":"Comment","author_id":1,"body":"x"}"#, Kind::Comment),
            (r#"{"id":1,"author_id":1,"body":"x","public":true}"#, Kind::Comment),
            (r#"{"id":1,"ticket_id":2,"events":[]}"#, Kind::Audit),
            (r#"{"id":1,"ticket_id":2,"child_events":[]}"#, Kind::TicketEvent),
            (r#"{"id":1,"name":"Kim","role":"agent"}"#, Kind::User),
            (r#"{"id":1,"name":"Acme","domain_names":[]}"#, Kind::Organization),
            (r#"{"id":1,"cause":"spam","content":"x"}"#, Kind::Suspended),
            (r#"{"id":1,"deleted_at":"x","previous_state":"open"}"#, Kind::DeletedNotice),
            (r#"{"ticket_id":1,"error":"too large"}"#, Kind::OversizeNotice),
            (r#"{"ticket":{"id":1,"error":"too large"}}"#, Kind::OversizeNotice),
            (r#"{"tickets":[],"count":0,"next_page":null}"#, Kind::Aside),
            (r#"{"foo":1}"#, Kind::Unknown),
        ] {
            assert_eq!(kinds(record), [kind], "{record}");
        }
        assert_eq!(listed(r#"{"id":1,"name":"Kim"}"#, Some("users")), [Kind::User]);
        let both =
            r#"{"ticket":{"id":1,"requester_id":2,"subject":"x"},"audit":{"ticket_id":1,"events":[]}}"#;
        assert_eq!(kinds(both), [Kind::Ticket, Kind::Audit]);
    }

    #[test]
    fn the_address_of_something_inside_does_not_count() {
        let user = r#"{"id":1,"photo":{"url":"https://a.zendesk.com/api/v2/tickets/1.json"},"name":"K","role":"agent"}"#;
        assert_eq!(kinds(user), [Kind::User]);
    }

    #[test]
    fn signatures_show_plain_keys_only() {
        assert_eq!(signature(br#"{"b":1,"a":2,"kim@example.com":3}"#), "keys: a, b");
        assert_eq!(signature(b"[]"), "not an object");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_something_or_an_error(bytes in proptest::collection::vec(0_u8..=255, 0..200)) {
            let read = each_object(&bytes, None, &mut |_, _| Ok(()));
            let braced = bytes.contains(&b'{');
            proptest::prop_assert!(read.is_err() || braced);
            signature(&bytes);
        }
    }
}
