//! `--report FILE`: which form is meant, and writing it so that a file is whole or not there.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::certificate::Certificate;
use super::csv::{FindingsCsv, Wanted};
use super::document::ValidationDocument;
use super::error::ReportError;
use super::validation::FindingSink;
use super::{certificate, html, json};

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Html,
    Csv,
    Json,
}

/// A report file that was asked for, checked before the work begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    path: PathBuf,
    form: Form,
}

impl ReportFile {
    /// The form that the ending of `path` names: .html, .csv or .json, in upper or lower case.
    pub fn new(path: &Path) -> Result<Self, ReportError> {
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        let form = match ending.as_str() {
            "html" | "htm" => Form::Html,
            "csv" => Form::Csv,
            "json" => Form::Json,
            _ => return Err(ReportError::UnknownExtension { path: path.to_owned() }),
        };
        Ok(Self { path: path.to_owned(), form })
    }

    /// Where it will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// True for a list of findings.
    pub fn is_csv(&self) -> bool {
        self.form == Form::Csv
    }

    /// The list of all findings that belongs beside a page, which shows only some of them; none for other forms.
    pub fn list_beside(&self) -> Option<Self> {
        let stem = self.path.file_stem().filter(|_| self.form == Form::Html)?.to_string_lossy();
        let path = self.path.with_file_name(format!("{stem}-findings.csv"));
        Some(Self { path, form: Form::Csv })
    }

    /// Writes the report. `findings_csv` is the whole list of findings that the run kept; a CSV report is a copy of
    /// it, and a page links to it if it lies in the same folder. Without it a CSV can only be written where the document
    /// has every finding as an example.
    pub fn write(
        &self,
        document: &ValidationDocument,
        findings_csv: Option<&Path>,
    ) -> Result<(), ReportError> {
        self.write_with(document, findings_csv, None)
    }

    /// The same; `next` is the command to type after the run that the report is of.
    fn write_with(
        &self,
        document: &ValidationDocument,
        findings_csv: Option<&Path>,
        next: Option<&str>,
    ) -> Result<(), ReportError> {
        let failed = |error| ReportError::Write { path: self.path.clone(), error };
        let content = match (self.form, findings_csv) {
            (Form::Html, list) => {
                let zone = TimeZone::system();
                let list = list.filter(|list| folder_of(list) == folder_of(&self.path));
                let findings_csv = list.and_then(Path::file_name).and_then(OsStr::to_str);
                html::validation_page(document, html::Page { zone: &zone, findings_csv, next }).into_bytes()
            }
            (Form::Json, _) => json::file_bytes(document).map_err(failed)?,
            (Form::Csv, Some(kept)) => return self.copy(kept).map_err(failed),
            (Form::Csv, None) if !document.is_cut() => csv_bytes(document).map_err(failed)?,
            (Form::Csv, None) => return Err(ReportError::FindingsNotKept { path: self.path.clone() }),
        };
        self.put(&mut content.as_slice()).map_err(failed)
    }

    /// Writes the certificate of a run. `findings_csv` is the list of findings that the run kept; a CSV is a copy of it,
    /// or for a redacted certificate the findings by code.
    pub fn write_certificate(
        &self,
        certificate: &Certificate,
        findings_csv: Option<&Path>,
    ) -> Result<(), ReportError> {
        let failed = |error| ReportError::Write { path: self.path.clone(), error };
        let content = match (self.form, findings_csv) {
            (Form::Html, _) => certificate::certificate_page(certificate).into_bytes(),
            (Form::Json, _) => json::file_bytes(certificate).map_err(failed)?,
            (Form::Csv, None) => return Err(ReportError::FindingsNotKept { path: self.path.clone() }),
            (Form::Csv, Some(_)) if certificate.redacted => {
                certificate::findings_csv(&certificate.findings).map_err(failed)?
            }
            (Form::Csv, Some(kept)) => return self.copy(kept).map_err(failed),
        };
        self.put(&mut content.as_slice()).map_err(failed)
    }

