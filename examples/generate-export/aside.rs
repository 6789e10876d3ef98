//! What people add to what they have to say. Real letters are longer than stories, and no two are alike: sentences that
//! come again bring them to length, and sentences of words drawn by chance keep them from packing better than letters do.

use fastrand::Rng;

/// The words that people use most, the most common first.
const COMMON: &[&str] = &[
    "the", "to", "and", "I", "a", "it", "of", "in", "is", "you", "that", "for", "was", "on", "my", "with",
    "not", "have", "but", "we", "as", "this", "be", "at", "they", "from", "so", "had", "your", "or", "me",
    "if", "are", "when", "one", "there", "which", "what", "by", "an", "after", "would", "then", "no", "has",
    "could", "out", "two", "order", "been", "were", "will", "just", "about", "can", "any", "only", "because",
    "still", "our", "before", "parcel", "again", "do", "than", "now", "back", "them", "more", "very", "day",
    "first", "how", "did", "tent", "week", "other", "time", "size", "over", "some", "think", "off", "box",
    "strap", "shop", "size", "zip", "pole",
];

/// Beginnings, middles and ends of all other words: names, things, trades, places.
const SYLLABLES: [&[&str]; 3] = [
    &[
        "bra", "ke", "lo", "mi", "sta", "vo", "gri", "ha", "pel", "ru", "sha", "ti", "wo", "cle", "du",
        "fen", "nor", "öst", "pra", "qui", "sol", "tre", "um", "ver", "zan", "bel", "cor", "dé", "flo",
        "gar",
    ],
    &[
        "", "la", "ri", "no", "ven", "ta", "mo", "shi", "der", "lu", "ga", "pe", "ssi", "cho", "ren", "bü",
        "co", "dal",
    ],
    &[
        "n", "ter", "s", "ing", "ed", "ly", "ment", "er", "tion", "a", "on", "ness", "ble", "ck", "st", "y",
        "ful", "ö",
    ],
];

/// Words that there are: what a shop's customers use between them.
const WORDS: f64 = 30_000.0;

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

/// Up to five paragraphs, some of them from above, to come after a text.
pub(crate) fn some(rng: &mut Rng) -> String {
    let mut text = String::new();
    for _ in 0..rng.usize(2..6) {
        text.push_str("\n\n");
        if rng.u8(0..12) == 0 {
            text.push_str(ASIDES[rng.usize(0..ASIDES.len())]);
        } else {
            paragraph(rng, &mut text);
        }
    }
    text
}

fn paragraph(rng: &mut Rng, text: &mut String) {
    for sentence in 0..rng.usize(2..6) {
        if sentence > 0 {
            text.push(' ');
        }
        let begin = text.len();
        let words = rng.usize(5..20);
        for number in 0..words {
            if number > 0 {
                text.push_str(if rng.u8(0..11) == 0 { ", " } else { " " });
            }
            match rng.u8(0..30) {
                0 => text.push_str(&rng.u32(2..30_000_000).to_string()),
                1 => text.push_str("\"quite so\""),
                _ => word(rng, text),
            }
        }
        if let Some(first) = text.get_mut(begin..=begin) {
            first.make_ascii_uppercase();
        }
        text.push(*rng.choice(&['.', '.', '.', '.', '!', '?']).unwrap_or(&'.'));
    }
}

/// A word, the common ones more often: each as often as its rank goes into their number (Zipf's law).
fn word(rng: &mut Rng, text: &mut String) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 30,000")]
    let rank = WORDS.powf(rng.f64()) as usize;
    if let Some(word) = COMMON.get(rank - 1) {
        return text.push_str(word);
    }
    let mut rest = rank.wrapping_mul(2_654_435_761) >> 7;
    for part in SYLLABLES {
        text.push_str(part[rest % part.len()]);
        rest /= part.len();
    }
}
