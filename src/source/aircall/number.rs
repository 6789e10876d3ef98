//! Phone numbers as cells hold them, spreadsheets' damage included. A digit is never invented.

use serde::{Deserialize, Serialize};

use crate::model::phone::{INTERNATIONAL_DIGITS, is_scientific, may_be_international, without_decimals};

/// What stands for a hidden caller. Aircall writes `anonymous`; networks pass on the others.
const HIDDEN: &[&str] = &[
    "anonymous",
    "unknown",
    "restricted",
    "private",
    "unavailable",
    "blocked",
    "withheld",
    "hidden",
    "n/a",
    "-",
];

/// The number in a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Number {
    /// `+` and digits where it is international; a service or national number as its digits alone.
    Known(String),
    /// The caller hid it, or there is none.
    Hidden,
    /// A spreadsheet rounded it; the digits are gone.
    Destroyed,
    /// Something else stands there.
    Unreadable,
}

impl Number {
    /// Reads a cell.
    pub(super) fn read(cell: &str) -> Self {
        let cell = unwrapped(cell);
        if cell.is_empty() || HIDDEN.iter().any(|word| cell.eq_ignore_ascii_case(word)) {
            return Self::Hidden;
        }
        if is_scientific(cell) || cell.starts_with('#') {
            return Self::Destroyed;
        }
        let cell = without_decimals(cell);
        // Behind such a mark stands an extension, a second number or a command of the telephone network.
        if cell
            .chars()
            .any(|c| c.is_alphabetic() || matches!(c, ',' | ';' | ':' | '#' | '*' | '=' | '&' | '|'))
        {
            return Self::Unreadable;
        }
        let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
        if cell.starts_with('+') {
            return Self::international(&digits, 3);
        }
        if let Some(rest) = digits.strip_prefix("00") {
            return Self::international(rest, *INTERNATIONAL_DIGITS.start());
        }
        // Only bare digits are known to be international (that is how exports write `from` and `to`); a number
        // someone formatted without a plus is national, and its country is for the mapping to say.
        match digits.len() {
            0 => Self::Unreadable,
            _ if may_be_international(cell) => Self::Known(format!("+{digits}")),
            length if length <= *INTERNATIONAL_DIGITS.end() => Self::Known(digits),
            _ => Self::Unreadable,
        }
    }

    fn international(digits: &str, least: usize) -> Self {
        let fits = (least..=*INTERNATIONAL_DIGITS.end()).contains(&digits.len()) && !digits.starts_with('0');
        if fits { Self::Known(format!("+{digits}")) } else { Self::Unreadable }
    }

    /// The number, if there is one.
    pub(super) fn known(&self) -> Option<&str> {
        match self {
            Self::Known(number) => Some(number),
            Self::Hidden | Self::Destroyed | Self::Unreadable => None,
        }
    }

    /// The first number among cells that should hold the same one; without any, the gravest reason for its lack.
    pub(super) fn first(cells: &[&str]) -> Self {
        let mut best = Self::Hidden;
        for number in cells.iter().map(|cell| Self::read(cell)) {
            match number {
                Self::Known(_) => return number,
                Self::Destroyed => best = number,
                Self::Unreadable if best == Self::Hidden => best = number,
                Self::Hidden | Self::Unreadable => {}
            }
        }
        best
    }
}

/// The cell without the marks by which spreadsheets keep numbers as text.
fn unwrapped(cell: &str) -> &str {
    let cell = cell.trim();
    let cell = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell);
    cell.trim_start_matches('\'').trim()
}

