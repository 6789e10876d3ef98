//! A wire between the program and the stand-in that hears what is said: what Gorgias changes by itself afterwards cannot be
//! seen in what it shows.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::Value;
use tokio::runtime::Runtime;

/// Larger than any request of these tests.
const BYTES_MAX: usize = 32 << 20;

#[derive(Clone)]
struct Wire {
    to: String,
    client: reqwest::Client,
    heard: Arc<Mutex<Vec<(String, Value)>>>,
}

/// The wire.
pub(super) struct Wiretap {
    wire: Wire,
    address: SocketAddr,
    _runtime: Runtime,
}

impl Wiretap {
    /// A wire to the account at this address.
    pub(super) fn to(base_url: &str) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let wire = Wire {
            to: base_url.to_owned(),
            client: reqwest::Client::builder().build().unwrap(),
            heard: Arc::default(),
        };
        let app = axum::Router::new().fallback(pass).with_state(wire.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { wire, address, _runtime: runtime }
    }

    /// Where the program has to call.
    pub(super) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The JSON that was sent, by `METHOD path`.
    pub(super) fn heard(&self, what: &str) -> Vec<Value> {
        let heard = self.wire.heard.lock().unwrap();
        heard.iter().filter(|(said, _)| said == what).map(|(_, body)| body.clone()).collect()
    }
}

async fn pass(State(wire): State<Wire>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, BYTES_MAX).await.unwrap();
    if let Ok(json) = serde_json::from_slice(&body) {
        wire.heard.lock().unwrap().push((format!("{} {}", head.method, head.uri.path()), json));
    }
    let mut headers = head.headers;
    headers.remove("host");
    let asked = wire.client.request(head.method, format!("{}{}", wire.to, head.uri));
    let answer = asked.headers(headers).body(body).send().await.unwrap();
    let mut passed = Response::builder().status(answer.status());
    for (name, value) in answer.headers().iter().filter(|(name, _)| *name != "transfer-encoding") {
        passed = passed.header(name, value);
    }
    passed.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}
