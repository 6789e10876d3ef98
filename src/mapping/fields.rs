//! Custom fields of a conversation: meta data, tags, or custom fields of Gorgias.
//!
//! Gorgias takes `custom_fields: [{id, value}]` in the call that creates a ticket (its schema, 2026-06; no recording
//! shows a request). It has text, dropdown, number and boolean fields, and no dates or fields of several choices. What
//! does not fit stays as meta data, because a wrong value would cost the whole ticket.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fields_csv::{FieldDecision, FieldName};
use super::people::AgentDirectory;
use super::rules::{Rules, TicketNumber};
use crate::model::conversation::{Conversation, Field, FieldValue};
use crate::model::finding::{Code, Finding};

/// Between which numbers a value has to be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// The least that is taken.
    pub min: Option<f64>,
    /// The most that is taken.
    pub max: Option<f64>,
}

impl Bounds {
    fn hold(self, number: f64) -> bool {
        self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max)
    }
}

/// What a custom field of the account takes.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldType {
    /// Any text.
    Text,
    /// One of these texts; levels are written `A::B::C`.
    Choice(Vec<String>),
    /// A number.
    Number(Bounds),
    /// Yes or no.
    Flag,
    /// Something that this version does not know; nothing is written to it.
    Other,
}

/// A custom field of the account's tickets.
#[derive(Clone, Debug, PartialEq)]
pub struct GorgiasField {
    /// Id of its definition.
    pub id: u64,
    /// What agents see.
    pub label: String,
    /// What it takes.
    pub takes: FieldType,
}

