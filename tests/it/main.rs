//! Behaviour through the real binary and over real sockets: one binary, a module per subject.

mod sandbox_faults;
mod sandbox_lists;
mod sandbox_pages;
mod sandbox_rules;
mod sandbox_safety;
mod sandbox_shapes;
mod sandbox_store;
mod sandbox_support;
