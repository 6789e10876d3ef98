//! The accept loop: our own, because resets and hangs happen at the socket, below what a server framework shows.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::observer::Subject;
use super::pipeline::{Outcome, Server};

/// Connections served at once; further ones wait to be accepted.
const CONNECTIONS_MAX: usize = 1024;
/// How long a client may take to send the head of a request. Idle kept-alive connections end with it too.
const HEAD_TIMEOUT: Duration = Duration::from_mins(2);
/// How long requests in flight may take once the server stops.
const STOP_TIMEOUT: Duration = Duration::from_millis(500);
/// How long to wait after a failed accept (no file handles left, say).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The service's way of telling the loop to cut the connection instead of answering.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut on purpose")]
struct Severed;

/// What the service and the socket say to each other.
#[derive(Default)]
struct Link {
    reset: AtomicBool,
    /// An answer that was given to the connection and is not with the operating system yet.
    leaving: Mutex<Option<(Subject, u16)>>,
}

/// A socket that can end with a reset, and that knows when an answer has left.
struct Wire {
    stream: TcpStream,
    link: Arc<Link>,
    server: Arc<Server>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.link.reset.load(Ordering::SeqCst) && self.stream.set_zero_linger().is_err() {
            tracing::debug!("a connection could not be reset and is closed instead");
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// The connection flushes once everything it had was written: the answer has left.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            let left = self.link.leaving.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some((subject, status)) = left {
                self.server.app.watch.answered(&subject, status);
            }
        }
        flushed
    }

    /// A connection that is to be reset must not say goodbye first.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.link.reset.load(Ordering::SeqCst) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Accepts and serves connections until the token is cancelled.
pub(super) async fn serve(listener: TcpListener, server: Arc<Server>, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let permit = tokio::select! {
            () = stop.cancelled() => break,
            permit = Arc::clone(&room).acquire_owned() => permit,
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let (server, stop) = (Arc::clone(&server), stop.clone());
                connections.spawn(async move {
                    connection(stream, server, stop).await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the stand-in cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    connections.close();
    connections.wait().await;
}

async fn connection(stream: TcpStream, server: Arc<Server>, stop: CancellationToken) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let link = Arc::new(Link::default());
    let wire = Wire { stream, link: Arc::clone(&link), server: Arc::clone(&server) };
    let service = service_fn(move |request| answer(Arc::clone(&server), Arc::clone(&link), request));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(wire), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(STOP_TIMEOUT, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection ended early");
    }
}

async fn answer(
    server: Arc<Server>,
    link: Arc<Link>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Severed> {
    match server.serve(request).await {
        Outcome::Answer(response, subject) => {
            let leaving = subject.map(|subject| (subject, response.status().as_u16()));
            *link.leaving.lock().unwrap_or_else(PoisonError::into_inner) = leaving;
            Ok(response)
        }
        Outcome::Sever => {
            link.reset.store(true, Ordering::SeqCst);
            Err(Severed)
        }
    }
}
