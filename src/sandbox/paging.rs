//! Queries and lists: the parameters of a request, of which unknown ones are refused, the cursor, the envelope.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::Connection;
use rusqlite::types::Value as SqlValue;
use serde::Serialize;

use super::check::Problems;
use super::clock::Moment;
use super::reply::ApiError;

/// What a 400 about the query says.
const INVALID: &str = "Invalid query parameters.";
/// Items of a list, where the request does not say.
const LIMIT_DEFAULT: usize = 30;
/// The most items a list gives at once.
const LIMIT_MAX: usize = 100;
/// Longer cursors are nobody's.
const CURSOR_BYTES_MAX: usize = 512;

/// The query of a request.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    raw: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let raw = parts.uri.query().unwrap_or_default().to_owned();
        let axum::extract::Query(pairs) =
            axum::extract::Query::try_from_uri(&parts.uri).map_err(|_| ApiError::bad_request(INVALID))?;
        Ok(Self { pairs, raw })
    }
}

impl Params {
    /// The parameters of a query.
    #[cfg(test)]
    pub(crate) fn of(query: &str) -> Self {
        let uri = format!("/?{query}").parse().unwrap();
        let axum::extract::Query(pairs) = axum::extract::Query::try_from_uri(&uri).unwrap();
        Self { pairs, raw: query.into() }
    }

    /// Refuses parameters that are not in the list; `[]` and comparisons after a name are spelt out there.
    pub(crate) fn allow(&self, known: &[&str]) -> Result<(), ApiError> {
        let mut problems = Problems::default();
        for (key, _) in self.pairs.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            problems.add(key, "Unknown field.");
        }
        problems.into_result(INVALID)
    }

    /// The value of a parameter; a repeated one counts once, the last.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// All values of a parameter, its name with or without `[]`.
    pub(crate) fn all(&self, key: &str) -> Vec<&str> {
        let named = |name: &str| name == key || name.strip_suffix("[]") == Some(key);
        self.pairs.iter().filter(|(name, _)| named(name)).map(|(_, value)| value.as_str()).collect()
    }

    /// A whole number.
    pub(crate) fn integer(&self, key: &str) -> Result<Option<i64>, ApiError> {
        let read =
            |text: &str| text.parse().map_err(|_| ApiError::field(INVALID, key, "Not a valid integer."));
        self.get(key).map(read).transpose()
    }

    /// All values of a parameter as whole numbers.
    pub(crate) fn integers(&self, key: &str) -> Result<Vec<i64>, ApiError> {
        let read =
            |text: &&str| text.parse().map_err(|_| ApiError::field(INVALID, key, "Not a valid integer."));
        self.all(key).iter().map(read).collect()
    }

    /// True or false.
    pub(crate) fn boolean(&self, key: &str) -> Result<Option<bool>, ApiError> {
        match self.get(key) {
            None => Ok(None),
            Some("true" | "True" | "1") => Ok(Some(true)),
            Some("false" | "False" | "0") => Ok(Some(false)),
            Some(_) => Err(ApiError::field(INVALID, key, "Not a valid boolean.")),
        }
    }

    /// A date and time.
    pub(crate) fn moment(&self, key: &str) -> Result<Option<Moment>, ApiError> {
        let read = |text: &str| {
            Moment::read(text).ok_or_else(|| ApiError::field(INVALID, key, "Not a valid datetime."))
        };
        self.get(key).map(read).transpose()
    }

    /// The order and the page asked for. `orders` are the columns that may sort; the first is the default.
    pub(crate) fn listing(&self, orders: &[&'static str]) -> Result<Listing, ApiError> {
        let limit = match self.integer("limit")? {
            None => LIMIT_DEFAULT,
            Some(limit) => usize::try_from(limit)
                .ok()
                .filter(|limit| (1..=LIMIT_MAX).contains(limit))
                .ok_or_else(|| ApiError::field(INVALID, "limit", "Must be between 1 and 100."))?,
        };
        let asked = self.get("order_by");
        let (name, direction) =
            asked.and_then(|text| text.split_once(':')).unwrap_or((asked.unwrap_or_default(), "desc"));
        let column = match asked {
            None => orders.first().copied(),
            Some(_) => orders.iter().copied().find(|order| *order == name),
        };
        let column = column
            .filter(|_| matches!(direction, "asc" | "desc"))
            .ok_or_else(|| ApiError::field(INVALID, "order_by", "Not a valid choice."))?;
        let cursor = self
            .get("cursor")
            .filter(|text| !text.is_empty())
            .map(|text| {
                Cursor::read(text).ok_or_else(|| ApiError::field(INVALID, "cursor", "Invalid cursor."))
            })
            .transpose()?;
        Ok(Listing { column, descending: direction == "desc", limit, cursor })
    }

    /// The `uri` of a list: a bare `?` where there is no query, as recorded.
    pub(crate) fn uri(&self, path: &str) -> String {
        format!("{path}?{}", self.raw)
    }
}

