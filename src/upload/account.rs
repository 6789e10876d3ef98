//! What the account holds that tickets refer to: users, the mailbox, customers, tags.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::gorgias::{CallFailure, Client, patiently, wire};
use crate::ledger::{LedgerError, LedgerView, TicketState};
use crate::mapping::{
    AgentDirectory, Bounds, FieldType, GorgiasField, Identity, Rules, TicketNumber, UnknownAgent,
};
use crate::model::person::Email;

use super::resources::{AddressDigest, Need, Resources};

/// Roles of users who are not people (reference page of users, 2026).
const MACHINE_ROLES: [&str; 2] = ["bot", "internal-agent"];

/// The account as it was read before the upload.
#[derive(Debug)]
pub struct Account {
    /// Gorgias's own id of the account, where it tells.
    pub id: Option<String>,
    /// Its users and its mailbox.
    pub directory: AgentDirectory,
    /// Its customers and tags.
    pub resources: Resources,
    /// Its integrations.
    pub integrations: Vec<wire::Integration>,
    /// Customers with an email address.
    pub customers: u64,
    /// Role of the key's owner, where Gorgias tells.
    pub role: Option<String>,
}

/// Why the account cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// A call failed.
    #[error("cannot read {what} of the account")]
    Call {
        /// What was read.
        what: &'static str,
        /// How it failed.
        #[source]
        failure: CallFailure,
    },
    /// The configured stand-in is not a user.
    #[error(
        "[mapping] unknown_agent names an address that no active user of the account has; name one who is"
    )]
    StandIn,
    /// The field for old numbers is not there, or takes something else.
    #[error(
        "[mapping] number names no single ticket field of the account that takes text or numbers; correct it, or write \
         meta or subject"
    )]
    Number,
    /// A table of `[mapping]` names users or fields that the account does not have.
    #[error("{}", lines.iter().map(|line| named(file, *line, what)).collect::<Vec<_>>().join("\n"))]
    Table {
        /// The table.
        file: PathBuf,
        /// Its lines, from 1.
        lines: Vec<u64>,
        /// What each of them names and what to do.
        what: &'static str,
    },
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Lines of a table that are named; whoever has more corrects these first.
const LINES_MAX: usize = 20;

fn named(file: &Path, line: u64, what: &str) -> String {
    format!("`{}`, line {line}: {what}", file.display())
}

/// Reads users, integrations, tags and customers, 100 a call, each call for as long as `patience` lasts.
pub async fn read(
    client: &Client,
    rules: &Rules,
    patience: Duration,
    digest: &dyn Fn(&Identity) -> AddressDigest,
) -> Result<Account, AccountError> {
    let id = match patiently(patience, async || client.account().await).await {
        // A recording shows a domain and no id; either names the account.
        Ok(account) => account.id.map(|id| id.to_string()).or(account.domain),
        // No recording of this endpoint exists; a login that may not read it can still import.
        Err(CallFailure::NotFound | CallFailure::Forbidden { .. } | CallFailure::Refused { .. }) => None,
        Err(failure) => return Err(failed("the id")(failure)),
    };
    let People { directory, integrations, me } = people(client, rules, patience).await?;
    let mut resources = Resources::default();
    let tags = patiently(patience, async || client.tags().await).await.map_err(failed("the tags"))?;
    for tag in tags {
        if let Some(name) = tag.name {
            resources.made(Need::Tag(name), tag.id);
        }
    }
    let mut customers = 0;
    let mut pages = client.customers();
    loop {
        let page =
            patiently(patience, async || pages.next_page().await).await.map_err(failed("the customers"))?;
        let Some(page) = page else { break };
        for customer in page {
            if let Some(email) = customer.email.as_deref().and_then(Email::parse) {
                customers += 1;
                resources.made(Need::Customer(digest(&Identity::Email(email))), customer.id);
            }
        }
    }
    let role = me.role.and_then(|role| role.name);
    Ok(Account { id, directory, resources, integrations, customers, role })
}

/// What mapping needs to know of the account: its users, its mailbox, its custom fields. Nothing that has to be walked
/// through is read.
pub async fn directory(
    client: &Client,
    rules: &Rules,
    patience: Duration,
) -> Result<AgentDirectory, AccountError> {
    Ok(people(client, rules, patience).await?.directory)
}

/// Who works in the account, and with what.
struct People {
    directory: AgentDirectory,
    integrations: Vec<wire::Integration>,
    me: wire::User,
}

async fn people(client: &Client, rules: &Rules, patience: Duration) -> Result<People, AccountError> {
    let me = patiently(patience, async || client.me().await).await.map_err(failed("the key's owner"))?;
    let users = patiently(patience, async || client.users().await).await.map_err(failed("the users"))?;
    let integrations = patiently(patience, async || client.integrations().await)
        .await
        .map_err(failed("the integrations"))?;
    let mailbox = integrations
        .iter()
        .filter(|integration| integration.kind.as_deref() == Some("email") && integration.is_active())
        .min_by_key(|integration| integration.id)
        .and_then(|integration| integration.address.clone());
    let mut directory = AgentDirectory::new(Some(me.id), mailbox.clone());
    let people = users
        .iter()
        .filter(|user| user.active != Some(false))
        .filter(|user| !is_machine(user.role.as_ref().and_then(|role| role.name.as_deref())));
    for user in people {
        directory.add_user(user.id, user.email.as_deref(), user.name.as_deref());
    }
    if let UnknownAgent::User(email) = &rules.unknown_agent {
        let stand_in = directory.user_by_email(email).ok_or(AccountError::StandIn)?;
        directory = directory.with_stand_in(stand_in);
    }
    check_users(rules, &directory)?;
    for team in teams(client, patience).await.map_err(failed("the teams"))? {
        directory.add_team(team.id, team.name.as_deref().unwrap_or_default());
    }
    let wanted = !rules.fields.fields_wanted().is_empty() || matches!(rules.number, TicketNumber::Field(_));
    let fields = match patiently(patience, async || client.ticket_fields().await).await {
        Ok(fields) => fields,
        Err(failure) if wanted || !may_be_forbidden(&failure) => {
            return Err(failed("the custom fields")(failure));
        }
        Err(_) => Vec::new(),
    };
    directory = directory.with_fields(fields.into_iter().filter_map(field).collect());
    check_fields(rules, &directory)?;
    Ok(People { directory, integrations, me })
}

