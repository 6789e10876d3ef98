//! Telephone tickets: voicemails, calls both ways, calls of a third-party phone system.

use serde_json::json;

use super::desk::{Desk, Person};
use super::medium::{LINE, Medium};
use super::talk::{Said, Talk, id_of};
use crate::shop::markup;
use crate::shop::wire::{Call, Comment, Via, Voice, call_text, time};
use crate::truth::Side;

/// Writes them all.
pub(super) fn write(desk: &mut Desk) {
    voicemail(
        desk,
        "voicemail",
        "+1 (202) 555-0143",
        55,
        "Hello, this is about my tent. One pole is missing. Please call me back, I am home after six.",
        false,
    );
    voicemail(desk, "voicemail-without-words", "+44 20 7946 0958", 4, "", false);
    voicemail(
        desk,
        "voicemail-by-nobody",
        "+33 1 99 00 12 34",
        31,
        "Bonjour, c’est pour un échange. Merci de me rappeler.",
        true,
    );
    calls(desk);
    voicemail_answered(desk);
    third_party(desk);
}

/// One call as it is to be written down.
struct Ring<'a> {
    via_id: u8,
    author: i64,
    number: &'a str,
    seconds: u64,
    words: &'a str,
    public: bool,
    side: Side,
}

/// Puts down a call at the present moment of the talk.
fn ring<'t>(talk: &'t mut Talk<'_>, call: &Ring<'_>) -> &'t mut Comment {
    let started_at = time(talk.now - jiff::SignedDuration::from_secs(70));
    let outbound = call.via_id == 35;
    let (from, to) = if outbound { (LINE, call.number) } else { (call.number, LINE) };
    let answered = (call.via_id != 33).then(|| (talk.agent.id, talk.agent.name.clone()));
    let agent = answered.as_ref().map(|(id, name)| (*id, name.as_str()));
    let call_id = talk.desk.id();
    let facts = Call {
        via_id: call.via_id,
        from,
        to,
        call_id,
        duration: call.seconds,
        started_at: &started_at,
        agent,
        transcription: call.words,
    };
    let text = call_text(&facts);
    let voice = Voice::new(&facts, call.public);
    let rel = match call.via_id {
        33 => "voicemail",
        34 => "inbound",
        _ => "outbound",
    };
    let via = Some(Via::voice(rel, call.number, LINE));
    let said = Said {
        author: call.author,
        text: &text,
        public: call.public,
        via,
        side: call.side,
        channel: "phone",
    };
    let comment = talk.say(&said);
    comment.kind = "VoiceComment";
    comment.plain_body = None;
    comment.metadata = json!({"system": {"client": "", "ip_address": ""}, "custom": {}});
    comment.voice = Some(voice);
    comment
}

fn caller(desk: &mut Desk, number: &str) -> Person {
    let digits = crate::shop::wire::digits(number);
    desk.stranger(&format!("Caller {number}"), Some(&digits))
}

fn open<'d>(desk: &'d mut Desk, who: &Person, number: &str, title: &str) -> Talk<'d> {
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Voice, who, now);
    talk.wire.via =
        Via::voice(if title.starts_with("Voicemail") { "voicemail" } else { "inbound" }, number, LINE);
    talk.wire.description = Some(format!(
        "Call from: {number}\\nTime of call: {}",
        talk.now.strftime("%B %d, %Y at %I:%M:%S %p")
    ));
    talk.subject(&format!("{title}: {}", who.name));
    talk.wire.allow_attachments = false;
    talk
}

/// A voicemail. `nobody`: the export names no author (-1); it is the caller's all the same.
fn voicemail(desk: &mut Desk, case: &'static str, number: &str, seconds: u64, words: &str, nobody: bool) {
    let who = caller(desk, number);
    let mut talk = open(desk, &who, number, "Voicemail from");
    talk.case(case);
    let author = if nobody { -1 } else { id_of(&who) };
    ring(
        &mut talk,
        &Ring { via_id: 33, author, number, seconds, words, public: false, side: Side::Customer },
    );
    talk.note("Called back, number was busy. Trying again tomorrow.");
    talk.close(if nobody { "open" } else { "new" });
}

/// A call in, and the call back.
fn calls(desk: &mut Desk) {
    let number = "+1 (202) 555-0188";
    let who = caller(desk, number);
    let mut talk = open(desk, &who, number, "Phone call from");
    talk.case("calls");
    let (customer, agent) = (id_of(&who), id_of(&talk.agent));
    ring(
        &mut talk,
        &Ring {
            via_id: 34,
            author: customer,
            number,
            seconds: 184,
            words: "",
            public: false,
            side: Side::Customer,
        },
    );
    talk.note("Asks about the spring sale, wants a call once the poles are here.");
    ring(
        &mut talk,
        &Ring { via_id: 35, author: agent, number, seconds: 62, words: "", public: false, side: Side::Agent },
    );
    ring(
        &mut talk,
        &Ring { via_id: 35, author: agent, number, seconds: 9, words: "", public: true, side: Side::Agent },
    );
    talk.close("solved");
}

/// A voicemail by somebody who has an address too; the answer was typed.
fn voicemail_answered(desk: &mut Desk) {
    let who = desk.customer("en");
    let number = "+61 491 570 156";
    let mut talk = open(desk, &who, number, "Voicemail from");
    talk.case("voicemail-answered-in-writing");
    let author = id_of(&who);
    let words = "G'day, the zip of my bag is stuck. Cheers.";
    ring(
        &mut talk,
        &Ring { via_id: 33, author, number, seconds: 17, words, public: false, side: Side::Customer },
    );
    talk.answer(
        "G'day!\n\nA drop of candle wax on the teeth does wonders. If it stays stuck, send it to us.",
    );
    talk.close("pending");
}

/// Calls of a phone system that was connected through an app.
fn third_party(desk: &mut Desk) {
    let number = "+44 20 7946 0321";
    let who = caller(desk, number);
    let mut talk = open(desk, &who, number, "Inbound call");
    talk.case("third-party-calls");
    for (via_id, direction, side) in [(45, "inbound", Side::Customer), (46, "outbound", Side::Agent)] {
        let author = if side == Side::Agent { id_of(&talk.agent) } else { id_of(&who) };
        let title = format!("{direction} call, 2 min");
        let text = format!("{title}\n\nSummary\n\nDirection: {direction}\nNumber: {number}");
        let via = Some(Via::voice(direction, number, LINE));
        let call_id = talk.desk.id();
        let said = Said { author, text: &text, public: true, via, side, channel: "phone" };
        let comment = talk.say(&said);
        comment.kind = "TpeVoiceComment";
        comment.plain_body = None;
        comment.html_body = markup::wrapped(&markup::paragraphs(&text));
        let data = json!({"app_id": 9_100, "app_name": "Example Phone", "author_id": author, "call_id": call_id,
            "direction": direction, "external_id": format!("ext-{call_id}"), "title": title, "via_id": via_id, "recording_url": ""});
        let (from, to) = (number.to_owned(), LINE.to_owned());
        comment.voice =
            Some(Voice { data, formatted_from: from, formatted_to: to, transcription_visible: false });
    }
    talk.close("closed");
}
