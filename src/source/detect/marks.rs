//! The marks by which the products' files are told apart.

use memchr::memmem;

use crate::source::SourceKind;

/// What the beginning of a file shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    pub(super) kind: SourceKind,
    /// The Zendesk subdomain that it names.
    pub(super) origin: Option<String>,
}

/// Keys that stand in JSON of Zendesk's exports and API and not in Aircall's.
const ZENDESK_JSON: &[&str] = &[
    ".zendesk.com/api/v2/",
    "\"requester_id\"",
    "\"submitter_id\"",
    "\"ticket_id\"",
    "\"ticket\":{",
    "\"audits\":[",
    "\"suspended_tickets\":[",
    "\"deleted_tickets\":[",
    // Of events of a conversation log.
    "\"reference\":\"zen:",
    "\"html_body\"",
    "\"plain_body\"",
    "\"end-user\"",
];

/// Keys that stand in JSON of Aircall's API and webhooks and not in Zendesk's.
const AIRCALL_JSON: &[&str] = &[
    "\"direct_link\":\"https://api.aircall.io",
    "\"missed_call_reason\"",
    "\"raw_digits\"",
    "\"answered_at\"",
    "\"resource\":\"call\"",
    "\"resource\":\"number\"",
    "\"resource\":\"message\"",
    "\"external_number\"",
    "\"utterances\"",
    "assets.aircall.io",
];

/// Columns of Aircall's Call History, of any layout.
const AIRCALL_COLUMNS: &[&str] = &[
    "datetime (tz offset incl.)",
    "date (tz offset incl.)",
    "call id (internal)",
    "missed_call_reason",
    "duration (in call)",
    "was_answered_yes__no",
];

/// Columns of Zendesk's ticket, view and team member exports and of its tables in a warehouse.
const ZENDESK_COLUMNS: &[&str] = &[
    "summation column",
    "requester id",
    "requester",
    "submitter_id",
    "requester_id",
    "ticket_id",
    "last sign-in",
    "primary group",
    "ticket_restriction",
    "only_private_comments",
    "shared_tickets",
    "domain_names",
];

/// Root elements of Zendesk's XML export.
const ZENDESK_ELEMENTS: &[&str] =
    &["<tickets", "<users", "<organizations", "<groups", "<accounts", "<ticket>", "<account>"];

/// Lines of a table that are looked at for its header; the readers pass over as many.
const LINES_LOOKED_AT: usize = 21;

/// What `head`, the beginning of a file, is the beginning of; nothing where no mark is seen or both products' are.
pub(super) fn recognise(head: &[u8]) -> Option<Sighting> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let head = &head[start..];
    let kind = match head[0] {
        b'{' | b'[' => of_json(head).or_else(|| of_log(head))?,
        b'<' => ZENDESK_ELEMENTS.iter().any(|mark| holds(head, mark)).then_some(SourceKind::Zendesk)?,
        _ => of_table(head).or_else(|| of_log(head))?,
    };
    let origin = if kind == SourceKind::Zendesk { subdomain(head) } else { None };
    Some(Sighting { kind, origin })
}

fn holds(head: &[u8], mark: &str) -> bool {
    memmem::find(head, mark.as_bytes()).is_some()
}

fn of_json(head: &[u8]) -> Option<SourceKind> {
    // Pretty-printed documents have spaces after their colons.
    let compact: Vec<u8> = head.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let seen = |marks: &[&str]| marks.iter().filter(|mark| holds(&compact, mark)).count();
    most(seen(ZENDESK_JSON), seen(AIRCALL_JSON))
}

/// Aircall's events in a log, behind other text, or as text in the JSON of whatever carried the log from place to place.
fn of_log(head: &[u8]) -> Option<SourceKind> {
    memmem::find(head, b"{")?;
    let without_escapes: Vec<u8> = head.iter().copied().filter(|byte| *byte != b'\\').collect();
    of_json(&without_escapes).filter(|kind| *kind == SourceKind::Aircall)
}

/// A header, which may have some lines above it.
fn of_table(head: &[u8]) -> Option<SourceKind> {
    head.split(|byte| *byte == b'\n').take(LINES_LOOKED_AT).find_map(of_header)
}

fn of_header(line: &[u8]) -> Option<SourceKind> {
    let line = String::from_utf8_lossy(line).to_lowercase();
    let cells: Vec<&str> =
        line.split([',', ';', '\t']).map(|cell| cell.trim().trim_matches('"').trim()).collect();
    let seen = |columns: &[&str]| columns.iter().filter(|column| cells.contains(column)).count();
    most(seen(ZENDESK_COLUMNS), seen(AIRCALL_COLUMNS))
}

fn most(zendesk: usize, aircall: usize) -> Option<SourceKind> {
    match zendesk.cmp(&aircall) {
        std::cmp::Ordering::Greater => Some(SourceKind::Zendesk),
        std::cmp::Ordering::Less => Some(SourceKind::Aircall),
        std::cmp::Ordering::Equal => None,
    }
}

/// `acme` of the first `https://acme.zendesk.com/api/…`.
fn subdomain(head: &[u8]) -> Option<String> {
    let end = memmem::find(head, b".zendesk.com/api/")?;
    let before = &head[..end];
    let start = memmem::rfind(before, b"https://")? + b"https://".len();
    let name = std::str::from_utf8(&before[start..]).ok()?;
    let is_label = (1..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_label.then(|| name.to_ascii_lowercase())
}
