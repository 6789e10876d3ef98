//! Times as tables and XML write them: normalised, never guessed.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::model::time::parse_rfc3339;

/// The RFC 3339 form of a time in UTC: `2024-03-05 10:11:12.123456`, also with `UTC` or an offset behind it. Anything
/// else stays as it is, for the reader of the object to refuse.
pub(super) fn utc(text: &str) -> String {
    let text = text.trim();
    if parse_rfc3339(text).is_some() {
        return text.to_owned();
    }
    let tail = text.find([' ', 'T']).map_or(0, |at| at + 1);
    let offset = text.get(tail..).and_then(|time| time.find(['+', '-', 'U', 'Z'])).map(|at| tail + at);
    let (clock, offset) = text.split_at(offset.unwrap_or(text.len()));
    let offset = match offset {
        "" | "UTC" | "Z" | "+00" | "+0000" | "-00" => "Z",
        offset => offset,
    };
    let clock = clock.trim().replacen(' ', "T", 1);
    let candidate = format!("{clock}{offset}");
    if parse_rfc3339(&candidate).is_some() { candidate } else { text.to_owned() }
}

/// `2009-09-01 19:02`, with or without seconds.
pub(super) fn civil(text: &str) -> Option<DateTime> {
    let (date, time) = text.trim().split_once([' ', 'T'])?;
    let number = |text: &str, digits: usize| -> Option<i16> {
        (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let small = |text: &str| number(text, 2).and_then(|number| i8::try_from(number).ok());
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let mut clock = time.split(':');
    let (hour, minute, second) = (clock.next()?, clock.next()?, clock.next().unwrap_or("00"));
    if parts.next().is_some() || clock.next().is_some() {
        return None;
    }
    let date = Date::new(number(year, 4)?, small(month)?, small(day)?).ok()?;
    let time = Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    Some(date.to_datetime(time))
}

/// The instant at which the clocks of `zone` showed `civil`, in RFC 3339. Of a time that they showed twice the earlier;
/// a time that they skipped is none.
pub(super) fn local(civil: DateTime, zone: &TimeZone) -> Option<String> {
    let offset = match zone.to_ambiguous_timestamp(civil).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Fold { before, .. } => before,
        AmbiguousOffset::Gap { .. } => return None,
    };
    Some(offset.to_timestamp(civil).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_utc() {
        for (written, normalised) in [
            ("2020-02-19 01:54:52", "2020-02-19T01:54:52Z"),
            ("2020-02-19 01:54:52.123456", "2020-02-19T01:54:52.123456Z"),
            ("2020-02-19 01:54:52 UTC", "2020-02-19T01:54:52Z"),
            ("2020-02-19 01:54:52+00", "2020-02-19T01:54:52Z"),
            ("2020-02-19T01:54:52", "2020-02-19T01:54:52Z"),
            ("2020-02-19 01:54:52.5+02:00", "2020-02-19 01:54:52.5+02:00"),
            ("2020-02-19 01:54:52.5-0200", "2020-02-19 01:54:52.5-0200"),
            ("2020-02-19T01:54:52Z", "2020-02-19T01:54:52Z"),
            ("2/19/2020 1:54", "2/19/2020 1:54"),
            ("2020-02-19", "2020-02-19"),
            ("", ""),
        ] {
            assert_eq!(utc(written), normalised, "{written}");
        }
    }

    #[test]
    fn local_times_need_their_zone() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let at = |text: &str| civil(text).and_then(|civil| local(civil, &zone));
        assert_eq!(at("2024-07-01 12:00").as_deref(), Some("2024-07-01T10:00:00Z"));
        assert_eq!(at("2024-10-27 02:30:00").as_deref(), Some("2024-10-27T00:30:00Z"), "the earlier of two");
        assert_eq!(at("2024-03-31 02:30"), None, "skipped by the clocks");
        for bad in
            ["", "2024-07-01", "7/1/2024 12:00", "2024-07-01 12", "2024-13-01 12:00", "2024-07-01 25:00"]
        {
            assert_eq!(civil(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_left(text in "[0-9TZU :.+-]{0,32}|\\PC{0,24}") {
            let normalised = utc(&text);
            proptest::prop_assert!(parse_rfc3339(&normalised).is_some() || normalised == text.trim());
            civil(&text);
        }

        #[test]
        fn what_warehouses_write_is_read(seconds in 0_i64..4_000_000_000, micros in 0_i32..1_000_000) {
            let at = jiff::Timestamp::new(seconds, micros * 1000).unwrap();
            let written = at.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string();
            proptest::prop_assert_eq!(parse_rfc3339(&utc(&written)), Some(at));
        }
    }
}
