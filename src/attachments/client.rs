//! The HTTP clients of downloads: none follows a redirect, repeats a request or asks a proxy by itself.

use std::time::Duration;

use super::address::PublicOnly;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

const USER_AGENT: &str =
    concat!("gorgias-import/", env!("CARGO_PKG_VERSION"), " (help desk history importer)");

/// One client for hosts whose addresses must be public, and one for those that the user listed.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    /// Connects to public addresses only.
    pub(super) public: reqwest::Client,
    /// Connects to whatever the name leads to.
    pub(super) listed: reqwest::Client,
}

impl Clients {
    /// `silence` is how long a host may say nothing. Fails only if the system's certificates cannot be used.
    pub(super) fn new(silence: Duration) -> Result<Self, reqwest::Error> {
        let builder = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .connect_timeout(CONNECT.min(silence))
                .read_timeout(silence)
                .user_agent(USER_AGENT)
                .referer(false)
                // A proxy would resolve names itself, and lengths are checked on what is sent.
                .no_proxy()
                .gzip(false)
        };
        Ok(Self { public: builder().dns_resolver(PublicOnly).build()?, listed: builder().build()? })
    }
}
