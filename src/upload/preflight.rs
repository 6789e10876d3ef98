//! The pre-flight: what in the account could act on imported tickets, read before anything is written.
//!
//! Nothing is ever switched off from here. Each automation is off, or acknowledged in `[safety] accept` by an id that
//! is pinned to its content, or the run does not begin.

use serde_json::Value;

use crate::gorgias::{CallFailure, Client, patiently, wire};

/// Hex digits of the hash in an id: enough that a change is never overlooked, short enough to read.
const HASH_DIGITS: usize = 8;
/// Hex digits of the name of a whole state.
const STATE_DIGITS: usize = 16;
/// Fields that change without the automation's doing changing.
const VOLATILE: [&str; 3] = ["updated_datetime", "created_datetime", "uri"];
/// Settings that act on tickets: `type` in `GET /api/account/settings`, and what each does.
const SETTINGS: [(&str, &str); 3] = [
    ("satisfaction-surveys", "satisfaction surveys go out to customers of closed tickets"),
    ("auto-merge", "tickets of one customer are merged"),
    ("ticket-assignment", "tickets are assigned or unassigned by themselves"),
];
/// Switches in those settings that do nothing by themselves (recorded account, 2026-08: on while assignment was off).
const HARMLESS: [&str; 1] = ["can_exceed_max_agent_capacity"];
/// Acts only on replies that come later.
const AUTO_SPLIT: &str = "auto-split";

/// Something that is switched on and could act on imported tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Automation {
    /// What `[safety] accept` takes: `rule:12@1a2b3c4d`.
    pub id: String,
    /// What it is, for people.
    pub what: String,
}

/// What the pre-flight found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preflight {
    /// Switched on and not acknowledged: these refuse the run.
    pub open: Vec<Automation>,
    /// Switched on and acknowledged.
    pub accepted: Vec<Automation>,
    /// Worth knowing, refuses nothing.
    pub warnings: Vec<String>,
}

impl Preflight {
    /// Names what is switched on, whether it is acknowledged or not: two accounts with the same name have the same
    /// automations with the same content.
    pub fn state(&self) -> String {
        let mut ids: Vec<&str> = self.open.iter().chain(&self.accepted).map(|one| one.id.as_str()).collect();
        ids.sort_unstable();
        let hash = blake3::hash(ids.join("\n").as_bytes()).to_hex();
        hash[..STATE_DIGITS].to_owned()
    }
}

/// Reads rules and settings, and looks at them and at `integrations`.
pub async fn preflight(
    client: &Client,
    integrations: &[wire::Integration],
    accept: &[String],
    patience: std::time::Duration,
) -> Result<Preflight, CallFailure> {
    let rules = patiently(patience, async || client.rules().await).await?;
    let settings = patiently(patience, async || client.account_settings().await).await?;
    Ok(judge(&rules, integrations, &settings, accept))
}

/// What of these could act on imported tickets.
pub(super) fn judge(
    rules: &[wire::Rule],
    integrations: &[wire::Integration],
    settings: &[wire::AccountSetting],
    accept: &[String],
) -> Preflight {
    let mut found: Vec<Automation> = Vec::new();
    for rule in rules.iter().filter(|rule| rule.is_active()) {
        let name = rule.name.as_deref().unwrap_or("without a name");
        found.push(Automation {
            id: id("rule", rule.id, &rule.raw),
            what: format!("rule \"{name}\" is active"),
        });
    }
    for integration in integrations.iter().filter(|one| one.is_active() && calls_on_tickets(one)) {
        let name = integration.name.as_deref().unwrap_or("without a name");
        found.push(Automation {
            id: id("integration", integration.id, &integration.raw),
            what: format!("HTTP integration \"{name}\" is called for tickets"),
        });
    }
    for setting in settings {
        let kind = setting.kind.as_deref().unwrap_or_default();
        if let Some((_, what)) = SETTINGS.iter().find(|(name, _)| *name == kind)
            && anything_on(&setting.data)
        {
            found.push(Automation { id: id("setting", kind, &setting.data), what: (*what).to_owned() });
        }
    }
    let splits = settings.iter().any(|one| one.kind.as_deref() == Some(AUTO_SPLIT) && anything_on(&one.data));
    let warnings = splits.then(|| {
        "auto-split is on: a customer's late reply to an imported email opens a new ticket".to_owned()
    });
    let (accepted, open) = found.into_iter().partition(|automation| accept.contains(&automation.id));
    Preflight { open, accepted, warnings: warnings.into_iter().collect() }
}

