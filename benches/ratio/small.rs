//! Tickets for the benchmarks of the parts, made of numbers alone.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use gorgias_import::model::key::SourceName;
use gorgias_import::source::{Grouping, SourceKind, SourceSpec};

/// A Zendesk source of this path.
pub(crate) fn spec(path: PathBuf) -> SourceSpec {
    SourceSpec {
        name: SourceName::new("zendesk").unwrap(),
        kind: SourceKind::Zendesk,
        paths: vec![path],
        timezone: None,
        date_order: None,
        grouping: Grouping::Call,
        columns: BTreeMap::new(),
        include_internal: false,
        limits: gorgias_import::source::UnpackLimits::default(),
        person_notes: false,
    }
}

/// Tickets of four comments, a line each.
pub(crate) fn ndjson(tickets: usize) -> String {
    let mut text = String::new();
    for number in 1..=tickets {
        let requester = 9_000_000 + number % 100;
        write!(
            text,
            "{{\"url\":\"https://bench.zendesk.com/api/v2/tickets/{number}.json\",\"id\":{number},\"subject\":\"Order \
             {number}\",\"status\":\"closed\",\"requester_id\":{requester},\"via\":{{\"channel\":\"email\",\"source\":\
             {{\"from\":{{\"address\":\"kim.{requester}@example.com\",\"name\":\"Kim\"}},\"to\":{{\"address\":\
             \"support@acme-outdoor.example\"}},\"rel\":null}}}},\"created_at\":\"2022-03-01T08:00:00Z\",\
             \"comments\":["
        )
        .unwrap();
        for message in 0..4 {
            let comma = if message == 0 { "" } else { "," };
            let words =
                "The parcel has come, and the tent in it is dry. \\\"Thank you\\\", we said. ".repeat(6);
            write!(
                text,
                "{comma}{{\"id\":{},\"type\":\"Comment\",\"author_id\":{requester},\"public\":true,\"body\":\"{words}\",\
                 \"plain_body\":\"{words}\",\"html_body\":\"<div class=\\\"zd-comment\\\"><p>{words}</p></div>\",\
                 \"created_at\":\"2022-03-0{}T08:00:00Z\",\"via\":{{\"channel\":\"email\"}},\"attachments\":[]}}",
                50_000_000 + number * 10 + message,
                message + 1
            )
            .unwrap();
        }
        text.push_str("]}\n");
    }
    text
}
