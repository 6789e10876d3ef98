//! A server of files as tests use it: the old help desk's host, which has some of them and not others.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::runtime::Runtime;

/// What a path answers.
#[derive(Clone)]
pub(super) enum Played {
    /// A picture with this in it.
    Picture(String),
    /// These bytes under this type.
    Bytes(&'static str, Vec<u8>),
    /// A status and nothing else.
    Status(u16),
    /// Another address.
    LedTo(String),
    /// No answer, ever.
    Silence,
}

#[derive(Clone, Default)]
struct Host {
    files: Arc<Mutex<HashMap<String, Played>>>,
    asked: Arc<Mutex<Vec<(String, bool)>>>,
}

/// A host of files on this machine.
pub(super) struct FileHost {
    host: Host,
    address: SocketAddr,
    _runtime: Runtime,
}

impl FileHost {
    pub(super) fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let host = Host::default();
        let app = axum::Router::new().fallback(answer).with_state(host.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { host, address, _runtime: runtime }
    }

    /// `127.0.0.1:PORT`.
    pub(super) fn name(&self) -> String {
        self.address.to_string()
    }

    /// Plays a file and gives its address, in the form of Zendesk's: for the importer this is the account's own host.
    pub(super) fn play(&self, token: &str, name: &str, played: Played) -> String {
        self.play_at(&format!("/attachments/token/{token}/"), name, played)
    }

    /// The same as a host has it that is nobody's.
    pub(super) fn play_foreign(&self, token: &str, name: &str, played: Played) -> String {
        self.play_at(&format!("/files/{token}/"), name, played)
    }

    fn play_at(&self, path: &str, name: &str, played: Played) -> String {
        self.host.files.lock().unwrap().insert(path.to_owned(), played);
        format!("http://{}{path}?name={name}", self.address)
    }

    /// The paths that were asked for, and whether a login came along.
    pub(super) fn asked(&self) -> Vec<(String, bool)> {
        self.host.asked.lock().unwrap().clone()
    }
}

async fn answer(State(host): State<Host>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    host.asked.lock().unwrap().push((path.clone(), request.headers().contains_key(header::AUTHORIZATION)));
    let played = host.files.lock().unwrap().get(&path).cloned();
    match played {
        Some(Played::Picture(text)) => {
            ([(header::CONTENT_TYPE, "image/png")], picture(&text)).into_response()
        }
        Some(Played::Bytes(kind, bytes)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Some(Played::Status(status)) => StatusCode::from_u16(status).unwrap().into_response(),
        Some(Played::LedTo(to)) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Some(Played::Silence) => std::future::pending().await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The bytes of a picture.
pub(super) fn picture(text: &str) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", text.as_bytes()].concat()
}
