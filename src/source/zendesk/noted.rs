//! What agents noted down about people: `notes` and `details` of user records (reference 3.3). It is personal data of the
//! plainest kind, so that it is read only where the config wants it.

use serde::Deserialize;

use super::loose::{Integer, Text};
use super::people::role;
use super::quick;
use crate::model::key::{PersonKey, SourceName};
use crate::model::note::PersonNote;
use crate::model::person::Role;
use crate::model::time::parse_rfc3339;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Noted<'a> {
    id: Integer,
    #[serde(borrow)]
    role: Text<'a>,
    #[serde(borrow)]
    notes: Text<'a>,
    #[serde(borrow)]
    details: Text<'a>,
    #[serde(borrow)]
    updated_at: Text<'a>,
}

quick::object!(Noted {
    b"id" => id, b"role" => role, b"notes" => notes, b"details" => details, b"updated_at" => updated_at,
});

/// What a user record tells. Records of agents tell nothing: they become no customers.
pub(super) fn read(source: &SourceName, object: &[u8]) -> Result<Option<PersonNote>, serde_json::Error> {
    let noted: Noted<'_> = quick::read(object)?;
    let is_agent = noted.role.filled().and_then(role) == Some(Role::Agent);
    let id = noted.id.known().filter(|id| *id >= 0 && !is_agent);
    Ok(id.map(|id| {
        let changed = noted.updated_at.get().and_then(parse_rfc3339);
        let stamp = changed.map_or(0, jiff::Timestamp::as_microsecond);
        let person = PersonKey::new(source, "user", id);
        PersonNote::new(person, stamp, noted.notes.filled(), noted.details.filled())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_have_notes_and_agents_have_none() {
        let source = SourceName::new("zendesk").unwrap();
        let noted = |json: &str| read(&source, json.as_bytes()).unwrap();
        let told = noted(
            r#"{"id":7,"role":"end-user","notes":"VIP\nrude","details":" ","updated_at":"1970-01-01T00:00:01Z"}"#,
        );
        let told = told.unwrap();
        assert_eq!((told.person.as_str(), told.stamp), ("zendesk:user:7", 1_000_000));
        assert_eq!((told.notes.as_deref(), told.details.as_deref()), (Some("VIP\nrude"), None));
        // No notes are news as well: the newest record counts.
        assert_eq!(noted(r#"{"id":7,"notes":null}"#).unwrap().notes, None);
        assert!(noted(r#"{"id":8,"role":"agent","notes":"on holiday"}"#).is_none());
        assert!(noted(r#"{"id":-1,"notes":"x"}"#).is_none());
    }
}
