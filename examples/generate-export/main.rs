//! Makes Zendesk exports of any size for benchmarks: realistic tickets, streamed, in flat memory.
//!
//! The same seed makes the same export. Prints one JSON line that says what was made.

mod aside;
mod shape;
#[expect(dead_code, unused_imports, reason = "make-fixtures uses the rest")]
#[path = "../shop/mod.rs"]
mod shop;
mod sink;
mod ticket;
mod user;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use serde_json::json;

use shape::Shape;
use sink::Pack;

/// Makes a Zendesk export of any size.
#[derive(Parser)]
struct Arguments {
    /// How many tickets.
    #[arg(long, required_unless_present = "megabytes", conflicts_with = "megabytes")]
    tickets: Option<u64>,
    /// Tickets until their lines (and those of their comments) reach this many million bytes, unpacked.
    #[arg(long)]
    megabytes: Option<u64>,
    /// Decides everything that is left to chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for the files; made if it is not there.
    #[arg(long)]
    out: PathBuf,
    /// How the files are packed.
    #[arg(long, value_enum, default_value_t = Pack::Plain)]
    pack: Pack,
    /// At least so many customers in the file of users, whether they have written or not.
    #[arg(long, default_value_t = 0)]
    users: u64,
    /// What the files hold.
    #[arg(long, value_enum, default_value_t = Shape::Ndjson)]
    shape: Shape,
    /// Comments in files of their own, each with its `ticket_id`, instead of inside the tickets; for `ndjson`.
    #[arg(long)]
    separate: bool,
}

/// What was made.
#[derive(Default)]
struct Made {
    tickets: u64,
    comments: u64,
    bytes: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match generate(&arguments) {
        Ok(line) => {
            say(&line);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn generate(arguments: &Arguments) -> io::Result<String> {
    std::fs::create_dir_all(&arguments.out)?;
    let mut output = shape::output(arguments.shape, arguments.separate, &arguments.out, arguments.pack)?;
    let mut made = Made::default();
    while !enough(arguments, &made) {
        let ticket = ticket::make(arguments.seed, made.tickets);
        made.comments += ticket.comments.as_ref().map_or(0, Vec::len) as u64;
        made.bytes += output.ticket(ticket)?;
        made.tickets += 1;
    }
    let customers = arguments.users.max(user::customers(made.tickets));
    let people = user::each(arguments.seed, customers, &mut |user| output.user(user))?;
    output.finish()?;
    let summary = json!({"tickets": made.tickets, "comments": made.comments, "bytes": made.bytes, "users": people,
        "bytes_per_comment": made.bytes.checked_div(made.comments)});
    Ok(summary.to_string())
}

fn enough(arguments: &Arguments, made: &Made) -> bool {
    match (arguments.tickets, arguments.megabytes) {
        (Some(tickets), _) => made.tickets >= tickets,
        (None, Some(megabytes)) => made.bytes >= megabytes.saturating_mul(1_000_000),
        (None, None) => true,
    }
}

#[expect(clippy::print_stdout, reason = "the one line that this program is asked for")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "a program for developers that speaks to a terminal")]
fn complain(error: &io::Error) {
    eprintln!("cannot write the export: {error}");
}