/// Which part of a list, in which order.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    /// As the parameter names it.
    pub(crate) column: &'static str,
    pub(crate) descending: bool,
    pub(crate) limit: usize,
    pub(crate) cursor: Option<Cursor>,
}

/// A place in a list: base64 of `["next", "<datetime>", <id>]`, as recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    forward: bool,
    at: i64,
    id: i64,
}

impl Cursor {
    fn read(text: &str) -> Option<Self> {
        if text.len() > CURSOR_BYTES_MAX {
            return None;
        }
        let (direction, at, id): (String, String, i64) =
            serde_json::from_slice(&STANDARD.decode(text).ok()?).ok()?;
        let forward = match direction.as_str() {
            "next" => true,
            "prev" => false,
            _ => return None,
        };
        Some(Self { forward, at: Moment::read(&at)?.micros(), id })
    }

    fn write(self) -> String {
        let direction = if self.forward { "next" } else { "prev" };
        let at = Moment::from_micros(self.at).naive();
        STANDARD.encode(format!("[\"{direction}\", \"{at}\", {}]", self.id))
    }
}

/// Conditions of a list, with their values.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    conditions: Vec<String>,
    values: Vec<SqlValue>,
}

impl Filter {
    /// Adds a condition on one value, which stands as `?` in it.
    pub(crate) fn and(&mut self, condition: &str, value: impl Into<SqlValue>) {
        self.conditions.push(condition.to_owned());
        self.values.push(value.into());
    }

    /// Adds a condition without a value.
    pub(crate) fn plain(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    /// Adds "is one of"; an empty list adds nothing.
    pub(crate) fn one_of(&mut self, column: &str, values: Vec<SqlValue>) {
        if !values.is_empty() {
            self.conditions.push(format!("{column} IN ({})", vec!["?"; values.len()].join(", ")));
            self.values.extend(values);
        }
    }
}

/// A page: the ids on it, and the way on and back.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) ids: Vec<i64>,
    pub(crate) meta: Meta,
}

/// A list's cursors.
#[derive(Debug, Default, Serialize)]
#[expect(clippy::option_option, reason = "absent and null are different answers")]
pub(crate) struct Meta {
    pub(crate) prev_cursor: Option<String>,
    pub(crate) next_cursor: Option<String>,
    /// Null where the key is there, absent on older lists (customers).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total_resources: Option<Option<u64>>,
}

/// A list as it is answered.
#[derive(Debug, Serialize)]
pub(crate) struct List<T> {
    pub(crate) object: &'static str,
    pub(crate) uri: String,
    pub(crate) data: Vec<T>,
    pub(crate) meta: Meta,
}

impl<T> List<T> {
    pub(crate) fn new(uri: String, data: Vec<T>, meta: Meta) -> Self {
        Self { object: "list", uri, data, meta }
    }
}

