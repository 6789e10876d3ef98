//! What a text of a table or an element means, and the value that it becomes.

use jiff::tz::TimeZone;
use serde_json::{Number, Value};

use super::super::comment::Via;
use super::super::loose::{Integer, Text};
use super::super::rules::{self, By};
use super::time;

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source::zendesk) enum What {
    /// An id without which the record cannot be used.
    OwnId,
    /// An id that the reader of the object judges: it is handed on even if it is none.
    JudgedId,
    /// The id of something else, which the record can do without.
    Reference,
    /// A whole number.
    Number,
    /// Text as it is.
    Text,
    /// Yes or no.
    Flag,
    /// A time, in UTC where nothing else is written.
    UtcTime,
    /// A time by the clocks of the account.
    LocalTime,
    /// Tags, separated by spaces or written as a JSON list.
    Tags,
    /// JSON, or the display name of a channel.
    Json,
    /// A numeric via type.
    ViaType,
    /// A code, number or name, of a status, a priority, a type of ticket, a role.
    Code(Codes),
    /// A label that people see, in English.
    Label(Codes),
    /// The label of a channel.
    Channel,
}

/// Values that have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source::zendesk) enum Codes {
    Status,
    Priority,
    Kind,
    Role,
}

/// Number in the old API, label in English, name in the API (reference 1.3, 1.4). No name: it means nothing.
type CodeRow = (&'static str, &'static str, Option<&'static str>);

impl Codes {
    fn rows(self) -> &'static [CodeRow] {
        match self {
            Self::Status => &[
                ("0", "New", Some("new")),
                ("1", "Open", Some("open")),
                ("2", "Pending", Some("pending")),
                ("3", "Solved", Some("solved")),
                ("4", "Closed", Some("closed")),
                ("5", "Deleted", Some("deleted")),
                ("6", "Hold", Some("hold")),
                ("6", "On-hold", Some("hold")),
                ("6", "On hold", Some("hold")),
            ],
            Self::Priority => &[
                ("0", "-", None),
                ("1", "Low", Some("low")),
                ("2", "Normal", Some("normal")),
                ("3", "High", Some("high")),
                ("4", "Urgent", Some("urgent")),
            ],
            Self::Kind => &[
                ("0", "-", None),
                ("1", "Question", Some("question")),
                ("2", "Incident", Some("incident")),
                ("3", "Problem", Some("problem")),
                ("4", "Task", Some("task")),
            ],
            Self::Role => &[
                ("0", "End-user", Some("end-user")),
                ("2", "Admin", Some("admin")),
                ("4", "Agent", Some("agent")),
            ],
        }
    }
}

/// Why a text gave no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source::zendesk) enum Fault {
    /// An id is missing or destroyed.
    BadId,
    /// A label is not known.
    UnknownLabel,
    /// A local time, and nobody said where.
    NoZone,
    /// A local time that is none.
    BadTime,
}

/// What reading a value needs to know.
#[derive(Debug, Default)]
pub(in crate::source::zendesk) struct Rules {
    /// The time zone of the account, where it is configured.
    pub(in crate::source::zendesk) timezone: Option<TimeZone>,
}

/// Texts by which databases and data frames write that there is nothing.
const NOTHING: &[&str] = &["\\N", "null", "NULL", "NaN", "nan", "None", "<NA>"];

/// The value of `text`; null where it says nothing.
pub(in crate::source::zendesk) fn value(what: What, text: &str, rules: &Rules) -> Result<Value, Fault> {
    let trimmed = text.trim();
    let is_text = what == What::Text;
    if trimmed.is_empty() || text == "\\N" || (!is_text && NOTHING.contains(&trimmed)) {
        return if what == What::OwnId { Err(Fault::BadId) } else { Ok(Value::Null) };
    }
    Ok(match what {
        What::Text => text.into(),
        What::OwnId | What::Reference | What::JudgedId => match Integer::parse(trimmed) {
            Integer::Known(number) => number.into(),
            Integer::Absent if what == What::OwnId => return Err(Fault::BadId),
            Integer::Absent => Value::Null,
            Integer::Bad if what == What::JudgedId => trimmed.into(),
            Integer::Bad => return Err(Fault::BadId),
        },
        What::Number => match Integer::parse(trimmed) {
            Integer::Known(number) => number.into(),
            _ => trimmed.into(),
        },
        What::Flag => trimmed.to_ascii_lowercase().into(),
        What::UtcTime => time::utc(trimmed).into(),
        What::LocalTime => local_time(trimmed, rules)?,
        What::Tags => tags(trimmed),
        What::Json => serde_json::from_str(trimmed).unwrap_or_else(|_| trimmed.into()),
        What::ViaType => match Integer::parse(trimmed) {
            Integer::Known(number) => super::via(number),
            _ => trimmed.into(),
        },
        What::Code(codes) => code(codes, trimmed),
        What::Label(codes) => label(codes, trimmed)?,
        What::Channel => channel(trimmed)?,
    })
}

