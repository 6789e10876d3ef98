//! Cells of CSV files that people open in spreadsheets: a text must not run there as a formula, and must come back as
//! it was.

use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// `text` as a cell that no spreadsheet takes for a formula.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// What [`guarded`] was given, or what a person wrote into the cell.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}

fn is_formula(text: &str) -> bool {
    text.starts_with(FORMULA)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_cell_starts_a_formula_and_every_text_comes_back(text in "'{0,2}[=+@\\t\\r-]?\\PC{0,10}") {
            let cell = guarded(&text);
            proptest::prop_assert!(!is_formula(&cell));
            proptest::prop_assert_eq!(unguarded(&cell), &text);
        }
    }
}
