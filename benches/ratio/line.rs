//! What a measurement says: a figure, what it should be, and what it was made from.

use std::fmt;

/// Which way a figure is good.
#[derive(Clone, Copy)]
pub(crate) enum Want {
    /// At least `floor`, better `goal`; both as shares.
    Share { floor: f64, goal: f64 },
    /// At most so much of a unit.
    AtMost { limit: f64, unit: &'static str },
}

/// A line of the output.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) figure: f64,
    pub(crate) want: Want,
    pub(crate) raw: String,
}

impl Line {
    /// True if the least that is wanted is missed.
    pub(crate) fn is_below(&self) -> bool {
        match self.want {
            Want::Share { floor, .. } => self.figure < floor,
            Want::AtMost { limit, .. } => self.figure > limit,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (figure, wanted, mark) = match self.want {
            Want::Share { floor, goal } => {
                let mark = if self.figure >= goal {
                    "goal"
                } else if self.figure >= floor {
                    "pass"
                } else {
                    "FAIL"
                };
                let wanted = format!("goal {:.0} % (floor {:.0} %)", goal * 100.0, floor * 100.0);
                (format!("{:.1} %", self.figure * 100.0), wanted, mark)
            }
            Want::AtMost { limit, unit } => {
                let mark = if self.figure <= limit { "pass" } else { "FAIL" };
                (format!("{:.2} {unit}", self.figure), format!("at most {limit} {unit}"), mark)
            }
        };
        write!(f, "{:<34} {figure:>12}  {wanted:<26} {mark}  {}", self.name, self.raw)
    }
}

/// The middle one of several measurements.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The least and the greatest, for showing how much to believe.
pub(crate) fn range(values: &[f64]) -> String {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
    format!("{least:.2}-{most:.2}")
}
