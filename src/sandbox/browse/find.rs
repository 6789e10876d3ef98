//! Which tickets a page shows: filters, search, order, and the place to go on from.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension};

use crate::sandbox::reply::ApiError;

/// Tickets on a page.
pub(crate) const PAGE: usize = 50;
/// Tickets on the page of the odd ones.
const ODD_PAGE: usize = 20;
/// Counting ends here: nobody needs to know more exactly.
const COUNT_MAX: u64 = 10_000;
/// Words of a search that count.
const WORDS_MAX: usize = 12;
/// Up to so many hits of a search are looked up and sorted; where there are more, the list is walked and each ticket
/// looked up among the hits. Either way a page costs some ten milliseconds.
const HITS_FEW: u64 = 3_000;

/// Which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Status {
    /// All but the trash.
    #[default]
    Any,
    Open,
    Closed,
    Trash,
}

/// Assigned to whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Agent {
    #[default]
    Any,
    Nobody,
    User(i64),
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    #[default]
    Newest,
    Oldest,
    /// The oddest ones, without further pages.
    Odd,
}

/// A place in the list, between two tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Whether the page goes on after the place, or ends before it.
    pub(crate) forward: bool,
    pub(crate) at: i64,
    pub(crate) id: i64,
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) words: String,
    pub(crate) channel: Option<String>,
    pub(crate) status: Status,
    pub(crate) agent: Agent,
    pub(crate) tag: Option<i64>,
    pub(crate) remark: Option<String>,
    pub(crate) sort: Sort,
    pub(crate) cursor: Option<Cursor>,
}

/// A ticket that was found.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) at: i64,
    pub(crate) why: String,
}

/// A page of tickets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) entries: Vec<Entry>,
    /// How many there are in all.
    pub(crate) count: u64,
    /// Whether there are even more.
    pub(crate) more_than_count: bool,
    pub(crate) earlier: Option<Cursor>,
    pub(crate) later: Option<Cursor>,
}

/// Conditions with their values.
#[derive(Default)]
struct Conditions {
    texts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn and(&mut self, text: &str, value: impl Into<Value>) {
        self.texts.push(text.to_owned());
        self.values.push(value.into());
    }

    fn text(&self) -> String {
        if self.texts.is_empty() { "1".to_owned() } else { self.texts.join(" AND ") }
    }
}

/// Letters from which a word of a search also finds what begins so. Shorter beginnings are those of half of all words:
/// looking them up costs much and finds everything.
const BEGINNING_MIN: usize = 3;

/// A search as the index of words wants it: every word, or its beginning, has to be in the ticket.
fn expression(words: &str) -> Option<String> {
    let terms: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX)
        .map(|word| {
            let is_beginning = word.chars().count() >= BEGINNING_MIN;
            format!("\"{word}\"{}", if is_beginning { "*" } else { "" })
        })
        .collect();
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

/// Searches, once for all the pages of a search, and says how many tickets were found.
fn search(db: &Connection, expression: &str) -> Result<u64, ApiError> {
    db.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS hit (id INTEGER PRIMARY KEY);
         CREATE TEMP TABLE IF NOT EXISTS searched (expression TEXT NOT NULL, seq INTEGER NOT NULL, hits INTEGER NOT NULL);",
    )?;
    let known = "SELECT hits FROM temp.searched WHERE expression = ?1 AND seq = (SELECT seq FROM position)";
    let known: Option<i64> =
        db.prepare_cached(known)?.query_row([expression], |row| row.get(0)).optional()?;
    if let Some(hits) = known {
        return Ok(hits.unsigned_abs());
    }
    db.execute_batch("DELETE FROM temp.hit; DELETE FROM temp.searched;")?;
    let hits = db
        .prepare_cached("INSERT INTO temp.hit (id) SELECT rowid FROM words WHERE words MATCH ?1")?
        .execute([expression])? as u64;
    db.prepare_cached("INSERT INTO temp.searched (expression, seq, hits) SELECT ?1, seq, ?2 FROM position")?
        .execute((expression, i64::try_from(hits).unwrap_or(i64::MAX)))?;
    Ok(hits)
}

/// Wants the tickets that a question lists. Where these are many, the list is walked and each ticket looked up among
/// them, until a page is full, instead of gathering them all.
fn listed(db: &Connection, all: &mut Conditions, question: &str, of: Value) -> Result<(), ApiError> {
    let sql = format!("SELECT count(*) FROM ({question} LIMIT {})", HITS_FEW + 1);
    let hits: i64 = db.prepare_cached(&sql)?.query_row([&of], |row| row.get(0))?;
    let is_among = if hits.unsigned_abs() > HITS_FEW {
        format!("EXISTS (SELECT 1 FROM ({question}) AS one WHERE one.ticket = entry.id)")
    } else {
        format!("id IN ({question})")
    };
    all.and(&is_among, of);
    Ok(())
}

impl Wanted {
    /// Whether anything is filtered out beside the trash.
    pub(crate) fn is_narrowed(&self) -> bool {
        let Self { words, channel, status, agent, tag, remark, .. } = self;
        !words.trim().is_empty()
            || channel.is_some()
            || *status != Status::Any
            || *agent != Agent::Any
            || tag.is_some()
            || remark.is_some()
    }

