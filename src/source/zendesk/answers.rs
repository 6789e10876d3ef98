//! Forms of a chat (reference 3.5): what was asked, and what the customer put in.

use serde::Deserialize;

use super::loose::{Loose, Many, Text};

/// A form, or the answer to one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Form<'a> {
    #[serde(borrow)]
    pub(super) fields: Many<Loose<Field<'a>>>,
}

/// A field: its label, and the answer under a key that depends on its type.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Field<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    label: Text<'a>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    email: Text<'a>,
    #[serde(borrow)]
    value: Text<'a>,
    #[serde(borrow)]
    select: Many<Loose<Choice<'a>>>,
}

/// What was chosen in a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    label: Text<'a>,
}

impl Field<'_> {
    fn asked(&self) -> &str {
        self.label.filled().or(self.name.filled()).unwrap_or_default().trim()
    }

    fn answer(&self) -> Option<String> {
        let written = [&self.text, &self.email, &self.value].into_iter().find_map(Text::filled);
        let chosen: Vec<&str> = self
            .select
            .objects()
            .filter_map(|choice| choice.label.filled().or(choice.name.filled()))
            .map(str::trim)
            .collect();
        let chosen = (!chosen.is_empty()).then(|| chosen.join(", "));
        written.map(|written| written.trim().to_owned()).or(chosen)
    }
}

/// What a message says that has `text` and the fields of a form: both, as far as the text does not name the answers
/// already. Of a form that nobody has filled in yet, what it asks for.
pub(super) fn said<'f, 'a: 'f>(
    text: Option<&str>,
    fields: impl Iterator<Item = &'f Field<'a>>,
) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let fields: Vec<(&str, Option<String>)> = fields.map(|field| (field.asked(), field.answer())).collect();
    let is_open = text.is_none() && fields.iter().all(|(_, answer)| answer.is_none());
    let line = |(asked, answer): (&str, Option<String>)| match answer {
        Some(answer) if text.is_some_and(|text| says(text, &answer)) => None,
        Some(answer) if asked.is_empty() => Some(answer),
        Some(answer) => Some(format!("{asked}: {answer}")),
        None => (is_open && !asked.is_empty()).then(|| asked.to_owned()),
    };
    let lines = fields.into_iter().filter_map(line);
    let lines: Vec<String> = text.map(str::to_owned).into_iter().chain(lines).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The text of a message that has `text` and the fields of a form, if what it says in all is more than that.
pub(super) fn beside_form(text: Option<&str>, said: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    (said != Some(text)).then(|| text.to_owned())
}

/// Whether a text says an answer already: as an item of its own or, if it is long enough to be no accident, as words.
fn says(text: &str, answer: &str) -> bool {
    const WORDS_CHARS_MIN: usize = 4;
    let is_long = answer.chars().count() >= WORDS_CHARS_MIN;
    text.match_indices(answer).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + answer.len()..]);
        let is_apart = !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        let (before, after) = (before.trim_end_matches(' '), after.trim_start_matches(' '));
        let is_end = |c: char| matches!(c, ',' | ';' | ':' | '\n' | '\r');
        let is_item = (before.is_empty() || before.ends_with(is_end))
            && (after.is_empty() || after.starts_with(is_end));
        is_apart && (is_long || is_item)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_lines_and_nothing_is_said_twice() {
        let form: Form<'_> = serde_json::from_str(
            r#"{"fields":[{"name":"email","label":"Email","email":"kim@example.com"},{"name":"order","text":" A-1 "},
            {"label":"Colour","select":[{"name":"r","label":"Red"},{"name":"blue"}]},{"label":"Phone","text":null},{"text":"x"}]}"#,
        )
        .unwrap();
        let whole = "Email: kim@example.com\norder: A-1\nColour: Red, blue\nx";
        assert_eq!(said(None, form.fields.objects()).as_deref(), Some(whole));
        assert_eq!(
            said(Some("Email: kim@example.com, A-1, x"), form.fields.objects()).as_deref(),
            Some("Email: kim@example.com, A-1, x\nColour: Red, blue")
        );
        let many: Form<'_> = serde_json::from_str(r#"{"fields":[{"name":"many","text":"1"}]}"#).unwrap();
        assert_eq!(
            said(Some("How many? (1-10)"), many.fields.objects()).as_deref(),
            Some("How many? (1-10)\nmany: 1"),
            "one is in ten by accident"
        );
        let open: Form<'_> =
            serde_json::from_str(r#"{"fields":[{"label":"Email"},{"name":"order"},{}]}"#).unwrap();
        assert_eq!(said(None, open.fields.objects()).as_deref(), Some("Email\norder"));
        assert_eq!(said(Some("Who are you?"), open.fields.objects()).as_deref(), Some("Who are you?"));
        assert_eq!(said(Some(" "), Form::default().fields.objects()), None);
    }
}
