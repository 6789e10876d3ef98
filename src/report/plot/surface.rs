//! What `plotters` draws on: SVG shapes with class names instead of colours.
//!
//! The library knows colours only, so each of ours is a number in one, which the surface turns into its class. It
//! counts in whole pixels, too; the surface gives it ten for each of ours, so that bars are equally wide.

use std::fmt::{self, Write as _};

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind};

use super::Sheet;

/// Pixels of the library for one of ours.
pub(super) const SCALE: u32 = 10;

/// Height of letters, in CSS pixels; the style sheet has the same.
const LETTERS: u32 = 12;

/// Mean width of a letter as a share of its height, in percent, for a font without serifs.
const LETTER_WIDTH: u32 = 58;

/// Nothing more is known of why a plot could not be drawn, and nothing more is needed.
pub(super) type Failed = DrawingAreaErrorKind<fmt::Error>;

/// What a shape means; its colour is in the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::report) enum Tone {
    Axis,
    Grid,
    Letters,
    Tickets,
    Customer,
    Agent,
    Note,
    Rate,
    Done,
    First,
    Second,
    Third,
    Fourth,
    Fifth,
    Sixth,
    Seventh,
    Rating,
    Plain,
}

impl Tone {
    const ALL: [Self; 18] = [
        Self::Axis,
        Self::Grid,
        Self::Letters,
        Self::Tickets,
        Self::Customer,
        Self::Agent,
        Self::Note,
        Self::Rate,
        Self::Done,
        Self::First,
        Self::Second,
        Self::Third,
        Self::Fourth,
        Self::Fifth,
        Self::Sixth,
        Self::Seventh,
        Self::Rating,
        Self::Plain,
    ];

    /// The class in the style sheet.
    pub(in crate::report) fn class(self) -> &'static str {
        match self {
            Self::Axis => "t-axis",
            Self::Grid => "t-grid",
            Self::Letters => "t-letters",
            Self::Tickets => "t-tickets",
            Self::Customer => "t-customer",
            Self::Agent => "t-agent",
            Self::Note => "t-note",
            Self::Rate => "t-rate",
            Self::Done => "t-done",
            Self::First => "t-1",
            Self::Second => "t-2",
            Self::Third => "t-3",
            Self::Fourth => "t-4",
            Self::Fifth => "t-5",
            Self::Sixth => "t-6",
            Self::Seventh => "t-7",
            Self::Rating => "t-8",
            Self::Plain => "t-plain",
        }
    }

    /// The number of it as the library's colour.
    pub(super) fn ink(self) -> RGBColor {
        RGBColor(0, 0, self as u8)
    }

    fn of(color: BackendColor) -> &'static str {
        Self::ALL.get(usize::from(color.rgb.2)).map_or("t-plain", |tone| tone.class())
    }
}

/// CSS pixels as the library counts them.
pub(super) fn px(pixels: u32) -> i32 {
    i32::try_from(pixels * SCALE).unwrap_or_default()
}

/// The style of letters, for labels and axes.
pub(super) fn letters(anchor: Pos) -> TextStyle<'static> {
    ("sans-serif", LETTERS * SCALE).into_font().color(&Tone::Letters.ink()).pos(anchor)
}

/// Collects shapes.
pub(super) struct Surface<'a> {
    sheet: Sheet,
    out: &'a mut String,
}

/// The shapes that `draw` makes on an area as large as `sheet`.
pub(super) fn shapes(
    sheet: Sheet,
    draw: impl FnOnce(&DrawingArea<Surface<'_>, plotters::coord::Shift>) -> Result<(), Failed>,
) -> Result<String, Failed> {
    let mut out = String::new();
    let area = Surface { sheet, out: &mut out }.into_drawing_area();
    draw(&area)?;
    drop(area);
    Ok(out)
}

/// A length of the library as ours, with one decimal where it has one.
struct Length(i32);

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, tenth) = (self.0.abs() / 10, self.0.abs() % 10);
        let sign = if self.0 < 0 { "-" } else { "" };
        if tenth == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{tenth}") }
    }
}

