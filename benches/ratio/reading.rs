//! Reading exports: speed against the least that is possible, and memory.

use std::path::Path;

use crate::line::{Line, Want, median, range};
use crate::program::Project;
use crate::sink::Pack;
use crate::{baseline, data};

/// Rounds; each measures both sides, one after the other.
const ROUNDS: usize = 5;
/// Least size of what is unpacked: the program's start takes as long as unpacking thirty million bytes, which a smaller
/// export would count as reading.
const PACKED_MEGABYTES: u64 = 600;
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
    let export = |pack| data::export(data::megabytes().max(PACKED_MEGABYTES), pack);
    let mut lines: Vec<Line> =
        [("validate zip / inflation", Pack::Zip), ("validate gz / inflation", Pack::Gz)]
            .map(|(name, pack)| against(name, &export(pack), &baseline::inflate, want))
            .into();
    // Unpacking is faster than any reading of what comes out; this says what it costs beside reading.
    for (name, pack) in
        [("validate plain / validate zip", Pack::Zip), ("validate plain / validate gz", Pack::Gz)]
    {
        lines.push(beside_plain(name, &export(pack), &export(Pack::Plain)));
    }
    lines
}

/// The program on the same export, as it is and packed.
fn beside_plain(name: &'static str, packed: &Path, plain: &Path) -> Line {
    let (packed, plain) = (Project::new(packed, NOWHERE), Project::new(plain, NOWHERE));
    let run = |project: &Project| project.run(&["validate", "--json"]);
    let ratios: Vec<f64> = (0..ROUNDS).map(|_| run(&plain) / run(&packed)).collect();
    let raw = format!("{ROUNDS} rounds {}", range(&ratios));
    Line { name, figure: median(ratios), want: Want::Share { floor: 0.6, goal: 0.8 }, raw }
}

fn against(name: &'static str, export: &Path, least: &dyn Fn(&Path) -> f64, want: Want) -> Line {
    data::warm(export);
    let project = Project::new(export, NOWHERE);
    let (mut bare, mut whole, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let before = Busy::now();
    for _ in 0..ROUNDS {
        let (least, taken) = (least(export), project.run(&["validate", "--json"]));
        bare.push(least);
        whole.push(taken);
        ratios.push(least / taken);
    }
    let raw = format!(
        "{:.0} MB on disk, {:.2} s against {:.2} s, {ROUNDS} rounds {}; {:.0} % if nothing else ran on two cores",
        size_mb(export),
        median(whole),
        median(bare),
        range(&ratios),
        before.share_until_now() * 100.0
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

/// Resident memory where comments lie apart from their tickets.
pub(crate) fn apart() -> Vec<Line> {
    let megabytes = data::megabytes();
    let peak = |megabytes| {
        Project::new(&data::apart(megabytes), NOWHERE).peak_memory(&["validate", "--json"]) as f64 / 1e6
    };
    let (small, large) = (peak(megabytes), peak(megabytes * 2));
    let raw = format!("{small:.0} MB at {megabytes} MB of export, {large:.0} MB at {} MB", megabytes * 2);
    vec![Line {
        name: "memory, comments apart",
        figure: large,
        want: Want::AtMost { limit: 150.0, unit: "MB" },
        raw,
    }]
}

/// Resident memory for each person: five million must fit into one gigabyte.
pub(crate) fn people() -> Vec<Line> {
    let number = std::env::var("BENCH_PEOPLE").ok().and_then(|text| text.parse().ok()).unwrap_or(500_000);
    let peak =
        |people| Project::new(&data::people(people), NOWHERE).peak_memory(&["validate", "--json"]) as f64;
    let (few, many) = (peak(1_000), peak(number));
    let raw = format!("{:.0} MB with a thousand people, {:.0} MB with {number}", few / 1e6, many / 1e6);
    let figure = (many - few) / number as f64;
    vec![Line {
        name: "memory for a person",
        figure,
        want: Want::AtMost { limit: 200.0, unit: "bytes" },
        raw,
    }]
}

/// How long processors worked for this thread and for the programs that it started, which does not depend on what else
/// the machine has to do.
struct Busy {
    here: f64,
    children: f64,
}

impl Busy {
    fn now() -> Self {
        let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
        let number = |text: Option<&str>| text.and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
        let here = number(read("/proc/thread-self/schedstat").split(' ').next()) / 1e9;
        // Fields 16 and 17 of proc(5), in hundredths of a second; the name before them may hold spaces.
        let stat = read("/proc/self/stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let children = (number(fields.get(13).copied()) + number(fields.get(14).copied())) / 100.0;
        Self { here, children }
    }

    /// What was done here as a share of half of what the programs did.
    fn share_until_now(&self) -> f64 {
        let now = Self::now();
        2.0 * (now.here - self.here) / (now.children - self.children)
    }
}

fn size_mb(export: &Path) -> f64 {
    data::size(export) as f64 / 1e6
}
