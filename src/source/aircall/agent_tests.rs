//! Who the agents of calls are: by id, by address, and by name where that names one.

use super::*;

fn made(id: u64, user: &str) -> String {
    format!(
        r#"{{"id":{id},"direction":"outbound","started_at":1748855700,"ended_at":1748855795,
            "raw_digits":"+33 6 39 98 00 01","user":{user}}}"#
    )
    .replace('\n', "")
}

fn page(calls: &[String]) -> Vec<u8> {
    format!(r#"{{"calls":[{}]}}"#, calls.join(",")).into_bytes()
}

/// Key of the conversation, and key, name and address of who made the call.
fn authors(told: &Told) -> Vec<(String, String, Option<String>, Option<String>)> {
    let mut authors: Vec<_> = told
        .conversations
        .iter()
        .map(|(conversation, _)| {
            let author = &conversation.messages[0].author;
            let email = author.email.as_ref().map(|email| email.as_str().to_owned());
            (conversation.key.to_string(), author.key.to_string(), author.name.clone(), email)
        })
        .collect();
    authors.sort();
    authors
}

fn author(
    call: u64,
    key: &str,
    name: &str,
    email: Option<&str>,
) -> (String, String, Option<String>, Option<String>) {
    (format!("aircall:call:{call}"), key.to_owned(), Some(name.to_owned()), email.map(str::to_owned))
}

#[test]
fn users_of_one_name_are_as_many_as_they_are() {
    let calls = [
        made(1, r#"{"id":1,"name":"Alex","email":"alex.a@acme.example"}"#),
        made(2, r#"{"id":2,"name":"Alex","email":"alex.b@acme.example"}"#),
        made(3, r#"{"id":2,"name":"alex"}"#),
        made(4, r#"{"name":"Alex"}"#),
        made(5, r#"{"email":"Alex.B@acme.example"}"#),
        made(6, r#"{"id":5,"email":"zoe@acme.example"}"#),
        made(7, r#"{"id":5,"name":"Zoe"}"#),
    ];
    let (a, b, zoe) = (Some("alex.a@acme.example"), Some("alex.b@acme.example"), Some("zoe@acme.example"));
    let expected = [
        author(1, "aircall:agent:alex", "Alex", a),
        author(2, "aircall:user:2", "Alex", b),
        author(3, "aircall:user:2", "Alex", b),
        author(4, "aircall:agent-named:alex", "Alex", None),
        author(5, "aircall:user:2", "Alex", b),
        author(6, "aircall:agent:zoe", "Zoe", zoe),
        author(7, "aircall:agent:zoe", "Zoe", zoe),
    ];
    let mut turned = calls.to_vec();
    turned.reverse();
    for order in [calls.to_vec(), turned] {
        let (told, _) = tell_files(&[&page(&order)], |_| {});
        assert_eq!(authors(&told), expected);
        let found: Vec<(&str, Vec<Code>)> = told
            .conversations
            .iter()
            .filter(|(_, findings)| !findings.is_empty())
            .map(|(conversation, findings)| (conversation.key.as_str(), codes(findings)))
            .collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "aircall:call:4");
        assert_eq!(found[0].1[0].as_str(), "GI-A015");
    }
}

#[test]
fn a_name_alone_is_the_one_user_of_that_name_whatever_is_read_first() {
    let csv =
        file(&[row(1, "2025-06-02 09:15:00", "outbound", "+61 491 570 006", "").replace(",Ana,", ",ANA,")]);
    let api = page(&[made(2, r#"{"id":1,"name":"Ana","email":"ana@acme.example"}"#)]);
    for order in [[&csv[..], &api], [&api, &csv]] {
        let (told, facts) = tell_files(&order, |_| {});
        let ana = |call| author(call, "aircall:agent:ana", "Ana", Some("ana@acme.example"));
        assert_eq!(authors(&told), [ana(1), ana(2)]);
        assert!(told.conversations.iter().all(|(_, findings)| findings.is_empty()));
        assert_eq!(facts.people, 3);
    }
    let (told, _) = tell_files(&[&csv], |_| {});
    assert_eq!(authors(&told), [author(1, "aircall:agent:ana", "ANA", None)]);
}

#[test]
fn a_text_message_by_a_name_of_several_users_says_so() {
    let text = r#"{"event":"message.sent","timestamp":1748855700,"data":{"id":"m1","direction":"outbound","body":"x",
        "external_number":"+33639980001","created_at":1748855700000,"user":{"name":"Alex"}}}"#
        .replace('\n', "");
    let calls = page(&[made(1, r#"{"id":1,"name":"Alex"}"#), made(2, r#"{"id":2,"name":"Alex"}"#)]);
    let (told, _) = tell_files(&[&calls, text.as_bytes()], |_| {});
    let (thread, findings) = &told.conversations[2];
    assert_eq!(thread.messages[0].author.key.as_str(), "aircall:agent-named:alex");
    assert_eq!(codes(findings), [Code::AgentUnclear]);
}
