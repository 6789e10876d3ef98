//! `gorgias-import`: moves the history of a help desk into Gorgias. See ARCHITECTURE.md for the map.

pub mod attachments;
pub mod cli;
pub mod commands;
pub mod config;
pub mod exit;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod gorgias;
pub mod ledger;
pub mod mapping;
pub mod model;
pub mod progress;
pub mod report;
pub mod sandbox;
pub mod source;
pub mod staging;
pub mod text;
pub mod undo;
pub mod upload;
pub mod verify;
