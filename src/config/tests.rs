use std::fs;
use std::time::Duration;

use super::keys::{SECTIONS, Section};
use super::secret::SecretOrigin;
use super::*;
use crate::model::conversation::Status;
use crate::source::{Grouping, SourceKind};

const LEAST: &str = r#"
[gorgias]
account = "acme"
email   = "ops@example.com"

[[source]]
kind  = "zendesk"
paths = ["exports/zendesk"]

[[source]]
kind  = "aircall"
paths = ["exports/calls.csv"]
"#;

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(Path::new("work/migration.toml"), text)
}

/// The problems of `text`, a line each, without the name of the file.
fn problems(text: &str) -> String {
    match parse(text) {
        Ok(_) => "fine".to_owned(),
        Err(error) => error.to_string().replace("`work/migration.toml`, ", ""),
    }
}

/// The least config with `extra` at its end.
fn with(extra: &str) -> String {
    format!("{LEAST}{extra}")
}

#[test]
fn the_least_config_has_safe_defaults() {
    let config = parse(LEAST).unwrap();
    let account = config.account().unwrap();
    assert_eq!((account.name.as_str(), account.base_url.as_str()), ("acme", "https://acme.gorgias.com/"));
    let names: Vec<_> = config.sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["zendesk", "aircall"]);
    assert_eq!(config.sources[0].paths, [PathBuf::from("work/exports/zendesk")]);
    assert_eq!(config.sources[1].kind, SourceKind::Aircall);
    assert!(config.sources[1].include_internal);
    assert_eq!(config.rate, Rate { limit: RateSetting::Auto, reserve_percent: 0, reserve_times: None });
    assert_eq!(config.attachments.mode, AttachmentMode::Upload);
    assert_eq!(config.mapping.unknown_agent, UnknownAgent::KeyOwner);
    assert_eq!(config.mapping.status[&Status::Pending], TicketStatus::Open);
    assert_eq!(config.mapping.status[&Status::Call], TicketStatus::Closed);
    assert_eq!(config.mapping.status.len(), selection::STATUSES.len());
    assert_eq!(config.safety.canary_wait, Duration::from_secs(10));
    assert_eq!((config.upload.concurrency, config.upload.messages_per_ticket), (8, 500));
    assert_eq!(config.upload.settle, Duration::from_mins(1));
}

#[test]
fn offline_commands_need_no_account() {
    let config = parse("[[source]]\nkind = \"zendesk\"\npaths = [\"x\"]\n").unwrap();
    assert!(matches!(config.account(), Err(ConfigError::NoAccount { .. })));
}

#[test]
fn a_chosen_concurrency_is_kept_to_and_the_default_may_grow() {
    let most = |text: &str| parse(&with(text)).unwrap().upload.concurrency_max();
    assert_eq!((most(""), most("[upload]\nconcurrency = 4\n")), (64, 4));
}

