//! Customers and the channels they are reached by. Addresses are unique per type; emails are kept in lower case.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use super::{Work, events};
use crate::sandbox::check::Given;
use crate::sandbox::check::customer::{NewChannel, NewCustomer};
use crate::sandbox::clock::{self, Moment};
use crate::sandbox::reply::ApiError;
use crate::sandbox::seed::SeedCustomer;

/// A customer's record.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) id: i64,
    pub(crate) external_id: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) timezone: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) data: Option<Value>,
    pub(crate) meta: Option<Value>,
    pub(crate) created: Moment,
    pub(crate) updated: Moment,
}

/// A way to reach a customer.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) id: i64,
    pub(crate) kind: String,
    pub(crate) address: String,
    pub(crate) preferred: bool,
    pub(crate) created: Moment,
    pub(crate) updated: Moment,
}

fn json_column(row: &Row, index: usize) -> rusqlite::Result<Option<Value>> {
    let text: Option<String> = row.get(index)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// A customer by id.
pub(crate) fn get(db: &Connection, id: i64) -> Result<Option<Customer>, ApiError> {
    let sql = "SELECT id, external_id, email, name, language, timezone, note, data, meta, created, updated
               FROM customers WHERE id = ?1";
    let found = db.prepare_cached(sql)?.query_row([id], |row| {
        Ok(Customer {
            id: row.get(0)?,
            external_id: row.get(1)?,
            email: row.get(2)?,
            name: row.get(3)?,
            language: row.get(4)?,
            timezone: row.get(5)?,
            note: row.get(6)?,
            data: json_column(row, 7)?,
            meta: json_column(row, 8)?,
            created: Moment::from_micros(row.get(9)?),
            updated: Moment::from_micros(row.get(10)?),
        })
    });
    Ok(found.optional()?)
}

/// The customer with this address, whatever its case.
pub(crate) fn by_email(db: &Connection, email: &str) -> Result<Option<i64>, ApiError> {
    let sql = "SELECT id FROM customers WHERE email = ?1
               UNION SELECT customer_id FROM channels WHERE type = 'email' AND key = ?1 LIMIT 1";
    Ok(db.prepare_cached(sql)?.query_row([email.to_lowercase()], |row| row.get(0)).optional()?)
}

/// A customer's channels, oldest first.
pub(crate) fn channels(db: &Connection, id: i64) -> Result<Vec<Channel>, ApiError> {
    let sql = "SELECT id, type, address, preferred, created, updated FROM channels WHERE customer_id = ?1 ORDER BY id";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([id], |row| {
        Ok(Channel {
            id: row.get(0)?,
            kind: row.get(1)?,
            address: row.get(2)?,
            preferred: row.get(3)?,
            created: Moment::from_micros(row.get(4)?),
            updated: Moment::from_micros(row.get(5)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Creates a customer. 409 where an address is taken.
pub(crate) fn create(work: &Work, new: NewCustomer) -> Result<i64, ApiError> {
    let mut channels = new.channels.value().unwrap_or_default();
    let email = with_email(&mut channels, new.email.value());
    let record = Record {
        external_id: new.external_id.value(),
        email,
        name: new.name.value(),
        language: new.language.value(),
        timezone: new.timezone.value(),
        channels,
    };
    let id = insert(work.db, &record)?;
    events::note(work, "customer-created", "Customer", id, None)?;
    Ok(id)
}

/// Finds a customer by address, or creates one who has only that and perhaps a name.
pub(crate) fn find_or_create(work: &Work, email: &str, name: Option<&str>) -> Result<i64, ApiError> {
    if let Some(id) = by_email(work.db, email)? {
        if let Some(name) = name {
            rename(work, id, name)?;
        }
        return Ok(id);
    }
    let new = NewCustomer {
        channels: Given::Absent,
        email: Given::Value(email.to_owned()),
        external_id: Given::Absent,
        language: Given::Absent,
        name: name.map_or(Given::Absent, |name| Given::Value(name.to_owned())),
        timezone: Given::Absent,
    };
    create(work, new)
}

/// Overwrites a customer's name, as Gorgias does where a reference carries one.
pub(crate) fn rename(work: &Work, id: i64, name: &str) -> Result<(), ApiError> {
    let sql = "UPDATE customers SET name = ?2, updated = ?3 WHERE id = ?1 AND name IS NOT ?2";
    if work.db.execute(sql, params![id, name, clock::now().micros()])? > 0 {
        events::note(work, "customer-updated", "Customer", id, None)?;
    }
    Ok(())
}

/// Gives a customer the address that a reference carries beside the id. 409 where it is another's.
pub(crate) fn readdress(work: &Work, id: i64, email: &str) -> Result<(), ApiError> {
    match by_email(work.db, email)? {
        Some(owner) if owner == id => Ok(()),
        Some(_) => Err(ApiError::conflict()),
        None => {
            add_channel(work.db, id, &email_channel(email))?;
            let sql = "UPDATE customers SET email = ?2, updated = ?3 WHERE id = ?1";
            work.db.execute(sql, params![id, email.to_lowercase(), clock::now().micros()])?;
            events::note(work, "customer-updated", "Customer", id, None)
        }
    }
}

/// Changes a customer; channels, where given, replace the list.
pub(crate) fn update(work: &Work, id: i64, new: NewCustomer) -> Result<(), ApiError> {
    let mut record = get(work.db, id)?.ok_or_else(ApiError::not_found)?;
    if let Given::Value(mut channels) = new.channels {
        let email = new.email.clone().value().or_else(|| record.email.clone());
        record.email = with_email(&mut channels, email);
        work.db.execute("DELETE FROM channels WHERE customer_id = ?1", [id])?;
        for channel in &channels {
            add_channel(work.db, id, channel)?;
        }
    } else if let Given::Value(email) = &new.email {
        readdress(work, id, email)?;
        record.email = Some(email.to_lowercase());
    }
    new.external_id.store(&mut record.external_id);
    new.language.store(&mut record.language);
    new.name.store(&mut record.name);
    new.timezone.store(&mut record.timezone);
    let sql = "UPDATE customers SET external_id = ?2, email = ?3, name = ?4, language = ?5, timezone = ?6, updated = ?7
               WHERE id = ?1";
    work.db
        .execute(
            sql,
            params![
                id,
                record.external_id,
                record.email,
                record.name,
                record.language,
                record.timezone,
                clock::now().micros()
            ],
        )
        .map_err(taken)?;
    events::note(work, "customer-updated", "Customer", id, None)
}

/// Replaces what the sidebar shows; an older version than the stored one is ignored in silence.
pub(crate) fn set_data(work: &Work, id: i64, data: &Value, version: Option<Moment>) -> Result<(), ApiError> {
    let version = version.map(Moment::micros);
    let sql = "UPDATE customers SET data = ?2, data_version = coalesce(?3, data_version), updated = ?4
               WHERE id = ?1 AND (?3 IS NULL OR data_version IS NULL OR data_version <= ?3)";
    work.db.execute(sql, params![id, data.to_string(), version, clock::now().micros()])?;
    Ok(())
}

/// Deletes a customer. What happens to one who has tickets is not described; the stand-in refuses.
pub(crate) fn delete(work: &Work, id: i64) -> Result<(), ApiError> {
    get(work.db, id)?.ok_or_else(ApiError::not_found)?;
    let tickets: i64 =
        work.db.query_row("SELECT count(*) FROM tickets WHERE customer_id = ?1", [id], |row| row.get(0))?;
    if tickets > 0 {
        return Err(ApiError::bad_request("The customer has tickets and cannot be deleted."));
    }
    work.db.execute("DELETE FROM customers WHERE id = ?1", [id])?;
    events::note(work, "customer-deleted", "Customer", id, None)
}

/// Adds a customer of the seed who is not there yet.
pub(super) fn plant(db: &Connection, seed: &SeedCustomer) -> Result<(), ApiError> {
    let email = seed.email.as_ref().map(|email| email.to_lowercase());
    let sql = "SELECT id FROM customers WHERE (?1 IS NOT NULL AND email = ?1)
               OR (?1 IS NULL AND ?2 IS NOT NULL AND external_id = ?2)
               OR id IN (SELECT customer_id FROM channels WHERE type = 'phone' AND key = ?3)";
    let there: Option<i64> = db
        .query_row(sql, params![email, seed.external_id, seed.phones.first()], |row| row.get(0))
        .optional()?;
    if there.is_some() {
        return Ok(());
    }
    let mut channels: Vec<NewChannel> = seed
        .phones
        .iter()
        .map(|phone| NewChannel { kind: "phone".into(), address: phone.clone(), preferred: true })
        .collect();
    let email = with_email(&mut channels, email);
    let record = Record {
        external_id: seed.external_id.clone(),
        email,
        name: seed.name.clone(),
        language: None,
        timezone: None,
        channels,
    };
    insert(db, &record).map(|_| ())
}

struct Record {
    external_id: Option<String>,
    email: Option<String>,
    name: Option<String>,
    language: Option<String>,
    timezone: Option<String>,
    channels: Vec<NewChannel>,
}

fn insert(db: &Connection, record: &Record) -> Result<i64, ApiError> {
    let sql = "INSERT INTO customers (external_id, email, name, language, timezone, meta, created, updated)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let meta = json!({"name_set_via": "agent"}).to_string();
    let created = clock::now().micros();
    db.prepare_cached(sql)?
        .execute(params![
            record.external_id,
            record.email,
            record.name,
            record.language,
            record.timezone,
            meta,
            created,
            clock::now().micros()
        ])
        .map_err(taken)?;
    let id = db.last_insert_rowid();
    for channel in &record.channels {
        add_channel(db, id, channel)?;
    }
    Ok(id)
}

fn add_channel(db: &Connection, customer_id: i64, channel: &NewChannel) -> Result<(), ApiError> {
    let sql = "INSERT INTO channels (customer_id, type, address, key, preferred, created, updated)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let (address, key) = if channel.kind == "email" {
        (channel.address.to_lowercase(), channel.address.to_lowercase())
    } else {
        (channel.address.clone(), channel.address.clone())
    };
    let created = clock::now().micros();
    db.prepare_cached(sql)?
        .execute(params![
            customer_id,
            channel.kind,
            address,
            key,
            channel.preferred,
            created,
            clock::now().micros()
        ])
        .map_err(taken)?;
    Ok(())
}

/// The customer's email: the one given, else the first channel of that type (recorded: a channel fills it). One that
/// is given and not among the channels becomes one.
fn with_email(channels: &mut Vec<NewChannel>, email: Option<String>) -> Option<String> {
    let is = |channel: &NewChannel, email: &str| {
        channel.kind == "email" && channel.address.eq_ignore_ascii_case(email)
    };
    match email {
        Some(email) => {
            if !channels.iter().any(|channel| is(channel, &email)) {
                channels.insert(0, email_channel(&email));
            }
            Some(email.to_lowercase())
        }
        None => channels
            .iter()
            .find(|channel| channel.kind == "email")
            .map(|channel| channel.address.to_lowercase()),
    }
}

fn email_channel(email: &str) -> NewChannel {
    NewChannel { kind: "email".into(), address: email.to_owned(), preferred: true }
}

/// A broken uniqueness is a 409; anything else is a fault.
fn taken(error: rusqlite::Error) -> ApiError {
    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) {
        ApiError::conflict()
    } else {
        ApiError::from(error)
    }
}
