//! An element of the export in memory, with what Rails writes around values.

/// An element: a name, and a text or parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    name: Box<str>,
    is_nil: bool,
    text: String,
    parts: Vec<Element>,
}

impl Element {
    /// An empty element. Names are kept with `_`, as the API writes them.
    pub(super) fn new(name: &str, is_nil: bool) -> Self {
        Self { name: name.replace('-', "_").into(), is_nil, ..Self::default() }
    }

    /// Its name, with `_`.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Adds to its text.
    pub(super) fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a part.
    pub(super) fn push(&mut self, part: Self) {
        self.parts.push(part);
    }

    /// Its parts.
    pub(super) fn parts(&self) -> &[Self] {
        &self.parts
    }

    /// The parts of the list `name`.
    pub(super) fn list(&self, name: &str) -> &[Self] {
        self.parts.iter().find(|part| *part.name == *name).map_or(&[], Self::parts)
    }

    /// The text of the first part that has one of `names`, the first of them that says something.
    pub(super) fn value(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            let said = |part: &&Self| *part.name == **name && !part.is_nil && part.parts.is_empty();
            self.parts.iter().find(said).map(|part| &*part.text).filter(|text| !text.is_empty())
        })
    }
}
