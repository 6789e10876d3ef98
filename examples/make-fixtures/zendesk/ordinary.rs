//! Everyday tickets: the stories, told by many customers over seven years.

use serde_json::json;

use super::desk::{Desk, WAREHOUSE};
use super::medium::Medium;
use super::talk::{Talk, id_of};
use crate::shop::markup;
use crate::shop::stories::{self, Story, Voice};
use crate::shop::wire::{FIELD_GOODWILL, FIELD_ORDER, FIELD_REFUND, FIELD_TOPIC};

/// How many everyday tickets there are.
const TICKETS: usize = 168;

/// Where the ids of ratings begin.
const RATINGS: u64 = 36_160_000_000_000;

/// Media of everyday tickets; mail is by far the most frequent.
const MEDIA: &[Medium] = &[
    Medium::Email,
    Medium::Email,
    Medium::Form,
    Medium::Email,
    Medium::Widget,
    Medium::Email,
    Medium::HelpCenter,
    Medium::Email,
    Medium::Email,
    Medium::Api,
    Medium::Email,
    Medium::Form,
    Medium::Email,
];

/// Writes them all.
pub(super) fn write(desk: &mut Desk) {
    let stories = stories::all();
    for index in 0..TICKETS {
        let story = stories[index % stories.len()];
        tell(desk, story, MEDIA[index % MEDIA.len()]);
    }
}

/// Tells one story as a ticket.
fn tell(desk: &mut Desk, story: &'static Story, medium: Medium) {
    let requester = desk.someone(story.lang);
    let now = desk.moment();
    let mut talk = Talk::open(desk, medium, &requester, now);
    let facts = talk.desk.facts(&requester, &talk.agent);
    talk.subject(&stories::fill(story.subject, &facts));
    for (voice, text) in story.turns {
        let text = stories::fill(text, &facts);
        match voice {
            Voice::Customer => {
                talk.customer(&text);
            }
            Voice::Agent => {
                talk.answer(&text);
            }
            Voice::Note if text.contains("shelf") => {
                let warehouse = id_of(&talk.desk.member(WAREHOUSE));
                talk.note_by(warehouse, &text);
            }
            Voice::Note => {
                talk.note(&text);
            }
        }
        dress(&mut talk, *voice, &text, medium);
    }
    let order = facts.order.clone();
    describe(&mut talk, story, &order);
    let status = status_of(&mut talk);
    talk.close(status);
}

/// Gives the last comment what such comments have: quoted mails, a signature, files.
fn dress(talk: &mut Talk<'_>, voice: Voice, text: &str, medium: Medium) {
    match voice {
        Voice::Customer if medium == Medium::Email && talk.desk.rng.u8(0..10) < 6 => talk.quote_history(),
        Voice::Agent if talk.desk.rng.u8(0..10) < 7 => talk.sign(),
        _ => {}
    }
    if let Some((name, content_type)) = markup::file_meant(text) {
        talk.attach(name, content_type);
        if content_type == "image/jpeg" && talk.desk.rng.bool() {
            talk.attach("IMG_2042.jpeg", content_type);
        }
    }
    if voice == Voice::Customer && talk.desk.rng.u8(0..25) == 0 {
        talk.show_image("screenshot.png");
    }
}

/// Tags, priority, fields, rating, followers.
fn describe(talk: &mut Talk<'_>, story: &Story, order: &str) {
    let mut tags: Vec<String> = story.tags.iter().map(|&tag| tag.to_owned()).collect();
    tags.push(format!("lang_{}", story.lang));
    let topic = story.tags.first().copied().unwrap_or("other").replace('-', "_");
    talk.wire.set_field(FIELD_TOPIC, &json!(format!("topic_{topic}")));
    talk.wire.set_field(FIELD_ORDER, &json!(order));
    tags.push(format!("topic_{topic}"));
    let rng = &mut talk.desk.rng;
    talk.wire.priority =
        *rng.choice(&[None, Some("normal"), Some("low"), Some("high"), Some("urgent")]).unwrap_or(&None);
    talk.wire.kind =
        *rng.choice(&[None, Some("question"), Some("incident"), Some("question")]).unwrap_or(&None);
    if story.tags.contains(&"refund") {
        let cents = rng.u32(1_200..48_000);
        talk.wire.set_field(FIELD_REFUND, &json!(cents));
    }
    if rng.u8(0..6) == 0 {
        talk.wire.set_field(FIELD_GOODWILL, &json!(true));
    }
    let rating = match rng.u8(0..8) {
        0 => json!({"score": "good", "id": RATINGS + talk.wire.id, "comment": "Quick and friendly ⭐"}),
        1 => json!({"score": "bad", "id": RATINGS + talk.wire.id, "comment": null,
            "reason": "The issue took too long to resolve", "reason_id": 36_148_700_000_701_u64}),
        2 | 3 => json!({"score": "offered"}),
        4 => json!(null),
        _ => json!({"score": "unoffered"}),
    };
    talk.wire.satisfaction_rating = rating;
    if rng.u8(0..7) == 0 {
        let follower = talk.desk.anyone().id;
        talk.wire.follower_ids = vec![follower];
        talk.wire.collaborator_ids = vec![follower];
    }
    tags.sort();
    tags.dedup();
    talk.wire.tags = Some(tags);
}

/// Old tickets are closed; of the young ones some are still at work.
fn status_of(talk: &mut Talk<'_>) -> &'static str {
    let year = talk.now.strftime("%Y").to_string();
    if year.as_str() < "2025" {
        return "closed";
    }
    let now = ["solved", "solved", "closed", "pending", "open", "hold", "solved"];
    now[talk.desk.rng.usize(0..now.len())]
}
