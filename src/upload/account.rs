//! What the account holds that tickets refer to: users, the mailbox, customers, tags.

use std::time::Duration;

use super::patience::patiently;
use crate::gorgias::{CallFailure, Client, wire};
use crate::mapping::{AgentDirectory, Identity, Rules, UnknownAgent};
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
}

/// Reads users, integrations, tags and customers, 100 a call, each call for as long as `patience` lasts.
pub async fn read(
    client: &Client,
    rules: &Rules,
    patience: Duration,
    digest: &dyn Fn(&Identity) -> AddressDigest,
) -> Result<Account, AccountError> {
    let failed = |what| move |failure| AccountError::Call { what, failure };
    let id = match patiently(patience, async || client.account().await).await {
        // A recording shows a domain and no id; either names the account.
        Ok(account) => account.id.map(|id| id.to_string()).or(account.domain),
        // No recording of this endpoint exists; a login that may not read it can still import.
        Err(CallFailure::NotFound | CallFailure::Forbidden { .. } | CallFailure::Refused { .. }) => None,
        Err(failure) => return Err(failed("the id")(failure)),
    };
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

fn is_machine(role: Option<&str>) -> bool {
    role.is_some_and(|role| MACHINE_ROLES.contains(&role))
}