    fn conditions(&self, db: &Connection) -> Result<Conditions, ApiError> {
        let mut all = Conditions::default();
        match self.status {
            Status::Any => all.texts.push("status <> 'trash'".to_owned()),
            Status::Open => all.and("status = ?", "open".to_owned()),
            Status::Closed => all.and("status = ?", "closed".to_owned()),
            Status::Trash => all.and("status = ?", "trash".to_owned()),
        }
        if let Some(channel) = &self.channel {
            all.and("channel = ?", channel.clone());
        }
        match self.agent {
            Agent::Any => {}
            Agent::Nobody => all.texts.push("agent IS NULL".to_owned()),
            Agent::User(id) => all.and("agent = ?", id),
        }
        if let Some(tag) = self.tag {
            listed(
                db,
                &mut all,
                "SELECT ticket_id AS ticket FROM store.ticket_tags WHERE tag_id = ?",
                tag.into(),
            )?;
        }
        if let Some(code) = &self.remark {
            listed(db, &mut all, "SELECT ticket FROM remark WHERE code = ?", code.clone().into())?;
        }
        if let Some(expression) = expression(&self.words) {
            // A plus keeps SQLite from looking each hit up by its id.
            let id = if search(db, &expression)? > HITS_FEW { "+id" } else { "id" };
            all.texts.push(format!("{id} IN (SELECT id FROM temp.hit)"));
        }
        Ok(all)
    }

    /// The page that is asked for.
    pub(crate) fn find(&self, db: &Connection) -> Result<Found, ApiError> {
        let mut conditions = self.conditions(db)?;
        let (count, more_than_count) = count(db, &conditions)?;
        if self.sort == Sort::Odd {
            let sql = format!(
                "SELECT id, at, why FROM entry WHERE {} AND odd > 0 ORDER BY odd DESC, id DESC LIMIT {ODD_PAGE}",
                conditions.text()
            );
            let entries = read(db, &sql, conditions.values)?;
            return Ok(Found { count: entries.len() as u64, entries, ..Found::default() });
        }
        let forward = self.cursor.is_none_or(|cursor| cursor.forward);
        let descending = (self.sort == Sort::Newest) == forward;
        if let Some(cursor) = self.cursor {
            let sign = if descending { "<" } else { ">" };
            conditions.and(&format!("(at, id) {sign} (?, {})", cursor.id), cursor.at);
        }
        let direction = if descending { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT id, at, why FROM entry WHERE {} ORDER BY at {direction}, id {direction} LIMIT {}",
            conditions.text(),
            PAGE + 1
        );
        let mut entries = read(db, &sql, conditions.values)?;
        let more = entries.len() > PAGE;
        entries.truncate(PAGE);
        if !forward {
            entries.reverse();
        }
        let (has_later, has_earlier) = if forward { (more, self.cursor.is_some()) } else { (true, more) };
        let place = |forward: bool, entry: Option<&Entry>| {
            entry.map(|entry| Cursor { forward, at: entry.at, id: entry.id })
        };
        let earlier = has_earlier.then(|| place(false, entries.first())).flatten();
        let later = has_later.then(|| place(true, entries.last())).flatten();
        Ok(Found { entries, count, more_than_count, earlier, later })
    }
}

fn count(db: &Connection, conditions: &Conditions) -> Result<(u64, bool), ApiError> {
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM entry WHERE {} LIMIT {})",
        conditions.text(),
        COUNT_MAX + 1
    );
    let values = rusqlite::params_from_iter(&conditions.values);
    let count: i64 = db.prepare_cached(&sql)?.query_row(values, |row| row.get(0))?;
    Ok((count.unsigned_abs().min(COUNT_MAX), count.unsigned_abs() > COUNT_MAX))
}

fn read(db: &Connection, sql: &str, values: Vec<Value>) -> Result<Vec<Entry>, ApiError> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(rusqlite::params_from_iter(values), |row| {
        Ok(Entry { id: row.get(0)?, at: row.get(1)?, why: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The newest tickets of a customer, those in the trash too, and how many there are.
pub(crate) fn of_customer(
    db: &Connection,
    customer: i64,
    limit: usize,
) -> Result<(Vec<Entry>, u64), ApiError> {
    let sql =
        format!("SELECT id, at, why FROM entry WHERE customer = ? ORDER BY at DESC, id DESC LIMIT {limit}");
    let entries = read(db, &sql, vec![customer.into()])?;
    let count: i64 = db
        .prepare_cached("SELECT count(*) FROM entry WHERE customer = ?1")?
        .query_row([customer], |row| row.get(0))?;
    Ok((entries, count.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_are_words_and_nothing_else() {
        assert_eq!(expression("  lost parcel ").unwrap(), "\"lost\"* AND \"parcel\"*");
        assert_eq!(expression("zendesk:ticket:12").unwrap(), "\"zendesk\"* AND \"ticket\"* AND \"12\"");
        assert_eq!(
            expression("a\" OR b NOT c*").unwrap(),
            "\"a\" AND \"OR\" AND \"b\" AND \"NOT\"* AND \"c\""
        );
        assert_eq!(expression(" \"-* "), None);
    }
}
