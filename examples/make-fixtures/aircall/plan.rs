//! Which calls there were: half a year of the shop's telephone.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::call::{Call, Files, LINES, Outcome};

/// Fixes everything that chance decides.
const SEED: u64 = 0xCA11;
/// Everyday calls.
const EVERYDAY: usize = 96;
/// Id of the oldest call; ids do not fit 32 bits.
const FIRST_ID: u64 = 3_140_000_017;

const AGENTS: &[&str] = &[
    "Ingrid Solheim",
    "Tomás Rivera",
    "Hannah Grünwald",
    "Amadou Diallo",
    "岡部 芽衣",
    "Rosalind \"Roz\" Peake",
];

/// Outcomes of everyday calls, roughly as often as they occur.
const OUTCOMES: &[Outcome] = &[
    Outcome::Answered,
    Outcome::Called,
    Outcome::Answered,
    Outcome::Missed("no_available_agent"),
    Outcome::Answered,
    Outcome::NoAnswer,
    Outcome::Voicemail,
    Outcome::Answered,
    Outcome::Missed("agents_did_not_answer"),
    Outcome::Called,
    Outcome::Missed("out_of_opening_hours"),
    Outcome::Answered,
    Outcome::Missed("short_abandoned"),
    Outcome::Missed("abandoned_in_ivr"),
    Outcome::Missed("abandoned_in_classic"),
    Outcome::Called,
];

const TAGS: &[&str] =
    &["", "", "", "Refund", "New Order Inquiry", "Refund,VIP", "Größe / Umtausch,Réclamation,VIP"];

const COMMENTS: &[&str] = &[
    "Wants a call back on Monday.",
    "Said: \"the tent hums in the wind\".\nSuggested to tighten the guy lines.",
    "Rückruf vereinbart; Kundin ist ab 17 Uhr zu Hause, Tür links",
    "Commande AO-30021 : adresse corrigée, « 4 bis ».",
    "1) measured his back\n2) L is right\n\n3) ordered, 10 % off",
    "Très satisfait 😊",
];

/// All calls, oldest first.
pub(super) fn write() -> Vec<Call> {
    let mut rng = Rng::with_seed(SEED);
    let mut calls: Vec<Call> = (0..EVERYDAY).map(|index| everyday(&mut rng, index)).collect();
    calls.extend(odd(&mut rng));
    calls.sort_by_key(|call| call.start);
    let mut id = FIRST_ID;
    for call in &mut calls {
        id += rng.u64(1_000..900_000);
        call.id = id;
    }
    distribute(&mut calls);
    calls
}

fn everyday(rng: &mut Rng, index: usize) -> Call {
    let start =
        at("2025-08-01T05:00:00Z") + SignedDuration::from_secs(rng.i64(0..184) * 86_400 + rng.i64(0..50_000));
    let outcome = OUTCOMES[index % OUTCOMES.len()];
    let mut call = plain(rng, start, outcome);
    call.tags = TAGS[rng.usize(0..TAGS.len())];
    if rng.u8(0..4) == 0 {
        call.comment = COMMENTS[rng.usize(0..COMMENTS.len())];
    } else if !outcome.answered() && rng.bool() {
        // Fractions of seconds were seen on unanswered calls only.
        call.start += SignedDuration::from_millis(rng.i64(1..1_000));
    }
    call
}

/// A call with nothing special about it.
fn plain(rng: &mut Rng, start: Timestamp, outcome: Outcome) -> Call {
    let line = &LINES[rng.usize(0..LINES.len())];
    let menu = if outcome.outbound() { 0 } else { rng.i64(0..40) };
    let talk = if outcome.answered() { rng.i64(6..900) } else { 0 };
    let total = menu + talk + rng.i64(4..120);
    let staffed = matches!(outcome, Outcome::Answered | Outcome::Called | Outcome::NoAnswer);
    let agent = staffed.then(|| AGENTS[rng.usize(0..AGENTS.len())]);
    let other = Some(number(rng));
    let recorded = matches!(outcome, Outcome::Answered | Outcome::Voicemail) && rng.u8(0..5) > 0;
    let (tags, comment, files, case) = ("", "", Files::default(), None);
    Call {
        id: 0,
        start,
        line,
        other,
        outcome,
        agent,
        total,
        talk,
        menu,
        tags,
        comment,
        recorded,
        files,
        case,
    }
}

