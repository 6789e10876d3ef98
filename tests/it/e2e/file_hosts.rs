//! The host that has the old account's files is out, or takes another login: tickets wait with their files, the run ends
//! saying so, and nothing arrives with a gap that need not be there.

use serde_json::{Value, json};

use super::account::Account;
use super::export::Export;
use super::file_host::{FileHost, Played};
use super::workspace::{RUN, Workspace};

/// Tickets with a picture each.
const WITH_FILES: u64 = 8;
/// All tickets.
const TICKETS: u64 = 12;

struct Scene {
    host: FileHost,
    account: Account,
    workspace: Workspace,
}

impl Scene {
    /// Every file answers like this.
    fn new(played: &Played) -> Self {
        let (host, account) = (FileHost::new(), Account::new());
        let mut export = Export::of(TICKETS, |_| 1);
        for number in 1..=WITH_FILES {
            let url = host.play(&number.to_string(), "a.png", played.clone());
            let at = usize::try_from(number - 1).unwrap();
            export.tickets[at]["comments"][0]["html_body"] = json!(format!("<p>Hi</p><img src=\"{url}\">"));
        }
        let rest = format!(
            "[attachments]\nhosts = [\"{}\"]\ntimeout_seconds = 1\n\n[upload]\npatience_seconds = 4\n",
            host.name()
        );
        let workspace = Workspace::with_export_and(&account.base_url(), &export, &rest);
        Self { host, account, workspace }
    }

    /// From now on the host has them all.
    fn mend(&self) {
        for number in 1..=WITH_FILES {
            self.host.play(&number.to_string(), "a.png", Played::Picture(number.to_string()));
        }
    }

    /// The run stops with this code and names the host; only tickets without files went. Then all arrive whole.
    fn waits(&self, code: i32, words: &str) {
        let ended = self.workspace.run(RUN).expect(code);
        let error = ended.error();
        let said = error["message"].as_str().unwrap_or_default().to_owned();
        assert!(said.contains(words) && said.contains(&self.host.name()), "{error}");
        assert!(said.contains("8 tickets"), "{error}");
        assert_eq!(self.account.tickets().len(), usize::try_from(TICKETS - WITH_FILES).unwrap());
        self.mend();
        let summary = self.workspace.migrate();
        assert_eq!((&summary["files_missing"], &summary["uploads"]), (&json!(0), &json!(WITH_FILES)));
        assert_eq!(self.account.tickets().len(), usize::try_from(TICKETS).unwrap());
        self.workspace.verified();
    }
}

#[test]
fn a_wrong_login_stops_the_run_with_4_and_costs_no_ticket_its_files() {
    Scene::new(&Played::Status(401)).waits(4, "does not let us have");
}

#[test]
fn a_form_to_log_in_is_a_wrong_login() {
    let form = b"<!DOCTYPE html><title>Sign in</title>".to_vec();
    Scene::new(&Played::Bytes("text/html", form)).waits(4, "does not let us have");
}

#[test]
fn an_outage_stops_the_run_with_5_and_costs_no_ticket_its_files() {
    Scene::new(&Played::Status(502)).waits(5, "is out of reach");
}

#[test]
fn a_host_that_comes_back_is_waited_for() {
    let scene = Scene::new(&Played::Status(401));
    let summary = std::thread::scope(|scope| {
        let run = scope.spawn(|| scene.workspace.migrate());
        let asked = || scene.host.asked().len() >= 5;
        while !asked() && !run.is_finished() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        scene.mend();
        run.join().unwrap()
    });
    assert_eq!((&summary["files_missing"], &summary["uploads"]), (&json!(0), &json!(WITH_FILES)));
}

#[test]
fn files_that_are_gone_are_gaps_however_many() {
    let scene = Scene::new(&Played::Status(404));
    let summary = scene.workspace.migrate();
    assert_eq!(summary["files_missing"], WITH_FILES, "{summary}");
    assert_eq!(scene.account.tickets().len(), usize::try_from(TICKETS).unwrap());
}

#[test]
fn a_fetch_ends_with_the_code_of_what_is_wrong_with_the_host() {
    for (played, code) in [(Played::Status(403), 4), (Played::Status(500), 5)] {
        let scene = Scene::new(&played);
        let ended = scene.workspace.run("fetch --json").expect(code);
        let document: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!((&document["exit_code"], &document["files"]["fetched"]), (&json!(code), &json!(0)));
        assert!(ended.error()["message"].as_str().unwrap().contains(&scene.host.name()), "{}", ended.stderr);
        scene.mend();
        scene.workspace.run("fetch --json").expect(0);
    }
}
