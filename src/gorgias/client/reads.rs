//! Calls that change nothing.

use bytes::Bytes;
use jiff::Timestamp;

use super::Client;
use crate::gorgias::call::Call;
use crate::gorgias::credentials::Login;
use crate::gorgias::egress;
use crate::gorgias::error::CallFailure;
use crate::gorgias::observer::EndpointKind;
use crate::gorgias::paging::Pages;
use crate::gorgias::query::Query;
use crate::gorgias::wire::{
    Account, AccountSetting, CustomField, Customer, Event, Integration, List, Message, Rule,
    SatisfactionSurvey, Tag, Team, Ticket, TicketListItem, User,
};

/// The path under which the API gives out the file with this address.
fn download_path(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let mut parts = path.rsplit('/');
    let (name, mark, kind) = (parts.next()?, parts.next()?, parts.next()?);
    let path = format!("/api/{kind}/download/{mark}/{name}");
    egress::is_readable(&path).then_some(path)
}

/// Gorgias takes this many ids in one list of tickets.
const TICKET_IDS_MAX: usize = 100;

/// By what a customer is looked up. All are exact.
#[derive(Clone, Copy)]
pub enum CustomerAddress<'a> {
    /// Main address.
    Email(&'a str),
    /// A phone number among the customer's channels.
    Phone(&'a str),
    /// What the creator gave it.
    ExternalId(&'a str),
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventFilter<'a> {
    /// Kind and id of the object, e.g. `("Ticket", 7)`.
    pub object: Option<(&'a str, u64)>,
    /// Kinds of event.
    pub types: &'a [&'a str],
    /// Who did it.
    pub user_ids: &'a [u64],
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
}

impl Client {
    /// The account, whose id says to whom a ledger belongs.
    pub async fn account(&self) -> Result<Account, CallFailure> {
        self.line().call(&Call::get(EndpointKind::Account, "/api/account", None)).await
    }

    /// The account's settings.
    pub async fn account_settings(&self) -> Result<Vec<AccountSetting>, CallFailure> {
        let call = Call::get(EndpointKind::Setting, "/api/account/settings", None);
        Ok(self.line().call::<List<AccountSetting>>(&call).await?.data)
    }

    /// The user whose login this is. That user 0 is the caller was seen and is documented nowhere; where there is none,
    /// it is the user with the login's address.
    pub async fn me(&self) -> Result<User, CallFailure> {
        let zero = self.line().call(&Call::get(EndpointKind::User, "/api/users/0", None)).await;
        let (Err(CallFailure::NotFound), Login::Basic { email, .. }) =
            (&zero, &*self.line().credentials.current().0)
        else {
            return zero;
        };
        let is_owner =
            |user: &User| user.email.as_deref().is_some_and(|address| address.eq_ignore_ascii_case(email));
        self.users().await?.into_iter().find(is_owner).ok_or(CallFailure::NotFound)
    }

    /// All users.
    pub async fn users(&self) -> Result<Vec<User>, CallFailure> {
        Pages::new(self, EndpointKind::User, "/api/users", Query::default()).all().await
    }

    /// All teams.
    pub async fn teams(&self) -> Result<Vec<Team>, CallFailure> {
        Pages::new(self, EndpointKind::Team, "/api/teams", Query::default()).all().await
    }

    /// All rules, active or not.
    pub async fn rules(&self) -> Result<Vec<Rule>, CallFailure> {
        Pages::new(self, EndpointKind::Rule, "/api/rules", Query::default()).all().await
    }

    /// All integrations, active or not.
    pub async fn integrations(&self) -> Result<Vec<Integration>, CallFailure> {
        Pages::new(self, EndpointKind::Integration, "/api/integrations", Query::default()).all().await
    }

    /// All tags.
    pub async fn tags(&self) -> Result<Vec<Tag>, CallFailure> {
        Pages::new(self, EndpointKind::Tag, "/api/tags", Query::default()).all().await
    }

    /// One tag, with how many tickets carry it.
    pub async fn get_tag(&self, id: u64) -> Result<Tag, CallFailure> {
        self.line().call(&Call::get(EndpointKind::Tag, format!("/api/tags/{id}"), None)).await
    }

    /// All saved views, as Gorgias has them.
    pub async fn views(&self) -> Result<Vec<serde_json::Value>, CallFailure> {
        Pages::new(self, EndpointKind::View, "/api/views", Query::default()).all().await
    }

    /// The custom fields that tickets may have.
    pub async fn ticket_fields(&self) -> Result<Vec<CustomField>, CallFailure> {
        let query = Query::default().with("object_type", "Ticket");
        Pages::new(self, EndpointKind::CustomField, "/api/custom-fields", query).all().await
    }

    /// All customers, oldest first, so that those made meanwhile come at the end. Their `channels` are not in lists.
    pub fn customers(&self) -> Pages<Customer> {
        let query = Query::default().with("order_by", "created_datetime:asc");
        Pages::new(self, EndpointKind::Customer, "/api/customers", query)
    }

    /// The customers with this address; more than one is possible for an external id.
    pub async fn find_customer(&self, address: CustomerAddress<'_>) -> Result<Vec<Customer>, CallFailure> {
        let query = match address {
            CustomerAddress::Email(email) => Query::default().with("email", email),
            CustomerAddress::Phone(phone) => {
                Query::default().with("channel_type", "phone").with("channel_address", phone)
            }
            CustomerAddress::ExternalId(id) => Query::default().with("external_id", id),
        };
        let mut found: Vec<Customer> =
            Pages::new(self, EndpointKind::Customer, "/api/customers", query).all().await?;
        if let CustomerAddress::ExternalId(id) = address {
            // A server that does not know the filter would show everybody, most of them without an id. Rows of the list have
            // the field (Gorgias's page of customers, and recorded answers).
            found.retain(|customer| customer.external_id.as_deref().is_some_and(|is| is == id));
        }
        Ok(found)
    }

    /// One customer with all addresses.
    pub async fn get_customer(&self, id: u64) -> Result<Customer, CallFailure> {
        self.line().call(&Call::get(EndpointKind::Customer, format!("/api/customers/{id}"), None)).await
    }

    /// One ticket with its messages: all of them, as far as was seen.
    pub async fn get_ticket(&self, id: u64) -> Result<Ticket, CallFailure> {
        self.line().call(&Call::get(EndpointKind::Ticket, format!("/api/tickets/{id}"), None)).await
    }

    /// The messages of a ticket, oldest first.
    pub fn messages_of(&self, ticket: u64) -> Pages<Message> {
        let query =
            Query::default().with("ticket_id", &ticket.to_string()).with("order_by", "created_datetime:asc");
        Pages::new(self, EndpointKind::Message, "/api/messages", query)
    }

    /// One message.
    pub async fn get_message(&self, ticket_id: u64, id: u64) -> Result<Message, CallFailure> {
        let path = format!("/api/tickets/{ticket_id}/messages/{id}");
        self.line().call(&Call::get(EndpointKind::Message, path, None)).await
    }

    /// All tickets with this `external_id`, those in the trash included. A ticket that was created a moment ago may
    /// be missing.
    pub async fn find_tickets_by_external_id(&self, id: &str) -> Result<Vec<TicketListItem>, CallFailure> {
        let query = Query::default().with("external_id", id);
        Pages::new(self, EndpointKind::Ticket, "/api/tickets", query).all().await
    }

    /// All tickets of the account, those in the trash included, oldest first, so that those made meanwhile come at the end.
    pub fn all_tickets(&self) -> Pages<TicketListItem> {
        let query = Query::default().with("order_by", "created_datetime:asc");
        Pages::new(self, EndpointKind::Ticket, "/api/tickets", query)
    }

    /// The same, the ones that were changed last first. A ticket is changed last when it is created, whatever its dates.
    pub fn tickets_by_change(&self) -> Pages<TicketListItem> {
        let query = Query::default().with("order_by", "updated_datetime:desc");
        Pages::new(self, EndpointKind::Ticket, "/api/tickets", query)
    }

    /// All messages of the account, the youngest first.
    pub fn newest_messages(&self) -> Pages<Message> {
        let query = Query::default().with("order_by", "created_datetime:desc");
        Pages::new(self, EndpointKind::Message, "/api/messages", query)
    }

    /// All messages of the account, of all tickets.
    pub fn all_messages(&self) -> Pages<Message> {
        let query = Query::default().with("order_by", "created_datetime:asc");
        Pages::new(self, EndpointKind::Message, "/api/messages", query)
    }

    /// All tickets of a customer.
    pub async fn tickets_of_customer(&self, customer: u64) -> Result<Vec<TicketListItem>, CallFailure> {
        let query = Query::default().with("customer_id", &customer.to_string());
        let mut found: Vec<TicketListItem> =
            Pages::new(self, EndpointKind::Ticket, "/api/tickets", query).all().await?;
        // A server that does not know the filter would show everybody's.
        found.retain(|ticket| ticket.customer.as_ref().is_none_or(|whose| whose.id == customer));
        Ok(found)
    }

    /// Whether a customer has any ticket, in the trash or not. One call, however many there are.
    pub async fn has_tickets(&self, customer: u64) -> Result<bool, CallFailure> {
        let query = Query::default().with("customer_id", &customer.to_string());
        let mut pages = Pages::<TicketListItem>::new(self, EndpointKind::Ticket, "/api/tickets", query);
        Ok(pages.next_page().await?.is_some_and(|page| !page.is_empty()))
    }

    /// Those of these tickets that exist, those in the trash included; one call for each 100.
    pub async fn list_tickets(&self, ids: &[u64]) -> Result<Vec<TicketListItem>, CallFailure> {
        let mut found = Vec::with_capacity(ids.len());
        for ids in ids.chunks(TICKET_IDS_MAX) {
            let query =
                ids.iter().fold(Query::default(), |query, id| query.with("ticket_ids", &id.to_string()));
            found.extend(Pages::new(self, EndpointKind::Ticket, "/api/tickets", query).all().await?);
        }
        Ok(found)
    }

    /// Events.
    pub fn events(&self, filter: &EventFilter<'_>) -> Pages<Event> {
        let order = if filter.oldest_first { "created_datetime:asc" } else { "created_datetime:desc" };
        let mut query = Query::default().with("order_by", order);
        if let Some((kind, id)) = filter.object {
            query = query.with("object_type", kind).with("object_id", &id.to_string());
        }
        query = filter.types.iter().fold(query, |query, kind| query.with("types[]", kind));
        query = filter.user_ids.iter().fold(query, |query, id| query.with("user_ids[]", &id.to_string()));
        let text = |time: Option<Timestamp>| time.map(|time| time.to_string());
        query = query.maybe("created_datetime[gte]", text(filter.from).as_deref());
        query = query.maybe("created_datetime[lte]", text(filter.to).as_deref());
        Pages::new(self, EndpointKind::Event, "/api/events", query)
    }

    /// All surveys of the account.
    pub fn satisfaction_surveys(&self) -> Pages<SatisfactionSurvey> {
        Pages::new(self, EndpointKind::Survey, "/api/satisfaction-surveys", Query::default())
    }

    /// The bytes of a file that Gorgias keeps at `url`; nothing where the address is not one of a file that its API gives
    /// out. The kind, the account's mark and the name are the last three parts of the address (Gorgias's page on private
    /// files, 2026-06).
    pub async fn file(&self, url: &str) -> Result<Option<Bytes>, CallFailure> {
        let Some(path) = download_path(url) else { return Ok(None) };
        let call = Call::get(EndpointKind::File, path, None);
        self.line().bytes(&call).await.map(Some)
    }

    /// The survey of a ticket, if it has one.
    pub async fn find_satisfaction_survey(
        &self,
        ticket_id: u64,
    ) -> Result<Option<SatisfactionSurvey>, CallFailure> {
        let query = Query::default().with("ticket_id", &ticket_id.to_string());
        let found = Pages::new(self, EndpointKind::Survey, "/api/satisfaction-surveys", query).all().await?;
        // A server that does not know the filter would show another ticket's.
        Ok(found
            .into_iter()
            .find(|survey: &SatisfactionSurvey| survey.ticket_id.is_none_or(|id| id == ticket_id)))
    }
}
