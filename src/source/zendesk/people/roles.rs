//! Which role the words and numbers of exports mean (reference 3.3).

use crate::model::person::Role;

/// Zendesk's role names, and their numbers in forms of old; admins, light agents, contributors and those of a role that
/// the account made itself are agents. Nothing for a role that is not known, which deeds have to tell.
pub(in crate::source::zendesk) fn role(name: &str) -> Option<Role> {
    let name = name.trim().to_ascii_lowercase().replace(['-', '_'], " ");
    match name.as_str() {
        "end user" | "0" => Some(Role::Customer),
        "agent" | "admin" | "administrator" | "owner" | "account owner" | "billing admin" | "light agent"
        | "contributor" | "2" | "4" => Some(Role::Agent),
        // Only agents have roles of the account's own.
        _ => name.starts_with("custom:").then_some(Role::Agent),
    }
}
