//! The ticket as exports hold it.

use jiff::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::audit::Audit;
use super::comment::{Comment, CommentHead, ViaField};
use super::late_text::LateText;
use super::loose::{Any, Flag, Integer, Loose, Many, Text};
use super::people::User;
use super::quick;
use super::side::SideRecord;
use crate::model::time::parse_rfc3339;

/// A ticket with what is imported of it; keys that are not named here are skipped (reference 3.1).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ticket<'a> {
    pub(super) id: Integer,
    #[serde(borrow)]
    pub(super) url: Text<'a>,
    #[serde(borrow)]
    pub(super) external_id: Text<'a>,
    #[serde(borrow)]
    pub(super) via: ViaField<'a>,
    #[serde(borrow)]
    pub(super) created_at: Text<'a>,
    #[serde(borrow)]
    pub(super) updated_at: Text<'a>,
    pub(super) generated_timestamp: Integer,
    #[serde(borrow)]
    pub(super) r#type: Text<'a>,
    #[serde(borrow)]
    pub(super) subject: Text<'a>,
    #[serde(borrow)]
    pub(super) raw_subject: LateText<'a>,
    #[serde(borrow)]
    pub(super) description: LateText<'a>,
    #[serde(borrow)]
    pub(super) priority: Text<'a>,
    #[serde(borrow)]
    pub(super) status: Text<'a>,
    #[serde(borrow)]
    pub(super) recipient: Text<'a>,
    pub(super) requester_id: Integer,
    pub(super) submitter_id: Integer,
    pub(super) assignee_id: Integer,
    pub(super) group_id: Integer,
    pub(super) organization_id: Integer,
    pub(super) brand_id: Integer,
    pub(super) problem_id: Integer,
    pub(super) via_followup_source_id: Integer,
    /// Whether any comment is public (reference 3.1).
    pub(super) is_public: Flag,
    pub(super) followup_ids: Many<Integer>,
    pub(super) merged_ticket_ids: Many<Integer>,
    #[serde(borrow)]
    pub(super) tags: Any<'a>,
    #[serde(borrow)]
    pub(super) custom_fields: Many<Loose<CustomField<'a>>>,
    #[serde(borrow)]
    pub(super) satisfaction_rating: Rated<'a>,
    #[serde(borrow)]
    pub(super) requester: Loose<User<'a>>,
    #[serde(borrow)]
    pub(super) metric_set: Loose<Metrics<'a>>,
    #[serde(borrow)]
    pub(super) comments: Many<Loose<Box<Comment<'a>>>>,
    /// Put there by whoever made the dump (reference 2.5), as are the side conversations.
    #[serde(borrow)]
    pub(super) audits: Many<Loose<Audit<'a>>>,
    #[serde(borrow)]
    pub(super) side_conversations: Many<Loose<SideRecord<'a>>>,
    /// The rest is about others than the ticket.
    #[serde(borrow)]
    pub(super) submitter: Loose<User<'a>>,
    #[serde(borrow)]
    pub(super) assignee: Loose<User<'a>>,
    #[serde(borrow)]
    pub(super) organization: Loose<Named<'a>>,
    #[serde(borrow)]
    pub(super) group: Loose<Named<'a>>,
    #[serde(borrow)]
    pub(super) users: Many<Loose<User<'a>>>,
}

quick::object!(Ticket {
    b"id" => id, b"url" => url, b"external_id" => external_id, b"via" => via,
    b"created_at" => created_at, b"updated_at" => updated_at,
    b"generated_timestamp" => generated_timestamp, b"type" => r#type, b"subject" => subject,
    b"raw_subject" => raw_subject, b"description" => description, b"priority" => priority,
    b"status" => status, b"recipient" => recipient, b"requester_id" => requester_id,
    b"submitter_id" => submitter_id, b"assignee_id" => assignee_id, b"group_id" => group_id,
    b"organization_id" => organization_id, b"brand_id" => brand_id, b"problem_id" => problem_id,
    b"via_followup_source_id" => via_followup_source_id, b"is_public" => is_public, b"followup_ids" => followup_ids,
    b"merged_ticket_ids" => merged_ticket_ids, b"tags" => tags, b"custom_fields" => custom_fields,
    b"satisfaction_rating" => satisfaction_rating, b"requester" => requester,
    b"metric_set" => metric_set, b"comments" => comments, b"audits" => audits,
    b"side_conversations" => side_conversations, b"submitter" => submitter, b"assignee" => assignee,
    b"organization" => organization, b"group" => group, b"users" => users,
});

/// A custom field of a ticket; its title is in another file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CustomField<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) value: Any<'a>,
}

quick::object!(CustomField {
    b"id" => id, b"value" => value,
});

/// What the customer thought.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Satisfaction<'a> {
    #[serde(borrow)]
    pub(super) score: Text<'a>,
    #[serde(borrow)]
    pub(super) comment: Text<'a>,
    #[serde(borrow)]
    pub(super) reason: Text<'a>,
}

quick::object!(Satisfaction {
    b"score" => score, b"comment" => comment, b"reason" => reason,
});

/// A [`Satisfaction`] that may be its mere score, as connectors and older dumps write it.
#[derive(Debug, Default)]
pub(super) struct Rated<'a>(Option<Satisfaction<'a>>);

impl<'a> Rated<'a> {
    /// What is told of it.
    pub(super) fn get(&self) -> Option<&Satisfaction<'a>> {
        self.0.as_ref()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Rated<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        if json.starts_with('"') {
            let score: Text<'_> = serde_json::from_str(json).map_err(D::Error::custom)?;
            let is_told = score.filled().is_some();
            return Ok(Self(is_told.then(|| Satisfaction { score, ..Satisfaction::default() })));
        }
        let told: Loose<Satisfaction<'_>> = serde_json::from_str(json).map_err(D::Error::custom)?;
        Ok(Self(told.0))
    }
}

