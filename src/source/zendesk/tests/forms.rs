//! The same history in other forms: XML, warehouse tables, and what the tickets CSV and the team members CSV add.

use super::*;
use crate::model::conversation::{FieldValue, Priority, Side, Status};

const JSON_TICKET: &str = r#"{"id":501,"requester_id":9001,"submitter_id":9001,"assignee_id":7001,"subject":"Where?","description":"Where is it?","status":"solved","priority":"high","type":"question","via":{"channel":"email"},"created_at":"2024-03-05T10:11:12Z","updated_at":"2024-03-06T08:00:00Z","tags":["shipping"],"comments":[{"id":88001,"type":"Comment","author_id":9001,"body":"Where is it?","public":true,"via":{"channel":"email"},"created_at":"2024-03-05T10:11:12Z","attachments":[{"id":5,"file_name":"a.png","content_type":"image/png","size":3,"content_url":"https://acme.zendesk.com/attachments/a.png"}]},{"id":88002,"type":"Comment","author_id":7001,"body":"A note","public":false,"via":{"channel":"web"},"created_at":"2024-03-05T10:20:00Z","attachments":[]},{"id":88003,"type":"Comment","author_id":7001,"body":"On its way.","public":true,"via":{"channel":"web"},"created_at":"2024-03-05T10:30:00Z","attachments":[]}]}"#;

const XML_TICKETS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<tickets type="array"><ticket>
  <nice-id type="integer">501</nice-id><requester-id type="integer">9001</requester-id>
  <submitter-id type="integer">9001</submitter-id><assignee-id type="integer">7001</assignee-id>
  <subject>Where?</subject><description>Where is it?</description><status-id type="integer">3</status-id>
  <priority-id type="integer">3</priority-id><ticket-type-id type="integer">1</ticket-type-id>
  <via-id type="integer">4</via-id><created-at type="datetime">2024-03-05T10:11:12Z</created-at>
  <updated-at type="datetime">2024-03-06T08:00:00Z</updated-at><current-tags>shipping</current-tags>
  <comments type="array">
    <comment><author-id type="integer">9001</author-id><created-at type="datetime">2024-03-05T10:11:12Z</created-at><is-public type="boolean">true</is-public><value>Where is it?</value><via-id type="integer">4</via-id>
      <attachments type="array"><attachment><content-type>image/png</content-type><filename>a.png</filename><size type="integer">3</size><url>https://acme.zendesk.com/attachments/a.png</url></attachment></attachments></comment>
    <comment><author-id type="integer">7001</author-id><created-at type="datetime">2024-03-05T10:20:00Z</created-at><is-public type="boolean">false</is-public><value>A note</value><via-id type="integer">0</via-id></comment>
    <comment><author-id type="integer">7001</author-id><created-at type="datetime">2024-03-05T10:30:00Z</created-at><is-public type="boolean">true</is-public><value>On its way.</value><via-id type="integer">0</via-id></comment>
  </comments>
</ticket></tickets>"#;

const XML_USERS: &str = r#"<users type="array"><user><id type="integer">9001</id><name>Kim</name><email>kim@example.com</email><roles type="integer">0</roles><is-active type="boolean">true</is-active></user><user><id type="integer">7001</id><name>Alex</name><email>alex@acme.example</email><roles type="integer">4</roles><is-active type="boolean">true</is-active></user></users>"#;

const USER_CSV: &str = "id,_fivetran_synced,active,email,name,role,updated_at\n\
    9001,x,TRUE,kim@example.com,Kim,end-user,2024-01-01 00:00:00\n7001,x,TRUE,alex@acme.example,Alex,agent,2024-01-01 00:00:00\n";

const TICKET_CSV: &str = "id,assignee_id,created_at,description,priority,requester_id,status,subject,submitter_id,type,updated_at,via_channel\n\
    501,7001,2024-03-05 10:11:12,Where is it?,high,9001,solved,Where?,9001,question,2024-03-06 08:00:00,email\n";

const COMMENT_CSV: &str = "id,_fivetran_synced,body,created,facebook_comment,public,ticket_id,tweet,user_id,voice_comment\n\
    88003,x,On its way.,2024-03-05 10:30:00,FALSE,TRUE,501,FALSE,7001,FALSE\n\
    88001,x,Where is it?,2024-03-05 10:11:12,FALSE,TRUE,501,FALSE,9001,FALSE\n\
    88002,x,A note,2024-03-05 10:20:00,FALSE,FALSE,501,FALSE,7001,FALSE\n";

fn json() -> Export {
    read_files(&[("users.json", USERS), ("tickets.json", JSON_TICKET)])
}

