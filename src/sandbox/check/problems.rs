//! What is wrong with a request: field to a list of sentences, nested for objects, keyed by the index for lists.

use std::collections::BTreeMap;

use serde::Serialize;

/// `error.data` of a 400.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Problems(BTreeMap<String, Problem>);

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Problem {
    Texts(Vec<String>),
    Nested(Problems),
}

impl Problems {
    /// Says something about a field. What was already found inside the field stays instead.
    pub(crate) fn add(&mut self, key: &str, text: &str) {
        let entry = self.0.entry(key.to_owned()).or_insert_with(|| Problem::Texts(Vec::new()));
        if let Problem::Texts(texts) = entry {
            texts.push(text.to_owned());
        }
    }

    /// Puts what is wrong inside a field under its key. Nothing wrong adds nothing.
    pub(crate) fn nest(&mut self, key: &str, inner: Problems) {
        if inner.is_empty() {
            return;
        }
        match self.0.get_mut(key) {
            Some(Problem::Nested(there)) => inner.0.into_iter().for_each(|(key, problem)| match problem {
                Problem::Texts(texts) => texts.iter().for_each(|text| there.add(&key, text)),
                Problem::Nested(deeper) => there.nest(&key, deeper),
            }),
            _ => {
                self.0.insert(key.to_owned(), Problem::Nested(inner));
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` where nothing is wrong, else the 400.
    pub(crate) fn into_result(self, msg: &str) -> Result<(), crate::sandbox::reply::ApiError> {
        if self.is_empty() { Ok(()) } else { Err(crate::sandbox::reply::ApiError::invalid(msg, self)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_keyed_by_index() {
        let mut sender = Problems::default();
        sender.add("sender", "Missing data for required field.");
        let mut list = Problems::default();
        list.nest("3", sender);
        let mut all = Problems::default();
        all.nest("messages", list);
        all.nest("customer", Problems::default());
        let json = serde_json::to_value(&all).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"messages": {"3": {"sender": ["Missing data for required field."]}}})
        );
    }

    #[test]
    fn nesting_twice_merges() {
        let inner = |key: &str| {
            let mut problems = Problems::default();
            problems.add(key, "Unknown field.");
            let mut list = Problems::default();
            list.nest("0", problems);
            list
        };
        let mut all = Problems::default();
        all.nest("messages", inner("a"));
        all.nest("messages", inner("b"));
        let json = serde_json::to_value(&all).unwrap();
        assert_eq!(json["messages"]["0"].as_object().unwrap().len(), 2);
    }
}
