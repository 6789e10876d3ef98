//! Call History files in every layout, by the descriptions of their columns.

use std::collections::BTreeMap;

use gorgias_import::source::SourceSpec;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::lacks::{self, Lack};
use super::story::Call;
use super::{Shape, shape};
use crate::shapes::folder::Folder;

/// The zone of the person who made the report.
const REPORT_ZONE: &str = "Europe/Madrid";

/// The current header, to the letter.
pub(crate) const CURRENT: &str = "line,datetime (tz offset incl.),number timezone,datetime (utc),country_code,direction,from,to,\
    answered,missed_call_reason,user,duration (total),duration (in call),voicemail,recording,comments,tags,call quality,\
    team,call direction - type,call start time,call end time,aircall number,customer number,in-call duration,call id,\
    call type,waiting time,time to answer,time in ivr,call id (internal),disconnected by,ivr branch,ivr widget,\
    call timeline,callback details,callback failure,automatic callback pending time,time with ai voice agent,\
    entry number,ai voice agent transfer branch";

/// The header before: no ids.
const SECOND: &str = "line,date (TZ offset incl.),time (TZ offset incl.),number timezone,datetime (UTC),country_code,\
    direction,from,to,answered,missed_call_reason,user,duration (total),duration (in call),via,voicemail,recording,\
    comments,tags,IVR Branch";

/// Columns of a warehouse that took Analytics' drill-down.
const LOOKER: &str = "date (TZ offset incl.),call_id,direction,from,to,number_name,full_name,created_time,\
    answered_time,ended_time,duration_in_seconds,in_call_duration,was_answered_yes__no";

fn clock(at: i64, zone: &str, form: &str) -> String {
    let zone = TimeZone::get(zone).unwrap();
    Timestamp::from_second(at).unwrap().to_zoned(zone).strftime(form).to_string()
}

const PLAIN: &str = "%Y-%m-%d %H:%M:%S";

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

fn lasted(seconds: i64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// What stands in a column of a call, in any layout.
pub(crate) fn cell(call: &Call, column: &str) -> String {
    let customer = call.customer.map_or_else(|| "anonymous".to_owned(), digits);
    let line = digits(call.line.number);
    let shown_line = format!("{} ({})", call.line.name, call.line.number);
    let (from, to) = if call.inbound { (customer, line) } else { (line, customer) };
    let answered = if call.talk.is_some() { "Yes" } else { "No" };
    let direction = if call.inbound { "inbound" } else { "outbound" };
    let zone = call.line.zone;
    match column.to_lowercase().as_str() {
        "line" | "number_name" => call.line.name.into(),
        "datetime (tz offset incl.)" => clock(call.start, zone, PLAIN),
        "date (tz offset incl.)" => clock(call.start, zone, "%Y-%m-%d"),
        "time (tz offset incl.)" => clock(call.start, zone, "%H:%M:%S"),
        "number timezone" => zone.into(),
        "datetime (utc)" => clock(call.start, "UTC", PLAIN),
        "country_code" => call.line.country.into(),
        "direction" => direction.into(),
        "from" => from,
        "to" => to,
        "answered" | "was_answered_yes__no" => answered.into(),
        "missed_call_reason" => call.reason.unwrap_or_default().into(),
        "user" | "full_name" => call.agent.map_or("[No associated user]", |agent| agent.name).into(),
        "duration (total)" | "duration_in_seconds" => call.total().to_string(),
        "duration (in call)" | "in_call_duration" => {
            call.talk.map(|talk| talk.to_string()).unwrap_or_default()
        }
        "voicemail" => call.asset().filter(|_| call.voicemail).unwrap_or_default(),
        "recording" => call.asset().filter(|_| call.recorded).unwrap_or_default(),
        "comments" => call.comments.iter().map(|comment| comment.text).collect::<Vec<_>>().join("\n"),
        "tags" => call.tags.join(", "),
        "team" => call.team.unwrap_or_default().into(),
        "call direction - type" if call.inbound => format!("Inbound - {}", call.kind),
        "call direction - type" => "Outbound".into(),
        "call start time" | "created_time" => clock(call.start, REPORT_ZONE, PLAIN),
        "call end time" | "ended_time" => clock(call.end(), REPORT_ZONE, PLAIN),
        "answered_time" => {
            call.talk.map(|_| clock(call.start + call.waited, REPORT_ZONE, PLAIN)).unwrap_or_default()
        }
        "aircall number" | "entry number" => shown_line,
        "customer number" => call.customer.unwrap_or_default().into(),
        "in-call duration" => call.talk.map(lasted).unwrap_or_default(),
        "call id" => call.sid(),
        "call_id" | "call id (internal)" => call.id.to_string(),
        "call type" => call.kind.into(),
        "waiting time" => lasted(call.waited),
        "time to answer" => lasted(call.waited - call.in_ivr),
        "time in ivr" => lasted(call.in_ivr),
        "disconnected by" => "external".into(),
        "ivr branch" => call.ivr.unwrap_or_default().into(),
        "call timeline" if call.inbound => format!("https://dashboard.aircall.io/calls/{}/timeline", call.id),
        _ => String::new(),
    }
}

/// A file: the header as it is written, and what a spreadsheet did to each cell.
fn table(calls: &[Call], header: &str, delimiter: u8, change: &dyn Fn(&str, String) -> String) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let columns: Vec<&str> = header.split(',').collect();
    writer.write_record(&columns).unwrap();
    // Newest first, as Aircall writes them.
    for call in calls.iter().rev() {
        writer.write_record(columns.iter().map(|column| change(column, cell(call, column)))).unwrap();
    }
    writer.into_inner().unwrap()
}

