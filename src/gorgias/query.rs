//! Encoded queries.

use std::fmt::Write as _;

/// A query in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Query(String);

impl Query {
    /// The same query with one more parameter. Keys may be repeated.
    #[must_use]
    pub(super) fn with(mut self, key: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        encode(&mut self.0, key);
        self.0.push('=');
        encode(&mut self.0, value);
        self
    }

    /// The same query with the parameter, if there is a value.
    #[must_use]
    pub(super) fn maybe(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// The encoded text; `None` if there are no parameters.
    pub(super) fn finish(self) -> Option<String> {
        (!self.0.is_empty()).then_some(self.0)
    }
}

/// Everything but the unreserved characters of RFC 3986 is encoded, so that `+` in an address stays a plus.
fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_a_url_is_encoded() {
        let query = Query::default().with("email", "a+b&c=d@x.y").with("types[]", "ä %").maybe("no", None);
        assert_eq!(query.finish().unwrap(), "email=a%2Bb%26c%3Dd%40x.y&types%5B%5D=%C3%A4%20%25");
        assert_eq!(Query::default().finish(), None);
    }
}
