//! Calls to rows of the current Call History layout (41 columns).

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::call::{Call, Outcome};
use crate::output::GenerateError;

/// The header as Aircall writes it today.
const HEADER: &str = "line,datetime (tz offset incl.),number timezone,datetime (utc),country_code,direction,from,to,answered,missed_call_reason,user,duration (total),duration (in call),voicemail,recording,comments,tags,call quality,team,call direction - type,call start time,call end time,aircall number,customer number,in-call duration,call id,call type,waiting time,time to answer,time in ivr,call id (internal),disconnected by,ivr branch,ivr widget,call timeline,callback details,callback failure,automatic callback pending time,time with ai voice agent,entry number,ai voice agent transfer branch";

/// The same columns in the mixed case in which other companies have received them.
const MIXED_HEADER: &str = "line,datetime (TZ offset incl.),number timezone,datetime (UTC),country_code,direction,from,to,answered,missed_call_reason,user,duration (total),duration (in call),voicemail,recording,comments,tags,Call quality,Team,Call direction - type,Call start time,Call end time,Aircall number,Customer number,In-call duration,Call id,Call Type,Waiting time,Time to answer,Time in IVR,Call id (internal),Disconnected By,IVR Branch,IVR Widget,Call Timeline,Callback details,Callback failure,Automatic callback pending time,Time with AI voice agent,Entry number,AI voice agent transfer branch";

/// The zone of the person who made the report; it is named nowhere in the file.
const REPORT_ZONE: &str = "Europe/Paris";

/// The file as Aircall produces it: commas, line feeds.
pub(super) fn first(calls: &[&Call]) -> Result<Vec<u8>, GenerateError> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(HEADER.split(','))?;
    for call in calls {
        writer.write_record(row(call, call.files.first_lacks_comment)?)?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

/// The file after a spreadsheet saved it in a European locale: byte order mark, semicolons, CR LF.
pub(super) fn second(calls: &[&Call]) -> Result<Vec<u8>, GenerateError> {
    let start = "\u{feff}".as_bytes().to_vec();
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(start);
    writer.write_record(MIXED_HEADER.split(','))?;
    for call in calls {
        writer.write_record(row(call, call.files.second_lacks_comment)?)?;
    }
    Ok(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
}

/// The 41 cells of a call. A copy that lacks the comment lacks the recording too.
fn row(call: &Call, lacks_comment: bool) -> Result<Vec<String>, GenerateError> {
    let line = call.line;
    let zone = |name: &str| TimeZone::get(name).map_err(std::io::Error::other);
    let (own, report) = (zone(line.zone)?, zone(REPORT_ZONE)?);
    let outbound = call.outcome.outbound();
    let ours = format!("{} ({})", line.name, line.number);
    let theirs = call.other.clone().unwrap_or_else(|| "anonymous".to_owned());
    let (from, to) = if outbound { (line.number, theirs.as_str()) } else { (theirs.as_str(), line.number) };
    let kind = call.outcome.kind();
    let inbound = |text: String| if outbound { String::new() } else { text };
    let asset = |what: &str| format!("https://assets.aircall.io/calls/{}/{what}", call.id);
    let has_recording = call.recorded && !lacks_comment;
    let voicemail = call.outcome == Outcome::Voicemail;
    let talked = |text: String| if call.outcome.answered() { text } else { String::new() };
    let menu = if call.menu > 0 { clock(call.menu) } else { String::new() };
    Ok(vec![
        line.name.to_owned(),
        local(call.start, &own),
        line.zone.to_owned(),
        utc(call.start),
        line.country.to_owned(),
        if outbound { "outbound" } else { "inbound" }.to_owned(),
        bare(from),
        bare(to),
        if call.outcome.answered() { "Yes" } else { "No" }.to_owned(),
        if let Outcome::Missed(reason) = call.outcome { reason.to_owned() } else { String::new() },
        call.agent.unwrap_or("[No associated user]").to_owned(),
        call.total.to_string(),
        talked(call.talk.to_string()),
        if has_recording && voicemail { asset("voicemail") } else { String::new() },
        if has_recording && !voicemail { asset("recording") } else { String::new() },
        if lacks_comment { String::new() } else { call.comment.to_owned() },
        call.tags.to_owned(),
        String::new(),
        inbound(line.team.to_owned()),
        if outbound { kind.to_owned() } else { format!("Inbound - {kind}") },
        local(call.start, &report),
        local(call.start + SignedDuration::from_secs(call.total), &report),
        ours.clone(),
        theirs.clone(),
        talked(clock(call.talk)),
        format!("CA{:032x}", u128::from(call.id) * 0x9E37_79B9_7F4A_7C15),
        kind.to_owned(),
        clock(call.total - call.talk),
        talked(clock(call.total - call.talk - call.menu)),
        menu,
        call.id.to_string(),
        if call.id.is_multiple_of(3) { "agent" } else { "external" }.to_owned(),
        inbound(if call.menu > 20 { "Orders".to_owned() } else { String::new() }),
        inbound(if call.menu > 20 { "Main menu".to_owned() } else { String::new() }),
        inbound(format!("https://dashboard.aircall.io/calls/{}/timeline", call.id)),
        String::new(),
        String::new(),
        String::new(),
        if call.outcome == Outcome::HandledByAi { clock(call.talk) } else { String::new() },
        inbound(ours),
        String::new(),
    ])
}

/// Digits without the plus; words (`anonymous`) as they are.
fn bare(number: &str) -> String {
    if number.starts_with('+') {
        number.chars().filter(char::is_ascii_digit).collect()
    } else {
        number.to_owned()
    }
}

fn utc(at: Timestamp) -> String {
    let form = if at.subsec_millisecond() == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S.%3f" };
    at.strftime(form).to_string()
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn clock(seconds: i64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}
