//! Definitions of custom fields.

use serde::Deserialize;

/// One item of `GET /api/custom-fields`.
#[derive(Clone, Debug, Deserialize)]
pub struct CustomField {
    /// Its id.
    pub id: u64,
    /// What agents see.
    pub label: Option<String>,
    /// What it takes.
    #[serde(default)]
    pub definition: FieldDefinition,
    /// Set once it is archived.
    pub deactivated_datetime: Option<String>,
}

/// What a custom field takes.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct FieldDefinition {
    /// `text`, `number` or `boolean`.
    pub data_type: Option<String>,
    /// How it is filled in.
    #[serde(default)]
    pub input_settings: InputSettings,
}

/// How a custom field is filled in.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct InputSettings {
    /// `input`, `dropdown` or `input_number`.
    pub input_type: Option<String>,
    /// What may be chosen: texts, or booleans.
    #[serde(default)]
    pub choices: Vec<serde_json::Value>,
    /// Least number.
    #[serde(default)]
    pub min: Option<f64>,
    /// Greatest number.
    #[serde(default)]
    pub max: Option<f64>,
}
