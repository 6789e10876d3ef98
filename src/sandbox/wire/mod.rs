//! Answers as recorded: every key, in the recorded order. Structs, not maps, because the order of keys is part of
//! what was seen.

pub(crate) mod customer;
pub(crate) mod message;
pub(crate) mod other;
pub(crate) mod ticket;
pub(crate) mod user;

use std::cell::RefCell;
use std::collections::HashMap;

use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Value, json};

use super::account::{Account, split_name};
use super::reply::ApiError;
use super::store::customers;
use super::store::messages::Person;

/// A person as messages and lists of tickets show one.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PersonOut {
    pub(crate) id: i64,
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) firstname: String,
    pub(crate) lastname: String,
    pub(crate) meta: Option<Value>,
}

/// Looks people up, each once per answer.
pub(crate) struct People<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) account: &'a Account,
    known: RefCell<HashMap<Person, Option<PersonOut>>>,
}

impl<'a> People<'a> {
    pub(crate) fn new(db: &'a Connection, account: &'a Account) -> Self {
        Self { db, account, known: RefCell::default() }
    }

    /// The person, or `None` where the record is gone.
    pub(crate) fn get(&self, person: Person) -> Result<Option<PersonOut>, ApiError> {
        if let Some(known) = self.known.borrow().get(&person) {
            return Ok(known.clone());
        }
        let found = match person {
            Person::User(id) => self.account.user(id).map(|user| {
                let (firstname, lastname) = split_name(Some(&user.name));
                let meta = if user.role == "bot" { json!({}) } else { json!({"name_set_via": "agent"}) };
                let (email, name) = (Some(user.email.clone()), Some(user.name.clone()));
                PersonOut { id, email, name, firstname, lastname, meta: Some(meta) }
            }),
            Person::Customer(id) => customers::get(self.db, id)?.map(|customer| {
                let (firstname, lastname) = split_name(customer.name.as_deref());
                PersonOut {
                    id,
                    email: customer.email,
                    name: customer.name,
                    firstname,
                    lastname,
                    meta: customer.meta,
                }
            }),
        };
        self.known.borrow_mut().insert(person, found.clone());
        Ok(found)
    }
}
