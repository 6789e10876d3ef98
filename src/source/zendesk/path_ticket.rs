//! The ticket that a file is about, by its path.

/// The ticket that a file is about by its path, as makers of their own dumps lay them out: `tickets/501/comments.json`,
/// `audits/501.json`. Comments of the API do not name their ticket.
pub(super) fn ticket_in_path(file: &str) -> Option<i64> {
    let names: Vec<&str> = file.split(['/', '\\', '!']).filter(|name| !name.is_empty()).collect();
    let id = |name: &str| -> Option<i64> {
        let stem = name.split('.').next().filter(|stem| !stem.is_empty())?;
        stem.parse().ok().filter(|_| stem.bytes().all(|byte| byte.is_ascii_digit()))
    };
    // `tickets/501/88001/comment.json` holds two numbers, and the first is the ticket.
    let is_folder = |name: &str| name.eq_ignore_ascii_case("tickets") || name.eq_ignore_ascii_case("ticket");
    let below = names.windows(2).rev().find_map(|pair| id(pair[1]).filter(|_| is_folder(pair[0])));
    below.or_else(|| paged(&names, id)).or_else(|| {
        let pages = |index: usize| index > 0 && is_one_of(names[index - 1], &["pages", "page"]);
        (0..names.len()).rev().filter(|index| !pages(*index)).find_map(|index| id(names[index]))
    })
}

/// The ticket of pages that lie below its folder: `501/comments/1.json` is the first page of ticket 501. A folder may
/// also be a year (`2024/comments/501.json`); then the file is the ticket.
fn paged(names: &[&str], id: impl Fn(&str) -> Option<i64>) -> Option<i64> {
    let [.., folder, list, file] = names else { return None };
    let ticket = id(folder).filter(|number| !(1990..=2100).contains(number))?;
    id(file).filter(|_| is_one_of(list, &["comments", "audits", "events", "pages"])).map(|_| ticket)
}

fn is_one_of(name: &str, words: &[&str]) -> bool {
    words.iter().any(|word| name.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_in_paths() {
        for (path, ticket) in [
            ("dump/tickets/501/comments.json", Some(501)),
            ("dump.zip!audits/501.json", Some(501)),
            ("dump/2024/comments.json", Some(2024)),
            ("dump/comments.json", None),
            ("export_2024_01_02.json", None),
            ("data/tickets/501/88001/comment.json", Some(501)),
            ("1/tickets/501.json", Some(501)),
            ("dump/501/comments/1.json", Some(501)),
            ("dump.zip!501/audits/2.json", Some(501)),
            ("2024/comments/501.json", Some(501)),
            ("dump/comments/pages/3.json", None),
            ("tickets/501/comments/pages/3.json", Some(501)),
        ] {
            assert_eq!(ticket_in_path(path), ticket, "{path}");
        }
    }
}
