//! Times: instants from exports, the sent time that must lie in the past, and the one place that reads the clock.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// Reads the wall clock. Code that decides by time takes an instant as an argument instead of calling this.
#[expect(clippy::disallowed_methods, reason = "this is the clock module")]
pub fn now() -> Timestamp {
    Timestamp::try_from(std::time::SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The first second of 1995. Times before it are doubtful: help desks did not exist yet.
const EARLIEST_SECOND: i64 = 788_918_400;

/// Numbers from here on are milliseconds: as seconds they would lie after the year 5138.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Numbers from here on are no times: as milliseconds they would lie after 2286, and `20250602091500` is among them.
const NO_TIME_FROM: i64 = 10_000_000_000_000;

/// When a message was sent in the old help desk. Always in the past.
///
/// Gorgias sends a public agent message whose `sent_datetime` is empty to the customer, so a message cannot be
/// built without one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Timestamp", into = "Timestamp")]
pub struct SentAt(Timestamp);

/// The time is not in the past.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0} is not in the past")]
pub struct NotPast(pub Timestamp);

impl SentAt {
    /// A sent time, if `at` is before `now`.
    pub fn new(at: Timestamp, now: Timestamp) -> Result<Self, NotPast> {
        if at < now { Ok(Self(at)) } else { Err(NotPast(at)) }
    }

    /// The instant.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }
}

impl TryFrom<Timestamp> for SentAt {
    type Error = NotPast;
    fn try_from(at: Timestamp) -> Result<Self, NotPast> {
        Self::new(at, now())
    }
}

impl From<SentAt> for Timestamp {
    fn from(sent: SentAt) -> Self {
        sent.0
    }
}

/// Reads an RFC 3339 time with any offset and any number of decimals, as Zendesk writes them
/// (`2024-03-05T10:11:12Z`, `2018-11-20T16:58:36.453+00:00`). Looser forms that the time library would
/// take (no minutes, no separators) are refused, because a time that is guessed is a misdated message.
pub fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    if let Some(at) = plain_utc(bytes) {
        return Some(at);
    }
    let separated = bytes.len() >= 20
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && matches!(bytes[10], b'T' | b't' | b' ')
        && bytes[13] == b':'
        && bytes[16] == b':';
    let tail = text.get(19..)?;
    let offset = tail.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let offset_is_plain = matches!(offset, "Z" | "z")
        || (offset.len() == 6 && offset.starts_with(['+', '-']) && offset.as_bytes()[3] == b':');
    if separated && offset_is_plain { text.parse().ok() } else { None }
}

/// Whether a time lies before there were help desks.
pub fn is_doubtful(at: Timestamp) -> bool {
    at.as_second() < EARLIEST_SECOND
}

/// Reads seconds or milliseconds since 1970, with or without decimals, as APIs and databases write them. Refused is what
/// an exponent has rounded (`1.74886E+09`), and what would lie before 1995: those are dates without separators
/// (`20250602`) and the like.
pub fn parse_unix(text: &str) -> Option<Timestamp> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(decimals) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    // The first nine decimals are nanoseconds of a second; of a millisecond, the first six.
    let fraction = |digits: usize| format!("{decimals:0<9}").get(..digits)?.parse::<i32>().ok();
    let at = if whole < MILLISECONDS_FROM {
        Timestamp::new(whole, fraction(9)?)
    } else if whole >= NO_TIME_FROM {
        return None;
    } else {
        let nanoseconds = i32::try_from(whole % 1_000).ok()? * 1_000_000 + fraction(6)?;
        Timestamp::new(whole / 1_000, nanoseconds)
    };
    at.ok().filter(|at| !is_doubtful(*at))
}

/// The form that nearly all times have, `2024-03-05T10:11:12Z`, in a tenth of the time. Nothing for any other.
fn plain_utc(text: &[u8]) -> Option<Timestamp> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z'] = text
    else {
        return None;
    };
    let two = |tens: u8, ones: u8| {
        let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
        if digits { i8::try_from((tens - b'0') * 10 + (ones - b'0')).ok() } else { None }
    };
    let year = i16::from(two(y1, y2)?) * 100 + i16::from(two(y3, y4)?);
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    let at = DateTime::new(year, month, day, two(h1, h2)?, two(n1, n2)?, two(s1, s2)?, 0).ok()?;
    Offset::UTC.to_timestamp(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sent_time_is_past() {
        let now: Timestamp = "2025-01-01T00:00:00Z".parse().unwrap();
        assert!(SentAt::new("2024-12-31T23:59:59Z".parse().unwrap(), now).is_ok());
        assert_eq!(SentAt::new(now, now), Err(NotPast(now)));
        assert!(serde_json::from_str::<SentAt>("\"2999-01-01T00:00:00Z\"").is_err());
    }

    #[test]
    fn rfc3339_only() {
        for good in ["2024-03-05T10:11:12Z", "2018-11-20T16:58:36.453+00:00", "2024-03-05T10:11:12-05:30"] {
            assert!(parse_rfc3339(good).is_some(), "{good}");
        }
        for bad in
            ["2025-09-22T17Z", "20250922T173000-04", "2024-03-05", "2024-03-05T10:11:12", "", "☃☃☃☃☃☃☃☃☃☃"]
        {
            assert!(parse_rfc3339(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn numbers_that_are_times() {
        for (text, expected) in [
            ("1709633472", Some("2024-03-05T10:11:12Z")),
            ("1709633472.5", Some("2024-03-05T10:11:12.5Z")),
            ("1709633472.0", Some("2024-03-05T10:11:12Z")),
            ("1709633472.1234567891", Some("2024-03-05T10:11:12.123456789Z")),
            ("1709633472123", Some("2024-03-05T10:11:12.123Z")),
            ("1709633472123.25", Some("2024-03-05T10:11:12.12325Z")),
            ("788918400", Some("1995-01-01T00:00:00Z")),
            ("788918399", None),
            ("788918399999", None),
            ("20240305", None),
            ("20240305101112", None),
            ("1.74886E+09", None),
            ("1.74886e9", None),
            ("1e300", None),
            ("-1709633472", None),
            ("+1709633472", None),
            ("1709633472.", None),
            (".5", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(parse_unix(text).map(|at| at.to_string()).as_deref(), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_number_is_a_time_or_not(text in "[0-9.eE+-]{0,24}") {
            proptest::prop_assert!(parse_unix(&text).is_none_or(|at| at.as_second() >= EARLIEST_SECOND));
        }

        #[test]
        fn the_short_way_reads_what_the_long_way_reads(
            year in 0_u16..=9_999, month in 0_u8..14, day in 0_u8..33, hour in 0_u8..26, rest in 0_u16..6_200,
        ) {
            let (minute, second) = (rest / 100, rest % 100);
            let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
            proptest::prop_assert_eq!(parse_rfc3339(&text), text.parse().ok());
        }

        #[test]
        fn any_text_is_read_or_refused_without_panic(text in ".{0,40}") {
            let _: Option<Timestamp> = parse_rfc3339(&text);
        }

        #[test]
        fn what_we_print_we_read(seconds in -60_000_000_000_i64..60_000_000_000, nanos in 0_i32..1_000_000_000) {
            let at = Timestamp::new(seconds, nanos).unwrap();
            proptest::prop_assert_eq!(parse_rfc3339(&at.to_string()), Some(at));
        }
    }
}
