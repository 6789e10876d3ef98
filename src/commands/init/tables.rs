//! The starting tables beside the config: people, tags and fields, a line each with its count and the best guess.
//!
//! They are made for spreadsheets: UTF-8 with a byte order mark, commas, lines as RFC 4180 ends them, no cell that runs
//! as a formula, and no id that would be taken for a number and rounded. As they are they change nothing, but that a tag
//! too long for Gorgias is cut instead of left out, and that an agent of whom only the name is known is looked for
//! under the address of the agent of the same name in another source.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::mapping::{FIELD_COLUMNS, PEOPLE_COLUMNS, TAG_COLUMNS, TAG_MAX};
use crate::model::cell::guarded;
use crate::model::person::Role;
use crate::report::{FieldKind, Listed, ListedField, ListedPerson};

/// What Excel needs to see that a file is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Examples of values that are shown of a field.
const EXAMPLES: usize = 4;

/// One of the tables, ready to be written.
#[derive(Debug)]
pub(super) struct Table {
    /// The key in `[mapping]`.
    pub(super) key: &'static str,
    /// Its name.
    pub(super) file: &'static str,
    /// Lines below the header.
    pub(super) lines: usize,
    /// What it is for, as a comment in the config.
    pub(super) meaning: &'static str,
    bytes: Vec<u8>,
}

/// The names that tables may have, whether there is something to list or not.
pub(super) const FILES: [&str; 3] = ["people.csv", "tags.csv", "fields.csv"];

impl Table {
    /// The tables that have lines.
    pub(super) fn all(listed: &Listed) -> Result<Vec<Self>, csv::Error> {
        let tables = [
            table(
                "people",
                FILES[0],
                "who is which Gorgias user or customer",
                &PEOPLE_COLUMNS,
                &people(&listed.people),
            )?,
            table(
                "tags",
                FILES[1],
                "new names of tags, and tags to leave out",
                &TAG_COLUMNS,
                &tags(&listed.tags),
            )?,
            table("fields", FILES[2], "where custom fields go", &FIELD_COLUMNS, &fields(&listed.fields))?,
        ];
        Ok(tables.into_iter().filter(|table| table.lines > 0).collect())
    }

    /// Where it is written: beside the config.
    pub(super) fn path(&self, config: &Path) -> PathBuf {
        beside(config, self.file)
    }

    /// Its content.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A file in the folder of the config.
pub(super) fn beside(config: &Path, file: &str) -> PathBuf {
    config.parent().unwrap_or_else(|| Path::new("")).join(file)
}

fn table<const N: usize>(
    key: &'static str,
    file: &'static str,
    meaning: &'static str,
    header: &[&str; N],
    rows: &[[String; N]],
) -> Result<Table, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| guarded(cell).into_owned()))?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(Table { key, file, lines: rows.len(), meaning, bytes })
}

/// Agents first. The address to look for is the person's own; a person without one gets that of the only other agent
/// of the same name, who is known from another source.
fn people(people: &[ListedPerson]) -> Vec<[String; 9]> {
    let mut by_name: HashMap<String, Option<&str>> = HashMap::new();
    for person in people.iter().filter(|person| person.role == Role::Agent) {
        if let (Some(name), Some(email)) = (&person.name, &person.email) {
            by_name
                .entry(name.to_lowercase())
                .and_modify(|other| {
                    *other = other.filter(|other| other.eq_ignore_ascii_case(email));
                })
                .or_insert(Some(email));
        }
    }
    let row = |person: &ListedPerson| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let name = person.name.as_deref().unwrap_or_default();
        let namesake = || by_name.get(&name.to_lowercase()).copied().flatten();
        let agent = person.role == Role::Agent;
        let (guess, note) = match (&person.email, agent) {
            (Some(email), true) => (email.as_str(), ""),
            (None, true) => match namesake() {
                Some(email) => (email, "address of the agent of the same name in another source"),
                None if name.is_empty() => ("", "neither name nor address is in the export"),
                None => ("", "no address in the export; looked for by name"),
            },
            _ => ("", "neither email address nor phone number; made with the key alone"),
        };
        [
            person.key.to_string(),
            if agent { "agent" } else { "customer" }.to_owned(),
            text(&person.name),
            text(&person.email),
            person.messages.to_string(),
            person.tickets.to_string(),
            "auto".to_owned(),
            guess.to_owned(),
            note.to_owned(),
        ]
    };
    people.iter().map(row).collect()
}

