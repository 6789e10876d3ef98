//! Whole things, measured as shares of each other within one run, because absolute numbers drift with the machine.
//!
//! `cargo bench --bench ratio` measures everything; `cargo bench --bench ratio -- memory pace` those whose name holds
//! one of the words. Exit code 1 if a figure misses its floor or limit (`FAIL`), or if no name holds any of the words.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark speaks to a terminal and may fail loudly"
)]
#![expect(clippy::cast_precision_loss, reason = "counts become ratios")]

#[path = "../../examples/generate-export/aside.rs"]
mod aside;
mod bare;
mod baseline;
mod data;
mod line;
mod program;
mod reading;
mod resuming;
mod server;
#[expect(dead_code, unused_imports, reason = "make-fixtures uses the rest")]
#[path = "../../examples/shop/mod.rs"]
mod shop;
#[path = "../../examples/generate-export/sink.rs"]
mod sink;
#[expect(dead_code, reason = "the parts use the rest")]
mod small;
mod staged;
#[path = "../../examples/generate-export/ticket.rs"]
mod ticket;
mod uploading;
#[path = "../../examples/generate-export/user.rs"]
mod user;

use std::process::ExitCode;
use std::time::Instant;

use line::Line;

/// The program's, so that both sides of a ratio have the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A measurement with the names of what it prints.
type Measurement = (&'static str, fn() -> Vec<Line>);

const ALL: &[Measurement] = &[
    ("validate", reading::plain),
    ("packed", reading::packed),
    ("memory", reading::memory),
    ("apart", reading::apart),
    ("people", reading::people),
    ("overhead", uploading::overhead),
    ("pace", uploading::pace),
    ("resume", resuming::resume),
];

fn main() -> ExitCode {
    // `cargo bench` passes `--bench`; flags say nothing here.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let started = Instant::now();
    let (mut measured, mut below) = (0, 0);
    for (name, measure) in ALL {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            for line in measure() {
                measured += 1;
                println!("{line}");
                below += u32::from(line.is_below());
            }
        }
    }
    println!("{below} of {measured} below the floor; {:.0} s in all", started.elapsed().as_secs_f64());
    if below > 0 || measured == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
