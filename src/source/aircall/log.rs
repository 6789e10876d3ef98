//! Logs of programs that received webhooks: every line has its event behind a time, a level, a name
//! (`2024-01-02T10:00:00Z INFO webhook {"event":…}`).
//!
//! What stands before an event, and what follows it, is read as so many blanks. So lines and bytes keep their places, and
//! what is left is JSON, an event a line.

use std::io::{self, BufRead, Read};

use serde_json::Value;

use super::{json, value};
use crate::source::input::encoding::without_bom;

/// Bytes looked at to tell a log. Programs write a page or two when they start, before the first event.
const PROBE_BYTES: u64 = 64 << 10;

/// The beginning of a stream, as much as it takes to tell a log.
pub(super) fn head(reader: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(PROBE_BYTES).read_to_end(&mut head)?;
    Ok(head)
}

/// True if the stream that begins with `head` is a log: a line of it has an event of Aircall's behind something else.
pub(in crate::source) fn is_log(head: &[u8]) -> bool {
    let text = without_bom(head).trim_ascii_start();
    // JSON, set out over lines or not; times and levels stand in brackets too.
    let is_json = match text.strip_prefix(b"[") {
        Some(rest) => !rest.trim_ascii_start().first().is_some_and(u8::is_ascii_alphanumeric),
        None => text.starts_with(b"{"),
    };
    !is_json && text.split(|byte| *byte == b'\n').any(has_event_behind)
}

fn has_event_behind(line: &[u8]) -> bool {
    let Some(at) = event_at(line) else { return false };
    // A list of events has a bracket before the first.
    let is_behind = line[..at].iter().any(u8::is_ascii_alphanumeric);
    is_behind && first_value(&line[at..]).is_some_and(|value| json::holds_event(&value))
}

/// Where the first object of a line begins, as programs write one: a bracket and a key.
pub(super) fn event_at(line: &[u8]) -> Option<usize> {
    memchr::memmem::find(line, b"{\"")
}

/// The value that a text begins with, whatever follows it.
pub(super) fn first_value(text: &[u8]) -> Option<Value> {
    serde_json::Deserializer::from_slice(&value::as_written(text)).into_iter::<Value>().next()?.ok()
}

/// Where in a line the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Before its object.
    Before,
    /// Behind a bracket that was taken and not given yet: it depends on what follows.
    Bracket,
    /// In the object, so many brackets deep.
    Object { depth: u32, in_string: bool, escaped: bool },
    /// Behind it.
    Behind,
}

/// A log as its events alone, each where it stands; see the module.
pub(in crate::source) struct LogLines<R> {
    inner: R,
    at: At,
    /// The line has something, and no object so far.
    is_other: bool,
    others: u64,
}

impl<R: BufRead> LogLines<R> {
    pub(in crate::source) fn new(inner: R) -> Self {
        Self { inner, at: At::Before, is_other: false, others: 0 }
    }

    /// Lines so far that are not blank and have no object.
    pub(super) fn others(&self) -> u64 {
        self.others + u64::from(self.is_other)
    }

    /// What is read in the place of `byte`, which `next` follows if that is known; nothing if it must be known.
    fn given(&mut self, byte: u8, next: Option<u8>) -> Option<u8> {
        if byte == b'\n' {
            self.others += u64::from(std::mem::take(&mut self.is_other));
            self.at = At::Before;
            return Some(byte);
        }
        match &mut self.at {
            At::Behind => return Some(b' '),
            At::Before | At::Bracket if byte == b'{' => {
                if next? == b'"' {
                    self.at = At::Object { depth: 1, in_string: false, escaped: false };
                    self.is_other = false;
                    return Some(byte);
                }
                self.is_other = true;
                return Some(b' ');
            }
            At::Before | At::Bracket => {
                self.is_other |= !byte.is_ascii_whitespace();
                return Some(b' ');
            }
            At::Object { escaped, .. } if *escaped => *escaped = false,
            At::Object { in_string: true, escaped, .. } if byte == b'\\' => *escaped = true,
            At::Object { in_string, .. } if byte == b'"' => *in_string = !*in_string,
            At::Object { in_string: true, .. } => {}
            At::Object { depth, .. } => match byte {
                b'{' | b'[' => *depth += 1,
                b'}' | b']' => *depth -= 1,
                _ => {}
            },
        }
        if matches!(self.at, At::Object { depth: 0, .. }) {
            self.at = At::Behind;
        }
        Some(byte)
    }
}

