//! What stands beside tickets and comments: ratings, figures, people, and records that hold no messages.

use serde_json::json;

use super::*;
use crate::model::conversation::Side;

fn ticket(id: u32, more: &str) -> String {
    format!(
        r#"{{"id":{id},"requester_id":9001,"subject":"s","via":{{"channel":"email"}},"status":"solved"{more},"comments":[
        {{"id":{id}1,"author_id":9001,"body":"q","public":true,"created_at":"2024-01-01T00:00:00Z"}},
        {{"id":{id}2,"author_id":7001,"body":"a","public":true,"created_at":"2024-01-01T00:00:01Z"}}]}}"#
    )
    .replace('\n', "")
}

#[test]
fn ratings_stay_with_their_ticket() {
    let ratings = r#"{"satisfaction_ratings":[{"id":1,"url":"https://a.zendesk.com/api/v2/satisfaction_ratings/1.json","ticket_id":1,"score":"bad","comment":"slow","updated_at":"2024-01-03T00:00:00Z"},
        {"id":2,"ticket_id":2,"score":"good","comment":"Thank you","reason":"Fast","updated_at":"2024-01-03T00:00:00Z"},
        {"id":3,"ticket_id":3,"score":"offered","updated_at":"2024-01-03T00:00:00Z"}],"count":3,"next_page":null}"#;
    let audit = r#"{"id":9,"ticket_id":4,"author_id":9001,"created_at":"2024-01-03T00:00:00Z","events":[{"id":10,"type":"SatisfactionRating","score":"good","body":"By audit","assignee_id":7001}]}"#;
    let tickets = [
        ticket(1, ""),
        ticket(2, r#","satisfaction_rating":{"score":"good","id":2}"#),
        ticket(3, r#","satisfaction_rating":{"score":"offered"}"#),
        ticket(4, r#","satisfaction_rating":{"score":"unoffered"}"#),
    ]
    .join("\n");
    let export = read_files(&[
        ("t.json", tickets.as_str()),
        ("r.json", ratings),
        ("a.json", audit),
        ("u.json", USERS),
    ]);
    let meta = |id: i64, name: &str| export.ticket(id).meta.get(name).cloned().unwrap_or_default();
    assert_eq!((meta(1, "satisfaction"), meta(1, "satisfaction_comment")), (json!("bad"), json!("slow")));
    assert_eq!(
        (meta(2, "satisfaction_comment"), meta(2, "satisfaction_reason")),
        (json!("Thank you"), json!("Fast"))
    );
    assert_eq!((meta(3, "satisfaction"), meta(3, "satisfaction_comment")), (json!("offered"), json!(null)));
    assert_eq!(
        (meta(4, "satisfaction"), meta(4, "satisfaction_comment")),
        (json!("good"), json!("By audit"))
    );
    assert_eq!(
        (meta(1, "satisfaction_at"), meta(2, "satisfaction_at")),
        (json!("2024-01-03T00:00:00Z"), json!("2024-01-03T00:00:00Z"))
    );
    assert!(Export::codes(&export.findings).is_empty());
    assert_eq!((export.left_out, export.unreadable), (vec![], vec![]));
}

#[test]
fn a_rating_may_be_a_mere_score() {
    let tickets = [
        ticket(1, r#","satisfaction_rating":"good""#),
        ticket(2, r#","satisfaction_rating":"offered""#),
        ticket(3, r#","satisfaction_rating":"unoffered""#),
        ticket(4, r#","satisfaction_rating":" ""#),
        ticket(5, r#","satisfaction_rating":["good"]"#),
        ticket(6, r#","satisfaction_rating" : "b\u0061d","deals":[{"a":1}]"#),
        ticket(7, r#","satisfaction_rating":null"#),
    ]
    .join("\n");
    let export = read_files(&[("t.json", tickets.as_str()), ("u.json", USERS)]);
    let scores: Vec<_> =
        (1..=7).map(|id| export.ticket(id).meta.get("satisfaction").cloned().unwrap_or_default()).collect();
    assert_eq!(
        scores,
        ["good", "offered", "", "", "", "bad", ""].map(|score| if score.is_empty() {
            json!(null)
        } else {
            json!(score)
        })
    );
    assert_eq!(export.unreadable, []);
}

#[test]
fn fewer_answers_than_zendesk_counted_are_told() {
    let metrics = r#"{"ticket_metrics":[{"id":1,"ticket_id":3,"replies":2,"reopens":0},{"id":2,"ticket_id":4,"replies":1,"reopens":0}],"count":2,"next_page":null}"#;
    let tickets = [
        ticket(1, r#","metric_set":{"replies":1}"#),
        ticket(2, r#","metric_set":{"replies":3}"#),
        ticket(3, ""),
        ticket(4, ""),
        // An author whose side had to be guessed may be one of the agents.
        ticket(5, r#","metric_set":{"replies":3}"#).replace("\"author_id\":7001", "\"author_id\":4242"),
    ]
    .join("\n");
    let export = read_files(&[("t.json", tickets.as_str()), ("m.json", metrics), ("u.json", USERS)]);
    let told: Vec<(&str, &str)> = export
        .findings
        .iter()
        .filter(|finding| finding.code == Code::RepliesMissing)
        .map(|finding| (finding.key.as_deref().unwrap(), finding.detail.as_str()))
        .collect();
    assert_eq!(told, [("zendesk:ticket:2", "1 of 3"), ("zendesk:ticket:3", "1 of 2")]);
}

#[test]
fn records_without_messages_are_known_and_others_are_named() {
    let known = [
        r#"{"brands":[{"id":1,"name":"B","url":"https://a.zendesk.com/api/v2/brands/1.json"}],"count":1}"#,
        r#"{"macros":[{"id":1,"title":"m","actions":[]}],"count":1,"next_page":null}"#,
        r#"{"views":[{"id":1,"title":"v"}],"count":1}"#,
        r#"{"triggers":[{"id":1,"title":"v"}],"count":1}"#,
        r#"{"tags":[{"name":"x","count":3}],"count":1}"#,
        r#"{"ticket_metric_events":[{"id":1,"ticket_id":5,"metric":"reply_time","instance_id":1}],"count":1}"#,
        r#"{"ticket_forms":[{"id":1,"name":"f"}]}"#,
        r#"{"identities":[{"id":1,"user_id":5,"type":"email","value":"x@example.com"}],"count":1}"#,
        r#"{"custom_statuses":[{"id":1,"status_category":"open"}]}"#,
        r#"{"type":"STATE","value":{}}"#,
        r#"{"stream":"macros","data":{"id":1,"title":"m"}}"#,
    ];
    let export = read_lines(&known);
    assert_eq!((&export.left_out, &export.unreadable), (&vec![], &vec![]));
    let unknown = read_lines(&[
        r#"{"id":1,"flavour":"x"}"#,
        r#"{"id":2,"flavour":"y"}"#,
        r#"{"gadgets":[{"id":1}],"count":1}"#,
    ]);
    let details: Vec<&str> = unknown.left_out.iter().map(|finding| finding.detail.as_str()).collect();
    assert_eq!(details, ["keys: flavour, id", "keys: flavour, id", "keys: count, gadgets"]);
}

#[test]
fn people_are_their_ids_and_not_their_addresses() {
    let users: Vec<String> = (1..=10)
        .map(|id| format!(r#"{{"id":{id},"name":"Kim {id}","email":"same@example.com","role":"end-user"}}"#))
        .collect();
    // In a sideload a deleted user may be no more than a name.
    let users = format!(r#"{{"users":[{},{{"id":11,"name":"Gone"}}],"count":11}}"#, users.join(","));
    let comments: Vec<String> = (1..=11)
        .map(|id| format!(r#"{{"id":{id},"author_id":{id},"body":"{id}","public":true,"created_at":"2024-01-01T00:00:{id:02}Z"}}"#))
        .collect();
    let line = format!(r#"{{"id":1,"requester_id":1,"subject":"s","comments":[{}]}}"#, comments.join(","));
    let export = read_files(&[("t.json", &line), ("u.json", &users)]);
    let authors: std::collections::HashSet<&str> =
        export.ticket(1).messages.iter().map(|message| message.author.key.as_str()).collect();
    assert_eq!((authors.len(), export.facts.people), (11, 11));
    let gone = &export.ticket(1).messages[10];
    assert_eq!((gone.author.name.as_deref(), gone.side), (Some("Gone"), Side::Customer));
    let guessed: Vec<&str> = export
        .findings
        .iter()
        .filter(|finding| finding.code == Code::SideGuessed)
        .map(|finding| finding.detail.as_str())
        .collect();
    assert_eq!(guessed, ["zendesk:user:11"]);
}

#[test]
fn a_first_comment_without_an_author_is_the_requesters() {
    let line = r#"{"id":1,"requester_id":9001,"subject":"s","comments":[{"id":1,"body":"q","public":true,"created_at":"2024-01-01T00:00:00Z"},{"id":2,"body":"?","public":true,"created_at":"2024-01-01T00:00:01Z"},{"id":3,"author_id":-1,"body":"!","public":true,"created_at":"2024-01-01T00:00:02Z"}]}"#;
    let export = read_files(&[("t.json", line), ("u.json", USERS)]);
    let sides: Vec<(&str, Side)> =
        export.ticket(1).messages.iter().map(|message| (message.author.key.id(), message.side)).collect();
    assert_eq!(sides[0], ("9001", Side::Customer));
    assert_ne!(sides[1].0, "9001");
    assert_eq!(sides[2], ("-1", Side::Note));
}

#[test]
fn a_follow_up_by_its_key_and_a_merge_from_both_sides() {
    let export = read_lines(&[
        &ticket(1, r#","via_followup_source_id":44"#),
        r#"{"id":2,"requester_id":9001,"subject":"s","tags":["closed_by_merge"],"comments":[{"id":20,"author_id":7001,"body":"This request was closed and merged into request #3 \"s\".","public":false,"created_at":"2024-01-01T00:00:00Z","via":{"channel":"web","source":{"rel":"merge"}}}]}"#,
        r#"{"id":3,"requester_id":9001,"subject":"s","comments":[{"id":30,"author_id":7001,"body":"Request #2 \"s\" was closed and merged into this request.","public":true,"created_at":"2024-01-01T00:00:00Z","via":{"channel":"web","source":{"rel":"merge","from":{"ticket_ids":["2"]}}}}]}"#,
    ]);
    assert_eq!(export.ticket(1).meta["follow_up_of"], json!(44));
    assert_eq!(export.ticket(2).meta["merged_into"], json!(3));
    assert_eq!(export.ticket(3).meta["merged_from"], json!([2]));
    assert_eq!(export.ticket(3).messages[0].side, Side::Note);
}