/// What all forms must agree in: everything but keys, and what the form has no room for.
fn facts(export: &Export) -> impl PartialEq + std::fmt::Debug {
    let ticket = export.ticket(501);
    let messages: Vec<_> = ticket
        .messages
        .iter()
        .map(|message| {
            (message.side, message.channel, message.author.clone(), message.body.clone(), message.sent_at)
        })
        .collect();
    let meta = (ticket.subject.clone(), ticket.status, ticket.priority, ticket.channel, ticket.times);
    (meta, ticket.customer.clone(), ticket.assignee.clone(), messages)
}

#[test]
fn xml_tells_what_json_tells() {
    let (json, xml) = (json(), read_files(&[("a/users.xml", XML_USERS), ("tickets.xml", XML_TICKETS)]));
    assert_eq!(format!("{:?}", facts(&json)), format!("{:?}", facts(&xml)));
    assert_eq!((xml.findings.len(), xml.left_out.len(), xml.remarks.len()), (0, 0, 0));
    let (json, xml) = (json.ticket(501), xml.ticket(501));
    assert_eq!((&json.tags, &json.meta.get("type")), (&xml.tags, &xml.meta.get("type")));
    assert_eq!(json.messages[0].attachments, xml.messages[0].attachments);
    let keys: Vec<&str> = xml.messages.iter().map(|message| message.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "zendesk:ticket:501:comment:1709633472:9001",
            "zendesk:ticket:501:comment:1709634000:7001",
            "zendesk:ticket:501:comment:1709634600:7001"
        ]
    );
    assert!(xml.messages.iter().all(|message| message.synthetic_key));
    assert_eq!(xml.place.line, Some(2));
}

#[test]
fn xml_and_json_of_one_ticket_are_one_history() {
    let later = XML_TICKETS.replace("2024-03-06T08", "2024-03-07T08").replace("</comments>",
        "<comment><author-id>9001</author-id><created-at>2024-03-07T08:00:00Z</created-at><is-public>true</is-public><value>Thanks</value></comment></comments>");
    for names in [["1", "2"], ["2", "1"]] {
        let export = read_files(&[("users.json", USERS), (names[0], JSON_TICKET), (names[1], &later)]);
        let keys: Vec<&str> = export.ticket(501).messages.iter().map(|message| message.key.id()).collect();
        assert_eq!(keys[..3], ["88001", "88002", "88003"]);
        assert_eq!(keys.len(), 4);
        assert_eq!(Export::codes(&export.remarks), [Code::OlderCopy]);
    }
}

#[test]
fn a_warehouse_tells_what_json_tells() {
    let warehouse = read_files(&[
        ("ticket.csv", TICKET_CSV),
        ("ticket_comment.csv", COMMENT_CSV),
        ("ticket_tag.csv", "ticket_id,tag\n501,shipping\n"),
        ("user.csv", USER_CSV),
    ]);
    let json = json();
    // The tables have no way of a comment, so its medium is the ticket's.
    assert_eq!(format!("{:?}", facts(&json)), format!("{:?}", facts(&warehouse)));
    let keys = |export: &Export| -> Vec<String> {
        export.ticket(501).messages.iter().map(|message| message.key.to_string()).collect()
    };
    assert_eq!(keys(&json), keys(&warehouse));
    assert_eq!(warehouse.ticket(501).tags, ["shipping"]);
    assert!(warehouse.findings.is_empty() && warehouse.left_out.is_empty() && warehouse.remarks.is_empty());
}

const TICKETS_LIST: &str = "Summation column,Id,Requester,Requester id,Requester email,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Size [list]\n\
    1,501,Kim,9001,kim@example.com,Another subject,a b,Open,Low,Chat,Task,2024-03-05 11:11,XL\n\
    1,502,Kim,9001,kim@example.com,Only here,,Open,Low,Chat,Task,2024-03-05 11:11,\n";

