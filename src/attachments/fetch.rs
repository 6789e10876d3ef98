//! One file from the web: redirects followed by hand, each judged like the first address.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::{Response, Url};
use tokio::time::{Instant, timeout, timeout_at};

use super::address::{PrivateAddress, is_public};
use super::client::Clients;
use super::hosts::{Allowed, Hosts};
use super::local::Found;
use super::politeness::{Host, Politeness};
use super::recordings::{self, Recordings};
use super::sniff;
use super::store::Store;
use super::{Reason, place};
use crate::model::conversation::Attachment;

/// Hops of one download. Zendesk takes one or two.
const HOPS_MAX: usize = 5;
/// Times that a file is asked for where another try may have another end.
const ATTEMPTS: u32 = 3;
/// Times that it is asked for where the host says when to come again.
const PATIENT_ATTEMPTS: u32 = 8;
/// Pause before the second attempt; it doubles.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a host is left alone that answers 429 and does not say for how long.
pub(super) const ALONE: Duration = Duration::from_secs(10);
/// A file may take this many times as long as a host may be silent.
const WHOLE: u32 = 20;

/// Has files from the web.
#[derive(Debug)]
pub(super) struct Fetcher {
    recordings: Recordings,
    hosts: Hosts,
    clients: Clients,
    politeness: Politeness,
    max_bytes: u64,
    silence: Duration,
}

/// How an attempt ended without a file.
pub(super) enum Ended {
    /// For this reason; the host may have said when to come again.
    Without(Reason, Option<Duration>),
    /// The host is given up for now: it is not asked at all.
    GivenUp,
    /// The disk cannot be written.
    Disk(io::Error),
}

