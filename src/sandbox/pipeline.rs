//! What happens to every API request around its handler: number, credentials, bucket, fault, work, answer, log.
//! Pages and administration go past all that.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt;

use super::app::App;
use super::auth;
use super::bucket::Verdict;
use super::clock;
use super::fault::{Fault, Target};
use super::log::LoggedRequest;
use super::observer::{Made, Subject};
use super::reply::ApiError;

/// What a proxy answers when Gorgias does not.
const BAD_GATEWAY_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";
/// The version of Gorgias that the stand-in claims to be: 40 hex digits, as recorded.
const RELEASE: &str = "5a4db0c05a4db0c05a4db0c05a4db0c05a4db0c0";
/// The most that is read and thrown away of a body that is too large, so that the client can read the refusal.
const DRAIN_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Everything that serves requests.
pub(super) struct Server {
    pub(super) app: Arc<App>,
    pub(super) api: Router,
    pub(super) local: Router,
}

/// What becomes of a request.
pub(super) enum Outcome {
    /// An answer; API requests name themselves, so that the observer hears when it has left.
    Answer(Response<Full<Bytes>>, Option<Subject>),
    /// The connection is reset.
    Sever,
}

enum BodyRead {
    Whole(Bytes),
    TooLarge,
    Broken,
}

/// An answer before it is dressed.
struct Bare {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// Whether Gorgias itself answered, not a proxy before it.
    own: bool,
}

impl Bare {
    fn page(status: StatusCode, html: &'static str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
        Self { status, headers, body: Bytes::from_static(html.as_bytes()), own: false }
    }
}

impl Server {
    /// Serves a request. What was read whole is carried out even if the client goes away meanwhile.
    pub(super) async fn serve(self: Arc<Self>, request: Request<Incoming>) -> Outcome {
        let (mut parts, incoming) = request.into_parts();
        normalise(&mut parts.uri);
        let limits = self.app.limits;
        let bytes_max =
            if parts.uri.path() == "/api/upload" { limits.upload_bytes_max } else { limits.json_bytes_max };
        let body = read_body(incoming, &parts.headers, bytes_max).await;
        self.carry_through(parts, body).await
    }

    /// Serves a request that is in memory, a body of JSON if any.
    #[cfg(test)]
    pub(super) async fn serve_whole(self: Arc<Self>, request: Request<Bytes>) -> Outcome {
        let (mut parts, body) = request.into_parts();
        normalise(&mut parts.uri);
        let fits = body.len() <= self.app.limits.json_bytes_max;
        self.carry_through(parts, if fits { BodyRead::Whole(body) } else { BodyRead::TooLarge }).await
    }

    async fn carry_through(self: Arc<Self>, parts: Parts, body: BodyRead) -> Outcome {
        let path = parts.uri.path();
        let is_api = path == "/api" || path.starts_with("/api/");
        let work = tokio::spawn(async move {
            match body {
                BodyRead::Broken => Outcome::Sever,
                BodyRead::Whole(body) if is_api => self.api_request(parts, Some(body)).await,
                BodyRead::TooLarge if is_api => self.api_request(parts, None).await,
                BodyRead::Whole(body) => self.local_request(parts, body).await,
                BodyRead::TooLarge => {
                    Outcome::Answer(plain(StatusCode::PAYLOAD_TOO_LARGE, "too large"), None)
                }
            }
        });
        work.await.unwrap_or(Outcome::Sever)
    }

    /// A page or an order from the administration, from this machine only.
    async fn local_request(&self, parts: Parts, body: Bytes) -> Outcome {
        if !names_this_machine(&parts.headers) {
            return Outcome::Answer(plain(StatusCode::FORBIDDEN, "this machine only"), None);
        }
        let request = Request::from_parts(parts, Body::from(body));
        let bare = route(&self.local, request).await.0;
        let mut response = Response::new(Full::new(bare.body));
        *response.status_mut() = bare.status;
        *response.headers_mut() = bare.headers;
        Outcome::Answer(response, None)
    }

