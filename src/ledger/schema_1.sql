-- The ledger of gorgias-import: what is in Gorgias, what is not, and what is not known.
-- Times are milliseconds since 1970, UTC. Fingerprints and hashes are 16 bytes of BLAKE3.
-- There are no bodies, no names and no addresses in here. Read it as you like; write to it and it is worth nothing.

CREATE TABLE meta (
    name TEXT PRIMARY KEY, -- salt, registered_export, fact:…
    value ANY
) STRICT, WITHOUT ROWID;

-- The one Gorgias account to which this ledger belongs.
CREATE TABLE account (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    name TEXT NOT NULL,    -- as migration.toml and --confirm name it: acme, or host:port
    gorgias_id TEXT        -- the account's own id, once it was seen
) STRICT;

-- The sources whose keys are in here.
CREATE TABLE source (
    name TEXT PRIMARY KEY, -- the first part of each of its keys
    kind TEXT NOT NULL,    -- zendesk, aircall
    origins TEXT NOT NULL, -- JSON array: Zendesk subdomains, Aircall companies seen in its exports
    grouping TEXT NOT NULL -- how calls become tickets: call, contact-day
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,  -- the number of its folder below runs/
    command TEXT NOT NULL,
    state TEXT NOT NULL,     -- running, paused, interrupted, done
    started_ms INTEGER NOT NULL,
    beat_ms INTEGER NOT NULL, -- last sign of life
    ended_ms INTEGER,
    pid INTEGER NOT NULL,
    exit_code INTEGER,
    export_fingerprint TEXT,
    config_hash TEXT,
    figures TEXT             -- JSON, as in the summary
) STRICT;

CREATE TABLE ticket_state (number INTEGER PRIMARY KEY, name TEXT NOT NULL, meaning TEXT NOT NULL) STRICT;
INSERT INTO ticket_state VALUES
    (0, 'pending',   'not in Gorgias, nothing was sent'),
    (1, 'sending',   'a create was intended; its outcome is not known'),
    (2, 'appending', 'in Gorgias; messages or its status are still to be brought'),
    (3, 'done',      'all of it is in Gorgias'),
    (4, 'rejected',  'cannot be imported; see code and note'),
    (5, 'gone',      'was in Gorgias and was deleted there'),
    (6, 'undone',    'this tool took it back');

