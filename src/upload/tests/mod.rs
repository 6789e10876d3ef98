//! The upload as a whole, against a small Gorgias in memory and in paused time, with the real ledger and staging.

mod cases;
mod fake;
mod feeding;
mod guarding;
mod limits;
mod looking_back;
mod patience;
mod reopened;
mod schedules;
mod storm;
mod stubborn;
mod unread;
mod world;