    fn put(&self, content: &mut dyn io::Read) -> io::Result<()> {
        put(&self.path, content)
    }

    fn copy(&self, kept: &Path) -> io::Result<()> {
        let kept = kept.canonicalize()?;
        if self.path.canonicalize().is_ok_and(|path| path == kept) {
            return Ok(());
        }
        self.put(&mut File::open(&kept)?)
    }
}

/// Through a temporary file beside it (mode 0600), so that a reader never sees half a report.
fn put(path: &Path, content: &mut dyn io::Read) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder_of(path))?;
    io::copy(content, &mut file)?;
    file.flush()?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// The folder that a file is in; the present one for a bare name.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes the report in the form that the ending of `path` names; see [`ReportFile::write`].
pub fn write_report(
    path: &Path,
    document: &ValidationDocument,
    findings_csv: Option<&Path>,
) -> Result<(), ReportError> {
    ReportFile::new(path)?.write(document, findings_csv)
}

/// Writes the page of a run, whose next command is another than that of a validation.
pub fn write_run_page(
    path: &Path,
    document: &ValidationDocument,
    findings_csv: &Path,
    next: &str,
) -> Result<(), ReportError> {
    ReportFile::new(path)?.write_with(document, Some(findings_csv), Some(next))
}

/// Writes a file that holds what people wrote or are called, so that only its owner can read it and that it is whole or not
/// there.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    put(path, &mut &*bytes).map_err(|error| ReportError::Write { path: path.to_owned(), error })
}

/// Makes a file of that kind which is written bit by bit. One that is there already is refused: it is an earlier run's, and must
/// not be lost.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn csv_bytes(document: &ValidationDocument) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut csv = FindingsCsv::new(&mut out, Wanted::All)?;
    for group in &document.findings {
        group.examples.iter().try_for_each(|example| csv.row(group.code, example))?;
    }
    csv.finish()?;
    drop(csv);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examples;

    #[test]
    fn the_ending_decides_and_an_unknown_one_names_the_known() {
        let error = ReportFile::new(Path::new("x.pdf")).unwrap_err();
        assert_eq!(error.to_string(), "`x.pdf` has no known ending; use .html, .csv or .json");
        assert!(ReportFile::new(Path::new("report")).is_err());
        assert!(ReportFile::new(Path::new("R.HTML")).is_ok());
    }

    #[test]
    fn every_form_is_written_and_json_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let document = examples::document();
        let path = |name: &str| folder.path().join(name);
        for name in ["r.html", "r.csv", "r.json"] {
            write_report(&path(name), &document, None).unwrap();
        }
        let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
        assert_eq!(serde_json::from_str::<ValidationDocument>(&read("r.json")).unwrap(), document);
        assert!(read("r.html").starts_with("<!DOCTYPE html>"));
        assert_eq!(read("r.csv").lines().count(), 1 + 8);
        assert!(write_report(&path("missing/r.json"), &document, None).is_err());
    }

    #[test]
    fn a_csv_is_whole_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let mut document = examples::document();
        document.findings[0].count = 11;
        assert!(matches!(write_report(&path, &document, None), Err(ReportError::FindingsNotKept { .. })));
        let page = ReportFile::new(&folder.path().join("r.html")).unwrap();
        let list = page.list_beside().unwrap();
        assert!(list.path().ends_with("r-findings.csv") && list.list_beside().is_none());
        page.write(&document, Some(list.path())).unwrap();
        assert!(std::fs::read_to_string(page.path()).unwrap().contains("href=\"./r-findings.csv\""));
        page.write(&document, Some(Path::new("elsewhere/r-findings.csv"))).unwrap();
        assert!(!std::fs::read_to_string(page.path()).unwrap().contains("r-findings.csv"));
        let kept = folder.path().join("findings.csv");
        std::fs::write(&kept, "code\nGI-M002\n").unwrap();
        write_report(&path, &document, Some(&kept)).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "code\nGI-M002\n");
    }
}
