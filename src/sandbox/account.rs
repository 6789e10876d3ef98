//! The account in use: the seed, checked once, with the questions that requests ask of it.

use super::SandboxError;
use super::seed::{AccountSeed, SeedField, SeedIntegration, SeedRule, SeedTeam, SeedUser};

/// Who makes a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user_id: i64,
    pub(crate) role: String,
    /// Whether it came with an OAuth token; those have a bucket of their own.
    pub(crate) bearer: bool,
}

/// The account that requests are made to.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) seed: AccountSeed,
    bot_id: i64,
}

/// What may start a rule or an HTTP integration.
pub(crate) const TICKET_CREATED: &str = "ticket-created";
/// A message came.
pub(crate) const MESSAGE_CREATED: &str = "ticket-message-created";
/// A ticket changed.
pub(crate) const TICKET_UPDATED: &str = "ticket-updated";

impl Account {
    /// Checks that key owners exist and that there is a bot, which Gorgias falls back to.
    pub(crate) fn new(seed: AccountSeed) -> Result<Self, SandboxError> {
        let bot = seed.users.iter().find(|user| user.role == "bot");
        let bot_id = bot
            .map(|user| user.id)
            .ok_or_else(|| SandboxError::Account("it has no user with the role bot".into()))?;
        for email in seed.api_keys.keys().chain(seed.access_tokens.values()) {
            if !seed.users.iter().any(|user| user.email.eq_ignore_ascii_case(email)) {
                return Err(SandboxError::Account("a credential's owner is not among its users".into()));
            }
        }
        Ok(Self { seed, bot_id })
    }

    /// The bot, in whose name Gorgias acts where a sender is left out.
    pub(crate) fn bot_id(&self) -> i64 {
        self.bot_id
    }

    pub(crate) fn user(&self, id: i64) -> Option<&SeedUser> {
        self.seed.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn user_by_email(&self, email: &str) -> Option<&SeedUser> {
        self.seed.users.iter().find(|user| user.email.eq_ignore_ascii_case(email))
    }

    pub(crate) fn team(&self, id: i64) -> Option<&SeedTeam> {
        self.seed.teams.iter().find(|team| team.id == id)
    }

    pub(crate) fn integration(&self, id: i64) -> Option<&SeedIntegration> {
        self.seed.integrations.iter().find(|integration| integration.id == id)
    }

    pub(crate) fn ticket_field(&self, id: i64) -> Option<&SeedField> {
        self.seed.custom_fields.iter().find(|field| field.id == id && field.object_type == "Ticket")
    }

    /// Rules that are on and run at `event`.
    pub(crate) fn rules_for(&self, event: &str) -> impl Iterator<Item = &SeedRule> {
        self.seed
            .rules
            .iter()
            .filter(move |rule| rule.active && rule.event_types.split(',').any(|kind| kind.trim() == event))
    }

    /// HTTP integrations that are on and called at `event`.
    pub(crate) fn http_for(&self, event: &str) -> impl Iterator<Item = &SeedIntegration> {
        self.seed.integrations.iter().filter(move |one| {
            one.active && one.kind == "http" && one.triggers.iter().any(|kind| kind == event)
        })
    }

    /// Whether a closed ticket of this channel is followed by a survey. Keys of the setting as recorded 2026-08.
    pub(crate) fn surveys(&self, channel: &str) -> bool {
        let key = match channel {
            "chat" => "send_survey_for_chat",
            "email" => "send_survey_for_email",
            "help-center" => "send_survey_for_help_center",
            "contact_form" => "send_survey_for_contact_form",
            _ => return false,
        };
        self.seed
            .settings
            .iter()
            .filter(|setting| setting.kind == "satisfaction-surveys")
            .any(|setting| setting.data.get(key).and_then(serde_json::Value::as_bool) == Some(true))
    }

    /// The caller whose email and key these are.
    pub(crate) fn by_key(&self, email: &str, key: &str) -> Option<Caller> {
        let (owner, _) = self
            .seed
            .api_keys
            .iter()
            .find(|(owner, known)| owner.eq_ignore_ascii_case(email) && *known == key)?;
        self.caller(owner, false)
    }

    /// The caller whose OAuth token this is.
    pub(crate) fn by_token(&self, token: &str) -> Option<Caller> {
        let owner = self.seed.access_tokens.get(token)?;
        self.caller(owner, true)
    }

    fn caller(&self, email: &str, bearer: bool) -> Option<Caller> {
        let user = self.user_by_email(email).filter(|user| user.active)?;
        Some(Caller { user_id: user.id, role: user.role.clone(), bearer })
    }
}

/// Splits a full name as the server does: first token, last token, the middle lost (recorded: "Nango Test Customer"
/// gives Nango and Customer; a single token leaves the last name empty).
pub(crate) fn split_name(name: Option<&str>) -> (String, String) {
    let mut tokens = name.unwrap_or_default().split_whitespace();
    let first = tokens.next().unwrap_or_default().to_owned();
    let last = tokens.next_back().unwrap_or_default().to_owned();
    (first, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_as_recorded() {
        let split = |name| split_name(Some(name));
        assert_eq!(split("Nango Test Customer"), ("Nango".into(), "Customer".into()));
        assert_eq!(split("Romain @Gorgias"), ("Romain".into(), "@Gorgias".into()));
        assert_eq!(split("Single"), ("Single".into(), String::new()));
        assert_eq!(split_name(None), (String::new(), String::new()));
    }

    #[test]
    fn credentials_belong_to_active_users() {
        let mut seed = AccountSeed::default();
        let account = Account::new(seed.clone()).unwrap();
        assert!(account.by_key("OPS@example.com", "sandbox").is_some_and(|caller| !caller.bearer));
        assert!(account.by_key("ops@example.com", "wrong").is_none());
        assert!(account.by_token("sandbox-token").is_some_and(|caller| caller.bearer));
        seed.users[0].active = false;
        assert!(Account::new(seed.clone()).unwrap().by_key("ops@example.com", "sandbox").is_none());
        seed.users.remove(0);
        assert!(Account::new(seed).is_err());
    }

    #[test]
    fn surveys_follow_the_channel_of_the_ticket() {
        let mut seed = AccountSeed::default();
        seed.set_surveys(true);
        let account = Account::new(seed).unwrap();
        assert!(account.surveys("email") && account.surveys("contact_form"));
        assert!(!account.surveys("phone"));
    }
}
