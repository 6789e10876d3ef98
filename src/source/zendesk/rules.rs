//! Which medium a message came by and whose side it is on: tables, read from the top, the first row that fits counts.
//!
//! The rows are sections 4.2, 4.3 and 7.1 of what is known of Zendesk's exports. A new case is a row and a test.

use std::borrow::Cow;

use super::comment::Via;
use super::loose::Flag;
use crate::model::conversation::{Channel, Side};
use crate::model::person::Role;

/// On whose behalf a message was written, for rows that depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The customer.
    Customer,
    /// The company.
    Agent,
}

/// What a row of the channel table yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    /// A channel of messages that customers see; never that of notes.
    Is(Channel),
    /// The agent interface tells nothing: the agent answered by the channel that the conversation has.
    AsConversation,
    /// Agents see what is written by this way, colleagues and Zendesk's own rules among them; a ticket that came by it
    /// has no channel of its own.
    Internal,
    /// Zendesk wrote it into the ticket, in the name of whoever caused it.
    Notice,
}

/// A row of the channel table.
struct ChannelRow {
    /// Names of `via.channel`, in lower case with `_`; none and no ids: any.
    names: &'static [&'static str],
    /// Numeric via types, as old exports and voice data have them.
    ids: &'static [i64],
    /// `via.source.rel`; none: any.
    rel: &'static [&'static str],
    /// Who wrote; none: anyone.
    by: Option<By>,
    gives: Medium,
}

const ANY: &[&str] = &[];

const fn row(names: &'static [&'static str], ids: &'static [i64], channel: Channel) -> ChannelRow {
    gives(names, ids, Medium::Is(channel))
}

const fn gives(names: &'static [&'static str], ids: &'static [i64], gives: Medium) -> ChannelRow {
    ChannelRow { names, ids, rel: ANY, by: None, gives }
}

const fn by_rel(
    names: &'static [&'static str],
    rel: &'static [&'static str],
    channel: Channel,
) -> ChannelRow {
    ChannelRow { names, ids: &[], rel, by: None, gives: Medium::Is(channel) }
}

const WEB: &[&str] =
    &["web", "web_form", "web_widget", "closed_ticket", "feedback_tab", "dropbox", "lotus", "batch"];
const WEB_IDS: &[i64] = &[0, 17, 20, 27, 42, 48];

const CHANNELS: &[ChannelRow] = &[
    // Merging writes a notice into both tickets, whatever the channel.
    ChannelRow { names: ANY, ids: &[], rel: &["merge"], by: None, gives: Medium::Notice },
    gives(&["linked_problem", "merge"], &[9, 19], Medium::Notice),
    row(
        &[
            "voice",
            "phone",
            "voicemail",
            "phone_call_inbound",
            "phone_call_outbound",
            "phone_call",
            "api_voicemail",
        ],
        &[33, 34, 35, 44, 45, 46],
        Channel::Phone,
    ),
    row(&["email", "mail", "mailgun", "connect_mail"], &[4, 21, 60, 76], Channel::Email),
    ChannelRow { names: WEB, ids: WEB_IDS, rel: ANY, by: Some(By::Agent), gives: Medium::AsConversation },
    row(WEB, WEB_IDS, Channel::ContactForm),
    row(&["help_center", "forum", "topic"], &[24, 50], Channel::HelpCenter),
    row(
        &[
            "chat",
            "chat_transcript",
            "chat_offline_message",
            "native_messaging",
            "messaging",
            "mobile_sdk",
            "mobile",
            "iphone",
            "answer_bot",
            "answer_bot_for_agents",
            "answer_bot_for_slack",
            "answer_bot_for_sdk",
            "answer_bot_for_api",
            "answer_bot_for_web_widget",
            "line",
            "wechat",
            "telegram",
            "viber",
            "kakaotalk",
            "google_rcs",
            "apple_business_chat",
            "google_business_messages",
            "business_messaging_slack_connect",
            "sunshine_conversations_api",
            "omnichannel",
        ],
        &[15, 29, 49, 56, 63, 64, 65, 66, 67, 70, 71, 72, 73, 75, 79, 81, 82, 83, 84, 85, 87, 89, 90, 91],
        Channel::Chat,
    ),
    row(&["whatsapp"], &[74], Channel::Whatsapp),
    row(
        &["sms", "text_message", "twilio_sms", "messagebird_sms", "connect_sms"],
        &[37, 57, 61, 77, 80],
        Channel::Sms,
    ),
    by_rel(&["facebook"], &["message"], Channel::FacebookMessenger),
    row(
        &["facebook_message", "sunshine_conversations_facebook_messenger"],
        &[41, 78],
        Channel::FacebookMessenger,
    ),
    row(&["facebook", "facebook_post"], &[38], Channel::Facebook),
    by_rel(&["twitter", "x_corp"], &["direct_message"], Channel::TwitterDirectMessage),
    row(
        &["twitter_dm", "twitter_direct_message", "sunshine_conversations_twitter_dm"],
        &[26, 88],
        Channel::TwitterDirectMessage,
    ),
    row(&["twitter", "x_corp", "twitter_favorite"], &[23, 30], Channel::Twitter),
    row(&["instagram_dm"], &[86], Channel::InstagramDirectMessage),
    // Colleagues and vendors talk in side conversations, not the customer.
    gives(&["side_conversation"], &[69], Medium::Internal),
    gives(
        &[
            "rule",
            "system",
            "rule_revision",
            "group_deletion",
            "user_change",
            "user_deletion",
            "group_change",
            "admin_setting",
            "satisfaction_prediction",
            "ticket_tagging",
        ],
        &[8, 10, 11, 12, 13, 53, 54, 58, 62],
        Medium::Internal,
    ),
    row(
        &[
            "api",
            "web_service",
            "any_channel",
            "sample_ticket",
            "sample_interactive_ticket",
            "import",
            "resource_push",
            "ticket_sharing",
            "sharing",
        ],
        &[5, 14, 16, 31, 36, 39, 40, 51, 52, 55, 59],
        Channel::Api,
    ),
];