/// A line as `aircall number` writes it, `Sales (+61 2 5550 0123)`: its name and its number.
pub(super) fn line_and_number(cell: &str) -> (Option<&str>, Number) {
    let cell = cell.trim();
    let split = cell.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    if let Some((name, inside)) = split
        && let number @ Number::Known(_) = Number::read(inside)
    {
        return (Some(name.trim()).filter(|name| !name.is_empty()), number);
    }
    match Number::read(cell) {
        number @ (Number::Known(_) | Number::Destroyed) => (None, number),
        Number::Hidden => (None, Number::Hidden),
        Number::Unreadable => (Some(cell), Number::Hidden),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_and_their_numbers() {
        let known = |text: &str| Number::Known(text.into());
        let rows = [
            ("61255500123", known("+61255500123")),
            ("+61 491 570 006", known("+61491570006")),
            ("+1 (415) 555-0100", known("+14155550100")),
            ("0033 6 39 98 00 01", known("+33639980001")),
            ("61255500123.0", known("+61255500123")),
            ("61255500123,00", known("+61255500123")),
            ("'61255500123", known("+61255500123")),
            ("=\"+61255500123\"", known("+61255500123")),
            ("\u{a0}61255500123\u{a0}", known("+61255500123")),
            ("0491 570 006", known("0491570006")),
            ("(415) 555-0100", known("4155550100")),
            ("3631", known("3631")),
            ("118.0", known("118")),
            ("anonymous", Number::Hidden),
            ("Anonymous ", Number::Hidden),
            ("RESTRICTED", Number::Hidden),
            ("", Number::Hidden),
            ("6.12555E+10", Number::Destroyed),
            ("6,12555E+10", Number::Destroyed),
            ("6E10", Number::Destroyed),
            ("6.1e+10", Number::Destroyed),
            ("#ERROR!", Number::Destroyed),
            ("#######", Number::Destroyed),
            ("client:jane", Number::Unreadable),
            ("+14155550100,2", Number::Unreadable),
            ("+14155550100#2", Number::Unreadable),
            ("14155550100; 14155550101", Number::Unreadable),
            ("*6714155550100", Number::Unreadable),
            ("089/123456", known("089123456")),
            ("+49 (0)89\u{2011}123456", Number::Known("+49089123456".into())),
            ("E+10", Number::Unreadable),
            ("...", Number::Unreadable),
            ("1234567890123456", Number::Unreadable),
            ("+0491570006", Number::Unreadable),
            ("+", Number::Unreadable),
        ];
        for (cell, number) in rows {
            assert_eq!(Number::read(cell), number, "{cell}");
        }
    }

    #[test]
    fn a_destroyed_number_is_recovered_from_the_next_cell() {
        assert_eq!(Number::first(&["6.1E+10", "61255500123"]), Number::Known("+61255500123".into()));
        assert_eq!(Number::first(&["", "6.1E+10"]), Number::Destroyed);
        assert_eq!(Number::first(&["anonymous", "x"]), Number::Unreadable);
        assert_eq!(Number::first(&[]), Number::Hidden);
    }

    #[test]
    fn lines_have_a_name_and_a_number() {
        let rows = [
            ("Sales (+61 2 5550 0123)", (Some("Sales"), Number::Known("+61255500123".into()))),
            (
                "Site (5/17/21) (+61 2 5550 0123)",
                (Some("Site (5/17/21)"), Number::Known("+61255500123".into())),
            ),
            ("Sales (Purchase Enquiry)", (Some("Sales (Purchase Enquiry)"), Number::Hidden)),
            ("(+61 2 5550 0123)", (None, Number::Known("+61255500123".into()))),
            ("61255500123", (None, Number::Known("+61255500123".into()))),
            ("", (None, Number::Hidden)),
        ];
        for (cell, expected) in rows {
            assert_eq!(line_and_number(cell), expected, "{cell}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_digit_is_invented(cell in "[-+0-9E.,()' a]{0,24}") {
            let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
            if let Number::Known(number) = Number::read(&cell) {
                let kept = number.trim_start_matches('+');
                proptest::prop_assert!(digits.contains(kept));
                proptest::prop_assert!(!kept.is_empty() && kept.len() <= 15);
            }
        }

        #[test]
        fn any_cell_is_read_without_panic(cell in ".{0,60}") {
            let number = Number::read(&cell);
            let (_, of_line) = line_and_number(&cell);
            proptest::prop_assert!(number.known().is_none_or(|n| n.len() <= 16) && of_line.known().is_none_or(|n| n.len() <= 16));
        }
    }
}
