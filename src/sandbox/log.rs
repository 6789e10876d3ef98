//! The log of API requests, in memory: what came, what was answered, how full the bucket was.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use super::clock::Moment;
use super::fault::Fault;

/// Rows kept; older ones are dropped.
const ROWS_MAX: usize = 200_000;

/// One request, as the log has it.
#[derive(Clone, Debug, Serialize)]
pub struct LoggedRequest {
    /// Its number, from 1.
    pub number: u64,
    /// When it was received.
    pub at: String,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, without the question mark.
    pub query: String,
    /// Bytes of the body.
    pub body_bytes: usize,
    /// The status answered, or none where the connection was cut.
    pub status: Option<u16>,
    /// The fault injected, if one was.
    pub fault: Option<Fault>,
    /// Units in the account's bucket after it; 0 where there is no limit.
    pub bucket_level: u32,
    /// Microseconds until its answer was ready.
    pub took_us: u64,
    /// When it was received, in microseconds since 1970.
    #[serde(skip)]
    pub(crate) at_us: i64,
}

impl LoggedRequest {
    /// A request that is not answered yet.
    pub(crate) fn new(
        number: u64,
        at: Moment,
        method: &str,
        path: &str,
        query: &str,
        body_bytes: usize,
    ) -> Self {
        Self {
            number,
            at: at.written(),
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            body_bytes,
            status: None,
            fault: None,
            bucket_level: 0,
            took_us: 0,
            at_us: at.micros(),
        }
    }

    /// Whether it was not answered well.
    pub(crate) fn is_problem(&self) -> bool {
        self.fault.is_some() || !self.status.is_some_and(|status| (200..400).contains(&status))
    }
}

/// The log.
#[derive(Debug, Default)]
pub(crate) struct Log {
    rows: VecDeque<LoggedRequest>,
    by_status: BTreeMap<u16, u64>,
    throttled: u64,
}

impl Log {
    /// Adds a request. `throttled`: the bucket refused it.
    pub(crate) fn record(&mut self, row: LoggedRequest, throttled: bool) {
        *self.by_status.entry(row.status.unwrap_or(0)).or_default() += 1;
        self.throttled += u64::from(throttled);
        if self.rows.len() == ROWS_MAX {
            self.rows.pop_front();
        }
        self.rows.push_back(row);
    }

    /// The rows, in the order in which they were answered.
    pub(crate) fn rows(&self) -> &VecDeque<LoggedRequest> {
        &self.rows
    }

    /// Requests by the status answered, and how many the bucket refused.
    pub(crate) fn totals(&self) -> (BTreeMap<u16, u64>, u64) {
        (self.by_status.clone(), self.throttled)
    }
}
