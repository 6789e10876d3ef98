//! The account that a rehearsal plays.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use crate::commands::CommandError;
use crate::mapping::{FieldName, Rules, TicketNumber};
use crate::model::conversation::Conversation;
use crate::model::person::Role;
use crate::sandbox::{AccountSeed, SeedField, SeedUser};
use crate::staging::Staging;

/// Ids of the stand-in's users for the agents of the export; far from those that it brings along.
const FIRST_AGENT: i64 = 1_000_001;
/// Likewise for custom fields that the fields table names by their labels.
const FIRST_FIELD: i64 = 2_000_001;

/// Keeps the account beside the store, so that `sandbox --store` knows its people later. It names them, so it is private.
pub(super) fn keep(file: &Path, account: &AccountSeed) -> Result<(), CommandError> {
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    serde_json::to_writer(options.open(file)?, account).map_err(std::io::Error::from)?;
    Ok(())
}

/// An account whose users are the agents of the export, and which has what the tables name, so that the rehearsal shows
/// what a prepared account would.
pub(in crate::commands) fn account(staging: &Staging, rules: &Rules) -> Result<AccountSeed, CommandError> {
    let mut agents: BTreeMap<String, String> = BTreeMap::new();
    staging.for_each(|staged| {
        note_agents(&staged.conversation, &mut agents);
        ControlFlow::Continue(())
    })?;
    for (_, email) in rules.people.users_wanted() {
        agents.entry(email.identity()).or_insert_with(|| email.to_string());
    }
    let mut seed = AccountSeed { custom_fields: fields(rules), ..AccountSeed::default() };
    for user in &seed.users {
        agents.remove(&user.email.to_lowercase());
    }
    let users = (FIRST_AGENT..).zip(agents).map(|(id, (email, name))| SeedUser {
        id,
        name,
        email,
        role: "agent".to_owned(),
        active: true,
    });
    seed.users.extend(users);
    Ok(seed)
}

/// Ticket fields that take any text, as the rehearsal cannot know what the account's take.
fn fields(rules: &Rules) -> Vec<SeedField> {
    let mut fields: Vec<SeedField> = Vec::new();
    let wanted = rules.fields.fields_wanted().into_iter().map(|(_, name)| name);
    let number = match &rules.number {
        TicketNumber::Field(name) => Some(name),
        _ => None,
    };
    for (free, name) in (FIRST_FIELD..).zip(wanted.chain(number)) {
        let (id, label) = match name {
            FieldName::Id(id) => (id.cast_signed(), format!("Field {id}")),
            FieldName::Label(label) => (free, label.clone()),
        };
        if fields.iter().all(|field| field.id != id && field.label.to_lowercase() != label.to_lowercase()) {
            let (object_type, data_type) = ("Ticket".to_owned(), "text".to_owned());
            fields.push(SeedField { id, label, object_type, data_type, ..SeedField::default() });
        }
    }
    fields
}

fn note_agents(conversation: &Conversation, agents: &mut BTreeMap<String, String>) {
    let authors = conversation.messages.iter().map(|message| &message.author);
    for person in authors.chain(&conversation.assignee) {
        if person.role == Role::Agent
            && person.active
            && let Some(email) = &person.email
        {
            agents.entry(email.identity()).or_insert_with(|| person.display_name().to_owned());
        }
    }
}
