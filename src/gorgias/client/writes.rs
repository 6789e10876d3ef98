//! Calls that change something. None of them is sent twice unless Gorgias said that it did not process it.

use bytes::Bytes;
use http::Method;

use super::Client;
use crate::gorgias::call::{Call, unreadable};
use crate::gorgias::egress::SendPermit;
use crate::gorgias::error::CallFailure;
use crate::gorgias::multipart;
use crate::gorgias::observer::EndpointKind;
use crate::gorgias::query::Query;
use crate::gorgias::transport::RawRequest;
use crate::gorgias::wire::{
    Action, CreateCustomer, CreateMessage, CreateSatisfactionSurvey, CreateTag, CreateTicket, Customer,
    CustomerData, Message, SatisfactionSurvey, Tag, Ticket, UpdateCustomer, UpdateMessage, UpdateTicket,
    UploadedFile,
};

impl Client {
    /// Creates a ticket with its messages.
    pub async fn create_ticket(&self, ticket: &CreateTicket) -> Result<Ticket, CallFailure> {
        self.create_ticket_permitted(ticket, None).await
    }

    /// The same, with fields that only a permit lets through.
    pub async fn create_ticket_permitted(
        &self,
        ticket: &CreateTicket,
        permit: Option<&SendPermit>,
    ) -> Result<Ticket, CallFailure> {
        let call = Call::json(EndpointKind::Ticket, Method::POST, "/api/tickets", ticket)?;
        self.line().call(&call.permitted(permit)).await
    }

    /// Changes a ticket.
    pub async fn update_ticket(&self, id: u64, ticket: &UpdateTicket) -> Result<Ticket, CallFailure> {
        self.update_ticket_permitted(id, ticket, None).await
    }

    /// The same, with fields that only a permit lets through.
    pub async fn update_ticket_permitted(
        &self,
        id: u64,
        ticket: &UpdateTicket,
        permit: Option<&SendPermit>,
    ) -> Result<Ticket, CallFailure> {
        let call = Call::json(EndpointKind::Ticket, Method::PUT, format!("/api/tickets/{id}"), ticket)?;
        self.line().call(&call.permitted(permit)).await
    }

    /// Deletes a ticket with its messages, for good.
    pub async fn delete_ticket(&self, id: u64) -> Result<(), CallFailure> {
        let path = format!("/api/tickets/{id}");
        self.line().done(&Call::bare(EndpointKind::Ticket, Method::DELETE, path, None)).await
    }

    /// Appends a message to a ticket. An action, and fields that act, need a permit.
    pub async fn create_message(
        &self,
        ticket_id: u64,
        message: &CreateMessage,
        action: Option<Action>,
        permit: Option<&SendPermit>,
    ) -> Result<Message, CallFailure> {
        let path = format!("/api/tickets/{ticket_id}/messages");
        let mut call = Call::json(EndpointKind::Message, Method::POST, path, message)?.permitted(permit);
        call.request.query =
            action.and_then(|action| Query::default().with("action", &action.to_string()).finish());
        self.line().call(&call).await
    }

    /// Changes a message.
    pub async fn update_message(
        &self,
        ticket_id: u64,
        id: u64,
        message: &UpdateMessage,
        permit: Option<&SendPermit>,
    ) -> Result<Message, CallFailure> {
        let path = format!("/api/tickets/{ticket_id}/messages/{id}");
        let call = Call::json(EndpointKind::Message, Method::PUT, path, message)?;
        self.line().call(&call.permitted(permit)).await
    }

    /// Deletes a message for good; its ticket stays.
    pub async fn delete_message(&self, ticket_id: u64, id: u64) -> Result<(), CallFailure> {
        let path = format!("/api/tickets/{ticket_id}/messages/{id}");
        self.line().done(&Call::bare(EndpointKind::Message, Method::DELETE, path, None)).await
    }

    /// Creates a customer. [`CallFailure::Conflict`] says that there is one with such an address.
    pub async fn create_customer(&self, customer: &CreateCustomer) -> Result<Customer, CallFailure> {
        self.line().call(&Call::json(EndpointKind::Customer, Method::POST, "/api/customers", customer)?).await
    }

    /// Changes a customer.
    pub async fn update_customer(&self, id: u64, customer: &UpdateCustomer) -> Result<Customer, CallFailure> {
        let path = format!("/api/customers/{id}");
        self.line().call(&Call::json(EndpointKind::Customer, Method::PUT, path, customer)?).await
    }

    /// Deletes a customer, for good. What Gorgias does with one who has tickets is documented nowhere.
    pub async fn delete_customer(&self, id: u64) -> Result<(), CallFailure> {
        let path = format!("/api/customers/{id}");
        self.line().done(&Call::bare(EndpointKind::Customer, Method::DELETE, path, None)).await
    }

    /// Replaces the `data` of a customer. The answer is empty.
    pub async fn set_customer_data(&self, id: u64, data: &CustomerData) -> Result<(), CallFailure> {
        let path = format!("/api/customers/{id}/data");
        self.line().done(&Call::json(EndpointKind::Customer, Method::PUT, path, data)?).await
    }

    /// Creates a tag.
    pub async fn create_tag(&self, tag: &CreateTag) -> Result<Tag, CallFailure> {
        self.line().call(&Call::json(EndpointKind::Tag, Method::POST, "/api/tags", tag)?).await
    }

    /// Deletes a tag, for good and from every ticket. Gorgias refuses one that a macro or a rule uses.
    pub async fn delete_tag(&self, id: u64) -> Result<(), CallFailure> {
        let path = format!("/api/tags/{id}");
        self.line().done(&Call::bare(EndpointKind::Tag, Method::DELETE, path, None)).await
    }

    /// Adds the rating of a ticket.
    pub async fn create_satisfaction_survey(
        &self,
        survey: &CreateSatisfactionSurvey,
    ) -> Result<SatisfactionSurvey, CallFailure> {
        let path = "/api/satisfaction-surveys";
        self.line().call(&Call::json(EndpointKind::Survey, Method::POST, path, survey)?).await
    }

    /// Uploads one file, to be named in a message's attachments.
    pub async fn upload(
        &self,
        name: &str,
        content_type: &str,
        content: &Bytes,
    ) -> Result<UploadedFile, CallFailure> {
        let form = multipart::file(name, content_type, content);
        let request = RawRequest {
            method: Method::POST,
            path: "/api/upload".to_owned(),
            query: Query::default().with("type", "attachment").finish(),
            content_type: Some(form.content_type),
            body: form.body,
        };
        let call = Call { kind: EndpointKind::Upload, request, permit: None };
        let files: Vec<UploadedFile> = self.line().call(&call).await?;
        files.into_iter().next().ok_or_else(|| unreadable("the answer to an upload names no file"))
    }
}
