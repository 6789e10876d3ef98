//! The shapes in which an export can be delivered. Each writes ticket by ticket and holds back a page at most.

mod api;
mod lines;
mod tables;
mod xml;

use std::io;
use std::path::Path;

use crate::shop::wire::{Ticket, User};
use crate::sink::Pack;

/// A shape of an export.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shape {
    /// The account's own export: a ticket a line, with its comments.
    Ndjson,
    /// The same, each line as `{"ticket":…}`.
    Wrapped,
    /// Pages of the API: tickets, and a file of comments for each ticket.
    Pages,
    /// Pages of tickets and of ticket events with their comments.
    Events,
    /// Pages of tickets and of audits.
    Audits,
    /// The account's XML export.
    Xml,
    /// A warehouse's tables as CSV.
    Warehouse,
}

/// Takes the records of an export.
pub(crate) trait Output {
    /// Writes a ticket with its comments; gives the bytes that it took.
    fn ticket(&mut self, ticket: Ticket) -> io::Result<u64>;

    /// Writes a user.
    fn user(&mut self, user: &User) -> io::Result<()>;

    /// Ends all files.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// The output for a shape. `separate` puts the comments of lines into files of their own.
pub(crate) fn output(shape: Shape, separate: bool, folder: &Path, pack: Pack) -> io::Result<Box<dyn Output>> {
    Ok(match shape {
        Shape::Ndjson => Box::new(lines::Lines::create(folder, pack, None, separate)?),
        Shape::Wrapped => Box::new(lines::Lines::create(folder, pack, Some("ticket"), false)?),
        Shape::Pages => Box::new(api::Api::create(folder, pack, api::Comments::Pages)?),
        Shape::Events => Box::new(api::Api::create(folder, pack, api::Comments::Events)?),
        Shape::Audits => Box::new(api::Api::create(folder, pack, api::Comments::Audits)?),
        Shape::Xml => Box::new(xml::Xml::create(folder, pack)?),
        Shape::Warehouse => Box::new(tables::Tables::create(folder, pack)?),
    })
}
