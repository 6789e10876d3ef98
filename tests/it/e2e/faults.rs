//! Answers that are lost, late, unreadable or refused, for every single request: each record still arrives once.

use std::collections::BTreeMap;

use gorgias_import::sandbox::{Fault, FaultPlan};

use super::account::{Account, Play};
use super::export::Export;
use super::workspace::Workspace;

/// Every request of its kind has this fault, as often as given before it is let through.
fn always(fault: Fault, in_a_row_max: u32) -> FaultPlan {
    FaultPlan { rates: BTreeMap::from([(fault, 1.0)]), in_a_row_max, slow_ms: 20, ..FaultPlan::none() }
}

/// Moves the same small export with and without the fault, and compares.
fn survives(tickets: u64, faults: FaultPlan) {
    let export = Export::mixed(tickets);
    let settings = "[upload]\nsettle_seconds = 3\nrequest_timeout_seconds = 2\nmessages_per_ticket = 3\nconcurrency = 16\n";
    let move_all = |faults: FaultPlan| {
        let account = Account::playing(Play { faults, ..Play::default() });
        let workspace = Workspace::with_export_and(&account.base_url(), &export, settings);
        let summary = workspace.migrate();
        assert_eq!(summary["tickets"]["created"], tickets, "{summary}");
        assert_eq!(summary["tickets"]["unknown"], 0, "{summary}");
        (account.end_state(), account.sandbox().stats().unwrap())
    };
    let (usual, quiet) = move_all(FaultPlan::none());
    let (disturbed, loud) = move_all(faults);
    assert!(loud.faults.values().sum::<u64>() >= tickets, "{:?}", loud.faults);
    assert_eq!(disturbed, usual);
    assert_eq!((loud.tickets, loud.messages, loud.tags), (quiet.tickets, quiet.messages, quiet.tags));
    assert_eq!(loud.customers, quiet.customers);
}

#[test]
fn every_answer_to_a_write_is_lost() {
    survives(18, always(Fault::ResetAfter, 1));
}

#[test]
fn every_answer_to_a_write_cannot_be_read() {
    survives(18, always(Fault::Unreadable, 1));
}

#[test]
fn every_write_is_answered_by_a_proxy_with_a_page() {
    survives(18, always(Fault::BadGatewayAfter, 1));
}

#[test]
fn every_write_is_done_after_its_connection_is_dead() {
    survives(18, always(Fault::LateWrite, 1));
}

#[test]
fn every_request_is_throttled_once() {
    // Each costs a second.
    survives(2, always(Fault::Throttle, 1));
}
