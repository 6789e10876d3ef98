-- Version 3.

-- Taking back: one row a ticket whose move to the trash was intended and whose outcome was not noted.
CREATE TABLE trashing (
    ticket INTEGER PRIMARY KEY,      -- ticket.id
    gorgias_id INTEGER NOT NULL,
    at_ms INTEGER NOT NULL           -- when it was intended
) STRICT;
-- How many messages the ticket held in Gorgias when it was taken back; null where nobody knows.
ALTER TABLE undone ADD COLUMN messages INTEGER;
