//! `[mapping] tags`: new names of tags, tags that become one, and tags that are left out.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::TAG_MAX;
use super::sheet::{self, Meaning, Row, TableError};

/// The columns. `tickets` and `note` are for the reader's eyes.
pub const TAG_COLUMNS: [&str; 5] = ["tag", "tickets", "decision", "new_name", "note"];

/// What becomes of tags. A tag that is not listed is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagTable {
    file: PathBuf,
    changed: HashMap<String, (u64, Change)>,
}

/// What becomes of one tag.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    Rename(String),
    Drop,
}

impl TagTable {
    /// The name of `tag` in Gorgias; nothing if it is left out. A new name is not looked up again.
    pub fn name<'t>(&'t self, tag: &'t str) -> Option<&'t str> {
        match self.changed.get(tag) {
            None => Some(tag),
            Some((_, Change::Rename(name))) => Some(name),
            Some((_, Change::Drop)) => None,
        }
    }

    /// The tags that are changed, with their lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&str, u64)> {
        self.changed.iter().map(|(tag, (line, _))| (tag.as_str(), *line))
    }

    /// The file that it was read from.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

/// Reads the table.
pub fn read_tags_csv(file: &Path) -> Result<TagTable, TableError> {
    let mut table = TagTable { file: file.to_owned(), changed: HashMap::new() };
    sheet::read(file, &TAG_COLUMNS, &mut |row| {
        if let Some(change) = change(row)? {
            table.changed.insert(row.cell("tag").to_owned(), (row.line, change));
        }
        Ok(())
    })?;
    Ok(table)
}

/// What a row changes, if anything.
fn change(row: &Row<'_>) -> Meaning<Option<Change>> {
    let (tag, new_name) = (row.cell("tag"), row.cell("new_name"));
    let decision = row.cell("decision").to_ascii_lowercase();
    match (decision.as_str(), new_name) {
        // Whoever writes a new name means it.
        ("" | "keep", "") => Ok(None),
        ("" | "keep" | "rename" | "merge", new_name) if !new_name.is_empty() => {
            let length = new_name.chars().count();
            if length > TAG_MAX {
                return Err(format!(
                    "new_name has {length} characters; Gorgias takes {TAG_MAX}, so choose a shorter one"
                ));
            }
            Ok((new_name != tag).then(|| Change::Rename(new_name.to_owned())))
        }
        ("rename" | "merge", _) => Err(format!("{decision} needs a name in new_name")),
        ("drop", "") => Ok(Some(Change::Drop)),
        ("drop", _) => Err("drop and a new_name contradict each other; remove one of the two".to_owned()),
        (other, _) => Err(format!("decision cannot be `{other}`; write keep, rename or drop")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<TagTable, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tags.csv");
        std::fs::write(&file, content).unwrap();
        read_tags_csv(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn tags_are_renamed_joined_and_dropped() {
        let table = read(
            "tag,tickets,decision,new_name\nvip,9,keep,\nVIP,1,merge,vip\nold,3,drop,\nb,1,,bee\nvip_x,1,rename,VIP\n",
        )
        .unwrap();
        let names = ["vip", "VIP", "old", "b", "vip_x", "unlisted"].map(|tag| table.name(tag));
        assert_eq!(names, [Some("vip"), Some("vip"), None, Some("bee"), Some("VIP"), Some("unlisted")]);
    }

    #[test]
    fn what_is_wrong_is_named_by_line() {
        let long = "x".repeat(257);
        let text = format!("tag,decision,new_name\na,rename,\nb,drop,c\nd,delete,\ne,rename,{long}\n");
        let error = read(&text).unwrap_err();
        for words in [
            "line 2: rename needs a name in new_name",
            "line 3: drop and a new_name contradict",
            "line 4: decision cannot be `delete`; write keep, rename or drop",
            "line 5: new_name has 257 characters",
        ] {
            assert!(error.contains(words), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_starting_line_changes_nothing(tag in "[a-z_=+-]{1,20}") {
            let cell = crate::model::cell::guarded(&tag);
            let table = read(&format!("tag,tickets,decision,new_name,note\n{cell},4,keep,,\n")).unwrap();
            proptest::prop_assert_eq!(table.name(&tag), Some(tag.as_str()));
        }
    }
}
