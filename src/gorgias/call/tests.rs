//! Verdicts, as a table, and the loop around one call in paused time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};

use super::super::credentials::{Login, TokenSource};
use super::super::egress::Cleared;
use super::super::limiter::{Limit, Reserve, WaitReason};
use super::super::transport::InMemory;
use super::super::{Client, SendPermit};
use super::classify::{read, verdict};
use super::*;

fn html(status: u16) -> RawAnswer {
    RawAnswer::json(status, "<html>502</html>").with_header("content-type", "text/html; charset=utf-8")
}

fn error(status: u16, message: &str) -> RawAnswer {
    RawAnswer::json(status, serde_json::json!({"error": {"msg": message}}).to_string())
}

fn lost(kind: LostKind) -> CallFailure {
    CallFailure::Lost { kind, detail: String::new() }
}

#[test]
fn every_status_has_one_meaning() {
    use EndpointKind::{Customer, Message, Tag, Ticket};
    let text = |text: &str| text.to_owned();
    let quota = "You do not have enough permissions to perform this action. Messaging quota exceeded.";
    let exists = "The resource already exists.";
    for status in [200, 201, 202, 204] {
        assert_eq!(verdict(Ticket, &error(status, "")), Ok(()));
    }
    let rows = [
        (Ticket, error(401, "no"), CallFailure::Unauthorized { message: text("no") }),
        (Ticket, error(403, "role"), CallFailure::Forbidden { message: text("role"), quota: false }),
        (Ticket, error(403, quota), CallFailure::Forbidden { message: text(quota), quota: true }),
        (Ticket, error(404, "Resource not found."), CallFailure::NotFound),
        (Ticket, error(429, ""), CallFailure::Throttled { retry_after: None }),
        (Ticket, error(413, ""), CallFailure::TooLarge),
        (Ticket, html(413), CallFailure::TooLarge),
        (Customer, error(409, exists), CallFailure::Conflict { message: text(exists) }),
        (
            Customer,
            error(400, "Email already in use"),
            CallFailure::Conflict { message: text("Email already in use") },
        ),
        (Tag, error(409, exists), CallFailure::Conflict { message: text(exists) }),
        (Ticket, error(409, exists), lost(LostKind::Status(409))),
        (Message, error(409, exists), lost(LostKind::Status(409))),
        (Ticket, error(408, ""), lost(LostKind::Status(408))),
        (Ticket, error(500, ""), lost(LostKind::Status(500))),
        (Ticket, error(503, ""), lost(LostKind::Status(503))),
        (Ticket, error(307, ""), lost(LostKind::Redirect(307))),
        (Ticket, error(101, ""), lost(LostKind::Status(101))),
    ];
    for (kind, answer, expected) in rows {
        assert_eq!(verdict(kind, &answer), Err(expected), "{kind} {}", answer.status);
    }
    for status in [400, 405, 415, 422, 418] {
        let result = verdict(Ticket, &error(status, "Failed to create ticket, does not exist"));
        assert!(
            matches!(result, Err(CallFailure::Refused { status: told, .. }) if told == status),
            "{status}"
        );
    }
}

#[test]
fn a_web_page_is_never_an_answer() {
    for status in [200, 201, 302, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504, 520] {
        let expected = Err(lost(LostKind::Html(status)));
        assert_eq!(verdict(EndpointKind::Customer, &html(status)), expected, "{status}");
        let undeclared = RawAnswer::json(status, "\r\n <!DOCTYPE html>");
        assert_eq!(verdict(EndpointKind::Customer, &undeclared), expected, "{status}");
    }
}

