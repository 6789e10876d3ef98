//! A server that answers what the client needs and keeps nothing, so that it is never what limits.

use std::borrow::Cow;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Method, Request, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde::Deserialize;

/// What it has seen.
#[derive(Default)]
pub(crate) struct Seen {
    /// Requests.
    pub(crate) requests: AtomicU64,
    next_id: AtomicU64,
    /// How long it takes over each answer.
    delay: Duration,
}

/// A running server, on a thread of its own.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// What it has seen.
    pub(crate) seen: Arc<Seen>,
}

#[derive(Deserialize)]
struct Sent<'a> {
    #[serde(borrow, default)]
    messages: Vec<Part<'a>>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, default)]
    external_id: Option<Cow<'a, str>>,
}

impl Server {
    /// Starts one that answers at once. It ends with the process.
    pub(crate) fn start() -> Self {
        Self::slow(Duration::ZERO)
    }

    /// Starts one that takes so long over each answer.
    pub(crate) fn slow(delay: Duration) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen { delay, ..Seen::default() });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&seen));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                axum_serve(tokio::net::TcpListener::from_std(listener).unwrap(), app).await;
            });
        });
        Self { address, seen }
    }

    /// As in the config.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn axum_serve(listener: tokio::net::TcpListener, app: Router) {
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        socket.set_nodelay(true).unwrap();
        let service = hyper_util::service::TowerToHyperService::new(app.clone());
        tokio::spawn(async move {
            let io = hyper_util::rt::TokioIo::new(socket);
            // A client that goes away is no matter of the server.
            drop(hyper::server::conn::http1::Builder::new().serve_connection(io, service).await);
        });
    }
}

async fn answer(State(seen): State<Arc<Seen>>, request: Request<axum::body::Body>) -> Response {
    seen.requests.fetch_add(1, Ordering::Relaxed);
    if !seen.delay.is_zero() {
        tokio::time::sleep(seen.delay).await;
    }
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    if parts.method == Method::GET {
        return json(match path {
            "/api/account" => r#"{"id":1,"domain":"bench"}"#.to_owned(),
            "/api/users/0" => r#"{"id":1,"email":"bench@example.com","active":true}"#.to_owned(),
            _ => r#"{"data":[],"meta":{"next_cursor":null}}"#.to_owned(),
        });
    }
    let bytes = body.collect().await.unwrap().to_bytes();
    let id = seen.next_id.fetch_add(1_000, Ordering::Relaxed) + 1_000;
    let sent: Sent<'_> = serde_json::from_slice(&bytes).unwrap_or(Sent { messages: Vec::new() });
    let mut text = format!("{{\"id\":{id},\"customer\":{{\"id\":{}}},\"name\":\"x\",\"messages\":[", id + 1);
    for (number, message) in (id + 2..).zip(&sent.messages) {
        let comma = if number == id + 2 { "" } else { "," };
        let key = message.external_id.as_deref().unwrap_or_default();
        write!(text, "{comma}{{\"id\":{number},\"external_id\":\"{key}\"}}").unwrap();
    }
    text.push_str("]}");
    json(text)
}

fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
