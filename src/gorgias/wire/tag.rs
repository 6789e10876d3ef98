//! Tags.

use serde::{Deserialize, Serialize};

use super::tolerant;

/// Body of `POST /api/tags`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CreateTag {
    /// Up to 256 characters, case-sensitive.
    pub name: String,
    /// Up to 1024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Colour; Gorgias picks one if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoration: Option<Decoration>,
}

/// How a tag looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoration {
    /// As CSS writes it, e.g. `#F58D86`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

/// A tag as answered.
#[derive(Clone, Debug, Deserialize)]
pub struct Tag {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// How many tickets carry it (recorded; on no page). Absent inside tickets.
    #[serde(default, deserialize_with = "tolerant::integer")]
    pub usage: Option<u64>,
}
