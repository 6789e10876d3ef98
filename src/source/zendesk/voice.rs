//! Calls and voicemails: what a voice comment says, in words, and where its recording is.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::attached::Attached;
use super::comment::{Comment, Via};
use super::loose::{Flag, Integer, Text};
use super::quick;
use super::rules::{self, Direction};
use crate::model::conversation::{Attachment, FileKind, Route};
use crate::model::person::Address;

/// The facts of a call (reference 3.2); those of third-party phones have the later keys.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct VoiceData<'a> {
    #[serde(borrow)]
    from: Text<'a>,
    #[serde(borrow)]
    to: Text<'a>,
    #[serde(borrow)]
    recording_url: Text<'a>,
    #[serde(borrow)]
    recording_type: Text<'a>,
    #[serde(borrow)]
    call_id: Text<'a>,
    call_duration: Integer,
    recording_duration: Integer,
    pub(super) answered_by_id: Integer,
    #[serde(borrow)]
    answered_by_name: Text<'a>,
    #[serde(borrow)]
    transcription_text: Text<'a>,
    #[serde(borrow)]
    voice_transcription: Text<'a>,
    #[serde(borrow)]
    started_at: Text<'a>,
    via_id: Integer,
    outbound: Flag,
    #[serde(borrow)]
    direction: Text<'a>,
    #[serde(borrow)]
    external_id: Text<'a>,
}

quick::object!(VoiceData {
    b"from" => from, b"to" => to, b"recording_url" => recording_url,
    b"recording_type" => recording_type, b"call_id" => call_id, b"call_duration" => call_duration,
    b"recording_duration" => recording_duration, b"answered_by_id" => answered_by_id,
    b"answered_by_name" => answered_by_name, b"transcription_text" => transcription_text,
    b"voice_transcription" => voice_transcription, b"started_at" => started_at, b"via_id" => via_id,
    b"outbound" => outbound, b"direction" => direction, b"external_id" => external_id,
});

/// True for a comment that is a call, not writing.
pub(super) fn is_voice(comment: &Comment<'_>) -> bool {
    matches!(comment.r#type.get(), Some("VoiceComment" | "TpeVoiceComment"))
        || comment
            .data
            .get()
            .is_some_and(|data| data.call_id.filled().is_some() && data.via_id.known().is_some())
}

/// The direction of the call, by its data, else by how it came in.
pub(super) fn direction(comment: &Comment<'_>, via: Option<&Via<'_>>) -> Option<Direction> {
    let by_data = comment.data.get().and_then(|data| {
        let words = [&data.direction, &data.recording_type].map(|word| rules::direction(None, word.filled()));
        rules::direction(data.via_id.known(), None).or(words[0]).or(words[1]).or_else(|| {
            data.outbound.known().map(|out| if out { Direction::Outbound } else { Direction::Inbound })
        })
    });
    // Without facts there is the text that Zendesk makes of them; in English it begins with the direction. It says more
    // than the ticket's way, which is that of its first call only.
    let by_text = || rules::direction(None, comment.body.get()?.split_whitespace().next());
    by_data.or_else(|| by_way(comment.via.get())).or_else(by_text).or_else(|| by_way(via))
}

fn by_way(via: Option<&Via<'_>>) -> Option<Direction> {
    let via = via?;
    let id = via.channel.get().and_then(|channel| channel.trim().parse().ok());
    rules::direction(id, via.rel())
}

/// The call in words, from its data. Nothing for third-party calls, whose body is all they have to say.
pub(super) fn text(comment: &Comment<'_>, direction: Option<Direction>) -> Option<String> {
    let data = comment.data.get()?;
    let number =
        |formatted: &Text<'_>, plain: &Text<'_>| formatted.filled().or(plain.filled()).map(str::to_owned);
    let from = number(&comment.formatted_from, &data.from);
    let to = number(&comment.formatted_to, &data.to);
    if comment.r#type.get() == Some("TpeVoiceComment") || (from.is_none() && to.is_none()) {
        return None;
    }
    let named = |what: &str, joint: &str, number: Option<String>| match number {
        Some(number) => format!("{what} {joint} {number}"),
        None => what.to_owned(),
    };
    let mut lines = vec![match direction {
        Some(Direction::Voicemail) => named("Voicemail", "from", from),
        Some(Direction::Outbound) => named("Outbound call", "to", to),
        Some(Direction::Inbound) => named("Inbound call", "from", from),
        None => named("Call", "from", from),
    }];
    if let Some(seconds) = data.seconds() {
        lines.push(format!("Length: {seconds} seconds"));
    }
    if let Some(name) = data.answered_by_name.filled().filter(|name| *name != "Unknown") {
        let what = if direction == Some(Direction::Outbound) { "Called by" } else { "Answered by" };
        lines.push(format!("{what}: {name}"));
    }
    if data.recording_url.filled().is_some() {
        lines.push("The recording is attached.".to_owned());
    }
    if let Some(said) = data.transcription_text.filled().or(data.voice_transcription.filled()) {
        lines.push(format!("\nTranscription:\n{}", said.trim()));
    }
    Some(lines.join("\n"))
}

