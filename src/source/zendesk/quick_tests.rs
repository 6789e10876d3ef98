use proptest::prelude::*;

use super::super::comment::Comment;
use super::super::people::User;
use super::super::ticket::{Ticket, TicketHead};
use super::*;

/// Keys of tickets, comments, people and what they hold, and one that nobody asks for.
const KEYS: &[&str] = &[
    "id",
    "url",
    "via",
    "channel",
    "source",
    "from",
    "address",
    "email_ccs",
    "ticket_ids",
    "created_at",
    "subject",
    "description",
    "requester_id",
    "followup_ids",
    "tags",
    "custom_fields",
    "value",
    "requester",
    "name",
    "active",
    "comments",
    "author_id",
    "body",
    "html_body",
    "public",
    "attachments",
    "size",
    "metadata",
    "system",
    "message_id",
    "flags",
    "data",
    "call_duration",
    "group",
    "else",
];

/// Values as they come and as they do not; all but the first few are read by both ways or by neither.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "\"true\"",
    "\"0\"",
    "0",
    "7",
    "-7",
    "1.5",
    "1e3",
    "7253394974479.0",
    "999999999999999999",
    "99999999999999999999",
    "01",
    "\"\"",
    "\" kim \"",
    "\"kim@example.com\"",
    "\"a\\n\\\"b\\\\ \\/ é ☃\"",
    "\"long enough to be searched and then \\t an escape \\u0041\\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\ude00 low\"",
    "\"\\u12\"",
    "\"\\q\"",
    "\"raw \u{1} control\"",
    "[]",
    "{}",
    "[1,\"x\",null,true,[2],{\"id\":3}]",
    "[ ]",
    "[1,]",
    "{\"id\":1,}",
    "[{\"id\":1},{\"id\":1,\"id\":2}]",
    "tru",
    "{\"else\":[{\"a\":\"]}\"}]}",
];

/// Objects in objects, with space in odd places.
fn object() -> impl Strategy<Value = String> {
    let value = proptest::sample::select(VALUES).prop_map(str::to_owned);
    value.prop_recursive(3, 40, 6, |inner| {
        let pair = (proptest::sample::select(KEYS), inner, "[ \n]?");
        proptest::collection::vec(pair, 0..6).prop_map(|pairs| {
            let pairs: Vec<String> =
                pairs.iter().map(|(key, value, space)| format!("{space}\"{key}\"{space}:{value}")).collect();
            format!("{{{}}}", pairs.join(","))
        })
    })
}

fn both_ways<'a, T>(json: &'a [u8]) -> Result<(), TestCaseError>
where
    T: Object<'a> + Deserialize<'a> + std::fmt::Debug,
{
    if let (Some(short), Ok(long)) = (quickly::<T>(json), serde_json::from_slice::<T>(json)) {
        prop_assert_eq!(format!("{short:?}"), format!("{long:?}"), "{}", String::from_utf8_lossy(json));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn both_ways_read_the_same(json in object()) {
        both_ways::<Ticket<'_>>(json.as_bytes())?;
        both_ways::<TicketHead<'_>>(json.as_bytes())?;
        both_ways::<Comment<'_>>(json.as_bytes())?;
        both_ways::<User<'_>>(json.as_bytes())?;
    }

    #[test]
    fn any_bytes_are_read_or_left(json in object(), at in 0_usize..200, byte in 0_u8..=255) {
        let mut bytes = json.into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        both_ways::<Ticket<'_>>(&bytes)?;
        both_ways::<Comment<'_>>(&bytes[at..])?;
    }
}

#[test]
fn ordinary_records_go_the_quick_way() {
    let ticket = br#"{"url":"https://a.zendesk.com/api/v2/tickets/1.json","id":1,"via":{"channel":"email","source":
        {"from":{"address":"kim@example.com","name":"Kim"},"to":{},"rel":null}},"subject":"a \"b\" \u00e9","tags":["x"],
        "custom_fields":[{"id":36148700000101,"value":null}],"satisfaction_rating":{"score":"unoffered"},
        "comments":[{"id":2,"type":"Comment","author_id":3,"body":"a\nb","public":true,"attachments":[],
        "metadata":{"system":{"latitude":40.7128},"flags":[]}}],"requester":{"id":3,"name":"Kim","email":null}}"#;
    let read = quickly::<Ticket<'_>>(ticket).unwrap();
    assert_eq!((read.id, read.subject.get()), (Integer::Known(1), Some("a \"b\" é")));
    assert!(quickly::<TicketHead<'_>>(ticket).is_some());
}

#[test]
fn what_is_odd_goes_the_long_way() {
    for odd in [
        r#"{"id":1,"id":2}"#,
        r#"{"\u0069d":1}"#,
        r#"{"subject":"\ud83d"}"#,
        r#"{"subject":"\q"}"#,
        "{\"subject\":\"\u{1}\"}",
        r#"{"id":1"#,
        r#"{"id":1}}"#,
        r#"{"id":1,}"#,
        r#"["id"]"#,
        "",
    ] {
        assert!(quickly::<Ticket<'_>>(odd.as_bytes()).is_none(), "{odd}");
    }
    let nested = format!("{{\"else\":{}1{}}}", "[".repeat(1000), "]".repeat(1000));
    assert!(quickly::<Ticket<'_>>(nested.as_bytes()).is_none());
}
