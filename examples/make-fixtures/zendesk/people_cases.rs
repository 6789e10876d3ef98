//! Tickets that turn on who wrote what: copies, colleagues who left, agents as customers, notices.

use serde_json::json;

use super::desk::{Desk, GONE, INACTIVE};
use super::medium::Medium;
use super::talk::{Said, Talk, id_of};
use crate::shop::wire::Via;
use crate::truth::Side;

/// Writes them all.
pub(super) fn write(desk: &mut Desk) {
    copied_author(desk);
    former_assignee(desk);
    former_assignee_embedded(desk);
    former_note_writer(desk);
    inactive_agent(desk);
    deleted_customer(desk);
    deleted_copy(desk);
    agent_asks_agent(desk);
    private_comments(desk);
    on_behalf(desk);
    system_notices(desk);
    twins(desk);
}

/// Somebody in copy answers: neither the requester nor an agent (flag 2).
fn copied_author(desk: &mut Desk) {
    let who = desk.customer("en");
    let friend = desk.customer("en");
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("copied-author");
    talk.subject("Group order for our scouts");
    talk.wire.email_cc_ids = vec![friend.id];
    talk.wire.collaborator_ids = vec![friend.id, talk.agent.id];
    talk.wire.follower_ids = vec![talk.agent.id];
    talk.customer("Hello,\n\nwe would like to order twelve sleeping bags. My co-leader is in copy.");
    talk.answer("Hello both,\n\nfrom ten pieces on there is a group price. I attach the offer.");
    talk.attach("offer 12 bags (final)/v2.pdf", "application/pdf");
    let address = friend.email.clone().unwrap_or_default();
    let via = Some(Via::email(&friend.name, &address));
    let text = "Jumping in here: could three of them be the long version?";
    let said =
        Said { author: id_of(&friend), text, public: true, via, side: Side::Customer, channel: "email" };
    talk.say(&said).metadata["flags"] = json!([2]);
    talk.answer("Of course, nine regular and three long.");
    talk.close("closed");
}

