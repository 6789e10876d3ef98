//! Hashes of the config, by which a resumed run notices that decisions have changed.
//!
//! Only what decides *what* is sent is in them: no account, no pace, no time-outs, no secrets. A path counts as it
//! is written, a mapping table by its content. The format is versioned, because a ledger keeps hashes for years.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Config, ConfigError, Mailbox, Mapping, UnknownAgent};

/// Changes when the meaning of a setting changes, so that old and new hashes differ.
const VERSION: u32 = 1;

/// The hashes of a config, as lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigHashes {
    /// Of `[mapping]` and the tables that it names.
    pub mapping: String,
    /// Of sources, attachments and the form of what is uploaded.
    pub rest: String,
}

pub(super) fn hashes(config: &Config) -> Result<ConfigHashes, ConfigError> {
    Ok(ConfigHashes { mapping: mapping(&config.mapping)?, rest: rest(config) })
}

fn mapping(mapping: &Mapping) -> Result<String, ConfigError> {
    let unknown_agent = match &mapping.unknown_agent {
        UnknownAgent::KeyOwner => "key-owner".to_owned(),
        UnknownAgent::Reject => "reject".to_owned(),
        UnknownAgent::User(email) => email.identity(),
    };
    let mailbox = match &mapping.mailbox {
        Mailbox::Default => "default".to_owned(),
        Mailbox::Address(email) => email.identity(),
    };
    let status: Vec<_> = mapping.status.iter().collect();
    let facts = json!([
        VERSION,
        unknown_agent,
        mailbox,
        mapping.default_country,
        mapping.customer_names,
        status,
        mapping.ratings,
        mapping.language,
    ]);
    let mut hasher = blake3::Hasher::new();
    hasher.update(facts.to_string().as_bytes());
    for (name, path) in mapping.tables() {
        let content =
            table_hash(path).map_err(|error| ConfigError::MappingTable { file: path.clone(), error })?;
        hasher.update(name.as_bytes());
        hasher.update(content.as_bytes());
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn table_hash(path: &Path) -> std::io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize())
}

fn rest(config: &Config) -> String {
    let folder = config.file.parent().unwrap_or_else(|| Path::new(""));
    let as_written =
        |path: &PathBuf| path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
    let sources: Vec<_> = config
        .sources
        .iter()
        .map(|source| {
            json!([
                source.name,
                source.kind,
                source.paths.iter().map(as_written).collect::<Vec<_>>(),
                source.timezone,
                source.date_order,
                source.grouping,
                source.columns,
                source.include_internal,
            ])
        })
        .collect();
    let upload = json!([config.upload.imported, config.upload.via, config.upload.messages_per_ticket]);
    let facts = json!([
        VERSION,
        sources,
        config.attachments,
        upload,
        config.mapping.customer_data,
        config.mapping.customer_notes
    ]);
    blake3::hash(facts.to_string().as_bytes()).to_hex().to_string()
}
