//! Whose the address of a mail is where the comments lie apart, and which of several is kept.

use super::*;

/// A ticket by mail from `from` whose requester is `requester`, without its comments.
fn mailed(id: u32, requester: i64, from: &str) -> String {
    format!(
        r#"{{"id":{id},"requester_id":{requester},"submitter_id":{requester},"subject":"s","status":"open","description":"x","created_at":"2024-03-05T10:11:12Z","via":{{"channel":"email","source":{{"from":{{"address":"{from}","name":"Sender"}},"to":{{"address":"support@acme.example"}}}}}}}}"#
    )
}

/// A comment in a file of its own; `via` as it tells it.
fn comment(ticket: u32, author: i64, via: &str) -> String {
    format!(
        r#"{{"id":{ticket}1,"ticket_id":{ticket},"type":"Comment","author_id":{author},"body":"x","public":true,"created_at":"2024-03-05T10:11:12Z","via":{via}}}"#
    )
}

fn by_mail(from: &str) -> String {
    format!(r#"{{"channel":"email","source":{{"from":{{"address":"{from}","name":"Sender"}}}}}}"#)
}

/// Address and name of a ticket's customer.
fn customer(export: &Export, ticket: i64) -> (Option<&str>, Option<&str>) {
    let customer = &export.ticket(ticket).customer;
    (customer.email.as_ref().map(crate::model::person::Email::as_str), customer.name.as_deref())
}

#[test]
fn an_agents_mail_gives_no_customer_its_address_where_comments_lie_apart() {
    let agents = "alex@acme.example";
    let passed_on = [mailed(1, 9005, agents), mailed(2, 9006, "di@example.com")].join("\n");
    let apart =
        format!("[{},{}]", comment(1, 7001, &by_mail(agents)), comment(2, 9006, r#"{"channel":"web"}"#));
    for files in [["a.json", "b.json"], ["b.json", "a.json"]] {
        let export = read_files(&[(files[0], passed_on.as_str()), (files[1], apart.as_str())]);
        assert_eq!(customer(&export, 1), (None, None), "the first comment says whose mail it was");
        assert_eq!(customer(&export, 2), (Some("di@example.com"), Some("Sender")));
    }
    // Where comments do not say how they came, an address that two customers would have is neither's.
    let passed_on =
        [mailed(1, 9005, agents), mailed(2, 9006, "Alex@acme.example"), mailed(3, 9007, "di@example.com")];
    let apart = [(1, 7001), (2, 7001), (3, 9007)].map(|(ticket, author)| comment(ticket, author, "\"Mail\""));
    let (passed_on, apart) = (passed_on.join("\n"), format!("[{}]", apart.join(",")));
    let export = read_files(&[("t.json", passed_on.as_str()), ("c.json", apart.as_str())]);
    assert_eq!([customer(&export, 1).0, customer(&export, 2).0], [None, None]);
    assert_eq!(customer(&export, 3).0, Some("di@example.com"));
}

#[test]
fn of_several_addresses_the_next_best_is_kept_that_is_nobody_elses() {
    const BOB: &str = r#"{"id":9005,"name":"Bob","role":"end-user","email":null}"#;
    let mails = |addresses: &[&str]| {
        let tickets = (1..).zip(addresses).map(|(id, from)| mailed(id, 9005, from));
        let comments = (1..).zip(addresses).map(|(id, from)| comment(id, 9005, &by_mail(from)));
        (tickets.collect::<Vec<_>>().join("\n"), format!("[{}]", comments.collect::<Vec<_>>().join(",")))
    };
    for (addresses, expected) in [
        (&["kim@example.com", "bob@example.com"][..], Some("bob@example.com")),
        (&["bob@example.com", "Kim@example.com"], Some("bob@example.com")),
        (&["alex@acme.example", "kim@example.com"], None),
        (
            &["a@example.com", "kim@example.com", "bob@example.com", "alex@acme.example"],
            Some("bob@example.com"),
        ),
    ] {
        let (tickets, comments) = mails(addresses);
        let files = [("t.json", tickets.as_str()), ("c.json", comments.as_str()), ("u.json", USERS)];
        assert_eq!(customer(&read_files(&files), 1), (expected, expected.map(|_| "Sender")), "{addresses:?}");
        let with_record = [&files[..], &[("b.json", BOB)]].concat();
        assert_eq!(customer(&read_files(&with_record), 1), (expected, Some("Bob")), "{addresses:?}");
    }
}
