//! The client without an uploader: what posting takes when the bodies are at hand and nothing is written down.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::BoxFuture;
use gorgias_import::gorgias::egress::Cleared;
use gorgias_import::gorgias::transport::RawAnswer;
use gorgias_import::gorgias::{BaseUrl, Http, Login, SendFailure, Timeouts, Transport, wire};
use http::Method;

use crate::uploading::CONCURRENCY;

const TIMEOUT: Duration = Duration::from_secs(10);

/// What was posted: path and body, in order.
pub(crate) type Bodies = Arc<Mutex<Vec<(String, Bytes)>>>;

/// The address of an API key's owner, and the key.
pub(crate) type OwnerAndKey = (String, String);

/// The program's transport, which keeps what it posts.
pub(crate) struct Keeping {
    http: Http,
    kept: Bodies,
}

impl Keeping {
    pub(crate) fn new(base_url: &str, kept: Bodies) -> Self {
        let timeouts = Timeouts { connect: TIMEOUT, read: TIMEOUT, total: TIMEOUT };
        Self { http: Http::new(BaseUrl::parse(base_url).unwrap(), timeouts).unwrap(), kept }
    }
}

impl Transport for Keeping {
    fn send<'a>(
        &'a self,
        request: &'a Cleared,
        login: &'a Login,
    ) -> BoxFuture<'a, Result<RawAnswer, SendFailure>> {
        if request.method() == Method::POST {
            self.kept.lock().unwrap().push((request.path().to_owned(), request.body().clone()));
        }
        self.http.send(request, login)
    }
}

/// Posts everything as the program's transport does (the same client with the same settings and headers; answers are
/// read and parsed as the program parses them) and does nothing else; seconds.
pub(crate) async fn post_all(base_url: &str, login: OwnerAndKey, bodies: &[(String, Bytes)]) -> f64 {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(TIMEOUT)
        .read_timeout(TIMEOUT)
        .timeout(TIMEOUT)
        .user_agent("gorgias-import/0.1.0 (help desk history importer)")
        .referer(false)
        .tcp_nodelay(true)
        .no_proxy()
        .build()
        .unwrap();
    let bodies: Arc<Vec<(String, Bytes)>> =
        Arc::new(bodies.iter().map(|(path, body)| (format!("{base_url}{path}"), body.clone())).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let workers: Vec<_> = (0..CONCURRENCY)
        .map(|_| {
            let (client, bodies, next) = (client.clone(), Arc::clone(&bodies), Arc::clone(&next));
            let (owner, key) = login.clone();
            tokio::spawn(async move {
                while let Some((url, body)) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let request = client
                        .post(url)
                        .basic_auth(&owner, Some(&key))
                        .header("content-type", "application/json")
                        .body(body.clone());
                    let answer = request.send().await.unwrap().bytes().await.unwrap();
                    if url.ends_with("/api/tickets") {
                        std::hint::black_box(serde_json::from_slice::<wire::Ticket>(&answer).unwrap());
                    }
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    started.elapsed().as_secs_f64()
}
