//! The conversation of `init`: which account, whose key, and where the key is. The key itself is never asked for.

use std::fmt::Write as _;
use std::io;

use super::super::Context;
use crate::config::parse_base_url;
use crate::model::person::Email;

/// How often a question is asked again before it is left open.
const TRIES: usize = 3;

/// The key file that is offered.
const KEY_FILE: &str = "gorgias.key";

/// What was answered. What was not stays a comment in the config.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answers {
    /// NAME of <https://NAME.gorgias.com>.
    pub(super) account: Option<String>,
    /// Address of the key's owner.
    pub(super) email: Option<String>,
    /// Where the key is.
    pub(super) key: Option<Key>,
}

/// Where the key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// In `GORGIAS_API_KEY`.
    Environment,
    /// In a file.
    File(String),
    /// A command prints it.
    Command(String),
}

/// Puts a question and gives the line that was answered, without its end; nothing where the input has ended.
pub(super) type Ask<'a> = dyn FnMut(&str) -> io::Result<Option<String>> + 'a;

/// Asks, where somebody can answer. Enter leaves a question open.
pub(super) fn converse(context: &Context) -> io::Result<Answers> {
    let output = &context.output;
    if context.globals.no_input || context.globals.yes || output.is_json() || !output.can_ask() {
        return Ok(Answers::default());
    }
    output.say("");
    output.paragraph(
        "Three questions about the Gorgias account. Enter leaves one open; everything can be changed in the config later.",
    );
    let answers = questions(&mut |question| output.ask_line(question), &mut |words| output.paragraph(words))?;
    output.say("");
    Ok(answers)
}

fn questions(ask: &mut Ask<'_>, say: &mut dyn FnMut(&str)) -> io::Result<Answers> {
    let Some(account) = until(ask, say, "1 Account, the NAME of https://NAME.gorgias.com:", &account)? else {
        return Ok(Answers::default());
    };
    let email = until(ask, say, "2 Email address of the user whom the API key belongs to:", &email)?;
    let key = match email {
        Some(_) => key(ask, say)?,
        None => None,
    };
    Ok(Answers { account: Some(account), email, key })
}

/// Asks until the answer is good; nothing where it was left open.
fn until<T>(
    ask: &mut Ask<'_>,
    say: &mut dyn FnMut(&str),
    question: &str,
    read: &dyn Fn(&str) -> Result<T, &'static str>,
) -> io::Result<Option<T>> {
    for _ in 0..TRIES {
        let Some(answer) = ask(question)?.filter(|answer| !answer.trim().is_empty()) else {
            return Ok(None);
        };
        match read(answer.trim()) {
            Ok(value) => return Ok(Some(value)),
            Err(why) => say(why),
        }
    }
    Ok(None)
}

/// A name, also out of a whole address as browsers show it.
fn account(answer: &str) -> Result<String, &'static str> {
    let bare = answer.trim_start_matches("https://").split('/').next().unwrap_or_default().to_lowercase();
    let name = bare.strip_suffix(".gorgias.com").unwrap_or(&bare);
    let is_name = name.len() <= 63
        && !name.starts_with('-')
        && !name.ends_with('-')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && parse_base_url(&format!("https://{name}.gorgias.com/")).is_ok();
    if is_name {
        Ok(name.to_owned())
    } else {
        Err("Only the NAME of https://NAME.gorgias.com, such as acme.")
    }
}

fn email(answer: &str) -> Result<String, &'static str> {
    Email::parse(answer)
        .map(|email| email.as_str().to_owned())
        .ok_or("That is not an email address, such as ops@example.com.")
}

fn key(ask: &mut Ask<'_>, say: &mut dyn FnMut(&str)) -> io::Result<Option<Key>> {
    say("3 Where is the API key? It is not written into the config.");
    say("    1  in a file that only you can read");
    say("    2  in the environment, as GORGIAS_API_KEY");
    say("    3  a command prints it, such as one of a password manager");
    let number = |answer: &str| match answer {
        "1" | "2" | "3" => Ok(answer.to_owned()),
        _ => Err("Type 1, 2 or 3; the key itself is never typed here."),
    };
    Ok(match until(ask, say, "    1, 2 or 3:", &number)?.as_deref() {
        Some("1") => {
            let file = ask(&format!("    File [{KEY_FILE}]:"))?.unwrap_or_default();
            let file = file.trim();
            Some(Key::File(if file.is_empty() { KEY_FILE } else { file }.to_owned()))
        }
        Some("2") => Some(Key::Environment),
        Some(_) => {
            let command = ask("    Command:")?.unwrap_or_default();
            Some(command.trim().to_owned()).filter(|command| !command.is_empty()).map(Key::Command)
        }
        None => None,
    })
}

