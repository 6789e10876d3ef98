//! What happened: few tickets, each with something that formats tell differently.

use serde_json::json;

use super::history::{Call, Comment, File, GROUPS, History, ORGANIZATIONS, Person, Ticket, Way};

/// 2024-03-01T08:00:00Z.
const FROM: i64 = 1_709_280_000;
/// Comments of the long ticket: more than one call to Gorgias takes, and several pages of an API.
pub(crate) const LONG: u64 = 600;

const ANA: u64 = 7_001;
const BEN: u64 = 501;
/// An agent who left; her record says so.
const OLD: u64 = 7_003;
/// An agent deleted for good.
const GONE_AGENT: u64 = 7_004;
const KIM: u64 = 9_001;
const JORG: u64 = 9_002;
const LAYLA: u64 = 9_003;
/// A caller without an address.
const CALLER: u64 = 9_004;
/// Gets copies, and answers.
const COPIED: u64 = 9_005;
/// A customer deleted softly.
const INACTIVE: u64 = 9_006;
/// A customer deleted for good.
const GONE: u64 = 9_007;
/// Gets copies, answers at length, and is deleted for good.
const GONE_COPIED: u64 = 9_008;
const PHONE: &str = "+1 (202) 555-0147";

fn people() -> Vec<Person> {
    let person =
        |id, name, email, role| Person { id, name, email, phone: None, role, active: true, exists: true };
    vec![
        person(ANA, "Ana Perez", Some("ana@acme.example"), "admin"),
        person(BEN, "Ben Brook", Some("ben@acme.example"), "agent"),
        Person { active: false, ..person(OLD, "Old Colleague", Some("old@acme.example"), "agent") },
        Person { exists: false, ..person(GONE_AGENT, "Nobody Now", None, "agent") },
        person(KIM, "Kim O’Donnelly", Some("kim@example.com"), "end-user"),
        person(JORG, "Jörg Straßner", Some("Joerg.Strassner@example.com"), "end-user"),
        Person {
            phone: Some("+971 4 555 0101"),
            ..person(LAYLA, "ليلى الزهراني", Some("layla@example.com"), "end-user")
        },
        Person {
            phone: Some("+12025550147"),
            ..person(CALLER, "Caller +1 (202) 555-0147", None, "end-user")
        },
        person(COPIED, "Pat \"Copy\" Penhallow, Jr.", Some("pat@example.com"), "end-user"),
        Person {
            active: false,
            ..person(INACTIVE, "Inactive Customer", Some("inactive@example.com"), "end-user")
        },
        Person { exists: false, ..person(GONE, "Gone Customer", Some("gone@example.com"), "end-user") },
        Person {
            exists: false,
            ..person(GONE_COPIED, "Gone Talker", Some("talker@example.com"), "end-user")
        },
    ]
}

