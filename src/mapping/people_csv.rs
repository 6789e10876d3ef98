//! `[mapping] people`: which Gorgias user or customer a person of the export is.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::sheet::{self, Meaning, Row, TableError};
use crate::model::key::PersonKey;
use crate::model::person::Email;

/// The columns. `role`, `name`, `email`, `messages`, `tickets` and `note` are for the reader's eyes.
pub const PEOPLE_COLUMNS: [&str; 9] =
    ["key", "role", "name", "email", "messages", "tickets", "decision", "gorgias_email", "note"];

/// What was decided about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonDecision {
    /// As without the table, but that this address is looked for first.
    Try(Email),
    /// The Gorgias user with this address, who must exist.
    User(Email),
    /// Whoever stands in for unknown agents, whether the person has a user or not.
    StandIn,
    /// The Gorgias customer with this address, for what the person did as a customer.
    Customer(Email),
    /// Tickets and messages of the person are left out.
    Skip,
}

/// The decisions about people. Whoever is not listed is treated as without the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleTable {
    file: PathBuf,
    decisions: HashMap<PersonKey, (u64, PersonDecision)>,
}

impl PeopleTable {
    /// What was decided about `person`.
    pub fn decision(&self, person: &PersonKey) -> Option<&PersonDecision> {
        self.decisions.get(person).map(|(_, decision)| decision)
    }

    /// True if what `person` did is left out.
    pub fn skips(&self, person: &PersonKey) -> bool {
        self.decision(person) == Some(&PersonDecision::Skip)
    }

    /// Everybody whose records are left out, in order. What is read depends on them.
    pub fn skipped(&self) -> Vec<&PersonKey> {
        let mut skipped: Vec<&PersonKey> = self.decisions.keys().filter(|key| self.skips(key)).collect();
        skipped.sort();
        skipped
    }

    /// The Gorgias users that must exist, with the line that wants each, in the order of the lines.
    pub fn users_wanted(&self) -> Vec<(u64, &Email)> {
        let wanted = self.decisions.values().filter_map(|(line, decision)| match decision {
            PersonDecision::User(email) => Some((*line, email)),
            _ => None,
        });
        let mut wanted: Vec<_> = wanted.collect();
        wanted.sort_by_key(|(line, _)| *line);
        wanted
    }

    /// Everybody of whom something was decided, with the line.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&str, u64)> {
        self.decisions.iter().map(|(key, (line, _))| (key.as_str(), *line))
    }

    /// A hash of all decisions.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        let decisions: BTreeMap<_, _> = self.decisions.iter().map(|(key, (_, what))| (key, what)).collect();
        *blake3::hash(format!("{decisions:?}").as_bytes()).as_bytes()
    }

    /// The file that it was read from.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

/// Reads the table. `sources` are the names of the config's sources: a key of any other is a mistake.
pub fn read_people_csv(file: &Path, sources: &[&str]) -> Result<PeopleTable, TableError> {
    let mut table = PeopleTable { file: file.to_owned(), decisions: HashMap::new() };
    sheet::read(file, &PEOPLE_COLUMNS, &mut |row| {
        // Neither keys nor addresses are shown: a key may hold a telephone number.
        let key = PersonKey::parse(row.cell("key"))
            .map_err(|_| "key is not that of a person, such as zendesk:user:9001".to_owned())?;
        if !sources.contains(&key.source()) {
            return Err(format!(
                "`{}` is not a source of migration.toml; its sources are {}",
                key.source(),
                sources.join(", ")
            ));
        }
        if let Some(decision) = decision(row)? {
            table.decisions.insert(key, (row.line, decision));
        }
        Ok(())
    })?;
    Ok(table)
}

fn decision(row: &Row<'_>) -> Meaning<Option<PersonDecision>> {
    let written = row.cell("gorgias_email");
    let email = match (written, Email::parse(written)) {
        ("", _) => None,
        (_, Some(email)) => Some(email),
        _ => return Err("gorgias_email is not an email address".to_owned()),
    };
    let decision = row.cell("decision").to_ascii_lowercase();
    let needed = |what: &str| format!("{decision} needs the address of the Gorgias {what} in gorgias_email");
    match decision.as_str() {
        "" | "auto" => Ok(email.map(PersonDecision::Try)),
        "user" => email.map(|email| Some(PersonDecision::User(email))).ok_or_else(|| needed("user")),
        "customer" => {
            email.map(|email| Some(PersonDecision::Customer(email))).ok_or_else(|| needed("customer"))
        }
        "stand-in" => Ok(Some(PersonDecision::StandIn)),
        "skip" => Ok(Some(PersonDecision::Skip)),
        other => Err(format!("decision cannot be `{other}`; write auto, user, customer, stand-in or skip")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<PeopleTable, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("people.csv");
        std::fs::write(&file, content).unwrap();
        read_people_csv(&file, &["zendesk", "aircall"]).map_err(|error| error.to_string())
    }

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    #[test]
    fn decisions_are_read() {
        let table = read(
            "key,decision,gorgias_email\nzendesk:user:1,auto,\nzendesk:user:2,auto,b@x.example\n\
             aircall:agent:ana perez,user,ana@x.example\nzendesk:user:4,stand-in,\nzendesk:user:5,SKIP,\n\
             aircall:caller:anonymous,customer,callers@x.example\n",
        )
        .unwrap();
        let of = |key: &str| table.decision(&PersonKey::parse(key).unwrap()).cloned();
        assert_eq!(of("zendesk:user:1"), None);
        assert_eq!(of("zendesk:user:2"), Some(PersonDecision::Try(email("b@x.example"))));
        assert_eq!(of("aircall:agent:ana perez"), Some(PersonDecision::User(email("ana@x.example"))));
        assert_eq!(of("zendesk:user:4"), Some(PersonDecision::StandIn));
        assert_eq!(
            of("aircall:caller:anonymous"),
            Some(PersonDecision::Customer(email("callers@x.example")))
        );
        assert_eq!(table.skipped(), [&PersonKey::parse("zendesk:user:5").unwrap()]);
        assert_eq!(table.users_wanted(), [(4, &email("ana@x.example"))]);
    }

    #[test]
    fn what_is_wrong_is_named_by_line() {
        let error = read(
            "key,decision,gorgias_email\nKim,auto,\nzendesk2:user:1,auto,\nzendesk:user:1,user,\n\
             zendesk:user:2,agent,\nzendesk:user:3,user,kim at example\n",
        )
        .unwrap_err();
        for words in [
            "line 2: key is not that of a person",
            "line 3: `zendesk2` is not a source of migration.toml; its sources are zendesk, aircall",
            "line 4: user needs the address of the Gorgias user in gorgias_email",
            "line 5: decision cannot be `agent`; write auto, user, customer, stand-in or skip",
            "line 6: gorgias_email is not an email address",
        ] {
            assert!(error.contains(words), "{error}");
        }
    }
}
