use std::ops::ControlFlow;

use super::*;
use crate::model::body::Body;
use crate::model::conversation::{Conversation, Message};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::{PersonKey, SourceName};
use crate::model::note::PersonNote;
use crate::model::person::Role;
use crate::model::sample;

fn conversation(number: u64) -> Conversation {
    let source = SourceName::new("zendesk").unwrap();
    let author = sample::person(&source, number, Role::Customer);
    let created = "2024-01-01T00:00:00.123456Z".parse::<jiff::Timestamp>().unwrap();
    let message = Message {
        body: Body::from_text(format!("Where is parcel {number}? {}", "Please look. ".repeat(40))).unwrap(),
        ..sample::message(&source, number, &author, created)
    };
    Conversation {
        subject: Some("Parcel".to_owned()),
        tags: vec!["late".to_owned()],
        meta: std::iter::once(("call".to_owned(), serde_json::json!({"seconds": 5}))).collect(),
        place: Place::new(&"tickets.json".into(), 4, 120),
        ..sample::conversation(&source, number, &author, created, vec![message])
    }
}

fn whole(path: &Path) -> Staging {
    match Staging::open(path).unwrap() {
        Found::Whole(staging) => staging,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_newest_note_about_a_person_stays_in_any_order() {
    let person = |id: u64| PersonKey::new(&SourceName::new("zendesk").unwrap(), "user", id);
    let note = |id, stamp, notes| PersonNote::new(person(id), stamp, Some(notes), None);
    let told = [note(1, 5, "old"), note(1, 9, ""), note(2, 9, "b"), note(2, 5, "old"), note(2, 9, "a")];
    for reversed in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("staging.sqlite");
        let mut filling = Staging::fill(&path).unwrap();
        let mut told = told.clone();
        if reversed {
            told.reverse();
        }
        for note in &told {
            filling.note(note).unwrap();
        }
        let staging = filling.finish("export", &()).unwrap();
        let notes = |id| staging.note(&person(id)).unwrap().map(|note| note.notes);
        assert_eq!((notes(1), notes(2), notes(3)), (Some(None), Some(Some("b".to_owned())), None));
    }
}

#[test]
fn conversations_and_findings_come_back_as_they_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("staging.sqlite");
    assert!(matches!(Staging::open(&path).unwrap(), Found::Absent));
    let mut filling = Staging::fill(&path).unwrap();
    for number in [7, 3, 5] {
        assert!(filling.insert(&conversation(number)).unwrap());
    }
    assert!(!filling.insert(&conversation(3)).unwrap(), "a second copy of a key is refused");
    let finding = Finding::general(Code::NothingFound).with_detail("é");
    filling.finding(&finding).unwrap();
    filling.finding(&Finding::general(Code::OlderCopy)).unwrap();
    filling.finding(&finding).unwrap();
    drop(filling.finish("export-1", &serde_json::json!({"files": 2})).unwrap());

    let staging = whole(&path);
    assert!(staging.is_complete_for("export-1").unwrap());
    assert!(!staging.is_complete_for("export-2").unwrap());
    assert_eq!(staging.facts::<serde_json::Value>().unwrap(), serde_json::json!({"files": 2}));
    assert_eq!(staging.get(&conversation(5).key).unwrap(), Some(conversation(5)));
    assert_eq!(staging.get(&conversation(6).key).unwrap(), None);
    let mut seen = Vec::new();
    staging
        .for_each(|staged| {
            assert_eq!(staged.last_activity_ms, staged.conversation.last_activity().as_millisecond());
            seen.push(staged.conversation.key.id().to_owned());
            if seen.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
    assert_eq!(seen, ["7", "3"]);
    let mut keys = Vec::new();
    staging
        .for_each_key(|key, _| {
            keys.push(key.id().to_owned());
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(keys, ["7", "3", "5"]);
    let mut findings = Vec::new();
    staging
        .for_each_finding(|finding| {
            findings.push(finding);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!((findings.len(), &findings[0]), (3, &finding));
    assert_eq!(staging.finding_counts().unwrap()[&Code::NothingFound], 2);
    assert_eq!(staging.conversation_count().unwrap(), 3);
}

#[test]
fn an_unfinished_filling_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("staging.sqlite");
    let mut filling = Staging::fill(&path).unwrap();
    filling.insert(&conversation(1)).unwrap();
    assert!(matches!(Staging::open(&path).unwrap(), Found::Absent), "it has no name before it is whole");
    drop(filling);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    std::fs::write(folder.path().join("staging.sqlite.part"), "left by a process that died").unwrap();
    Staging::fill(&path).unwrap().finish("x", &()).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_of_no_use_is_deleted_and_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("staging.sqlite");
    std::fs::write(
        &path,
        "this is no database at all, and long enough to have a header of 100 bytes ".repeat(20),
    )
    .unwrap();
    assert!(matches!(Staging::open(&path).unwrap(), Found::Discarded("it is damaged")));
    assert!(!path.exists());

    drop(Staging::fill(&path).unwrap().finish("x", &()).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", schema::VERSION + 1).unwrap();
    assert!(matches!(Staging::open(&path).unwrap(), Found::Discarded(_)));
    assert!(!path.exists());

    Connection::open(&path).unwrap().execute_batch("CREATE TABLE other (x)").unwrap();
    assert!(matches!(Staging::open(&path).unwrap(), Found::Discarded("it is not a staging file")));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("staging.sqlite");
    let mut filling = Staging::fill(&path).unwrap();
    filling.insert(&conversation(1)).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&schema::part_path(&path)), 0o600);
    let staging = filling.finish("x", &()).unwrap();
    assert_eq!(mode(staging.path()), 0o600);
}

#[test]
fn bodies_are_compressed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("staging.sqlite");
    let mut filling = Staging::fill(&path).unwrap();
    let mut plain = 0;
    for number in 0..2_000 {
        let conversation = conversation(number);
        plain += serde_json::to_vec(&conversation).unwrap().len();
        filling.insert(&conversation).unwrap();
    }
    filling.finish("x", &()).unwrap();
    let stored = std::fs::metadata(&path).unwrap().len();
    assert!(stored < plain as u64 / 2, "{stored} of {plain}");
}
