//! The nearest right thing for a path that is not there.

use std::path::{Path, PathBuf};

use super::typed::{Typed, quoted};
use crate::text::nearest;

/// Entries of a folder that are looked at.
const ENTRIES_MAX: usize = 2_000;

/// What to do about a path that does not exist: the typed line with the nearest one, or where it was not typed the
/// question whether that was meant. Nothing where nothing is near.
pub(super) fn path(missing: &Path) -> Option<String> {
    let near = entry(missing)?;
    let (missing, near) = (missing.display().to_string(), near.display().to_string());
    Typed::now().corrected(&missing, &near).or_else(|| Some(format!("did you mean `{near}`?")))
}

/// The typed line in the folder that has this file, where it is not in this one: ledger and lists lie beside the config, so
/// naming it from here would begin a second migration.
pub(super) fn folder_with(file: &Path) -> Option<String> {
    let folder = folder_that_has(Path::new("."), file)?;
    Some(format!("cd {} && {}", quoted(&folder.to_string_lossy()), Typed::now().again()))
}

/// The folder above `here`, or the only one in it, that has a file of this name.
fn folder_that_has(here: &Path, file: &Path) -> Option<PathBuf> {
    // Where somebody named a folder, that one was meant.
    if file.components().count() != 1 {
        return None;
    }
    let above = ["..", "../.."].map(PathBuf::from);
    if let Some(folder) = above.into_iter().find(|folder| here.join(folder).join(file).is_file()) {
        return Some(folder);
    }
    let entries = std::fs::read_dir(here).ok()?.take(ENTRIES_MAX).filter_map(Result::ok);
    let mut having = entries.filter(|entry| entry.path().join(file).is_file());
    let only = having.next()?;
    having.next().is_none().then(|| only.file_name().into())
}

/// The entry of a path's folder with the nearest name; where the folder is not there either, the same for the folder.
fn entry(missing: &Path) -> Option<PathBuf> {
    let folder = missing.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return entry(folder);
    }
    let wanted = missing.file_name()?.to_str()?;
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let names: Vec<String> = entries
        .take(ENTRIES_MAX)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    let near = nearest(wanted, names.iter().map(String::as_str))?;
    Some(folder.map_or_else(|| near.into(), |folder| folder.join(near)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_entry_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("exports")).unwrap();
        std::fs::write(folder.path().join("exports/tickets.json"), "").unwrap();
        let said = |name: &str| {
            path(&folder.path().join(name)).map(|said| said.replace(folder.path().to_str().unwrap(), ""))
        };
        assert_eq!(said("exprts").as_deref(), Some("did you mean `/exports`?"));
        assert_eq!(said("exports/ticket.json").as_deref(), Some("did you mean `/exports/tickets.json`?"));
        assert_eq!(said("exprts/tickets.json").as_deref(), Some("did you mean `/exports`?"));
        assert_eq!(said("zzz"), None);
        assert_eq!(said("zzz/a"), None);
    }

    #[test]
    fn a_config_in_another_folder_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let (shop, deep) = (folder.path().join("shop"), folder.path().join("shop/a/b"));
        std::fs::create_dir_all(&deep).unwrap();
        let found = |here: &Path| {
            folder_that_has(here, Path::new("migration.toml")).map(|found| found.display().to_string())
        };
        assert_eq!(found(&deep), None);
        std::fs::write(shop.join("migration.toml"), "").unwrap();
        assert_eq!(found(&deep).as_deref(), Some("../.."));
        assert_eq!(found(&shop.join("a")).as_deref(), Some(".."));
        assert_eq!(found(folder.path()).as_deref(), Some("shop"));
        assert_eq!(folder_that_has(&deep, Path::new("other/migration.toml")), None);
        std::fs::create_dir(folder.path().join("other")).unwrap();
        std::fs::write(folder.path().join("other/migration.toml"), "").unwrap();
        assert_eq!(found(folder.path()), None, "which of two is not known");
    }
}