impl<R: BufRead> Read for LogLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let mut chunk = [0; 8 << 10];
        loop {
            let available = self.inner.fill_buf()?;
            let length = available.len().min(buffer.len()).min(chunk.len());
            let known_next = available.get(length).copied();
            chunk[..length].copy_from_slice(&available[..length]);
            if self.at == At::Bracket {
                self.at = At::Before;
                buffer[0] =
                    self.given(b'{', Some(chunk[..length].first().copied().unwrap_or(b' '))).unwrap_or(b' ');
                return Ok(1);
            }
            let mut count = 0;
            while count < length {
                let next = chunk[..length].get(count + 1).copied().or(known_next);
                let Some(given) = self.given(chunk[count], next) else { break };
                buffer[count] = given;
                count += 1;
            }
            if count < length {
                self.at = At::Bracket;
                self.inner.consume(count + 1);
            } else {
                self.inner.consume(count);
            }
            // Nothing at all only where the stream ends, or where its next byte is waited for.
            if count > 0 || length == 0 {
                return Ok(count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    const EVENT: &str = r#"{"event":"call.ended","data":{"id":1,"note":"{\"} ]"}}"#;

    /// What is read of `log` in pieces of so many bytes, and the lines without an object.
    fn read(log: &str, buffered: usize, piece: usize) -> (String, u64) {
        let mut lines = LogLines::new(BufReader::with_capacity(buffered, log.as_bytes()));
        let (mut text, mut buffer) = (Vec::new(), vec![0; piece]);
        loop {
            match lines.read(&mut buffer).unwrap() {
                0 => return (String::from_utf8(text).unwrap(), lines.others()),
                count => text.extend_from_slice(&buffer[..count]),
            }
        }
    }

    #[test]
    fn events_stay_where_they_are_and_the_rest_is_blank() {
        let log = format!(
            "2024-01-02 started {{ok}} {{\n\n  \nINFO {{id=1}} [{{x}}] {EVENT} took 3 ms {{\"a\":1}}\r\n{EVENT}\n\
             WARN {{\"cut\":[1\nlast {{"
        );
        let expected: Vec<String> = log
            .split('\n')
            .map(|line| match (line.find(EVENT), line.find("{\"cut\"")) {
                (Some(at), _) => {
                    format!("{}{EVENT}{}", " ".repeat(at), " ".repeat(line.len() - at - EVENT.len()))
                }
                (None, Some(at)) => format!("{}{}", " ".repeat(at), &line[at..]),
                (None, None) => " ".repeat(line.len()),
            })
            .collect();
        for (buffered, piece) in [(4_096, 4_096), (1, 1), (1, 7), (7, 1), (3, 5), (64, 20)] {
            let (text, others) = read(&log, buffered, piece);
            assert_eq!(text, expected.join("\n"), "{buffered} {piece}");
            assert_eq!(others, 2);
        }
    }

    #[test]
    fn a_log_is_told_by_an_event_behind_something() {
        let kept = format!(r#"{{"body":{EVENT}}}"#);
        for log in [
            format!("2024-01-02T10:00:00Z INFO webhook {EVENT}"),
            format!("started\n\n[2024-01-02 10:00:00] webhook.INFO: {EVENT} []\n"),
            format!("web_1 | {kept}"),
            format!("\u{feff}x {EVENT}"),
        ] {
            assert!(is_log(log.as_bytes()), "{log}");
        }
        for other in [
            EVENT.to_owned(),
            format!("[{EVENT}]"),
            format!(" [\n{EVENT}]"),
            format!("[\n{{\n\"headers\": {{}},\n\"body\": {EVENT}\n}}\n]"),
            "2024 INFO {\"path\":\"/\"}".to_owned(),
            format!("INFO {}", &EVENT[..EVENT.len() - 1]),
            format!("a,b\n1,\"{}\"\n", EVENT.replace('"', "\"\"")),
            String::new(),
        ] {
            assert!(!is_log(other.as_bytes()), "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_moves(log in "([a{}\\[\\]\"\\\\ \n]|\\{\"){0,60}", buffered in 1_usize..9, piece in 1_usize..9) {
            let (text, others) = read(&log, buffered, piece);
            proptest::prop_assert_eq!(&(text.clone(), others), &read(&log, 4_096, 4_096));
            proptest::prop_assert_eq!(text.len(), log.len());
            for (given, byte) in text.bytes().zip(log.bytes()) {
                proptest::prop_assert!(given == byte || (given == b' ' && byte != b'\n'));
            }
        }
    }
}
