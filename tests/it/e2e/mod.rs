//! Whole migrations through the real binary against the stand-in: what users fear must not happen.

mod account;
mod export;
mod process;
mod workspace;

mod canary;
mod changes;
mod crash;
mod facts;
mod faults;
mod fixtures;
mod interrupts;
mod joins;
mod ledger;
mod mapping;
mod pace;
mod rejects;
mod safety;
mod samples;
mod selection;
mod validation;
mod watching;
