//! Tickets and messages by month.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use crate::model::conversation::Side;

/// What lies before this year is one row: help desks did not exist yet, and a damaged year must not make a million rows.
const FIRST_YEAR: i16 = 1995;

/// Messages of the future are refused; tickets may be dated by a clock that is wrong, up to here.
const LAST_YEAR: i16 = 2100;

/// Where a row has no month of its own.
pub(in crate::report) const EARLIER: &str = "earlier";

/// One month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// `2021-04`, or `earlier` for all before 1995.
    pub month: String,
    /// Tickets created.
    pub tickets: u64,
    /// Messages from customers.
    pub customer: u64,
    /// Messages from the company.
    pub agent: u64,
    /// Internal notes.
    pub note: u64,
}

impl Month {
    /// All messages.
    pub fn messages(&self) -> u64 {
        self.customer + self.agent + self.note
    }
}

/// A row for each month since the first year; the very first is for what lies before.
#[derive(Default)]
pub(super) struct Months(Vec<[u64; 4]>);

impl Months {
    pub(super) fn ticket(&mut self, at: Timestamp) {
        self.row(at)[0] += 1;
    }

    pub(super) fn message(&mut self, at: Timestamp, side: Side) {
        let column = match side {
            Side::Customer => 1,
            Side::Agent => 2,
            Side::Note => 3,
        };
        self.row(at)[column] += 1;
    }

    fn row(&mut self, at: Timestamp) -> &mut [u64; 4] {
        let date = Offset::UTC.to_datetime(at).date();
        let row = if date.year() < FIRST_YEAR {
            0
        } else {
            let years = usize::from((date.year().min(LAST_YEAR) - FIRST_YEAR).unsigned_abs());
            years * 12 + usize::from(date.month().unsigned_abs())
        };
        if row >= self.0.len() {
            self.0.resize(row + 1, [0; 4]);
        }
        &mut self.0[row]
    }

    /// The months from the first to the last that hold something.
    pub(super) fn list(&self) -> Vec<Month> {
        let is_used = |row: &[u64; 4]| row.iter().any(|number| *number > 0);
        let listed = |(at, row): (usize, &[u64; 4])| Month {
            month: name(at),
            tickets: row[0],
            customer: row[1],
            agent: row[2],
            note: row[3],
        };
        let earlier = self.0.iter().take(1).filter(|row| is_used(row)).map(|row| listed((0, row)));
        let dated = self.0.iter().enumerate().skip(1).skip_while(|(_, row)| !is_used(row)).map(listed);
        earlier.chain(dated).collect()
    }
}

fn name(row: usize) -> String {
    match row.checked_sub(1) {
        None => EARLIER.to_owned(),
        Some(months) => {
            format!("{}-{:02}", usize::from(FIRST_YEAR.unsigned_abs()) + months / 12, months % 12 + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_no_gaps_and_odd_years_no_rows_of_their_own() {
        let mut months = Months::default();
        let at = |text: &str| text.parse().unwrap();
        months.ticket(at("2021-11-30T23:59:59Z"));
        months.message(at("2022-01-01T00:00:00Z"), Side::Note);
        months.message(at("0012-01-01T00:00:00Z"), Side::Customer);
        let rows: Vec<(String, u64, u64)> =
            months.list().into_iter().map(|row| (row.month.clone(), row.tickets, row.messages())).collect();
        let row = |month: &str, tickets, messages| (month.to_owned(), tickets, messages);
        assert_eq!(
            rows,
            [row("earlier", 0, 1), row("2021-11", 1, 0), row("2021-12", 0, 0), row("2022-01", 0, 1)]
        );
        months.ticket(at("9000-05-01T00:00:00Z"));
        assert_eq!(months.list().last().unwrap().month, "2100-05");
        assert!(Months::default().list().is_empty());
    }
}
