use serde_json::Value;

use super::*;

/// Objects and findings, each with its line.
type Read = (Vec<(&'static str, Value, u64)>, Vec<(Code, String, u64)>);

fn read(xml: impl AsRef<[u8]>) -> Read {
    let (mut objects, mut findings) = (Vec::new(), Vec::new());
    let name: Arc<str> = "x.xml".into();
    let flow = translate(&name, &mut xml.as_ref(), &mut |one| {
        match one {
            Translated::Object { json, at, is } => {
                objects.push((is, serde_json::from_slice(&json).unwrap(), at.line));
            }
            Translated::Told(finding, _) => {
                let line = finding.place.as_ref().and_then(|place| place.line).unwrap_or_default();
                findings.push((finding.code, finding.detail, line));
            }
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(flow.is_continue());
    (objects, findings)
}

const TICKETS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<tickets type="array" count="1">
  <ticket>
    <assignee-id type="integer">7001</assignee-id>
    <created-at type="datetime">2024-03-05T10:11:12Z</created-at>
    <current-tags>shipping vip</current-tags>
    <description>Where &lt;is&gt; it?</description>
    <external-id nil="true"></external-id>
    <nice-id type="integer">501</nice-id>
    <id type="integer">99</id>
    <priority-id type="integer">0</priority-id>
    <requester-id type="integer">9001</requester-id>
    <status-id type="integer">3</status-id>
    <solved-at type="datetime">2024-03-06T08:00:00Z</solved-at>
    <subject>Caf&#233; &amp; &nbsp; more</subject>
    <ticket-type-id type="integer">2</ticket-type-id>
    <via-id type="integer">4</via-id>
    <ticket-field-entries type="array">
      <ticket-field-entry><ticket-field-id type="integer">31</ticket-field-id><value>red</value></ticket-field-entry>
    </ticket-field-entries>
    <comments type="array">
      <comment>
        <author-id type="integer">9001</author-id>
        <created-at type="datetime">2024-03-05T10:11:12Z</created-at>
        <is-public type="boolean">true</is-public>
        <type>Comment</type>
        <value>Where <![CDATA[<is> it & why]]>?</value>
        <via-id type="integer">4</via-id>
        <attachments type="array">
          <attachment><content-type>image/png</content-type><filename>a.png</filename><size type="integer">3</size><url>https://acme.zendesk.com/attachments/a.png</url></attachment>
        </attachments>
      </comment>
      <comment><author-id nil="true"/><value>called</value><via-id>34</via-id><attachments type="array"/></comment>
    </comments>
  </ticket>
</tickets>
"#;

#[test]
fn a_ticket_becomes_that_of_the_api() {
    let (objects, findings) = read(TICKETS);
    assert!(findings.is_empty(), "{findings:?}");
    let expected = serde_json::json!({
        "id": 501, "requester_id": 9001, "assignee_id": 7001, "subject": "Café & &nbsp; more",
        "description": "Where <is> it?", "status": "solved", "type": "incident", "tags": ["shipping", "vip"],
        "via": {"channel": "email"}, "created_at": "2024-03-05T10:11:12Z",
        "metric_set": {"solved_at": "2024-03-06T08:00:00Z"},
        "custom_fields": [{"id": 31, "value": "red"}],
        "comments": [
            {"author_id": 9001, "type": "Comment", "body": "Where <is> it & why?", "public": "true",
             "created_at": "2024-03-05T10:11:12Z", "via": {"channel": "email"},
             "attachments": [{"file_name": "a.png", "content_type": "image/png", "size": 3,
                              "content_url": "https://acme.zendesk.com/attachments/a.png"}]},
            {"type": "VoiceComment", "body": "called", "attachments": [],
             "via": {"channel": "voice", "source": {"rel": "inbound"}}},
        ],
    });
    assert_eq!(objects, [(crate::source::zendesk::translate::TICKET, expected, 3)]);
}

#[test]
fn people_groups_and_the_account() {
    let (objects, findings) = read(
        "\u{feff}<users><user><id>1</id><name>Alex</name><roles>4</roles><is-active>true</is-active></user>\
         <user><id>7.25E+12</id><name>K</name><roles>0</roles></user></users>",
    );
    assert!(findings.is_empty());
    assert_eq!(objects[0].1, serde_json::json!({"id": 1, "name": "Alex", "role": "agent", "active": "true"}));
    assert_eq!(objects[1].1, serde_json::json!({"id": "7.25E+12", "name": "K", "role": "end-user"}));
    let (objects, _) = read("<account><subdomain>Acme</subdomain></account>");
    assert_eq!(objects[0].1, serde_json::json!({"url": "https://acme.zendesk.com/"}));
    let (objects, _) = read("<backup><groups><group><id>1</id><name>A</name></group></groups></backup>");
    assert_eq!(objects[0].1, serde_json::json!({"id": 1, "name": "A"}));
}

fn codes(xml: impl AsRef<[u8]>) -> (Vec<i64>, Vec<Code>) {
    let (objects, findings) = read(xml);
    let ids = objects.iter().map(|(_, object, _)| object["id"].as_i64().unwrap_or_default()).collect();
    (ids, findings.into_iter().map(|(code, ..)| code).collect())
}

#[test]
fn damage_costs_the_record() {
    let group = |inner: &str| {
        format!("<groups><group><id>1</id></group><group>{inner}</group><group><id>3</id></group></groups>")
    };
    for bad in
        ["<id>2</name></id>", "<id>2", "<a><b></a></b>", "a < b", "<name>x</group><group><id>2</nope></id>"]
    {
        let (ids, codes) = codes(group(bad));
        assert_eq!((ids.first(), ids.last()), (Some(&1), Some(&3)), "{bad}");
        assert!(codes.contains(&Code::UnreadableElement) && !ids.contains(&2), "{bad} {ids:?} {codes:?}");
    }
    assert_eq!(codes(group("<id>2</id> & <name>x &amp y</name>")), (vec![1, 2, 3], vec![]));
}

#[test]
fn a_document_that_ends_early_is_told() {
    let whole = TICKETS.trim_end();
    for cut in 60..whole.len() {
        if whole.is_char_boundary(cut) {
            let (ids, codes) = codes(&whole[..cut]);
            assert_eq!(codes.last(), Some(&Code::TruncatedFile), "{cut}");
            assert!(ids.is_empty() || cut > whole.len() - 15);
        }
    }
}

#[test]
fn what_is_no_record_is_named() {
    let (objects, findings) =
        read("<forums type=\"array\">\n<forum><id>1</id><user><id>2</id></user></forum>\n<forum/></forums>");
    assert!(objects.is_empty());
    let unknown = |line| (Code::UnknownRecord, "element: forum".to_owned(), line);
    assert_eq!(findings, [unknown(2), unknown(3)]);
}

#[test]
fn entities_are_not_expanded() {
    let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><users><user><id>1</id><name>&b;</name></user></users>";
    assert_eq!(codes(bomb), (vec![], vec![Code::UnsupportedFile]));
    assert_eq!(
        codes("<!DOCTYPE html><html><body>Sign in</body></html>"),
        (vec![], vec![Code::UnsupportedFile])
    );
    let (objects, _) = read("<user><id>1</id><name>&b;&#x41;&#xD800;</name></user>");
    assert_eq!(objects[0].1["name"], "&b;A\u{fffd}");
}

#[test]
fn limits_hold() {
    let deep = format!("<user><id>1</id>{}{}</user>", "<a>".repeat(1000), "</a>".repeat(1000));
    assert_eq!(
        codes(format!("<users>{deep}<user><id>2</id></user></users>")),
        (vec![2], vec![Code::UnreadableElement])
    );
    let wide =
        format!("<users><user><id>1</id>{}</user><user><id>2</id></user></users>", "<a/>".repeat(500_001));
    assert_eq!(codes(wide), (vec![2], vec![Code::UnreadableElement]));
    let long = format!("<users><user><id>1</id><name>{}</name></user></users>", "x".repeat(5 << 20));
    assert_eq!(codes(long), (vec![], vec![Code::UnreadableElement, Code::TruncatedFile]));
}

#[test]
fn bytes_that_are_not_utf8_are_windows_1252() {
    let (objects, findings) = read(b"<users>\n<user><id>1</id><name>Zo\xeb</name></user>\n<user><id>2</id><name>\x80</name></user></users>");
    assert_eq!((objects[0].1["name"].as_str(), objects[1].1["name"].as_str()), (Some("Zoë"), Some("€")));
    assert_eq!(findings, [(Code::AssumedEncoding, String::new(), 2)]);
}

proptest::proptest! {
    #[test]
    fn any_document_is_read(xml in "(<[/!?]?(ticket|tickets|user|comment|a)?( nil=\"true\")?/?>|&[a#x0-9]{0,4};?|<!\\[CDATA\\[|\\]\\]>|<!--|-->|[a\"'é ]){0,40}") {
        read(&xml);
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(0_u8..=255, 0..200)) {
        read(&bytes);
    }

    #[test]
    fn texts_come_back(name in "\\PC{1,30}") {
        let escaped = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let (objects, findings) = read(format!("<users><user><id>1</id><name>{escaped}</name></user></users>"));
        proptest::prop_assert!(findings.is_empty());
        proptest::prop_assert_eq!(objects[0].1["name"].as_str(), Some(name.as_str()).filter(|name| !name.trim().is_empty()));
    }
}
