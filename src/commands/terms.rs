//! The config in the terms of the parts that do the work.

use std::sync::Arc;
use std::time::Duration;

use crate::cli::ErrorBudget;
use crate::config::{self, Config, RateSetting};
use crate::exit::ExitCode;
use crate::gorgias::{self, Limit, Reserve};
use crate::mapping::{Rules, TableError, read_fields_csv, read_people_csv, read_tags_csv, read_tickets_csv};
use crate::model::time::now;
use crate::report::{Budget, Pace};
use crate::upload::{Imported, MaxErrors, Options, Pages, Schedule, Watch};

use super::CommandError;
use super::run::Wishes;

/// Longest that the first reads of a command are made again.
const FIRST_READS_MAX: Duration = Duration::from_mins(1);
/// Requests that an API key may make at once, and the seconds over which they drain (Gorgias's page of limits).
const KEY_LIMIT: (u32, u32) = (40, 20);

/// The rules that conversations are mapped by, with the tables that the config names.
pub(super) fn rules(config: &Config) -> Result<Rules, CommandError> {
    let mapping = &config.mapping;
    let sources: Vec<&str> = config.sources.iter().map(|source| source.name.as_str()).collect();
    let people = mapping.people.as_deref().map(|file| read_people_csv(file, &sources)).transpose()?;
    let tags = mapping.tags.as_deref().map(read_tags_csv).transpose()?;
    let fields = mapping.fields.as_deref().map(|file| read_fields_csv(file, &sources)).transpose()?;
    let tickets = mapping.tickets.as_deref().map(|file| read_tickets_csv(file, &sources)).transpose()?;
    Ok(Rules {
        status: mapping.status.clone(),
        unknown_agent: mapping.unknown_agent.clone(),
        mailbox: mapping.mailbox.clone(),
        default_country: mapping.default_country.clone(),
        attachments: config.attachments.mode,
        messages_per_ticket: config.upload.messages_per_ticket,
        customer_names: mapping.customer_names,
        customer_data: mapping.customer_data,
        customer_notes: mapping.customer_notes,
        language: mapping.language,
        number: mapping.number.clone(),
        ratings: mapping.ratings,
        people: Arc::new(people.unwrap_or_default()),
        tags: Arc::new(tags.unwrap_or_default()),
        fields: Arc::new(fields.unwrap_or_default()),
        tickets: Arc::new(tickets.unwrap_or_default()),
    })
}

impl From<TableError> for CommandError {
    fn from(error: TableError) -> Self {
        Self::from_error(ExitCode::Usage, &error).with_next("correct the table and run again")
    }
}

/// The pace that plans are reckoned with.
pub(super) fn pace(config: &Config) -> Pace {
    let (calls, seconds) = limit_of_key(config);
    let share = 1.0 - f64::from(config.rate.reserve_percent) / 100.0;
    let per_second = f64::from(calls) / f64::from(seconds.max(1)) * share;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small count")]
    let burst = (f64::from(calls) * share) as u64;
    Pace { burst, per_second }
}

/// The account's pace and what of it is left to others, for reckoning by the clock.
pub(super) fn budget(config: &Config) -> Budget<'_> {
    let (calls, seconds) = limit_of_key(config);
    let per_second = f64::from(calls) / f64::from(seconds.max(1));
    Budget {
        pace: Pace { burst: calls.into(), per_second },
        reserve_percent: config.rate.reserve_percent,
        reserve_times: config.rate.reserve_times.as_ref(),
    }
}

/// Calls in seconds, as configured or as Gorgias documents them.
fn limit_of_key(config: &Config) -> (u32, u32) {
    match config.rate.limit {
        RateSetting::Auto => KEY_LIMIT,
        RateSetting::Fixed(limit) => (limit.calls, limit.seconds),
    }
}

/// The limiter's limit.
pub(super) fn limit(config: &Config) -> Limit {
    match config.rate.limit {
        RateSetting::Auto => Limit::Auto,
        RateSetting::Fixed(limit) => {
            Limit::Fixed { requests: limit.calls, window: Duration::from_secs(limit.seconds.into()) }
        }
    }
}

/// The share that is left to others.
pub(super) fn reserve(config: &Config) -> Reserve {
    let rate = &config.rate;
    let share = rate.reserve_times.as_ref().map_or(rate.reserve_percent, |times| times.at(now()));
    Reserve::new(f64::from(share) / 100.0)
}

/// Time-outs of requests.
pub(super) fn timeouts(config: &Config) -> gorgias::Timeouts {
    gorgias::Timeouts {
        connect: config.upload.connect_timeout,
        read: config.upload.request_timeout,
        total: config.upload.request_timeout,
    }
}

/// Where old and new tickets are on the web.
pub(super) fn pages(config: &Config, account: &config::Account) -> Pages {
    Pages { account: account.base_url.as_str().to_owned(), hosts: config.mapping.link_hosts.clone() }
}

/// How long the first reads of a command go on without an answer: somebody may be sitting in front of it.
pub(super) fn first_reads(config: &Config) -> Duration {
    config.upload.patience.min(FIRST_READS_MAX)
}

/// Settings of the upload of run number `run`; `automations` names the state in which the pre-flight found the account.
pub(super) fn options(config: &Config, run: u64, automations: String, wishes: Wishes) -> Options {
    Options {
        run,
        concurrency: config.upload.concurrency,
        concurrency_max: config.upload.concurrency_max(),
        settle: config.upload.settle,
        patience: config.upload.patience,
        via: config.upload.via.clone(),
        imported: match config.upload.imported {
            config::Imported::Always => Imported::Always,
            config::Imported::Auto => Imported::Auto,
            config::Imported::Never => Imported::Never,
        },
        nested_max: config.upload.messages_per_ticket,
        max_errors: wishes.max_errors.map(|budget| match budget {
            ErrorBudget::Count(count) => MaxErrors::Count(count),
            ErrorBudget::PerHundredThousand(share) => MaxErrors::Share(f64::from(share) / 100_000.0),
        }),
        max_duration: wishes.max_duration,
        pages: config.account.as_ref().map(|account| pages(config, account)),
        skip_existing: config.safety.existing == config::Existing::Skip,
        watch: Watch {
            automations: Some(automations),
            accept: config.safety.accept.clone(),
            canary_wait: config.safety.canary_wait,
            reread_every: config.safety.recheck,
        },
        schedule: Schedule {
            reserve: config.rate.reserve_times.clone(),
            stop_at: wishes.stop_at,
            pause_file: wishes.pause_file,
        },
    }
}
