//! Files that somebody downloaded beside the records: attachments and recordings, known by their paths.
//!
//! They are never opened and never taken for records, whatever is in them: an attachment can be a zip of another
//! export. Layouts (reference 2.5): `…/attachments/{attachment id}/{file name}` and `…/recordings/{id}.mp3`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::source::SourceSpec;
use crate::source::input::InputFile;

/// Longest inner path of an archive that is taken: longer ones were shortened to be shown and cannot be opened again.
const INNER_MAX: usize = 199;

/// What a downloaded file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Of {
    /// The attachment with this id.
    Attachment(i64),
    /// The call, or the comment, with this id.
    Recording(i64),
}

/// What an entry of an archive belongs to, if its path says that it is no record; with the path of the entry. Of an
/// entry of an attached archive this is the archive.
pub(super) fn of_entry(name: &str) -> Option<(Of, &str)> {
    let (outer, inner) = name.split_once('!')?;
    let is_zip = |at: &usize| {
        Path::new(&inner[..*at]).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
    };
    let archives = inner.match_indices('!').map(|(at, _)| at).filter(is_zip);
    archives.chain([inner.len()]).find_map(|end| Some((of(&inner[..end])?, &name[..outer.len() + 1 + end])))
}

/// What a file belongs to, by its path below the export's folder.
fn of(path: &str) -> Option<Of> {
    let mut parts = path.rsplit(['/', '\\']);
    let name = parts.next().filter(|name| !name.is_empty())?;
    // An archive in an archive ends before its `!`.
    let folder = parts.next()?;
    let above = parts.next().and_then(|above| above.rsplit('!').next());
    if folder.rsplit('!').next() == Some("recordings") {
        let (stem, end) = name.split_once('.')?;
        return id(stem).filter(|_| !end.ends_with("json")).map(Of::Recording);
    }
    id(folder).filter(|_| above == Some("attachments")).map(Of::Attachment)
}

fn id(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// The downloaded files of an export.
#[derive(Debug, Default)]
pub(super) struct Attached(HashMap<Of, Box<str>>);

impl Attached {
    /// Takes the attached files out of `files` and keeps them, if they really lie below a path of `spec`: a link that
    /// leads out of the export is no part of it.
    pub(super) fn take(files: Vec<InputFile>, spec: &SourceSpec) -> (Self, Vec<InputFile>, u64) {
        let roots: Vec<PathBuf> =
            spec.paths.iter().filter_map(|path| std::fs::canonicalize(path).ok()).collect();
        let (mut attached, mut records, mut bytes) = (Self::default(), Vec::new(), 0);
        for file in files {
            // Folders above the export say nothing of what is in it.
            let inside = spec.paths.iter().find_map(|path| file.path.strip_prefix(path).ok());
            match inside.and_then(|inside| of(&inside.to_string_lossy())) {
                Some(of) => {
                    bytes += file.bytes;
                    if lies_below(&file.path, &roots) {
                        attached.add(of, &file.name);
                    }
                }
                None => records.push(file),
            }
        }
        (attached, records, bytes)
    }

    /// Keeps the file at `path`, an entry of an archive (`archive.zip!inner`).
    pub(super) fn add_entry(&mut self, of: Of, path: &str) {
        let inner = path.split_once('!').map_or("", |(_, inner)| inner);
        let leads_out =
            inner.starts_with(['/', '\\']) || inner.split(['/', '\\', '!']).any(|part| part == "..");
        if !leads_out && inner.chars().count() <= INNER_MAX && !inner.contains('\u{fffd}') {
            self.add(of, path);
        }
    }

    fn add(&mut self, of: Of, path: &str) {
        // Of two copies the first by name, so that the order of reading decides nothing.
        let known = self.0.entry(of).or_insert_with(|| path.into());
        if path < &**known {
            *known = path.into();
        }
    }

    /// The path of a downloaded attachment.
    pub(super) fn attachment(&self, id: Option<i64>) -> Option<String> {
        self.0.get(&Of::Attachment(id?)).map(ToString::to_string)
    }

    /// The path of a downloaded recording, by the id of the call or of the comment.
    pub(super) fn recording(&self, ids: [Option<i64>; 2]) -> Option<String> {
        let found = ids.into_iter().flatten().find_map(|id| self.0.get(&Of::Recording(id)));
        found.map(ToString::to_string)
    }
}

fn lies_below(path: &Path, roots: &[PathBuf]) -> bool {
    std::fs::canonicalize(path).is_ok_and(|path| roots.iter().any(|root| path.starts_with(root)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_attached_files() {
        for (path, of_file) in [
            ("data/tickets/1/2/attachments/3/a!.png", Some(Of::Attachment(3))),
            ("attachments/3/ticket.json", Some(Of::Attachment(3))),
            ("data\\attachments\\3\\a.png", Some(Of::Attachment(3))),
            ("data/tickets/1/2/recordings/9.mp3", Some(Of::Recording(9))),
            ("data/recordings/9.json", None),
            ("attachments/3.json", None),
            ("attachments/x/3.json", None),
            ("attachments/tickets.json", None),
            ("3/comments.json", None),
        ] {
            assert_eq!(of(path), of_file, "{path}");
            let entry = format!("attachments/7/x.zip!{path}");
            assert_eq!(of_entry(&entry).map(|(of, _)| of), of_file, "{entry}");
        }
        for (entry, path) in [
            ("x.zip!attachments/3/y.zip!tickets.json", "x.zip!attachments/3/y.zip"),
            ("x.zip!y.zip!attachments/3/a.png", "x.zip!y.zip!attachments/3/a.png"),
            ("x.zip!attachments/3/a!b.png", "x.zip!attachments/3/a!b.png"),
        ] {
            assert_eq!(of_entry(entry), Some((Of::Attachment(3), path)));
        }
    }

    #[test]
    fn entries_that_lead_out_are_not_kept() {
        let mut attached = Attached::default();
        for path in ["a.zip!../attachments/1/x", "a.zip!/attachments/1/x", "a.zip!b\\..\\attachments/1/x"] {
            attached.add_entry(Of::Attachment(1), path);
        }
        attached.add_entry(Of::Attachment(1), &format!("a.zip!attachments/1/{}", "x".repeat(190)));
        assert_eq!(attached.attachment(Some(1)), None);
        attached.add_entry(Of::Attachment(1), "b.zip!attachments/1/x");
        attached.add_entry(Of::Attachment(1), "a.zip!attachments/1/x");
        assert_eq!(attached.attachment(Some(1)).as_deref(), Some("a.zip!attachments/1/x"));
        assert_eq!(attached.attachment(None), None);
    }
}
