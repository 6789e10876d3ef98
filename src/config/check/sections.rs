//! The sections with defaults: each function fills in what is absent and notes what is wrong.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;

use super::{Problems, suggestion};
use crate::config::file;
use crate::config::selection::STATUSES;
use crate::config::settings::{
    AttachmentMode, Attachments, CustomerFacts, CustomerNames, Existing, Imported, Mailbox, Mapping, Rate,
    RateSetting, Ratings, Safety, TicketLanguage, TicketStatus, UnknownAgent, Upload,
};
use crate::mapping::{FieldName, TicketNumber};
use crate::model::conversation::Status;
use crate::model::person::Email;
use crate::model::timetable::{Timetable, parse_share};

/// Values of `via` that Gorgias takes in a request (its published schema, 2026).
const VIAS: &[&str] = &[
    "aircall",
    "api",
    "chat",
    "contact_form",
    "email",
    "facebook",
    "facebook-mention",
    "facebook-messenger",
    "facebook-recommendations",
    "form",
    "helpdesk",
    "help-center",
    "instagram",
    "instagram-ad-comment",
    "instagram-comment",
    "instagram-direct-message",
    "instagram-mention",
    "internal-note",
    "phone",
    "rule",
    "shopify",
    "sms",
    "twilio",
    "twitter",
    "twitter-direct-message",
    "whatsapp",
    "yotpo",
    "yotpo-review",
    "zendesk",
];

/// Settings of the account that can be acknowledged.
const ACCOUNT_SETTINGS: &[&str] = &["satisfaction-surveys", "auto-merge", "ticket-assignment"];

/// What the canary may find and the user may let pass. That a ticket is gone is not among it.
const CANARY: &[&str] = &["rule", "survey", "stranger", "date", "status", "message", "merge", "assignment"];

/// Automations are read again at least this often, in seconds.
const RECHECK_MAX: u64 = 600;

/// Largest file that may be set, in bytes: no request may be larger than 256 MiB (`gorgias::egress`).
const FILE_BYTES_MAX: u64 = 200_000_000;

/// Longest wait that a setting in seconds may ask for: a day.
const SECONDS_MAX: u64 = 86_400;

pub(super) fn rate(written: &file::Rate, problems: &mut Problems<'_>) -> Rate {
    let limit = match &written.limit {
        Some(limit) if limit.get_ref() != "auto" => match limit.get_ref().parse() {
            Ok(fixed) => RateSetting::Fixed(fixed),
            Err(error) => {
                problems.at(&limit.span(), format!("limit: {error}, or \"auto\""));
                RateSetting::Auto
            }
        },
        _ => RateSetting::Auto,
    };
    let (reserve_percent, reserve_times) = reserve(written, problems);
    Rate { limit, reserve_percent, reserve_times }
}

/// A share, or a timetable of shares and its mean.
fn reserve(written: &file::Rate, problems: &mut Problems<'_>) -> (u8, Option<Timetable>) {
    let zone = written.timezone.as_ref().and_then(|name| {
        let zone = jiff::tz::TimeZone::get(name.get_ref()).ok();
        if zone.is_none() {
            let message =
                format!("timezone: `{}` is not a time zone; write one such as Europe/Paris", name.get_ref());
            problems.at(&name.span(), message);
        }
        zone
    });
    let Some(reserve) = &written.reserve else { return (0, None) };
    let text = reserve.get_ref();
    // A share has no time in it.
    if !text.contains(':') {
        let share = parse_share(text).unwrap_or_else(|| {
            let message = format!(
                "reserve cannot be `{text}`; write a share from 0% to 95%, or a timetable such as mon-fri 08:00 30%, \
                 19:00 0%"
            );
            problems.at(&reserve.span(), message);
            0
        });
        return (share, None);
    }
    if written.timezone.is_none() {
        problems.at(
            &reserve.span(),
            "a timetable needs its time zone: add timezone = \"Europe/Paris\", or yours",
        );
    }
    match Timetable::parse(text, zone.unwrap_or(jiff::tz::TimeZone::UTC)) {
        Ok(timetable) => (timetable.mean(), Some(timetable)),
        Err(error) => {
            problems.at(&reserve.span(), format!("reserve: {error}"));
            (0, None)
        }
    }
}

pub(super) fn attachments(written: file::Attachments, problems: &mut Problems<'_>) -> Attachments {
    let modes =
        [("upload", AttachmentMode::Upload), ("link", AttachmentMode::Link), ("skip", AttachmentMode::Skip)];
    let mode = problems.choice("mode", written.mode.as_ref(), &modes, AttachmentMode::Upload);
    Attachments {
        mode,
        hosts: hosts(written.hosts, problems),
        max_bytes: problems.number("max_bytes", written.max_bytes.as_ref(), 1..=FILE_BYTES_MAX, 25_000_000),
        timeout: Duration::from_secs(problems.number(
            "timeout_seconds",
            written.timeout_seconds.as_ref(),
            1..=3600,
            30,
        )),
    }
}