/// The medium of `via` when `by` wrote, or nothing if the channel is in no row.
pub(super) fn medium(via: &Via<'_>, by: By) -> Option<Medium> {
    let channel = via.channel.filled()?;
    let id: Option<i64> = channel.trim().parse().ok();
    let name = normalised(channel);
    let rel = via.rel();
    let fits = |row: &&ChannelRow| {
        let any = row.names.is_empty() && row.ids.is_empty();
        (any || row.names.contains(&&*name) || id.is_some_and(|id| row.ids.contains(&id)))
            && (row.rel.is_empty() || rel.is_some_and(|rel| row.rel.contains(&rel)))
            && row.by.is_none_or(|wanted| wanted == by)
    };
    CHANNELS.iter().find(fits).map(|row| row.gives)
}

/// `Phone call (inbound)` and `phone_call_inbound` are the same.
fn normalised(channel: &str) -> Cow<'_, str> {
    // Asked several times for every message, of which nearly all have it written so.
    if channel.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Cow::Borrowed(channel);
    }
    let words = channel.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_").into()
}

/// Whether a ticket was made through the API itself; sample tickets and integrations only share its channel.
pub(super) fn is_api(via: &Via<'_>) -> bool {
    via.channel.filled().is_some_and(|channel| matches!(&*normalised(channel), "api" | "web_service" | "5"))
}

/// The direction of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// The customer called and was answered, or not.
    Inbound,
    /// The customer spoke on the machine.
    Voicemail,
    /// The company called.
    Outbound,
}

/// Via types and words that tell the direction of a call.
const DIRECTIONS: &[(&[i64], &[&str], Direction)] = &[
    (&[33, 44], &["voicemail"], Direction::Voicemail),
    (&[34, 45], &["inbound"], Direction::Inbound),
    (&[35, 46], &["outbound"], Direction::Outbound),
];

/// The direction that a via type or a word stands for.
pub(super) fn direction(via_id: Option<i64>, word: Option<&str>) -> Option<Direction> {
    let word = word.map(str::to_ascii_lowercase);
    let fits = |(ids, words, _): &&(&[i64], &[&str], Direction)| {
        via_id.is_some_and(|id| ids.contains(&id))
            || word.as_deref().is_some_and(|word| words.contains(&word))
    };
    DIRECTIONS.iter().find(fits).map(|(_, _, direction)| *direction)
}

/// What a comment says of who may read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Privacy {
    /// Everybody of the ticket.
    Public,
    /// Agents: `public:false`.
    Private,
    /// Something that is neither yes nor no.
    Unreadable,
    /// Nothing.
    Unstated,
}

