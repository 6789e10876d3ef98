//! Plots of the report as inline SVG, drawn with `plotters` on a surface of our own.
//!
//! Invariants: no colour is written, only class names, so that one page is light or dark as its reader has it; every
//! plot has a title and a description for those who do not see it; texts are escaped; the size of a plot does not grow
//! with the export. Each is drawn twice, for a screen and for a telephone, because letters must not shrink with it.

mod axis;
mod budget;
mod calls;
mod months;
mod surface;
mod ticks;

use maud::{Markup, PreEscaped, html};

pub(super) use budget::budget;
pub(super) use calls::{calls, kind};
pub(super) use months::{messages_by_month, tickets_by_month};
pub(super) use surface::Tone;

/// What a plot may be drawn on, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    width: u32,
    height: u32,
    /// The class that the style sheet shows or hides it by.
    class: &'static str,
    /// Most bars that still look like bars.
    bars_max: usize,
    /// Marks along the horizontal axis that do not run into one another.
    marks_max: usize,
}

/// For screens and paper.
const WIDE: Sheet = Sheet { width: 920, height: 240, class: "wide", bars_max: 150, marks_max: 10 };

/// For telephones: 390 pixels less the margins.
const NARROW: Sheet = Sheet { width: 350, height: 220, class: "narrow", bars_max: 60, marks_max: 4 };

/// A plot on both sheets. `name` makes the ids of its texts; `title` says what it shows, `description` what is to be
/// seen in it.
fn on_both_sheets(
    name: &str,
    title: &str,
    description: &str,
    height: impl Fn(Sheet) -> u32,
    draw: impl Fn(Sheet) -> Result<String, surface::Failed>,
) -> Markup {
    html! {
        @for sheet in [WIDE, NARROW].map(|sheet| Sheet { height: height(sheet), ..sheet }) {
            @let (title_id, description_id) = (format!("{name}-{}-t", sheet.class), format!("{name}-{}-d", sheet.class));
            // What cannot be drawn is left out: the table beneath it says the same.
            @if let Ok(shapes) = draw(sheet) {
                svg.plot.(sheet.class) role="img" aria-labelledby=(format!("{title_id} {description_id}"))
                    viewBox=(format!("0 0 {} {}", sheet.width, sheet.height)) {
                    title id=(title_id) { (title) }
                    desc id=(description_id) { (description) }
                    (PreEscaped(shapes))
                }
            }
        }
    }
}
