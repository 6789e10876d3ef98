//! The flags that select records, the same on every command that takes them.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueEnum, ValueHint};
use jiff::Timestamp;

use super::values;
use crate::config::selection::{Order, Request, STATUSES, parse_instant};
use crate::model::conversation::Status;

const HEADING: &str = "Which records";

/// Which records a command is about.
#[derive(Args, Clone, Debug, Default)]
pub struct SelectionArgs {
    /// Only this source (repeatable)
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    pub source: Vec<String>,
    /// Only what was last active on this date (UTC) or later; a time such as 2024-01-31T08:00:00Z works too
    #[arg(long, value_name = "DATE", value_parser = parse_instant, help_heading = HEADING)]
    pub since: Option<Timestamp>,
    /// Only what was last active before this date (UTC)
    #[arg(long, value_name = "DATE", value_parser = parse_instant, help_heading = HEADING)]
    pub until: Option<Timestamp>,
    /// Only tickets in this state of the old help desk (repeatable, or with commas)
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = status_parser(), help_heading = HEADING)]
    pub status: Vec<Status>,
    /// Only these records, by key: zendesk:ticket:48213
    #[arg(long, value_name = "KEY", num_args = 1.., value_parser = values::parse_key, help_heading = HEADING)]
    pub ids: Vec<String>,
    /// Only the records of a rejects.csv, a rejects.ndjson or a plain list of keys
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = HEADING)]
    pub ids_from: Option<PathBuf>,
    /// At most so many tickets
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = HEADING)]
    pub limit: Option<u64>,
    /// Which come first, by last activity
    #[arg(long, value_enum, value_name = "ORDER", default_value = "newest", help_heading = HEADING)]
    pub order: Order,
}

impl SelectionArgs {
    /// What was asked for, to be checked against the config.
    pub fn request(&self) -> Request {
        Request {
            sources: self.source.clone(),
            since: self.since,
            until: self.until,
            statuses: self.status.clone(),
            keys: self.ids.clone(),
            keys_from: self.ids_from.clone(),
            limit: self.limit,
            order: self.order,
        }
    }
}

impl ValueEnum for Order {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Newest, Self::Oldest]
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(match self {
            Self::Newest => "newest".into(),
            Self::Oldest => "oldest".into(),
        })
    }
}

fn status_parser() -> impl clap::builder::TypedValueParser<Value = Status> {
    PossibleValuesParser::new(STATUSES.iter().map(|(name, _)| *name)).map(|name| {
        let found = STATUSES.iter().find(|(known, _)| *known == name);
        found.map(|(_, status)| *status).expect("the parser lets only names of the table through")
    })
}
