
-- Version 2: by what records are known again where one export has ids for them and another has none.

-- Keyed hash of author, time and text, 8 bytes, of first messages, of calls and where keys were made by rule. Null in
-- rows that version 1 wrote.
ALTER TABLE message ADD COLUMN trace BLOB;

-- Further keys of tickets: the one under which a ticket lies in Gorgias where a later export gave it its real one, and
-- those that exports without ids give it.
CREATE TABLE alias (
    key TEXT PRIMARY KEY,
    ticket INTEGER NOT NULL          -- ticket.id
) STRICT, WITHOUT ROWID;

-- One row a ticket that is one call: what it is known by.
CREATE TABLE call (
    ticket INTEGER PRIMARY KEY,      -- ticket.id
    made_by_rule INTEGER NOT NULL,   -- 1 where the ticket's key was made by rule
    started_s INTEGER NOT NULL,      -- start, seconds since 1970
    outbound INTEGER NOT NULL,       -- 1 where the company called
    seconds INTEGER,                 -- how long it lasted
    number BLOB,                     -- keyed hashes of the customer's number and of the line's, 8 bytes each
    line BLOB,
    joined INTEGER NOT NULL DEFAULT 0 -- 1 where a call with an id was joined to one without
) STRICT;
CREATE INDEX call_by_rule ON call (started_s) WHERE made_by_rule = 1 OR joined = 1;
CREATE INDEX call_by_id ON call (started_s) WHERE made_by_rule = 0;