impl Answers {
    /// What is still to be filled in.
    pub(super) fn open(&self) -> &'static str {
        match (&self.account, &self.email, &self.key) {
            (None, ..) => "[gorgias] is still open there; only run needs it",
            (_, None, _) => "email and the key's place are still open in [gorgias]; only run needs them",
            (.., None) => "where the API key is, is still open in [gorgias]; only run needs it",
            _ => "everything in it can be changed",
        }
    }

    /// The `[gorgias]` section; what was left open is a comment.
    pub(super) fn section(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let off = if self.account.is_some() { "" } else { "# " };
        let mut section = format!("{off}[gorgias]\n");
        let mut line = |key: &str, value: Option<String>, open: &str, comment: &str| {
            let written = match &value {
                Some(value) => format!("{key} = {value}"),
                None => format!("# {key} = {open}"),
            };
            put(&mut section, format_args!("{written:<32} {comment}\n"));
        };
        line("account", self.account.as_deref().map(quoted), "\"NAME\"", "# of https://NAME.gorgias.com");
        line("email", self.email.as_deref().map(quoted), "\"ADDRESS\"", "# of the API key's owner");
        match &self.key {
            Some(Key::Environment) => section.push_str("# The key is in the environment: GORGIAS_API_KEY.\n"),
            Some(Key::Command(command)) => {
                put(&mut section, format_args!("api_key_command = {}\n", quoted(command)));
            }
            other => {
                let file = match other {
                    Some(Key::File(file)) => Some(quoted(file)),
                    _ => None,
                };
                let name = file.clone().unwrap_or_else(|| quoted(KEY_FILE));
                let comment = format!("# only its owner may read it: chmod 600 {}", name.trim_matches('"'));
                line("api_key_file", file, &name, &comment);
            }
        }
        section
    }
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The conversation with somebody who gives these answers, and what it said beside its questions.
    fn with(answers: &[&str]) -> (Answers, String) {
        let mut left = answers.iter();
        let mut said = String::new();
        let mut ask = |_: &str| Ok(left.next().map(|answer| (*answer).to_owned()));
        let found = questions(&mut ask, &mut |words| said.push_str(words)).unwrap();
        assert_eq!(left.next(), None, "an answer was not asked for");
        (found, said)
    }

    #[test]
    fn three_answers_make_a_section() {
        let (answers, _) = with(&["https://Acme.gorgias.com/app", "ops@example.com", "1", ""]);
        assert_eq!(
            answers.section(),
            "[gorgias]\naccount = \"acme\"                 # of https://NAME.gorgias.com\n\
             email = \"ops@example.com\"        # of the API key's owner\n\
             api_key_file = \"gorgias.key\"     # only its owner may read it: chmod 600 gorgias.key\n"
        );
        let (answers, _) = with(&["acme", "ops@example.com", "3", "pass show gorgias \"x\""]);
        assert!(answers.section().ends_with("api_key_command = 'pass show gorgias \"x\"'\n"));
    }

    #[test]
    fn what_is_wrong_is_asked_again_and_what_is_left_open_is_a_comment() {
        let (answers, said) = with(&["acme corp", "acme", "ops", "ops@example.com", "sk_live_1", "2"]);
        assert_eq!(answers.key, Some(Key::Environment));
        assert!(
            said.contains("Only the NAME") && said.contains("not an email") && said.contains("never typed")
        );
        assert!(!answers.section().contains("api_key_file"));
        let (answers, _) = with(&[""]);
        assert_eq!(answers, Answers::default());
        assert!(answers.section().lines().all(|line| line.starts_with('#')));
        assert_eq!(with(&["-", "a b", "ü"]).0, Answers::default(), "three tries");
        let (answers, _) = with(&["acme", ""]);
        assert!(answers.section().starts_with("[gorgias]\naccount") && answers.section().contains("# email"));
    }
}