fn hosts(written: Vec<Spanned<String>>, problems: &mut Problems<'_>) -> Vec<String> {
    for host in &written {
        if !is_host(host.get_ref()) {
            problems.at(&host.span(), format!("`{}` is not a host: write HOST or HOST:PORT", host.get_ref()));
        }
    }
    written.into_iter().map(Spanned::into_inner).collect()
}

fn is_host(text: &str) -> bool {
    let address = format!("https://{text}/");
    reqwest::Url::parse(&address).is_ok_and(|url| {
        url.path() == "/" && url.username().is_empty() && url.password().is_none() && url.host_str().is_some()
    }) && !text.contains(['/', '@', '?', '#'])
}

pub(super) fn mapping(written: file::Mapping, problems: &mut Problems<'_>) -> Mapping {
    let unknown_agent = match &written.unknown_agent {
        None => UnknownAgent::KeyOwner,
        Some(agent) => match (agent.get_ref().as_str(), Email::parse(agent.get_ref())) {
            ("key-owner", _) => UnknownAgent::KeyOwner,
            ("reject", _) => UnknownAgent::Reject,
            (_, Some(email)) => UnknownAgent::User(email),
            (other, None) => {
                let message =
                    format!("unknown_agent cannot be `{other}`; write key-owner, reject or an email address");
                problems.at(&agent.span(), message);
                UnknownAgent::KeyOwner
            }
        },
    };
    let mailbox = match &written.mailbox {
        Some(mailbox) if mailbox.get_ref() != "default" => {
            let address = Email::parse(mailbox.get_ref());
            if address.is_none() {
                problems.at(&mailbox.span(), "mailbox must be an email address or \"default\"");
            }
            address.map_or(Mailbox::Default, Mailbox::Address)
        }
        _ => Mailbox::Default,
    };
    Mapping {
        people: table("people", written.people, problems),
        tags: table("tags", written.tags, problems),
        fields: table("fields", written.fields, problems),
        tickets: table("tickets", written.tickets, problems),
        unknown_agent,
        mailbox,
        default_country: country(written.default_country.as_ref(), problems),
        customer_names: problems.choice(
            "customer_names",
            written.customer_names.as_ref(),
            &[("keep", CustomerNames::Keep), ("overwrite", CustomerNames::Overwrite)],
            CustomerNames::Keep,
        ),
        customer_data: problems.choice(
            "customer_data",
            written.customer_data.as_ref(),
            &[("none", CustomerFacts::None), ("ids", CustomerFacts::Ids), ("full", CustomerFacts::Full)],
            CustomerFacts::None,
        ),
        customer_notes: written.customer_notes.is_some_and(Spanned::into_inner),
        language: problems.choice(
            "language",
            written.language.as_ref(),
            &[("detect", TicketLanguage::Detect), ("source", TicketLanguage::Source)],
            TicketLanguage::Detect,
        ),
        number: number(written.number.as_ref(), problems),
        link_hosts: hosts(written.link_hosts, problems),
        ratings: problems.choice(
            "ratings",
            written.ratings.as_ref(),
            &[("survey", Ratings::Survey), ("meta", Ratings::Meta)],
            Ratings::Survey,
        ),
        status: status(&written.status, problems),
    }
}

fn number(written: Option<&Spanned<String>>, problems: &mut Problems<'_>) -> TicketNumber {
    let Some(written) = written else { return TicketNumber::Meta };
    match written.get_ref().as_str() {
        "meta" => TicketNumber::Meta,
        "subject" => TicketNumber::Subject,
        text => {
            let name = text.strip_prefix("field:").map(str::trim).filter(|name| !name.is_empty());
            if let Some(name) = name {
                return TicketNumber::Field(FieldName::written(name));
            }
            let message = format!("number cannot be `{text}`; write meta, subject, or field: and its label");
            problems.at(&written.span(), message);
            TicketNumber::Meta
        }
    }
}

fn table(key: &str, written: Option<Spanned<PathBuf>>, problems: &mut Problems<'_>) -> Option<PathBuf> {
    let written = written?;
    let path = problems.resolve(written.get_ref());
    if !path.is_file() {
        problems.at(&written.span(), format!("{key}: there is no file `{}`", path.display()));
    }
    Some(path)
}

fn country(written: Option<&Spanned<String>>, problems: &mut Problems<'_>) -> String {
    let Some(written) = written else { return "US".to_owned() };
    let code = written.get_ref().to_ascii_uppercase();
    if code.len() != 2 || !code.bytes().all(|letter| letter.is_ascii_uppercase()) {
        let message =
            format!("default_country cannot be `{}`; write two letters, such as FR", written.get_ref());
        problems.at(&written.span(), message);
    }
    code
}