impl Privacy {
    /// What `public` says.
    pub(super) fn of(public: Flag) -> Self {
        match public {
            Flag::Is(true) => Self::Public,
            Flag::Is(false) => Self::Private,
            Flag::Bad => Self::Unreadable,
            Flag::Absent => Self::Unstated,
        }
    }

    /// Of two that copies of one message say, the most careful.
    pub(super) fn least(self, other: Self) -> Self {
        let order = [Self::Private, Self::Unreadable, Self::Public];
        order.into_iter().find(|one| [self, other].contains(one)).unwrap_or(Self::Unstated)
    }
}

/// What is known of a message when its side is decided.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(test, derive(PartialEq))]
pub(super) struct SideFacts {
    /// It is a call.
    pub(super) is_voice: bool,
    /// The direction of the call.
    pub(super) direction: Option<Direction>,
    /// Zendesk itself wrote it.
    pub(super) is_system: bool,
    /// Who may read it.
    pub(super) privacy: Privacy,
    /// Flag 17: a private comment by an end user.
    pub(super) by_end_user_privately: bool,
    /// The author's role as the export states it.
    pub(super) stated_role: Option<Role>,
    /// The author's role, inferred from what the author did if it is not stated.
    pub(super) role: Role,
    /// The author is the ticket's requester.
    pub(super) is_requester: bool,
    /// The author is the ticket's assignee.
    pub(super) is_assignee: bool,
    /// It is a mail from the requester's address.
    pub(super) is_from_requesters_address: bool,
}

/// A side, and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) side: Side,
    /// Whose side it is had to be guessed.
    pub(super) guessed: bool,
    /// It is a note because nothing readable says that it is public.
    pub(super) for_safety: bool,
}

/// A row of the side table.
struct SideRow {
    when: fn(&SideFacts) -> bool,
    side: Side,
    guessed: bool,
}

const fn known(when: fn(&SideFacts) -> bool, side: Side) -> SideRow {
    SideRow { when, side, guessed: false }
}

const fn guessed(when: fn(&SideFacts) -> bool, side: Side) -> SideRow {
    SideRow { when, side, guessed: true }
}

const SIDES: &[SideRow] = &[
    // A customer's voicemail is `public:false`, so calls come before privacy.
    known(|f| matches!(f.direction, Some(Direction::Inbound | Direction::Voicemail)), Side::Customer),
    known(|f| f.direction == Some(Direction::Outbound), Side::Agent),
    known(|f| f.is_system, Side::Note),
    known(|f| f.is_hidden() && f.by_end_user_privately && f.role == Role::Customer, Side::Customer),
    known(|f| f.is_hidden() && !f.is_voice, Side::Note),
    // An agent who is the requester (internal and test tickets) speaks as the customer, or nobody would.
    known(|f| f.stated_role == Some(Role::Agent) && f.is_requester, Side::Customer),
    known(|f| f.stated_role == Some(Role::Agent), Side::Agent),
    known(|f| f.stated_role == Some(Role::Customer), Side::Customer),
    guessed(|f| f.is_requester, Side::Customer),
    guessed(|f| f.is_assignee, Side::Agent),
    guessed(|f| f.is_from_requesters_address, Side::Customer),
    guessed(|f| f.role == Role::Agent, Side::Agent),
    guessed(|_| true, Side::Customer),
];

impl SideFacts {
    /// It is not for everybody, or may not be.
    fn is_hidden(&self) -> bool {
        matches!(self.privacy, Privacy::Private | Privacy::Unreadable)
    }

    /// Nothing is said of who may read it, and whoever wrote it could write for agents alone. End users cannot; who is
    /// not known to be one may have been an agent.
    fn may_be_private(&self) -> bool {
        let by_customer = match self.stated_role {
            Some(role) => role == Role::Customer,
            None => self.is_requester || self.is_from_requesters_address,
        };
        self.privacy == Privacy::Unstated && !by_customer && !self.is_voice
    }
}

/// Whose side a message is on.
pub(super) fn side(facts: &SideFacts) -> Verdict {
    let row = SIDES.iter().find(|row| (row.when)(facts));
    let (side, guessed) = row.map_or((Side::Note, true), |row| (row.side, row.guessed));
    if side != Side::Note && facts.may_be_private() {
        return Verdict { side: Side::Note, guessed, for_safety: true };
    }
    let for_safety = side == Side::Note && facts.privacy == Privacy::Unreadable && !facts.is_system;
    Verdict { side, guessed, for_safety }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