/// A tag that Gorgias would not take gets the beginning of its name.
fn tags(tags: &[(String, u64)]) -> Vec<[String; 5]> {
    let row = |(tag, tickets): &(String, u64)| {
        let (decision, new_name, note) = match tag.char_indices().nth(TAG_MAX) {
            None => ("keep", "", ""),
            Some((cut, _)) => ("rename", &tag[..cut], "longer than the 256 characters that Gorgias takes"),
        };
        [tag.clone(), tickets.to_string(), decision.into(), new_name.trim().into(), note.into()]
    };
    tags.iter().map(row).collect()
}

fn fields(fields: &[ListedField]) -> Vec<[String; 9]> {
    let row = |field: &ListedField| {
        let mut examples: Vec<&str> = field.values.iter().take(EXAMPLES).map(String::as_str).collect();
        if field.more_values || field.values.len() > EXAMPLES {
            examples.push("…");
        }
        let kind = match field.kind {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Flag => "checkbox",
            FieldKind::Choices => "several choices",
            FieldKind::Mixed => "mixed",
        };
        let note = match field.kind {
            FieldKind::Choices => "Gorgias has no field of several choices: tag or meta",
            _ if field.more_values => "",
            _ => "few values: tag or field would do",
        };
        [
            field.key.clone(),
            field.title.clone().unwrap_or_default(),
            kind.to_owned(),
            field.tickets.to_string(),
            examples.join(" | "),
            "auto".to_owned(),
            String::new(),
            String::new(),
            note.to_owned(),
        ]
    };
    fields.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::model::key::PersonKey;

    fn person(key: &str, role: Role, name: Option<&str>, email: Option<&str>) -> ListedPerson {
        ListedPerson {
            key: PersonKey::parse(key).unwrap(),
            role,
            name: name.map(str::to_owned),
            email: email.map(str::to_owned),
            messages: 7,
            tickets: 2,
        }
    }

    fn text(table: &Table) -> String {
        let bytes = table.bytes().strip_prefix(BYTE_ORDER_MARK).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap().replace("\r\n", "\n")
    }

    #[test]
    fn people_have_a_guess_and_no_formula() {
        let listed = Listed {
            people: vec![
                person("zendesk:user:1", Role::Agent, Some("Ana Perez"), Some("ana@acme.example")),
                person("aircall:agent:ana perez", Role::Agent, Some("ANA Perez"), None),
                person("aircall:agent:=1+1", Role::Agent, Some("=1+1, \"Ben\""), None),
                person("zendesk:user:5", Role::Customer, None, None),
            ],
            tags: vec![("vip".into(), 3), ("x".repeat(300), 1)],
            ..Listed::default()
        };
        let tables = Table::all(&listed).unwrap();
        assert_eq!(tables.iter().map(|table| table.file).collect::<Vec<_>>(), ["people.csv", "tags.csv"]);
        assert_snapshot!(text(&tables[0]), @r#"
        key,role,name,email,messages,tickets,decision,gorgias_email,note
        zendesk:user:1,agent,Ana Perez,ana@acme.example,7,2,auto,ana@acme.example,
        aircall:agent:ana perez,agent,ANA Perez,,7,2,auto,ana@acme.example,address of the agent of the same name in another source
        aircall:agent:=1+1,agent,"'=1+1, ""Ben""",,7,2,auto,,no address in the export; looked for by name
        zendesk:user:5,customer,,,7,2,auto,,neither email address nor phone number; made with the key alone
        "#);
        assert_eq!(text(&tables[1]).lines().nth(1), Some("vip,3,keep,,"));
        assert!(text(&tables[1]).contains(&format!("rename,{},longer", "x".repeat(256))));
    }
}
