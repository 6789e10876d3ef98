//! Faults do what they say, at the socket and in the store; the observer sees each request at exact moments.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gorgias_import::sandbox::{Fault, FaultPlan, Observation, Phase, SandboxOptions, Scripted};
use serde_json::json;

use crate::sandbox_support::{Client, sandbox, sandbox_with, ticket};

async fn with_fault(fault: Fault) -> (gorgias_import::sandbox::Sandbox, Client) {
    let mut plan = FaultPlan::at_writes([(1, fault)]);
    (plan.hang_ms, plan.slow_ms, plan.late_ms, plan.hidden_ms) = (200, 200, 100, 300);
    sandbox_with(SandboxOptions { faults: plan, ..SandboxOptions::default() }).await
}

#[tokio::test]
async fn refusals_write_nothing() {
    for (fault, status) in
        [(Fault::Throttle, 429), (Fault::ServerError, 500), (Fault::BadGateway, 502), (Fault::Quota, 403)]
    {
        let (sandbox, client) = with_fault(fault).await;
        let refused = client.post("/api/tickets", &ticket(&json!({}))).await;
        assert_eq!(refused.status, status);
        assert_eq!(refused.header("retry-after").is_some(), status == 429);
        assert_eq!(refused.text.starts_with("<html>"), status == 502);
        assert_eq!(sandbox.stats().unwrap().tickets, 0, "{fault:?}");
        client.ticket(&json!({})).await;
        assert_eq!(sandbox.stats().unwrap().faults, BTreeMap::from([(fault, 1)]));
    }
}

#[tokio::test]
async fn cut_connections_write_or_not_as_they_say() {
    for (fault, written) in [(Fault::ResetBefore, 0), (Fault::ResetAfter, 1), (Fault::HangAfter, 1)] {
        let (sandbox, client) = with_fault(fault).await;
        let started = Instant::now();
        let lost = client.try_post("/api/tickets", &ticket(&json!({}))).await;
        assert!(lost.is_err(), "{fault:?}: {lost:?}");
        assert_eq!(started.elapsed() >= Duration::from_millis(200), fault == Fault::HangAfter, "{fault:?}");
        assert_eq!(sandbox.stats().unwrap().tickets, written, "{fault:?}");
        let log = sandbox.requests();
        assert_eq!((log[0].status, log[0].fault), (None, Some(fault)));
    }
}

#[tokio::test]
async fn a_late_write_comes_after_the_reset() {
    let (sandbox, client) = with_fault(Fault::LateWrite).await;
    assert!(client.try_post("/api/tickets", &ticket(&json!({}))).await.is_err());
    assert_eq!(sandbox.stats().unwrap().tickets, 0);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(sandbox.stats().unwrap().tickets, 1);
}

#[tokio::test]
async fn answers_that_cannot_be_read_follow_a_write() {
    for (fault, status) in [(Fault::Unreadable, 201), (Fault::BadGatewayAfter, 502)] {
        let (sandbox, client) = with_fault(fault).await;
        let spoilt = client.post("/api/tickets", &ticket(&json!({}))).await;
        assert_eq!(spoilt.status, status);
        assert!(serde_json::from_str::<serde_json::Value>(&spoilt.text).is_err());
        assert_eq!(sandbox.stats().unwrap().tickets, 1);
    }
}

#[tokio::test]
async fn a_slow_answer_still_comes() {
    let (_sandbox, client) = with_fault(Fault::Slow).await;
    let started = Instant::now();
    client.ticket(&json!({})).await;
    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_new_ticket_is_late_in_lists_by_time_or_by_count() {
    let (_sandbox, client) = with_fault(Fault::LateInList).await;
    let created = client.ticket(&json!({})).await;
    let find = "/api/tickets?external_id=zendesk:ticket:1";
    assert_eq!(client.get(find).await.expect(200)["data"], json!([]));
    assert_eq!(
        client.get(&format!("/api/tickets/{}", created["id"])).await.status,
        200,
        "it is there, only not listed"
    );
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(client.get(find).await.expect(200)["data"].as_array().unwrap().len(), 1);

    let (sandbox, client) = sandbox().await;
    let plan = FaultPlan { hidden_lists: Some(2), ..FaultPlan::at_writes([(1, Fault::LateInList)]) };
    sandbox.set_faults(plan);
    client.ticket(&json!({})).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(client.get(find).await.expect(200)["data"].as_array().unwrap().len());
    }
    assert_eq!(seen, [0, 0, 1]);
}

