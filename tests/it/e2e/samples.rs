//! Real rows, where the machine has them: what must come out of them is written in their own description.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::validation::source;
use super::workspace::{RUN, Workspace, ZENDESK};

fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("SAMPLES_DIR").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: SAMPLES_DIR is not set");
    }
    folder
}

fn copy(from: &std::path::Path, workspace: &Workspace, names: &[&str], into: &str) {
    fs::create_dir_all(workspace.path(into)).unwrap();
    for name in names {
        fs::copy(from.join(name), workspace.path(into).join(name)).unwrap();
    }
}

const ZENDESK_FILES: [&str; 2] = ["account_export_tickets.ndjson", "account_export_users.ndjson"];
const AIRCALL: &str = "[[source]]\nkind = \"aircall\"\npaths = [\"aircall\"]\n";

#[test]
fn an_account_export_counts_as_described() {
    let Some(samples) = samples() else { return };
    let workspace = Workspace::new("http://127.0.0.1:9", ZENDESK, "");
    copy(&samples.join("zendesk"), &workspace, &ZENDESK_FILES, "zendesk");
    let document = workspace.validate("");
    let told = source(&document, "zendesk");
    assert_eq!((&told["tickets"], &told["left_out"], &told["unreadable"]), (&json!(4), &json!(1), &json!(0)));
    let codes: Vec<&Value> =
        document["findings"].as_array().unwrap().iter().map(|finding| &finding["code"]).collect();
    assert!(codes.contains(&&json!("GI-Z001")), "{codes:?}");
}

#[test]
fn an_account_export_arrives_as_described() {
    let Some(samples) = samples() else { return };
    let account = super::account::Account::new();
    let workspace = Workspace::new(&account.base_url(), ZENDESK, "");
    copy(&samples.join("zendesk"), &workspace, &ZENDESK_FILES, "zendesk");
    workspace.run(RUN).expect(0);
    let state = account.end_state();
    let keys: Vec<&str> = state.keys().map(String::as_str).collect();
    assert_eq!(keys, ["zendesk:ticket:1", "zendesk:ticket:123", "zendesk:ticket:145", "zendesk:ticket:33"]);
    let first = state["zendesk:ticket:1"]["messages"].as_array().unwrap();
    let sides: Vec<_> = first.iter().map(|message| (&message["from_agent"], &message["public"])).collect();
    let (yes, no) = (&json!(true), &json!(false));
    assert_eq!(sides, [(no, yes), (yes, yes), (yes, no)]);
    let sent: jiff::Timestamp = first[2]["sent"].as_str().unwrap().parse().unwrap();
    assert_eq!(sent.to_string(), "2024-02-07T00:11:18Z");
    let voicemail = state["zendesk:ticket:145"]["messages"].as_array().unwrap();
    assert_eq!(voicemail.len(), 1);
    assert_eq!(
        (&voicemail[0]["channel"], &voicemail[0]["from_agent"], &voicemail[0]["public"]),
        (&json!("phone"), no, yes)
    );
}

#[test]
fn a_call_history_counts_and_arrives_as_described() {
    let Some(samples) = samples() else { return };
    let account = super::account::Account::new();
    let workspace = Workspace::new(&account.base_url(), AIRCALL, "");
    copy(&samples.join("aircall"), &workspace, &["calls_history.csv"], "aircall");
    let document = workspace.validate("");
    let told = source(&document, "aircall");
    assert_eq!(told["tickets"], 5);
    assert_eq!(told["channels"]["phone"], 5);
    workspace.run(RUN).expect(0);
    let state = account.end_state();
    let calls = state.values().map(|ticket| &ticket["messages"][0]);
    assert_eq!(calls.clone().filter(|call| call["from_agent"] == false).count(), 4);
    let mut starts: Vec<String> = calls
        .map(|call| call["sent"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().to_string())
        .collect();
    starts.sort();
    // The description gives times of day; all are of the same two days.
    let times: Vec<&str> = starts.iter().map(|start| &start[11..]).collect();
    for time in ["07:57:14.083Z", "07:53:35Z", "07:35:40Z", "07:33:54Z", "12:42:37.034Z"] {
        assert!(times.contains(&time), "{time} is not among {starts:?}");
    }
    assert_eq!((told["first"].as_str(), told["last"].as_str()), (Some(&*starts[0]), Some(&*starts[4])));
}