CREATE TABLE part_state (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO part_state VALUES (0, 'pending'), (1, 'sending'), (2, 'done'), (3, 'rejected');

CREATE TABLE source_status (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO source_status VALUES
    (0, 'new'), (1, 'open'), (2, 'pending'), (3, 'hold'), (4, 'solved'), (5, 'closed'), (6, 'call');

-- One row a conversation of the exports.
CREATE TABLE ticket (
    id INTEGER PRIMARY KEY,      -- what an intent refers to; never used again for another conversation
    key TEXT NOT NULL UNIQUE,    -- source:kind:id, the external_id in Gorgias
    state INTEGER NOT NULL,      -- ticket_state.number
    status INTEGER,              -- source_status.number
    last_ms INTEGER NOT NULL,    -- last activity in the old help desk; 0 where not known
    fingerprint BLOB,            -- of the conversation, as registered
    gorgias_id INTEGER,          -- the ticket in Gorgias
    messages INTEGER NOT NULL,   -- how many messages the export has of it
    mapped_to INTEGER,           -- existing Gorgias ticket named by [mapping] tickets
    code TEXT,                   -- finding code of a rejection
    note TEXT,                   -- Gorgias's words about it, addresses taken out
    updated_ms INTEGER NOT NULL,
    room BLOB DEFAULT x'00000000000000' -- keeps room for gorgias_id: a row that grows splits its page in two
) STRICT;
-- Queries use it only where they repeat `state < 3` to the letter.
CREATE INDEX ticket_open ON ticket (last_ms, id) WHERE state < 3;

-- One row a create whose outcome is not known: what was planned when its intent was made durable.
CREATE TABLE intent (
    ticket INTEGER PRIMARY KEY,  -- ticket.id; its state is 1
    plan BLOB NOT NULL           -- hash of the plan
) STRICT;

-- The middle parts of message keys. One of another source than its ticket's stands with it: :source:kind.
CREATE TABLE kind (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- One row a message. Its whole key is the source of its ticket, kind.name and id, with colons; see the view messages.
CREATE TABLE message (
    ticket INTEGER NOT NULL,     -- ticket.id
    n INTEGER NOT NULL,          -- order within the ticket, from 0
    kind INTEGER NOT NULL,       -- kind.number
    id ANY NOT NULL,             -- last part of the key: a number where it is one
    state INTEGER NOT NULL,      -- part_state.number
    synthetic INTEGER NOT NULL,  -- 1 where the export has no id and the key was made by rule
    fingerprint BLOB NOT NULL,   -- of the message, as uploaded
    gorgias_id INTEGER,          -- the message in Gorgias
    code TEXT,                   -- finding code of a rejection
    room BLOB DEFAULT x'00000000000000', -- as in ticket
    PRIMARY KEY (ticket, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_sending ON message (ticket, n) WHERE state = 1;

-- One row a customer, by keyed hash of the address: BLAKE3 with meta.salt.
CREATE TABLE customer (
    address BLOB PRIMARY KEY,
    state INTEGER NOT NULL,         -- part_state.number
    gorgias_id INTEGER,
    created_by_us INTEGER NOT NULL  -- 1 where this tool created the record
) STRICT, WITHOUT ROWID;

CREATE TABLE tag (
    name TEXT PRIMARY KEY,
    state INTEGER NOT NULL,         -- part_state.number
    gorgias_id INTEGER,
    created_by_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Gorgias tickets that this tool took back: found again, they do not count as being there.
CREATE TABLE undone (
    gorgias_id INTEGER PRIMARY KEY,
    ticket INTEGER NOT NULL,        -- ticket.id
    at_ms INTEGER NOT NULL,
    purged INTEGER NOT NULL         -- 1 once it was deleted from the trash as well
) STRICT;

-- The journal: one row a request that left, retries and look-ups included.
CREATE TABLE request (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,           -- run.id
    ticket INTEGER,                 -- ticket.id
    kind TEXT NOT NULL,             -- what it was for
    at_ms INTEGER NOT NULL,
    status INTEGER,                 -- HTTP status; null where no answer came
    request_id ANY,                 -- x-request-id of the answer; 32 hex digits as 16 bytes, see the view requests
    ms INTEGER NOT NULL,            -- how long it took
    attempt INTEGER NOT NULL        -- from 1
) STRICT;

-- For reading: the same with words and whole keys.
CREATE VIEW tickets AS
SELECT t.id, t.key, s.name AS state, o.name AS status, datetime(t.last_ms / 1000, 'unixepoch') AS last_activity,
       t.gorgias_id, t.messages, t.code, t.note, datetime(t.updated_ms / 1000, 'unixepoch') AS updated
FROM ticket t JOIN ticket_state s ON s.number = t.state LEFT JOIN source_status o ON o.number = t.status;
CREATE VIEW messages AS
SELECT t.key AS ticket, m.n,
       CASE WHEN k.name LIKE ':%' THEN substr(k.name, 2)
            ELSE substr(t.key, 1, instr(t.key, ':')) || k.name END || ':' || m.id AS key,
       p.name AS state, m.synthetic, m.gorgias_id, m.code
FROM message m JOIN ticket t ON t.id = m.ticket JOIN kind k ON k.number = m.kind JOIN part_state p ON p.number = m.state;
CREATE VIEW requests AS
SELECT r.id, r.run, t.key AS ticket, r.kind, datetime(r.at_ms / 1000, 'unixepoch') AS at, r.status,
       iif(typeof(r.request_id) = 'blob', lower(hex(r.request_id)), r.request_id) AS request_id, r.ms, r.attempt
FROM request r LEFT JOIN ticket t ON t.id = r.ticket;
