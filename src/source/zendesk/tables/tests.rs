use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::translate::{COMMENT, GROUP, ORGANIZATION, TICKET, TICKET_ROW, Translated, USER};
use super::*;
use crate::model::finding::Code;

type Read = (Vec<(&'static str, Value, u64)>, Vec<(Code, String, Option<u64>, String)>);

fn read_in(zone: Option<&str>, csv: impl AsRef<[u8]>) -> Read {
    let (mut objects, mut findings) = (Vec::new(), Vec::new());
    let name: Arc<str> = "x.csv".into();
    let rules = Rules { timezone: zone.map(|zone| TimeZone::get(zone).unwrap()) };
    let flow = translate(&name, &mut csv.as_ref(), &rules, &mut |one| {
        match one {
            Translated::Object { json, at, is } => {
                objects.push((is, serde_json::from_slice(&json).unwrap(), at.line));
            }
            Translated::Told(finding, _) => {
                let place = finding.place.unwrap_or_default();
                let field = place.field.as_deref().unwrap_or_default().to_owned();
                findings.push((finding.code, finding.detail, place.line, field));
            }
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(flow.is_continue());
    (objects, findings)
}

fn read(csv: impl AsRef<[u8]>) -> Read {
    read_in(None, csv)
}

#[test]
fn titles_above_a_known_header_are_told_and_an_unknown_table_is_told_from_its_first_line_on() {
    let groups = "id,_fivetran_deleted,created_at,name,updated_at,url\n5,,,Front,,https://a.zendesk.com/api/v2/groups/5.json\n";
    let (objects, findings) = read(format!("Groups of ACME\n2024-05-01,,,\n\n{groups}"));
    assert_eq!(objects.iter().map(|(is, _, line)| (*is, *line)).collect::<Vec<_>>(), [(GROUP, 5)]);
    let told = (Code::TitlesPassed, "lines above the header: 2".to_owned(), None, String::new());
    assert_eq!(findings, [told]);
    let (objects, findings) = read("a,b\n1,2\n3,4\n");
    assert_eq!((objects.len(), findings.len()), (0, 2));
}

#[test]
fn comments_of_a_warehouse() {
    let (objects, findings) = read(
        "id,_fivetran_synced,body,created,facebook_comment,public,ticket_id,tweet,user_id,voice_comment\n\
         1030820361033,2020-03-05 04:47:57.580,\"Hi,\n\"\"Kim\"\"\",2020-02-11 07:49:14,FALSE,TRUE,1077,FALSE,402935450113,FALSE\n\
         8,,b,2020-02-11 07:49:14.5,FALSE,FALSE,1077,FALSE,7.25E+12,TRUE\n\
         9,,b,2020-02-11 07:49:14,FALSE,FALSE,1.1E+12,FALSE,7,TRUE\n",
    );
    let first = json!({"id": 1_030_820_361_033_i64, "ticket_id": 1077, "author_id": 402_935_450_113_i64, "type": "Comment",
        "body": "Hi,\n\"Kim\"", "public": "true", "created_at": "2020-02-11T07:49:14Z"});
    let second = json!({"id": 8, "ticket_id": 1077, "author_id": "7.25E+12", "type": "VoiceComment", "body": "b",
        "public": "false", "created_at": "2020-02-11T07:49:14.5Z"});
    assert_eq!(objects, [(COMMENT, first, 2), (COMMENT, second, 4)]);
    assert_eq!(findings, [(Code::BadId, String::new(), Some(5), "ticket_id".to_owned())]);
}

#[test]
fn tickets_of_a_warehouse() {
    let (objects, findings) = read(
        "id;requester_id;assignee_id;subject;status;priority;created_at;updated_at;via__channel;via__source__from__address;followup_ids;custom_size;tags\n\
         5;9001;7.2E+12;Hello;solved;;2020-02-19 01:54:52;2020-02-19 01:55:11 UTC;email;kim@example.com;[6];XL;\"[\"\"a\"\"]\"\n",
    );
    let expected = json!({"id": 5, "requester_id": 9001, "subject": "Hello", "status": "solved",
        "created_at": "2020-02-19T01:54:52Z", "updated_at": "2020-02-19T01:55:11Z", "followup_ids": [6],
        "via": {"channel": "email", "source": {"from": {"address": "kim@example.com"}}}, "tags": ["a"],
        "custom_fields": [{"id": "size", "value": "XL"}]});
    assert_eq!(objects, [(TICKET, expected, 2)]);
    assert_eq!(findings, [(Code::DestroyedReference, String::new(), Some(2), "assignee_id".to_owned())]);
}

#[test]
fn other_tables_of_a_warehouse() {
    let one = |csv: &str| read(csv).0.remove(0);
    assert_eq!(
        one("id,name,email,role,active\n1,Kim,kim@example.com,end-user,TRUE\n"),
        (
            USER,
            json!({"id": 1, "name": "Kim", "email": "kim@example.com", "role": "end-user", "active": "true"}),
            2
        )
    );
    assert_eq!(one("ticket_id,tag\n5,vip\n").1, json!({"id": 5, "tags": ["vip"]}));
    assert_eq!(
        one("id,ticket_id,score,comment\n3,5,good,Thanks\n").1,
        json!({"id": 3, "ticket_id": 5, "score": "good", "comment": "Thanks"})
    );
    let groups = "id,name,url\n1,A,https://acme.zendesk.com/api/v2/groups/1.json\n2,B,https://acme.zendesk.com/api/v2/organizations/2.json\n";
    let kinds: Vec<&str> = read(groups).0.iter().map(|(is, ..)| *is).collect();
    assert_eq!(kinds, [GROUP, ORGANIZATION]);
    assert_eq!(read("ticket_id,field_name,value\n1,status,open\n"), (vec![], vec![]));
}

const TICKETS: &str = "\u{feff}Summation column,Id,Requester,Requester id,Requester email,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Solved at,Size [list],Express [flag]\n\
    1,501,Kim,9001,kim@example.com,Where?,shipping vip,Closed,-,Web form,Task,2024-07-01 12:00,-,XL,1\n\
    1,502,Kim,9001,kim@example.com,Where?,,Gelöst,Low,Formular,Task,2024-07-01 12:00,2024-07-02 12:00,,0\n\
    1,503,Kim,9001,kim@example.com,Where?,,Gelöst,Low,Formular,Task,2024-07-01 12:00,soon,,\n";

#[test]
fn the_tickets_csv() {
    let (objects, findings) = read_in(Some("Europe/Paris"), TICKETS);
    let expected = json!({"id": 501, "requester_id": 9001,
        "requester": {"id": 9001, "name": "Kim", "email": "kim@example.com"}, "subject": "Where?",
        "tags": ["shipping", "vip"], "status": "closed", "via": {"channel": "Web form"}, "type": "task",
        "created_at": "2024-07-01T10:00:00Z",
        "custom_fields": [{"id": "Size", "value": "XL"}, {"id": "Express", "value": true}]});
    assert_eq!(objects[0], (TICKET_ROW, expected, 2));
    assert_eq!(objects[1].1["metric_set"]["solved_at"], "2024-07-02T10:00:00Z");
    assert_eq!(objects[1].1["status"], Value::Null, "a label in another language is not guessed");
    let told: Vec<(Code, &str, Option<u64>, &str)> = findings
        .iter()
        .map(|(code, detail, line, field)| (*code, detail.as_str(), *line, field.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Code::UnknownLabel, "Gelöst", Some(3), "status"),
            (Code::UnknownLabel, "Formular", Some(3), "via"),
            (Code::UnknownLabel, "a time", Some(4), "solved at"),
        ]
    );
}

#[test]
fn times_without_a_zone_are_not_used() {
    let (objects, findings) = read(TICKETS);
    assert!(objects.iter().all(|(_, object, _)| object["created_at"].is_null()));
    let zone: Vec<&str> =
        findings.iter().filter(|one| one.0 == Code::ZoneMissing).map(|one| one.3.as_str()).collect();
    assert_eq!(zone, ["created at", "solved at"], "told once a column");
}

#[test]
fn team_members_are_agents() {
    let (objects, findings) = read(
        "ID,Name,Email,Suspended,Date created,Last updated,Last sign-in\n7001,Alex,alex@acme.example,FALSE,x,x,x\n7.25E+12,B,b@acme.example,TRUE,x,x,x\n",
    );
    let alex =
        json!({"id": 7001, "name": "Alex", "email": "alex@acme.example", "role": "agent", "active": true});
    assert_eq!(objects, [(USER, alex, 2)]);
    assert_eq!(findings, [(Code::BadId, String::new(), Some(3), "id".to_owned())]);
}

#[test]
fn what_is_not_known_is_told_row_by_row() {
    for csv in ["ticket|comments\n1|a, b\n\n2|c\n", "color,size\nred,3\nblue,4,5\n"] {
        let (objects, findings) = read(csv);
        assert!(objects.is_empty());
        let codes: Vec<Code> = findings.iter().map(|one| one.0).collect();
        assert_eq!(codes, [Code::UnknownRecord; 2], "{csv}");
    }
    assert_eq!(read("color,size\nred,3\n").1[0].1, "columns: color, size");
}

#[test]
fn rows_that_do_not_fit_are_told() {
    let (objects, findings) =
        read("id,name,role\n1,Kim\n2,Lee,agent,\n3,Pat,agent,x\n4,\"Sam,agent\n5,Alex,agent\n");
    let ids: Vec<i64> = objects.iter().filter_map(|(_, object, _)| object["id"].as_i64()).collect();
    assert_eq!(ids, [2, 5]);
    let told: Vec<(Code, Option<u64>)> = findings.iter().map(|one| (one.0, one.2)).collect();
    assert_eq!(
        told,
        [(Code::UnreadableRow, Some(2)), (Code::UnreadableRow, Some(4)), (Code::UnreadableRow, Some(5))]
    );
}

#[test]
fn long_bodies_and_other_encodings() {
    let body = "x".repeat(1 << 20);
    let (objects, _) =
        read(format!("id,ticket_id,author_id,created_at,body\n1,2,3,2024-01-01 00:00:00,{body}\n"));
    assert_eq!(objects[0].1["body"].as_str().map(str::len), Some(1 << 20));
    let (objects, findings) = read(b"id,name,role\n1,Zo\xeb,agent\n2,Zo\xeb,agent\n");
    assert_eq!(objects[1].1["name"], "Zoë");
    assert_eq!(findings.iter().map(|one| one.0).collect::<Vec<_>>(), [Code::AssumedEncoding]);
}

proptest::proptest! {
    #[test]
    fn any_row_is_one_object_or_one_finding(cells in proptest::collection::vec("[0-9]{0,14}|\\PC{0,12}|[-{\\[\"a]{0,4}", 4..15)) {
        for header in [TICKETS.lines().next().unwrap(), "id,requester_id,status,via,created_at", "id,ticket_id,user_id,created,body", "a,b"] {
            let mut writer = csv::Writer::from_writer(Vec::new());
            let mut cells = cells.clone();
            cells.resize(header.split(',').count(), String::new());
            writer.write_record(&cells).unwrap();
            let row = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let (objects, findings) = read(format!("{header}\n{row}"));
            let told = findings.iter().filter(|one| {
                matches!(one.0, Code::BadId | Code::UnreadableRow | Code::UnknownRecord)
            });
            proptest::prop_assert_eq!(objects.len() + told.count(), usize::from(!row.trim().is_empty()), "{}", row);
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(0_u8..=255, 0..200)) {
        read(&bytes);
        is_known(&bytes);
        looks_like_table(&bytes);
    }
}
