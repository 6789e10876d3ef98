//! Numeric via types, as the XML export and warehouse tables have them, to the `via` of the API (reference 4.2, 4.3).

use serde_json::{Value, json};

/// Number, channel and relation. Calls of third-party phones (44 to 46) have no row: the API shows them as `api`, which
/// would say that they are no calls.
const VIA_TYPES: &[(i64, &str, Option<&str>)] = &[
    (0, "web", None),
    (4, "email", None),
    (5, "api", None),
    (8, "rule", None),
    (17, "web", Some("feedback_tab")),
    (19, "web", Some("merge")),
    (23, "twitter", None),
    (24, "forum", None),
    (26, "twitter", Some("direct_message")),
    (27, "web", Some("follow_up")),
    (29, "chat", None),
    (30, "twitter", None),
    (33, "voice", Some("voicemail")),
    (34, "voice", Some("inbound")),
    (35, "voice", Some("outbound")),
    (37, "sms", None),
    (38, "facebook", Some("post")),
    (41, "facebook", Some("message")),
    (48, "web", Some("web_widget")),
    (49, "mobile_sdk", None),
    (50, "help_center", None),
    (51, "sample_ticket", None),
    (55, "any_channel", None),
    (56, "mobile", None),
    (57, "sms", None),
    (63, "answer_bot_for_agents", None),
    (64, "answer_bot_for_slack", None),
    (65, "answer_bot_for_sdk", None),
    (66, "answer_bot_for_api", None),
    (67, "answer_bot_for_web_widget", None),
    (69, "side_conversation", None),
    (72, "line", None),
    (73, "wechat", None),
    (74, "whatsapp", None),
    (75, "native_messaging", None),
    (76, "mailgun", None),
    (77, "messagebird_sms", None),
    (78, "sunshine_conversations_facebook_messenger", None),
    (79, "telegram", None),
    (80, "twilio_sms", None),
    (81, "viber", None),
    (82, "google_rcs", None),
    (83, "apple_business_chat", None),
    (84, "google_business_messages", None),
    (85, "kakaotalk", None),
    (86, "instagram_dm", None),
    (87, "sunshine_conversations_api", None),
    (88, "sunshine_conversations_twitter_dm", None),
    (89, "chat_offline_message", None),
    (90, "chat_transcript", None),
    (91, "business_messaging_slack_connect", None),
];

/// The `via` of a number. Numbers that are in no row stay numbers, which the rules of channels know too.
pub(in crate::source::zendesk) fn via(number: i64) -> Value {
    match VIA_TYPES.iter().find(|(known, ..)| *known == number) {
        None => json!({ "channel": number.to_string() }),
        Some((_, channel, None)) => json!({ "channel": channel }),
        Some((_, channel, Some(rel))) => json!({ "channel": channel, "source": { "rel": rel } }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::comment::Via;
    use super::super::super::rules::{self, By};
    use super::*;

    #[test]
    fn numbers_and_what_they_become_are_the_same_medium() {
        for number in 0..=91 {
            let as_number = json!({ "channel": number.to_string() }).to_string();
            let translated = via(number).to_string();
            let as_number: Via<'_> = serde_json::from_str(&as_number).unwrap();
            let translated: Via<'_> = serde_json::from_str(&translated).unwrap();
            for by in [By::Customer, By::Agent] {
                assert_eq!(rules::medium(&as_number, by), rules::medium(&translated, by), "{number}");
            }
        }
    }

    #[test]
    fn relations_are_kept() {
        assert_eq!(via(33), json!({"channel":"voice","source":{"rel":"voicemail"}}));
        assert_eq!(via(4), json!({"channel":"email"}));
        assert_eq!(via(45), json!({"channel":"45"}));
        assert_eq!(via(1234), json!({"channel":"1234"}));
    }
}
