//! Reading exports: speed against the least that is possible, and memory.

use std::path::Path;

use crate::line::{Line, Want, median, range};
use crate::program::Project;
use crate::sink::Pack;
use crate::{baseline, data};

/// Rounds; each measures both sides, one after the other.
const ROUNDS: usize = 5;
/// `validate` makes no call, so nobody listens here.
const NOWHERE: &str = "http://127.0.0.1:9";

/// `validate` of plain NDJSON.
pub(crate) fn plain() -> Vec<Line> {
    let export = data::export(data::megabytes(), Pack::Plain);
    vec![against("validate / typed parse", &export, &baseline::parse, Want::Share { floor: 0.7, goal: 1.0 })]
}

/// `validate` of archives.
pub(crate) fn packed() -> Vec<Line> {
    let want = Want::Share { floor: 0.6, goal: 0.6 };
    [("validate zip / inflation", Pack::Zip), ("validate gz / inflation", Pack::Gz)]
        .map(|(name, pack)| against(name, &data::export(data::megabytes(), pack), &baseline::inflate, want))
        .into()
}

fn against(name: &'static str, export: &Path, least: &dyn Fn(&Path) -> f64, want: Want) -> Line {
    data::warm(export);
    let project = Project::new(export, NOWHERE);
    let (mut bare, mut whole, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (least, taken) = (least(export), project.run(&["validate", "--json"]));
        bare.push(least);
        whole.push(taken);
        ratios.push(least / taken);
    }
    let raw = format!(
        "{:.0} MB on disk, {:.2} s against {:.2} s, {ROUNDS} rounds {}",
        size_mb(export),
        median(whole),
        median(bare),
        range(&ratios)
    );
    Line { name, figure: median(ratios), want, raw }
}

/// Resident memory at one and at four times the size.
pub(crate) fn memory() -> Vec<Line> {
    let peak = |megabytes: u64| {
        let export = data::export(megabytes, Pack::Plain);
        Project::new(&export, NOWHERE).peak_memory(&["validate", "--json"]) as f64 / 1e6
    };
    let once = data::megabytes();
    let (small, large) = (peak(once), peak(once * 4));
    let raw = format!("{small:.0} MB at {once} MB of export, {large:.0} MB at {} MB", once * 4);
    vec![
        Line {
            name: "memory",
            figure: large,
            want: Want::AtMost { limit: 150.0, unit: "MB" },
            raw: raw.clone(),
        },
        Line {
            name: "memory growth at 4 times the size",
            figure: large / small,
            want: Want::AtMost { limit: 1.25, unit: "x" },
            raw,
        },
    ]
}

fn size_mb(export: &Path) -> f64 {
    data::size(export) as f64 / 1e6
}