impl GorgiasField {
    /// The one that is meant; nothing if there is none, or several of that label.
    pub fn named<'f>(fields: &'f [Self], name: &FieldName) -> Option<&'f Self> {
        let mut found = fields.iter().filter(|field| match name {
            FieldName::Id(id) => field.id == *id,
            FieldName::Label(label) => field.label.trim().to_lowercase() == label.to_lowercase(),
        });
        found.next().filter(|_| found.next().is_none())
    }

    /// `value` as this field takes it; nothing where it does not fit.
    pub fn value(&self, value: &FieldValue) -> Option<Value> {
        match (&self.takes, value) {
            (FieldType::Text, FieldValue::Text(text)) => Some(json!(text)),
            (FieldType::Text, FieldValue::Number(number)) => Some(json!(number.to_string())),
            (FieldType::Text, FieldValue::Flag(flag)) => Some(json!(if *flag { "yes" } else { "no" })),
            (FieldType::Choice(choices), FieldValue::Text(text)) => chosen(choices, text),
            (FieldType::Choice(choices), FieldValue::Flag(flag)) => {
                chosen(choices, if *flag { "yes" } else { "no" })
            }
            (FieldType::Number(bounds), FieldValue::Number(number)) => {
                bounds.hold(*number).then(|| plain(*number))
            }
            (FieldType::Number(bounds), FieldValue::Text(text)) => {
                let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                number.filter(|number| bounds.hold(*number)).map(plain)
            }
            (FieldType::Flag, FieldValue::Flag(flag)) => Some(json!(flag)),
            (FieldType::Flag, FieldValue::Text(text)) => match text.trim().to_lowercase().as_str() {
                "true" | "yes" => Some(json!(true)),
                "false" | "no" => Some(json!(false)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A number without a needless fraction.
fn plain(number: f64) -> Value {
    /// From here on not every whole number can be told from its neighbours.
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < WHOLE_MAX {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2^53")]
        return json!(number as i64);
    }
    json!(number)
}

/// The choice that `text` means: the same text, else the only one that is the same but for case and separators, which
/// is how Zendesk writes the values of its dropdowns (`size__large` for `Size::Large`).
fn chosen(choices: &[String], text: &str) -> Option<Value> {
    if choices.iter().any(|choice| choice == text) {
        return Some(json!(text));
    }
    let bare = |text: &str| {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
    };
    let wanted = bare(text);
    let mut alike = choices.iter().filter(|choice| bare(choice) == wanted);
    alike.next().filter(|_| alike.next().is_none()).map(|choice| json!(choice))
}

/// Where the fields of a conversation go.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// Values for Gorgias's fields, by id.
    pub(super) custom: Vec<(u64, Value)>,
    /// Further tags.
    pub(super) tags: Vec<String>,
}

impl Placed {
    /// The ticket's old number in the field that the config names for it. That there is one is looked at before anything
    /// is sent; a value that a decision puts there comes first.
    pub(super) fn number(&mut self, conversation: &Conversation, rules: &Rules, directory: &AgentDirectory) {
        let TicketNumber::Field(name) = &rules.number else { return };
        let number = FieldValue::Text(conversation.key.id().to_owned());
        let target = GorgiasField::named(directory.fields(), name)
            .filter(|target| self.custom.iter().all(|(id, _)| *id != target.id));
        self.custom.extend(target.and_then(|target| Some((target.id, target.value(&number)?))));
    }
}

/// Places the fields of `conversation`; what stays goes into `meta`.
pub(super) fn place(
    conversation: &Conversation,
    rules: &Rules,
    directory: &AgentDirectory,
    meta: &mut BTreeMap<String, Value>,
    findings: &mut Vec<Finding>,
) -> Placed {
    let mut placed = Placed::default();
    let mut kept = serde_json::Map::new();
    let mut unfit = Vec::new();
    for field in &conversation.fields {
        match rules.fields.decision(conversation.key.source(), &field.id) {
            FieldDecision::Drop => {}
            FieldDecision::Meta => keep(field, &mut kept),
            FieldDecision::Auto => match of_title(field, directory, &placed) {
                Titled::Fits(value) => placed.custom.push(value),
                Titled::Unfit => {
                    unfit.push(field.title.as_deref().unwrap_or(&field.id));
                    keep(field, &mut kept);
                }
                Titled::None => keep(field, &mut kept),
            },
            FieldDecision::Tag(prefix) => placed.tags.extend(tags(prefix, &field.value)),
            // Which fields there are is not known offline; `run` looks before it sends anything.
            FieldDecision::Field(_) if !directory.is_known() => {}
            // Gorgias has no field of several choices.
            FieldDecision::Field(_) if matches!(field.value, FieldValue::Choices(_)) => {
                placed.tags.extend(tags("", &field.value));
            }
            FieldDecision::Field(name) => {
                let target = GorgiasField::named(directory.fields(), name)
                    .filter(|target| placed.custom.iter().all(|(id, _)| *id != target.id));
                let value = target.and_then(|target| Some((target.id, target.value(&field.value)?)));
                if let Some(value) = value {
                    placed.custom.push(value);
                } else {
                    unfit.push(field.title.as_deref().unwrap_or(&field.id));
                    keep(field, &mut kept);
                }
            }
        }
    }
    if !unfit.is_empty() {
        let finding = Finding::new(Code::FieldUnfit, &conversation.key, &conversation.place);
        findings.push(finding.with_detail(unfit.join(", ")));
    }
    if !kept.is_empty() {
        meta.insert("custom_fields".to_owned(), Value::Object(kept));
        findings.push(Finding::new(Code::FieldsInMeta, &conversation.key, &conversation.place));
    }
    placed
}

/// What the account's field of the same title makes of a field.
enum Titled {
    Fits((u64, Value)),
    Unfit,
    None,
}

/// The title of a field, where it has one.
pub(super) fn title_of(field: &Field) -> Option<&str> {
    field.title.as_deref().map(str::trim).filter(|title| !title.is_empty())
}

/// Looks for the one field whose label is the title of `field`. Several choices are no value of any field; they are
/// tags in the old help desk already.
fn of_title(field: &Field, directory: &AgentDirectory, placed: &Placed) -> Titled {
    let target = title_of(field)
        .and_then(|title| GorgiasField::named(directory.fields(), &FieldName::Label(title.to_owned())))
        .filter(|target| target.takes != FieldType::Other)
        .filter(|target| placed.custom.iter().all(|(id, _)| *id != target.id));
    match (target, &field.value) {
        (None, _) | (_, FieldValue::Choices(_)) => Titled::None,
        (Some(target), value) => {
            target.value(value).map_or(Titled::Unfit, |value| Titled::Fits((target.id, value)))
        }
    }
}

fn keep(field: &Field, kept: &mut serde_json::Map<String, Value>) {
    let value = match &field.value {
        FieldValue::Text(text) => json!(text),
        FieldValue::Number(number) => json!(number),
        FieldValue::Flag(on) => json!(on),
        FieldValue::Choices(choices) => json!(choices),
    };
    kept.insert(field.title.clone().unwrap_or_else(|| field.id.clone()), value);
}

/// The values as tags. A checkbox that is not ticked gives none, and one that is ticked gives the prefix alone.
fn tags(prefix: &str, value: &FieldValue) -> Vec<String> {
    match value {
        FieldValue::Text(text) => vec![format!("{prefix}{text}")],
        FieldValue::Number(number) => vec![format!("{prefix}{number}")],
        FieldValue::Flag(false) => Vec::new(),
        FieldValue::Flag(true) => {
            let name = prefix.trim_end_matches(|c: char| !c.is_alphanumeric());
            vec![if name.is_empty() { "yes".to_owned() } else { name.to_owned() }]
        }
        FieldValue::Choices(choices) => choices.iter().map(|choice| format!("{prefix}{choice}")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn field(takes: FieldType) -> GorgiasField {
        GorgiasField { id: 1, label: "Reason".into(), takes }
    }

    #[test]
    fn values_are_turned_into_what_the_field_takes() {
        let text = |text: &str| FieldValue::Text(text.into());
        let years = Bounds { min: Some(18.0), max: Some(100.0) };
        let choices = FieldType::Choice(vec!["Size::Large".into(), "Yes".into(), "a-b".into(), "a b".into()]);
        for (takes, value, expected) in [
            (FieldType::Text, text("XL"), Some(json!("XL"))),
            (FieldType::Text, FieldValue::Number(2.0), Some(json!("2"))),
            (FieldType::Text, FieldValue::Choices(vec!["a".into()]), None),
            (FieldType::Number(Bounds::default()), FieldValue::Number(2.0), Some(json!(2))),
            (FieldType::Number(Bounds::default()), text("12.5"), Some(json!(12.5))),
            (FieldType::Number(Bounds::default()), text("inf"), None),
            (FieldType::Number(Bounds::default()), text("twelve"), None),
            (FieldType::Number(years), FieldValue::Number(17.0), None),
            (FieldType::Number(years), text("18"), Some(json!(18))),
            (FieldType::Number(years), text("100.5"), None),
            (FieldType::Flag, FieldValue::Flag(false), Some(json!(false))),
            (FieldType::Flag, text("Yes"), Some(json!(true))),
            (FieldType::Flag, text("perhaps"), None),
            (choices.clone(), text("size__large"), Some(json!("Size::Large"))),
            (choices.clone(), FieldValue::Flag(true), Some(json!("Yes"))),
            (choices.clone(), text("a-b"), Some(json!("a-b"))),
            (choices.clone(), text("a_b"), None),
            (choices, text("other"), None),
            (FieldType::Other, text("x"), None),
        ] {
            assert_eq!(field(takes.clone()).value(&value), expected, "{takes:?} {value:?}");
        }
    }

    #[test]
    fn a_label_that_two_fields_share_names_neither() {
        let mut fields = vec![field(FieldType::Text), GorgiasField { id: 2, ..field(FieldType::Text) }];
        assert_eq!(GorgiasField::named(&fields, &FieldName::Label("Reason".into())), None);
        fields[1].label = "Size".into();
        assert_eq!(GorgiasField::named(&fields, &FieldName::Label("reason".into())).unwrap().id, 1);
        assert_eq!(GorgiasField::named(&fields, &FieldName::Id(2)).unwrap().label, "Size");
    }

    proptest! {
        #[test]
        fn a_dropdown_gets_nothing_but_its_choices(text in "\\PC{0,12}", choices in prop::collection::vec("[A-Ca-c:_ ]{1,5}", 0..6)) {
            let field = field(FieldType::Choice(choices.clone()));
            if let Some(value) = field.value(&FieldValue::Text(text)) {
                prop_assert!(choices.iter().any(|choice| value == json!(choice)));
            }
        }
    }
}
