//! Tickets whose life is unusual: followed up, merged, deleted, without comments.

use serde_json::json;

use super::desk::{Desk, Fate, ticket_key};
use super::medium::Medium;
use super::talk::{Said, Talk, id_of};
use crate::shop::wire::{Via, time};
use crate::truth::{Message, Side};

/// Writes them all.
pub(super) fn write(desk: &mut Desk) {
    follow_up(desk);
    merge(desk);
    for case in ["deleted", "deleted-spam"] {
        deleted(desk, case);
    }
    scrubbed(desk);
    description_only(desk);
    description_by_agent(desk);
    empty(desk);
    problem_and_incident(desk);
    task(desk);
}

/// A closed ticket, and the new one that an answer to it opened.
fn follow_up(desk: &mut Desk) {
    let who = desk.customer("en");
    let mut talk = {
        let now = desk.on("2024-02-02T09:00:00Z");
        Talk::open(desk, Medium::Email, &who, now)
    };
    talk.case("followed-up");
    talk.subject("Boots squeak");
    talk.customer("My Skarn boots squeak with every step. The whole train looked at me.");
    talk.answer("Loosen the insole and put some talc under it. That silences most of them.");
    talk.customer("Silence! Thank you.");
    let (followed, followed_up_by) = (talk.wire.id, talk.wire.id + 1);
    talk.wire.followup_ids = vec![followed_up_by];
    talk.close("closed");
    desk.skip_to(followed_up_by);
    let now = desk.on("2024-06-20T18:21:07Z");
    let mut talk = Talk::open(desk, Medium::FollowUp(followed), &who, now);
    talk.case("follow-up");
    talk.subject("Re: Boots squeak");
    talk.customer("They squeak again. Is there a stronger cure than talc?");
    talk.answer("There is: we resole the insert for free. The label is attached.");
    talk.attach("label.pdf", "application/pdf");
    let via = Some(Via::email(&who.name, who.email.as_deref().unwrap_or_default()));
    let said = Said {
        author: id_of(&who),
        text: "Sent off today.",
        public: true,
        via,
        side: Side::Customer,
        channel: "email",
    };
    talk.say(&said);
    talk.close("solved");
}

