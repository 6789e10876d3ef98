//! How a call ended, by a table: the first rule that fits gives it.

use super::call::{Call, Direction};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Someone picked up. Of an outbound call this may have been an answering machine.
    Answered,
    /// The caller left a voicemail.
    Voicemail,
    /// The caller asked to be called back.
    CallbackRequested,
    /// Outside business hours.
    AfterHours,
    /// The caller hung up before it was anybody's turn.
    Abandoned,
    /// Nobody answered.
    Missed,
    /// The one who was called did not answer.
    NoAnswer,
    /// The AI voice agent took it.
    AiHandled,
}

impl Outcome {
    /// The tag that tells it.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Answered => "call-answered",
            Self::Voicemail => "call-voicemail",
            Self::CallbackRequested => "call-callback-requested",
            Self::AfterHours => "call-after-hours",
            Self::Abandoned => "call-abandoned",
            Self::Missed => "call-missed",
            Self::NoAnswer => "call-no-answer",
            Self::AiHandled => "call-ai-handled",
        }
    }
}

/// What a rule asks of a call.
enum Test {
    Answered,
    HasVoicemail,
    Kind(&'static str),
    Tagged(&'static str),
    Reason(&'static str),
    AnyReason,
    Outbound,
    Inbound,
}

/// The rules; the last two are of calls that are known not to be answered. Reasons and types are Aircall's documented ones; `done` or a missing reason say nothing about an answer.
const RULES: &[(Test, Outcome, &str)] = &[
    (Test::Answered, Outcome::Answered, "answered"),
    (Test::HasVoicemail, Outcome::Voicemail, "voicemail left"),
    (Test::Kind("voicemail"), Outcome::Voicemail, "voicemail left"),
    (Test::Tagged("callback request"), Outcome::CallbackRequested, "callback requested"),
    (Test::Reason("out_of_opening_hours"), Outcome::AfterHours, "outside business hours"),
    (Test::Kind("out of business hours"), Outcome::AfterHours, "outside business hours"),
    (Test::Reason("short_abandoned"), Outcome::Abandoned, "hung up within seconds"),
    (Test::Reason("abandoned_in_ivr"), Outcome::Abandoned, "abandoned in IVR"),
    (Test::Reason("abandoned_in_classic"), Outcome::Abandoned, "abandoned while waiting"),
    (Test::Kind("abandoned"), Outcome::Abandoned, "abandoned"),
    (Test::Reason("no_available_agent"), Outcome::Missed, "missed (no agent available)"),
    (Test::Reason("agents_did_not_answer"), Outcome::Missed, "missed (agents did not answer)"),
    (Test::AnyReason, Outcome::Missed, "missed ({reason})"),
    (Test::Kind("missed"), Outcome::Missed, "missed"),
    (Test::Kind("ai call"), Outcome::AiHandled, "handled by the AI voice agent"),
    (Test::Outbound, Outcome::NoAnswer, "not answered"),
    (Test::Inbound, Outcome::Missed, "missed"),
];

/// The outcome of a call, and its words in the message; nothing where nothing tells it. An unknown reason is kept as
/// Aircall wrote it.
pub(super) fn of(call: &Call) -> Option<(Outcome, String)> {
    let reason = call.missed_reason.as_deref().unwrap_or_default();
    let fits = |test: &Test| match *test {
        Test::Answered => call.answered,
        Test::HasVoicemail => call.voicemail.is_some(),
        Test::Kind(kind) => call.kind.as_deref().is_some_and(|k| k.eq_ignore_ascii_case(kind)),
        Test::Tagged(tag) => call.tags.iter().any(|t| t.eq_ignore_ascii_case(tag)),
        Test::Reason(code) => reason.eq_ignore_ascii_case(code),
        Test::AnyReason => !reason.is_empty(),
        Test::Outbound => call.tells_outcome && call.direction == Direction::Outbound,
        Test::Inbound => call.tells_outcome && call.direction == Direction::Inbound,
    };
    let rule = RULES.iter().find(|rule| fits(&rule.0))?;
    Some((rule.1, rule.2.replace("{reason}", reason)))
}

#[cfg(test)]
mod tests {
    use super::super::call::{Audio, tests::call};
    use super::*;

    #[test]
    fn outcomes_by_their_facts() {
        type Change = fn(&mut Call);
        let rows: &[(Change, &str, &str)] = &[
            (|c| c.answered = true, "call-answered", "answered"),
            (|c| (c.answered, c.missed_reason) = (true, Some("x".into())), "call-answered", "answered"),
            (|c| c.voicemail = Some(Audio::Kept), "call-voicemail", "voicemail left"),
            (|c| c.kind = Some("Voicemail".into()), "call-voicemail", "voicemail left"),
            (|c| c.tags = vec!["Callback Request".into()], "call-callback-requested", "callback requested"),
            (
                |c| c.missed_reason = Some("out_of_opening_hours".into()),
                "call-after-hours",
                "outside business hours",
            ),
            (|c| c.kind = Some("Out of business hours".into()), "call-after-hours", "outside business hours"),
            (
                |c| c.missed_reason = Some("short_abandoned".into()),
                "call-abandoned",
                "hung up within seconds",
            ),
            (|c| c.missed_reason = Some("abandoned_in_ivr".into()), "call-abandoned", "abandoned in IVR"),
            (
                |c| c.missed_reason = Some("abandoned_in_classic".into()),
                "call-abandoned",
                "abandoned while waiting",
            ),
            (|c| c.kind = Some("Abandoned".into()), "call-abandoned", "abandoned"),
            (
                |c| c.missed_reason = Some("no_available_agent".into()),
                "call-missed",
                "missed (no agent available)",
            ),
            (
                |c| c.missed_reason = Some("agents_did_not_answer".into()),
                "call-missed",
                "missed (agents did not answer)",
            ),
            (|c| c.missed_reason = Some("new_thing".into()), "call-missed", "missed (new_thing)"),
            (|c| c.kind = Some("Missed".into()), "call-missed", "missed"),
            (|c| c.kind = Some("AI Call".into()), "call-ai-handled", "handled by the AI voice agent"),
            (|c| c.direction = Direction::Outbound, "call-no-answer", "not answered"),
            (|_| {}, "call-missed", "missed"),
        ];
        for (number, (change, tag, words)) in rows.iter().enumerate() {
            let mut call = call();
            (call.answered, call.missed_reason, call.kind) = (false, None, None);
            change(&mut call);
            let (outcome, said) = of(&call).unwrap();
            assert_eq!((outcome.tag(), said.as_str()), (*tag, *words), "row {number}");
        }
    }
}