    async fn api_request(self: Arc<Self>, parts: Parts, body: Option<Bytes>) -> Outcome {
        let (method, path) = (parts.method.as_str().to_owned(), parts.uri.path().to_owned());
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let subject = self.app.watch.received(&method, &path);
        let bytes = body.as_ref().map_or(0, Bytes::len);
        let mut row = LoggedRequest::new(subject.number, clock::now(), &method, &path, &query, bytes);
        let mut throttled = false;
        let began = tokio::time::Instant::now();
        let (bare, bucket) = self.clone().decide(parts, body, &subject, &mut row, &mut throttled).await;
        row.status = bare.as_ref().map(|bare| bare.status.as_u16());
        row.bucket_level = bucket.level;
        row.took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.app.log().record(row, throttled);
        match bare {
            Some(bare) => {
                let mut response = dress(bare, &bucket.header);
                let date = date_ahead(self.app.account().seed.hidden.clock_ahead);
                response.headers_mut().extend(date.map(|date| (header::DATE, date)));
                Outcome::Answer(response, Some(subject))
            }
            None => Outcome::Sever,
        }
    }

    /// The answer, or none where the connection is to be cut; with the state of the bucket.
    async fn decide(
        self: Arc<Self>,
        mut parts: Parts,
        body: Option<Bytes>,
        subject: &Subject,
        row: &mut LoggedRequest,
        throttled: &mut bool,
    ) -> (Option<Bare>, Verdict) {
        let caller = match auth::authenticate(&self.app.account(), &parts.headers) {
            Ok(caller) => caller,
            Err(refused) => return (Some(refusal(refused).await), self.app.take(None)),
        };
        let verdict = self.app.take(Some(&caller));
        if let Some(seconds) = verdict.retry_after {
            *throttled = true;
            return (Some(throttle(seconds).await), verdict);
        }
        let refused = match &body {
            None => Some(ApiError::too_large()),
            Some(_) => auth::authorize(&caller, &parts.method).err(),
        };
        let Some(body) = body.filter(|_| refused.is_none()) else {
            let refused = refused.unwrap_or_else(ApiError::too_large);
            return (Some(refusal(refused).await), verdict);
        };
        let fault = self.app.faults().choose(&Target {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            body: &body,
        });
        row.fault = fault;
        parts.extensions.insert(caller);
        (self.with_fault(fault, parts, body, subject).await, verdict)
    }

    /// Carries a request out, with what goes wrong before and after.
    async fn with_fault(
        self: Arc<Self>,
        fault: Option<Fault>,
        parts: Parts,
        body: Bytes,
        subject: &Subject,
    ) -> Option<Bare> {
        let plan = self.app.faults().plan().clone();
        match fault {
            Some(Fault::Throttle) => return Some(throttle(1).await),
            Some(Fault::ServerError) => return Some(refusal(ApiError::fault()).await),
            Some(Fault::Quota) => return Some(refusal(ApiError::quota()).await),
            Some(Fault::BadGateway) => return Some(Bare::page(StatusCode::BAD_GATEWAY, BAD_GATEWAY_PAGE)),
            Some(Fault::ResetBefore) => return None,
            Some(Fault::LateWrite) => {
                let (server, subject) = (Arc::clone(&self), subject.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(plan.late_ms)).await;
                    server.carry_out(parts, body, &subject).await;
                });
                return None;
            }
            Some(Fault::Slow) => tokio::time::sleep(Duration::from_millis(plan.slow_ms)).await,
            _ => {}
        }
        let (mut bare, made) = self.carry_out(parts, body, subject).await;
        match fault {
            Some(Fault::ResetAfter) => return None,
            Some(Fault::HangAfter) => {
                tokio::time::sleep(Duration::from_millis(plan.hang_ms)).await;
                return None;
            }
            Some(Fault::BadGatewayAfter) => {
                return Some(Bare::page(StatusCode::BAD_GATEWAY, BAD_GATEWAY_PAGE));
            }
            Some(Fault::Unreadable) if bare.status.is_success() => bare.body.truncate(bare.body.len() / 2),
            Some(Fault::LateInList) => {
                if let Some(ticket_id) = made.ticket_id {
                    self.app.hide(ticket_id);
                }
            }
            _ => {}
        }
        Some(bare)
    }

    /// The request's work. A write is durable, and the observer knows, when this returns.
    async fn carry_out(&self, parts: Parts, body: Bytes, subject: &Subject) -> (Bare, Made) {
        let writes = parts.method != Method::GET && parts.method != Method::HEAD;
        let (bare, made) = route(&self.api, Request::from_parts(parts, Body::from(body))).await;
        if writes && bare.status.is_success() {
            self.app.watch.committed(subject, bare.status.as_u16(), made);
        }
        (bare, made)
    }
}

