//! The end of a rehearsal: what it proved beyond the verdict, and the pages, served until somebody has seen enough.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cli::RehearseArgs;
use crate::commands::run::last_run_folder;
use crate::commands::signals::Signals;
use crate::commands::{CommandError, Context};
use crate::exit::ExitCode;
use crate::sandbox::{Sandbox, Stats};
use crate::text;

use super::beside;

/// From here on the making of the index is worth a word.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is told how far the index is.
const AGAIN: Duration = Duration::from_secs(10);
/// How often waiting looks up.
const LOOK: Duration = Duration::from_millis(100);

/// What the end needs.
pub(super) struct Closing<'a> {
    pub(super) context: &'a Context,
    pub(super) args: &'a RehearseArgs,
    pub(super) signals: &'a Signals,
    pub(super) stand_in: &'a Arc<Sandbox>,
}

impl Closing<'_> {
    /// Says what came of the faults, and serves the pages if somebody may be there to look at them.
    pub(super) fn tell(&self, code: ExitCode) -> Result<(), CommandError> {
        let output = &self.context.output;
        if !output.is_json()
            && let Some(words) = survived(&self.stand_in.stats()?, self.stand_in.tickets_twice()?)
        {
            output.paragraph(&words);
        }
        if self.was_interrupted() || !matches!(code, ExitCode::Ok | ExitCode::Partial) {
            return Ok(());
        }
        let wanted = self.args.browse || (output.can_ask() && !self.context.globals.no_input);
        if !wanted || self.args.no_browse {
            if !output.is_json() {
                output.paragraph(&format!(
                    "to browse the tickets: gorgias-import rehearse --browse, or gorgias-import sandbox --store {}",
                    self.context.state_dir().display()
                ));
                output.next(next(code));
            }
            return Ok(());
        }
        self.serve(code)
    }

    /// Serves the pages until Ctrl-C.
    fn serve(&self, code: ExitCode) -> Result<(), CommandError> {
        let output = &self.context.output;
        if let Some(folder) = last_run_folder(self.context.state_dir()) {
            let remarks = beside::remarks(&folder.join("findings.csv"))?;
            self.stand_in.annotate(&beside::kinds(), remarks.into_iter())?;
        }
        let link = self.stand_in.browse_link()?;
        // Programs read stdout, and it ends with the summary; this is for whoever asked for the pages.
        let tell_link = || {
            // On a line of its own, where it can be copied whole.
            output.say(&format!("\nbrowse what came of it:\n{link}\n"));
            output.paragraph("The link opens once, on this machine only. Ctrl-C ends the pages.");
        };
        let (began, mut told) = (Instant::now(), None::<Instant>);
        self.stand_in.index(&mut |done, all| {
            // Whoever waits may look at what is there.
            if done < all && told.map_or(began.elapsed() > PATIENCE, |at| at.elapsed() > AGAIN) {
                if told.is_none() {
                    tell_link();
                }
                told = Some(Instant::now());
                output.say(&format!(
                    "the pages are usable; {} of their index is made",
                    text::percent(done, all)
                ));
            }
            !self.was_interrupted()
        })?;
        if told.is_none() {
            tell_link();
        } else {
            output.say("the pages' index is complete");
        }
        if !output.is_json() {
            output.next(&format!("open the link, look around, press Ctrl-C; then {}", next(code)));
        }
        while !self.was_interrupted() {
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    fn was_interrupted(&self) -> bool {
        self.signals.control.drain.is_cancelled()
    }
}

/// What comes after the pages.
fn next(code: ExitCode) -> &'static str {
    match code {
        ExitCode::Partial => "correct what rejects.csv names and gorgias-import rehearse again",
        _ => "gorgias-import run --limit 20 (a pilot)",
    }
}

/// What the faults did, if there were any. A ticket that is there twice is the worst that they could have done.
fn survived(stats: &Stats, twice: u64) -> Option<String> {
    let injected: u64 = stats.faults.values().sum();
    if injected == 0 && twice == 0 {
        return None;
    }
    let mut kinds: Vec<(String, u64)> = stats
        .faults
        .iter()
        .map(|(fault, times)| {
            (serde_json::json!(fault).as_str().unwrap_or_default().replace('-', " "), *times)
        })
        .collect();
    kinds.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let kinds: Vec<String> = kinds.iter().map(|(kind, times)| format!("{kind} {times}")).collect();
    let outcome = if twice == 0 {
        "Every ticket is there once.".to_owned()
    } else {
        format!(
            "{} there more than once; please report this.",
            text::count_of(twice, "ticket is", "tickets are")
        )
    };
    Some(format!(
        "The stand-in injected {} ({}). {outcome}",
        text::count(injected, "fault"),
        kinds.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::sandbox::Fault;

    fn stats(faults: &[(Fault, u64)]) -> Stats {
        let faults: BTreeMap<Fault, u64> = faults.iter().copied().collect();
        Stats { faults, ..Stats::default() }
    }

    #[test]
    fn faults_are_told_with_what_came_of_them() {
        assert_eq!(survived(&stats(&[]), 0), None);
        let told = survived(&stats(&[(Fault::Throttle, 2), (Fault::ResetAfter, 5)]), 0).unwrap();
        assert_eq!(
            told,
            "The stand-in injected 7 faults (reset after 5, throttle 2). Every ticket is there once."
        );
        assert!(
            survived(&stats(&[(Fault::Slow, 1)]), 2).unwrap().contains("2 tickets are there more than once")
        );
    }
}
