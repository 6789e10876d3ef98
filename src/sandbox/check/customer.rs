//! Customers as requests write them: the object of `POST /api/customers`, and the small ones inside tickets.

use serde_json::{Map, Value};

use super::{Fields, Given, Nulls, Problems, enums};

/// The longest address.
pub(crate) const EMAIL_CHARS_MAX: usize = 320;
/// The longest external id.
pub(crate) const EXTERNAL_ID_CHARS_MAX: usize = 255;
/// No limit is published for names; this one keeps the store sane.
const NAME_CHARS_MAX: usize = 512;
/// No limit is published for a customer's channels either.
const CHANNELS_MAX: usize = 100;

/// A way to reach a customer.
#[derive(Clone, Debug)]
pub(crate) struct NewChannel {
    pub(crate) kind: String,
    pub(crate) address: String,
    pub(crate) preferred: bool,
}

/// `POST` or `PUT /api/customers`.
#[derive(Clone, Debug)]
pub(crate) struct NewCustomer {
    pub(crate) channels: Given<Vec<NewChannel>>,
    pub(crate) email: Given<String>,
    pub(crate) external_id: Given<String>,
    pub(crate) language: Given<String>,
    pub(crate) name: Given<String>,
    pub(crate) timezone: Given<String>,
}

/// Reads a customer. `channels` is required where one is created.
pub(crate) fn read(map: &Map<String, Value>, create: bool) -> (NewCustomer, Problems) {
    let mut fields = Fields::new(map);
    if create {
        fields.require("channels");
    }
    let channels = fields.each("channels", Nulls::Refused, |channel| {
        channel.require("type");
        channel.require("address");
        NewChannel {
            kind: channel
                .choice("type", enums::CUSTOMER_CHANNELS, Nulls::Refused)
                .value()
                .unwrap_or_default(),
            address: address(channel, "address", Nulls::Refused).value().unwrap_or_default(),
            preferred: channel.boolean("preferred", Nulls::Refused).value().unwrap_or(true),
        }
    });
    if matches!(&channels, Given::Value(list) if list.len() > CHANNELS_MAX) {
        fields.problem("channels", "Longer than maximum length 100.");
    }
    if let Given::Value(list) = &channels {
        for (index, channel) in list.iter().enumerate().filter(|(_, channel)| channel.kind == "email") {
            if !is_email(&channel.address) {
                let mut wrong = Problems::default();
                wrong.add("address", "Not a valid email address.");
                let mut at = Problems::default();
                at.nest(&index.to_string(), wrong);
                fields.nest("channels", at);
            }
        }
    }
    let new = NewCustomer {
        channels,
        email: email(&mut fields, "email", Nulls::Allowed),
        external_id: fields.text("external_id", EXTERNAL_ID_CHARS_MAX, Nulls::Allowed),
        language: language(&mut fields, "language"),
        name: fields.text("name", NAME_CHARS_MAX, Nulls::Allowed),
        timezone: timezone(&mut fields),
    };
    (new, fields.finish())
}

/// The customer of a ticket: `{id?, email?, name?}` and nothing else.
#[derive(Clone, Debug, Default)]
pub(crate) struct TicketCustomer {
    pub(crate) id: Option<i64>,
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
}

/// Reads the customer of a ticket.
pub(crate) fn read_reference(fields: &mut Fields) -> TicketCustomer {
    let customer = TicketCustomer {
        id: fields.integer("id", Nulls::Refused).value(),
        email: email(fields, "email", Nulls::Refused).value(),
        name: fields.text("name", NAME_CHARS_MAX, Nulls::Refused).value(),
    };
    if customer.id.is_none() && customer.email.is_none() {
        fields.problem("_schema", "Either id or email is required.");
    }
    customer
}

/// A sender or receiver. Anything but `id` and `email` overwrites the person's record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PersonRef {
    pub(crate) id: Option<i64>,
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) external_id: Option<String>,
}

