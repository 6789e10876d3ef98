//! The table of endpoints that may be used, and of the fields that each object may carry. Source: Gorgias's schema of
//! 2026-06-18. Users, rules, integrations, settings, views, macros, jobs, teams and widgets are read or absent, never
//! written.

use http::Method;

/// What the gate looks for in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyRule {
    /// There must be none.
    Nothing,
    /// A ticket with messages in it.
    NewTicket,
    /// Fields of a ticket, no messages.
    TicketChange,
    /// One message.
    NewMessage,
    /// Fields of one message.
    MessageChange,
    /// A satisfaction survey.
    Survey,
    /// An object that cannot send anything, with these fields.
    Plain(&'static [&'static str]),
    /// Files.
    Multipart,
}

/// Which parameters a query may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QueryRule {
    /// Reads may ask what they like.
    Any,
    /// None at all.
    Nothing,
    /// `action`, with a permit.
    Action,
    /// `type`, the private kind of attachment.
    UploadType,
}

/// One row: a method and a path with `#` for a number and `*` for a plain name, and what may go there.
pub(super) struct Endpoint {
    method: Method,
    path: &'static str,
    pub(super) query: QueryRule,
    pub(super) body: BodyRule,
}

const fn read(path: &'static str) -> Endpoint {
    Endpoint { method: Method::GET, path, query: QueryRule::Any, body: BodyRule::Nothing }
}

const fn remove(path: &'static str) -> Endpoint {
    Endpoint { method: Method::DELETE, path, query: QueryRule::Nothing, body: BodyRule::Nothing }
}

const fn write(method: Method, path: &'static str, query: QueryRule, body: BodyRule) -> Endpoint {
    Endpoint { method, path, query, body }
}

/// Fields of a customer that a request may write.
const CUSTOMER: BodyRule =
    BodyRule::Plain(&["channels", "email", "external_id", "language", "name", "timezone"]);

/// Every endpoint there is for us.
static ENDPOINTS: &[Endpoint] = &[
    read("account"),
    read("account/settings"),
    read("users"),
    read("users/#"),
    read("teams"),
    read("views"),
    read("rules"),
    read("rules/#"),
    read("integrations"),
    read("integrations/#"),
    read("tags"),
    read("tags/#"),
    read("custom-fields"),
    read("custom-fields/#"),
    read("customers"),
    read("customers/#"),
    read("tickets"),
    read("tickets/#"),
    read("tickets/#/messages"),
    read("tickets/#/messages/#"),
    read("tickets/#/tags"),
    read("tickets/#/custom-fields"),
    read("messages"),
    read("events"),
    read("events/#"),
    read("satisfaction-surveys"),
    read("satisfaction-surveys/#"),
    read("attachment/download/*/*"),
    write(Method::POST, "tickets", QueryRule::Nothing, BodyRule::NewTicket),
    write(Method::PUT, "tickets/#", QueryRule::Nothing, BodyRule::TicketChange),
    remove("tickets/#"),
    write(Method::POST, "tickets/#/messages", QueryRule::Action, BodyRule::NewMessage),
    write(Method::PUT, "tickets/#/messages/#", QueryRule::Action, BodyRule::MessageChange),
    remove("tickets/#/messages/#"),
    write(Method::POST, "customers", QueryRule::Nothing, CUSTOMER),
    write(Method::PUT, "customers/#", QueryRule::Nothing, CUSTOMER),
    remove("customers/#"),
    write(Method::PUT, "customers/#/data", QueryRule::Nothing, BodyRule::Plain(&["data", "version"])),
    write(Method::POST, "tags", QueryRule::Nothing, BodyRule::Plain(&["name", "description", "decoration"])),
    remove("tags/#"),
    write(Method::POST, "satisfaction-surveys", QueryRule::Nothing, BodyRule::Survey),
    write(Method::PUT, "satisfaction-surveys/#", QueryRule::Nothing, BodyRule::Survey),
    write(Method::POST, "upload", QueryRule::UploadType, BodyRule::Multipart),
];

/// Fields of a new ticket (4.1 of the reference); `messages` is checked apart.
pub(super) const NEW_TICKET: &[&str] = &[
    "messages",
    "via",
    "channel",
    "subject",
    "status",
    "priority",
    "customer",
    "assignee_user",
    "assignee_team",
    "tags",
    "custom_fields",
    "external_id",
    "from_agent",
    "language",
    "spam",
    "meta",
    "imported",
    "split_from",
    "created_datetime",
    "opened_datetime",
    "closed_datetime",
    "updated_datetime",
    "last_message_datetime",
    "last_received_message_datetime",
    "snooze_datetime",
    "trashed_datetime",
];

