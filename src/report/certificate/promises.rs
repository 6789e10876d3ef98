//! What was promised, and the figures that show whether it was kept.

use serde_json::Value;

use super::{AllRuns, Evidence, Measured, Pledge, Waits};
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
    let AllRuns { runs, writes, refused } = evidence.all_runs;
    let measured = match refused {
        Some(refused) => format!(
            "in {} of this ledger the gate before the socket read every one of {} that wrote and let none pass that could make \
             Gorgias send; it had to refuse {}",
            if runs == 1 { "the one run".to_owned() } else { format!("all {}", text::count(runs, "run")) },
            text::count(writes, "request"),
            text::thousands(refused)
        ),
        None => "a run told no figures".to_owned(),
    };
    Pledge::new("no message of an import is sent to anybody", measured, refused.map(|refused| refused == 0))
}

fn nothing_reacted(evidence: &Evidence) -> Pledge {
    let accepted = match evidence.accepted.as_slice() {
        [] => "none was".to_owned(),
        accepted => accepted.join(", "),
    };
    let (measured, holds) = match evidence.canary {
        Some((kinds, odd)) => (
            format!(
                "every run reads rules, integrations and settings first and refuses while one could act that is not \
                 acknowledged (acknowledged: {accepted}); one ticket of each of {} was read back {} before others followed, and \
                 later one in 500; odd: {}",
                text::count(kinds, "kind"),
                if evidence.events_unread {
                    "without its events, which could not be read, so only with what the ticket itself shows,"
                } else {
                    "with its events"
                },
                text::thousands(odd)
            ),
            // What left its trace in events alone was not seen.
            if odd > 0 { Some(false) } else { (!evidence.events_unread).then_some(true) },
        ),
        None => ("no ticket was read back in this ledger".to_owned(), None),
    };
    Pledge::new("what acts on imported tickets stops the run", measured, holds)
}

fn nothing_twice(evidence: &Evidence) -> Pledge {
    let unknown = evidence.tickets.unknown;
    let looked = evidence.fresh().filter(|it| it["looked_for_strangers"] == true);
    let doubles = looked.map(|it| count(&it["doubles"]));
    let mut measured = format!("{} with an unknown outcome", text::count(unknown, "ticket"));
    measured = match doubles {
        Some(doubles) => format!(
            "{measured}; reading back all tickets of the account found {} there a second time or under a key that the ledger \
             does not know",
            text::thousands(doubles)
        ),
        None => format!("{measured}; a whole verify looks for tickets that are there twice"),
    };
    let promise = "nothing is there twice";
    match doubles {
        // It is looked up before anything of it is sent again.
        None | Some(0) if unknown > 0 => open(promise, measured),
        doubles => to_read(promise, measured, doubles.map(|doubles| doubles == 0)),
    }
}

/// A promise that reading back proves.
fn to_read(promise: &'static str, measured: String, holds: Option<bool>) -> Pledge {
    Pledge { waits: Waits::Reading, ..Pledge::new(promise, measured, holds) }
}

/// A promise about what is not all sent yet.
fn open(promise: &'static str, measured: String) -> Pledge {
    Pledge { waits: Waits::Rest, ..Pledge::new(promise, measured, None) }
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
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
    if let Some(gaps) = gaps(evidence).filter(|gaps| *gaps > 0) {
        measured = format!(
            "{measured}. Known gaps: {} could not be had; their messages say so",
            text::count(gaps, "file")
        );
    }
    let missing = evidence.fresh().map_or(0, |it| count(&it["tickets"]["missing"]));
    if missing > 0 {
        measured = format!(
            "{measured}. Reading back found {} of them missing or without a message",
            text::thousands(missing)
        );
    }
    let promise = "nothing is lost, and nothing left out without a word";
    if !tickets.adds_up() || missing > 0 {
        return Pledge::new(promise, measured, Some(false));
    }
    if tickets.to_send() > 0 {
        return open(promise, measured);
    }
    // Records of two exports can be one ticket, so fewer than were read is no proof of a loss.
    Pledge::new(promise, measured, read.and_then(|read| (tickets.registered >= read).then_some(true)))
}

/// Files that could not be had: as reading back counted them, else as the run did.
fn gaps(evidence: &Evidence) -> Option<u64> {
    let read_back = evidence.fresh().filter(|it| it["whole"] == true).map(|it| count(&it["files"]["gaps"]));
    read_back.or_else(|| figure(evidence, "files_missing"))
}

fn as_it_was(evidence: &Evidence) -> Pledge {
    let promise = "texts, sides, times and facts are as they were";
    let told = |it: &Value| it["verdict"].as_str().unwrap_or_default().trim_end_matches('.').to_owned();
    let broken = |it: &Value| count(&it["tickets"]["differs"]) + count(&it["tickets"]["missing"]) > 0;
    let (mut measured, mut holds) = match &evidence.verification {
        None => ("not verified; gorgias-import verify reads it back".to_owned(), None),
        Some(it) if evidence.fresh().is_none() => (
            format!(
                "read back {}, and what the ledger has in Gorgias has changed since; verify it again. Then: {}",
                it["started"].as_str().unwrap_or("before"),
                told(it)
            ),
            None,
        ),
        Some(it) if broken(it) => (told(it), Some(false)),
        Some(it) if count(&it["tickets"]["extra"]) > 0 => (
            format!(
                "{}. That is people at work, or something that acts by itself; differences.csv has the list",
                told(it)
            ),
            None,
        ),
        Some(it) if it["whole"] != true => {
            (format!("{}. That was a part; verify without a selection reads all of it", told(it)), None)
        }
        Some(it) => (told(it), (count(&it["tickets"]["checked"]) > 0).then_some(true)),
    };
    if let Some(stopped) = &evidence.stopped {
        measured = format!("{measured}. A later verify did not read everything: {}", told(stopped));
        if broken(stopped) {
            holds = Some(false);
        }
    }
    to_read(promise, measured, holds)
}

fn pace(evidence: &Evidence) -> Pledge {
    let calls = figure(evidence, "calls");
    let throttled = figure(evidence, "throttled");
    let measured = match (calls, throttled) {
        (Some(calls), Some(throttled)) => {
            // A run that left in the bucket's first burst has measured no rate.
            let Measured { is_measured, calls_per_second, .. } = evidence.measured;
            let rate =
                if is_measured { format!(" at {calls_per_second:.2} a second") } else { String::new() };
            format!(
                "{}{rate}, {} of them answered 429",
                text::count(calls, "call"),
                text::thousands(throttled)
            )
        }
        _ => "the run told no figures".to_owned(),
    };
    // Others on the account cause 429s as well, so their number proves nothing.
    Pledge {
        waits: Waits::Nothing,
        ..Pledge::new("the account's rate is used and not overrun", measured, None)
    }
}
