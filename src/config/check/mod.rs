//! From the file as written to the config as meant. Collects every problem instead of ending at the first.

mod sections;
mod sources;
mod unknown;

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;

use super::account;
use super::file::File;
use super::{Config, ConfigError, Problem};
use crate::text;

/// Checks `text`, the content of `file`.
pub(super) fn config(file: &Path, text: &str) -> Result<Config, ConfigError> {
    let mut problems = Problems::new(file, text);
    unknown::check(text, &mut problems);
    problems.finish()?;
    let written: File = toml::from_str(text).map_err(|error| {
        problems.toml(&error);
        problems.take()
    })?;
    let (mut sources, logins) = sources::check(written.source, &mut problems);
    let mapping = sections::mapping(written.mapping, &mut problems);
    for source in &mut sources {
        source.person_notes = mapping.customer_notes;
    }
    let config = Config {
        file: file.to_owned(),
        account: written.gorgias.and_then(|gorgias| account::check(gorgias, &mut problems)),
        sources,
        logins,
        rate: sections::rate(&written.rate, &mut problems),
        attachments: sections::attachments(written.attachments, &mut problems),
        mapping,
        safety: sections::safety(written.safety, &mut problems),
        upload: sections::upload(&written.upload, &mut problems),
    };
    problems.finish()?;
    Ok(config)
}

/// The problems found so far, and what is needed to place them.
pub(super) struct Problems<'a> {
    file: &'a Path,
    text: &'a str,
    /// With where each stands, in bytes, so that they are told in the order of the file.
    found: Vec<(usize, Problem)>,
}

impl<'a> Problems<'a> {
    fn new(file: &'a Path, text: &'a str) -> Self {
        Self { file, text, found: Vec::new() }
    }

    /// Notes a problem at a place in the text, in bytes.
    pub(super) fn at(&mut self, span: &Range<usize>, message: impl Into<String>) {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        self.found.push((span.start, Problem { line: Some(line), message: message.into() }));
    }

    /// Notes a problem with the file as a whole.
    pub(super) fn whole(&mut self, message: impl Into<String>) {
        self.found.push((0, Problem { line: None, message: message.into() }));
    }

    /// Notes what the TOML reader said. Its message names no values, and the excerpt of the file that it can draw is
    /// left away, because a key written into the wrong file must not reach the screen.
    fn toml(&mut self, error: &toml::de::Error) {
        let message = in_plain_words(error.message());
        match error.span() {
            Some(span) => self.at(&span, message),
            None => self.whole(message),
        }
    }

    /// `path` relative to the folder of the config file.
    pub(super) fn resolve(&self, path: &Path) -> PathBuf {
        self.folder().join(path)
    }

    /// The folder of the config file; empty for the current one.
    pub(super) fn folder(&self) -> &'a Path {
        self.file.parent().unwrap_or_else(|| Path::new(""))
    }

    fn finish(&mut self) -> Result<(), ConfigError> {
        if self.found.is_empty() { Ok(()) } else { Err(self.take()) }
    }

    fn take(&mut self) -> ConfigError {
        self.found.sort_by_key(|(start, _)| *start);
        let problems = std::mem::take(&mut self.found).into_iter().map(|(_, problem)| problem).collect();
        ConfigError::Invalid { file: self.file.to_owned(), problems }
    }

    /// The meaning of `written` among `choices`, or `default` where it is absent or wrong, which is noted.
    fn choice<T: Copy>(
        &mut self,
        key: &str,
        written: Option<&Spanned<String>>,
        choices: &[(&str, T)],
        default: T,
    ) -> T {
        let Some(written) = written else { return default };
        let value = written.get_ref().as_str();
        if let Some((_, meaning)) = choices.iter().find(|(name, _)| *name == value) {
            return *meaning;
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let message = format!("{key} cannot be `{value}`; {}", suggestion(value, &names));
        self.at(&written.span(), message);
        default
    }

    /// The number `written`, or `default` where it is absent or outside of `range`, which is noted.
    fn number(
        &mut self,
        key: &str,
        written: Option<&Spanned<i64>>,
        range: std::ops::RangeInclusive<u64>,
        default: u64,
    ) -> u64 {
        let Some(written) = written else { return default };
        let number = u64::try_from(*written.get_ref()).ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start(), range.end());
            self.at(&written.span(), format!("{key} must be a number from {least} to {most}"));
        }
        number.unwrap_or(default)
    }
}

/// The words of the TOML reader for people who do not know its types.
fn in_plain_words(message: &str) -> String {
    const WORDS: &[(&str, &str)] = &[
        ("\n", ", "),
        ("expected i64", "expected a number"),
        ("expected a sequence", "expected a list in brackets"),
        ("expected a map", "expected a table"),
        ("expected a boolean", "expected true or false"),
        ("expected path string", "expected a path in quotes"),
        ("expected a string", "expected text in quotes"),
    ];
    WORDS.iter().fold(message.trim().to_owned(), |text, (theirs, plain)| text.replace(theirs, plain))
}

/// What a wrong word should have been: the nearest, or all of them.
fn suggestion(word: &str, known: &[&str]) -> String {
    match text::nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", known.join(", ")),
    }
}
