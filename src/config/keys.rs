//! The one table of the keys of `migration.toml`: the checks of unknown keys and the manual come from it, and tests hold
//! it against the shape of the file and against the example.

/// A section of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name, without brackets.
    pub name: &'static str,
    /// True for `[[…]]`, which may occur several times.
    pub repeated: bool,
    /// What it is about.
    pub meaning: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

/// A key of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What holds where it is absent, as it would be written; or in words.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// The sections, in the order in which a person would write them.
pub const SECTIONS: &[Section] = &[
    Section { name: "gorgias", repeated: false, meaning: "the account that is written to", keys: GORGIAS },
    Section {
        name: "source",
        repeated: true,
        meaning: "an export that is read; one section each",
        keys: SOURCE,
    },
    Section { name: "rate", repeated: false, meaning: "how fast the account may be called", keys: RATE },
    Section { name: "attachments", repeated: false, meaning: "what becomes of files", keys: ATTACHMENTS },
    Section { name: "mapping", repeated: false, meaning: "source terms to Gorgias terms", keys: MAPPING },
    Section {
        name: "safety",
        repeated: false,
        meaning: "what keeps customers from being mailed",
        keys: SAFETY,
    },
    Section { name: "upload", repeated: false, meaning: "how the upload goes about it", keys: UPLOAD },
];

/// The section called `name`.
pub fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.name == name)
}

const fn key(name: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key { name, default, meaning }
}

const GORGIAS: &[Key] = &[
    key("account", "none", "the account's name: acme for https://acme.gorgias.com"),
    key(
        "base_url",
        "https://ACCOUNT.gorgias.com",
        "another address of the API; plain http only to this machine",
    ),
    key("email", "none", "the address of the API key's owner"),
    key("api_key_file", "none", "file with the API key; nobody but its owner may read it (mode 0600)"),
    key("api_key_command", "none", "command whose output is the API key; else GORGIAS_API_KEY"),
    key("access_token_file", "none", "file with an OAuth access token, mode 0600; read again once on a 401"),
    key(
        "access_token_command",
        "none",
        "command whose output is an OAuth access token; else GORGIAS_ACCESS_TOKEN",
    ),
];

const SOURCE: &[Key] = &[
    key("kind", "required", "the product that the export comes from: zendesk or aircall"),
    key(
        "name",
        "the kind",
        "prefixes every key of the source; a-z, 0-9 and -, up to 32; never change it after a run",
    ),
    key("paths", "required", "files and folders; zip and gz are read as they are"),
    key(
        "timezone",
        "none",
        "zone of times in CSV files that name none, such as Europe/Paris; else they are not used, and calls without another are refused",
    ),
    key("date_order", "as the file shows", "dmy or mdy, where dates can be read both ways"),
    key("grouping", "\"call\"", "aircall only: one ticket per call, or contact-day: per number and day"),
    key("columns", "{}", "names of the columns of a CSV layout that is not known: ours = \"theirs\""),
    key(
        "include_internal",
        "true",
        "aircall only: whether calls and text messages between two lines of the company are imported",
    ),
    key("max_unpacked", "\"512GB\"", "most that one archive may unpack to, in MB, GB or TB; more is refused"),
    key("max_ratio", "500", "most that an archive may unpack to, in times its size; more is refused"),
    key(
        "api_user",
        "none",
        "for files that need a login: zendesk: an agent's address, aircall: the API id; without it the token is OAuth's",
    ),
    key(
        "api_token_file",
        "none",
        "file with the source account's API token, mode 0600; it goes to that account's host only",
    ),
    key("api_token_command", "none", "command whose output is that token"),
];

const RATE: &[Key] = &[
    key("limit", "\"auto\"", "the account's limit, such as 40/20s; auto learns it from the answers"),
    key(
        "reserve",
        "\"0%\"",
        "share of the limit left to other integrations, or a timetable of shares: mon-fri 08:00 30%, 19:00 0%",
    ),
    key("timezone", "none", "time zone of the timetable in reserve, such as Europe/Paris"),
];

