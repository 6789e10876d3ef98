//! Through which medium a conversation runs: its `via`, and the channel under which Gorgias files it.

use serde_json::{Value, json};

use super::desk::Person;
use crate::shop::wire::{MAILBOX, Via};

/// A medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    Email,
    /// Email in an export so old that channels are numbers.
    OldEmail,
    Form,
    OldForm,
    Widget,
    FollowUp(u64),
    Api,
    AnyChannel,
    Sample,
    Chat,
    Messaging,
    MobileSdk,
    Telegram,
    Line,
    HelpCenter,
    Forum,
    Whatsapp,
    Sms,
    FacebookPost,
    FacebookMessage,
    Mention,
    DirectMessage,
    Instagram,
    /// A call from or to the number.
    Voice,
}

/// The line that customers call.
pub(super) const LINE: &str = "+1 (202) 555-0100";

impl Medium {
    /// The channel of a customer's message that came this way.
    pub(super) fn customer_channel(self) -> &'static str {
        match self {
            Self::Email | Self::OldEmail => "email",
            Self::Form | Self::OldForm | Self::Widget | Self::FollowUp(_) => "contact_form",
            Self::Api | Self::AnyChannel | Self::Sample => "api",
            Self::Chat | Self::Messaging | Self::MobileSdk | Self::Telegram | Self::Line => "chat",
            Self::HelpCenter | Self::Forum => "help-center",
            Self::Whatsapp => "whatsapp",
            Self::Sms => "sms",
            Self::FacebookPost => "facebook",
            Self::FacebookMessage => "facebook-messenger",
            Self::Mention => "twitter",
            Self::DirectMessage => "twitter-direct-message",
            Self::Instagram => "instagram-direct-message",
            Self::Voice => "phone",
        }
    }

    /// The channel of an agent's answer that was typed in the agent interface (`via` web) on a ticket of this medium.
    /// Mail, forms and the API are answered by mail where the customer has an address; the customers of these
    /// media all have one here.
    pub(super) fn answer_channel(self) -> &'static str {
        match self {
            Self::Form | Self::OldForm | Self::Widget | Self::FollowUp(_) | Self::Api => "email",
            other => other.customer_channel(),
        }
    }

    /// The `via` of a customer's message.
    pub(super) fn via(self, customer: &Person) -> Via {
        let name = customer.name.as_str();
        let address = customer.email.as_deref().unwrap_or_default();
        match self {
            Self::Email => Via::email(name, address),
            Self::OldEmail => Via { channel: json!(4), ..Via::email(name, address) },
            Self::Form => Via::bare("web"),
            Self::OldForm => Via { channel: json!(0), ..Via::bare("web") },
            Self::Widget => Via::with("web", json!({}), json!({}), json!("zendesk_widget")),
            Self::FollowUp(id) => {
                let from = json!({"ticket_id": id, "subject": "Re: my earlier request", "channel": "web"});
                Via::with("web", from, json!({}), json!("follow_up"))
            }
            Self::Api => {
                Via::with("api", json!({}), json!({"name": "Acme Outdoor", "address": MAILBOX}), Value::Null)
            }
            Self::AnyChannel => {
                let from = json!({"registered_integration_service_name": "Shop Reviews", "supports_channelback": true});
                Via::with("any_channel", from, json!({}), Value::Null)
            }
            Self::Sample => Via::bare("sample_ticket"),
            Self::Chat => Via::bare("chat"),
            Self::Messaging => Via::bare("native_messaging"),
            Self::MobileSdk => Via::with("mobile_sdk", json!({}), json!({}), json!("mobile_sdk")),
            Self::Telegram => Via::bare("telegram"),
            Self::Line => Via::bare("line"),
            Self::HelpCenter => Via::bare("help_center"),
            Self::Forum => {
                Via::with("forum", json!({"topic_id": 4_411, "topic_name": "Tents"}), json!({}), Value::Null)
            }
            Self::Whatsapp => Via::bare("whatsapp"),
            Self::Sms => Via::bare("sms"),
            Self::FacebookPost => facebook(name, "post"),
            Self::FacebookMessage => facebook(name, "message"),
            Self::Mention => twitter(name, Value::Null),
            Self::DirectMessage => twitter(name, json!("direct_message")),
            Self::Instagram => Via::bare("instagram_dm"),
            Self::Voice => Via::voice("inbound", customer.phone.as_deref().unwrap_or_default(), LINE),
        }
    }

    /// Whether answers can be sent back through the medium itself (messaging and social networks).
    pub(super) fn answers_itself(self) -> bool {
        use Medium::{
            DirectMessage, FacebookMessage, FacebookPost, Instagram, Line, Mention, Messaging, Telegram,
            Whatsapp,
        };
        matches!(
            self,
            DirectMessage
                | FacebookMessage
                | FacebookPost
                | Instagram
                | Line
                | Mention
                | Messaging
                | Telegram
                | Whatsapp
        )
    }
}

fn facebook(name: &str, rel: &str) -> Via {
    let from =
        json!({"name": name, "profile_url": "https://www.facebook.example/p/1001", "facebook_id": "1001"});
    let to = json!({"name": "Acme Outdoor", "profile_url": "https://www.facebook.example/acme", "facebook_id": "7"});
    Via::with("facebook", from, to, json!(rel))
}

fn twitter(name: &str, rel: Value) -> Via {
    let handle = name.to_lowercase().replace(' ', "_");
    let from =
        json!({"profile_url": format!("https://x.example/{handle}"), "username": handle, "name": name});
    let to = json!({"profile_url": "https://x.example/acme", "username": "acme", "name": "Acme Outdoor"});
    Via::with("twitter", from, to, rel)
}