impl From<Reason> for Ended {
    fn from(reason: Reason) -> Self {
        Self::Without(reason, None)
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// What an address answered.
enum Answer {
    File(Found),
    LedTo(Url),
}

impl Fetcher {
    pub(super) fn new(hosts: Hosts, max_bytes: u64, silence: Duration) -> Result<Self, reqwest::Error> {
        let (clients, politeness) = (Clients::new(silence)?, Politeness::new());
        Ok(Self { recordings: Recordings::default(), hosts, clients, politeness, max_bytes, silence })
    }

    #[cfg(test)]
    pub(super) fn ask_for_recordings(&mut self, api: String) {
        self.recordings = Recordings::at(api);
        // The stand-in of the API is on this machine.
        self.clients.public = self.clients.listed.clone();
    }

    /// Whether a file of `source` may be asked for.
    pub(super) fn may_ask(&self, source: &str, file: &Attachment) -> bool {
        self.hosts.allows(source, place(file))
    }

    /// The name of the file's host where that is the source account's own.
    pub(super) fn own_host(&self, source: &str, file: &Attachment) -> Option<String> {
        self.hosts.own_host(source, &Url::parse(&file.url).ok()?)
    }

    /// Asks for a file of `source`, several times where that may help. The outer error is one of this machine.
    pub(super) async fn fetch(
        &self,
        source: &str,
        file: &Attachment,
        store: &Store,
    ) -> io::Result<Result<Found, Reason>> {
        let Ok(url) = Url::parse(&file.url) else { return Ok(Err(Reason::NotListed)) };
        let mut pause = PAUSE;
        let (mut attempt, mut patient) = (1, 1);
        loop {
            let (reason, wait) = match self.follow(source, url.clone(), file, store).await {
                Ok(found) => return Ok(Ok(found)),
                Err(Ended::Disk(error)) => return Err(error),
                Err(Ended::GivenUp) => return Ok(Err(Reason::Silent)),
                Err(Ended::Without(reason, wait)) => (reason, wait),
            };
            if wait.is_some() && patient < PATIENT_ATTEMPTS {
                // The host is left alone; the next turn comes when that is over.
                patient += 1;
                continue;
            }
            if !reason.may_pass() || attempt >= ATTEMPTS {
                return Ok(Err(reason));
            }
            attempt += 1;
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    async fn follow(
        &self,
        source: &str,
        mut url: Url,
        file: &Attachment,
        store: &Store,
    ) -> Result<Found, Ended> {
        let mut first = 0;
        // Zendesk's tickets name Aircall's recordings too; a login for Zendesk is none of Aircall's business.
        if let Some(wanted) = recordings::wanted(&url)
            && self.hosts.is_of_aircall(source)
        {
            // The page is for people; its account's API says where the sound is right now.
            let login = self.hosts.aircall_login(source).ok_or(Reason::NoLogin)?;
            url = self.recordings.find(&self.clients.public, login, &wanted, self.silence).await?;
            first = 1;
        }
        for hop in first..HOPS_MAX {
            let allowed = self.hosts.judge(source, &url, hop > 0).ok_or_else(|| refusal(&url, hop))?;
            if !allowed.listed && literal_private(&url) {
                return Err(Reason::Private.into());
            }
            match self.ask(&url, allowed, file, store).await? {
                Answer::File(found) => return Ok(found),
                Answer::LedTo(next) => url = next,
            }
        }
        Err(Reason::LedAway.into())
    }

    /// Asks one address, when its host's turn has come.
    async fn ask(
        &self,
        url: &Url,
        allowed: Allowed<'_>,
        file: &Attachment,
        store: &Store,
    ) -> Result<Answer, Ended> {
        let name = format!(
            "{}:{}",
            url.host_str().unwrap_or_default(),
            url.port_or_known_default().unwrap_or_default()
        );
        let host = self.politeness.host(&name);
        let Some(_turn) = self.politeness.turn(&host).await else { return Err(Ended::GivenUp) };
        let deadline = Instant::now() + self.silence * WHOLE;
        let client = if allowed.listed { &self.clients.listed } else { &self.clients.public };
        let mut request = client.get(url.clone());
        // Only what is asked right now decides: whatever host led here, it passes no login on.
        if let Some(login) = allowed.login {
            request = request.header(AUTHORIZATION, login.clone());
        }
        let answer = match timeout(self.silence, request.send()).await {
            Err(_) => return Err(silent(&host)),
            Ok(Err(error)) => return Err(unreached(&error, &host)),
            Ok(Ok(answer)) => answer,
        };
        host.answered();
        let status = answer.status().as_u16();
        match status {
            200 => {
                let body = timeout_at(deadline, self.body(answer, file, store, &host)).await;
                Ok(Answer::File(body.unwrap_or(Err(Reason::Silent.into()))?))
            }
            301 | 302 | 303 | 307 | 308 => {
                let location = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                let next = location.and_then(|to| url.join(to).ok());
                next.map(Answer::LedTo).ok_or_else(|| Reason::Status(status).into())
            }
            204 => Err(Reason::Empty.into()),
            429 | 503 => {
                let asked = answer
                    .headers()
                    .get(RETRY_AFTER)
                    .and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
                let wait = asked.map(Duration::from_secs).or((status == 429).then_some(ALONE));
                if let Some(wait) = wait {
                    host.leave_alone(wait);
                }
                Err(Ended::Without(Reason::Status(status), wait))
            }
            status => Err(Reason::Status(status).into()),
        }
    }

    async fn body(
        &self,
        mut answer: Response,
        file: &Attachment,
        store: &Store,
        host: &Arc<Host>,
    ) -> Result<Found, Ended> {
        if answer.content_length().is_some_and(|length| length > self.max_bytes) {
            return Err(Reason::TooLarge.into());
        }
        let promised = answer.content_length();
        let told = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        let mut incoming = store.begin()?;
        loop {
            let chunk = match answer.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                Err(error) if error.is_timeout() => return Err(silent(host)),
                Err(_) => return Err(Reason::CutOff.into()),
            };
            if incoming.size() + chunk.len() as u64 > self.max_bytes {
                return Err(Reason::TooLarge.into());
            }
            incoming.write(&chunk)?;
        }
        if promised.is_some_and(|length| length != incoming.size()) {
            return Err(Reason::CutOff.into());
        }
        sniff::judge(file, told.as_deref(), incoming.head(), incoming.size())?;
        // Waiting for the disk must not hold up the other downloads.
        let kept = tokio::task::spawn_blocking(move || incoming.keep()).await;
        Ok(kept.map_err(io::Error::other)??)
    }
}

/// Why an address may not be asked.
fn refusal(url: &Url, hop: usize) -> Reason {
    match hop {
        0 => Reason::NotListed,
        _ if literal_private(url) => Reason::Private,
        _ => Reason::LedAway,
    }
}

/// Whether the host is written as an address, and not a public one. The resolver is not asked about those.
fn literal_private(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.parse().is_ok_and(|address| !is_public(address))
}

fn silent(host: &Host) -> Ended {
    host.was_silent();
    Reason::Silent.into()
}

/// What it means that no answer came.
fn unreached(error: &reqwest::Error, host: &Host) -> Ended {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(this) = cause {
        if this.is::<PrivateAddress>() {
            return Reason::Private.into();
        }
        cause = this.source();
    }
    host.was_silent();
    if error.is_timeout() { Reason::Silent.into() } else { Reason::Unreachable.into() }
}
