//! Automations of the account that could act on imported tickets: nothing is written until each is off or acknowledged.

use gorgias_import::sandbox::{AccountSeed, SeedHidden, SeedIntegration, SeedRule};
use serde_json::json;

use super::account::{Account, Play};
use super::calls;
use super::export::Export;
use super::workspace::{RUN, Workspace, ZENDESK};

fn rule(name: &str) -> SeedRule {
    SeedRule { id: 12, name: name.into(), event_types: "ticket-created".into(), active: true, replies: false }
}

/// The refusal of an account: the ids that it asks to acknowledge.
#[track_caller]
fn refused(account: &Account, workspace: &Workspace) -> Vec<String> {
    let ended = workspace.run(RUN).expect(7);
    assert!(account.writes().is_empty(), "{:?}", account.writes());
    let error = ended.error();
    let next = error["next"].as_str().unwrap();
    let ids: Vec<String> = next.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(!ids.is_empty(), "{next}");
    for id in &ids {
        assert!(error["message"].as_str().unwrap().contains(id.as_str()), "{error}");
    }
    ids
}

#[test]
fn each_kind_of_automation_refuses_the_run_until_it_is_acknowledged() {
    let mut seed = AccountSeed { rules: vec![rule("Greet")], ..AccountSeed::default() };
    seed.set_surveys(true);
    seed.integrations.push(SeedIntegration {
        id: 900,
        name: "Warehouse".into(),
        kind: "http".into(),
        address: None,
        triggers: vec!["ticket-created".into()],
        active: true,
    });
    let account = Account::playing(Play { seed, ..Play::default() });
    let export = Export::of(3, |_| 2);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    let ids = refused(&account, &workspace);
    for kind in ["rule:12", "integration:900", "setting:satisfaction-surveys"] {
        assert!(ids.iter().any(|id| id.starts_with(kind)), "{kind} is not among {ids:?}");
    }
    assert_eq!(ids.len(), 3);

    // Acknowledging some leaves the others.
    let accept = |ids: &[String]| format!("[safety]\naccept = {ids:?}\n");
    workspace.configure(&account.base_url(), ZENDESK, &accept(&ids[..1]));
    assert_eq!(refused(&account, &workspace), ids[1..]);
    workspace.configure(&account.base_url(), ZENDESK, &accept(&ids));
    assert_eq!(workspace.migrate()["tickets"]["created"], 3);
}

#[test]
fn an_acknowledgement_is_for_what_was_acknowledged() {
    let seed = |name: &str| AccountSeed { rules: vec![rule(name)], ..AccountSeed::default() };
    let account = Account::playing(Play { seed: seed("Greet"), ..Play::default() });
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(3, |_| 1));
    let ids = refused(&account, &workspace);
    workspace.configure(&account.base_url(), ZENDESK, &format!("[safety]\naccept = {ids:?}\n"));
    account.sandbox().set_account(seed("Greet and answer")).unwrap();
    assert_ne!(refused(&account, &workspace), ids);
    account.sandbox().set_account(AccountSeed::default()).unwrap();
    workspace.migrate();
    account.nothing_was_sent();
}

#[test]
fn a_login_that_may_not_create_tickets_is_refused_before_anything_is_written() {
    let mut seed = AccountSeed::default();
    seed.users[0].role = "observer-agent".into();
    let account = Account::playing(Play { seed, ..Play::default() });
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(3, |_| 1));
    let ended = workspace.run(RUN).expect(4);
    assert!(ended.error()["message"].as_str().unwrap().contains("observer-agent"));
    assert!(account.writes().is_empty());
}

#[test]
fn open_tickets_are_announced() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(8, |_| 1));
    let ended = workspace.run("run --yes").expect(0);
    let told = ended.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("4 tickets will be open in Gorgias"), "{told}");
}