impl<'a> quick::Value<'a> for Rated<'a> {
    fn take(cursor: &mut quick::Cursor<'a>) -> Option<Self> {
        if cursor.peek()? == b'{' {
            return quick::Object::walk(cursor).map(|told| Self(Some(told)));
        }
        serde_json::from_slice(cursor.raw()?).ok()
    }
}

/// Times that the ticket itself does not have.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metrics<'a> {
    #[serde(borrow)]
    pub(super) solved_at: Text<'a>,
    /// Public answers by agents.
    pub(super) replies: Integer,
}

quick::object!(Metrics {
    b"solved_at" => solved_at, b"replies" => replies,
});

impl Ticket<'_> {
    /// When this copy was made, for choosing the newest: seconds since 1970, then nanoseconds.
    ///
    /// `generated_timestamp` moves with every change, `updated_at` only with those that make an event; it is 0 in
    /// answers to creates (reference 3.1).
    pub(super) fn stamp(&self) -> (i64, i32) {
        match self.generated_timestamp.known() {
            Some(seconds) if seconds > 0 => (seconds, 0),
            _ => self
                .updated_at
                .get()
                .and_then(parse_rfc3339)
                .map_or((0, 0), |at| (at.as_second(), at.subsec_nanosecond())),
        }
    }

    /// True if the last change that this copy knows of was before `instant`; of a copy without a readable time that is not
    /// known, and false.
    pub(super) fn is_older_than(&self, instant: Timestamp) -> bool {
        let stamp = self.stamp();
        stamp != (0, 0) && stamp < (instant.as_second(), instant.subsec_nanosecond())
    }

    /// True for a ticket that was deleted: by its status, or scrubbed after 30 days (reference 1.2).
    pub(super) fn is_deleted(&self) -> bool {
        self.status.get().is_some_and(|status| status.eq_ignore_ascii_case("deleted"))
            || (self.subject.get() == Some("SCRUBBED") && self.description.get() == Some("X"))
    }
}

/// What the first pass needs of a ticket.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TicketHead<'a> {
    pub(super) id: Integer,
    #[serde(borrow)]
    pub(super) url: Text<'a>,
    #[serde(borrow)]
    pub(super) via: ViaField<'a>,
    pub(super) generated_timestamp: Integer,
    pub(super) requester_id: Integer,
    pub(super) submitter_id: Integer,
    pub(super) assignee_id: Integer,
    #[serde(borrow)]
    pub(super) requester: Loose<User<'a>>,
    #[serde(borrow)]
    pub(super) submitter: Loose<User<'a>>,
    #[serde(borrow)]
    pub(super) assignee: Loose<User<'a>>,
    #[serde(borrow)]
    pub(super) organization: Loose<Named<'a>>,
    #[serde(borrow)]
    pub(super) group: Loose<Named<'a>>,
    #[serde(borrow)]
    pub(super) comments: Many<Loose<CommentHead<'a>>>,
    #[serde(borrow)]
    pub(super) audits: Many<Loose<Audit<'a>>>,
    #[serde(borrow)]
    pub(super) users: Many<Loose<User<'a>>>,
}

quick::object!(TicketHead {
    b"id" => id, b"url" => url, b"via" => via, b"generated_timestamp" => generated_timestamp,
    b"requester_id" => requester_id, b"submitter_id" => submitter_id,
    b"assignee_id" => assignee_id, b"requester" => requester, b"submitter" => submitter, b"assignee" => assignee, b"organization" => organization,
    b"group" => group, b"comments" => comments, b"audits" => audits, b"users" => users,
});

impl TicketHead<'_> {
    /// Who wrote what the ticket began with: by its earliest message, else as the ticket says (reference 3.1), which is
    /// a guess. Says as well whether it is one.
    pub(super) fn first_author(&self) -> (Option<i64>, bool) {
        // Times of one dump are written alike; of equal ones the first counts.
        let first =
            self.comments.objects().min_by_key(|comment| comment.created_at.get().unwrap_or_default());
        let by_comment = first.map(|comment| comment.author_id.known().or(self.requester_id.known()));
        let by_audit =
            || self.audits.objects().find_map(|audit| audit.authors().next()).map(|(id, ..)| Some(id));
        let as_said = || self.submitter_id.known().or(self.requester_id.known());
        let known = by_comment.or_else(by_audit);
        (known.unwrap_or_else(as_said), known.is_none())
    }
}

/// Anything with an id and a name or title: organizations, groups, ticket fields.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named<'a> {
    pub(super) id: Integer,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) title: Text<'a>,
}

quick::object!(Named {
    b"id" => id, b"name" => name, b"title" => title,
});

/// A notice about a ticket: too large to be exported, or deleted. The shape is not documented (reference 1.2).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Notice<'a> {
    id: Integer,
    ticket_id: Integer,
    /// Of a deletion: when (reference 3.4).
    #[serde(borrow)]
    deleted_at: Text<'a>,
}

impl Notice<'_> {
    /// When the ticket was deleted, if the notice says so readably.
    pub(super) fn deleted_at(&self) -> Option<Timestamp> {
        self.deleted_at.filled().and_then(parse_rfc3339)
    }

    /// The ticket that it is about.
    pub(super) fn ticket(&self) -> Option<i64> {
        self.ticket_id.known().or(self.id.known())
    }
}

/// The account that an object's `url` belongs to: `acme` of `https://acme.zendesk.com/api/v2/tickets/1.json`.
pub(super) fn subdomain(url: &str) -> Option<&str> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?.split('/').next()?;
    let name = host.strip_suffix(".zendesk.com").unwrap_or(host);
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
    plain.then_some(name)
}
