-- Version 3: what belongs to tickets beside their messages, files, what reading back showed, what is taken back.

-- What reading back showed.
CREATE TABLE match_class (number INTEGER PRIMARY KEY, name TEXT NOT NULL, meaning TEXT NOT NULL) STRICT;
INSERT INTO match_class VALUES
    (0, 'identical',  'everything that was compared is as it was sent'),
    (1, 'normalised', 'the same once spaces, markup and times below a second are set aside'),
    (2, 'extra',      'all as it was sent, and something beside it that nobody imported'),
    (3, 'differs',    'something is not as it was sent'),
    (4, 'missing',    'the ticket or a message of it is not there');

-- One row a ticket that was read back: what was found when that was done last.
CREATE TABLE verified (
    ticket INTEGER PRIMARY KEY,      -- ticket.id
    at_ms INTEGER NOT NULL,
    class INTEGER NOT NULL,          -- match_class.number
    differences TEXT                 -- JSON array; what differs, without texts, names and addresses; null where nothing does
) STRICT;

-- One row a verification.
CREATE TABLE verification (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    run INTEGER,                     -- run.id: the last run before it
    document TEXT NOT NULL,          -- JSON: as verify --json prints it, without its lists
    complete INTEGER NOT NULL        -- 0 where it was stopped before everything was read
) STRICT;

-- Taking back: one row a ticket whose move to the trash was intended and whose outcome was not noted.
CREATE TABLE trashing (
    ticket INTEGER PRIMARY KEY,      -- ticket.id
    gorgias_id INTEGER NOT NULL,
    at_ms INTEGER NOT NULL           -- when it was intended
) STRICT;
-- How many messages the ticket held in Gorgias when it was taken back; null where nobody knows.
ALTER TABLE undone ADD COLUMN messages INTEGER;
-- The customer of a ticket that was taken back, an id of Gorgias; null where nobody knows.
ALTER TABLE undone ADD COLUMN customer INTEGER;

-- One row a customer who wrote in somebody else's ticket: that ticket's list does not name them.
CREATE TABLE author (
    ticket INTEGER NOT NULL,         -- ticket.id
    customer INTEGER NOT NULL,       -- id of Gorgias
    PRIMARY KEY (ticket, customer)
) STRICT, WITHOUT ROWID;
-- Before this version nobody noted them: a fact says up to which ticket, so that whoever takes back is careful.
INSERT INTO meta (name, value)
SELECT 'fact:authors-not-noted-to', CAST(id AS TEXT) FROM ticket
WHERE gorgias_id IS NOT NULL OR state = 1 OR id IN (SELECT ticket FROM undone) ORDER BY id DESC LIMIT 1;

-- One row a ticket whose rating was sent as a satisfaction survey, or was refused.
CREATE TABLE survey (
    ticket INTEGER PRIMARY KEY,      -- ticket.id
    state INTEGER NOT NULL,          -- part_state.number
    gorgias_id INTEGER               -- the survey in Gorgias
) STRICT;

-- Who was put in charge of a ticket, and made the sender of notes and agents' messages, by ids of Gorgias users: what the
-- table of people is compared with after it was changed. 0 where nobody was put in charge; null where nothing was noted.
ALTER TABLE ticket ADD COLUMN assignee INTEGER;
ALTER TABLE ticket ADD COLUMN team INTEGER; -- Gorgias team, as far as one was set
ALTER TABLE message ADD COLUMN sender INTEGER;

-- One row a link in a message to an old ticket that was not in Gorgias when the message was sent.
CREATE TABLE link (
    ticket INTEGER NOT NULL,         -- ticket.id of the message
    n INTEGER NOT NULL,              -- message.n
    target TEXT NOT NULL,            -- key of the old ticket
    settled INTEGER NOT NULL,        -- 1 once the message leads to the new ticket
    PRIMARY KEY (ticket, n, target)
) STRICT, WITHOUT ROWID;

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

