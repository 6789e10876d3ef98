//! What an importer must make of the fixtures, as the generator meant it: `expected.json`.
//!
//! Every fact here is stated where a message is invented, by the one who invents it. Nothing is read back from the
//! files, and no rule of the importer is run.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// Who speaks, to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Side {
    /// The customer; public.
    Customer,
    /// The shop; public.
    Agent,
    /// Agents only.
    Note,
}

/// One message to be imported.
#[derive(Clone, Serialize)]
pub(crate) struct Message {
    key: String,
    side: Side,
    channel: &'static str,
    sent_at: Timestamp,
    public: bool,
    from_agent: bool,
}

impl Message {
    /// A message; what follows from its side follows here.
    pub(crate) fn new(key: String, side: Side, channel: &'static str, sent_at: Timestamp) -> Self {
        Self { key, side, channel, sent_at, public: side != Side::Note, from_agent: side != Side::Customer }
    }

    /// When it was sent.
    pub(crate) fn sent_at(&self) -> Timestamp {
        self.sent_at
    }
}

/// One conversation to be imported, its messages in the order of time, those of one instant in the file's order.
#[derive(Clone, Serialize)]
pub(crate) struct Conversation {
    pub(crate) key: String,
    /// The source's word.
    pub(crate) status: &'static str,
    pub(crate) messages: Vec<Message>,
}

/// Everything about one source.
#[derive(Default)]
pub(crate) struct Source {
    /// Conversations to be imported.
    pub(crate) conversations: Vec<Conversation>,
    /// Distinct records left out on purpose, by reason.
    pub(crate) left_out: BTreeMap<&'static str, u64>,
    /// Further copies of records that are in the files twice.
    pub(crate) older_copies: u64,
    /// Lines that cannot be parsed.
    pub(crate) unreadable: u64,
    /// Lines that can be parsed once damaged characters are replaced.
    pub(crate) repaired: u64,
    /// Files listed with the messages.
    pub(crate) attachments: u64,
    /// Images in bodies that lie in the account's own store and are not listed with the message.
    pub(crate) inline_images: u64,
    /// Names of the odd cases, and the key of the record that shows each.
    pub(crate) cases: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Summary<'a> {
    tickets: usize,
    messages: usize,
    sides: BTreeMap<Side, u64>,
    channels: BTreeMap<&'static str, u64>,
    left_out: u64,
    left_out_by_reason: &'a BTreeMap<&'static str, u64>,
    older_copies: u64,
    unreadable: u64,
    repaired: u64,
    attachments: u64,
    inline_images: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    cases: &'a BTreeMap<&'static str, String>,
}

impl Source {
    fn summary(&self) -> Summary<'_> {
        let messages: Vec<&Message> = self.conversations.iter().flat_map(|c| &c.messages).collect();
        let mut sides = BTreeMap::new();
        let mut channels = BTreeMap::new();
        for message in &messages {
            *sides.entry(message.side).or_default() += 1;
            *channels.entry(message.channel).or_default() += 1;
        }
        Summary {
            tickets: self.conversations.len(),
            messages: messages.len(),
            sides,
            channels,
            left_out: self.left_out.values().sum(),
            left_out_by_reason: &self.left_out,
            older_copies: self.older_copies,
            unreadable: self.unreadable,
            repaired: self.repaired,
            attachments: self.attachments,
            inline_images: self.inline_images,
            first: messages.iter().map(|message| message.sent_at).min(),
            last: messages.iter().map(|message| message.sent_at).max(),
            cases: &self.cases,
        }
    }

    /// The source as JSON: the summary indented, one conversation a line so that a difference is one line too.
    fn json(&mut self) -> serde_json::Result<String> {
        self.conversations.sort_by(|a, b| a.key.cmp(&b.key));
        let summary = serde_json::to_string_pretty(&self.summary())?;
        let head = summary.trim_end().trim_end_matches('}').trim_end().replace('\n', "\n    ");
        let lines: Result<Vec<String>, _> = self.conversations.iter().map(serde_json::to_string).collect();
        let lines = lines?.join(",\n        ");
        Ok(format!("{head},\n      \"conversations\": [\n        {lines}\n      ]\n    }}"))
    }
}

/// The whole of `expected.json`.
pub(crate) fn expected(zendesk: &mut Source, aircall: &mut Source) -> serde_json::Result<String> {
    let (zendesk, aircall) = (zendesk.json()?, aircall.json()?);
    let text = format!(
        "{{\n  \"v\": 1,\n  \"sources\": {{\n    \"aircall\": {aircall},\n    \"zendesk\": {zendesk}\n  }}\n}}\n"
    );
    // Put together by hand, so make sure that it is JSON at all.
    serde_json::from_str::<Value>(&text)?;
    Ok(text)
}
