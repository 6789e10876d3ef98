//! A rehearsal whose pages are served: what it prints, what the pages show, how it ends.

use std::time::{Duration, Instant};

use super::process::Started;
use super::workspace::Workspace;

/// An address that nothing listens on: a rehearsal does without the account.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Waits for the link on stderr.
fn link(started: &Started) -> String {
    let begun = Instant::now();
    loop {
        let said = std::fs::read_to_string(&started.stderr).unwrap();
        if let Some(link) = said.split_whitespace().find(|word| word.contains("/enter/")) {
            return link.to_owned();
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "no link:\n{said}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test]
async fn a_rehearsal_serves_its_pages_until_it_is_told_to_stop() {
    let workspace = Workspace::with_fixtures(NOWHERE);
    let started = workspace.start("rehearse --browse --json --faults light --limit 60");
    let link = link(&started);
    let base = link.split("/enter/").next().unwrap().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(&link).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let get = async |path: &str| {
        let answer = http.get(format!("{base}{path}")).header("cookie", &cookie).send().await.unwrap();
        answer.text().await.unwrap()
    };
    let inbox = get("/").await;
    assert!(
        inbox.contains("60 tickets, newest first") && inbox.contains("GI-"),
        "findings can be filtered by"
    );
    let ticket = inbox.split("href=\"/tickets/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = get(&format!("/tickets/{ticket}")).await;
    assert!(page.contains("Source record") && page.contains("As it stands in the export"), "{page}");
    assert!(get("/requests?show=problems").await.contains("Injected on purpose"));
    assert!(get("/outbox").await.contains("Nobody would have been written to."));

    // The pages' store must not be taken away by another rehearsal.
    workspace.run("rehearse --json").expect(11);
    started.signal("INT");
    let ended = started.wait().expect(0);
    assert_eq!(ended.summary()["tickets"]["created"], 60);
}

#[test]
fn without_a_terminal_a_rehearsal_ends_by_itself_and_says_how_to_browse() {
    let workspace = Workspace::with_fixtures(NOWHERE);
    let ended = workspace.run("rehearse --limit 20 --faults nasty --seed 3").expect(0);
    for words in [
        "Every ticket is there once.",
        "at the rate of an API key",
        "rehearse --browse",
        "No request that could send mail",
    ] {
        let said = ended.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(words), "{words}:\n{said}");
    }
    assert!(!ended.stderr.contains("/enter/"));
    let folder = workspace.path(".gorgias-import/rehearsal/runs/0001");
    let page = std::fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(page.contains("<code>gorgias-import run --limit 20</code>"), "what the rehearsal allows");
    assert!(!page.contains("<code>gorgias-import rehearse</code>"), "it has been rehearsed");
    for file in std::fs::read_dir(&folder).unwrap().flatten() {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "{} can be read by others", file.path().display());
    }
}
