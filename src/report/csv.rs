//! `findings.csv`, `rejects.csv` and `rejects.ndjson`: one line a finding, written as findings come.
//!
//! The `key` column (or field) is what `--ids-from` reads. Cells are guarded, because the files are opened in
//! spreadsheets and texts of other people's exports must not run there.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use super::document::Example;
use super::error::ReportError;
use super::file::create_private;
use super::validation::FindingSink;
use crate::model::cell::guarded;
use crate::model::finding::{Code, Finding, Severity};

/// The columns, in order.
pub const COLUMNS: [&str; 10] =
    ["code", "severity", "key", "file", "line", "byte", "field", "summary", "detail", "remedy"];

/// Which findings a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of them: `findings.csv`.
    All,
    /// Those that keep a record out: `rejects.csv`, `rejects.ndjson`.
    Rejects,
}

impl Wanted {
    fn takes(self, code: Code) -> bool {
        self == Self::All || code.severity() == Severity::Block
    }
}

/// The name of a severity in files.
pub(super) fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "block",
        Severity::Warn => "warn",
        Severity::Info => "info",
    }
}

/// Writes findings as CSV.
pub struct FindingsCsv<W: Write> {
    writer: csv::Writer<W>,
    wanted: Wanted,
}

impl<W: Write> FindingsCsv<W> {
    /// Writes the header, so that a file without findings says what it is.
    pub fn new(out: W, wanted: Wanted) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(COLUMNS)?;
        Ok(Self { writer, wanted })
    }

    /// Writes one line.
    pub fn row(&mut self, code: Code, example: &Example) -> io::Result<()> {
        if !self.wanted.takes(code) {
            return Ok(());
        }
        let number = |value: Option<u64>| value.map(|number| number.to_string()).unwrap_or_default();
        let text = |value: &Option<String>| guarded(value.as_deref().unwrap_or_default()).into_owned();
        self.writer.write_record([
            code.as_str(),
            severity_name(code.severity()),
            &text(&example.key),
            &text(&example.file),
            &number(example.line),
            &number(example.byte),
            &text(&example.field),
            code.summary(),
            &text(&example.detail),
            code.remedy(),
        ])?;
        Ok(())
    }
}

impl<W: Write> FindingSink for FindingsCsv<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if self.wanted.takes(finding.code) { self.row(finding.code, &Example::from(finding)) } else { Ok(()) }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// One line of `rejects.ndjson`.
#[derive(Serialize)]
struct RejectLine<'a> {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    code: Code,
    severity: Severity,
    summary: &'static str,
    remedy: &'static str,
    #[serde(flatten)]
    example: &'a Example,
}

/// Writes findings as NDJSON.
pub struct FindingsNdjson<W: Write> {
    out: W,
    wanted: Wanted,
}

impl<W: Write> FindingsNdjson<W> {
    /// Writes to `out`; a line is one write, so `out` should be buffered.
    pub fn new(out: W, wanted: Wanted) -> Self {
        Self { out, wanted }
    }
}

impl<W: Write> FindingSink for FindingsNdjson<W> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if !self.wanted.takes(finding.code) {
            return Ok(());
        }
        let code = finding.code;
        let mut line = serde_json::to_vec(&RejectLine {
            v: super::document::VERSION,
            kind: "finding",
            code,
            severity: code.severity(),
            summary: code.summary(),
            remedy: code.remedy(),
            example: &Example::from(finding),
        })?;
        line.push(b'\n');
        self.out.write_all(&line)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The lists of a run: `findings.csv`, `rejects.csv` and `rejects.ndjson` in its folder.
pub struct FindingLists {
    all: FindingsCsv<File>,
    rejects: FindingsCsv<File>,
    rejects_lines: FindingsNdjson<BufWriter<File>>,
}

