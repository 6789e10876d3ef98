//! What must hold whatever the files say.

use proptest::prelude::*;

use super::*;

fn comment(id: u32, author: u32, second: u32) -> String {
    format!(
        r#"{{"id":{id},"author_id":{author},"body":"text {id}","public":{},"created_at":"2024-01-01T00:00:{second:02}Z"}}"#,
        !id.is_multiple_of(3)
    )
}

/// One of several shapes of file about a few tickets.
fn file() -> impl Strategy<Value = String> {
    let comments = prop::collection::vec((1_u32..20, 1_u32..5, 0_u32..3), 0..4).prop_map(|list| {
        list.into_iter().map(|(id, author, second)| comment(id, author, second)).collect::<Vec<_>>()
    });
    (1_u32..4, 1_u32..4, 0_u32..3, 0_u32..4, comments).prop_map(|(ticket, requester, stamp, shape, comments)| {
        let comments = comments.join(",");
        match shape {
            0 => format!(r#"{{"users":[{{"id":{requester},"name":"N{stamp}","role":"agent","email":"n{stamp}@example.com"}}]}}"#),
            1 => format!(r#"{{"id":{stamp}00,"ticket_id":{ticket},"author_id":{requester},"created_at":"2024-01-01T00:00:00Z","events":[{}]}}"#,
                comments.replace("\"body\"", "\"type\":\"Comment\",\"body\"")),
            _ => format!(r#"{{"id":{ticket},"requester_id":{requester},"subject":"S{stamp}","generated_timestamp":{stamp},"comments":[{comments}]}}"#),
        }
    })
}

fn conversations(files: &[String], rotation: usize) -> Vec<serde_json::Value> {
    let named: Vec<(String, &String)> = files
        .iter()
        .enumerate()
        .map(|(index, bytes)| (format!("{}.json", (index + rotation) % files.len()), bytes))
        .collect();
    let files: Vec<(&str, &String)> = named.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let mut values: Vec<serde_json::Value> = read_files(&files)
        .conversations
        .iter()
        .map(|conversation| {
            let mut value = serde_json::to_value(conversation).unwrap();
            value.as_object_mut().unwrap().remove("place");
            value
        })
        .collect();
    values.sort_by_key(|value| value["key"].as_str().map(str::to_owned));
    values
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_files_makes_no_difference(files in prop::collection::vec(file(), 1..6), rotation in 1_usize..6) {
        prop_assert_eq!(conversations(&files, 0), conversations(&files, rotation));
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_good_lines_survive(
        junk in prop::collection::vec(any::<u8>(), 0..300), text in r#"[{}\[\]",:a-z0-9\\ ]{0,80}"#,
    ) {
        let junk: Vec<u8> = junk.into_iter().filter(|byte| *byte != b'\n').collect();
        let good = |id: u32| format!(r#"{{"id":{id},"requester_id":1,"subject":"s","comments":[{}]}}"#, comment(id, 1, 0)).into_bytes();
        let bytes = [good(1), junk, good(2), text.into_bytes(), good(3)].join(&b'\n');
        let export = read_files(&[("t.json", bytes)]);
        for id in 1..=3 {
            export.ticket(id);
        }
    }

    #[test]
    fn records_with_any_values_are_read_or_told(values in prop::collection::vec("null|true|-1|7|1\\.5|\"x\"|\"\"|\\[\\]|\\{\\}|\\[null,\\{\\}\\]|\"2024-01-01T00:00:00Z\"", 14)) {
        let keys = ["id", "requester_id", "subject", "via", "comments", "created_at", "tags", "custom_fields", "status", "description", "requester", "metric_set", "assignee_id", "followup_ids"];
        let fields: Vec<String> = keys.iter().zip(&values).map(|(key, value)| format!("\"{key}\":{value}")).collect();
        let export = read_lines(&[&format!("{{{}}}", fields.join(","))]);
        let records = export.conversations.len() + export.left_out.len() + export.rejected.len() + export.unreadable.len();
        prop_assert_eq!(records, 1);
    }
}
