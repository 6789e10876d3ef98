//! Behaviour through the real binary and over real sockets: one binary, a module per subject.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli;
mod cli_tools;
mod place;