const ATTACHMENTS: &[Key] = &[
    key(
        "mode",
        "\"upload\"",
        "upload brings files to Gorgias, link keeps links to where they are, skip leaves them out",
    ),
    key(
        "hosts",
        "[]",
        "hosts that files may be fetched from beside the source account's own, HOST or HOST:PORT; files elsewhere stay links",
    ),
    key("max_bytes", "25000000", "largest file that is uploaded, in bytes, up to 200000000"),
    key("timeout_seconds", "30", "how long a host may say nothing while a file is fetched, 1 to 3600"),
];

const MAPPING: &[Key] = &[
    key(
        "people",
        "none",
        "CSV that says who of the export is which Gorgias user or customer, and whom to skip",
    ),
    key("tags", "none", "CSV with new names of tags, and tags to drop"),
    key(
        "fields",
        "none",
        "CSV that says where custom fields go: meta data, tags, custom fields of Gorgias, or nowhere",
    ),
    key("tickets", "none", "CSV from source key to the id of an existing Gorgias ticket"),
    key(
        "unknown_agent",
        "\"key-owner\"",
        "who stands in for an author with no Gorgias user: key-owner, an address, or reject",
    ),
    key(
        "mailbox",
        "\"default\"",
        "the company's address in emails that have none: an address, or the first email integration's",
    ),
    key("default_country", "\"US\"", "country of phone numbers written without one"),
    key(
        "number",
        "\"meta\"",
        "where agents find the old ticket number: subject puts [#123] in front of it, field:LABEL fills a ticket field; it is \
         in the meta data in any case",
    ),
    key(
        "link_hosts",
        "[]",
        "hosts beside Zendesk's own that its pages had; links to old tickets there become links to the new ones as well",
    ),
    key(
        "ratings",
        "\"survey\"",
        "survey adds good and bad as answered satisfaction surveys, which nobody is sent; meta keeps them as meta data",
    ),
    key("customer_names", "\"keep\"", "keep or overwrite the name of a customer whom Gorgias already has"),
    key(
        "customer_data",
        "\"none\"",
        "what the import adds to customers it creates, in the data that agents see beside a ticket: ids are those of the old \
         systems, full adds the organization; it costs two calls a customer, and nobody who was there is changed",
    ),
    key(
        "customer_notes",
        "false",
        "whether what agents noted down about those customers in the old help desk (Zendesk's notes and details, Aircall's \
         information) goes to their data as well; it is personal, and never shown anywhere else",
    ),
    key(
        "language",
        "\"detect\"",
        "detect lets Gorgias find a ticket's language in its first messages, as it does for every new ticket; source sends the \
         one of the export (the requester's in Zendesk, the spoken one in Aircall), which is in the meta data in any case",
    ),
    key(
        "status",
        "solved, closed and call are closed",
        "state in Gorgias for each old state: open or closed",
    ),
];

const SAFETY: &[Key] = &[
    key(
        "accept",
        "[]",
        "what may be on or happen, as the refusal prints it: rule:N@HASH, integration:N@HASH, setting:NAME@HASH, canary:NAME",
    ),
    key(
        "canary_seconds",
        "10",
        "how long after the first tickets they are read back; the others wait for that. 0 reads them back at once",
    ),
    key(
        "existing",
        "\"ask\"",
        "history that is in the account by other means: ask names the numbers first, import imports all, skip leaves it out",
    ),
    key("recheck_seconds", "600", "how often automations are looked at again during a run, 1 to 600"),
];

const UPLOAD: &[Key] = &[
    key(
        "concurrency",
        "8",
        "conversations in flight at once, 1 to 256; the rate limit decides the speed, not this",
    ),
    key("settle_seconds", "60", "how long an unknown outcome is looked up before it is sent again"),
    key(
        "imported",
        "\"auto\"",
        "send `imported: true`: true, false; auto leaves it out once the account refuses it",
    ),
    key("via", "\"api\"", "how Gorgias shows that messages came in"),
    key("messages_per_ticket", "500", "most messages in the call that creates their ticket, 1 to 500"),
    key("request_timeout_seconds", "60", "how long one request may take"),
    key("connect_timeout_seconds", "10", "how long a connection may take to come about"),
    key("patience_seconds", "900", "how long the account may be out of reach before the run ends"),
];