type Drawn = Result<(), DrawingErrorKind<fmt::Error>>;

impl Surface<'_> {
    fn write(&mut self, text: fmt::Arguments<'_>) -> Drawn {
        self.out.write_fmt(text).map_err(DrawingErrorKind::DrawingError)
    }

    fn path(&mut self, points: impl IntoIterator<Item = BackendCoord>, class: &str, close: bool) -> Drawn {
        self.write(format_args!("<path class=\"{class}{}\" d=\"", if close { " area" } else { " line" }))?;
        for (at, (x, y)) in points.into_iter().enumerate() {
            let command = if at == 0 { 'M' } else { 'L' };
            self.write(format_args!("{command}{} {}", Length(x), Length(y)))?;
        }
        self.write(format_args!("{}\"/>", if close { "Z" } else { "" }))
    }
}

impl DrawingBackend for Surface<'_> {
    type ErrorType = fmt::Error;

    fn get_size(&self) -> (u32, u32) {
        (self.sheet.width * SCALE, self.sheet.height * SCALE)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    /// Nothing that is drawn here is made of single pixels.
    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        if style.color().alpha == 0.0 {
            return Ok(());
        }
        self.path([from, to], Tone::of(style.color()), false)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        _fill: bool,
    ) -> Drawn {
        let (left, right) = (left.min(right), left.max(right));
        let (top, bottom) = (top.min(bottom), top.max(bottom));
        if style.color().alpha == 0.0 || left == right || top == bottom {
            return Ok(());
        }
        let class = Tone::of(style.color());
        let (x, y, width, height) = (Length(left), Length(top), Length(right - left), Length(bottom - top));
        self.write(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
        ))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        if style.color().alpha == 0.0 {
            return Ok(());
        }
        self.path(path, Tone::of(style.color()), false)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        if style.color().alpha == 0.0 {
            return Ok(());
        }
        self.path(corners, Tone::of(style.color()), true)
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, (x, y): BackendCoord) -> Drawn {
        if style.color().alpha == 0.0 {
            return Ok(());
        }
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let down = match style.anchor().v_pos {
            VPos::Top => 10,
            VPos::Center => 4,
            VPos::Bottom => -2,
        };
        let y = Length(y + down * 10);
        let text = maud::html! { (text) }.into_string();
        self.write(format_args!("<text x=\"{}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>", Length(x)))
    }

    /// The browser's font is not known here; a mean letter is near enough for keeping room.
    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        _: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<fmt::Error>> {
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        Ok((letters.saturating_mul(LETTERS * SCALE * LETTER_WIDTH / 100), LETTERS * SCALE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::WIDE;

    #[test]
    fn shapes_have_classes_and_escaped_words_and_no_colours() {
        let drawn = shapes(WIDE, |area| {
            area.draw(&Rectangle::new([(0, 0), (105, 20)], Tone::Note.ink().filled()))?;
            area.draw(&Rectangle::new([(5, 5), (5, 20)], Tone::Note.ink().filled()))?;
            area.draw(&PathElement::new([(0, 0), (10, 15)], Tone::Grid.ink()))?;
            area.draw(&PathElement::new([(0, 0), (10, 15)], TRANSPARENT))?;
            area.draw(&Text::new("a<b", (10, 10), letters(Pos::new(HPos::Right, VPos::Center))))
        })
        .unwrap();
        assert_eq!(
            drawn,
            "<rect class=\"t-note\" x=\"0\" y=\"0\" width=\"10.5\" height=\"2\"/>\
             <path class=\"t-grid line\" d=\"M0 0L1 1.5\"/>\
             <text x=\"1\" y=\"5\" text-anchor=\"end\">a&lt;b</text>"
        );
    }

    #[test]
    fn every_tone_has_its_own_class() {
        let classes: std::collections::HashSet<_> = Tone::ALL.iter().map(|tone| tone.class()).collect();
        assert_eq!(classes.len(), Tone::ALL.len());
        assert!(Tone::ALL.iter().enumerate().all(|(at, tone)| *tone as usize == at));
    }
}
