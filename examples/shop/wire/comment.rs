//! Comments, their files and the data of calls.

use serde::Serialize;
use serde_json::{Value, json};

use super::via::{Via, digits};
use super::{BRAND, address};

/// A comment of a ticket.
#[derive(Clone, Serialize)]
pub(crate) struct Comment {
    /// 64-bit id, not in the order of time.
    pub(crate) id: u64,
    /// `Comment`, `VoiceComment` or `TpeVoiceComment`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// A user; -1 is Zendesk itself.
    pub(crate) author_id: i64,
    /// Source text.
    pub(crate) body: String,
    /// HTML.
    pub(crate) html_body: String,
    /// Text made from the HTML; voice comments have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) plain_body: Option<String>,
    /// Seen by the customer.
    pub(crate) public: bool,
    /// Files.
    pub(crate) attachments: Vec<Attachment>,
    /// The change that carried it.
    pub(crate) audit_id: u64,
    /// Channel; the ticket's counts where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) via: Option<Via>,
    /// When it was written.
    pub(crate) created_at: String,
    /// Circumstances.
    pub(crate) metadata: Value,
    /// What a call leaves behind.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) voice: Option<Voice>,
    /// Only in dumps that keep comments apart from their tickets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ticket_id: Option<u64>,
}

/// The keys that voice comments have beside the others.
#[derive(Clone, Serialize)]
pub(crate) struct Voice {
    /// The call.
    pub(crate) data: Value,
    /// Caller, formatted.
    pub(crate) formatted_from: String,
    /// Called, formatted.
    pub(crate) formatted_to: String,
    /// Whether agents see the transcription.
    pub(crate) transcription_visible: bool,
}

/// A file; the export has its address only.
#[derive(Clone, Serialize)]
pub(crate) struct Attachment {
    /// Its description in the API, not its bytes.
    pub(crate) url: String,
    /// Id.
    pub(crate) id: u64,
    /// Name as sent.
    pub(crate) file_name: String,
    /// Where the bytes are.
    pub(crate) content_url: String,
    /// The same under the brand's host.
    pub(crate) mapped_content_url: String,
    /// Media type as sent.
    pub(crate) content_type: String,
    /// Bytes.
    pub(crate) size: u64,
    /// Images only.
    pub(crate) width: Option<u32>,
    /// Images only.
    pub(crate) height: Option<u32>,
    /// Shown in the body.
    pub(crate) inline: bool,
    /// The bytes are gone.
    pub(crate) deleted: bool,
    /// An admin let a suspicious file through.
    pub(crate) malware_access_override: bool,
    /// Virus scan.
    pub(crate) malware_scan_result: &'static str,
    /// Small copies of images.
    pub(crate) thumbnails: Vec<Value>,
}

impl Attachment {
    /// A file under a token of its own.
    pub(crate) fn new(id: u64, token: &str, name: &str, content_type: &str, size: u64) -> Self {
        let image = content_type.starts_with("image/");
        let content_url = address(&format!("attachments/token/{token}/?name={}", name.replace(' ', "+")));
        Self {
            url: address(&format!("api/v2/attachments/{id}.json")),
            id,
            file_name: name.to_owned(),
            mapped_content_url: content_url.clone(),
            content_url,
            content_type: content_type.to_owned(),
            size,
            width: image.then_some(1_600),
            height: image.then_some(1_200),
            inline: false,
            deleted: false,
            malware_access_override: false,
            malware_scan_result: "malware_not_found",
            thumbnails: Vec::new(),
        }
    }
}

/// The facts of a call of Zendesk Talk.
#[expect(clippy::struct_field_names, reason = "Zendesk's own names")]
pub(crate) struct Call<'a> {
    /// 33 voicemail, 34 inbound, 35 outbound.
    pub(crate) via_id: u8,
    /// Caller, formatted.
    pub(crate) from: &'a str,
    /// Called, formatted.
    pub(crate) to: &'a str,
    /// Id of the call.
    pub(crate) call_id: u64,
    /// Seconds.
    pub(crate) duration: u64,
    /// Start, RFC 3339.
    pub(crate) started_at: &'a str,
    /// Agent on the line.
    pub(crate) agent: Option<(u64, &'a str)>,
    /// Words of the caller.
    pub(crate) transcription: &'a str,
}

impl Voice {
    /// The data of a call.
    pub(crate) fn new(call: &Call<'_>, public: bool) -> Self {
        let data = json!({
            "from": digits(call.from), "to": digits(call.to),
            "recording_url": recording(call), "recorded": true, "recording_consent_action": null,
            "recording_type": if call.via_id == 33 { "voicemail" } else { "call" },
            "call_id": call.call_id, "call_duration": call.duration,
            "answered_by_id": call.agent.map(|(id, _)| id),
            "answered_by_name": call.agent.map_or("Unknown", |(_, name)| name),
            "transcription_text": call.transcription, "transcription_status": "completed",
            "started_at": call.started_at, "location": "New York, United States", "author_id": null,
            "public": public, "brand_id": BRAND, "via_id": call.via_id, "line_type": "phone",
        });
        let (from, to) = (call.from.to_owned(), call.to.to_owned());
        Self { data, formatted_from: from, formatted_to: to, transcription_visible: true }
    }
}

/// Where the recording is; it needs a sign-in.
fn recording(call: &Call<'_>) -> String {
    let folder = if call.via_id == 33 { "voicemail/" } else { "" };
    address(&format!("api/v2/channels/voice/calls/CA{:032x}/twilio/{folder}recording", call.call_id))
}

/// The text that Zendesk generates for a call.
pub(crate) fn call_text(call: &Call<'_>) -> String {
    let (title, by) = match call.via_id {
        33 => (format!("Voicemail from {}", call.from), "Answered by"),
        34 => (format!("Inbound call from {}", call.from), "Answered by"),
        _ => (format!("Outbound call to {}", call.to), "Called by"),
    };
    let agent = call.agent.map_or("Unknown", |(_, name)| name);
    let started = call.started_at.replace('T', " ").replace('Z', " UTC");
    let mut text = format!(
        "{title}\nCall Details:\n\nCall from: {}\nCall to: {}\nTime of call: {started}\nLocation: New York, \
         United States\n{by}: {agent}\nLength of phone call: {} seconds\nListen to the recording: {}\n",
        call.from,
        call.to,
        call.duration,
        recording(call),
    );
    if !call.transcription.is_empty() {
        text.push_str("\nTranscription:\n\n");
        text.push_str(call.transcription);
        text.push('\n');
    }
    text
}
