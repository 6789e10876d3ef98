//! What may happen to a ticket and to its parts, as tables. Pure: no database, no clock.

use std::fmt;

/// Where a ticket stands. The number is what the ledger stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TicketState {
    /// Not in Gorgias, and nothing was sent.
    Pending = 0,
    /// The intent to create it is durable. Until an outcome is recorded nobody knows whether it is in Gorgias.
    Sending = 1,
    /// It is in Gorgias; something of it (messages, its status) is still to be brought there.
    Appending = 2,
    /// All of it is in Gorgias.
    Done = 3,
    /// It cannot be imported; the reason is stored with it.
    Rejected = 4,
    /// It was in Gorgias and somebody deleted it there. It is not created again.
    Gone = 5,
    /// This tool took it back. It is created again only on demand.
    Undone = 6,
}

impl TicketState {
    /// Every state, by number.
    pub const ALL: [Self; 7] =
        [Self::Pending, Self::Sending, Self::Appending, Self::Done, Self::Rejected, Self::Gone, Self::Undone];

    /// The number in the ledger.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The state with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// Whether nothing more is to be done. The partial index of open tickets repeats this as `state < 3`.
    pub fn is_final(self) -> bool {
        self.number() >= Self::Done.number()
    }

    /// Its name, as the view `tickets` shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Appending => "appending",
            Self::Done => "done",
            Self::Rejected => "rejected",
            Self::Gone => "gone",
            Self::Undone => "undone",
        }
    }
}

impl fmt::Display for TicketState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What can happen to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TicketEvent {
    /// A create is about to be sent.
    Intend,
    /// Gorgias created it with everything.
    CreatedAll,
    /// Gorgias created it; something is still to be brought.
    CreatedPartly,
    /// It was found in Gorgias, whole, and is ours.
    AdoptedAll,
    /// It was found in Gorgias (or named by the tickets mapping); something is still to be brought.
    AdoptedPartly,
    /// Settled: the create that was intended has certainly not happened.
    NotThere,
    /// It cannot be imported.
    Refused,
    /// The export has messages that the ledger did not know, or another status, assignee or other tags.
    NewMessages,
    /// Everything is in Gorgias now.
    AllAppended,
    /// It is no longer in Gorgias, or lies in its trash.
    GoneFromGorgias,
    /// This tool took it back.
    Undone,
    /// A rejected or undone ticket is to be tried again.
    Retry,
}

impl TicketEvent {
    /// Every event.
    pub const ALL: [Self; 12] = [
        Self::Intend,
        Self::CreatedAll,
        Self::CreatedPartly,
        Self::AdoptedAll,
        Self::AdoptedPartly,
        Self::NotThere,
        Self::Refused,
        Self::NewMessages,
        Self::AllAppended,
        Self::GoneFromGorgias,
        Self::Undone,
        Self::Retry,
    ];

    /// Whether the event names a Gorgias ticket.
    fn brings_id(self) -> bool {
        matches!(self, Self::CreatedAll | Self::CreatedPartly | Self::AdoptedAll | Self::AdoptedPartly)
    }
}

/// A ticket's state together with its id in Gorgias. The two only ever change together, by [`Standing::step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub state: TicketState,
    /// The Gorgias ticket.
    pub gorgias_id: Option<i64>,
}

/// An event that cannot happen in this state: a mistake of the program, never of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} cannot happen to a ticket that is {state}")]
pub struct IllegalStep {
    /// The state.
    pub state: TicketState,
    /// The event.
    pub event: TicketEvent,
}

impl Standing {
    /// A ticket that was never sent.
    pub const NEW: Self = Self { state: TicketState::Pending, gorgias_id: None };

