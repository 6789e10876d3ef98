//! Figures and sentences as people read them: counts, sizes, durations, columns. Only formatting, no facts.

/// A number with its thousands set apart: `50,214`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 ticket`, `212 messages`.
pub(crate) fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Seconds in the two units that matter: `45 s`, `7 min`, `7 h 10 min`, `3 days 4 h`.
pub(crate) fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds.div_ceil(60), seconds / 3600, seconds / 86_400);
    match seconds {
        0..=99 => format!("{seconds} s"),
        100..=3_540 => format!("{minutes} min"),
        3_541..=86_399 => pair(minutes / 60, "h", minutes % 60, "min"),
        _ => pair(days, if days == 1 { "day" } else { "days" }, hours % 24, "h"),
    }
}

fn pair(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

/// Tenths of a percent, rounded down, so that 100.0 % means all: `62.1 %`.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    let tenths = if whole == 0 { 1000 } else { u128::from(part.min(whole)) * 1000 / u128::from(whole) };
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// `text` with everything that could steer a terminal or turn its letters around replaced by `·`, on one line.
/// File names and answers of servers come from outside.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if steers(c) { '·' } else { c }).collect()
}

fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Columns that `text` takes in a terminal: wide East Asian letters and pictures take two.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(char_columns).sum()
}

fn char_columns(c: char) -> usize {
    match c {
        '\u{0300}'..='\u{036f}' | '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// `text` in at most `width` columns, with `…` where its end was cut.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += char_columns(c);
        if used + 1 > width {
            break;
        }
        kept.push(c);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// `text` in at most `width` columns, with `…` where its start was cut: the end of a path says more.
pub(crate) fn cut_start(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let backwards: String = text.chars().rev().collect();
    cut(&backwards, width).chars().rev().collect()
}

/// `text` broken at spaces into lines of at most `width` columns, the second and later ones indented by `indent`.
/// A single word that is longer than a line stays whole, so that it can be copied.
pub(crate) fn wrap(text: &str, width: usize, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut is_blank = true;
    for word in text.split_whitespace() {
        if !is_blank && columns(&line) + 1 + columns(word) > width {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            is_blank = true;
        }
        if !is_blank {
            line.push(' ');
        }
        line.push_str(word);
        is_blank = false;
    }
    if !is_blank {
        lines.push(line);
    }
    lines
}

/// The parts that fit into `width` columns, in their order, joined by `separator`. Later parts matter less and are
/// dropped first; the first one is always kept, cut if need be.
pub(crate) fn fitting<S: AsRef<str>>(parts: &[S], separator: &str, width: usize) -> String {
    let mut text = String::new();
    for (at, part) in parts.iter().map(AsRef::as_ref).enumerate() {
        if at == 0 {
            text = cut(part, width);
        } else if columns(&text) + columns(separator) + columns(part) <= width {
            text.push_str(separator);
            text.push_str(part);
        }
    }
    text
}

/// Rows as columns two spaces apart: the first is set left, the others right. Lines have no trailing spaces.
pub(crate) fn table(rows: &[Vec<String>]) -> Vec<String> {
    let wide = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..wide)
        .map(|at| {
            rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(cell)).max().unwrap_or_default()
        })
        .collect();
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let padding = " ".repeat(width - columns(cell));
                match at {
                    0 => line = format!("{cell}{padding}"),
                    _ => line = format!("{line}  {padding}{cell}"),
                }
            }
            line.trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_commas() {
        assert_eq!([0, 999, 1_000, 50_214, 1_234_567].map(count).join(" "), "0 999 1,000 50,214 1,234,567");
        assert_eq!(plural(1, "ticket", "tickets"), "1 ticket");
        assert_eq!(plural(0, "ticket", "tickets"), "0 tickets");
    }

    #[test]
    fn durations_have_two_units() {
        let seconds = [0, 6, 99, 100, 3_540, 3_541, 3_600, 25_800, 86_399, 86_400, 273_600];
        assert_eq!(
            seconds.map(duration).join("; "),
            "0 s; 6 s; 99 s; 2 min; 59 min; 1 h; 1 h; 7 h 10 min; 24 h; 1 day; 3 days 4 h"
        );
    }

    #[test]
    fn shares_never_round_up() {
        assert_eq!(percent(49_999, 50_000), "99.9 %");
        assert_eq!(percent(5, 5), "100.0 %");
        assert_eq!(percent(0, 0), "100.0 %");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(plain("a\u{1b}[31m\nb\u{202e}c"), "a·[31m·b·c");
    }

    #[test]
    fn cutting_keeps_within_the_width() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut_start("exports/zendesk/tickets.json", 12), "…ickets.json");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(fitting(&["tickets 40", "created 3", "x"], "  ", 14), "tickets 40  x");
    }

    #[test]
    fn wrapped_lines_keep_within_the_width() {
        assert_eq!(wrap("one two three four", 9, 2), ["one two", "  three", "  four"]);
        assert_eq!(wrap("  ", 9, 2), Vec::<String>::new());
        assert_eq!(wrap("unbreakablelongword a", 5, 1), ["unbreakablelongword", " a"]);
    }

    proptest::proptest! {
        #[test]
        fn cut_never_exceeds(text in "\\PC{0,30}", width in 0_usize..30) {
            proptest::prop_assert!(columns(&cut(&text, width)) <= width);
            proptest::prop_assert!(columns(&cut_start(&text, width)) <= width);
        }
    }
}
