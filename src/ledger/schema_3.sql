
-- Version 3: where files came from and where they are in Gorgias.

-- Files: one row for each place (address or path) that a message names. No address, no file name.
CREATE TABLE file (
    place BLOB PRIMARY KEY,          -- keyed hash of the address or path, 16 bytes
    content BLOB,                    -- BLAKE3 of the bytes, where they were had; also the name below files/
    size INTEGER,                    -- bytes
    reason TEXT,                     -- why there are none, where it failed
    tried_ms INTEGER NOT NULL        -- when
) STRICT, WITHOUT ROWID;

-- Uploads: one row for each content that was to be sent. A lost answer is no reason for a look-up: the file is sent again.
CREATE TABLE upload (
    content BLOB PRIMARY KEY,        -- as in file
    state INTEGER NOT NULL,          -- part_state.number
    sent INTEGER NOT NULL,           -- requests that may have left a file in Gorgias; all but one lie there unused
    url TEXT,                        -- where Gorgias keeps it, under a name made of the content's hash
    content_type TEXT,
    size INTEGER
) STRICT, WITHOUT ROWID;
