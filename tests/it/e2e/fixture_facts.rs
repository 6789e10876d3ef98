//! The fixtures once more, for what is beside the messages: people, tags, fields, ratings, priorities, languages. What is
//! expected is read from the files themselves, with none of the importer's code.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use gorgias_import::sandbox::SeedField;
use serde_json::{Value, json};

use super::account::{Account, Play, tags};
use super::workspace::{Workspace, ZENDESK, fixtures};

/// Records of the fixtures' zips, by id; of several copies the newest.
struct Truth {
    tickets: BTreeMap<u64, Value>,
    users: BTreeMap<u64, Value>,
}

impl Truth {
    fn read() -> Self {
        let mut truth = Self { tickets: BTreeMap::new(), users: BTreeMap::new() };
        for entry in std::fs::read_dir(fixtures().join("zendesk")).unwrap() {
            let mut archive =
                zip::ZipArchive::new(std::fs::File::open(entry.unwrap().path()).unwrap()).unwrap();
            for at in 0..archive.len() {
                let mut bytes = Vec::new();
                archive.by_index(at).unwrap().read_to_end(&mut bytes).unwrap();
                let lines = bytes.split(|byte| *byte == b'\n');
                lines
                    .filter_map(|line| serde_json::from_slice(line).ok())
                    .for_each(|record| truth.take(record));
            }
        }
        truth
    }

    fn take(&mut self, record: Value) {
        let record = if record["ticket"].is_object() { record["ticket"].clone() } else { record };
        let kind = if record.get("requester_id").is_some() { &mut self.tickets } else { &mut self.users };
        if let Some(id) =
            record["id"].as_u64().filter(|_| record.get("requester_id").or(record.get("role")).is_some())
        {
            let stamp = |one: &Value| (one["generated_timestamp"].as_u64(), one["updated_at"].to_string());
            if kind.get(&id).is_none_or(|known| stamp(known) < stamp(&record)) {
                kind.insert(id, record);
            }
        }
    }
}

/// `topic_shipping` as Gorgias writes levels.
fn levels(value: &str) -> String {
    let word = |word: &str| format!("{}{}", word[..1].to_uppercase(), &word[1..]);
    value.split('_').map(word).collect::<Vec<_>>().join("::")
}

const TOPIC: u64 = 36_148_700_000_101;
/// The one that the account's field does not offer.
const UNKNOWN_TOPIC: &str = "topic_cancellation";
/// The greatest order value that the account's field takes.
const VALUE_MAX: i32 = 30_000;

fn account(topics: &BTreeSet<String>) -> Account {
    let mut play = Play::default();
    let field = |id: i64, label: &str, data_type: &str| SeedField {
        id,
        label: label.into(),
        object_type: "Ticket".into(),
        data_type: data_type.into(),
        ..SeedField::default()
    };
    let choices = topics.iter().filter(|topic| *topic != UNKNOWN_TOPIC).map(|topic| levels(topic)).collect();
    play.seed.custom_fields = vec![
        SeedField { choices, ..field(1, "Topic", "text") },
        field(2, "Order", "text"),
        SeedField { max: Some(VALUE_MAX.into()), ..field(3, "Value", "number") },
        field(4, "Gift", "boolean"),
    ];
    Account::playing(play)
}

/// What a ticket's values become: those of fields, and those that stay as meta data.
fn values(source: &Value) -> (BTreeMap<String, Value>, usize) {
    let (mut placed, mut unfit) = (BTreeMap::new(), 0);
    for field in source["custom_fields"].as_array().into_iter().flatten() {
        let place = match (field["id"].as_u64().unwrap() - TOPIC + 1, &field["value"]) {
            (_, Value::Null) | (5, _) => continue,
            (1, value) if *value == UNKNOWN_TOPIC => None,
            (1, value) => Some(("1", json!(levels(value.as_str().unwrap())))),
            (2, value) => Some(("2", value.clone())),
            (3, value) if value.as_f64().unwrap() > f64::from(VALUE_MAX) => None,
            (3, value) => Some(("3", value.clone())),
            (4, value) => Some(("4", value.clone())),
            other => panic!("{other:?}"),
        };
        match place {
            Some((id, value)) => drop(placed.insert(id.to_owned(), value)),
            None => unfit += 1,
        }
    }
    (placed, unfit)
}

