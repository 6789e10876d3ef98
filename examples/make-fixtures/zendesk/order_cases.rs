//! Tickets that turn on number and order: more messages than one call takes, one second, a shuffled file.

use super::desk::Desk;
use super::medium::Medium;
use super::talk::Talk;

/// Comments of the longest ticket; one call to Gorgias takes 500.
const MANY: usize = 620;

/// Writes them all.
pub(super) fn write(desk: &mut Desk) {
    very_long(desk);
    one_second(desk);
    file_order(desk);
    identifiers(desk);
}

/// A reseller who has written in one ticket for four years.
fn very_long(desk: &mut Desk) {
    let who = desk.customer("en");
    let now = desk.on("2021-02-01T08:00:00Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("620-comments");
    talk.subject("Standing order of the Hut Association");
    let wishes =
        ["four stoves", "a dozen mats", "two group tents", "gas for the winter", "headlamps, the cheap ones"];
    let answers = [
        "On its way.",
        "Ships on Monday.",
        "One is missing, the rest ships today.",
        "Done, invoice follows.",
    ];
    let notes = ["Credit limit checked.", "Pallet, not parcels.", "Discount 12 % as always."];
    for turn in 0..MANY {
        let number = turn / 3 + 1;
        match turn % 3 {
            0 => talk.customer(&format!(
                "Order {number}: {} for hut {}, please.",
                wishes[turn % 5],
                1 + turn % 23
            )),
            1 => talk.answer(&format!("Order {number}: {}", answers[turn % 4])),
            _ => talk.note(&format!("Order {number}: {}", notes[turn % 7 % 3])),
        };
        talk.wait(1_200);
    }
    talk.close("open");
}

/// Four comments within one second: the order of the file is all there is.
fn one_second(desk: &mut Desk) {
    let who = desk.customer("en");
    let now = desk.on("2022-12-24T16:00:00Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("one-second");
    talk.subject("Christmas delivery");
    talk.customer("Will it arrive before Christmas?");
    let second = talk.desk.on("2022-12-24T17:00:00Z");
    talk.now = second;
    talk.answer("It is in the van right now.");
    talk.now = second;
    talk.note("Macro: christmas, step 1");
    talk.now = second;
    talk.note("Macro: christmas, step 2");
    talk.now = second;
    talk.answer("Merry Christmas! 🎄");
    talk.close("closed");
}

/// The file has the comments in another order than time.
fn file_order(desk: &mut Desk) {
    let who = desk.customer("en");
    let now = desk.on("2023-01-15T10:00:00Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("shuffled-file");
    talk.subject("Sleeping mat hisses");
    talk.wire.description = Some("One: my mat hisses all night.\n".to_owned());
    for text in ["One: my mat hisses all night.", "Three: it is near the valve.", "Five: fixed, thanks!"] {
        talk.customer(text);
        talk.answer(match text.as_bytes()[0] {
            b'O' => "Two: where does it hiss?",
            b'T' => "Four: turn the valve once more and wet the seal.",
            _ => "Six: sleep well.",
        });
    }
    talk.shuffle_file_order();
    talk.close("closed");
}

/// Comment ids that fall while time rises.
fn identifiers(desk: &mut Desk) {
    let who = desk.customer("en");
    let now = desk.on("2023-02-15T10:00:00Z");
    let mut talk = Talk::open(desk, Medium::Email, &who, now);
    talk.case("falling-ids");
    talk.subject("Crampon fit");
    // A comment takes two ids: its own and its audit's.
    talk.desk.reserve_falling_ids(8);
    talk.customer("Do your crampons fit leather boots?");
    talk.answer("The strap-on ones do.");
    talk.customer("And in size 48?");
    talk.answer("With the long bar, yes.");
    talk.close("closed");
}
