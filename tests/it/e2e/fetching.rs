//! `fetch`: what dies first comes first, and what was had is not asked for again, even after a kill.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::account::Account;
use super::export::Export;
use super::file_host::{FileHost, Played};
use super::files::{listing, show};
use super::workspace::Workspace;

const FILES: u64 = 30;

/// Tickets with a picture each, by their numbers; those of `expiring` say when their links die.
fn workspace(host: &FileHost, played: impl Fn(u64) -> Played, expiring: impl Fn(u64) -> bool) -> Workspace {
    let account = Account::new();
    let mut export = Export::of(FILES, |_| 1);
    for number in 1..=FILES {
        let mut url = host.play(&number.to_string(), "a.png", played(number));
        if expiring(number) {
            url.push_str("&amp;X-Amz-Expires=600");
        }
        show(
            &mut export,
            usize::try_from(number).unwrap(),
            &format!("<p>Hi</p><img src=\"{url}\">"),
            &json!([]),
        );
    }
    let rest = listing(&[host]).replace("timeout_seconds = 1", "timeout_seconds = 60");
    Workspace::with_export_and(&account.base_url(), &export, &rest)
}

fn fetched(workspace: &Workspace) -> Value {
    serde_json::from_str(&workspace.run("fetch --json").expect(0).stdout).unwrap()
}

#[test]
fn links_that_expire_are_fetched_before_the_others() {
    let host = FileHost::new();
    let workspace =
        workspace(&host, |number| Played::Picture(number.to_string()), |number| number > FILES - 3);
    let files = fetched(&workspace)["files"].clone();
    assert_eq!((&files["total"], &files["fetched"]), (&json!(FILES), &json!(FILES)), "{files}");
    let asked = host.asked();
    let place =
        |number: u64| asked.iter().position(|(path, _)| path.ends_with(&format!("/{number}/"))).unwrap();
    // Several are asked for at once, so that the first few may change places.
    let last = (FILES - 2..=FILES).map(place).max().unwrap();
    assert!(last < 10, "{last}: {asked:?}");
}

#[test]
fn a_fetch_that_is_killed_goes_on_with_what_it_lacks() {
    let host = FileHost::new();
    let silent = |number: u64| number.is_multiple_of(10);
    let played = |number| if silent(number) { Played::Silence } else { Played::Picture(number.to_string()) };
    let workspace = workspace(&host, played, |_| false);
    let kept = || walk(&workspace.path(".gorgias-import/files"));
    let started = workspace.start("fetch --json");
    let begun = Instant::now();
    while (kept() < 27 || host.asked().len() < 30) && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(10));
    }
    started.signal("KILL");
    assert_eq!(started.wait().code, None);
    assert_eq!((kept(), host.asked().len()), (27, 30));
    for number in (1..=FILES).filter(|number| silent(*number)) {
        host.play(&number.to_string(), "a.png", Played::Picture(number.to_string()));
    }
    let files = fetched(&workspace)["files"].clone();
    let had = (&files["total"], &files["fetched"], &files["already"]);
    assert_eq!(had, (&json!(30), &json!(3), &json!(27)), "{files}");
    assert_eq!(host.asked().len(), 33, "only what was missing is asked for");
}

/// Whole files below a folder.
fn walk(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let count = |entry: std::fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => walk(&entry.path()),
        _ => usize::from(!entry.file_name().to_string_lossy().starts_with('.')),
    };
    entries.flatten().map(count).sum()
}
