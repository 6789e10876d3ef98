//! One ticket of an export of any size, made from its number alone.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::aside;
use crate::shop::cast::{TEAM, TeamMember};
use crate::shop::markup::{self, Quote};
use crate::shop::stories::{self, Facts, PRODUCTS, Story, Voice};
use crate::shop::wire::{self, Attachment, Brief, Comment, Ticket, Via, time};
use crate::user::{Customer, customer, customers};

/// Where the ids of comments begin.
const FIRST_COMMENT: u64 = 36_300_000_000_000;
/// Ids kept free for each ticket: more than the longest can use.
const IDS_EACH: u64 = 4_096;
/// Turns of the rare long ticket; one call to Gorgias takes 500 messages.
const LONG_TURNS: usize = 640;
/// Earlier messages that a mail program quotes in full.
const QUOTES_MAX: usize = 2;

/// How tickets come in, in parts of a hundred: mail, form, help centre, chat, API.
const SHARES: [(u8, &str); 5] = [(68, "email"), (84, "web"), (88, "help_center"), (95, "chat"), (100, "api")];

/// What many companies put under every mail.
const FOOTER: &str = "This message and its attachments may contain confidential information and are meant for the \
    person named above alone. If you are not that person, please tell the sender and delete the message; copying it or \
    passing it on is not allowed. Please think of the woods before you print this page. Sent from a small device, so \
    please forgive brevity, spelling and the occasional creative correction.";

/// The ticket with this number.
pub(crate) fn make(seed: u64, number: u64) -> Ticket {
    let mut rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number));
    let requester = customer(seed, rng.u64(0..customers(number)));
    // People without an address write through a messenger.
    let share = if requester.email.is_some() { rng.u8(0..100) } else { 255 };
    let channel =
        SHARES.iter().find(|(up_to, _)| share < *up_to).map_or("native_messaging", |(_, name)| *name);
    let agent = &TEAM[rng.usize(0..6)];
    let mut writer = Writer::new(rng, number, channel, &requester, agent);
    writer.tell();
    writer.ticket()
}

struct Writer<'a> {
    rng: Rng,
    number: u64,
    channel: &'static str,
    requester: &'a Customer,
    agent: &'a TeamMember,
    story: &'static Story,
    facts: Facts,
    created: Timestamp,
    now: Timestamp,
    comments: Vec<Comment>,
    quotes: Vec<Quote>,
}

impl<'a> Writer<'a> {
    fn new(
        mut rng: Rng,
        number: u64,
        channel: &'static str,
        requester: &'a Customer,
        agent: &'a TeamMember,
    ) -> Self {
        let shelf: Vec<&Story> =
            stories::all().into_iter().filter(|story| story.lang == requester.lang).collect();
        let story = shelf[rng.usize(0..shelf.len())];
        let word = |name: &str| name.split(' ').next().unwrap_or(name).to_owned();
        let facts = Facts {
            name: word(&requester.name),
            agent: word(agent.name),
            order: format!("AO-{}", rng.u32(20_000..99_999)),
            product: PRODUCTS[rng.usize(0..PRODUCTS.len())].to_owned(),
            tracking: format!("EX{:09}NO", rng.u32(0..1_000_000_000)),
            amount: format!("{}.{:02} €", rng.u32(12..480), rng.u32(0..100)),
        };
        // 2019 to the end of 2025.
        let created = Timestamp::from_second(1_546_300_800 + rng.i64(0..220_000_000)).unwrap_or_default();
        let (comments, quotes) = (Vec::new(), Vec::new());
        Self { rng, number, channel, requester, agent, story, facts, created, now: created, comments, quotes }
    }

    /// Writes the story down, once, or again and again for the rare long ticket.
    fn tell(&mut self) {
        let long = self.rng.u16(0..2_000) == 0;
        let turns = if long { LONG_TURNS } else { self.story.turns.len() };
        if long {
            // It goes on for a year or two, and must not reach into the future.
            self.created -= SignedDuration::from_hours(24 * 700);
            self.now = self.created;
        }
        for (voice, text) in self.story.turns.iter().cycle().take(turns) {
            let mut text = stories::fill(text, &self.facts);
            if *voice != Voice::Note {
                text.push_str(&aside::some(&mut self.rng));
            }
            let comment = self.comment(*voice, &text);
            self.comments.push(comment);
            if *voice != Voice::Note {
                let intro = format!(
                    "On {}, {} wrote:",
                    self.now.strftime("%a, %d %b %Y at %H:%M"),
                    self.name(*voice)
                );
                self.quotes.insert(0, Quote { intro, text });
                self.quotes.truncate(QUOTES_MAX);
            }
            self.now += SignedDuration::from_mins(self.rng.i64(2..1_500));
        }
    }

    fn name(&self, voice: Voice) -> &str {
        if voice == Voice::Customer { &self.requester.name } else { self.agent.name }
    }

    fn id(&self) -> u64 {
        FIRST_COMMENT + self.number * IDS_EACH + self.comments.len() as u64 * 3
    }