fn as_it_is(_: &str, cell: String) -> String {
    cell
}

/// The current layout.
pub(crate) fn current(calls: &[Call], folder: &Folder) {
    folder.file("calls_history.csv", table(calls, CURRENT, b',', &as_it_is));
}

/// Its newer half in title case, and the usual spaces.
fn mixed_case(calls: &[Call], folder: &Folder) {
    let header: Vec<String> = CURRENT
        .split(',')
        .enumerate()
        .map(|(at, name)| match at {
            0..19 => name.replace("utc", "UTC"),
            _ => format!(" {}{}", name[..1].to_uppercase(), &name[1..]),
        })
        .collect();
    let change = |_: &str, cell: String| cell;
    let text = table(calls, CURRENT, b',', &change);
    let body = text.iter().position(|byte| *byte == b'\n').unwrap();
    folder.file("calls.csv", [header.join(",").as_bytes(), &text[body..]].concat());
}

fn second(calls: &[Call], folder: &Folder) {
    folder.file("calls.csv", table(calls, SECOND, b',', &as_it_is));
}

fn first(calls: &[Call], folder: &Folder) {
    folder.file("calls.csv", table(calls, SECOND.trim_end_matches(",IVR Branch"), b',', &as_it_is));
}

fn looker(calls: &[Call], folder: &Folder) {
    folder.file("calls.csv", table(calls, LOOKER, b',', &as_it_is));
}

fn in_madrid(spec: &mut SourceSpec) {
    spec.timezone = Some(REPORT_ZONE.into());
}

/// A table of somebody's own, with the columns that the config names.
const OWN: [(&str, &str); 14] = [
    ("call id (internal)", "Anruf-ID"),
    ("datetime (utc)", "Beginn (UTC)"),
    ("direction", "Richtung"),
    ("customer number", "Kunde"),
    ("aircall number", "Leitung"),
    ("answered", "Angenommen"),
    ("missed_call_reason", "Grund"),
    ("user", "Mitarbeiter"),
    ("duration (total)", "Dauer"),
    ("duration (in call)", "Gespräch"),
    ("tags", "Schlagworte"),
    ("comments", "Bemerkung"),
    ("voicemail", "Mailbox"),
    ("recording", "Aufnahme"),
];

