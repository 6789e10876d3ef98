//! Whether people have worked at a ticket since this tool wrote it. Pure.
//!
//! What counts is what a person would miss: a message, a status, a tag, an assignee, a subject. What the server does by
//! itself (language, its own tags, `updated_datetime`) and what rules and bots do does not.
//!
//! Names of events: Gorgias's page of the event object. That tags of the system carry `"type": "system"`, that a rule's
//! doing shares the `context` of a `rule-executed` before it, and that automatic assignment says `auto_assigned` is how
//! Gorgias's own helpdesk tells them apart.

use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::{SignedDuration, Timestamp};

use crate::gorgias::{CallFailure, Client, wire};
use crate::ledger::{MessageRow, WriteSpan};

/// What somebody changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Touch {
    /// There is a message that is not in the ledger.
    Message,
    /// It was opened, closed, snoozed, marked as spam, or moved in or out of the trash.
    Status,
    /// A tag was added or removed.
    Tag,
    /// It was assigned or unassigned.
    Assignee,
    /// Its subject was changed.
    Subject,
    /// It was given to another customer, merged or split.
    Identity,
}

impl Touch {
    /// Its stable name in machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Status => "status",
            Self::Tag => "tag",
            Self::Assignee => "assignee",
            Self::Subject => "subject",
            Self::Identity => "identity",
        }
    }
}

/// Events of tickets that tell of work.
const WORK: [(&str, Touch); 17] = [
    ("ticket-closed", Touch::Status),
    ("ticket-reopened", Touch::Status),
    ("ticket-snoozed", Touch::Status),
    ("ticket-marked-spam", Touch::Status),
    ("ticket-unmarked-spam", Touch::Status),
    ("ticket-trashed", Touch::Status),
    ("ticket-untrashed", Touch::Status),
    ("ticket-tags-added", Touch::Tag),
    ("ticket-tags-removed", Touch::Tag),
    ("ticket-assigned", Touch::Assignee),
    ("ticket-unassigned", Touch::Assignee),
    ("ticket-team-assigned", Touch::Assignee),
    ("ticket-team-unassigned", Touch::Assignee),
    ("ticket-subject-updated", Touch::Subject),
    ("ticket-customer-updated", Touch::Identity),
    ("ticket-merged", Touch::Identity),
    ("ticket-split", Touch::Identity),
];

/// Tells by its data which tags were added.
const TAGS_ADDED: &str = "ticket-tags-added";
/// Tells of a move to the trash.
const TRASHED: &str = "ticket-trashed";
/// Tells which events belong to the creation.
const CREATED: &str = "ticket-created";
/// Tells which events are a rule's doing.
const RULE: &str = "rule-executed";

/// Every kind of event that is looked at, for lists that are asked for nothing else.
pub const WATCHED: [&str; WORK.len() + 2] = {
    let mut names = [CREATED; WORK.len() + 2];
    let mut at = 0;
    while at < WORK.len() {
        names[at] = WORK[at].0;
        at += 1;
    }
    names[WORK.len() + 1] = RULE;
    names
};

/// Around a write of our own, an event of the same login is that write's: servers do part of their work after they have
/// answered (recorded: seconds later).
const SLACK: SignedDuration = SignedDuration::from_secs(10);

/// Roles of users who are not people (reference page of users, 2026).
const MACHINE_ROLES: [&str; 2] = ["bot", "internal-agent"];

/// Whose hands events can be by.
#[derive(Clone, Debug, Default)]
pub struct Hands {
    /// The user in whose name this tool writes.
    me: Option<u64>,
    /// Bots.
    machines: HashSet<u64>,
}

impl Hands {
    /// `me` is the owner of the login.
    pub fn new(me: u64, users: &[wire::User]) -> Self {
        let is_machine = |user: &&wire::User| {
            let role = user.role.as_ref().and_then(|role| role.name.as_deref());
            role.is_some_and(|role| MACHINE_ROLES.contains(&role))
        };
        Self { me: Some(me), machines: users.iter().filter(is_machine).map(|user| user.id).collect() }
    }

    /// Whose doing it is what this user did.
    pub fn whose(&self, user: Option<u64>) -> Whose {
        match user {
            Some(user) if self.machines.contains(&user) => Whose::Machine,
            Some(_) if user == self.me => Whose::Mine,
            Some(_) => Whose::Person,
            None => Whose::Machine,
        }
    }

    /// Reads who is who in the account: two calls, or a few more where it has hundreds of users.
    pub async fn read(client: &Client) -> Result<Self, CallFailure> {
        Ok(Self::new(client.me().await?.id, &client.users().await?))
    }
}

/// Whose doing an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A bot's or the server's.
    Machine,
    /// That of the user in whose name this tool writes.
    Mine,
    /// Somebody else's.
    Person,
}

/// What an event was about, as far as it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Created,
    Rule,
    Work(Touch),
}

/// An event of a ticket, in a form of which hundreds of thousands can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    what: What,
    /// Hash of the event's context.
    context: Option<u64>,
    user: Option<u64>,
    by_itself: bool,
    /// It was moved to the trash.
    trashed: bool,
    at: Timestamp,
}

