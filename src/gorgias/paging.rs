//! Cursor lists, page by page.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use super::call::{Call, unreadable};
use super::client::Client;
use super::error::CallFailure;
use super::observer::EndpointKind;
use super::query::Query;
use super::wire::List;

/// The most that Gorgias gives in one page.
const PAGE_ITEMS_MAX: &str = "100";

/// The most that is gathered in memory by [`Pages::all`]: lists of users, tags, rules, not of customers.
const GATHERED_MAX: usize = 200_000;

/// A list that is read page by page. Cursors expire, so it must not be kept for long.
pub struct Pages<T> {
    client: Client,
    kind: EndpointKind,
    path: &'static str,
    query: Query,
    position: Position,
    item: PhantomData<fn() -> T>,
}

#[derive(Debug)]
enum Position {
    Start,
    At(String),
    End,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(super) fn new(client: &Client, kind: EndpointKind, path: &'static str, query: Query) -> Self {
        let query = query.with("limit", PAGE_ITEMS_MAX);
        Self { client: client.clone(), kind, path, query, position: Position::Start, item: PhantomData }
    }

    /// The next page, or `None` after the last one. After a failure the same page can be asked for again.
    pub async fn next_page(&mut self) -> Result<Option<Vec<T>>, CallFailure> {
        let cursor = match &self.position {
            Position::Start => None,
            Position::At(cursor) => Some(cursor.as_str()),
            Position::End => return Ok(None),
        };
        let query = self.query.clone().maybe("cursor", cursor).finish();
        let list: List<T> = self.client.line().call(&Call::get(self.kind, self.path, query)).await?;
        let next = match list.next_cursor() {
            // A list that leads back to itself would be read for ever.
            Some(next) if Some(next) == cursor => {
                return Err(unreadable("the list's next page is the same page"));
            }
            Some(next) => Position::At(next.to_owned()),
            None => Position::End,
        };
        self.position = next;
        Ok(Some(list.data))
    }

    /// All items of a list that is known to be short.
    pub async fn all(mut self) -> Result<Vec<T>, CallFailure> {
        let mut items = Vec::new();
        while let Some(page) = self.next_page().await? {
            items.extend(page);
            if items.len() > GATHERED_MAX {
                return Err(unreadable(format!("the list has more than {GATHERED_MAX} items")));
            }
        }
        Ok(items)
    }
}
