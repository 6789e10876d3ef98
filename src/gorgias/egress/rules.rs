//! The rules, one function each, on parsed JSON.

use jiff::Timestamp;

use super::Refusal;
use super::endpoints::{
    BodyRule, Endpoint, MESSAGE, NEEDS_PERMIT, NEW_TICKET, NOT_IN_TICKET_CHANGE, QueryRule, SURVEY,
};
use super::strict_json::{self, Json, Object};
use crate::model::time::parse_rfc3339;

/// Gorgias takes 1 to 500 messages in one ticket (schema).
const MESSAGES_MAX: usize = 500;

/// What the rules need to know beside the request.
pub(super) struct Judge {
    /// Whether the caller holds a permit.
    pub(super) permit: bool,
    /// The local clock.
    pub(super) now: Timestamp,
    /// The server's clock, if it is known.
    pub(super) server_now: Option<Timestamp>,
}

impl Judge {
    /// Checks the query of a request, in its encoded form: a parameter of a write must be spelt plainly.
    pub(super) fn query(&self, endpoint: &Endpoint, query: Option<&str>) -> Result<(), Refusal> {
        let Some(query) = query else { return Ok(()) };
        match endpoint.query {
            QueryRule::Any if is_plain(query) => Ok(()),
            // Not `public_attachment`: what customers sent is not to be had without a login.
            QueryRule::UploadType if query == "type=attachment" => Ok(()),
            QueryRule::Action if matches!(query, "action=force" | "action=retry" | "action=cancel") => {
                if self.permit { Ok(()) } else { Err(Refusal::NeedsPermit { at: "action".to_owned() }) }
            }
            _ => Err(Refusal::Query),
        }
    }

    /// Checks the content type and the body.
    pub(super) fn body(
        &self,
        endpoint: &Endpoint,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Result<(), Refusal> {
        match endpoint.body {
            BodyRule::Nothing if !body.is_empty() => Err(Refusal::Body("it must have none")),
            BodyRule::Nothing if content_type.is_some() => Err(Refusal::ContentType),
            BodyRule::Multipart if !is_multipart(content_type) => Err(Refusal::ContentType),
            BodyRule::Multipart if !is_one_file(content_type, body) => {
                Err(Refusal::Body("it must be one file"))
            }
            BodyRule::Nothing | BodyRule::Multipart => Ok(()),
            rule if content_type == Some("application/json") => {
                let value = strict_json::parse(body)?;
                let object = value.as_object().ok_or(Refusal::Body("it must be an object"))?;
                self.object(rule, object)
            }
            _ => Err(Refusal::ContentType),
        }
    }

    fn object(&self, rule: BodyRule, object: &Object<'_>) -> Result<(), Refusal> {
        match rule {
            BodyRule::NewTicket => self.new_ticket(object),
            BodyRule::TicketChange => {
                known_fields("", object, |name| {
                    name == "is_unread"
                        || (NEW_TICKET.contains(&name) && !NOT_IN_TICKET_CHANGE.contains(&name))
                })?;
                self.nothing_that_acts("", object)
            }
            BodyRule::NewMessage | BodyRule::MessageChange => self.message("message", object),
            BodyRule::Survey => self.survey(object),
            BodyRule::Plain(fields) => known_fields("", object, |name| fields.contains(&name)),
            BodyRule::Nothing | BodyRule::Multipart => Err(Refusal::ContentType),
        }
    }

    fn new_ticket(&self, ticket: &Object<'_>) -> Result<(), Refusal> {
        known_fields("", ticket, |name| NEW_TICKET.contains(&name))?;
        self.nothing_that_acts("", ticket)?;
        let messages = ticket.get("messages").and_then(Json::as_list);
        let messages = messages.ok_or(Refusal::Body("`messages` must be a list"))?;
        if messages.is_empty() || messages.len() > MESSAGES_MAX {
            return Err(Refusal::Body("`messages` must have 1 to 500 items"));
        }
        for (index, message) in messages.iter().enumerate() {
            let message = message.as_object().ok_or(Refusal::Body("a message must be an object"))?;
            self.message(&format!("messages[{index}]"), message)?;
        }
        Ok(())
    }

    fn message(&self, at: &str, message: &Object<'_>) -> Result<(), Refusal> {
        self.sent_in_the_past(at, message)?;
        known_fields(at, message, |name| MESSAGE.contains(&name))?;
        self.nothing_that_acts(at, message)
    }

    fn survey(&self, survey: &Object<'_>) -> Result<(), Refusal> {
        known_fields("", survey, |name| SURVEY.contains(&name))?;
        if survey.get("should_send_datetime") != Some(&Json::Null) {
            return Err(Refusal::SurveyWouldBeSent);
        }
        self.sent_in_the_past("survey", survey)
    }

    fn sent_in_the_past(&self, at: &str, object: &Object<'_>) -> Result<(), Refusal> {
        let sent = object.get("sent_datetime").and_then(Json::as_str).and_then(parse_rfc3339);
        let sent = sent.ok_or_else(|| Refusal::NoSentTime { at: at.to_owned() })?;
        if sent >= self.now {
            return Err(Refusal::NotPast { at: at.to_owned(), clock: "the local clock", says: self.now });
        }
        if let Some(says) = self.server_now.filter(|server_now| sent >= *server_now) {
            return Err(Refusal::NotPast { at: at.to_owned(), clock: "the server's clock", says });
        }
        Ok(())
    }

    fn nothing_that_acts(&self, at: &str, object: &Object<'_>) -> Result<(), Refusal> {
        if self.permit {
            return Ok(());
        }
        let acting =
            NEEDS_PERMIT.iter().find(|name| object.get(name).is_some_and(|value| !says_nothing(value)));
        acting.map_or(Ok(()), |name| Err(Refusal::NeedsPermit { at: join(at, name) }))
    }
}

/// `null` and the empty list are ways to say that there is nothing.
fn says_nothing(value: &Json<'_>) -> bool {
    *value == Json::Null || value.as_list().is_some_and(<[_]>::is_empty)
}

fn known_fields(at: &str, object: &Object<'_>, known: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    let unknown = object.keys().find(|name| !known(name.as_ref()));
    unknown.map_or(Ok(()), |name| Err(Refusal::UnknownField { at: join(at, name) }))
}

fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

/// Printable ASCII that cannot end the query.
fn is_plain(query: &str) -> bool {
    query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#')
}

/// One part, which is a file: the boundary stands at the beginning and at the end and nowhere between.
fn is_one_file(content_type: Option<&str>, body: &[u8]) -> bool {
    let boundary =
        content_type.and_then(|kind| kind.split_once("boundary=")).map_or("", |(_, boundary)| boundary);
    let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"");
    let Some(content) = body.strip_prefix(head.as_bytes()) else { return false };
    let Some(content) = content.strip_suffix(format!("\r\n--{boundary}--\r\n").as_bytes()) else {
        return false;
    };
    memchr::memmem::find(content, format!("\r\n--{boundary}").as_bytes()).is_none()
}

fn is_multipart(content_type: Option<&str>) -> bool {
    content_type.is_some_and(|kind| {
        kind.strip_prefix("multipart/form-data; boundary=").is_some_and(|boundary| {
            !boundary.is_empty() && boundary.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    })
}
