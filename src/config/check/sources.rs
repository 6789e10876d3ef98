//! `[[source]]`: kinds, names that are distinct, paths, and settings that fit the kind.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::Problems;
use crate::config::SourceLogin;
use crate::config::file::Source;
use crate::config::secret::SecretOrigin;
use crate::model::key::SourceName;
use crate::source::{DateOrder, Grouping, SourceKind, SourceSpec, UnpackLimits};

/// Most sources in one file; an agency runs one process per account, so nobody needs more.
const SOURCES_MAX: usize = 100;

/// Highest ratio that can be set: no format that is read packs any tighter.
const RATIO_MAX: u64 = 1_000_000;

const KINDS: &[(&str, SourceKind)] = &[("zendesk", SourceKind::Zendesk), ("aircall", SourceKind::Aircall)];

/// The sources, and the logins of their accounts.
pub(super) fn check(
    written: Vec<Spanned<Source>>,
    problems: &mut Problems<'_>,
) -> (Vec<SourceSpec>, BTreeMap<SourceName, SourceLogin>) {
    if written.is_empty() {
        problems.whole("there is no [[source]]: name an export with kind and paths");
    }
    if written.len() > SOURCES_MAX {
        problems.whole(format!("there are more than {SOURCES_MAX} sources"));
        return (Vec::new(), BTreeMap::new());
    }
    let mut logins = BTreeMap::new();
    let mut names = BTreeSet::new();
    let mut specs = Vec::with_capacity(written.len());
    for source in written {
        let span = source.span();
        let login = login(source.get_ref(), &span, problems);
        let Some(spec) = one(source, problems) else { continue };
        logins.extend(login.map(|login| (spec.name.clone(), login)));
        if !names.insert(spec.name.clone()) {
            problems.at(
                &span,
                format!(
                    "two sources are named `{}`: give each a name of its own with name = \"…\"",
                    spec.name
                ),
            );
        }
        specs.push(spec);
    }
    (specs, logins)
}

/// How the source's account lets one in. A file goes before a command, as for Gorgias's own key.
fn login(source: &Source, span: &std::ops::Range<usize>, problems: &mut Problems<'_>) -> Option<SourceLogin> {
    let file = source.api_token_file.as_ref().map(|file| SecretOrigin::File(problems.resolve(file)));
    let command = source.api_token_command.as_ref().map(|command| SecretOrigin::Command {
        key: "api_token_command",
        command: command.get_ref().clone(),
        folder: problems.folder().to_owned(),
    });
    let user = source.api_user.as_ref().map(|user| user.get_ref().clone());
    let token = file.or(command);
    if token.is_none() && user.is_some() {
        problems
            .at(span, "api_user needs the token that belongs to it: set api_token_file or api_token_command");
    }
    Some(SourceLogin { user, token: token? })
}

fn one(source: Spanned<Source>, problems: &mut Problems<'_>) -> Option<SourceSpec> {
    let span = source.span();
    let source = source.into_inner();
    let Some(written_kind) = &source.kind else {
        problems.at(&span, "a [[source]] has no kind: zendesk or aircall");
        return None;
    };
    let kind = problems.choice("kind", Some(written_kind), KINDS, SourceKind::Zendesk);
    let (name, name_span) = match &source.name {
        Some(name) => (name.get_ref(), name.span()),
        None => (written_kind.get_ref(), written_kind.span()),
    };
    if source.paths.is_empty() {
        problems.at(&span, format!("source `{name}` has no paths: name files or folders"));
    }
    if kind == SourceKind::Zendesk {
        only_aircall("grouping", source.grouping.as_ref().map(Spanned::span), problems);
        only_aircall("include_internal", source.include_internal.as_ref().map(Spanned::span), problems);
    }
    let name = match SourceName::new(name) {
        Ok(name) => name,
        // A wrong kind was told already; as the default of the name it would be told twice.
        Err(_) if source.name.is_none() => return None,
        Err(error) => {
            problems.at(&name_span, error.to_string());
            return None;
        }
    };
    Some(SourceSpec {
        name,
        kind,
        paths: source.paths.iter().map(|path| problems.resolve(path)).collect(),
        timezone: timezone(source.timezone.as_ref(), problems),
        date_order: source.date_order.as_ref().map(|order| {
            let choices = [("dmy", DateOrder::Dmy), ("mdy", DateOrder::Mdy)];
            problems.choice("date_order", Some(order), &choices, DateOrder::Dmy)
        }),
        grouping: problems.choice(
            "grouping",
            source.grouping.as_ref(),
            &[("call", Grouping::Call), ("contact-day", Grouping::ContactDay)],
            Grouping::Call,
        ),
        columns: source.columns,
        include_internal: source.include_internal.is_none_or(Spanned::into_inner),
        limits: limits(source.max_unpacked.as_ref(), source.max_ratio.as_ref(), problems),
        // Decided by the mapping, for all sources.
        person_notes: false,
    })
}

fn limits(
    bytes: Option<&Spanned<String>>,
    ratio: Option<&Spanned<i64>>,
    problems: &mut Problems<'_>,
) -> UnpackLimits {
    let default = UnpackLimits::default();
    let bytes = bytes.map_or(default.bytes, |written| {
        parse_size(written.get_ref()).unwrap_or_else(|| {
            let message = format!(
                "max_unpacked cannot be `{}`; write a size such as \"200GB\" or \"2TB\"",
                written.get_ref()
            );
            problems.at(&written.span(), message);
            default.bytes
        })
    });
    UnpackLimits { bytes, ratio: problems.number("max_ratio", ratio, 2..=RATIO_MAX, default.ratio) }
}

/// A size in bytes: a whole number and MB, GB or TB, in powers of ten.
fn parse_size(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_uppercase().as_str() {
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor).filter(|bytes| *bytes > 0)
}

fn only_aircall(key: &str, span: Option<std::ops::Range<usize>>, problems: &mut Problems<'_>) {
    if let Some(span) = span {
        problems.at(&span, format!("{key} means something only where kind = \"aircall\""));
    }
}

fn timezone(written: Option<&Spanned<String>>, problems: &mut Problems<'_>) -> Option<String> {
    let written = written?;
    let name = written.get_ref();
    if jiff::tz::TimeZone::get(name).is_err() {
        problems.at(
            &written.span(),
            format!("`{name}` is not a time zone; write one such as Europe/Paris or UTC"),
        );
    }
    Some(name.clone())
}