/// The recording as a file.
pub(super) fn recording(comment: &Comment<'_>, attached: &Attached) -> Option<Attachment> {
    let data = comment.data.get();
    let is_web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    // The text that Zendesk makes of a call shows the address too (reference 3.2).
    let shown = || {
        let words = comment.body.get()?.split_whitespace();
        words.filter(is_web).find(|url| url.contains("/channels/voice/calls/"))
    };
    let url = data.and_then(|data| data.recording_url.filled()).filter(is_web).or_else(shown)?;
    let call_id = data.and_then(|data| data.call_id.get()).unwrap_or_default();
    let call = call_id.trim().parse().ok();
    let id: String = call_id.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = if id.is_empty() { "recording.mp3".to_owned() } else { format!("recording-{id}.mp3") };
    Some(Attachment {
        url: url.to_owned(),
        name,
        content_type: Some("audio/mpeg".into()),
        size: None,
        kind: FileKind::Recording,
        local: attached.recording([call, comment.id.known()]),
    })
}

/// The numbers between which the call went.
pub(super) fn route(comment: &Comment<'_>, via: Option<&Via<'_>>) -> Route {
    let address = |number: Option<&Text<'_>>, party: Option<&super::comment::Party<'_>>| {
        let number = number.and_then(Text::filled).or_else(|| party?.phone.filled())?;
        let name = party.and_then(|party| party.name.filled()).map(Arc::from);
        Some(Address { name, address: number.into() })
    };
    let data = comment.data.get();
    Route {
        from: address(data.map(|data| &data.from), via.and_then(Via::from)),
        to: address(data.map(|data| &data.to), via.and_then(Via::to)).into_iter().collect(),
        cc: Vec::new(),
    }
}

/// The facts of the call that have no field of their own.
pub(super) fn meta(comment: &Comment<'_>, direction: Option<Direction>, key: &str) -> Value {
    let data = comment.data.get();
    let text = |pick: for<'d> fn(&'d VoiceData<'d>) -> Option<&'d str>| -> Option<String> {
        data.and_then(|data| pick(data).map(str::to_owned))
    };
    json!({
        "message": key,
        "call_id": text(|data| data.call_id.filled().or(data.external_id.filled())),
        "direction": direction.map(|direction| if direction == Direction::Outbound { "outbound" } else { "inbound" }),
        "voicemail": direction == Some(Direction::Voicemail),
        "seconds": data.and_then(VoiceData::seconds),
        "started_at": text(|data| data.started_at.filled()),
    })
}

impl VoiceData<'_> {
    fn seconds(&self) -> Option<i64> {
        self.call_duration.known().or(self.recording_duration.known()).filter(|seconds| *seconds >= 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOICEMAIL: &str = r#"{"type":"VoiceComment","public":false,"formatted_from":"+1 (202) 555-0100",
        "data":{"from":"+12025550100","to":"+12025550101","call_id":77,"call_duration":"7","via_id":33,
        "recording_url":"https://acme.zendesk.com/calls/77","answered_by_name":"Unknown","transcription_text":"Call me"}}"#;

    #[test]
    fn a_voicemail_in_words() {
        let comment: Comment<'_> = serde_json::from_str(VOICEMAIL).unwrap();
        let direction = direction(&comment, None);
        assert!(is_voice(&comment));
        assert_eq!(direction, Some(Direction::Voicemail));
        assert_eq!(
            text(&comment, direction).unwrap(),
            "Voicemail from +1 (202) 555-0100\nLength: 7 seconds\nThe recording is attached.\n\nTranscription:\nCall me"
        );
        let recording = recording(&comment, &Attached::default()).unwrap();
        assert_eq!(
            (recording.name.as_str(), recording.content_type.as_deref()),
            ("recording-77.mp3", Some("audio/mpeg"))
        );
        let route = route(&comment, None);
        assert_eq!((&*route.from.unwrap().address, &*route.to[0].address), ("+12025550100", "+12025550101"));
        assert_eq!(meta(&comment, direction, "k")["seconds"], 7);
    }

    #[test]
    fn a_call_without_its_facts_is_read_off_its_text() {
        let json = r#"{"type":"VoiceComment","author_id":-1,"body":"Voicemail from +1 (202) 555-0100\n\nCall Details:\nListen to the recording: https://acme.zendesk.com/api/v2/channels/voice/calls/CA1/twilio/voicemail/recording\n"}"#;
        let comment: Comment<'_> = serde_json::from_str(json).unwrap();
        assert_eq!(direction(&comment, None), Some(Direction::Voicemail));
        let recording = recording(&comment, &Attached::default()).unwrap();
        assert!(recording.url.ends_with("/voicemail/recording") && recording.name == "recording.mp3");
        assert_eq!(text(&comment, None), None);
    }

    #[test]
    fn third_party_calls_speak_for_themselves() {
        let json = r#"{"type":"TpeVoiceComment","body":"Call","data":{"direction":"outbound","recording_url":"","via_id":46}}"#;
        let comment: Comment<'_> = serde_json::from_str(json).unwrap();
        assert_eq!(direction(&comment, None), Some(Direction::Outbound));
        assert_eq!((text(&comment, None), recording(&comment, &Attached::default())), (None, None));
    }
}
