//! Users, which are Gorgias's agents. They are only ever read.

use jiff::Timestamp;
use serde::Deserialize;

use super::{debug_by, tolerant};

/// An agent, a bot or an administrator.
#[derive(Clone, Deserialize)]
pub struct User {
    /// Its id.
    pub id: u64,
    /// Whether the account may log in.
    pub active: Option<bool>,
    /// Its address, the only thing to match agents by.
    pub email: Option<String>,
    /// Its full name.
    pub name: Option<String>,
    /// Free use.
    pub external_id: Option<String>,
    /// What it may do.
    pub role: Option<Role>,
    /// IANA name.
    pub timezone: Option<String>,
    /// Since when it is switched off.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub deactivated_datetime: Option<Timestamp>,
}

/// What a user may do: `admin`, `agent`, `basic-agent`, `lite-agent`, `observer-agent`, `bot`, `internal-agent`.
#[derive(Clone, Debug, Deserialize)]
pub struct Role {
    /// The role's name.
    pub name: Option<String>,
}

debug_by!(User id);

/// A team of agents.
#[derive(Clone, Debug, Deserialize)]
pub struct Team {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: Option<String>,
}