fn own(calls: &[Call], folder: &Folder) {
    let header: Vec<&str> = OWN.iter().map(|(ours, _)| *ours).collect();
    let text = String::from_utf8(table(calls, &header.join(","), b'\t', &as_it_is)).unwrap();
    let theirs: Vec<&str> = OWN.iter().map(|(_, theirs)| *theirs).collect();
    let (_, rows) = text.split_once('\n').unwrap();
    folder.file("anrufe.tsv", format!("{}\n{rows}", theirs.join("\t")));
}

fn own_columns(spec: &mut SourceSpec) {
    spec.columns =
        OWN.iter().map(|(ours, theirs)| ((*ours).into(), (*theirs).into())).collect::<BTreeMap<_, _>>();
}

/// What a European spreadsheet leaves: days first, no seconds, rounded numbers, ids with decimals.
fn damaged(column: &str, cell: String) -> String {
    let is_time = ["datetime (tz offset incl.)", "datetime (utc)", "call start time", "call end time"]
        .contains(&column);
    match column {
        _ if is_time && !cell.is_empty() => {
            let time = jiff::civil::DateTime::strptime(PLAIN, &cell).unwrap();
            time.strftime("%d/%m/%Y %H:%M").to_string()
        }
        "from" | "to" if cell.len() > 6 && cell != "anonymous" => {
            format!("{},{}E+{}", &cell[..1], &cell[1..6], cell.len() - 1)
        }
        "call id (internal)" => format!("{cell}.0"),
        _ => cell,
    }
}

fn semicolons_of_the_west(calls: &[Call], folder: &Folder) {
    let text = String::from_utf8(table(calls, CURRENT, b';', &damaged)).unwrap();
    let (bytes, _, lost) = encoding_rs::WINDOWS_1252.encode(&text);
    assert!(!lost);
    folder.file("calls.csv", bytes);
}

fn semicolons_with_a_mark(calls: &[Call], folder: &Folder) {
    let text = String::from_utf8(table(calls, CURRENT, b';', &damaged)).unwrap().replace('\n', "\r\n");
    folder.file("calls.csv", format!("\u{feff}{text}"));
}

/// Two reports whose days overlap, the later one not with all of the cells.
fn overlapping(calls: &[Call], folder: &Folder) {
    let half = calls.len() / 2;
    folder.file("spring.csv", table(&calls[..half + 3], CURRENT, b',', &as_it_is));
    let poorer = |column: &str, cell: String| if column == "call quality" { String::new() } else { cell };
    folder.file("summer.csv", table(&calls[half..], CURRENT, b',', &poorer));
}

const fn own_spec(shape: Shape, prepare: fn(&mut SourceSpec)) -> Shape {
    Shape { prepare, ..shape }
}

const fn without_ids(name: &'static str, write: fn(&[Call], &Folder), lacks: &'static [Lack]) -> Shape {
    Shape { has_ids: false, ..shape(name, write, lacks) }
}

pub(super) const SHAPES: &[Shape] = &[
    shape("the current layout", current, lacks::CURRENT),
    shape("the current layout in mixed case", mixed_case, lacks::CURRENT),
    shape("two overlapping reports", overlapping, lacks::CURRENT),
    without_ids("the second layout", second, lacks::SECOND),
    without_ids("the first layout", first, lacks::FIRST),
    own_spec(shape("a warehouse's drill-down", looker, lacks::LOOKER), in_madrid),
    own_spec(shape("columns of one's own", own, lacks::OWN), own_columns),
    shape("a spreadsheet in Windows-1252", semicolons_of_the_west, lacks::DAMAGED),
    shape("a spreadsheet with a byte order mark", semicolons_with_a_mark, lacks::DAMAGED),
];
