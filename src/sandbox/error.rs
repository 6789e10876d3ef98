//! Why the stand-in could not start.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the stand-in could not start or its store could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Only loopback addresses are served: the store holds people's mail.
    #[error("the stand-in serves loopback addresses only, not {0}")]
    NotLoopback(SocketAddr),
    /// The port is taken or may not be used.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The store's file cannot be made.
    #[error("cannot open or make the store {path}")]
    StoreFile {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The store cannot be opened, read or written.
    #[error("cannot use the stand-in's store")]
    Store(#[from] rusqlite::Error),
    /// The store failed while it was asked something.
    #[error("the stand-in's store failed: {0}")]
    Broken(String),
    /// The store was made by another version of the stand-in.
    #[error("the store {path} has layout {found}, this program uses {expected}; delete it and start again")]
    StoreLayout {
        /// Where the store is.
        path: PathBuf,
        /// The layout found.
        found: i64,
        /// The layout this program writes.
        expected: i64,
    },
    /// The store holds the data of an account with another name.
    #[error("the store {path} belongs to the account {found}, not {expected}; use another file")]
    OtherAccount {
        /// Where the store is.
        path: PathBuf,
        /// The account whose data it holds.
        found: String,
        /// The account asked for.
        expected: String,
    },
    /// A temporary folder for the store cannot be made.
    #[error("cannot make a temporary folder for the store")]
    Temporary(#[source] std::io::Error),
    /// The operating system gives no random numbers for the link to the pages.
    #[error("the system gives no random numbers")]
    Random,
    /// The account to start with contradicts itself.
    #[error("the stand-in's account is not usable: {0}")]
    Account(String),
}
