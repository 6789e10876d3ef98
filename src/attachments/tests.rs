//! Downloads from a server of this machine.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use reqwest::header::HeaderValue;

use super::*;
use crate::ledger::Ledger;
use crate::model::conversation::FileKind;
use crate::model::key::SourceName;
use crate::model::time::now;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";

/// What was asked, with the login that came along.
type Asked = Arc<Mutex<Vec<(String, Option<String>)>>>;

#[derive(Clone, Default)]
struct Played {
    asked: Asked,
    /// Where paths that begin with `/to` lead.
    leads_to: Arc<Mutex<HashMap<String, String>>>,
    /// What other paths say, as JSON.
    says: Arc<Mutex<HashMap<String, String>>>,
}

/// A server that answers by the path, at an address of its own.
async fn serve() -> (SocketAddr, Played) {
    let played = Played::default();
    let app = axum::Router::new().fallback(answer).with_state(played.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, played)
}

async fn answer(State(played): State<Played>, headers: HeaderMap, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let login = headers.get(header::AUTHORIZATION).map(|login| login.to_str().unwrap().to_owned());
    let before = {
        let mut asked = played.asked.lock().unwrap();
        asked.push((path.clone(), login));
        asked.iter().filter(|(other, _)| *other == path).count() - 1
    };
    let picture = || ([(header::CONTENT_TYPE, "image/png")], PNG).into_response();
    match path.as_str() {
        "/gone" => StatusCode::NOT_FOUND.into_response(),
        "/login" => ([(header::CONTENT_TYPE, "text/html")], "<!doctype html>Sign in").into_response(),
        "/large" => vec![7_u8; 5000].into_response(),
        "/empty" => "".into_response(),
        "/busy" if before < 2 => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")]).into_response()
        }
        "/shaky" if before < 2 => StatusCode::BAD_GATEWAY.into_response(),
        "/a.png" | "/busy" | "/shaky" => picture(),
        "/silent" => std::future::pending().await,
        _ => {
            if let Some(json) = played.says.lock().unwrap().get(&path) {
                return ([(header::CONTENT_TYPE, "application/json")], json.clone()).into_response();
            }
            let to = played.leads_to.lock().unwrap().get(&path).cloned();
            to.map_or(StatusCode::NOT_FOUND.into_response(), |to| {
                (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
            })
        }
    }
}

fn file(url: String) -> Attachment {
    Attachment {
        url,
        name: "a.png".into(),
        content_type: None,
        size: None,
        kind: FileKind::InlineImage,
        local: None,
    }
}

/// A keeper whose account has these hosts of its own, and which may also ask the `listed`.
fn keeper(folder: &Path, own: &[String], listed: &[String]) -> Keeper {
    let account = Account {
        source: SourceName::new("zendesk").unwrap(),
        product: Product::Zendesk,
        names: own.iter().cloned().collect(),
        login: Some(HeaderValue::from_static("Basic c2VjcmV0")),
    };
    let hosts = Hosts::new(vec![account], listed.iter().map(|host| Listed::parse(host).unwrap()).collect());
    let ledger = Ledger::open(folder, now()).unwrap();
    let settings = Settings { max_bytes: 4000, silence: Duration::from_millis(300), web: true };
    Keeper::new(ledger, Store::new(folder.join("files")), hosts, settings).unwrap()
}

async fn have(keeper: &Keeper, url: String) -> Result<Had, Reason> {
    loop {
        match keeper.have("zendesk", &file(url.clone())).await.unwrap() {
            Ok(had) => return Ok(had),
            Err(Missing::Gap(reason)) => return Err(reason),
            // Too few for an outage: soon a gap.
            Err(Missing::Held) => {}
        }
    }
}