impl FindingLists {
    /// Makes the files in `folder`, mode 0600. A folder is one run's: files that are there already are refused, because
    /// the list of an earlier run must not be lost.
    pub fn create(folder: &Path) -> Result<Self, ReportError> {
        let open = |name: &str| {
            let path = folder.join(name);
            create_private(&path).map_err(|error| ReportError::Write { path, error })
        };
        let csv = |name, wanted| FindingsCsv::new(open(name)?, wanted).map_err(ReportError::Findings);
        Ok(Self {
            all: csv("findings.csv", Wanted::All)?,
            rejects: csv("rejects.csv", Wanted::Rejects)?,
            rejects_lines: FindingsNdjson::new(BufWriter::new(open("rejects.ndjson")?), Wanted::Rejects),
        })
    }

    fn each(&mut self) -> [&mut dyn FindingSink; 3] {
        [&mut self.all, &mut self.rejects, &mut self.rejects_lines]
    }
}

impl FindingSink for FindingLists {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.each().into_iter().try_for_each(|list| list.finding(finding))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.each().into_iter().try_for_each(FindingSink::finish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Place;

    fn findings() -> [Finding; 3] {
        let place = Place::new(&"tickets.zip!export_1.json".into(), 4, 812);
        [
            Finding::new(Code::NoSentTime, "zendesk:comment:9", &place.at_field("created_at"))
                .with_detail("=HYPERLINK(\"x\"), \"quoted\""),
            Finding::at(Code::UnreadableLine, &place),
            Finding::new(Code::RefusedByGorgias, "aircall:tel:+33639980001", &Place::file(&"-a.csv".into()))
                .with_detail("kim@example.com is not a valid email"),
        ]
    }

    #[test]
    fn every_finding_is_a_guarded_row() {
        let mut out = Vec::new();
        let mut csv = FindingsCsv::new(&mut out, Wanted::All).unwrap();
        for finding in &findings() {
            csv.finding(finding).unwrap();
        }
        csv.finish().unwrap();
        drop(csv);
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
        code,severity,key,file,line,byte,field,summary,detail,remedy
        GI-M002,block,zendesk:comment:9,tickets.zip!export_1.json,4,812,created_at,a message has no readable time,"'=HYPERLINK(""x""), ""quoted""",export it again; a time is never guessed
        GI-I001,warn,,tickets.zip!export_1.json,4,812,,a line is not valid JSON and was left out,,"look at the line; if the file was cut off while downloading, download it again"
        GI-U001,block,aircall:tel:+33639980001,'-a.csv,,,,Gorgias refused the record,[address] is not a valid email,"read Gorgias's words in rejects.csv, correct the record or the mapping and run again"
        "#);
    }

    #[test]
    fn rejects_hold_what_blocks_and_nothing_else() {
        let mut out = Vec::new();
        let mut rejects = FindingsNdjson::new(&mut out, Wanted::Rejects);
        for finding in &findings() {
            rejects.finding(finding).unwrap();
        }
        rejects.finish().unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
        {"v":1,"type":"finding","code":"GI-M002","severity":"block","summary":"a message has no readable time","remedy":"export it again; a time is never guessed","key":"zendesk:comment:9","file":"tickets.zip!export_1.json","line":4,"byte":812,"field":"created_at","detail":"=HYPERLINK(\"x\"), \"quoted\""}
        {"v":1,"type":"finding","code":"GI-U001","severity":"block","summary":"Gorgias refused the record","remedy":"read Gorgias's words in rejects.csv, correct the record or the mapping and run again","key":"aircall:tel:+33639980001","file":"-a.csv","detail":"[address] is not a valid email"}
        "#);
    }

    #[test]
    fn a_run_has_its_lists_and_an_earlier_run_keeps_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let mut lists = FindingLists::create(folder.path()).unwrap();
        for finding in &findings() {
            lists.finding(finding).unwrap();
        }
        lists.finish().unwrap();
        let lines = |name| std::fs::read_to_string(folder.path().join(name)).unwrap().lines().count();
        assert_eq!(["findings.csv", "rejects.csv", "rejects.ndjson"].map(lines), [4, 3, 2]);
        assert!(FindingLists::create(folder.path()).is_err());
    }
}