    fn comment(&mut self, voice: Voice, text: &str) -> Comment {
        let id = self.id();
        let mail = self.channel == "email" && voice == Voice::Customer;
        let author = if voice == Voice::Customer { self.requester.id } else { self.agent.id };
        let (body, html) = self.bodies(voice, mail, text);
        Comment {
            id,
            kind: "Comment",
            author_id: author.try_into().unwrap_or(-1),
            plain_body: Some(markup::plain(&body)),
            html_body: markup::wrapped(&html),
            body,
            public: voice != Voice::Note,
            attachments: self.files(id, text),
            audit_id: id + 1,
            via: Some(if voice == Voice::Customer { self.via() } else { Via::bare("web") }),
            created_at: time(self.now),
            metadata: self.metadata(mail),
            voice: None,
            ticket_id: None,
        }
    }

    /// Text and HTML: mails quote what was said and end in a footer, answers end in a signature.
    fn bodies(&mut self, voice: Voice, mail: bool, text: &str) -> (String, String) {
        let html = markup::paragraphs(text);
        if mail && self.rng.u8(0..10) < 3 {
            let quoted = (markup::quoted_text(&self.quotes), markup::quoted_html(&self.quotes));
            let footer = if self.rng.u8(0..3) == 0 { FOOTER } else { "" };
            let body = format!("{text}\n\n{footer}{}", quoted.0);
            let footer = markup::paragraphs(footer);
            (body, format!("{html}{footer}{}", quoted.1))
        } else if voice == Voice::Agent {
            let body = format!("{text}\n\n-- \n{}\nAcme Outdoor · Customer Care", self.agent.name);
            (body, format!("{html}{}", markup::signature(self.agent.name)))
        } else {
            (text.to_owned(), html)
        }
    }

    fn via(&self) -> Via {
        match (self.channel, &self.requester.email) {
            ("email", Some(address)) => Via::email(&self.requester.name, address),
            (channel, _) => Via::bare(channel),
        }
    }

    fn files(&mut self, id: u64, text: &str) -> Vec<Attachment> {
        let Some((name, content_type)) = markup::file_meant(text) else { return Vec::new() };
        let token: String = (0..25).map(|_| self.rng.alphanumeric()).collect();
        vec![Attachment::new(id + 2, &token, name, content_type, self.rng.u64(18_000..2_400_000))]
    }

    fn metadata(&mut self, mail: bool) -> Value {
        let mut system = json!({"client": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36",
            "ip_address": format!("203.0.113.{}", self.rng.u8(1..255)), "location": "New York, NY, United States",
            "latitude": 40.7128, "longitude": -74.006});
        if mail {
            let id = format!("{:032x}", self.rng.u128(..));
            system["message_id"] = json!(format!("<{id}@mail.example.com>"));
            system["raw_email_identifier"] = json!(format!("36148700/{id}.eml"));
            system["json_email_identifier"] = json!(format!("36148700/{id}.json"));
            system["eml_redacted"] = json!(false);
        }
        json!({"system": system, "custom": {}, "flags": [], "flags_options": {}, "trusted": true})
    }

    fn ticket(mut self) -> Ticket {
        let mut ticket = Ticket::new(self.number + 1, self.requester.id, self.via(), time(self.created));
        let subject = stories::fill(self.story.subject, &self.facts);
        ticket.raw_subject = Some(subject.clone());
        ticket.subject = Some(subject);
        ticket.description = self.comments.first().map(|first| format!("{}\n", first.body));
        ticket.updated_at =
            self.comments.last().map_or_else(|| time(self.created), |last| last.created_at.clone());
        ticket.generated_timestamp = self.now.as_second();
        ticket.status = if self.created.as_second() < 1_735_689_600 { "closed" } else { "solved" };
        ticket.priority =
            *self.rng.choice(&[None, Some("normal"), Some("high"), Some("low")]).unwrap_or(&None);
        ticket.recipient = (self.channel == "email").then(|| wire::MAILBOX.to_owned());
        ticket.tags = Some(self.story.tags.iter().map(|&tag| tag.to_owned()).collect());
        let brief = |id: u64, name: &str, email: Option<String>| Brief { id, name: name.to_owned(), email };
        let requester = brief(self.requester.id, &self.requester.name, self.requester.email.clone());
        ticket.submitter = Some(requester.clone());
        ticket.requester = Some(requester);
        if self.story.turns.iter().any(|(voice, _)| *voice == Voice::Agent) {
            let email = Some(format!("{}@acme-outdoor.example", self.agent.mailbox));
            ticket.assignee_id = Some(self.agent.id);
            ticket.assignee = Some(brief(self.agent.id, self.agent.name, email));
        }
        ticket.set_field(wire::FIELD_ORDER, &json!(self.facts.order));
        ticket.metric_set = Some(
            json!({"ticket_id": ticket.id, "reopens": 0, "replies": 1, "created_at": ticket.created_at}),
        );
        ticket.comments = Some(self.comments);
        ticket
    }
}