/// Reads a page of a table that has the columns `id`, `created` and, where asked for, `updated`.
pub(crate) fn page(
    db: &Connection,
    table: &str,
    mut filter: Filter,
    listing: &Listing,
) -> Result<Page, ApiError> {
    let column = if listing.column == "updated_datetime" { "updated" } else { "created" };
    let forward = listing.cursor.is_none_or(|cursor| cursor.forward);
    // Walking back is walking forward in the opposite order, turned round at the end.
    let descending = listing.descending == forward;
    if let Some(cursor) = listing.cursor {
        let sign = if descending { "<" } else { ">" };
        filter.and(&format!("({column}, id) {sign} (?, {})", cursor.id), cursor.at);
    }
    let conditions =
        if filter.conditions.is_empty() { "1".to_owned() } else { filter.conditions.join(" AND ") };
    let direction = if descending { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT {column}, id FROM {table} WHERE {conditions} ORDER BY {column} {direction}, id {direction} LIMIT {}",
        listing.limit + 1
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement
        .query_map(rusqlite::params_from_iter(filter.values), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut found: Vec<(i64, i64)> = rows.collect::<Result<_, _>>()?;
    let more = found.len() > listing.limit;
    found.truncate(listing.limit);
    if !forward {
        found.reverse();
    }
    let (has_next, has_prev) = if forward { (more, listing.cursor.is_some()) } else { (true, more) };
    let cursor = |forward: bool, place: Option<&(i64, i64)>| {
        place.map(|(at, id)| Cursor { forward, at: *at, id: *id }.write())
    };
    let meta = Meta {
        prev_cursor: has_prev.then(|| cursor(false, found.first())).flatten(),
        next_cursor: has_next.then(|| cursor(true, found.last())).flatten(),
        total_resources: Some(None),
    };
    Ok(Page { ids: found.into_iter().map(|(_, id)| id).collect(), meta })
}

/// A page of a list that is in memory and sorted already.
pub(crate) fn page_of<T>(items: Vec<T>, listing: &Listing) -> (Vec<T>, Meta) {
    let start = listing.cursor.map_or(0, |cursor| usize::try_from(cursor.id).unwrap_or(0)).min(items.len());
    let end = (start + listing.limit).min(items.len());
    let place = |at: usize| Cursor { forward: true, at: 0, id: i64::try_from(at).unwrap_or(0) }.write();
    let meta = Meta {
        prev_cursor: (start > 0).then(|| place(start.saturating_sub(listing.limit))),
        next_cursor: (end < items.len()).then(|| place(end)),
        total_resources: Some(None),
    };
    (items.into_iter().skip(start).take(end - start).collect(), meta)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Params {
        let uri = format!("/api/tickets?{query}").parse().unwrap();
        let axum::extract::Query(pairs) = axum::extract::Query::try_from_uri(&uri).unwrap();
        Params { pairs, raw: query.into() }
    }

    #[test]
    fn the_recorded_cursor_is_read_and_written_alike() {
        let recorded = "WyJuZXh0IiwgIjIwMjYtMDgtMjZUMTg6Mzk6MjEuNTc4Mzc0IiwgMjE5MDk0MzQwNl0=";
        let cursor = Cursor::read(recorded).unwrap();
        assert_eq!((cursor.forward, cursor.id), (true, 2_190_943_406));
        assert_eq!(cursor.write(), recorded);
        for bad in ["", "x", "WyJ4Il0=", "////"] {
            assert!(Cursor::read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn unknown_parameters_are_refused() {
        assert!(params("status=open").allow(&["limit"]).is_err());
        assert!(params("limit=5").allow(&["limit"]).is_ok());
    }

    #[test]
    fn limits_and_orders() {
        let orders = ["created_datetime", "updated_datetime"];
        let listing = params("").listing(&orders).unwrap();
        assert_eq!((listing.column, listing.descending, listing.limit), ("created_datetime", true, 30));
        let listing = params("order_by=updated_datetime%3Aasc&limit=100").listing(&orders).unwrap();
        assert_eq!((listing.column, listing.descending, listing.limit), ("updated_datetime", false, 100));
        for bad in
            ["limit=0", "limit=101", "limit=x", "order_by=name", "order_by=created_datetime:up", "cursor=abc"]
        {
            assert!(params(bad).listing(&orders).is_err(), "{bad}");
        }
    }

    #[test]
    fn pages_cover_a_table_once_forwards_and_back() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, created INTEGER)").unwrap();
        for id in 0..10 {
            db.execute("INSERT INTO t VALUES (?1, ?2)", [id, id / 3]).unwrap();
        }
        let mut listing = params("limit=4").listing(&["created_datetime"]).unwrap();
        let mut seen = Vec::new();
        let last = loop {
            let page = page(&db, "t", Filter::default(), &listing).unwrap();
            seen.extend(page.ids.clone());
            match &page.meta.next_cursor {
                Some(next) => listing.cursor = Cursor::read(next),
                None => break page,
            }
        };
        assert_eq!(seen, vec![9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
        listing.cursor = Cursor::read(last.meta.prev_cursor.as_deref().unwrap());
        let back = page(&db, "t", Filter::default(), &listing).unwrap();
        assert_eq!(back.ids, vec![5, 4, 3, 2]);
        listing.cursor = Cursor::read(back.meta.prev_cursor.as_deref().unwrap());
        let first = page(&db, "t", Filter::default(), &listing).unwrap();
        assert_eq!((first.ids, first.meta.prev_cursor), (vec![9, 8, 7, 6], None));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_cursor_or_not_without_panic(text in ".{0,80}", inner in ".{0,40}") {
            let _: Option<Cursor> = Cursor::read(&text);
            let _: Option<Cursor> = Cursor::read(&STANDARD.encode(inner));
        }

        #[test]
        fn cursors_are_read_as_written(at in -60_000_000_000_000_000_i64..200_000_000_000_000_000, id in 0_i64..i64::MAX) {
            let cursor = Cursor { forward: true, at, id };
            proptest::prop_assert_eq!(Cursor::read(&cursor.write()), Some(cursor));
        }
    }
}
