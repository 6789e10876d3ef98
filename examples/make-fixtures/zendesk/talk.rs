//! A ticket while it is being written: every comment is put down with what is expected of it.

use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::desk::{Desk, Fate, Person, Planned};
use super::medium::Medium;
use crate::shop::markup::{self, Quote};
use crate::shop::wire::{Brief, Comment, Ticket, Via, time};
use crate::truth::{Message, Side};

/// How a comment is meant.
pub(super) struct Said<'a> {
    pub(super) author: i64,
    pub(super) text: &'a str,
    pub(super) public: bool,
    pub(super) via: Option<Via>,
    pub(super) side: Side,
    pub(super) channel: &'static str,
}

/// A ticket in the making.
pub(super) struct Talk<'d> {
    pub(super) desk: &'d mut Desk,
    pub(super) wire: Ticket,
    pub(super) requester: Person,
    /// The agent who answers.
    pub(super) agent: Person,
    /// The clock: when the next comment is written.
    pub(super) now: Timestamp,
    medium: Medium,
    written: Vec<(Comment, Option<Message>)>,
    quotes: Vec<Quote>,
    inline_images: u64,
}

impl<'d> Talk<'d> {
    /// A ticket that `requester` opens at `now` through `medium`.
    pub(super) fn open(desk: &'d mut Desk, medium: Medium, requester: &Person, now: Timestamp) -> Self {
        let agent = desk.anyone();
        let id = desk.ticket_id();
        let mut wire = Ticket::new(id, requester.id, medium.via(requester), time(now));
        wire.organization_id = requester.organization;
        wire.requester = requester.in_export.then(|| brief(requester));
        if matches!(medium, Medium::Email | Medium::OldEmail) {
            wire.recipient = Some(crate::shop::wire::MAILBOX.to_owned());
        }
        wire.from_messaging_channel = medium.answers_itself();
        let requester = requester.clone();
        let (written, quotes) = (Vec::new(), Vec::new());
        Self { desk, wire, requester, agent, now, medium, written, quotes, inline_images: 0 }
    }

    /// Its subject.
    pub(super) fn subject(&mut self, subject: &str) {
        self.wire.subject = Some(subject.to_owned());
        self.wire.raw_subject = Some(subject.to_owned());
    }

    /// Notes that this ticket shows the odd case `name`.
    pub(super) fn case(&mut self, name: &'static str) {
        self.desk.case(name, self.wire.id);
    }

    /// Lets time go by.
    pub(super) fn wait(&mut self, minutes: i64) {
        let seconds = self.desk.rng.i64(0..60);
        self.now += (minutes * 60 + seconds).seconds();
    }

    /// The customer writes through the ticket's medium.
    pub(super) fn customer(&mut self, text: &str) -> &mut Comment {
        let via = Some(self.medium.via(&self.requester));
        let author = id_of(&self.requester);
        let channel = self.medium.customer_channel();
        self.say(&Said { author, text, public: true, via, side: Side::Customer, channel })
    }

    /// The agent answers, in the agent interface or through the medium itself.
    pub(super) fn answer(&mut self, text: &str) -> &mut Comment {
        let direct = self.medium.answers_itself() && self.desk.rng.bool();
        let via = if direct { self.medium.via(&self.requester) } else { Via::bare("web") };
        let author = id_of(&self.agent);
        let channel = self.medium.answer_channel();
        self.take_over();
        self.say(&Said { author, text, public: true, via: Some(via), side: Side::Agent, channel })
    }

    /// An agent writes to colleagues.
    pub(super) fn note(&mut self, text: &str) -> &mut Comment {
        let author = id_of(&self.agent);
        self.note_by(author, text)
    }

    /// Someone writes to the team only.
    pub(super) fn note_by(&mut self, author: i64, text: &str) -> &mut Comment {
        let via = Some(Via::bare("web"));
        self.say(&Said { author, text, public: false, via, side: Side::Note, channel: "internal-note" })
    }

