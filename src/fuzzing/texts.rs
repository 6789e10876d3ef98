//! Short texts that people and systems write: dates, numbers, keys, settings.

use std::path::Path;

use http::Method;
use jiff::Timestamp;
use serde_json::Value;

use super::folder;
use crate::config::Config;
use crate::config::rate::RateLimit;
use crate::config::selection::{Request, Selection, parse_instant};
use crate::gorgias::egress;
use crate::mapping::{e164, read_fields_csv, read_people_csv, read_tags_csv, read_tickets_csv};
use crate::model::key::{ConversationKey, MessageKey, PersonKey, SourceName};
use crate::model::person::Email;
use crate::model::time::parse_rfc3339;

/// Times in every writing that is read.
pub(super) fn dates(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(at) = parse_rfc3339(text) {
        assert_eq!(parse_rfc3339(&at.to_string()), Some(at), "a time changes when it is written and read");
    }
    if let Ok(at) = parse_instant(text) {
        assert_eq!(parse_instant(&at.to_string()), Ok(at), "an instant changes when it is written and read");
    }
    crate::source::fuzzing::clock(text);
}

/// Phone numbers and addresses.
pub(super) fn phones(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for country in ["US", "FR", "AR", "no country"] {
        let Some(number) = e164(text, country) else { continue };
        assert!(number.starts_with('+') && number.len() <= 16, "no E.164");
        assert_eq!(e164(&number, country).as_ref(), Some(&number), "a number is not the same again");
    }
    crate::source::fuzzing::number(text);
    if let Some(email) = Email::parse(text) {
        assert_eq!(Email::parse(email.as_str()), Some(email.clone()), "an address is not the same again");
    }
}

/// Keys and files of keys.
pub(super) fn keys(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        for parsed in [
            ConversationKey::parse(text).map(|key| key.to_string()),
            MessageKey::parse(text).map(|key| key.to_string()),
            PersonKey::parse(text).map(|key| key.to_string()),
            SourceName::new(text).map(|name| name.to_string()),
        ] {
            assert!(parsed.is_err() || parsed.as_deref() == Ok(text), "a key is not what was read");
        }
        if let Ok(limit) = text.parse::<RateLimit>() {
            drop(format!("{limit:?}"));
        }
    }
    let file = folder().join("keys.txt");
    std::fs::write(&file, bytes).expect("a file in a folder of ours");
    let resolve = || Selection::resolve(Request { keys_from: Some(file.clone()), ..Request::default() }, &[]);
    if let Ok(selection) = resolve() {
        assert!(!selection.is_everything(), "a file of keys that restricts nothing");
    }
}

/// A whole `migration.toml`.
pub(super) fn migration_toml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Config::parse(Path::new("migration.toml"), text) {
        Ok(config) => {
            assert!(!config.sources.is_empty(), "a config without a source");
            drop(config.hashes());
        }
        Err(error) => assert!(!error.to_string().is_empty(), "a problem without words"),
    }
}

/// The mapping of tickets to those that exist.
pub(super) fn tickets_csv(bytes: &[u8]) {
    let file = folder().join("tickets.csv");
    std::fs::write(&file, bytes).expect("a file in a folder of ours");
    match read_tickets_csv(&file, &["zendesk", "aircall"]) {
        Ok(tickets) => {
            assert!(tickets.tickets_wanted().iter().all(|(.., id)| *id > 0), "an id that is none");
        }
        Err(error) => assert!(!error.to_string().is_empty(), "a problem without words"),
    }
}

/// The tables of people, tags and fields.
pub(super) fn sheets(bytes: &[u8]) {
    let file = folder().join("sheet.csv");
    std::fs::write(&file, bytes).expect("a file in a folder of ours");
    let sources = ["zendesk", "aircall"];
    let problems = [
        read_people_csv(&file, &sources).map(|people| drop(people.users_wanted())).err(),
        read_tags_csv(&file).map(drop).err(),
        read_fields_csv(&file, &sources).map(drop).err(),
    ];
    for problem in problems.into_iter().flatten() {
        assert!(!problem.to_string().is_empty(), "a problem without words");
    }
}

/// Bodies of writes at the gate. Whatever passes without a permit holds no message without a past time.
pub(super) fn requests(bytes: &[u8]) {
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    for path in ["/api/tickets", "/api/tickets/7/messages", "/api/customers", "/api/tags"] {
        let passed =
            egress::check(&Method::POST, path, None, Some("application/json"), bytes, None, now, Some(now));
        if passed.is_err() || !path.starts_with("/api/tickets") {
            continue;
        }
        let body: Value = serde_json::from_slice(bytes).expect("what passes the gate is JSON");
        let alone = [body.clone()];
        let messages: &[Value] = match body.get("messages").and_then(Value::as_array) {
            Some(messages) => messages,
            None => &alone,
        };
        for message in messages {
            let sent = message.get("sent_datetime").and_then(Value::as_str).and_then(parse_rfc3339);
            assert!(sent.is_some_and(|sent| sent < now), "a message without a past time passes the gate");
        }
    }
}