/// An HTTP integration that is called when tickets or messages appear or change.
fn calls_on_tickets(integration: &wire::Integration) -> bool {
    integration.triggers.iter().any(|trigger| trigger.starts_with("ticket-"))
}

/// Whether any switch in a setting is on. Which of its switches matter is not documented for all of them, so any does.
fn anything_on(value: &Value) -> bool {
    match value {
        Value::Bool(on) => *on,
        Value::Object(map) => {
            map.iter().any(|(key, value)| !HARMLESS.contains(&key.as_str()) && anything_on(value))
        }
        Value::Array(list) => list.iter().any(anything_on),
        _ => false,
    }
}

fn id(kind: &str, name: impl std::fmt::Display, content: &Value) -> String {
    let mut content = content.clone();
    if let Value::Object(map) = &mut content {
        map.retain(|key, _| !VOLATILE.contains(&key.as_str()));
    }
    let hash = blake3::hash(content.to_string().as_bytes()).to_hex();
    format!("{kind}:{name}@{}", &hash[..HASH_DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(id: u64, off: bool, name: &str) -> wire::Rule {
        let off = off.then_some("2024-01-01T00:00:00Z");
        serde_json::from_value(json!({"id": id, "name": name, "deactivated_datetime": off})).unwrap()
    }

    fn setting(kind: &str, data: &Value) -> wire::AccountSetting {
        serde_json::from_value(json!({"id": 1, "type": kind, "data": data})).unwrap()
    }

    fn integration(triggers: &Value) -> wire::Integration {
        serde_json::from_value(json!({"id": 5, "type": "http", "http": {"triggers": triggers}})).unwrap()
    }

    #[test]
    fn what_is_on_is_found_and_what_is_off_is_not() {
        let rules = [rule(1, false, "reply"), rule(2, true, "old")];
        let integrations =
            [integration(&json!({"ticket-created": true})), integration(&json!({"ticket-created": false}))];
        let settings = [
            setting("satisfaction-surveys", &json!({"survey_interval": 2, "send_survey_for_email": true})),
            setting("auto-merge", &json!({"tickets": {"enabled": false}})),
            setting("auto-split", &json!({"email": {"enabled": true}})),
            setting("business-hours", &json!({"on": true})),
            setting(
                "ticket-assignment",
                &json!({"unassign_on_reply": false, "can_exceed_max_agent_capacity": true}),
            ),
        ];
        let found = judge(&rules, &integrations, &settings, &[]);
        let kinds: Vec<&str> = found.open.iter().map(|one| one.id.split('@').next().unwrap()).collect();
        assert_eq!(kinds, ["rule:1", "integration:5", "setting:satisfaction-surveys"]);
        assert_eq!(found.warnings.len(), 1);
    }

    #[test]
    fn an_acknowledgement_ends_with_the_content_it_was_given_for() {
        let before = judge(&[rule(1, false, "reply")], &[], &[], &[]);
        let accept = vec![before.open[0].id.clone()];
        assert_eq!(judge(&[rule(1, false, "reply")], &[], &[], &accept).open, []);
        assert_eq!(judge(&[rule(1, false, "reply to all")], &[], &[], &accept).open.len(), 1);
        assert_eq!(judge(&[rule(1, false, "reply")], &[], &[], &["rule:1".to_owned()]).open.len(), 1);
    }
}
