-- Version 3.

-- Taking back: one row a ticket whose move to the trash was intended and whose outcome was not noted.
CREATE TABLE trashing (
    ticket INTEGER PRIMARY KEY,      -- ticket.id
    gorgias_id INTEGER NOT NULL,
    at_ms INTEGER NOT NULL           -- when it was intended
) STRICT;
-- How many messages the ticket held in Gorgias when it was taken back; null where nobody knows.
ALTER TABLE undone ADD COLUMN messages INTEGER;

-- Later exports: the source's status, assignee and tags of a ticket as registered last; 8 bytes of a hash. Null in rows
-- of earlier versions.
ALTER TABLE ticket ADD COLUMN face BLOB;
-- One row a ticket: what was written to Gorgias last.
CREATE TABLE written (
    ticket INTEGER PRIMARY KEY,      -- ticket.id
    closed INTEGER NOT NULL,         -- 1 where its status was closed
    assignee INTEGER,                -- Gorgias user
    tags BLOB NOT NULL               -- 4 bytes of a hash of each name, in ascending order
) STRICT;
