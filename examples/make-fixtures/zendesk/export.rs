//! Tickets to lines, lines to files, files to zips.
//!
//! Two exports of the same account, asked for on one day with different date ranges: one has bare tickets, the other
//! wraps each in `{"ticket":..}`. Neither has any order.

use std::collections::BTreeMap;

use super::bodies::HALF_EMOJI;
use super::desk::Desk;
use super::medium::Medium;
use super::overlap::Copies;
use super::talk::brief;
use crate::output::{Artefact, GenerateError};
use crate::shop::wire::Ticket;
use crate::truth::Source;

/// Export with bare tickets.
const BARE: &str = "export_2026_02_01_3kf81";
/// Export with wrapped tickets.
const WRAPPED: &str = "export_2026_02_01_0pz77";

/// The two zips of tickets.
pub(super) fn tickets(
    desk: &mut Desk,
    mut copies: BTreeMap<u64, Copies>,
    truth: &mut Source,
) -> Result<Vec<Artefact>, GenerateError> {
    let mut bare = Vec::new();
    let mut wrapped = Vec::new();
    for index in 0..desk.tickets.len() {
        let wire = &desk.tickets[index].wire;
        match copies.remove(&wire.id) {
            // The newer state is now in one export, now in the other: no order of files can stand in for comparing.
            Some(Copies { newer, older }) if copies.len().is_multiple_of(2) => {
                bare.push(line(&newer, false)?);
                wrapped.push(line(&older, true)?);
            }
            Some(Copies { newer, older }) => {
                bare.push(line(&older, false)?);
                wrapped.push(line(&newer, true)?);
            }
            None if desk.rng.bool() => bare.push(line(wire, false)?),
            None => wrapped.push(line(wire, true)?),
        }
    }
    desk.rng.shuffle(&mut bare);
    desk.rng.shuffle(&mut wrapped);
    truth.repaired = bare.iter().chain(&wrapped).filter(|line| line.contains(r"\ud83d ")).count() as u64;
    let mut second = wrapped.split_off(wrapped.len() * 3 / 5);
    let crlf = bare.split_off(bare.len() / 2);
    wrapped.insert(11, unreadable(desk)?);
    truth.unreadable += 1;
    wrapped.insert(23, String::new());
    let last = second.pop().unwrap_or_default();
    second.push(String::new());
    let entry = |export: &str, n: u8, text: String| (format!("{export}_{n}.json"), text.into_bytes());
    Ok(vec![
        Artefact::zip(
            &format!("zendesk/{BARE}_tickets.zip"),
            vec![entry(BARE, 1, joined(&bare, "\n")), entry(BARE, 2, joined(&crlf, "\r\n"))],
        ),
        Artefact::zip(
            &format!("zendesk/{WRAPPED}_tickets.zip"),
            vec![entry(WRAPPED, 1, joined(&wrapped, "\n")), entry(WRAPPED, 2, second.join("\n") + &last)],
        ),
    ])
}

fn joined(lines: &[String], end: &str) -> String {
    lines.iter().flat_map(|line| [line.as_str(), end]).collect()
}

fn line(ticket: &Ticket, wrapped: bool) -> serde_json::Result<String> {
    let json = serde_json::to_string(ticket)?.replace(HALF_EMOJI, r"\ud83d");
    Ok(if wrapped { format!("{{\"ticket\":{json}}}") } else { json })
}

/// A line that was cut while it was written. The ticket is nowhere else.
fn unreadable(desk: &mut Desk) -> serde_json::Result<String> {
    let who = desk.member(0);
    let mut ticket = Ticket::new(999_001, who.id, Medium::Form.via(&who), "2025-05-05T05:05:05Z".to_owned());
    ticket.subject = Some("This line was cut off".to_owned());
    ticket.requester = Some(brief(&who));
    let mut json = line(&ticket, true)?;
    json.truncate(json.find("\"custom_fields\"").unwrap_or(json.len() / 2) + 30);
    Ok(json)
}