#[test]
fn a_timetable_needs_its_time_zone_and_says_what_is_wrong() {
    let rate = |lines: &str| format!("[rate]\n{lines}\n");
    let good = rate("reserve = \"mon-fri 08:00 30%, 19:00 0%\"\ntimezone = \"Europe/Paris\"");
    let config = parse(&with(&good)).unwrap();
    let monday: jiff::Timestamp = "2026-03-02T07:30:00Z".parse().unwrap();
    assert_eq!(config.rate.reserve_times.unwrap().at(monday), 30);
    assert_eq!(config.rate.reserve_percent, 9, "its mean, for estimates");
    insta::assert_snapshot!(problems(&with(&rate("reserve = \"08:00 30%\""))), @r#"line 14: a timetable needs its time zone: add timezone = "Europe/Paris", or yours"#);
    let wrong = rate("reserve = \"mon-fry 08:00 30%\"\ntimezone = \"Paris\"");
    insta::assert_snapshot!(problems(&with(&wrong)), @"
    line 14: reserve: `mon-fry` are no days: write mon, tue, wed, thu, fri, sat, sun, or two of them as in mon-fri
    line 15: timezone: `Paris` is not a time zone; write one such as Europe/Paris
    ");
}

#[test]
fn files_are_uploaded_by_default_and_logins_of_sources_hold_no_secret() {
    let config = parse(&with("")).unwrap();
    assert_eq!(config.attachments.mode, AttachmentMode::Upload);
    assert_eq!((config.attachments.max_bytes, config.attachments.timeout.as_secs()), (25_000_000, 30));
    assert!(config.logins.is_empty());
    let source = "[[source]]\nkind = \"aircall\"\nname = \"more\"\npaths = [\"calls\"]\napi_user = \"id\"\n";
    let config = parse(&with(&format!("{source}api_token_file = \"aircall.token\"\n"))).unwrap();
    let login = config.logins.values().next().unwrap();
    assert_eq!(login.user.as_deref(), Some("id"));
    assert!(matches!(&login.token, SecretOrigin::File(file) if file.ends_with("aircall.token")));
    assert!(problems(&with(source)).contains("api_user needs the token that belongs to it"));
}

#[test]
fn every_unknown_key_is_told_at_once_with_its_line_and_the_nearest() {
    insta::assert_snapshot!(problems(&with("[rate]\nlimt = \"auto\"\ncolour = 1\nmode = \"link\"\n[uplaod]\n[[mapping]]\n")), @"
    line 14: unknown key `limt` in [rate]; did you mean `limit`?
    line 15: unknown key `colour` in [rate]; known: limit, reserve, timezone
    line 16: `mode` does not belong in [rate] but in [attachments]
    line 17: unknown section `uplaod`; did you mean `upload`?
    line 18: [mapping] can be there only once: write it with one bracket
    ");
    insta::assert_snapshot!(problems("[source]\nkind = \"zendesk\"\n"), @"line 1: write [[source]] with two brackets, once for each source");
    insta::assert_snapshot!(problems("account = \"acme\"\n"), @"line 1: `account` belongs in [gorgias]");
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    let text = LEAST.replace("email ", "api_key = \"hunter2\"\nemail ");
    let told = problems(&text);
    insta::assert_snapshot!(told, @"line 4: `api_key` in [gorgias]: secrets do not belong in this file; use api_key_file, api_key_command or GORGIAS_API_KEY");
    assert!(!problems("[gorgias]\napi_key = \"hunter2\nemail = 3\n").contains("hunter2"));
}

#[test]
fn wrong_values_are_told_at_once_with_their_lines() {
    let text = r#"
[gorgias]
account = "https://acme.gorgias.com"
email = "ops"
[[source]]
kind = "zendesc"
paths = []
[[source]]
kind = "zendesk"
paths = ["a"]
grouping = "call"
timezone = "Europe/Pari"
[[source]]
kind = "zendesk"
paths = ["b"]
[rate]
limit = "fast"
reserve = "100%"
[attachments]
mode = "copy"
hosts = ["cdn.example.com", "https://x.example.com/", "a@b"]
[mapping]
people = "nobody.csv"
unknown_agent = "someone"
default_country = "USA"
customer_names = "keeep"
status = { solvd = "closed", open = "pending" }
[safety]
accept = ["rule:12", "rule:12@ab34", "setting:auto-merge", "setting:auto-merg", "everything"]
canary_seconds = -1
[upload]
messages_per_ticket = 501
imported = "maybe"
via = "zendes"
"#;
    insta::assert_snapshot!(problems(text), @r#"
    line 3: account cannot be `https://acme.gorgias.com`; write only NAME of https://NAME.gorgias.com, in small letters
    line 4: email is not an email address
    line 5: source `zendesc` has no paths: name files or folders
    line 6: kind cannot be `zendesc`; did you mean `zendesk`?
    line 11: grouping means something only where kind = "aircall"
    line 12: `Europe/Pari` is not a time zone; write one such as Europe/Paris or UTC
    line 13: two sources are named `zendesk`: give each a name of its own with name = "…"
    line 17: limit: `fast` is not a rate: write calls and seconds, such as 40/20s, or "auto"
    line 18: reserve cannot be `100%`; write a share from 0% to 95%, or a timetable such as mon-fri 08:00 30%, 19:00 0%
    line 20: mode cannot be `copy`; known: upload, link, skip
    line 21: `https://x.example.com/` is not a host: write HOST or HOST:PORT
    line 21: `a@b` is not a host: write HOST or HOST:PORT
    line 23: people: there is no file `work/nobody.csv`
    line 24: unknown_agent cannot be `someone`; write key-owner, reject or an email address
    line 25: default_country cannot be `USA`; write two letters, such as FR
    line 26: customer_names cannot be `keeep`; did you mean `keep`?
    line 27: `solvd` is not a status; did you mean `solved`?
    line 27: status open cannot be `pending`; known: open, closed
    line 29: `auto-merg` is not a setting; did you mean `auto-merge`?
    line 29: accept cannot hold `everything`; copy it from the refusal: rule:N, integration:N, setting:NAME or canary:NAME
    line 30: canary_seconds must be a number from 0 to 3600
    line 32: messages_per_ticket must be a number from 1 to 500
    line 33: imported cannot be `maybe`; write "auto", true or false
    line 34: via cannot be `zendes`; did you mean `zendesk`?
    "#);
}

#[test]
fn wrong_types_and_broken_toml_have_a_line() {
    insta::assert_snapshot!(problems(&with("[upload]\nconcurrency = \"many\"\n")), @r#"line 14: invalid type: string "many", expected a number"#);
    insta::assert_snapshot!(problems("[gorgias\naccount = 1"), @"line 1: unclosed table, expected `]`");
    insta::assert_snapshot!(problems("[gorgias]\naccount = \"a\"\naccount = \"b\"\n"), @"line 3: duplicate key");
    insta::assert_snapshot!(problems(""), @"`work/migration.toml`: there is no [[source]]: name an export with kind and paths");
    insta::assert_snapshot!(problems("[[source]]\npaths = [\"x\"]\n"), @"line 1: a [[source]] has no kind: zendesk or aircall");
    insta::assert_snapshot!(problems("[gorgias]\nemail = \"a@example.com\"\n[[source]]\nkind = \"zendesk\"\npaths = [\"x\"]"), @r#"line 1: [gorgias] names no account: add account = "NAME", as in https://NAME.gorgias.com"#);
}

#[test]
fn settings_are_read() {
    let config = parse(&with(
        "name = \"calls\"\ngrouping = \"contact-day\"\ninclude_internal = false\ncolumns = { start = \"Beginn\" }\n\
         [rate]\nlimit = \"80/20s\"\nreserve = \"30%\"\n[attachments]\nmode = \"skip\"\n\
         [mapping]\nunknown_agent = \"Kim@example.com\"\nmailbox = \"help@example.com\"\ndefault_country = \"fr\"\n\
         status = { pending = \"closed\" }\n[upload]\nimported = true\npatience_seconds = 0\n",
    ))
    .unwrap();
    let calls = &config.sources[1];
    assert_eq!(
        (calls.name.as_str(), calls.grouping, calls.include_internal),
        ("calls", Grouping::ContactDay, false)
    );
    assert_eq!(calls.columns["start"], "Beginn");
    assert_eq!(config.rate.limit, RateSetting::Fixed(rate::RateLimit { calls: 80, seconds: 20 }));
    assert_eq!(config.rate.reserve_percent, 30);
    assert_eq!(config.attachments.mode, AttachmentMode::Skip);
    assert!(
        matches!(&config.mapping.unknown_agent, UnknownAgent::User(email) if email.identity() == "kim@example.com")
    );
    assert_eq!(config.mapping.default_country, "FR");
    assert_eq!(config.mapping.status[&Status::Pending], TicketStatus::Closed);
    assert_eq!(config.mapping.status[&Status::Solved], TicketStatus::Closed);
    assert_eq!((config.upload.imported, config.upload.patience), (Imported::Always, Duration::ZERO));
}

#[test]
fn an_account_at_another_address_is_named_by_host_and_port() {
    let config = parse(&LEAST.replace("account = \"acme\"", "base_url = \"http://127.0.0.1:8080\"")).unwrap();
    assert_eq!(config.account().unwrap().name, "127.0.0.1:8080");
    let both =
        parse(&LEAST.replace("[gorgias]", "[gorgias]\nbase_url = \"https://eu.example.com\"")).unwrap();
    assert_eq!(both.account().unwrap().name, "eu.example.com:443");
}

#[test]
fn files_that_cannot_be_read_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none.toml");
    assert!(matches!(Config::load(&none), Err(ConfigError::Missing { .. })));
    assert!(matches!(Config::load(folder.path()), Err(ConfigError::Read { .. })));
    let huge = folder.path().join("huge.toml");
    fs::File::create(&huge).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
    assert!(matches!(Config::load(&huge), Err(ConfigError::TooLarge { .. })));
}

#[test]
fn hashes_follow_what_decides_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("people.csv"), "a,b\n").unwrap();
    let hashes =
        |text: &str| Config::parse(&folder.path().join("migration.toml"), text).unwrap().hashes().unwrap();
    let base = hashes(LEAST);
    assert_eq!(hashes(&with("[rate]\nlimit = \"1/1s\"\n[upload]\nconcurrency = 2\n")), base);
    assert_eq!(hashes(&LEAST.replace("acme", "other")), base);
    let decided = hashes(&with("[mapping]\ndefault_country = \"FR\"\n"));
    assert!(decided.mapping != base.mapping && decided.rest == base.rest);
    let grouped = hashes(&with("grouping = \"contact-day\"\n"));
    assert!(grouped.mapping == base.mapping && grouped.rest != base.rest);
    let table = hashes(&with("[mapping]\npeople = \"people.csv\"\n"));
    fs::write(folder.path().join("people.csv"), "a,c\n").unwrap();
    assert_ne!(hashes(&with("[mapping]\npeople = \"people.csv\"\n")).mapping, table.mapping);
    // The same file under another name of its folder.
    let elsewhere = Config::parse(Path::new("migration.toml"), LEAST).unwrap().hashes().unwrap();
    assert_eq!(elsewhere, base);
}

/// The keys that the shape of the file takes in a section, as its reader names them when it meets another.
fn keys_of_shape(section: &Section) -> Vec<String> {
    let brackets = if section.repeated { ("[[", "]]") } else { ("[", "]") };
    let text = format!("{}{}{}\nno_such_key = 1\n", brackets.0, section.name, brackets.1);
    let Err(error) = toml::from_str::<file::File>(&text) else { panic!("{} takes anything", section.name) };
    let expected = error.message().split_once("expected").unwrap().1;
    let mut keys: Vec<String> = expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    keys.sort();
    keys
}

#[test]
fn the_table_of_keys_is_the_shape_of_the_file() {
    for section in SECTIONS {
        let mut table: Vec<String> = section.keys.iter().map(|key| key.name.to_owned()).collect();
        table.sort();
        assert_eq!(keys_of_shape(section), table, "[{}]", section.name);
    }
    let Err(error) = toml::from_str::<file::File>("no_such_section = 1") else { panic!("takes anything") };
    for section in SECTIONS {
        assert!(error.message().contains(&format!("`{}`", section.name)), "{}", section.name);
    }
}

/// The example is the documentation: each key stands in its section, as a line or as a remark; a line that can be left
/// out has the default, as the table of keys writes it and as the code fills it in.
#[test]
fn the_example_documents_every_key_with_its_default() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/migration.example.toml");
    let text = fs::read_to_string(&file).unwrap();
    let (mut here, mut seen) = (None, std::collections::BTreeSet::new());
    for line in text.lines() {
        let bare = line.trim_start_matches(['#', ' ']);
        if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            here = keys::section(name.trim_start_matches('['));
        }
        let Some((name, value)) = bare.split_once('=') else { continue };
        let section: &Section = here.unwrap();
        let Some(key) = section.keys.iter().find(|known| known.name == name.trim()) else { continue };
        seen.insert((section.name, key.name));
        let value = value.split(" #").next().unwrap_or_default().trim();
        let has_plain_default = !["gorgias", "source"].contains(&section.name) && key.name != "status";
        if has_plain_default && !line.starts_with('#') {
            assert_eq!(value, key.default, "[{}] {}", section.name, key.name);
        }
    }
    for section in SECTIONS {
        for key in section.keys {
            assert!(seen.contains(&(section.name, key.name)), "[{}] {}", section.name, key.name);
        }
    }
    let (example, least) = (Config::parse(&file, &text).unwrap(), parse(LEAST).unwrap());
    assert_eq!(example.rate, least.rate);
    assert_eq!(example.attachments, least.attachments);
    assert_eq!(example.mapping, least.mapping);
    assert_eq!(example.safety, least.safety);
    assert_eq!(example.upload, least.upload);
    assert_eq!(example.sources[1].include_internal, least.sources[1].include_internal);
    assert_eq!(example.sources[1].grouping, least.sources[1].grouping);
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_config_or_not_without_panic(text in "(\\[{1,2}(source|rate|mapping|x)\\]{1,2}|kind|paths|status|limit| = |\"a\"|\\[\\]|\\{\\}|1|\n|\\PC){0,24}") {
        drop(parse(&text));
    }
}
