//! What Aircall's AI wrote about calls: transcriptions, summaries, topics, sentiments, action items. They come in files
//! or events of their own, wait on disk, and become one note of their call.

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::api::Object;
use super::call::Call;
use super::directory::Directory;
use super::payloads::{from_json, to_json};
use crate::model::finding::Place;
use crate::source::SourceError;
use crate::source::scratch::Scratch;

/// Longest note, in characters. Four hours of talk, which is the most that Aircall records, are about half of it.
const NOTE_CHARS_MAX: usize = 400_000;

/// Most texts of one call that are looked at.
const TEXTS_MAX: usize = 200;

/// The kinds of texts, in the order of the note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Kind {
    Summary,
    Topics,
    Sentiment,
    ActionItems,
    Transcription,
}

/// Names of events, wrappers and lists, and the kind of text that they hold.
const NAMES: &[(&str, Kind)] = &[
    ("transcription", Kind::Transcription),
    ("summary", Kind::Summary),
    ("summaries", Kind::Summary),
    ("topics", Kind::Topics),
    ("topic", Kind::Topics),
    ("sentiment", Kind::Sentiment),
    ("sentiments", Kind::Sentiment),
    ("action_item", Kind::ActionItems),
    ("action_items", Kind::ActionItems),
];

/// Who says a line of a transcription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Speaker {
    Customer,
    Machine,
    /// Aircall says neither.
    Somebody,
    Agent(Option<u64>),
}

/// A text about a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Insight {
    /// Aircall's id of the call.
    pub(super) call: u64,
    kind: Kind,
    voicemail: bool,
    /// Lines with their speakers, for a transcription.
    spoken: Vec<(Speaker, String)>,
    /// Texts, or number and value of a sentiment.
    lines: Vec<String>,
    /// The language that was spoken, as Aircall writes it.
    language: Option<String>,
    place: Place,
}

