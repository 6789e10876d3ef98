//! Pages of the API: whose ticket their elements are, and whether the set that a page belongs to has its last page.
//!
//! A set is a request without its paging: all pages of `/api/v2/tickets/501/comments`, however many files they lie in.
//! A set is whole if one of its pages says that it is the last; that the pages before are there is not checked.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::recognise::{Keys, LISTS};
use crate::model::finding::{Code, Finding, Place};

/// Parts of an address that say which page it is, or how much is on it, and not what it is about.
const PAGING: &[&str] =
    &["page", "per_page", "cursor", "start_time", "include", "sort", "sort_by", "sort_order"];

/// Records on a full page of the time-based incremental export; the last page has fewer (reference 2.1).
const FULL_PAGE: i64 = 1_000;

/// What a page says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The set, by a hash of its address, and the path of the address.
    set: Option<(u64, Box<str>)>,
    /// The list that it holds.
    list: &'static str,
    /// True for the last one of its set, false for one that others follow.
    is_last: bool,
    /// The set is about one ticket.
    is_of_ticket: bool,
}

/// The ticket that the elements of a wrapper belong to, if the wrapper names it.
pub(super) fn ticket(keys: &Keys<'_>) -> Option<i64> {
    let named = || keys.integer("ticket_id").or_else(|| keys.integer("ticket"));
    let around = || {
        let ticket: Keys<'_> = serde_json::from_slice(keys.object("ticket")?).ok()?;
        ticket.integer("id")
    };
    named().or_else(around).or_else(|| addresses(keys).iter().find_map(|url| ticket_in_address(url)))
}

/// `501` of `https://acme.zendesk.com/api/v2/tickets/501/comments.json?page=2`.
fn ticket_in_address(url: &str) -> Option<i64> {
    let rest = url.split_once("/tickets/")?.1;
    let (id, rest) = rest.split_once('/')?;
    let is_list = ["comments", "audits", "conversation_log", "side_conversations"]
        .iter()
        .any(|list| rest.starts_with(list));
    id.parse().ok().filter(|_| is_list)
}

/// The addresses of the pages before and after.
fn addresses(keys: &Keys<'_>) -> Vec<String> {
    let links: Option<Keys<'_>> = keys.object("links").and_then(|links| serde_json::from_slice(links).ok());
    let outer = ["next_page", "previous_page", "after_url", "before_url"].map(|key| keys.text(key));
    let inner = ["next", "prev"].map(|key| links.as_ref().and_then(|links| links.text(key)));
    outer.into_iter().chain(inner).flatten().filter(|url| !url.is_empty()).collect()
}

impl Page {
    /// The ticket that a wrapper names, and what it says of its set, if it is a page of one.
    pub(super) fn of(record: &[u8]) -> Option<(Option<i64>, Option<Self>)> {
        let keys: Keys<'_> = serde_json::from_slice(record).ok()?;
        let addresses = addresses(&keys);
        let page = is_last(&keys).map(|is_last| Self {
            is_last,
            is_of_ticket: addresses.iter().any(|url| ticket_in_address(url).is_some()),
            set: addresses.first().map(|url| set(url)),
            list: LISTS.iter().find(|list| keys.has(list)).copied().unwrap_or_default(),
        });
        Some((ticket(&keys), page))
    }
}