/// A number that belongs to nobody.
fn number(rng: &mut Rng) -> String {
    let n = rng.u32(0..100);
    match rng.u8(0..6) {
        0 => format!("+1 202-555-01{n:02}"),
        1 => format!("+44 20 7946 0{:03}", 300 + n),
        2 => format!("+44 7700 900{:03}", 100 + n),
        3 => format!("+33 1 99 00 {n:02} {:02}", 99 - n),
        4 => format!("+33 6 39 98 {n:02} {:02}", 99 - n),
        _ => format!("+61 491 570 {:03}", [6, 156, 157, 158, 159, 110][rng.usize(0..6)]),
    }
}

/// One call for each odd case.
fn odd(rng: &mut Rng) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut add = |case: &'static str, start: &str, outcome: Outcome, change: &dyn Fn(&mut Call)| {
        let mut call = plain(rng, at(start), outcome);
        call.case = Some(case);
        change(&mut call);
        calls.push(call);
    };
    add("anonymous-1", "2025-09-09T09:09:09Z", Outcome::Answered, &|call| call.other = None);
    add("anonymous-2", "2025-09-10T09:09:09.009Z", Outcome::Voicemail, &|call| call.other = None);
    add("anonymous-commented", "2025-12-29T11:00:00Z", Outcome::Answered, &|call| {
        call.other = None;
        call.comment = "Would not give a name.\r\nAsked about \"the green one\", twice; left, laughing.";
    });
    add("callback-requested", "2025-10-01T14:00:00Z", Outcome::CallbackRequested, &|call| {
        call.tags = "Callback Request";
    });
    add("missed-without-reason", "2025-10-02T14:00:00Z", Outcome::MissedWithoutReason, &|_| {});
    add("ai-handled", "2026-01-15T02:00:00Z", Outcome::HandledByAi, &|_| {});
    add("no-talk", "2025-10-03T08:00:00Z", Outcome::NoAnswer, &|call| {
        call.comment = "No answer, tried twice";
    });
    let own = |call: &mut Call, from: usize, to: usize| {
        call.line = &LINES[from];
        call.other = Some(LINES[to].number.to_owned());
        (call.total, call.talk, call.menu) = (75, 60, 0);
    };
    add("own-lines-out", "2025-11-11T11:11:11Z", Outcome::Called, &|call| own(call, 0, 1));
    add("own-lines-in", "2025-11-11T11:11:12Z", Outcome::Answered, &|call| own(call, 1, 0));
    let switch = [
        ("clock-change-paris-1", "2025-10-26T00:30:00Z", 0),
        ("clock-change-paris-2", "2025-10-26T01:30:00Z", 0),
        ("clock-change-new-york-1", "2025-11-02T05:30:00Z", 2),
        ("clock-change-new-york-2", "2025-11-02T06:30:00Z", 2),
        ("clock-change-melbourne-1", "2025-10-04T15:59:30Z", 3),
        ("clock-change-melbourne-2", "2025-10-04T16:00:30Z", 3),
    ];
    for (case, start, line) in switch {
        add(case, start, Outcome::Answered, &|call| call.line = &LINES[line]);
    }
    add("midnight-of-the-year", "2025-12-31T23:59:58.500Z", Outcome::Missed("out_of_opening_hours"), &|_| {});
    add("four-hours", "2025-09-30T06:00:00Z", Outcome::Answered, &|call| {
        (call.total, call.talk, call.menu) = (14_400, 14_380, 5);
    });
    add("comment-added-later", "2025-12-27T10:00:00Z", Outcome::Answered, &|call| {
        call.comment = "Added after the first export.";
    });
    add("comment-lost", "2025-12-28T10:00:00Z", Outcome::Voicemail, &|call| {
        call.comment = "Lost when the file was saved again.";
        call.recorded = true;
    });
    calls
}

/// The first file ends on 10 January; the second begins on 20 December.
fn distribute(calls: &mut [Call]) {
    for call in calls {
        call.files.first = call.start < at("2026-01-10T00:00:00Z");
        call.files.second = call.start >= at("2025-12-20T00:00:00Z");
        call.files.first_lacks_comment = call.case == Some("comment-added-later");
        call.files.second_lacks_comment = call.case == Some("comment-lost");
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("times in the generator are written correctly")
}
