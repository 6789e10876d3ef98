//! The page of tables: exit codes, keys of the config, finding codes. Nothing of it is written twice.

use std::fmt::Write as _;

use super::escape;
use crate::config::keys::SECTIONS;
use crate::exit::ExitCode;
use crate::model::codes::Code;
use crate::model::finding::Severity;

pub(super) const NAME: &str = "gorgias-import-reference";

pub(super) fn page() -> String {
    let mut page = Page::default();
    page.line(&format!(".TH {} 1", escape(NAME)));
    page.line(".SH NAME");
    page.text(&format!("{NAME} - exit codes, keys of migration.toml, findings"));
    page.line(".SH \"EXIT CODES\"");
    page.text("New codes may be added; a code that is not known means failure.");
    for code in ExitCode::ALL {
        page.term(&format!("{} ({})", code.number(), code.name()));
        page.text(code.meaning());
    }
    page.line(".SH \"MIGRATION.TOML\"");
    page.text("Unknown keys are errors. Paths are relative to the file.");
    for section in SECTIONS {
        let name =
            if section.repeated { format!("[[{}]]", section.name) } else { format!("[{}]", section.name) };
        page.line(&format!(".SS {}", escape(&name)));
        page.text(section.meaning);
        for key in section.keys {
            page.term(key.name);
            page.text(&format!("{} (default: {})", key.meaning, key.default));
        }
    }
    page.line(".SH FINDINGS");
    page.text("block: the record cannot be imported; warn: it is imported, and something is not as it was; info: worth knowing.");
    for code in Code::ALL {
        let severity = match code.severity() {
            Severity::Block => "block",
            Severity::Warn => "warn",
            Severity::Info => "info",
        };
        page.term(&format!("{} ({severity})", code.as_str()));
        page.text(code.summary());
        page.line(".br");
        page.text(&format!("Remedy: {}", code.remedy()));
    }
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    /// A line of roff as it is.
    fn line(&mut self, line: &str) {
        writeln!(self.0, "{line}").expect("writing to a string cannot fail");
    }

    fn text(&mut self, text: &str) {
        self.line(&escape(text));
    }

    fn term(&mut self, term: &str) {
        self.line(&format!(".TP\n\\fB{}\\fR", escape(term)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_key_and_finding_is_in_it() {
        let page = page();
        for code in ExitCode::ALL {
            assert!(
                page.contains(&format!("\\fB{} ({})\\fR", code.number(), escape(code.name()))),
                "{code:?}"
            );
        }
        for key in SECTIONS.iter().flat_map(|section| section.keys) {
            assert!(page.contains(&format!("\\fB{}\\fR", escape(key.name))), "{}", key.name);
        }
        for code in Code::ALL {
            assert!(page.contains(&escape(code.as_str())) && page.contains(&escape(code.remedy())), "{code}");
        }
    }
}
