//! Where an axis has its marks, and what is written there.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _, Unit};

use crate::report::overview::{EARLIER, Month};

/// A figure short enough for an axis: `950`, `1.5k`, `20k`, `3M`.
pub(super) fn short(number: f64) -> String {
    let scaled = |unit: f64, name: &str| {
        let text = format!("{:.1}", number / unit);
        format!("{}{name}", text.strip_suffix(".0").unwrap_or(&text))
    };
    match number {
        n if n >= 1e6 => scaled(1e6, "M"),
        n if n >= 1e3 => scaled(1e3, "k"),
        n if n.fract() == 0.0 => format!("{n:.0}"),
        n => format!("{n:.1}"),
    }
}

/// The bars at which a year begins, at most `most` of them; where there is none, the first and the last bar.
pub(super) fn years(bars: &[Month], most: usize) -> Vec<(usize, String)> {
    let year = |month: &Month| month.month.split('-').next().unwrap_or_default().to_owned();
    let mut marks: Vec<(usize, String)> = bars
        .iter()
        .enumerate()
        .filter(|(at, bar)| bar.month != EARLIER && (*at == 0 || year(&bars[at - 1]) != year(bar)))
        .map(|(at, bar)| (at, year(bar)))
        .collect();
    if marks.len() <= 2 {
        // Little more than a year: months say more.
        let every = bars.len().div_ceil(most).max(1);
        return bars.iter().enumerate().step_by(every).map(|(at, bar)| (at, bar.month.clone())).collect();
    }
    let every = marks.len().div_ceil(most).max(1);
    marks = marks.into_iter().step_by(every).collect();
    marks
}

/// Steps between marks of time, the smallest first.
fn steps() -> [(Span, Unit); 14] {
    [
        (1.minute(), Unit::Minute),
        (5.minutes(), Unit::Minute),
        (15.minutes(), Unit::Minute),
        (30.minutes(), Unit::Minute),
        (1.hour(), Unit::Hour),
        (2.hours(), Unit::Hour),
        (6.hours(), Unit::Hour),
        (12.hours(), Unit::Hour),
        (1.day(), Unit::Day),
        (2.days(), Unit::Day),
        (7.days(), Unit::Day),
        (14.days(), Unit::Day),
        (30.days(), Unit::Day),
        (90.days(), Unit::Day),
    ]
}

/// Round times of the clock on the wall between two instants, at most `most`, with what to write there.
pub(super) fn times(
    from: Timestamp,
    to: Timestamp,
    zone: &TimeZone,
    most: usize,
) -> Vec<(Timestamp, String)> {
    for (step, unit) in steps() {
        let marks = marks_of(from, to, zone, step, most);
        if let Some(marks) = marks {
            let days = from.to_zoned(zone.clone()).date() != to.to_zoned(zone.clone()).date();
            let text = |at: Timestamp| {
                let local = at.to_zoned(zone.clone());
                let midnight = local.hour() == 0 && local.minute() == 0;
                let format = if unit == Unit::Day || (days && midnight) { "%b %-d" } else { "%H:%M" };
                local.strftime(format).to_string()
            };
            return marks.into_iter().map(|at| (at, text(at))).collect();
        }
    }
    Vec::new()
}

/// The marks of one step; nothing where they are more than `most`.
fn marks_of(
    from: Timestamp,
    to: Timestamp,
    zone: &TimeZone,
    step: Span,
    most: usize,
) -> Option<Vec<Timestamp>> {
    let midnight: Date = from.to_zoned(zone.clone()).date();
    let mut at = midnight.to_zoned(zone.clone()).ok()?;
    let mut marks = Vec::new();
    // A day before the start there are at most 1,440 steps, and the marks are counted.
    while at.timestamp() <= to {
        if at.timestamp() >= from {
            marks.push(at.timestamp());
            if marks.len() > most {
                return None;
            }
        }
        at = at.checked_add(step).ok()?;
    }
    Some(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(from: i32, count: i32) -> Vec<Month> {
        (0..count)
            .map(|at| Month { month: format!("{}-{:02}", from + at / 12, at % 12 + 1), ..Month::default() })
            .collect()
    }

    #[test]
    fn figures_on_axes_are_short() {
        assert_eq!([0.0, 0.5, 950.0, 1500.0, 20_000.0, 3e6].map(short).join(" "), "0 0.5 950 1.5k 20k 3M");
    }

    #[test]
    fn years_are_marked_and_a_single_year_by_its_months() {
        let names = |marks: Vec<(usize, String)>| marks.into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(names(years(&months(2019, 40), 10)), ["2019", "2020", "2021", "2022"]);
        assert_eq!(names(years(&months(2005, 240), 10)).len(), 10);
        assert_eq!(
            names(years(&months(2025, 5), 10)),
            ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"]
        );
        assert!(years(&[], 5).is_empty());
    }

    #[test]
    fn times_are_round_on_the_wall() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let texts = |from, to, most| {
            times(at(from), at(to), &zone, most).into_iter().map(|(_, text)| text).collect::<Vec<_>>()
        };
        assert_eq!(
            texts("2026-03-01T17:10:00Z", "2026-03-02T02:00:00Z", 6),
            ["20:00", "22:00", "Mar 2", "02:00"]
        );
        assert_eq!(texts("2026-03-01T17:10:00Z", "2026-03-04T02:00:00Z", 4), ["Mar 2", "Mar 3", "Mar 4"]);
        assert_eq!(texts("2026-03-01T17:10:00Z", "2026-03-01T17:10:06Z", 4), ["18:10"]);
        assert!(texts("2026-03-01T17:10:00Z", "2036-03-01T17:10:00Z", 2).is_empty());
    }
}
