//! The HTTP transport against a server scripted by closures. Real time: paused time and sockets do not mix.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::gorgias::base_url::BaseUrl;
use crate::gorgias::egress;
use crate::model::time::now;

/// A server that hands each connection to `serve` after its request was read, and counts requests.
async fn server<F, Fut>(serve: F) -> (SocketAddr, Arc<AtomicU32>)
where
    F: Fn(String, TcpStream) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicU32::new(0));
    let (requests, serve) = (Arc::clone(&count), Arc::new(serve));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (requests, serve) = (Arc::clone(&requests), Arc::clone(&serve));
            tokio::spawn(async move {
                let request = read_request(&mut stream).await;
                if !request.is_empty() {
                    requests.fetch_add(1, Ordering::SeqCst);
                    serve(request, stream).await;
                }
            });
        }
    });
    (address, count)
}

async fn read_request(stream: &mut TcpStream) -> String {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")
                    .and_then(|n| n.parse::<usize>().ok())
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return String::new(),
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
}

/// A server that writes `answer` and closes.
async fn answering(answer: &'static str) -> (SocketAddr, Arc<AtomicU32>) {
    server(move |_, mut stream| async move {
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
    })
    .await
}

fn http(address: SocketAddr) -> Http {
    let timeouts = Timeouts {
        connect: Duration::from_secs(5),
        read: Duration::from_millis(300),
        total: Duration::from_secs(5),
    };
    Http::new(BaseUrl::parse(&format!("http://{address}")).unwrap(), timeouts).unwrap()
}

fn login() -> Login {
    Login::Basic { email: "ops@example.com".to_owned(), key: SecretString::from("key") }
}

fn post() -> Cleared {
    let body = r#"{"name":"vip"}"#;
    let request = RawRequest {
        method: Method::POST,
        path: "/api/tags".to_owned(),
        query: None,
        content_type: Some("application/json".to_owned()),
        body: body.into(),
    };
    egress::clear(request, None, now(), None).unwrap()
}

async fn send(http: &Http) -> Result<RawAnswer, SendFailure> {
    http.send(&post(), &login()).await
}

#[tokio::test]
async fn a_request_goes_out_as_it_was_cleared() {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let (address, _) = server(move |request, mut stream| {
        sender.send(request).unwrap();
        async move {
            let head = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\
                        Date: Fri, 07 Feb 2025 09:55:19 GMT\r\nX-Gorgias-Account-Api-Call-Limit: 4/80\r\n\
                        X-Request-Id: 03bab43a57f60ea39b9f0e7a8341a405\r\n\r\n{}";
            stream.write_all(head.as_bytes()).await.unwrap();
        }
    })
    .await;
    let answer = send(&http(address)).await.unwrap();
    assert_eq!((answer.status, &answer.body[..]), (201, &b"{}"[..]));
    assert_eq!(answer.call_limit(), Some((4, 80)));
    assert_eq!(answer.date(), Some("2025-02-07T09:55:19Z".parse().unwrap()));
    assert_eq!(answer.request_id().as_deref(), Some("03bab43a57f60ea39b9f0e7a8341a405"));
    let request = receiver.recv().await.unwrap().to_ascii_lowercase();
    assert!(request.starts_with("post /api/tags http/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: basic b3bzqgv4yw1wbguuy29tomtleq=="), "{request}");
    assert!(request.contains("user-agent: gorgias-import/"), "{request}");
    assert!(request.contains("content-type: application/json\r\n"), "{request}");
    assert!(request.ends_with(r#"{"name":"vip"}"#), "{request}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let (target, reached) = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        let (address, _) = server(move |_, mut stream| async move {
            let head = format!(
                "HTTP/1.1 {status} Moved\r\nlocation: http://{target}/api/tags\r\ncontent-length: 0\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await.unwrap();
        })
        .await;
        assert_eq!(send(&http(address)).await.unwrap().status, status);
        assert_eq!(reached.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn a_reset_is_lost_and_not_tried_again() {
    let (address, count) = server(|_, stream| async move {
        #[expect(deprecated, reason = "a linger of zero is how a reset is made")]
        stream.set_linger(Some(Duration::ZERO)).unwrap();
        drop(stream);
    })
    .await;
    let failure = send(&http(address)).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Lost { kind: LostKind::Connection, .. }), "{failure:?}");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_closed_without_a_word_is_lost_and_not_tried_again() {
    let (address, count) = answering("").await;
    let failure = send(&http(address)).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Lost { kind: LostKind::Connection, .. }), "{failure:?}");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn garbage_instead_of_http_is_lost() {
    // Bytes of an HTTP/2 GOAWAY frame.
    let (address, count) = answering("\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0").await;
    let failure = send(&http(address)).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Lost { kind: LostKind::Connection, .. }), "{failure:?}");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_cut_body_is_lost() {
    let (address, _) = answering(
        "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"id\":1",
    )
    .await;
    let failure = send(&http(address)).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Lost { kind: LostKind::CutBody, .. }), "{failure:?}");
}

