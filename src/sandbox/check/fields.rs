//! Reads an object field by field and notes what is wrong with each; whatever was not asked for is unknown.

use serde_json::{Map, Value};

use super::Problems;
use crate::sandbox::clock::Moment;

/// What a request says of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Given<T> {
    /// Not mentioned, or mentioned wrongly (which is noted).
    Absent,
    /// Null.
    Null,
    /// A value.
    Value(T),
}

/// Whether a field may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nulls {
    Allowed,
    Refused,
}

impl<T> Given<T> {
    /// The value, if there is one.
    pub(crate) fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    pub(crate) fn map<U>(self, read: impl FnOnce(T) -> U) -> Given<U> {
        match self {
            Self::Absent => Given::Absent,
            Self::Null => Given::Null,
            Self::Value(value) => Given::Value(read(value)),
        }
    }

    /// Applies an update: absent leaves the target alone, null empties it.
    pub(crate) fn store(self, target: &mut Option<T>) {
        match self {
            Self::Absent => {}
            Self::Null => *target = None,
            Self::Value(value) => *target = Some(value),
        }
    }

    /// Applies an update to a field that is never empty.
    pub(crate) fn replace(self, target: &mut T) {
        if let Self::Value(value) = self {
            *target = value;
        }
    }
}

/// An object being read.
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    known: Vec<&'static str>,
    problems: Problems,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(map: &'a Map<String, Value>) -> Self {
        Self { map, known: Vec::with_capacity(map.len()), problems: Problems::default() }
    }

    /// Notes a problem with a field.
    pub(crate) fn problem(&mut self, key: &str, text: &str) {
        self.problems.add(key, text);
    }

    /// Notes problems inside a field.
    pub(crate) fn nest(&mut self, key: &str, inner: Problems) {
        self.problems.nest(key, inner);
    }

    /// Says that a field must be there.
    pub(crate) fn require(&mut self, key: &'static str) {
        if !self.map.contains_key(key) {
            self.problems.add(key, "Missing data for required field.");
        }
    }

    /// Everything wrong with the object, fields nobody asked for included.
    pub(crate) fn finish(mut self) -> Problems {
        for key in self.map.keys().filter(|key| !self.known.contains(&key.as_str())) {
            self.problems.add(key, "Unknown field.");
        }
        self.problems
    }

    /// A field of any type.
    pub(crate) fn any(&mut self, key: &'static str, nulls: Nulls) -> Given<&'a Value> {
        self.known.push(key);
        match self.map.get(key) {
            None => Given::Absent,
            Some(Value::Null) if nulls == Nulls::Refused => {
                self.problems.add(key, "Field may not be null.");
                Given::Absent
            }
            Some(Value::Null) => Given::Null,
            Some(value) => Given::Value(value),
        }
    }

    fn typed<T>(
        &mut self,
        key: &'static str,
        nulls: Nulls,
        wrong: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Given<T> {
        match self.any(key, nulls) {
            Given::Absent => Given::Absent,
            Given::Null => Given::Null,
            Given::Value(value) => read(value).map_or_else(
                || {
                    self.problems.add(key, wrong);
                    Given::Absent
                },
                Given::Value,
            ),
        }
    }

    /// A text of at most `chars_max` characters.
    pub(crate) fn text(&mut self, key: &'static str, chars_max: usize, nulls: Nulls) -> Given<String> {
        let given = self.typed(key, nulls, "Not a valid string.", Value::as_str);
        if let Given::Value(text) = &given
            && text.chars().count() > chars_max
        {
            self.problems.add(key, &format!("Longer than maximum length {chars_max}."));
            return Given::Absent;
        }
        given.map(str::to_owned)
    }

    /// One of a list.
    pub(crate) fn choice(&mut self, key: &'static str, choices: &[&str], nulls: Nulls) -> Given<String> {
        let given = self.typed(key, nulls, "Not a valid string.", Value::as_str);
        if let Given::Value(text) = &given
            && !choices.contains(text)
        {
            self.problems.add(key, &format!("Must be one of: {}.", choices.join(", ")));
            return Given::Absent;
        }
        given.map(str::to_owned)
    }

    pub(crate) fn integer(&mut self, key: &'static str, nulls: Nulls) -> Given<i64> {
        self.typed(key, nulls, "Not a valid integer.", Value::as_i64)
    }

    pub(crate) fn boolean(&mut self, key: &'static str, nulls: Nulls) -> Given<bool> {
        self.typed(key, nulls, "Not a valid boolean.", Value::as_bool)
    }

    pub(crate) fn moment(&mut self, key: &'static str, nulls: Nulls) -> Given<Moment> {
        self.typed(key, nulls, "Not a valid datetime.", |value| value.as_str().and_then(Moment::read))
    }

    /// An object whose content is free.
    pub(crate) fn free_object(&mut self, key: &'static str, nulls: Nulls) -> Given<Value> {
        self.typed(key, nulls, "Not a valid mapping type.", |value| value.is_object().then(|| value.clone()))
    }

    pub(crate) fn list(&mut self, key: &'static str, nulls: Nulls) -> Given<&'a Vec<Value>> {
        self.typed(key, nulls, "Not a valid list.", Value::as_array)
    }

    /// An object whose fields `read` knows.
    pub(crate) fn nested<T>(
        &mut self,
        key: &'static str,
        nulls: Nulls,
        read: impl FnOnce(&mut Fields<'a>) -> T,
    ) -> Given<T> {
        let given = self.typed(key, nulls, "Invalid input type.", Value::as_object);
        given.map(|map| {
            let mut inner = Fields::new(map);
            let value = read(&mut inner);
            self.problems.nest(key, inner.finish());
            value
        })
    }

    /// A list of objects whose fields `read` knows.
    pub(crate) fn each<T>(
        &mut self,
        key: &'static str,
        nulls: Nulls,
        mut read: impl FnMut(&mut Fields<'a>) -> T,
    ) -> Given<Vec<T>> {
        let given = self.list(key, nulls);
        given.map(|list| {
            let mut wrong = Problems::default();
            let mut values = Vec::with_capacity(list.len());
            for (index, item) in list.iter().enumerate() {
                let Some(map) = item.as_object() else {
                    let mut problems = Problems::default();
                    problems.add("_schema", "Invalid input type.");
                    wrong.nest(&index.to_string(), problems);
                    continue;
                };
                let mut inner = Fields::new(map);
                values.push(read(&mut inner));
                wrong.nest(&index.to_string(), inner.finish());
            }
            self.problems.nest(key, wrong);
            values
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wrong(body: &Value, read: impl FnOnce(&mut Fields)) -> Value {
        let mut fields = Fields::new(body.as_object().unwrap());
        read(&mut fields);
        serde_json::to_value(fields.finish()).unwrap()
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let body = json!({"subject": 7, "spam": "no", "id": "x", "when": "soon", "name": "abc", "mystery": 1, "meta": null});
        let said = wrong(&body, |fields| {
            fields.text("subject", 998, Nulls::Allowed);
            fields.boolean("spam", Nulls::Refused);
            fields.integer("id", Nulls::Refused);
            fields.moment("when", Nulls::Allowed);
            fields.text("name", 2, Nulls::Refused);
            fields.free_object("meta", Nulls::Refused);
            fields.require("channel");
        });
        assert_eq!(
            said,
            json!({
                "subject": ["Not a valid string."], "spam": ["Not a valid boolean."], "id": ["Not a valid integer."],
                "when": ["Not a valid datetime."], "name": ["Longer than maximum length 2."],
                "mystery": ["Unknown field."], "meta": ["Field may not be null."],
                "channel": ["Missing data for required field."],
            })
        );
    }

    #[test]
    fn lists_of_objects_are_read_item_by_item() {
        let body = json!({"tags": [{"name": "a"}, {"name": 1}, 7]});
        let said = wrong(&body, |fields| {
            fields.each("tags", Nulls::Refused, |tag| tag.text("name", 256, Nulls::Refused));
        });
        assert_eq!(
            said,
            json!({"tags": {"1": {"name": ["Not a valid string."]}, "2": {"_schema": ["Invalid input type."]}}})
        );
    }

    #[test]
    fn updates_tell_absent_from_null() {
        let mut target = Some(1);
        Given::Absent.store(&mut target);
        assert_eq!(target, Some(1));
        Given::Null.store(&mut target);
        assert_eq!(target, None);
        Given::Value(3).store(&mut target);
        assert_eq!(target, Some(3));
    }
}