/// Two tickets about one thing: one is closed into the other, and each has a notice that says so.
fn merge(desk: &mut Desk) {
    let who = desk.customer("en");
    let now = desk.on("2023-10-10T08:00:00Z");
    let mut talk = Talk::open(desk, Medium::Form, &who, now);
    talk.case("merged-away");
    let (merged, target) = (talk.wire.id, talk.wire.id + 1);
    talk.subject("Order AO-31337 still not here");
    let last_words = "Order AO-31337 still not here. Also wrote you a mail, sorry for asking twice.";
    talk.customer(last_words);
    talk.now = talk.desk.on("2023-10-10T11:22:33Z");
    let notice = format!("This request was closed and merged into request #{target} \"AO-31337?\".");
    talk.note(&notice).via = Some(Via::with("web", json!({}), json!({}), json!("merge")));
    talk.wire.tags = Some(vec!["closed_by_merge".to_owned()]);
    let agent = talk.agent.clone();
    talk.close("closed");
    desk.skip_to(target);
    let now = desk.on("2023-10-10T07:48:10Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("merge-target");
    talk.agent = agent;
    talk.subject("AO-31337?");
    talk.customer("Hi, where is AO-31337?");
    talk.now = talk.desk.on("2023-10-10T11:22:33Z");
    let from = json!({"ticket_ids": [merged], "subject": null});
    let notice = format!(
        "Request #{merged} \"Order AO-31337 still not here\" was closed and merged into this request. Last comment in \
         request #{merged}:\n\n{last_words}"
    );
    talk.note(&notice).via = Some(Via::with("web", from, json!({}), json!("merge")));
    talk.now = talk.desk.on("2023-10-10T11:30:00Z");
    talk.answer("Hi,\n\nit is at the post office round the corner, number EX111222333NO.");
    talk.close("solved");
}

/// A ticket that was deleted but lies in the trash with all it had.
fn deleted(desk: &mut Desk, case: &'static str) {
    let who = desk.customer("en");
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case(case);
    talk.subject("CHEAP WATCHES!!!");
    talk.customer("Best watches for best people, click here.");
    talk.close_left_out("deleted", "deleted");
}

/// A ticket that was deleted for good: Zendesk keeps a shell.
fn scrubbed(desk: &mut Desk) {
    let who = desk.customer("en");
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("scrubbed");
    talk.subject("SCRUBBED");
    talk.wire.description = Some("X".to_owned());
    talk.wire.tags = Some(Vec::new());
    talk.wire.requester = None;
    talk.close_left_out("deleted", "scrubbed");
}

/// A ticket with a description and no comment in any file.
fn description_only(desk: &mut Desk) {
    let who = desk.customer("en");
    let now = desk.on("2019-03-09T16:05:00Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("description-only");
    talk.subject("Catalogue");
    talk.wire.description =
        Some("Hello, could you send me a printed catalogue?\n\nKind regards\n".to_owned());
    let key = format!("{}:description", ticket_key(talk.wire.id));
    let message = Message::new(key, Side::Customer, "email", now);
    talk.finish("closed", Fate::Imported(vec![message]));
}

/// The same, opened by an agent through the API: the submitter is the author.
fn description_by_agent(desk: &mut Desk) {
    let who = desk.customer("en");
    let now = desk.on("2019-04-01T06:00:00Z");
    let mut talk = Talk::open(desk, Medium::Api, &who, now);
    talk.case("description-by-agent");
    talk.subject("Your pre-order has shipped");
    talk.take_over();
    talk.wire.submitter_id = talk.agent.id;
    talk.wire.description = Some("Your pre-order left our warehouse this morning.\n".to_owned());
    let key = format!("{}:description", ticket_key(talk.wire.id));
    let message = Message::new(key, Side::Agent, "api", now);
    talk.finish("closed", Fate::Imported(vec![message]));
}

/// A ticket with nothing in it.
fn empty(desk: &mut Desk) {
    let who = desk.stranger("Caller +1 (202) 555-0166", Some("+12025550166"));
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Api, &who, now);
    talk.case("empty");
    talk.wire.description = Some(String::new());
    talk.close_left_out("closed", "empty");
}

/// A problem with an incident that hangs on it.
fn problem_and_incident(desk: &mut Desk) {
    let who = desk.customer("en");
    let now = desk.on("2025-01-20T08:00:00Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("problem");
    talk.subject("Checkout rejects every card");
    talk.wire.kind = Some("problem");
    talk.wire.has_incidents = true;
    talk.wire.priority = Some("urgent");
    let problem = talk.wire.id;
    talk.customer("None of my cards is accepted. Is your shop open at all?");
    talk.note("Payment provider down since 07:40 UTC.");
    talk.answer("Our payment provider had a hiccup, it works again.");
    talk.close("solved");
    let other = desk.customer("de");
    let now = desk.on("2025-01-20T08:11:00Z");
    let mut talk = Talk::open(desk, Medium::Widget, &other, now);
    talk.case("incident");
    talk.subject("Zahlung nicht möglich");
    talk.wire.kind = Some("incident");
    talk.wire.problem_id = Some(problem);
    talk.customer("Die Zahlung bricht immer wieder ab.");
    talk.answer("Es geht wieder, bitte versuchen Sie es noch einmal.");
    talk.close("solved");
}

/// A task with a due date.
fn task(desk: &mut Desk) {
    let who = desk.customer("fr");
    let now = desk.on("2025-12-01T08:00:00Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("task");
    talk.subject("Rappeler avant Noël");
    talk.wire.kind = Some("task");
    talk.wire.due_at = Some(time("2025-12-20T17:00:00Z".parse().expect("a written time")));
    talk.customer("Pouvez-vous me rappeler avant Noël au sujet de la tente familiale ?");
    talk.answer("Bien sûr, c’est noté.");
    talk.close("hold");
}
