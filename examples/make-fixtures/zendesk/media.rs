//! One ticket for every medium: messengers, social networks, chat, programs.

use serde_json::json;

use super::desk::{Desk, Person};
use super::medium::Medium;
use super::talk::{Said, Talk, id_of};
use crate::shop::wire::Via;
use crate::truth::Side;

/// Writes them all.
pub(super) fn write(desk: &mut Desk) {
    messengers(desk);
    networks(desk);
    chat(desk);
    chat_without_address(desk);
    forms_and_programs(desk);
    api_by_agent(desk);
    without_via(desk);
}

/// A short talk through `medium`, with an answer each way.
fn short(desk: &mut Desk, case: &'static str, medium: Medium, who: &Person, lines: [&str; 3]) {
    let now = desk.moment();
    let mut talk = Talk::open(desk, medium, who, now);
    talk.case(case);
    talk.subject(lines[0].split(['?', '.', '!']).next().unwrap_or(lines[0]));
    talk.customer(lines[0]);
    talk.answer(lines[1]);
    talk.customer(lines[2]);
    talk.note("Came in through a messenger or the like, answered there.");
    talk.close("solved");
}

fn messengers(desk: &mut Desk) {
    let lines = [
        "Hey, is the blue jacket still in stock? 🧥",
        "Hi! Yes, in S and L. Shall we put one aside?",
        "Yes please 🙏 L",
    ];
    let people = [
        ("whatsapp", Medium::Whatsapp, "Nils aus Bern", Some("+44 20 7946 0123")),
        ("sms", Medium::Sms, "+1 (202) 555-0117", Some("+1 (202) 555-0117")),
        ("telegram", Medium::Telegram, "wander_lust_77", None),
        ("line", Medium::Line, "ひまわり", None),
        ("instagram", Medium::Instagram, "peaks.and.pines", None),
    ];
    for (case, medium, name, phone) in people {
        let who = desk.stranger(name, phone);
        short(desk, case, medium, &who, lines);
    }
    let who = desk.customer("fr");
    let lines = [
        "L’application ne trouve plus ma commande.",
        "Bonjour, une mise à jour est sortie ce matin.",
        "Ça marche, merci !",
    ];
    short(desk, "mobile-sdk", Medium::MobileSdk, &who, lines);
    let who = desk.customer("en");
    let lines =
        ["Can I change the colour of my order?", "Sure, which one would you like?", "Forest green, thanks!"];
    short(desk, "native-messaging", Medium::Messaging, &who, lines);
}

fn networks(desk: &mut Desk) {
    let lines = [
        "@acme my stove arrived dented :( what now?",
        "Oh no! Could you send us a message with your order number?",
        "Done ✅",
    ];
    let people = [
        ("facebook-post", Medium::FacebookPost, "Dagny Storhaug"),
        ("facebook-message", Medium::FacebookMessage, "Pieter-Jan Okkers"),
        ("twitter-mention", Medium::Mention, "Summit Sue"),
        ("twitter-direct-message", Medium::DirectMessage, "Bivouac Bill"),
    ];
    for (case, medium, name) in people {
        let who = desk.stranger(name, None);
        short(desk, case, medium, &who, lines);
    }
    let who = desk.customer("en");
    let lines = ["Which tent pegs do you use in sand?", "Wide ones, and bury them sideways.", "Great tip."];
    short(desk, "forum", Medium::Forum, &who, lines);
}

const TRANSCRIPT: &str = "(10:02:11) Visitor: Hi, does the Fjellvik fit on a bike?\n(10:02:40) *** Hannah Grünwald joined the chat ***\n(10:03:05) Hannah Grünwald: Hello! Yes, 38 cm packed, it fits between drop bars.\n(10:04:31) Visitor: perfect 🚲\n(10:04:50) Hannah Grünwald: Have a good tour!\n(10:05:02) *** Visitor left the chat ***";

/// A chat: the export has a private opening comment and the whole talk as one public comment.
fn chat(desk: &mut Desk) {
    let who = desk.customer("de");
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Chat, &who, now);
    talk.case("chat");
    talk.subject(&format!("Conversation with {}", who.name));
    let (author, via) = (id_of(&who), Some(Via::bare("chat")));
    let text = format!("Conversation with {}\n\nURL: https://www.acme-outdoor.example/tents", who.name);
    let opening =
        Said { author, text: &text, public: false, via, side: Side::Note, channel: "internal-note" };
    talk.say(&opening);
    talk.customer(TRANSCRIPT);
    talk.answer("Hello again,\n\nhere are the dimensions as promised: 38 × 14 cm, 1.9 kg.");
    talk.close("solved");
}

/// A chat with somebody who left no address.
fn chat_without_address(desk: &mut Desk) {
    let who = desk.stranger("Web User 5f3a90c1", None);
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Chat, &who, now);
    talk.case("chat-without-address");
    talk.subject("Conversation with Web User 5f3a90c1");
    talk.customer("(08:11:59) Web User 5f3a90c1: hello? anybody there?\n(08:14:10) *** Web User 5f3a90c1 left the chat ***");
    talk.note("Nobody was online.");
    talk.close("closed");
}

fn forms_and_programs(desk: &mut Desk) {
    let media = [
        ("web-form", Medium::Form),
        ("web-widget", Medium::Widget),
        ("help-center", Medium::HelpCenter),
        ("api", Medium::Api),
        ("numeric-via-mail", Medium::OldEmail),
        ("numeric-via-form", Medium::OldForm),
    ];
    let lines = ["Do you ship to Iceland?", "We do, it takes about six days.", "Takk!"];
    for (case, medium) in media {
        let who = desk.customer("en");
        short(desk, case, medium, &who, lines);
    }
    let who = desk.stranger("Shop review by Hedda L.", None);
    let lines = [
        "★★☆☆☆ Fine bag, slow delivery.",
        "Thank you for the honest words. We are working on it.",
        "Fair enough.",
    ];
    short(desk, "any-channel", Medium::AnyChannel, &who, lines);
    let who = desk.customer("en");
    let lines = [
        "Hi there,\n\nI am a sample. Please answer me!",
        "Hello sample, this is a first answer.",
        "Well done.",
    ];
    short(desk, "sample-ticket", Medium::Sample, &who, lines);
}

/// A program opens a ticket in an agent's name, in the customer's interest.
fn api_by_agent(desk: &mut Desk) {
    let who = desk.customer("nl");
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Api, &who, now);
    talk.case("api-by-agent");
    talk.subject("Uw bestelling is vertraagd");
    talk.wire.submitter_id = talk.agent.id;
    talk.wire.external_id = Some("erp-2024-000117".to_owned());
    let (author, via) = (id_of(&talk.agent), Some(talk.wire.via.clone()));
    let text = "Beste klant,\n\nuw bestelling is drie dagen vertraagd. Excuses voor het ongemak!";
    let said = Said { author, text, public: true, via, side: Side::Agent, channel: "api" };
    talk.say(&said).metadata = json!({"system": {"client": "ERP connector/3.1"}, "custom": {"order": 117}});
    talk.customer("Geen probleem, dank voor het bericht.");
    talk.close("closed");
}

/// Comments without a `via` of their own: the ticket's counts.
fn without_via(desk: &mut Desk) {
    let who = desk.customer("pl");
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("comments-without-via");
    talk.subject("Brak numeru śledzenia");
    talk.customer("Dzień dobry, nie dostałem numeru śledzenia.").via = None;
    talk.answer("Dzień dobry, numer wysłaliśmy przed chwilą.").via = None;
    talk.note("Numer z systemu przewoźnika.").via = None;
    talk.close("solved");
}