#[tokio::test]
async fn a_file_is_fetched_once_and_kept() {
    let (address, played) = serve().await;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("http://{address}/a.png");
    {
        let keeper = keeper(folder.path(), &[], &[address.to_string()]);
        let (one, other) = tokio::join!(have(&keeper, url.clone()), have(&keeper, url.clone()));
        let had = one.unwrap();
        assert_eq!(other.unwrap(), had);
        assert_eq!(had.bytes().await.unwrap(), PNG);
    }
    // So it is for the next process.
    let keeper = keeper(folder.path(), &[], &[address.to_string()]);
    let had = have(&keeper, url).await.unwrap();
    assert_eq!(played.asked.lock().unwrap().len(), 1);
    // What is no longer what was hashed is not uploaded.
    std::fs::write(&had.path, vec![b'x'; PNG.len()]).unwrap();
    assert_eq!(had.bytes().await, None);
}

#[tokio::test]
async fn what_is_no_file_has_its_reason() {
    let (address, played) = serve().await;
    let folder = tempfile::tempdir().unwrap();
    let keeper = keeper(folder.path(), &[], &[address.to_string()]);
    for (path, reason) in [
        ("gone", Reason::Status(404)),
        ("login", Reason::WebPage),
        ("large", Reason::TooLarge),
        ("empty", Reason::Empty),
    ] {
        for _ in 0..2 {
            assert_eq!(have(&keeper, format!("http://{address}/{path}")).await, Err(reason), "{path}");
        }
    }
    assert_eq!(played.asked.lock().unwrap().len(), 4, "nothing that has its reason is asked again");
    let kept = walk(&folder.path().join("files"));
    assert_eq!(kept, 0, "nothing is left of what was no file");
}

fn walk(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { walk(&entry.path()) } else { 1 }).sum()
}

#[tokio::test]
async fn hosts_are_asked_again_where_that_may_help() {
    let (address, played) = serve().await;
    let folder = tempfile::tempdir().unwrap();
    let keeper = keeper(folder.path(), &[], &[address.to_string()]);
    let begun = Instant::now();
    assert!(have(&keeper, format!("http://{address}/busy")).await.is_ok());
    assert!(begun.elapsed() >= Duration::from_secs(2), "it was left alone as long as it asked for");
    assert!(have(&keeper, format!("http://{address}/shaky")).await.is_ok());
    assert_eq!(played.asked.lock().unwrap().len(), 6);
}

#[tokio::test]
async fn a_silent_host_costs_its_own_files_only() {
    let (address, _) = serve().await;
    let (other, _) = serve().await;
    let folder = tempfile::tempdir().unwrap();
    let keeper = keeper(folder.path(), &[], &[address.to_string(), other.to_string()]);
    // More files than it gets connections, each from a place of its own.
    let silent = (0..9).map(|at| have(&keeper, format!("http://{address}/silent?{at}")));
    let (silent, quick) = tokio::join!(futures::future::join_all(silent), async {
        let begun = Instant::now();
        have(&keeper, format!("http://{other}/a.png")).await.unwrap();
        begun.elapsed()
    });
    assert!(silent.iter().all(|found| *found == Err(Reason::Silent)));
    assert!(quick < Duration::from_millis(250), "{quick:?}");
    // And once it is given up, not even their time.
    let begun = Instant::now();
    assert_eq!(have(&keeper, format!("http://{address}/silent?x")).await, Err(Reason::Silent));
    assert!(begun.elapsed() < Duration::from_millis(250));
}

#[tokio::test]
async fn redirects_are_judged_and_pass_no_login_on() {
    let (own, at_own) = serve().await;
    let (listed, at_listed) = serve().await;
    let (stranger, at_stranger) = serve().await;
    let folder = tempfile::tempdir().unwrap();
    let keeper = keeper(folder.path(), &[own.to_string()], &[own.to_string(), listed.to_string()]);
    let lead = |path: &str, to: String| at_own.leads_to.lock().unwrap().insert(path.to_owned(), to);
    lead("/to/listed", format!("http://{listed}/a.png"));
    lead("/to/here", "/a.png".to_owned());
    lead("/to/stranger", format!("http://{stranger}/a.png"));
    lead("/to/cloud", "http://169.254.169.254/latest/meta-data".to_owned());
    lead("/to/file", "file:///etc/passwd".to_owned());
    lead("/to/itself", "/to/itself".to_owned());
    let from = |path: &str| have(&keeper, format!("http://{own}{path}"));
    assert!(from("/to/listed").await.is_ok());
    assert!(from("/to/here").await.is_ok());
    assert_eq!(from("/to/stranger").await, Err(Reason::Private), "it is on this machine");
    assert_eq!(from("/to/cloud").await, Err(Reason::Private));
    assert_eq!(from("/to/file").await, Err(Reason::LedAway));
    assert_eq!(from("/to/itself").await, Err(Reason::LedAway));
    assert!(at_stranger.asked.lock().unwrap().is_empty());
    let own = at_own.asked.lock().unwrap().clone();
    assert!(own.iter().all(|(_, login)| login.as_deref() == Some("Basic c2VjcmV0")), "{own:?}");
    assert_eq!(*at_listed.asked.lock().unwrap(), [("/a.png".to_owned(), None)]);
}

