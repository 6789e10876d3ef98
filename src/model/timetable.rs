//! A timetable of shares over the week, in a named time zone: `mon-fri 08:00 30%, 19:00 95%`.
//!
//! Each entry begins at its time on each of its days and holds until the next one begins, over midnight and over the end
//! of the week. An entry without days has those of the entry before it; the first one without has all.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

/// Most entries: more than anybody writes by hand.
const ENTRIES_MAX: usize = 64;
/// Most that may be left to others, in percent. More could not be told from a standstill.
pub const SHARE_MAX: u8 = 95;

const MINUTES_OF_DAY: u32 = 24 * 60;
const MINUTES_OF_WEEK: u32 = 7 * MINUTES_OF_DAY;

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Shares in percent by the time of the week.
#[derive(Clone, PartialEq, Eq)]
pub struct Timetable {
    /// Minute of the week from Monday 00:00, and the share from then on. Sorted, never empty.
    changes: Vec<(u32, u8)>,
    zone: TimeZone,
}

/// Why a timetable cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTimetable {
    /// An entry is not days, a time and a share.
    #[error("`{0}` is no entry of a timetable: write days, a time and a share, such as mon-fri 08:00 30%")]
    Entry(String),
    /// Days that are none.
    #[error("`{0}` are no days: write mon, tue, wed, thu, fri, sat, sun, or two of them as in mon-fri")]
    Days(String),
    /// A time that is none.
    #[error("`{0}` is no time of day: write it as in 08:00")]
    Time(String),
    /// A share that is none.
    #[error("`{0}` is no share: write it as in 30%, at most 95%")]
    Share(String),
    /// Two entries begin at once.
    #[error("two entries begin at the same time, the second is `{0}`")]
    Twice(String),
    /// More entries than anybody needs.
    #[error("more than {ENTRIES_MAX} entries")]
    TooMany,
}

impl Timetable {
    /// Reads a timetable whose times are those of `zone`.
    pub fn parse(text: &str, zone: TimeZone) -> Result<Self, BadTimetable> {
        let mut changes: Vec<(u32, u8)> = Vec::new();
        let mut days = [true; 7];
        for (at, entry) in text.split(',').enumerate() {
            if at >= ENTRIES_MAX {
                return Err(BadTimetable::TooMany);
            }
            let words: Vec<&str> = entry.split_whitespace().collect();
            let (time, share) = match words[..] {
                [time, share] => (time, share),
                [named, time, share] => {
                    days = parse_days(named).ok_or_else(|| BadTimetable::Days(named.to_owned()))?;
                    (time, share)
                }
                _ => return Err(BadTimetable::Entry(entry.trim().to_owned())),
            };
            let minute = parse_time(time).ok_or_else(|| BadTimetable::Time(time.to_owned()))?;
            let share = parse_share(share).ok_or_else(|| BadTimetable::Share(share.to_owned()))?;
            for (day, _) in (0..).zip(days).filter(|(_, on)| *on) {
                let minute = day * MINUTES_OF_DAY + minute;
                if changes.iter().any(|(known, _)| *known == minute) {
                    return Err(BadTimetable::Twice(entry.trim().to_owned()));
                }
                changes.push((minute, share));
            }
        }
        changes.sort_unstable();
        Ok(Self { changes, zone })
    }

    /// The share that holds at this moment, in percent.
    pub fn at(&self, moment: Timestamp) -> u8 {
        let local = moment.to_zoned(self.zone.clone());
        let day = u32::from(local.weekday().to_monday_zero_offset().unsigned_abs());
        let clock = u32::from(local.hour().unsigned_abs()) * 60 + u32::from(local.minute().unsigned_abs());
        self.in_week(day * MINUTES_OF_DAY + clock)
    }

    /// What holds at a minute of the week: the last change up to it, or the last one of the week before.
    fn in_week(&self, minute: u32) -> u8 {
        let before = self.changes.partition_point(|(from, _)| *from <= minute);
        let at = before.checked_sub(1).unwrap_or(self.changes.len() - 1);
        self.changes[at].1
    }

    /// The mean share over a week, in percent, for estimates of how long an upload takes.
    pub fn mean(&self) -> u8 {
        let first = self.changes[0].0;
        let ends = self.changes.iter().skip(1).map(|(from, _)| *from).chain([first + MINUTES_OF_WEEK]);
        let total: u64 = self
            .changes
            .iter()
            .zip(ends)
            .map(|((from, share), end)| u64::from(end - from) * u64::from(*share))
            .sum();
        u8::try_from(total / u64::from(MINUTES_OF_WEEK)).unwrap_or(SHARE_MAX)
    }
}

impl fmt::Debug for Timetable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timetable")
            .field("changes", &self.changes)
            .field("zone", &self.zone.iana_name())
            .finish()
    }
}

