//! The vocabulary that every other part speaks: conversations, keys, times, findings, events.
//!
//! Invariants: no I/O, no clock but the one in [`time`], nothing of Gorgias and nothing of any export format.
//! Types here cannot hold wrong values: a message without a past sent time or with an empty body cannot be built.

pub mod body;
pub mod cell;
pub mod codes;
pub mod conversation;
pub mod event;
pub mod fact;
pub mod finding;
pub mod fingerprint;
pub mod key;
pub mod language;
pub mod mask;
pub mod note;
pub mod person;
pub mod phone;
#[cfg(test)]
pub(crate) mod sample;
pub mod time;
pub mod timetable;
pub mod trace;
pub mod verification;