fn mail(id: u64) -> Way {
    let person = people().into_iter().find(|person| person.id == id).unwrap();
    Way::Mail(person.name, person.email.unwrap(), Vec::new())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A ticket without comments, an hour after the one before it.
fn ticket(number: u64, requester: u64, way: Way, subject: &'static str) -> Ticket {
    let created = FROM + i64::try_from(number).unwrap() * 3_600;
    Ticket {
        number,
        way,
        created,
        updated: created,
        subject: Some(subject),
        status: "open",
        priority: None,
        kind: None,
        requester,
        assignee: Some(BEN),
        group: Some(GROUPS[0].0),
        organization: None,
        external_id: None,
        tags: vec!["moved"],
        fields: Vec::new(),
        solved: None,
        satisfaction: None,
        comments: Vec::new(),
    }
}

impl Ticket {
    /// Adds a comment so many seconds after the ticket was made.
    fn add(mut self, author: u64, way: Way, after: i64, public: bool, text: &str) -> Self {
        let position = self.comments.len() as u64;
        let at = self.created + after;
        self.updated = self.updated.max(at);
        // Neighbours change places, because ids are not in the order of time.
        let id = 36_300_000_000_000 + self.number * 10_000 + (position ^ 1) * 2;
        let paragraphs: Vec<String> = text
            .split("\n\n")
            .map(|one| format!("<p dir=\"auto\">{}</p>", escaped(one).replace('\n', "<br>")))
            .collect();
        self.comments.push(Comment {
            id,
            author: i64::try_from(author).unwrap(),
            entered_by: None,
            text: text.to_owned(),
            html: paragraphs.concat(),
            public,
            public_at_first: None,
            message_id: matches!(way, Way::Mail(..)).then(|| format!("<{id}@mail.example.com>")),
            way,
            at,
            flags: Vec::new(),
            files: Vec::new(),
            call: None,
        });
        self
    }

    /// The customer, by the way of the ticket.
    fn asks(self, after: i64, text: &str) -> Self {
        let (requester, way) = (self.requester, self.way.clone());
        self.add(requester, way, after, true, text)
    }

    /// Ben, in the agent interface.
    fn answers(self, after: i64, text: &str) -> Self {
        self.add(BEN, Way::Web, after, true, text)
    }

    /// Ana, where customers do not see it.
    fn notes(self, after: i64, text: &str) -> Self {
        self.add(ANA, Way::Web, after, false, text)
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Changes the comment that was added last.
    fn last(mut self, change: impl FnOnce(&mut Comment)) -> Self {
        change(self.comments.last_mut().unwrap());
        self
    }
}

fn file(id: u64, name: &'static str, content_type: &'static str, size: u64) -> File {
    File { id, name, content_type, size }
}

fn call(id: u64, seconds: u64, agent: Option<(u64, &'static str)>, transcription: &'static str) -> Call {
    Call { id, customer: PHONE, seconds, agent, transcription }
}

fn written() -> Vec<Ticket> {
    vec![
        ticket(1, KIM, mail(KIM), "Where is my order?")
            .asks(0, "Hi,\n\nwhere is order AO-1?\n\nKim")
            .answers(600, "Hello Kim,\n\nit left us this morning.")
            .asks(4_000, "Thank you!")
            .with(|t| {
                t.status = "closed";
                t.priority = Some("high");
                t.kind = Some("question");
                t.fields = vec![(360_001, json!("AO-1")), (360_002, json!(true)), (360_003, json!(["tents", "stoves"]))];
                t.solved = Some(t.created + 9_000);
                t.satisfaction = Some(("good", Some("Quick & kind")));
                t.external_id = Some("shop-1");
            }),
        ticket(2, JORG, Way::Mail("Jörg Straßner", "Joerg.Strassner@example.com", vec!["pat@example.com", "lee@example.com"]), "Rückgabe: Größe 42 ≠ 24")
            .asks(0, "Grüße! 👋🏽 Die Größe stimmt nicht.")
            .last(|c| c.files = vec![file(5_001, "rechnung äöü.pdf", "application/pdf", 20_480), file(5_002, "foto.jpg", "image/jpeg", 90_111)])
            .add(COPIED, mail(COPIED), 700, true, "I only get a copy, but: me too.")
            .last(|c| c.flags = vec![2])
            .answers(900, "Bitte senden Sie es zurück.")
            .with(|t| {
                t.organization = Some(ORGANIZATIONS[0].0);
                t.group = Some(GROUPS[1].0);
                t.status = "pending";
            }),
        ticket(3, LAYLA, Way::Web, "خيمة مفقودة")
            .asks(0, "مرحبا، أين الخيمة؟\nשלום \u{2028} 東京 e\u{301}")
            .notes(60, "She called as well, see below.")
            .answers(120, "We are looking for it."),
        ticket(4, KIM, Way::Web, "A photograph in the text")
            .asks(0, "See picture.")
            .last(|c| c.html = "<p>See <img src=\"https://acme.zendesk.com/attachments/token/inl1/?name=crack.png\"> picture.</p>".into())
            .answers(30, "a < b & c > d, \"quoted\", 100 %; one, two")
            .with(|t| t.tags = vec!["photo", "vip", "photo"]),
        ticket(5, CALLER, Way::Voice("voicemail", PHONE), "Voicemail from: +1 (202) 555-0147")
            .add(CALLER, Way::Voice("voicemail", PHONE), 0, false, "")
            .last(|c| c.call = Some(call(800_001, 23, None, "Please call me back.")))
            .add(BEN, Way::Voice("outbound", PHONE), 900, true, "")
            .last(|c| c.call = Some(call(800_002, 65, Some((BEN, "Ben Brook")), "")))
            .with(|t| t.status = "solved"),
        ticket(6, CALLER, Way::Voice("inbound", PHONE), "Phone call from: +1 (202) 555-0147")
            .add(BEN, Way::Voice("inbound", PHONE), 0, true, "")
            .last(|c| c.call = Some(call(800_003, 301, Some((BEN, "Ben Brook")), ""))),
        ticket(7, KIM, mail(KIM), "Three in one second")
            .asks(0, "First.")
            .asks(0, "Second, in the same second.")
            .add(BEN, Way::Web, 0, true, "Third.")
            .notes(0, "Fourth."),
        ticket(8, KIM, Way::HelpCenter, "From the help centre").asks(0, "A question.").answers(60, "An answer."),
        ticket(9, KIM, Way::Chat, "Conversation with Kim").asks(0, "hello").answers(5, "hi").with(|t| t.status = "solved"),
        ticket(10, KIM, Way::Api, "Made by a program").asks(0, "Order AO-9 was not paid."),
        ticket(11, KIM, Way::FollowUp(1, "Where is my order?"), "Re: Where is my order?").asks(0, "It came broken."),
    ]
}

fn about_people() -> Vec<Ticket> {
    vec![
        ticket(12, GONE, mail(GONE), "From somebody deleted")
            .asks(0, "Will you forget me?")
            .answers(60, "We will."),
        ticket(13, INACTIVE, mail(INACTIVE), "From somebody deleted softly").asks(0, "Hm.").add(
            OLD,
            Way::Web,
            60,
            true,
            "Answered by one who left.",
        ),
        ticket(14, KIM, mail(KIM), "An agent whom no list has")
            .asks(0, "Hello?")
            .add(GONE_AGENT, Way::Web, 60, true, "Hello!")
            .with(|t| t.assignee = Some(GONE_AGENT)),
        ticket(15, KIM, mail(KIM), "Two of the same")
            .asks(0, "The same question again.")
            .add(
                BEN,
                Way::Merge(vec![16]),
                500,
                false,
                "Request #16 \"Two of the same (2)\" was closed and merged into this request.",
            )
            .answers(600, "One answer for both."),
        ticket(16, KIM, mail(KIM), "Two of the same (2)")
            .asks(0, "The same question.")
            .add(
                BEN,
                Way::Web,
                500,
                false,
                "This request was closed and merged into request #15 \"Two of the same\".",
            )
            .with(|t| {
                t.status = "closed";
                t.tags = vec!["closed_by_merge"];
            }),
        ticket(17, KIM, mail(KIM), "Made private later")
            .asks(0, "My card is 4111.")
            .last(|c| (c.public, c.public_at_first) = (false, Some(true)))
            .answers(60, "We hid that."),
        ticket(18, JORG, Way::Web, "Entered for him")
            .add(JORG, Way::Web, 0, true, "He said this on the telephone.")
            .last(|c| (c.entered_by, c.flags) = (Some(i64::try_from(ANA).unwrap()), vec![11]))
            .with(|t| t.assignee = None),
        ticket(19, KIM, mail(KIM), "A customer's private comment")
            .asks(0, "To all.")
            .add(COPIED, mail(COPIED), 30, false, "To agents only.")
            .last(|c| c.flags = vec![17]),
    ]
}

fn about_words() -> Vec<Ticket> {
    vec![
        ticket(20, KIM, Way::Web, "Words of the machine")
            .asks(0, "Hi.")
            .add(BEN, Way::Rule, 10, false, "A trigger did something.")
            .last(|c| c.author = -1),
        ticket(21, BEN, Way::Web, "An agent asks").add(BEN, Way::Web, 0, true, "Can I have a day off?").add(
            ANA,
            Way::Web,
            50,
            true,
            "Yes.",
        ),
        ticket(22, KIM, mail(KIM), "Stray spaces, lines").asks(0, "One.\n\nTwo,\nthree.\n\n\n  Four."),
        ticket(23, KIM, mail(KIM), "Comma, \"quote\"; line\tend")
            .asks(0, "a,b;\"c\"\n\"d\",e")
            .with(|t| t.status = "hold"),
        ticket(24, KIM, mail(KIM), "").asks(0, "No subject.").with(|t| t.subject = None),
        ticket(25, KIM, mail(KIM), "Deleted").asks(0, "Never import this.").with(|t| t.status = "deleted"),
        ticket(26, KIM, Way::Web, "Only a note").notes(0, "For later.").with(|t| t.status = "new"),
        ticket(27, LAYLA, mail(LAYLA), "Only a file")
            .asks(0, "")
            .last(|c| c.files = vec![file(5_003, "scan.png", "image/png", 7)]),
        ticket(28, KIM, mail(KIM), "Redacted").asks(0, "My number is ▇▇▇▇."),
        ticket(29, KIM, Way::Web, "Urgent").asks(0, "Quick!").with(|t| {
            t.priority = Some("urgent");
            t.kind = Some("incident");
            t.satisfaction = Some(("unoffered", None));
        }),
    ]
}

/// A talk that never ends, with a third voice and notes. The third writes so often that only the number of their
/// tickets tells them from an agent.
fn long() -> Ticket {
    let start = ticket(30, JORG, mail(JORG), "The long one").asks(0, "Message 0.");
    (1..LONG).fold(start, |ticket, turn| {
        let (after, text) = (i64::try_from(turn).unwrap() * 61, format!("Message {turn}."));
        match turn % 7 {
            0 | 2 => ticket.asks(after, &text),
            4 | 5 => ticket.add(GONE_COPIED, mail(GONE_COPIED), after, true, &text),
            6 => ticket.notes(after, &text),
            _ => ticket.answers(after, &text),
        }
    })
}

/// The whole history.
pub(crate) fn history() -> History {
    let tickets = written().into_iter().chain(about_people()).chain(about_words()).chain([long()]).collect();
    History { people: people(), tickets }
}
