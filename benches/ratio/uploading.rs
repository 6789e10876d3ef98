//! Uploads: what the ledger and the gate cost, and how much of an account's budget is used.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gorgias_import::gorgias::{Client, Credentials, Limit, Limiter, Reserve};
use gorgias_import::model::event::{Event, Figures};
use gorgias_import::sandbox::{self, BucketLimit, SandboxOptions};
use gorgias_import::upload::{self, Control, Ended, Options, Plan, Shared, Traffic, account};
use tokio::sync::mpsc;

use crate::bare::{Bodies, Keeping, OwnerAndKey, post_all};
use crate::line::{Line, Want, median, range};
use crate::server::Server;
use crate::staged::{Staged, rules};

/// Requests in flight.
pub(crate) const CONCURRENCY: usize = 32;
const ROUNDS: usize = 5;
/// Tickets of one round of the comparison.
const TICKETS: usize = 4_000;
/// The same where the server takes its time.
const SLOW_TICKETS: usize = 1_200;
const SLOW_ROUNDS: usize = 3;
/// The bucket of the measured account: a hundred times an API key's.
const BUCKET: u32 = 4_000;
const BUCKET_SECONDS: u32 = 20;
/// Tickets for the budget: more than ten seconds' worth.
const PACED_TICKETS: usize = 3_600;
const STEADY: Duration = Duration::from_secs(10);

/// An upload that is about to begin.
struct Upload {
    shared: Shared,
    plan: Plan,
    resources: upload::Resources,
    traffic: Arc<Traffic>,
    client: Client,
    /// What is posted.
    kept: Bodies,
    events: mpsc::UnboundedSender<Event>,
    heard: mpsc::UnboundedReceiver<Event>,
    folder: tempfile::TempDir,
}

async fn prepare(staged: &Staged, base_url: &str, (owner, key): &OwnerAndKey, limit: Limit) -> Upload {
    let (folder, ledger, run) = staged.ledger();
    let (events, heard) = mpsc::unbounded_channel();
    let traffic = Arc::new(Traffic::new(events.clone()));
    let kept = Bodies::default();
    let limiter = Limiter::new(limit, Reserve::new(0.0));
    let transport = Keeping::new(base_url, Arc::clone(&kept));
    let login = Credentials::basic(owner.as_str(), key.clone().into());
    let client = Client::builder(transport, login, limiter).observer(Arc::clone(&traffic)).build();
    let account = account::read(&client, &rules(), Duration::from_mins(1), &|identity: &_| {
        upload::digest(&ledger, identity)
    })
    .await
    .unwrap();
    traffic.keep_journal(ledger.clone(), run);
    let options = Options {
        pages: None,
        run,
        concurrency: CONCURRENCY,
        concurrency_max: CONCURRENCY,
        settle: Duration::from_secs(4),
        patience: Duration::from_mins(1),
        via: "api".to_owned(),
        imported: upload::Imported::Never,
        nested_max: 500,
        max_errors: None,
        max_duration: None,
        skip_existing: false,
        watch: upload::Watch::default(),
        schedule: upload::Schedule::default(),
    };
    let plan = Plan {
        view: ledger.view().clone(),
        staging: staged.path(),
        selection: gorgias_import::ledger::Selection::default(),
        rules: rules(),
        directory: account.directory,
    };
    let notes = Box::new(|_: &_| {});
    let shared = Shared::new(client.clone(), ledger, options, Arc::clone(&traffic), notes);
    Upload { shared, plan, resources: account.resources, traffic, client, kept, events, heard, folder }
}