#[tokio::test]
async fn faults_can_be_set_over_http() {
    let (_sandbox, client) = sandbox().await;
    let plan = FaultPlan {
        script: vec![Scripted { nth: 2, on: Some("GET /api/tickets/{id}".into()), fault: Fault::BadGateway }],
        ..FaultPlan::default()
    };
    let set = client.put("/_sandbox/faults", &serde_json::to_value(&plan).unwrap()).await;
    assert_eq!(set.status, 204);
    assert_eq!(client.get("/api/tickets/1").await.status, 404);
    assert_eq!(client.get("/api/tickets/2").await.status, 502);
    assert_eq!(client.get("/api/tickets/3").await.status, 404);
    assert_eq!(client.put("/_sandbox/faults", &json!({"preset": "nasty", "seed": 3})).await.status, 204);
    let now: FaultPlan = serde_json::from_value(client.get("/_sandbox/faults").await.expect(200)).unwrap();
    assert_eq!(now, FaultPlan::nasty(3));
    assert_eq!(client.put("/_sandbox/faults", &json!({"preset": "worst"})).await.status, 400);
    assert_eq!(client.put("/_sandbox/faults", &json!({"raets": {}})).await.status, 400);
}

/// A client that looks before it sends again gets through the nasty preset with each ticket there exactly once.
#[tokio::test]
async fn a_careful_client_gets_through_the_nasty_preset() {
    let mut faults = FaultPlan::nasty(11);
    (faults.hang_ms, faults.slow_ms, faults.late_ms, faults.hidden_ms) = (50, 20, 60, 100);
    let (sandbox, client) = sandbox_with(SandboxOptions { faults, ..SandboxOptions::default() }).await;
    for number in 0..60 {
        let key = format!("zendesk:ticket:{number}");
        let body = ticket(&json!({"external_id": key}));
        'sending: loop {
            if client.try_post("/api/tickets", &body).await.is_ok_and(|answer| {
                answer.status == 201 && serde_json::from_str::<serde_json::Value>(&answer.text).is_ok()
            }) {
                break;
            }
            let settled = Instant::now() + Duration::from_millis(250);
            while Instant::now() < settled {
                let request = client.request("GET", "/api/tickets").query(&[("external_id", &key)]);
                if let Ok(found) = client.send(request).await
                    && found.status == 200
                    && found.json()["data"].as_array().is_some_and(|data| !data.is_empty())
                {
                    break 'sending;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    let stats = sandbox.stats().unwrap();
    assert_eq!(stats.tickets, 60);
    assert!(stats.faults.values().sum::<u64>() > 10, "{:?}", stats.faults);
}

#[tokio::test]
async fn the_observer_sees_each_moment_once_and_in_order() {
    let seen: Arc<Mutex<Vec<Observation>>> = Arc::default();
    let keep = Arc::clone(&seen);
    let faults = FaultPlan::at_writes([(2, Fault::ResetAfter)]);
    let observer: gorgias_import::sandbox::Observer =
        Arc::new(move |one: &Observation| keep.lock().unwrap().push(one.clone()));
    let (sandbox, client) =
        sandbox_with(SandboxOptions { faults, observer: Some(observer), ..SandboxOptions::default() }).await;
    client.ticket(&json!({})).await;
    assert!(client.try_post("/api/tickets", &ticket(&json!({"external_id": "two"}))).await.is_err());
    client.get("/api/users/0").await;
    sandbox.stop().await;
    let seen = seen.lock().unwrap();
    let phases: Vec<(u64, Phase)> = seen.iter().map(|one| (one.number, one.phase)).collect();
    let expected = [
        (1, Phase::Received),
        (1, Phase::Committed),
        (1, Phase::Answered),
        (2, Phase::Received),
        (2, Phase::Committed),
        (3, Phase::Received),
        (3, Phase::Answered),
    ];
    assert_eq!(phases, expected);
    assert_eq!((seen[1].tickets, seen[1].messages, seen[1].committed), (1, 2, 1));
    assert_eq!((seen[4].tickets, seen[4].messages, seen[4].answered), (2, 4, 1));
}
