//! Dates, durations, numbers and texts of cells, for fuzzing.

use jiff::tz::TimeZone;

use super::clock::{self, Written};
use super::number::{Number, line_and_number};
use super::text;
use crate::source::DateOrder;

/// A date and time as a cell holds it, in zones with and without summer time.
pub(crate) fn clock(cell: &str) {
    let mut written = vec![Written::read(cell)];
    if let Some((date, time)) = cell.split_once(',') {
        written.push(Written::read_two(date, time));
    }
    for written in written.into_iter().flatten() {
        for order in [None, Some(DateOrder::Dmy), Some(DateOrder::Mdy)] {
            let Ok(civil) = written.civil(order) else { continue };
            for zone in ["UTC", "Europe/Paris", "Australia/Lord_Howe"] {
                let zone = TimeZone::get(zone).expect("the table of zones is built in");
                // In a gap there is no instant; where there is one, the clocks showed that time.
                if let Some(instant) = clock::instant(civil, &zone) {
                    assert_eq!(zone.to_datetime(instant.at), civil, "another time than was written");
                }
            }
        }
    }
    if let Some(seconds) = clock::seconds(cell) {
        assert_eq!(clock::seconds(&seconds.to_string()), Some(seconds), "a duration changes");
        let after = clock::after(jiff::Timestamp::UNIX_EPOCH, seconds);
        assert!(
            after.is_some_and(|at| at >= jiff::Timestamp::UNIX_EPOCH),
            "a call that ends before it begins"
        );
    }
}

/// A number and the other texts of cells. No digit is invented.
pub(crate) fn number(cell: &str) {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let check = |number: &Number| {
        if let Some(known) = number.known() {
            assert!(digits(cell).contains(&digits(known)), "digits that are not in the cell");
            assert!((1..=15).contains(&digits(known).len()), "no phone number");
        }
    };
    check(&Number::read(cell));
    check(&line_and_number(cell).1);
    check(&Number::first(&[cell, "", cell]));
    for name in [text::name(cell), text::agent_name(cell)].into_iter().flatten() {
        assert!(!name.trim().is_empty() && !name.chars().any(char::is_control), "no name");
    }
    let comment = text::comment(cell);
    assert!(comment.is_none_or(|comment| !comment.trim().is_empty()), "a blank comment");
    drop((text::tags(cell), text::audio(cell)));
    for id in [text::id(cell), text::id_in_link(cell)].into_iter().flatten() {
        assert!(id > 0 && digits(cell).contains(&id.to_string()), "an id that is not in the cell");
    }
}
