//! Tickets that came by a way of which customers see nothing: what customers do see in them stays public.

use super::*;
use crate::model::conversation::{Channel, Side};

const WAYS: [&str; 17] = [
    "side_conversation",
    "rule",
    "system",
    "linked_problem",
    "8",
    "9",
    "10",
    "11",
    "12",
    "13",
    "19",
    "53",
    "54",
    "58",
    "62",
    "69",
    "merge",
];

/// A ticket of user `requester` that came by `way`: the customer asks, the agent answers by the agent interface and by no
/// way at all, and a private note of the customer's.
fn export(way: &str, requester: u32) -> Export {
    let comment = |id: u32, author: u32, public: bool, via: &str| {
        format!(
            r#"{{"id":{id},"author_id":{author},"body":"b{id}","public":{public},"created_at":"2024-01-01T00:00:{id}Z"{via}}}"#
        )
    };
    let own = format!(r#","via":{{"channel":"{way}"}}"#);
    let comments = [
        comment(11, requester, true, ""),
        comment(12, 7001, true, r#","via":{"channel":"web","source":{"rel":null}}"#),
        comment(13, 7001, true, ""),
        comment(14, requester, false, ""),
        comment(15, 7001, true, &own),
    ];
    let line = format!(
        r#"{{"id":1,"requester_id":{requester},"assignee_id":7001,"subject":"s","via":{{"channel":"{way}"}},"comments":[{}]}}"#,
        comments.join(",")
    );
    let bare = r#"{"id":9002,"name":"Kim","role":"end-user","active":true}"#;
    read_files(&[("t.json", line.as_str()), ("users.json", USERS), ("bare.json", bare)])
}

#[test]
fn public_messages_have_a_channel_of_public_messages_whatever_way_the_ticket_came() {
    for way in WAYS {
        for (requester, channel) in [(9001, Channel::Email), (9002, Channel::Api)] {
            let export = export(way, requester);
            let ticket = export.ticket(1);
            let found: Vec<_> = ticket.messages.iter().map(|m| (m.side, m.channel)).collect();
            assert_eq!(ticket.channel, channel, "{way}");
            assert_eq!(
                found,
                [
                    (Side::Customer, channel),
                    (Side::Agent, channel),
                    (Side::Agent, channel),
                    (Side::Note, Channel::InternalNote),
                    (Side::Note, Channel::InternalNote),
                ],
                "{way}"
            );
        }
    }
}
