//! What people add to what they have to say. Real letters are longer than stories; this brings them to length.

use fastrand::Rng;

const ASIDES: &[&str] = &[
    "By the way, we were up at the lake again last weekend. The weather turned within an hour, as it does up there, and everything we had from you stayed dry, apart from the map.",
    "I have been a customer since the shop was a single room above the bakery, and I still remember the smell of wax and cinnamon rolls. Please pass my greetings on to whoever is still around from those days.",
    "If it is easier for you, you can also reach me by telephone on working days between four and six in the afternoon. In the mornings I am usually in the workshop and do not hear it ring.",
    "We are planning a longer tour in September, about twelve days from hut to hut, four of us and one dog. If you have any advice on what to leave at home, we would be glad to hear it.",
    "The neighbours took the parcel in, so it may well be that the signature is theirs. They are on holiday until the nineteenth, and I do not want to ask them to look for a slip of paper.",
    "My order confirmation went to an old address of mine which I can no longer open, so I only have the number and a blurred photograph of the screen. I hope that is enough to find it.",
    "I read the instructions twice, once in each language I know, and I believe that picture four and picture five have been swapped. That would at least explain the three poles that were left over.",
    "Please do not take this the wrong way: the quality is very good and I have recommended you to half of the climbing club. It is only this one point that keeps bothering me.",
    "For the records: bought in spring, used on nine nights, washed never, dried always. It was stored in the big cotton bag and not squeezed into the small one, exactly as the label says.",
    "The colour on the website looks more like moss and the one in the box more like an olive that has seen better days. I have got used to it by now, but you may want to take a new picture.",
    "My daughter has drawn you a picture of the tent with all of us in it, including the rabbit. It is too large for the scanner. I will send it by post when I am back in town.",
    "We have compared it with two others in the group. Yours is heavier by eighty grams but it was the only one in which nobody woke up with a wet foot, so the eighty grams are well spent.",
    "I know that you must be very busy at this time of the year, so there is no need to hurry on my account. Any day before the end of the month would be perfectly all right.",
    "One more question, if I may: is the small repair kit from two years ago still on offer? I cannot find it in the catalogue any more, and mine is down to the last patch.",
    "The driver was very friendly and even carried it up to the third floor, although that was not part of the bargain. If there is any way to tell his company, please do so.",
    "I should add that the thermometer showed minus six and the wind came from the north, so this was perhaps not quite what it was made for. It still did better than its owner.",
];

/// Up to three of them, as paragraphs after a text.
pub(crate) fn some(rng: &mut Rng) -> String {
    let mut text = String::new();
    for _ in 0..rng.usize(0..4) {
        text.push_str("\n\n");
        text.push_str(ASIDES[rng.usize(0..ASIDES.len())]);
    }
    text
}
