//! An axis whose marks and their names are given, because the round numbers of a library are no Januaries and no hours.

use std::fmt;
use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::surface::{Failed, SCALE, Tone, letters};

/// From zero to `length`, with a name at each mark.
#[derive(Clone)]
pub(super) struct Axis {
    length: f64,
    marks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis that is at least a little longer than nothing.
    pub(super) fn new(length: f64, marks: Vec<(f64, String)>) -> Self {
        Self { length: length.max(f64::EPSILON), marks }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        #[expect(clippy::cast_possible_truncation, reason = "a share of a few thousand pixels")]
        let along = (value / self.length * f64::from(to - from)).round() as i32;
        from + along
    }

    fn key_points<H: KeyPointHint>(&self, _: H) -> Vec<f64> {
        self.marks.iter().map(|(at, _)| *at).collect()
    }

    fn range(&self) -> Range<f64> {
        0.0..self.length
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let mark = self.marks.iter().find(|(at, _)| (at - value).abs() < f64::EPSILON);
        mark.map(|(_, name)| name.clone()).unwrap_or_default()
    }
}

/// Draws the axes of a chart with the lines across it. The names of its marks stand `beside` those of the horizontal
/// axis; those of the vertical one are written by `height`.
pub(super) fn mesh<'d, B: DrawingBackend<ErrorType = fmt::Error> + 'd>(
    chart: &mut ChartContext<'d, B, Cartesian2d<Axis, RangedCoordf64>>,
    beside: HPos,
    height: &dyn Fn(&f64) -> String,
) -> Result<(), Failed> {
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(Tone::Grid.ink())
        .axis_style(Tone::Axis.ink())
        .set_all_tick_mark_size(4 * SCALE)
        .y_labels(4)
        .x_label_style(letters(Pos::new(beside, VPos::Top)))
        .y_label_style(letters(Pos::new(HPos::Right, VPos::Center)))
        .y_label_formatter(height)
        .draw()
}
