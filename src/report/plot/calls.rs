//! The plan of calls beside the plainest way: two bars of one scale.

use maud::Markup;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::surface::{Failed, SCALE, Tone, letters, px, shapes};
use super::{Sheet, on_both_sheets};
use crate::report::calls::{Calls, CallsByKind};
use crate::report::words::count;

/// The tone of a kind of call, as [`CallsByKind::named`] names it, and its name for people.
pub(in crate::report) fn kind(name: &'static str) -> (Tone, &'static str) {
    match name {
        "ticket" => (Tone::First, "tickets with their messages"),
        "message" => (Tone::Second, "messages appended"),
        "update" => (Tone::Third, "closing times put right"),
        "customer" => (Tone::Fourth, "customers"),
        "tag" => (Tone::Fifth, "tags"),
        "upload" => (Tone::Sixth, "files"),
        "lookup" => (Tone::Seventh, "look-ups"),
        "survey" => (Tone::Rating, "ratings"),
        other => (Tone::Plain, other),
    }
}

/// Height of a row (its name and its bar), and of a bar, in CSS pixels.
const ROW: u32 = 56;
const BAR: u32 = 26;

/// The two bars.
pub(in crate::report) fn calls(calls: &Calls) -> Markup {
    let title = "Calls planned, beside one call for every record";
    let description = format!(
        "{} calls are planned; one call for every message, person and tag would be {}.",
        count(calls.planned),
        count(calls.naive)
    );
    on_both_sheets("plot-calls", title, &description, |_| 2 * ROW + 4, |sheet| draw(sheet, calls))
}

#[expect(clippy::cast_precision_loss, reason = "a drawing has fewer than 2^52 of anything")]
fn draw(sheet: Sheet, calls: &Calls) -> Result<String, Failed> {
    let whole = calls.planned.max(calls.naive).max(1) as f64;
    shapes(sheet, |area| {
        let row = |number: u32| i32::try_from(number * ROW * SCALE).unwrap_or_default();
        let width = f64::from(sheet.width * SCALE);
        let name = |at: u32, text: String| {
            let style = letters(Pos::new(HPos::Left, VPos::Top));
            area.draw(&Text::new(text, (0, row(at) + 4 * px(1)), style))
        };
        let bar = |at: u32, from: f64, to: f64, tone: Tone| {
            #[expect(clippy::cast_possible_truncation, reason = "a share of a few thousand pixels")]
            let x = |calls: f64| (calls / whole * width).round() as i32;
            let top = row(at) + px(22);
            let corners = [(x(from), top), (x(to), top + px(BAR))];
            area.draw(&Rectangle::new(corners, tone.ink().filled()))
        };
        name(0, format!("planned: {}", count(calls.planned)))?;
        let mut from = 0.0;
        for (name, number) in CallsByKind::named(&calls.by_kind) {
            let to = from + number as f64;
            bar(0, from, to, kind(name).0)?;
            from = to;
        }
        name(1, format!("one call for every record: {}", count(calls.naive)))?;
        bar(1, 0.0, calls.naive as f64, Tone::Plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::WIDE;

    #[test]
    fn the_longer_bar_has_the_whole_width() {
        let by_kind = CallsByKind { ticket: 30, customer: 20, ..CallsByKind::default() };
        let drawn = draw(WIDE, &Calls { planned: 50, naive: 100, by_kind }).unwrap();
        assert!(
            drawn.contains("<rect class=\"t-1\" x=\"0\" y=\"22\" width=\"276\" height=\"26\"/>"),
            "{drawn}"
        );
        assert!(drawn.contains("<rect class=\"t-4\" x=\"276\" y=\"22\" width=\"184\""), "{drawn}");
        assert!(drawn.contains("<rect class=\"t-plain\" x=\"0\" y=\"78\" width=\"920\""), "{drawn}");
        let kinds = CallsByKind::default().named().map(|(name, _)| kind(name).0 as u8);
        assert_eq!(std::collections::HashSet::from(kinds).len(), kinds.len(), "two kinds of one tone");
        assert!(draw(WIDE, &Calls::default()).unwrap().contains("planned: 0"));
    }
}