impl Upload {
    /// Runs it to its end; seconds, the figures, and bytes of the ledger at rest.
    async fn run(self, control: Control) -> (f64, Figures, u64) {
        let Self { shared, plan, resources, events, mut heard, folder, traffic, .. } = self;
        drop(self.client);
        let listener = tokio::spawn(async move { while heard.recv().await.is_some() {} });
        let started = Instant::now();
        let (ended, figures) =
            upload::upload(shared, plan, resources, Figures::default(), control, events).await;
        let seconds = started.elapsed().as_secs_f64();
        assert!(matches!(ended, Ended::Finished | Ended::Interrupted), "the upload ended with {ended:?}");
        traffic.fall_silent();
        listener.await.unwrap();
        drop(traffic);
        // The writer thread tidies up once nobody holds the ledger any more.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let bytes = std::fs::metadata(folder.path().join("ledger.sqlite")).unwrap().len();
        (seconds, figures, bytes)
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn login() -> OwnerAndKey {
    ("bench@example.com".to_owned(), "bench".to_owned())
}

/// The uploader and the bare client, round by round.
#[derive(Default)]
struct Compared {
    ratios: Vec<f64>,
    /// Requests a second.
    ours: Vec<f64>,
    bare: Vec<f64>,
    /// Processor time of the process for one request, in microseconds, the server's share included.
    our_cpu: Vec<f64>,
    bare_cpu: Vec<f64>,
    /// What the uploader sent, in order.
    bodies: Vec<(String, bytes::Bytes)>,
    /// Bytes of the ledger, and messages in it.
    at_rest: (u64, u64),
    tickets: u64,
}

impl Compared {
    /// The first round warms up.
    fn new(staged: &Staged, base_url: &str, login: &OwnerAndKey, rounds: usize) -> Self {
        let unlimited = Limit::Fixed { requests: 100_000_000, window: Duration::from_secs(1) };
        let mut compared = Self::default();
        for round in 0..=rounds {
            let runtime = runtime();
            let upload = runtime.block_on(prepare(staged, base_url, login, unlimited));
            let (traffic, kept) = (Arc::clone(&upload.traffic), Arc::clone(&upload.kept));
            let (before, ..) = traffic.counts();
            let cpu = processor_seconds();
            let (seconds, figures, bytes) = runtime.block_on(upload.run(Control::default()));
            let our_cpu = processor_seconds() - cpu;
            let requests = (traffic.counts().0 - before) as f64;
            assert!(figures.tickets.pending + figures.tickets.rejected == 0, "{figures:?}");
            compared.at_rest = (bytes, figures.messages.created);
            compared.tickets = figures.tickets.created;
            compared.bodies = std::mem::take(&mut *kept.lock().unwrap());
            let posted = compared.bodies.len() as f64;
            let cpu = processor_seconds();
            let taken = runtime.block_on(post_all(base_url, login.clone(), &compared.bodies));
            let bare_cpu = processor_seconds() - cpu;
            if round > 0 {
                compared.bare_cpu.push(bare_cpu / posted * 1e6);
                compared.our_cpu.push(our_cpu / requests * 1e6);
                compared.ratios.push(requests / seconds / (posted / taken));
                compared.ours.push(requests / seconds);
                compared.bare.push(posted / taken);
            }
        }
        compared
    }

    fn raw(&self) -> String {
        let bytes: usize = self.bodies.iter().map(|(_, body)| body.len()).sum();
        format!(
            "{:.0} against {:.0} requests/s of {:.1} KB, {:.0} against {:.0} us of processor, {CONCURRENCY} in \
             flight, {} rounds {}",
            median(self.ours.clone()),
            median(self.bare.clone()),
            bytes as f64 / self.bodies.len() as f64 / 1e3,
            median(self.our_cpu.clone()),
            median(self.bare_cpu.clone()),
            self.ratios.len(),
            range(&self.ratios)
        )
    }

    fn line(&self, name: &'static str) -> Line {
        let want = Want::Share { floor: 0.8, goal: 0.9 };
        Line { name, figure: median(self.ratios.clone()), want, raw: self.raw() }
    }
}

/// Processor time that this process has taken, of threads that have ended too. In steps of ten milliseconds.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program may hold blanks; after its bracket, user and system time are the 12th and 13th word.
    let words = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u32 = words.skip(11).take(2).filter_map(|word| word.parse::<u32>().ok()).sum();
    f64::from(ticks) / 100.0
}

/// The uploader against the same client that posts the same bodies with no ledger and no gate: against the stand-in,
/// and against a server that answers at once and does nothing, where what is measured is processor time alone.
pub(crate) fn overhead() -> Vec<Line> {
    let staged = Staged::new(TICKETS);
    let at_once = Compared::new(&staged, &Server::start().base_url(), &login(), ROUNDS);
    let few = Staged::new(SLOW_TICKETS);
    let stand_in = against_the_stand_in(&few);
    let slow = |delay| {
        Compared::new(&few, &Server::slow(Duration::from_millis(delay)).base_url(), &login(), SLOW_ROUNDS)
    };
    let (after_5, after_50) = (slow(5), slow(50));
    let creates = at_once.bodies.iter().filter(|(path, _)| path == "/api/tickets").count();
    let per_message = at_once.at_rest.0 as f64 / at_once.at_rest.1 as f64;
    let ledger = format!(
        "{} bytes, {} messages, journal of the requests included",
        at_once.at_rest.0, at_once.at_rest.1
    );
    vec![
        stand_in.line("uploader / bare client, stand-in"),
        at_once.line("uploader / bare client, at once"),
        after_5.line("  answers after 5 ms"),
        after_50.line("  answers after 50 ms"),
        Line {
            name: "calls per ticket",
            figure: creates as f64 / at_once.tickets as f64,
            want: Want::AtMost { limit: 1.0, unit: "calls" },
            raw: format!(
                "{} tickets; {} calls for new people and tags beside them",
                at_once.tickets,
                at_once.bodies.len() - creates
            ),
        },
        Line {
            name: "ledger after an upload",
            figure: per_message,
            want: Want::AtMost { limit: 100.0, unit: "B/message" },
            raw: ledger,
        },
    ]
}

/// Both against the stand-in without a limit, which does with a request what the real account would have to do.
fn against_the_stand_in(staged: &Staged) -> Compared {
    let serving = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let options = SandboxOptions { limit: BucketLimit::UNLIMITED, ..SandboxOptions::default() };
    let login = options.account.api_keys.iter().next().map(|(e, k)| (e.clone(), k.clone())).unwrap();
    let sandbox = serving.block_on(sandbox::start(options)).unwrap();
    Compared::new(staged, sandbox.base_url(), &login, SLOW_ROUNDS)
}

/// The share of the account's budget that is used while work is waiting, from a full bucket on.
pub(crate) fn pace() -> Vec<Line> {
    let staged = Staged::new(PACED_TICKETS);
    let stand_in =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let window = Duration::from_secs(u64::from(BUCKET_SECONDS));
    let options = SandboxOptions { limit: BucketLimit::new(BUCKET, window), ..SandboxOptions::default() };
    let login = options.account.api_keys.iter().next().map(|(e, k)| (e.clone(), k.clone())).unwrap();
    let sandbox = stand_in.block_on(sandbox::start(options)).unwrap();
    let runtime = runtime();
    let (calls, seconds, throttled) = runtime.block_on(async {
        let upload = prepare(&staged, sandbox.base_url(), &login, Limit::Auto).await;
        fill(&upload.client).await;
        let (control, traffic) = (Control::default(), Arc::clone(&upload.traffic));
        let ended = Cell::new(false);
        let uploading = async {
            upload.run(control.clone()).await;
            ended.set(true);
        };
        let measuring = async {
            // The first calls make tags and open connections.
            tokio::time::sleep(Duration::from_secs(2)).await;
            let (before, ..) = traffic.counts();
            let started = Instant::now();
            tokio::time::sleep(STEADY).await;
            let (after, throttled, _) = traffic.counts();
            let seconds = started.elapsed().as_secs_f64();
            assert!(!ended.get(), "too few tickets for the measurement");
            control.drain.cancel();
            drop(traffic);
            (after - before, seconds, throttled)
        };
        tokio::join!(uploading, measuring).1
    });
    let budget = f64::from(BUCKET) / f64::from(BUCKET_SECONDS) * seconds;
    let raw = format!(
        "{calls} calls in {seconds:.1} s at {BUCKET}/{BUCKET_SECONDS}s, where {budget:.0} are allowed"
    );
    vec![
        Line {
            name: "budget used",
            figure: calls as f64 / budget,
            want: Want::Share { floor: 0.98, goal: 0.99 },
            raw,
        },
        Line {
            name: "answers 429",
            figure: throttled as f64,
            want: Want::AtMost { limit: 0.0, unit: "answers" },
            raw: "since the start".to_owned(),
        },
    ]
}

/// Fills the account's bucket with calls of our own, so that the steady state begins at once.
async fn fill(client: &Client) {
    let workers: Vec<_> = (0..CONCURRENCY)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                while client.limiter().level().used < f64::from(BUCKET) * 0.88 {
                    client.me().await.unwrap();
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
}
