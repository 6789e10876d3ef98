//! Tickets whose texts are odd: too long, too deep, damaged, empty, in one form only.

use serde_json::json;

use super::desk::Desk;
use super::medium::Medium;
use super::talk::Talk;
use crate::shop::markup;
use crate::shop::wire::{FIELD_GOODWILL, FIELD_LINES, FIELD_ORDER, FIELD_REFUND, FIELD_TOPIC};

/// Longest body that Zendesk keeps, in characters.
const BODY_MAX: usize = 65_536;
/// Stands for half of an emoji until the line is written; then it becomes a lone surrogate escape.
pub(super) const HALF_EMOJI: &str = "@@HALF-EMOJI@@";

/// Writes them all.
pub(super) fn write(desk: &mut Desk) {
    longest(desk);
    one_form(desk);
    script(desk);
    nested(desk);
    blank(desk);
    damaged(desk);
    images(desk);
    subjects(desk);
    no_tags_all_fields(desk);
    redacted(desk);
    emoji(desk);
}

fn open<'d>(desk: &'d mut Desk, case: &'static str, lang: &'static str, subject: &str) -> Talk<'d> {
    let who = desk.customer(lang);
    let now = desk.moment();
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case(case);
    talk.subject(subject);
    talk
}

/// A body of exactly the length at which Zendesk cuts.
fn longest(desk: &mut Desk) {
    let mut talk = open(desk, "longest-body", "en", "Trip report, all of it");
    let days = ["rain", "sun", "a very strong wind from the west", "fog until noon", "snow down to the hut"];
    let states = ["dry", "damp", "drier than I was"];
    let diary = (1_usize..).flat_map(|day| {
        let (weather, kilometres, state) = (days[day * 7 % 5], 9 + day * 13 % 17, states[day % 3]);
        let entry = format!("\nDay {day}: {weather} today, {kilometres} km, tent {state}.");
        entry.chars().collect::<Vec<_>>()
    });
    let intro = "You asked how the tent did. Here is my diary.\n";
    let text: String = intro.chars().chain(diary).take(BODY_MAX).collect();
    talk.customer(&text);
    talk.answer("What a walk! We read all of it in the lunch break. 👏");
    talk.close("closed");
}

/// Comments that have HTML only, or text only.
fn one_form(desk: &mut Desk) {
    let mut talk = open(desk, "html-only", "en", "Newsletter");
    let comment = talk.customer("Please take me off the newsletter & the <weekly> deals.");
    comment.body = String::new();
    comment.plain_body = Some(String::new());
    talk.answer("Done.");
    talk.close("closed");
    let mut talk = open(desk, "text-only", "en", "Opening hours");
    let comment = talk.customer("When do you open on Sundays?\n1 < 2 & 3 > 2, just testing your form :)");
    comment.html_body = String::new();
    comment.plain_body = Some(String::new());
    let comment = talk.answer("We do not, sorry.");
    comment.html_body = String::new();
    comment.plain_body = None;
    talk.close("closed");
}

/// Script in a body, in markup and in text.
fn script(desk: &mut Desk) {
    let mut talk = open(desk, "script", "en", "Your site <script>alert('shop')</script>");
    let comment =
        talk.customer("I found this in your page: <script>alert(\"shop\")</script> Is that on purpose?");
    comment.html_body = markup::wrapped(
        "<p>I found this in your page:</p><script>alert(\"shop\")</script><p onclick=\"steal()\">Is that on purpose?</p>\
         <a href=\"javascript:alert(1)\">look</a><svg onload=\"alert(2)\"></svg><style>body{display:none}</style>",
    );
    talk.answer("It is not. Thank you, it is gone.");
    talk.close("closed");
}

/// HTML as deep as some mail programs make it.
fn nested(desk: &mut Desk) {
    let mut talk = open(desk, "nested-600", "fr", "TR: TR: TR: RE: devis");
    let depth = 600;
    let comment = talk.customer("Suite à nos échanges, voici ma réponse au devis.");
    let inner = markup::paragraphs(&comment.body);
    comment.html_body =
        markup::wrapped(&format!("{}{inner}{}", "<div>".repeat(depth), "</div>".repeat(depth)));
    talk.answer("Bien reçu, merci.");
    talk.close("closed");
}

/// Comments that say nothing: messages only where they carry a file.
fn blank(desk: &mut Desk) {
    let mut talk = open(desk, "blank-comments", "en", "Fwd:");
    talk.customer("See below.");
    let comment = talk.customer("");
    comment.html_body = String::new();
    talk.not_a_message();
    let comment = talk.note(" \n ");
    comment.html_body = markup::wrapped("");
    comment.plain_body = Some(" ".to_owned());
    talk.not_a_message();
    let comment = talk.customer("");
    comment.html_body = markup::wrapped("");
    talk.attach("IMG_0001.png", "image/png");
    talk.answer("Thank you for the picture.");
    talk.close("closed");
}

