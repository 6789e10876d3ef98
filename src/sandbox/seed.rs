//! The account that the stand-in plays: who works there, which automations are on, what it accepts.
//! Read from TOML or JSON; unknown keys are refused, so that a misspelt switch is not silently off.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An account to play. `Default` is a small pleasant one; tests change what they need.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountSeed {
    /// The subdomain, such as `acme`. A store belongs to one.
    pub domain: String,
    /// Only seen as part of `meta.analytics_group_id`: the recorded answer of `GET /api/account` has no id.
    pub account_id: u32,
    /// Email of the key's owner to the key.
    pub api_keys: BTreeMap<String, String>,
    /// OAuth access token to the email of the user it acts for.
    pub access_tokens: BTreeMap<String, String>,
    /// Agents, the bot among them.
    pub users: Vec<SeedUser>,
    /// Teams.
    pub teams: Vec<SeedTeam>,
    /// Mailboxes, HTTP integrations and others.
    pub integrations: Vec<SeedIntegration>,
    /// Rules.
    pub rules: Vec<SeedRule>,
    /// Account settings as `GET /api/account/settings` gives them.
    pub settings: Vec<SeedSetting>,
    /// Customers who are there already.
    pub customers: Vec<SeedCustomer>,
    /// Names of tags that are there already.
    pub tags: Vec<String>,
    /// Names of tags that macros or rules use: they cannot be deleted.
    pub tags_in_use: Vec<String>,
    /// Saved views, as `GET /api/views` gives them.
    pub views: Vec<Value>,
    /// Definitions of custom fields.
    pub custom_fields: Vec<SeedField>,
    /// After this many tickets, creating one more answers 403 "Messaging quota exceeded".
    pub quota_tickets: Option<u64>,
    /// Whether the account knows the field `imported` (newest schema only).
    pub accepts_imported: bool,
    /// Whether a customer's message appended to a closed ticket opens it.
    pub reopens_on_reply: bool,
    /// What acts on new tickets without any endpoint telling of it.
    pub hidden: SeedHidden,
}

/// What acts on new tickets without any endpoint telling of it: AI agents, apps, rules that Gorgias manages itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeedHidden {
    /// Answers the customer of each new ticket.
    pub answers: bool,
    /// Leaves the trace of a rule with this id.
    pub runs_rule: Option<i64>,
    /// Sends surveys for closed tickets whatever the settings say.
    pub surveys: bool,
    /// Stores the sent time of new messages so many seconds later.
    pub delays_sent_by: i64,
    /// Its clock, as `Date` tells it, is so many seconds ahead of this machine's.
    pub clock_ahead: i64,
}

/// An agent or the bot.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedUser {
    /// Gorgias id.
    pub id: i64,
    /// Full name.
    pub name: String,
    /// Address.
    pub email: String,
    /// `admin`, `agent`, `basic-agent`, `lite-agent`, `observer-agent`, `bot`, `internal-agent`.
    pub role: String,
    /// Whether the user can be used as a sender or assignee.
    #[serde(default = "yes")]
    pub active: bool,
}

/// A team.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedTeam {
    /// Gorgias id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Ids of its users.
    #[serde(default)]
    pub members: Vec<i64>,
}

/// An integration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedIntegration {
    /// Gorgias id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// `email`, `http`, `phone` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// The mailbox's address, for `email`.
    #[serde(default)]
    pub address: Option<String>,
    /// For `http`: which events call it, such as `ticket-created`.
    #[serde(default)]
    pub triggers: Vec<String>,
    /// Whether it is on.
    #[serde(default = "yes")]
    pub active: bool,
}

/// A rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedRule {
    /// Gorgias id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// When it runs, comma-separated: `ticket-created,ticket-message-created,ticket-updated`.
    pub event_types: String,
    /// Whether it is on.
    #[serde(default = "yes")]
    pub active: bool,
    /// Whether it answers the customer. Known to the stand-in only: the real one would read it from the code.
    #[serde(default)]
    pub replies: bool,
}

/// A setting of the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedSetting {
    /// Gorgias id.
    pub id: i64,
    /// `satisfaction-surveys`, `auto-merge` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its content.
    pub data: Value,
}

/// A customer who is there already.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeedCustomer {
    /// Address.
    pub email: Option<String>,
    /// Full name.
    pub name: Option<String>,
    /// Id in some other system.
    pub external_id: Option<String>,
    /// Phone numbers.
    pub phones: Vec<String>,
}

/// A custom field.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedField {
    /// Gorgias id.
    pub id: i64,
    /// What agents see.
    pub label: String,
    /// `Ticket` or `Customer`.
    pub object_type: String,
    /// `text`, `number` or `boolean`.
    pub data_type: String,
    /// For a dropdown of texts: what may be chosen.
    #[serde(default)]
    pub choices: Vec<String>,
    /// For a number: the least that may be.
    #[serde(default)]
    pub min: Option<i64>,
    /// For a number: the most that may be.
    #[serde(default)]
    pub max: Option<i64>,
}

fn yes() -> bool {
    true
}

fn user(id: i64, name: &str, email: &str, role: &str) -> SeedUser {
    SeedUser { id, name: name.into(), email: email.into(), role: role.into(), active: true }
}

