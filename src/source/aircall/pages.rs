//! Whether all pages of the API's answers are there, by what each says of the query that it is a page of.
//!
//! A page that has links tells its query; such a query needs all its pages, however often each came. Where links were
//! thrown away, only one thing is sure: there are no fewer calls than the largest query counted.

use std::collections::{BTreeMap, HashMap};

use super::api::Object;

/// Most queries that are told apart, and most pages of one. Aircall stops after 10,000 calls, twenty to a page.
const QUERIES_MAX: usize = 10_000;
const PAGES_MAX: usize = 10_000;

/// What in a link does not tell one query from another.
const OF_PAGE: &[&str] = &["page", "per_page"];

/// Pages of one query.
#[derive(Debug, Default)]
struct Query {
    /// Calls by the number of the page.
    calls: BTreeMap<u64, u64>,
    /// Calls that it has in all. Some may be added while the pages are fetched, so the smallest number counts.
    total: u64,
}

/// The pages seen.
#[derive(Debug, Default)]
pub(super) struct Pages {
    queries: HashMap<blake3::Hash, Query>,
    largest: u64,
}

impl Pages {
    /// Takes note of a page by its `meta`.
    pub(super) fn see(&mut self, meta: &Object<'_>) {
        let count = |field: &str| meta.text(field)?.parse::<u64>().ok();
        let Some(total) = count("total") else { return };
        self.largest = self.largest.max(total);
        let link = meta.whole("next_page_link").or_else(|| meta.whole("previous_page_link"));
        let (Some(link), Some(page), Some(calls)) = (link, count("current_page"), count("count")) else {
            return;
        };
        let key = blake3::hash(query_of(&link).as_bytes());
        if self.queries.len() >= QUERIES_MAX && !self.queries.contains_key(&key) {
            return;
        }
        let query = self.queries.entry(key).or_insert_with(|| Query { total, ..Query::default() });
        query.total = query.total.min(total);
        if query.calls.len() < PAGES_MAX || query.calls.contains_key(&page) {
            let known = query.calls.entry(page).or_default();
            *known = calls.max(*known);
        }
    }

    /// What is missing, as calls that are there and calls that Aircall counted: of each query that lacks pages, else of
    /// all of them, of which `read` calls were read, each once.
    pub(super) fn missing(&self, read: u64) -> Vec<(u64, u64)> {
        let queries = self.queries.values().map(|query| (query.calls.values().sum(), query.total));
        let mut missing: Vec<(u64, u64)> = queries.filter(|(there, total)| there < total).collect();
        missing.sort_unstable();
        if missing.is_empty() && read < self.largest {
            missing.push((read, self.largest));
        }
        missing
    }
}

/// A link without what tells one page from another.
fn query_of(link: &str) -> String {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let mut fields: Vec<&str> = query
        .split('&')
        .filter(|field| !OF_PAGE.contains(&field.split('=').next().unwrap_or_default()))
        .collect();
    fields.sort_unstable();
    format!("{path}?{}", fields.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_one_query_differ_in_their_page_alone() {
        let base = "https://api.aircall.io/v1/calls?";
        let of = |fields: &str| query_of(&format!("{base}{fields}"));
        assert_eq!(of("page=2&per_page=50&from=1&to=2"), of("to=2&from=1&page=17"));
        assert_ne!(of("page=2&from=1"), of("page=2&from=2"));
        assert_eq!(query_of("https://api.aircall.io/v1/calls"), of("page=2"));
    }
}
