//! What the filters offer, with counts.

use rusqlite::Connection;

use super::remarks::tone;
use crate::sandbox::account::Account;
use crate::sandbox::beside::Tone;
use crate::sandbox::reply::ApiError;

/// Tags offered, the most used ones.
const TAGS_MAX: i64 = 300;

/// A value to filter by.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// As the address writes it.
    pub(crate) value: String,
    /// As people read it.
    pub(crate) label: String,
    pub(crate) count: u64,
}

/// The choices of all filters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facets {
    /// Tickets, those in the trash not counted.
    pub(crate) tickets: u64,
    pub(crate) messages: u64,
    pub(crate) customers: u64,
    pub(crate) would_send: u64,
    pub(crate) channels: Vec<Choice>,
    pub(crate) statuses: Vec<Choice>,
    pub(crate) agents: Vec<Choice>,
    pub(crate) tags: Vec<Choice>,
    pub(crate) remarks: Vec<(Choice, Tone)>,
}

/// Counts everything: some tens of milliseconds for 100,000 tickets, so it is kept until something changes.
pub(super) fn count(db: &Connection, account: &Account) -> Result<Facets, ApiError> {
    let one = |sql: &str| -> Result<u64, ApiError> {
        Ok(db.query_row(sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
    };
    let grouped = |column: &str| -> Result<Vec<(Option<String>, u64)>, ApiError> {
        let sql = format!(
            "SELECT CAST({column} AS TEXT), count(*) FROM entry INDEXED BY entry_at WHERE status <> 'trash' OR '{column}' = 'status'
             GROUP BY 1 ORDER BY 2 DESC, 1"
        );
        let mut statement = db.prepare_cached(&sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let plain = |rows: Vec<(Option<String>, u64)>| -> Vec<Choice> {
        rows.into_iter()
            .filter_map(|(value, count)| value.map(|value| Choice { label: value.clone(), value, count }))
            .collect()
    };
    let agents = grouped("agent")?.into_iter().map(|(id, count)| {
        let user = id.as_ref().and_then(|id| account.user(id.parse().ok()?));
        let label = user.map_or_else(|| "Nobody".to_owned(), |user| user.name.clone());
        Choice { value: id.unwrap_or_else(|| "none".to_owned()), label, count }
    });
    Ok(Facets {
        tickets: one("SELECT count(*) FROM entry WHERE status <> 'trash'")?,
        messages: one("SELECT count(*) FROM store.messages")?,
        customers: one("SELECT count(*) FROM store.customers")?,
        would_send: one("SELECT count(*) FROM store.would_send")?,
        channels: plain(grouped("channel")?),
        statuses: plain(grouped("status")?),
        agents: agents.collect(),
        tags: tags(db)?,
        remarks: remarks(db)?,
    })
}

fn tags(db: &Connection) -> Result<Vec<Choice>, ApiError> {
    let sql = "SELECT tags.id, tags.name, n FROM
                   (SELECT tag_id, count(*) AS n FROM store.ticket_tags GROUP BY tag_id ORDER BY n DESC LIMIT ?1)
               JOIN store.tags ON tags.id = tag_id ORDER BY n DESC, tags.name";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([TAGS_MAX], |row| {
        let (id, label, count): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Choice { value: id.to_string(), label, count: count.unsigned_abs() })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn remarks(db: &Connection) -> Result<Vec<(Choice, Tone)>, ApiError> {
    let sql = "SELECT code, text, tone, n FROM
                   (SELECT code, count(DISTINCT ticket) AS n FROM remark GROUP BY code) JOIN remark_kind USING (code)
               ORDER BY tone, n DESC, code";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let (value, label, number, count): (String, String, i64, i64) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok((Choice { value, label, count: count.unsigned_abs() }, tone(number)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