#[tokio::test]
async fn private_addresses_are_refused_unless_listed() {
    let (address, played) = serve().await;
    let folder = tempfile::tempdir().unwrap();
    let by_name = format!("localhost:{}", address.port());
    // Its own hosts, by address and by a name that leads there; neither is listed.
    let keeper = keeper(folder.path(), &[address.to_string(), by_name.clone()], &[]);
    assert_eq!(have(&keeper, format!("http://{address}/a.png")).await, Err(Reason::Private));
    assert_eq!(have(&keeper, format!("http://{by_name}/a.png")).await, Err(Reason::Private));
    assert_eq!(have(&keeper, "https://stranger.example/a.png".into()).await, Err(Reason::NotListed));
    assert!(played.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_dump_goes_before_the_web_and_a_rehearsal_asks_nobody() {
    let (address, played) = serve().await;
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().join("a.png");
    std::fs::write(&here, PNG).unwrap();
    let mut keeper = keeper(folder.path(), &[], &[address.to_string()]);
    keeper.forbid_web();
    let local = Attachment {
        local: Some(here.to_string_lossy().into_owned()),
        ..file(format!("http://{address}/a.png"))
    };
    assert_eq!(keeper.have("zendesk", &local).await.unwrap().unwrap().path, here);
    assert_eq!(have(&keeper, format!("http://{address}/b.png")).await, Err(Reason::Offline));
    assert!(played.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_recording_is_had_through_the_api_and_its_login_stays_there() {
    let (api, at_api) = serve().await;
    let (storage, at_storage) = serve().await;
    let folder = tempfile::tempdir().unwrap();
    let account = |login| Account {
        source: SourceName::new("zendesk").unwrap(),
        product: Product::Aircall,
        names: [].into(),
        login,
    };
    let listed = vec![Listed::parse(&storage.to_string()).unwrap()];
    let settings = Settings { max_bytes: 4000, silence: Duration::from_millis(300), web: true };
    let keeper = |login, name: &str| {
        let ledger = Ledger::open(&folder.path().join(name), now()).unwrap();
        let hosts = Hosts::new(vec![account(login)], listed.clone());
        let store = Store::new(folder.path().join(name).join("files"));
        let mut keeper = Keeper::new(ledger, store, hosts, settings.clone()).unwrap();
        keeper.ask_for_recordings(format!("http://{api}/calls/"));
        keeper
    };
    at_api.says.lock().unwrap().insert(
        "/calls/27".into(),
        format!("{{\"call\":{{\"recording\":\"http://{storage}/a.png\",\"voicemail\":null}}}}"),
    );
    let page = |what: &str| format!("https://assets.aircall.io/calls/27/{what}");
    let without = keeper(None, "without");
    assert_eq!(have(&without, page("recording")).await, Err(Reason::NoLogin));
    assert!(at_api.asked.lock().unwrap().is_empty());
    let with = keeper(Some(HeaderValue::from_static("Basic aWQ6dG9rZW4=")), "with");
    assert!(have(&with, page("recording")).await.is_ok());
    assert_eq!(have(&with, page("voicemail")).await, Err(Reason::Status(404)));
    let asked = at_api.asked.lock().unwrap().clone();
    assert!(asked.iter().all(|(path, login)| path == "/calls/27" && login.is_some()), "{asked:?}");
    assert_eq!(*at_storage.asked.lock().unwrap(), [("/a.png".to_owned(), None)]);
}