/// `mon`, `mon-fri`, and over the end of the week `fri-mon`.
fn parse_days(text: &str) -> Option<[bool; 7]> {
    let day = |name: &str| {
        let found = DAYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(usize::from(found.1.to_monday_zero_offset().unsigned_abs()))
    };
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (day(from)?, day(to)?);
    let length = (to + 7 - from) % 7;
    let mut days = [false; 7];
    (0..=length).for_each(|after| days[(from + after) % 7] = true);
    Some(days)
}

/// `HH:MM` as minutes since midnight.
fn parse_time(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit())
    };
    if !digits(hour, 2) || !digits(minute, 2) || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// Reads a whole percentage from 0 to 95, with its sign: `10%`.
pub fn parse_share(text: &str) -> Option<u8> {
    let number = text.trim().strip_suffix('%')?.trim();
    number.parse().ok().filter(|share| *share <= SHARE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris(text: &str) -> Timetable {
        Timetable::parse(text, TimeZone::get("Europe/Paris").unwrap()).unwrap()
    }

    fn at(table: &Timetable, moment: &str) -> u8 {
        table.at(moment.parse().unwrap())
    }

    #[test]
    fn an_entry_holds_until_the_next_over_nights_and_weekends() {
        let table = paris("mon-fri 08:00 30%, 19:00 95%");
        // 2026-03-02 is a Monday; Paris is an hour ahead of UTC in winter.
        assert_eq!(at(&table, "2026-03-02T06:59:59Z"), 95);
        assert_eq!(at(&table, "2026-03-02T07:00:00Z"), 30);
        assert_eq!(at(&table, "2026-03-02T18:00:00Z"), 95);
        assert_eq!(at(&table, "2026-03-06T17:59:00Z"), 30);
        assert_eq!(at(&table, "2026-03-07T12:00:00Z"), 95, "a Saturday");
        // In summer it is two hours ahead.
        assert_eq!(at(&table, "2026-06-01T06:00:00Z"), 30);
        assert_eq!(at(&table, "2026-06-01T05:59:00Z"), 95);
    }

    #[test]
    fn days_are_kept_until_others_are_named_and_ranges_go_round() {
        let table = paris("08:00 10%, fri-mon 20:00 40%, wed 12:00 0%");
        assert_eq!(at(&table, "2026-03-03T11:00:00Z"), 10);
        assert_eq!(at(&table, "2026-03-02T19:30:00Z"), 40);
        assert_eq!(at(&table, "2026-03-04T11:30:00Z"), 0);
        assert_eq!(at(&table, "2026-03-08T23:00:00Z"), 40, "a Sunday night");
    }

    #[test]
    fn the_mean_is_weighted_by_time() {
        assert_eq!(paris("00:00 0%, 12:00 50%").mean(), 25);
        assert_eq!(paris("mon 00:00 40%").mean(), 40);
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_word() {
        let parse = |text: &str| Timetable::parse(text, TimeZone::UTC).map(|_| ()).unwrap_err();
        assert_eq!(parse("mon-fri 30%"), BadTimetable::Time("mon-fri".into()));
        assert_eq!(parse(""), BadTimetable::Entry(String::new()));
        assert_eq!(parse("mon-fri 8h00 30%"), BadTimetable::Time("8h00".into()));
        assert_eq!(parse("08:00 99%"), BadTimetable::Share("99%".into()));
        assert_eq!(parse("moon 08:00 9%"), BadTimetable::Days("moon".into()));
        assert_eq!(parse("08:00 9%,"), BadTimetable::Entry(String::new()));
        assert_eq!(parse("08:00 9%, mon 8:00 3%"), BadTimetable::Twice("mon 8:00 3%".into()));
        assert_eq!(parse(&["0:00 1%"; 65].join(",")), BadTimetable::Twice("0:00 1%".into()));
    }

    proptest::proptest! {
        /// Whatever is written, reading it neither panics nor gives a share that stands still.
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z0-9:%, -]{0,60}") {
            drop(Timetable::parse(&text, TimeZone::UTC));
        }

        /// At its own time each entry holds, and a minute before the next one it still does.
        #[test]
        fn entries_hold_from_their_time_to_the_next(
            entries in proptest::collection::btree_map(0_u32..1440, 0_u8..=95, 1..12), second in 0_i64..60,
        ) {
            let text: Vec<String> = entries
                .iter()
                .map(|(minute, share)| format!("{:02}:{:02} {share}%", minute / 60, minute % 60))
                .collect();
            let table = Timetable::parse(&text.join(", "), TimeZone::UTC).unwrap();
            let monday = 1_772_409_600_i64;
            let times: Vec<u32> = entries.keys().copied().collect();
            for (at, (minute, share)) in entries.iter().enumerate() {
                let end = times.get(at + 1).copied().unwrap_or(times[0] + 1440);
                for minute in [*minute, end - 1] {
                    let moment = Timestamp::from_second(monday + i64::from(minute) * 60 + second).unwrap();
                    proptest::prop_assert_eq!(table.at(moment), *share);
                }
            }
        }
    }
}
