//! The course of the requests over time: drawn, in words, and as figures.

use std::collections::VecDeque;

use maud::{Markup, PreEscaped, html};
use plotters::prelude::*;

use super::words::{count, grouped};
use crate::sandbox::bucket::BucketLimit;
use crate::sandbox::log::LoggedRequest;

/// Points of a plot: more than a screen's columns show nothing more.
const SLOTS: usize = 240;
/// Sizes of a plot, for wide and for narrow screens.
const SIZES: [(u32, u32, &str); 2] = [(960, 240, "wide"), (380, 220, "narrow")];
/// From so many seconds on the axis counts minutes.
const MINUTES_FROM: f64 = 180.0;
/// The shortest time drawn, in seconds.
const SPAN_MIN: f64 = 1.0;

/// Colours that the page's style sheet decides: the plot is drawn with these marks, which are then replaced by the
/// names of its properties. Each must differ from every colour that is meant.
const INK: RGBColor = RGBColor(1, 2, 3);
const LINE: RGBColor = RGBColor(1, 2, 4);
const FILL: RGBColor = RGBColor(1, 2, 5);
const STROKE: RGBColor = RGBColor(1, 2, 6);
const LIMIT: RGBColor = RGBColor(1, 2, 7);
const NAMES: [(&str, &str); 5] = [
    ("#010203", "var(--plot-ink)"),
    ("#010204", "var(--plot-line)"),
    ("#010205", "var(--plot-fill)"),
    ("#010206", "var(--plot-stroke)"),
    ("#010207", "var(--plot-limit)"),
];

/// A stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Slot {
    /// When it begins, in seconds since the first request.
    pub(super) from: f64,
    pub(super) requests: u64,
    /// The highest level of the bucket in it.
    pub(super) level: u32,
    /// Requests that were not answered well.
    pub(super) problems: u64,
}

/// All requests, in stretches of equal length.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    slots: Vec<Slot>,
    /// Seconds from the first request to the last.
    span: f64,
    requests: u64,
}

#[expect(clippy::cast_precision_loss, reason = "figures of a plot")]
fn figure(number: impl TryInto<i64>) -> f64 {
    number.try_into().unwrap_or(i64::MAX) as f64
}

impl Course {
    /// The course of a log.
    pub(super) fn of(rows: &VecDeque<LoggedRequest>) -> Self {
        let first = rows.iter().map(|row| row.at_us).min().unwrap_or(0);
        let last = rows.iter().map(|row| row.at_us).max().unwrap_or(0);
        let span_us = (last - first).max(1);
        let span = (figure(span_us) / 1e6).max(SPAN_MIN);
        let width = span / figure(SLOTS);
        let mut slots = vec![Slot::default(); SLOTS];
        for (at, slot) in slots.iter_mut().enumerate() {
            slot.from = figure(at) * width;
        }
        for row in rows {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and the last slot"
            )]
            let at = (figure(row.at_us - first) / 1e6 / width) as usize;
            let slot = &mut slots[at.min(SLOTS - 1)];
            slot.requests += 1;
            slot.level = slot.level.max(row.bucket_level);
            slot.problems += u64::from(row.is_problem());
        }
        Self { slots, span, requests: rows.len() as u64 }
    }

    fn width(&self) -> f64 {
        self.span / figure(self.slots.len().max(1))
    }

    /// The same in fewer stretches.
    pub(super) fn coarse(&self, rows: usize) -> Vec<Slot> {
        let size = self.slots.len().div_ceil(rows.max(1)).max(1);
        let merge = |chunk: &[Slot]| Slot {
            from: chunk.first().map_or(0.0, |slot| slot.from),
            requests: chunk.iter().map(|slot| slot.requests).sum(),
            level: chunk.iter().map(|slot| slot.level).max().unwrap_or(0),
            problems: chunk.iter().map(|slot| slot.problems).sum(),
        };
        self.slots.chunks(size).map(merge).collect()
    }

    /// `12.5 a second over 8 s`.
    pub(super) fn rate_in_words(&self) -> String {
        format!("{:.1} a second over {}", figure(self.requests) / self.span, seconds(self.span))
    }

    pub(super) fn level_in_words(&self, limit: BucketLimit) -> String {
        let top = self.slots.iter().max_by_key(|slot| slot.level).copied().unwrap_or_default();
        format!(
            "It holds {} and drains in {}. It was fullest with {}, {} after the first request.",
            count(limit.capacity.into(), "request"),
            seconds(figure(limit.window_ms) / 1e3),
            grouped(top.level.into()),
            seconds(top.from)
        )
    }

    pub(super) fn requests_in_words(&self) -> String {
        let top = self.slots.iter().map(|slot| slot.requests).max().unwrap_or(0);
        format!(
            "{} in {}; at most {} a second, in a stretch of {}.",
            count(self.requests, "request"),
            seconds(self.span),
            whole(figure(top) / self.width()),
            seconds(self.width())
        )
    }

    /// The level of the bucket, with its capacity.
    pub(super) fn level_plot(&self, capacity: u32) -> Markup {
        let points: Vec<(f64, f64)> =
            self.slots.iter().map(|slot| (slot.from, f64::from(slot.level))).collect();
        let capacity = f64::from(capacity);
        let top = points.iter().map(|(_, level)| *level).fold(0.0, f64::max);
        // A bucket that is never a third full would be a line at the bottom.
        let limit = (top * 3.0 >= capacity).then_some(capacity);
        self.drawn(("Level of the bucket over time", "requests in the bucket"), &points, limit)
    }

    /// Requests a second.
    pub(super) fn rate_plot(&self) -> Markup {
        let width = self.width();
        let points: Vec<(f64, f64)> =
            self.slots.iter().map(|slot| (slot.from, figure(slot.requests) / width)).collect();
        self.drawn(("Requests per second over time", "requests a second"), &points, None)
    }

    fn drawn(&self, (label, unit): (&str, &str), points: &[(f64, f64)], limit: Option<f64>) -> Markup {
        html! {
            @for (width, height, class) in SIZES {
                @match draw((width, height), self.span, unit, points, limit) {
                    Some(svg) => (PreEscaped(dressed(&svg, class, label))),
                    None => { p class="soft" { "It cannot be drawn; the figures are below." } }
                }
            }
        }
    }
}

