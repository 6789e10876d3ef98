//! Events and a shared writer for the tests of the reporters.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use crate::model::event::{Event, Figures, FileCounts, MessageCounts, TicketCounts};

/// A writer that a reporter and a test both hold.
#[derive(Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-03-01T23:12:00Z".parse().unwrap()
}

pub(crate) fn reading(bytes_done: u64, bytes_total: u64) -> Event {
    Event::Reading { source: "zendesk".into(), bytes_done, bytes_total }
}

/// Figures after `seconds` at two tickets a second, of 50,214 with 31,000 done before.
fn figures(seconds: u64) -> Figures {
    let created = 31_000 + seconds * 2;
    Figures {
        tickets: TicketCounts {
            created,
            already: 9,
            rejected: 7,
            pending: 50_214 - 16 - created,
            ..TicketCounts::default()
        },
        messages: MessageCounts { created: created * 4, ..MessageCounts::default() },
        reassigned: 0,
        uploads: 9_880,
        files_missing: 0,
        files_late: 0,
        files: FileCounts { done: 9_884, total: 12_040 },
        calls: 41_000 + seconds * 2,
        throttled: 0,
        could_have_sent: 0,
    }
}

pub(crate) fn started() -> Event {
    Event::RunStarted { run: 3, account: "acme.gorgias.com".into(), figures: figures(0), resumed: false }
}

pub(crate) fn progress(seconds: u64) -> Event {
    let figures = figures(seconds);
    Event::Progress {
        run: 3,
        figures,
        calls_per_second: 2.0,
        eta_seconds: Some(figures.tickets.pending / 2),
        bucket: Some((36, 40)),
    }
}