    /// Makes the agent the assignee, as the first answer does.
    pub(super) fn take_over(&mut self) {
        self.wire.assignee_id = Some(self.agent.id);
        self.wire.assignee = self.agent.in_export.then(|| brief(&self.agent));
    }

    /// Puts down a comment and what is expected of it.
    pub(super) fn say(&mut self, said: &Said<'_>) -> &mut Comment {
        let (id, audit_id) = (self.desk.id(), self.desk.id());
        let comment = Comment {
            id,
            kind: "Comment",
            author_id: said.author,
            body: said.text.to_owned(),
            html_body: markup::wrapped(&markup::paragraphs(said.text)),
            plain_body: Some(markup::plain(said.text)),
            public: said.public,
            attachments: Vec::new(),
            audit_id,
            via: said.via.clone(),
            created_at: time(self.now),
            metadata: self.metadata(said),
            voice: None,
            ticket_id: None,
        };
        let message = Message::new(format!("zendesk:comment:{id}"), said.side, said.channel, self.now);
        let intro =
            format!("On {}, {} wrote:", self.now.strftime("%a, %d %b %Y at %H:%M"), self.name(said.author));
        if said.public {
            self.quotes.insert(0, Quote { intro, text: said.text.to_owned() });
        }
        self.written.push((comment, Some(message)));
        let minutes = self.desk.rng.i64(3..2_000);
        self.wait(minutes);
        &mut self.written.last_mut().expect("it was pushed above").0
    }

    /// The last comment is not a message: it says nothing.
    pub(super) fn not_a_message(&mut self) {
        if let Some((_, message)) = self.written.last_mut() {
            *message = None;
        }
    }

    /// The last comment quotes all that was said before it, as mail programs do.
    pub(super) fn quote_history(&mut self) {
        let history = self.quotes.get(1..).unwrap_or_default();
        let (html, text) = (markup::quoted_html(history), markup::quoted_text(history));
        if let Some((comment, _)) = self.written.last_mut() {
            comment.html_body = markup::wrapped(&format!("{}{html}", markup::paragraphs(&comment.body)));
            comment.body.push_str(&text);
            comment.plain_body = Some(markup::plain(&comment.body));
        }
    }

    /// The last comment ends with the agent's signature.
    pub(super) fn sign(&mut self) {
        let signature = markup::signature(&self.agent.name);
        if let Some((comment, _)) = self.written.last_mut() {
            comment.html_body = markup::wrapped(&format!("{}{signature}", markup::paragraphs(&comment.body)));
        }
    }

    /// The last comment shows an image that lies in the account's store and is not listed with it.
    pub(super) fn show_image(&mut self, name: &str) {
        let token = self.desk.token();
        let address = crate::shop::wire::address(&format!("attachments/token/{token}/?name={name}"));
        self.inline_images += 1;
        if let Some((comment, _)) = self.written.last_mut() {
            let image = format!("<p><img src=\"{address}\" alt=\"{name}\" width=\"640\"></p></div>");
            comment.html_body = comment.html_body.trim_end_matches("</div>").to_owned() + &image;
            comment.body.extend(["\n\n![", name, "](", &address, ")"]);
        }
    }

    /// The last comment carries a file.
    pub(super) fn attach(&mut self, name: &str, content_type: &str) {
        let file = self.desk.file(name, content_type);
        if let Some((comment, _)) = self.written.last_mut() {
            comment.attachments.push(file);
        }
    }

    /// Puts the comments into another order in the file; their times stay.
    pub(super) fn shuffle_file_order(&mut self) {
        self.desk.rng.shuffle(&mut self.written);
    }

    /// Ends the ticket in `status` and gives it to the desk. Returns its number.
    pub(super) fn close(self, status: &'static str) -> u64 {
        let messages = self.written.iter().filter_map(|(_, message)| message.clone()).collect();
        self.finish(status, Fate::Imported(messages))
    }

