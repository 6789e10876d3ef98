//! The Gorgias client: typed calls, paced and gated.
//!
//! Invariants:
//!
//! - Nothing leaves but through [`egress::clear`]; a [`transport::Transport`] takes nothing else.
//! - Every attempt takes a token of the [`limiter`], retries and look-ups too.
//! - A request is sent again by itself only if it was certainly not processed: after a 429, and once after a 401 for
//!   which a new token could be read. Whatever may have been processed is reported as [`CallFailure::Lost`], and what
//!   to do about it is the caller's decision.
//! - Errors and `Debug` hold no addresses, no bodies, no secrets.
//!
//! What this module must not know: exports, conversations, the ledger, the terminal.

pub mod base_url;
pub mod call;
pub mod client;
pub mod credentials;
pub mod egress;
pub mod error;
pub mod limiter;
mod multipart;
pub mod observer;
pub mod paging;
mod patience;
mod query;
mod server_clock;
pub mod transport;
pub mod wire;

pub use base_url::{BadBaseUrl, BaseUrl};
pub use call::Patience;
pub use client::{Client, CustomerAddress, EventFilter};
pub use credentials::{Credentials, Login, TokenSource};
pub use egress::{Refusal, SendPermit};
pub use error::CallFailure;
pub use limiter::{Level, Limit, Limiter, Reserve, WaitReason};
pub use observer::{Attempt, CallObserver, EndpointKind};
pub use paging::Pages;
pub use patience::{UNREAD_MAX, UNREAD_RECORDS_MAX, Unread, UnreadInARow, back_off, patiently};
pub use transport::{
    Http, Keeping, LostKind, NotSentKind, Own, RETRY_AFTER_MAX, ReadOnly, SendFailure, TakeBack,
    TakeBackStep, Timeouts, Transport,
};

/// The crate's sources below a folder, for tests that read them. Empty where they are not at hand.
#[cfg(test)]
pub(crate) fn source_files(folder: &str) -> Vec<(String, String)> {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    /// One file hands bytes to the network, and it takes only what the gate has cleared.
    #[test]
    fn only_the_transport_talks_to_the_network() {
        let files = super::source_files("src/gorgias");
        assert!(files.len() > 20);
        for (path, text) in files {
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let client =
                code.contains("reqwest::Client") || code.contains("TcpStream") || code.contains(".execute(");
            let allowed = path.ends_with("transport/http_client.rs") || path.ends_with("tests.rs");
            assert!(!client || allowed, "{path}");
        }
    }

    #[test]
    fn the_client_knows_nothing_of_the_rest() {
        for (path, text) in super::source_files("src/gorgias") {
            for line in text.lines().filter(|line| line.contains("crate::")) {
                let (_, used) = line.split_once("crate::").unwrap();
                let known =
                    ["gorgias", "model::time", "model::mask"].iter().any(|part| used.starts_with(part));
                assert!(known || path.ends_with("gorgias/mod.rs"), "{path}: {line}");
            }
        }
    }
}
