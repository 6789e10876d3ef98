//! Where Aircall keeps a recording right now. The links of exports lead to a page behind a login for people; the signed
//! ones die within the hour, so each is asked for when it is used (reference 2.7).

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Url};
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout};

use super::Reason;
use super::fetch::{ALONE, Ended};

/// Pages of calls.
const PAGES: &str = "https://assets.aircall.io/calls/";
/// Aircall's API.
const API: &str = "https://api.aircall.io/v1/calls/";
/// Between two calls of the API: 50 a minute, of 60 to 120 that a company has for all its programs (reference 4).
const PACE: Duration = Duration::from_millis(1_200);
/// Longest answer that is read, in bytes. A call with its comments has some thousands.
const ANSWER_MAX: usize = 1024 * 1024;

/// A sound of a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    call: u64,
    /// The field of the call that has the link.
    field: &'static str,
}

/// The sound that a link to one of Aircall's pages means.
pub(super) fn wanted(url: &Url) -> Option<Wanted> {
    let (call, page) = url.as_str().strip_prefix(PAGES)?.split_once('/')?;
    let field = match page.split(['/', '?', '#']).next()? {
        "recording" => "recording",
        "voicemail" => "voicemail",
        _ => return None,
    };
    Some(Wanted { call: call.parse().ok()?, field })
}

/// Asks Aircall's API for links, at its pace.
#[derive(Debug)]
pub(super) struct Recordings {
    api: String,
    /// When the next call may leave.
    next: Mutex<Instant>,
}

impl Default for Recordings {
    fn default() -> Self {
        Self { api: API.to_owned(), next: Mutex::new(Instant::now()) }
    }
}

impl Recordings {
    /// One that asks another host.
    #[cfg(test)]
    pub(super) fn at(api: String) -> Self {
        Self { api, ..Self::default() }
    }

    /// Where the sound is now.
    pub(super) async fn find(
        &self,
        client: &Client,
        login: &HeaderValue,
        wanted: &Wanted,
        silence: Duration,
    ) -> Result<Url, Ended> {
        {
            let mut next = self.next.lock().await;
            sleep_until(*next).await;
            *next = Instant::now() + PACE;
        }
        let request = client.get(format!("{}{}", self.api, wanted.call)).header(AUTHORIZATION, login.clone());
        let mut answer = match timeout(silence, request.send()).await {
            Err(_) => return Err(Reason::Silent.into()),
            Ok(Err(_)) => return Err(Reason::Unreachable.into()),
            Ok(Ok(answer)) => answer,
        };
        let status = answer.status().as_u16();
        if status == 429 {
            let asked =
                answer.headers().get(RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
            let wait = asked.map_or(ALONE, Duration::from_secs).min(Duration::from_mins(2));
            *self.next.lock().await = Instant::now() + wait;
            return Err(Ended::Without(Reason::Status(status), Some(wait)));
        }
        if status != 200 {
            return Err(Reason::Status(status).into());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| Reason::CutOff)? {
            if body.len() + chunk.len() > ANSWER_MAX {
                return Err(Reason::CutOff.into());
            }
            body.extend_from_slice(&chunk);
        }
        let call: Value = serde_json::from_slice(&body).map_err(|_| Reason::WebPage)?;
        let link = call["call"][wanted.field].as_str().and_then(|link| Url::parse(link).ok());
        // A call that has no sound (any more).
        link.ok_or_else(|| Reason::Status(404).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_sounds() {
        let wanted = |url: &str| wanted(&Url::parse(url).unwrap());
        let page = "https://assets.aircall.io/calls/2700000001";
        assert_eq!(
            wanted(&format!("{page}/recording")),
            Some(Wanted { call: 2_700_000_001, field: "recording" })
        );
        assert_eq!(
            wanted(&format!("{page}/voicemail/info")),
            Some(Wanted { call: 2_700_000_001, field: "voicemail" })
        );
        for other in ["/timeline", "", "x/recording"] {
            assert_eq!(wanted(&format!("{page}{other}")), None, "{other}");
        }
        assert_eq!(wanted("https://assets.aircall.io.evil.example/calls/1/recording"), None);
    }
}
