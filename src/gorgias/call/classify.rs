//! What an answer means. Pure: no clock, no I/O.
//!
//! The rule behind the table: whatever does not certainly say that nothing was done, is lost. That holds for time-outs
//! and 5xx as for any web page, because a proxy that speaks instead of Gorgias knows nothing of what Gorgias did.
//! The one exception is 413, which proxies answer with a page of their own before they pass anything on; taken as lost,
//! it would be looked up and sent again for ever.

use serde::de::DeserializeOwned;

use super::super::error::CallFailure;
use super::super::observer::EndpointKind;
use super::super::transport::{LostKind, RawAnswer};
use super::unreadable;
use super::words::{self, Words};

/// A success, or the failure it stands for.
pub(super) fn verdict(kind: EndpointKind, answer: &RawAnswer) -> Result<(), CallFailure> {
    let status = answer.status;
    let lost = |kind: LostKind| Err(CallFailure::Lost { kind, detail: request_of(answer) });
    match status {
        413 => return Err(CallFailure::TooLarge),
        // A file may be a web page.
        200..=299 if kind == EndpointKind::File => return Ok(()),
        _ if answer.is_html() => return lost(LostKind::Html(status)),
        200..=299 => return Ok(()),
        300..=399 => return lost(LostKind::Redirect(status)),
        0..=199 | 408 | 500.. => return lost(LostKind::Status(status)),
        409 if !exists_means_look_up(kind) => return lost(LostKind::Status(status)),
        _ => {}
    }
    let Words { message, fields } = words::read(answer);
    Err(match status {
        401 => CallFailure::Unauthorized { message },
        403 => {
            let quota = message.to_ascii_lowercase().contains("quota");
            CallFailure::Forbidden { message, quota }
        }
        404 => CallFailure::NotFound,
        409 => CallFailure::Conflict { message },
        429 => CallFailure::Throttled { retry_after: answer.retry_after() },
        400 if exists_means_look_up(kind) && says_exists(&message, &fields) => {
            CallFailure::Conflict { message }
        }
        _ => CallFailure::Refused { status, message, fields, request_id: answer.request_id() },
    })
}

/// Where a 409 says "identifier already used". On tickets and messages, which have no unique identifier, it says
/// nothing about what was done.
fn exists_means_look_up(kind: EndpointKind) -> bool {
    matches!(kind, EndpointKind::Customer | EndpointKind::Tag | EndpointKind::Survey)
}

/// The documentation says 409 for an address that is taken, a client of 2026 notes 400 (reference, section 6).
fn says_exists(message: &str, fields: &[(String, String)]) -> bool {
    let mut texts = fields.iter().map(|(_, text)| text.as_str()).chain([message]);
    texts.any(|text| {
        let text = text.to_ascii_lowercase();
        text.contains("already") || text.contains("exists") && !text.contains("not exists")
    })
}

fn request_of(answer: &RawAnswer) -> String {
    answer.request_id().map(|id| format!("request {id}")).unwrap_or_default()
}

/// Reads a success. What cannot be read is lost: something was done, and we do not know what.
pub(super) fn read<T: DeserializeOwned>(answer: &RawAnswer) -> Result<T, CallFailure> {
    let mut input = serde_json::Deserializer::from_slice(&answer.body);
    serde_path_to_error::deserialize(&mut input).map_err(|error| {
        // The inner text can quote the answer, so only the place and the kind are told.
        let kind = error.inner().classify();
        unreadable(format!("{kind:?} error at `{}`, {} bytes", error.path(), answer.body.len()))
    })
}
