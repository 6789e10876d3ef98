//! Behaviour through the real binary and over real sockets: one binary, a module per subject.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli;
mod cli_tools;
mod dirt;
mod e2e;
mod init;
mod machine_output;
mod place;

mod sandbox_faults;
mod sandbox_lists;
mod sandbox_pages;
mod sandbox_rules;
mod sandbox_safety;
mod sandbox_shapes;
mod sandbox_store;
mod sandbox_support;
mod shapes;
mod widths;
