//! When two values are the same, the same after normalisation, or different.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::compare::Known;
use super::html::{collapsed, seen};
use crate::gorgias::wire::Person;
use crate::mapping::Identity;
use crate::model::verification::{Aspect, Difference, MatchClass};

/// Times are kept to the millisecond (recorded); half of one is rounding.
const KEPT: SignedDuration = SignedDuration::from_millis(1);
/// A time that lost its fraction is still the same.
const ROUNDED: SignedDuration = SignedDuration::from_secs(1);

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    Same,
    Normalised,
    Different,
}

/// Two texts; nothing and an empty one are the same text.
pub(super) fn text(should: Option<&str>, is: Option<&str>) -> Likeness {
    alike(should, is, collapsed)
}

/// Two pieces of markup, up to what people see of them.
pub(super) fn html(should: Option<&str>, is: Option<&str>) -> Likeness {
    alike(should, is, seen)
}

/// Two subjects.
pub(super) fn subject(should: Option<&str>, is: Option<&str>) -> Likeness {
    text(should, is)
}

fn alike(should: Option<&str>, is: Option<&str>, normal: impl Fn(&str) -> String) -> Likeness {
    if should == is {
        return Likeness::Same;
    }
    if normal(should.unwrap_or_default()) == normal(is.unwrap_or_default()) {
        Likeness::Normalised
    } else {
        Likeness::Different
    }
}

/// The lengths of two texts, which say enough to look for the difference and nothing of what they say.
pub(super) fn lengths(should: Option<&str>, is: Option<&str>) -> (String, String) {
    let words = |text: Option<&str>| match text {
        None => "nothing".to_owned(),
        Some(text) => format!("{} characters", text.chars().count()),
    };
    let mut found = words(is);
    if let (Some(should), Some(is)) = (should, is) {
        let same = should.chars().zip(is.chars()).take_while(|(a, b)| a == b).count();
        found = if same == 0 {
            format!("{found}, others")
        } else {
            format!("{found}, the first {same} the same")
        };
    }
    (words(should), found)
}

/// What differs between two times, if anything does.
pub(super) fn time(what: Aspect, should: Timestamp, is: Option<Timestamp>) -> Option<Difference> {
    let apart = is.map(|is| is.duration_since(should).abs());
    let class = match apart {
        Some(apart) if apart <= KEPT => return None,
        Some(apart) if apart < ROUNDED => MatchClass::Normalised,
        _ => MatchClass::Differs,
    };
    Some(Difference::new(what, class, should.to_string(), time_words(is)))
}

/// A time in words.
pub(super) fn time_words(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "nothing".to_owned(), |time| time.to_string())
}

/// Whether `person` is the customer: by id as the ledger has it, or by address.
pub(super) fn identity(should: &Identity, person: Option<&Person>, known: &Known<'_>) -> bool {
    let Some(person) = person else { return false };
    let by_address = match (should, person.email.as_deref()) {
        (Identity::Email(email), Some(is)) => Some(is.eq_ignore_ascii_case(email.as_str())),
        _ => None,
    };
    match (by_address, (known.customers)(should)) {
        (Some(true), _) => true,
        // Where two customers were merged the id is another and the address may be the same.
        (_, Some(id)) => id == person.id,
        (by_address, None) => by_address.unwrap_or(true),
    }
}

/// Ids of the custom fields that do not have the value that was sent.
pub(super) fn custom_fields(should: &[(u64, Value)], is: Option<&Value>) -> Vec<String> {
    let holds = |(id, value): &&(u64, Value)| {
        let found = is.and_then(|fields| fields.get(id.to_string())).map(|field| &field["value"]);
        found.is_some_and(|found| match (found.as_f64(), value.as_f64()) {
            (Some(found), Some(value)) => (found - value).abs() <= f64::EPSILON * value.abs(),
            _ => found == value,
        })
    };
    should.iter().filter(|field| !holds(field)).map(|(id, _)| format!("field {id}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_are_normalised_and_words_are_not() {
        assert_eq!(text(Some("a b"), Some("a b")), Likeness::Same);
        assert_eq!(text(Some("a\r\nb "), Some("a b")), Likeness::Normalised);
        assert_eq!(text(Some(" "), None), Likeness::Normalised);
        assert_eq!(text(Some("a b"), Some("ab")), Likeness::Different);
        assert_eq!(text(Some("a"), None), Likeness::Different);
        assert_eq!(html(Some("<p>a</p>"), Some("<div>a</div>")), Likeness::Normalised);
        assert_eq!(html(Some("<p>a</p>"), Some("<p>b</p>")), Likeness::Different);
    }

    #[test]
    fn a_time_may_lose_its_fraction_and_nothing_more() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let should = at("2024-01-01T00:00:00.750Z");
        let class = |is: &str| time(Aspect::SentTime, should, Some(at(is))).map(|it| it.class);
        assert_eq!(class("2024-01-01T00:00:00.750400Z"), None);
        assert_eq!(class("2024-01-01T00:00:00Z"), Some(MatchClass::Normalised));
        assert_eq!(class("2024-01-01T00:00:01.750Z"), Some(MatchClass::Differs));
        assert_eq!(time(Aspect::SentTime, should, None).unwrap().found, "nothing");
    }

    #[test]
    fn numbers_of_custom_fields_may_be_written_otherwise() {
        let is = serde_json::json!({"7": {"id": 7, "value": 3.0}, "8": {"id": 8, "value": "x"}});
        let should = [(7, 3.into()), (8, "x".into())];
        assert!(custom_fields(&should, Some(&is)).is_empty());
        assert_eq!(custom_fields(&[(8, "y".into()), (9, "x".into())], Some(&is)), ["field 8", "field 9"]);
        assert_eq!(custom_fields(&should, None).len(), 2);
    }
}