impl Seen {
    fn work(&self) -> Option<Touch> {
        match self.what {
            What::Work(touch) => Some(touch),
            What::Created | What::Rule => None,
        }
    }

    /// Nothing for events that say nothing about work.
    pub fn of(event: &wire::Event) -> Option<Self> {
        let what = match event.kind.as_deref()? {
            CREATED => What::Created,
            RULE => What::Rule,
            kind => What::Work(WORK.iter().find(|(name, _)| *name == kind)?.1),
        };
        let data = event.data.as_ref();
        let by_itself = data.is_some_and(|data| data["type"] == "system" || data["auto_assigned"] == true);
        let context = event.context.as_deref().map(|context| {
            let mut hasher = DefaultHasher::new();
            context.hash(&mut hasher);
            hasher.finish()
        });
        // An event without a time cannot be one of our writes.
        let at = event.created_datetime.unwrap_or(Timestamp::MAX);
        let trashed = event.kind.as_deref() == Some(TRASHED);
        Some(Self { what, context, user: event.user_id, by_itself, trashed, at })
    }
}

/// What people did to a ticket, by its events. `writes` are the ledger's own; `ahead` is by how much the server's clock
/// is ahead of this machine's.
pub fn by_events(
    events: &[Seen],
    hands: &Hands,
    writes: &[WriteSpan],
    ahead: SignedDuration,
) -> BTreeSet<Touch> {
    let is_ours = |event: &Seen| {
        event.user == hands.me && writes.iter().any(|write| write_covers(*write, event.at, ahead))
    };
    let people = events.iter().filter(|event| {
        let of_creation = follows(events, event, What::Created);
        !of_creation && !by_machine(events, event, hands) && !is_ours(event)
    });
    people.filter_map(Seen::work).collect()
}

/// The events without our own move to the trash, which was intended at `intended_ms` and whose request, where a process died,
/// no journal has.
pub fn without_our_move(
    events: &[Seen],
    hands: &Hands,
    intended_ms: i64,
    ahead: SignedDuration,
) -> Vec<Seen> {
    let from = WriteSpan { from_ms: intended_ms, to_ms: i64::MAX };
    let is_ours =
        |event: &&Seen| event.trashed && event.user == hands.me && write_covers(from, event.at, ahead);
    events.iter().filter(|event| !is_ours(event)).copied().collect()
}

/// What rules, bots and the server did to a ticket after its creation.
pub fn by_machines(events: &[Seen], hands: &Hands) -> BTreeSet<Touch> {
    let machines = events
        .iter()
        .filter(|event| !follows(events, event, What::Created) && by_machine(events, event, hands));
    machines.filter_map(Seen::work).collect()
}

/// Ids of the tags that rules, bots and the server gave to a ticket.
pub fn tags_by_machines(events: &[wire::Event], hands: &Hands) -> HashSet<u64> {
    let all: Vec<Seen> = events.iter().filter_map(Seen::of).collect();
    let mut tags = HashSet::new();
    for event in events.iter().filter(|event| event.kind.as_deref() == Some(TAGS_ADDED)) {
        if Seen::of(event).is_some_and(|seen| by_machine(&all, &seen, hands)) {
            let added = event.data.as_ref().and_then(|data| data["tags_added"].as_array());
            tags.extend(added.into_iter().flatten().filter_map(serde_json::Value::as_u64));
        }
    }
    tags
}

/// Whether an event of this kind before it, in the same context, is its cause.
fn follows(events: &[Seen], event: &Seen, cause: What) -> bool {
    event.context.is_some()
        && events
            .iter()
            .any(|other| other.what == cause && other.context == event.context && other.at <= event.at)
}

fn by_machine(events: &[Seen], event: &Seen, hands: &Hands) -> bool {
    event.by_itself
        || event.user.is_none_or(|user| hands.machines.contains(&user))
        || follows(events, event, What::Rule)
}

/// Whether something at this time of the server may have come of a write.
pub(crate) fn write_covers(write: WriteSpan, at: Timestamp, ahead: SignedDuration) -> bool {
    let instant = |ms| Timestamp::from_millisecond(ms).unwrap_or_default();
    let ours = at.duration_since(instant(write.from_ms)) - ahead;
    let long = SignedDuration::from_millis(write.to_ms.saturating_sub(write.from_ms));
    ours >= -SLACK && ours <= long + SLACK
}

/// The messages of a ticket as the ledger knows them.
#[derive(Clone, Debug, Default)]
pub struct Known {
    ids: HashSet<u64>,
    keys: HashSet<String>,
}

impl Known {
    /// Messages by their Gorgias ids and, for those whose answer was lost, by their keys.
    pub fn of(rows: &[MessageRow]) -> Self {
        Self {
            ids: rows.iter().filter_map(|row| row.gorgias_id).map(i64::cast_unsigned).collect(),
            keys: rows.iter().map(|row| row.key.to_string()).collect(),
        }
    }

