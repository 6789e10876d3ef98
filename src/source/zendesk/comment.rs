//! The comment as exports hold it, with its way into Zendesk (`via`) and its files.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::extra;
use super::late_text::LateText;
use super::loose::{Any, Flag, Integer, Loose, Many, Text};
use super::quick::{self, Cursor, Object, Value};
use super::voice::VoiceData;

/// A comment (reference 3.2). Audit events have the same keys.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Comment<'a> {
    pub(super) id: Integer,
    #[serde(borrow)]
    pub(super) r#type: Text<'a>,
    pub(super) author_id: Integer,
    #[serde(borrow)]
    pub(super) body: LateText<'a>,
    #[serde(borrow)]
    pub(super) html_body: LateText<'a>,
    #[serde(borrow)]
    pub(super) plain_body: LateText<'a>,
    pub(super) public: Flag,
    #[serde(borrow)]
    pub(super) attachments: Many<Loose<AttachmentRecord<'a>>>,
    #[serde(borrow)]
    pub(super) via: ViaField<'a>,
    #[serde(borrow)]
    pub(super) created_at: Text<'a>,
    /// Seconds since 1970, in ticket events and what connectors take out of them (reference 2.2).
    #[serde(borrow)]
    pub(super) timestamp: Text<'a>,
    #[serde(borrow)]
    pub(super) metadata: Loose<Metadata<'a>>,
    #[serde(borrow)]
    pub(super) data: Loose<VoiceData<'a>>,
    #[serde(borrow)]
    pub(super) formatted_from: Text<'a>,
    #[serde(borrow)]
    pub(super) formatted_to: Text<'a>,
}

quick::object!(Comment {
    b"id" => id, b"type" => r#type, b"author_id" => author_id, b"body" => body,
    b"html_body" => html_body, b"plain_body" => plain_body, b"public" => public,
    b"attachments" => attachments, b"via" => via, b"created_at" => created_at,
    b"timestamp" => timestamp, b"metadata" => metadata, b"data" => data, b"formatted_from" => formatted_from,
    b"formatted_to" => formatted_to,
});

impl Comment<'_> {
    /// Puts the timestamp in the place of a time that is missing.
    pub(super) fn date(&mut self) {
        extra::date(&mut self.created_at, &self.timestamp);
    }
}

/// What the first pass needs of a comment.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CommentHead<'a> {
    pub(super) ticket_id: Integer,
    pub(super) author_id: Integer,
    pub(super) public: Flag,
    #[serde(borrow)]
    pub(super) via: ViaField<'a>,
    #[serde(borrow)]
    pub(super) created_at: Text<'a>,
}

quick::object!(CommentHead {
    b"ticket_id" => ticket_id, b"author_id" => author_id, b"public" => public, b"via" => via,
    b"created_at" => created_at,
});

/// What a comment says about its making. Addresses of machines and places are left where they are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata<'a> {
    #[serde(borrow)]
    pub(super) system: Loose<SystemData<'a>>,
    pub(super) flags: Many<Integer>,
}

quick::object!(Metadata {
    b"system" => system, b"flags" => flags,
});

/// The technical part of [`Metadata`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SystemData<'a> {
    #[serde(borrow)]
    pub(super) message_id: Text<'a>,
}

quick::object!(SystemData {
    b"message_id" => message_id,
});

/// A file of a comment (reference 5).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AttachmentRecord<'a> {
    pub(super) id: Integer,
    #[serde(borrow)]
    pub(super) file_name: Text<'a>,
    #[serde(borrow)]
    pub(super) content_url: Text<'a>,
    #[serde(borrow)]
    pub(super) mapped_content_url: Text<'a>,
    #[serde(borrow)]
    pub(super) content_type: Text<'a>,
    pub(super) size: Integer,
    pub(super) inline: Flag,
    pub(super) deleted: Flag,
}

quick::object!(AttachmentRecord {
    b"id" => id, b"file_name" => file_name, b"content_url" => content_url,
    b"mapped_content_url" => mapped_content_url, b"content_type" => content_type, b"size" => size,
    b"inline" => inline, b"deleted" => deleted,
});

/// How something came into Zendesk (reference 4.1).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Via<'a> {
    /// A name, a number or a display string.
    #[serde(borrow)]
    pub(super) channel: Text<'a>,
    #[serde(borrow)]
    pub(super) source: Loose<ViaSource<'a>>,
}

quick::object!(Via {
    b"channel" => channel, b"source" => source,
});

/// The two ends of a [`Via`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ViaSource<'a> {
    #[serde(borrow)]
    pub(super) from: Loose<Party<'a>>,
    #[serde(borrow)]
    pub(super) to: Loose<Party<'a>>,
    #[serde(borrow)]
    pub(super) rel: Text<'a>,
}

quick::object!(ViaSource {
    b"from" => from, b"to" => to, b"rel" => rel,
});

/// One end of a [`Via`]: an address, a phone, or another ticket.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Party<'a> {
    #[serde(borrow)]
    pub(super) address: Text<'a>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) phone: Text<'a>,
    #[serde(borrow)]
    pub(super) original_recipients: Any<'a>,
    #[serde(borrow)]
    pub(super) email_ccs: Any<'a>,
    pub(super) ticket_id: Integer,
    pub(super) ticket_ids: Many<Integer>,
}

quick::object!(Party {
    b"address" => address, b"name" => name, b"phone" => phone,
    b"original_recipients" => original_recipients, b"email_ccs" => email_ccs,
    b"ticket_id" => ticket_id, b"ticket_ids" => ticket_ids,
});

impl<'a> Via<'a> {
    /// Who sent, as far as known.
    pub(super) fn from(&self) -> Option<&Party<'a>> {
        self.source.get()?.from.get()
    }

    /// Who received, as far as known.
    pub(super) fn to(&self) -> Option<&Party<'a>> {
        self.source.get()?.to.get()
    }

    /// The kind of relation: `follow_up`, `merge`, `voicemail`.
    pub(super) fn rel(&self) -> Option<&str> {
        self.source.get()?.rel.filled()
    }
}

/// A [`Via`] that may be a mere name or number, as in ticket events and old exports.
#[derive(Clone, Debug, Default)]
pub(super) struct ViaField<'a>(pub(super) Option<Via<'a>>);

impl<'a> ViaField<'a> {
    /// The way, if its channel is told.
    pub(super) fn get(&self) -> Option<&Via<'a>> {
        self.0.as_ref().filter(|via| via.channel.filled().is_some())
    }
}

impl<'a> Value<'a> for ViaField<'a> {
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        if cursor.peek()? == b'{' {
            return Via::walk(cursor).map(|via| Self(Some(via)));
        }
        serde_json::from_slice(cursor.raw()?).ok()
    }
}

struct ViaVisitor;

impl<'de> Visitor<'de> for ViaVisitor {
    type Value = ViaField<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a via object, a name or a number")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Via::deserialize(MapAccessDeserializer::new(map)).map(|via| ViaField(Some(via)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let channel = Text(Some(name.to_owned().into()));
        Ok(ViaField(Some(Via { channel, source: Loose(None) })))
    }

    fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<Self::Value, E> {
        self.visit_str(&id.to_string())
    }

    fn visit_i64<E: serde::de::Error>(self, id: i64) -> Result<Self::Value, E> {
        self.visit_str(&id.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, id: f64) -> Result<Self::Value, E> {
        self.visit_str(&id.to_string())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(ViaField(None))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(ViaField(None))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(ViaField(None))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for ViaField<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ViaVisitor)
    }
}