/// What another tool imported of the same account: other keys, the same customers and nearly the same times.
fn import_by_other_means(account: &Account, other: &Workspace) {
    other.migrate();
    for (_, ticket) in account.tickets() {
        let id = &ticket["id"];
        let key = json!({"external_id": format!("native-{id}")});
        account.write(reqwest::Method::PUT, &format!("/api/tickets/{id}"), &key);
    }
}

#[test]
fn history_that_is_there_by_other_means_is_named_and_imported_or_left_out_as_asked() {
    let account = Account::new();
    let export = Export::of(6, |_| 1);
    import_by_other_means(&account, &Workspace::with_export(&account.base_url(), &export));
    let workspace = Workspace::with_export(&account.base_url(), &export);
    let writes = account.writes().len();
    let ended = workspace.run(RUN).expect(7);
    let error = ended.error();
    assert!(error["message"].as_str().unwrap().contains("by other means"), "{error}");
    assert!(error["next"].as_str().unwrap().contains("existing = \"skip\""), "{error}");
    assert_eq!(account.writes().len(), writes);
    let dry = workspace.run(&format!("{RUN} --dry-run")).expect(0).summary();
    let (sampled, there) = (&dry["by_other_means"]["sampled"], &dry["by_other_means"]["there"]);
    assert!(sampled.as_u64() >= Some(5) && sampled == there, "{dry}");

    workspace.configure(&account.base_url(), ZENDESK, "[safety]\nexisting = \"skip\"\n");
    let summary = workspace.migrate();
    let skipped = summary["tickets"]["left_out"].as_u64().unwrap();
    assert!(skipped >= 5 && summary["tickets"]["rejected"] == 0, "{summary}");
    assert_eq!(summary["messages"]["rejected"], 0, "{summary}");
    let findings = std::fs::read_to_string(workspace.path(".gorgias-import/runs/0001/findings.csv")).unwrap();
    assert!(findings.contains("GI-U010"), "{findings}");
    assert_eq!(account.sandbox().stats().unwrap().tickets, 12 - skipped);
    // It stays so, in the ledger and for the next run.
    assert_eq!(workspace.status()["tickets"]["left_out"].as_u64(), Some(skipped));
    let again = workspace.migrate();
    assert_eq!(again["tickets"]["left_out"].as_u64(), Some(skipped), "{again}");
    assert_eq!(again["tickets"]["already"].as_u64(), Some(6 - skipped), "{again}");
}

#[test]
fn calls_that_are_there_by_other_means_are_found_by_their_numbers() {
    let account = Account::new();
    import_by_other_means(&account, &calls::workspace_of(&account, ""));
    let workspace = calls::workspace_of(&account, "");
    let writes = account.writes().len();
    let told = workspace.run(RUN).expect(7).error();
    assert!(told["message"].as_str().unwrap().contains("by other means"), "{told}");
    assert_eq!(account.writes().len(), writes);
    let tickets = account.tickets().len() as u64;
    let workspace = calls::workspace_of(&account, "[safety]\nexisting = \"skip\"\n");
    let summary = workspace.migrate();
    let skipped = summary["tickets"]["left_out"].as_u64().unwrap();
    assert!(skipped >= 5 && summary["tickets"]["created"].as_u64() == Some(tickets - skipped), "{summary}");
}

#[test]
fn a_clock_that_is_far_from_gorgiass_is_told() {
    for (ahead, words) in [(3_600, "behind Gorgias's"), (-600, "ahead of Gorgias's")] {
        let hidden = SeedHidden { clock_ahead: ahead, ..SeedHidden::default() };
        let account = Account::playing(Play {
            seed: AccountSeed { hidden, ..AccountSeed::default() },
            ..Play::default()
        });
        let workspace = Workspace::with_export(&account.base_url(), &Export::of(2, |_| 1));
        let told = workspace.run("run --yes").expect(0).stderr;
        assert!(told.contains("the clock of this machine is") && told.contains(words), "{told}");
    }
}
