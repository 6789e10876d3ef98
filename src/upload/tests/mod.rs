//! The upload as a whole, against a small Gorgias in memory and in paused time, with the real ledger and staging.

mod cases;
mod fake;
mod feeding;
mod guarding;
mod schedules;
mod storm;
mod stubborn;
mod world;