-- What requests were for, once instead of in each row: the journal is a fifth smaller.
CREATE TABLE request_kind (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO request_kind (name) SELECT DISTINCT kind FROM request;
DROP VIEW requests;
CREATE TABLE request_by_number (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,            -- run.id
    ticket INTEGER,                  -- ticket.id
    kind INTEGER NOT NULL,           -- request_kind.number
    at_ms INTEGER NOT NULL,
    status INTEGER,                  -- HTTP status; null where no answer came
    request_id ANY,                  -- x-request-id of the answer; 32 hex digits as 16 bytes, see the view requests
    ms INTEGER NOT NULL,             -- how long it took
    attempt INTEGER NOT NULL         -- from 1
) STRICT;
INSERT INTO request_by_number
SELECT r.id, run, ticket, k.number, at_ms, status, request_id, ms, attempt FROM request r JOIN request_kind k ON k.name = r.kind;
DROP TABLE request;
ALTER TABLE request_by_number RENAME TO request;
CREATE VIEW requests AS
SELECT r.id, r.run, t.key AS ticket, k.name AS kind, datetime(r.at_ms / 1000, 'unixepoch') AS at, r.status,
       iif(typeof(r.request_id) = 'blob', lower(hex(r.request_id)), r.request_id) AS request_id, r.ms, r.attempt
FROM request r JOIN request_kind k ON k.number = r.kind LEFT JOIN ticket t ON t.id = r.ticket;

-- Since this version message.fingerprint has 8 bytes: it is compared with that of the same message alone. Longer ones are of
-- earlier versions; their first 8 bytes count. The last bit of the 8th byte says who may read it: 1 agents alone, 0 everybody.

-- One row a ticket that was there before the import and was closed, until all its messages are appended: those reopen it.
CREATE TABLE found_closed (
    ticket INTEGER PRIMARY KEY,      -- ticket.id
    since_ms INTEGER,                -- when it was closed; null where Gorgias did not tell
    at_ms INTEGER NOT NULL,          -- when it was found so, by this machine's clock
    last_message INTEGER NOT NULL    -- the highest Gorgias id of its messages then
) STRICT;

-- Few messages are rejected, and each start asks for them.
CREATE INDEX message_rejected ON message (ticket) WHERE state = 3;

-- Gaps: one row a file that was missing when its message was sent, until it comes and the message gets it.
CREATE TABLE gap (
    ticket INTEGER NOT NULL,         -- ticket.id of the message
    n INTEGER NOT NULL,              -- message.n
    place BLOB NOT NULL,             -- as in file
    reason TEXT NOT NULL,            -- why it was missing, as the message says
    PRIMARY KEY (ticket, n, place)
) STRICT, WITHOUT ROWID;

-- One row a customer created by this tool whose `data` was looked at after the creation.
CREATE TABLE customer_data (
    gorgias_id INTEGER PRIMARY KEY,  -- as in customer
    brought INTEGER NOT NULL,        -- 1 where the export's facts were written, 0 where there was something already
    silent TEXT                      -- fingerprint of an export that tells nothing of them; null where Gorgias was asked
) STRICT;

-- Since this version the last 4 bytes of ticket.fingerprint are a hash of the source's status, assignee and tags alone, so
-- that a later export is known to have others.

-- One row a ticket in Gorgias with messages of the last export that has it which cannot be told from those that are there.
CREATE TABLE unlike (
    ticket INTEGER PRIMARY KEY,      -- ticket.id
    given INTEGER NOT NULL,          -- messages of the export that are counted as not imported
    known INTEGER NOT NULL           -- messages of the ledger that may be these
) STRICT;

-- One row a message that is public in Gorgias and private in the last export that has its ticket, until it is public no longer.
CREATE TABLE exposed (
    ticket INTEGER NOT NULL,         -- ticket.id
    n INTEGER NOT NULL,              -- message.n
    print BLOB NOT NULL,             -- what message.fingerprint becomes then: the message as that export has it
    PRIMARY KEY (ticket, n)
) STRICT, WITHOUT ROWID;
