//! The account's budget over the time of the run: how fast it goes, and how much is done.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::Markup;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::axis::{Axis, mesh};
use super::surface::{Failed, SCALE, Tone, letters, px, shapes};
use super::{Sheet, on_both_sheets, ticks};
use crate::report::schedule::Schedule;
use crate::report::words::{count, duration};

/// The pace as an area, the calls done as a line over it.
pub(in crate::report) fn budget(schedule: &Schedule, calls: u64, zone: &TimeZone) -> Markup {
    let title =
        "Calls a second that the account allows this run, and the share of the calls that is done, over time";
    let description = format!(
        "{} calls from the start to the end, {} later; the pace changes {} times.",
        count(calls),
        duration(schedule.seconds()),
        schedule.spans.len().saturating_sub(1)
    );
    on_both_sheets(
        "plot-budget",
        title,
        &description,
        |sheet| sheet.height,
        |sheet| draw(sheet, schedule, calls, zone),
    )
}

/// Seconds since the start of the schedule.
fn since(schedule: &Schedule, at: Timestamp) -> f64 {
    at.duration_since(schedule.starts).as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "a drawing has fewer than 2^52 of anything")]
fn draw(sheet: Sheet, schedule: &Schedule, calls: u64, zone: &TimeZone) -> Result<String, Failed> {
    let whole = since(schedule, schedule.ends).max(1.0);
    let marks = ticks::times(schedule.starts, schedule.ends, zone, sheet.marks_max);
    let axis = Axis::new(whole, marks.into_iter().map(|(at, name)| (since(schedule, at), name)).collect());
    let ends: Vec<f64> =
        schedule.spans.iter().skip(1).map(|span| since(schedule, span.from)).chain([whole]).collect();
    let share = |calls_done: u64| calls_done as f64 / calls.max(1) as f64 * 100.0;
    shapes(sheet, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin_top(24 * SCALE)
            .x_label_area_size(24 * SCALE)
            .y_label_area_size(44 * SCALE)
            .right_y_label_area_size(52 * SCALE)
            .build_cartesian_2d(axis, 0.0..schedule.account_per_second.max(0.1) * 1.1)?
            .set_secondary_coord(0.0..whole, 0.0..110.0_f64);
        mesh(&mut chart, HPos::Center, &|pace| format!("{}/s", ticks::short(*pace)))?;
        chart
            .configure_secondary_axes()
            .axis_style(Tone::Axis.ink())
            .set_all_tick_mark_size(4 * SCALE)
            .x_labels(0)
            .y_labels(4)
            .label_style(letters(Pos::new(HPos::Left, VPos::Center)))
            .y_label_formatter(&|share| format!("{share:.0} %"))
            .draw()?;
        for (span, end) in schedule.spans.iter().zip(&ends) {
            let corners = [(since(schedule, span.from), 0.0), (*end, span.per_second)];
            chart.plotting_area().draw(&Rectangle::new(corners, Tone::Rate.ink().filled()))?;
        }
        let line: Vec<(f64, f64)> = schedule
            .spans
            .iter()
            .map(|span| (since(schedule, span.from), share(span.calls)))
            .chain([(whole, 100.0)])
            .collect();
        chart.draw_secondary_series(std::iter::once(PathElement::new(line, Tone::Done.ink())))?;
        area.draw(&Text::new("calls a second", (0, 0), letters(Pos::new(HPos::Left, VPos::Top))))?;
        let corner = (px(sheet.width), 0);
        area.draw(&Text::new("calls done", corner, letters(Pos::new(HPos::Right, VPos::Top))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::calls::Pace;
    use crate::report::plot::{NARROW, WIDE};
    use crate::report::schedule::Budget;

    #[test]
    fn the_pace_is_an_area_and_what_is_done_a_line() {
        let budget = Budget { pace: Pace::default(), reserve_percent: 0, reserve_times: None };
        let starts = "2026-03-02T17:10:00Z".parse().unwrap();
        for (calls, hour) in [(62_254, "18:00"), (0, "17:10")] {
            let schedule = Schedule::of(calls, calls, starts, &budget).unwrap();
            for sheet in [WIDE, NARROW] {
                let drawn = draw(sheet, &schedule, calls, &TimeZone::UTC).unwrap();
                assert_eq!(drawn.matches("t-rate").count(), 1, "{drawn}");
                assert_eq!(drawn.matches("t-done").count(), 1, "{drawn}");
                assert!(calls == 0 || sheet == NARROW || drawn.contains(hour), "{drawn}");
            }
        }
    }
}