#[tokio::test]
async fn silence_is_lost_before_and_inside_the_answer() {
    for begun in ["", "HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{"] {
        let (address, count) = server(move |_, mut stream| async move {
            stream.write_all(begun.as_bytes()).await.unwrap();
            tokio::time::sleep(Duration::from_mins(1)).await;
        })
        .await;
        let failure = send(&http(address)).await.unwrap_err();
        assert!(
            matches!(failure, SendFailure::Lost { kind: LostKind::Timeout, .. }),
            "{begun:?} {failure:?}"
        );
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn a_huge_answer_is_not_read() {
    let (address, _) = server(|_, mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await.unwrap();
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    })
    .await;
    let failure = send(&http(address).with_answer_bytes_max(100_000)).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Lost { kind: LostKind::TooLarge, .. }), "{failure:?}");
}

#[tokio::test]
async fn the_cap_counts_unpacked_bytes() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b' '; 10_000_000]).unwrap();
    let packed = encoder.finish().unwrap();
    assert!(packed.len() < 50_000);
    let (address, _) = server(move |_, mut stream| {
        let packed = packed.clone();
        async move {
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
                packed.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&packed).await.unwrap();
        }
    })
    .await;
    let failure = send(&http(address).with_answer_bytes_max(1_000_000)).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Lost { kind: LostKind::TooLarge, .. }), "{failure:?}");
}

#[tokio::test]
async fn a_web_page_is_recognised_and_missing_headers_are_no_news() {
    let (address, _) = answering(
        "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<html></html>",
    )
    .await;
    let answer = send(&http(address)).await.unwrap();
    assert!(answer.is_html());
    assert_eq!(
        (answer.call_limit(), answer.date(), answer.retry_after(), answer.request_id()),
        (None, None, None, None)
    );
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let failure = send(&http(address)).await.unwrap_err();
    let SendFailure::NotSent { kind: NotSentKind::Connect, detail } = failure else { panic!("{failure:?}") };
    assert!(!detail.contains("/api/tags"), "{detail}");
}

#[tokio::test]
async fn without_a_name_or_tls_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let speaker = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"this is no TLS").await.unwrap();
        let mut heard = Vec::new();
        // A reset at the end is as good as an end.
        stream.read_to_end(&mut heard).await.ok();
        heard
    });
    for url in ["https://name.invalid".to_owned(), format!("https://127.0.0.1:{port}")] {
        let base = BaseUrl::parse(&url).unwrap();
        let failure = send(&Http::new(base, Timeouts::default()).unwrap()).await.unwrap_err();
        assert!(
            matches!(failure, SendFailure::NotSent { kind: NotSentKind::Connect, .. }),
            "{url} {failure:?}"
        );
    }
    let heard = String::from_utf8_lossy(&speaker.await.unwrap()).into_owned();
    assert!(!heard.contains("vip") && !heard.to_ascii_lowercase().contains("authorization"));
}

#[test]
fn odd_headers_are_no_news() {
    let answer = |name, value| RawAnswer::json(200, "").with_header(name, value);
    for odd in ["", "/", "4", "4/", "/80", "4/0", "-1/80", "4/80/1", "a/b", "99999999999/80"] {
        assert_eq!(answer("x-gorgias-account-api-call-limit", odd).call_limit(), None, "{odd}");
    }
    assert_eq!(answer("x-gorgias-account-api-call-limit", "10 / 40").call_limit(), Some((10, 40)));
    for odd in ["", "-1", "1.5", "+7", "soon", "Fri, 07 Feb 2025 09:55:19 GMT"] {
        assert_eq!(answer("retry-after", odd).retry_after(), None, "{odd}");
    }
    assert_eq!(answer("date", "yesterday").date(), None);
    assert_eq!(answer("x-request-id", "a b").request_id(), None);
}

#[test]
fn a_retry_after_is_read_in_both_forms_and_bounded() {
    let asked = |value: &str| {
        let answer = RawAnswer::json(429, "").with_header("date", "Fri, 07 Feb 2025 09:55:19 GMT");
        answer.with_header("retry-after", value).retry_after()
    };
    assert_eq!(asked("0"), Some(Duration::ZERO));
    assert_eq!(asked(" 7 "), Some(Duration::from_secs(7)));
    for huge in ["86400", "18446744073709551615", "18446744073709551616", "9999999999999999999999"] {
        assert_eq!(asked(huge), Some(RETRY_AFTER_MAX), "{huge}");
    }
    assert_eq!(asked("Fri, 07 Feb 2025 09:56:49 GMT"), Some(Duration::from_secs(90)));
    assert_eq!(asked("Fri, 07 Feb 2025 09:55:00 GMT"), Some(Duration::ZERO), "it is over");
    assert_eq!(asked("Thu, 31 Dec 9998 23:59:59 GMT"), Some(RETRY_AFTER_MAX));
    for odd in ["-1", "1.5", "soon", "yesterday", ""] {
        assert_eq!(asked(odd), None, "{odd}");
    }
}
