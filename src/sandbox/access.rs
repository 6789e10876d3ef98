//! Who may see the pages: they hold people's mail, and other users and programs of this machine reach loopback as well.
//!
//! The program prints a link with a token. The first who opens it gets a cookie in exchange, and the token is void.

use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::SandboxError;

/// Bytes of a token: beyond guessing, and short enough for a link that no terminal breaks.
const TOKEN_BYTES: usize = 16;

/// The tokens in force.
#[derive(Debug)]
pub(crate) struct Access {
    /// Browsers share cookies among all ports of a host, so each port has a name of its own.
    cookie: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The link that nobody has used yet.
    link: Option<String>,
    /// What browsers that were let in say. A restart forgets them.
    sessions: Vec<String>,
}

/// Browsers that may be in at once; the oldest goes first.
const SESSIONS_MAX: usize = 16;

impl Access {
    pub(crate) fn new(base_url: &str) -> Self {
        let port = base_url.rsplit(':').next().unwrap_or_default();
        Self { cookie: format!("stand-in-{port}"), state: Mutex::default() }
    }

    /// A new token, in place of one that was not used.
    pub(crate) fn link(&self) -> Result<String, SandboxError> {
        let token = token()?;
        self.state().link = Some(token.clone());
        Ok(token)
    }

    /// The cookie to set, if this is the token that nobody has used yet.
    pub(crate) fn exchange(&self, offered: &str) -> Result<Option<String>, SandboxError> {
        let session = token()?;
        let mut state = self.state();
        if !state.link.as_deref().is_some_and(|link| same(link, offered)) {
            return Ok(None);
        }
        state.link = None;
        if state.sessions.len() == SESSIONS_MAX {
            state.sessions.remove(0);
        }
        let cookie = format!("{}={session}; Path=/; HttpOnly; SameSite=Strict", self.cookie);
        state.sessions.push(session);
        Ok(Some(cookie))
    }

    /// Whether a request comes from a browser that was let in.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut offered = cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.cookie)
            .map(|(_, value)| value);
        let state = self.state();
        offered.any(|value| state.sessions.iter().any(|session| same(session, value)))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn token() -> Result<String, SandboxError> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| SandboxError::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Compares without telling by its time how much was right.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        headers
    }

    #[test]
    fn a_link_opens_once_and_its_cookie_for_as_long_as_the_server_runs() {
        let access = Access::new("http://127.0.0.1:8123");
        assert_eq!(access.exchange("").unwrap(), None, "there is no link yet");
        let link = access.link().unwrap();
        assert_eq!(access.exchange("wrong").unwrap(), None);
        let cookie = access.exchange(&link).unwrap().unwrap();
        assert!(cookie.starts_with("stand-in-8123=") && cookie.contains("HttpOnly; SameSite=Strict"));
        assert_eq!(access.exchange(&link).unwrap(), None, "used");
        let pair = cookie.split(';').next().unwrap();
        assert!(access.admits(&with(&format!("other=1; {pair}"))));
        assert!(!access.admits(&with("stand-in-8123=")) && !access.admits(&HeaderMap::new()));
        assert!(!access.admits(&with(&format!("{}x", &pair[..pair.len() - 1]))));
    }

    #[test]
    fn a_new_link_voids_the_old_one() {
        let access = Access::new("http://127.0.0.1:1");
        let old = access.link().unwrap();
        let new = access.link().unwrap();
        assert_eq!(access.exchange(&old).unwrap(), None);
        assert!(access.exchange(&new).unwrap().is_some());
    }
}
