//! The words that Gorgias knows (its published schema of 2026-06-18).

/// "Legacy channel slugs". The schema takes any other string as a custom channel; the stand-in takes those that
/// account settings name and refuses the rest, so that a misspelt channel is seen.
pub(crate) const CHANNELS: &[&str] = &[
    "aircall",
    "api",
    "chat",
    "contact_form",
    "email",
    "facebook",
    "facebook-mention",
    "facebook-messenger",
    "facebook-recommendations",
    "help-center",
    "instagram-ad-comment",
    "instagram-comment",
    "instagram-direct-message",
    "instagram-mention",
    "internal-note",
    "phone",
    "sms",
    "twitter",
    "twitter-direct-message",
    "whatsapp",
    "yotpo-review",
    "google-business-messages",
    "tiktok-shop",
    "custom-chat",
];

/// How something came in, as requests may say it.
pub(crate) const VIAS: &[&str] = &[
    "aircall",
    "api",
    "chat",
    "contact_form",
    "email",
    "facebook",
    "facebook-mention",
    "facebook-messenger",
    "facebook-recommendations",
    "form",
    "helpdesk",
    "help-center",
    "instagram",
    "instagram-ad-comment",
    "instagram-comment",
    "instagram-direct-message",
    "instagram-mention",
    "internal-note",
    "phone",
    "rule",
    "shopify",
    "sms",
    "twilio",
    "twitter",
    "twitter-direct-message",
    "whatsapp",
    "yotpo",
    "yotpo-review",
    "zendesk",
];

/// Types of a message's source.
pub(crate) const SOURCE_TYPES: &[&str] = &[
    "aircall",
    "api",
    "app",
    "custom-chat",
    "chat",
    "chat-contact-form",
    "chat-offline-capture",
    "contact-form",
    "email",
    "facebook",
    "facebook-comment",
    "facebook-mention-comment",
    "facebook-mention-post",
    "facebook-message",
    "facebook-messenger",
    "facebook-post",
    "facebook-review",
    "facebook-review-comment",
    "form",
    "google-business-messages",
    "help-center",
    "help-center-contact-form",
    "helpdesk",
    "instagram",
    "instagram-ad-comment",
    "instagram-ad-media",
    "instagram-comment",
    "instagram-direct-message",
    "instagram-media",
    "instagram-mention-comment",
    "instagram-mention-media",
    "internal-note",
    "ottspott-call",
    "phone",
    "rule",
    "self_service",
    "shopify",
    "sms",
    "system-message",
    "tiktok-shop",
    "twilio",
    "twitter-direct-message",
    "twitter-mention-tweet",
    "twitter-quoted-tweet",
    "twitter-tweet",
    "whatsapp-message",
    "yotpo-review",
    "yotpo-review-private-comment",
    "yotpo-review-public-comment",
];

/// States of a ticket. There is no pending and no solved.
pub(crate) const STATUSES: &[&str] = &["open", "closed"];

/// Priorities of a ticket.
pub(crate) const PRIORITIES: &[&str] = &["critical", "high", "normal", "low"];

/// Types of a customer's channel.
pub(crate) const CUSTOMER_CHANNELS: &[&str] =
    &["email", "phone", "chat", "twitter", "facebook", "instagram", "instagram-direct-message", "whatsapp"];

/// What an upload is for.
pub(crate) const UPLOAD_KINDS: &[&str] =
    &["attachment", "public_attachment", "profile_picture", "widget_picture"];

/// ISO 639-1, two letters, no region; Hebrew is `he`.
const LANGUAGES: &str = " aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de \
 dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj \
 kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc \
 oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to \
 tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ";

/// Whether a language code is one that Gorgias takes.
pub(crate) fn is_language(code: &str) -> bool {
    code.len() == 2
        && code.bytes().all(|b| b.is_ascii_lowercase())
        && LANGUAGES.contains(&format!(" {code} "))
}

/// The type that a source gets where the request leaves it out.
pub(crate) fn source_type_of(channel: &str) -> &str {
    match channel {
        "whatsapp" => "whatsapp-message",
        "facebook" => "facebook-post",
        "facebook-mention" => "facebook-mention-post",
        "facebook-recommendations" => "facebook-review",
        "contact_form" => "contact-form",
        "instagram-mention" => "instagram-mention-media",
        "twitter" => "twitter-tweet",
        other => other,
    }
}

/// Whether Gorgias has an integration that could carry a message of this channel out. Calls and the API have none.
pub(crate) fn can_leave(channel: &str) -> bool {
    !matches!(channel, "api" | "phone" | "aircall" | "internal-note")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_two_letters_without_region() {
        assert!(is_language("en") && is_language("he") && is_language("aa") && is_language("zu"));
        for bad in ["iw", "en-US", "EN", "", "e", " e", "xx"] {
            assert!(!is_language(bad), "{bad}");
        }
    }

    #[test]
    fn every_channel_has_a_known_source_type() {
        for channel in CHANNELS {
            assert!(SOURCE_TYPES.contains(&source_type_of(channel)), "{channel}");
        }
    }
}