/// The kind of text in an event (`summary.created`) or a wrapper (`summary`) of this name.
pub(super) fn kind_named(name: &str) -> Option<Kind> {
    let name = name.split('.').next().unwrap_or_default();
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// The text in an object. Without a kind, its shape tells it.
pub(super) fn read(object: &Object<'_>, kind: Option<Kind>, place: &Place) -> Option<Insight> {
    let call = object.number("call_id")?;
    let kind = kind.or_else(|| kind_of(object))?;
    let mut insight = Insight {
        call,
        kind,
        voicemail: object.text("type").as_deref() == Some("voicemail"),
        spoken: Vec::new(),
        lines: Vec::new(),
        language: None,
        place: place.clone(),
    };
    match kind {
        Kind::Transcription => match object.object("content") {
            Some(content) => {
                insight.spoken = spoken(&content);
                insight.language = content.text("language");
            }
            None => insight.lines.extend(object.lines("content")),
        },
        Kind::Sentiment => insight.lines = sentiments(object),
        Kind::Summary | Kind::Topics | Kind::ActionItems => {
            insight.lines = contents(object);
        }
    }
    (!insight.spoken.is_empty() || !insight.lines.is_empty()).then_some(insight)
}

fn kind_of(object: &Object<'_>) -> Option<Kind> {
    if object.object("content").is_some_and(|content| !content.list("utterances").is_empty()) {
        Some(Kind::Transcription)
    } else if !object.list("participants").is_empty() {
        Some(Kind::Sentiment)
    } else if object.text("ai_generated").is_some() {
        Some(Kind::ActionItems)
    } else if !object.list("content").is_empty() {
        Some(Kind::Topics)
    } else {
        object.lines("content").map(|_| Kind::Summary)
    }
}

fn spoken(content: &Object<'_>) -> Vec<(Speaker, String)> {
    let read = |value: &Value| {
        let utterance = Object::of(value)?;
        let speaker = match utterance.text("participant_type").unwrap_or_default().as_str() {
            "internal" => Speaker::Agent(utterance.number("user_id")),
            "ai_voice_agent" => Speaker::Machine,
            "external" => Speaker::Customer,
            _ => Speaker::Somebody,
        };
        Some((speaker, utterance.text_of_any_length("text")?))
    };
    content.list("utterances").iter().filter_map(read).collect()
}

fn contents(object: &Object<'_>) -> Vec<String> {
    let list = object.list("content");
    if list.is_empty() {
        return object.lines("content").into_iter().collect();
    }
    let read = |value: &Value| match Object::of(value) {
        Some(item) => item.lines("content").or_else(|| item.lines("text")).or_else(|| item.lines("name")),
        None => value.as_str().and_then(super::text::comment),
    };
    list.iter().filter_map(read).collect()
}

/// Numbers and values, with a tab between.
fn sentiments(object: &Object<'_>) -> Vec<String> {
    let read = |value: &Value| {
        let participant = Object::of(value)?;
        Some(format!(
            "{}\t{}",
            participant.text("phone_number").unwrap_or_default(),
            participant.text("value")?
        ))
    };
    object.list("participants").iter().filter_map(read).collect()
}

/// Texts waiting for their calls.
pub(super) struct Insights {
    scratch: Scratch,
    any: bool,
}

impl Insights {
    /// An empty table in `temp_dir`.
    pub(super) fn new(temp_dir: &Path) -> Result<Self, SourceError> {
        let tables = "CREATE TABLE insight (call INTEGER, rank INTEGER, seq INTEGER PRIMARY KEY, body TEXT,
                                            used INTEGER NOT NULL DEFAULT 0);";
        Ok(Self { scratch: Scratch::new(temp_dir, "insights", tables)?, any: false })
    }

    /// Adds a text. `rank` is the time of its event; what was fetched through the API comes after all of them.
    pub(super) fn add(&mut self, insight: &Insight, rank: i64) -> Result<(), SourceError> {
        self.any = true;
        let insert = "INSERT INTO insight (call, rank, body) VALUES (?1, ?2, ?3)";
        let row = params![insight.call.cast_signed(), rank, to_json(insight)?];
        self.scratch.connection.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }

    /// Ends the adding.
    pub(super) fn settle(&self) -> Result<(), SourceError> {
        Ok(self.scratch.connection.execute_batch("CREATE INDEX by_call ON insight (call)")?)
    }

    /// The note about a call, if there is any text about it, and the language that was spoken, if one says so. The newest text
    /// of a kind counts; action items add up.
    pub(super) fn note(
        &self,
        id: u64,
        call: &Call,
        directory: &Directory,
    ) -> Result<Option<(String, Option<String>)>, SourceError> {
        if !self.any {
            return Ok(None);
        }
        let connection = &self.scratch.connection;
        let limit = i64::try_from(TEXTS_MAX).unwrap_or(i64::MAX);
        let order = "SELECT body FROM insight WHERE call = ?1 ORDER BY rank DESC, seq DESC LIMIT ?2";
        let mut statement = connection.prepare_cached(order)?;
        let mut rows = statement.query(params![id.cast_signed(), limit])?;
        let mut kept: Vec<Insight> = Vec::new();
        while let Some(row) = rows.next()? {
            let next: Insight = from_json(row, 0)?;
            match kept.iter_mut().find(|known| known.kind == next.kind && known.voicemail == next.voicemail) {
                Some(items) if items.kind == Kind::ActionItems => {
                    let new: Vec<_> =
                        next.lines.into_iter().filter(|line| !items.lines.contains(line)).collect();
                    items.lines.splice(0..0, new);
                }
                Some(_) => {}
                None => kept.push(next),
            }
        }
        if kept.is_empty() {
            return Ok(None);
        }
        connection
            .prepare_cached("UPDATE insight SET used = 1 WHERE call = ?1")?
            .execute([id.cast_signed()])?;
        kept.sort_by_key(|insight| (insight.kind, insight.voicemail));
        let parts: Vec<String> = kept.iter().map(|insight| words(insight, call, directory)).collect();
        let language = kept.into_iter().find_map(|insight| insight.language);
        let mut note: String = format!("Aircall AI\n{}", parts.join("\n"));
        if note.chars().count() > NOTE_CHARS_MAX {
            note = note.chars().take(NOTE_CHARS_MAX).chain("\n[cut off here]".chars()).collect();
        }
        Ok(Some((note, language)))
    }

    /// Hands out the texts of which no call was told: id of the call and place.
    pub(super) fn unused(
        &self,
        take: &mut dyn FnMut(u64, Place) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, SourceError> {
        let order = "SELECT body FROM insight WHERE used = 0 ORDER BY seq";
        let mut statement = self.scratch.connection.prepare(order)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let insight: Insight = from_json(row, 0)?;
            if take(insight.call, insight.place).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn words(insight: &Insight, call: &Call, directory: &Directory) -> String {
    let lines = || insight.lines.iter().map(String::as_str);
    match insight.kind {
        Kind::Summary => format!("Summary: {}", lines().collect::<Vec<_>>().join("\n")),
        Kind::Topics => format!("Topics: {}", lines().collect::<Vec<_>>().join(", ")),
        Kind::ActionItems => {
            format!(
                "Action items:\n{}",
                lines().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
            )
        }
        Kind::Sentiment => {
            let said = lines().filter_map(|line| line.split_once('\t')).map(|(number, value)| {
                let number = super::number::Number::read(number);
                let is_customer = number == call.customer;
                let who = if is_customer { "Customer" } else { number.known().unwrap_or("Participant") };
                format!("{who} {}", value.to_lowercase())
            });
            format!("Sentiment: {}", said.collect::<Vec<_>>().join(", "))
        }
        Kind::Transcription => {
            let head = if insight.voicemail { "Transcription of the voicemail:" } else { "Transcription:" };
            let said = insight.spoken.iter().map(|(speaker, text)| match speaker {
                Speaker::Customer => format!("Customer: {text}"),
                Speaker::Machine => format!("AI voice agent: {text}"),
                Speaker::Somebody => format!("Participant: {text}"),
                Speaker::Agent(id) => {
                    let name = id.and_then(|id| directory.roster.name(id));
                    let name = name.or(call.agent.as_ref().map(|agent| agent.name.as_str()));
                    format!("{}: {text}", name.unwrap_or("Agent"))
                }
            });
            let all: Vec<String> =
                std::iter::once(head.to_owned()).chain(said).chain(insight.lines.iter().cloned()).collect();
            all.join("\n")
        }
    }
}
