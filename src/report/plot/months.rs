//! Tickets and messages over the months, as bars.

use maud::Markup;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::axis::{Axis, mesh};
use super::surface::{Failed, SCALE, Tone, letters, px, shapes};
use super::{Sheet, on_both_sheets, ticks};
use crate::report::overview::{EARLIER, Month};
use crate::report::words::{count, plural};

/// The share of a bar's place that stays empty on each side.
const GAP: f64 = 0.1;

/// A part of a bar.
type Part = (Tone, fn(&Month) -> u64);

/// Tickets by the month of their creation.
pub(in crate::report) fn tickets_by_month(months: &[Month]) -> Markup {
    let total = months.iter().map(|month| month.tickets).sum();
    let title = "Tickets by the month in which they were created";
    let description = described(&plural(total, "ticket", "tickets"), months, |month| month.tickets);
    let height = |sheet: Sheet| sheet.height * 3 / 4;
    on_both_sheets("plot-tickets", title, &description, height, |sheet| {
        draw(sheet, "tickets", months, &[(Tone::Tickets, |month| month.tickets)])
    })
}

/// Messages by the month in which they were sent, by side.
pub(in crate::report) fn messages_by_month(months: &[Month]) -> Markup {
    let total = months.iter().map(Month::messages).sum();
    let title =
        "Messages by the month in which they were sent: customers below, agents above them, notes on top";
    let description = described(&plural(total, "message", "messages"), months, Month::messages);
    let parts: [Part; 3] = [
        (Tone::Customer, |month| month.customer),
        (Tone::Agent, |month| month.agent),
        (Tone::Note, |month| month.note),
    ];
    on_both_sheets(
        "plot-messages",
        title,
        &description,
        |sheet| sheet.height,
        |sheet| draw(sheet, "messages", months, &parts),
    )
}

/// `1,572 messages, 2019-01 to 2026-01; the most in 2025-11: 120.`
fn described(total: &str, months: &[Month], number: impl Fn(&Month) -> u64) -> String {
    let most = months.iter().max_by_key(|month| number(month));
    let (Some(first), Some(last), Some(most)) = (months.first(), months.last(), most) else {
        return format!("{total}.");
    };
    format!(
        "{total}, {} to {}; the most in {}: {}.",
        first.month,
        last.month,
        most.month,
        count(number(most))
    )
}

/// How many months a bar stands for, so that there are not too many bars.
fn months_a_bar(months: &[Month], most: usize) -> usize {
    let dated = months.iter().filter(|month| month.month != EARLIER).count();
    [1, 3, 12].into_iter().find(|size| dated.div_ceil(*size) < most).unwrap_or(12)
}

/// Months put together by `size`: as they are, by quarters, by years.
fn binned(months: &[Month], size: usize) -> Vec<Month> {
    let mut bars: Vec<Month> = Vec::new();
    let mut last = None;
    for month in months {
        let bin = bin_of(&month.month, size);
        if bin.is_some()
            && bin == last
            && let Some(bar) = bars.last_mut()
        {
            bar.tickets += month.tickets;
            bar.customer += month.customer;
            bar.agent += month.agent;
            bar.note += month.note;
        } else {
            bars.push(month.clone());
        }
        last = bin;
    }
    bars
}

/// The number of the quarter or year that a month is in.
fn bin_of(month: &str, size: usize) -> Option<usize> {
    let (year, month) = month.split_once('-')?;
    Some((year.parse::<usize>().ok()? * 12 + month.parse::<usize>().ok()? - 1) / size)
}

#[expect(clippy::cast_precision_loss, reason = "a drawing has fewer than 2^52 of anything")]
fn draw(sheet: Sheet, unit: &str, months: &[Month], parts: &[Part]) -> Result<String, Failed> {
    let size = months_a_bar(months, sheet.bars_max);
    let bars = binned(months, size);
    let height = |bar: &Month| parts.iter().map(|(_, number)| number(bar)).sum::<u64>();
    let highest = bars.iter().map(height).max().unwrap_or_default().max(1) as f64;
    let marks = ticks::years(&bars, sheet.marks_max);
    let axis =
        Axis::new(bars.len().max(1) as f64, marks.into_iter().map(|(at, name)| (at as f64, name)).collect());
    shapes(sheet, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin_top(22 * SCALE)
            .margin_right(16 * SCALE)
            .x_label_area_size(24 * SCALE)
            .y_label_area_size(44 * SCALE)
            .build_cartesian_2d(axis, 0.0..highest * 1.05)?;
        mesh(&mut chart, HPos::Left, &|number| ticks::short(*number))?;
        for (at, bar) in bars.iter().enumerate() {
            let (left, right) = (at as f64 + GAP, at as f64 + 1.0 - GAP);
            let mut from = 0.0;
            for (tone, number) in parts {
                let to = from + number(bar) as f64;
                chart
                    .plotting_area()
                    .draw(&Rectangle::new([(left, from), (right, to)], tone.ink().filled()))?;
                from = to;
            }
        }
        let note = match size {
            1 => "a bar is a month (UTC)",
            3 => "a bar is a quarter (UTC)",
            _ => "a bar is a year (UTC)",
        };
        area.draw(&Text::new(unit.to_owned(), (0, 0), letters(Pos::new(HPos::Left, VPos::Top))))?;
        let corner = (px(sheet.width), 0);
        area.draw(&Text::new(note, corner, letters(Pos::new(HPos::Right, VPos::Top))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::{NARROW, WIDE};

    fn months(count: usize) -> Vec<Month> {
        (0..count)
            .map(|at| Month {
                month: format!("{}-{:02}", 2001 + at / 12, at % 12 + 1),
                tickets: 1,
                customer: 2,
                agent: 1,
                note: 1,
            })
            .collect()
    }

    #[test]
    fn many_months_become_quarters_and_years_and_nothing_is_lost() {
        for (count, most, bars) in [(36, 60, 36), (60, 60, 20), (150, 60, 50), (300, 60, 25)] {
            let months = months(count);
            let binned = binned(&months, months_a_bar(&months, most));
            assert_eq!(binned.len(), bars, "{count}");
            assert_eq!(binned.iter().map(Month::messages).sum::<u64>(), count as u64 * 4);
        }
    }

    #[test]
    fn a_bar_has_its_parts_one_above_the_other() {
        let drawn =
            draw(WIDE, "messages", &months(2), &[(Tone::Customer, |m| m.customer), (Tone::Note, |m| m.note)])
                .unwrap();
        assert_eq!(drawn.matches("t-customer").count(), 2);
        assert_eq!(drawn.matches("t-note").count(), 2);
        assert!(drawn.contains(">2001-01</text>"), "{drawn}");
    }

    #[test]
    fn the_longest_export_and_none_at_all_can_be_drawn() {
        for count in [0, 1, 1_300] {
            for sheet in [WIDE, NARROW] {
                let drawn =
                    draw(sheet, "tickets", &months(count), &[(Tone::Tickets, |m| m.tickets)]).unwrap();
                assert!(drawn.len() < 40_000, "{count}: {}", drawn.len());
            }
        }
    }
}