/// True if there is one.
fn same_rating(key: &str, ticket: &Value, source: &Value) -> bool {
    let score = match source["satisfaction_rating"]["score"].as_str() {
        Some("good") => json!(5),
        Some("bad") => json!(1),
        _ => Value::Null,
    };
    assert_eq!(ticket["satisfaction_survey"]["score"], score, "{key}");
    !score.is_null()
}

/// How many values of fields had to stay as meta data.
fn same_facts(key: &str, ticket: &Value, source: &Value) -> usize {
    let held = tags(ticket);
    let mut wanted = source["tags"].as_array().into_iter().flatten();
    assert!(wanted.all(|tag| held.iter().any(|held| tag == held)), "{key}: {held:?}");
    let priority = match source["priority"].as_str() {
        Some("urgent") => "critical",
        other => other.unwrap_or("normal"),
    };
    assert_eq!(ticket["priority"], priority, "{key}");
    let (placed, left) = values(source);
    let held = ticket["custom_fields"].as_object().into_iter().flatten();
    let held: BTreeMap<String, Value> =
        held.map(|(id, field)| (id.clone(), field["value"].clone())).collect();
    assert_eq!(held, placed, "{key}");
    left
}

fn same_person(key: &str, ticket: &Value, requester: &Value) {
    let email = |value: &Value| value.as_str().map(str::to_lowercase);
    assert_eq!(email(&ticket["customer"]["email"]), email(&requester["email"]), "{key}");
    if let Some(locale) = requester["locale"].as_str() {
        let language = json!(locale[..2]);
        assert_eq!((&ticket["language"], &ticket["meta"]["language"]), (&language, &language), "{key}");
    }
    let imported = &ticket["customer"]["data"]["imported"];
    assert_eq!(imported["notes"], requester["notes"], "{key}");
    let id = format!("zendesk:user:{}", requester["id"]);
    assert!(imported["ids"].as_array().unwrap().contains(&json!(id)), "{key}: {imported}");
}

#[test]
fn people_tags_fields_and_ratings_of_the_fixtures_arrive_as_they_were() {
    let truth = Truth::read();
    let fields =
        truth.tickets.values().flat_map(|ticket| ticket["custom_fields"].as_array().into_iter().flatten());
    let topics = fields.filter(|field| field["id"] == TOPIC).filter_map(|field| field["value"].as_str());
    let account = account(&topics.map(str::to_owned).collect());
    let workspace = Workspace::with_fixtures(&account.base_url());
    let rest = "[mapping]\nmailbox = \"support@acme.example\"\nfields = \"fields.csv\"\nlanguage = \"source\"\n\
                customer_data = \"ids\"\ncustomer_notes = true\n";
    workspace.configure(&account.base_url(), ZENDESK, rest);
    let rows = ["field,Topic,", "field,2,", "field,value,", "field,Gift,", "tag,,line-"];
    let rows = (TOPIC..).zip(rows).map(|(id, row)| format!("zendesk:field:{id},{row}\n"));
    workspace.write(
        "fields.csv",
        &format!("field,decision,gorgias_field,tag_prefix\n{}", rows.collect::<String>()),
    );
    workspace.migrate();
    account.nothing_was_sent();

    let (mut rated, mut noted, mut unfit, mut spoken) = (0, 0, 0, BTreeSet::new());
    let (mut damaged, mut deleted) = (0, 0);
    for (key, ticket) in account.tickets() {
        // The importer mends one record that no parser of JSON takes.
        let Some(source) = truth.tickets.get(&key.rsplit(':').next().unwrap().parse().unwrap()) else {
            damaged += 1;
            continue;
        };
        rated += u64::from(same_rating(&key, &ticket, source));
        unfit += same_facts(&key, &ticket, source);
        let Some(requester) = truth.users.get(&source["requester_id"].as_u64().unwrap()) else {
            deleted += 1;
            continue;
        };
        same_person(&key, &ticket, requester);
        noted += u64::from(requester["notes"].is_string());
        spoken.extend(requester["locale"].as_str().map(|locale| locale[..2].to_owned()));
    }
    assert!(damaged <= 1 && deleted < 10, "{damaged} {deleted}");
    // They do hold some of each.
    assert!(rated > 20 && noted > 5 && unfit > 5, "{rated} {noted} {unfit}");
    assert!(["en", "fr", "de", "pt", "ja", "es"].iter().all(|code| spoken.contains(*code)), "{spoken:?}");
    let choices =
        account.tickets().into_values().filter(|ticket| tags(ticket).contains(&"line-line_tents".into()));
    assert_eq!(choices.count(), 1);
    workspace.verified();
}
