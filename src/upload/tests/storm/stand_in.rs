//! The real stand-in as a server of simulated runs: every call takes its time both ways, the stand-in can be restarted
//! with its store on disk, and nothing goes over a socket.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::future::{BoxFuture, LocalBoxFuture};
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::super::world::{Server, folder};
use crate::gorgias::egress::Cleared;
use crate::gorgias::transport::RawAnswer;
use crate::gorgias::{Client, Login, LostKind, NotSentKind, SendFailure, Transport};
use crate::ledger::Ledger;
use crate::mapping::{AgentDirectory, Rules};
use crate::sandbox::{AccountSeed, BucketLimit, FaultPlan, InMemory, SandboxOptions};
use crate::upload::resources::Resources;
use crate::upload::{account, digest};

/// How long a call waits for its answer.
const CALL_TIMEOUT: Duration = Duration::from_mins(1);

/// How long a run waits for the account when it starts.
const PATIENCE: Duration = Duration::from_hours(24);

/// How the account is played.
pub(super) struct Play {
    pub(super) seed: AccountSeed,
    pub(super) limit: BucketLimit,
    pub(super) faults: FaultPlan,
    pub(super) json_bytes_max: usize,
    /// Longest way of a request or an answer.
    pub(super) way_max: Duration,
    pub(super) dice: u64,
}

/// A stand-in that is up.
#[derive(Clone)]
struct Up {
    stand_in: Arc<InMemory>,
    /// Cancelled when it goes down: whoever waits for an answer is cut off.
    down: CancellationToken,
}

struct State {
    up: Option<Up>,
    rng: fastrand::Rng,
    log: Vec<String>,
    /// 429s of its bucket, over all restarts.
    throttled: u64,
    requests: u64,
}

pub(super) struct StandIn {
    play: Mutex<Play>,
    state: Mutex<State>,
    store: TempDir,
    begun: Instant,
}

impl StandIn {
    pub(super) fn new(play: Play) -> Self {
        let rng = fastrand::Rng::with_seed(play.dice);
        let state = State { up: None, rng, log: Vec::new(), throttled: 0, requests: 0 };
        let stand_in =
            Self { play: Mutex::new(play), state: Mutex::new(state), store: folder(), begun: Instant::now() };
        stand_in.start();
        stand_in
    }

    fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self) {
        let play = Self::lock(&self.play);
        let options = SandboxOptions {
            store: Some(self.store.path().join("store.sqlite")),
            account: play.seed.clone(),
            limit: play.limit,
            faults: play.faults.clone(),
            json_bytes_max: play.json_bytes_max,
            ..SandboxOptions::default()
        };
        let stand_in = Arc::new(InMemory::open(options).unwrap());
        Self::lock(&self.state).up = Some(Up { stand_in, down: CancellationToken::new() });
        self.tell("the stand-in is up");
    }

    fn up(&self) -> Option<Up> {
        Self::lock(&self.state).up.clone()
    }

    /// What it holds, to be looked at.
    pub(super) fn stand_in(&self) -> Arc<InMemory> {
        self.up().unwrap().stand_in
    }

    /// Takes it down `after` some time, for so long as it takes to be `away`, and starts it again on its store.
    pub(super) async fn restart(self: Arc<Self>, after: Duration, away: Duration) {
        sleep(after).await;
        let Some(up) = Self::lock(&self.state).up.take() else { return };
        self.tell("the stand-in is down");
        up.down.cancel();
        sleep(away).await;
        // What was at work when the connections were cut ends before the process does.
        while up.stand_in.at_work() > 0 || Arc::strong_count(&up.stand_in) > 1 {
            sleep(Duration::from_millis(50)).await;
        }
        self.count(&up.stand_in);
        drop(up);
        self.start();
    }

    fn count(&self, stand_in: &InMemory) {
        let counted = stand_in.stats().unwrap();
        let mut state = Self::lock(&self.state);
        state.throttled += counted.throttled;
        state.requests += counted.requests;
    }

    /// Waits until it is up and nothing is at work, without faults from now on.
    pub(super) async fn calm(&self) {
        Self::lock(&self.play).faults = FaultPlan::none();
        loop {
            if let Some(up) = self.up() {
                up.stand_in.set_faults(FaultPlan::none());
                if up.stand_in.at_work() == 0 {
                    return;
                }
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// What is behind the link of a file.
    pub(super) async fn file(&self, link: &str) -> Bytes {
        let built = Request::builder().uri(link).header(HOST, "127.0.0.1").body(Bytes::new()).unwrap();
        let answer = self.stand_in().ask(built).await.unwrap();
        assert_eq!(answer.status(), 200, "{link}");
        answer.into_body()
    }

    /// The tags that the account had before.
    pub(super) fn tags(&self) -> Vec<String> {
        Self::lock(&self.play).seed.tags.clone()
    }

    /// Requests, and refusals by its bucket, over all restarts.
    pub(super) fn traffic(&self) -> (u64, u64) {
        let counted = self.stand_in().stats().unwrap();
        let state = Self::lock(&self.state);
        (state.requests + counted.requests, state.throttled + counted.throttled)
    }

    pub(super) fn story(&self) -> String {
        Self::lock(&self.state).log.join("\n")
    }

    fn way(&self) -> Duration {
        let longest = Self::lock(&self.play).way_max.as_millis();
        let longest = u64::try_from(longest).unwrap();
        Duration::from_millis(Self::lock(&self.state).rng.u64(0..=longest))
    }

    async fn exchange(&self, request: &Cleared, login: &Login) -> Result<RawAnswer, SendFailure> {
        let lost = |kind| SendFailure::Lost { kind, detail: String::new() };
        let no_connection =
            SendFailure::NotSent { kind: NotSentKind::Connect, detail: "connection refused".into() };
        let Some(up) = self.up() else {
            sleep(Duration::from_millis(5)).await;
            return Err(no_connection);
        };
        let (there, back) = (self.way(), self.way());
        let line = format!("{} {}", request.method(), request.path());
        let call = async {
            sleep(there).await;
            let answer = up.stand_in.ask(http_request(request, login)).await;
            sleep(back).await;
            answer
        };
        let answer = tokio::select! {
            biased;
            () = up.down.cancelled() => Err(lost(LostKind::Connection)),
            answer = timeout(CALL_TIMEOUT, call) => match answer {
                Err(_) => Err(lost(LostKind::Timeout)),
                Ok(None) => Err(lost(LostKind::Connection)),
                Ok(Some(answer)) => {
                    let (parts, body) = answer.into_parts();
                    Ok(RawAnswer { status: parts.status.as_u16(), headers: parts.headers, body })
                }
            },
        };
        match &answer {
            Ok(answer) => self.tell(&format!("{line}: {}", answer.status)),
            Err(failure) => self.tell(&format!("{line}: {failure}")),
        }
        answer
    }
}

fn http_request(request: &Cleared, login: &Login) -> Request<Bytes> {
    let uri = match request.query() {
        Some(query) => format!("{}?{query}", request.path()),
        None => request.path().to_owned(),
    };
    let authorization = match login {
        Login::Basic { email, key } => {
            format!("Basic {}", STANDARD.encode(format!("{email}:{}", key.expose_secret())))
        }
        Login::Bearer { token } => format!("Bearer {}", token.expose_secret()),
    };
    let mut built = Request::builder().method(request.method()).uri(uri).header(AUTHORIZATION, authorization);
    if let Some(kind) = request.content_type() {
        built = built.header(CONTENT_TYPE, kind);
    }
    built.body(request.body().clone()).unwrap()
}

impl Transport for StandIn {
    fn send<'a>(
        &'a self,
        request: &'a Cleared,
        login: &'a Login,
    ) -> BoxFuture<'a, Result<RawAnswer, SendFailure>> {
        Box::pin(self.exchange(request, login))
    }
}

impl Server for StandIn {
    fn tell(&self, line: &str) {
        let at = self.begun.elapsed().as_secs_f64();
        Self::lock(&self.state).log.push(format!("{at:9.3} {line}"));
    }

    fn meet<'a>(
        &'a self,
        client: &'a Client,
        ledger: &'a Ledger,
    ) -> LocalBoxFuture<'a, Option<(AgentDirectory, Resources)>> {
        Box::pin(async move {
            let digest = |identity: &_| digest(ledger, identity);
            let met = account::read(client, &Rules::default(), PATIENCE, &digest).await.ok()?;
            Some((met.directory, met.resources))
        })
    }
}
