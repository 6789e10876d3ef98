//! Clocks in cells: what is written, what order day and month have, and which instant it is. Nothing is guessed: a
//! text that can be two dates is refused until the file or the config says which.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use crate::source::DateOrder;

/// Longest duration of a call that is believed, in seconds: a week. Aircall stops recording after four hours.
const DURATION_SECONDS_MAX: u32 = 7 * 86_400;

/// A date and time as a cell has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    date: WrittenDate,
    time: Time,
    offset: Option<Offset>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WrittenDate {
    /// Year, month, day.
    Plain(Date),
    /// `4/12/2025`: day and month in the order of someone's spreadsheet.
    Slashed { first: i8, second: i8, year: i16 },
}

/// Why a text that looks like a date is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockFault {
    /// It is no date and time at all, or an impossible one.
    Unreadable,
    /// Day and month could be either.
    Ambiguous,
}

impl Written {
    /// Reads `2025-06-02 09:15:00.083`, `2/6/2025 9:15`, `06/02/2025 9:15:00 AM`, with or without an offset.
    pub(super) fn read(cell: &str) -> Option<Self> {
        let cell = cell.trim();
        let (date, rest) = cell.split_once([' ', 'T', 't'])?;
        let (time, offset) = read_time(rest.trim())?;
        Some(Self { date: read_date(date)?, time, offset })
    }

    /// The same of a date and a time in two cells. A date that a spreadsheet gave a midnight of its own is accepted.
    pub(super) fn read_two(date: &str, time: &str) -> Option<Self> {
        let date = date.trim().split([' ', 'T']).next()?;
        let (time, offset) = read_time(time.trim())?;
        Some(Self { date: read_date(date)?, time, offset })
    }

    /// Whether a spreadsheet rewrote it.
    pub(super) fn is_slashed(&self) -> bool {
        matches!(self.date, WrittenDate::Slashed { .. })
    }

    /// The clock's reading. `order` is what is known of the file.
    pub(super) fn civil(&self, order: Option<DateOrder>) -> Result<DateTime, ClockFault> {
        let (first, second, year) = match self.date {
            WrittenDate::Plain(date) => return Ok(date.to_datetime(self.time)),
            WrittenDate::Slashed { first, second, year } => (first, second, year),
        };
        let (day, month) = match order {
            Some(DateOrder::Dmy) => (first, second),
            Some(DateOrder::Mdy) => (second, first),
            None if first == second => (first, second),
            None => return Err(ClockFault::Ambiguous),
        };
        let date = Date::new(year, month, day).map_err(|_| ClockFault::Unreadable)?;
        Ok(date.to_datetime(self.time))
    }

    /// The offset written beside it.
    pub(super) fn offset(&self) -> Option<Offset> {
        self.offset
    }
}

/// `2025-06-02`, `2/6/2025`, `02.06.2025`, `6/2/25`.
fn read_date(text: &str) -> Option<WrittenDate> {
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    let mut parts = text.split(separator);
    let (one, two, three) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || two.len() > 2 {
        return None;
    }
    if one.len() == 4 && three.len() <= 2 {
        return Date::new(number(one)?, number(two)?, number(three)?).ok().map(WrittenDate::Plain);
    }
    let year = match three.len() {
        4 => number(three)?,
        // Aircall began in 2014, so a year of two digits has one meaning.
        2 => 2000 + number::<i16>(three)?,
        _ => return None,
    };
    let (first, second): (i8, i8) = (number(one)?, number(two)?);
    let possible = (1..=31).contains(&first) && (1..=31).contains(&second) && (first <= 12 || second <= 12);
    (one.len() <= 2 && possible).then_some(WrittenDate::Slashed { first, second, year })
}