/// The value of a custom field of a table, by the suffix of its column. An account's own words stay as they are.
pub(in crate::source::zendesk) fn custom(suffix: &str, text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() || text == "-" {
        return Value::Null;
    }
    match suffix {
        "flag" if ["1", "true", "yes"].contains(&text.to_ascii_lowercase().as_str()) => true.into(),
        "flag" if ["0", "false", "no"].contains(&text.to_ascii_lowercase().as_str()) => false.into(),
        "int" | "dec" => text
            .parse::<Number>()
            .ok()
            .filter(|number| number.as_f64().is_some_and(f64::is_finite))
            .map_or_else(|| text.into(), Value::Number),
        _ => text.into(),
    }
}

fn local_time(text: &str, rules: &Rules) -> Result<Value, Fault> {
    if text == "-" {
        return Ok(Value::Null);
    }
    let civil = time::civil(text).ok_or(Fault::BadTime)?;
    let zone = rules.timezone.as_ref().ok_or(Fault::NoZone)?;
    time::local(civil, zone).map(Value::from).ok_or(Fault::BadTime)
}

fn tags(text: &str) -> Value {
    if let Ok(Value::Array(tags)) = serde_json::from_str(text) {
        return Value::Array(tags);
    }
    text.split_whitespace().filter(|tag| *tag != "-").collect::<Vec<&str>>().into()
}

/// Names pass; numbers that are in no row do too, and mean nothing to the reader.
fn code(codes: Codes, text: &str) -> Value {
    match codes.rows().iter().find(|(number, label, _)| *number == text || label.eq_ignore_ascii_case(text)) {
        Some((.., name)) => name.map_or(Value::Null, Value::from),
        None => text.to_lowercase().into(),
    }
}

fn label(codes: Codes, text: &str) -> Result<Value, Fault> {
    if text == "-" {
        return Ok(Value::Null);
    }
    match codes.rows().iter().find(|(_, label, _)| label.eq_ignore_ascii_case(text)) {
        Some((.., name)) => Ok(name.map_or(Value::Null, Value::from)),
        None => Err(Fault::UnknownLabel),
    }
}

/// Labels of channels are matched by the rules themselves.
fn channel(text: &str) -> Result<Value, Fault> {
    let via = Via { channel: Text(Some(text.into())), ..Via::default() };
    if rules::medium(&via, By::Customer).is_some() { Ok(text.into()) } else { Err(Fault::UnknownLabel) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(what: What, text: &str) -> Result<Value, Fault> {
        value(what, text, &Rules::default())
    }

    #[test]
    fn ids_that_a_spreadsheet_destroyed_are_none() {
        for what in [What::OwnId, What::Reference] {
            assert_eq!(read(what, "7.25E+12"), Err(Fault::BadId));
            assert_eq!(read(what, "7253394974479.0"), Ok(7_253_394_974_479_i64.into()));
        }
        assert_eq!(read(What::JudgedId, "7.25E+12"), Ok("7.25E+12".into()));
        assert_eq!(read(What::Reference, " "), Ok(Value::Null));
        assert_eq!(read(What::OwnId, ""), Err(Fault::BadId));
        assert_eq!(read(What::Reference, "NULL"), Ok(Value::Null));
    }

    #[test]
    fn texts_are_left_alone() {
        assert_eq!(read(What::Text, " a\nb "), Ok(" a\nb ".into()));
        assert_eq!(read(What::Text, "null"), Ok("null".into()));
        assert_eq!(read(What::Text, "\\N"), Ok(Value::Null));
    }

    #[test]
    fn codes_and_labels() {
        assert_eq!(read(What::Code(Codes::Status), "3"), Ok("solved".into()));
        assert_eq!(read(What::Code(Codes::Status), "solved"), Ok("solved".into()));
        assert_eq!(read(What::Code(Codes::Priority), "0"), Ok(Value::Null));
        assert_eq!(read(What::Code(Codes::Role), "4"), Ok("agent".into()));
        assert_eq!(read(What::Code(Codes::Role), "End-user"), Ok("end-user".into()));
        assert_eq!(read(What::Label(Codes::Status), "On-hold"), Ok("hold".into()));
        assert_eq!(read(What::Label(Codes::Priority), "-"), Ok(Value::Null));
        assert_eq!(read(What::Label(Codes::Status), "Gelöst"), Err(Fault::UnknownLabel));
        assert_eq!(read(What::Label(Codes::Status), "3"), Err(Fault::UnknownLabel));
        assert_eq!(read(What::Channel, "Web form"), Ok("Web form".into()));
        assert_eq!(read(What::Channel, "Formulaire"), Err(Fault::UnknownLabel));
    }

    #[test]
    fn tags_fields_and_local_times() {
        assert_eq!(read(What::Tags, "a b"), Ok(vec!["a", "b"].into()));
        assert_eq!(read(What::Tags, "[\"a\",\"b\"]"), Ok(vec!["a", "b"].into()));
        assert_eq!(read(What::LocalTime, "2024-07-01 12:00"), Err(Fault::NoZone));
        assert_eq!(read(What::LocalTime, "soon"), Err(Fault::BadTime));
        assert_eq!(custom("flag", "1"), Value::from(true));
        assert_eq!(custom("int", "12"), Value::from(12));
        assert_eq!(custom("int", "twelve"), Value::from("twelve"));
        assert_eq!(custom("list", "-"), Value::Null);
    }
}