impl Default for AccountSeed {
    fn default() -> Self {
        Self {
            domain: "acme".into(),
            account_id: 40_001,
            api_keys: BTreeMap::from([("ops@example.com".into(), "sandbox".into())]),
            access_tokens: BTreeMap::from([("sandbox-token".into(), "ops@example.com".into())]),
            users: vec![
                user(519_543_243, "Olga Ops", "ops@example.com", "admin"),
                user(519_543_244, "Gorgias Bot", "support@acme.example", "bot"),
                user(519_543_301, "Ana Alvarez", "ana@acme.example", "agent"),
                user(519_543_302, "Ben Brook", "ben@acme.example", "agent"),
                user(519_543_303, "Chloe Chen", "chloe@acme.example", "agent"),
            ],
            teams: Vec::new(),
            integrations: vec![SeedIntegration {
                id: 126_637,
                name: "Acme Support".into(),
                kind: "email".into(),
                address: Some("support@acme.example".into()),
                triggers: Vec::new(),
                active: true,
            }],
            rules: Vec::new(),
            settings: quiet_settings(),
            customers: Vec::new(),
            tags: Vec::new(),
            tags_in_use: Vec::new(),
            views: Vec::new(),
            custom_fields: Vec::new(),
            quota_tickets: None,
            accepts_imported: true,
            reopens_on_reply: true,
            hidden: SeedHidden::default(),
        }
    }
}

impl AccountSeed {
    /// The content of a setting, to change it in place.
    pub fn setting_mut(&mut self, kind: &str) -> Option<&mut Value> {
        self.settings.iter_mut().find(|setting| setting.kind == kind).map(|setting| &mut setting.data)
    }

    /// Switches satisfaction surveys on or off for every channel.
    pub fn set_surveys(&mut self, on: bool) {
        if let Some(Value::Object(data)) = self.setting_mut("satisfaction-surveys") {
            for (key, value) in data.iter_mut() {
                if key.starts_with("send_survey_for_") {
                    *value = Value::Bool(on);
                }
            }
        }
    }
}

/// The settings of a fresh account (kinds, keys and values as recorded 2026-08), with everything that could write to
/// a customer or move a ticket switched off.
fn quiet_settings() -> Vec<SeedSetting> {
    let contents = [
        (
            "satisfaction-surveys",
            json!({"survey_interval": 2, "survey_email_html": "<div>How did we do?</div>",
                "survey_email_text": "How did we do?", "send_survey_for_chat": false, "send_survey_for_email": false,
                "send_survey_for_help_center": false, "send_survey_for_contact_form": false}),
        ),
        (
            "business-hours",
            json!({"timezone": "Europe/London",
                "business_hours": [{"days": "1,2,3,4,5", "to_time": "17:00", "from_time": "09:00"}]}),
        ),
        (
            "ticket-assignment",
            json!({"unassign_on_reply": false, "assignment_channels": [], "auto_assign_to_teams": false,
                "max_user_chat_ticket": 3, "max_user_non_chat_ticket": 4, "can_exceed_max_agent_capacity": true,
                "unassign_on_user_unavailability": [], "auto_assign_ticket_to_responding_agent": false}),
        ),
        ("views-ordering", json!({"views": {}, "views_top": {}, "views_bottom": {}, "view_sections": {}})),
        (
            "access",
            json!({"signup_mode": "invite", "allowed_domains": [], "google_sso_enabled": true,
                "custom_sso_providers": {}, "office365_sso_enabled": true}),
        ),
        ("views-visibility", json!({"hidden_views": []})),
        ("auto-merge", json!({"tickets": {"enabled": false, "merging_window_days": 5}})),
        ("auto-split", json!({"email": {"enabled": false, "split_after_days": 10}})),
        ("default-integration", json!({"email": 126_637})),
    ];
    (360_951..).zip(contents).map(|(id, (kind, data))| SeedSetting { id, kind: kind.into(), data }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_toml_and_refuses_unknown_keys() {
        let seed: AccountSeed = toml::from_str("domain = \"other\"\ntags = [\"vip\"]\n").unwrap();
        assert_eq!((seed.domain.as_str(), seed.tags.len()), ("other", 1));
        assert!(toml::from_str::<AccountSeed>("domian = \"other\"\n").is_err());
        assert!(serde_json::from_str::<AccountSeed>(r#"{"users":[{"id":1,"nmae":"x"}]}"#).is_err());
    }

    #[test]
    fn the_default_account_is_quiet() {
        let mut seed = AccountSeed::default();
        assert!(seed.rules.iter().all(|rule| !rule.active));
        assert_eq!(seed.setting_mut("satisfaction-surveys").unwrap()["send_survey_for_email"], false);
        seed.set_surveys(true);
        assert_eq!(seed.setting_mut("satisfaction-surveys").unwrap()["send_survey_for_email"], true);
    }

    #[test]
    fn a_seed_survives_json() {
        let text = serde_json::to_string(&AccountSeed::default()).unwrap();
        assert_eq!(serde_json::from_str::<AccountSeed>(&text).unwrap().users.len(), 5);
    }
}
