//! The ticket that a file is about, by its path, and how surely.

use std::collections::{BTreeSet, HashMap};

/// How many tickets there have to be for each number that is none, if numbers from 1 on are to be tickets: a deleted one
/// may be missing in the list of tickets.
const TICKETS_FOR_EACH: usize = 9;

/// A ticket that a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PathTicket {
    /// The ticket.
    pub(super) ticket: i64,
    /// The paths that differ from this one in this number alone, by a hash. Nothing where the path leaves no doubt that
    /// the number is a ticket's; elsewhere it may count pages, or be a year.
    pub(super) series: Option<u64>,
}

/// The ticket that a file is about by its path, as makers of their own dumps lay them out: `tickets/501/comments.json`,
/// `audits/501.json`. Comments of the API do not name their ticket.
pub(super) fn ticket_in_path(file: &str) -> Option<PathTicket> {
    let names: Vec<&str> = file.split(['/', '\\', '!']).filter(|name| !name.is_empty()).collect();
    // `tickets/501/88001/comment.json` holds two numbers, and the first is the ticket.
    let is_folder = |name: &str| is_one_of(name, &["tickets", "ticket"]);
    let below = names.windows(2).rev().find_map(|pair| number(pair[1]).filter(|_| is_folder(pair[0])));
    if let Some(ticket) = below.or_else(|| paged(&names)) {
        return Some(PathTicket { ticket, series: None });
    }
    let pages = |index: usize| index > 0 && is_one_of(names[index - 1], &["pages", "page"]);
    let (index, ticket) = (0..names.len())
        .rev()
        .filter(|index| !pages(*index))
        .find_map(|index| Some((index, number(names[index])?)))?;
    Some(PathTicket { ticket, series: Some(series(&names, index)) })
}

fn number(name: &str) -> Option<i64> {
    let stem = name.split('.').next().filter(|stem| !stem.is_empty())?;
    stem.parse().ok().filter(|_| stem.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The ticket of pages that lie below its folder: `501/comments/1.json` is the first page of ticket 501. A folder may
/// also be a year (`2024/comments/501.json`); then the file is the ticket.
fn paged(names: &[&str]) -> Option<i64> {
    let [.., folder, list, file] = names else { return None };
    let ticket = number(folder).filter(|number| !(1990..=2100).contains(number))?;
    number(file).filter(|_| is_one_of(list, &["comments", "audits", "events", "pages"])).map(|_| ticket)
}

fn is_one_of(name: &str, words: &[&str]) -> bool {
    words.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// The path without its number. Endings do not matter: `1.json` and `2.json.gz` are of one series.
fn series(names: &[&str], index: usize) -> u64 {
    let rest: Vec<&str> =
        names.iter().enumerate().map(|(at, name)| if at == index { "#" } else { *name }).collect();
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&blake3::hash(rest.join("/").as_bytes()).as_bytes()[..8]);
    u64::from_le_bytes(bytes)
}

/// The series that count something else than tickets: their numbers are 1 to n, or 0 to n, and too many of them are no
/// tickets. Comments must not reach a ticket by a number that is the number of a page.
#[derive(Debug, Default)]
pub(super) struct Series {
    numbers: HashMap<u64, BTreeSet<i64>>,
    counting: BTreeSet<u64>,
}

impl Series {
    /// Notes that records depend on the number in their path.
    pub(super) fn note(&mut self, path: PathTicket) {
        if let Some(series) = path.series {
            self.numbers.entry(series).or_default().insert(path.ticket);
        }
    }

    /// Decides, once everything has been read.
    pub(super) fn settle(&mut self, is_ticket: impl Fn(i64) -> bool) {
        let counts = |numbers: &BTreeSet<i64>| {
            let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return false };
            let is_run = usize::try_from(last - first).is_ok_and(|steps| steps + 1 == numbers.len());
            let tickets = numbers.iter().filter(|number| is_ticket(**number)).count();
            *first <= 1 && is_run && (numbers.len() - tickets) * TICKETS_FOR_EACH > tickets
        };
        let all = std::mem::take(&mut self.numbers);
        self.counting =
            all.into_iter().filter(|(_, numbers)| counts(numbers)).map(|(series, _)| series).collect();
    }

    /// The ticket of a path, unless its number counts something else.
    pub(super) fn ticket(&self, path: PathTicket) -> Option<i64> {
        let counts = path.series.is_some_and(|series| self.counting.contains(&series));
        (!counts).then_some(path.ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_in_paths() {
        for (path, ticket, sure) in [
            ("dump/tickets/501/comments.json", Some(501), true),
            ("dump.zip!audits/501.json", Some(501), false),
            ("dump/2024/comments.json", Some(2024), false),
            ("dump/comments.json", None, false),
            ("export_2024_01_02.json", None, false),
            ("data/tickets/501/88001/comment.json", Some(501), true),
            ("1/tickets/501.json", Some(501), true),
            ("dump/501/comments/1.json", Some(501), true),
            ("dump.zip!501/audits/2.json", Some(501), true),
            ("2024/comments/501.json", Some(501), false),
            ("dump/comments/pages/3.json", None, false),
            ("tickets/501/comments/pages/3.json", Some(501), true),
        ] {
            let found = ticket_in_path(path);
            assert_eq!(found.map(|found| found.ticket), ticket, "{path}");
            assert_eq!(found.is_some_and(|found| found.series.is_none()), sure, "{path}");
        }
    }

    #[test]
    fn numbers_from_one_on_that_are_no_tickets_count_something_else() {
        let taken = |paths: &[&str], tickets: &[i64]| -> Vec<Option<i64>> {
            let paths: Vec<PathTicket> = paths.iter().map(|path| ticket_in_path(path).unwrap()).collect();
            let mut series = Series::default();
            for path in &paths {
                series.note(*path);
            }
            series.settle(|id| tickets.contains(&id));
            paths.iter().map(|path| series.ticket(*path)).collect()
        };
        let pages = ["c/1.json", "c/2.json", "c/3.json"];
        assert_eq!(taken(&pages, &[1, 2]), [None; 3], "3 is no ticket");
        assert_eq!(taken(&pages, &[1, 2, 3]), [Some(1), Some(2), Some(3)]);
        let names: Vec<String> = (1..=20).map(|number| format!("c/{number}.json")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let all_but = |missing: &[i64]| (1..=20).filter(|id| !missing.contains(id)).collect::<Vec<i64>>();
        assert_eq!(taken(&names, &all_but(&[7, 9]))[0], Some(1), "two were deleted");
        assert_eq!(taken(&names, &all_but(&[7, 8, 9]))[0], None);
        assert_eq!(taken(&["c/0.json", "c/1.json"], &[1]), [None; 2]);
        assert_eq!(taken(&["c/1.json"], &[7]), [None]);
        assert_eq!(taken(&["c/1.json", "c/3.json"], &[1]), [Some(1), Some(3)], "of 3 there is no record");
        assert_eq!(taken(&["c/1.json", "tickets/2.json"], &[2]), [None, Some(2)]);
        assert_eq!(taken(&["a/1.json", "b/2.json.gz"], &[2]), [None, Some(2)], "two folders, two series");
    }
}