/// Fields that a new ticket may have and an update may not (9.10 of the reference).
pub(super) const NOT_IN_TICKET_CHANGE: &[&str] = &["messages", "created_datetime", "imported", "split_from"];

/// Fields of a message (5.3 of the reference). Updates take fewer, and Gorgias refuses the others itself.
pub(super) const MESSAGE: &[&str] = &[
    "channel",
    "from_agent",
    "via",
    "body_html",
    "body_text",
    "stripped_html",
    "stripped_text",
    "stripped_signature",
    "subject",
    "public",
    "source",
    "sender",
    "receiver",
    "attachments",
    "external_id",
    "message_id",
    "integration_id",
    "created_datetime",
    "sent_datetime",
    "opened_datetime",
    "failed_datetime",
    "deleted_datetime",
    "last_sending_error",
    "mention_ids",
    "macros",
    "actions",
    "headers",
    "meta",
    "imported",
];

/// Fields of a survey (9.5 of the reference).
pub(super) const SURVEY: &[&str] = &[
    "ticket_id",
    "customer_id",
    "score",
    "body_text",
    "created_datetime",
    "scored_datetime",
    "sent_datetime",
    "should_send_datetime",
    "meta",
];

/// Fields of tickets and messages that make Gorgias send, run or notify something.
pub(super) const NEEDS_PERMIT: &[&str] = &[
    "actions",
    "macros",
    "mention_ids",
    "failed_datetime",
    "last_sending_error",
    "integration_id",
    "snooze_datetime",
];

/// Longest number in a path: ids are 64 bits.
const ID_DIGITS_MAX: usize = 20;

/// Longest name in a path: file systems end there, and names that Gorgias gives are shorter.
const NAME_CHARS_MAX: usize = 255;

/// The row for a request. The path must be written exactly as in the table: no encoded characters, no empty or dot
/// segments, no slash at the end, so that nothing on the way can read it differently.
pub(super) fn find(method: &Method, path: &str) -> Option<&'static Endpoint> {
    let path = path.strip_prefix("/api/")?;
    ENDPOINTS.iter().find(|endpoint| endpoint.method == *method && fits(endpoint.path, path))
}

fn fits(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some("#"), Some(id)) if is_id(id) => {}
            (Some("*"), Some(name)) if is_name(name) => {}
            (Some(word), Some(segment)) if word != "#" && word != "*" && word == segment => {}
            _ => return false,
        }
    }
}

fn is_id(segment: &str) -> bool {
    (1..=ID_DIGITS_MAX).contains(&segment.len()) && segment.bytes().all(|byte| byte.is_ascii_digit())
}

/// Letters, digits and the marks of file names, so that nothing on the way can read it differently.
fn is_name(segment: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=NAME_CHARS_MAX).contains(&segment.len())
        && segment.bytes().all(is_plain)
        && segment.bytes().any(|byte| byte != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_matched_to_the_letter() {
        assert!(find(&Method::GET, "/api/users/0").is_some());
        for path in [
            "/api/tickets/",
            "/api/tickets//",
            "/api//tickets",
            "/api/tickets/1x",
            "/api/tickets/%31",
            "/tickets",
            "/api/../api/tickets",
            "/api/tickets/-1",
            "/API/tickets",
            "/api/tickets/1/messages/",
            "/api/",
            "/api/tickets/123456789012345678901",
            "/api/tickets/#",
            "/api/tickets?x",
            "/api/tickets\u{661}",
        ] {
            assert!(find(&Method::GET, path).is_none(), "{path}");
        }
    }

    #[test]
    fn names_of_files_cannot_lead_elsewhere() {
        assert!(find(&Method::GET, "/api/attachment/download/d0main/bill-0a1b.pdf").is_some());
        for path in [
            "/api/attachment/download/d0main/..",
            "/api/attachment/download/../bill.pdf",
            "/api/attachment/download/d0main/",
            "/api/attachment/download/d0main/a%2fb",
            "/api/attachment/download/d0main/*",
            "/api/attachment/download/d0main/a/b",
            "/api/profile_picture/download/d0main/a.png",
        ] {
            assert!(find(&Method::GET, path).is_none(), "{path}");
        }
        assert!(find(&Method::POST, "/api/attachment/download/d0main/a.pdf").is_none());
    }

    #[test]
    fn fields_that_need_a_permit_are_fields() {
        for name in NEEDS_PERMIT {
            assert!(MESSAGE.contains(name) || NEW_TICKET.contains(name), "{name}");
        }
    }
}