#[test]
fn the_recorded_error_bodies_are_understood() {
    let Some(folder) = std::env::var_os("SAMPLES_DIR") else {
        println!("skipped: SAMPLES_DIR is not set");
        return;
    };
    let path = std::path::Path::new(&folder).join("gorgias/50-error-bodies-doc.json");
    let bodies: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let result = |status: u16| {
        let body = bodies[status.to_string()].to_string();
        verdict(EndpointKind::Ticket, &RawAnswer::json(status, body)).unwrap_err()
    };
    let CallFailure::Refused { message, fields, .. } = result(400) else { panic!() };
    assert_eq!((message.as_str(), fields.len()), ("Failed to create ticket", 2));
    assert!(matches!(result(403), CallFailure::Forbidden { quota: true, .. }));
    assert_eq!(result(404), CallFailure::NotFound);
    assert!(matches!(result(405), CallFailure::Refused { status: 405, .. }));
    assert!(result(409).outcome_is_unknown() && result(503).outcome_is_unknown());
}

#[test]
fn a_success_that_cannot_be_read_names_the_field_and_quotes_nothing() {
    let body = r#"{"id": 1, "messages": [{"id": 2}, {"id": "SECRET"}]}"#;
    let failure = read::<super::super::wire::Ticket>(&RawAnswer::json(201, body)).unwrap_err();
    let CallFailure::Lost { kind: LostKind::Unreadable, detail } = failure else { panic!() };
    assert!(detail.contains("messages[1].id") && !detail.contains("SECRET"), "{detail}");
    for body in ["", "{", "[]", "null"] {
        assert!(read::<super::super::wire::Ticket>(&RawAnswer::json(201, body)).is_err(), "{body}");
    }
}

type Attempts = Vec<(EndpointKind, Option<u16>)>;

/// Hears and remembers.
#[derive(Clone, Default)]
struct Heard {
    attempts: Arc<Mutex<Attempts>>,
    waits: Arc<Mutex<Vec<WaitReason>>>,
}

impl CallObserver for Heard {
    fn attempt(&self, attempt: &Attempt) {
        self.attempts.lock().unwrap().push((attempt.kind, attempt.status));
    }

    fn waiting(&self, reason: WaitReason, _wait: Duration) {
        self.waits.lock().unwrap().push(reason);
    }
}

fn client(
    heard: &Heard,
    credentials: Credentials,
    serve: impl Fn(u32, Cleared) -> Result<RawAnswer, SendFailure> + Send + Sync + 'static,
) -> Client {
    let count = AtomicU32::new(0);
    let serve = Arc::new(serve);
    let transport = InMemory::new(move |request| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        let serve = Arc::clone(&serve);
        async move { serve(number, request) }
    });
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    Client::builder(transport, credentials, limiter).observer(heard.clone()).build()
}

fn key() -> Credentials {
    Credentials::basic("ops@example.com", SecretString::from("key"))
}

