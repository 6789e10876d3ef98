//! Users and organizations.

use serde::Serialize;
use serde_json::{Value, json};

use super::address;

/// A line of the users export.
#[expect(clippy::struct_field_names, reason = "Zendesk's own names")]
#[derive(Clone, Serialize)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) url: String,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    pub(crate) time_zone: &'static str,
    pub(crate) iana_time_zone: &'static str,
    pub(crate) phone: Option<String>,
    pub(crate) shared_phone_number: Option<bool>,
    pub(crate) photo: Value,
    pub(crate) locale_id: u32,
    pub(crate) locale: &'static str,
    pub(crate) organization_id: Option<u64>,
    pub(crate) role: &'static str,
    pub(crate) verified: bool,
    pub(crate) external_id: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) alias: Option<String>,
    pub(crate) active: bool,
    pub(crate) shared: bool,
    pub(crate) shared_agent: bool,
    pub(crate) last_login_at: Option<String>,
    pub(crate) two_factor_auth_enabled: Option<bool>,
    pub(crate) signature: Option<String>,
    pub(crate) details: Option<String>,
    pub(crate) notes: Option<String>,
    pub(crate) role_type: Option<u8>,
    pub(crate) custom_role_id: Option<u64>,
    pub(crate) moderator: bool,
    pub(crate) ticket_restriction: Option<&'static str>,
    pub(crate) only_private_comments: bool,
    pub(crate) restricted_agent: bool,
    pub(crate) suspended: bool,
    pub(crate) default_group_id: Option<u64>,
    pub(crate) report_csv: bool,
    pub(crate) user_fields: Value,
}

impl User {
    /// An end user who signed in never.
    pub(crate) fn customer(id: u64, name: String, email: Option<String>, created_at: String) -> Self {
        Self {
            id,
            url: address(&format!("api/v2/users/{id}.json")),
            name,
            verified: email.is_some(),
            email,
            updated_at: created_at.clone(),
            created_at,
            time_zone: "America/New_York",
            iana_time_zone: "America/New_York",
            phone: None,
            shared_phone_number: None,
            photo: Value::Null,
            locale_id: 1,
            locale: "en-US",
            organization_id: None,
            role: "end-user",
            external_id: None,
            tags: Vec::new(),
            alias: None,
            active: true,
            shared: false,
            shared_agent: false,
            last_login_at: None,
            two_factor_auth_enabled: None,
            signature: None,
            details: None,
            notes: None,
            role_type: None,
            custom_role_id: None,
            moderator: false,
            ticket_restriction: Some("requested"),
            only_private_comments: false,
            restricted_agent: true,
            suspended: false,
            default_group_id: None,
            report_csv: false,
            user_fields: json!({}),
        }
    }

    /// The same person as a member of the team.
    #[must_use]
    pub(crate) fn into_team(mut self, role: &'static str, role_type: u8) -> Self {
        self.role = role;
        self.role_type = Some(role_type);
        self.ticket_restriction = None;
        self.restricted_agent = role_type == 1;
        self.only_private_comments = role_type == 1;
        self.moderator = role == "admin";
        self.two_factor_auth_enabled = Some(true);
        self.signature = Some(String::new());
        self.custom_role_id = Some(36_148_700_000_600 + u64::from(role_type));
        self.default_group_id = Some(36_148_700_000_301);
        self
    }
}

/// A line of the organizations export.
#[expect(clippy::struct_field_names, reason = "Zendesk's own names")]
#[derive(Clone, Serialize)]
pub(crate) struct Organization {
    pub(crate) url: String,
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) shared_tickets: bool,
    pub(crate) shared_comments: bool,
    pub(crate) external_id: Option<String>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    pub(crate) domain_names: Vec<String>,
    pub(crate) details: Option<String>,
    pub(crate) notes: Option<String>,
    pub(crate) group_id: Option<u64>,
    pub(crate) tags: Vec<String>,
    pub(crate) organization_fields: Value,
}
