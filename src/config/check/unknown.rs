//! Keys that nobody knows, found before anything else so that all of them are told at once.

use toml::de::{DeTable, DeValue};

use super::{Problems, suggestion};
use crate::config::keys::{self, SECTIONS, Section};

/// Words in a key that show that somebody wrote the secret itself into the file.
const SECRET_KEYS: &[(&str, &str)] = &[
    ("api_key", "api_key_file, api_key_command or GORGIAS_API_KEY"),
    ("apikey", "api_key_file, api_key_command or GORGIAS_API_KEY"),
    ("password", "api_key_file, api_key_command or GORGIAS_API_KEY"),
    ("access_token", "access_token_file, access_token_command or GORGIAS_ACCESS_TOKEN"),
    ("token", "access_token_file, access_token_command or GORGIAS_ACCESS_TOKEN"),
];

/// Notes every key of `text` that is not in the table, and what the TOML reader cannot read.
pub(super) fn check(text: &str, problems: &mut Problems<'_>) {
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => return problems.toml(&error),
    };
    for (name, value) in document.get_ref() {
        let Some(section) = keys::section(name.get_ref()) else {
            problems.at(&name.span(), unknown_section(name.get_ref()));
            continue;
        };
        match (section.repeated, value.get_ref()) {
            (false, DeValue::Table(table)) => check_keys(section, table, problems),
            (true, DeValue::Array(tables)) => {
                for table in tables.iter().filter_map(|entry| entry.get_ref().as_table()) {
                    check_keys(section, table, problems);
                }
            }
            (true, _) => {
                let message = format!("write [[{0}]] with two brackets, once for each {0}", section.name);
                problems.at(&name.span(), message);
            }
            (false, DeValue::Array(_)) => {
                let message = format!("[{}] can be there only once: write it with one bracket", section.name);
                problems.at(&name.span(), message);
            }
            (false, _) => {
                problems.at(&name.span(), format!("`{0}` is a section: write [{0}]", section.name));
            }
        }
    }
}

fn check_keys(section: &Section, table: &DeTable<'_>, problems: &mut Problems<'_>) {
    for name in table.keys() {
        if !section.keys.iter().any(|key| key.name == name.get_ref().as_ref()) {
            problems.at(&name.span(), unknown_key(section, name.get_ref()));
        }
    }
}

fn unknown_section(name: &str) -> String {
    let known: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
    match owner(name) {
        Some(section) => format!("`{name}` belongs in {}", bracketed(section)),
        None => format!("unknown section `{name}`; {}", suggestion(name, &known)),
    }
}

fn unknown_key(section: &Section, name: &str) -> String {
    let here = bracketed(section);
    if let Some((_, instead)) = SECRET_KEYS.iter().find(|(secret, _)| *secret == name) {
        return format!("`{name}` in {here}: secrets do not belong in this file; use {instead}");
    }
    let known: Vec<&str> = section.keys.iter().map(|key| key.name).collect();
    match owner(name) {
        Some(other) => format!("`{name}` does not belong in {here} but in {}", bracketed(other)),
        None => format!("unknown key `{name}` in {here}; {}", suggestion(name, &known)),
    }
}

/// The section that has the key `name`.
fn owner(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.keys.iter().any(|key| key.name == name))
}

fn bracketed(section: &Section) -> String {
    if section.repeated { format!("[[{}]]", section.name) } else { format!("[{}]", section.name) }
}
