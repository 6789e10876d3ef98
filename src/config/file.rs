//! The shape of `migration.toml` as it is written. Values whose meaning is checked later keep their place.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::{self, Visitor};
use toml::Spanned;

type Text = Option<Spanned<String>>;
type Number = Option<Spanned<i64>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) gorgias: Option<Spanned<Gorgias>>,
    #[serde(default)]
    pub(super) source: Vec<Spanned<Source>>,
    #[serde(default)]
    pub(super) rate: Rate,
    #[serde(default)]
    pub(super) attachments: Attachments,
    #[serde(default)]
    pub(super) mapping: Mapping,
    #[serde(default)]
    pub(super) safety: Safety,
    #[serde(default)]
    pub(super) upload: Upload,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gorgias {
    pub(super) account: Text,
    pub(super) base_url: Text,
    pub(super) email: Text,
    pub(super) api_key_file: Option<PathBuf>,
    pub(super) api_key_command: Option<String>,
    pub(super) access_token_file: Option<PathBuf>,
    pub(super) access_token_command: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) kind: Text,
    pub(super) name: Text,
    #[serde(default)]
    pub(super) paths: Vec<PathBuf>,
    pub(super) timezone: Text,
    pub(super) date_order: Text,
    pub(super) grouping: Text,
    #[serde(default)]
    pub(super) columns: BTreeMap<String, String>,
    pub(super) include_internal: Option<Spanned<bool>>,
    pub(super) max_unpacked: Text,
    pub(super) max_ratio: Number,
    pub(super) api_user: Text,
    pub(super) api_token_file: Option<PathBuf>,
    pub(super) api_token_command: Text,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rate {
    pub(super) limit: Text,
    pub(super) reserve: Text,
    pub(super) timezone: Text,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attachments {
    pub(super) mode: Text,
    #[serde(default)]
    pub(super) hosts: Vec<Spanned<String>>,
    pub(super) max_bytes: Number,
    pub(super) timeout_seconds: Number,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mapping {
    pub(super) people: Option<Spanned<PathBuf>>,
    pub(super) tags: Option<Spanned<PathBuf>>,
    pub(super) fields: Option<Spanned<PathBuf>>,
    pub(super) tickets: Option<Spanned<PathBuf>>,
    pub(super) unknown_agent: Text,
    pub(super) mailbox: Text,
    pub(super) default_country: Text,
    pub(super) customer_names: Text,
    pub(super) customer_data: Text,
    pub(super) customer_notes: Option<Spanned<bool>>,
    pub(super) language: Text,
    pub(super) ratings: Text,
    pub(super) number: Text,
    #[serde(default)]
    pub(super) link_hosts: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) status: BTreeMap<Spanned<String>, Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Safety {
    #[serde(default)]
    pub(super) accept: Vec<Spanned<String>>,
    pub(super) canary_seconds: Number,
    pub(super) recheck_seconds: Number,
    pub(super) existing: Text,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upload {
    pub(super) concurrency: Number,
    pub(super) settle_seconds: Number,
    pub(super) imported: Option<Spanned<Switch>>,
    pub(super) via: Text,
    pub(super) messages_per_ticket: Number,
    pub(super) request_timeout_seconds: Number,
    pub(super) connect_timeout_seconds: Number,
    pub(super) patience_seconds: Number,
}

/// A setting that is on, off or left to be learnt; people write it with and without quotes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Switch {
    On,
    Off,
    Other(String),
}

impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SwitchVisitor;
        impl Visitor<'_> for SwitchVisitor {
            type Value = Switch;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"auto\", true or false")
            }
            fn visit_bool<E>(self, on: bool) -> Result<Switch, E> {
                Ok(if on { Switch::On } else { Switch::Off })
            }
            fn visit_str<E>(self, text: &str) -> Result<Switch, E> {
                Ok(Switch::Other(text.to_owned()))
            }
        }
        deserializer.deserialize_any(SwitchVisitor)
    }
}