async fn route(router: &Router, request: Request<Body>) -> (Bare, Made) {
    let response = match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let made = response.extensions().get::<Made>().copied().unwrap_or_default();
    (bare(response).await, made)
}

async fn bare(response: axum::response::Response) -> Bare {
    let (mut parts, body) = response.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    // A fault may shorten the body; the connection counts it again.
    parts.headers.remove(header::CONTENT_LENGTH);
    Bare { status: parts.status, headers: parts.headers, body, own: true }
}

async fn refusal(error: ApiError) -> Bare {
    bare(error.into_response()).await
}

async fn throttle(seconds: u64) -> Bare {
    let mut refused = refusal(ApiError::throttled()).await;
    refused.headers.insert("Retry-after", HeaderValue::from(seconds));
    refused
}

/// Adds the headers that every answer was seen to carry.
fn dress(bare: Bare, limit: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(bare.body));
    *response.status_mut() = bare.status;
    let headers = response.headers_mut();
    *headers = bare.headers;
    headers.insert(header::SERVER, HeaderValue::from_static("cloudflare"));
    if bare.own {
        let request_id = format!("{:032x}", fastrand::u128(..));
        let values = [
            ("x-gorgias-account-api-call-limit", limit),
            ("x-gorgias-release", RELEASE),
            ("x-request-id", &request_id),
            ("vary", "Cookie, Accept-Encoding"),
            ("via", "1.1 google"),
        ];
        for (name, value) in values {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
    }
    response
}

/// `Date` of a clock that is so many seconds ahead; nothing for one that is right, which the server writes itself.
fn date_ahead(seconds: i64) -> Option<HeaderValue> {
    let date = Timestamp::now().checked_add(SignedDuration::from_secs(seconds)).ok()?;
    let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    (seconds != 0).then(|| HeaderValue::from_str(&date).ok()).flatten()
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
}

/// A path may end with a slash or not.
fn normalise(uri: &mut Uri) {
    let trimmed = uri.path().trim_end_matches('/');
    if trimmed.len() == uri.path().len() || trimmed.is_empty() {
        return;
    }
    let text = match uri.query() {
        Some(query) => format!("{trimmed}?{query}"),
        None => trimmed.to_owned(),
    };
    if let Ok(shorter) = text.parse() {
        *uri = shorter;
    }
}

/// Whether the request was addressed to this machine by name. A page elsewhere that points its own name at a loopback
/// address must not read the store.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

async fn read_body(mut body: Incoming, headers: &HeaderMap, bytes_max: usize) -> BodyRead {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let mut kept = Vec::with_capacity(announced.unwrap_or(0).min(bytes_max));
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return BodyRead::Broken };
        let Ok(data) = frame.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen <= bytes_max {
            kept.extend_from_slice(&data);
        } else if seen > DRAIN_BYTES_MAX {
            return BodyRead::Broken;
        }
    }
    if seen > bytes_max { BodyRead::TooLarge } else { BodyRead::Whole(kept.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_makes_no_difference() {
        let normal = |text: &str| {
            let mut uri: Uri = text.parse().unwrap();
            normalise(&mut uri);
            uri.to_string()
        };
        assert_eq!(normal("/api/tickets/"), "/api/tickets");
        assert_eq!(normal("/api/tickets/?limit=5"), "/api/tickets?limit=5");
        assert_eq!(normal("/"), "/");
        assert_eq!(normal("/api/tickets"), "/api/tickets");
    }

    #[test]
    fn only_names_of_this_machine_reach_pages() {
        let with = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            names_this_machine(&headers)
        };
        for good in ["127.0.0.1:8080", "localhost:1", "localhost", "[::1]:80", "127.0.0.1"] {
            assert!(with(good), "{good}");
        }
        for bad in ["evil.example:8080", "10.0.0.1", "localhost.evil.example", ""] {
            assert!(!with(bad), "{bad}");
        }
    }
}
