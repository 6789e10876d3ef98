//! Channels to Gorgias `source` types, as a table.

use crate::model::conversation::Channel;

/// Whether a message of a channel carries addresses in its `source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addresses {
    /// Both sides must be named; Gorgias rejects email messages without a full source (recorded, 2026).
    Required,
    /// Named where known.
    Optional,
    /// Platform ids that an export does not have; left out.
    None,
}

/// Channel, `source.type` (Gorgias's schema of 2026-06, section "message source type"), addresses.
const TABLE: &[(Channel, &str, Addresses)] = &[
    (Channel::Api, "api", Addresses::None),
    (Channel::Chat, "chat", Addresses::None),
    (Channel::ContactForm, "contact-form", Addresses::None),
    (Channel::Email, "email", Addresses::Required),
    (Channel::Facebook, "facebook-comment", Addresses::None),
    (Channel::FacebookMessenger, "facebook-messenger", Addresses::None),
    (Channel::HelpCenter, "help-center", Addresses::None),
    (Channel::InstagramDirectMessage, "instagram-direct-message", Addresses::None),
    (Channel::InternalNote, "internal-note", Addresses::None),
    (Channel::Phone, "phone", Addresses::Optional),
    (Channel::Sms, "sms", Addresses::Optional),
    (Channel::Twitter, "twitter-tweet", Addresses::None),
    (Channel::TwitterDirectMessage, "twitter-direct-message", Addresses::None),
    (Channel::Whatsapp, "whatsapp-message", Addresses::Optional),
];

/// The row of a channel.
pub(super) fn source_type(channel: Channel) -> (&'static str, Addresses) {
    TABLE
        .iter()
        .find(|(row, ..)| *row == channel)
        .map_or(("api", Addresses::None), |(_, name, addresses)| (*name, *addresses))
}
