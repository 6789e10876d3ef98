//! The one history in neutral form: plain facts, no format. What each format makes of them is in the writers.

use serde_json::Value;

/// The account's subdomain.
pub(crate) const SUBDOMAIN: &str = "acme";
/// The mailbox that customers write to.
pub(crate) const MAILBOX: &str = "support@acme.example";
/// The company's telephone number: as people write it, and as machines do.
pub(crate) const LINE: (&str, &str) = ("+1 (202) 555-0100", "+12025550100");
/// Groups: id and name.
pub(crate) const GROUPS: [(u64, &str); 2] = [(301, "Support"), (302, "Returns & Réclamations")];
/// Organizations: id and name.
pub(crate) const ORGANIZATIONS: [(u64, &str); 1] = [(401, "Nordlicht GmbH")];
/// Custom ticket fields: id, type, title.
pub(crate) const FIELDS: [(u64, &str, &str); 3] = [
    (360_001, "text", "Order number"),
    (360_002, "checkbox", "Goodwill"),
    (360_003, "multiselect", "Product lines"),
];

/// Everything that happened.
pub(crate) struct History {
    pub(crate) people: Vec<Person>,
    pub(crate) tickets: Vec<Ticket>,
}

/// Somebody with an account.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) email: Option<&'static str>,
    pub(crate) phone: Option<&'static str>,
    /// `end-user`, `agent` or `admin`.
    pub(crate) role: &'static str,
    /// False once deleted softly.
    pub(crate) active: bool,
    /// False once deleted for good: no list has them any more, what they wrote stays.
    pub(crate) exists: bool,
}

/// A ticket. Times are Unix seconds.
#[derive(Clone)]
pub(crate) struct Ticket {
    pub(crate) number: u64,
    pub(crate) way: Way,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) subject: Option<&'static str>,
    pub(crate) status: &'static str,
    pub(crate) priority: Option<&'static str>,
    pub(crate) kind: Option<&'static str>,
    pub(crate) requester: u64,
    pub(crate) assignee: Option<u64>,
    pub(crate) group: Option<u64>,
    pub(crate) organization: Option<u64>,
    pub(crate) external_id: Option<&'static str>,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) fields: Vec<(u64, Value)>,
    pub(crate) solved: Option<i64>,
    /// Score, and what the customer said to it.
    pub(crate) satisfaction: Option<(&'static str, Option<&'static str>)>,
    pub(crate) comments: Vec<Comment>,
}

/// A comment.
#[derive(Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    /// -1 is Zendesk itself.
    pub(crate) author: i64,
    /// Who pressed the button, where that was somebody else.
    pub(crate) entered_by: Option<i64>,
    pub(crate) text: String,
    /// The inside of the HTML body.
    pub(crate) html: String,
    pub(crate) public: bool,
    /// What `public` was when it was written, if it was changed later.
    pub(crate) public_at_first: Option<bool>,
    pub(crate) way: Way,
    pub(crate) at: i64,
    pub(crate) message_id: Option<String>,
    pub(crate) flags: Vec<u8>,
    pub(crate) files: Vec<File>,
    pub(crate) call: Option<Call>,
}

/// A file of a comment.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) size: u64,
}

/// A telephone call.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) id: u64,
    /// The customer's number, as people write it.
    pub(crate) customer: &'static str,
    pub(crate) seconds: u64,
    pub(crate) agent: Option<(u64, &'static str)>,
    pub(crate) transcription: &'static str,
}

/// How something came in.
#[derive(Clone)]
pub(crate) enum Way {
    /// A mail from a name and address to the mailbox, with copies.
    Mail(&'static str, &'static str, Vec<&'static str>),
    /// The web form, or the agent interface.
    Web,
    HelpCenter,
    Chat,
    Api,
    /// A call: `inbound`, `outbound` or `voicemail`, and the customer's number.
    Voice(&'static str, &'static str),
    /// A follow-up of a closed ticket.
    FollowUp(u64, &'static str),
    /// A merge of these tickets into this one.
    Merge(Vec<u64>),
    /// A trigger.
    Rule,
}

/// A number as machines write it.
pub(crate) fn digits(formatted: &str) -> String {
    formatted.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

/// `2024-03-05T10:11:12Z`.
pub(crate) fn iso(at: i64) -> String {
    jiff::Timestamp::from_second(at).unwrap().to_string()
}

impl Ticket {
    /// Who wrote first.
    pub(crate) fn submitter(&self) -> i64 {
        self.comments.first().map_or(-1, |first| first.author)
    }

    /// Where the mail that began it went.
    pub(crate) fn recipient(&self) -> Option<&'static str> {
        matches!(self.way, Way::Mail(..)).then_some(MAILBOX)
    }

    /// A ticket that was deleted is in some exports and in others not; it is never a conversation.
    pub(crate) fn is_deleted(&self) -> bool {
        self.status == "deleted"
    }
}

impl History {
    /// The people whom lists of users have.
    pub(crate) fn users(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| person.exists)
    }

    /// The person with this id, if lists have them.
    pub(crate) fn user(&self, id: u64) -> Option<&Person> {
        self.users().find(|person| person.id == id)
    }
}