/// Text that was damaged on its way.
fn damaged(desk: &mut Desk) {
    let mut talk = open(desk, "lone-surrogate", "en", "Feedback");
    talk.customer(&format!("Love the new backpack! {HALF_EMOJI} Greetings from the hills"));
    talk.answer("Thank you!");
    talk.close("closed");
    let mut talk = open(desk, "control-characters", "ar", "سؤال");
    talk.customer("null \u{0} bell \u{7} line\u{2028}separator paragraph\u{2029}separator bidi \u{202e}txet\u{202c} bom \u{feff} nbsp\u{a0}end");
    talk.answer("Received, although your mail program has an adventurous spirit.");
    talk.close("closed");
}

/// Images in bodies: of the account, of elsewhere; a file listed as inline; a file that is gone.
fn images(desk: &mut Desk) {
    let mut talk = open(desk, "inline-images", "en", "What is this hook for?");
    talk.customer("What is the hook in the second picture for?");
    talk.show_image("front.jpg");
    talk.show_image("hook.jpg");
    let comment = talk.answer("It holds your torch.");
    comment.html_body.push_str("<img src=\"https://images.example.net/logo.png\" alt=\"Acme Outdoor\">");
    talk.customer("Aha. And this strap?");
    talk.attach("strap.jpg", "image/jpeg");
    talk.attach("README.md", "application/x-genesis-rom");
    talk.answer("Keeps the rolled-up door in place, see the drawing.");
    talk.attach("../drawing \"final\".svg", "image/svg+xml");
    talk.close("closed");
}

/// Subjects that are missing, empty or far too long.
fn subjects(desk: &mut Desk) {
    let mut talk = open(desk, "subject-null", "en", "");
    talk.wire.subject = None;
    talk.wire.raw_subject = None;
    talk.customer("Is the shop in Oslo wheelchair accessible?");
    talk.answer("It is, entrance from the yard.");
    talk.close("closed");
    let mut talk = open(desk, "subject-empty", "en", "");
    talk.customer("Lost my receipt, can I still return?");
    talk.answer("With the card you paid with, yes.");
    talk.close("closed");
    let long: String = "Very long subject, because my mail program put the whole letter here. "
        .chars()
        .cycle()
        .take(1_200)
        .collect();
    let mut talk = open(desk, "subject-1200", "en", &long);
    talk.customer("Sorry for the subject!");
    talk.answer("No harm done.");
    talk.close("closed");
}

/// `tags: null`, and a value in each kind of custom field.
fn no_tags_all_fields(desk: &mut Desk) {
    let mut talk = open(desk, "tags-null", "en", "Receipt");
    talk.wire.tags = None;
    talk.customer("Could I have a receipt for my climbing course?");
    talk.answer("It is attached.");
    talk.attach("receipt.pdf", "application/pdf");
    talk.close("closed");
    let mut talk = open(desk, "all-fields", "en", "Broken buckle");
    talk.wire.tags = Some(vec![
        "topic_warranty".into(),
        "vip".into(),
        "größe_l".into(),
        "line_tents".into(),
        "line_packs".into(),
    ]);
    talk.wire.set_field(FIELD_TOPIC, &json!("topic_warranty"));
    talk.wire.set_field(FIELD_ORDER, &json!("AO-40404"));
    talk.wire.set_field(FIELD_REFUND, &json!(1_250.5));
    talk.wire.set_field(FIELD_GOODWILL, &json!(false));
    talk.wire.set_field(FIELD_LINES, &json!(["line_tents", "line_packs"]));
    talk.wire.external_id = Some("shop-order/40404".to_owned());
    talk.wire.satisfaction_rating = json!({"score": "bad", "id": 36_160_000_099_001_u64, "comment": "Two weeks for a buckle?!", "reason": "The issue took too long to resolve"});
    talk.customer("The buckle of my hip belt broke.");
    talk.answer("A spare one is in the mail.");
    talk.close("solved");
}

/// Text and a file that were redacted.
fn redacted(desk: &mut Desk) {
    let mut talk = open(desk, "redacted", "en", "My card number");
    talk.customer("My card number is ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇, please charge that one.");
    talk.attach("redacted.txt", "text/plain");
    talk.answer("Please never send card numbers by mail. We have removed it.");
    talk.close("closed");
}

fn emoji(desk: &mut Desk) {
    let mut talk = open(desk, "emoji", "en", "🏔️🎒❓");
    talk.customer("👨‍👩‍👧‍👦 + ⛺ = ❤️ ... 🧗🏽‍♀️ needs 🧢 in 🟢?\n\n🇳🇴🇮🇸🇯🇵 shipping?");
    talk.answer("✅ 🟢, 🇳🇴 ✅ 🇮🇸 ✅ 🇯🇵 ✅. Zalgo sends regards: T̷e̸n̵t̶");
    talk.close("closed");
}
