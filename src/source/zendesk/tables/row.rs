//! One row to one object.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::super::loose::Flag;
use super::super::pipeline::Told;
use super::super::translate::{self, Fault, Field, Rules, Take, Translated, What, custom, put, value};
use super::layout::Layout;
use super::shapes::{Shape, Special};
use crate::model::finding::{Code, Finding, Place};
use crate::source::input::csv::Row;
use crate::source::input::records::Position;

/// Most labels and columns told of one file. More than that is not a file in another language but another file.
const TOLD_MAX: usize = 100;

/// Reads the rows of one table.
pub(super) struct Reader<'r> {
    name: &'r Arc<str>,
    layout: &'r Layout,
    rules: &'r Rules,
    /// Labels and columns that were told, so that each is told once.
    told: HashSet<(&'static str, String)>,
    assumed: bool,
}

/// Cells of a row by the names of their columns.
#[derive(Clone, Copy)]
struct Cells<'c> {
    row: &'c Row<'c>,
    layout: &'c Layout,
}

impl Cells<'_> {
    fn named(&self, name: &str) -> &str {
        self.layout.column(name).and_then(|index| self.row.cells.get(index)).unwrap_or_default()
    }

    fn is_set(&self, name: &str) -> bool {
        Flag::parse(self.named(name)).is_set()
    }

    /// The best column of a field that says something.
    fn of(&self, indices: &[usize]) -> &str {
        let cells = indices.iter().filter_map(|index| self.row.cells.get(*index));
        cells.into_iter().find(|cell| !cell.trim().is_empty()).unwrap_or_default()
    }
}

impl<'r> Reader<'r> {
    pub(super) fn new(name: &'r Arc<str>, layout: &'r Layout, rules: &'r Rules) -> Self {
        Self { name, layout, rules, told: HashSet::new(), assumed: false }
    }

    /// Reads a row.
    pub(super) fn row(&mut self, row: &Row<'_>, take: &mut Take<'_>) -> ControlFlow<()> {
        let place = Place::new(self.name, row.line, row.byte);
        if row.assumed_encoding && !std::mem::replace(&mut self.assumed, true) {
            take(Translated::Told(Finding::at(Code::AssumedEncoding, &place), Told::Remark))?;
        }
        let layout = self.layout;
        let Some(shape) = layout.shape else {
            let finding = Finding::at(Code::UnknownRecord, &place).with_detail(layout.signature());
            return take(Translated::Told(finding, Told::LeftOut));
        };
        if let Some(why) = row.misfit(self.layout.width) {
            let finding = Finding::at(Code::UnreadableRow, &place).with_detail(why);
            return take(Translated::Told(finding, Told::Unreadable));
        }
        if shape.special == Special::Aside {
            return ControlFlow::Continue(());
        }
        let cells = Cells { row, layout };
        let mut object = Map::new();
        for (field, indices) in &layout.columns {
            let cell = cells.of(indices);
            match value(field.what, cell, self.rules) {
                Ok(value) => put(&mut object, field.path, value),
                Err(Fault::BadId) if field.what == What::OwnId => {
                    let finding = Finding::at(Code::BadId, &place.at_field(field.names[0]));
                    return take(Translated::Told(finding, Told::LeftOut));
                }
                Err(fault) => self.tell(fault, field, cell, &place, take)?,
            }
        }
        self.fields(&mut object, &cells);
        let is = special(shape, &mut object, &cells);
        let at = Position { line: row.line, byte: row.byte };
        take(Translated::Object { json: translate::json(&object), at, is })
    }

    /// The custom fields that have columns.
    fn fields(&self, object: &mut Map<String, Value>, cells: &Cells<'_>) {
        let fields = self.layout.custom.iter().filter_map(|column| {
            let value = custom(&column.suffix, cells.of(&[column.index]));
            (!value.is_null()).then(|| json!({ "id": column.id, "value": value }))
        });
        let fields: Vec<Value> = fields.collect();
        if !fields.is_empty() {
            put(object, "custom_fields", fields.into());
        }
    }

    /// Says that a cell gave no value: of ids every one, of labels and times each kind once.
    fn tell(
        &mut self,
        fault: Fault,
        field: &Field,
        cell: &str,
        place: &Place,
        take: &mut Take<'_>,
    ) -> ControlFlow<()> {
        let column = field.names[0];
        let (code, detail, once) = match fault {
            Fault::BadId => (Code::DestroyedReference, String::new(), None),
            Fault::UnknownLabel => (Code::UnknownLabel, shown(cell), Some(shown(cell))),
            Fault::NoZone => (Code::ZoneMissing, String::new(), Some(String::new())),
            Fault::BadTime => (Code::UnknownLabel, "a time".to_owned(), Some(String::new())),
        };
        if let Some(once) = once
            && (self.told.len() >= TOLD_MAX || !self.told.insert((column, once)))
        {
            return ControlFlow::Continue(());
        }
        let finding = Finding::at(code, &place.at_field(column)).with_detail(detail);
        take(Translated::Told(finding, Told::Remark))
    }
}

/// What the columns alone do not say. Returns what the object is.
fn special(shape: &Shape, object: &mut Map<String, Value>, cells: &Cells<'_>) -> &'static str {
    match shape.special {
        Special::CommentFlags => {
            let flags = [("voice_comment", "VoiceComment"), ("facebook_comment", "FacebookComment")];
            let kind = flags.iter().find(|(flag, _)| cells.is_set(flag)).map_or("Comment", |(_, kind)| kind);
            put(object, "type", kind.into());
        }
        Special::Agents => {
            put(object, "role", "agent".into());
            put(object, "active", (!cells.is_set("suspended")).into());
        }
        Special::TitledColumns => {
            // Names without an id belong to nobody: people are never known by their names.
            match object.get("requester_id").cloned() {
                Some(id) => put(object, "requester/id", id),
                None => drop(object.remove("requester")),
            }
        }
        Special::ChatEvent => {
            let item = Value::Object(std::mem::take(object));
            let chat = item["chat_id"].clone();
            put(object, "created_at", item["created_at"].clone());
            let event =
                json!({ "type": "ChatStartedEvent", "value": { "chat_id": chat }, "history": [item] });
            put(object, "events", json!([event]));
            put(object, "chat_id", chat);
        }
        Special::ByAddress if cells.named("url").contains("/organizations/") => {
            return translate::ORGANIZATION;
        }
        Special::None | Special::CustomColumns | Special::Aside | Special::ByAddress => {}
    }
    shape.is
}

/// A label, as far as it can be shown: labels are words of the account's language, but a shifted column may hold anything.
fn shown(cell: &str) -> String {
    let cell = cell.trim();
    let is_word = cell.chars().count() <= 24 && cell.chars().all(|c| c.is_alphabetic() || " -".contains(c));
    if is_word { cell.to_owned() } else { "not a word".to_owned() }
}