/// How a call failed that reads `what`.
fn failed(what: &'static str) -> impl FnOnce(CallFailure) -> AccountError {
    move |failure| AccountError::Call { what, failure }
}

/// A login that may not see something can import without it.
fn may_be_forbidden(failure: &CallFailure) -> bool {
    matches!(failure, CallFailure::NotFound | CallFailure::Forbidden { .. } | CallFailure::Refused { .. })
}

/// The teams, as far as the login may see them.
async fn teams(client: &Client, patience: Duration) -> Result<Vec<wire::Team>, CallFailure> {
    match patiently(patience, async || client.teams().await).await {
        Err(failure) if may_be_forbidden(&failure) => Ok(Vec::new()),
        teams => teams,
    }
}

/// Whoever is named as a user in the people table must be one.
fn check_users(rules: &Rules, directory: &AgentDirectory) -> Result<(), AccountError> {
    let missing = |(_, email): &(u64, &Email)| directory.user_by_email(email).is_none();
    let lines = rules.people.users_wanted().into_iter().filter(missing).map(|(line, _)| line);
    missing_in(
        rules.people.file(),
        lines,
        "no active user of the account has the address in gorgias_email; correct it, or write auto or stand-in",
    )
}

/// Whatever is named as a field in the fields table must be one.
fn check_fields(rules: &Rules, directory: &AgentDirectory) -> Result<(), AccountError> {
    if let TicketNumber::Field(name) = &rules.number {
        let takes = GorgiasField::named(directory.fields(), name).map(|field| &field.takes);
        if !matches!(takes, Some(FieldType::Text | FieldType::Number(_))) {
            return Err(AccountError::Number);
        }
    }
    let wanted = rules.fields.fields_wanted().into_iter();
    let lines = wanted
        .filter(|(_, name)| GorgiasField::named(directory.fields(), name).is_none())
        .map(|(line, _)| line);
    missing_in(
        rules.fields.file(),
        lines,
        "the account has no single ticket field of the id or label in gorgias_field; correct it, or write meta",
    )
}

/// Whatever is named in the tickets table must be a ticket, and none in the trash, as long as something is to be sent to it.
/// One call for each 100.
pub async fn check_tickets(
    client: &Client,
    view: &LedgerView,
    rules: &Rules,
    patience: Duration,
) -> Result<(), AccountError> {
    let mut wanted = Vec::new();
    for (line, key, id) in rules.tickets.tickets_wanted() {
        let known = view.ticket(key)?;
        if known.is_some_and(|row| matches!(row.state, TicketState::Pending | TicketState::Appending)) {
            wanted.push((line, id));
        }
    }
    let ids: Vec<u64> = wanted.iter().map(|(_, id)| *id).collect();
    let read = patiently(patience, async || client.list_tickets(&ids).await).await;
    let found = read.map_err(failed("the tickets of the tickets table"))?;
    let there: HashSet<u64> =
        found.iter().filter(|item| item.trashed_datetime.is_none()).map(|item| item.id).collect();
    missing_in(
        rules.tickets.file(),
        wanted.into_iter().filter(|(_, id)| !there.contains(id)).map(|(line, _)| line),
        "the account has no ticket of the id in gorgias_ticket_id, or it is in the trash; correct it, or remove the line",
    )
}

fn missing_in(file: &Path, lines: impl Iterator<Item = u64>, what: &'static str) -> Result<(), AccountError> {
    let lines: Vec<u64> = lines.take(LINES_MAX).collect();
    if lines.is_empty() { Ok(()) } else { Err(AccountError::Table { file: file.to_owned(), lines, what }) }
}

/// A field in the mapping's terms; nothing for one that is archived.
fn field(field: wire::CustomField) -> Option<GorgiasField> {
    let settings = field.definition.input_settings;
    let choices = || settings.choices.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect();
    let dropdown = settings.input_type.as_deref() == Some("dropdown");
    let takes = match field.definition.data_type.as_deref() {
        Some("text") if dropdown => FieldType::Choice(choices()),
        Some("text") => FieldType::Text,
        Some("number") => FieldType::Number(Bounds { min: settings.min, max: settings.max }),
        Some("boolean") => FieldType::Flag,
        _ => FieldType::Other,
    };
    let active = field.deactivated_datetime.is_none();
    active.then(|| GorgiasField { id: field.id, label: field.label.unwrap_or_default(), takes })
}

fn is_machine(role: Option<&str>) -> bool {
    role.is_some_and(|role| MACHINE_ROLES.contains(&role))
}
