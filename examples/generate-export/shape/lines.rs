//! One object a line: the account's own export, bare or wrapped, and dumps that keep comments apart.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::Output;
use crate::shop::wire::{Ticket, User};
use crate::sink::{Pack, Sink};

/// Lines of tickets, of users, and of comments where they are apart.
pub(super) struct Lines {
    tickets: Sink,
    users: Sink,
    comments: Option<Sink>,
    /// The key around each ticket.
    wrapper: Option<&'static str>,
}

impl Lines {
    /// Opens the files.
    pub(super) fn create(
        folder: &Path,
        pack: Pack,
        wrapper: Option<&'static str>,
        separate: bool,
    ) -> io::Result<Self> {
        let open = |what: &str| Sink::create(folder, what, pack);
        let comments = if separate { Some(open("comments")?) } else { None };
        Ok(Self { tickets: open("tickets")?, users: open("users")?, comments, wrapper })
    }
}

impl Output for Lines {
    fn ticket(&mut self, mut ticket: Ticket) -> io::Result<u64> {
        let mut bytes = 0;
        if let Some(comments) = &mut self.comments {
            for mut comment in ticket.comments.take().unwrap_or_default() {
                comment.ticket_id = Some(ticket.id);
                bytes += comments.line(&comment)?;
            }
        }
        bytes += match self.wrapper {
            Some(key) => self.tickets.line(&BTreeMap::from([(key, ticket)]))?,
            None => self.tickets.line(&ticket)?,
        };
        Ok(bytes)
    }

    fn user(&mut self, user: &User) -> io::Result<()> {
        self.users.line(user).map(drop)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.tickets.finish()?;
        self.users.finish()?;
        self.comments.map_or(Ok(()), Sink::finish)
    }
}
