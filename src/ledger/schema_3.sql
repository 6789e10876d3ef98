-- Version 3.

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

-- One row a verification that came to its end.
CREATE TABLE verification (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    run INTEGER,                     -- run.id: the last run before it
    document TEXT NOT NULL           -- JSON: as verify --json prints it, without the list of differences
) STRICT;