    /// Messages of the ticket that are not in the ledger.
    pub fn strangers(&self, messages: &[wire::Message]) -> usize {
        let ours = |message: &wire::Message| {
            let key = message.external_id.as_deref();
            self.ids.contains(&message.id) || key.is_some_and(|key| self.keys.contains(key))
        };
        messages.iter().filter(|message| !ours(message)).count()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ME: u64 = 1;
    const ANA: u64 = 2;
    const BOT: u64 = 9;

    fn event(kind: &str, user: Option<u64>, context: &str, second: i64, data: &Value) -> Seen {
        let at = Timestamp::from_second(second).unwrap();
        let event = json!({"id": 7, "context": context, "type": kind, "object_type": "Ticket", "object_id": 5,
            "user_id": user, "data": data, "created_datetime": at.to_string()});
        Seen::of(&serde_json::from_value(event).unwrap()).unwrap()
    }

    fn touched(events: &[Seen]) -> Vec<&'static str> {
        let hands = Hands { me: Some(ME), machines: [BOT].into() };
        let writes = [WriteSpan { from_ms: 1_000_000, to_ms: 1_000_500 }];
        by_events(events, &hands, &writes, SignedDuration::ZERO).into_iter().map(Touch::as_str).collect()
    }

    #[test]
    fn people_touch_and_machines_do_not() {
        let none = Value::Null;
        let agent = |kind: &str| touched(&[event(kind, Some(ANA), "x", 2_000, &none)]);
        assert_eq!(agent("ticket-closed"), ["status"]);
        assert_eq!(agent("ticket-tags-added"), ["tag"]);
        assert_eq!(agent("ticket-unassigned"), ["assignee"]);
        assert_eq!(agent("ticket-subject-updated"), ["subject"]);
        assert_eq!(agent("ticket-merged"), ["identity"]);
        for user in [None, Some(BOT)] {
            assert!(touched(&[event("ticket-tags-added", user, "x", 2_000, &none)]).is_empty());
        }
        let system = json!({"type": "system", "tags_added": [3]});
        assert!(touched(&[event("ticket-tags-added", Some(ANA), "x", 2_000, &system)]).is_empty());
        let automatic = json!({"assignee_user_id": 2, "auto_assigned": true});
        assert!(touched(&[event("ticket-assigned", Some(ANA), "x", 2_000, &automatic)]).is_empty());
        assert!(
            Seen::of(&serde_json::from_value(json!({"id": 1, "type": "ticket-updated"})).unwrap()).is_none()
        );
    }

    #[test]
    fn our_own_writes_do_not_touch_and_others_in_the_same_second_do() {
        let closed = |user, second| touched(&[event("ticket-closed", Some(user), "x", second, &Value::Null)]);
        assert!(closed(ME, 1_000).is_empty() && closed(ME, 1_009).is_empty());
        assert_eq!(closed(ME, 1_020), ["status"], "the key's owner works in Gorgias as well");
        assert_eq!(closed(ANA, 1_000), ["status"]);
        let skewed = event("ticket-closed", Some(ME), "x", 1_120, &Value::Null);
        let hands = Hands { me: Some(ME), machines: HashSet::new() };
        let writes = [WriteSpan { from_ms: 1_000_000, to_ms: 1_000_500 }];
        assert!(by_events(&[skewed], &hands, &writes, SignedDuration::from_secs(120)).is_empty());
    }

    #[test]
    fn a_move_to_the_trash_that_was_intended_is_ours_and_nothing_else_is() {
        let hands = Hands { me: Some(ME), machines: HashSet::new() };
        let left = |kind: &str, user, second| {
            let seen = event(kind, Some(user), "x", second, &Value::Null);
            without_our_move(&[seen], &hands, 5_000_000, SignedDuration::ZERO).len()
        };
        assert_eq!(left("ticket-trashed", ME, 5_400), 0);
        assert_eq!(left("ticket-trashed", ME, 4_000), 1, "before it was intended");
        assert_eq!(left("ticket-trashed", ANA, 5_400), 1);
        assert_eq!(left("ticket-closed", ME, 5_400), 1, "the key's owner works in Gorgias as well");
    }

    #[test]
    fn what_follows_from_the_creation_or_a_rule_does_not_touch() {
        let none = Value::Null;
        let made = event("ticket-created", Some(3), "made", 500, &none);
        let assigned = event("ticket-assigned", Some(3), "made", 500, &none);
        assert!(touched(&[made, assigned]).is_empty(), "an earlier key's owner made it");
        let rule = event("rule-executed", None, "ruled", 2_000, &none);
        let tagged = event("ticket-tags-added", Some(ANA), "ruled", 2_001, &none);
        assert!(touched(&[rule, tagged]).is_empty());
        let hands = Hands { me: Some(ME), machines: HashSet::new() };
        assert_eq!(by_machines(&[rule, tagged], &hands), BTreeSet::from([Touch::Tag]));
        let cause = event("ticket-closed", Some(ANA), "ruled", 1_999, &none);
        assert_eq!(touched(&[cause, rule]), ["status"], "it set the rule off");
    }
}