/// The agent was deleted for good and is in no file; the ticket still names them as assignee.
fn former_assignee(desk: &mut Desk) {
    let who = desk.customer("de");
    let gone = desk.member(GONE[0]);
    let now = desk.on("2019-05-14T08:12:09Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("former-agent-is-assignee");
    talk.agent = gone;
    talk.subject("Lieferung nach Österreich?");
    talk.customer("Guten Tag, liefern Sie auch nach Österreich?");
    talk.answer("Guten Tag,\n\nja, für 7,90 €.\n\nFenna");
    talk.note("Versandtabelle aktualisiert.");
    talk.customer("Danke!");
    talk.close("closed");
}

/// The same, but the ticket line embeds the assignee.
fn former_assignee_embedded(desk: &mut Desk) {
    let who = desk.customer("en");
    let gone = desk.member(GONE[1]);
    let now = desk.on("2019-11-02T17:40:00Z");
    let mut talk = Talk::open(desk, Medium::Form, &who, now);
    talk.case("former-agent-is-embedded");
    talk.agent = gone.clone();
    talk.subject("Rope: dry treated or not?");
    talk.customer("Is the 9.4 mm rope dry treated?");
    talk.answer("It is. Lasts about three seasons.\n\nGregor");
    talk.wire.assignee = Some(super::talk::brief(&gone));
    talk.close("closed");
}

/// A former agent who wrote notes only, on a ticket of somebody else.
fn former_note_writer(desk: &mut Desk) {
    let who = desk.customer("fr");
    let gone = id_of(&desk.member(GONE[0]));
    let now = desk.on("2020-02-11T09:00:31Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("former-agent-wrote-notes");
    talk.subject("Réchaud bruyant");
    talk.customer("Bonjour, mon réchaud siffle très fort. Est-ce normal ?");
    talk.note_by(gone, "Lot 7, gicleur trop grand. Échanger sans discuter.");
    talk.answer("Bonjour, non, nous vous en envoyons un autre.");
    talk.close("closed");
}

/// An agent who was deleted softly: still in the users export, inactive.
fn inactive_agent(desk: &mut Desk) {
    let who = desk.customer("en");
    let old = desk.member(INACTIVE);
    let now = desk.on("2021-07-01T12:30:00Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("inactive-agent");
    talk.agent = old;
    talk.subject("Loyalty points");
    talk.customer("How many points do I have?");
    talk.answer("You have 340 points, worth one pair of socks.");
    talk.close("closed");
}

/// The customer asked to be forgotten: the requester is in no file.
fn deleted_customer(desk: &mut Desk) {
    let mut who = desk.customer("de");
    desk.forget(who.id);
    who.in_export = false;
    let now = desk.on("2022-03-03T07:15:44Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("deleted-customer");
    talk.wire.via = Via::bare("email");
    talk.subject("Bitte löschen Sie meine Daten");
    talk.customer("Bitte löschen Sie alle meine Daten.").via = Some(Via::bare("email"));
    talk.answer("Gerne, das ist heute Abend erledigt.");
    talk.close("closed");
}

/// Somebody in copy who was deleted for good: neither requester nor assignee, in no file.
fn deleted_copy(desk: &mut Desk) {
    let who = desk.customer("es");
    let stranger = desk.customer("es");
    desk.forget(stranger.id);
    let now = desk.on("2022-09-19T14:53:49Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("deleted-copy");
    talk.subject("Regalo para mi hermana");
    talk.customer("Hola, ¿pueden envolver el pedido para regalo? Copio a mi cuñado.");
    let said = Said {
        author: id_of(&stranger),
        text: "Y con una tarjeta, por favor.",
        public: true,
        via: Some(Via::bare("email")),
        side: Side::Customer,
        channel: "email",
    };
    talk.say(&said).metadata["flags"] = json!([2]);
    talk.answer("Hecho, con lazo y tarjeta.");
    talk.close("closed");
}

/// An agent asks a colleague through a ticket: on this ticket, the asker is the customer.
fn agent_asks_agent(desk: &mut Desk) {
    let asker = desk.member(4);
    let now = desk.on("2024-01-18T10:02:00Z");
    let mut talk = Talk::open(desk, Medium::Email, &asker, now);
    talk.case("requester-is-agent");
    talk.agent = talk.desk.member(1);
    talk.subject("My password manager is locked");
    talk.customer("Hi Tomás, I am locked out of the password manager. Can you reset me?");
    talk.answer("Done, check your mail.");
    let note = id_of(&asker);
    talk.note_by(note, "Note to self: write down the recovery phrase.");
    talk.customer("Works, thank you!");
    talk.close("solved");
}

/// Private comments by customers: with flag 17 they speak to the agents, without it they are notes.
fn private_comments(desk: &mut Desk) {
    let who = desk.customer("en");
    let friend = desk.customer("en");
    let now = desk.on("2023-06-06T06:06:06Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("private-by-customer");
    talk.subject("Surprise party, please be discreet");
    talk.wire.email_cc_ids = vec![friend.id];
    talk.customer("Hi, my friend in copy collects the parcel.");
    let via = Some(talk.wire.via.clone());
    let text = "Just to you: please leave the price off the slip.";
    let said = Said {
        author: id_of(&who),
        text,
        public: false,
        via: via.clone(),
        side: Side::Customer,
        channel: "email",
    };
    talk.say(&said).metadata["flags"] = json!([17]);
    let text = "Forwarded by the shop assistant for the file.";
    let said =
        Said { author: id_of(&friend), text, public: false, via, side: Side::Note, channel: "internal-note" };
    talk.say(&said);
    talk.answer("All set for Saturday.");
    talk.close("closed");
}

/// An agent types in what a customer said (flag 11): the customer is the author.
fn on_behalf(desk: &mut Desk) {
    let who = desk.customer("pt");
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Form, &who, now);
    talk.case("on-behalf");
    talk.subject("Pedido feito no balcão");
    talk.wire.submitter_id = talk.agent.id;
    talk.customer("(Cliente esteve na loja:) Gostaria de encomendar o par de botas no 41.").metadata["flags"] =
        json!([11]);
    talk.answer("Olá! As botas chegam na quinta-feira.");
    talk.close("solved");
}

/// Zendesk itself speaks (author -1).
fn system_notices(desk: &mut Desk) {
    let who = desk.customer("en");
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("system-notice");
    talk.subject("Delivery slot");
    talk.customer("Could you deliver after 6 pm?");
    talk.answer("Yes, between 6 and 8.");
    let from = json!({"id": 36_148_700_000_801_u64, "title": "Close after four days", "deleted": false, "revision_id": 3});
    let via = Some(Via::with("rule", from, json!({}), json!("automation")));
    let text = "This ticket was solved automatically after four days without an answer.";
    let said = Said { author: -1, text, public: false, via, side: Side::Note, channel: "internal-note" };
    talk.say(&said);
    let via = Some(Via::bare("system"));
    let text = "The group of this ticket was deleted.";
    let said = Said { author: -1, text, public: false, via, side: Side::Note, channel: "internal-note" };
    talk.say(&said);
    talk.close("closed");
}

/// Two people with one name and no address. They stay two.
fn twins(desk: &mut Desk) {
    for case in ["namesake-1", "namesake-2"] {
        let who = desk.stranger("Alex", None);
        let now = desk.moment();
        let mut talk = Talk::open(desk, Medium::FacebookMessage, &who, now);
        talk.case(case);
        talk.subject("Alex");
        talk.customer("Hi, it's Alex. Is my parcel there?");
        talk.answer("Hi Alex, may I have your order number?");
        talk.close("pending");
    }
}
