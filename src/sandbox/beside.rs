//! What somebody else knows of a ticket, shown beside it. The stand-in asks by external id and shows what it gets; what
//! it means it does not know.

/// How serious something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something is lost or wrong.
    Bad,
    /// Something is not as it was.
    Warn,
    /// Worth knowing.
    Info,
}

/// A kind of remark.
#[derive(Clone, Debug)]
pub struct RemarkKind {
    /// Its short name, by which pages filter.
    pub code: String,
    /// How serious.
    pub tone: Tone,
    /// A sentence.
    pub text: String,
    /// What to do about it.
    pub advice: String,
}

/// A remark on a ticket or on a message.
#[derive(Clone, Debug)]
pub struct Remark {
    /// External id of the ticket, or of a message in it.
    pub external_id: String,
    /// The code of its kind.
    pub code: String,
    /// What is special about this case; may be empty.
    pub detail: String,
}

/// A line of a panel.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A piece of text as it stands somewhere else.
#[derive(Clone, Debug)]
pub struct Section {
    /// What it is.
    pub title: String,
    /// A sentence on where it comes from.
    pub note: String,
    /// The text, shown as it is.
    pub text: String,
}

/// Everything that is known of a ticket beside what it holds itself.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The heading.
    pub title: String,
    /// Names and values.
    pub facts: Vec<Fact>,
    /// Texts.
    pub sections: Vec<Section>,
}

/// Who knows more of tickets. Asked on a thread that may block.
pub trait Beside: Send + Sync {
    /// What is known of the ticket with this external id; nothing where it is not known.
    fn panel(&self, external_id: &str) -> Option<Panel>;
}