/// Whether a page is the last one of its set; nothing for a wrapper that is no page.
fn is_last(keys: &Keys<'_>) -> Option<bool> {
    let flag = |keys: &Keys<'_>, key: &str| keys.value(key).and_then(|value| value.parse::<bool>().ok());
    let inner = |key: &str| keys.object(key).and_then(|inner| serde_json::from_slice::<Keys<'_>>(inner).ok());
    if let Some(is_end) = flag(keys, "end_of_stream") {
        return Some(is_end);
    }
    if let Some(has_more) = inner("meta").and_then(|meta| flag(&meta, "has_more")) {
        return Some(!has_more);
    }
    let next = keys.has("next_page").then(|| keys.text("next_page"));
    let next =
        next.or_else(|| inner("links").filter(|links| links.has("next")).map(|links| links.text("next")));
    let is_short = keys.integer("count").is_some_and(|count| count < FULL_PAGE);
    match next? {
        Some(url) if url.contains("/incremental/") => Some(is_short),
        Some(url) => Some(url.is_empty()),
        None => Some(true),
    }
}

/// The set of an address: a hash of the address without its paging, and its path.
fn set(url: &str) -> (u64, Box<str>) {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let path = path.split_once("/api/").map_or(path, |(_, path)| path).trim_end_matches(".json");
    let mut kept: Vec<&str> = query
        .split('&')
        .filter(|part| {
            let name = part.split(['=', '[', '%']).next().unwrap_or_default();
            !part.is_empty() && !PAGING.contains(&name)
        })
        .collect();
    kept.sort_unstable();
    let hash = blake3::hash(format!("{path}?{}", kept.join("&")).as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash.as_bytes()[..8]);
    // Paths hold ids and words; whatever else somebody put there is not shown.
    let plain = |c: &char| c.is_ascii_alphanumeric() || "/_-.".contains(*c);
    (u64::from_le_bytes(bytes), path.chars().filter(plain).take(80).collect())
}

/// All sets of pages of an export.
#[derive(Debug, Default)]
pub(super) struct Sets {
    whole: HashSet<u64>,
    going_on: HashMap<u64, (Box<str>, Arc<str>)>,
    /// Folders and lists with a last page that does not say of which set, because it is the only one.
    unnamed: HashSet<(Box<str>, &'static str)>,
    /// The list of each set that goes on and is not about one ticket.
    lists: HashMap<u64, &'static str>,
}

impl Sets {
    /// Takes a page that stands in `file`.
    pub(super) fn add(&mut self, page: Page, file: &Arc<str>) {
        match page.set {
            Some((set, _)) if page.is_last => drop(self.whole.insert(set)),
            Some((set, path)) => {
                // The last file by name, so that the order of reading decides nothing.
                let known = self.going_on.entry(set).or_insert_with(|| (path, Arc::clone(file)));
                if *file > known.1 {
                    known.1 = Arc::clone(file);
                }
                if !page.is_of_ticket {
                    self.lists.insert(set, page.list);
                }
            }
            None if page.is_last => drop(self.unnamed.insert((folder(file), page.list))),
            None => {}
        }
    }

    /// A finding for every set without a last page.
    pub(super) fn unfinished(&self) -> Vec<Finding> {
        let open = self.going_on.iter().filter(|(set, (_, file))| {
            let ended = self.lists.get(set).is_some_and(|list| self.unnamed.contains(&(folder(file), *list)));
            !self.whole.contains(set) && !ended
        });
        let open: BTreeSet<(&Arc<str>, &str)> = open.map(|(_, (path, file))| (file, &**path)).collect();
        open.into_iter()
            .map(|(file, path)| {
                Finding::at(Code::PagesUnfinished, &Place::file(file)).with_detail(format!("pages of {path}"))
            })
            .collect()
    }
}

fn folder(file: &str) -> Box<str> {
    file.rsplit_once(['/', '\\', '!']).map_or("", |(folder, _)| folder).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMENTS: &str = "https://acme.zendesk.com/api/v2/tickets/501/comments.json";

    fn unfinished(pages: &[(&str, String)]) -> Vec<(String, String)> {
        let mut sets = Sets::default();
        for (file, json) in pages {
            let (_, page) = Page::of(json.as_bytes()).unwrap();
            sets.add(page.unwrap(), &Arc::from(*file));
        }
        let named = |finding: Finding| (finding.place.unwrap().file.to_string(), finding.detail);
        sets.unfinished().into_iter().map(named).collect()
    }

    #[test]
    fn pages_name_their_ticket() {
        for json in [
            format!(r#"{{"comments":[],"next_page":"{COMMENTS}?page=2"}}"#),
            format!(r#"{{"next_page":null,"previous_page":"{COMMENTS}?page=1","comments":[]}}"#),
            format!(r#"{{"links":{{"prev":null,"next":"{COMMENTS}?page%5Bafter%5D=x"}},"comments":[]}}"#),
            r#"{"ticket_id":"501","comments":[]}"#.to_owned(),
            r#"{"ticket":{"id":501.0},"comments":[]}"#.to_owned(),
        ] {
            assert_eq!(ticket(&serde_json::from_str(&json).unwrap()), Some(501), "{json}");
        }
        for json in [
            r#"{"tickets":[],"next_page":"https://acme.zendesk.com/api/v2/tickets.json?page=2"}"#,
            r#"{"tickets":[],"next_page":"https://acme.zendesk.com/api/v2/tickets/501.json"}"#,
            r#"{"tickets":[],"next_page":"https://acme.zendesk.com/api/v2/tickets/501/metrics"}"#,
        ] {
            assert_eq!(ticket(&serde_json::from_str(json).unwrap()), None, "{json}");
        }
    }

    #[test]
    fn a_set_is_whole_if_one_page_says_so() {
        let more = format!(r#"{{"comments":[],"next_page":"{COMMENTS}?page=2","previous_page":null}}"#);
        let last = format!(r#"{{"comments":[],"next_page":null,"previous_page":"{COMMENTS}?page=1"}}"#);
        assert_eq!(unfinished(&[("b/2.json", last.clone()), ("a/1.json", more.clone())]), []);
        let expected = ("a/1.json".to_owned(), "pages of v2/tickets/501/comments".to_owned());
        assert_eq!(unfinished(&[("a/1.json", more.clone())])[0], expected);
        // The end of another ticket's comments is none of this one's.
        let only = r#"{"comments":[],"next_page":null,"previous_page":null}"#.to_owned();
        assert_eq!(unfinished(&[("a/1.json", more), ("a/2.json", only)]), [expected]);
    }

    #[test]
    fn cursors_and_incremental_exports() {
        let cursor = |more: bool| {
            format!(
                r#"{{"tickets":[],"meta":{{"has_more":{more}}},"links":{{"next":"https://a.zendesk.com/api/v2/tickets?page[after]={more}&page[size]=100"}}}}"#
            )
        };
        assert_eq!(unfinished(&[("1", cursor(true)), ("2", cursor(false))]), []);
        assert_eq!(unfinished(&[("1", cursor(true))]).len(), 1);
        let incremental = |end: &str| {
            format!(
                r#"{{"tickets":[],"after_url":"https://a.zendesk.com/api/v2/incremental/tickets/cursor.json?cursor={end}","end_of_stream":{end}}}"#
            )
        };
        assert_eq!(unfinished(&[("1", incremental("false")), ("2", incremental("true"))]), []);
        assert_eq!(unfinished(&[("1", incremental("false"))])[0].1, "pages of v2/incremental/tickets/cursor");
        // The time-based export of old has no mark of its end but a page that is not full.
        let timed = |count: u32| {
            format!(
                r#"{{"tickets":[],"count":{count},"next_page":"https://a.zendesk.com/api/v2/incremental/tickets.json?start_time={count}"}}"#
            )
        };
        assert_eq!(unfinished(&[("1", timed(1000)), ("2", timed(87))]), []);
        assert_eq!(unfinished(&[("1", timed(1000))]).len(), 1);
        // An end without any address ends what lies beside it.
        let end = r#"{"tickets":[],"next_page":null}"#.to_owned();
        assert_eq!(unfinished(&[("1", timed(1000)), ("2", end)]), []);
    }

    #[test]
    fn searches_for_different_things_are_different_sets_and_not_shown() {
        let page = |query: &str, next: bool| {
            let url = format!("\"https://a.zendesk.com/api/v2/search.json?query={query}&page=2\"");
            let (next, prev) = if next { (url.as_str(), "null") } else { ("null", url.as_str()) };
            format!(r#"{{"results":[],"next_page":{next},"previous_page":{prev}}}"#)
        };
        let open = unfinished(&[("1", page("kim%40example.com", true)), ("2", page("lee", false))]);
        assert_eq!(open, [("1".to_owned(), "pages of v2/search".to_owned())]);
        assert!(Page::of(br#"{"users":[]}"#).unwrap().1.is_none(), "a list without paging is no page");
    }
}
