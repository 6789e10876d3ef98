//! Small histories with everything in them that changes how a ticket is sent.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::world::{conversation, folder, person};
use crate::model::body::{Body, Html};
use crate::model::conversation::{Attachment, Channel, Conversation, FileKind, Message, Side, Status};
use crate::model::fact;
use crate::model::key::{PersonKey, SourceName};
use crate::model::person::{Address, Email, Person, Role};

const TAGS: [&str; 3] = ["vip", "refund", "späte lieferung"];
const CHANNELS: [Channel; 5] =
    [Channel::Email, Channel::Phone, Channel::Chat, Channel::ContactForm, Channel::Sms];
const STATUSES: [Status; 4] = [Status::Open, Status::Closed, Status::Solved, Status::Pending];

/// Files that came with the export, by the names under which messages have them: some lie in a folder, some in an archive,
/// and two have the same content.
const FILES: [(&str, &str, &str); 4] = [
    ("invoice.txt", "invoice.txt", "an invoice of 7 pages"),
    ("Rechnung.txt", "copy.txt", "an invoice of 7 pages"),
    ("späte lieferung.csv", "dump.zip!3/a.csv", "number,day\n1,2\n"),
    ("b.json", "dump.zip!4/b.json", "{\"order\": 7}"),
];

/// An agent who is a user of the account, or was one.
fn agent(present: bool) -> Arc<Person> {
    let (id, name, email) =
        if present { (501, "Ben Brook", "ben@acme.example") } else { (502, "Gone Gil", "gil@acme.example") };
    let key = PersonKey::new(&SourceName::new("zendesk").unwrap(), "user", id);
    Arc::new(Person {
        name: Some(name.into()),
        email: Email::parse(email),
        ..Person::unknown(key, Role::Agent)
    })
}

fn body(rng: &mut fastrand::Rng, number: u64, at: usize) -> Body {
    let text = format!("Message {at} of ticket {number}: <b>5 < 7</b> & 🙂 {}", "x".repeat(rng.usize(..200)));
    match rng.u8(..3) {
        0 => Body::new(None, Some(Html::from_export(format!("<div><p>{number}/{at} &amp; ü</p></div>")))),
        1 => Body::new(Some(text), None),
        _ => Body::from_text(text),
    }
    .unwrap()
}

/// Who writes, on which side and by which medium.
fn dress(rng: &mut fastrand::Rng, message: &mut Message, body: Body) {
    message.body = body;
    message.channel = CHANNELS[rng.usize(..CHANNELS.len())];
    if message.side == Side::Note {
        message.author = agent(rng.bool());
        if rng.bool() {
            message.side = Side::Agent;
        } else {
            message.channel = Channel::InternalNote;
        }
    }
    if message.channel == Channel::Email {
        let address = |address: &str| Address { name: None, address: address.into() };
        message.route.from = Some(address("kim@example.com"));
        message.route.to = vec![address("support@acme.example")];
        message.route.cc = if rng.bool() { vec![address("cc@example.com")] } else { Vec::new() };
    }
}

/// Writes the files that the export came with.
pub(super) fn dump() -> TempDir {
    let dump = folder();
    let archive = std::fs::File::create(dump.path().join("dump.zip")).unwrap();
    let mut archive = ZipWriter::new(archive);
    for (_, place, content) in FILES {
        if let Some((_, entry)) = place.split_once('!') {
            archive.start_file(entry, SimpleFileOptions::default()).unwrap();
            archive.write_all(content.as_bytes()).unwrap();
        } else {
            std::fs::write(dump.path().join(place), content).unwrap();
        }
    }
    archive.finish().unwrap();
    dump
}

/// What is in a file that came with the export.
pub(super) fn content(name: &str) -> &'static str {
    FILES.into_iter().find(|(file, ..)| *file == name).unwrap().2
}

fn files(rng: &mut fastrand::Rng, dump: &Path) -> Vec<Attachment> {
    let file = |(name, place, content): (&str, &str, &str)| Attachment {
        url: String::new(),
        name: name.to_owned(),
        content_type: None,
        size: Some(content.len() as u64),
        kind: FileKind::Attachment,
        local: Some(dump.join(place).display().to_string()),
    };
    FILES.into_iter().filter(|_| rng.u8(..4) == 0).map(file).collect()
}

/// Ticket `number` with so many messages, and with files if there is a dump of them.
pub(super) fn ticket(
    rng: &mut fastrand::Rng,
    number: u64,
    people: &[Arc<Person>],
    messages: usize,
    dump: Option<&Path>,
) -> Conversation {
    let customer = &people[rng.usize(..people.len())];
    let authors: Vec<_> = (0..messages)
        .map(|_| match rng.u8(..4) {
            0 | 1 => None,
            2 => Some(&people[rng.usize(..people.len())]),
            _ => Some(customer),
        })
        .collect();
    let status = STATUSES[rng.usize(..STATUSES.len())];
    let mut made = conversation(number, customer, &authors, &TAGS[..rng.usize(..=TAGS.len())], status);
    made.subject = rng.bool().then(|| format!("Question {number} – “naïve”"));
    made.channel = CHANNELS[rng.usize(..CHANNELS.len())];
    made.assignee = rng.bool().then(|| agent(true));
    if rng.bool() {
        made.meta.insert(fact::RATING.into(), if rng.bool() { "good".into() } else { "bad".into() });
    }
    for (at, message) in made.messages.iter_mut().enumerate() {
        let body = body(rng, number, at);
        dress(rng, message, body);
        if let Some(dump) = dump {
            message.attachments = files(rng, dump);
        }
    }
    made
}

/// Customers with an address, a number, or neither.
pub(super) fn customers() -> Vec<Arc<Person>> {
    (0..4).map(|id| person(id, id < 2, id == 2)).collect()
}

/// A history of a few tickets.
pub(super) fn history(rng: &mut fastrand::Rng, dump: Option<&Path>) -> Vec<Conversation> {
    let people = customers();
    (1..=rng.u64(2..8))
        .map(|number| {
            let messages = if rng.u8(..8) == 0 { rng.usize(8..20) } else { rng.usize(1..5) };
            ticket(rng, number, &people, messages, dump)
        })
        .collect()
}

/// The same history later: some tickets have further messages.
pub(super) fn grow(rng: &mut fastrand::Rng, history: &mut [Conversation], dump: Option<&Path>) {
    let people = customers();
    for (number, known) in (1..).zip(history) {
        if rng.bool() {
            let count = known.messages.len();
            let more = rng.usize(1..4);
            let longer = ticket(rng, number, &people, count + more, dump);
            known.messages.extend(longer.messages.into_iter().skip(count));
        }
    }
}
