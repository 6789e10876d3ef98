//! Times as Gorgias writes and reads them: microseconds and an offset out (`2026-08-26T18:47:51.764128+00:00`, as
//! recorded), ISO 8601 in. Never two equal instants from [`now`], so that lists have one order.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

static LAST: AtomicI64 = AtomicI64::new(i64::MIN);

/// An instant at the precision of the API, one microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

/// The present, at least one microsecond later than what the last call gave.
pub(crate) fn now() -> Moment {
    let wall = Timestamp::now().as_microsecond();
    let last = LAST.fetch_max(wall, Ordering::AcqRel);
    if wall > last { Moment(wall) } else { Moment(LAST.fetch_add(1, Ordering::AcqRel) + 1) }
}

impl Moment {
    /// Reads an ISO 8601 date and time: `Z`, an offset, or nothing for UTC (the documentation shows all three).
    /// Digits beyond the microsecond are cut off.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shape = bytes.len() >= 19
            && bytes.iter().take(19).enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                10 => matches!(byte, b'T' | b' '),
                13 | 16 => *byte == b':',
                _ => byte.is_ascii_digit(),
            });
        if !shape {
            return None;
        }
        let tail = text.get(19..)?;
        let offset = tail.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
        let complete = match offset {
            "" => format!("{text}Z"),
            "Z" | "z" => text.to_owned(),
            _ if offset.starts_with(['+', '-']) && offset.len() <= 6 => text.to_owned(),
            _ => return None,
        };
        complete.parse::<Timestamp>().ok().map(|at| Self(at.as_microsecond()))
    }

    /// From microseconds since 1970, as the store keeps them.
    pub(crate) fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub(crate) fn micros(self) -> i64 {
        self.0
    }

    /// As answers write it.
    pub(crate) fn written(self) -> String {
        self.format("%Y-%m-%dT%H:%M:%S%.6f+00:00")
    }

    /// Without an offset, as cursors write it.
    pub(crate) fn naive(self) -> String {
        self.format("%Y-%m-%dT%H:%M:%S%.6f")
    }

    /// In the pattern of `strftime`, UTC; for the pages.
    pub(crate) fn formatted(self, pattern: &str) -> String {
        self.format(pattern)
    }

    fn format(self, pattern: &str) -> String {
        Timestamp::from_microsecond(self.0)
            .map_or_else(|_| String::new(), |at| at.strftime(pattern).to_string())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| D::Error::custom("not a datetime"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_as_recorded() {
        let read = Moment::read("2025-02-07T09:55:18.820Z").unwrap();
        assert_eq!(read.written(), "2025-02-07T09:55:18.820000+00:00");
        assert_eq!(Moment::read("2025-02-07T11:55:18.82+02:00").unwrap(), read);
        assert_eq!(Moment::read("2025-02-07T09:55:18.820").unwrap(), read);
        assert_eq!(
            Moment::read("2019-11-16T15:59:41.9669279").unwrap().naive(),
            "2019-11-16T15:59:41.966927"
        );
    }

    #[test]
    fn what_is_not_a_datetime_is_refused() {
        for bad in [
            "",
            "2025-02-07",
            "2025-02-07T09:55",
            "1738922118",
            "2025-13-07T09:55:18Z",
            "20250207T095518Z",
            "soon",
        ] {
            assert!(Moment::read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn no_two_presents_are_equal() {
        let mut last = now();
        for _ in 0..1000 {
            let next = now();
            assert!(next > last);
            last = next;
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_panic(text in ".{0,40}") {
            let _: Option<Moment> = Moment::read(&text);
        }
    }
}
