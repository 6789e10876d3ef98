//! `[mapping] fields`: where the custom fields of the export go.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::sheet::{self, Meaning, Row, TableError};

/// The columns. `title`, `kind`, `tickets`, `examples` and `note` are for the reader's eyes.
pub const FIELD_COLUMNS: [&str; 9] =
    ["field", "title", "kind", "tickets", "examples", "decision", "gorgias_field", "tag_prefix", "note"];

/// Longest prefix of a tag, in characters: there must be room for the value.
const PREFIX_MAX: usize = 100;

/// A custom field of the account, as people name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldName {
    /// By the id of its definition.
    Id(u64),
    /// By its label.
    Label(String),
}

impl FieldName {
    /// As people write it: a number is an id.
    pub fn written(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Label(text.to_owned()), Self::Id)
    }
}

/// What becomes of a custom field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldDecision {
    /// It becomes the custom field of Gorgias whose label is its title, if there is one that takes its value; else it
    /// stays as meta data. The default.
    Auto,
    /// It stays with the ticket as meta data.
    Meta,
    /// Its values become tags, behind this prefix.
    Tag(String),
    /// It becomes a custom field of Gorgias.
    Field(FieldName),
    /// It is left out.
    Drop,
}

/// The decisions about custom fields. A field that is not listed goes by its title.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldTable {
    file: PathBuf,
    decisions: HashMap<String, (u64, FieldDecision)>,
}

impl FieldTable {
    /// What becomes of the field `id` of the source `source`.
    pub fn decision(&self, source: &str, id: &str) -> &FieldDecision {
        if self.decisions.is_empty() {
            return &FieldDecision::Auto;
        }
        self.decisions.get(&field_key(source, id)).map_or(&FieldDecision::Auto, |(_, decision)| decision)
    }

    /// The Gorgias fields that must exist, with the line that wants each, in the order of the lines.
    pub fn fields_wanted(&self) -> Vec<(u64, &FieldName)> {
        let wanted = self.decisions.values().filter_map(|(line, decision)| match decision {
            FieldDecision::Field(name) => Some((*line, name)),
            _ => None,
        });
        let mut wanted: Vec<_> = wanted.collect();
        wanted.sort_by_key(|(line, _)| *line);
        wanted
    }

    /// The fields, with their lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&str, u64)> {
        self.decisions.iter().map(|(field, (line, _))| (field.as_str(), *line))
    }

    /// The file that it was read from.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

/// How the table names a field. A bare id would be rounded by a spreadsheet.
pub fn field_key(source: &str, id: &str) -> String {
    format!("{source}:field:{id}")
}

/// Reads the table. `sources` are the names of the config's sources.
pub fn read_fields_csv(file: &Path, sources: &[&str]) -> Result<FieldTable, TableError> {
    let mut table = FieldTable { file: file.to_owned(), decisions: HashMap::new() };
    sheet::read(file, &FIELD_COLUMNS, &mut |row| {
        let field = row.cell("field");
        let known = match field.split_once(":field:") {
            Some((source, id)) if !id.is_empty() => sources.contains(&source),
            _ => return Err(format!("`{field}` is not a field of an export, such as zendesk:field:360001")),
        };
        if !known {
            return Err(format!(
                "`{field}` is of no source of migration.toml; its sources are {}",
                sources.join(", ")
            ));
        }
        table.decisions.insert(field.to_owned(), (row.line, decision(row)?));
        Ok(())
    })?;
    Ok(table)
}

fn decision(row: &Row<'_>) -> Meaning<FieldDecision> {
    let (wanted, prefix) = (row.cell("gorgias_field"), row.cell("tag_prefix"));
    let decision = row.cell("decision").to_ascii_lowercase();
    if !wanted.is_empty() && decision != "field" {
        return Err("gorgias_field is filled in; write field as the decision, or empty the cell".to_owned());
    }
    if !prefix.is_empty() && decision != "tag" {
        return Err("tag_prefix is filled in; write tag as the decision, or empty the cell".to_owned());
    }
    match decision.as_str() {
        "" | "auto" => Ok(FieldDecision::Auto),
        "meta" => Ok(FieldDecision::Meta),
        "drop" => Ok(FieldDecision::Drop),
        "tag" if prefix.chars().count() > PREFIX_MAX => {
            Err(format!("tag_prefix is longer than {PREFIX_MAX} characters; choose a shorter one"))
        }
        "tag" => Ok(FieldDecision::Tag(prefix.to_owned())),
        "field" if wanted.is_empty() => {
            Err("field needs the id or the label of the Gorgias field in gorgias_field".to_owned())
        }
        "field" => Ok(FieldDecision::Field(FieldName::written(wanted))),
        other => Err(format!("decision cannot be `{other}`; write auto, meta, tag, field or drop")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<FieldTable, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fields.csv");
        std::fs::write(&file, content).unwrap();
        read_fields_csv(&file, &["zendesk"]).map_err(|error| error.to_string())
    }

    #[test]
    fn decisions_are_read() {
        let table = read(
            "field,decision,gorgias_field,tag_prefix\nzendesk:field:1,tag,,size-\nzendesk:field:2,field,319613,\n\
             zendesk:field:3,field,Contact reason,\nzendesk:field:4,drop,,\nzendesk:field:5,,,\n",
        )
        .unwrap();
        let of = |id| table.decision("zendesk", id).clone();
        assert_eq!(of("1"), FieldDecision::Tag("size-".into()));
        assert_eq!(of("2"), FieldDecision::Field(FieldName::Id(319_613)));
        assert_eq!(of("3"), FieldDecision::Field(FieldName::Label("Contact reason".into())));
        assert_eq!(
            [of("4"), of("5"), of("6")],
            [FieldDecision::Drop, FieldDecision::Auto, FieldDecision::Auto]
        );
        let lines: Vec<u64> = table.fields_wanted().into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [3, 4]);
    }

    #[test]
    fn what_is_wrong_is_named_by_line() {
        let error = read(
            "field,decision,gorgias_field,tag_prefix\n3.6E+14,meta,,\nother:field:1,meta,,\n\
             zendesk:field:1,field,,\nzendesk:field:2,meta,Size,\nzendesk:field:3,meta,,x-\nzendesk:field:4,note,,\n",
        )
        .unwrap_err();
        for words in [
            "line 2: `3.6E+14` is not a field of an export",
            "line 3: `other:field:1` is of no source of migration.toml",
            "line 4: field needs the id or the label",
            "line 5: gorgias_field is filled in",
            "line 6: tag_prefix is filled in",
            "line 7: decision cannot be `note`",
        ] {
            assert!(error.contains(words), "{error}");
        }
    }
}