#[test]
fn the_tickets_csv_fills_gaps_and_carries_no_messages() {
    let bare = r#"{"id":501,"requester_id":9001,"subject":"Where?","priority":"high","comments":[{"id":88001,"author_id":9001,"body":"Where is it?","public":true,"created_at":"2024-03-05T10:11:12Z"}]}"#;
    for names in [["1", "2"], ["2", "1"]] {
        let export = read_files(&[("users.json", USERS), (names[0], bare), (names[1], TICKETS_LIST)]);
        let ticket = export.ticket(501);
        assert_eq!((ticket.subject.as_deref(), ticket.priority), (Some("Where?"), Some(Priority::High)));
        assert_eq!((&ticket.tags[..], ticket.status), (&["a".to_owned(), "b".to_owned()][..], Status::Open));
        assert_eq!(ticket.channel.as_str(), "chat");
        assert_eq!(ticket.fields[0].value, FieldValue::Text("XL".to_owned()));
        assert_eq!(export.conversations.len(), 1);
        assert_eq!(Export::codes(&export.left_out), [Code::TicketWithoutMessages]);
        assert_eq!(export.left_out[0].key.as_deref(), Some("zendesk:ticket:502"));
        assert_eq!(export.left_out[0].place.as_ref().unwrap().line, Some(3));
        assert_eq!(Export::codes(&export.remarks), [Code::ZoneMissing]);
    }
    let full = read_files(&[("users.json", USERS), ("1", JSON_TICKET), ("2", TICKETS_LIST)]);
    assert_eq!(format!("{:?}", facts(&json())), format!("{:?}", facts(&full)), "the record wins");
    assert_eq!(full.ticket(501).tags, ["shipping"]);
}

#[test]
fn the_tickets_csv_is_the_record_of_loose_comments() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list.csv"), TICKETS_LIST).unwrap();
    std::fs::write(folder.path().join("ticket_comment.csv"), COMMENT_CSV).unwrap();
    let team = "ID,Name,Email,Suspended,Date created,Last sign-in\n7001,Alex,alex@acme.example,FALSE,x,x\n";
    std::fs::write(folder.path().join("team.csv"), team).unwrap();
    let spec = SourceSpec { timezone: Some("Europe/Paris".to_owned()), ..spec(folder.path()) };
    let export = read_as(&spec);
    let ticket = export.ticket(501);
    assert_eq!(ticket.times.created.to_string(), "2024-03-05T10:11:00Z");
    assert_eq!(ticket.customer.email.as_ref().unwrap().as_str(), "kim@example.com");
    let sides: Vec<Side> = ticket.messages.iter().map(|message| message.side).collect();
    assert_eq!(sides, [Side::Customer, Side::Note, Side::Agent], "the team list names the agent");
    assert_eq!(Export::codes(&export.left_out), [Code::TicketWithoutMessages]);
}

#[test]
fn chats_of_a_warehouse_are_messages() {
    let export = read_files(&[
        ("user.csv", USER_CSV),
        ("ticket.csv", &TICKET_CSV.replace(",email\n", ",chat\n")),
        ("2024/ticket_chat.csv", "chat_id,channel,ticket_id,visitor_id\nc.1,chat,501,v-1\n"),
        (
            "2024/ticket_chat_event.csv",
            "chat_id,created_at,actor_id,chat_index,message,message_id,type\n\
             c.1,2024-03-05 10:12:00.5,agent:7001,2,It is on its way.,m2,ChatMessage\n\
             c.1,2024-03-05 10:11:12,9001,1,Where is it?,m1,ChatMessage\n\
             c.1,2024-03-05 10:13:00,9001,3,,,ChatLeave\n\
             c.9,2024-03-05 10:13:00,9001,1,Nowhere,,ChatMessage\n",
        ),
    ]);
    let ticket = export.ticket(501);
    let said: Vec<(Side, &str)> =
        ticket.messages.iter().map(|one| (one.side, one.body.text().unwrap_or_default())).collect();
    assert_eq!(said, [(Side::Customer, "Where is it?"), (Side::Agent, "It is on its way.")]);
    assert_eq!(Export::codes(&export.left_out), [Code::OrphanComments]);
    assert_eq!(export.left_out[0].place.as_ref().unwrap().line, Some(5));
}

#[test]
fn loose_rows_and_unknown_tables_are_told() {
    let export = read_files(&[
        ("ticket_comment.csv", COMMENT_CSV),
        ("ticket_tag.csv", "ticket_id,tag\n501,shipping\n"),
        ("2024/pipes.csv", "ticket|comments\n1|a\n2|b\n"),
        ("forums.xml", "<forums><forum><name>x</name></forum></forums>"),
    ]);
    let count = |code: Code| export.left_out.iter().filter(|finding| finding.code == code).count();
    assert!(export.conversations.is_empty());
    assert_eq!(
        (count(Code::OrphanComments), count(Code::TicketWithoutMessages), count(Code::UnknownRecord)),
        (3, 1, 3)
    );
}

#[test]
fn the_account_is_told_by_xml() {
    let accounts = "<accounts type=\"array\"><account><subdomain>acme</subdomain></account></accounts>";
    let export =
        read_files(&[("accounts.xml", accounts), ("users.xml", XML_USERS), ("tickets.xml", XML_TICKETS)]);
    assert_eq!(export.facts.origins.iter().collect::<Vec<_>>(), ["acme"]);
}