/// `9:15`, `09:15:00.083`, `9:15:00 PM`, and an offset behind it.
fn read_time(text: &str) -> Option<(Time, Option<Offset>)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.'))).unwrap_or(text.len());
    let (clock, tail) = (&text[..end], text[end..].trim());
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':');
    let (hour, minute): (i8, i8) = (number(parts.next()?)?, number(parts.next()?)?);
    let second: i8 = parts.next().map_or(Some(0), number)?;
    if parts.next().is_some() {
        return None;
    }
    let (hour, offset) = match tail.to_ascii_uppercase().as_str() {
        "" => (hour, None),
        "Z" | "UTC" | "GMT" => (hour, Some(Offset::UTC)),
        "AM" if (1..=12).contains(&hour) => (hour % 12, None),
        "PM" if (1..=12).contains(&hour) => (hour % 12 + 12, None),
        _ => (hour, Some(read_offset(tail)?)),
    };
    Some((Time::new(hour, minute, second, nanoseconds(fraction)?).ok()?, offset))
}

/// `+02:00`, `-0530`.
fn read_offset(text: &str) -> Option<Offset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text.get(1..)?.chars().filter(|c| *c != ':').collect();
    if digits.len() != 4 || text.len() > 6 {
        return None;
    }
    let (hours, minutes): (i32, i32) = (number(digits.get(..2)?)?, number(digits.get(2..)?)?);
    let fits = hours <= 15 && minutes < 60;
    fits.then(|| Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()).flatten()
}

fn nanoseconds(fraction: &str) -> Option<i32> {
    if fraction.is_empty() {
        return Some(0);
    }
    let scale = u32::try_from(fraction.len()).ok().filter(|length| *length <= 9)?;
    Some(number::<i32>(fraction)? * 10_i32.pow(9 - scale))
}

/// Digits and nothing else; Rust's own parser would take a sign.
fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// What the dates of one file say about their order. Decided per file, never per row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DateEvidence {
    day_first: bool,
    month_first: bool,
}

impl DateEvidence {
    /// Takes note of a date.
    pub(super) fn see(&mut self, written: &Written) {
        if let WrittenDate::Slashed { first, second, .. } = written.date {
            self.day_first |= first > 12;
            self.month_first |= second > 12;
        }
    }

    /// Whether the dates prove both orders.
    pub(super) fn is_contradictory(self) -> bool {
        self.day_first && self.month_first
    }

    /// The order of the file. What the dates prove goes before what the config says, which is asked where they leave
    /// it open; a file that proves both has none.
    pub(super) fn order(self, configured: Option<DateOrder>) -> Option<DateOrder> {
        match (self.day_first, self.month_first) {
            (true, false) => Some(DateOrder::Dmy),
            (false, true) => Some(DateOrder::Mdy),
            (false, false) => configured,
            (true, true) => None,
        }
    }
}

/// An instant, and whether the clock showed its time twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instant {
    /// The instant.
    pub(super) at: Timestamp,
    /// The clocks were set back over it; the earlier of the two is taken.
    pub(super) repeated: bool,
}

/// The instant at which the clocks of `zone` showed `civil`. A time that they skipped is no instant.
pub(super) fn instant(civil: DateTime, zone: &TimeZone) -> Option<Instant> {
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let (offset, repeated) = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => (offset, false),
        AmbiguousOffset::Fold { before, .. } => (before, true),
        AmbiguousOffset::Gap { .. } => return None,
    };
    let at = offset.to_timestamp(civil).ok()?;
    Some(Instant { at, repeated })
}

/// A duration in seconds: `95`, `95.0`, `00:01:35`, `01:35`. More than two decimals are thousands, or the part of a day
/// that a spreadsheet made of a clock.
pub(super) fn seconds(cell: &str) -> Option<u32> {
    let cell = cell.trim();
    let whole = cell.split_once(['.', ',']).map_or(Some(cell), |(whole, decimals)| {
        let fits = decimals.len() <= 2 || whole.contains(':');
        (fits && decimals.bytes().all(|b| b.is_ascii_digit())).then_some(whole)
    })?;
    let mut total = 0_u32;
    let parts = whole.split(':').count();
    for part in whole.split(':') {
        total = total.checked_mul(60)?.checked_add(number::<u32>(part)?)?;
    }
    (parts <= 3 && total <= DURATION_SECONDS_MAX).then_some(total)
}

/// `at` and `seconds` later.
pub(super) fn after(at: Timestamp, seconds: u32) -> Option<Timestamp> {
    at.checked_add(SignedDuration::from_secs(i64::from(seconds))).ok()
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;