fn status(
    written: &BTreeMap<Spanned<String>, Spanned<String>>,
    problems: &mut Problems<'_>,
) -> BTreeMap<Status, TicketStatus> {
    let mut mapped: BTreeMap<Status, TicketStatus> = STATUSES
        .iter()
        .map(|(_, status)| {
            let closed = matches!(status, Status::Solved | Status::Closed | Status::Call);
            (*status, if closed { TicketStatus::Closed } else { TicketStatus::Open })
        })
        .collect();
    for (old, new) in written {
        let known = STATUSES.iter().find(|(name, _)| name == old.get_ref());
        let Some((name, status)) = known else {
            let names: Vec<&str> = STATUSES.iter().map(|(name, _)| *name).collect();
            let message =
                format!("`{}` is not a status; {}", old.get_ref(), suggestion(old.get_ref(), &names));
            problems.at(&old.span(), message);
            continue;
        };
        let choices = [("open", TicketStatus::Open), ("closed", TicketStatus::Closed)];
        let state = problems.choice(&format!("status {name}"), Some(new), &choices, mapped[status]);
        mapped.insert(*status, state);
    }
    mapped
}

pub(super) fn safety(written: file::Safety, problems: &mut Problems<'_>) -> Safety {
    for entry in &written.accept {
        if let Err(message) = check_accept(entry.get_ref()) {
            problems.at(&entry.span(), message);
        }
    }
    let canary = problems.number("canary_seconds", written.canary_seconds.as_ref(), 0..=3600, 10);
    let recheck =
        problems.number("recheck_seconds", written.recheck_seconds.as_ref(), 1..=RECHECK_MAX, RECHECK_MAX);
    Safety {
        accept: written.accept.into_iter().map(Spanned::into_inner).collect(),
        canary_wait: Duration::from_secs(canary),
        recheck: Duration::from_secs(recheck),
        existing: problems.choice(
            "existing",
            written.existing.as_ref(),
            &[("ask", Existing::Ask), ("import", Existing::Import), ("skip", Existing::Skip)],
            Existing::Ask,
        ),
    }
}

/// Checks what stands before the hash; the hash itself is checked against the account by the pre-flight.
fn check_accept(entry: &str) -> Result<(), String> {
    let wrong = || {
        format!(
            "accept cannot hold `{entry}`; copy it from the refusal: rule:N, integration:N, setting:NAME or canary:NAME"
        )
    };
    let (kind, rest) = entry.split_once(':').ok_or_else(wrong)?;
    let id = rest.split(['@', '#', ':']).next().unwrap_or_default();
    match kind {
        "rule" | "integration" if !id.is_empty() && id.bytes().all(|digit| digit.is_ascii_digit()) => Ok(()),
        "setting" if ACCOUNT_SETTINGS.contains(&id) => Ok(()),
        "setting" => Err(format!("`{id}` is not a setting; {}", suggestion(id, ACCOUNT_SETTINGS))),
        "canary" if CANARY.contains(&rest) => Ok(()),
        "canary" => Err(format!("`{rest}` is nothing that the canary finds; {}", suggestion(rest, CANARY))),
        _ => Err(wrong()),
    }
}

pub(super) fn upload(written: &file::Upload, problems: &mut Problems<'_>) -> Upload {
    let imported = match written.imported.as_ref().map(|imported| (imported.span(), imported.get_ref())) {
        None => Imported::Auto,
        Some((_, file::Switch::On)) => Imported::Always,
        Some((_, file::Switch::Off)) => Imported::Never,
        Some((span, file::Switch::Other(word))) => match word.as_str() {
            "auto" => Imported::Auto,
            "true" | "always" => Imported::Always,
            "false" | "never" => Imported::Never,
            _ => {
                problems.at(&span, format!("imported cannot be `{word}`; write \"auto\", true or false"));
                Imported::Auto
            }
        },
    };
    let via = written.via.as_ref().map_or("api", |via| {
        if !VIAS.contains(&via.get_ref().as_str()) {
            problems.at(
                &via.span(),
                format!("via cannot be `{}`; {}", via.get_ref(), suggestion(via.get_ref(), VIAS)),
            );
        }
        via.get_ref()
    });
    let mut seconds = |key: &str, written: Option<&Spanned<i64>>, least: u64, default: u64| {
        Duration::from_secs(problems.number(key, written, least..=SECONDS_MAX, default))
    };
    let settle = seconds("settle_seconds", written.settle_seconds.as_ref(), 0, 60);
    let request_timeout = seconds("request_timeout_seconds", written.request_timeout_seconds.as_ref(), 1, 60);
    let connect_timeout = seconds("connect_timeout_seconds", written.connect_timeout_seconds.as_ref(), 1, 10);
    let patience = seconds("patience_seconds", written.patience_seconds.as_ref(), 0, 900);
    let mut count = |key: &str, written: Option<&Spanned<i64>>, most: u64, default: u64| {
        usize::try_from(problems.number(key, written, 1..=most, default)).unwrap_or(1)
    };
    Upload {
        concurrency: count(
            "concurrency",
            written.concurrency.as_ref(),
            256,
            super::super::settings::CONCURRENCY as u64,
        ),
        messages_per_ticket: count("messages_per_ticket", written.messages_per_ticket.as_ref(), 500, 500),
        settle,
        imported,
        via: via.to_owned(),
        request_timeout,
        connect_timeout,
        patience,
    }
}
