//! Words and figures for people: plurals, thousands, sizes, durations, columns, the nearest name.
//!
//! Pure functions of their arguments; no terminal, no colour, no locale.

use std::time::Duration;

/// Digits in groups of three, separated by a comma: `50,214`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 ticket`, `50,214 tickets`.
pub fn count(number: u64, singular: &str) -> String {
    if number == 1 { format!("1 {singular}") } else { format!("{} {singular}s", thousands(number)) }
}

/// A number with a noun whose plural does not end in `s`: `2 people`.
pub fn count_of(number: u64, singular: &str, plural: &str) -> String {
    if number == 1 { format!("1 {singular}") } else { format!("{} {plural}", thousands(number)) }
}

/// Bytes in decimal units with three significant digits at most: `812 B`, `81.2 kB`, `1.25 GB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let bytes = u128::from(bytes);
    // Each figure is rounded once, from the bytes; a figure that would round to 1000 goes to the next unit.
    let in_parts = |unit: u128, parts: u128| (bytes * parts + unit / 2) / unit;
    let (mut unit, mut name) = (1000, 0);
    while in_parts(unit, 1) >= 1000 && name + 1 < UNITS.len() {
        unit *= 1000;
        name += 1;
    }
    let (hundredths, tenths) = (in_parts(unit, 100), in_parts(unit, 10));
    if hundredths < 1000 {
        format!("{}.{:02} {}", hundredths / 100, hundredths % 100, UNITS[name])
    } else if tenths < 1000 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[name])
    } else {
        format!("{} {}", in_parts(unit, 1), UNITS[name])
    }
}

/// A length of time with its two largest units: `0.8 s`, `12 s`, `2 min 05 s`, `7 h 03 min`, `2 d 04 h`.
pub fn duration(length: Duration) -> String {
    let seconds = length.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    if days > 0 {
        format!("{days} d {hours:02} h")
    } else if hours > 0 {
        format!("{hours} h {minutes:02} min")
    } else if minutes > 0 {
        format!("{minutes} min {:02} s", seconds % 60)
    } else if seconds >= 10 {
        format!("{seconds} s")
    } else {
        format!("{}.{} s", seconds, length.subsec_millis() / 100)
    }
}

/// A share with one decimal, rounded down so that 100.0 % means all: `62.1 %`. Nothing of nothing is all.
pub fn percent(part: u64, whole: u64) -> String {
    let tenths = if whole == 0 { 1000 } else { u128::from(part) * 1000 / u128::from(whole) };
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// `words` in lines of at most `width` letters, broken at spaces; a longer word stays whole.
pub fn broken(words: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// How a column of a table stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Figures.
    Right,
}

/// Lays out `rows` in columns, two spaces apart, without trailing spaces, a line each. A row may have fewer cells than
/// there are columns; `align` names the columns from the left, and columns beyond it stand left.
pub fn columns(rows: &[Vec<String>], align: &[Align]) -> String {
    let width_of = |cell: &str| cell.chars().count();
    let mut widths = Vec::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            if column == widths.len() {
                widths.push(0);
            }
            widths[column] = widths[column].max(width_of(cell));
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let gap = if column == 0 { "" } else { "  " };
            let pad = " ".repeat(widths[column] - width_of(cell));
            line.push_str(gap);
            if align.get(column) == Some(&Align::Right) {
                line.push_str(&pad);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&pad);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The one of `candidates` that `name` was most likely meant to be, or nothing if none is near.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Below this similarity a suggestion misleads more often than it helps; found by trying typing errors.
    const NEAR: f64 = 0.75;
    /// A word of three or more letters of which two have changed places, or one is wrong, is near.
    const ONE_SLIP: f64 = 0.76;
    let name = name.to_lowercase().replace('_', "-");
    let similarity = |candidate: &str| {
        let slipped = name.len() >= 3 && strsim::osa_distance(&name, candidate) == 1;
        strsim::jaro_winkler(&name, candidate).max(if slipped { ONE_SLIP } else { 0.0 })
    };
    candidates
        .into_iter()
        .map(|candidate| (similarity(&candidate.to_lowercase().replace('_', "-")), candidate))
        .filter(|(similarity, _)| *similarity >= NEAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_easily() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1000), "1,000");
        assert_eq!(thousands(50_214_007), "50,214,007");
        assert_eq!(count(1, "ticket"), "1 ticket");
        assert_eq!(count(0, "ticket"), "0 tickets");
        assert_eq!(count(31_204, "call"), "31,204 calls");
        assert_eq!(count_of(2, "person", "people"), "2 people");
        assert_eq!(count_of(1, "person", "people"), "1 person");
    }

    #[test]
    fn sizes_change_unit_where_three_digits_end() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.00 kB"),
            (81_234, "81.2 kB"),
            (812_340, "812 kB"),
            (999_499, "999 kB"),
            (999_500, "1.00 MB"),
            (999_499_999, "999 MB"),
            (9_994_999, "9.99 MB"),
            (9_995_000, "10.0 MB"),
            (1_250_000_000, "1.25 GB"),
            (u64::MAX, "18447 PB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn durations_have_two_units() {
        for (milliseconds, text) in [
            (0, "0.0 s"),
            (850, "0.8 s"),
            (12_300, "12 s"),
            (125_000, "2 min 05 s"),
            (3_600_000, "1 h 00 min"),
            (25_380_000, "7 h 03 min"),
            (187_200_000, "2 d 04 h"),
        ] {
            assert_eq!(duration(Duration::from_millis(milliseconds)), text);
        }
    }

    #[test]
    fn a_share_is_never_rounded_up_to_all() {
        assert_eq!(percent(31_204, 50_214), "62.1 %");
        assert_eq!(percent(99_999, 100_000), "99.9 %");
        assert_eq!(percent(7, 7), "100.0 %");
        assert_eq!(percent(0, 0), "100.0 %");
        assert_eq!(percent(u64::MAX, u64::MAX), "100.0 %");
    }

    #[test]
    fn columns_stand_straight_with_letters_of_any_kind() {
        let rows = [["Zoë", "7"], ["Bo", "1,204"]].map(|row| row.map(String::from).to_vec());
        assert_eq!(columns(&rows, &[Align::Left, Align::Right]), "Zoë      7\nBo   1,204\n");
        assert_eq!(columns(&[vec!["a".into()], vec![]], &[]), "a\n\n");
    }

    #[test]
    fn the_nearest_name_is_near() {
        let names = ["limit", "reserve", "settle_seconds"];
        assert_eq!(nearest("limt", names), Some("limit"));
        assert_eq!(nearest("Settle-Second", names), Some("settle_seconds"));
        assert_eq!(nearest("colour", names), None);
        assert_eq!(nearest("", names), None);
    }

    proptest::proptest! {
        #[test]
        fn thousands_keeps_the_number(number: u64) {
            proptest::prop_assert_eq!(thousands(number).replace(',', ""), number.to_string());
        }

        #[test]
        fn sizes_are_short_and_never_panic(bytes: u64) {
            proptest::prop_assert!(size(bytes).len() <= 8);
        }
    }
}