    /// Ends a ticket that is to be left out. Returns its number.
    pub(super) fn close_left_out(self, status: &'static str, reason: &'static str) -> u64 {
        self.finish(status, Fate::LeftOut(reason))
    }

    /// Ends the ticket with an explicit fate. Returns its number.
    pub(super) fn finish(mut self, status: &'static str, mut fate: Fate) -> u64 {
        if let Fate::Imported(messages) = &mut fate {
            messages.sort_by_key(Message::sent_at);
        }
        let files = self.written.iter().filter(|(_, message)| message.is_some());
        let files = files.map(|(comment, _)| comment.attachments.len() as u64).sum();
        let comments: Vec<Comment> = self.written.into_iter().map(|(comment, _)| comment).collect();
        let wire = &mut self.wire;
        wire.status = status;
        if wire.description.is_none() {
            wire.description = comments.first().map(|first| format!("{}\n", first.body));
        }
        wire.is_public = comments.iter().any(|comment| comment.public) || comments.is_empty();
        wire.submitter = (wire.submitter_id == self.requester.id).then(|| wire.requester.clone()).flatten();
        let last = comments.iter().map(|comment| comment.created_at.as_str()).max();
        wire.updated_at = last.unwrap_or(&wire.created_at).to_owned();
        wire.generated_timestamp = seconds(&wire.updated_at) + 2;
        let replies = comments.iter().filter(|c| c.public && c.author_id == id_of(&self.agent)).count();
        wire.metric_set = Some(metrics(wire, replies));
        wire.comments = Some(comments);
        let id = wire.id;
        self.desk.tickets.push(Planned { wire: self.wire, fate, files, inline_images: self.inline_images });
        id
    }

    fn name(&self, author: i64) -> &str {
        if author == id_of(&self.agent) { &self.agent.name } else { &self.requester.name }
    }

    /// The circumstances of a comment: those of a mail, or those of a browser.
    fn metadata(&mut self, said: &Said<'_>) -> Value {
        let rng = &mut self.desk.rng;
        let place = json!({"ip_address": format!("203.0.113.{}", rng.u8(1..255)), "location": "New York, NY, United States",
            "latitude": 40.7, "longitude": -74.0});
        let mut system = place;
        let mail = said.via.as_ref().is_some_and(|via| via.channel == "email" || via.channel == 4);
        if mail {
            let id = format!("{:016x}", rng.u64(..));
            system["message_id"] = json!(format!("<{id}@mail.example.com>"));
            system["raw_email_identifier"] = json!(format!("36148700/{id}.eml"));
            system["json_email_identifier"] = json!(format!("36148700/{id}.json"));
            system["eml_redacted"] = json!(false);
        } else {
            system["client"] =
                json!("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
        }
        if mail {
            json!({"system": system, "custom": {}, "trusted": true})
        } else {
            json!({"system": system, "custom": {}})
        }
    }
}

/// A user's id where authors stand.
pub(super) fn id_of(person: &Person) -> i64 {
    i64::try_from(person.id).expect("ids have 14 digits")
}

/// A person as ticket lines embed them.
pub(super) fn brief(person: &Person) -> Brief {
    Brief { id: person.id, name: person.name.clone(), email: person.email.clone() }
}

/// Unix seconds of a time that was written by [`time`].
pub(super) fn seconds(text: &str) -> i64 {
    text.parse::<Timestamp>().expect("written by the generator").as_second()
}

fn metrics(wire: &Ticket, replies: usize) -> Value {
    json!({"id": 36_149_000_000_000 + wire.id, "ticket_id": wire.id, "created_at": wire.created_at,
        "group_stations": 1, "assignee_stations": u8::from(wire.assignee_id.is_some()), "reopens": 0,
        "replies": replies, "latest_comment_added_at": wire.updated_at})
}
