//! What the message of a call says: a block of lines, those without content left out.

use jiff::Timestamp;

use super::call::{Audio, Call, CallId};
use super::outcome;
use super::people;

/// The text of a call's message.
pub(super) fn text(call: &Call) -> String {
    let lines = [
        Some(first_line(call)),
        Some(format!("Customer: {}", customer(call))),
        line(call),
        staff(call),
        Some(times(call)),
        (!call.ivr.is_empty()).then(|| format!("IVR: {}", call.ivr.join(" > "))),
        call.transferred.as_ref().map(|(by, to)| format!("Transferred by {by} to {to}")),
        call.recording.as_ref().map(|audio| sound("Recording", audio)),
        call.voicemail.as_ref().map(|audio| sound("Voicemail", audio)),
        // A key made of facts means nothing to anyone who looks the call up in Aircall.
        (!matches!(call.id, CallId::Facts(_))).then(|| format!("Aircall call {}", call.id)),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// `Inbound call - answered - 1 min 20 s (1 min 35 s in all)`. Talk is what counts of an answered call; both are said
/// where they differ.
fn first_line(call: &Call) -> String {
    let talk = call.talk_seconds.filter(|_| call.answered);
    let lasted = match (talk, call.total_seconds) {
        (Some(talk), Some(all)) if talk != all => format!(" - {} ({} in all)", spoken(talk), spoken(all)),
        (Some(seconds), _) | (None, Some(seconds)) => format!(" - {}", spoken(seconds)),
        (None, None) => String::new(),
    };
    let outcome = outcome::of(call).map(|(_, words)| format!(" - {words}")).unwrap_or_default();
    format!("{} call{outcome}{lasted}", call.direction.word())
}

fn customer(call: &Call) -> String {
    let number = call.customer.known().unwrap_or(people::nameless(&call.customer));
    with_brackets(number, call.customer_name.as_deref())
}

fn line(call: &Call) -> Option<String> {
    match (&call.line.name, &call.line.number) {
        (Some(name), number) => Some(format!("Line: {}", with_brackets(name, number.as_deref()))),
        (None, Some(number)) => Some(format!("Line: {number}")),
        (None, None) => None,
    }
}

fn staff(call: &Call) -> Option<String> {
    let agent = call.agent.as_ref().map(|agent| format!("Agent: {}", agent.name));
    let team = call.team.as_ref().map(|team| format!("Team: {team}"));
    let parts: Vec<String> = agent.into_iter().chain(team).collect();
    (!parts.is_empty()).then(|| parts.join("   "))
}

/// `Started 2025-06-02 09:15:00 UTC, answered +15 s (IVR 5 s), ended 09:16:35 UTC, ended by customer`.
fn times(call: &Call) -> String {
    let ivr =
        call.ivr_seconds.filter(|seconds| *seconds > 0).map(|seconds| format!("IVR {}", spoken(seconds)));
    let waited = waited(call).map(|seconds| format!("answered +{}", spoken(seconds)));
    let middle = match (waited, ivr) {
        (Some(waited), ivr) => Some(with_brackets(&waited, ivr.as_deref())),
        (None, ivr) => ivr,
    };
    let parts = [
        Some(format!("Started {}", call.started.strftime("%Y-%m-%d %H:%M:%S UTC"))),
        middle,
        call.ended.map(|ended| format!("ended {}", end_time(call.started, ended))),
        ended_by(call).map(|who| format!("ended by {who}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn waited(call: &Call) -> Option<u32> {
    let waited = call.answered_at?.duration_since(call.started).as_secs();
    u32::try_from(waited).ok()
}

/// The end without its date where that is the start's.
fn end_time(started: Timestamp, ended: Timestamp) -> String {
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    let form = if day(started) == day(ended) { "%H:%M:%S UTC" } else { "%Y-%m-%d %H:%M:%S UTC" };
    ended.strftime(form).to_string()
}

/// Who hung up. Aircall writes `agent` on calls that no agent touched as well, so that is believed only beside a name.
fn ended_by(call: &Call) -> Option<&'static str> {
    match call.ended_by.as_deref()?.to_ascii_lowercase().as_str() {
        "external" => Some("customer"),
        "agent" if call.agent.is_some() && call.answered => Some("agent"),
        _ => None,
    }
}

fn sound(what: &str, audio: &Audio) -> String {
    match audio {
        Audio::Link(link) => format!("{what}: {link} (Aircall login required)"),
        Audio::Kept => format!("{what}: kept in Aircall, the export has no lasting link"),
    }
}

fn with_brackets(text: &str, inside: Option<&str>) -> String {
    inside.map_or_else(|| text.to_owned(), |inside| format!("{text} ({inside})"))
}

/// `1 h 2 min 5 s`, `1 min 20 s`, `0 s`.
pub(super) fn spoken(seconds: u32) -> String {
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let words: Vec<String> =
        parts.iter().filter(|part| part.0 > 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::super::call::{Direction, tests::call};
    use super::super::number::Number;
    use super::*;

    #[test]
    fn the_whole_block() {
        let mut call = call();
        call.customer_name = Some("Jane Roe".into());
        call.transferred = Some(("A".into(), "B".into()));
        let expected = "Inbound call - answered - 1 min 20 s (1 min 35 s in all)\n\
            Customer: +33639980001 (Jane Roe)\n\
            Line: Support FR (+33199000001)\n\
            Agent: Ana Perez   Team: Support\n\
            Started 2025-06-02 09:15:00 UTC, answered +15 s (IVR 5 s), ended 09:16:35 UTC, ended by customer\n\
            IVR: Orders\n\
            Transferred by A to B\n\
            Recording: https://assets.aircall.io/calls/2700000001/recording (Aircall login required)\n\
            Aircall call 2700000001";
        assert_eq!(text(&call), expected);
    }

    #[test]
    fn lines_without_content_are_left_out() {
        let mut call = call();
        (call.answered, call.answered_at, call.talk_seconds, call.ivr_seconds) = (false, None, None, None);
        (call.agent, call.team, call.ended, call.recording) = (None, None, None, None);
        (call.ivr, call.ended_by) = (Vec::new(), Some("agent".into()));
        call.missed_reason = Some("out_of_opening_hours".into());
        (call.customer, call.line.name, call.id) = (Number::Hidden, None, CallId::Facts("0f".into()));
        let expected = "Inbound call - outside business hours - 1 min 35 s\n\
            Customer: Anonymous caller\n\
            Line: +33199000001\n\
            Started 2025-06-02 09:15:00 UTC";
        assert_eq!(text(&call), expected);
    }

    #[test]
    fn a_call_over_midnight_has_both_dates() {
        let mut call = call();
        call.direction = Direction::Outbound;
        call.ended = Some("2025-06-03T00:00:10Z".parse().unwrap());
        assert!(text(&call).contains("ended 2025-06-03 00:00:10 UTC"));
        assert!(text(&call).starts_with("Outbound call - answered"));
    }

    #[test]
    fn durations_in_words() {
        for (seconds, words) in
            [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3725, "1 h 2 min 5 s"), (3600, "1 h")]
        {
            assert_eq!(spoken(seconds), words);
        }
    }
}
