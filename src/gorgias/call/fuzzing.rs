//! Answers of whoever speaks in Gorgias's place, for fuzzing.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::classify;
use crate::gorgias::CallFailure;
use crate::gorgias::observer::EndpointKind;
use crate::gorgias::transport::RawAnswer;
use crate::gorgias::wire::{
    Account, AccountSetting, Customer, Event, Integration, List, Message, Rule, SatisfactionSurvey, Tag,
    Ticket, TicketListItem, UploadedFile, User,
};

/// Longest text that a failure may hold of an answer, in bytes.
const WORDS_BYTES_MAX: usize = 16 * 1024;

/// An answer: a status in two bytes, then a media type by one, then the body.
pub(crate) fn answers(bytes: &[u8]) {
    let [high, low, kind, body @ ..] = bytes else { return };
    let status = 100 + u16::from_le_bytes([*low, *high]) % 500;
    let media = ["application/json", "text/html", "", "application/json; charset=utf-8"];
    let answer = RawAnswer::json(status, Bytes::copy_from_slice(body))
        .with_header("content-type", media[usize::from(*kind) % media.len()])
        .with_header("retry-after", &String::from_utf8_lossy(&body[..body.len().min(12)]))
        .with_header("date", &String::from_utf8_lossy(&body[..body.len().min(29)]))
        .with_header(
            "x-gorgias-account-api-call-limit",
            &String::from_utf8_lossy(&body[..body.len().min(8)]),
        );
    drop((answer.retry_after(), answer.date(), answer.call_limit(), answer.request_id()));
    for kind in [EndpointKind::Ticket, EndpointKind::Customer, EndpointKind::Tag] {
        match classify::verdict(kind, &answer) {
            Ok(()) => assert!((200..300).contains(&status), "a success that is none"),
            Err(failure) => {
                // 5xx, redirects and pages of proxies say nothing certain of what was done.
                let certain = !matches!(failure, CallFailure::Lost { .. });
                assert!(!certain || (400..500).contains(&status), "certain of an answer that says nothing");
                assert!(failure.to_string().len() <= WORDS_BYTES_MAX, "a failure that holds a whole answer");
            }
        }
    }
    read_all(&answer);
}

/// The body as everything that is ever read.
fn read_all(answer: &RawAnswer) {
    fn one<T: DeserializeOwned>(answer: &RawAnswer) {
        for failed in [classify::read::<T>(answer).err(), classify::read::<List<T>>(answer).err()] {
            let lost = matches!(failed, None | Some(CallFailure::Lost { .. }));
            assert!(lost, "an answer that cannot be read must be looked up");
        }
    }
    one::<Account>(answer);
    one::<AccountSetting>(answer);
    one::<Customer>(answer);
    one::<Event>(answer);
    one::<Integration>(answer);
    one::<Message>(answer);
    one::<Rule>(answer);
    one::<SatisfactionSurvey>(answer);
    one::<Tag>(answer);
    one::<Ticket>(answer);
    one::<TicketListItem>(answer);
    one::<UploadedFile>(answer);
    one::<User>(answer);
}
