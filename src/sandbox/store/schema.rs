//! The layout of the store. A store of another layout is refused: it is a rehearsal's, and can be made again.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::sandbox::SandboxError;

/// Raised with every change of the tables.
const LAYOUT: i64 = 2;

const TABLES: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, external_id TEXT, email TEXT, name TEXT, language TEXT, timezone TEXT,
    note TEXT, data TEXT, data_version INTEGER, meta TEXT, created INTEGER NOT NULL, updated INTEGER NOT NULL);
CREATE UNIQUE INDEX customers_email ON customers (email) WHERE email IS NOT NULL;
CREATE INDEX customers_external ON customers (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX customers_created ON customers (created, id);
CREATE INDEX customers_updated ON customers (updated, id);

CREATE TABLE channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    type TEXT NOT NULL, address TEXT NOT NULL, key TEXT NOT NULL, preferred INTEGER NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, UNIQUE (type, key));
CREATE INDEX channels_customer ON channels (customer_id);

CREATE TABLE tickets (
    id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id INTEGER NOT NULL REFERENCES customers (id), external_id TEXT,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, trashed INTEGER, messages INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE INDEX tickets_created ON tickets (created, id);
CREATE INDEX tickets_updated ON tickets (updated, id);
CREATE INDEX tickets_external ON tickets (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX tickets_customer ON tickets (customer_id);

CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ticket_id INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    created INTEGER NOT NULL, sent INTEGER, doc TEXT NOT NULL);
CREATE INDEX messages_ticket ON messages (ticket_id, created, id);
CREATE INDEX messages_created ON messages (created, id);

CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, description TEXT, color TEXT NOT NULL,
    created INTEGER NOT NULL);
CREATE TABLE ticket_tags (
    ticket_id INTEGER NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE, PRIMARY KEY (ticket_id, tag_id)) WITHOUT ROWID;
CREATE INDEX ticket_tags_tag ON ticket_tags (tag_id);

CREATE TABLE surveys (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ticket_id INTEGER NOT NULL UNIQUE REFERENCES tickets (id) ON DELETE CASCADE,
    created INTEGER NOT NULL, doc TEXT NOT NULL);

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, context TEXT NOT NULL, created INTEGER NOT NULL, object_type TEXT NOT NULL,
    object_id INTEGER NOT NULL, type TEXT NOT NULL, user_id INTEGER, data TEXT);
CREATE INDEX events_object ON events (object_type, object_id, created, id);
CREATE INDEX events_created ON events (created, id);

CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, resource TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    content_type TEXT NOT NULL, content BLOB NOT NULL, created INTEGER NOT NULL);

CREATE TABLE would_send (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL,
    ticket_id INTEGER, message_id INTEGER, channel TEXT, recipients TEXT NOT NULL);
CREATE TABLE http_calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, integration_id INTEGER NOT NULL,
    trigger_name TEXT NOT NULL, ticket_id INTEGER NOT NULL);

-- Which tickets were touched, in order: what is made of them elsewhere (the pages' index) catches up from here.
CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, ticket_id INTEGER NOT NULL);
CREATE TRIGGER ticket_made AFTER INSERT ON tickets BEGIN INSERT INTO changes (ticket_id) VALUES (new.id); END;
CREATE TRIGGER ticket_changed AFTER UPDATE ON tickets BEGIN INSERT INTO changes (ticket_id) VALUES (new.id); END;
CREATE TRIGGER ticket_deleted AFTER DELETE ON tickets BEGIN INSERT INTO changes (ticket_id) VALUES (old.id); END;
CREATE TRIGGER message_changed AFTER UPDATE ON messages BEGIN INSERT INTO changes (ticket_id) VALUES (new.ticket_id); END;
CREATE TRIGGER message_deleted AFTER DELETE ON messages BEGIN INSERT INTO changes (ticket_id) VALUES (old.ticket_id); END;

-- Ids start where those of the recordings are, so that nothing relies on small numbers.
INSERT INTO sqlite_sequence (name, seq) VALUES
    ('customers', 519750000), ('channels', 654308000), ('tickets', 82750000), ('messages', 218850000),
    ('tags', 1814000), ('surveys', 6960000), ('events', 2190940000);
";

/// Makes the tables in a new store; refuses a store of another layout.
pub(super) fn prepare(db: &Connection, path: &Path) -> Result<(), SandboxError> {
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if found == LAYOUT {
        return Ok(());
    }
    if found != 0 || tables != 0 {
        return Err(SandboxError::StoreLayout { path: PathBuf::from(path), found, expected: LAYOUT });
    }
    db.execute_batch(&format!("BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {LAYOUT}; COMMIT;"))?;
    // Names this store, so that what was made of another one under the same path is not taken for its.
    db.execute("INSERT INTO meta (key, value) VALUES ('id', ?1)", [super::context_id()])?;
    Ok(())
}
