//! The public samples, where they are at hand.

use std::path::PathBuf;

use super::*;
use crate::model::conversation::{Channel, Side, Status};
use crate::model::person::Role;

/// The folder of samples, or nothing if the machine has none.
fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("SAMPLES_DIR").map(|folder| PathBuf::from(folder).join("zendesk"));
    if folder.is_none() {
        println!("skipped: SAMPLES_DIR is not set");
    }
    folder
}

/// Reads some of the samples, copied side by side.
fn read_samples(names: &[&str]) -> Option<Export> {
    let samples = samples()?;
    let files: Vec<(&str, Vec<u8>)> =
        names.iter().map(|name| (*name, std::fs::read(samples.join(name)).unwrap())).collect();
    Some(read_files(&files))
}

#[test]
fn the_account_export() {
    let Some(export) = read_samples(&["account_export_tickets.ndjson", "account_export_users.ndjson"]) else {
        return;
    };
    let mut keys: Vec<&str> = export.conversations.iter().map(|one| one.key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["zendesk:ticket:1", "zendesk:ticket:123", "zendesk:ticket:145", "zendesk:ticket:33"]);
    assert_eq!(Export::codes(&export.left_out), [Code::DeletedTicket]);
    assert_eq!(export.left_out[0].key.as_deref(), Some("zendesk:ticket:4034"));
    assert_eq!((export.unreadable.len(), export.rejected.len(), export.rejected_messages.len()), (0, 0, 0));
    // The lines were collected from three accounts.
    assert_eq!(Export::codes(&export.remarks), [Code::MixedAccounts]);
    assert_eq!(export.facts.origins.len(), 3);

    let first = export.ticket(1);
    let sides: Vec<(Side, Channel)> = first.messages.iter().map(|m| (m.side, m.channel)).collect();
    assert_eq!(
        sides,
        [(Side::Customer, Channel::Api), (Side::Agent, Channel::Api), (Side::Note, Channel::InternalNote)]
    );
    assert_eq!(first.messages[2].sent_at.timestamp().to_string(), "2024-02-07T00:11:18Z");
    assert_eq!((first.status, first.tags.len()), (Status::Open, 3));
    assert_eq!(first.messages[1].author.role, Role::Agent);

    let call = export.ticket(145);
    assert_eq!(call.messages.len(), 1);
    let voicemail = &call.messages[0];
    assert_eq!((voicemail.side, voicemail.channel), (Side::Customer, Channel::Phone));
    assert_eq!(voicemail.key.as_str(), "zendesk:comment:5527086839951");
    assert!(voicemail.body.text().unwrap().contains("Length: 55 seconds"));
    assert!(voicemail.body.text().unwrap().contains("Karen stone"));
    assert_eq!(voicemail.attachments[0].content_type.as_deref(), Some("audio/mpeg"));
    assert_eq!(&*voicemail.route.from.as_ref().unwrap().address, "+12345550167");
    assert_eq!(call.meta["calls"][0]["seconds"], 55);
}

#[test]
fn people_who_are_missing_become_people() {
    let Some(export) = read_samples(&["account_export_tickets.ndjson", "account_export_users.ndjson"]) else {
        return;
    };
    let caller = &export.ticket(145).customer;
    assert_eq!((caller.key.as_str(), caller.role), ("zendesk:user:5527111815439", Role::Customer));
    assert_eq!(caller.phone.as_deref(), Some("+12345550167"));
    let unknown = &export.ticket(33).messages[0].author;
    assert_eq!((unknown.key.as_str(), unknown.role), ("zendesk:user:26155588908179", Role::Customer));
    let missing: Vec<&str> = export
        .findings
        .iter()
        .filter(|finding| finding.code == Code::PersonMissing)
        .map(|finding| finding.detail.as_str())
        .collect();
    for id in ["zendesk:user:26155588908179", "zendesk:user:5527111815439"] {
        assert!(missing.contains(&id), "{id} in {missing:?}");
    }
}

#[test]
fn a_page_of_the_incremental_export() {
    let Some(export) = read_samples(&["incremental_tickets_page.json"]) else { return };
    assert_eq!((export.conversations.len(), export.left_out.len()), (86, 1));
    assert_eq!(export.left_out[0].key.as_deref(), Some("zendesk:ticket:4034"));
    let without = export.findings.iter().filter(|finding| finding.code == Code::NoComments).count();
    assert_eq!(without, 86);
    for conversation in &export.conversations {
        assert_eq!(conversation.messages.len(), 1);
        assert_eq!(conversation.messages[0].key.as_str(), format!("{}:description", conversation.key));
        assert!(conversation.messages[0].synthetic_key);
    }
}

#[test]
fn the_page_and_its_audits() {
    let Some(export) = read_samples(&["incremental_tickets_page.json", "ticket_audits_page.json"]) else {
        return;
    };
    let messages: Vec<&Message> = export.conversations.iter().flat_map(|one| &one.messages).collect();
    assert_eq!((export.conversations.len(), messages.len()), (86, 88));
    assert!(messages.iter().all(|message| message.key.as_str().starts_with("zendesk:comment:")));
    assert_eq!(messages.iter().filter(|message| message.side == Side::Note).count(), 1);
    assert!(!export.has(Code::NoComments));
    let keys: std::collections::HashSet<&str> = messages.iter().map(|message| message.key.as_str()).collect();
    assert_eq!(keys.len(), 88);
}

#[test]
fn audits_alone_are_not_tickets() {
    let Some(export) = read_samples(&["voicemail_audits.ndjson"]) else { return };
    assert_eq!(export.conversations.len(), 0);
    assert_eq!(Export::codes(&export.left_out), [Code::OrphanComments; 4]);
    let Some(both) = read_samples(&["voicemail_audits.ndjson", "account_export_tickets.ndjson"]) else {
        return;
    };
    assert_eq!(both.ticket(145).messages.len(), 1);
    assert_eq!(Export::codes(&both.left_out).iter().filter(|code| **code == Code::OrphanComments).count(), 3);
}
