//! Readers for values that Gorgias writes in more than one way.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A time: RFC 3339 as recorded, or without an offset as the documentation shows it, which is taken as UTC. Anything
/// else is no time, because an odd date must not turn a created ticket into an unknown one.
pub(super) fn time<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Timestamp>, D::Error> {
    let value = Option::<Value>::deserialize(input)?;
    Ok(value.as_ref().and_then(Value::as_str).and_then(read_time))
}

fn read_time(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let naive: jiff::civil::DateTime = text.parse().ok()?;
        naive.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

/// A whole number, written as one or as text (upload answers do both).
pub(super) fn integer<'de, D: Deserializer<'de>>(input: D) -> Result<Option<u64>, D::Error> {
    let value = Option::<Value>::deserialize(input)?;
    Ok(match value {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    })
}

/// A list for which `null` is another way to say empty.
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::<Vec<T>>::deserialize(input)?.unwrap_or_default())
}
