//! Pages of cursor lists.

use serde::Deserialize;

use super::tolerant;

/// One page of a list.
#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    /// The items, at most 100.
    #[serde(default = "Vec::new", deserialize_with = "tolerant::list")]
    #[serde(bound(deserialize = "T: Deserialize<'de>"))]
    pub data: Vec<T>,
    /// Where the next page is. Lists that are not paged have none.
    pub meta: Option<PageMeta>,
}

/// Cursors of a page. They expire and must not be stored (Gorgias's changelog).
#[derive(Clone, Debug, Default, Deserialize)]
pub struct PageMeta {
    /// The page before.
    pub prev_cursor: Option<String>,
    /// The page after; `None` at the end.
    pub next_cursor: Option<String>,
    /// Number of items in all; Gorgias has been seen to leave it `null`.
    #[serde(default, deserialize_with = "tolerant::integer")]
    pub total_resources: Option<u64>,
}

impl<T> List<T> {
    /// The cursor of the page after this one.
    pub fn next_cursor(&self) -> Option<&str> {
        self.meta.as_ref()?.next_cursor.as_deref().filter(|cursor| !cursor.is_empty())
    }
}