/// Reads a sender or receiver.
pub(crate) fn read_person(fields: &mut Fields) -> PersonRef {
    let person = PersonRef {
        id: fields.integer("id", Nulls::Refused).value(),
        email: email(fields, "email", Nulls::Refused).value(),
        name: fields.text("name", NAME_CHARS_MAX, Nulls::Allowed).value(),
        external_id: fields.text("external_id", EXTERNAL_ID_CHARS_MAX, Nulls::Allowed).value(),
    };
    fields.text("note", 10_000, Nulls::Allowed);
    fields.text("timezone", 64, Nulls::Allowed);
    language(fields, "language");
    fields.free_object("meta", Nulls::Allowed);
    fields.each("channels", Nulls::Allowed, |channel| {
        channel.choice("type", enums::CUSTOMER_CHANNELS, Nulls::Refused);
        channel.text("address", EMAIL_CHARS_MAX, Nulls::Refused);
    });
    if person.id.is_none() && person.email.is_none() {
        fields.problem("_schema", "Either id or email is required.");
    }
    person
}

/// A two-letter language.
pub(crate) fn language(fields: &mut Fields, key: &'static str) -> Given<String> {
    let given = fields.text(key, 16, Nulls::Allowed);
    if matches!(&given, Given::Value(code) if !enums::is_language(code)) {
        fields.problem(key, "Must be an ISO 639-1 code.");
        return Given::Absent;
    }
    given
}

fn timezone(fields: &mut Fields) -> Given<String> {
    let given = fields.text("timezone", 64, Nulls::Allowed);
    if matches!(&given, Given::Value(name) if jiff::tz::TimeZone::get(name).is_err()) {
        fields.problem("timezone", "Not a valid timezone.");
        return Given::Absent;
    }
    given
}

fn address(fields: &mut Fields, key: &'static str, nulls: Nulls) -> Given<String> {
    let given = fields.text(key, EMAIL_CHARS_MAX, nulls);
    if matches!(&given, Given::Value(address) if address.trim().is_empty()) {
        fields.problem(key, "Shorter than minimum length 1.");
        return Given::Absent;
    }
    given
}

fn email(fields: &mut Fields, key: &'static str, nulls: Nulls) -> Given<String> {
    let given = fields.text(key, EMAIL_CHARS_MAX, nulls);
    if matches!(&given, Given::Value(address) if !is_email(address)) {
        fields.problem(key, "Not a valid email address.");
        return Given::Absent;
    }
    given
}

/// The check of a common validation library, roughly: one `@`, something on both sides, no white space, a dot in the
/// domain.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((user, domain)) = text.rsplit_once('@') else { return false };
    !user.is_empty()
        && !user.contains('@')
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(body: &Value, create: bool) -> Value {
        serde_json::to_value(read(body.as_object().unwrap(), create).1).unwrap()
    }

    #[test]
    fn channels_are_required_and_names_come_whole() {
        assert_eq!(problems(&json!({}), true), json!({"channels": ["Missing data for required field."]}));
        assert_eq!(problems(&json!({}), false), json!({}));
        assert_eq!(
            problems(&json!({"channels": [], "firstname": "A", "data": {}}), true),
            json!({"firstname": ["Unknown field."], "data": ["Unknown field."]})
        );
    }

    #[test]
    fn channels_are_checked_one_by_one() {
        let body = json!({"channels": [{"type": "email", "address": "no"}, {"type": "fax", "address": ""}, {"type": "phone", "address": "1"}]});
        assert_eq!(
            problems(&body, true),
            json!({"channels": {
                "0": {"address": ["Not a valid email address."]},
                "1": {"type": [format!("Must be one of: {}.", enums::CUSTOMER_CHANNELS.join(", "))], "address": ["Shorter than minimum length 1."]},
            }})
        );
    }

    #[test]
    fn addresses() {
        assert!(is_email("a@example.com") && is_email("A.b+c@sub.example.com"));
        for bad in [
            "",
            "a",
            "@example.com",
            "a@b",
            "a b@example.com",
            "a@@example.com",
            "<a@example.com>",
            "a@.com",
            "a@com.",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn languages_and_time_zones_must_exist() {
        let said = problems(&json!({"language": "en-GB", "timezone": "Mars/Olympus"}), false);
        assert_eq!(
            said,
            json!({"language": ["Must be an ISO 639-1 code."], "timezone": ["Not a valid timezone."]})
        );
        assert_eq!(
            problems(&json!({"language": "fr", "timezone": "Europe/Paris", "name": null}), false),
            json!({})
        );
    }
}
