-- Version 3: what belongs to tickets beside their messages.

-- One row a ticket whose rating was sent as a satisfaction survey, or was refused.
CREATE TABLE survey (
    ticket INTEGER PRIMARY KEY,      -- ticket.id
    state INTEGER NOT NULL,          -- part_state.number
    gorgias_id INTEGER               -- the survey in Gorgias
) STRICT;

-- Who was put in charge of a ticket and made the sender of its messages, by ids of Gorgias users: what the table of
-- people is compared with after it was changed.
CREATE TABLE given (
    ticket INTEGER PRIMARY KEY,      -- ticket.id
    assignee INTEGER,                -- Gorgias user, as far as one was set
    senders TEXT NOT NULL            -- JSON: {"message.n": Gorgias user} of notes and agents' messages
) STRICT;

-- One row a link in a message to an old ticket that was not in Gorgias when the message was sent.
CREATE TABLE link (
    ticket INTEGER NOT NULL,         -- ticket.id of the message
    n INTEGER NOT NULL,              -- message.n
    target TEXT NOT NULL,            -- key of the old ticket
    settled INTEGER NOT NULL,        -- 1 once the message leads to the new ticket
    PRIMARY KEY (ticket, n, target)
) STRICT, WITHOUT ROWID;