    /// Where the ticket stands after `event`. `gorgias_id` is the ticket that a creation or adoption names, and is
    /// not looked at for other events.
    pub fn step(self, event: TicketEvent, gorgias_id: Option<i64>) -> Result<Self, IllegalStep> {
        let illegal = IllegalStep { state: self.state, event };
        let state = next(self.state, event, self.gorgias_id.is_some()).ok_or(illegal)?;
        let gorgias_id = if event.brings_id() {
            // A second id would mean a duplicate in Gorgias; it must not be papered over.
            if gorgias_id.is_none() || (self.gorgias_id.is_some() && self.gorgias_id != gorgias_id) {
                return Err(illegal);
            }
            gorgias_id
        } else if event == TicketEvent::Undone {
            None
        } else {
            self.gorgias_id
        };
        Ok(Self { state, gorgias_id })
    }
}

/// The table. `in_gorgias` says whether the ticket has an id there.
#[expect(clippy::match_same_arms, reason = "a row a state reads better than a row a result")]
fn next(state: TicketState, event: TicketEvent, in_gorgias: bool) -> Option<TicketState> {
    use TicketEvent as E;
    use TicketState as S;
    let next = match (state, event) {
        (S::Pending, E::Intend) => S::Sending,
        (S::Pending | S::Sending | S::Appending, E::AdoptedAll) => S::Done,
        (S::Pending | S::Sending | S::Appending, E::AdoptedPartly) => S::Appending,
        (S::Pending | S::Sending | S::Appending | S::Rejected, E::Refused) => S::Rejected,
        (S::Pending | S::Sending | S::Appending | S::Done, E::GoneFromGorgias) => S::Gone,

        (S::Sending, E::CreatedAll) => S::Done,
        (S::Sending, E::CreatedPartly) => S::Appending,
        (S::Sending, E::NotThere) => S::Pending,

        (S::Pending, E::NewMessages) => S::Pending,
        (S::Sending, E::NewMessages) => S::Sending,
        (S::Appending | S::Done, E::NewMessages) => S::Appending,
        (S::Appending, E::AllAppended) => S::Done,

        (S::Appending | S::Done | S::Gone, E::Undone) => S::Undone,
        (S::Rejected, E::Undone) if in_gorgias => S::Undone,
        (S::Rejected, E::Retry) if in_gorgias => S::Appending,
        (S::Rejected | S::Undone, E::Retry) => S::Pending,
        _ => return None,
    };
    Some(next)
}

/// Where a part stands: a message, a customer, a tag. The number is what the ledger stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartState {
    /// Not in Gorgias.
    Pending = 0,
    /// A request of its own is about to be or was sent; its outcome is not known.
    Sending = 1,
    /// In Gorgias.
    Done = 2,
    /// It cannot be imported.
    Rejected = 3,
}

impl PartState {
    /// Every state, by number.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Sending, Self::Done, Self::Rejected];

    /// The number in the ledger.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The state with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }

    /// Its name, as the view `messages` shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Done => "done",
            Self::Rejected => "rejected",
        }
    }
}

/// What can happen to a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartEvent {
    /// A request that creates it alone is about to be sent.
    Intend,
    /// Gorgias created it, alone or nested in its ticket.
    Created,
    /// It was found in Gorgias.
    Known,
    /// Settled: the request that was intended has certainly not happened.
    NotThere,
    /// Gorgias refused it.
    Refused,
}

impl PartEvent {
    /// Every event.
    pub const ALL: [Self; 5] = [Self::Intend, Self::Created, Self::Known, Self::NotThere, Self::Refused];
}

/// Where a part stands after `event`, if that can happen to it.
pub fn part_step(state: PartState, event: PartEvent) -> Option<PartState> {
    use PartEvent as E;
    use PartState as S;
    match (state, event) {
        (S::Pending | S::Rejected, E::Intend) => Some(S::Sending),
        // A part may ride in the request of its ticket, so it can be created without an intent of its own.
        // Looking again is harmless, and what is there is there.
        (S::Pending | S::Sending, E::Created) | (_, E::Known) => Some(S::Done),
        (S::Sending, E::NotThere) => Some(S::Pending),
        (S::Pending | S::Sending | S::Rejected, E::Refused) => Some(S::Rejected),
        _ => None,
    }
}