#[tokio::test(start_paused = true)]
async fn a_429_is_waited_out_and_every_attempt_is_told() {
    let heard = Heard::default();
    let client = client(&heard, key(), |number, _| {
        Ok(match number {
            0 | 1 => error(429, "slow").with_header("retry-after", "7"),
            _ => RawAnswer::json(200, r#"{"id": 4}"#).with_header("x-gorgias-account-api-call-limit", "5/80"),
        })
    });
    let start = tokio::time::Instant::now();
    assert_eq!(client.me().await.unwrap().id, 4);
    assert_eq!(start.elapsed().as_secs(), 14);
    let user = EndpointKind::User;
    assert_eq!(*heard.attempts.lock().unwrap(), [(user, Some(429)), (user, Some(429)), (user, Some(200))]);
    assert_eq!(*heard.waits.lock().unwrap(), [WaitReason::Throttled, WaitReason::Throttled]);
    assert_eq!(client.limiter().level().limit, 80);
}

#[tokio::test(start_paused = true)]
async fn patience_with_429s_ends() {
    let heard = Heard::default();
    let transport = InMemory::new(|_| async { Ok(error(429, "slow").with_header("retry-after", "600")) });
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    let patience = Patience { time: Duration::from_secs(1000), ..Patience::default() };
    let client =
        Client::builder(transport, key(), limiter).observer(heard.clone()).patience(patience).build();
    let retry_after = Some(Duration::from_mins(10));
    let begun = tokio::time::Instant::now();
    assert_eq!(client.me().await.unwrap_err(), CallFailure::Throttled { retry_after });
    assert_eq!(heard.attempts.lock().unwrap().len(), 2, "a third would come after the patience");
    assert!(begun.elapsed() < patience.time, "{:?}", begun.elapsed());
}

#[test]
fn a_call_goes_on_for_a_part_of_the_runs_patience() {
    let time = |seconds| Patience::within(Duration::from_secs(seconds)).time.as_secs();
    assert_eq!((time(900), time(0), time(60), time(u64::MAX)), (225, 60, 60, 1_800));
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_done_is_never_sent_again() {
    let ways: Vec<fn() -> Result<RawAnswer, SendFailure>> = vec![
        || Ok(error(500, "")),
        || Ok(html(502)),
        || Ok(html(429)),
        || Ok(error(408, "")),
        || Ok(error(409, "")),
        || Ok(error(307, "")),
        || Ok(RawAnswer::json(201, "{")),
        || Err(SendFailure::Lost { kind: LostKind::Timeout, detail: String::new() }),
    ];
    for way in ways {
        let heard = Heard::default();
        let client = client(&heard, key(), move |_, _| way());
        let failure = client.create_ticket(&ticket()).await.unwrap_err();
        assert!(failure.outcome_is_unknown(), "{failure:?}");
        assert_eq!(heard.attempts.lock().unwrap().len(), 1, "{failure:?}");
    }
}

fn ticket() -> super::super::wire::CreateTicket {
    use super::super::wire::{CreateMessage, CreateTicket};
    let sent = crate::model::time::SentAt::new("2024-01-01T00:00:00Z".parse().unwrap(), now()).unwrap();
    CreateTicket { messages: vec![CreateMessage::new("email", true, sent)], ..CreateTicket::default() }
}

#[tokio::test(start_paused = true)]
async fn the_gate_stands_before_the_transport() {
    let sent = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&sent);
    let client = client(&Heard::default(), key(), move |_, _| {
        seen.fetch_add(1, Ordering::SeqCst);
        Ok(RawAnswer::json(201, r#"{"id": 1}"#))
    });
    let mut ticket = ticket();
    ticket.snooze_datetime = Some("2030-01-01T00:00:00Z".parse().unwrap());
    assert!(matches!(client.create_ticket(&ticket).await, Err(CallFailure::Gate(_))));
    assert_eq!(sent.load(Ordering::SeqCst), 0);
    let permit = SendPermit::i_accept_that_messages_may_be_sent();
    assert!(client.create_ticket_permitted(&ticket, Some(&permit)).await.is_ok());
    assert_eq!(sent.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn the_servers_clock_is_learned_and_the_gate_goes_by_it() {
    let client = client(&Heard::default(), key(), |_, _| {
        let date = "Mon, 01 Jan 2018 00:00:00 GMT";
        Ok(RawAnswer::json(200, r#"{"id": 1}"#).with_header("date", date))
    });
    assert_eq!(client.server_now(), None);
    client.me().await.unwrap();
    let behind = now().duration_since(client.server_now().unwrap());
    assert!(behind.as_hours() > 24 * 365 * 5, "{behind}");
    assert!(matches!(client.create_ticket(&ticket()).await, Err(CallFailure::Gate(_))));
}

/// A client of an account whose answers have these dates, one after another, and the paths that it was asked for.
fn dated(dates: Vec<String>, page: Option<usize>) -> (Client, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let client = client(&Heard::default(), key(), move |number, request| {
        seen.lock().unwrap().push(format!("{} {}", request.method(), request.path()));
        let number = usize::try_from(number).unwrap();
        let answer = if page == Some(number) { html(502) } else { RawAnswer::json(200, r#"{"id": 1}"#) };
        Ok(answer.with_header("date", &dates[number.min(dates.len() - 1)]))
    });
    (client, asked)
}

fn today() -> String {
    now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

const LONG_AGO: &str = "Thu, 01 Jan 1970 00:00:00 GMT";

#[tokio::test(start_paused = true)]
async fn one_wrong_date_is_asked_about_before_a_message_leaves_and_stops_nothing() {
    let (client, asked) = dated(vec![today(), LONG_AGO.into(), today()], None);
    client.me().await.unwrap();
    client.me().await.unwrap();
    assert!(now().duration_since(client.server_now().unwrap()).as_hours() < 1);
    client.create_ticket(&ticket()).await.unwrap();
    let expected = ["GET /api/users/0", "GET /api/users/0", "GET /api/account", "POST /api/tickets"];
    assert_eq!(*asked.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_date_that_is_told_twice_holds_messages_back_and_the_words_name_the_clock() {
    let (client, asked) = dated(vec![today(), LONG_AGO.into()], None);
    client.me().await.unwrap();
    client.me().await.unwrap();
    let CallFailure::Gate(refusal) = client.create_ticket(&ticket()).await.unwrap_err() else { panic!() };
    assert!(refusal.is_about_a_clock());
    assert!(refusal.to_string().contains("the server's clock, which says 1970-01-01"), "{refusal}");
    assert!(asked.lock().unwrap().iter().all(|request| request.starts_with("GET")));
}

#[tokio::test(start_paused = true)]
async fn where_answers_contradict_each_other_a_message_is_not_sent_and_can_be_later() {
    let odd = "Sat, 05 May 1990 00:00:00 GMT".to_owned();
    let (client, asked) = dated(vec![today(), LONG_AGO.into(), odd, today()], None);
    client.me().await.unwrap();
    client.me().await.unwrap();
    let failure = client.create_ticket(&ticket()).await.unwrap_err();
    assert!(matches!(failure, CallFailure::NotSent { kind: NotSentKind::Clock, .. }), "{failure:?}");
    client.create_ticket(&ticket()).await.unwrap();
    assert_eq!(asked.lock().unwrap().last().unwrap(), "POST /api/tickets");
}

#[tokio::test(start_paused = true)]
async fn a_web_page_does_not_tell_the_time() {
    let (client, asked) = dated(vec![today(), LONG_AGO.into(), today()], Some(1));
    client.me().await.unwrap();
    client.me().await.unwrap_err();
    client.create_ticket(&ticket()).await.unwrap();
    assert_eq!(asked.lock().unwrap().len(), 3, "nothing was doubted");
}

struct Tokens(Mutex<Vec<&'static str>>);

impl TokenSource for Tokens {
    fn read(&self) -> BoxFuture<'_, Option<SecretString>> {
        let token = self.0.lock().unwrap().pop().map(SecretString::from);
        Box::pin(async move { token })
    }
}

/// Accepts one token only.
struct Accepts(&'static str);

impl Transport for Accepts {
    fn send<'a>(&'a self, _: &'a Cleared, login: &'a Login) -> BoxFuture<'a, Result<RawAnswer, SendFailure>> {
        let good = matches!(login, Login::Bearer { token } if token.expose_secret() == self.0);
        Box::pin(async move {
            Ok(if good { RawAnswer::json(200, r#"{"id": 1}"#) } else { error(401, "expired") })
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_read_again_once() {
    for (tokens, expected, attempts) in [
        (vec!["new"], true, 2),
        (vec!["new", "other"], false, 2),
        (vec!["old"], false, 1),
        (vec![], false, 1),
    ] {
        let heard = Heard::default();
        let source = Arc::new(Tokens(Mutex::new(tokens.clone())));
        let credentials = Credentials::bearer(SecretString::from("old"), Some(source));
        let limiter = Limiter::new(Limit::Auto, Reserve::default());
        let client = Client::builder(Accepts("new"), credentials, limiter).observer(heard.clone()).build();
        let result = client.me().await;
        assert_eq!(result.is_ok(), expected, "{tokens:?}");
        assert_eq!(heard.attempts.lock().unwrap().len(), attempts, "{tokens:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_refused_together_share_one_reading() {
    let source = Arc::new(Tokens(Mutex::new(vec!["wrong", "new"])));
    let credentials = Credentials::bearer(SecretString::from("old"), Some(source));
    let client =
        Client::builder(Accepts("new"), credentials, Limiter::new(Limit::Auto, Reserve::default())).build();
    let results = futures::future::join_all((0..8).map(|_| client.me())).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}