/// Draws an area over time. Nothing where the library refuses.
fn draw(
    size: (u32, u32),
    span: f64,
    unit: &str,
    points: &[(f64, f64)],
    limit: Option<f64>,
) -> Option<String> {
    let mut svg = String::new();
    // One unit for the whole axis, so that no two marks read alike.
    let (per_unit, name) = if span >= MINUTES_FROM { (60.0, "minutes") } else { (1.0, "seconds") };
    let scaled = points.iter().map(|(at, value)| (at / per_unit, *value));
    let span = span / per_unit;
    let top = points.iter().map(|(_, value)| *value).chain(limit).fold(1.0, f64::max) * 1.08;
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(6)
            .margin_right(16)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..span, 0.0..top)
            .ok()?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(LINE)
            .axis_style(LINE)
            .label_style(("sans-serif", 13).into_font().color(&INK))
            .x_labels(if size.0 > 500 { 10 } else { 5 })
            .y_labels(5)
            .x_desc(format!("{name} after the first request"))
            .y_desc(unit)
            .axis_desc_style(("sans-serif", 13).into_font().color(&INK))
            .x_label_formatter(&|at| short(*at))
            .y_label_formatter(&|value| short(*value))
            .draw()
            .ok()?;
        let area = AreaSeries::new(scaled, 0.0, FILL.mix(0.35)).border_style(STROKE.stroke_width(2));
        chart.draw_series(area).ok()?;
        if let Some(limit) = limit {
            let line = LineSeries::new([(0.0, limit), (span, limit)], LIMIT.stroke_width(2));
            chart.draw_series(line).ok()?;
        }
        root.present().ok()?;
    }
    Some(svg)
}

/// Gives a drawing its name, its class and the page's colours.
fn dressed(svg: &str, class: &str, label: &str) -> String {
    let start = svg.find("<svg ").unwrap_or(0);
    let label = html! { (label) }.into_string();
    let mut out = svg[start..].replacen(
        "<svg ",
        &format!("<svg role=\"img\" aria-label=\"{label}\" class=\"plot {class}\" "),
        1,
    );
    for (mark, name) in NAMES {
        out = out.replace(mark, name);
    }
    out
}

/// A figure without decimals.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate, never negative")]
fn whole(figure: f64) -> String {
    grouped(figure.round() as u64)
}

fn seconds(seconds: f64) -> String {
    match seconds {
        _ if seconds >= 120.0 => format!("{:.0} min", seconds / 60.0),
        _ if seconds >= 10.0 || seconds.fract() == 0.0 => format!("{seconds:.0} s"),
        _ if seconds >= 0.1 => format!("{seconds:.1} s"),
        _ => format!("{:.0} ms", seconds * 1e3),
    }
}

fn short(value: f64) -> String {
    match value {
        _ if value >= 10_000.0 => format!("{:.0}k", value / 1e3),
        _ if value >= 10.0 || value.fract() == 0.0 => whole(value),
        _ => format!("{value:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::clock::Moment;

    fn log(requests: &[(i64, u32, u16)]) -> VecDeque<LoggedRequest> {
        let row = |(at, level, status): &(i64, u32, u16)| {
            let mut row = LoggedRequest::new(1, Moment::from_micros(*at), "GET", "/api/tickets", "", 0);
            (row.bucket_level, row.status) = (*level, Some(*status));
            row
        };
        requests.iter().map(row).collect()
    }

    #[test]
    fn the_course_counts_every_request_once() {
        let course = Course::of(&log(&[(0, 1, 200), (10_000_000, 7, 429), (24_000_000, 3, 200)]));
        let merged = course.coarse(12);
        assert_eq!(merged.len(), 12);
        assert_eq!(merged.iter().map(|slot| slot.requests).sum::<u64>(), 3);
        assert_eq!((merged[5].level, merged[5].problems, merged[11].level), (7, 1, 3));
        let words = course.level_in_words(BucketLimit::API_KEY);
        assert!(
            words.contains("40 requests and drains in 20 s") && words.contains("fullest with 7, 10 s"),
            "{words}"
        );
    }

    #[test]
    fn plots_have_a_name_and_take_their_colours_from_the_page() {
        let course = Course::of(&log(&[(0, 1, 200), (5_000_000, 39, 200)]));
        let plot = course.level_plot(40).into_string();
        assert_eq!(plot.matches("role=\"img\" aria-label=\"Level of the bucket over time\"").count(), 2);
        assert!(plot.contains("var(--plot-limit)") && !plot.contains("#01020"), "{plot}");
        assert!(!Course::of(&VecDeque::new()).rate_plot().into_string().contains("NaN"));
    }
}
