//! Tags and which tickets carry them. Names are case-sensitive.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::sandbox::clock::{self, Moment};
use crate::sandbox::reply::ApiError;

/// A tag.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) color: String,
    pub(crate) created: Moment,
    /// Tickets that carry it.
    pub(crate) usage: i64,
}

const COLUMNS: &str = "SELECT id, name, description, color, created,
    (SELECT count(*) FROM ticket_tags WHERE tag_id = tags.id) FROM tags";

fn read(row: &Row) -> rusqlite::Result<Tag> {
    Ok(Tag {
        id: row.get(0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        color: row.get(3)?,
        created: Moment::from_micros(row.get(4)?),
        usage: row.get(5)?,
    })
}

/// A tag, or 404.
pub(crate) fn require(db: &Connection, id: i64) -> Result<Tag, ApiError> {
    let found = db.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?.query_row([id], read).optional()?;
    found.ok_or_else(ApiError::not_found)
}

/// The id of the tag with exactly this name.
pub(crate) fn by_name(db: &Connection, name: &str) -> Result<Option<i64>, ApiError> {
    let mut statement = db.prepare_cached("SELECT id FROM tags WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// All tags whose name contains the text.
pub(crate) fn search(db: &Connection, text: &str) -> Result<Vec<Tag>, ApiError> {
    let mut statement =
        db.prepare_cached(&format!("{COLUMNS} WHERE instr(lower(name), lower(?1)) > 0 OR ?1 = ''"))?;
    let rows = statement.query_map([text], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Ids of the tags of a ticket.
pub(crate) fn ids_of_ticket(db: &Connection, ticket_id: i64) -> Result<Vec<i64>, ApiError> {
    Ok(of_ticket(db, ticket_id)?.into_iter().map(|tag| tag.id).collect())
}

/// The tags of a ticket.
pub(crate) fn of_ticket(db: &Connection, ticket_id: i64) -> Result<Vec<Tag>, ApiError> {
    let sql = "SELECT id, name, description, color, created, 0 FROM tags
               JOIN ticket_tags ON tag_id = id WHERE ticket_id = ?1 ORDER BY id";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([ticket_id], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Creates a tag; a colour is chosen where none is given. 409 where the name is taken.
pub(crate) fn create(
    db: &Connection,
    name: &str,
    description: Option<&str>,
    color: Option<&str>,
) -> Result<i64, ApiError> {
    if by_name(db, name)?.is_some() {
        return Err(ApiError::conflict());
    }
    insert(db, name, description, color)?;
    Ok(db.last_insert_rowid())
}

/// Adds a tag of the seed that is not there yet.
pub(super) fn plant(db: &Connection, name: &str) -> Result<(), rusqlite::Error> {
    let there: Option<i64> =
        db.query_row("SELECT id FROM tags WHERE name = ?1", [name], |row| row.get(0)).optional()?;
    if there.is_none() { insert(db, name, None, None) } else { Ok(()) }
}

fn insert(
    db: &Connection,
    name: &str,
    description: Option<&str>,
    color: Option<&str>,
) -> Result<(), rusqlite::Error> {
    let chosen = format!("#{:06x}", fastrand::u32(..0x0100_0000));
    db.execute(
        "INSERT INTO tags (name, description, color, created) VALUES (?1, ?2, ?3, ?4)",
        params![name, description, color.unwrap_or(&chosen), clock::now().micros()],
    )?;
    Ok(())
}

/// Writes a changed tag back. 409 where the name is another's.
pub(crate) fn update(db: &Connection, tag: &Tag) -> Result<(), ApiError> {
    if by_name(db, &tag.name)?.is_some_and(|id| id != tag.id) {
        return Err(ApiError::conflict());
    }
    let sql = "UPDATE tags SET name = ?2, description = ?3, color = ?4 WHERE id = ?1";
    db.execute(sql, params![tag.id, tag.name, tag.description, tag.color])?;
    Ok(())
}

/// Removes a tag everywhere.
pub(crate) fn delete(db: &Connection, id: i64) -> Result<(), ApiError> {
    require(db, id)?;
    db.execute("DELETE FROM tags WHERE id = ?1", [id])?;
    Ok(())
}

/// Adds tags to a ticket; those it has stay.
pub(crate) fn attach(db: &Connection, ticket_id: i64, tags: &[i64]) -> Result<(), ApiError> {
    let mut statement =
        db.prepare_cached("INSERT OR IGNORE INTO ticket_tags (ticket_id, tag_id) VALUES (?1, ?2)")?;
    for tag in tags {
        statement.execute([ticket_id, *tag])?;
    }
    Ok(())
}

/// Takes tags from a ticket.
pub(crate) fn detach(db: &Connection, ticket_id: i64, tags: &[i64]) -> Result<(), ApiError> {
    let mut statement = db.prepare_cached("DELETE FROM ticket_tags WHERE ticket_id = ?1 AND tag_id = ?2")?;
    for tag in tags {
        statement.execute([ticket_id, *tag])?;
    }
    Ok(())
}

/// Makes these the ticket's tags.
pub(crate) fn replace(db: &Connection, ticket_id: i64, tags: &[i64]) -> Result<(), ApiError> {
    db.execute("DELETE FROM ticket_tags WHERE ticket_id = ?1", [ticket_id])?;
    attach(db, ticket_id, tags)
}
