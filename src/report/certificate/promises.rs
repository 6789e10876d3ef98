//! What was promised, and the figures that show whether it was kept.

use super::{Evidence, Pledge};
use crate::text;

pub(super) fn promises(evidence: &Evidence) -> Vec<Pledge> {
    vec![
        nobody_emailed(evidence),
        nothing_reacted(evidence),
        nothing_twice(evidence),
        nothing_lost(evidence),
        as_it_was(evidence),
        pace(evidence),
    ]
}

fn figure(evidence: &Evidence, name: &str) -> Option<u64> {
    evidence.run.figures.get(name)?.as_u64()
}

fn nobody_emailed(evidence: &Evidence) -> Pledge {
    let is_write = |kind: &&super::RequestCount| kind.kind != "look-up";
    let writes: u64 = evidence.requests.iter().filter(is_write).map(|kind| kind.count).sum();
    let refused = figure(evidence, "could_have_sent");
    let measured = match refused {
        Some(refused) => format!(
            "the gate before the socket read every one of {} that wrote and let none pass that could make Gorgias send; it had \
             to refuse {}",
            text::count(writes, "request"),
            text::thousands(refused)
        ),
        None => "the run told no figures".to_owned(),
    };
    Pledge::new("no message of an import is sent to anybody", measured, refused.map(|refused| refused == 0))
}

fn nothing_reacted(evidence: &Evidence) -> Pledge {
    let (measured, holds) = match evidence.canary {
        Some((kinds, odd)) => (
            format!(
                "one ticket of each of {} was read back with its events before others followed, and later one in 500; odd: {}",
                text::count(kinds, "kind"),
                text::thousands(odd)
            ),
            Some(odd == 0),
        ),
        None => ("no ticket was read back in this ledger".to_owned(), None),
    };
    Pledge::new("what acts on imported tickets stops the run", measured, holds)
}

fn nothing_twice(evidence: &Evidence) -> Pledge {
    let unknown = evidence.tickets.unknown;
    let looked = evidence.verification.as_ref().is_some_and(|it| it["looked_for_strangers"] == true);
    let extra = evidence.verification.as_ref().and_then(|it| it["tickets"]["extra"].as_u64());
    let mut measured = format!("{} with an unknown outcome", text::count(unknown, "ticket"));
    measured = match extra.filter(|_| looked) {
        Some(extra) => format!(
            "{measured}; reading back all tickets of the account found {} with something that nobody imported or there twice",
            text::thousands(extra)
        ),
        None => format!("{measured}; a whole verify looks for tickets that are there twice"),
    };
    let holds = if unknown > 0 { Some(false) } else { extra.filter(|_| looked).map(|extra| extra == 0) };
    Pledge::new("nothing is there twice", measured, holds)
}

fn nothing_lost(evidence: &Evidence) -> Pledge {
    let tickets = &evidence.tickets;
    let mut parts = vec![format!("{} in Gorgias", text::thousands(tickets.in_gorgias))];
    for (count, what) in [
        (tickets.rejected, "rejected with a finding"),
        (tickets.left_out, "left out on purpose"),
        (tickets.pending, "not sent yet"),
        (tickets.unknown, "with an unknown outcome"),
        (tickets.gone, "deleted in Gorgias since"),
        (tickets.undone, "taken back"),
    ] {
        if count > 0 {
            parts.push(format!("{} {what}", text::thousands(count)));
        }
    }
    let registered = text::count(tickets.registered, "ticket");
    let mut measured = format!("{registered} = {}", parts.join(" + "));
    let read: Option<u64> =
        evidence.validation.as_ref().map(|validation| validation.sources.iter().map(|it| it.tickets).sum());
    if let Some(validation) = &evidence.validation {
        let sum =
            |of: &dyn Fn(&crate::report::SourceReport) -> u64| validation.sources.iter().map(of).sum::<u64>();
        measured = format!(
            "{measured}. Read from the exports: {} to be imported, {} rejected, {} left out, {} unreadable",
            text::thousands(sum(&|it| it.tickets)),
            text::thousands(sum(&|it| it.rejected)),
            text::thousands(sum(&|it| it.left_out)),
            text::thousands(sum(&|it| it.unreadable)),
        );
    }
    let holds = if !tickets.adds_up() || tickets.pending + tickets.unknown > 0 {
        Some(false)
    } else {
        // Records of two exports can be one ticket, so fewer than were read is no proof of a loss.
        read.and_then(|read| (tickets.registered >= read).then_some(true))
    };
    Pledge::new("nothing is lost, and nothing left out without a word", measured, holds)
}

fn as_it_was(evidence: &Evidence) -> Pledge {
    let promise = "texts, sides, times and facts are as they were";
    let Some(verification) = &evidence.verification else {
        let measured = "not verified; gorgias-import verify reads it back".to_owned();
        return Pledge::new(promise, measured, None);
    };
    let tickets = &verification["tickets"];
    let number = |class: &str| tickets[class].as_u64().unwrap_or_default();
    let different = number("differs") + number("missing") + number("extra");
    let measured = verification["verdict"].as_str().unwrap_or_default().trim_end_matches('.').to_owned();
    Pledge::new(promise, measured, (number("checked") > 0).then_some(different == 0))
}

fn pace(evidence: &Evidence) -> Pledge {
    let calls = figure(evidence, "calls");
    let throttled = figure(evidence, "throttled");
    let measured = match (calls, throttled) {
        (Some(calls), Some(throttled)) => {
            let rate = evidence.measured.calls_per_second;
            format!(
                "{} at {rate:.2} a second, {} of them answered 429",
                text::count(calls, "call"),
                text::thousands(throttled)
            )
        }
        _ => "the run told no figures".to_owned(),
    };
    // Others on the account cause 429s as well, so their number proves nothing.
    Pledge { decides: false, ..Pledge::new("the account's rate is used and not overrun", measured, None) }
}
