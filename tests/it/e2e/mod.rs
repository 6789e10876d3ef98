//! Whole migrations through the real binary against the stand-in: what users fear must not happen.

mod account;
mod export;
mod people;
mod places;
mod process;
mod workspace;

mod absent;
mod calls;
mod canary;
mod changes;
mod crash;
mod facts;
mod faults;
mod fixtures;
mod generated;
mod interrupts;
mod joins;
mod kinds;
mod ledger;
mod links;
mod mapping;
mod pace;
mod question;
mod ratings;
mod rejects;
mod safety;
mod samples;
mod selection;
mod shapes;
mod talks;
mod texts;
mod undo;
mod validation;
mod verify;
mod watching;
